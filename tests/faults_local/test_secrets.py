"""F120, F049, F090: twelve canaries, each used in earnest by a real command, are in no byte that is written."""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
import zlib
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from faults_local.wild import Wild, reply
from faults_local.zygote import TESTS, Zygote

CANARIES = {
    name: f"canary-{name}-/+{number:02}&7f3a9c1e5b"
    for number, name in enumerate(
        ("in_url", "in_header", "in_body", "access", "refresh", "password", "app_key", "from_keyring", "from_env",
         "first_refresh", "webhook_secret", "mail_password")
    )
}  # fmt: skip

TOML = """
[workspace]
name = "Canaries"
currency = "GBP"
timezone = "UTC"

[sources.leaky]
connector = "leaky"
site = "{site}"
in_url = "file:secrets/in_url"
in_header = "env:CANARY_HEADER"
in_body = "file:secrets/in_body"
password = "file:secrets/password"
app_key = "env:CANARY_KEY"
first_refresh = "file:secrets/first_refresh"
from_keyring = "keyring:sightline/leaky"
webhook_secret = "file:secrets/webhook_secret"
mail_password = "env:CANARY_MAIL"

[clients.acme]
name = "Acme"

[projects.one]
client = "acme"
name = "One"
include = ["leaky:*"]
agreement = {{kind = "internal"}}
"""


COMMANDS = (
    "--debug sync leaky --full --verbose",
    "--debug sync --replay --verbose",
    "--debug check",
    "--debug status",
    "map",
    "--debug export tasks --format csv --out tasks.csv",
    "export scopes",
    "--debug report draft acme",
    "raw leaky/tasks/echo-1",
    "backup",
    "--debug explain one nothing",
    "--debug sync nobody",
)


def echoing(incoming, connection):
    """The tool: everything it was sent comes back, in rows, in errors and in headers."""
    if incoming.target == "/token":
        return reply({"access_token": CANARIES["access"], "refresh_token": CANARIES["refresh"], "expires_in": 30})
    echo = f"{incoming.target} {incoming.headers} {incoming.body.decode()} {' '.join(CANARIES.values())}"
    if incoming.target.startswith("/refused"):
        return reply({"message": echo}, 403, x_echo=CANARIES["in_url"])
    return reply([{"id": n, "echo": echo} for n in (1, 2, 3)])


