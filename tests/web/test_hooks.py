"""Hooks from the tools: signed as their makers say, believed as hints only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from sightline.collect.hooks import Signature, is_signed
from sightline.web.app import make_app
from sightline.web.desk import Desk
from sightline_github.connector import GithubConnector
from sightline_jira.connector import Jira as JiraConnector
from sightline_trello.connector import TrelloConnector
from sightline_xero.connector import Xero as XeroConnector
from web.conftest import HOST, Browser

BODY = json.dumps({"webhookEvent": "jira:issue_updated"}).encode()


def test_the_signature_of_a_published_example_is_known():
    # GitHub's documentation, "Validating webhook deliveries": secret, payload and signature.
    told = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    assert is_signed(GithubConnector.webhook, "It's a Secret to Everybody", told, b"Hello, World!")
    assert not is_signed(GithubConnector.webhook, "It's a Secret to Everybody", told, b"Hello, World?")


@pytest.mark.parametrize(
    ("connector", "told"),
    [
        (JiraConnector, lambda key, body, url: "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()),
        (XeroConnector, lambda key, body, url: base64.b64encode(hmac.digest(key, body, "sha256")).decode()),
        (TrelloConnector, lambda key, body, url: base64.b64encode(hmac.digest(key, body + url, "sha1")).decode()),
    ],
)
def test_each_tool_signs_in_its_own_way(connector, told):
    mark = told(b"secret", BODY, b"https://desk.example/hooks/it")

    assert is_signed(connector.webhook, "secret", mark, BODY, "https://desk.example/hooks/it")
    assert not is_signed(connector.webhook, "other", mark, BODY, "https://desk.example/hooks/it")


@pytest.mark.parametrize(
    "told", [None, "", "sha256=", "sha256=zz", "sha1=00", "none", "sha256=" + "0" * 64, "sha256=é"]
)
def test_f116_a_forged_signature_is_refused_whatever_it_looks_like(told):
    assert not is_signed(Signature(header="x", prefix="sha256="), "secret", told, BODY)
    assert not is_signed(Signature(header="x", encoding="base64"), "secret", told, BODY)


def test_f116_an_empty_secret_signs_nothing():
    mark = hmac.new(b"", BODY, hashlib.sha256).hexdigest()

    assert not is_signed(Signature(header="x"), "", mark, BODY)


@pytest.fixture
def hooked(folder, monkeypatch):
    """The application with a secret agreed for one source; what it was told to read."""
    toml = folder / "sightline.toml"
    toml.write_text(
        toml.read_text("utf-8").replace("[sources.acme_jira]", '[sources.acme_jira]\nwebhook_secret = "agreed"'),
        "utf-8",
    )
    desk, hinted = Desk(folder), []
    monkeypatch.setattr(desk, "hint", hinted.append)
    yield Browser(make_app(None, hosts=[HOST], local=False, desk=desk)), hinted
    desk.close()


def _send(browser, body=BODY, *, source="acme_jira", secret=b"agreed", delivery="1"):
    mark = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature": mark, "x-atlassian-webhook-identifier": delivery}
    return browser.ask("POST", f"/hooks/{source}", headers=headers, content=body)


def test_a_signed_hook_is_a_hint_and_a_repeated_one_is_none(hooked):
    browser, hinted = hooked

    statuses = [_send(browser, delivery=delivery).status_code for delivery in ("1", "1", "2")]

    assert statuses == [200, 200, 200]
    assert hinted == ["acme_jira", "acme_jira"]


def test_f116_what_is_not_signed_as_agreed_changes_nothing(hooked):
    browser, hinted = hooked
    again = json.dumps(json.loads(BODY), indent=1).encode()
    mark = "sha256=" + hmac.new(b"agreed", BODY, hashlib.sha256).hexdigest()

    answers = [
        _send(browser, secret=b"wrong"),
        _send(browser, secret=b""),
        browser.ask("POST", "/hooks/acme_jira", content=BODY),
        browser.ask("POST", "/hooks/acme_jira", content=again, headers={"x-hub-signature": mark}),
        _send(browser, source="nobody"),
        _send(browser, source="xero"),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert hinted == []


def test_a_tool_may_ask_first_whether_the_address_is_there(hooked):
    assert hooked[0].ask("HEAD", "/hooks/acme_jira").status_code == 200
