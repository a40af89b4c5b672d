"""The records a connector delivers: what the tools say, in one vocabulary. One class per kind of thing.

Common rules. `id` is the vendor's stable id, unique per source and kind. Times are aware UTC, days are the vendor's own
calendar days, durations are whole seconds, money is exact (`Decimal` beside a currency). Absent is None. Nothing here
knows the name of the source: the framework adds it. Where one record points at another it uses that one's `id`; where
the vendor gives only what people say (WEB-12), the `…_key` field beside it is filled instead.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from sightline.model.checked import Checked

__all__ = [
    "Account",
    "Activity",
    "Change",
    "ChecklistItem",
    "Contact",
    "Document",
    "DocumentKind",
    "Line",
    "Link",
    "Milestone",
    "MilestoneKind",
    "Payment",
    "Record",
    "Scope",
    "State",
    "Task",
    "TimeEntry",
    "TrackedField",
    "WaitingOn",
]

State = Literal["todo", "in_progress", "done", "cancelled", "unknown"]
WaitingOn = Literal["client", "supplier", "payment", "us"]
MilestoneKind = Literal["version", "sprint", "milestone"]
DocumentKind = Literal[
    "invoice",
    "bill",
    "credit_note",
    "bill_credit_note",
    "overpayment",
    "prepayment",
    "quote",
    "purchase_order",
    "expense",
    "bank_transaction",
]
#: The fields whose history is kept.
TrackedField = Literal[
    "status", "due_on", "assignee", "estimate", "points", "sprint", "parent", "milestone", "archived", "scope"
]


class Record(Checked, frozen=True, kw_only=True):
    """Base of everything a connector's `map` may return."""

    id: str


class Scope(Record, frozen=True, kw_only=True):
    """Where work or money lives in a source: a Jira project, a board, a repository, an organisation."""

    key: str
    """What people say: project key, `owner/repo`, board short link, repository name, organisation short code."""
    name: str
    kind: str = "project"
    url: str | None = None
    archived: bool = False
    timezone: str | None = None
    currency: str | None = None


class Account(Record, frozen=True, kw_only=True):
    """One person's (or robot's) identity in one source. `name` is None when the tool hides or has erased it."""

    name: str | None = None
    email: str | None = None
    username: str | None = None
    active: bool = True
    kind: Literal["human", "bot", "customer"] = "human"


class Milestone(Record, frozen=True, kw_only=True):
    """A dated target or a time box: version, sprint, milestone."""

    scope: str
    kind: MilestoneKind
    name: str
    state: str
    """The vendor's word: open, closed, released, active, future …"""
    starts_on: dt.date | None = None
    due_on: dt.date | None = None
    completed_at: dt.datetime | None = None
    description: str | None = None
    url: str | None = None


class Task(Record, frozen=True, kw_only=True):
    """A unit of work: issue, card, pull request, ticket. `state` is the tool's own category, never guessed."""

    scope: str
    key: str
    title: str
    kind: str
    status: str
    state: State
    url: str | None = None
    description: str | None = None
    waiting_on: WaitingOn | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    started_at: dt.datetime | None = None
    completed_at: dt.datetime | None = None
    start_on: dt.date | None = None
    due_on: dt.date | None = None
    assignees: tuple[str, ...] = ()
    """Account ids."""
    reporter: str | None = None
    """Account id."""
    parent: str | None = None
    """Task id; `parent_key` when the vendor gives only the key."""
    parent_key: str | None = None
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    priority: str | None = None
    estimate_seconds: int | None = None
    remaining_seconds: int | None = None
    spent_seconds: int | None = None
    """The vendor's own total; None if it states none."""
    points: Decimal | None = None
    milestones: tuple[str, ...] = ()
    """Milestone ids (versions, milestones), all of them."""
    sprints: tuple[str, ...] = ()
    """Milestone ids of kind sprint, oldest first; the last is the current one."""
    archived: bool = False
    copy_of: str | None = None
    """Task id of which this is a mirror; such a task is not counted again."""


class Change(Record, frozen=True, kw_only=True):
    """One step of a tracked field's history, as the vendor recorded it. `id` is the vendor's, unique per source."""

    task: str
    field: TrackedField
    at: dt.datetime
    from_value: str | None = None
    to_value: str | None = None
    from_state: State | None = None
    to_state: State | None = None
    by: str | None = None
    """Account id."""


