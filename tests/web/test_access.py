"""Users, passwords, sessions: what is refused, and what ends when."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from sightline.app import access
from sightline.collect.clock import Clock
from sightline.errors import ConfigError
from sightline.web.desk import Desk
from web.conftest import PASSWORD


@pytest.mark.parametrize(
    ("name", "role", "password", "client", "said"),
    [
        ("lind", "lead", "short", None, "shorter than 12"),
        ("lind", "boss", PASSWORD, None, "no role"),
        ("lind", "client", PASSWORD, None, "names a client"),
        ("lind", "lead", PASSWORD, "acme", "names a client"),
        ("lind", "client", PASSWORD, "acmee", "Did you mean"),
        ("", "lead", PASSWORD, None, "1 to 100"),
        ("a\nb", "lead", PASSWORD, None, "1 to 100"),
    ],
)
def test_a_user_that_makes_no_sense_is_refused(desk, name, role, password, client, said):
    with pytest.raises(ConfigError) as error:
        access.add_user(desk.session, name, role, password, client=client)

    assert said.casefold() in str(error.value).casefold()
    assert desk.session.store.users() == []


def test_a_password_of_a_thousand_letters_is_taken_whole(desk):
    access.add_user(desk.session, "lind", "lead", "x" * 999 + "y")

    assert access.let_in(desk.session, "lind", "x" * 999 + "z") is None
    assert access.let_in(desk.session, "lind", "x" * 999 + "y")


def test_an_unknown_name_is_hashed_against_too(desk, monkeypatch):
    access.add_user(desk.session, "lind", "lead", PASSWORD)
    asked = []
    real = access._hasher()

    class Counting:
        def hash(self, text):
            return real.hash(text)

        def verify(self, kept, given):
            asked.append(given)
            return real.verify(kept, given)

    monkeypatch.setattr(access, "_hasher", Counting)
    access.let_in(desk.session, "lind", "wrong password")
    access.let_in(desk.session, "nobody", "wrong password")

    assert asked == ["wrong password", "wrong password"]


def test_a_session_ends_when_idle_and_after_a_working_day(folder):
    now = [dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)]
    desk = Desk(folder, clock=Clock(now=lambda: now[0], monotonic=time.monotonic))
    session = desk.session
    access.add_user(session, "lind", "lead", PASSWORD)
    idle, busy = access.let_in(session, "lind", PASSWORD), access.let_in(session, "lind", PASSWORD)
    held = []
    for _ in range(13):
        now[0] += dt.timedelta(hours=1)
        held.append(access.viewer_of(session, busy, "session") is not None)

    assert access.viewer_of(session, idle, "session") is None
    assert held == [True] * 11 + [False] * 2
    desk.close()


def test_a_new_password_ends_all_sessions_of_that_user(desk):
    access.add_user(desk.session, "lind", "lead", PASSWORD)
    held = access.let_in(desk.session, "lind", PASSWORD)

    access.add_user(desk.session, "lind", "owner", PASSWORD + "!")

    assert access.viewer_of(desk.session, held, "session") is None


def test_a_link_for_a_client_that_is_gone_from_the_workspace_shows_nothing(desk):
    secret = access.share(desk.session, "acme", by="test")
    toml = desk.session.workspace.root / "sightline.toml"
    text = toml.read_text("utf-8")
    toml.write_text(
        text.replace("[clients.acme]", "[clients.other]").replace('client = "acme"', 'client = "other"'), "utf-8"
    )

    assert access.viewer_of(desk.session, secret, "share") is None
