"""Reconciliation: what our projects add up to, plus what belongs to none, beside the ledger's own totals, to the cent.

Three routes go through the same books. By document: the parts of all projects and of nobody must sum to what the ledger
states. By payment: what documents say was paid must be what the payments say. By number: as many documents and payments
must be kept as the ledger says it has. A difference is shown, never hidden.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sightline.app.joining import Joined
from sightline.app.measuring import join_workspace, measure_workspace
from sightline.app.session import Session
from sightline.measure.period import Period, parse_period
from sightline.measure.receivables import standing
from sightline.model.facts import DocumentPart, Sourced
from sightline.model.money import rounded
from sightline.model.records import Document, Payment, Scope
from sightline.model.refs import Ref
from sightline.store.runs import SourceRun

__all__ = ["Counted", "LeftOut", "Settled", "Statement", "StatementRow", "reconcile"]

_VOID = frozenset(("deleted", "voided", "void", "cancelled"))
_PAYABLE = ("invoice", "credit_note", "bill", "bill_credit_note", "overpayment", "prepayment")


@dataclasses.dataclass(frozen=True, slots=True)
class StatementRow:
    """One kind of document in one currency: with tax, in the document's currency. `difference` must be 0."""

    kind: str
    currency: str
    documents: int
    projects: Mapping[str, Decimal]
    unmatched: Decimal
    ledger: Decimal
    base: Decimal | None
    """The ledger's total in the organisation's currency, each document at its own rate, rounded; None: not stated."""
    base_currency: str | None

    @property
    def difference(self) -> Decimal:
        """Projects and unmatched less the ledger."""
        return sum(self.projects.values(), Decimal(0)) + self.unmatched - self.ledger


@dataclasses.dataclass(frozen=True, slots=True)
class Settled:
    """What documents of one kind and currency say was paid and credited, and what the payments say."""

    kind: str
    currency: str
    by_documents: Decimal
    by_payments: Decimal

    @property
    def difference(self) -> Decimal:
        """Documents less payments."""
        return self.by_documents - self.by_payments


@dataclasses.dataclass(frozen=True, slots=True)
class LeftOut:
    """Documents that are not summed: how many, of which kind, and why."""

    kind: str
    why: str
    documents: int


@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    """What the ledger itself says it has, asked by another route than its lists, beside what is kept."""

    what: str
    kept: str
    ledger: str
    at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """One organisation in one period (None: all that is kept)."""

    source: str
    organisation: str
    currency: str | None
    period: Period | None
    rows: tuple[StatementRow, ...]
    settled: tuple[Settled, ...]
    left_out: tuple[LeftOut, ...]
    counted: tuple[Counted, ...] = ()
    """Empty where the ledger was never asked, or cannot be."""

    @property
    def agrees(self) -> bool:
        """Whether everything adds up to the cent."""
        complete = all(row.kept == row.ledger for row in self.counted)
        differences = [*(row.difference for row in self.rows), *(row.difference for row in self.settled)]
        return complete and not any(differences)


def reconcile(session: Session, *, period: str | None = None) -> list[Statement]:
    """A statement for each organisation of each ledger, in the order of the configuration."""
    measure_workspace(session, touched=())
    days = parse_period(period) if period is not None else None
    joined = join_workspace(session)
    books: defaultdict[Ref, list[Sourced[Document]]] = defaultdict(list)
    for document in session.store.load(Document):
        books[Ref(document.source, "scopes", document.record.scope)].append(document)
    known = {(source, scope.id): scope for source, scope in joined.scope_rows}
    payments = list(session.store.load(Payment))
    checked = session.store.last_checked()
    return [
        dataclasses.replace(
            _statement(ref, known.get((ref.source, ref.id)), held, joined, payments, days),
            counted=_counted(checked.get(ref.source), known.get((ref.source, ref.id))),
        )
        for ref, held in sorted(books.items())
    ]


def _counted(run: SourceRun | None, scope: Scope | None) -> tuple[Counted, ...]:
    """The checks of the organisation in the run; those of others of the same source end otherwise."""
    if run is None or scope is None:
        return ()
    own = [check for check in run.checks if check["what"].endswith(f" of {scope.key}")]
    return tuple(Counted(check["what"], check["store"], check["source"], run.finished_at) for check in own)


