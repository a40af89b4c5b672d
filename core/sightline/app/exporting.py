"""Export: one table to a file or a stream, through a sink; the file appears whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from sightline.app.measuring import measure_workspace
from sightline.app.session import Session
from sightline.config.problems import nearest
from sightline.errors import ConfigError, StoreError
from sightline.present.export import WRITERS
from sightline.store.exports import EXPORTS

__all__ = ["export_table"]


def export_table(
    session: Session,
    table: str,
    *,
    form: str = "jsonl",
    out: Path | None = None,
    stream: TextIO | None = None,
    project: str | None = None,
    source: str | None = None,
) -> int:
    """Write a table of the contract to `out` or `stream`; the number of rows.

    Raises `ConfigError` for an unknown table, format, project or source, and `StoreError` when the file cannot be written
    (an existing file is then left as it was).
    """
    _check_names(session, table, form, project, source)
    measure_workspace(session, touched=())
    columns, rows = session.store.export(table, project=project, source=source)
    if out is None:
        if form not in WRITERS or stream is None:
            raise ConfigError(f"{form} needs a file", where="export", mend="Name one with --out.")
        return WRITERS[form](columns, rows, stream)
    try:
        if form in WRITERS:
            return _to_file(out, form, columns, rows)
        return session.registry.sinks[form]().write(table, columns, rows, str(out))
    except OSError as error:
        raise StoreError(
            f"the file cannot be written ({error.strerror})",
            where=str(out),
            mend="Check the folder and the space left.",
        ) from None


def _check_names(session: Session, table: str, form: str, project: str | None, source: str | None) -> None:
    workspace = session.workspace
    known = {
        "table": EXPORTS,
        # Plug-ins are loaded only for a format that is not our own.
        "format": WRITERS if form in WRITERS else [*WRITERS, *session.registry.sinks],
        "project": workspace.projects,
        "source": workspace.sources,
    }
    for what, name in (("table", table), ("format", form), ("project", project), ("source", source)):
        if name is not None and name not in known[what]:
            raise ConfigError(
                f"there is no {what} {name[:60]!r}{nearest(name, known[what])}",
                where="export",
                mend=f"Known: {', '.join(known[what])}.",
            )


def _to_file(path: Path, form: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> int:
    handle, draft = tempfile.mkstemp(dir=path.resolve().parent, prefix=".export-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            count = WRITERS[form](columns, rows, file)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return count
