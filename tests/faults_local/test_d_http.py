"""Group D, HTTP: throttling, outages, odd answers, endless and enormous ones, redirects, certificates."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import socket
import ssl
import subprocess
import time
import zlib
from pathlib import Path

import pytest

from faults_local.toy import NOW, TOKEN, FakeTime, Toy, plain, read, rows, run_of, toy
from faults_local.wild import Wild, reply
from sightline.collect.clock import Clock
from sightline.collect.limits import Budget
from sightline.collect.passes import Rules
from sightline.collect.run import collect_all
from sightline.collect.source import open_fetch
from sightline.collect.wire import check_address
from sightline.errors import ConfigError, SourceChanged
from sightline.model.records import Task
from sightline.plugins.registry import load
from sightline.sandbox.build import build_world
from sightline.sandbox.faults import When, html, scripted
from sightline.sandbox.server import vendor_class
from sightline.sandbox.vendor import json_reply
from sightline.sdk import Limits, Request
from sightline.testing import MemoryKeeper, collect

CONNECTORS = {"acme_jira": "jira", "trello": "trello", "github": "github", "xero": "xero"}


def vendor_of(source: str, size: float = 0.05):
    world = build_world(7, size)
    connector = load().connectors[world.sources[source].connector]
    return connector, vendor_class(connector)(world, world.sources[source])


# --- throttling ------------------------------------------------------------------------------------------------------


def test_f037_a_429_makes_every_stream_of_the_source_wait_as_told():
    refused: list[float] = []

    def answer(incoming, connection):
        if not refused:
            refused.append(time.monotonic())
            return reply({}, 429, retry_after="1")
        return reply([])

    class Busy(Toy):
        boards = tuple("abcdefgh")

    with Wild(answer) as server:
        outcome = read(server.url, Busy, clock=Clock())

    # What was under way when the answer came may still arrive; then nobody asks until the second is over.
    asked_meanwhile = [at for at in server.times if refused[0] + 0.3 < at < refused[0] + 0.98]
    assert asked_meanwhile == []
    assert outcome.status == "complete"
    assert len(server.times) == 9


def test_f037_a_date_in_retry_after_is_read_by_the_sources_own_clock():
    ours = FakeTime()
    theirs = NOW + dt.timedelta(hours=5)
    answers = [
        reply({}, 429, retry_after=stamp(theirs + dt.timedelta(seconds=40)), date=stamp(theirs)),
        reply(rows(1), date=stamp(theirs)),
    ]
    with Wild(lambda *_: answers.pop(0)) as server:
        outcome = read(server.url, clock=ours.clock())

    assert outcome.status == "complete"
    assert ours.slept == [40.0]


def test_f037_a_wait_beyond_our_patience_ends_the_run_at_once_and_says_so():
    ours = FakeTime()
    with Wild(lambda *_: reply({}, 429, retry_after="86400")) as server:
        outcome = read(server.url, clock=ours.clock(), patience_seconds=60)

    assert "asks to wait 86400 s more, beyond the 60 s this run may wait" in outcome.reason
    assert ours.slept == []
    assert len(server.seen) == 1


@pytest.mark.parametrize("told", ["", "soon", "-5", "9" * 400, "0", "Fri, 99 Nov 2026 99:00:00 GMT"])
def test_f037_a_retry_after_nobody_can_read_becomes_the_usual_back_off(told):
    ours = FakeTime()
    answers = [reply({}, 429, retry_after=told), reply({}, 429, retry_after=told), reply(rows(1))]
    with Wild(lambda *_: answers.pop(0)) as server:
        outcome = read(server.url, clock=ours.clock())

    if told.startswith("9"):
        assert "beyond the 600 s" in outcome.reason
    else:
        assert outcome.status == "complete"
        assert sum(ours.slept) >= 2.0


def test_f037_threads_that_wait_at_the_same_time_wait_once():
    ours = FakeTime()
    budget = Budget(Limits(requests=100, per_seconds=1, concurrent=8), patience=100, clock=Still(ours))
    budget.hold(80)

    for _ in range(8):
        with pytest.raises(Waited):
            budget._wait_for_turn("toy")

    assert budget.waited == 80


def test_f037_headers_that_say_none_are_left_hold_the_next_call_until_the_window_starts_anew():
    class Counted(Toy):
        boards = ("a", "b")
        at_once = Limits(requests=100, per_seconds=1, concurrent=1, remaining=("x-left",), reset_after="x-again-in")

    ours = FakeTime()
    left = iter(["0", "5"])
    with Wild(lambda *_: reply([], x_left=next(left), x_again_in="17")) as server:
        read(server.url, Counted, clock=ours.clock())

    assert ours.slept == [17.0]


def test_the_calls_of_a_day_are_counted_over_runs_and_never_exceeded():
    class Daily(Toy):
        boards = tuple("abcdefgh")
        at_once = Limits(requests=100, per_seconds=1, concurrent=1, per_day=5)

    with Wild(plain) as server:
        outcome = read(server.url, Daily)
        run = run_of(toy(server.url, Daily))
        run.spent_today = 5
        again = run.collect()

    assert len(server.seen) == 5
    assert outcome.status == "incomplete"
    assert "the 5 calls that may be made in 24 hours are used up" in outcome.reason
    assert again.requests == 0


def test_f039_githubs_secondary_limit_is_waited_for_and_nothing_is_taken_for_forbidden():
    connector, vendor = vendor_of("github")
    first = collect(connector, vendor)
    told = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
    vendor.script.append(
        scripted(lambda v, c: json_reply(told, 403, {"x-ratelimit-remaining": "4999"}), When("/issues", times=2))
    )

    second = collect(connector, vendor, keeper=first.keeper, rules=Rules(full=True))

    assert second.outcome.status == "complete"
    assert second.outcome.counts.gone == 0


# --- answers of another kind -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", CONNECTORS)
def test_f040_a_sign_in_page_with_status_200_fails_the_run_and_removes_nothing(source):
    connector, vendor = vendor_of(source)
    first = collect(connector, vendor)
    before = set(first.keeper.rows) - set(first.keeper.removed)
    vendor.script.append(html())

    second = collect(connector, vendor, keeper=first.keeper, rules=Rules(full=True))

    assert second.outcome.status in ("failed", "incomplete")
    assert "JSON" in second.outcome.reason
    assert set(first.keeper.rows) - set(first.keeper.removed) == before
    assert len(before) > 20


# --- a source that is down -------------------------------------------------------------------------------------------


def test_f043_ten_minutes_of_503_are_a_bounded_number_of_calls_and_the_other_source_is_complete():
    ours = FakeTime()

    class Big(Toy):
        boards = tuple(f"b{n}" for n in range(200))

    with Wild(lambda *_: reply({}, 503)) as down, Wild(plain) as up:
        runs = [
            run_of(toy(down.url, Big), "down", clock=ours.clock()),
            run_of(toy(up.url), "up", clock=FakeTime().clock()),
        ]
        outcomes = {outcome.source: outcome for outcome in collect_all(runs)}

    # Five attempts a call; three calls open the circuit, and three more threads may be under way.
    assert len(down.seen) <= 5 * (3 + 3)
    assert ours.passed < 600
    assert outcomes["down"].status in ("failed", "incomplete")
    assert any("the source is down: 3 calls in a row failed" in reason for reason in outcomes["down"].reasons)
    assert (outcomes["up"].status, outcomes["up"].counts.new) == ("complete", 4)


def test_f043_waits_between_attempts_grow_and_differ_from_run_to_run():
    waits = []
    for _ in range(4):
        ours = FakeTime()
        with Wild(lambda *_: reply({}, 503)) as server:
            read(server.url, clock=ours.clock())
        waits.append(ours.slept)

    assert all(len(slept) == 4 for slept in waits)
    assert all(slept[3] > slept[0] for slept in waits)
    assert len({slept[0] for slept in waits}) == 4


def test_f043_a_source_that_always_says_come_back_at_once_is_not_asked_for_ever():
    ours = FakeTime()
    with Wild(lambda *_: reply({}, 429, retry_after="0")) as server:
        outcome = read(server.url, clock=ours.clock())

    assert outcome.status != "complete"
    assert len(server.seen) <= 50
    assert ours.passed <= 600


# --- endless, enormous, broken answers -------------------------------------------------------------------------------


def dripping_body(incoming, connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n[")
    drip(connection, b" ")


def dripping_head(incoming, connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    drip(connection, b"x-more: y\r\n")


def drip(connection: socket.socket, piece: bytes) -> None:
    for _ in range(600):
        connection.sendall(piece)
        time.sleep(0.1)


@pytest.mark.parametrize("answer", [dripping_body, dripping_head])
def test_a_server_that_drips_meets_the_deadline_of_the_request(answer):
    began = time.monotonic()
    with Wild(answer) as server:
        outcome = read(server.url, clock=Impatient(), request_seconds=1)

    # One second for each of five attempts, not a minute for each.
    assert 4.5 < time.monotonic() - began < 9
    assert "no complete answer within 1 s" in outcome.reason


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(b" " * (1 << 20)) for _ in range(megabytes)), packer.flush()])


def test_f102_an_answer_that_unpacks_to_300_mb_is_refused_and_costs_little_memory():
    import tracemalloc

    packed = bomb(300)
    with Wild(lambda *_: reply(raw=packed, content_encoding="gzip")) as server:
        tracemalloc.start()
        outcome = read(server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert len(packed) < 500_000
    assert "is larger than 128 MB" in outcome.reason
    assert len(server.seen) == 1
    assert peak < 200 << 20


@pytest.mark.parametrize(("coding", "raw"), [("gzip, gzip", gzip.compress(bomb(8))), ("br", b"??"), ("zstd", b"??")])
def test_packing_that_was_not_asked_for_is_refused(coding, raw):
    with Wild(lambda *_: reply(raw=raw, content_encoding=coding)) as server:
        outcome = read(server.url)

    assert "accept-encoding" in server.seen[0].headers
    assert server.seen[0].headers["accept-encoding"] == "gzip"
    assert outcome.status != "complete"


def test_a_packed_answer_is_read_and_a_damaged_one_is_asked_for_again():
    good = gzip.compress(b'[{"id": 1, "title": "one"}]')
    answers = [good[:-9], good[:9] + b"\xff" * 9 + good[18:], good]
    with Wild(lambda *_: reply(raw=answers.pop(0), content_encoding="gzip")) as server:
        keeper = MemoryKeeper()
        outcome = read(server.url, keeper=keeper)

    assert outcome.status == "complete"
    assert sorted(keeper.live(Task)) == ["1"]
    assert len(server.seen) == 3


def cut(incoming, connection):
    connection.sendall(reply(rows(1, 2, 3))[:-20])


def test_a_connection_cut_in_the_body_is_tried_again_and_never_half_an_answer():
    answers = [cut, cut, plain]

    def turn(incoming, connection):
        return answers.pop(0)(incoming, connection)

    keeper = MemoryKeeper()
    with Wild(turn) as server:
        outcome = read(server.url, keeper=keeper)

    assert outcome.status == "complete"
    assert sorted(keeper.live(Task)) == ["1", "2", "3"]


def test_a_connection_always_cut_removes_nothing():
    keeper = MemoryKeeper()
    with Wild(plain) as server:
        read(server.url, keeper=keeper)
        server.answer = cut
        outcome = read(server.url, keeper=keeper)

    assert outcome.status != "complete"
    assert "cannot reach it" in outcome.reason
    assert len(keeper.live(Task)) == 3


# --- redirects and addresses -----------------------------------------------------------------------------------------


def test_f048_a_redirect_to_another_host_is_not_followed_and_no_header_leaves():
    with Wild(plain) as other, Wild(lambda *_: reply({}, 302, location=f"{other.url}/boards/a/items")) as server:
        outcome = read(server.url)

    assert other.seen == []
    assert "redirects to another host" in outcome.reason
    assert TOKEN not in repr(outcome)


@pytest.mark.parametrize(
    "location", ["/elsewhere", "../a/../elsewhere", "{url}/elsewhere", "?moved=1", "{URL}/elsewhere"]
)
def test_f048_a_redirect_on_the_same_host_is_followed_with_the_credentials(location):
    def answer(incoming, connection):
        if "elsewhere" in incoming.target or "moved" in incoming.target:
            return reply(rows(1))
        return reply({}, 302, location=location.format(url=server.url, URL=server.url.replace("http", "HTTP")))

    with Wild(answer) as server:
        outcome = read(server.url)

    assert outcome.status == "complete"
    assert {seen.headers["authorization"] for seen in server.seen} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "location", ["https://127.0.0.1/x", "//127.0.0.2/x", "ftp://127.0.0.1/x", "http://[::1", "file:///etc/passwd"]
)
def test_f048_another_scheme_or_port_is_another_host(location):
    with Wild(lambda *_: reply({}, 307, location=location)) as server:
        outcome = read(server.url)

    assert outcome.status != "complete"
    assert {seen.target for seen in server.seen} == {"/boards/a/items"}


def test_f048_redirects_in_a_ring_end():
    with Wild(lambda *_: reply({}, 301, location="/round")) as server:
        outcome = read(server.url)

    assert "redirected more than 5 times" in outcome.reason
    assert len(server.seen) == 5


@pytest.mark.parametrize(
    "path", ["@other.example/x", ".evil.example/x", ":99999/x", "http://other.example/x", "//other.example/x"]
)
def test_f103_a_next_page_on_another_host_is_not_asked_for(path):
    with Wild(plain) as server, contextlib.closing(opened(server.url)) as http:
        if path.startswith("http"):
            with pytest.raises(SourceChanged, match="another host"):
                http.send(Request(path))
        else:
            http.send(Request(path))

    # What begins like another host is only an odd path on ours.
    assert {seen.headers["host"] for seen in server.seen} <= {f"127.0.0.1:{server.port}"}
    assert len(server.seen) == (not path.startswith("http"))


@pytest.mark.parametrize(
    "address",
    ["http://jira.example", "ftp://jira.example", "file:///etc/passwd", "jira.example", "https://", "https://me:pw@jira.example",
     "https://jira.example/?token=x", "https://jira.example/#x", "http://127.0.0.1.example", "http://169.254.169.254"],
)  # fmt: skip
def test_f103_an_address_that_is_not_https_or_holds_more_than_host_and_path_is_refused(address):
    with pytest.raises(ConfigError):
        check_address(address, where="sources.toy")


@pytest.mark.parametrize(
    "address",
    [
        "https://jira.example",
        "https://jira.example:8443/jira/",
        "http://127.0.0.1:8080",
        "http://[::1]:80",
        "http://localhost",
    ],
)
def test_f103_https_anywhere_and_http_on_this_machine_are_taken(address):
    assert check_address(address, where="sources.toy") == address.rstrip("/")


@pytest.mark.parametrize(
    "ip", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254", "fd00:ec2::254"]
)
def test_f103_a_name_that_leads_to_a_metadata_or_link_local_address_is_never_connected_to(ip, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **_: [(0, 0, 0, "", (ip, port))])
    outcome = read("https://jira.example")

    assert outcome.status != "complete"
    assert "no tool lives at" in outcome.reason


def test_f103_a_name_that_answers_differently_the_second_time_is_not_asked_a_second_time(monkeypatch):
    answers = ["127.0.0.1", "169.254.169.254"]
    asked = []

    def resolve(host, port, **_):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    real = socket.getaddrinfo
    with Wild(plain) as server:
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, port, *a, **k: resolve(host, port) if host == "localhost" else real(host, port, *a, **k)
        )  # fmt: skip
        outcome = read(server.url.replace("127.0.0.1", "localhost"))

    assert outcome.status == "complete"
    assert asked == ["localhost"]


def test_proxies_and_files_of_the_environment_are_not_used(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login nobody password nothing\n")
    with Wild(plain) as proxy, Wild(plain) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NETRC", str(netrc))
        outcome = read(server.url)

    assert outcome.status == "complete"
    assert proxy.seen == []
    assert server.seen[0].headers["authorization"] == f"Bearer {TOKEN}"


# --- certificates ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate that nobody vouches for."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder


def test_f044_a_certificate_nobody_vouches_for_fails_closed(certificate, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    # Not even an environment that vouches for it.
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    with Wild(plain, tls=context) as server:
        outcome = read(server.url)

    assert outcome.status == "failed"
    assert "certificate is not valid" in outcome.reason
    assert "never skips this check" in outcome.reason
    assert server.seen == []


def test_f044_an_authority_of_ones_own_is_believed_for_the_source_that_names_it(certificate, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    (tmp_path / "none.pem").write_text("no certificate")
    with Wild(plain, tls=context) as server:
        believed = read(server.url, ca_file=certificate / "cert.pem")
        refused = read(server.url)
        missing = read(server.url, ca_file=tmp_path / "missing.pem")
        odd = read(server.url, ca_file=tmp_path / "none.pem")

    assert believed.status == "complete"
    assert "certificate is not valid" in refused.reason
    assert "`ca_file` holds no certificates that can be read (No such file or directory)" in missing.reason
    assert "`ca_file` holds no certificates" in odd.reason


def test_f044_no_setting_of_any_connector_turns_the_check_off():
    words = ("verify", "insecure", "ssl", "tls", "cert")
    settings = [name for c in load().connectors.values() for name in c.settings.model_fields]

    assert len(settings) > 20
    assert [name for name in settings if any(word in name for word in words)] == []


# --- small helpers ---------------------------------------------------------------------------------------------------


def stamp(moment: dt.datetime) -> str:
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


def opened(site: str):
    fetch = open_fetch(toy(site), "toy", tokens=Path("nowhere"), clock=FakeTime().clock())
    assert fetch.http is not None
    return fetch.http


class Waited(Exception):
    """Somebody began to wait."""


def Still(ours: FakeTime) -> Clock:
    """Time stands still for those who wait: all of them begin at the same moment."""

    def sleep(seconds: float) -> None:
        raise Waited

    return Clock(now=lambda: NOW, monotonic=lambda: ours.passed, sleep=sleep)


def Impatient() -> Clock:
    """Real time, but nobody sleeps between attempts."""
    return Clock(sleep=lambda _seconds: None)
