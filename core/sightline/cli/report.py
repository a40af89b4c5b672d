"""`sightline report`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sightline.cli.deciding import whoever
from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from sightline.app.report_life import Review
    from sightline.app.session import Session
    from sightline.model.notes import NoteKind

__all__ = ["report"]

F = TypeVar("F", bound=Callable[..., Any])
_BINARY = ("pdf", "docx", "xlsx")
_FORMS = ("html", "pdf", "docx", "xlsx", "markdown", "email", "chat")


@click.group()
def report() -> None:
    """Client reports. They are built from what a client may see, and from nothing else.

    A report is a draft first; somebody reviews and approves it; then it is sent, and answers are noted.
    """


def _opened(workspace: str | None) -> Session:
    from sightline.app.session import Session

    return Session.open(workspace, warn=lambda text: note(f"warning: {text}"))


def _day(command: F) -> F:
    """Adds `--report`."""
    return click.option(
        "--report", "day", metavar="DAY", help="Which one: 2026-11-20, or 2026-11-20/2 (default: the newest)."
    )(command)


def _by(command: F) -> F:
    """Adds `--by`."""
    return click.option("--by", metavar="NAME", help="Who does it (default: you).")(command)


@report.command()
@click.argument("clients", nargs=-1)
@click.option("--all", "everybody", is_flag=True, help="Every client that has a project.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to (default: reports/ in the workspace).",
)
@_by
@as_json_option
@click.pass_obj
def draft(
    obj: dict[str, Any], clients: tuple[str, ...], everybody: bool, out: Path | None, by: str | None, as_json: bool
) -> int:
    """Draft the report of each of CLIENTS as one self-contained HTML page.

    Drafting again takes the newest figures and keeps the words you wrote. Nothing is written when something internal
    would be in it; a report over old or incomplete sources is held (`[reports] stale`).
    """
    from sightline.app.reports import Drafted, client_of, drafts
    from sightline.app.reports import draft as one_draft

    if not clients and not everybody:
        raise click.UsageError("Name a client, or use --all.")
    who = whoever(by, None).who
    with _opened(obj["workspace"]) as session:
        if everybody:
            made = drafts(session, by=who)
        else:
            named = [client_of(session, name) for name in clients]
            made = [(client, one_draft(session, client, folder=out, by=who)) for client in named]
    written = [one for _, one in made if isinstance(one, Drafted)]
    refused = [(client, one) for client, one in made if not isinstance(one, Drafted)]
    if as_json:
        print_json(
            {
                "reports": [str(one.path) for one in written],
                "held": {str(one.path): one.held for one in written if one.held},
                "refused": {client.id: one.what for client, one in refused},
            }
        )
    for one in written:
        note(f"wrote {one.path}")
        if one.held:
            note(f"  held: {one.held}")
    for client, error in refused:
        note(f"no report for {client.id}: {error.what}. {error.mend}")
    return 2 if refused else 0


@report.command()
@click.argument("client")
@click.option("--edit", "edits", nargs=2, multiple=True, metavar="SECTION TEXT", help="Say a section in other words.")
@click.option("--restore", "restored", multiple=True, metavar="SECTION", help="Back to a section's computed words.")
@click.option(
    "--words-out", type=click.Path(dir_okay=False, path_type=Path), help="Write all words to a file to edit (TOML)."
)
@click.option(
    "--words", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Take the words from such a file."
)
@_day
@_by
@as_json_option
@click.pass_obj
def review(
    obj: dict[str, Any],
    client: str,
    edits: tuple[tuple[str, str], ...],
    restored: tuple[str, ...],
    words_out: Path | None,
    words: Path | None,
    day: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Read the report of CLIENT, change its words, and note that you have read it.

    Figures stand in braces in the words: {done}. You may move them; any other number is refused, because numbers come
    from the data. TEXT may be @FILE.
    """
    from sightline.app import report_life as life
    from sightline.app.reports import client_of
    from sightline.cli.report_words import read_words, write_words

    who = whoever(by, None).who
    with _opened(obj["workspace"]) as session:
        whose = client_of(session, client)
        entry = life.report_named(session, whose, day)
        changed: dict[str, str | None] = dict(read_words(words)) if words else {}
        changed |= {name: _text(text) for name, text in edits} | dict.fromkeys(restored)
        if changed:
            note(f"wrote {life.edit(session, whose, entry, changed, by=who)}")
            entry = life.report_named(session, whose, day)
        found = life.review(session, whose, entry)
        life.mark_reviewed(session, entry, by=who)
    if words_out:
        write_words(words_out, found)
        note(f"wrote {words_out}; edit it and run `sightline report review {client} --words {words_out}`")
    if as_json:
        print_json(_review_json(found))
    elif not words_out:
        _show_review(found)


