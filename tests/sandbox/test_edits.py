"""Edits between two reads keep the world sound and move the clock as tools do."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from sightline.sandbox.bookings import Bookings
from sightline.sandbox.books import line
from sightline.sandbox.build import NOW, build_world
from sightline.sandbox.desk import Desk
from sightline.sandbox.edits import Edits
from sightline.sandbox.places import place
from sightline.sandbox.schedule import Schedule
from sightline.sandbox.sound import unsound
from sightline.sandbox.world import World, WorldTask


@pytest.fixture
def world() -> World:
    return build_world(size=0)


@pytest.fixture
def edits(world) -> Edits:
    return Edits(world)


def task_of(world: World, title: str) -> WorldTask:
    return next(t for t in world.tasks if t.title.startswith(title))


def test_a_new_title_moves_the_update_time_and_nothing_else(world, edits):
    task = task_of(world, "Search")
    history = list(task.history)
    edits.retitle(task, "Search v2")

    assert (task.title, task.updated_at, task.history) == ("Search v2", NOW + dt.timedelta(minutes=1), history)


def test_a_finished_task_that_is_reopened_is_no_longer_completed(world, edits):
    task = task_of(world, "Sitemap")
    edits.set(task, "status", "In Progress")

    assert (task.completed_at, task.history[-1].before, task.history[-1].after) == (None, "Done", "In Progress")
    assert unsound(world) == []


def test_a_moved_task_keeps_its_number_and_gets_another_key(world, edits):
    task = task_of(world, "Redirects")
    number, key = task.number, task.key
    edits.move(task, place(world, "acme_jira", "App"))

    assert task.number == number
    assert (task.key, task.targets, task.sprints) == ("APP-12", [], [])
    assert [f"{where.key}-{seq}" for where, seq in task.formerly] == [key]
    assert unsound(world) == []


def test_a_card_moved_and_moved_back_gets_a_third_number_on_the_board(world, edits):
    card = task_of(world, "Photo brief")
    home, first = card.place, card.seq
    edits.move(card, place(world, "trello", "Ideas"))
    edits.move(card, home)

    assert card.seq > first
    assert unsound(world) == []


def test_a_task_cannot_move_to_another_source(world, edits):
    with pytest.raises(ValueError, match="another source"):
        edits.move(task_of(world, "Redirects"), place(world, "trello", "Ideas"))


def test_a_deleted_task_takes_its_time_and_subtasks_along(world, edits):
    story = task_of(world, "Wireframes")
    before = sum(e.seconds for e in world.times_of("acme_jira"))
    edits.delete(story)

    assert before - sum(e.seconds for e in world.times_of("acme_jira")) == 22 * 3600
    assert not [t for t in world.tasks if t.title.startswith("Wireframes")]
    assert sum(isinstance(r.thing, WorldTask) for r in world.removed) == 3
    assert unsound(world) == []


def test_what_was_deleted_comes_back_with_its_number(world, edits):
    task = task_of(world, "Redirects")
    number = task.number
    edits.delete(task)
    edits.restore(world.removed[-1])

    assert task_of(world, "Redirects").number == number
    assert world.removed == []
    assert unsound(world) == []


def test_numbers_of_deleted_things_are_never_used_again(world, edits):
    board = place(world, "trello", "Ideas")
    first = edits.add_task(board, "One")
    edits.delete(first)
    second = edits.add_task(board, "Two")

    assert (second.number, second.seq) == (first.number + 1, first.seq + 1)


def test_a_late_entry_is_old_by_day_and_new_by_update(world, edits):
    task = task_of(world, "Sitemap")
    entry = edits.add_time(task, 3600, started_at=NOW - dt.timedelta(days=40))

    assert (entry.started_at, entry.updated_at) == (NOW - dt.timedelta(days=40), world.now)
    assert task.updated_at == world.now


def test_an_edited_and_a_deleted_entry_touch_their_task(world, edits):
    entry = next(e for e in world.times if e.task is task_of(world, "Sitemap"))
    edits.edit_time(entry, 60)
    edits.delete_time(entry)

    assert entry.task.updated_at == world.now
    assert world.removed[-1].thing is entry
    assert unsound(world) == []


def test_comments_are_said_reworded_and_taken_back(world, edits):
    task = task_of(world, "Sitemap")
    said = edits.say(task, "One")
    edits.reword(task, said, "Two")
    reworded = (said.text, said.edited_at)
    edits.unsay(task, said)

    assert reworded == ("Two", NOW + dt.timedelta(minutes=2))
    assert task.comments == []
    assert unsound(world) == []


def test_a_commit_goes_on_top_of_main(world, edits):
    repo = place(world, "site_git", "site")
    tip = max(c.index for c in world.commits if c.place is repo and c.branch == "main")
    found = edits.commit(repo, "WEB-1 more")

    assert found.parents == [tip]
    assert unsound(world) == []


def test_a_payment_in_two_parts_settles_the_invoice_and_its_removal_opens_it(world, edits):
    books = Bookings(edits)
    invoice = next(d for d in world.documents if d.code == "INV-0412")
    books.pay(invoice, Decimal(1500))
    half = (invoice.status, books.owed(invoice))
    last = books.pay(invoice)
    whole = (invoice.status, invoice.paid_on)
    books.unpay(invoice, last)

    assert half == ("AUTHORISED", 3000)
    assert whole == ("PAID", NOW.date())
    assert (invoice.status, books.owed(invoice), invoice.paid_on) == ("AUTHORISED", 3000, None)
    assert unsound(world) == []


def test_a_settled_invoice_cannot_be_voided_and_a_draft_can_be_approved(world, edits):
    books = Bookings(edits)
    by_code = {d.code: d for d in world.documents}
    books.approve(by_code["INV-0424"])
    books.void(by_code["INV-0418"])

    assert books.owed(by_code["INV-0424"]) == 1800
    assert books.owed(by_code["INV-0418"]) == 0
    with pytest.raises(ValueError, match="INV-0417 is settled"):
        books.void(by_code["INV-0417"])


def test_a_new_invoice_is_open(world, edits):
    books = Bookings(edits)
    made = books.invoice(world.parties[0], [line("More", "2", "10.5", vat=True)], code="INV-2000")

    assert (books.owed(made), made.due_on) == (Decimal("25.20"), dt.date(2026, 12, 20))
    assert unsound(world) == []


@pytest.mark.parametrize("seed", range(6))
def test_random_edits_keep_the_world_sound(seed):
    world = build_world(seed, 0.1)
    schedule = Schedule(world, seed)
    for _ in range(60):
        told = schedule.step()

        assert unsound(world) == [], told


def test_the_same_seed_does_the_same_edits():
    first = Schedule(build_world(5, 0), 1).run(40)

    assert Schedule(build_world(5, 0), 1).run(40) == first
    assert Schedule(build_world(5, 0), 2).run(40) != first


def test_a_schedule_keeps_to_its_sources():
    told = Schedule(build_world(5, 0), 3, sources=("trello",)).run(30)

    assert not [line for line in told if any(name in line for name in ("jira/", "github/", "INV-", "xero/"))]


def test_a_schedule_for_an_empty_world_says_so():
    with pytest.raises(LookupError, match="nothing in this world"):
        Schedule(build_world(5, 0), 3, sources=("nowhere",)).step()


def test_hours_are_split_in_quarters_that_sum_exactly(world):
    parts = Desk(world).parts("33.25", 7)

    assert (sum(parts), len(parts), min(parts) > 0) == (Decimal("33.25"), 7, True)
