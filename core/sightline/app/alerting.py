"""Warnings: ask every rule about what was just measured, decide what became of each alert, and put out what is told.

Rules about a project are asked whenever it is measured: after each sync that touched it, and with the day's first look.
Rules about the whole practice are asked after each sync and whenever anything was measured.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import structs

from sightline.app.joining import Joined
from sightline.app.routing import told_messages
from sightline.app.session import Session
from sightline.config.alerting import RuleTable
from sightline.config.problems import check_names, refuse
from sightline.extend import AlertRule, WorkspaceRule
from sightline.measure.alerting import Decided, Found, Look, decide
from sightline.model.alerts import SEVERITIES, Alert, Finding, Unsure
from sightline.model.facts import Facts, SourceState
from sightline.model.figures import Figure
from sightline.model.practice import Practice, Work
from sightline.model.time import day_in, zone

__all__ = [
    "check_alert_settings",
    "count_open",
    "judge_practice",
    "judge_project",
    "named",
    "project_findings",
    "settings_of",
]

#: The rule under which a rule that breaks is told.
BROKEN = "broken_rule"
#: A rule that finds more than this in one project says nothing to anybody.
MOST = 500


def check_alert_settings(session: Session) -> None:
    """`ConfigError` for rules and limits under `[alerts]` that nobody knows, all at once."""
    known, alerts = session.alert_rules, session.workspace.alerts
    problems: list[str] = []
    places = {"alerts.rules": alerts.rules}
    places |= {f"alerts.projects.{id_}.rules": one.rules for id_, one in alerts.projects.items()}
    for place, tables in places.items():
        problems += check_names({f"{place}.{name}": name for name in tables}, known, "alert rule")
        for name, table in tables.items():
            if name in known:
                limits = {limit.name: limit for limit in known[name].limits}
                problems += check_names({f"{place}.{name}.limits.{one}": one for one in table.limits}, limits, "limit")
    if problems:
        raise refuse(problems, where=str(session.workspace.root / "sightline.toml"))


def settings_of(session: Session, name: str, project: str | None = None) -> RuleTable:
    """What is set for a rule: the project's own words over the workspace's."""
    alerts = session.workspace.alerts
    table = alerts.rules.get(name) or RuleTable()
    own = alerts.projects.get(project or "")
    special = own.rules.get(name) if own is not None else None
    if special is None:
        return table
    return RuleTable(
        off=special.off if "off" in special.model_fields_set else table.off,
        severity=special.severity or table.severity,
        limits={**table.limits, **special.limits},
    )


RuleT = TypeVar("RuleT", AlertRule, WorkspaceRule)


def _in_force(session: Session, base: type[RuleT], project: str | None) -> list[tuple[RuleT, RuleTable]]:
    """The rules of that kind that are to be asked, with their limits put on them."""
    own = session.workspace.alerts.projects.get(project or "")
    if own is not None and own.off:
        return []
    made = []
    for name, cls in session.alert_rules.items():
        table = settings_of(session, name, project)
        if issubclass(cls, base) and not table.off:
            rule = cls()
            rule.given = dict(table.limits)
            made.append((rule, table))
    return made


def judge_project(session: Session, facts: Facts, figures: Sequence[Figure]) -> Decided:
    """Ask the rules about one project, and keep what came of it with the messages that tell of it."""
    found, broken = project_findings(session, facts, figures)
    return _settle(session, session.store.alerts(facts.project.id), found, broken, facts.as_of, facts.today)


def project_findings(session: Session, facts: Facts, figures: Sequence[Figure]) -> tuple[list[Found], set[str]]:
    """What the rules in force say of one project, and the names of those that broke. Nothing is kept."""
    project, by_name = facts.project, named(figures)
    found: list[Found] = []
    broken: set[str] = set()
    for rule, table in _in_force(session, AlertRule, project.id):
        said = _asked(functools.partial(rule.check, facts, by_name))
        found += [_found(rule, table, one, project.id, project.client) for one in said.findings]
        if said.why is not None:
            broken.add(rule.name)
            found.append(_found_broken(rule, said.why, project.id, project.client))
    owner = _owner(session, project.id)
    return [_owned(one, owner) for one in found], broken


def named(figures: Iterable[Figure]) -> dict[str, Figure]:
    """Figures as rules get them: by name, and those that exist once per currency also as `NAME:CUR`."""
    found: dict[str, Figure] = {}
    for figure in figures:
        found.setdefault(figure.name, figure)
        if figure.currency is not None:
            found[f"{figure.name}:{figure.currency}"] = figure
    return found


def count_open(session: Session) -> dict[str, int]:
    """How many stand open by severity, the worst first; those put aside are not counted."""
    today = day_in(session.clock.now(), zone(session.workspace.calendar.timezone))
    standing = [one for one in session.store.alerts(everywhere=True, closed=False) if not one.is_quiet(today)]
    counts = {word: sum(one.severity == word for one in standing) for word in reversed(SEVERITIES)}
    return {word: count for word, count in counts.items() if count}


def judge_practice(session: Session, states: Sequence[SourceState], joined: Joined | None) -> Decided:
    """Ask the rules about the practice as a whole; `joined` None: nothing was joined this time."""
    whole = _practice(session, states, joined)
    found: list[Found] = []
    broken: set[str] = set()
    for rule, table in _in_force(session, WorkspaceRule, None):
        said = _asked(functools.partial(rule.check, whole))
        found += [_found(rule, table, one, None, None) for one in said.findings]
        if said.why is not None:
            broken.add(rule.name)
            found.append(_found_broken(rule, said.why, None, None))
    found = [_owned(one, session.workspace.alerts.owner) for one in found]
    session.store.close_alerts_elsewhere(session.workspace.projects, whole.as_of)
    return _settle(session, session.store.alerts(None), found, broken, whole.as_of, whole.today)


def _practice(session: Session, states: Sequence[SourceState], joined: Joined | None) -> Practice:
    workspace, now = session.workspace, session.clock.now()
    work = None
    if joined is not None:
        work = Work(
            tasks={project: tuple(tasks) for project, tasks in joined.by_project.tasks.items()},
            time=tuple(joined.entries),
            persons=tuple(joined.people.persons),
            of=joined.people.of,
            unmatched=tuple(joined.people.unmatched),
        )
    return Practice(
        as_of=now,
        today=day_in(now, zone(workspace.calendar.timezone)),
        calendar=workspace.calendar,
        rules=workspace.rules,
        team=workspace.team,
        projects=workspace.projects,
        sources=tuple(states),
        work=work,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Said:
    """What a rule said, and what went wrong with it if anything did."""

    findings: list[Finding | Unsure]
    why: str | None = None


def _asked(ask: Callable[[], Iterable[object]]) -> _Said:
    """A stranger's code: whatever it raises, short of an interrupt, is told and costs only itself."""
    findings: list[Finding | Unsure] = []
    try:
        for one in ask():
            if isinstance(one, str):
                findings.append(Finding(text=one, subject=one))
            elif isinstance(one, (Finding, Unsure)):
                findings.append(one)
            else:
                return _Said([], f"it gave a {type(one).__name__}, which is no finding")
            if len(findings) > MOST:
                return _Said([], f"it found more than {MOST} things at once")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - see above
        return _Said([], f"it raised {type(error).__name__}")
    return _Said(findings)


