"""`sightline connect`: from what a user knows to a source that can be read."""

from __future__ import annotations

import json
import stat
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sightline.app import authorize
from sightline.errors import AuthError


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _trello(place: Any, *more: str, token: str | None = None) -> Any:
    vendor = place.vendor("trello")
    told = ["connect", "trello", "boards", "--set", f"site={vendor.base}"]
    told += ["--secret", "key=file:secrets/trello.key", "--secret", "token=-", *more]
    return place.spawned(*told, text=vendor.workspace()["token"] if token is None else token)


def test_a_connected_source_is_written_checked_and_can_be_synced(serve):
    place = serve("trello")
    place.edit("[clients.acme]", "# who pays\n[clients.acme]")

    told = _trello(place, "--scope", "Acme content")
    text = (place.folder / "sightline.toml").read_text("utf-8")

    assert (told.code, "wrote [sources.boards]" in told.out) == (0, True)
    assert "# who pays" in text
    assert 'token = "file:.sightline/secrets/boards.token"\nscopes = ["AcmeCont"]\n' in text
    assert place.vendor("trello").workspace()["token"] not in text + told.out + told.err
    assert _mode(place.folder / ".sightline/secrets/boards.token") == 0o600
    assert place.run("sync", "boards", "--json").json["sources"][0]["scopes"] == 1


def test_a_source_is_overwritten_only_when_asked(serve):
    place = serve("trello")
    _trello(place)
    before = (place.folder / "sightline.toml").read_text("utf-8")

    refused = _trello(place)
    replaced = _trello(place, "--replace", "--scope", "AcmeCont")

    assert (refused.code, "there is a source 'boards' already" in refused.err) == (1, True)
    assert replaced.code == 0
    after = (place.folder / "sightline.toml").read_text("utf-8")
    assert after == before.replace('boards.token"\n', 'boards.token"\nscopes = ["AcmeCont"]\n')


def test_refused_credentials_write_nothing(serve):
    place = serve("trello")
    before = (place.folder / "sightline.toml").read_text("utf-8")

    told = _trello(place, token="wrong-token-of-a-user")

    assert (told.code, told.out) == (1, "")
    assert "wrong-token-of-a-user" not in told.err
    assert (place.folder / "sightline.toml").read_text("utf-8") == before
    assert not (place.folder / ".sightline/secrets").exists()
    assert list((place.folder / ".sightline").glob("connect-*")) == []


def test_a_dry_run_counts_and_writes_nothing(serve):
    place = serve("trello")
    before = (place.folder / "sightline.toml").read_text("utf-8")

    told = _trello(place, "--dry-run", "--json")

    assert (told.json["written"], len(told.json["scopes"])) == (False, 5)
    assert (place.folder / "sightline.toml").read_text("utf-8") == before


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["connect", "trelo"], 1, "Did you mean 'trello'?"),
        (["connect", "trello", "x", "--set", "sitee=y"], 1, "did you mean 'site'?"),
        (["connect", "trello", "x", "--secret", "token=abcdef"], 64, "stays in the shell's history"),
        (["connect", "trello", "x", "--set", "site"], 64, "is not KEY=VALUE"),
        (["connect", "trello", "x"], 1, "sources.x.key: is missing (looked in"),
        (["connect", "trello", "X Y"], 1, "a-z, 0-9 and _"),
    ],
)
def test_what_is_wrong_is_said_with_the_way_out(serve, args, code, says):
    place = serve("trello")

    told = place.spawned(*args, text="")

    assert (told.code, says in " ".join(told.err.split()), told.out) == (code, True, ""), told.err


def test_on_a_terminal_it_asks_until_what_was_said_is_enough(serve):
    place = serve("jira")
    vendor = place.vendor("acme_jira")
    said = vendor.workspace()
    answers = [vendor.base, said["email"], said["token"], "WEB"]

    shown, code = _typed(place, ["connect", "jira", "mine"], answers)

    assert code == 0, shown
    assert said["token"] not in shown
    assert 'email = "pm@northgate.example"' in (place.folder / "sightline.toml").read_text("utf-8")
    assert place.run("check", "mine").code == 0


