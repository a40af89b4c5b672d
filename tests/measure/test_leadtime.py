"""How early warnings came, on a history of one item worked by hand."""

from __future__ import annotations

import datetime as dt

from measure.made import facts_of, task
from sightline.measure.alerting import Found
from sightline.measure.alerts.dates import AtRisk, Overdue
from sightline.measure.leadtime import replay
from sightline.model.alerts import Finding
from sightline.model.facts import Sourced
from sightline.model.records import Change

MONDAY, FRIDAY = dt.date(2026, 11, 9), dt.date(2026, 11, 20)


def asked(past):
    rules = (AtRisk(), Overdue())
    return [Found(r.name, "warning", said, "web") for r in rules for said in r.check(past, {})]


def history(**more):
    begun = Sourced("jira", Change(id="s", task="1", field="status", at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC)))
    return facts_of(tasks=[task(1, created_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC), **more)], changes=(begun,))


def test_an_item_is_warned_of_before_its_day_has_passed():
    (slip,), named = replay(history(due_on=dt.date(2026, 11, 12)), asked, MONDAY, FRIDAY)

    # Not begun three working days before the 12th: warned of on Tuesday the 10th, late on Friday the 13th.
    assert slip.named == (dt.date(2026, 11, 10), "at_risk")
    assert (slip.visible, slip.lead, slip.project) == (dt.date(2026, 11, 13), 3, None)
    assert named == {"at_risk": {slip.ref}}


def test_a_due_day_that_is_moved_is_a_slip_on_the_day_it_moves():
    moved = Sourced(
        "jira",
        Change(
            id="d", task="1", field="due_on", at=dt.datetime(2026, 11, 11, 9, tzinfo=dt.UTC),
            from_value="2026-11-30", to_value="2026-12-10",
        ),
    )  # fmt: skip
    facts = facts_of(
        tasks=[task(1, created_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC), due_on=dt.date(2026, 12, 10))],
        changes=(moved,),
    )

    (slip,), _ = replay(facts, asked, MONDAY, FRIDAY)

    assert (slip.visible, slip.lead) == (dt.date(2026, 11, 11), None)


def test_a_warning_that_only_repeats_the_dates_is_none():
    facts = history(due_on=dt.date(2026, 11, 12))

    (slip,), _ = replay(facts, lambda past: [one for one in asked(past) if one.rule == "overdue"], MONDAY, FRIDAY)

    assert slip.lead is None


def test_a_warning_about_the_whole_project_counts_from_when_it_stood_without_a_break():
    stood = {dt.date(2026, 11, 9), dt.date(2026, 11, 11), dt.date(2026, 11, 12)}

    def ask(past):
        said = Finding(text="behind")
        return [Found("behind_plan", "warning", said, "web")] if past.today in stood else []

    (slip,), _ = replay(history(due_on=dt.date(2026, 11, 12)), ask, MONDAY, FRIDAY)

    assert slip.project == (dt.date(2026, 11, 11), "behind_plan")
