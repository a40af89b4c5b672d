"""Checks of what rows become: days, states, cleared fields, history, sums, people."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sightline.model.records import Account, Change, Document, Task, TimeEntry
from sightline.model.time import day_in
from sightline.testing.kit.bench import Bench, Trial
from sightline.testing.kit.check import Exempt, need, promise
from sightline.testing.kit.checks_reading import lacks
from sightline.testing.kit.subjects import Money, at_night

__all__: list[str] = []

_ZONE = "Africa/Johannesburg"  # +02:00 all year
_FAR = "Pacific/Auckland"


def _moved_to(bench: Bench, zone: str) -> Trial:
    trial = bench.trial()
    trial.vendor.source.timezone = trial.vendor.world.timezone = zone
    return trial


@promise("time", "the day and `started_at` of time entries in `map`", "map")
def time_keeps_its_day(bench: Bench) -> None:
    """Work at 23:30 and at 00:30 (+02:00) stays on that day."""
    trial = _moved_to(bench, _ZONE)
    work, zone = trial.subject.work(), ZoneInfo(_ZONE)
    work.times()
    task = work.pick()
    wanted = dt.date(2026, 11, 18)
    for hour, minute, seconds in ((23, 30, 1332), (0, 30, 1368)):
        work.edits.add_time(task, seconds, started_at=at_night(wanted, hour, minute, zone))
    trial.run(timezone=zone)
    for seconds in (1332, 1368):
        found = [e for e in trial.all_of(TimeEntry) if e.seconds == seconds]
        days = {e.day or (day_in(e.started_at, zone) if e.started_at else None) for e in found}
        need(days == {wanted}, f"it came as {sorted(map(str, days))}, not {wanted}")


@promise("time", "`due_on` and `start_on` in `map`: `day(…)` of what the tool states", "map")
def time_keeps_due_dates(bench: Bench) -> None:
    """A due date is the same day for a company on the other side of the world."""
    trial = _moved_to(bench, _FAR)
    work = trial.subject.work()
    trial.run(timezone=ZoneInfo(_FAR))
    wanted = {task.title: task.due_on for task in work.tasks() if task.due_on and work.texts()[task.title] == 1}
    found = {record.title: record.due_on for record in trial.all_of(Task) if record.title in wanted}
    if not any(found.values()):
        raise Exempt("it knows no due dates")
    wrong = [title for title, due in found.items() if due is not None and due != wanted[title]]
    need(not wrong, f"{len(wrong)} of {len(found)} due dates moved")


@promise("time", "`seconds_of_hours` in `map`", "map")
def time_is_exact_seconds(bench: Bench) -> None:
    """Durations arrive to the second, small and odd ones too."""
    trial = bench.trial()
    work = trial.subject.work()
    work.times()
    task = work.pick()
    for seconds in (36, 1188, 3564, 27_396):
        work.edits.add_time(task, seconds)
    trial.run()
    found = sorted(e.seconds for e in trial.all_of(TimeEntry))
    need(found == sorted(e.seconds for e in work.times()), "durations differ")


# --- state -----------------------------------------------------------------------------------------------------------


@promise("state", '`state` in `map`: what is not known is "unknown", never done', "map")
def state_unknown_is_not_done(bench: Bench) -> None:
    """A status that the connector has never seen is not called done."""
    trial = bench.trial()
    work = trial.subject.work()
    task = work.pick_with(lambda t: t.state != "done", "open task")
    task.place.statuses.insert(1, ("Zz-Kit", "unknown"))
    work.rename(task, "kit: odd status")
    work.edits.set(task, "status", "Zz-Kit")
    try:
        outcome = trial.run().outcome
    except KeyError as error:
        raise Exempt("its made-up vendor knows its own states only") from error
    record: Any = trial.find("kit: odd status")
    if record is None:
        need(outcome.status != "complete", "the task vanished without a word")
        return
    need(record.state not in ("done", "cancelled"), f"it is {record.state}")
    need(record.completed_at is None, "it has a moment of completion")


@promise("state", "`state` in `map`: the tool's own category", "map")
def state_is_the_tools_own(bench: Bench) -> None:
    """Open, in progress, done and cancelled work arrive as that."""
    wanted: dict[str, str] = {task.title: task.state for task in bench.first.subject.work().tasks()}
    texts = bench.first.subject.texts()
    records = [r for r in bench.first.all_of(Task) if texts[r.title] == 1]
    wrong = [
        r.title for r in records if (r.state in ("done", "cancelled")) != (wanted[r.title] in ("done", "cancelled"))
    ]
    need(not wrong, f"{len(wrong)} of {len(records)} tasks are open where they should be done, or the other way round")


@promise("state", "`map`: absent is None, and None overwrites", "map")
def state_cleared_fields_are_cleared(bench: Bench) -> None:
    """An assignee, due date or estimate that is taken away is gone after the next run."""
    trial = bench.trial()
    work = trial.subject.work()
    task = work.pick_with(lambda t: t.assignees and t.due_on and not t.targets, "task with assignee and due date")
    work.rename(task, "kit: cleared")
    trial.run()
    before: Any = trial.find("kit: cleared")
    need(before is not None, "the task is missing")
    for field in ("assignee", "due_on", "estimate"):
        work.edits.set(task, field, None)
    task.assignees = []
    trial.run(later_h=1)
    after: Any = trial.find("kit: cleared")
    need(after is not None, "the task vanished")
    kept = [f for f in ("assignees", "due_on", "estimate_seconds") if getattr(before, f) and getattr(after, f)]
    need(not kept, f"still there: {', '.join(kept)}")


@promise("state", "the `Change`s in `map`, and `history` of the stream", "map")
def state_history_is_consistent(bench: Bench) -> None:
    """Changes of a field follow on each other, and the last one leads to what the task says."""
    if Change not in bench.delivers:
        raise Exempt("the tool records no history")
    steps: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in bench.first.all_of(Change):
        steps[change.task, change.field].append(change)
    tasks = bench.first.keeper.live(Task)
    for (task, field), changes in steps.items():
        changes.sort(key=lambda c: c.at)
        if field not in ("status", "due_on", "scope") or len({c.at for c in changes}) != len(changes):
            continue
        gaps = [a for a, b in itertools.pairwise(changes) if field == "status" and a.to_value != b.from_value]
        need(not gaps, f"{field} of {task} has a gap")
        if field == "status" and task in tasks:
            need(changes[-1].to_value == tasks[task].status, f"history of {task} ends elsewhere than the task")
    need(steps, "no change was delivered")


@promise("state", "`completed_at` in `map`", "map")
def state_completion_fits(bench: Bench) -> None:
    """Only what is done or cancelled has a moment of completion, and it does not lie before the start."""
    odd = [
        task.id
        for task in bench.first.all_of(Task)
        if (task.completed_at and task.state not in ("done", "cancelled"))
        or (task.completed_at and task.started_at and task.completed_at < task.started_at)
    ]
    need(not odd, f"{len(odd)} tasks are completed before they are done or begun")


# --- totals ----------------------------------------------------------------------------------------------------------


@promise("totals", "`paging`, `params` and `map` of the main stream", "map")
def totals_first_run_is_complete(bench: Bench) -> None:
    """A first run is complete: nothing skipped, no reason to doubt."""
    trial = bench.first
    need(bench.outcome.status == "complete", f"the run is {bench.outcome.status}: {bench.outcome.reason}")
    need(trial.rows(), "nothing was read")


@promise("totals", "`params`: ask for everything, closed and archived things too", "map")
def totals_rows_in_are_rows_out(bench: Bench) -> None:
    """Everything the tool holds arrives once, under its own title."""
    trial = bench.first
    need(not lacks(trial), lacks(trial))


@promise("totals", "`map` of the stream that brings time", "map")
def totals_of_time_agree(bench: Bench) -> None:
    """The sum of time equals the tool's, to the second."""
    vendor = bench.first.vendor
    wanted = sum(e.seconds for e in vendor.world.times_of(vendor.source.name))
    if TimeEntry not in bench.delivers:
        raise Exempt("it delivers no time")
    found = sum(e.seconds for e in bench.first.all_of(TimeEntry))
    need(found == wanted, f"{Decimal(found) / 3600:.2f} h of {Decimal(wanted) / 3600:.2f} h")


