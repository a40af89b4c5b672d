"""`sightline templates`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from sightline.cli.output import as_json_option, note, plain, print_json

__all__ = ["templates"]


@click.group()
def templates() -> None:
    """Your own templates in the workspace's `templates/`."""


@templates.command()
@as_json_option
@click.pass_obj
def lint(obj: dict[str, Any], as_json: bool) -> int:
    """Look over your templates and those of plug-ins: undefined values, internal words, files that nothing uses.

    Every client's report is made once with them and kept nowhere. Exit code 1 when something is wrong.
    """
    from sightline.app.lint_templates import lint_templates
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        found = lint_templates(session)
    if as_json:
        print_json([one._asdict() for one in found])
    for one in found if not as_json else ():
        click.echo(plain(f"{one.file}: {one.what}. {one.mend}"))
    if not found:
        note("all templates can be used")
    return 1 if found else 0


@templates.command("list")
@as_json_option
@click.pass_obj
def list_(obj: dict[str, Any], as_json: bool) -> None:
    """Every template there is, and which of them the workspace or a plug-in replaces."""
    from sightline.app.reports import template_folders
    from sightline.app.session import Session
    from sightline.present.templates import built_in_texts, texts_of

    with Session.open(obj["workspace"]) as session:
        replaced = {name: str(folder) for folder in reversed(template_folders(session)) for name in texts_of(folder)}
    rows = {name: replaced.get(name) for name in sorted({*built_in_texts(), *replaced})}
    if as_json:
        print_json(rows)
        return
    for name, folder in rows.items():
        click.echo(plain(f"{name}  ← {folder}" if folder else name))


@templates.command()
@click.argument("client")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("preview.html"), help="The file to write."
)
@click.option("--watch", is_flag=True, help="Write it again whenever a template changes; the page reloads itself.")
@click.pass_obj
def preview(obj: dict[str, Any], client: str, out: Path, watch: bool) -> None:
    """The report of CLIENT as your templates make it now, kept nowhere. An error is told, and the page stays."""
    import time

    from sightline.app.reports import client_of, client_page, template_folders, write_files
    from sightline.app.session import Session
    from sightline.errors import SightlineError

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        whose = client_of(session, client)
        while True:
            marks = _marks([*template_folders(session), session.workspace.root / "templates"])
            try:
                page = client_page(session, whose)
            except SightlineError as error:
                if not watch:
                    raise
                note(f"error: {error}")
            else:
                reload = '<meta http-equiv="refresh" content="2">\n</head>' if watch else "</head>"
                write_files({out.resolve(): page.replace("</head>", reload, 1).encode()})
                note(f"wrote {out}")
            if not watch:
                return
            while _marks([*template_folders(session), session.workspace.root / "templates"]) == marks:
                time.sleep(0.5)


def _marks(folders: Iterable[Path]) -> dict[Path, int]:
    """What tells one state of the templates from another."""
    return {path: path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*") if path.is_file()}
