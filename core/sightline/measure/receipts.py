"""How a figure is written down: with its moment, method, coverage, oldest source and a receipt that recomputes to it.

Hours in a receipt are exact ("131 h 30 min"), money exact to four decimals with its currency.
"""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from sightline.extend import Metric
from sightline.measure.freshness import never_read, oldest_read
from sightline.model.figures import Figure, Receipt, ReceiptLine, Unit, Unknown, Value
from sightline.model.money import Money, minor_digits
from sightline.model.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.model.facts import Facts, SourceState
    from sightline.model.refs import Ref

__all__ = ["REFS_PER_LINE", "Measure", "days_text", "hours", "hours_text", "line", "money_text", "plain"]

#: A line lists so many of its records; its label says how many there are.
REFS_PER_LINE = 100


def hours(seconds: int) -> Decimal:
    """Hours, exact to the last digit a Decimal holds."""
    return Decimal(seconds) / 3600


def days_text(days: int) -> str:
    """`1 day`, `3 days`."""
    return counted(days, "day")


def hours_text(seconds: int) -> str:
    """`131 h 30 min`, with seconds only when there are any."""
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    text = f"{sign}{rest // 3600} h"
    if rest % 3600:
        text += f" {rest % 3600 // 60} min"
    return text + (f" {rest % 60} s" if rest % 60 else "")


def money_text(amount: Decimal, currency: str) -> str:
    """`GBP 3400.00`: the currency's decimals at least (none for JPY), up to four where they are not zero."""
    digits = max(minor_digits(currency), min(4, -int(amount.normalize().as_tuple().exponent)))
    return f"{currency} {amount or abs(amount):.{digits}f}"


def plain(number: Decimal) -> str:
    """A number without exponent and without idle zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def line(label: str, value: str, refs: Iterable[Ref] = (), *, of: int | None = None) -> ReceiptLine:
    """One input; at most `REFS_PER_LINE` of its records are listed. `of` says how many there are, if `refs` need not be counted."""
    listed = tuple(refs) if of is None else tuple(itertools.islice(refs, REFS_PER_LINE))
    number = len(listed) if of is None else of
    if number > REFS_PER_LINE:
        label = f"{label} (first {REFS_PER_LINE} of {number} records listed)"
    return ReceiptLine(label=label, value=value, refs=listed[:REFS_PER_LINE])


class Measure(Metric):
    """A metric that answers with one figure, or one per currency. Subclasses give the class attributes and `measure`.

    `reads` says which of the project's sources stand behind it: those of its `include` rules, its `money` rules, both.
    """

    unit: ClassVar[Unit]
    reads: ClassVar[tuple[str, ...]] = ("include",)
    internal: ClassVar[bool] = True

    def states(self, facts: Facts) -> list[SourceState]:
        """The states of the sources behind it."""
        rules = [rule.source for name in self.reads for rule in getattr(facts.project, name)]
        return [state for state in facts.sources if state.source in rules]

    def figure(
        self,
        facts: Facts,
        value: Value,
        *,
        method: str,
        formula: str,
        lines: Sequence[ReceiptLine] = (),
        coverage: Decimal | None = None,
        internal: bool | None = None,
        name: str | None = None,
        unit: Unit | None = None,
    ) -> Figure:
        """The figure with everything that goes with it. Unknown when a source behind it was never read completely."""
        states = self.states(facts)
        unread = never_read(states)
        value = value if unread is None else unread
        return Figure(
            name=name or self.name,
            value=value,
            unit=unit or self.unit,
            as_of=facts.as_of,
            method=method,
            project=facts.project.id,
            client=facts.client.id if facts.client else facts.project.client,
            currency=value.currency if isinstance(value, Money) else None,
            coverage=coverage,
            oldest_input=oldest_read(states),
            receipt=Receipt(formula=formula, lines=tuple(lines), source=self.source),
            internal=self.internal if internal is None else internal,
        )

    def unknown(
        self, facts: Facts, why: str, *, method: str, formula: str, lines: Sequence[ReceiptLine] = ()
    ) -> Figure:
        """The figure that says why it has no value."""
        return self.figure(facts, Unknown(why=why), method=method, formula=formula, lines=lines)
