"""`sightline map`: what is not mapped yet; its commands are in `deciding`."""

from __future__ import annotations

import click

from sightline.cli import deciding
from sightline.cli.output import as_json_option, note, print_json

__all__ = ["map_"]


@click.group("map", invoke_without_command=True)
@click.option("--accept", is_flag=True, help="Accept every sure suggestion in one step; `map undo` takes it back.")
@click.option(
    "--accept-skipped",
    is_flag=True,
    help="Accept the rows that could not be read: their source counts as complete without them.",
)
@click.option("--by", metavar="NAME", help="Who decides (default: SIGHTLINE_USER, else the user logged in).")
@click.option("--statuses", "show_statuses", is_flag=True, help="The same as `map statuses`.")
@as_json_option
@click.pass_context
def map_(
    ctx: click.Context, accept: bool, accept_skipped: bool, by: str | None, show_statuses: bool, as_json: bool
) -> None:
    """What is not mapped yet, heaviest first, with suggestions and their reasons.

    People, scopes, statuses, money, tasks that look like one, rows that could not be read. What you decide here is kept apart from what is collected: no sync loses it, and `map undo` takes it back exactly.
    """
    if ctx.invoked_subcommand is not None:
        if accept or accept_skipped or show_statuses:
            raise click.UsageError("--accept, --accept-skipped and --statuses stand alone.")
        return
    from sightline.app.deciding import accept_sure
    from sightline.app.mapping import accept_skipped as take_skipped
    from sightline.app.mapping import map_view
    from sightline.app.session import Session
    from sightline.cli import mapped

    made = []
    with Session.open(ctx.obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        if accept_skipped:
            note(f"{take_skipped(session)} rows accepted as unreadable")
        if accept:
            made = accept_sure(session, deciding.whoever(by, None))
        view = map_view(session)
    if as_json:
        print_json(
            mapped.view_json(view) | ({"accepted": [mapped.decision_json(one) for one in made]} if accept else {})
        )
        return
    if accept:
        mapped.show_made(made, none="no suggestion is sure enough; nothing was accepted")
    if show_statuses:
        mapped.show_statuses(view)
    else:
        mapped.show_view(view)


for command in deciding.COMMANDS.commands.values():
    map_.add_command(command)
