"""Which time stands on which invoice: nothing overlooked, nothing twice.

An entry counts as invoiced where its tool says so. Where the tool says nothing, the hours that an invoice's lines state
are taken from the billable entries up to its day, oldest first; an invoice that is voided, or credited whole, releases
them. Lines of hours are those with a quantity whose price is a billing rate of the project, or whose text says hours.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.billable import billing, sharing
from sightline.measure.pricing import day_of
from sightline.measure.receivables import standing
from sightline.measure.remembered import remembered
from sightline.measure.worth import billable_entries, billable_value
from sightline.model.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.facts import DocumentPart, Facts, Sourced
    from sightline.model.records import Line, TimeEntry

__all__ = ["Bridge", "Claim", "EntryState", "State", "bridges", "open_seconds", "states_of"]

State = Literal["not_billable", "covered", "open", "bill_ready", "invoiced"]
_INVOICED = frozenset(("invoiced", "billed"))
_HOURS = re.compile(r"\d\s*(?:h|hrs?|hours?|std\.?|stunden)\b", re.IGNORECASE)
_ALWAYS = dt.date.min


class Claim(NamedTuple):
    """Time of an entry (seconds of the billing view) that a document asks for; None: its tool does not say which."""

    entry: Ref
    document: Ref | None
    seconds: int


class EntryState(NamedTuple):
    """Where one entry stands; `seconds` of it are not invoiced yet, `why` says what keeps it from the bill."""

    entry: Sourced[TimeEntry]
    state: State
    document: Ref | None
    seconds: int
    why: str = ""


class Bridge(NamedTuple):
    """From the hours tracked up to an invoice, since the one before it, to the hours billed; all in seconds.

    tracked - left_open + earlier + rounding + untracked = billed, exactly.
    """

    part: DocumentPart
    first: dt.date | None
    last: dt.date
    tracked: int
    left_open: int
    earlier: int
    rounding: int
    untracked: int
    billed: int


class _Bill(NamedTuple):
    part: DocumentPart
    day: dt.date
    seconds: int


@remembered
def _bills(facts: Facts) -> list[_Bill]:
    """Invoices that count and are not credited whole, oldest first, with the hours their lines state."""
    rates = {row.rate.amount for row in billable_value(facts)[0].lines if row.rate is not None}
    found = []
    for part in facts.documents:
        document = part.document
        if document.kind != "invoice" or standing(document) != "counts":
            continue
        if part.total and part.credited == part.total:
            continue
        seconds = sum(_line_seconds(line, rates) for line in part.lines)
        found.append(_Bill(part, document.issued_on or facts.today, seconds))
    return sorted(found, key=lambda bill: (bill.day, bill.part.document.number or "", bill.part.document.id))


def _line_seconds(line: Line, rates: set[Decimal]) -> int:
    """The hours a line states, in seconds; 0 for a line of something else."""
    if not line.quantity or line.unit_price is None:
        return 0
    if line.unit_price not in rates and not _HOURS.search(line.description or ""):
        return 0
    return int((line.quantity * 3600).to_integral_value(rounding=ROUND_HALF_UP))


def _by_hours(facts: Facts) -> bool:
    agreement = facts.project.agreement
    return agreement is None or agreement.kind in ("time_and_materials", "capped")


@remembered
def claims(facts: Facts) -> list[Claim]:
    """What every invoice takes of which entry, in order; each second is taken once at most."""
    bills = [bill for bill in _bills(facts) if bill.seconds > 0]
    if not bills and not any(_says_invoiced(entry.record) for entry in facts.time):
        return []
    counted = billing(facts)
    queue = [_Waiting(entry, day_of(entry.record, facts), counted(entry)) for entry in billable_entries(facts)]
    told = {row.entry.source for row in queue if _says_invoiced(row.entry.record)}
    # What its tool says is invoiced is placed first; what the same tool leaves open is not taken by hours.
    queue = [
        row for row in queue if row.seconds > 0 and (_says_invoiced(row.entry.record) or row.entry.source not in told)
    ]
    queue.sort(key=lambda row: (not _says_invoiced(row.entry.record), row.day, row.entry.record.id))
    found: list[Claim] = []
    for bill in bills:
        left = bill.seconds
        for row in queue:
            if left <= 0:
                break
            if row.day > bill.day or row.left <= 0:
                continue
            taken = min(left, row.left)
            row.left -= taken
            left -= taken
            found.append(Claim(row.entry.ref, bill.part.ref, taken))
        queue = [row for row in queue if row.left > 0]
    found += [Claim(row.entry.ref, None, row.left) for row in queue if _says_invoiced(row.entry.record)]
    return found


class _Waiting:
    """An entry and how much of it no invoice has taken yet."""

    __slots__ = ("day", "entry", "left", "seconds")

    def __init__(self, entry: Sourced[TimeEntry], day: dt.date, seconds: int) -> None:
        self.entry, self.day, self.seconds, self.left = entry, day, seconds, seconds


def _says_invoiced(entry: TimeEntry) -> bool:
    return entry.status is not None and entry.status.casefold() in _INVOICED


@remembered
def states_of(facts: Facts) -> list[EntryState]:
    """The state of every entry, in the order given."""
    by_entry: dict[Ref, list[Claim]] = {}
    for claim in claims(facts) if _by_hours(facts) else ():
        by_entry.setdefault(claim.entry, []).append(claim)
    unpriced = {ref for row in billable_value(facts)[0].missing for ref in row.refs}
    share = sharing(facts)
    return [
        _state(entry, ref, facts, by_entry.get(ref, ()), share(*entry), unpriced)
        for entry in facts.time
        for ref in (Ref(entry[0], "time", entry[1].id),)
    ]


def _state(
    entry: Sourced[TimeEntry], ref: Ref, facts: Facts, taken: Sequence[Claim], share: Decimal, unpriced: set[Ref]
) -> EntryState:
    if not share:
        return EntryState(entry, "not_billable", None, 0)
    if not _by_hours(facts):
        agreement = facts.project.agreement
        kind = agreement.kind.replace("_", " ") if agreement is not None else ""
        return EntryState(entry, "covered", None, 0, f"covered by the {kind}")
    left = billing(facts)(entry) - sum(claim.seconds for claim in taken)
    if taken and left <= 0:
        return EntryState(entry, "invoiced", taken[0].document, 0)
    document = taken[0].document if taken else None
    why = "no billing rate" if ref in unpriced else _hindrance(entry, facts)
    return EntryState(entry, "open" if why else "bill_ready", document, left, why)


def _hindrance(entry: Sourced[TimeEntry], facts: Facts) -> str:
    if entry.record.seconds <= 0 or (entry.record.status or "").casefold() == "running":
        return "no time on it yet" if entry.record.seconds == 0 else "a correction, or still running"
    return "in the future" if day_of(entry.record, facts) > facts.today else ""


def open_seconds(states: Iterable[EntryState]) -> dict[Ref, int]:
    """Entry → seconds of it that no invoice has asked for, for those that bill by the hour."""
    return {
        Ref(row.entry[0], "time", row.entry[1].id): row.seconds
        for row in states
        if row.state in ("open", "bill_ready") and row.seconds
    }


@remembered
def bridges(facts: Facts) -> list[Bridge]:
    """For each invoice that states hours: tracked against billed, and what the difference is made of."""
    if not _by_hours(facts):
        return []
    by_document: dict[Ref | None, list[Claim]] = {}
    for claim in claims(facts):
        by_document.setdefault(claim.document, []).append(claim)
    entries = {entry.ref: entry for entry in billable_entries(facts)}
    share, counted = sharing(facts), billing(facts)
    before, found = _ALWAYS, []
    for bill in _bills(facts):
        if not bill.seconds:
            continue
        taken = by_document.get(bill.part.ref, [])
        window = {ref for ref, entry in entries.items() if before < day_of(entry.record, facts) <= bill.day}
        exact = {ref: int(entries[ref].record.seconds * share(*entries[ref])) for ref in window}
        view = {ref: counted(entries[ref]) for ref in window}
        inside = sum(claim.seconds for claim in taken if claim.entry in window)
        billed_by_entries = sum(claim.seconds for claim in taken)
        found.append(
            Bridge(
                part=bill.part,
                first=None if before == _ALWAYS else before + dt.timedelta(days=1),
                last=bill.day,
                tracked=sum(exact.values()),
                left_open=sum(view.values()) - inside,
                earlier=billed_by_entries - inside,
                rounding=sum(view.values()) - sum(exact.values()),
                untracked=bill.seconds - billed_by_entries,
                billed=bill.seconds,
            )
        )
        before = bill.day
    return found
