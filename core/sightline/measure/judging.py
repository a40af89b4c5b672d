"""The health of a project, dimension by dimension: a colour, the input that set it, and when nothing can be said.

Inputs are the project's own figures. A dimension that does not apply (payment of internal work) is left out; one whose
input is missing is grey, and everything is while the data is stale. A better colour must hold for two status dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sightline.measure.exact import HUNDRED, ZERO, percent
from sightline.measure.flow import percentile
from sightline.measure.health import Band, overall, with_hysteresis
from sightline.measure.pace import finished_on, started_on
from sightline.measure.receipts import days_text, plain
from sightline.measure.work import work_of
from sightline.model.figures import Figure, Unknown, Value

if TYPE_CHECKING:
    from sightline.measure.health import Colour
    from sightline.model.facts import Facts
    from sightline.model.foresight import Bounds

__all__ = ["DIMENSIONS", "Input", "Judged", "judgements"]

#: Fewer finished tasks say nothing about how long one usually takes.
_FEW = 5
#: Of fewer tasks in progress than this, one counts as that part of them: a single old task is not yet a red project.
_WEIGHTY = 4
_TENTH = Decimal("0.1")


class Input(NamedTuple):
    """What one rule compares: a value of which more is worse, with its bounds, in words; Unknown when it is missing."""

    rule: str
    value: Decimal | Unknown
    bounds: Bounds
    said: str

    def colour(self) -> Colour:
        """The colour it sets; grey when the value is not known."""
        if isinstance(self.value, Unknown):
            return "grey"
        return Band(self.bounds.green_to, self.bounds.red_beyond).colour(self.value)

    def told(self) -> str:
        """The value and its bounds."""
        if isinstance(self.value, Unknown):
            return self.value.why
        return f"{self.said} (green to {plain(self.bounds.green_to)}, red beyond {plain(self.bounds.red_beyond)}: {self.rule})"


class Judged(NamedTuple):
    """One dimension: the colour shown, the verdict of the day, why, and the inputs."""

    dimension: str
    shown: Colour
    verdict: Colour
    reason: str
    inputs: tuple[Input, ...]
    brief: str = ""
    """The reason without the bounds, for lists."""


class _Figures:
    """The figures by name; the first of each name."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._held: dict[str, Figure] = {}
        for figure in figures:
            self._held.setdefault(figure.name, figure)

    def value(self, name: str) -> Value:
        """The value, or why there is none."""
        figure = self._held.get(name)
        return Unknown(why=f"{name} was not measured") if figure is None else figure.value

    def number(self, name: str) -> Decimal | Unknown:
        """The value where it is a number."""
        value = self.value(name)
        return value if isinstance(value, (Decimal, Unknown)) else Unknown(why=f"{name} is no number")


def judgements(facts: Facts, figures: Iterable[Figure]) -> list[Judged]:
    """All dimensions that apply, the overall colour (`""`) first."""
    held = _Figures(figures)
    stale = _stale(facts, held)
    found = [
        _judged(facts, name, inputs, stale)
        for name, ask in DIMENSIONS.items()
        if (inputs := ask(facts, held)) is not None
    ]
    colour = overall([one.shown for one in found])
    setting = [one for one in found if one.shown == colour]
    reason = "; ".join(f"{one.dimension}: {one.brief or one.reason}" for one in setting)
    verdict = overall([one.verdict for one in found])
    said = stale.why if stale is not None else "all is well" if colour == "green" else reason
    return [Judged("", colour, verdict, said, ()), *found]


def _stale(facts: Facts, held: _Figures) -> Unknown | None:
    """Why nothing can be judged at all: data too old, or never read."""
    age, limit = held.number("freshness"), facts.health.unread_hours.red_beyond
    if isinstance(age, Unknown):
        return age
    return Unknown(why=f"the data is {_rounded(age)} h old, more than {plain(limit)} h") if age > limit else None


