"""Does the money come in? Invoices past their day, work that nobody has been asked to pay for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.extend import AlertRule, Limit
from sightline.measure import ledger
from sightline.measure.alerts.reading import number, stepped, told_figure
from sightline.measure.receipts import days_text, line, money_text
from sightline.model.alerts import Finding, Unsure
from sightline.model.figures import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sightline.model.facts import Facts
    from sightline.model.figures import Figure

__all__ = ["InvoiceOverdue", "UnbilledAgeing"]


class InvoiceOverdue(AlertRule):
    """An invoice is not paid and its day has passed."""

    name = "invoice_overdue"
    title = "An invoice is overdue"
    limits = (
        Limit("days", (Decimal(1), Decimal(14), Decimal(30), Decimal(60)), "calendar days past due; each step is told once"),
        Limit("critical_days", Decimal(14), "calendar days from which it is critical"),
    )  # fmt: skip

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding]:
        """One for each invoice, with what is open of it."""
        for entry in ledger.overdue(facts, facts.today).entries:
            document = entry.part.document
            if entry.amount is None or entry.amount <= 0 or document.due_on is None:
                continue
            late = (facts.today - document.due_on).days
            level, held = stepped(Decimal(late), self.steps("days"), Decimal(0))
            yield Finding(
                text=f"{ledger.name_of(entry.part)} is {days_text(late)} overdue: "
                f"{money_text(entry.amount, document.currency)} of {document.contact or 'the client'}",
                subject=str(entry.part.ref),
                level=level,
                held=held,
                severity="critical" if late >= self.limit("critical_days") else None,
                since=document.due_on,
                inputs=(
                    line("open", money_text(entry.amount, document.currency), (entry.part.ref,)),
                    line("due", str(document.due_on)),
                ),
                action="Remind the client; think about what is worked until it is paid.",
                source=entry.part.source,
            )


class UnbilledAgeing(AlertRule):
    """Billable work stands on no invoice for long."""

    name = "unbilled"
    title = "Unbilled work grows old"
    limits = (
        Limit("days", (Decimal(35), Decimal(65), Decimal(95)), "days since the oldest unbilled hour; each step is told once"),
    )  # fmt: skip

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[Finding | Unsure]:
        """Only where work is billed by the hour."""
        age = number(figures.get("wip_age_days"))
        if isinstance(age, Unknown):
            yield Unsure(why=age.why)
            return
        level, held = stepped(age, self.steps("days"), Decimal(0))
        worth = [figure for name, figure in figures.items() if name == "wip" or name.startswith("wip:")]
        said = next(
            (str(figure.value) for figure in worth if not isinstance(figure.value, Unknown)), "of unknown value"
        )
        yield Finding(
            text=f"Billable work ({said}) is not invoiced; the oldest hour is {days_text(int(age))} old",
            level=level,
            held=held,
            inputs=tuple(told_figure(figures, "wip", "wip_age_days", "bill_ready")),
            action="Invoice what is ready: `sightline money` lists it.",
        )
