"""Group D, credentials: one refresh among many, tokens that end, tokens that cannot be kept, secrets in addresses."""

from __future__ import annotations

import io
import json
import logging
import os
import stat
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from faults_local.races import Race, rotating
from faults_local.toy import FakeTime, Toy, read, rows, run_of, toy
from faults_local.wild import Wild, reply
from sightline.collect.auth import TokenFile
from sightline.collect.redact import REDACTOR, clean_logs
from sightline.plugins.registry import load
from sightline.sandbox.build import build_world
from sightline.sandbox.faults import refused
from sightline.sandbox.server import vendor_class
from sightline.sdk import OAuth2
from sightline.testing import MemoryKeeper, collect

LONG_AGO = "2026-11-20T08:00:00Z"


def oauth(site: str, first: str | None = None) -> type[Toy]:
    """The toy with OAuth 2.0; its token endpoint is `/token`."""

    class Signed(Toy):
        def auth(self):
            return OAuth2(f"{site}/token", "client", refresh_token=SecretStr(first) if first else None)

    return Signed


def stored(folder: Path) -> dict:
    return json.loads((folder / "toy.json").read_text())


def signed_read(server: Wild, folder: Path, first: str | None = None, keeper=None):
    run = run_of(toy(server.url, oauth(server.url, first)), tokens=folder, keeper=keeper, clock=FakeTime().clock())
    return run.collect()


# --- one refresh -----------------------------------------------------------------------------------------------------


def test_f045_of_many_threads_and_processes_that_meet_an_ended_token_one_renews_it(tmp_path):
    rounds = int(os.environ.get("SIGHTLINE_RACES", "30"))

    with Race(tmp_path, processes=3, threads=4) as race:
        told = [race.once() for _ in range(rounds)]

    assert [one.refreshes for one in told] == [1] * rounds
    assert [one.refused for one in told] == [0] * rounds
    assert [one.served for one in told] == [12] * rounds


def test_f045_a_refresh_whose_answer_was_lost_is_asked_for_again(tmp_path):
    TokenFile(tmp_path / "toy.json").write({"access_token": "a0", "refresh_token": "r0", "expires_at": LONG_AGO})
    answer, vendor = rotating("r0")
    lost = []

    def once_lost(incoming, connection):
        good = answer(incoming, connection)
        if incoming.target == "/token" and not lost:
            lost.append(good)
            return None
        return good

    vendor.grace = True
    with Wild(once_lost) as server:
        outcome = signed_read(server, tmp_path)

    assert outcome.status == "complete"
    assert stored(tmp_path)["refresh_token"] == "r1"


def test_f045_a_token_endpoint_that_is_unwell_is_tried_again_and_the_old_token_kept(tmp_path):
    TokenFile(tmp_path / "toy.json").write({"access_token": "a0", "refresh_token": "r0", "expires_at": LONG_AGO})
    answer, vendor = rotating("r0")
    ill = [reply({}, 503), reply({}, 429)]

    with Wild(lambda i, c: ill.pop() if ill and i.target == "/token" else answer(i, c)) as server:
        outcome = signed_read(server, tmp_path)

    assert outcome.status == "complete"
    assert vendor.refreshes == 1


@pytest.mark.parametrize(
    "body", [{}, {"access_token": ""}, {"access_token": 5}, {"access_token": None, "refresh_token": "x"}, [], "x", None]
)
def test_f045_an_answer_without_a_token_does_not_replace_what_is_stored(body, tmp_path):
    TokenFile(tmp_path / "toy.json").write({"access_token": "a0", "refresh_token": "r0", "expires_at": LONG_AGO})
    with Wild(lambda i, c: reply(body)) as server:
        outcome = signed_read(server, tmp_path)

    assert outcome.status != "complete"
    assert stored(tmp_path)["refresh_token"] == "r0"
    assert len([seen for seen in server.seen if seen.target != "/token"]) == 0


@pytest.mark.parametrize("lifetime", ["abc", None, -1, 10**30, "3600", 1.5])
def test_f045_an_odd_lifetime_does_not_break_the_sign_in(lifetime, tmp_path):
    def answer(incoming, connection):
        if incoming.target == "/token":
            return reply({"access_token": "a1", "refresh_token": "r1", "expires_in": lifetime})
        return reply(rows(1))

    with Wild(answer) as server:
        outcome = signed_read(server, tmp_path, "r0")

    assert outcome.status == "complete"
    assert stored(tmp_path)["refresh_token"] == "r1"


def test_f077_a_refresh_is_not_asked_for_when_its_result_could_not_be_kept(tmp_path, monkeypatch):
    TokenFile(tmp_path / "toy.json").write({"access_token": "a0", "refresh_token": "r0", "expires_at": LONG_AGO})
    answer, vendor = rotating("r0")

    def full(*_):
        raise OSError(28, "No space left on device")

    with Wild(answer) as server:
        monkeypatch.setattr(os, "fsync", full)
        outcome = signed_read(server, tmp_path)
        monkeypatch.undo()
        again = signed_read(server, tmp_path)

    assert "cannot be kept (No space left on device)" in outcome.reason
    assert "Make room" in outcome.reason
    assert again.status == "complete"
    assert vendor.refreshes == 1