def _judged(facts: Facts, name: str, inputs: Sequence[Input], stale: Unknown | None) -> Judged:
    known = [one for one in inputs if not isinstance(one.value, Unknown)]
    if stale is not None or not known:
        reason = stale.why if stale is not None else "; ".join(dict.fromkeys(one.told() for one in inputs))
        return Judged(name, "grey", "grey", reason, tuple(inputs))
    verdict = overall([one.colour() for one in known])
    before = facts.former.get(name)
    shown = verdict if before is None else with_hysteresis(before.shown, before.verdict, verdict)
    setting = [one for one in known if one.colour() == verdict]
    reason, brief = ("; ".join(texts) for texts in ([one.told() for one in setting], [one.said for one in setting]))
    if shown != verdict and before is not None:
        reason += f"; {verdict} today, {shown} until it holds for a second status date (before: {before.day})"
    return Judged(name, shown, verdict, reason, tuple(inputs), brief if shown == verdict else "")


def _rounded(value: Decimal) -> str:
    return plain(value.quantize(_TENTH))


def _less(first: Decimal | Unknown, second: Decimal | Unknown) -> Decimal | Unknown:
    if isinstance(first, Unknown):
        return first
    return second if isinstance(second, Unknown) else first - second


def _done(held: _Figures) -> Decimal | Unknown:
    by_estimate = held.number("progress_by_estimate")
    return by_estimate if not isinstance(by_estimate, Unknown) else held.number("progress_by_count")


def _points(value: Decimal | Unknown, said: str) -> str:
    return "" if isinstance(value, Unknown) else said.format(_rounded(value))


def _schedule(facts: Facts, held: _Figures) -> Sequence[Input] | None:
    """Done behind plan, and the forecast past the promise; a retainer goes on and has neither."""
    if facts.project.agreement is not None and facts.project.agreement.kind == "retainer":
        return None
    behind = _less(held.number("planned_percent"), _done(held))
    found = [Input("behind_points", behind, facts.health.behind_points, _behind(behind))]
    if (due := facts.project.due) is not None:
        slip, said = _slip(facts, held, due)
        found.append(Input("slip_days", slip, facts.health.slip_days, said))
    return found


def _behind(points: Decimal | Unknown) -> str:
    if isinstance(points, Unknown):
        return ""
    return f"{_rounded(abs(points))} points {'behind' if points >= 0 else 'ahead of'} the plan"


def _slip(facts: Facts, held: _Figures, due: dt.date) -> tuple[Decimal | Unknown, str]:
    """Calendar days past the promise: by the forecast at 85 %, at least those that have passed already."""
    finish = held.value("finish_85")
    leaves = work_of(facts).leaves
    if leaves and all(leaf.item.closed for leaf in leaves):
        return ZERO, "nothing is left to do"
    late = (facts.today - due).days if leaves else 0
    if isinstance(finish, dt.date):
        days = max((finish - due).days, late)
        return Decimal(days), f"the forecast at 85 %, {finish}, is {_past(days, due)}"
    if late > 0:
        return Decimal(late), f"promised for {due}, {days_text(late)} ago"
    return finish if isinstance(finish, Unknown) else Unknown(why="there is no forecast"), ""


def _past(days: int, due: dt.date) -> str:
    return f"{days_text(days)} past {due}" if days > 0 else f"{days_text(-days)} before {due}" if days else f"on {due}"


def _budget(facts: Facts, held: _Figures) -> Sequence[Input] | None:
    """What will have been used, and whether it is used faster than work is done."""
    agreement = facts.project.agreement
    if agreement is None or (agreement.kind == "internal" and not agreement.budget_seconds):
        return None
    used = held.number("budget_used_hours")
    if isinstance(used, Unknown) and agreement.kind in ("time_and_materials", "capped"):
        used = held.number("budget_used_money")
    done = _passed_share(facts) if agreement.kind == "retainer" else _done(held)
    ahead = _less(used, done)
    what = "of the period have passed" if agreement.kind == "retainer" else "are done"
    said = ""
    if isinstance(used, Decimal) and isinstance(done, Decimal):
        said = f"{_rounded(used)} % are used, {_rounded(done)} % {what}"
    found = [Input("burn_ahead_points", ahead, facts.health.burn_ahead_points, said)]
    if agreement.kind != "retainer" and agreement.budget_seconds:
        agreed = Decimal(agreement.budget_seconds) / 3600
        whole = held.number("eac_typical")
        over = whole if isinstance(whole, Unknown) else HUNDRED * (whole - agreed) / agreed
        said = "" if isinstance(whole, Unknown) else f"{_rounded(whole)} h at completion of {plain(agreed)} h agreed"
        found.append(Input("over_budget_percent", over, facts.health.over_budget_percent, said))
    return found


