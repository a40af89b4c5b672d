"""What the ledger says of a project: invoiced, revenue, paid, outstanding, overdue; one figure per currency."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from sightline.measure import ledger
from sightline.measure.receipts import Measure, line, plain
from sightline.model.figures import Figure, Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import Facts

__all__ = ["Invoiced", "Outstanding", "Overdue", "Paid", "Revenue"]


class LedgerMeasure(Measure):
    """One sum over the project's documents, per currency. Unknown without money rules, or while an amount is missing."""

    unit = "money"
    reads = ("money",)
    internal = False
    method: ClassVar[str]
    formula: ClassVar[str]

    def sums(self, facts: Facts) -> ledger.Sums:
        """The documents and signed amounts behind it."""
        raise NotImplementedError

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """One figure for each currency the project's sales are in; without any, zero in the agreed currency."""
        if not facts.project.money:
            yield self.unknown(
                facts, "no money rule says which documents are this project's", method=self.method, formula=self.formula
            )
            return
        sums = self.sums(facts)
        met = dict.fromkeys([*ledger.invoiced(facts).currencies(), *sums.currencies()])
        for currency in met or [facts.money_currency()]:
            missing = len(sums.unstated(currency))
            total = Money(amount=sums.total(currency), currency=currency).round()
            yield self.figure(
                facts,
                Unknown(why=f"the ledger states no amount on {missing} documents") if missing else total,
                method=self.method,
                formula=self.formula,
                lines=sums.lines(currency),
                coverage=sums.coverage(currency),
            )


class Invoiced(LedgerMeasure):
    """Invoices less credit notes, with tax."""

    name = "invoiced"
    title = "Invoiced"
    source = "Ledger: approved and paid sales documents; drafts, voided and deleted ones excluded"
    method = "the ledger's totals, with tax"
    formula = "sum of invoices less credit notes, with tax"

    def sums(self, facts: Facts) -> ledger.Sums:
        """Sales documents with their totals."""
        return ledger.invoiced(facts)


class Revenue(LedgerMeasure):
    """Invoices less credit notes, without tax: what compares with budget, cost and unbilled work."""

    name = "revenue"
    title = "Invoiced without tax"
    source = "Ledger: subtotals of approved and paid sales documents, and bank receipts without an invoice"
    method = "revenue as invoiced, without tax"
    formula = "sum of invoices less credit notes and of receipts without invoice, without tax"

    def sums(self, facts: Facts) -> ledger.Sums:
        """Sales documents with their net amounts."""
        return ledger.revenue(facts)


class Paid(LedgerMeasure):
    """Money received from the client."""

    name = "paid"
    title = "Paid"
    source = "Ledger: amounts paid on sales documents, over- and prepayments received"
    method = "payments the ledger shows on the documents, with tax"
    formula = "sum of payments on invoices, over- and prepayments, less refunds on credit notes"

    def sums(self, facts: Facts) -> ledger.Sums:
        """Sales documents with what was paid on them."""
        return ledger.paid(facts)


class Outstanding(LedgerMeasure):
    """What the client still owes: negative when the client is ahead."""

    name = "outstanding"
    title = "Outstanding"
    source = "ERPNext, Accounts Receivable: invoiced - paid - credited; a larger credit note stays as a negative row"
    method = "the ledger's open amounts, with tax"
    formula = "sum of open invoices less open credit notes, over- and prepayments"

    def sums(self, facts: Facts) -> ledger.Sums:
        """Sales documents with what is open."""
        return ledger.outstanding(facts)


class UnusedCredit(LedgerMeasure):
    """What the client is ahead: credit notes, over- and prepayments that no invoice has used. Off `outstanding` already."""

    name = "unused_credit"
    title = "Credit not used"
    source = "ERPNext, Accounts Receivable: credits and advances not used are negative rows of what is outstanding"
    method = "open parts of credit notes, over- and prepayments, with tax"
    formula = "sum of credit that no invoice has used"

    def sums(self, facts: Facts) -> ledger.Sums:
        """Credit notes, over- and prepayments with what is open."""
        return ledger.unused_credit(facts)


class Overdue(LedgerMeasure):
    """Outstanding parts of invoices past their due day, and how many days the oldest is late."""

    name = "overdue"
    title = "Overdue"
    source = "Ledger: open amounts of invoices whose due day has passed"
    method = "open amounts of invoices due before today, with tax; credit that no invoice has used is not taken off"
    formula = "sum of open amounts past due"

    def sums(self, facts: Facts) -> ledger.Sums:
        """Late invoices with what is open."""
        return ledger.overdue(facts, facts.today)

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """The sums, and `overdue_days`: 0 when nothing is late."""
        yield from super().measure(facts)
        entries = self.sums(facts).entries
        late = [(facts.today - e.part.document.due_on).days for e in entries if e.part.document.due_on]
        value = Decimal(max(late, default=0))
        yield self.figure(
            facts,
            value if facts.project.money else Unknown(why="no money rule says which documents are this project's"),
            name="overdue_days",
            unit="days",
            method="days since the earliest due day of an open invoice",
            formula="largest number of days past due",
            lines=[
                line(e.label, plain(value), (e.part.ref,)) for e, value in zip(entries, map(Decimal, late), strict=True)
            ],
        )
