"""Every export table: its columns in the order of the contract, and where they come from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, literal, select

from sightline.model.records import (
    Account,
    Activity,
    Change,
    ChecklistItem,
    Document,
    Link,
    Milestone,
    Payment,
    Scope,
    Task,
    TimeEntry,
)
from sightline.store.exports import tell
from sightline.store.exports.joined import Joined
from sightline.store.tables import LINES, kind_of
from sightline.store.tables_own import (
    ALERTS,
    CLIENTS,
    FIGURES,
    PERSON_ACCOUNTS,
    PERSONS,
    PROJECTS,
    REPORTS,
    SLIP,
    TIES,
    TOLD,
)

__all__ = ["EXPORTS", "Export"]


@dataclasses.dataclass(frozen=True)
class Export:
    """One table of the contract."""

    columns: tuple[str, ...]
    query: Select[*tuple[Any, ...]]
    """Every column under its name, and what `tells` need besides; in the order of the table's key."""
    tells: tuple[tell.Tell, ...]
    source: ColumnElement[Any] | None
    project: ColumnElement[Any] | None
    """What `--source` and `--project` compare; None where the table has no such thing."""


def _export(
    joined: Joined,
    columns: str,
    *tells: tell.Tell,
    project: ColumnElement[Any] | None = None,
    hidden: Mapping[str, ColumnElement[Any]] | None = None,
    only: ColumnElement[bool] | None = None,
    **where: ColumnElement[Any],
) -> Export:
    """An export of the columns named; those that are not told by `where` are the base table's own of that name.

    `only` narrows the rows.
    """
    own, names = joined.base.c, tuple(columns.split())
    if project is not None:
        where["project"] = project
    picked = {name: where[name] if name in where else own[name] for name in names} | dict(hidden or {})
    query = select(*(column.label(name) for name, column in picked.items()))
    query = query.select_from(joined.rows).order_by(*joined.base.primary_key)
    if only is not None:
        query = query.where(only)
    return Export(names, query, tells, own.get("source"), project)


def _of(record: type[Any]) -> tuple[Joined, Any]:
    table = kind_of(record).table
    return Joined(table), table.c


def _tasks() -> Export:
    joined, task = _of(Task)
    parent = joined.task(task.parent)
    project = joined.project(("tasks", task.id), ("scopes", task.scope))
    return _export(
        joined,
        "source scope id key url title kind status state waiting_on created_at updated_at started_at completed_at"
        " start_on due_on assignees assignee_accounts reporter parent labels priority estimate_seconds"
        " remaining_seconds spent_seconds points milestone milestones sprint archived removed_at project client"
        " corrected",
        tell.meaning,
        tell.scope,
        tell.team,
        tell.person("reporter"),
        tell.targets,
        assignee_accounts=task.assignees,
        parent=func.coalesce(parent.c.key, task.parent_key),
        milestone=literal(None),
        sprint=task.sprints,
        project=project,
        client=joined.client(project),
        corrected=joined.correction("tasks").notes,
    )


def _time() -> Export:
    joined, entry = _of(TimeEntry)
    task = joined.task(entry.task)
    project = joined.project(("time", entry.id), ("tasks", entry.task), ("scopes", entry.scope))
    said, named = joined.correction("time"), PERSONS.alias()
    joined.join(named, named.c.id == said.person)
    return _export(
        joined,
        "source scope id task person account started_at day seconds billable note status project client removed_at"
        " corrected",
        tell.scope,
        tell.person("person", said="corrected_person"),
        task=func.coalesce(task.c.key, entry.task_key),
        person=entry.account,
        billable=func.coalesce(said.billable, entry.billable),
        project=project,
        client=joined.client(project),
        corrected=said.notes,
        hidden={"corrected_person": named.c.name},
    )


def _changes() -> Export:
    joined, change = _of(Change)
    task = joined.task(change.task)
    sides = {
        f"{side}_key": joined.task(change[f"{side}_value"], change.field == "parent").c.key for side in ("from", "to")
    }
    return _export(
        joined,
        "source task field from to from_state to_state at by learnt_at removed_at",
        tell.step,
        tell.person("by"),
        task=func.coalesce(task.c.key, change.task),
        project=joined.project(("tasks", change.task), ("scopes", task.c.scope)),
        hidden=sides,
        learnt_at=change.first_learnt_at,
        **{"from": change.from_value, "to": change.to_value},
    )


def _people() -> Export:
    joined, account = _of(Account)
    match, person = PERSON_ACCOUNTS.alias(), PERSONS.alias()
    joined.join(match, match.c.source == account.source, match.c.account == account.id)
    joined.join(person, person.c.id == match.c.person)
    return _export(
        joined,
        "source id name email active person removed_at affiliations",
        tell.affiliations,
        person=person.c.name,
        affiliations=person.c.affiliations,
    )


def _scopes() -> Export:
    joined, scope = _of(Scope)
    project = joined.project(("scopes", scope.id))
    return _export(joined, "source id key name url archived project removed_at", project=project)


def _milestones() -> Export:
    joined, milestone = _of(Milestone)
    return _export(
        joined,
        "source scope id kind name state starts_on due_on completed_at removed_at",
        tell.scope,
        project=joined.project(("scopes", milestone.scope)),
    )


