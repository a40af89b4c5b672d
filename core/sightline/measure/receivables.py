"""What clients owe: which documents count, what is outstanding, how old it is, how long it takes to be paid.

Sources: ERPNext, Accounts Receivable report; the Xero Accounting API's pages on invoices, credit notes, overpayments
and prepayments (statuses); textbook DSO and its count-back method.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from sightline.measure.exact import ZERO
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.records import Document

__all__ = [
    "BUCKETS",
    "COST_SIGN",
    "SALES_SIGN",
    "Allocation",
    "CountBack",
    "ageing",
    "allocate",
    "dso",
    "dso_count_back",
    "outstanding",
    "standing",
]

#: Sales with their sign: credit notes subtract.
SALES_SIGN: Mapping[str, int] = {"invoice": 1, "credit_note": -1}
#: Costs with their sign.
COST_SIGN: Mapping[str, int] = {"bill": 1, "bill_credit_note": -1, "expense": 1}
#: First days of the buckets by days past due; the first holds what is not yet due, too.
BUCKETS = (0, 31, 61, 91, 121)

_COUNTS = frozenset(
    "authorised authorized approved paid open sent issued submitted_to_client partially_paid partially-paid "
    "partly_paid overdue closed posted viewed billed unpaid".split()
)
_NOT = frozenset("draft submitted voided void deleted cancelled canceled declined rejected pending scheduled".split())


def standing(document: Document) -> Literal["counts", "excluded", "unknown"]:
    """Whether a document's amounts are real: drafts, submitted, voided and deleted ones are not.

    A status nobody knows is `unknown`: such a document is not summed but is always told. A quote or purchase order is
    no money owed and is excluded whatever its status.
    """
    if document.kind in ("quote", "purchase_order"):
        return "excluded"
    word = document.status.strip().casefold().replace(" ", "_")
    if word in _COUNTS:
        return "counts"
    return "excluded" if word in _NOT else "unknown"


def outstanding(invoiced: Decimal, paid: Decimal = ZERO, credited: Decimal = ZERO) -> Decimal:
    """Invoiced less paid less credited; negative for money received ahead of any invoice."""
    return invoiced - paid - credited


class Allocation(NamedTuple):
    """What of a payment or credit went to each term, what stays open of each, and what was left over."""

    applied: list[Decimal]
    open: list[Decimal]
    rest: Decimal


def allocate(due: Sequence[Decimal], amount: Decimal) -> Allocation:
    """A payment or credit to terms in the order given (oldest first), each up to what is due; the rest stays over."""
    applied: list[Decimal] = []
    for term in due:
        part = min(max(term, ZERO), amount)
        applied.append(part)
        amount -= part
    return Allocation(applied, [term - part for term, part in zip(due, applied, strict=True)], amount)


def ageing(
    open_amounts: Iterable[tuple[dt.date, Decimal]], today: dt.date, buckets: Sequence[int] = BUCKETS
) -> list[Decimal]:
    """Open amounts by days past due at `today`; bucket i starts at `buckets[i]` days, the last has no end.

    The default is 0-30, 31-60, 61-90, 91-120 and more; what is not due yet is in the first.
    """
    sums = [ZERO] * len(buckets)
    for due_on, amount in open_amounts:
        late = (today - due_on).days
        index = max((i for i, first in enumerate(buckets) if late >= first), default=0)
        sums[index] += amount
    return sums


def dso(receivables: Decimal, credit_sales: Decimal, days: int | Decimal) -> Decimal | Unknown:
    """Days sales outstanding: receivables (average or at the end; say which) / credit sales x days of the period."""
    if not credit_sales:
        return Unknown(why="there were no credit sales")
    return receivables * days / credit_sales


class CountBack(NamedTuple):
    """DSO by counting back: days, the whole days among them, and what was left after each whole month."""

    dso: Decimal | Unknown
    full_days: int
    remaining_after: list[Decimal]


def dso_count_back(receivables: Decimal, sales_oldest_first: Sequence[Decimal], days: Sequence[int]) -> CountBack:
    """DSO by the count-back method: whole months of sales are taken off backwards with their real days.

    The month that is larger than the rest counts pro rata. Unknown when the months do not reach back far enough.
    """
    rest, full = receivables, 0
    left: list[Decimal] = []
    for sales, length in zip(reversed(sales_oldest_first), reversed(days), strict=True):
        if sales > rest:
            return CountBack(full + rest / sales * length, full, left)
        rest -= sales
        full += length
        left.append(rest)
    exhausted = Decimal(full) if not rest else Unknown(why="the sales given do not reach back far enough")
    return CountBack(exhausted, full, left)
