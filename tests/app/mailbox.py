"""A mail server and a web hook on loopback: they speak the real protocols and remember what they were given."""

from __future__ import annotations

import contextlib
import email
import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from email import policy


class _Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as handing over one message takes. `server.answers` are codes to give instead of 250 to DATA."""

    def handle(self) -> None:
        self._say("220 mail.example ESMTP")
        sender, recipients = "", []
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            word = line.split(" ")[0].upper()
            if word == "EHLO":
                self._say("250-mail.example\r\n250 8BITMIME")
            elif word == "MAIL":
                sender, recipients = line, []
                self._say("250 ok")
            elif word == "RCPT":
                recipients.append(line.partition("<")[2].partition(">")[0])
                self._say("250 ok")
            elif word == "DATA":
                self._data(sender, recipients)
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _data(self, sender: str, recipients: list[str]) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        answers = self.server.answers
        if answers:
            self._say(f"{answers.pop(0)} not now")
            return
        mail = email.message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.held.append((mail, recipients))
        self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status == 200:
            self.server.held.append((body, dict(self.headers)))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Nothing on the terminal."""


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, handler: type[socketserver.BaseRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.held: list = []
        self.answers: list[int] = []

    @property
    def port(self) -> int:
        return self.server_address[1]


@contextlib.contextmanager
def _served(handler: type[socketserver.BaseRequestHandler]) -> Iterator[_Server]:
    with _Server(handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def mail_server():
    """`held` are (mail, recipients); `answers` codes for the next messages instead of taking them."""
    return _served(_Smtp)


def web_hook():
    """`held` are (JSON body, headers); `answers` statuses for the next posts."""
    return _served(_Hook)
