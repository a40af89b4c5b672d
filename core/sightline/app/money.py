"""Money: what is earned, invoiced, owed, spent and left, per project, client and period; what belongs to nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sightline.app.measuring import facts_of, join_workspace, measure_workspace
from sightline.app.rules import rules_in_force
from sightline.app.session import Session
from sightline.config.problems import nearest
from sightline.errors import ConfigError
from sightline.measure.currency import Rates
from sightline.measure.period import Period, parse_period, period_figures
from sightline.measure.receivables import standing
from sightline.model.figures import Figure, Unknown, Value
from sightline.model.money import Money
from sightline.model.portfolio import Project
from sightline.model.records import Document, Task
from sightline.model.time import day_in, zone
from sightline.present.money import (
    BOUNDS,
    COLUMNS,
    PERIOD_COLUMNS,
    Cell,
    InboxRow,
    MoneyRow,
    MoneyView,
    Suggested,
    totals,
)
from sightline.unify.ledger import LEDGER_PROJECT
from sightline.unify.money import MoneyMatch, assign, suggest

__all__ = ["MONEY_FIGURES", "inbox", "matched_money", "money_view", "named"]

#: Figures that the page of one project or client shows, in its order.
MONEY_FIGURES = (
    "hours", "hours_billable", "billing_hours", "billable_value", "earned", "accrued", "deferred", "revenue",
    "revenue_by_hours", "revenue_by_cost", "revenue_by_progress", "revenue_by_schedule", "invoiced", "paid", "outstanding",
    "owed_0_30", "owed_31_60", "owed_61_90", "owed_91_120", "owed_over_120", "unused_credit", "overdue", "overdue_days", "dso", "unbilled",
    "wip", "bill_ready", "wip_age_days", "billed_difference", "budget_used_hours", "budget_left_hours", "burn_hours",
    "budget_ends_hours", "budget_used_money", "budget_left_money", "burn_money", "budget_ends_money", "retainer_left",
    "purchases", "cost", "cost_at_least", "margin", "margin_at_most", "profit", "profit_at_most", "effective_rate",
    "realisation_value", "realisation_hours", "eac_typical", "eac_atypical", "eac_bottom_up", "eac_cost", "leakage_days",
    "time_findings", "received", "outstanding_at_end",
)  # fmt: skip


def named(session: Session, name: str | None) -> tuple[str, list[Project]]:
    """What the name means, and its projects: a project, a client, or (None) everything."""
    projects, clients = session.workspace.projects, session.workspace.clients
    if name is None:
        return session.workspace.name, list(projects.values())
    wanted = name.casefold()
    for project in projects.values():
        if wanted in (project.id.casefold(), project.name.casefold()):
            return project.name, [project]
    for client in clients.values():
        if wanted in (client.id.casefold(), client.name.casefold()):
            return client.name, [one for one in projects.values() if one.client == client.id]
    known = [*projects, *clients]
    raise ConfigError(
        f"there is no project or client {name[:60]!r}{nearest(name, known)}",
        where="sightline.toml",
        mend=f"Configured: {', '.join(known) or 'none'}.",
    )


def money_view(
    session: Session, name: str | None = None, *, period: str | None = None, since: dt.date | None = None
) -> MoneyView:
    """The whole workspace, one client or one project; the present state, or what flowed in a period.

    `since` lists what changes of rates, agreements and rules have moved from that day on.
    """
    measure_workspace(session, touched=())
    title, projects = named(session, name)
    days = parse_period(period) if period is not None else None
    figures = _stored(session, projects) if days is None else _of_period(session, projects, days)
    columns = COLUMNS if days is None else PERIOD_COLUMNS
    rows = [_row(session, project, figures[project.id], columns) for project in projects]
    sums = totals(columns, rows)
    kept = {project.id for project in projects}
    return MoneyView(
        title=title if days is None else f"{title}, {days.first} to {days.last}",
        as_of=session.clock.now(),
        columns=columns,
        rows=tuple(rows),
        totals=sums,
        together=_together(session, sums, days),
        inbox=tuple(inbox(session, days)) if name is None else (),
        moved=tuple(one for one in session.store.moved(_midnight(session, since)) if one.project in kept)
        if since
        else (),
        figures=tuple(_opened(session, name, projects, days)) if name is not None else (),
        leaks=_leaks(figures.values()),
    )


def _leaks(held: Iterable[Sequence[_Short]]) -> int:
    values = (one.value for figures in held for one in figures if one.name == "leakage_days")
    return int(sum((value for value in values if isinstance(value, Decimal)), Decimal(0)))


class _Short:
    """A figure as a row needs it."""

    __slots__ = ("name", "unit", "value")

    def __init__(self, name: str, value: Value, unit: str) -> None:
        self.name, self.value, self.unit = name, value, unit


def _stored(session: Session, projects: Iterable[Project]) -> dict[str, list[_Short]]:
    held = session.store.headlines()
    return {one.id: [_Short(h.name, h.told(), h.unit) for h in held.get(one.id, ())] for one in projects}


def _of_period(session: Session, projects: Iterable[Project], period: Period) -> dict[str, list[_Short]]:
    joined = join_workspace(session)
    found = {}
    for project in projects:
        figures = period_figures(facts_of(session, joined, project), period)
        found[project.id] = [_Short(one.name, one.value, one.unit) for one in figures]
    return found


def _opened(session: Session, name: str, projects: Sequence[Project], period: Period | None) -> list[Figure]:
    """Everything about money of one project or client, in the order of `MONEY_FIGURES`."""
    single = len(projects) == 1 and name.casefold() in (projects[0].id.casefold(), projects[0].name.casefold())
    if period is not None and single:
        figures = period_figures(facts_of(session, join_workspace(session), projects[0]), period)
    elif single:
        figures = session.store.figures(projects[0].id)
    elif period is None:
        client = projects[0].client if projects else None
        figures = [one for one in session.store.figures(None) if client is not None and one.client == client]
    else:
        figures = []
    return sorted((one for one in figures if one.name in MONEY_FIGURES), key=lambda one: MONEY_FIGURES.index(one.name))


def _row(session: Session, project: Project, figures: Sequence[_Short], columns: Mapping[str, str]) -> MoneyRow:
    by_name: dict[str, list[_Short]] = {}
    for figure in figures:
        by_name.setdefault(figure.name, []).append(figure)
    client = session.workspace.clients.get(project.client) if project.client else None
    cells = {name: _cell(name, by_name) for name in columns}
    notes = dict.fromkeys(
        one.value.why for name in columns for one in by_name.get(name, ()) if isinstance(one.value, Unknown)
    )
    return MoneyRow(
        id=project.id,
        client=client.name if client else None,
        name=project.name,
        kind=project.agreement.kind.replace("_", " ") if project.agreement else "-",
        cells=cells,
        notes=tuple(notes),
        credit=tuple(
            one.value for one in by_name.get("unused_credit", ()) if isinstance(one.value, Money) and one.value
        ),
    )


def _cell(name: str, by_name: Mapping[str, Sequence[_Short]]) -> Cell:
    """The figure, or the bound that is known of it."""
    held = by_name.get(name, ())
    unit = held[0].unit if held else "money"
    if name in BOUNDS and held and isinstance(held[0].value, Unknown):
        other, sign = BOUNDS[name]
        if bound := by_name.get(other):
            return Cell(tuple(one.value for one in bound), unit, sign)
    return Cell(tuple(one.value for one in held), unit)


def _together(
    session: Session, sums: Mapping[str, Mapping[str | None, tuple[Decimal, int]]], period: Period | None
) -> dict[str, tuple[Value, str]]:
    """Sums over currencies, in the workspace's own at the stated rates of the report's day; only where there are several."""
    currency, rates = session.workspace.currency, Rates(session.workspace.exchange)
    today = day_in(session.clock.now(), zone(session.workspace.calendar.timezone))
    day = today if period is None else min(period.last, today)
    found: dict[str, tuple[Value, str]] = {}
    for name, by_currency in sums.items():
        held = {code: amount for code, (amount, _) in by_currency.items() if code is not None and amount}
        if set(held) <= {currency}:
            continue
        whole, used, why = Decimal(0), [], []
        for code, amount in held.items():
            money = rates.convert(Money(amount=amount, currency=code), currency, day)
            if isinstance(money, Unknown):
                why.append(money.why)
                continue
            whole += money.amount.amount
            if code != currency:
                used.append(f"{code} at {money.rate:.6f}{' (derived)' if money.derived else ''} of {day}")
        value = Unknown(why="; ".join(why)) if why else Money(amount=whole, currency=currency).round()
        found[name] = (value, ", ".join(used))
    return found


def _midnight(session: Session, day: dt.date | None) -> dt.datetime | None:
    if day is None:
        return None
    return dt.datetime.combine(day, dt.time(), zone(session.workspace.calendar.timezone)).astimezone(dt.UTC)


def matched_money(session: Session) -> MoneyMatch:
    """All documents by project, without joining anything else; ledger projects are read where a rule names one."""
    projects = list(rules_in_force(session).projects)
    asked = {rule.source for project in projects for rule in project.money if rule.project is not None}
    known = {
        (source, task.id): task.title
        for name in sorted(asked)
        for source, task in session.store.load(Task, name)
        if task.kind == LEDGER_PROJECT
    }
    return assign(session.store.load(Document), projects, known)


def inbox(session: Session, period: Period | None = None) -> list[InboxRow]:
    """Documents, or lines of them, that no rule took and that count: largest first, each with whose it may be."""
    found = matched_money(session)
    parts = [
        part
        for part in found.unmatched
        if standing(part.document) == "counts"
        and (
            period is None
            or (part.document.issued_on is not None and period.first <= part.document.issued_on <= period.last)
        )
    ]
    names = {project.id: project.name for project in session.workspace.projects.values()}
    hints = suggest(parts, found.of, list(session.workspace.projects.values()), session.workspace.clients)
    rows = [
        InboxRow(
            source=part.source,
            kind=part.document.kind,
            number=part.document.number or part.document.reference,
            contact=part.document.contact,
            issued_on=part.document.issued_on,
            total=Money(amount=part.total, currency=part.document.currency) if part.total is not None else None,
            suggestions=tuple(Suggested(names.get(h.project, h.project), h.score, h.reasons) for h in found),
        )
        for part, found in zip(parts, hints, strict=True)
    ]
    return sorted(rows, key=lambda row: (row.kind, -(row.total.amount if row.total else Decimal(0))))
