"""What is owed by age, how long clients take to pay, and how much of the work's worth was billed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.measure import ledger
from sightline.measure.exact import ZERO
from sightline.measure.figures.agreement import only
from sightline.measure.figures.time import untimed
from sightline.measure.profit import realization
from sightline.measure.receipts import Measure, days_text, hours, hours_text, line, money_text
from sightline.measure.receivables import BUCKETS, dso
from sightline.measure.worth import billable_entries, billable_seconds, billable_value
from sightline.model.figures import Figure, ReceiptLine, Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.facts import Facts

__all__ = ["AGE_NAMES", "Ageing", "DaysSalesOutstanding", "Realisation"]

_NO_RULE = "no money rule says which documents are this project's"
#: Names of the figures of what is owed by days past due, as `BUCKETS` has them.
AGE_NAMES = ("owed_0_30", "owed_31_60", "owed_61_90", "owed_91_120", "owed_over_120")
#: Days over which sales are taken for the days sales outstanding.
SALES_DAYS = 90


class Ageing(Measure):
    """What is outstanding by days past due; the five sum to `outstanding`. Not yet due is in the first."""

    name = "owed_0_30"
    title = "Outstanding by age"
    unit = "money"
    reads = ("money",)
    source = "ERPNext, Accounts Receivable: 30, 60, 90, 120 days by due date; credits not used are negative rows"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Five figures per currency, with tax; a document without a due day ages from its own day."""
        method, formula = "the ledger's open amounts by days past due, with tax", "sum of open amounts of that age"
        if not facts.project.money:
            for name in AGE_NAMES:
                yield self.figure(facts, Unknown(why=_NO_RULE), name=name, method=method, formula=formula)
            return
        sums = ledger.outstanding(facts)
        met = dict.fromkeys([*ledger.invoiced(facts).currencies(), *sums.currencies()])
        for currency in met or [facts.money_currency()]:
            missing = len(sums.unstated(currency))
            why = Unknown(why=f"the ledger states no amount on {missing} documents") if missing else None
            amounts, lines = _aged(facts, sums, currency)
            for at, name in enumerate(AGE_NAMES):
                money = Money(amount=amounts[at], currency=currency).round()
                value = money if why is None else why
                yield self.figure(facts, value, name=name, method=method, formula=formula, lines=lines[at])


def _aged(facts: Facts, sums: ledger.Sums, currency: str) -> tuple[list[Decimal], dict[int, list[ReceiptLine]]]:
    amounts, lines = [ZERO] * len(BUCKETS), defaultdict[int, list[ReceiptLine]](list)
    for entry in sums.entries:
        document = entry.part.document
        if not entry.amount or document.currency != currency:
            continue
        late = (facts.today - (document.due_on or document.issued_on or facts.today)).days
        at = max((i for i, first in enumerate(BUCKETS) if late >= first), default=0)
        amounts[at] += entry.amount
        said = f"{entry.label}, {days_text(late)} past due" if late > 0 else f"{entry.label}, not yet due"
        lines[at].append(line(said, money_text(entry.amount, currency), (entry.part.ref,)))
    return amounts, lines


class DaysSalesOutstanding(Measure):
    """How many days of sales are still owed: what is outstanding, by the sales of the last 90 days."""

    name = "dso"
    title = "Days sales outstanding"
    unit = "days"
    reads = ("money",)
    source = "Textbook DSO: ending receivables / credit sales of the period x its days"
    formula = f"outstanding / invoiced in the last {SALES_DAYS} days x {SALES_DAYS}"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Unknown without sales in that time, or when they are in several currencies."""
        first = facts.today - dt.timedelta(days=SALES_DAYS - 1)
        owed, sales = ledger.outstanding(facts), ledger.invoiced(facts)
        recent = [e for e in sales.entries if e.part.document.issued_on and e.part.document.issued_on >= first]
        currency = facts.money_currency()
        due = Unknown(why="the ledger states no amount") if owed.unstated() else only(owed.by_currency(), currency)
        sold = sum((e.amount or ZERO for e in recent if e.part.document.currency == currency), ZERO)
        method = f"ending receivables, sales of the last {SALES_DAYS} days, both with tax"
        if not facts.project.money:
            yield self.unknown(facts, _NO_RULE, method=method, formula=self.formula)
            return
        lines = [line("invoiced lately", money_text(sold, currency), [e.part.ref for e in recent])]
        if isinstance(due, Money):
            lines.insert(0, line("outstanding", money_text(due.amount, currency)))
        value = due if isinstance(due, Unknown) else dso(due.amount, sold, SALES_DAYS)
        if sold < 0 and isinstance(value, Decimal):
            value = Unknown(why=f"more was credited than invoiced in the last {SALES_DAYS} days")
        yield self.figure(facts, value, method=method, formula=self.formula, lines=lines)


class Realisation(Measure):
    """Two things are called so: value billed of the work's worth at standard rates, and billable of recorded hours."""

    name = "realisation_value"
    title = "Realisation: value billed, hours billable"
    unit = "percent"
    reads = ("include", "money")
    source = "accountingtools.com, ruddr (billed / standard value); stafiz (billable / recorded hours)"

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """Both in percent, under their own names."""
        none = untimed(facts, self.states(facts))
        sums = billable_value(facts)[1]
        currency = facts.money_currency()
        worth = only(sums, currency)
        billed = ledger.revenue(facts)
        sold = Unknown(why="the ledger states no amount") if billed.unstated() else only(billed.by_currency(), currency)
        value: Decimal | Unknown = Unknown(why=_NO_RULE)
        lines = []
        if facts.project.money:
            why = next((one for one in (none, worth, sold) if isinstance(one, Unknown)), None)
            if why is None and isinstance(worth, Money) and isinstance(sold, Money):
                value = realization(sold.amount, worth.amount)
                lines = [
                    line("invoiced without tax", money_text(sold.amount, currency)),
                    line("billable work at standard rates", money_text(worth.amount, currency)),
                ]
            elif why is not None:
                value = why
        formula = "100 x invoiced / value of billable hours"
        yield self.figure(facts, value, method="billed / standard value", formula=formula, lines=lines)
        counted = billable_seconds(facts)
        billable = sum(counted(entry) for entry in billable_entries(facts))
        whole = sum(entry.record.seconds for entry in facts.time)
        share = realization(hours(billable), hours(whole)) if none is None else none
        lines = [line("billable", hours_text(billable)), line("recorded", hours_text(whole))]
        yield self.figure(
            facts, share, name="realisation_hours", method="billable / recorded hours",
            formula="100 x billable hours / hours", lines=lines,
        )  # fmt: skip
