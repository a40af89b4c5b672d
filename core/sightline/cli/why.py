"""`sightline why`: the slip ledger of one project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from sightline.app.why import Why
    from sightline.measure.slip import Days, Part, Points

__all__ = ["as_of_options", "why"]

#: So many tasks are named beside a reason.
_KEYS = 8
DAY = click.DateTime(formats=["%Y-%m-%d"])


def as_of_options(command: Any) -> Any:
    """Adds `--as-of` and `--as-known`."""
    known = "What could be known on that day: only what had been read by then."
    command = click.option("--as-known", is_flag=True, help=known)(command)
    return click.option("--as-of", type=DAY, metavar="DAY", help="As it was at the end of that day.")(command)


@click.command()
@click.argument("project")
@as_of_options
@as_json_option
@click.pass_obj
def why(obj: dict[str, Any], project: str, as_of: dt.datetime | None, as_known: bool, as_json: bool) -> None:
    """Why PROJECT is where it is: planned, done, promised, forecast, the reasons that add up, and what gets it back."""
    from sightline.app.session import Session
    from sightline.app.why import why as run

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        found = run(session, project, as_of=as_of.date() if as_of else None, clock="learnt" if as_known else "source")
    if as_json:
        print_json(_json(found))
    else:
        _show(found)


def _show(found: Why) -> None:
    from sightline.model.figures import Unknown
    from sightline.present.why import amount_text, remedy_text, wait_text

    console, facts = out(), found.facts
    title = f"{facts.client.name if facts.client else '(internal)'} / {facts.project.name}   as of {facts.as_of:%a %d %b %Y %H:%M} UTC"
    console.print(plain(title), style="bold")
    if isinstance(found.points, Unknown):
        console.print(f"planned and done cannot be compared: {plain(found.points.why)}")
    else:
        _show_points(found, found.points)
    if isinstance(found.days, Unknown):
        console.print(f"promised and forecast cannot be compared: {plain(found.days.why)}")
    else:
        _show_days(found, found.days)
    if found.likely:
        told = ", ".join(f"{share} % by {day:%d %b %Y}" for share, day in found.likely)
        console.print(f"by the pace of the past instead (`sightline forecast`): {told}")
    if found.remedies:
        console.print("back on track: " + plain("; ".join(remedy_text(facts, one) for one in found.remedies)))
    if found.waits:
        total = sum(days for _, days in found.waits)
        items = "1 item" if len(found.waits) == 1 else f"{len(found.waits)} items"
        console.print(f"waiting now: {items}, {total} working days in total")
        for wait, days in found.waits:
            turn = "our turn" if wait.on == "us" else wait.on
            console.print(f"  {days:>3} d  {turn:<9} {plain(wait_text(facts, wait))}   [{plain(wait.where)}]")
    lacking = [one for one in facts.sources if one.status != "complete"]
    for state in lacking:
        console.print(f"! {state.source} is {state.status}: {plain(state.reason or 'never read')}", style="yellow")
    if not isinstance(found.days, Unknown) and found.days.schedule.undated:
        console.print(f"{len(found.days.schedule.undated)} open tasks have no day and are not in the forecast")
    if not isinstance(found.days, Unknown):
        share = amount_text(Fraction(len(found.days.schedule.pieces)))
        console.print(f"model: {share} tasks, {plain(found.days.schedule.basis)}, at the plan's own pace", style="dim")


def _show_points(found: Why, points: Points) -> None:
    from sightline.measure.slip import TITLES
    from sightline.present.text import percent_text
    from sightline.present.why import amount_text

    console = out()
    keys = {task.ref: task.record.key for task in found.facts.tasks}
    gap = -points.gap
    total = abs(sum((Fraction(part.shown) for part in points.parts), Fraction(0)))
    unit = {"hours": "h", "points": "pts"}[points.unit]
    state = "behind" if points.gap > 0 else "ahead" if points.gap < 0 else "as planned"
    console.print(
        f"planned {percent_text(_decimal(points.planned))} %   done {percent_text(_decimal(points.done))} %   "
        f"gap {'+' if gap > 0 else ''}{amount_text(gap)} pts"
        + (f" = {amount_text(total)} h of work" if points.gap and points.unit == "hours" else "")
        + f" ({state})"
    )
    rows = [
        [
            f"{amount_text(part.shown)} {unit}",
            TITLES[part.cause],
            _listed([keys.get(ref, ref.id) for ref in part.tasks]),
        ]
        for part in points.parts
    ]
    if rows:
        console.print(table(None, [(points.unit, "right"), ("of it", "left"), ("tasks", "left")], rows))


def _listed(keys: Sequence[str]) -> str:
    """The first few, each once, and how many more there are."""
    found = list(dict.fromkeys(keys))
    more = f" and {len(found) - _KEYS} more" if len(found) > _KEYS else ""
    return ", ".join(found[:_KEYS]) + more


def _show_days(found: Why, days: Days) -> None:
    from sightline.measure.slip import TITLES
    from sightline.present.why import part_text, record_text

    console = out()
    late = "late" if days.gap > 0 else "early" if days.gap < 0 else "on the day"
    console.print(
        f"promised {days.promised:%d %b %Y} -> forecast {days.forecast:%d %b %Y} at the plan's pace   "
        f"{days.gap:+d} working days ({late})"
    )
    rows = [
        [f"{part.shown} d", TITLES[part.cause], part_text(found.facts, days, part), record_text(part)]
        for part in _shown(days)
    ]
    columns = [("days", "right"), ("reason", "left"), ("what the records say", "left"), ("records", "left")]
    console.print(table(None, columns, rows))


def _shown(days: Days) -> list[Part]:
    """The parts, and what is unexplained even when that is nothing."""
    from decimal import Decimal

    from sightline.measure.slip import Part

    parts = list(days.parts)
    if not any(part.cause == "unexplained" for part in parts):
        parts.append(Part("unexplained", Fraction(0), Decimal(0)))
    return parts


def _decimal(value: Fraction) -> Any:
    from decimal import Decimal

    return Decimal(value.numerator) / value.denominator


def _json(found: Why) -> dict[str, Any]:
    from sightline.model.figures import Unknown
    from sightline.present.why import remedy_text

    facts, points, days = found.facts, found.points, found.days
    told: dict[str, Any] = {"project": facts.project.id, "as_of": facts.as_of}
    if isinstance(points, Unknown):
        told["progress"] = {"why_unknown": points.why}
    else:
        told["progress"] = {
            "planned_percent": _decimal(points.planned),
            "done_percent": _decimal(points.done),
            "gap_points": _decimal(-points.gap),
            "unit": points.unit,
            "gap": sum(part.shown for part in points.parts),
            "parts": [
                {"reason": part.cause, "amount": part.shown, "tasks": [str(ref) for ref in dict.fromkeys(part.tasks)]}
                for part in points.parts
            ],
            "basis": points.basis,
        }
    if isinstance(days, Unknown):
        told["finish"] = {"why_unknown": days.why}
    else:
        told["finish"] = {
            "promised": days.promised,
            "forecast": days.forecast,
            "gap_days": days.gap,
            "parts": [_part_json(found, days, part) for part in _shown(days)],
            "basis": days.schedule.basis,
            "assumed_answer": days.schedule.answered_on,
            "undated": [str(ref) for ref in days.schedule.undated],
        }
    told["likely"] = [{"percent": share, "day": day} for share, day in found.likely]
    told["remedies"] = [
        {
            "kind": one.kind, "task": str(one.piece.task.ref) if one.piece else None, "days": one.days,
            "on": one.on, "text": remedy_text(facts, one),
        }
        for one in found.remedies
    ]  # fmt: skip
    told["waits"] = [wait_json(wait, days_) for wait, days_ in found.waits]
    return told


def _part_json(found: Why, days: Days, part: Part) -> dict[str, Any]:
    from sightline.present.why import part_text

    return {
        "reason": part.cause,
        "days": int(part.shown),
        "exact_days": f"{part.exact.numerator}/{part.exact.denominator}",
        "text": part_text(found.facts, days, part),
        "evidence": [
            {"task": str(one.piece.task.ref), "key": one.piece.task.record.key, "days": _decimal(one.recorded),
             "effect": _decimal(one.effect)}
            for one in part.evidence
        ],
    }  # fmt: skip


def wait_json(wait: Any, days: int) -> dict[str, Any]:
    """A wait as JSON."""
    return {
        "on": wait.on, "since": wait.since, "until": wait.until, "days": days, "what": wait.what,
        "where": wait.where, "task": str(wait.task) if wait.task else None, "note": wait.note, "due": wait.due,
    }  # fmt: skip
