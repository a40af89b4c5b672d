"""`sightline flow`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from sightline.measure.diagnosis import Diagnosis

__all__ = ["flow"]

#: So many of the oldest tasks are named.
_MOST = 8


@click.command()
@click.argument("project")
@as_json_option
@click.pass_obj
def flow(obj: dict[str, Any], project: str, as_json: bool) -> None:
    """Where the work of a PROJECT stands still: time in each status, queues, bottleneck, oldest tasks, work by person."""
    from sightline.app.flowing import flow_of
    from sightline.app.session import Session
    from sightline.model.figures import Unknown

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        name, found = flow_of(session, project)
    if isinstance(found, Unknown):
        if as_json:
            print_json({"project": name, "unknown": found.why})
        else:
            out().print(f"{plain(name)}: {plain(found.why)}")
    elif as_json:
        print_json(_json(name, found))
    else:
        _show(name, found)


def _show(name: str, found: Diagnosis) -> None:
    from sightline.model.figures import Unknown

    console = out()
    heads = [("status", "left"), ("", "left"), ("days of all tasks", "right"), ("of time in work", "right")]
    heads += [("median days", "right"), ("now", "right"), ("came", "right"), ("went", "right"), ("grew", "right")]
    rows = [
        [
            one.status,
            one.state,
            f"{one.days:.1f}",
            f"{one.share:.0f} %" if one.state == "in_progress" else "",
            _number(one.median_days),
            str(one.now),
            str(one.arrived),
            str(one.left),
            f"{one.growth:+d}",
        ]
        for one in found.queues
    ]
    console.print(table(f"FLOW  {plain(name)}, the last 28 days", heads, rows))
    neck = found.bottleneck
    console.print(f"bottleneck: {plain(neck.why if isinstance(neck, Unknown) else neck)}")
    cycle = ", ".join(f"{share} % within {_number(days)} days" for share, days in found.cycle.items())
    console.print(f"from start to finish: {cycle}; finished {found.finished}, new {found.arrived}")
    active = found.efficiency
    console.print(f"active of all time in work: {active.why if isinstance(active, Unknown) else f'{active:.0f} %'}")
    people = ", ".join(f"{plain(person) or 'nobody'} {count}" for person, count in found.by_person.items())
    console.print(f"in work by person: {people or '-'}")
    if found.oldest:
        lines = [[one.title, one.status, f"{one.days} d", one.person or "-"] for one in found.oldest[:_MOST]]
        console.print(
            table("OLDEST IN WORK", [("task", "left"), ("status", "left"), ("age", "right"), ("who", "left")], lines)
        )


def _number(value: Any) -> str:
    from sightline.model.figures import Unknown

    return "?" if isinstance(value, Unknown) else f"{value:.1f}"


def _json(name: str, found: Diagnosis) -> dict[str, Any]:
    return {
        "project": name,
        "statuses": [
            {**{key: _value(value) for key, value in one._asdict().items()}, "growth": one.growth}
            for one in found.queues
        ],
        "bottleneck": _value(found.bottleneck),
        "in_work_by_person": found.by_person,
        "oldest": [{**one._asdict(), "task": str(one.task)} for one in found.oldest],
        "cycle_days": {str(share): _value(days) for share, days in found.cycle.items()},
        "finished": found.finished,
        "arrived": found.arrived,
        "active_percent": _value(found.efficiency),
    }


def _value(value: Any) -> Any:
    from sightline.model.figures import Unknown

    return {"unknown": value.why} if isinstance(value, Unknown) else value
