"""What a question about one project is answered from: `Facts` for us, `ClientFacts` for a client's document.

`Facts` is everything, already joined by `unify`. `ClientFacts` is a separate type on purpose: it has no field for cost,
margin, staff rate, internal note or another client, so a client document cannot show what it was never given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Generic, Literal, NamedTuple, TypeVar

import msgspec

from sightline.model.checked import Checked
from sightline.model.figures import Unit, Unknown
from sightline.model.foresight import ForecastRules, Former, HealthRules
from sightline.model.money import Money
from sightline.model.notes import Note, NoteRule
from sightline.model.plan import Baseline
from sightline.model.portfolio import AgreementKind, Calendar, Client, Project, Rate, StatusRule, TimeRules
from sightline.model.records import (
    Account,
    Activity,
    Change,
    ChecklistItem,
    Document,
    Line,
    Link,
    Milestone,
    Payment,
    Record,
    Scope,
    Task,
    TimeEntry,
)
from sightline.model.refs import Ref
from sightline.model.team import Team

__all__ = [
    "TABLES",
    "Affiliation",
    "ClientBudget",
    "ClientChange",
    "ClientDecision",
    "ClientFacts",
    "ClientFigure",
    "ClientHours",
    "ClientInvoice",
    "ClientItem",
    "ClientMilestone",
    "ClientPayment",
    "ClientProject",
    "ClientQuestion",
    "ClientReason",
    "ClientScopeItem",
    "ClientSource",
    "DocumentPart",
    "Exchange",
    "Facts",
    "Known",
    "Person",
    "SourceState",
    "Sourced",
    "ref_of",
]

RecordT = TypeVar("RecordT", bound=Record)

Exchange = Mapping[tuple[str, str], tuple[tuple[dt.date, Decimal], ...]]
"""(first, second currency) → (day, units of the second for one of the first), oldest first."""

#: The table in which each kind of record stands, as `Ref.kind` names it.
TABLES: dict[type[Record], str] = {
    Account: "people",
    Activity: "activity",
    Change: "changes",
    ChecklistItem: "items",
    Document: "documents",
    Link: "links",
    Milestone: "milestones",
    Payment: "payments",
    Scope: "scopes",
    Task: "tasks",
    TimeEntry: "time",
}


def ref_of(source: str, record: Record) -> Ref:
    """How that record of that source is named."""
    return Ref(source, TABLES[type(record)], record.id)


class Sourced(NamedTuple, Generic[RecordT]):
    """A record and the configured name of the source it came from."""

    source: str
    record: RecordT

    @property
    def ref(self) -> Ref:
        """How it is named."""
        return Ref(self.source, TABLES[type(self.record)], self.record.id)


class Affiliation(Checked, frozen=True, kw_only=True):
    """Whose somebody is from `starts` to `ends`, both days included; None = open. `client` names whose people they are."""

    kind: Literal["employee", "contractor", "client"]
    client: str | None = None
    """A client's id; only with kind `client`."""
    starts: dt.date | None = None
    ends: dt.date | None = None


