"""The joins that exports share: a task's key, the project and the client a thing belongs to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Table, and_, func, literal
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from sightline.model.records import Task
from sightline.store.tables import kind_of
from sightline.store.tables_own import ASSIGNMENTS, CORRECTIONS, PROJECTS

__all__ = ["Joined"]

Thing = tuple[str, ColumnElement[Any]]
"""A table's name as `Ref.kind` has it, and the id."""


class Joined:
    """A table and what was joined to it so far; by outer joins on whole keys, so no row gets lost or doubled."""

    def __init__(self, base: Table) -> None:
        self.base = base
        self.rows: FromClause = base

    def join(self, other: FromClause, *conditions: ColumnElement[bool]) -> None:
        """Add a table whose row is found by its key."""
        self.rows = self.rows.outerjoin(other, and_(*conditions))

    def task(self, named: ColumnElement[Any], *conditions: ColumnElement[bool]) -> FromClause:
        """The task with the id that the column names."""
        tasks = kind_of(Task).table.alias()
        self.join(tasks, tasks.c.source == self.base.c.source, tasks.c.id == named, *conditions)
        return tasks

    def correction(self, kind: str) -> ReadOnlyColumnCollection[str, Column[Any]]:
        """What is said here against the base table's record; `kind` is the table as `Ref.kind` has it."""
        said = CORRECTIONS.alias()
        self.join(said, said.c.source == self.base.c.source, said.c.kind == kind, said.c.id == self.base.c.id)
        return said.c

    def project(self, *things: Thing, line: ColumnElement[Any] | None = None) -> ColumnElement[Any]:
        """The project of the first of the things that is assigned; `line` is a line of the first, tried before it."""
        found = [self._assigned(kind, named, literal("")) for kind, named in things]
        if line is not None:
            found.insert(0, self._assigned(*things[0], line))
        return func.coalesce(*found, None)

    def _assigned(self, kind: str, named: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[Any]:
        held = ASSIGNMENTS.alias()
        at = held.c
        self.join(held, at.source == self.base.c.source, at.kind == kind, at.id == named, at.part == part)
        return at.project

    def client(self, project: ColumnElement[Any]) -> ColumnElement[Any]:
        """The client of a project."""
        projects = PROJECTS.alias()
        self.join(projects, projects.c.id == project)
        return projects.c.client