def _typed(place: Any, args: list[str], answers: list[str]) -> tuple[str, int]:
    """The command on a terminal of its own, each prompt answered in turn."""
    import os
    import pty
    import select
    import subprocess
    import sys

    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "sightline", *args],
        cwd=place.folder,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    shown, left, end = "", list(answers), time.monotonic() + 30
    while time.monotonic() < end:
        if select.select([master], [], [], 0.2)[0]:
            try:
                piece = os.read(master, 65536).decode("utf-8", "replace")
            except OSError:
                break
            shown += piece
            if left and shown.rstrip(" ").endswith(":"):
                os.write(master, left.pop(0).encode() + b"\n")
        elif process.poll() is not None:
            break
    os.close(master)
    return shown, process.wait(10)


def _browse(address: str) -> None:
    """A browser that allows the access at once and follows the redirect."""
    with urllib.request.urlopen(address, timeout=10) as page:
        page.read()


def test_access_allowed_in_a_browser_gives_stored_tokens_that_read(serve, monkeypatch):
    place = serve("xero")
    vendor = place.vendor("xero")
    vendor.source.secrets = {"client_id": "5A6B7C8D9E0F4A1B8C2D3E4F5A6B7C8D"}
    vendor.source.flavour = "pkce"
    monkeypatch.setattr("webbrowser.open", lambda url: threading.Thread(target=_browse, args=(url,)).start())

    told = place.run(
        "connect", "xero", "books", "--port", "0", "--set", "client_id=5A6B7C8D9E0F4A1B8C2D3E4F5A6B7C8D",
        *(word for key in ("site", "identity_site", "login_site") for word in ("--set", f"{key}={vendor.base}")),
    )  # fmt: skip
    tokens = json.loads((place.folder / ".sightline/tokens/books.json").read_text())

    assert told.code == 0, told.err
    assert set(tokens) == {"access_token", "refresh_token", "expires_at"}
    assert _mode(place.folder / ".sightline/tokens/books.json") == 0o600
    assert tokens["access_token"] not in told.out + told.err
    asked = vendor.calls[0].query
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert "offline_access" in asked["scope"]
    assert place.run("sync", "books", "--json").json["status"] == "complete"


class _NoClock:
    """Never asked: nothing is exchanged."""


def _authorise(tmp_path: Path, answer: dict[str, str], timeout_s: float = 5.0) -> None:
    from sightline.collect.credentials import OAuth2

    value = OAuth2("http://127.0.0.1:9/token", "client", authorize_url="http://127.0.0.1:9/authorize")

    def show(address: str) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        said = {name: text.format(**query) for name, text in answer.items()}
        back = f"{query['redirect_uri']}?{'&'.join(f'{k}={v}' for k, v in said.items())}"
        if answer:
            threading.Thread(target=_browse, args=(back,)).start()

    clock: Any = _NoClock()
    authorize.authorize(value, source="books", tokens=tmp_path, clock=clock, show=show, port=0, timeout_s=timeout_s)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"code": "1234", "state": "forged"}, "does not belong to this sign-in"),
        ({"code": "1234"}, "does not belong to this sign-in"),
        ({"error": "access_denied", "state": "{state}"}, "access was refused"),
        ({"error": "server_error", "state": "{state}"}, "gave no code"),
    ],
)
def test_a_callback_that_is_not_ours_or_says_no_ends_the_sign_in(tmp_path, answer, says):
    with pytest.raises(AuthError, match=says):
        _authorise(tmp_path, answer)

    assert list(tmp_path.iterdir()) == []


def test_a_sign_in_that_nobody_finishes_ends_by_itself(tmp_path):
    with pytest.raises(AuthError, match="nobody allowed the access in time"):
        _authorise(tmp_path, {}, timeout_s=0.2)
