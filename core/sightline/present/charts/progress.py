"""Hours over time: plan, scope and done (the burn-up), and the use of a budget; lines carry their names."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sightline.measure.series import BudgetCurve, BurnUp, Point
from sightline.present.charts.base import Spec, chart, layer, when

__all__ = ["budget_burn", "hours_burn_up"]

#: Told apart by who sees fewer colours, too (Okabe and Ito); dashes and names say the same.
_BLUE, _ORANGE, _GREY, _DARK = "#0072b2", "#d55e00", "#8a9099", "#1b1f24"
_HEIGHT = 320
_HOURS = {"field": "hours", "type": "quantitative", "title": "hours"}


def hours_burn_up(title: str, found: BurnUp, *, today: dt.date, due: dt.date | None) -> Spec:
    """Hours planned, in scope and done at the end of each week, with today and the promised day."""
    lines = (
        _Line("plan", found.plan, _GREY, (6, 4)),
        _Line("scope", found.scope, _ORANGE, (1, 3)),
        _Line("done", found.done, _BLUE),
    )
    marks = [("today", today)] + ([("promised", due)] if due is not None else [])
    return _timeline(f"{title}: burn-up in hours", _burnt(found, today), lines, marks, None)


def budget_burn(title: str, found: BudgetCurve, *, today: dt.date) -> Spec:
    """Hours used over days against what was agreed, beside how the plan would use them."""
    used = found.used[-1].hours if found.used else Decimal(0)
    said = f"{_h(used)} h are used" + (f" of {_h(found.budget)} h agreed." if found.budget is not None else ".")
    lines = (_Line("planned", found.plan, _GREY, (6, 4)), _Line("used", found.used, _DARK))
    return _timeline(f"{title}: budget burn", said, lines, [("today", today)], found.budget)


class _Line:
    """One series and how it is drawn."""

    def __init__(self, name: str, points: tuple[Point, ...], colour: str, dash: tuple[int, int] | None = None) -> None:
        self.name, self.points, self.colour, self.dash = name, points, colour, dash

    def layers(self) -> list[Spec]:
        """The line, and its name at its end."""
        mark: dict[str, Any] = {"type": "line", "color": self.colour, "strokeWidth": 3}
        mark |= {"strokeDash": list(self.dash)} if self.dash is not None else {}
        mark |= {"interpolate": "step-after"} if self.name == "scope" else {}
        name = {"type": "text", "align": "left", "dx": 6, "color": self.colour, "fontWeight": "bold", "text": self.name}
        return [layer(mark, self.name, x=when(), y=_HOURS), layer(name, f"end of {self.name}", x=when(), y=_HOURS)]


def _timeline(
    title: str, said: str, lines: tuple[_Line, ...], marks: list[tuple[str, dt.date]], agreed: Decimal | None
) -> Spec:
    """The lines over days; `said` is the sentence for who cannot see them."""
    rows: list[dict[str, Any]] = []
    layers: list[Spec] = []
    for line in lines:
        if line.points:
            rows += [{"series": line.name, "day": day, "hours": hours} for day, hours in line.points]
            rows.append({"series": f"end of {line.name}", "day": line.points[-1].day, "hours": line.points[-1].hours})
            layers += line.layers()
    rule = {"type": "rule", "color": _GREY, "strokeDash": [2, 3]}
    for name, day in marks:
        rows.append({"series": name, "day": day})
        text = {"type": "text", "text": name, "align": "left", "baseline": "bottom", "dx": 4, "dy": -4, "y": _HEIGHT}
        layers += [layer(rule, name, x=when()), layer({**text, "color": _GREY}, name, x=when())]
    if agreed is not None:
        rows.append({"series": "agreed", "hours": agreed})
        text = {"type": "text", "text": f"agreed: {_h(agreed)} h", "align": "left", "dx": 4, "dy": -6, "x": 0}
        layers += [layer(rule, "agreed", y=_HOURS), layer({**text, "color": _GREY}, "agreed", y=_HOURS)]
    made = chart(title, rows, height=_HEIGHT, layer=layers, parse={"day": "date", "hours": "number"}, description=said)
    return made | {"title": {"text": title, "subtitle": said, "anchor": "start"}, "background": "white"}


def _burnt(found: BurnUp, today: dt.date) -> str:
    """What the picture shows, as a sentence: `104 of 400 h are done; 128 h were planned by 20 Nov.`."""
    done, scope = (points[-1].hours if points else Decimal(0) for points in (found.done, found.scope))
    planned = [point.hours for point in found.plan if point.day <= today]
    plan = f"; {_h(planned[-1])} h were planned by {today.day} {today:%b}" if planned else ""
    return f"{_h(done)} of {_h(scope)} h are done{plan}."


def _h(value: Decimal) -> str:
    return f"{value:.1f}".removesuffix(".0")
