"""Actions of a board as steps of a card's history."""

from __future__ import annotations

import datetime as dt

import pytest

from plugins.trello.rows import BOARD, CARD, MARIA, OWEN, action, board
from sightline.sdk import Account, Activity, Change, ChecklistItem, Gone, Link, Task, TimeEntry, Whole
from sightline_trello.history import map_action

AT = dt.datetime(2026, 11, 22, 9, 41, 7, 123000, tzinfo=dt.UTC)
ID = "6b02b8b38b06d26bf065c16a"


def changes(row, here=None):
    return [record for record in map_action(row, here or board()) if isinstance(record, Change)]


def step(field, before, after, **states):
    return Change(
        id=f"{ID}:{field}", task=CARD, field=field, at=AT, from_value=before, to_value=after, by=OWEN["id"], **states
    )


def test_a_move_between_lists_is_a_change_of_status_with_its_states():
    row = action(
        "updateCard",
        old={"idList": "a1"},
        card={"idList": "a3"},
        listBefore={"id": "a1", "name": "Ideas"},
        listAfter={"id": "a3", "name": "Published"},
    )

    assert changes(row) == [step("status", "Ideas", "Published", from_state="todo", to_state="done")]


def test_a_list_that_is_gone_speaks_by_its_name_as_it_was_then():
    row = action(
        "updateCard",
        old={"idList": "x1"},
        listBefore={"id": "x1", "name": "Parking"},
        listAfter={"id": "x2", "name": "In progress"},
    )

    assert changes(row) == [step("status", "Parking", "In progress", from_state="unknown", to_state="in_progress")]


def test_due_dates_are_days():
    row = action("updateCard", old={"due": None}, card={"due": "2026-12-01T17:00:00.000Z"})

    assert changes(row) == [step("due_on", None, "2026-12-01")]


def test_another_hour_of_the_same_day_is_no_change():
    row = action("updateCard", old={"due": "2026-12-01T09:00:00.000Z"}, card={"due": "2026-12-01T17:00:00.000Z"})

    assert changes(row) == []


def test_archiving_is_a_change():
    assert changes(action("updateCard", old={"closed": False}, card={"closed": True})) == [
        step("archived", "false", "true")
    ]


def test_marking_complete_changes_the_state_and_not_the_list():
    row = action(
        "updateCard", old={"dueComplete": False}, card={"dueComplete": True}, list={"id": "a2", "name": "Writing"}
    )

    assert changes(row) == [step("status", "Writing", "Writing", from_state="in_progress", to_state="done")]


def test_unmarking_gives_the_list_its_word_back():
    row = action(
        "updateCard", old={"dueComplete": True}, card={"dueComplete": False}, list={"id": "a2", "name": "Writing"}
    )

    assert changes(row) == [step("status", "Writing", "Writing", from_state="done", to_state="in_progress")]


def test_marking_complete_in_the_done_list_changes_nothing():
    row = action(
        "updateCard", old={"dueComplete": False}, card={"dueComplete": True}, list={"id": "a3", "name": "Published"}
    )

    assert changes(row) == []


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [("addMemberToCard", None, MARIA["id"]), ("removeMemberFromCard", MARIA["id"], None)],
)
def test_members_come_and_go(kind, before, after):
    assert changes(action(kind, idMember=MARIA["id"])) == [step("assignee", before, after)]
    assert changes(action(kind, member={"id": MARIA["id"]})) == [step("assignee", before, after)]


def test_a_move_to_another_board_changes_scope_and_status():
    row = action("moveCardToBoard", boardSource={"id": "b0"}, list={"id": "a2", "name": "Writing"})

    assert changes(row) == [step("scope", "b0", BOARD), step("status", None, "Writing", to_state="in_progress")]


def test_a_deleted_card_is_gone_with_what_hung_on_it():
    assert map_action(action("deleteCard"), board()) == [
        Gone(kind=Task, id=CARD, at=AT),
        *(Whole(kind=kind, of=CARD) for kind in (Activity, ChecklistItem, Link, TimeEntry)),
    ]


def test_whoever_acted_becomes_an_account():
    found = map_action(action("updateCard", old={"closed": False}, card={"closed": True}), board())

    assert [record for record in found if isinstance(record, Account)] == [
        Account(id=OWEN["id"], name="Owen O'Neill", username="oneill_owen")
    ]


def test_two_changes_in_one_action_are_two_steps():
    row = action(
        "updateCard", old={"closed": False, "due": "2026-12-01T17:00:00.000Z"}, card={"closed": True, "due": None}
    )

    assert [change.id for change in changes(row)] == [f"{ID}:archived", f"{ID}:due_on"]


@pytest.mark.parametrize(
    "row",
    [
        action("updateCard", old={"pos": 5}, card={"pos": 6}),
        action("somethingNew"),
        {"id": ID, "type": "updateCard", "date": "2026-11-22T09:41:07.123Z", "data": {"card": {"id": CARD}}},
        {"id": ID, "type": "updateBoard", "data": {"board": {"id": BOARD}}},
        {"id": ID, "type": "updateCard", "data": None},
    ],
)
def test_other_actions_change_nothing(row):
    assert map_action(row, board()) == []