def test_tokens_are_private_and_nothing_is_left_beside_them(tmp_path):
    folder = tmp_path / "tokens"
    answer, _vendor = rotating("r0")
    with Wild(answer) as server:
        signed_read(server, folder, "r0")

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "toy.json": 0o600,
        "toy.lock": 0o600,
    }


# --- tokens that end -------------------------------------------------------------------------------------------------


def test_f047_an_access_token_that_ends_in_mid_run_costs_one_refresh_and_the_same_page_once_more(tmp_path):
    answer, vendor = rotating("r0")
    ended = []

    def ends(incoming, connection):
        if incoming.target.startswith("/boards") and not ended:
            ended.append(1)
            vendor.access.clear()
        return answer(incoming, connection)

    with Wild(ends) as server:
        outcome = signed_read(server, tmp_path, "r0")

    assert outcome.status == "complete"
    assert [seen.target for seen in server.seen] == ["/token", "/boards/a/items", "/token", "/boards/a/items"]


def test_f047_a_refresh_token_that_ended_keeps_the_data_and_says_to_sign_in_again(tmp_path):
    keeper = MemoryKeeper()
    answer, vendor = rotating("r0")
    with Wild(answer) as server:
        signed_read(server, tmp_path, "r0", keeper)
        vendor.access.clear()
        vendor.live = None
        outcome = signed_read(server, tmp_path, "r0", keeper)

    assert outcome.status == "failed"
    assert "invalid_grant" in outcome.reason
    assert "Authorise again: `sightline connect`" in outcome.reason
    assert len(keeper.rows) - len(keeper.removed) == 2
    # The stored chain, then what the settings say; never again and again.
    assert len([seen for seen in server.seen if seen.target == "/token"]) == 3


def test_f047_a_new_refresh_token_in_the_settings_replaces_a_dead_stored_one(tmp_path):
    TokenFile(tmp_path / "toy.json").write({"access_token": "a0", "refresh_token": "dead", "expires_at": LONG_AGO})
    answer, _vendor = rotating("fresh")
    with Wild(answer) as server:
        outcome = signed_read(server, tmp_path, "fresh")

    assert outcome.status == "complete"
    assert stored(tmp_path)["refresh_token"] == "r1"


def test_f047_status_says_that_a_source_needs_to_be_signed_in_again(tmp_path):
    from faults_local.small import Office

    with Office(tmp_path, ["xero"], flavour="app") as office:
        office.sync()
        office.vendors["xero"].refresh.clear()
        office.vendors["xero"].access.clear()
        code = office.cli("sync")
        told = office.cli("status")

    assert code.code == 1
    assert "sightline connect" in code.out + code.err
    assert "sign" in told.out.lower() or "authoris" in told.out.lower() or "authentic" in told.out.lower()


# --- secrets in addresses --------------------------------------------------------------------------------------------


def test_f049_key_and_token_in_an_address_reach_no_log_record_and_no_message(caplog):
    key, token = "k" * 7 + "-canary-key-1234", "canary-token/with+odd=chars 9876"

    class Keyed(Toy):
        def auth(self):
            return None

        def check(self, fetch):
            from sightline.sdk import Request

            return fetch.one(Request("/me", {"key": key, "token": token}))

    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    REDACTOR.add(key, token)
    clean_logs()
    names = ["", "httpx", "httpcore", "httpcore.http11", "httpcore.connection"]
    before = {name: logging.getLogger(name).level for name in names}
    try:
        for name in names:
            logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger().addHandler(handler)
        with Wild(lambda *_: reply({"message": f"bad {token}"}, 401)) as server:
            outcome = read(server.url, Keyed)
        try:
            raise RuntimeError(f"GET {server.url}/me?token={token}")
        except RuntimeError:
            logging.getLogger("third.party").exception("failed with %s", token, stack_info=True)
    finally:
        logging.getLogger().removeHandler(handler)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)

    written = stream.getvalue() + repr(outcome)
    assert token in server.seen[0].target.replace("%2F", "/").replace("%2B", "+").replace("%3D", "=").replace(
        "+9", " 9"
    )
    assert len(stream.getvalue()) > 200
    assert [form for form in (key, token, "canary-token", "odd%3Dchars") if form in written] == []


def test_f049_trello_never_puts_its_key_into_an_address_and_a_401_tells_neither():
    world = build_world(7, 0.05)
    connector = load().connectors["trello"]
    vendor = vendor_class(connector)(world, world.sources["trello"])
    collect(connector, vendor)
    addresses = [repr((call.path, call.query)) for call in vendor.calls]
    vendor.script.append(refused())
    outcome = collect(connector, vendor).outcome
    secrets = [v for k, v in vendor.workspace().items() if k in ("key", "token")]

    assert len(secrets) == 2
    assert [s for s in secrets if s in repr(addresses) or s in repr(outcome)] == []
    assert outcome.status == "failed"


def test_f049_secrets_learnt_on_many_threads_are_all_known():
    secrets = [f"thread-secret-{n:05}" for n in range(400)]
    threads = [
        threading.Thread(target=lambda part=part: [REDACTOR.add(s) for s in secrets[part::8]]) for part in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [s for s in secrets if s in REDACTOR.clean(s)] == []
