"""The made-up consultancy, in nobody's vocabulary but its own. Vendors (`sandbox.py` of each plug-in) show it.

Plain mutable objects: tests edit, delete and move things between two reads. Everything is deterministic by seed
(`build.build_world`). Times are aware UTC with whole seconds, durations whole seconds, money `Decimal` with two
decimals (unit prices up to four).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

__all__ = [
    "Cause",
    "Checkitem",
    "Comment",
    "Commit",
    "History",
    "Identity",
    "Invoice",
    "InvoiceLine",
    "InvoicePayment",
    "Leave",
    "LedgerProject",
    "LedgerTask",
    "Organisation",
    "Party",
    "Person",
    "Place",
    "Removed",
    "Source",
    "Target",
    "World",
    "WorldClient",
    "WorldNote",
    "WorldProject",
    "WorldTask",
    "WorldTime",
]


@dataclasses.dataclass(slots=True)
class Identity:
    """Who a person is in one source. `email` is None where the tool hides it; Git people may have several e-mails."""

    account: str
    name: str
    username: str
    email: str | None = None
    active: bool = True
    kind: str = "human"
    """human, bot or gone (the vendor shows "Former user" or nothing)."""


@dataclasses.dataclass(slots=True)
class Leave:
    """Days somebody was away, both included."""

    starts: dt.date
    ends: dt.date
    why: str


@dataclasses.dataclass(slots=True)
class Person:
    """Somebody who works for the consultancy, or a client's own person (`client` set)."""

    id: str
    name: str
    email: str
    role: str
    bill_rate: Decimal | None = None
    cost_rate: Decimal | None = None
    weekly_hours: Decimal = Decimal("37.5")
    skills: list[str] = dataclasses.field(default_factory=list)
    client: str | None = None
    identities: dict[str, Identity] = dataclasses.field(default_factory=dict)
    """By source name."""
    leave: list[Leave] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(slots=True)
class Source:
    """One installation of one tool. `flavour` is the vendor's variety: cloud, datacenter, enterprise or bare."""

    name: str
    connector: str
    flavour: str = ""
    timezone: str = "UTC"
    secrets: dict[str, str] = dataclasses.field(default_factory=dict)
    """What the vendor accepts: token, key, user, client_id …"""
    options: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True)
class Place:
    """A Jira project, board, repository: where tasks or commits of one source live. `number` is small and unique."""

    source: str
    number: int
    key: str
    name: str
    archived: bool = False
    statuses: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    """(vendor word, todo | in_progress | done | cancelled), in board order."""
    labels: list[str] = dataclasses.field(default_factory=list)
    created_at: dt.datetime | None = None


@dataclasses.dataclass(slots=True)
class Target:
    """A version, sprint or milestone. `number` is unique in the source."""

    number: int
    place: Place
    kind: str
    name: str
    state: str
    """open or closed; sprints: future, active, closed."""
    starts_on: dt.date | None = None
    due_on: dt.date | None = None
    completed_at: dt.datetime | None = None
    description: str = ""


@dataclasses.dataclass(slots=True)
class History:
    """One change of one field: status, due_on, assignee, estimate, points, sprint, milestone, parent, archived, scope.

    Values are world values as text: a status word, an ISO day, a person's id, seconds, a number, a target's number, a
    task's number, yes or no, a place's number.
    """

    at: dt.datetime
    by: str
    field: str
    before: str | None
    after: str | None


@dataclasses.dataclass(slots=True)
class Comment:
    """Something said on a task. `number` is unique in the source."""

    number: int
    at: dt.datetime
    by: str
    text: str
    kind: str = "comment"
    """comment, or review (pull requests; `state` approved, changes_requested, commented)."""
    state: str = ""
    edited_at: dt.datetime | None = None


@dataclasses.dataclass(slots=True)
class Checkitem:
    """One line of a checklist."""

    number: int
    list: str
    title: str
    done: bool
    due_on: dt.date | None = None
    by: str | None = None


