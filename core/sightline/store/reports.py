"""Reports as they were made: their place in life, and the frozen copy from which the same bytes come back."""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, select, update

from sightline.errors import StoreError
from sightline.store.engine import Database
from sightline.store.tables_own import REPORT_COPIES, REPORT_FORMS, REPORT_STEPS, REPORTS

__all__ = ["Copy", "Form", "Reports", "Step"]


class Copy(NamedTuple):
    """What a report was made from: the data's snapshot, the cover, the words, the templates, all as text."""

    snapshot: str
    """`ClientFacts` as JSON."""
    cover: str
    words: Mapping[str, str]
    """Section → what a person wrote instead of the computed sentences, with names in braces for figures."""
    texts: Mapping[str, str]
    """Name → text of each template."""


class Form(NamedTuple):
    """One document of a report: `edition` is client or internal, `form` html, pdf, email and so on."""

    edition: str
    form: str
    name: str
    body: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes, in hex."""
        return hashlib.sha256(self.body).hexdigest()


class Step(NamedTuple):
    """One thing that was done with a report, or heard about it; together they are the record of contacts."""

    report: str
    client: str
    what: str
    """drafted, edited, reviewed, approved, sent, answered, corrected."""
    at: dt.datetime
    by: str
    text: str = ""


class Reports(Database):
    """The reports, each with its copy, its documents and its steps."""

    def keep_report(self, entry: Mapping[str, Any], copy: Copy, forms: Iterable[Form], step: Step) -> None:
        """Write a report with everything that belongs to it, in place of the one with its id; all of it or nothing."""
        key = entry["id"]
        with self.writing() as connection:
            for table in (REPORT_FORMS, REPORT_COPIES):
                connection.execute(delete(table).where(table.c.report == key))
            connection.execute(delete(REPORTS).where(REPORTS.c.id == key))
            connection.execute(REPORTS.insert().values(**entry))
            connection.execute(
                REPORT_COPIES.insert().values(
                    report=key,
                    snapshot=_packed(copy.snapshot),
                    cover=copy.cover,
                    words=dict(copy.words),
                    texts=dict(copy.texts),
                )
            )
            self._add(connection, key, forms)
            connection.execute(REPORT_STEPS.insert().values(**step._asdict()))

    def step_report(
        self, step: Step, values: Mapping[str, Any], *, forms: Sequence[Form] = (), only: str | None = None
    ) -> bool:
        """Note a step, set columns, put documents in place of those of their edition and form; all of it or nothing.

        With `only`, nothing is done unless the report has that status: of two that try, one does. Whether it was done.
        """
        having = [REPORTS.c.id == step.report]
        if only is not None:
            having.append(REPORTS.c.status == only)
        with self.writing() as connection:
            if values and not connection.execute(update(REPORTS).where(*having).values(**values)).rowcount:
                return False
            for form in forms:
                table = REPORT_FORMS.c
                connection.execute(
                    delete(REPORT_FORMS).where(
                        table.report == step.report, table.edition == form.edition, table.form == form.form
                    )
                )
            self._add(connection, step.report, forms)
            connection.execute(REPORT_STEPS.insert().values(**step._asdict()))
        return True

    def _add(self, connection: Any, report: str, forms: Iterable[Form]) -> None:
        rows = [
            {
                "report": report, "edition": one.edition, "form": one.form, "name": one.name, "digest": one.digest,
                "body": zlib.compress(one.body),
            }
            for one in forms
        ]  # fmt: skip
        if rows:
            connection.execute(REPORT_FORMS.insert(), rows)

    def report_copy(self, report: str) -> Copy | None:
        """What the report was made from; None for one of a release that did not keep it."""
        with self.reading() as connection:
            row = connection.execute(select(REPORT_COPIES).where(REPORT_COPIES.c.report == report)).mappings().first()
        return Copy(_unpacked(row["snapshot"]), row["cover"], row["words"], row["texts"]) if row else None

    def report_forms(self, report: str, *, edition: str | None = None, form: str | None = None) -> list[Form]:
        """The documents of a report; `StoreError` for one whose bytes are no longer those that were kept."""
        table = REPORT_FORMS.c
        asked = [table.report == report]
        asked += [] if edition is None else [table.edition == edition]
        asked += [] if form is None else [table.form == form]
        with self.reading() as connection:
            rows = connection.execute(
                select(REPORT_FORMS).where(and_(*asked)).order_by(*REPORT_FORMS.primary_key)
            ).all()
        found = [(Form(row.edition, row.form, row.name, _plain(row.body)), row.digest) for row in rows]
        for one, digest in found:
            if one.digest != digest:
                raise StoreError(
                    "the kept bytes have been changed", where=f"report {report}, {one.form}", mend="Restore a backup."
                )
        return [one for one, _ in found]

    def report_steps(self, *, report: str | None = None, client: str | None = None) -> list[Step]:
        """What was done, oldest first; of one report, of one client, or of all."""
        table = REPORT_STEPS.c
        asked = [table.report == report] if report is not None else []
        asked += [table.client == client] if client is not None else []
        with self.reading() as connection:
            rows = connection.execute(select(REPORT_STEPS).where(*asked).order_by(table.id)).all()
        return [Step(row.report, row.client, row.what, row.at, row.by, row.text) for row in rows]


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"))


def _unpacked(body: bytes) -> str:
    return zlib.decompress(body).decode("utf-8", "surrogatepass")


def _plain(body: bytes) -> bytes:
    try:
        return zlib.decompress(body)
    except zlib.error:
        return b""