def _text(given: str) -> str:
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise click.UsageError(f"{given[1:]} cannot be read as UTF-8 text.") from None


def _show_review(found: Review) -> None:
    screen = out()
    screen.print(plain_lines(found.text))
    rows = [
        [one.name, name, " ".join(value.split())] for one in found.sections for name, value in one.said.figures.items()
    ]
    columns = [("section", "left"), ("name", "left"), ("figure", "right")]
    screen.print(table("FIGURES IN THE WORDS", columns, rows))
    entry = found.entry
    screen.print(f"report {entry['id']}: looked for {found.looked_for} things that must not be in it, found none")
    for problem in found.problems:
        screen.print(f"held: {plain(problem)}")
    screen.print(f"next: sightline report approve {entry['client']}")


def plain_lines(text: str) -> str:
    """Several lines fit for a terminal."""
    return "\n".join(plain(line) for line in text.splitlines())


def _review_json(found: Review) -> dict[str, Any]:
    return {
        "report": found.entry["id"],
        "sections": [
            {
                "name": one.name,
                "title": one.title,
                "words": found.words.get(one.name, one.said.words),
                "figures": {name: " ".join(value.split()) for name, value in one.said.figures.items()},
                "edited": one.name in found.words,
            }
            for one in found.sections
        ],
        "looked_for": found.looked_for,
        "problems": list(found.problems),
    }


@report.command()
@click.argument("client")
@click.option("--despite", metavar="REASON", help="Approve although the report is held; the reason is kept.")
@_day
@_by
@as_json_option
@click.pass_obj
def approve(
    obj: dict[str, Any], client: str, despite: str | None, day: str | None, by: str | None, as_json: bool
) -> None:
    """Approve the report of CLIENT: make every form the client gets, look through each for leaks, and freeze them."""
    from sightline.app import report_life as life
    from sightline.app.reports import client_of

    with _opened(obj["workspace"]) as session:
        whose = client_of(session, client)
        entry = life.report_named(session, whose, day)
        forms = life.approve(session, whose, entry, by=whoever(by, None).who, despite=despite)
    if as_json:
        rows = [{"form": one.form, "name": one.name, "digest": one.digest, "bytes": len(one.body)} for one in forms]
        print_json({"report": entry["id"], "forms": rows})
    for one in forms:
        note(f"froze {one.name} ({len(one.body):,} bytes, sha256 {one.digest[:12]}…)")
    note(f"next: sightline report send {client}")


@report.command()
@click.argument("client")
@click.option("--by-hand", is_flag=True, help="You send the documents yourself: only note it.")
@_day
@_by
@as_json_option
@click.pass_obj
def send(obj: dict[str, Any], client: str, by_hand: bool, day: str | None, by: str | None, as_json: bool) -> int:
    """Send the approved report of CLIENT by mail. What is not approved is not sent; what was sent is not sent again.

    The mail goes by the channel `[reports] channel`. What the mail server does not take now waits in the outbox; send
    again later, it goes out once.
    """
    from sightline.app import report_life as life
    from sightline.app.report_sending import send_report
    from sightline.app.reports import client_of

    with _opened(obj["workspace"]) as session:
        whose, who = client_of(session, client), whoever(by, None).who
        entry = life.report_named(session, whose, day)
        if by_hand:
            life.sent_by_hand(session, whose, entry, by=who)
        waits = None if by_hand else send_report(session, whose, entry, by=who)
    if as_json:
        status = "waiting" if waits else "sent"
        print_json({"report": entry["id"], "recipients": list(whose.contacts), "status": status, "why": waits})
    if waits:
        note(f"waiting: {waits}; it stays in the outbox, run `sightline report send {client}` again later")
        return 2
    note(f"{'noted' if by_hand else 'sent'}: {entry['id']} went to {', '.join(whose.contacts) or 'nobody named'}")
    return 0


