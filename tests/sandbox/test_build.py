"""The made-up world: repeatable, sound, and true to its story."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from sightline.sandbox.build import NOW, build_world
from sightline.sandbox.sound import unsound
from sightline.sandbox.truth import (
    Receivables,
    done_percent,
    hours,
    planned_percent,
    project_tasks,
    receivables,
)
from sightline.sandbox.world import World


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
    assert hours(larger, "acme_website") == 131
    assert len(project_tasks(larger, "acme_website")) == len(project_tasks(world, "acme_website"))


@pytest.mark.parametrize(
    ("project", "worked"),
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
def test_the_hours_of_the_story(project, worked):
    for seed in (7, 8):
        assert hours(build_world(seed), project) == Decimal(worked)


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
    assert int(planned_percent(world, project, NOW.date())) == planned
    assert int(planned_percent(world, project, NOW.date() - dt.timedelta(days=1))) == planned
    assert int(done_percent(world, project)) == done


def test_no_leaf_of_an_estimated_project_lacks_an_estimate(world):
    for project in ("acme_website", "birch_booking", "dune_migration", "own_website", "heron_shop"):
        tasks = [t for t in project_tasks(world, project) if t.state != "cancelled"]
        parents = [t.parent for t in tasks]

        assert [t.title for t in tasks if t.estimate_seconds is None and t not in parents] == []


def test_no_planned_window_of_the_story_spans_today(world):
    today = NOW.date()

    assert not [t.key for t in world.tasks if t.planned_seconds and t.planned_start <= today <= t.planned_due]


def test_the_invoices_of_acme_are_9000_of_which_4500_are_18_days_overdue(world):
    assert receivables(world, "acme_website") == {
        "GBP": Receivables(
            invoiced_net=Decimal(9000),
            invoiced_gross=Decimal(9000),
            paid=Decimal(4500),
            outstanding=Decimal(4500),
            overdue=Decimal(4500),
            overdue_days=18,
        )
    }


@pytest.mark.parametrize(
    ("project", "currency", "amount"),
    [("birch_booking", "GBP", 28_050), ("cedar_care", "GBP", 1_700), ("dune_migration", "EUR", 12_000)],
)
def test_what_the_others_were_billed_is_paid(world, project, currency, amount):
    sums = receivables(world, project)

    assert list(sums) == [currency]
    assert (sums[currency].invoiced_net, sums[currency].paid, sums[currency].outstanding) == (amount, amount, 0)


def test_drafts_and_voided_documents_count_nowhere(world):
    assert receivables(world, "fjord_portal")["GBP"].invoiced_net == 3000


def test_one_invoice_of_780_belongs_to_nobody(world):
    sums = receivables(world, None)["GBP"]

    assert (sums.invoiced_gross, sums.outstanding, sums.overdue) == (780, 780, 0)


def test_a_credit_note_lowers_what_is_owed(world):
    sums = receivables(world, "elm_launch")["GBP"]

    assert (sums.invoiced_gross, sums.credited_gross, sums.paid, sums.outstanding) == (2880, 720, 1000, 1160)


def test_progress_can_be_told_by_points_and_by_count(world):
    by_points, by_count = (done_percent(world, "elm_launch", by=by) for by in ("points", "count"))

    assert [round(share, 2) for share in (by_points, by_count)] == [Decimal("56.52"), Decimal("57.14")]
    assert done_percent(world, "elm_launch") is None
    assert planned_percent(world, "elm_launch", NOW.date()) is None


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