class ChecklistItem(Record, frozen=True, kw_only=True):
    """One line of a checklist on a task."""

    task: str
    list: str
    title: str
    state: Literal["open", "done"]
    due_on: dt.date | None = None
    assignee: str | None = None
    position: int = 0


class Link(Record, frozen=True, kw_only=True):
    """A tie between two things: task to task (`to` is a task id), or task to a key or web address elsewhere."""

    from_task: str
    to: str
    kind: str
    """blocks, relates, duplicates, closes, url …; the vendor's word in lower case."""


class TimeEntry(Record, frozen=True, kw_only=True):
    """Time somebody worked. `seconds` may be negative where the tool corrects by counter-entry."""

    scope: str
    seconds: int
    day: dt.date | None = None
    """The vendor's own calendar day; None lets the framework take the day of `started_at` in the workspace's zone."""
    task: str | None = None
    task_key: str | None = None
    account: str | None = None
    started_at: dt.datetime | None = None
    billable: bool | None = None
    note: str | None = None
    status: str | None = None
    """open, invoiced, locked … as the vendor says."""
    updated_at: dt.datetime | None = None


class Line(Checked, frozen=True, kw_only=True):
    """One line of a document, in the document's currency, as the vendor states it."""

    id: str
    description: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    discount_rate: Decimal | None = None
    """Percent, 10 = 10 %."""
    tax: Decimal | None = None
    amount: Decimal
    """Net of discount; whether tax is inside is `Document.tax_inclusive`."""
    account: str | None = None
    item: str | None = None
    tracking: tuple[tuple[str, str], ...] = ()
    """(category, option) pairs, for example ("Project", "Apollo")."""


class Document(Record, frozen=True, kw_only=True):
    """A commercial document. Amounts are positive as the vendor states them; the kind gives the sign."""

    scope: str
    kind: DocumentKind
    status: str
    """The vendor's word; see `measure.receivables` for which statuses count."""
    currency: str
    number: str | None = None
    reference: str | None = None
    contact: str | None = None
    contact_id: str | None = None
    issued_on: dt.date | None = None
    due_on: dt.date | None = None
    paid_on: dt.date | None = None
    subtotal: Decimal | None = None
    tax: Decimal | None = None
    total: Decimal | None = None
    paid: Decimal | None = None
    credited: Decimal | None = None
    outstanding: Decimal | None = None
    rate_to_base: Decimal | None = None
    """Document amount times this is the amount in the organisation's own currency."""
    tax_inclusive: bool = False
    direction: Literal["in", "out"] | None = None
    """For bank transactions, over- and prepayments: money received (in) or spent (out)."""
    counts_elsewhere: bool = False
    """True when the same money is told by another document (an overpayment listed as bank transaction, too)."""
    project_id: str | None = None
    """Task id (kind `project`) in the ledger's own project module, when the ledger states one."""
    lines: tuple[Line, ...] = ()
    updated_at: dt.datetime | None = None
    url: str | None = None


class Payment(Record, frozen=True, kw_only=True):
    """Money that settles a document, in the document's currency; a credit allocated to it is one, too (`kind`)."""

    document: str
    scope: str
    day: dt.date
    currency: str
    amount: Decimal
    status: str
    kind: Literal["payment", "credit", "overpayment", "prepayment"] = "payment"
    credit: str | None = None
    """Document id of the credit note, over- or prepayment that was allocated."""
    rate_to_base: Decimal | None = None
    reference: str | None = None
    updated_at: dt.datetime | None = None


class Contact(Record, frozen=True, kw_only=True):
    """A customer or supplier in the ledger."""

    scope: str
    name: str
    email: str | None = None
    active: bool = True
    merged_into: str | None = None
    customer: bool | None = None
    supplier: bool | None = None


class Activity(Record, frozen=True, kw_only=True):
    """A trace of work: commit, comment, review, merge, tag, event."""

    scope: str
    kind: str
    at: dt.datetime
    title: str
    task: str | None = None
    keys: tuple[str, ...] = ()
    """Task keys named in the text; they may belong to another source."""
    account: str | None = None
    url: str | None = None
    text: str | None = None