class Place:
    """The workspace, the tool, and the command as a user runs it."""

    def __init__(self, folder: Path, site: str) -> None:
        self.folder = folder / "place"
        self.plugins = folder / "plugins"
        self.printed = ""
        self.seen_in_processes = ""
        secrets = self.folder / "secrets"
        secrets.mkdir(parents=True)
        for name in ("in_url", "in_body", "password", "first_refresh", "webhook_secret"):
            (secrets / name).touch(0o600)
            (secrets / name).write_text(CANARIES[name])
        (self.folder / "sightline.toml").write_text(TOML.format(site=site))
        info = self.plugins / "leaky_plugin-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: leaky-plugin\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[sightline]\nleaky = faults_local.leaky\n")
        (self.plugins / "keyring.py").write_text(
            f"def get_password(service, user): return {CANARIES['from_keyring']!r} if user == 'leaky' else None\n"
        )
        env = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        self.env = env | {
            "PYTHONPATH": os.pathsep.join([str(self.plugins), str(TESTS), *filter(None, sys.path)]),
            "CANARY_HEADER": CANARIES["in_header"],
            "CANARY_KEY": CANARIES["app_key"],
            "CANARY_MAIL": CANARIES["mail_password"],
            "SIGHTLINE_LEAKY_FROM_ENV": CANARIES["from_env"],
        }

    def fork(self, zygote: Zygote, *args: str) -> int | None:
        """The same, quicker."""
        ended = zygote.run(*args, cwd=self.folder)
        self.printed += ended.out + ended.err
        return ended.code

    def run(self, *args: str) -> int:
        command = [sys.executable, "-c", "from sightline.cli import main; main()", *args]
        process = subprocess.Popen(
            command, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        watching = threading.Thread(target=self._watch, args=(process,))
        watching.start()
        out, err = process.communicate(timeout=120)
        watching.join()
        self.printed += out + err
        return process.returncode

    def _watch(self, process: subprocess.Popen) -> None:
        while process.poll() is None:
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.seen_in_processes += path.read_bytes().decode("utf-8", "replace")
                except OSError:
                    continue
            time.sleep(0.1)

    def written(self):
        """Every byte below the folder but the places of secrets themselves; what is packed, unpacked."""
        for path in self.folder.rglob("*"):
            place = path.relative_to(self.folder)
            if path.is_file() and place.parts[0] != "secrets" and "tokens" not in place.parts:
                content = path.read_bytes()
                yield str(place), content
                if path.suffix in (".gz", ".tgz") or content[:2] == b"\x1f\x8b":
                    yield f"{place} unpacked", zlib.decompress(content, 31)
        database = self.folder / ".sightline" / "sightline.db"
        with closing(sqlite3.connect(database)) as connection:
            for number, body in enumerate(connection.execute("SELECT body FROM raw_pages").fetchall()):
                yield f"raw page {number}", zlib.decompress(body[0])


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("canaries")
    with Wild(echoing) as server:
        place = Place(folder, server.url)
        place.codes = [place.run("--debug", "sync", "--json", "--verbose")]
        with Zygote(place.env) as zygote:
            place.codes += [place.fork(zygote, *command.split()) for command in COMMANDS]
        place.server = server
        yield place


def forms(secret: str) -> list[str]:
    return [
        secret, quote(secret, safe=""), quote(secret), base64.b64encode(secret.encode()).decode(), json.dumps(secret)[1:-1],
        secret.replace("&", "&amp;"), secret.replace("/", "\\/"), repr(secret)[1:-1],
    ]  # fmt: skip


def test_the_canaries_were_used_and_the_commands_did_their_work(place):
    sent = repr([(seen.target, seen.headers, seen.body) for seen in place.server.seen])
    packed = base64.b64encode(f"client:{CANARIES['app_key']}".encode()).decode()
    used = [name for name, value in CANARIES.items() if any(form in sent for form in (*forms(value), packed))]

    assert place.codes[0] in (2, 1)
    assert {"in_url", "in_header", "in_body", "access", "refresh", "app_key", "first_refresh"} <= set(used)
    assert len(place.printed) > 2000
    assert len(list(place.written())) > 6
    assert "[secret]" in place.printed


@pytest.mark.parametrize("name", CANARIES)
def test_a_canary_is_in_no_byte_that_was_written(name, place):
    found = [
        where for where, content in place.written() if any(form.encode() in content for form in forms(CANARIES[name]))
    ]

    assert found == []


@pytest.mark.parametrize("name", CANARIES)
def test_a_canary_is_in_nothing_that_was_printed_and_in_no_process_list(name, place):
    printed = [form for form in forms(CANARIES[name]) if form in place.printed]
    listed = [form for form in forms(CANARIES[name]) if form in place.seen_in_processes]

    assert (printed, listed) == ([], [])
    assert "sightline.cli" in place.seen_in_processes


def test_no_part_of_a_canary_survives_a_longer_secret_around_it(place):
    everything = b"\n".join(content for _, content in place.written()) + place.printed.encode()

    assert re.findall(rb"canary-[a-z_]+-[^ \"']{0,30}7f3a9c1e5b", everything) == []


def test_tokens_lie_in_one_private_file_and_files_of_the_workspace_are_private(place):
    tokens = place.folder / ".sightline" / "tokens" / "leaky.json"
    open_to_others = [
        str(path.relative_to(place.folder))
        for path in (place.folder / ".sightline").rglob("*")
        if path.stat().st_mode & 0o077
    ]

    assert json.loads(tokens.read_text())["refresh_token"] == CANARIES["refresh"]
    assert open_to_others == []