@dataclasses.dataclass(slots=True)
class WorldTask:
    """A piece of work in one place. `number` is unique in the source, `seq` in the place (WEB-12, #34)."""

    number: int
    place: Place
    seq: int
    title: str
    kind: str
    """epic, story, task, bug, subtask, card, issue, pull_request."""
    status: str
    """A word of `place.statuses`."""
    created_at: dt.datetime
    updated_at: dt.datetime
    description: str = ""
    started_at: dt.datetime | None = None
    completed_at: dt.datetime | None = None
    start_on: dt.date | None = None
    due_on: dt.date | None = None
    assignees: list[str] = dataclasses.field(default_factory=list)
    """Person ids."""
    reporter: str | None = None
    parent: WorldTask | None = None
    labels: list[str] = dataclasses.field(default_factory=list)
    priority: str | None = None
    """High, Medium, Low or None."""
    estimate_seconds: int | None = None
    remaining_seconds: int | None = None
    points: Decimal | None = None
    targets: list[Target] = dataclasses.field(default_factory=list)
    sprints: list[Target] = dataclasses.field(default_factory=list)
    archived: bool = False
    history: list[History] = dataclasses.field(default_factory=list)
    comments: list[Comment] = dataclasses.field(default_factory=list)
    checklist: list[Checkitem] = dataclasses.field(default_factory=list)
    links: list[tuple[str, WorldTask]] = dataclasses.field(default_factory=list)
    """(kind: blocks, relates, duplicates), other task of the same source."""
    draft: bool = False
    merged: bool = False
    planned_start: dt.date | None = None
    planned_due: dt.date | None = None
    planned_seconds: int | None = None
    """What the plan promised when it was signed; tools show only the present values."""
    formerly: list[tuple[Place, int]] = dataclasses.field(default_factory=list)
    """(place, seq) it had before it moved, oldest first: addresses that tools still redirect."""

    @property
    def state(self) -> str:
        """todo, in_progress, done or cancelled, by the place's table."""
        return dict(self.place.statuses)[self.status]

    @property
    def key(self) -> str:
        """WEB-12 style; places whose tool says #34 or a short link make their own."""
        return f"{self.place.key}-{self.seq}"


@dataclasses.dataclass(slots=True)
class WorldTime:
    """Time worked, in one source. `task` is a task of that source, or `ledger_task` one of the ledger."""

    number: int
    source: str
    person: str
    started_at: dt.datetime
    seconds: int
    note: str
    updated_at: dt.datetime
    task: WorldTask | None = None
    ledger_task: LedgerTask | None = None
    billable: bool = True
    status: str = "open"


@dataclasses.dataclass(slots=True)
class Commit:
    """One commit of a repository. `parents` are indexes into the repository's list; two make it a merge."""

    place: Place
    index: int
    at: dt.datetime
    by: str
    message: str
    email: str
    parents: list[int] = dataclasses.field(default_factory=list)
    tag: str | None = None
    branch: str = "main"


@dataclasses.dataclass(slots=True)
class Organisation:
    """One ledger (Xero organisation)."""

    source: str
    number: int
    name: str
    short_code: str
    currency: str
    timezone: str = "Europe/London"
    tracking: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    """Category → options."""


@dataclasses.dataclass(slots=True)
class Party:
    """A customer or supplier in a ledger."""

    number: int
    organisation: Organisation
    name: str
    email: str
    customer: bool
    archived: bool = False


@dataclasses.dataclass(slots=True)
class InvoiceLine:
    """One line, net of discount in `amount`; `tracking` is {category: option}."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    tax: Decimal
    account: str
    discount_rate: Decimal | None = None
    tracking: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True)
class InvoicePayment:
    """Money or credit that settles an invoice. `credit` is the credit note (or prepayment) allocated."""

    number: int
    day: dt.date
    amount: Decimal
    reference: str = ""
    credit: Invoice | None = None
    deleted: bool = False


@dataclasses.dataclass(slots=True)
class Invoice:
    """Any commercial document. `kind` as in `model.records.DocumentKind`; `status` is the ledger's word."""

    number: int
    organisation: Organisation
    kind: str
    code: str
    """INV-0041, CN-0007 …"""
    status: str
    party: Party
    issued_on: dt.date
    due_on: dt.date | None
    currency: str
    lines: list[InvoiceLine]
    updated_at: dt.datetime
    reference: str = ""
    rate: Decimal = Decimal(1)
    """Units of the document's currency for one unit of the organisation's (Xero's CurrencyRate)."""
    payments: list[InvoicePayment] = dataclasses.field(default_factory=list)
    paid_on: dt.date | None = None
    project: str | None = None
    """World project id; only the people of the consultancy know, tools tell by tracking or reference."""
    direction: str | None = None

    @property
    def subtotal(self) -> Decimal:
        """Net of tax."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """Tax of all lines."""
        return sum((line.tax for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """With tax."""
        return self.subtotal + self.tax

    @property
    def paid(self) -> Decimal:
        """Cash received or spent."""
        return sum((p.amount for p in self.payments if p.credit is None and not p.deleted), Decimal(0))

    @property
    def credited(self) -> Decimal:
        """Credits allocated to it."""
        return sum((p.amount for p in self.payments if p.credit is not None and not p.deleted), Decimal(0))


@dataclasses.dataclass(slots=True)
class LedgerTask:
    """A task of the ledger's own project module."""

    number: int
    project: LedgerProject
    name: str
    rate: Decimal
    charge: str = "TIME"
    """TIME, FIXED or NON_CHARGEABLE."""
    estimate_minutes: int | None = None
    status: str = "ACTIVE"