def _statement(
    ref: Ref,
    scope: Scope | None,
    documents: Sequence[Sourced[Document]],
    joined: Joined,
    payments: Sequence[Sourced[Payment]],
    days: Period | None,
) -> Statement:
    inside = [one for one in documents if days is None or _within(one.record.issued_on, days)]
    counted = [one for one in inside if _why_not(one.record) is None]
    base = scope.currency if scope else None
    parts = _parts(joined, {one.ref for one in counted})
    groups: defaultdict[tuple[str, str], list[Sourced[Document]]] = defaultdict(list)
    for one in counted:
        groups[_kind(one.record), one.record.currency].append(one)
    return Statement(
        source=ref.source,
        organisation=scope.name if scope else ref.id,
        currency=base,
        period=days,
        rows=tuple(_row(at, held, parts, base) for at, held in sorted(groups.items())),
        settled=tuple(_settled(at, held, payments) for at, held in sorted(groups.items()) if at[0] in _PAYABLE),
        left_out=tuple(_left_out(inside)),
    )


def _within(day: dt.date | None, days: Period) -> bool:
    return day is not None and days.first <= day <= days.last


def _kind(document: Document) -> str:
    """Bank transactions by direction: the two are not one sum."""
    return f"{document.kind} {document.direction}" if document.kind == "bank_transaction" else document.kind


def _why_not(document: Document) -> str | None:
    """Why a document is not summed; None when it is."""
    if document.counts_elsewhere:
        return "told by another document"
    found = standing(document)
    if found == "unknown":
        return f"status {document.status!r} is not known"
    return f"status {document.status}" if found == "excluded" else None


def _parts(joined: Joined, wanted: set[Ref]) -> dict[Ref, list[tuple[str | None, DocumentPart]]]:
    found: defaultdict[Ref, list[tuple[str | None, DocumentPart]]] = defaultdict(list)
    for project, held in joined.money.of.items():
        for part in held:
            if part.ref in wanted:
                found[part.ref].append((project, part))
    for part in joined.money.unmatched:
        if part.ref in wanted:
            found[part.ref].append((None, part))
    return found


def _row(
    at: tuple[str, str],
    documents: Sequence[Sourced[Document]],
    parts: Mapping[Ref, list[tuple[str | None, DocumentPart]]],
    base: str | None,
) -> StatementRow:
    sums: defaultdict[str | None, Decimal] = defaultdict(Decimal)
    for one in documents:
        for project, part in parts.get(one.ref, ()):
            sums[project] += part.total or Decimal(0)
    return StatementRow(
        kind=at[0],
        currency=at[1],
        documents=len(documents),
        projects={project: amount for project, amount in sorted(sums.items(), key=str) if project is not None},
        unmatched=sums[None],
        ledger=sum((one.record.total or Decimal(0) for one in documents), Decimal(0)),
        base=_in_base([one.record for one in documents], base),
        base_currency=base,
    )


def _in_base(documents: Sequence[Document], base: str | None) -> Decimal | None:
    """Each document at its own rate, to the minor unit, as a ledger posts it."""
    if base is None or any(one.rate_to_base is None and one.currency != base for one in documents):
        return None
    rates = [(one.total or Decimal(0)) * (one.rate_to_base if one.rate_to_base is not None else 1) for one in documents]
    return sum((rounded(amount, base) for amount in rates), Decimal(0))


def _settled(
    at: tuple[str, str], documents: Sequence[Sourced[Document]], payments: Sequence[Sourced[Payment]]
) -> Settled:
    wanted = {one.ref for one in documents}
    told = sum(((one.record.paid or Decimal(0)) + (one.record.credited or Decimal(0)) for one in documents), Decimal(0))
    by_payments = Decimal(0)
    for payment in payments:
        if payment.record.status.casefold() in _VOID:
            continue
        if Ref(payment.source, "documents", payment.record.document) in wanted:
            by_payments += payment.record.amount
        if payment.record.credit and Ref(payment.source, "documents", payment.record.credit) in wanted:
            by_payments += payment.record.amount
    return Settled(at[0], at[1], told, by_payments)


def _left_out(documents: Sequence[Sourced[Document]]) -> list[LeftOut]:
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one in documents:
        if (why := _why_not(one.record)) is not None:
            counts[one.record.kind, why] += 1
    return [LeftOut(kind, why, count) for (kind, why), count in sorted(counts.items())]
