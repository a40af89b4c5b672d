"""`sightline plan`: baselines of a project: make, list, show, compare, approve, import."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, print_json

if TYPE_CHECKING:
    from sightline.app.session import Session

__all__ = ["plan"]

_DAY = click.DateTime(formats=["%Y-%m-%d"])


def _session(obj: dict[str, Any]) -> Session:
    from sightline.app.session import Session

    return Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}"))


@click.group()
def plan() -> None:
    """What was promised: baselines, frozen and kept, several for a project; and what changed since."""


@plan.command()
@click.argument("project")
@click.option("--name", metavar="TEXT", help='What it is called, for example "signed 2 Nov" (default: its day).')
@click.option(
    "--from",
    "takes",
    multiple=True,
    metavar="SOURCE:RULE",
    help="Which source, and where days come from that a task lacks: jira:epics, jira:versions, jira:sprints, "
    "trello:dues, github:milestones, github:issues … Several with commas; default: every source of the project, "
    "days from sprint, version or epic. Or a file: plan.csv, project.xml, project.mpp.",
)
@click.option("--on", type=_DAY, metavar="DAY", help="As the tools had it at the end of that day (default: now).")
@click.option("--approve", "approved_by", metavar="NAME", help="Who agreed to it.")
@click.option("--reason", metavar="TEXT", help="Why there is a new plan; kept with it.")
@as_json_option
@click.pass_obj
def baseline(
    obj: dict[str, Any],
    project: str,
    name: str | None,
    takes: tuple[str, ...],
    on: dt.datetime | None,
    approved_by: str | None,
    reason: str | None,
    as_json: bool,
) -> None:
    """Freeze the present plan of PROJECT as a baseline. Earlier ones are kept."""
    from pathlib import Path

    from sightline.app.plan_files import freeze_file, is_plan_file
    from sightline.app.planning import Asked, freeze
    from sightline.cli import plans

    words = tuple(word.strip() for text in takes for word in text.split(",") if word.strip())
    asked = Asked(name, words, on.date() if on else None, approved_by, reason)
    files = [word for word in words if is_plan_file(word)]
    if files and (len(words) > 1 or on is not None):
        raise click.UsageError("a file is a whole plan: it goes with no other source and with no --on")
    with _session(obj) as session:
        if files:
            path = Path(files[0].removeprefix("csv:")).expanduser()
            imported = freeze_file(session, project, path, dataclasses.replace(asked, takes=()))
            made = imported.baseline
            plans.note_left(imported)
        else:
            made = freeze(session, project, asked)
        calendar = session.workspace.calendar
    if as_json:
        print_json(plans.baseline_json(made, calendar))
    else:
        plans.show_baseline(made, calendar)


@plan.command("list")
@click.argument("project", required=False)
@as_json_option
@click.pass_obj
def list_(obj: dict[str, Any], project: str | None, as_json: bool) -> None:
    """The baselines of PROJECT, or of all projects; the one in force is marked."""
    from sightline.app.planning import baselines_of
    from sightline.cli import plans

    with _session(obj) as session:
        names = [project] if project is not None else list(session.workspace.projects)
        held = {name: baselines_of(session, name) for name in names}
        calendar = session.workspace.calendar
    if as_json:
        rows = [plans.head_json(one, calendar) for baselines in held.values() for one in baselines]
        print_json({"baselines": rows})
    else:
        plans.show_list(held, calendar)


@plan.command()
@click.argument("project")
@click.option("--baseline", "name", metavar="NAME", help="Which one, by name or number (default: the one in force).")
@click.option(
    "--compare", nargs=2, metavar="A B", help="What leads from baseline A to B; `now` is what the tools hold."
)
@as_json_option
@click.pass_obj
def show(obj: dict[str, Any], project: str, name: str | None, compare: tuple[str, str] | None, as_json: bool) -> None:
    """A baseline of PROJECT: its curve, milestones and items; what changed in scope since; or two compared."""
    from sightline.app.planning import baseline_named, compare_named, present_plan, unknown_milestones, with_stated
    from sightline.cli import plans

    with _session(obj) as session:
        for line in unknown_milestones(session, project):
            note(f"warning: {line}")
        calendar = session.workspace.calendar
        if compare:
            first, second, found = compare_named(session, project, *compare)
        else:
            first = baseline_named(session, project, name)
            second, found = present_plan(session, first)
            first = with_stated(session, first)
    if as_json:
        body = {} if compare else plans.baseline_json(first, calendar)
        print_json({**body, "changes": plans.comparison_json(first, second, found, calendar)})
        return
    if not compare:
        plans.show_baseline(first, calendar, items=True)
    plans.show_comparison(first, second, found, calendar)


@plan.command()
@click.argument("project")
@click.option("--baseline", "name", metavar="NAME", help="Which one, by name or number (default: the one in force).")
@click.option("--by", required=True, metavar="NAME", help="Who agreed to it.")
@as_json_option
@click.pass_obj
def approve(obj: dict[str, Any], project: str, name: str | None, by: str, as_json: bool) -> None:
    """Write down that somebody agreed to a baseline of PROJECT. Planned figures come from the latest approved one."""
    from sightline.app.planning import approve as agree
    from sightline.cli import plans

    with _session(obj) as session:
        made = agree(session, project, name, by)
        calendar = session.workspace.calendar
    if as_json:
        print_json(plans.head_json(made, calendar))
    else:
        plans.show_list({made.project: [made]}, calendar)


@plan.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--project", "project", required=True, metavar="PROJECT", help="The project it is the plan of.")
@click.option("--name", metavar="TEXT", help="What the baseline is called (default: the file's name and today).")
@click.option(
    "--number", type=click.IntRange(0, 10), default=0, show_default=True, help="Which baseline of a project file."
)
@click.option("--approve", "approved_by", metavar="NAME", help="Who agreed to it.")
@click.option("--reason", metavar="TEXT", help="Why there is a new plan; kept with it.")
@as_json_option
@click.pass_obj
def import_(
    obj: dict[str, Any],
    file: str,
    project: str,
    name: str | None,
    number: int,
    approved_by: str | None,
    reason: str | None,
    as_json: bool,
) -> None:
    """Keep the plan in FILE as a baseline: Microsoft Project XML (.xml), .mpp (with the extra `mpp`), or CSV.

    `--json` prints the file as it was read: tasks, resources, assignments. Nothing of it goes anywhere else.
    """
    from pathlib import Path

    from sightline.app.plan_files import freeze_file, project_json, table_json
    from sightline.app.planning import Asked
    from sightline.cli import plans

    asked = Asked(name, (), None, approved_by, reason)
    with _session(obj) as session:
        imported = freeze_file(session, project, Path(file), asked, number=number)
        calendar = session.workspace.calendar
    plans.note_left(imported)
    if not as_json:
        plans.show_baseline(imported.baseline, calendar)
    elif imported.project is not None:
        print_json(project_json(imported.project))
    else:
        print_json(table_json(imported.baseline.items))