def _found(
    rule: AlertRule | WorkspaceRule, table: RuleTable, said: Finding | Unsure, project: str | None, client: str | None
) -> Found:
    if isinstance(said, Finding) and table.severity is not None:
        said = structs.replace(said, severity=table.severity)
    return Found(rule.name, rule.severity, said, project, client)


def _found_broken(rule: AlertRule | WorkspaceRule, why: str, project: str | None, client: str | None) -> Found:
    said = Finding(
        text=f"The alert rule {rule.name} of {type(rule).__module__} is broken: {why}",
        subject=rule.name,
        action="Ask its author; `[alerts.rules.NAME] off = true` silences it.",
    )
    return Found(BROKEN, "warning", said, project, client)


def _owner(session: Session, project: str) -> str | None:
    own = session.workspace.alerts.projects.get(project)
    return (own.owner if own is not None else None) or session.workspace.alerts.owner


def _owned(one: Found, owner: str | None) -> Found:
    if isinstance(one.said, Finding) and one.said.owner is None and owner is not None:
        return one._replace(said=structs.replace(one.said, owner=owner))
    return one


def _settle(
    session: Session,
    former: Iterable[Alert],
    found: Sequence[Found],
    broken: set[str],
    now: dt.datetime,
    today: dt.date,
) -> Decided:
    held = list(former)
    rearm = dt.timedelta(hours=session.workspace.alerts.rearm_hours)
    decided = decide(held, Look(found, now, today, frozenset(broken), rearm))
    before = {alert.id: alert for alert in held}
    changed = [alert for alert in decided.alerts if before.get(alert.id) != alert]
    session.store.keep_alerts(changed, told_messages(session, decided.told, now), at=now)
    return decided