class Person(Checked, frozen=True, kw_only=True):
    """One human being, whatever their accounts are called.

    `id` is stable: the name in the workspace's configuration, else the first e-mail address, in lower case.
    """

    id: str
    name: str
    emails: tuple[str, ...] = ()
    """Lower case."""
    role: str | None = None
    accounts: tuple[Ref, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    """As stated, the later one first where two overlap; none stated: one of us, at no known terms."""

    def affiliation_on(self, day: dt.date) -> Affiliation | None:
        """What holds on that day; None when nothing is said about it."""
        fits = (
            one for one in self.affiliations
            if (one.starts is None or one.starts <= day) and (one.ends is None or day <= one.ends)
        )  # fmt: skip
        return next(fits, None)


class SourceState(Checked, frozen=True, kw_only=True):
    """How far one source can be trusted now. `last_complete` None: it was never read completely."""

    source: str
    last_complete: dt.datetime | None
    status: Literal["complete", "incomplete", "failed", "never"]
    reason: str | None = None
    delivers: tuple[str, ...] | None = None
    """Tables its connector can fill (`tasks`, `time`, `documents` …); None when nobody said."""


class DocumentPart(Checked, frozen=True, kw_only=True):
    """The part of a document that belongs to one project, in the document's currency, signed as the document states it.

    When every line belongs to the project the amounts are the ledger's own totals; else they are the lines' sums, and
    paid, credited and outstanding follow the lines' share. All parts of a document sum to it exactly.
    """

    source: str
    document: Document
    lines: tuple[Line, ...] = ()
    whole: bool = True
    rule: str = ""
    """The rule that put it here, in words; empty for the unmatched part."""
    net: Decimal | None = None
    tax: Decimal | None = None
    total: Decimal | None = None
    paid: Decimal | None = None
    credited: Decimal | None = None
    outstanding: Decimal | None = None

    @property
    def ref(self) -> Ref:
        """The document's name."""
        return ref_of(self.source, self.document)


class Known(NamedTuple):
    """When Sightline learnt a record first; since when it is gone at its source, and when that was learnt."""

    learnt_at: dt.datetime
    removed_at: dt.datetime | None = None
    removed_learnt_at: dt.datetime | None = None


class Facts(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All that is known about one project at `as_of` (aware UTC); `today` is that moment's day in the calendar's zone.

    Removed records are not in it (but see `known`). Tasks carry the state in force (status rules applied) and stand once each (copies and
    repeats dropped); time and activity are those of this project only, documents the parts that belong to it.
    """

    project: Project
    client: Client | None = None
    as_of: dt.datetime
    today: dt.date
    calendar: Calendar = Calendar()
    currency: str = "EUR"
    """The workspace's currency, for projects whose agreement names none."""
    tasks: tuple[Sourced[Task], ...] = ()
    time: tuple[Sourced[TimeEntry], ...] = ()
    timed: bool = False
    """Time is recorded on the project, though none may be among `time`: these facts are of a part of it."""
    documents: tuple[DocumentPart, ...] = ()
    payments: tuple[Sourced[Payment], ...] = ()
    milestones: tuple[Sourced[Milestone], ...] = ()
    activities: tuple[Sourced[Activity], ...] = ()
    changes: tuple[Sourced[Change], ...] = ()
    items: tuple[Sourced[ChecklistItem], ...] = ()
    links: tuple[Sourced[Link], ...] = ()
    notes: tuple[Note, ...] = ()
    """What was written down about the project here and in files; `measure.turns` adds what rules read out of the tools."""
    note_rules: tuple[NoteRule, ...] = ()
    answer_days: int = 2
    """Working days from today after which an open wait is taken to end."""
    known: Mapping[Ref, Known] = msgspec.field(default_factory=dict)
    """When each record was learnt; filled only for a look into the past, which then has removed records, too."""
    persons: tuple[Person, ...] = ()
    accounts: tuple[Sourced[Account], ...] = ()
    """Of people who appear in this project, matched or not."""
    team: Team = Team()
    """Who can work when: capacity, leave, common breaks."""
    rates: tuple[Rate, ...] = ()
    rules: TimeRules = TimeRules()
    forecast: ForecastRules = ForecastRules()
    health: HealthRules = HealthRules()
    former: Mapping[str, Former] = msgspec.field(default_factory=dict)
    """Dimension of health → how it stood on the last status date before today; "" is the whole."""
    exchange: Exchange = msgspec.field(default_factory=dict)
    """Stated exchange rates by pair of currencies; a document's own rate goes before them."""
    books: Mapping[tuple[str, str], str] = msgspec.field(default_factory=dict)
    """(source, scope id) of an organisation → its own currency, to which documents' rates lead."""
    before: Mapping[Ref, int] = msgspec.field(default_factory=dict)
    """Seconds the person had worked that day before an entry, anywhere; only when an overtime rule asks for it."""
    statuses: tuple[StatusRule, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    sources: tuple[SourceState, ...] = ()
    """State of every source this project includes or takes money from."""

    def people(self) -> dict[Ref, Person]:
        """Account → person, for the accounts that are matched."""
        return {ref: person for person in self.persons for ref in person.accounts}

    def money_currency(self) -> str:
        """The currency of the agreement, else the workspace's."""
        agreement = self.project.agreement
        if agreement is not None:
            for amount in (agreement.budget, agreement.cap):
                if amount is not None:
                    return amount.currency
        return self.currency


class ClientFigure(Checked, frozen=True, kw_only=True):
    """A figure a client may see, with the moment and method behind it."""

    name: str
    title: str
    value: Decimal | Money | dt.date | str | Unknown
    unit: Unit
    as_of: dt.datetime
    method: str
    before: Decimal | Money | dt.date | str | Unknown | None = None
    """The same figure in the last report; None when there was none."""


class ClientItem(Checked, frozen=True, kw_only=True):
    """A piece of work in the words of the tool. `day` is the day it was done, or is due; `owner` whose turn it is."""

    key: str
    title: str
    day: dt.date | None = None
    owner: str | None = None
    days_late: int = 0
    waits_for_client: bool = False
    delay_per_day: Decimal | None = None
    """Working days by which the end moves for each further day of waiting; None when nobody knows."""


class ClientMilestone(Checked, frozen=True, kw_only=True):
    """A dated target: reached on `reached_on`, else open."""

    name: str
    due_on: dt.date | None = None
    reached_on: dt.date | None = None
    open: bool = True
    was_due_on: dt.date | None = None
    """Its day in the last report, where that was another one."""


class ClientReason(Checked, frozen=True, kw_only=True):
    """One cause of a delay as the client is told it; `turn` is who has to act now."""

    days: Decimal
    """Working days by which it moves the end; below 0: gained. All causes sum to the delay."""
    cause: str
    """client, payment, supplier, scope, capacity, estimate, dependency, rework, own, plan, slack or gained."""
    turn: Literal["ours", "yours", "others", "nobody"]
    items: tuple[str, ...] = ()
    """Titles of the items it shows at."""


class ClientDecision(Checked, frozen=True, kw_only=True):
    """What was decided, and by whom."""

    day: dt.date
    text: str
    by: str | None = None


class ClientQuestion(Checked, frozen=True, kw_only=True):
    """What is asked, since when, and until when the answer is needed; `yours`: the client is asked."""

    day: dt.date
    text: str
    due_on: dt.date | None = None
    yours: bool = True
    approval: bool = False
    delay_per_day: Decimal | None = None


class ClientChange(Checked, frozen=True, kw_only=True):
    """What is otherwise than in the last report: `before` and `after` are the item's days there and here."""

    kind: Literal["added", "removed", "moved", "done", "milestone", "forecast"]
    title: str
    key: str = ""
    before: dt.date | None = None
    after: dt.date | None = None


class ClientHours(Checked, frozen=True, kw_only=True):
    """Hours of the period on one item; only where hours are what the client buys. Never by person."""

    key: str
    title: str
    hours: Decimal


class ClientScopeItem(Checked, frozen=True, kw_only=True):
    """An item of the agreed work, so that the next report can tell what has changed."""

    id: str
    key: str
    title: str
    due_on: dt.date | None = None
    done: bool = False


class ClientInvoice(Checked, frozen=True, kw_only=True):
    """An invoice or credit note as the client got it; amounts with tax. `state`: open, paid, overdue or credit."""

    number: str
    issued_on: dt.date | None
    due_on: dt.date | None
    total: Money
    outstanding: Money
    state: Literal["open", "paid", "overdue", "credit"]
    days_overdue: int = 0


class ClientPayment(Checked, frozen=True, kw_only=True):
    """A payment received."""

    day: dt.date
    amount: Money
    invoice: str


class ClientBudget(Checked, frozen=True, kw_only=True):
    """The budget as agreed, and how much of it is used; hours only where hours were agreed."""

    kind: AgreementKind
    agreed: Money | None = None
    agreed_hours: Decimal | None = None
    used: Money | None = None
    """By the agreement's own measure: invoiced (fixed price, retainer) or billable work (by hours); without tax."""
    used_hours: Decimal | None = None
    left_hours: Decimal | None = None
    """Retainer: of the present period, carried over ones included."""
    carried_hours: Decimal | None = None
    """Retainer: unused ones of earlier periods; None where unused hours are lost."""
    unknown: str | None = None
    """Why `used` is not known."""


class ClientSource(Checked, frozen=True, kw_only=True):
    """A tool behind the figures and when it was last read completely."""

    name: str
    read_at: dt.datetime | None
    complete: bool
    stale: bool = False
    """Read longer ago than the workspace allows."""


class ClientProject(Checked, frozen=True, kw_only=True):
    """One project as its client may see it."""

    id: str
    name: str
    promised_on: dt.date | None = None
    figures: tuple[ClientFigure, ...] = ()
    waiting_for_client: tuple[ClientItem, ...] = ()
    milestones: tuple[ClientMilestone, ...] = ()
    done: tuple[ClientItem, ...] = ()
    """Done in the period, latest first."""
    next: tuple[ClientItem, ...] = ()
    """Open and due in the time ahead, earliest first."""
    late: tuple[ClientItem, ...] = ()
    """Open and past their due day, latest first."""
    budget: ClientBudget | None = None
    invoices: tuple[ClientInvoice, ...] = ()
    payments: tuple[ClientPayment, ...] = ()
    sources: tuple[ClientSource, ...] = ()
    forecast_on: dt.date | None = None
    """When we expect to finish; None when nobody can say."""
    reasons: tuple[ClientReason, ...] = ()
    decisions: tuple[ClientDecision, ...] = ()
    questions: tuple[ClientQuestion, ...] = ()
    changes: tuple[ClientChange, ...] = ()
    """Since the last report."""
    hours: tuple[ClientHours, ...] = ()
    """Of the period, most first; only where hours were agreed."""
    scope: tuple[ClientScopeItem, ...] = ()

    def figure(self, name: str) -> ClientFigure | None:
        """The figure of that name, if this client may see it and it was measured."""
        return next((figure for figure in self.figures if figure.name == name), None)


class ClientFacts(Checked, frozen=True, kw_only=True):
    """All that a client's document is built from. The period's days are both included."""

    client: str
    contacts: tuple[str, ...] = ()
    language: str = "en"
    period_start: dt.date
    period_end: dt.date
    next_until: dt.date
    as_of: dt.datetime
    timezone: str = "UTC"
    projects: tuple[ClientProject, ...] = ()
    former_on: dt.date | None = None
    """Last day of the period of the report before this one; None when this is the first."""
