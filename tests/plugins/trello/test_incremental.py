"""A second run: it asks little, and knows what a first run would know."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from plugins.trello.expected import Expected
from sightline.sandbox.build import build_world
from sightline.sandbox.edits import Edits
from sightline.sandbox.schedule import Schedule
from sightline.sandbox.world import Checkitem, Comment
from sightline.sdk import Activity, Change, ChecklistItem, Task, TimeEntry
from sightline.testing import collect
from sightline_trello.connector import TrelloConnector
from sightline_trello.happenings import comment_id, time_id
from sightline_trello.sandbox import TrelloSandbox

KINDS = {"tasks": Task, "items": ChecklistItem, "times": TimeEntry, "activities": Activity}


@pytest.fixture
def edits(world):
    return Edits(world, by="owen")


def same(found, world, trello):
    """Whether what is kept equals the world as it is now."""
    expected = Expected(world, trello)
    return {kind: found.records(KINDS[kind]) == getattr(expected, kind)() for kind in KINDS} == dict.fromkeys(
        KINDS, True
    )


def test_where_nothing_changed_one_call_is_enough(card, sync):
    card()
    sync()

    again = sync()

    assert (again.requests, again.outcome.counts.read, again.outcome.status) == (1, 0, "complete")


def test_only_the_changed_board_is_read(world, trello, card, edits, sync):
    edited = card()
    card(place=world.places[1])
    sync()
    edits.retitle(edited, "Another title")
    asked = len(trello.calls)

    sync()

    boards = {call.path.split("/")[3] for call in trello.calls[asked:] if "/boards/" in call.path}
    assert boards == {trello.shapes.board_id(world.places[0])}


def test_history_is_read_from_the_last_known_action_on(world, trello, card, edits, sync):
    moved = card()
    edits.set(moved, "status", "Writing")
    sync()
    known = moved.history[-1].at
    edits.set(moved, "status", "Published")
    asked = len(trello.calls)

    found = sync()

    since = [c.query["since"] for c in trello.calls[asked:] if "updateCard:idList" in c.query.get("filter", "")]
    assert since == [f"{int(known.timestamp()) - 120:08x}" + "0" * 16]
    assert [change.to_value for change in found.records(Change).values()] == ["Writing", "Published"]


def test_an_edited_title_is_seen(world, trello, card, edits, sync):
    edited = card()
    sync()
    edits.retitle(edited, "Another title")

    assert sync().records(Task)[trello.shapes.card_id(edited)].title == "Another title"


def test_a_changed_label_is_seen_though_no_action_tells_it(world, trello, card, edits, sync):
    edited = card(labels=["Backend"])
    sync()
    edited.labels = ["Frontend"]
    edited.updated_at = edits.tick()

    found = sync()

    assert found.records(Task)[trello.shapes.card_id(edited)].labels == ("Frontend",)
    assert found.outcome.counts.changed == 1


def test_a_ticked_line_of_a_checklist_is_seen(world, trello, card, edits, sync):
    edited = card()
    edited.checklist = [_item(1, "Draft"), _item(2, "Proof")]
    sync()
    edits.tick_off(edited, 1)
    edited.checklist.pop(0)

    found = sync().records(ChecklistItem)

    assert [(item.title, item.state) for item in found.values()] == [("Proof", "done")]


def _item(number, title):
    return Checkitem(number, "Steps", title, done=False)


def test_an_edited_and_a_deleted_comment_are_seen(world, trello, card, edits, sync):
    talked = card()
    kept, gone = edits.say(talked, "First"), edits.say(talked, "Second")
    sync()
    edits.reword(talked, kept, "First, better")
    edits.unsay(talked, gone)

    found = sync().records(Activity)

    assert {id_: said.text for id_, said in found.items()} == {comment_id(kept): "First, better"}


def test_the_last_comment_of_a_card_can_go(world, trello, card, edits, sync):
    talked = card()
    said = edits.say(talked, "Only")
    sync()
    edits.unsay(talked, said)

    assert sync().records(Activity) == {}


def test_edited_and_deleted_time_is_recounted(world, trello, card, edits, sync):
    worked = card()
    kept, gone = edits.add_time(worked, 3600), edits.add_time(worked, 7200)
    sync()
    edits.edit_time(kept, 1800)
    edits.delete_time(gone)

    found = sync().records(TimeEntry)

    assert {id_: entry.seconds for id_, entry in found.items()} == {time_id(kept): 1800}


def test_a_deleted_card_is_gone_since_the_moment_trello_tells(world, trello, card, edits, sync):
    doomed = card()
    edits.say(doomed, "Soon gone")
    edits.add_time(doomed, 3600)
    card("Stays")
    sync()
    edits.delete(doomed)
    at = world.now
    edits.tick()

    found = sync()

    assert found.keeper.removed[("trello", Task, trello.shapes.card_id(doomed))] == at
    assert same(found, world, trello)


def test_a_card_missing_from_the_listing_is_gone_though_no_action_tells_it(world, trello, card, edits, sync):
    doomed, other = card(), card("Stays")
    sync()
    edits.delete(doomed)
    world.removed.clear()
    edits.retitle(other, "Stays here")

    assert list(sync().records(Task)) == [trello.shapes.card_id(other)]


def test_a_list_archived_with_its_cards_archives_them(world, trello, card, sync):
    put_away = card(status="Writing")
    sync()
    world.sources["trello"].options["closed_lists"] = ["Writing"]

    found = sync().records(Task)[trello.shapes.card_id(put_away)]

    assert (found.archived, found.status, found.state) == (True, "Writing", "unknown")


def test_a_renamed_list_is_seen_though_no_card_changed(world, trello, card, sync):
    named = card(status="Writing")
    sync()
    world.places[0].statuses[1] = ("Drafting", "in_progress")
    named.status = "Drafting"

    assert sync().records(Task)[trello.shapes.card_id(named)].status == "Drafting"


@pytest.mark.parametrize("first", [0, 1], ids=["to a later board", "to an earlier board"])
def test_a_card_that_moves_to_another_board_and_back_keeps_everything(world, trello, card, edits, sync, first):
    here, there = world.places[first], world.places[1 - first]
    moved = card(place=here)
    for place in (here, there):
        edits.add_time(card("Stays", place=place), 60)
        edits.say(world.tasks[-1], "Quiet here")
    edits.say(moved, "Said at home")
    edits.add_time(moved, 3600)
    sync()
    for place in (there, here):
        edits.move(moved, place)
        edits.say(moved, f"Said on {place.name}")

        found = sync()

        assert same(found, world, trello)
        assert found.outcome.status == "complete"
    scopes = [change for change in found.records(Change).values() if change.field == "scope"]
    ids = [trello.shapes.board_id(place) for place in (here, there)]
    assert [(change.from_value, change.to_value) for change in scopes] == [tuple(ids), tuple(reversed(ids))]


def test_a_card_that_came_from_an_unread_board_brings_its_time(world, trello, card, edits, sync):
    moved = card(place=world.places[1])
    edits.add_time(moved, 3600)
    sync(scopes=("AcmeCont",))
    edits.move(moved, world.places[0])

    found = sync(scopes=("AcmeCont",))

    assert [entry.seconds for entry in found.records(TimeEntry).values()] == [3600]
    assert found.records(Task)[trello.shapes.card_id(moved)].reporter is not None


def test_a_move_to_an_unread_board_takes_the_card_out(world, trello, card, edits, sync):
    moved = card()
    card("Stays")
    sync(scopes=("AcmeCont",))
    edits.move(moved, world.places[1])

    assert [task.title for task in sync(scopes=("AcmeCont",)).records(Task).values()] == ["Stays"]


def test_more_comments_than_a_page_of_a_card_holds_come_along(world, trello, card, edits, sync):
    moved = card(place=world.places[1])
    moved.comments = [Comment(n, world.now + dt.timedelta(seconds=n), "maria", f"No {n}") for n in range(1, 121)]
    world.now += dt.timedelta(minutes=5)
    edits.move(moved, world.places[0])

    found = sync(scopes=("AcmeCont",))

    assert len(found.records(Activity)) == 120


def test_a_day_later_a_board_is_read_whatever_its_activity_says(world, trello, card, sync):
    edited = card()
    sync()
    edited.title = "Changed without a trace"
    assert sync().records(Task)[trello.shapes.card_id(edited)].title == "Homepage text"
    world.now += dt.timedelta(hours=24)

    assert sync().records(Task)[trello.shapes.card_id(edited)].title == "Changed without a trace"


@pytest.mark.parametrize("seed", range(4))
def test_after_any_edits_what_is_kept_equals_a_fresh_full_read(seed):
    world = build_world(seed=seed, size=0.5)
    trello = TrelloSandbox(world, world.sources["trello"])
    zone = ZoneInfo("Europe/London")
    schedule = Schedule(world, seed, sources=("trello",))
    kept = collect(TrelloConnector, trello, timezone=zone).keeper
    for _ in range(6):
        schedule.run(5)
        kept = collect(TrelloConnector, trello, keeper=kept, timezone=zone).keeper
    fresh = collect(TrelloConnector, trello, timezone=zone).keeper

    assert {kind: kept.live(kind) for kind in KINDS.values()} == {kind: fresh.live(kind) for kind in KINDS.values()}
    assert fresh.live(Change).items() <= kept.live(Change).items()
