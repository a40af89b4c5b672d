"""Charts of what is ahead and how it went: burn-up with forecast band, workload, health by week, flow, cycle times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from sightline.present.charts.base import COLOURS, Spec, chart, colour_of, layer, when

__all__ = ["BurnPoint", "LoadBar", "burn_up", "cumulative_flow", "cycle_times", "health_by_week", "workload"]

_BLUE, _DARK, _PALE = "#1f5673", "#37474f", "#9db8c6"
_NAMED = (50, 85, 95)
_STATES = ("done", "in progress", "to do")


class BurnPoint(NamedTuple):
    """Tasks in scope and done at the end of a day."""

    day: dt.date
    scope: int
    done: int


class LoadBar(NamedTuple):
    """Hours planned and hours there, of a person in a week."""

    person: str
    week: dt.date
    load: Decimal
    capacity: Decimal


def burn_up(
    title: str,
    points: Sequence[BurnPoint],
    plan: Sequence[tuple[dt.date, int]],
    finish: Mapping[int, dt.date],
    due: dt.date | None,
) -> Spec:
    """Tasks planned, in scope and done by day; from today the band between the forecast at 50 and 95 %; the promise."""
    rows: list[dict[str, object]] = [{"series": "plan", "day": day, "tasks": tasks} for day, tasks in plan]
    rows += [{"series": "scope", "day": point.day, "tasks": point.scope} for point in points]
    rows += [{"series": "done", "day": point.day, "tasks": point.done} for point in points]
    rows += _band(points[-1], finish) if finish else []
    if due is not None:
        rows.append({"series": "promised", "day": due, "said": f"promised {due:%d %b}"})
    tasks, said = {"field": "tasks", "type": "quantitative", "title": "tasks"}, {"field": "said"}
    lines = {"type": "line", "interpolate": "step-after"}
    named = colour_of("series", ("plan", "scope", "done"), ("#f2b84b", _DARK, _BLUE))
    red = {"type": "text", "color": COLOURS["red"], "align": "left", "dx": 4, "y": 8}
    layers = [
        layer({"type": "area", "color": "#d7e3ea"}, "band", x=when(), y=tasks, y2={"field": "low"}),
        layer({**lines, "strokeDash": [4, 3]}, "plan", x=when(), y=tasks, color=named),
        layer({**lines, "strokeDash": [2, 2]}, "scope", x=when(), y=tasks, color=named),
        layer({**lines, "strokeWidth": 3}, "done", x=when(), y=tasks, color=named),
        layer({"type": "point", "color": _BLUE, "filled": True}, "forecast", x=when(), y=tasks),
        layer({"type": "text", "dy": -10, "color": _BLUE}, "forecast", x=when(), y=tasks, text=said),
        layer({"type": "rule", "color": COLOURS["red"]}, "promised", x=when()),
        layer(red, "promised", x=when(), text=said),
    ]
    return chart(title, rows, layer=layers, parse={"day": "date"})


def _band(last: BurnPoint, finish: Mapping[int, dt.date]) -> list[dict[str, object]]:
    """From what is done today to the whole scope, on the earliest and on the latest day of the forecast."""
    first, latest = min(finish.values()), max(finish.values())
    band: list[dict[str, object]] = [
        {"series": "band", "day": last.day, "tasks": last.done, "low": last.done},
        {"series": "band", "day": first, "tasks": last.scope, "low": _between(last, latest, first)},
        {"series": "band", "day": latest, "tasks": last.scope, "low": last.scope},
    ]
    points = ((day, f"{share} %" if share in _NAMED else "") for share, day in finish.items())
    return band + [{"series": "forecast", "day": day, "tasks": last.scope, "said": said} for day, said in points]


def _between(last: BurnPoint, latest: dt.date, day: dt.date) -> Decimal:
    """Tasks on `day` on the straight line from what is done to the whole scope on the latest day."""
    span = (latest - last.day).days
    part = Decimal((day - last.day).days) / span if span else Decimal(1)
    return last.done + part * (last.scope - last.done)


def workload(title: str, bars: Iterable[LoadBar]) -> Spec:
    """Each person's planned hours by week as a bar, the hours they are there as a mark on it."""
    rows = [
        {
            "person": bar.person,
            "week": bar.week,
            "load": bar.load,
            "capacity": bar.capacity,
            "state": "over" if bar.load > bar.capacity else "within",
        }
        for bar in bars
    ]
    axis = {"format": "%d %b", "labelAngle": -45}
    week = {"field": "week", "type": "ordinal", "timeUnit": "yearmonthdate", "title": None, "axis": axis}
    bar = layer(
        "bar",
        x=week,
        y={"field": "load", "type": "quantitative", "title": "hours"},
        color=colour_of("state", ("within", "over"), (_PALE, COLOURS["red"])),
    )
    tick = layer(
        {"type": "tick", "color": _DARK, "thickness": 2, "width": 26}, x=week,
        y={"field": "capacity", "type": "quantitative"},
    )  # fmt: skip
    made = chart(title, rows, parse={"load": "number", "capacity": "number", "week": "date"})
    for name in ("width", "height"):
        made.pop(name)
    made["facet"] = {"field": "person", "type": "nominal", "columns": 4, "title": None}
    made["columns"] = 4
    made["facet"].pop("columns")
    made["spec"] = {"width": 140, "height": 110, "layer": [bar, tick]}
    return made


