"""`sightline users`, `sightline share`: who may come in by the web."""

from __future__ import annotations

import getpass
from typing import Any

import click

from sightline.cli.output import as_json_option, note, out, print_json, table

__all__ = ["share", "users"]


def _me() -> str:
    import os

    return os.environ.get("SIGHTLINE_USER") or getpass.getuser()


@click.group()
def users() -> None:
    """Who may log in to the dashboard, and tokens for programs."""


@users.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["owner", "finance", "lead", "member", "client"]),
    required=True,
    help="What they may see and do.",
)
@click.option("--client", metavar="ID", help="The client, with the role client.")
@click.option("--person", metavar="ID", help="Who they are among the people; a member sees their own row.")
@click.password_option(envvar="SIGHTLINE_NEW_PASSWORD", help="At least 12 characters; asked for when not given.")
@click.pass_obj
def add(obj: dict[str, Any], name: str, role: Any, client: str | None, person: str | None, password: str) -> None:
    """Add the user NAME, or give one a new password and role; their sessions end."""
    from sightline.app.access import add_user
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        add_user(session, name, role, password, client=client, person=person)
    note(f"{name} may log in as {role}")


@users.command()
@click.argument("name")
@click.pass_obj
def disable(obj: dict[str, Any], name: str) -> None:
    """Nobody logs in as NAME any more; open sessions and tokens end with the next request."""
    from sightline.app.access import disable_user
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        disable_user(session, name)
    note(f"{name} cannot log in any more")


@users.command()
@click.argument("name")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 3660), help="How long it is valid.")
@click.option("--changes", is_flag=True, help="It may change things too, as far as the user may.")
@click.option("--note", "about", default="", help="What it is for.")
@click.pass_obj
def token(obj: dict[str, Any], name: str, days: int, changes: bool, about: str) -> None:
    """A token for programs with the rights of the user NAME; printed once."""
    from sightline.app.access import token_for
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        click.echo(token_for(session, name, by=_me(), days=days, note=about, reads_only=not changes))


@users.command("list")
@as_json_option
@click.pass_obj
def list_(obj: dict[str, Any], as_json: bool) -> None:
    """Everybody who may log in, with their role."""
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        held = session.store.users()
    rows = [[one.name, one.role, one.client or "", "disabled" if one.disabled_at else "may log in"] for one in held]
    names = ("user", "role", "client", "state")
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        out().print(table(None, [(name, "left") for name in names], rows))


@click.group()
def share() -> None:
    """Links that show a client their own view, and nothing else."""


@share.command("new")
@click.argument("client")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 366), help="How long it is valid.")
@click.option("--note", "about", default="", help="Whom it is for.")
@click.pass_obj
def new(obj: dict[str, Any], client: str, days: int, about: str) -> None:
    """A link for CLIENT; its path is printed once and kept nowhere."""
    from sightline.app.access import share as make
    from sightline.app.reports import client_of
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        secret = make(session, client_of(session, client).id, by=_me(), days=days, note=about)
    click.echo(f"/share/{secret}")


@share.command("list")
@as_json_option
@click.pass_obj
def shares(obj: dict[str, Any], as_json: bool) -> None:
    """All links, open and over, with the mark that `revoke` takes."""
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        held, now = session.store.grants("share"), session.clock.now()
    names = ("mark", "client", "note", "until", "state")
    rows = [
        [one.digest[:16], one.holder, one.note, one.expires_at.date(), "over" if one.ended_at or one.expires_at <= now else "open"]
        for one in held
    ]  # fmt: skip
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        out().print(table(None, [(name, "left") for name in names], rows))


@share.command()
@click.argument("mark")
@click.pass_obj
def revoke(obj: dict[str, Any], mark: str) -> None:
    """End the link whose MARK `share list` shows, from the next request on."""
    from sightline.app.access import revoke as end
    from sightline.app.session import Session

    with Session.open(obj["workspace"]) as session:
        ended = end(session, mark)
    note(f"{ended} ended")