def _items() -> Export:
    joined, item = _of(ChecklistItem)
    task = joined.task(item.task)
    return _export(
        joined,
        "source task id list title state due_on assignee removed_at",
        tell.person("assignee"),
        task=func.coalesce(task.c.key, item.task),
        project=joined.project(("tasks", item.task), ("scopes", task.c.scope)),
    )


def _links() -> Export:
    joined, link = _of(Link)
    one, other = joined.task(link.from_task), joined.task(link.to)
    ends: dict[str, ColumnElement[Any]] = {
        "from": func.coalesce(one.c.key, link.from_task),
        "to": func.coalesce(other.c.key, link.to),
    }
    return _export(
        joined,
        "source from to kind removed_at",
        project=joined.project(("tasks", link.from_task), ("scopes", one.c.scope)),
        hidden=None,
        **ends,
    )


def _documents() -> Export:
    joined, document = _of(Document)
    project = joined.project(("documents", document.id))
    return _export(
        joined,
        "source id kind number reference status contact issued_on due_on paid_on currency subtotal tax total paid"
        " credited outstanding rate_to_base project client removed_at",
        tell.amounts("subtotal", "tax", "total", "paid", "credited", "outstanding"),
        project=project,
        client=joined.client(project),
    )


def _lines() -> Export:
    joined, line = Joined(LINES), LINES.c
    document = kind_of(Document).table.alias()
    joined.join(document, document.c.source == line.source, document.c.id == line.document)
    return _export(
        joined,
        "source document id description quantity unit_price discount_rate tax amount account tracking project currency"
        " removed_at",
        tell.amounts("unit_price", "tax", "amount"),
        tell.tracking,
        project=joined.project(("documents", line.document), line=line.id),
        currency=document.c.currency,
        removed_at=document.c.removed_at,
    )


def _payments() -> Export:
    joined, payment = _of(Payment)
    return _export(
        joined,
        "source id document day currency amount status removed_at",
        tell.amounts("amount"),
        project=joined.project(("documents", payment.document)),
        only=payment.kind == "payment",
    )


def _allocations() -> Export:
    """Credit that settles a document without money moving: `credit` is the note, over- or prepayment it comes from."""
    joined, payment = _of(Payment)
    return _export(
        joined,
        "source id document credit kind day currency amount status removed_at",
        tell.amounts("amount"),
        project=joined.project(("documents", payment.document)),
        only=payment.kind != "payment",
    )


def _activity() -> Export:
    joined, trace = _of(Activity)
    task = joined.task(trace.task)
    return _export(
        joined,
        "source scope id kind task person at title url project removed_at",
        tell.scope,
        tell.person("person"),
        tell.first_key,
        task=task.c.key,
        person=trace.account,
        project=joined.project(("activity", trace.id), ("tasks", trace.task), ("scopes", trace.scope)),
        hidden={"keys": trace["keys"]},
    )


def _own(table: Table, columns: str, *tells: tell.Tell, project: str | None = None, **more: Any) -> Export:
    return _export(Joined(table), columns, *tells, project=table.c[project] if project else None, **more)


def _ties() -> Export:
    joined, tie = Joined(TIES), TIES.c
    task = kind_of(Task).table.alias()
    joined.join(task, task.c.source == tie.task_source, task.c.id == tie.task)
    return _export(joined, "source kind id part task_source task how link", task=func.coalesce(task.c.key, tie.task))


def _projects() -> Export:
    columns = "id name client starts due agreement currency budget budget_seconds"
    return _own(PROJECTS, columns, tell.amounts("budget"), project="id")


def _figures() -> Export:
    found = _own(
        FIGURES,
        "project figure value unit currency as_of method coverage oldest_input why_unknown client",
        tell.figure,
        project="project",
        figure=FIGURES.c.name,
        why_unknown=literal(None),
        hidden={"type": FIGURES.c.type, "money_currency": FIGURES.c.money_currency},
    )
    # Whichever project was measured last, the order stays.
    columns = FIGURES.c
    return dataclasses.replace(found, query=found.query.order_by(None).order_by(columns.project, columns.id))


def _alerts() -> Export:
    columns = (
        "id project rule text opened_at closed_at acknowledged_at acknowledged_by snoozed_until client source subject"
        " severity owner action since seen_at told_at times acknowledged_why inputs"
    )
    return _own(ALERTS, columns, tell.inputs, project="project")


def _notes() -> Export:
    joined, note = Joined(TOLD), TOLD.c
    task = kind_of(Task).table.alias()
    joined.join(task, task.c.source == note.task_source, task.c.id == note.task)
    columns = "project id kind text by at asked_of due answered_at answer answered_by outcome task client_visible"
    return _export(joined, columns, project=note.project, task=func.coalesce(task.c.key, note.task))


EXPORTS: dict[str, Callable[[], Export]] = {
    "tasks": _tasks,
    "time": _time,
    "changes": _changes,
    "people": _people,
    "scopes": _scopes,
    "milestones": _milestones,
    "items": _items,
    "links": _links,
    "documents": _documents,
    "lines": _lines,
    "payments": _payments,
    "allocations": _allocations,
    "activity": _activity,
    "projects": _projects,
    "clients": lambda: _own(CLIENTS, "id name contacts language"),
    "figures": _figures,
    "ties": _ties,
    "notes": _notes,
    "slip": lambda: _own(SLIP, "project gap reason value text tasks as_of", project="project"),
    "alerts": _alerts,
    "reports": lambda: _own(REPORTS, " ".join(REPORTS.c.keys())),
}
