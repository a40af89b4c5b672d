"""`sightline task`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from sightline.app.task import TaskView, Tied

__all__ = ["show_ties", "task", "tie_json"]


@click.command()
@click.argument("key")
@as_json_option
@click.pass_obj
def task(obj: dict[str, Any], key: str, as_json: bool) -> None:
    """One task, whatever tool it is in: KEY is source:key, its key alone if it is clear, or its web address.

    Shows where it counts, its history, the time booked on it, and the commits, pull requests, invoice lines and tasks
    it is tied to; and what was corrected here.
    """
    from sightline.app.session import Session
    from sightline.app.task import task_view

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        view = task_view(session, key)
    if as_json:
        print_json(_json(view))
    else:
        _show(view)


def _show(view: TaskView) -> None:
    console, held = out(), view.task
    console.print(plain(f"{view.source}:{held.key}  {held.title}"), style="bold")
    counted = f"a copy of {view.counted_as}, counted there" if view.counted_as else (view.project or "no project")
    facts = {
        "counts in": counted,
        "scope": view.scope,
        "kind": held.kind,
        "status": f"{held.status} ({held.state}{f', waits on {held.waiting_on}' if held.waiting_on else ''})",
        "assigned": ", ".join(view.assignees),
        "due": held.due_on,
        "completed": held.completed_at.date() if held.completed_at else None,
        "estimate": _hours(held.estimate_seconds),
        "spent": _hours(sum(entry.record.seconds for entry, _, _ in view.time)),
        "parent": view.parent,
        "children": ", ".join(view.children),
        "address": held.url,
    }
    for name, value in facts.items():
        if value:
            console.print(f"  {name:<10} {plain(value)}")
    for one in view.corrections:
        for text in one.notes:
            console.print(f"  {plain(text)}  [{plain(one.ref)}]", style="yellow", markup=False)
    if view.history:
        rows: list[list[object]] = [
            [f"{step.at:%Y-%m-%d %H:%M}", step.field, step.from_value or "", step.to_value or "", who or ""]
            for step, who in view.history
        ]
        columns = [(name, "left") for name in ("at", "field", "from", "to", "by")]
        console.print(table("history", columns, rows))
    if view.time:
        rows = [
            [f"{e.source}:{e.record.id}", e.record.day, who or "", _hours(e.record.seconds), _yes(e.record.billable), project or "", e.record.note or ""]
            for e, who, project in view.time
        ]  # fmt: skip
        names = ("entry", "day", "person", "time", "billable", "counts in", "note")
        console.print(table("time", [(name, "right" if name == "time" else "left") for name in names], rows))
    show_ties(view)


def show_ties(view: TaskView) -> None:
    """What the task is tied to, and by what."""
    if not view.ties:
        click.echo("tied to nothing")
        return
    rows: list[list[object]] = [[tie.on or "", tie.kind, tie.ref.source, tie.text, tie.how] for tie in view.ties]
    columns = [(name, "left") for name in ("on", "what", "source", "", "found by")]
    out().print(table("tied to", columns, rows))


def _hours(seconds: int | None) -> str:
    return f"{seconds // 3600} h {seconds % 3600 // 60:02} min" if seconds else ""


def _yes(value: bool | None) -> str:
    return {True: "yes", False: "no"}.get(value, "") if value is not None else ""


def tie_json(tie: Tied) -> dict[str, Any]:
    """A tie for programs."""
    return {
        "source": tie.ref.source,
        "table": tie.ref.kind,
        "id": tie.ref.id,
        "line": tie.part or None,
        "kind": tie.kind,
        "text": tie.text,
        "url": tie.url,
        "found_by": tie.how,
        "day": tie.on,
    }


def _json(view: TaskView) -> dict[str, Any]:
    held = view.task
    plain_fields = ("id", "key", "url", "title", "kind", "status", "state", "waiting_on", "due_on", "estimate_seconds")
    return {
        "source": view.source,
        "scope": view.scope,
        **{name: getattr(held, name) for name in plain_fields},
        "project": view.project,
        "counted_as": view.counted_as,
        "assignees": list(view.assignees),
        "parent": view.parent,
        "children": list(view.children),
        "history": [
            {"at": s.at, "field": s.field, "from": s.from_value, "to": s.to_value, "by": who} for s, who in view.history
        ],
        "time": [
            {
                "source": e.source,
                "id": e.record.id,
                "day": e.record.day,
                "person": who,
                "seconds": e.record.seconds,
                "billable": e.record.billable,
                "project": project,
            }
            for e, who, project in view.time
        ],
        "items": [{"list": i.list, "title": i.title, "state": i.state, "due_on": i.due_on} for i in view.items],
        "ties": [tie_json(tie) for tie in view.ties],
        "corrections": [
            {"table": one.ref.kind, "source": one.ref.source, "id": one.ref.id, "notes": list(one.notes)}
            for one in view.corrections
        ],
    }