@report.command()
@click.argument("client")
@click.argument("text")
@click.option(
    "--kind",
    type=click.Choice(("decision", "question", "approval", "note", "agreement")),
    help="Keep it as a note of the project, too.",
)
@click.option("--project", metavar="ID", help="Of which project (default: the client's only one).")
@_day
@_by
@as_json_option
@click.pass_obj
def answer(
    obj: dict[str, Any],
    client: str,
    text: str,
    kind: NoteKind | None,
    project: str | None,
    day: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Note what CLIENT said about the report that went out (TEXT, or @FILE)."""
    from sightline.app import report_life as life
    from sightline.app.reports import GONE, client_of

    with _opened(obj["workspace"]) as session:
        whose, who = client_of(session, client), whoever(by, None).who
        entry = life.report_named(session, whose, day, status=GONE)
        life.answer(session, whose, entry, _text(text), by=who, kind=kind, project=project)
    if as_json:
        print_json({"report": entry["id"], "status": "answered"})
    note(f"noted the answer to {entry['id']}")


@report.command()
@click.argument("client")
@click.option("--reason", required=True, metavar="TEXT", help="What was wrong; it stands on the new version.")
@_day
@_by
@as_json_option
@click.pass_obj
def correct(obj: dict[str, Any], client: str, reason: str, day: str | None, by: str | None, as_json: bool) -> None:
    """Draft a new version of a report of CLIENT that went out. It says which one it replaces."""
    from sightline.app import report_life as life
    from sightline.app.reports import GONE, client_of

    with _opened(obj["workspace"]) as session:
        whose = client_of(session, client)
        entry = life.report_named(session, whose, day, status=GONE)
        made = life.correct(session, whose, entry, reason=reason, by=whoever(by, None).who)
    if as_json:
        print_json({"reports": [str(made.path)], "corrects": entry["id"]})
    note(f"wrote {made.path}, which replaces {entry['id']}")


@report.command("list")
@click.argument("client", required=False)
@as_json_option
@click.pass_obj
def list_(obj: dict[str, Any], client: str | None, as_json: bool) -> None:
    """The reports written so far, of CLIENT or of all."""
    from sightline.app.reports import client_of, list_reports

    with _opened(obj["workspace"]) as session:
        only = client_of(session, client).id if client else None
        reports = [one for one in list_reports(session) if only in (None, one["client"])]
    if as_json:
        print_json(reports)
        return
    heads = ("report", "no.", "from", "to", "state", "held", "file")
    columns = [(head, "right" if head == "no." else "left") for head in heads]
    names = ("id", "number", "starts_on", "ends_on", "status", "held", "file")
    out().print(table(None, columns, [[one[name] for name in names] for one in reports]))


@report.command()
@click.argument("client")
@click.option("--form", type=click.Choice(_FORMS), default="html", help="Which form (default: html).")
@click.option("--internal", is_flag=True, help="The internal edition, with what the client does not see.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file.")
@_day
@click.pass_obj
def show(obj: dict[str, Any], client: str, form: str, internal: bool, out: Path | None, day: str | None) -> None:
    """Print a report of CLIENT, byte for byte as it was kept, whatever has changed since."""
    from sightline.app import report_life as life
    from sightline.app.reports import client_of, write_files

    with _opened(obj["workspace"]) as session:
        entry = life.report_named(session, client_of(session, client), day)
        found, same = life.kept_form(session, entry, form, "internal" if internal else "client")
    if not same:
        note("note: this release would make it otherwise; these are the bytes that were kept")
    if out is not None:
        write_files({out: found.body})
        note(f"wrote {out}")
    else:
        click.echo(found.body if form in _BINARY else found.body.decode(), nl=False)


@report.command()
@click.argument("client")
@click.argument("days", nargs=-1)
@as_json_option
@click.pass_obj
def diff(obj: dict[str, Any], client: str, days: tuple[str, ...], as_json: bool) -> None:
    """What one report of CLIENT says otherwise than another: DAYS name two; default: the two newest."""
    from sightline.app import report_life as life
    from sightline.app.reports import client_of, list_reports

    if len(days) not in (0, 2):
        raise click.UsageError("Name two reports, or none for the two newest.")
    with _opened(obj["workspace"]) as session:
        whose = client_of(session, client)
        named = (
            days
            or [str(one["id"]).partition("/")[2] for one in list_reports(session) if one["client"] == whose.id][-2:]
        )
        if len(named) < 2:
            raise click.UsageError("There is only one report; nothing to compare it with.")
        lines = life.difference(session, *(life.report_named(session, whose, day) for day in named))
    if as_json:
        print_json({"lines": lines})
        return
    out().print("\n".join(map(plain, lines)) or "the same")
