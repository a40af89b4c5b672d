"""World → Trello's payloads → connector → records: equal to the world in everything that Trello can carry."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from plugins.trello.expected import Expected
from sightline.sandbox.build import build_world
from sightline.sandbox.world import Checkitem, Comment, WorldTime
from sightline.sdk import Account, Activity, Change, ChecklistItem, Link, Scope, Task, TimeEntry
from sightline.testing import collect
from sightline_trello.connector import TrelloConnector
from sightline_trello.sandbox import TrelloSandbox

KINDS = {
    "scopes": Scope,
    "tasks": Task,
    "items": ChecklistItem,
    "times": TimeEntry,
    "activities": Activity,
    "accounts": Account,
}


def told(change):
    return (
        change.task,
        change.field,
        change.from_value,
        change.to_value,
        change.from_state,
        change.to_state,
        change.at,
        change.by,
    )


@pytest.fixture(scope="module", params=[7, 11])
def story(request):
    """The whole made-up consultancy, read once."""
    world = build_world(seed=request.param, size=2)
    trello = TrelloSandbox(world, world.sources["trello"])
    return Expected(world, trello), collect(TrelloConnector, trello, timezone=dt.UTC)


def test_the_story_is_read_without_a_gap(story):
    _, found = story

    assert (found.outcome.status, found.outcome.reasons, found.outcome.skipped) == ("complete", [], [])


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_equals_the_story(story, kind):
    expected, found = story

    assert found.records(KINDS[kind]) == getattr(expected, kind)()


def test_the_story_has_something_of_every_kind(story):
    expected, _ = story

    assert all(getattr(expected, kind)() for kind in KINDS)


def test_history_equals_the_story(story):
    expected, found = story

    assert {told(change) for change in found.records(Change).values()} == expected.changes()


def test_hours_add_up_to_the_storys(story):
    expected, found = story

    assert sum(entry.seconds for entry in found.records(TimeEntry).values()) == sum(
        entry.seconds for entry in expected.world.times_of("trello")
    )


@pytest.fixture
def full(world, card):
    """A card with everything a card can have."""
    source = world.sources["trello"]
    source.options |= {"time_field": "Spent", "priority_field": "Priority"}
    at = dt.datetime(2026, 11, 10, 10, tzinfo=dt.UTC)
    other = card("Other")
    found = card(
        "Everything ✔ \u202e",
        status="Published",
        description="Line one\n\nline two",
        completed_at=at,
        start_on=dt.date(2026, 11, 3),
        due_on=dt.date(2026, 11, 12),
        assignees=["maria", "owen"],
        reporter="owen",
        labels=["Backend", "sky_dark"],
        priority="High",
        estimate_seconds=12_345,
        points=Decimal("2.5"),
        archived=True,
        links=[("relates", other)],
    )
    found.checklist = [
        Checkitem(1, "Steps", "Draft", done=True),
        Checkitem(2, "Later", "Print", done=False, due_on=dt.date(2026, 12, 1), by="maria"),
        Checkitem(3, "Steps", "Proof", done=False),
    ]
    found.comments = [Comment(1, at, "maria", "First line\nsecond", edited_at=at + dt.timedelta(hours=1))]
    for number, (seconds, person) in enumerate(((3600, "owen"), (5000, "maria"), (-900, "owen")), start=5):
        world.times.append(WorldTime(number, "trello", person, at, seconds, "note", at, task=found))
    mirror = card("Everything", links=[("mirror", found)])
    mirror.kind = "mirror"
    card("---").kind = "separator"
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_with_everything_equals_itself(world, trello, full, sync, kind):
    found = sync()

    assert found.outcome.status == "complete"
    assert found.records(KINDS[kind]) == getattr(Expected(world, trello), kind)()


def test_cards_tied_to_others_are_links(world, trello, full, sync):
    found = sync().records(Link).values()

    assert {(link.from_task, link.to) for link in found} == Expected(world, trello).links() != set()


def test_without_an_estimate_field_estimates_are_plus_comments(world, trello, full, sync):
    del world.sources["trello"].options["estimate_field"]

    found = sync()

    assert found.records(Task) == Expected(world, trello).tasks()
    assert found.records(Task)[trello.shapes.card_id(full)].estimate_seconds == 12_345


def test_another_plus_keyword_is_read(world, trello, full, sync):
    trello.happenings.keyword = world.sources["trello"].options["keyword"] = "time:"

    assert sync().records(TimeEntry) == Expected(world, trello).times()


def test_a_closed_board_is_an_archived_scope_and_its_cards_are_read(world, trello, full, sync):
    world.places[0].archived = True

    found = sync()

    assert found.records(Scope) == Expected(world, trello).scopes()
    assert found.records(Task) == Expected(world, trello).tasks()


def test_one_board_can_be_chosen_by_its_name(world, trello, full, card, sync):
    card("Elsewhere", place=world.places[1])

    found = sync(scopes=("elm launch",))

    assert [task.title for task in found.records(Task).values()] == ["Elsewhere"]
