"""The made-up Trello behaves as the real one is known to."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from plugins.trello.rows import KEY, TOKEN
from sightline.sandbox.edits import Edits
from sightline.sandbox.vendor import Call
from sightline.sandbox.world import Comment
from sightline_trello.ids import created_at

SIGNED = {"authorization": f'OAuth oauth_consumer_key="{KEY}", oauth_token="{TOKEN}"'}


@pytest.fixture
def ask(trello):
    """Asks the made-up Trello; the decoded answer, or (status, text)."""

    def get(url, headers=SIGNED):
        reply = trello.handle(Call.of("GET", f"/1{url}", headers))
        return json.loads(reply.body) if reply.status == 200 else (reply.status, reply.body.decode())

    return get


@pytest.fixture
def first(world, trello):
    """The address of the first board."""
    return f"/boards/{trello.shapes.board_id(world.places[0])}"


def test_ids_begin_with_the_second_of_creation(ask, first, card):
    made = card()

    assert created_at(ask(f"{first}/cards/all")[0]["id"]) == made.created_at
    assert created_at(ask(f"{first}/actions")[0]["id"]) == made.created_at


def test_pages_hold_the_newest_cards_in_the_order_of_the_board(ask, first, card):
    cards = [card(f"No {n}", status="Published" if n == 3 else "Ideas") for n in range(5)]

    page = ask(f"{first}/cards/all?limit=2")

    assert sorted(one["name"] for one in page) == ["No 3", "No 4"]
    assert [one["name"] for one in page] == ["No 4", "No 3"]
    rest = ask(f"{first}/cards/all?limit=10&before={min(one['id'] for one in page)}")
    assert sorted(one["name"] for one in rest) == ["No 0", "No 1", "No 2"]
    assert len(cards) == 5


def test_a_bound_may_be_a_date(ask, first, card):
    for n in range(3):
        card(f"No {n}", created_at=dt.datetime(2026, 11, 10 + n, tzinfo=dt.UTC))

    assert [one["name"] for one in ask(f"{first}/cards/all?since=2026-11-11T12:00:00Z")] == ["No 2"]


def test_no_page_is_larger_than_a_thousand(ask, first, card):
    for n in range(1001):
        card(f"No {n}", created_at=dt.datetime(2026, 11, 10, tzinfo=dt.UTC) + dt.timedelta(seconds=n))

    assert len(ask(f"{first}/cards/all?limit=5000")) == 1000


def test_actions_are_fifty_unless_more_are_asked_for_and_since_gives_the_newest(ask, first, card):
    talked = card()
    at = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)
    talked.comments = [Comment(n, at + dt.timedelta(minutes=n), "maria", f"No {n}") for n in range(80)]

    assert len(ask(f"{first}/actions")) == 50
    assert [one["data"]["text"] for one in ask(f"{first}/actions?since=2026-11-10T00:00:00Z&limit=2")] == [
        "No 79",
        "No 78",
    ]


def test_label_changes_and_comment_edits_are_no_actions(world, ask, first, card):
    edited = card()
    edits = Edits(world, by="owen")
    said = edits.say(edited, "First")
    edits.reword(edited, said, "Second")
    edits.unsay(edited, edits.say(edited, "Third"))
    edited.labels = ["New"]

    assert [(one["type"], one["data"].get("text")) for one in ask(f"{first}/actions")] == [
        ("commentCard", "Second"),
        ("createCard", None),
    ]
    assert ask(f"{first}/actions")[0]["data"]["dateLastEdited"]


def test_a_filter_with_a_field_gives_plain_update_cards(world, ask, first, card):
    moved = card()
    edits = Edits(world, by="owen")
    edits.set(moved, "status", "Writing")
    edits.set(moved, "due_on", "2026-12-01")

    assert [one["type"] for one in ask(f"{first}/actions?filter=updateCard:idList")] == ["updateCard"]


def test_a_deleted_card_leaves_an_action_without_a_name_and_nothing_else(world, trello, ask, first, card):
    doomed = card()
    address = f"/cards/{trello.shapes.card_id(doomed)}"
    Edits(world, by="owen").delete(doomed)

    (action,) = ask(f"{first}/actions")
    assert action["type"] == "deleteCard"
    assert set(action["data"]["card"]) == {"id", "idShort", "shortLink"}
    assert ask(address) == (404, "The requested resource was not found.")


def test_comments_stay_listed_where_they_were_written(world, trello, ask, first, card):
    moved = card()
    edits = Edits(world, by="owen")
    edits.say(moved, "Here")
    edits.move(moved, world.places[1])
    edits.say(moved, "There")
    other = f"/boards/{trello.shapes.board_id(world.places[1])}"

    assert [one["data"]["text"] for one in ask(f"{first}/actions?filter=commentCard")] == ["Here"]
    assert [one["data"]["text"] for one in ask(f"{other}/actions?filter=commentCard")] == ["There"]
    assert len(ask(f"/cards/{trello.shapes.card_id(moved)}/actions?filter=commentCard")) == 2


def test_cards_with_actions_nested_are_too_many(ask, first, card):
    card()

    status, text = ask(f"{first}/cards/all?actions=all")

    assert (status, "API_TOO_MANY_CARDS_REQUESTED" in text) == (403, True)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "invalid key"),
        ({"authorization": f'OAuth oauth_consumer_key="x", oauth_token="{TOKEN}"'}, "invalid key"),
        ({"authorization": f'OAuth oauth_consumer_key="{KEY}", oauth_token="x"'}, "invalid token"),
    ],
)
def test_refusals_are_plain_text(ask, headers, said):
    assert ask("/members/me", headers) == (401, said)


def test_key_and_token_may_stand_in_the_address(ask):
    assert ask(f"/members/me?key={KEY}&token={TOKEN}", {})["username"] == "northgate"


def test_an_unknown_board_is_plain_text(ask):
    assert ask("/boards/6a00000000000000000000ff/lists") == (404, "board not found")


def test_values_of_fields_are_texts_options_are_ids_and_what_is_unset_is_missing(world, ask, first, card):
    world.sources["trello"].options["priority_field"] = "Priority"
    card("Set", estimate_seconds=45_000, priority="High")
    card("Unset")

    unset, both = sorted(ask(f"{first}/cards/all?customFieldItems=true"), key=lambda one: len(one["customFieldItems"]))

    assert unset["customFieldItems"] == []
    number, option = both["customFieldItems"]
    assert number["value"] == {"number": "12.5"}
    assert option["value"] is None
    definitions = {one["id"]: one for one in ask(f"{first}/customFields")}
    options = {one["id"]: one["value"]["text"] for one in definitions[option["idCustomField"]]["options"]}
    assert options[option["idValue"]] == "High"


def test_labels_named_like_a_colour_have_no_name(ask, first, card):
    card(labels=["sky_dark", "Backend"])

    shown = ask(f"{first}/cards/all")[0]["labels"]
    assert [(one["name"], one["color"]) for one in shown] == [("", "sky_dark"), ("Backend", None)]


def test_the_activity_of_a_board_moves_with_cards_that_change_leave_or_go(world, ask, first, card):
    edits = Edits(world, by="owen")
    cards = [card(f"No {n}") for n in range(3)]
    seen = [ask(first)["dateLastActivity"]]
    for act in (
        lambda: edits.retitle(cards[0], "x"),
        lambda: edits.move(cards[1], world.places[1]),
        lambda: edits.delete(cards[2]),
    ):
        act()
        seen.append(ask(first)["dateLastActivity"])

    assert seen == sorted(set(seen))


def test_more_than_a_hundred_calls_in_ten_seconds_are_refused_and_after_two_hundred_refusals_the_key_is_blocked(
    world, trello, ask, first
):
    world.sources["trello"].options["throttle"] = True
    answers = [ask(first) for _ in range(301)]

    assert [isinstance(one, dict) for one in answers[:101]] == [True] * 100 + [False]
    assert "API_TOKEN_LIMIT_EXCEEDED" in answers[299][1]
    assert "API_KEY_LIMIT_EXCEEDED" in answers[300][1]
    world.now += dt.timedelta(seconds=10)
    assert isinstance(ask(first), dict)


def test_members_are_limited_by_the_quarter_hour_but_not_their_boards(world, trello, ask):
    world.sources["trello"].options["throttle"] = True
    for _ in range(100):
        ask("/members/me")
        world.now += dt.timedelta(seconds=1)

    assert "RATE_LIMIT_EXCEEDED" in ask("/members/me")[1]
    assert isinstance(ask("/members/me/boards"), list)


def test_the_table_of_the_workspace_names_lists_whose_place_tells_something_else(world, trello):
    world.places[0].statuses = [("Pool", "todo"), ("Parked", "cancelled"), ("Next week", "todo"), ("Out", "done")]

    table = trello.workspace()

    assert (table["cancelled_lists"], table["todo_lists"]) == (["Parked"], ["Next week"])
    assert (table["connector"], table["site"], table["estimate_field"]) == ("trello", trello.base, "Estimate (h)")
