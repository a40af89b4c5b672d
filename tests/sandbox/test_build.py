"""The made-up world: repeatable, sound, and true to its story."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from sightline.sandbox.build import NOW, build_world
from sightline.sandbox.sound import unsound
from sightline.sandbox.world import World, WorldProject, WorldTask


def bytes_of(world: World) -> bytes:
    return msgspec.json.encode(
        [
            [
                (t.place.source, t.key, t.number, t.title, t.status, t.updated_at, t.estimate_seconds)
                for t in world.tasks
            ],
            [(h.at, h.by, h.field, h.before, h.after) for t in world.tasks for h in t.history],
            [(e.source, e.number, e.person, e.started_at, e.seconds, e.updated_at) for e in world.times],
            [(d.number, d.code, d.status, d.total, d.paid, d.credited, d.updated_at) for d in world.documents],
            [(c.place.name, c.index, c.at, c.email, c.message, c.parents) for c in world.commits],
            [(p.id, p.identities) for p in world.people.values()],
        ]
    )


@pytest.fixture(scope="module")
def world() -> World:
    return build_world()


def tasks_of(world: World, project: str) -> list[WorldTask]:
    chosen = world.projects[project]
    return [t for t in world.tasks if included(chosen, t)]


def included(project: WorldProject, task: WorldTask) -> bool:
    for rule in project.include:
        source, _, scope = rule.partition(":") if isinstance(rule, str) else (rule["source"], "", rule["scope"])
        label = None if isinstance(rule, str) else rule.get("label")
        if task.place.source == source and scope in (task.place.key, task.place.name, "*"):
            return label is None or label in task.labels
    return False


def hours_of(world: World, project: str) -> Decimal:
    mine = {id(t) for t in tasks_of(world, project)}
    seconds = sum(
        e.seconds
        for e in world.times
        if id(e.task) in mine or (e.ledger_task is not None and e.ledger_task.project.project == project)
    )
    return Decimal(seconds) / 3600


def planned_share(tasks: list[WorldTask], on: dt.date) -> Decimal:
    due = sum(t.planned_seconds or 0 for t in tasks if t.planned_due and t.planned_due <= on)
    return 100 * Decimal(due) / sum(t.planned_seconds or 0 for t in tasks)


def done_share(tasks: list[WorldTask]) -> Decimal:
    open_or_done = [t for t in tasks if t.state != "cancelled"]
    done = sum(t.estimate_seconds or 0 for t in open_or_done if t.state == "done")
    return 100 * Decimal(done) / sum(t.estimate_seconds or 0 for t in open_or_done)


def test_the_same_seed_writes_the_same_world():
    assert bytes_of(build_world(3)) == bytes_of(build_world(3))


def test_another_seed_writes_another_world():
    assert bytes_of(build_world(3)) != bytes_of(build_world(4))


@pytest.mark.parametrize("seed", [1, 7, 99])
def test_every_seed_keeps_the_invariants(seed):
    assert unsound(build_world(seed)) == []


def test_a_task_whose_history_does_not_end_at_its_status_is_unsound(world):
    broken = build_world()
    task = next(t for t in broken.tasks if t.key == "WEB-5" and t.history)
    task.history[-1].after = "Elsewhere"

    assert any("history ends at Elsewhere" in line for line in unsound(broken))


def test_size_scales_the_filler_and_leaves_the_story_alone(world):
    larger = build_world(size=3)

    assert len(larger.tasks) > 1.8 * len(world.tasks)
    assert hours_of(larger, "acme_website") == 131
    assert len(tasks_of(larger, "acme_website")) == len(tasks_of(world, "acme_website"))


@pytest.mark.parametrize(
    ("project", "hours"),
    [
        ("acme_website", "131"),
        ("acme_app", "42"),
        ("birch_booking", "372"),
        ("cedar_care", "16.5"),
        ("dune_migration", "201"),
        ("own_website", "22"),
        ("heron_shop", "36"),
        ("gorse_advice", "34.5"),
    ],
)
def test_the_hours_of_the_story(project, hours):
    for seed in (7, 8):
        assert hours_of(build_world(seed), project) == Decimal(hours)


@pytest.mark.parametrize(
    ("project", "planned", "done"),
    [
        ("acme_website", 32, 26),
        ("birch_booking", 60, 61),
        ("dune_migration", 80, 74),
        ("own_website", 40, 41),
    ],
)
def test_the_plan_and_the_progress_of_the_story(world, project, planned, done):
    tasks = tasks_of(world, project)

    assert int(planned_share(tasks, NOW.date())) == planned
    assert int(planned_share(tasks, NOW.date() - dt.timedelta(days=1))) == planned
    assert int(done_share(tasks)) == done


def test_no_planned_window_of_the_story_spans_today(world):
    today = NOW.date()

    assert not [t.key for t in world.tasks if t.planned_seconds and t.planned_start <= today <= t.planned_due]


def test_the_invoices_of_acme_are_9000_of_which_4500_are_18_days_overdue(world):
    mine = [d for d in world.documents if d.project == "acme_website" and d.kind == "invoice"]
    late = [d for d in mine if d.status == "AUTHORISED" and d.due_on < NOW.date()]

    assert sum(d.subtotal for d in mine) == sum(d.total for d in mine) == 9000
    assert [(d.total - d.paid, (NOW.date() - d.due_on).days) for d in late] == [(4500, 18)]


def test_one_invoice_of_780_belongs_to_nobody(world):
    assert [d.total for d in world.documents if d.kind == "invoice" and d.project is None] == [780]


def test_one_issue_has_more_worklogs_than_an_issue_answer_carries(world):
    task = next(t for t in world.tasks if t.title == "Wireframes: inner pages")

    assert sum(e.task is task for e in world.times) == 26


def test_nobody_has_the_same_identity_in_two_tools(world):
    maria = world.people["maria"].identities

    assert maria["trello"].name == "M. Lind"
    assert maria["github"].email is None
    assert len({identity.account for identity in maria.values()}) == len(maria) - 1  # both Git folders share an e-mail


def test_every_number_that_must_stay_inside_is_a_canary(world):
    assert world.canaries["cost rate of Maria Lind"] == "55.37"
    assert {s.secrets["token"] for s in world.sources.values() if "token" in s.secrets} <= set(world.canaries.values())


def test_the_worked_reasons_of_the_slip_are_seven_days(world):
    causes = world.projects["acme_website"].causes

    assert [(c.kind, c.days) for c in causes] == [("waiting_client", 4), ("person_short", 2), ("scope", 1)]