@promise("totals", "amounts in `map`: Decimal from the answer, never through float", "map")
def totals_of_money_agree(bench: Bench) -> None:
    """The sum of documents equals the ledger's, to the cent, in every currency."""
    subject = bench.first.subject
    if not isinstance(subject, Money):
        raise Exempt("it holds no money")
    found: dict[str, Decimal] = {}
    for document in bench.first.all_of(Document):
        if document.kind in ("invoice", "bill"):
            found[document.currency] = found.get(document.currency, Decimal(0)) + (document.total or Decimal(0))
    need(found == subject.total(), "the sums of documents differ")


@promise("totals", "the `Account` in `map`: mail is None where the tool hides it", "map")
def totals_people_without_mail_are_kept(bench: Bench) -> None:
    """A person whose mail is hidden is kept, by number and name."""
    if Account not in bench.delivers:
        raise Exempt("it delivers no people")
    trial = bench.trial()
    source = trial.vendor.source.name
    known = [p.identities[source] for p in trial.vendor.world.people.values() if source in p.identities]
    if not known:
        raise Exempt("its made-up data has no people")
    for one in known:
        one.email = None
    before, outcome = len(bench.first.all_of(Account)), trial.run().outcome
    need(outcome.status == "complete", f"the run is {outcome.status}: {outcome.reason}")
    need(len(trial.all_of(Account)) == before, f"{len(trial.all_of(Account))} of {before} people are left")
