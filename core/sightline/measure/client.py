"""What a client may see of their projects: `ClientFacts` from `Facts` and figures, and from nothing else.

This is the only door. It copies field by field; whatever it does not name stays inside.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import structs

from sightline.errors import ContractError
from sightline.measure.agreements import allowance
from sightline.measure.client_changes import changes, moved_milestones
from sightline.measure.client_why import decisions, delay_per_day, expected_end, questions, reasons
from sightline.measure.figures.agreement import budget_seconds, retainer_periods, used_money
from sightline.measure.figures.time import shared_hours
from sightline.measure.pricing import day_of, who
from sightline.measure.receipts import hours
from sightline.measure.receivables import SALES_SIGN, standing
from sightline.measure.work import work_of
from sightline.measure.worth import billable_entries, billable_seconds
from sightline.model.facts import (
    ClientBudget,
    ClientFacts,
    ClientFigure,
    ClientHours,
    ClientInvoice,
    ClientItem,
    ClientMilestone,
    ClientPayment,
    ClientProject,
    ClientScopeItem,
    ClientSource,
)
from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from sightline.model.facts import Facts
    from sightline.model.figures import Figure
    from sightline.model.records import Task

__all__ = ["CLIENT_TITLES", "ClientPeriod", "ClientView", "client_facts"]

#: The figures a client may see, with the words used for them there. A figure must also be `internal=False`.
CLIENT_TITLES: Mapping[str, str] = {
    "progress": "Done",
    "progress_by_estimate": "Done, by estimated hours",
    "progress_by_count": "Done, by number of items",
    "planned_percent": "Planned by now",
    "hours_billable": "Hours",
    "budget_used_hours": "Hours used",
    "budget_used_money": "Budget used",
    "invoiced": "Invoiced",
    "revenue": "Invoiced without tax",
    "paid": "Paid",
    "outstanding": "Outstanding",
    "overdue": "Overdue",
}
#: Work with one of these labels is the consultancy's own and is not shown.
HIDDEN_LABELS = frozenset({"internal", "private"})


class ClientPeriod(NamedTuple):
    """What a report is about: the days it looks back on (both included), and how far it looks ahead."""

    start: dt.date
    end: dt.date
    next_until: dt.date


class ClientView(NamedTuple):
    """How a client is told of things: the last report, what tools are called, and from when on a reading is old."""

    former: ClientFacts | None = None
    titles: Mapping[str, str] = {}
    """Configured name of a source → what people call the tool."""
    stale_before: dt.datetime | None = None
    """Readings that ended before it are marked; None marks none."""


def client_facts(
    facts: Sequence[Facts],
    figures: Mapping[str, Sequence[Figure]],
    period: ClientPeriod,
    before: Mapping[str, Sequence[Figure]] | None = None,
    view: ClientView | None = None,
) -> ClientFacts:
    """All that the client's document is built from. `figures` and `before` (the last report's) go by project id.

    Refused when the projects are not all of one and the same client: what is one client's never meets another's.
    """
    view = view or ClientView()
    clients = {one.client for one in facts}
    client = next(iter(clients)) if len(clients) == 1 else None
    if client is None or any(one.project.client != client.id for one in facts):
        raise ContractError(
            "a client document needs projects of exactly one client", where="client_facts", mend="Pass one client's."
        )
    former = view.former if view.former and view.former.client == client.name else None
    view = view._replace(titles=_named(facts, view.titles))
    projects = (
        _project(
            one,
            tuple(_shown(figures.get(one.project.id, ()), (before or {}).get(one.project.id, ()))),
            period,
            view,
            next((held for held in former.projects if held.id == one.project.id), None) if former else None,
        )
        for one in facts
    )
    return ClientFacts(
        client=client.name,
        contacts=client.contacts,
        language=client.language,
        period_start=period.start,
        period_end=period.end,
        next_until=period.next_until,
        as_of=min(one.as_of for one in facts),
        timezone=facts[0].calendar.timezone,
        projects=tuple(projects),
        former_on=former.period_end if former else None,
    )


def _project(
    facts: Facts,
    figures: tuple[ClientFigure, ...],
    period: ClientPeriod,
    view: ClientView,
    former: ClientProject | None,
) -> ClientProject:
    items = _Items(facts, period)
    milestones = _milestones(facts)
    made = ClientProject(
        id=facts.project.id,
        name=facts.project.name,
        promised_on=facts.project.due,
        figures=_with_former(figures, former) if former else figures,
        waiting_for_client=items.waiting(),
        milestones=moved_milestones(milestones, former.milestones) if former else milestones,
        done=items.done(),
        next=items.next(),
        late=items.late(),
        budget=_budget(facts),
        invoices=tuple(_invoices(facts)),
        payments=tuple(_payments(facts, period)),
        sources=tuple(_sources(facts, view)),
        forecast_on=expected_end(facts) if facts.project.due else None,
        reasons=reasons(facts, {Ref(source, "tasks", task.id) for source, task in items.tasks}),
        decisions=decisions(facts, (period.start, period.end), view.former.as_of if view.former else None),
        questions=questions(facts),
        hours=_hours(facts, items, period) if shared_hours(facts) else (),
        scope=items.scope(),
    )
    return structs.replace(made, changes=changes(made, former))


def _with_former(figures: Iterable[ClientFigure], former: ClientProject) -> tuple[ClientFigure, ...]:
    """The figures, each with its value in the last report."""
    held = {one.name: one.value for one in former.figures}
    return tuple(structs.replace(one, before=held.get(one.name, one.before)) for one in figures)


def _named(facts: Sequence[Facts], titles: Mapping[str, str]) -> dict[str, str]:
    """Source → what the tool is called, the same in all projects; a second one of the same title is numbered."""
    found: dict[str, str] = {}
    for source in sorted({state.source for one in facts for state in one.sources}):
        title, number = titles.get(source, source), 1
        while (name := title if number == 1 else f"{title} {number}") in found.values():
            number += 1
        found[source] = name
    return found


def _sources(facts: Facts, view: ClientView) -> Iterable[ClientSource]:
    """The tools behind the figures, by the names people know."""
    for state in facts.sources:
        read = state.last_complete
        yield ClientSource(
            name=view.titles.get(state.source, state.source),
            read_at=read,
            complete=state.status == "complete",
            stale=view.stale_before is not None and (read is None or read < view.stale_before),
        )


def _hours(facts: Facts, items: _Items, period: ClientPeriod) -> tuple[ClientHours, ...]:
    """Billable hours of the period by item, most first; what belongs to no item that is shown stands as one line."""
    counted = billable_seconds(facts)
    tasks = {(source, task.id): task for source, task in items.tasks}
    sums: dict[tuple[str, str], int] = {}
    for entry in billable_entries(facts):
        if period.start <= day_of(entry.record, facts) <= period.end:
            task = tasks.get((entry.source, entry.record.task or ""))
            named = (task.key, task.title) if task else ("", "")
            sums[named] = sums.get(named, 0) + counted(entry)
    rows = sorted(sums.items(), key=lambda row: (-row[1], row[0]))
    return tuple(ClientHours(key=key, title=title, hours=hours(seconds)) for (key, title), seconds in rows if seconds)


def _shown(figures: Iterable[Figure], before: Iterable[Figure]) -> Iterable[ClientFigure]:
    """The figures for clients; of a broken or unknown one only that it is not known, not our reasons."""
    former = {(f.name, f.currency): f.value for f in before if not f.internal}
    for figure in figures:
        if figure.internal or figure.name not in CLIENT_TITLES:
            continue
        unknown = isinstance(figure.value, Unknown)
        yield ClientFigure(
            name=figure.name,
            title=CLIENT_TITLES[figure.name],
            value=Unknown(why="not known at present") if unknown else figure.value,
            unit=figure.unit,
            as_of=figure.as_of,
            method=figure.method,
            before=former.get((figure.name, figure.currency)),
        )


class _Items:
    """The tasks a client may see, in lists."""

    def __init__(self, facts: Facts, period: ClientPeriod) -> None:
        self.facts, self.period = facts, period
        self.zone = zone(facts.calendar.timezone)
        self.names = who(facts)
        self.tasks = [
            (leaf.ref.source, leaf.task)
            for leaf in work_of(facts).leaves
            if not HIDDEN_LABELS & {label.casefold() for label in leaf.task.labels}
        ]

    def done(self) -> tuple[ClientItem, ...]:
        """Done in the period, latest first."""
        ended = [
            (day_in(task.completed_at, self.zone), source, task)
            for source, task in self.tasks
            if task.state == "done" and task.completed_at is not None
        ]
        inside = [row for row in ended if self.period.start <= row[0] <= self.period.end]
        return tuple(
            self._item(s, task, day) for day, s, task in sorted(inside, key=lambda r: (-r[0].toordinal(), r[2].key))
        )

    def next(self) -> tuple[ClientItem, ...]:
        """Open, due from today until the end of the time ahead, earliest first."""
        return self._open(self.facts.today, self.period.next_until)

    def late(self) -> tuple[ClientItem, ...]:
        """Open and past their due day, earliest first."""
        return self._open(dt.date.min, self.facts.today - dt.timedelta(days=1))

    def waiting(self) -> tuple[ClientItem, ...]:
        """Open and waiting for the client, those with a day first."""
        held = [(s, task) for s, task in self.tasks if task.state != "done" and task.waiting_on == "client"]
        held.sort(key=lambda row: (row[1].due_on or dt.date.max, row[1].key))
        delays = delay_per_day(self.facts)
        return tuple(
            structs.replace(
                self._item(source, task, task.due_on), delay_per_day=delays.get(Ref(source, "tasks", task.id))
            )
            for source, task in held
        )

    def scope(self) -> tuple[ClientScopeItem, ...]:
        """All items, in the order of their keys."""
        return tuple(
            ClientScopeItem(
                id=f"{source}:{task.id}", key=task.key, title=task.title, due_on=task.due_on, done=task.state == "done"
            )
            for source, task in sorted(self.tasks, key=lambda row: (row[0], row[1].key))
        )

    def _open(self, first: dt.date, last: dt.date) -> tuple[ClientItem, ...]:
        held = [
            (task.due_on, source, task)
            for source, task in self.tasks
            if task.state != "done" and task.due_on is not None and first <= task.due_on <= last
        ]
        return tuple(
            self._item(source, task, day) for day, source, task in sorted(held, key=lambda r: (r[0], r[2].key))
        )

    def _item(self, source: str, task: Task, day: dt.date | None) -> ClientItem:
        owners = [self.names.get(Ref(source, "people", account)) for account in task.assignees]
        late = (self.facts.today - day).days if day is not None and task.state != "done" else 0
        return ClientItem(
            key=task.key,
            title=task.title,
            day=day,
            owner=next((name for name in owners if name), None),
            days_late=max(0, late),
            waits_for_client=task.waiting_on == "client",
        )


def _milestones(facts: Facts) -> tuple[ClientMilestone, ...]:
    """Versions and milestones with a day or an end, earliest first; no sprints (the team's own rhythm), no hidden ones."""
    where = zone(facts.calendar.timezone)
    shown = [
        ClientMilestone(
            name=record.name,
            due_on=record.due_on,
            reached_on=day_in(record.completed_at, where) if record.completed_at else None,
            open=record.completed_at is None,
        )
        for _, record in facts.milestones
        if record.kind != "sprint" and (record.due_on or record.completed_at)
        if facts.project.milestone(record.name).client_visible
    ]
    return tuple(sorted(shown, key=lambda m: (m.due_on or m.reached_on or dt.date.max, m.name)))


def _budget(facts: Facts) -> ClientBudget | None:
    agreement = facts.project.agreement
    if agreement is None or agreement.kind == "internal":
        return None
    used, seconds = used_money(facts).amount, budget_seconds(facts)
    by_hours = shared_hours(facts)
    present = retainer_periods(facts)[-1] if agreement.kind == "retainer" and allowance(agreement) is not None else None
    return ClientBudget(
        kind=agreement.kind,
        agreed=agreement.budget or agreement.cap,
        agreed_hours=hours(seconds.agreed) if by_hours and isinstance(seconds.agreed, int) else None,
        used=used if isinstance(used, Money) else None,
        used_hours=hours(seconds.used) if by_hours and isinstance(seconds.agreed, int) else None,
        left_hours=hours(present.left) if present else None,
        carried_hours=hours(present.carried) if present and agreement.roll_over else None,
        unknown="not known at present" if isinstance(used, Unknown) else None,
    )


def _invoices(facts: Facts) -> Iterable[ClientInvoice]:
    """Sales documents that count, newest first; one whose amounts the ledger does not state is left out of the list."""
    parts = [
        part for part in facts.documents if part.document.kind in SALES_SIGN and standing(part.document) == "counts"
    ]
    for part in sorted(
        parts, key=lambda p: (p.document.issued_on or dt.date.min, p.document.number or ""), reverse=True
    ):
        document = part.document
        if part.total is None or part.outstanding is None:
            continue
        sign = SALES_SIGN[document.kind]
        late = (facts.today - document.due_on).days if document.due_on and part.outstanding > 0 else 0
        yield ClientInvoice(
            number=document.number or document.reference or "without number",
            issued_on=document.issued_on,
            due_on=document.due_on,
            total=Money(amount=sign * part.total, currency=document.currency),
            outstanding=Money(amount=sign * part.outstanding, currency=document.currency),
            state=_invoice_state(document.kind, part.outstanding, late),
            days_overdue=max(0, late) if document.kind == "invoice" else 0,
        )


def _invoice_state(kind: str, outstanding: Decimal, days_late: int) -> Literal["open", "paid", "overdue", "credit"]:
    if kind == "credit_note":
        return "credit"
    if days_late > 0:
        return "overdue"
    return "open" if outstanding else "paid"


def _payments(facts: Facts, period: ClientPeriod) -> Iterable[ClientPayment]:
    """Money received up to the period's end on invoices that are this project's alone, newest first."""
    sales = {
        part.ref: part
        for part in facts.documents
        if part.whole and part.document.kind == "invoice" and standing(part.document) == "counts"
    }
    received = [
        (payment.record, sales[ref])
        for payment in facts.payments
        if (ref := Ref(payment.source, "documents", payment.record.document)) in sales
        and payment.record.kind == "payment"
        and payment.record.status.casefold() not in ("deleted", "voided", "void", "cancelled")
        and payment.record.day <= period.end
    ]
    for payment, part in sorted(received, key=lambda row: (row[0].day, row[0].id), reverse=True):
        yield ClientPayment(
            day=payment.day,
            amount=Money(amount=payment.amount, currency=payment.currency),
            invoice=part.document.number or part.document.reference or "without number",
        )
