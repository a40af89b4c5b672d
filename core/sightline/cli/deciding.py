"""The commands of `sightline map`: each is one decision, or shows what decisions are about."""

from __future__ import annotations

import datetime as dt
import getpass
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sightline.cli.output import as_json_option, note, print_json

if TYPE_CHECKING:
    from sightline.app.deciding import By
    from sightline.app.session import Session
    from sightline.model.decisions import Decision

__all__ = ["COMMANDS", "whoever"]

F = TypeVar("F", bound=Callable[..., Any])
#: What `map` takes over.
COMMANDS = click.Group("decisions")
_STATES = click.Choice(["todo", "in_progress", "done", "cancelled", "unknown"])
_WAITING = click.Choice(["client", "supplier", "payment", "us"])
_DAY = click.DateTime(formats=["%Y-%m-%d"])


def whoever(by: str | None, reason: str | None) -> By:
    """Who decides: as named, else by SIGHTLINE_USER, else whoever is logged in."""
    from sightline.app.deciding import By

    return By(by or os.environ.get("SIGHTLINE_USER") or _logged_in(), reason)


def _logged_in() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return "somebody"


def _deciding(command: F) -> F:
    """Adds what every decision takes."""
    command = as_json_option(command)
    command = click.option("--by", metavar="NAME", help="Who decides (default: you).")(command)
    return click.option("--reason", metavar="TEXT", help="Why; kept with the decision.")(command)


def _decide(workspace: str | None, as_json: bool, action: Callable[[Session], list[Decision]]) -> None:
    from sightline.app.session import Session
    from sightline.cli import mapped

    with Session.open(workspace, warn=lambda text: note(f"warning: {text}")) as session:
        made = action(session)
    if as_json:
        print_json({"decisions": [mapped.decision_json(one) for one in made]})
    else:
        mapped.show_made(made)


@COMMANDS.command(short_help="Who is who, with their hours; and who is missing.")
@as_json_option
@click.pass_obj
def people(obj: dict[str, Any], as_json: bool) -> None:
    """Who is who: every person with accounts, hours and tasks; then the accounts of nobody, and the robots."""
    from sightline.app.mapping import people_view
    from sightline.app.session import Session
    from sightline.cli import mapped

    with Session.open(obj["workspace"]) as session:
        view = people_view(session)
    if as_json:
        print_json(mapped.people_json(view))
    else:
        mapped.show_people(view)


@COMMANDS.command(short_help="Statuses and types in use, and what they mean.")
@as_json_option
@click.pass_obj
def statuses(obj: dict[str, Any], as_json: bool) -> None:
    """Every status and type of item in use, what it means, and who says so: the tool, or a rule of yours."""
    from sightline.app.mapping import map_view
    from sightline.app.session import Session
    from sightline.cli import mapped

    with Session.open(obj["workspace"]) as session:
        view = map_view(session)
    if as_json:
        print_json({"statuses": [row._asdict() for row in view.table], "types": [row._asdict() for row in view.kinds]})
    else:
        mapped.show_statuses(view)


@COMMANDS.command(short_help="An account is a person; or a person is another one.")
@click.argument("account")
@click.argument("person")
@click.option("--new", is_flag=True, help="Make the person, if there is none of that name.")
@_deciding
@click.pass_obj
def merge(
    obj: dict[str, Any], account: str, person: str, new: bool, reason: str | None, by: str | None, as_json: bool
) -> None:
    """ACCOUNT (source:id, or its user name) is PERSON (id, name or address). ACCOUNT may be a whole person, too."""
    from sightline.app import deciding

    who = whoever(by, reason)
    _decide(obj["workspace"], as_json, lambda session: deciding.merge(session, account, person, who, new=new))


@COMMANDS.command(short_help="An account is not the person it is taken for.")
@click.argument("account")
@click.option("--from", "person", metavar="PERSON", help="Whom it is not (default: the person it is joined to).")
@_deciding
@click.pass_obj
def split(
    obj: dict[str, Any], account: str, person: str | None, reason: str | None, by: str | None, as_json: bool
) -> None:
    """ACCOUNT is not the person it is joined to, or was suggested for."""
    from sightline.app import deciding

    who = whoever(by, reason)
    _decide(obj["workspace"], as_json, lambda session: deciding.split(session, account, who, person=person))


