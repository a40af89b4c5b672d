"""`sightline note`: the record of what was decided, asked, approved and agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.deciding import whoever
from sightline.cli.output import as_json_option, out, plain, print_json, table
from sightline.cli.output import note as say

if TYPE_CHECKING:
    from sightline.app.noting import Told
    from sightline.app.session import Session
    from sightline.model.notes import Note

__all__ = ["note"]

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_BY = click.option("--by", metavar="NAME", help="Who says so (default: SIGHTLINE_USER, else the user logged in).")
_ON = click.option("--on", type=_DAY, metavar="DAY", help="The day on which it was said (default: now).")


class _Notes(click.Group):
    """`note PROJECT …` writes one down; the other words are commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            return "add", self.commands["add"], args
        return super().resolve_command(ctx, args)


@click.group("note", cls=_Notes)
def note() -> None:
    """What was decided, asked, approved and agreed: `note PROJECT --kind KIND TEXT`, or one of the commands.

    Questions and approvals are open until they are answered; they feed the waiting clocks and `sightline why`. Notes also come from files (`notes/*.md`) and, by `[[notes.rules]]`, from lists, labels and comments in the tools.
    """


def _open(workspace: str | None) -> Session:
    from sightline.app.session import Session

    return Session.open(workspace, warn=lambda text: say(f"warning: {text}"))


def _date(moment: dt.datetime | None) -> dt.date | None:
    return moment.date() if moment else None


@note.command(short_help="Write one down; the same as `note PROJECT …`.")
@click.argument("project")
@click.argument("text")
@click.option(
    "--kind",
    type=click.Choice(["decision", "question", "approval", "note", "agreement"]),
    default="note",
    show_default=True,
    help="What it is.",
)
@click.option("--asked-of", metavar="NAME", help="Whose turn it is: client, supplier, or somebody's name.")
@click.option("--due", type=_DAY, metavar="DAY", help="By when the answer is needed.")
@click.option("--task", metavar="KEY", help="The task it is about.")
@click.option("--client-visible", is_flag=True, help="The client may see it.")
@_ON
@_BY
@as_json_option
@click.pass_obj
def add(
    obj: dict[str, Any],
    project: str,
    text: str,
    kind: Any,
    asked_of: str | None,
    due: dt.datetime | None,
    task: str | None,
    client_visible: bool,
    on: dt.datetime | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Write TEXT down for PROJECT."""
    from sightline.app.noting import Asked, add_note

    asked = Asked(asked_of, _date(due), task, _date(on), client_visible)
    with _open(obj["workspace"]) as session:
        made = add_note(session, project, kind, text, whoever(by, None), asked)
    _made(made, f"note {made.id}: {made.kind} of {made.project} written down", as_json)


@note.command(short_help="The answer to a question or an approval.")
@click.argument("id_", metavar="ID")
@click.argument("text", default="")
@click.option(
    "--outcome",
    type=click.Choice(["approved", "refused", "answered", "withdrawn"]),
    help="What came of it; an approval needs one.",
)
@_ON
@_BY
@as_json_option
@click.pass_obj
def answer(
    obj: dict[str, Any],
    id_: str,
    text: str,
    outcome: Any,
    on: dt.datetime | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Note ID is answered with TEXT; --by says who answered."""
    from sightline.app.noting import answer_note

    with _open(obj["workspace"]) as session:
        made = answer_note(session, id_, text, whoever(by, None), outcome=outcome, on=_date(on))
    _made(made, f"note {made.id}: {made.outcome}", as_json)


@note.command(short_help="Take back an answer, or a note.")
@click.argument("id_", metavar="ID")
@_BY
@as_json_option
@click.pass_obj
def undo(obj: dict[str, Any], id_: str, by: str | None, as_json: bool) -> None:
    """Take back what was said last about note ID: its answer, else the note itself. Both stay on record as undone."""
    from sightline.app.noting import undo_note

    with _open(obj["workspace"]) as session:
        undone = undo_note(session, id_, whoever(by, None))
    if as_json:
        print_json({"note": id_, "undone": undone})
    else:
        out().print(f"note {plain(id_)}: {'its answer is' if undone == 'answer' else 'it is'} taken back")


@note.command("list", short_help="All notes, of one PROJECT or of all.")
@click.argument("project", required=False)
@click.option("--open", "open_only", is_flag=True, help="Only what still waits for an answer.")
@as_json_option
@click.pass_obj
def list_(obj: dict[str, Any], project: str | None, open_only: bool, as_json: bool) -> None:
    """All notes of PROJECT (default: of all), oldest first: written here, in files, and read out of the tools by rule."""
    from sightline.app.noting import list_notes

    with _open(obj["workspace"]) as session:
        found = list_notes(session, project, open_only=open_only)
    if as_json:
        print_json({"notes": [_json(told.note) | {"task": told.task} for told in found]})
    else:
        _show(found)


def _made(made: Note, line: str, as_json: bool) -> None:
    if as_json:
        print_json(_json(made))
    else:
        out().print(plain(line))


#: Characters of a note in the list; `--json` has it whole.
_MOST = 200


def _show(found: Sequence[Told]) -> None:
    from sightline.present.text import shortened

    console = out()
    if not found:
        console.print("no notes yet: `sightline note PROJECT --kind decision TEXT` writes one down")
        return
    columns = [("id", "left"), ("day", "left"), ("kind", "left"), ("project", "left"), ("task", "left")]
    columns += [("text", "left"), ("by", "left"), ("asked of", "left"), ("due", "left"), ("answer", "left")]
    rows = []
    for told in found:
        one = told.note
        state = "OPEN" if one.is_open else " ".join(filter(None, [one.outcome, one.answer, one.answered_by]))
        rows.append(
            [
                one.id,
                one.at.date(),
                one.kind,
                told.project,
                told.task,
                shortened(one.text, _MOST),
                one.by,
                one.asked_of,
                one.due,
                state,
            ]
        )
    console.print(table(None, columns, rows, tight=True))


def _json(one: Note) -> dict[str, Any]:
    return {
        "id": one.id, "project": one.project, "kind": one.kind, "text": one.text, "at": one.at, "by": one.by,
        "asked_of": one.asked_of, "due": one.due, "answered_at": one.answered_at, "answer": one.answer,
        "answered_by": one.answered_by, "outcome": one.outcome, "client_visible": one.client_visible,
        "open": one.is_open,
    }  # fmt: skip
