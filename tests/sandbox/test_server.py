"""The server that plays vendors, over real HTTP on loopback."""

from __future__ import annotations

import time
from typing import ClassVar

import httpx
import pytest

from sightline.collect.connector import Connector
from sightline.errors import ConfigError
from sightline.sandbox import faults
from sightline.sandbox.build import build_world
from sightline.sandbox.faults import When
from sightline.sandbox.server import Sandbox, vendor_class
from sightline.sandbox.vendor import Call, Reply, Vendor, json_reply, route


class ToyVendor(Vendor):
    """A vendor with three answers."""

    @route("GET", "/me")
    def me(self, call: Call) -> Reply:
        return json_reply({"base": self.base, "source": self.source.name, "q": call.query, "lists": call.lists})

    @route("POST", "/echo")
    def echo(self, call: Call) -> Reply:
        return json_reply({"got": call.json(), "agent": call.headers["user-agent"]})

    @route("GET", "/broken")
    def broken(self, call: Call) -> Reply:
        raise LookupError("a mistake of the sandbox")


class Toy(Connector):
    """Only the sandbox of a connector."""

    name: ClassVar[str] = "trello"
    title: ClassVar[str] = "Toy"
    sandbox: ClassVar[str | None] = f"{__name__}:ToyVendor"


class Nonsense(Toy):
    sandbox: ClassVar[str | None] = "sightline.sandbox.world:World"


@pytest.fixture
def sandbox(monkeypatch):
    monkeypatch.setattr("sightline.sandbox.server.vendor_class", lambda _connector: ToyVendor)
    with Sandbox(build_world(size=0), {"trello": Toy}) as running:
        yield running


@pytest.fixture
def client(sandbox):
    with httpx.Client(base_url=f"{sandbox.url}/trello", timeout=5) as client:
        yield client


def test_a_vendor_lives_below_the_name_of_its_source(sandbox, client):
    answer = client.get("/me", params=[("a", "1"), ("a", "ü&")]).json()

    assert answer == {
        "base": f"{sandbox.url}/trello",
        "source": "trello",
        "q": {"a": "ü&"},
        "lists": {"a": ["1", "ü&"]},
    }


def test_sources_whose_connector_is_not_given_are_not_served(sandbox):
    assert list(sandbox.vendors) == ["trello"]
    assert httpx.get(f"{sandbox.url}/github/user").status_code == 404


def test_a_body_reaches_the_vendor_and_the_connection_is_kept(sandbox, client):
    first = client.post("/echo", json={"text": "größer"})
    opened = len(sandbox._open)
    second = client.post("/echo", json=[1])

    assert first.json()["got"] == {"text": "größer"}
    assert second.json()["got"] == [1]
    assert len(sandbox._open) == opened == 1


def test_an_unknown_path_is_the_vendors_own_404(client):
    answer = client.get("/nothing")

    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


def test_a_mistake_of_a_vendor_is_told_and_answered(sandbox, client):
    assert client.get("/broken").status_code == 500
    assert sandbox.errors == ["trello GET /broken: LookupError('a mistake of the sandbox')"]


def test_a_head_request_gets_no_body(client):
    assert client.head("/nothing").content == b""


def test_bytes_that_are_no_request_get_400(sandbox):
    import socket

    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as raw:
        raw.sendall(b"nonsense\r\n\r\n")

        assert raw.recv(100).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (faults.failing(When(times=1), status=503), 503),
        (faults.throttled(When(times=1), wait_s=7), 429),
        (faults.refused(When(times=1)), 401),
    ],
)
def test_a_fault_meets_the_calls_it_was_made_for_and_no_others(sandbox, client, fault, status):
    sandbox.vendors["trello"].script.append(fault)

    assert [client.get("/me").status_code for _ in range(2)] == [status, 200]


def test_a_throttled_answer_says_how_long_to_wait(sandbox, client):
    sandbox.vendors["trello"].script.append(faults.throttled(wait_s=7))

    assert client.get("/me").headers["retry-after"] == "7"


def test_a_denied_path_leaves_the_others_alone(sandbox, client):
    sandbox.vendors["trello"].script.append(faults.denied("/echo"))

    assert client.post("/echo", json={}).status_code == 403
    assert client.get("/me").status_code == 200


def test_a_sign_in_page_comes_with_200(sandbox, client):
    sandbox.vendors["trello"].script.append(faults.html())

    answer = client.get("/me")

    assert (answer.status_code, answer.text[:15]) == (200, "<!DOCTYPE html>")


def test_a_truncated_answer_is_not_json(sandbox, client):
    sandbox.vendors["trello"].script.append(faults.truncated())

    with pytest.raises(ValueError):
        client.get("/me").json()


def test_a_broken_connection_is_an_error_of_the_network(sandbox, client):
    sandbox.vendors["trello"].script.append(faults.disconnected(When(times=1)))

    with pytest.raises(httpx.TransportError):
        client.get("/me")
    assert client.get("/me").status_code == 200


def test_a_slow_answer_is_late(sandbox, client):
    sandbox.vendors["trello"].script.append(faults.slow(0.2, When(times=1)))
    began = time.monotonic()
    client.get("/me")

    assert time.monotonic() - began >= 0.2


def test_an_edit_between_two_calls_happens_once(sandbox, client):
    edits = []
    sandbox.vendors["trello"].script.append(faults.editing(lambda: edits.append(len(edits)), When(after=1, times=1)))
    seen = []
    for _ in range(3):
        client.get("/me")
        seen.append(len(edits))

    assert seen == [0, 1, 1]


def test_a_stopped_sandbox_answers_nobody(monkeypatch):
    monkeypatch.setattr("sightline.sandbox.server.vendor_class", lambda _connector: ToyVendor)
    sandbox = Sandbox(build_world(size=0), {"trello": Toy}).start()
    with httpx.Client() as client:
        client.get(f"{sandbox.url}/trello/me")
        sandbox.stop()

        with pytest.raises(httpx.TransportError):
            client.get(f"{sandbox.url}/trello/me")


def test_a_connector_whose_sandbox_is_no_vendor_is_told_so():
    with pytest.raises(ConfigError, match="is no sandbox vendor"):
        vendor_class(Nonsense)
