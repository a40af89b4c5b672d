"""`sightline connect`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from sightline.app.connect import Draft, Probe
    from sightline.app.session import Session

__all__ = ["connect"]

_SHOWN = 40
_REFERENCES = ("env:", "file:", "keyring:")


def _pairs(_context: click.Context, parameter: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not value:
            raise click.BadParameter(f"{key!r} is not KEY=VALUE", param=parameter)
        if parameter.name == "secrets" and value != "-" and not value.startswith(_REFERENCES):
            raise click.BadParameter(
                f"{key}: name a place (env:NAME, file:PATH, keyring:SERVICE/NAME) or - for standard input; "
                "a secret on the command line stays in the shell's history",
                param=parameter,
            )
        found[key] = value
    return found


@click.command()
@click.argument("connector")
@click.argument("name", required=False)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", callback=_pairs, help="A setting; repeatable.")
@click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="KEY=PLACE",
    callback=_pairs,
    help="A secret: env:NAME, file:PATH, keyring:SERVICE/NAME, or - to read it from standard input.",
)
@click.option("--scope", "scopes", multiple=True, metavar="KEY", help="Read only this scope; repeatable.")
@click.option("--keyring", is_flag=True, help="Keep typed secrets in the system's keyring instead of a file.")
@click.option("--replace", is_flag=True, help="Overwrite a source of that name.")
@click.option("--dry-run", is_flag=True, help="Check and count, write nothing.")
@click.option("--browser/--no-browser", default=True, help="Open the sign-in page, or only print its address.")
@click.option(
    "--port", default=8767, show_default=True, help="Port of the sign-in's callback, http://localhost:PORT/callback."
)
@as_json_option
@click.pass_obj
def connect(
    obj: dict[str, Any],
    connector: str,
    name: str | None,
    settings: dict[str, str],
    secrets: dict[str, str],
    scopes: tuple[str, ...],
    keyring: bool,
    replace: bool,
    dry_run: bool,
    browser: bool,
    port: int,
    as_json: bool,
) -> None:
    """Ask for what CONNECTOR (`sightline plugins list` names them) needs, check it, list what it can see, and write it into sightline.toml as source NAME (default: the connector's name).

    On a terminal it asks; elsewhere give everything by --set and --secret. Typed secrets go to .sightline/secrets (mode 0600), never into sightline.toml.
    """
    from pathlib import Path

    from sightline.app.connect import choose, keep, probe, start, token_folder
    from sightline.app.session import Session

    asks = sys.stdin.isatty() and not as_json
    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        draft = start(session, connector, name, settings | _read(secrets), replace=replace)
        if asks:
            _ask(session, draft)
        with token_folder(session) as folder:
            found = probe(session, draft, Path(folder), show=lambda url: _sign_in(url, browser=browser), port=port)
            if not as_json:
                _show(found)
            choose(draft, found, scopes or (_wanted() if asks and not dry_run and len(found.scopes) > 1 else ()))
            written = None if dry_run else keep(session, draft, Path(folder), keyring=keyring)
    if as_json:
        print_json(_json(draft, found, written=written is not None))
    elif written:
        click.echo(f"wrote [sources.{draft.name}] into {written}")
        click.echo(f"next: sightline sync {draft.name}, then sightline map")
    else:
        click.echo("nothing was written")


def _read(secrets: dict[str, str]) -> dict[str, str]:
    """The secrets, the one from standard input read."""
    piped = [key for key, value in secrets.items() if value == "-"]
    if len(piped) > 1:
        raise click.UsageError("Only one secret can come from standard input.")
    return secrets | {key: sys.stdin.read().strip() for key in piped}


def _ask(session: Session, draft: Draft) -> None:
    from sightline.app.connect import questions

    for setting in questions(draft, session.workspace.root):
        click.echo(plain(setting.description), err=True)
        end = "" if setting.required else " (empty: none)"
        answer = click.prompt(
            f"  {setting.key}{end}",
            default=None if setting.required else "",
            show_default=False,
            hide_input=setting.secret,
            err=True,
        ).strip()
        if answer:
            draft.table[setting.key] = answer


def _sign_in(url: str, *, browser: bool) -> None:
    note("Allow the access in your browser; waiting for its answer. If no page opens, open this address:")
    note(url)
    if browser:
        import webbrowser

        webbrowser.open(url)


def _show(found: Probe) -> None:
    console = out()
    console.print(f"login ok as {plain(found.access.who)}", style="green")
    for right in found.access.missing:
        console.print(f"missing right: {plain(right)}", style="yellow")
    for remark in found.access.notes:
        console.print(f"note: {plain(remark)}")
    archived = sum(scope.archived for scope in found.scopes)
    rows = [[scope.key, scope.name, "archived" if scope.archived else ""] for scope in found.scopes[:_SHOWN]]
    count = len(found.scopes)
    title = f"{count} scope{'s' * (count != 1)} visible" + (f", {archived} of them archived" if archived else "")
    console.print(table(title, [("scope", "left"), ("name", "left"), ("", "left")], rows))
    if count > _SHOWN:
        console.print(f"and {count - _SHOWN} more")


def _wanted() -> tuple[str, ...]:
    said = click.prompt("Which scopes, with commas between (empty: all)", default="", show_default=False, err=True)
    return tuple(key.strip() for key in said.split(",") if key.strip())


def _json(draft: Draft, found: Probe, *, written: bool) -> dict[str, Any]:
    return {
        "source": draft.name,
        "connector": draft.cls.name,
        "who": found.access.who,
        "missing": list(found.access.missing),
        "notes": list(found.access.notes),
        "scopes": [{"key": s.key, "name": s.name, "archived": s.archived} for s in found.scopes],
        "chosen": list(draft.table.get("scopes", ())),
        "written": written,
    }