@dataclasses.dataclass(slots=True)
class LedgerProject:
    """A project of the ledger's own project module."""

    number: int
    organisation: Organisation
    name: str
    party: Party
    currency: str
    status: str = "INPROGRESS"
    deadline: dt.datetime | None = None
    estimate: Decimal | None = None
    tasks: list[LedgerTask] = dataclasses.field(default_factory=list)
    project: str | None = None


@dataclasses.dataclass(slots=True)
class Cause:
    """Why a project slipped, as only the made-up world knows it: what the slip ledger should find."""

    kind: str
    """waiting_client, waiting_payment, waiting_supplier, person_short, scope, estimate, dependency, rework."""
    starts: dt.date
    ends: dt.date
    days: Decimal
    tasks: list[WorldTask] = dataclasses.field(default_factory=list)
    note: str = ""


@dataclasses.dataclass(slots=True)
class Removed:
    """What somebody deleted: tools with a feed of deletions tell it, the others just no longer show it."""

    at: dt.datetime
    by: str
    source: str
    thing: WorldTask | WorldTime | Comment
    task: WorldTask | None = None
    """The task on which a comment or a time entry stood."""


@dataclasses.dataclass(slots=True)
class WorldClient:
    """A client of the consultancy."""

    id: str
    name: str
    contact: str
    """`Name <address>`."""
    language: str = "en"
    """Of its reports."""


@dataclasses.dataclass(slots=True)
class WorldProject:
    """Work for a client (None: internal): where it lives, what was agreed, why it is late."""

    id: str
    name: str
    client: str | None
    currency: str
    agreement: dict[str, Any]
    """As in `[projects.X] agreement`."""
    starts: dt.date
    due: dt.date
    include: list[Any] = dataclasses.field(default_factory=list)
    """As in `[projects.X] include`: "source:scope" texts or tables."""
    money: list[dict[str, str]] = dataclasses.field(default_factory=list)
    """As in `[projects.X] money`."""
    causes: list[Cause] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(slots=True)
class WorldNote:
    """What was decided or asked, as the consultancy wrote it down. `kind` as in `model.notes`."""

    project: str
    kind: str
    day: dt.date
    text: str
    by: str
    asked_of: str | None = None
    due: dt.date | None = None
    client_visible: bool = False


@dataclasses.dataclass(slots=True)
class World:
    """All of it. `now` is the moment at which the story is read: Friday 20 November 2026, 09:00 UTC."""

    seed: int
    now: dt.datetime
    name: str
    currency: str
    timezone: str
    sources: dict[str, Source] = dataclasses.field(default_factory=dict)
    people: dict[str, Person] = dataclasses.field(default_factory=dict)
    clients: dict[str, WorldClient] = dataclasses.field(default_factory=dict)
    projects: dict[str, WorldProject] = dataclasses.field(default_factory=dict)
    places: list[Place] = dataclasses.field(default_factory=list)
    targets: list[Target] = dataclasses.field(default_factory=list)
    tasks: list[WorldTask] = dataclasses.field(default_factory=list)
    times: list[WorldTime] = dataclasses.field(default_factory=list)
    commits: list[Commit] = dataclasses.field(default_factory=list)
    organisations: list[Organisation] = dataclasses.field(default_factory=list)
    parties: list[Party] = dataclasses.field(default_factory=list)
    documents: list[Invoice] = dataclasses.field(default_factory=list)
    ledger_projects: list[LedgerProject] = dataclasses.field(default_factory=list)
    removed: list[Removed] = dataclasses.field(default_factory=list)
    """Deleted things, in the order of their deletion."""
    notes: list[WorldNote] = dataclasses.field(default_factory=list)
    rates: list[dict[str, str]] = dataclasses.field(default_factory=list)
    """Bill rates that hold for a whole project, as in `[[rates.bill]]`; people carry their own (`Person`)."""
    canaries: dict[str, str] = dataclasses.field(default_factory=dict)
    """Secrets and internal numbers that must never surface in a client document, a log or an error: name → text."""

    def places_of(self, source: str) -> list[Place]:
        """The places of one source."""
        return [place for place in self.places if place.source == source]

    def tasks_of(self, source: str) -> list[WorldTask]:
        """The tasks of one source."""
        return [task for task in self.tasks if task.place.source == source]

    def times_of(self, source: str) -> list[WorldTime]:
        """The time entries of one source."""
        return [entry for entry in self.times if entry.source == source]

    def targets_of(self, source: str) -> list[Target]:
        """The versions, sprints and milestones of one source."""
        return [target for target in self.targets if target.place.source == source]

    def identity(self, person: str | None, source: str) -> Identity | None:
        """Who that person is in that source; None for nobody or a stranger to it."""
        return self.people[person].identities.get(source) if person else None
