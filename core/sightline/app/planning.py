"""Plans: freeze what the tools hold (now, or as it was on a day) as a baseline, approve it, compare two."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from msgspec import structs

from sightline.app.joining import join_workspace
from sightline.app.measuring import facts_of, measure_workspace, sources_of
from sightline.app.session import Session
from sightline.app.status import project_of
from sightline.config.problems import nearest
from sightline.errors import ConfigError
from sightline.measure.comparing import Comparison, compared
from sightline.measure.drafting import RULES, drafted, frozen_calendar
from sightline.measure.past import facts_as_of
from sightline.model.facts import Facts
from sightline.model.plan import Baseline, PlanItem, current_baseline
from sightline.model.portfolio import Project
from sightline.model.records import Milestone
from sightline.model.time import zone

__all__ = [
    "Asked",
    "approve",
    "baseline_named",
    "baselines_of",
    "compare_named",
    "freeze",
    "freeze_all",
    "keep",
    "present_plan",
    "project_facts",
    "unknown_milestones",
    "with_stated",
]


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What a new baseline is to be: `takes` are words like `jira:epics`, none for all the project's own sources."""

    name: str | None = None
    takes: Sequence[str] = ()
    on: dt.date | None = None
    """The day at whose end the plan is taken; None = now."""
    approved_by: str | None = None
    reason: str | None = None


def project_facts(session: Session, project: Project) -> Facts:
    """Everything known about one project, histories, checklists and links included."""
    return facts_of(session, join_workspace(session), project)


def freeze(session: Session, project: str, asked: Asked) -> Baseline:
    """Make and keep a baseline of the project from what its tools hold; its figures are measured again.

    With `asked.on` the tasks are taken as they were at the end of that day, by their histories. Raises `ConfigError`
    for a name that is taken, a source or rule that is none, and a plan without a single item.
    """
    return freeze_all(session, [(project, asked)])[0]


def freeze_all(session: Session, wanted: Sequence[tuple[str, Asked]]) -> list[Baseline]:
    """Several baselines at once, as `freeze` makes each: everything is joined once and measured once."""
    joined = join_workspace(session)
    made = []
    for name, asked in wanted:
        project = project_of(session, name)
        baseline = _taken(session, facts_of(session, joined, project), asked)
        made.append(_kept(session, baseline))
    measure_workspace(session, touched=())
    return made


def _taken(session: Session, facts: Facts, asked: Asked) -> Baseline:
    """The baseline, not kept yet."""
    now, project = session.clock.now(), facts.project
    moment = now if asked.on is None else _end_of(asked.on, session)
    if moment > now:
        raise ConfigError("that day is not over yet", where="plan baseline", mend="Name a past day, or none for now.")
    if asked.on is not None:
        facts = facts_as_of(facts, moment)
    rules = _rules(session, project, asked.takes)
    draft = drafted(facts, rules)
    if not draft.leaves:
        raise ConfigError(
            f"{project.name} has no task to plan{' from ' + ', '.join(rules) if rules else ''}",
            where="plan baseline",
            mend="Sync first, or name another source with --from.",
        )
    return Baseline(
        id="", project=project.id, name=asked.name or f"plan of {moment:%Y-%m-%d}", frozen_at=moment, items=draft.items,
        reason=asked.reason, approved_by=asked.approved_by, approved_at=now if asked.approved_by else None,
        source=", ".join(asked.takes) or ", ".join(sorted({one.source for one in facts.tasks})),
        calendar=frozen_calendar(facts), sizing=draft.sizing.text, confidence=draft.sizing.confidence,
    )  # fmt: skip


def keep(session: Session, made: Baseline) -> Baseline:
    """Give it an id, keep it, measure its project again. Its name must be new in the project."""
    kept = _kept(session, made)
    measure_workspace(session, touched=())
    return kept


def _kept(session: Session, made: Baseline) -> Baseline:
    held = session.store.baselines(made.project)
    if any(one.name.casefold() == made.name.casefold() for one in held):
        raise ConfigError(
            f"there is a baseline {made.name[:60]!r} already",
            where=f"plan of {made.project}",
            mend="Baselines are never changed: give this one another --name.",
        )
    numbers = [int(tail) for one in held if (tail := one.id.rpartition("/")[2]).isdigit()]
    made = structs.replace(made, id=f"{made.project}/{max(numbers, default=0) + 1}")
    session.store.add_baseline(made)
    return made


def baselines_of(session: Session, project: str) -> list[Baseline]:
    """All baselines of the project, oldest first."""
    return session.store.baselines(project_of(session, project).id)