def health_by_week(title: str, weeks: Iterable[tuple[str, dt.date, str]]) -> Spec:
    """(dimension or project, week, colour) as a grid of squares."""
    rows = [{"row": row, "week": week, "colour": colour} for row, week, colour in weeks]
    order = list(dict.fromkeys(row["row"] for row in rows))
    encoding = {
        "x": {
            "field": "week",
            "type": "ordinal",
            "timeUnit": "yearmonthdate",
            "title": "week of",
            "axis": {"format": "%d %b", "labelAngle": -45, "grid": False},
        },
        "y": {"field": "row", "type": "nominal", "sort": order, "title": None, "axis": {"grid": False}},
        "color": colour_of("colour", list(COLOURS), list(COLOURS.values())),
    }
    size = {"width": {"step": 30}, "height": {"step": 24}}
    made = chart(
        title,
        rows,
        mark={"type": "rect", "stroke": "white", "strokeWidth": 2},
        encoding=encoding,
        parse={"week": "date"},
    )
    return made | size


def cumulative_flow(title: str, days: Iterable[tuple[dt.date, Mapping[str, int]]]) -> Spec:
    """Tasks by state at the end of each day, stacked: done at the bottom, then in progress, then to do."""
    rows = [
        {"day": day, "state": state, "tasks": counts.get(state, 0), "order": place}
        for day, counts in days
        for place, state in enumerate(_STATES)
    ]
    return chart(
        title,
        rows,
        mark={"type": "area", "interpolate": "step-after"},
        encoding={
            "x": when(),
            "y": {"field": "tasks", "type": "quantitative", "stack": True, "title": "tasks"},
            "color": colour_of("state", _STATES, (_BLUE, "#f2b84b", "#c9ced3")),
            "order": {"field": "order"},
        },
        parse={"day": "date"},
    )


def cycle_times(title: str, items: Iterable[tuple[str, dt.date, int]], shares: Mapping[int, Decimal]) -> Spec:
    """(task, day finished, days it took) as points; percentiles of the days as lines."""
    rows: list[dict[str, object]] = [
        {"series": "task", "task": task, "day": day, "took": took} for task, day, took in items
    ]
    rows += [
        {"series": "line", "took": days, "said": f"{share} % within {days:.0f} d"} for share, days in shares.items()
    ]
    took = {"field": "took", "type": "quantitative", "title": "days from start to finish"}
    layers = [
        layer(
            {"type": "point", "filled": True, "color": _BLUE},
            "task",
            x=when(title="finished"),
            y=took,
            tooltip={"field": "task"},
        ),
        layer({"type": "rule", "color": COLOURS["red"], "strokeDash": [4, 3]}, "line", y=took),
        layer(
            {"type": "text", "align": "right", "dy": -6, "x": 636, "color": COLOURS["red"]},
            "line",
            y=took,
            text={"field": "said"},
        ),
    ]
    return chart(title, rows, layer=layers, parse={"day": "date", "took": "number"})
