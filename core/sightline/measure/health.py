"""How a project stands, as a colour with its reason: by dimension, overall the worst. Missing data is grey, never green.

No universal thresholds exist; the published sets here are named after their source and the workspace picks one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.model.figures import Unknown
from sightline.model.foresight import Colour

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["RULE_SETS", "Band", "Colour", "Verdict", "judged", "overall", "with_hysteresis"]

_ORDER: tuple[Colour, ...] = ("green", "grey", "amber", "red")


class Band(NamedTuple):
    """Where a value (more is worse) turns: green up to `green_to`, red beyond `red_beyond`; which bounds are included."""

    green_to: Decimal
    red_beyond: Decimal
    red_included: bool = False
    green_included: bool = True

    def colour(self, value: Decimal) -> Colour:
        """The colour of one value."""
        if value > self.red_beyond or (self.red_included and value == self.red_beyond):
            return "red"
        inside = value <= self.green_to if self.green_included else value < self.green_to
        return "green" if inside else "amber"


#: Bands by rule set and dimension. `slip_days` in calendar days, percents 0-100, `below_one_pct` = 100 x (1 - SPI(t)).
RULE_SETS: Mapping[str, Mapping[str, Band]] = {
    # SSP projects PMO (documentine.com): slip a week, a month; cost 10 % or 10 days, 20 % or 20 days.
    "ssp_pmo": {
        "slip_days": Band(Decimal(7), Decimal(30)),
        "cost_over_pct": Band(Decimal(10), Decimal(20), red_included=True),
        "cost_over_days": Band(Decimal(10), Decimal(20), red_included=True),
    },
    # projectmanagement.com practice: variance of 4 % and 7 %.
    "variance_4_7": {"variance_pct": Band(Decimal(4), Decimal(7), red_included=True, green_included=False)},
    # Thresholds of an engine's public tests: SPI(t) 0.95 and 0.88.
    "schedule_index": {"below_one_pct": Band(Decimal(5), Decimal(12))},
}


class Verdict(NamedTuple):
    """A colour and the sentence that says why."""

    colour: Colour
    reason: str


def judged(values: Mapping[str, Decimal | Unknown], bands: Mapping[str, Band]) -> dict[str, Verdict]:
    """The verdict of each dimension that has a value and a band; an unknown value is grey with its reason."""
    verdicts = {}
    for name, value in values.items():
        if name not in bands:
            continue
        if isinstance(value, Unknown):
            verdicts[name] = Verdict("grey", f"{name}: {value.why}")
            continue
        band = bands[name]
        bounds = f"green to {band.green_to}, red {'from' if band.red_included else 'beyond'} {band.red_beyond}"
        verdicts[name] = Verdict(band.colour(value), f"{name} is {value} ({bounds})")
    return verdicts


def overall(colours: Sequence[Colour]) -> Colour:
    """The worst; grey outweighs green (never green by lack of data) but not a known warning; grey without any."""
    return max(colours, key=_ORDER.index) if colours else "grey"


def with_hysteresis(before: Colour | None, last: Colour, now: Colour) -> Colour:
    """The colour to show: a better one must hold for two status dates, a worse or grey one shows at once.

    `before` is what was shown last (None: never), `last` the verdict then, `now` today's.
    """
    if before is None or _ORDER.index(now) >= _ORDER.index(before) or now == "grey":
        return now
    return now if last == now else before
