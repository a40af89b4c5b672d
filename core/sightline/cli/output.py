"""What commands print: one JSON document or rich tables on stdout, everything else on stderr, nothing a title can forge."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sightline.model.money import Money
from sightline.model.time import stamp

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["as_json_option", "err", "note", "out", "plain", "print_json", "table"]

F = TypeVar("F", bound=Callable[..., Any])


def as_json_option(command: F) -> F:
    """Adds `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")(command)


def plain(text: object) -> str:
    """Text from outside, fit for a terminal: control characters (colours, cursor moves, forged lines) become visible."""
    return "".join(
        char if char == "\t" or (char.isprintable() or char == " ") else f"\\x{ord(char):02x}" for char in str(text)
    )


def out() -> Console:
    """Standard output; as wide as the terminal, or wide enough for a table when there is none."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else 140, highlight=False, markup=False, emoji=False)


def note(text: str) -> None:
    """A line for the user on stderr."""
    click.echo(plain(text), err=True)


def table(
    title: str | None,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[object]],
    foot: str | None = None,
    *,
    tight: bool = False,
) -> Table:
    """A plain table; `columns` are (heading, `left` or `right`); cells are text or rich renderables.

    Numbers never break over two lines; where there is no room, texts do. `tight` puts one space less between columns.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(
        title=title,
        box=box.SIMPLE_HEAD,
        title_justify="left",
        title_style="bold",
        caption=foot,
        caption_justify="left",
        pad_edge=False,
        padding=(0, 0) if tight else (0, 1),
    )
    for heading, align in columns:
        number = align == "right"
        made.add_column(heading, justify="right" if number else "left", overflow="fold", no_wrap=number)
    for row in rows:
        made.add_row(*[cell if isinstance(cell, Text) else Text(plain("" if cell is None else cell)) for cell in row])
    return made


def print_json(value: Any) -> None:
    """One JSON document on stdout: money as decimal text beside its currency, instants in UTC, unknown as null."""
    sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False, indent=2) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return stamp(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Money):
        return {"amount": format(value.amount, "f"), "currency": value.currency}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
