"""The portfolio as configured, who is who, and what belongs to which project: written by the app, read by exports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import delete, select

from sightline.model.facts import Affiliation, Person
from sightline.model.portfolio import Client, Project
from sightline.model.records import Activity, Task, TimeEntry
from sightline.model.refs import Ref
from sightline.store.engine import Database
from sightline.store.statements import execute_many, upsert
from sightline.store.tables import kind_of
from sightline.store.tables_own import ASSIGNMENTS, CLIENTS, PERSON_ACCOUNTS, PERSONS, PROJECTS

__all__ = ["Assigned", "Joins"]


class Assigned(NamedTuple):
    """A thing that belongs to a project: a scope as a whole, a task, an entry, a document, or one line of a document.

    What is not assigned itself goes with the scope or task it is in; lines go with their document.
    """

    ref: Ref
    line: str = ""


class Joins(Database):
    """Joins between what was collected and what the workspace says about its business."""

    def replace_portfolio(self, clients: Iterable[Client], projects: Iterable[Project]) -> None:
        """Take over the clients and projects of the configuration; what it no longer names loses its assignments."""
        held = list(projects)
        client_rows = [
            {"id": client.id, "name": client.name, "contacts": client.contacts, "language": client.language}
            for client in clients
        ]
        with self.writing() as connection:
            connection.execute(delete(CLIENTS))
            connection.execute(delete(PROJECTS))
            kept = [project.id for project in held]
            connection.execute(delete(ASSIGNMENTS).where(ASSIGNMENTS.c.project.not_in(kept)))
            if client_rows:
                connection.execute(CLIENTS.insert(), client_rows)
            if held:
                connection.execute(PROJECTS.insert(), [_project_row(project) for project in held])

    def replace_persons(self, persons: Iterable[Person]) -> None:
        """Take over who is who."""
        held = list(persons)
        accounts = [
            {"source": ref.source, "account": ref.id, "person": person.id, "position": at}
            for person in held
            for at, ref in enumerate(person.accounts)
        ]
        rows = [
            {"id": one.id, "name": one.name, "emails": one.emails, "role": one.role, "affiliations": _told(one)}
            for one in held
        ]
        with self.writing() as connection:
            connection.execute(delete(PERSON_ACCOUNTS))
            connection.execute(delete(PERSONS))
            if rows:
                connection.execute(PERSONS.insert(), rows)
            if accounts:
                connection.execute(PERSON_ACCOUNTS.insert(), accounts)

    def persons(self) -> list[Person]:
        """Everybody, by id, with their accounts."""
        accounts: dict[str, list[Ref]] = {}
        with self.reading() as connection:
            for row in connection.execute(select(PERSON_ACCOUNTS).order_by(PERSON_ACCOUNTS.c.position)):
                accounts.setdefault(row.person, []).append(Ref(row.source, "people", row.account))
            rows = connection.execute(select(PERSONS).order_by(PERSONS.c.id)).all()
        return [
            Person(
                id=row.id,
                name=row.name,
                emails=row.emails,
                role=row.role,
                accounts=tuple(accounts.get(row.id, ())),
                affiliations=tuple(map(_affiliation, row.affiliations)),
            )
            for row in rows
        ]

    def assigned(self, project: str, kind: str) -> dict[str, set[str]]:
        """Source → ids of the things of one kind that belong to a project, whole or by a line."""
        columns = ASSIGNMENTS.c
        query = select(columns.source, columns.id).where(columns.project == project, columns.kind == kind)
        found: dict[str, set[str]] = {}
        with self.reading() as connection:
            for source, id_ in connection.execute(query):
                found.setdefault(source, set()).add(id_)
        return found

    def busy(self, source: str, scope: str) -> bool:
        """Whether there is any time or activity in a scope."""
        with self.reading() as connection:
            for record in (TimeEntry, Activity):
                table = kind_of(record).table
                query = select(table.c.id).where(table.c.source == source, table.c.scope == scope).limit(1)
                if connection.execute(query).first() is not None:
                    return True
        return False

    def hangs_elsewhere(self, source: str, scope: str) -> bool:
        """Whether time or activity of another scope hangs on a task of this one."""
        tasks = kind_of(Task).table.c
        here = select(tasks.id).where(tasks.source == source, tasks.scope == scope)
        with self.reading() as connection:
            for record in (TimeEntry, Activity):
                held = kind_of(record).table.c
                # A list of tasks, not a join: SQLite would begin with all rows of the source.
                there = select(held.id).where(held.source == source, held.task.in_(here), held.scope != scope)
                if connection.execute(there.limit(1)).first() is not None:
                    return True
        return False

    def replace_assignments(self, project: str, things: Iterable[Assigned]) -> None:
        """What belongs to the project from now on. A thing that belonged to another one moves."""
        rows = [(one.ref.source, one.ref.kind, one.ref.id, one.line, project) for one in things]
        columns = ("source", "kind", "id", "part", "project")
        with self.writing() as connection:
            connection.execute(delete(ASSIGNMENTS).where(ASSIGNMENTS.c.project == project))
            execute_many(connection, upsert(connection, ASSIGNMENTS, columns), rows)


def _told(person: Person) -> list[list[str]]:
    days = ((one, one.starts, one.ends) for one in person.affiliations)
    return [
        [one.kind, one.client or "", starts.isoformat() if starts else "", ends.isoformat() if ends else ""]
        for one, starts, ends in days
    ]


def _affiliation(told: list[str]) -> Affiliation:
    kind, client, starts, ends = told
    days = [dt.date.fromisoformat(day) if day else None for day in (starts, ends)]
    return Affiliation(kind=kind, client=client or None, starts=days[0], ends=days[1])  # type: ignore[arg-type]


def _project_row(project: Project) -> dict[str, object]:
    agreement = project.agreement
    budget = agreement.budget if agreement else None
    return {
        "id": project.id,
        "client": project.client,
        "name": project.name,
        "starts": project.starts,
        "due": project.due,
        "agreement": agreement.kind if agreement else None,
        "currency": budget.currency if budget else None,
        "budget": budget.amount if budget else None,
        "budget_seconds": agreement.budget_seconds if agreement else None,
    }
