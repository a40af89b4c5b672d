"""`sightline changed`: what changed between two days."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from sightline.app.changed import Changed
    from sightline.model.figures import Value

__all__ = ["changed"]

_DAY = click.DateTime(formats=["%Y-%m-%d"])
#: Kinds of change in the order in which they are told.
_ORDER = "added gone done reopened cancelled due start estimate points people status".split()


@click.command()
@click.argument("project", required=False)
@click.option("--from", "first", type=_DAY, required=True, metavar="DAY", help="As it was at the end of this day …")
@click.option("--to", "last", type=_DAY, metavar="DAY", help="… and of this one (default: now).")
@click.option("--as-known", is_flag=True, help="What could be known on those days, not what was so at the source.")
@as_json_option
@click.pass_obj
def changed(
    obj: dict[str, Any],
    project: str | None,
    first: dt.datetime,
    last: dt.datetime | None,
    as_known: bool,
    as_json: bool,
) -> None:
    """What changed in PROJECT (default: in all): tasks, dates, estimates, scope, notes and figures."""
    from sightline.app.changed import changed as run
    from sightline.app.session import Session
    from sightline.model.time import day_in, zone

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        today = day_in(session.clock.now(), zone(session.workspace.calendar.timezone))
        until = last.date() if last else today
        found = run(session, project, first.date(), until, clock="learnt" if as_known else "source")
    if as_json:
        print_json({"changes": [_json(one) for one in found]})
        return
    for one in found:
        _show(one)
    if not found:
        out().print("nothing changed")


def _show(one: Changed) -> None:
    from sightline.present.text import value_text

    console = out()
    console.print(plain(f"{one.name}   from the end of {one.starts} to the end of {one.ends}"), style="bold")
    steps = sorted(one.steps, key=lambda step: (_ORDER.index(step.what), step.key))
    rows = [[step.what, step.key, step.title, step.before, step.after] for step in steps]
    rows += [
        [note_.kind, "", note_.text, None, note_.outcome or "asked" if note_.kind in ("question", "approval") else ""]
        for note_ in one.notes
    ]
    columns = [("what", "left"), ("task", "left"), ("title", "left"), ("before", "left"), ("after", "left")]
    console.print(table(None, columns, rows) if rows else "no task changed")
    moved = [
        [
            after.name + (f" ({after.currency})" if after.currency else ""),
            value_text(before.value, before.unit),
            value_text(after.value, after.unit),
        ]
        for before, after in one.figures
    ]
    # What differs by less than is shown is in the JSON; here it would only puzzle.
    shown = [row for row in moved if row[1] != row[2]]
    if shown:
        console.print(table(None, [("figure", "left"), ("before", "left"), ("after", "left")], shown))


def _json(one: Changed) -> dict[str, Any]:
    return {
        "project": one.project,
        "from": one.starts,
        "to": one.ends,
        "tasks": [
            {"what": s.what, "task": str(s.ref), "key": s.key, "title": s.title, "before": s.before, "after": s.after}
            for s in one.steps
        ],
        "notes": [{"id": n.id, "kind": n.kind, "text": n.text, "at": n.at, "outcome": n.outcome} for n in one.notes],
        "figures": [
            {
                "figure": after.name,
                "currency": after.currency,
                "before": _value(before.value),
                "after": _value(after.value),
            }
            for before, after in one.figures
        ],
    }


def _value(value: Value) -> Any:
    from sightline.model.figures import Unknown

    return None if isinstance(value, Unknown) else value