@COMMANDS.command(short_help="Whose somebody is: employee, contractor, a client.")
@click.argument("person")
@click.argument("kind", metavar="KIND", type=click.Choice(["employee", "contractor", "client"]))
@click.option("--client", metavar="CLIENT", help="Whose own people they are.")
@click.option("--from", "starts", type=_DAY, help="First day.")
@click.option("--until", "ends", type=_DAY, help="Last day.")
@_deciding
@click.pass_obj
def affiliation(
    obj: dict[str, Any],
    person: str,
    kind: str,
    client: str | None,
    starts: dt.datetime | None,
    ends: dt.datetime | None,
    reason: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Whose PERSON is, with dates, both included: KIND is employee, contractor or client (a client's own)."""
    from sightline.app import deciding

    if (client is not None) != (kind == "client"):
        raise click.UsageError("--client goes with the kind `client`, and with no other.")
    first, last = starts.date() if starts else None, ends.date() if ends else None
    who = whoever(by, reason)
    _decide(
        obj["workspace"],
        as_json,
        lambda session: deciding.affiliate(session, person, kind, who, client=client, starts=first, ends=last),
    )


@COMMANDS.command(short_help="A scope belongs to a project.")
@click.argument("scope")
@click.argument("project")
@_deciding
@click.pass_obj
def accept(obj: dict[str, Any], scope: str, project: str, reason: str | None, by: str | None, as_json: bool) -> None:
    """SCOPE (source:key or its name) as a whole belongs to PROJECT; rules that narrow inside it still go before."""
    from sightline.app import deciding

    who = whoever(by, reason)
    _decide(obj["workspace"], as_json, lambda session: deciding.accept_scope(session, scope, project, who))


@COMMANDS.command(short_help="What a status means, and whose turn it is.")
@click.argument("source")
@click.argument("status")
@click.argument("state", metavar="[STATE]", type=_STATES, required=False)
@click.option("--waiting-on", type=_WAITING, help="Whose turn it is.")
@click.option("--scope", metavar="SCOPE", help="Only in this scope of the source.")
@_deciding
@click.pass_obj
def status(
    obj: dict[str, Any],
    source: str,
    status: str,
    state: Any,
    waiting_on: Any,
    scope: str | None,
    reason: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """What STATUS of SOURCE means: STATE (todo, in_progress, done, cancelled, unknown), whose turn it is, or both."""
    from sightline.app import deciding

    who = whoever(by, reason)
    _decide(
        obj["workspace"],
        as_json,
        lambda session: deciding.mean_status(
            session, source, status, who, state=state, waiting_on=waiting_on, scope=scope
        ),
    )


@COMMANDS.command(short_help="Two tasks are one; or are two, after all.")
@click.argument("task")
@click.argument("copy")
@click.option("--not", "different", is_flag=True, help="They are two: do not ask again.")
@_deciding
@click.pass_obj
def same(
    obj: dict[str, Any], task: str, copy: str, different: bool, reason: str | None, by: str | None, as_json: bool
) -> None:
    """TASK and COPY (source:key) are one: TASK counts, COPY does not. Time booked on either counts once, with TASK."""
    from sightline.app import deciding

    who = whoever(by, reason)
    _decide(obj["workspace"], as_json, lambda session: deciding.same(session, task, copy, who, different=different))


@COMMANDS.group(short_help="Say what is true of an entry or a task.")
def correct() -> None:
    """Say what is true of a record, against what its tool says. Shown in every receipt it touches."""


@correct.command("time")
@click.argument("entry")
@click.option("--billable/--not-billable", default=None, help="Whether the client pays for it.")
@click.option("--project", metavar="PROJECT", help="The project it belongs to.")
@click.option("--person", metavar="PERSON", help="Who did the work.")
@_deciding
@click.pass_obj
def correct_time(
    obj: dict[str, Any],
    entry: str,
    billable: bool | None,
    project: str | None,
    person: str | None,
    reason: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """What is true of the time ENTRY (source:id, as `export time` lists it)."""
    from sightline.app import deciding

    who = whoever(by, reason)
    _decide(
        obj["workspace"],
        as_json,
        lambda session: deciding.correct_time(session, entry, who, billable=billable, project=project, person=person),
    )


@correct.command("task")
@click.argument("task")
@click.option("--project", metavar="PROJECT", required=True, help="The project it belongs to, with its time.")
@_deciding
@click.pass_obj
def correct_task(
    obj: dict[str, Any], task: str, project: str, reason: str | None, by: str | None, as_json: bool
) -> None:
    """What is true of TASK (source:key)."""
    from sightline.app import deciding

    who = whoever(by, reason)
    _decide(obj["workspace"], as_json, lambda session: deciding.correct_task(session, task, who, project=project))


@COMMANDS.command(short_help="Take back the last step, or one decision.")
@click.argument("decision", metavar="[DECISION]", type=int, required=False)
@click.option("--by", metavar="NAME", help="Who undoes it (default: you).")
@as_json_option
@click.pass_obj
def undo(obj: dict[str, Any], decision: int | None, by: str | None, as_json: bool) -> None:
    """Take back one DECISION (its number), or all of the last step: everything is then as if it had not been made."""
    from sightline.app import deciding
    from sightline.app.session import Session
    from sightline.cli import mapped

    with Session.open(obj["workspace"]) as session:
        undone = deciding.undo(session, whoever(by, None), decision)
    if as_json:
        print_json({"undone": [mapped.decision_json(one) for one in undone]})
    else:
        mapped.show_made(undone, head="undone")


@COMMANDS.command(short_help="What was decided, by whom, when and why.")
@click.option("--all", "everything", is_flag=True, help="The undone ones, too.")
@as_json_option
@click.pass_obj
def decisions(obj: dict[str, Any], everything: bool, as_json: bool) -> None:
    """What was decided, by whom, when and why."""
    from sightline.app.session import Session
    from sightline.cli import mapped

    with Session.open(obj["workspace"]) as session:
        held = session.store.decisions(undone=everything)
    if as_json:
        print_json([mapped.decision_json(one) for one in held])
    else:
        mapped.show_decisions(held)


@COMMANDS.command(short_help="What a task is tied to across tools.")
@click.argument("task")
@as_json_option
@click.pass_obj
def links(obj: dict[str, Any], task: str, as_json: bool) -> None:
    """What TASK (source:key) is tied to: other tasks, commits, pull requests, time, invoice lines."""
    from sightline.app.session import Session
    from sightline.app.task import task_view
    from sightline.cli import task as shown

    with Session.open(obj["workspace"]) as session:
        view = task_view(session, task)
    if as_json:
        print_json([shown.tie_json(tie) for tie in view.ties])
    else:
        shown.show_ties(view)
