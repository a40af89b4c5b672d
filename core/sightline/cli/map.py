"""`sightline map`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from sightline.app.mapping import MapView

__all__ = ["map_"]


@click.command("map")
@click.option(
    "--accept-skipped",
    is_flag=True,
    help="Accept the rows that could not be read: their source counts as complete without them.",
)
@click.option("--statuses", "show_statuses", is_flag=True, help="Show the whole table of statuses and what they mean.")
@as_json_option
@click.pass_obj
def map_(obj: dict[str, Any], accept_skipped: bool, show_statuses: bool, as_json: bool) -> None:
    """What is not mapped yet, heaviest first: people, scopes, statuses, money, rows that could not be read; with suggestions and their reasons. Confirm a person in sightline.toml under [people.ID], a scope under [projects.ID] include, a status under [statuses.SOURCE]."""
    from sightline.app.mapping import accept_skipped as accept
    from sightline.app.mapping import map_view
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        if accept_skipped:
            note(f"{accept(session)} rows accepted as unreadable")
        view = map_view(session)
    if as_json:
        print_json(_json(view))
    else:
        _show(view, whole_table=show_statuses)


def _show(view: MapView, *, whole_table: bool) -> None:
    console = out()
    if view.people:
        rows: list[list[object]] = [
            [
                row.account.source,
                row.account.record.name or row.account.record.username or row.account.record.id,
                f"{row.seconds / 3600:.1f} h" if row.seconds else "",
                "; ".join(f"{s.person} {s.score} ({', '.join(s.reasons)})" for s in row.suggestions[:2]),
            ]
            for row in view.people
        ]
        console.print(
            table(
                "accounts not matched to a person",
                [("source", "left"), ("account", "left"), ("time", "right"), ("perhaps", "left")],
                rows,
            )
        )
    if view.scopes:
        rows = [
            [s.source, s.key, s.name, s.tasks, f"{s.seconds / 3600:.1f} h" if s.seconds else ""] for s in view.scopes
        ]
        console.print(
            table(
                "scopes in no project",
                [("source", "left"), ("scope", "left"), ("name", "left"), ("tasks", "right"), ("time", "right")],
                rows,
            )
        )
    shown = view.table if whole_table else view.unmapped
    if shown:
        title = (
            "statuses in use" if whole_table else "statuses without a meaning (they count as unknown, never as done)"
        )
        rows = [[s.source, s.status, s.state, s.waiting_on or "", s.origin, s.tasks] for s in shown]
        console.print(
            table(
                title,
                [
                    ("source", "left"),
                    ("status", "left"),
                    ("means", "left"),
                    ("waits on", "left"),
                    ("by", "left"),
                    ("tasks", "right"),
                ],
                rows,
            )
        )
    if view.documents:
        rows = [
            [d["source"], d["kind"], d["number"], d["contact"], d["issued_on"], d["currency"], d["total"]]
            for d in view.documents
        ]
        columns = [
            ("source", "left"),
            ("kind", "left"),
            ("number", "left"),
            ("contact", "left"),
            ("issued", "left"),
            ("currency", "left"),
            ("total", "right"),
        ]
        foot = "  ".join(f"{kind} {currency} {total} ({number})" for kind, currency, number, total in view.sums)
        console.print(table("documents in no project", columns, rows, f"sums with tax: {foot}"))
    if view.overlaps:
        rows = [[task, counted, ", ".join(also)] for task, counted, also in view.overlaps]
        console.print(
            table(
                "tasks that several projects asked for",
                [("task", "left"), ("counts in", "left"), ("also asked for by", "left")],
                rows,
            )
        )
    for row in view.skipped:
        console.print(
            f"could not be read: {row['source']} {row['stream']} {plain(row['id'])}: {plain(row['reason'])}",
            style="yellow",
        )
    if not any((view.people, view.scopes, view.unmapped, view.documents, view.overlaps, view.skipped)):
        console.print("everything is mapped")


def _json(view: MapView) -> dict[str, Any]:
    return {
        "people": [
            {
                "source": row.account.source,
                "account": row.account.record.id,
                "name": row.account.record.name,
                "seconds": row.seconds,
                "suggestions": [
                    {"person": s.person, "score": s.score, "reasons": list(s.reasons)} for s in row.suggestions
                ],
            }
            for row in view.people
        ],
        "scopes": [
            {"source": s.source, "scope": s.key, "name": s.name, "tasks": s.tasks, "seconds": s.seconds}
            for s in view.scopes
        ],
        "statuses": [s._asdict() for s in view.unmapped],
        "documents": list(view.documents),
        "unmatched_sums": [
            {"kind": kind, "currency": currency, "documents": number, "total": total}
            for kind, currency, number, total in view.sums
        ],
        "overlaps": [
            {"task": task, "counted_in": counted, "also": list(also)} for task, counted, also in view.overlaps
        ],
        "skipped": list(view.skipped),
    }