def baseline_named(session: Session, project: str, name: str | None = None) -> Baseline:
    """The baseline of that name or number; without one, the one in force. `ConfigError` with what there is."""
    held = baselines_of(session, project)
    if not held:
        raise ConfigError(
            "it has no baseline yet", where=project, mend=f"Make one: `sightline plan baseline {project}`."
        )
    if name is None:
        current = current_baseline(held)
        assert current is not None
        return current
    wanted = name.casefold()
    for one in held:
        if wanted in (one.name.casefold(), one.id.casefold(), one.id.rpartition("/")[2]):
            return one
    names = [one.name for one in held]
    raise ConfigError(
        f"there is no baseline {name[:60]!r}{nearest(name, names)}", where=project, mend=f"It has: {', '.join(names)}."
    )


def with_stated(session: Session, baseline: Baseline) -> Baseline:
    """The baseline to look at: its milestones with the owner and the visibility that the file states for them now."""
    project = project_of(session, baseline.project)
    named = {rule.name.strip().casefold() for rule in project.milestones}

    def stated(item: PlanItem) -> PlanItem:
        if not item.milestone or item.name.strip().casefold() not in named:
            return item
        rule = project.milestone(item.name)
        return structs.replace(item, owner=rule.owner or item.owner, client_visible=rule.client_visible)

    return structs.replace(baseline, items=tuple(stated(item) for item in baseline.items))


def unknown_milestones(session: Session, project: str) -> list[str]:
    """Warnings, one for each milestone that the file names and neither the tools nor a baseline of the project have."""
    found = project_of(session, project)
    if not found.milestones:
        return []
    held = [one.record.name for source in sorted(sources_of(found)) for one in session.store.load(Milestone, source)]
    held += [item.name for one in session.store.baselines(found.id) for item in one.items if item.milestone]
    known = {name.strip().casefold() for name in held}
    return [
        f"projects.{found.id}.milestones: there is no milestone {rule.name[:60]!r}{nearest(rule.name, sorted(set(held)))}"
        for rule in found.milestones
        if rule.name.strip().casefold() not in known
    ]


def approve(session: Session, project: str, name: str | None, by: str) -> Baseline:
    """Somebody agreed to the baseline (default: the one in force); figures are measured again."""
    found = baseline_named(session, project, name)
    session.store.approve_baseline(found.id, by=by, at=session.clock.now())
    measure_workspace(session, touched=())
    return baseline_named(session, project, found.id)


def _end_of(day: dt.date, session: Session) -> dt.datetime:
    """The last moment of that day in the workspace's zone, in UTC."""
    where = zone(session.workspace.calendar.timezone)
    after = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), where)
    return (after - dt.timedelta(seconds=1)).astimezone(dt.UTC)


def _rules(session: Session, project: Project, takes: Sequence[str]) -> dict[str, str]:
    """Source → rule, from words like `jira:epics`; a connector's name means all its sources of this project."""
    mine = sorted(sources_of(project) & {rule.source for rule in project.include})
    rules: dict[str, str] = {}
    for word in takes:
        name, _, rule = word.partition(":")
        if rule not in RULES:
            raise ConfigError(
                f"there is no rule {rule[:40]!r} to make a plan by{nearest(rule, RULES)}",
                where=f"--from {word[:60]}",
                mend=f"Write source:rule; rules are {', '.join(RULES)}.",
            )
        named = [one for one in mine if name in (one, session.workspace.sources[one].connector)]
        if not named:
            raise ConfigError(
                f"{name[:60]!r} is no source of {project.name}{nearest(name, mine)}",
                where=f"--from {word[:60]}",
                mend=f"It is fed by: {', '.join(mine) or 'none'}.",
            )
        rules |= dict.fromkeys(named, rule)
    return rules


def present_plan(session: Session, baseline: Baseline) -> tuple[Baseline, Comparison]:
    """What the tools hold now, as a plan made by the same rules (not kept), and what leads to it from the baseline."""
    project = project_of(session, baseline.project)
    facts = project_facts(session, project)
    words = tuple(word.strip() for word in (baseline.source or "").split(",") if ":" in word)
    draft = drafted(facts, _rules(session, project, words))
    now = structs.replace(
        baseline, id="", name="now", frozen_at=facts.as_of, items=draft.items, approved_by=None, approved_at=None,
        reason=None, sizing=draft.sizing.text, confidence=draft.sizing.confidence,
    )  # fmt: skip
    return now, compared(baseline.items, now.items, baseline.calendar or session.workspace.calendar)


def compare_named(session: Session, project: str, first: str, second: str) -> tuple[Baseline, Baseline, Comparison]:
    """Two baselines by name or number, `now` for what the tools hold, and what leads from the one to the other."""
    named = [None if name == "now" else baseline_named(session, project, name) for name in (first, second)]
    kept = next((one for one in named if one is not None), None)
    now = present_plan(session, kept or baseline_named(session, project))[0] if None in named else None
    one, other = (found if found is not None else now for found in named)
    assert one is not None
    assert other is not None
    return one, other, compared(one.items, other.items, one.calendar or session.workspace.calendar)