def _passed_share(facts: Facts) -> Decimal:
    """Percent of the month that has passed at the end of today: what a retainer's use is set against."""
    first = facts.today.replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return HUNDRED * (facts.today - first + dt.timedelta(days=1)).days / Decimal((following - first).days)


def _scope(facts: Facts, _held: _Figures) -> Sequence[Input] | None:
    """Work that came after the plan was frozen."""
    if facts.project.agreement is not None and facts.project.agreement.kind == "retainer":
        return None
    bounds, leaves = facts.health.scope_added_percent, work_of(facts).leaves
    if not facts.baselines:
        return [Input("scope_added_percent", Unknown(why="no baseline says what was planned"), bounds, "")]
    baseline = max(facts.baselines, key=lambda one: (one.approved_by is not None, one.frozen_at))
    planned = {item.task for item in baseline.items}
    weighed = all(leaf.estimate for leaf in leaves)
    weights = {leaf.ref: (leaf.estimate or ZERO) if weighed else Decimal(1) for leaf in leaves}
    added = sum((weight for ref, weight in weights.items() if ref not in planned), ZERO)
    whole = sum(weights.values(), ZERO) - added
    value = percent(added, whole, why="nothing that was planned is still there")
    by = "estimate" if weighed else "count"
    return [
        Input("scope_added_percent", value, bounds, _points(value, f"{{}} % added by {by} since {baseline.name!r}"))
    ]


def _flow(facts: Facts, _held: _Figures) -> Sequence[Input] | None:
    """Work in progress that has been so for longer than most of what was finished took; four tasks at least are counted."""
    leaves = work_of(facts).leaves
    if not leaves:
        return None
    took = [
        Decimal((done - begun).days)
        for leaf in leaves
        if (done := finished_on(facts, leaf)) is not None and (begun := started_on(facts, leaf)) is not None
    ]
    ages = [
        Decimal((facts.today - begun).days)
        for leaf in leaves
        if leaf.task.state == "in_progress" and (begun := started_on(facts, leaf)) is not None
    ]
    bounds = facts.health.aged_percent
    usual = percentile(took, Decimal("0.85"))
    if len(took) < _FEW or isinstance(usual, Unknown):
        why = f"too few finished tasks have a start and an end: {len(took)}, {_FEW} are needed"
        return [Input("aged_percent", Unknown(why=why), bounds, "")]
    aged = sum(age > usual for age in ages)
    value = HUNDRED * aged / max(len(ages), _WEIGHTY)
    said = f"{aged} of {len(ages)} tasks in progress are older than the {plain(usual)} days that 85 % took"
    return [Input("aged_percent", value, bounds, said)]


def _payment(facts: Facts, held: _Figures) -> Sequence[Input] | None:
    """The oldest invoice past its due day; with what is unbilled and planned, in one line."""
    if facts.project.client is None:
        return None
    line = held.value("payment_line")
    said = line if isinstance(line, str) else "nothing is overdue"
    return [Input("overdue_days", held.number("overdue_days"), facts.health.overdue_days, said)]


def _freshness(facts: Facts, held: _Figures) -> Sequence[Input]:
    age = held.number("freshness")
    return [Input("unread_hours", age, facts.health.unread_hours, _points(age, "the oldest source was read {} h ago"))]


def _margin(facts: Facts, held: _Figures) -> Sequence[Input] | None:
    """What the margin at completion lacks to what is aimed at. Internal."""
    agreement = facts.project.agreement
    if facts.project.client is None or agreement is None or agreement.kind in ("internal", "retainer"):
        return None
    margin = held.number("margin_at_completion")
    short = _less(facts.health.margin_target, margin)
    said = _points(margin, f"{{}} % at completion, {plain(facts.health.margin_target)} % are aimed at")
    return [Input("margin_short_points", short, facts.health.margin_short_points, said)]


_Ask = Callable[["Facts", _Figures], Sequence[Input] | None]

#: Dimension → what its rules compare; None where it does not apply.
DIMENSIONS: Mapping[str, _Ask] = {
    "schedule": _schedule,
    "budget": _budget,
    "scope": _scope,
    "flow": _flow,
    "payment": _payment,
    "freshness": _freshness,
    "margin": _margin,
}
