"""What rules have in common: levels with their margin, inputs from figures, open work and whose it is."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.exact import ZERO
from sightline.measure.pricing import who
from sightline.measure.receipts import REFS_PER_LINE, hours_text, line, money_text, plain
from sightline.measure.remembered import remembered
from sightline.measure.work import work_of
from sightline.model.figures import Figure, ReceiptLine, Unknown, Value
from sightline.model.money import Money
from sightline.model.refs import Ref
from sightline.model.time import day_in, zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.facts import Facts
    from sightline.model.records import Task

__all__ = [
    "Item",
    "day_of_moment",
    "is_over",
    "listed",
    "listing",
    "number",
    "open_items",
    "shown",
    "stepped",
    "told_figure",
    "working_text",
]

#: A sentence names so many items; the inputs name them all.
_NAMED = 3


class Item(NamedTuple):
    """A piece of open work, and who is on it by name."""

    ref: Ref
    task: Task
    owners: tuple[str, ...]


@remembered
def open_items(facts: Facts) -> list[Item]:
    """The leaves in scope that are not done."""
    names = who(facts)
    return [
        Item(
            leaf.ref,
            leaf.task,
            tuple(names.get(Ref(leaf.ref.source, "people", one), one) for one in leaf.task.assignees),
        )
        for leaf in work_of(facts).leaves
        if leaf.task.state in ("todo", "in_progress", "unknown")
    ]


def is_over(facts: Facts) -> bool:
    """Whether the project has ended, by its configuration: nobody needs to be warned about its work any more."""
    return facts.project.ended is not None and facts.project.ended < facts.today


def stepped(value: Decimal, steps: Sequence[Decimal], margin: Decimal) -> tuple[Decimal, Decimal]:
    """The highest step reached (0: none), and the highest that still counts as reached within the margin."""
    reached = max((step for step in steps if value >= step), default=ZERO)
    held = max((step for step in steps if value + margin > step), default=ZERO)
    return reached, max(reached, held)


def number(figure: Figure | None) -> Decimal | Unknown:
    """A figure's plain number; Unknown with the reason when it has none."""
    if figure is None:
        return Unknown(why="it is not measured")
    if isinstance(figure.value, (Decimal, Unknown)):
        return figure.value
    return figure.value.amount if isinstance(figure.value, Money) else Unknown(why="it is no number")


def shown(value: Decimal) -> str:
    """A number for a sentence: whole, or with one decimal."""
    return plain(value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def working_text(days: int) -> str:
    """`1 working day`, `3 working days`."""
    return f"{days} working day" if days == 1 else f"{days} working days"


def told_figure(figures: Mapping[str, Figure], *names: str) -> list[ReceiptLine]:
    """These figures as inputs, with their values; `sightline explain` opens them by the same names."""
    return [line(f"figure {name}", _told(figures[name].value, figures[name].unit)) for name in names if name in figures]


def _told(value: Value, unit: str) -> str:
    if isinstance(value, Unknown):
        return f"not known: {value.why}"
    if isinstance(value, Money):
        return money_text(value.amount, value.currency)
    if isinstance(value, Decimal):
        if unit == "hours":
            return hours_text(int(value * 3600))
        return shown(value) + {"percent": " %", "days": " d"}.get(unit, "")
    return str(value)


def listed(items: Sequence[Item]) -> str:
    """`WEB-1, WEB-4, WEB-7 and 2 more`."""
    names = ", ".join(item.task.key for item in items[:_NAMED])
    return names if len(items) <= _NAMED else f"{names} and {len(items) - _NAMED} more"


def listing(items: Iterable[tuple[Item, str]]) -> tuple[ReceiptLine, ...]:
    """One input for each item, with what is to be said of it; the first hundred."""
    return tuple(
        line(f"{item.task.key} {item.task.title}"[:200], said, (item.ref,))
        for item, said in list(items)[:REFS_PER_LINE]
    )


def day_of_moment(moment: dt.datetime, facts: Facts) -> dt.date:
    """The moment's day in the workspace's zone."""
    return day_in(moment, zone(facts.calendar.timezone))
