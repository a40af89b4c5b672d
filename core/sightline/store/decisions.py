"""Decisions of people, and what follows from them: kept apart from what was collected, so no sync touches them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from sightline.model.decisions import Correction, Decision, DecisionKind
from sightline.model.portfolio import StatusRule
from sightline.model.refs import Ref
from sightline.store.engine import Database
from sightline.store.statements import execute_many, insert
from sightline.store.tables_own import CORRECTIONS, DECISIONS, STATUS_RULES, TIES

__all__ = ["Decisions", "Entry", "KeptTie"]

_D = DECISIONS.c
#: So many ids are asked for at once.
_AT_A_TIME = 500


class Entry(NamedTuple):
    """A decision to be written down."""

    kind: DecisionKind
    subject: str
    value: tuple[tuple[str, str], ...]
    reason: str | None = None


class KeptTie(NamedTuple):
    """A thing that concerns a task, by what it was found (`how`), and for links between tasks the link's kind."""

    origin: Ref
    part: str
    """The line of a document; else empty."""
    task: Ref
    how: str
    link: str = ""


class Decisions(Database):
    """The book of decisions; nothing in it is ever changed but the mark that it was undone."""

    def decide(self, entries: Sequence[Entry], *, by: str, at: dt.datetime) -> list[Decision]:
        """Write decisions down as one step, and give them with their ids."""
        with self.writing() as connection:
            step = (connection.execute(select(func.max(_D.step))).scalar() or 0) + 1
            made = []
            for entry in entries:
                values = {**entry._asdict(), "step": step, "by": by, "at": at}
                key = connection.execute(DECISIONS.insert().values(**values)).inserted_primary_key
                made.append(Decision(id=int(key[0]) if key else 0, **values))
        return made

    def decisions(self, *, undone: bool = False) -> list[Decision]:
        """Decisions in force, in the order in which they were made; with `undone`, all that ever were."""
        query = select(DECISIONS).order_by(_D.id)
        if not undone:
            query = query.where(_D.undone_at.is_(None))
        with self.reading() as connection:
            return [Decision(**row) for row in connection.execute(query).mappings()]

    def undo_decisions(self, ids: Collection[int], *, by: str, at: dt.datetime) -> int:
        """Mark them as undone; how many were in force until now."""
        statement = update(DECISIONS).where(_D.id.in_(ids), _D.undone_at.is_(None))
        with self.writing() as connection:
            return connection.execute(statement.values(undone_at=at, undone_by=by)).rowcount

    def replace_corrections(self, corrections: Iterable[Correction]) -> None:
        """Take over what corrections are in force."""
        rows = [{**c.ref._asdict(), "billable": c.billable, "person": c.person, "notes": c.notes} for c in corrections]
        with self.writing() as connection:
            connection.execute(delete(CORRECTIONS))
            if rows:
                connection.execute(CORRECTIONS.insert(), rows)

    def corrections(self) -> list[Correction]:
        """What corrections are in force; projects are told by the assignments."""
        with self.reading() as connection:
            rows = connection.execute(select(CORRECTIONS)).all()
        return [
            Correction(ref=Ref(row.source, row.kind, row.id), billable=row.billable, person=row.person, notes=row.notes)
            for row in rows
        ]

    def replace_status_rules(self, rules: Iterable[StatusRule]) -> None:
        """Take over what statuses mean; of two rules for the same, the later one."""
        rows = {
            (rule.source, rule.scope or "", rule.status.casefold()): (rule.state, rule.waiting_on) for rule in rules
        }
        columns = ("source", "scope", "status", "state", "waiting_on")
        with self.writing() as connection:
            connection.execute(delete(STATUS_RULES))
            execute_many(
                connection,
                insert(connection, STATUS_RULES, columns),
                [(*key, *meant) for key, meant in rows.items()],
            )

    def replace_ties(self, ties: Iterable[KeptTie], *, of: Collection[Ref] | None = None) -> int:
        """Take over what concerns which task; only what differs is written. How many rows were written or removed.

        `of` are the things (activities, time, documents, tasks) whose ties these are; None: all ties there are.
        """
        wanted = {(*tie.origin, tie.part, tie.task.source, tie.task.id, tie.link): tie.how for tie in ties}
        columns = ("source", "kind", "id", "part", "task_source", "task", "link")
        key = [TIES.c[name] for name in columns]
        with self.writing() as connection:
            held = {
                tuple(row[:7]): row[7]
                for where in _origins(of)
                for row in connection.execute(select(*key, TIES.c.how).where(*where))
            }
            gone = [row for row, how in held.items() if wanted.get(row) != how]
            fresh = [(*row, how) for row, how in wanted.items() if held.get(row) != how]
            for row in gone:
                connection.execute(
                    delete(TIES).where(*(column == value for column, value in zip(key, row, strict=True)))
                )
            execute_many(connection, insert(connection, TIES, (*columns, "how")), fresh)
        return len(gone) + len(fresh)

    def ties_of(self, tasks: Collection[Ref]) -> list[KeptTie]:
        """What concerns these tasks, and for links between tasks both directions."""
        if not tasks:
            return []
        at = TIES.c
        ends = [and_(at.task_source == task.source, at.task == task.id) for task in tasks]
        ends += [and_(at.source == task.source, at.kind == "tasks", at.id == task.id) for task in tasks]
        with self.reading() as connection:
            rows = connection.execute(select(TIES).where(or_(*ends)).order_by(*TIES.primary_key)).all()
        return [
            KeptTie(
                Ref(row.source, row.kind, row.id), row.part, Ref(row.task_source, "tasks", row.task), row.how, row.link
            )
            for row in rows
        ]


def _origins(of: Collection[Ref] | None) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Conditions for ties of these things, some hundred at a time; one empty condition for all ties."""
    if of is None:
        yield ()
        return
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for ref in of:
        groups[ref.source, ref.kind].append(ref.id)
    for (source, kind), ids in groups.items():
        for start in range(0, len(ids), _AT_A_TIME):
            some = TIES.c.id.in_(ids[start : start + _AT_A_TIME])
            yield TIES.c.source == source, TIES.c.kind == kind, some
