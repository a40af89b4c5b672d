"""How calls are signed, limited and refused, and what the settings take."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from plugins.trello.rows import KEY, TOKEN, settings
from sightline.plugins.hookspecs import SEAM
from sightline.sandbox.vendor import json_reply, text_reply
from sightline.sdk import Answer, Task
from sightline_trello import SIGHTLINE_SEAM, sightline_connectors
from sightline_trello.config import TrelloSettings
from sightline_trello.connector import TrelloConnector


def judged(status, raw, body=None):
    return TrelloConnector(settings()).judge(Answer(status, {}, body, raw))


def test_the_plug_in_offers_the_connector_for_this_seam():
    assert (sightline_connectors(), SIGHTLINE_SEAM) == ([TrelloConnector], SEAM)


def test_key_and_token_travel_in_the_header_and_never_in_the_address(trello, card, sync):
    card()
    sync()

    assert {call.headers["authorization"] for call in trello.calls} == {
        f'OAuth oauth_consumer_key="{KEY}", oauth_token="{TOKEN}"'
    }
    assert not any(secret in str(call.query) + call.path for call in trello.calls for secret in (KEY, TOKEN))


def test_lists_that_a_server_does_not_nest_in_its_boards_are_asked_for(trello, card, sync, monkeypatch):
    monkeypatch.setattr(trello, "_nested_lists", lambda *_: {})
    card(status="Writing")
    (task,) = sync().records(Task).values()

    assert (task.status, task.state) == ("Writing", "in_progress")
    assert {call.path.rpartition("/")[2] for call in trello.calls if "/boards/" in call.path} >= {"lists"}


@pytest.mark.parametrize(
    ("raw", "wait_s"),
    [
        (b'{"error":"API_TOKEN_LIMIT_EXCEEDED","message":"Rate limit exceeded"}', 10),
        (b'{"error":"API_KEY_LIMIT_EXCEEDED","message":"Rate limit exceeded"}', 10),
        (b'{"error":"API_TOKEN_DB_LIMIT_EXCEEDED"}', 10),
        (b'{"message":"Exceeded rate limit to /1/member","error":"RATE_LIMIT_EXCEEDED"}', 60),
    ],
)
def test_a_limit_is_known_by_its_code_and_waited_out(raw, wait_s):
    verdict = judged(429, raw)

    assert (verdict.kind, verdict.wait_s) == ("throttled", wait_s)


@pytest.mark.parametrize("status", [400, 403])
def test_too_many_cards_are_known_by_the_code_whatever_the_status(status):
    verdict = judged(status, b'{"error":"API_TOO_MANY_CARDS_REQUESTED","message":"x"}')

    assert verdict.kind == "stop"
    assert "cards_per_page" in verdict.say


@pytest.mark.parametrize(
    ("status", "raw", "kind"),
    [
        (401, b"unauthorized permission requested", "denied"),
        (400, b"invalid id", "gone"),
        (449, b"", "retry"),
    ],
)
def test_plain_words_tell_what_a_refusal_means(status, raw, kind):
    assert judged(status, raw).kind == kind


@pytest.mark.parametrize(
    ("status", "raw"), [(401, b"invalid key"), (401, b"expired token"), (404, b"board not found"), (500, b"")]
)
def test_other_refusals_mean_what_their_status_says(status, raw):
    assert judged(status, raw) is None


def test_what_is_left_of_a_deleted_board_is_gone():
    assert judged(200, b'{"_value":null}', {"_value": None}).kind == "gone"
    assert judged(200, b"[]", []) is None


@pytest.mark.parametrize("wrong", ["key", "token"])
def test_wrong_credentials_stop_the_source_and_say_how_to_mend_it(trello, sync, wrong):
    trello.source.secrets[wrong] = "another"
    table = {"key": KEY, "token": TOKEN}
    trello.workspace = lambda: {"connector": "trello", "site": trello.base, **table}

    found = sync()

    assert found.outcome.status == "failed"
    assert "refused the credentials" in found.outcome.reason
    assert TOKEN not in found.outcome.reason


def test_a_board_that_was_closed_to_us_leaves_the_others_complete(world, trello, card, sync):
    card()
    card("Elsewhere", place=world.places[1])
    shut = trello.shapes.board_id(world.places[0])
    trello.script.append(
        lambda _, call: text_reply("unauthorized permission requested", 401) if shut in call.path else None
    )

    found = sync()

    assert found.outcome.status == "incomplete"
    assert [task.title for task in found.records(Task).values()] == ["Elsewhere"]


def test_what_was_read_before_stays_when_a_board_is_closed_to_us(world, trello, card, sync):
    kept = card()
    sync()
    kept.updated_at = world.now
    trello.script.append(
        lambda _, call: text_reply("unauthorized permission requested", 401) if "/boards/" in call.path else None
    )

    found = sync()

    assert found.outcome.status == "incomplete"
    assert len(found.records(Task)) == 1


def test_a_throttled_call_is_asked_again(trello, card, sync):
    card()
    body = {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}
    left = [json_reply(body, 429)] * 3
    trello.script.append(lambda _, call: left.pop() if left and "/cards/" in call.path else None)

    assert (sync().outcome.status, left) == ("complete", [])


def test_too_big_an_answer_says_what_to_set(trello, card, sync):
    card()
    body = {"error": "API_TOO_MANY_CARDS_REQUESTED", "message": "x"}
    trello.script.append(lambda _, call: json_reply(body, 403) if "/cards/" in call.path else None)

    assert "cards_per_page" in sync().outcome.reason


def test_pages_smaller_than_the_board_give_all_cards(trello, card, sync):
    for n in range(7):
        card(f"No {n}")

    found = sync(cards_per_page=3)

    assert {task.title for task in found.records(Task).values()} == {f"No {n}" for n in range(7)}
    assert [call.query["limit"] for call in trello.calls if "/cards/all" in call.path] == ["3"] * 4


def test_a_server_that_does_not_nest_boards_is_asked_for_them(trello, card, sync):
    card()
    trello.script.append(
        lambda _, call: json_reply({"id": "m1", "username": "u"}) if call.path == "/1/members/me" else None
    )

    found = sync()

    assert len(found.records(Task)) == 1
    assert "/1/members/me/boards" in [call.path for call in trello.calls]


def test_a_me_that_is_no_object_is_a_changed_source(trello, sync):
    trello.script.append(lambda _, call: json_reply(["?"]))

    assert "/members/me is not an object" in sync().outcome.reason


def test_the_fields_of_a_board_are_asked_for_only_when_one_is_named(trello, card, sync):
    card()
    trello.source.options.clear()
    sync()

    assert not [call for call in trello.calls if call.path.endswith("/customFields")]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"token": TOKEN}, "key"),
        ({"key": KEY}, "token"),
        ({"key": 'a"b', "token": TOKEN}, "key"),
        ({"key": KEY, "token": "two words"}, "token"),
        ({"key": KEY, "token": "line\nbreak"}, "token"),
        ({"key": KEY, "token": ""}, "token"),
        ({"key": KEY, "token": TOKEN, "estimate": "x"}, "estimate"),
        ({"key": KEY, "token": TOKEN, "cards_per_page": 0}, "cards_per_page"),
        ({"key": KEY, "token": TOKEN, "cards_per_page": 1001}, "cards_per_page"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_shown(fields, wrong):
    with pytest.raises(ValidationError) as error:
        TrelloSettings(**fields)

    assert [problem["loc"] for problem in error.value.errors()] == [(wrong,)]
    assert TOKEN not in str(error.value)


@pytest.mark.parametrize("site", ["https://api.trello.com", "https://api.trello.com/", "https://api.trello.com/1"])
def test_the_site_may_be_written_with_its_version(site):
    assert TrelloConnector(settings(site=site)).base() == "https://api.trello.com/1"


def test_every_setting_is_described():
    assert all(field.description for field in TrelloSettings.model_fields.values())
