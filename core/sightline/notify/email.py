"""E-mail by SMTP: STARTTLS, TLS from the first byte, or (to this machine only) neither."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from hashlib import blake2b
from typing import Any, ClassVar

from sightline.errors import AuthError, ConfigError, RetryLater
from sightline.extend import Notifier
from sightline.model.outbox import Message

__all__ = ["Email", "mail_of"]

_SECONDS = 30
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_HERE = ("localhost", "127.0.0.1", "::1")


class Email(Notifier):
    """Settings: `host`, `port`, `tls` (starttls, tls, none), `user`, `password`, `from`, `to` (a list), `ca_file`.

    The message's id is made of its key, so a server or reader that knows it drops a second copy.
    """

    name = "email"
    needs: ClassVar[tuple[str, ...]] = ("host", "from", "to")

    def send(self, subject: str, text: str, settings: Mapping[str, Any]) -> None:
        """A plain message."""
        key = blake2b(f"{subject}\0{text}".encode(), digest_size=12).hexdigest()
        self.deliver(Message(key=key, kind="alert", channel="email", subject=subject, text=text), settings)

    def deliver(self, message: Message, settings: Mapping[str, Any]) -> None:
        """Hand it to the server. `RetryLater` where the server is away or busy, `AuthError` or `ConfigError` for good."""
        mail = mail_of(message, settings)
        host, mode = str(settings["host"]), str(settings.get("tls", "starttls"))
        if mode not in _PORTS:
            raise ConfigError(f"tls is {mode[:20]!r}", where="email", mend="Write starttls, tls or none.")
        if mode == "none" and host not in _HERE:
            raise ConfigError("mail may go unencrypted only to this machine", where="email", mend="Set tls = starttls.")
        try:
            self._hand_over(mail, host, mode, settings)
        except smtplib.SMTPAuthenticationError:
            raise AuthError("the mail server refused user or password", where=host, mend="Check both.") from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            if all(400 <= code < 500 for code in codes):
                raise _later(host, f"it put the recipients off ({min(codes)})") from None
            raise ConfigError("the mail server refused every recipient", where=host, mend="Check `to`.") from None
        except smtplib.SMTPResponseException as error:
            if 400 <= error.smtp_code < 500:
                raise _later(host, f"it answered {error.smtp_code}") from None
            raise ConfigError(
                f"the mail server answered {error.smtp_code}", where=host, mend="Ask who runs it."
            ) from None
        except ssl.SSLError:
            raise ConfigError(
                "the mail server's certificate cannot be trusted", where=host, mend="Check host, tls and ca_file."
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise _later(host, f"it cannot be reached ({type(error).__name__})") from None

    def _hand_over(self, mail: EmailMessage, host: str, mode: str, settings: Mapping[str, Any]) -> None:
        port = int(settings.get("port", _PORTS[mode]))
        trust = ssl.create_default_context(cafile=settings.get("ca_file"))
        if mode == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=trust)
        else:
            server = smtplib.SMTP(host, port, timeout=_SECONDS)
        with server:
            if mode == "starttls":
                server.starttls(context=trust)
            if settings.get("user"):
                server.login(str(settings["user"]), str(settings.get("password", "")))
            server.send_message(mail)


def _later(host: str, what: str) -> RetryLater:
    return RetryLater(f"the mail server did not take it: {what}", where=host, mend="It is tried again.")


def mail_of(message: Message, settings: Mapping[str, Any]) -> EmailMessage:
    """The message as mail: text, HTML beside it if there is any, attachments. `ConfigError` for a bad address."""
    to = message.recipients or _addresses(settings["to"])
    sender = str(settings["from"])
    for address in (sender, *to):
        if "@" not in parseaddr(address)[1] or any(char in address for char in "\r\n"):
            raise ConfigError("an address is no e-mail address", where="email", mend="Check `from` and `to`.")
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, ", ".join(to)
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = f"<{blake2b(message.key.encode(), digest_size=16).hexdigest()}@{_domain(sender)}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html")
    for one in message.attachments:
        main, _, sub = one.media_type.partition("/")
        mail.add_attachment(one.content, maintype=main, subtype=sub or "octet-stream", filename=one.name)
    return mail


def _addresses(given: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in given) if isinstance(given, (list, tuple)) else (str(given),)


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]
