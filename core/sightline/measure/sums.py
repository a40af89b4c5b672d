"""Figures of a client from those of its projects: sums by currency that always equal their parts, ratios of the sums.

An unknown part makes the whole unknown, with how many and what the known ones come to. Accrued and deferred revenue
stay apart: they are never netted over contracts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.exact import ZERO
from sightline.measure.profit import gross_margin
from sightline.measure.receipts import hours_text, line, money_text
from sightline.model.figures import Figure, Receipt, Unknown
from sightline.model.money import Money

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from sightline.model.figures import Unit, Value

__all__ = ["ADDED", "Added", "Part", "added", "client_figures"]

#: Figures of a client that are the sum of its projects' figures of the same name.
ADDED = (
    "hours", "hours_billable", "billable_value", "billing_hours", "invoiced", "revenue", "paid", "outstanding", "overdue",
    "unused_credit",    "owed_0_30", "owed_31_60", "owed_61_90", "owed_91_120", "owed_over_120", "earned", "accrued", "deferred", "wip",
    "bill_ready", "purchases", "cost", "profit", "leakage_days", "time_findings",
)  # fmt: skip
#: A project to which the figure does not apply is no gap in the sum.
_NOT_APPLICABLE = ("is not billed by the hour", "nobody is billed for it", "nothing was agreed with a client")


class Part(NamedTuple):
    """One project's figure, as far as a sum needs it."""

    project: str
    name: str
    value: Value
    unit: Unit
    oldest_input: dt.datetime | None


class Added(NamedTuple):
    """Sums of one figure over projects: per currency (None: no money), the parts, and the projects without a value."""

    sums: dict[str | None, Decimal]
    parts: list[Part]
    unknown: list[Part]


def added(name: str, figures: Iterable[Part]) -> Added:
    """The figures of that name added up, each currency for itself."""
    sums: dict[str | None, Decimal] = {}
    parts: list[Part] = []
    unknown: list[Part] = []
    for figure in figures:
        if figure.name != name:
            continue
        if isinstance(figure.value, Unknown):
            if not any(text in figure.value.why for text in _NOT_APPLICABLE):
                unknown.append(figure)
            continue
        amount = figure.value.amount if isinstance(figure.value, Money) else figure.value
        if isinstance(amount, Decimal):
            code = figure.value.currency if isinstance(figure.value, Money) else None
            sums[code] = sums.get(code, ZERO) + amount
            parts.append(figure)
    return Added(sums, parts, unknown)


def client_figures(client: str, parts: Iterable[Part], as_of: dt.datetime, names: Mapping[str, str]) -> list[Figure]:
    """All figures of a client from its projects'; `names` are the projects' names (by id) for the receipts."""
    by_name: dict[str, list[Part]] = {}
    for part in parts:
        by_name.setdefault(part.name, []).append(part)
    found = [one for name in ADDED for one in _sums(client, name, by_name.get(name, []), as_of, names)]
    return [*found, _margin(client, found, as_of)]


def _sums(
    client: str, name: str, every: Sequence[Part], as_of: dt.datetime, names: Mapping[str, str]
) -> Iterable[Figure]:
    result = added(name, every)
    for currency, amount in sorted(result.sums.items(), key=lambda row: row[0] or ""):
        parts = [one for one in result.parts if not isinstance(one.value, Money) or one.value.currency == currency]
        whole = Money(amount=amount, currency=currency) if currency else amount
        lines = [line(names.get(one.project, one.project), _text(one)) for one in parts]
        lines += [line(f"{names.get(one.project, one.project)}: not known", "not counted") for one in result.unknown]
        known = Decimal(len(parts)) / (len(parts) + len(result.unknown))
        said = f"; the known {'projects' if parts else 'part'} come to {_amount(whole)}"
        yield Figure(
            name=name,
            value=Unknown(why=f"not known for {len(result.unknown)} projects{said}") if result.unknown else whole,
            unit=parts[0].unit,
            as_of=as_of,
            method="sum over the client's projects",
            client=client,
            currency=currency,
            coverage=known,
            oldest_input=min((one.oldest_input for one in parts if one.oldest_input), default=None),
            receipt=Receipt(
                formula=f"sum of `{name}` over the projects",
                lines=tuple(lines),
                source="Sum of the figures of its projects; currencies apart",
            ),
        )


def _amount(value: Money | Decimal) -> str:
    return money_text(value.amount, value.currency) if isinstance(value, Money) else f"{value:f}"


def _text(figure: Part) -> str:
    if isinstance(figure.value, Money):
        return money_text(figure.value.amount, figure.value.currency)
    if isinstance(figure.value, Decimal) and figure.unit == "hours":
        return hours_text(int(figure.value * 3600))
    return str(figure.value)


def _margin(client: str, found: Sequence[Figure], as_of: dt.datetime) -> Figure:
    """Of the client's own sums, in one currency; indices are never averaged."""
    revenue = [one.value for one in found if one.name == "revenue"]
    profit = [one.value for one in found if one.name == "profit"]
    value: Decimal | Unknown = Unknown(why="revenue or profit is not known, or in several currencies")
    lines = []
    if len(revenue) == len(profit) == 1:
        sold, left = revenue[0], profit[0]
        if isinstance(sold, Money) and isinstance(left, Money) and sold.currency == left.currency:
            value = gross_margin(sold.amount, sold.amount - left.amount)
            lines = [line("revenue", _amount(sold)), line("profit", _amount(left))]
    return Figure(
        name="margin",
        value=value,
        unit="percent",
        as_of=as_of,
        method="profit / revenue of all the client's projects",
        client=client,
        receipt=Receipt(
            formula="100 x profit / revenue", lines=tuple(lines), source="(revenue - direct cost) / revenue"
        ),
    )
