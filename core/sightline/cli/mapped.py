"""How `sightline map` shows what it found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import out, plain, table
from sightline.unify.clues import SURE
from sightline.unify.decisions import sentence

if TYPE_CHECKING:
    from sightline.app.mapping import MapView, PeopleView, PersonRow, ScopeRow
    from sightline.model.decisions import Decision
    from sightline.model.facts import Affiliation
    from sightline.unify.statuses import StatusRow

__all__ = [
    "decision_json",
    "people_json",
    "show_decisions",
    "show_made",
    "show_people",
    "show_statuses",
    "show_view",
    "view_json",
]

_SHOWN = 40
"""Rows of one table on a terminal; JSON has all."""
_CANDIDATES = 2

Columns = list[tuple[str, str]]


def _hours(seconds: int) -> str:
    return f"{seconds // 3600}.{seconds % 3600 * 10 // 3600} h" if seconds else ""


def _print(title: str, columns: Columns, rows: Sequence[list[object]], foot: str | None = None) -> None:
    if not rows:
        return
    more = f"and {len(rows) - _SHOWN} more; --json lists all" if len(rows) > _SHOWN else None
    told = "  ".join(part for part in (foot, more) if part) or None
    out().print(table(title, columns, rows[:_SHOWN], told))


def _columns(*names: str) -> Columns:
    """Headings; one that begins with > stands to the right."""
    return [(name.lstrip(">"), "right" if name.startswith(">") else "left") for name in names]


def show_view(view: MapView) -> None:
    """Everything unmapped; then what may be done about it."""
    _print(
        f"accounts not matched to a person: {len(view.people)}, {_hours(sum(row.seconds for row in view.people)) or '0 h'}",
        _columns("source", "account", ">time", ">would bill", ">tasks", "perhaps"),
        [_person_cells(row, view.persons) for row in view.people],
    )
    _print(
        f"scopes in no project: {len(view.scopes)}, {_hours(sum(row.seconds for row in view.scopes)) or '0 h'}",
        _columns("source", "scope", "name", ">tasks", ">time", ">would bill", "perhaps"),
        [_scope_cells(row) for row in view.scopes],
    )
    _print(
        "left over in scopes that projects take parts of",
        _columns("source", "scope", "name", ">tasks", ">time"),
        [[row.source, row.key, row.name, row.tasks or "", _hours(row.seconds)] for row in view.left],
    )
    _show_meanings("statuses without a meaning (they count as unknown, never as done)", view.unmapped)
    _show_meanings("statuses whose word says more than their tool: done, or not?", view.doubtful)
    _show_money(view)
    _print(
        "tasks that several projects asked for",
        _columns("task", "counts in", "also asked for by"),
        [[task, counted, ", ".join(also)] for task, counted, also in view.overlaps],
    )
    _print("tasks that look like one", _columns("task", "and", "why"), [list(row) for row in view.same])
    _print(
        "names that several tasks have (tied to none of them)",
        _columns("name", "may be", ">places"),
        [[name, ", ".join(tasks), places] for name, tasks, places in view.unclear],
    )
    _print(
        "decisions without effect: what they name is gone from sightline.toml",
        _columns(">#", "decision", "by", "on"),
        [[one.id, sentence(one), one.by, one.at.date()] for one in view.stale],
    )
    for row in view.skipped:
        out().print(
            f"could not be read: {row['source']} {row['stream']} {plain(row['id'])}: {plain(row['reason'])}",
            style="yellow",
        )
    _show_next(view)


def _person_cells(row: PersonRow, persons: dict[str, str]) -> list[object]:
    account = row.account.record
    state = "" if account.active else " (inactive)"
    return [
        row.account.source,
        f"{account.name or account.username or account.id}{state}",
        _hours(row.seconds),
        _worth(row),
        row.items or "",
        "; ".join(
            f"{persons.get(s.person, s.person)} [{s.person}] {s.score}{' sure' if s.score >= SURE else ''} ({', '.join(s.reasons)})"
            for s in row.suggestions[:_CANDIDATES]
        ),
    ]


def _worth(row: PersonRow | ScopeRow) -> str:
    """What the time would bill; `?` where there is time and no rate that holds for it."""
    from sightline.present.text import UNKNOWN, money_text

    return " + ".join(map(money_text, row.worth)) or (UNKNOWN if row.seconds else "")


def _scope_cells(row: ScopeRow) -> list[object]:
    likely = "; ".join(
        f"{s.project} {s.score}{' sure' if s.sure else ''} ({', '.join(s.reasons)})"
        for s in row.suggestions[:_CANDIDATES]
    )
    return [row.source, row.key, row.name, row.tasks or "", _hours(row.seconds), _worth(row), likely]


def _show_meanings(title: str, rows: Iterable[StatusRow]) -> None:
    cells: list[list[object]] = [[s.source, s.status, s.state, s.waiting_on or "", s.origin, s.tasks] for s in rows]
    _print(title, _columns("source", "status", "means", "waits on", "by", ">tasks"), cells)


def _show_money(view: MapView) -> None:
    foot = "  ".join(f"{kind} {currency} {total} ({number})" for kind, currency, number, total in view.sums)
    _print(
        "documents in no project",
        _columns("source", "kind", "number", "contact", "issued", "currency", ">total"),
        [
            [d["source"], d["kind"], d["number"], d["contact"], d["issued_on"], d["currency"], d["total"]]
            for d in view.documents
        ],
        f"sums with tax: {foot}",
    )


def _show_next(view: MapView) -> None:
    best = [s for row in view.people for s in row.suggestions[:1]]
    sure = sum(s.score >= SURE for s in best) + sum(row.suggestions[0].sure for row in view.scopes if row.suggestions)
    told = []
    if sure:
        told.append(f"`sightline map --accept` takes the {sure} sure one{'s' if sure > 1 else ''}")
    if view.people:
        told.append("`map merge ACCOUNT PERSON`")
    if view.scopes:
        told.append("`map accept SCOPE PROJECT`")
    if view.unmapped or view.doubtful:
        told.append("`map status SOURCE STATUS STATE`")
    if view.same:
        told.append("`map same TASK COPY`")
    if told:
        click.echo("; ".join(told))
    elif not any((view.documents, view.overlaps, view.skipped, view.left, view.unclear, view.stale)):
        click.echo("everything is mapped" if view.collected else "nothing was collected yet: `sightline sync` does it")


def show_statuses(view: MapView) -> None:
    """The table in force, by scope where a rule of one scope says otherwise, then what it leaves open."""
    merged: dict[tuple[str, str, str, str, str], int] = {}
    for row in view.table:
        key = (row.source, row.status, row.state, row.waiting_on or "", row.origin)
        merged[key] = merged.get(key, 0) + row.tasks
    out().print(
        table(
            "statuses in use",
            _columns("source", "status", "means", "waits on", "by", ">tasks"),
            [[*key, count] for key, count in merged.items()],
        )
    )
    _print(
        "types of items in use",
        _columns("source", "type", "taken for", "by", ">tasks"),
        [[row.source, row.word, row.kind, "rule" if row.by_rule else "tool", row.tasks] for row in view.kinds],
    )
    open_ = sum(row.tasks for row in view.unmapped)
    click.echo(f"{open_} tasks stand in a status without a meaning" if open_ else "every status has a meaning")
    _show_meanings("done, or not? Their word says more than their tool", view.doubtful)


def show_people(view: PeopleView) -> None:
    """Persons, the busiest first; then who is missing."""
    rows: list[list[object]] = [
        [
            person.name,
            person.id,
            ", ".join(map(_affiliated, person.affiliations)),
            _hours(seconds),
            tasks or "",
            ", ".join(_account(view, ref) for ref in person.accounts if ref in view.accounts),
        ]
        for person, seconds, tasks in view.rows
        if seconds or tasks or person.accounts
    ]
    _print("people", _columns("name", "id", "whose", ">time", ">tasks", "accounts"), rows)
    _print(
        "accounts not matched to a person",
        _columns("source", "account", ">time", ">tasks", "perhaps"),
        [_person_cells(row, {person.id: person.name for person, _, _ in view.rows}) for row in view.unmatched],
    )
    if view.bots:
        told = ", ".join(f"{bot.source}:{bot.record.name or bot.record.username or bot.record.id}" for bot in view.bots)
        click.echo(f"robots: {plain(told)}")


def _affiliated(one: Affiliation) -> str:
    days = f" {one.starts or ''}..{one.ends or ''}" if one.starts or one.ends else ""
    return f"{one.kind}{f' of {one.client}' if one.client else ''}{days}"


def _account(view: PeopleView, ref: Any) -> str:
    account = view.accounts[ref]
    return f"{ref.source}:{account.username or account.email or account.id}{'' if account.active else ' (inactive)'}"


def show_made(made: Sequence[Decision], *, head: str = "decided", none: str = "nothing was decided") -> None:
    """What was decided (or undone), a line each."""
    for one in made:
        reason = f"  ({one.reason})" if one.reason else ""
        click.echo(f"{head} #{one.id}: {plain(sentence(one))}{plain(reason)}")
    if not made:
        click.echo(none)


def show_decisions(held: Sequence[Decision]) -> None:
    """The book of decisions."""
    rows: list[list[object]] = [
        [
            one.id,
            one.at.date(),
            one.by,
            sentence(one),
            one.reason or "",
            f"undone {one.undone_at.date()} by {one.undone_by}" if one.undone_at else "",
        ]
        for one in held
    ]
    if rows:
        out().print(table(None, _columns(">#", "on", "by", "decision", "why", ""), rows))
    else:
        click.echo("nothing was decided yet")


def decision_json(one: Decision) -> dict[str, Any]:
    """A decision for programs."""
    return {
        "id": one.id,
        "step": one.step,
        "kind": one.kind,
        "subject": one.subject,
        "value": dict(one.value),
        "text": sentence(one),
        "by": one.by,
        "at": one.at,
        "reason": one.reason,
        "undone_at": one.undone_at,
        "undone_by": one.undone_by,
    }


def _account_json(row: PersonRow) -> dict[str, Any]:
    account = row.account.record
    return {
        "source": row.account.source,
        "account": account.id,
        "name": account.name,
        "username": account.username,
        "active": account.active,
        "seconds": row.seconds,
        "would_bill": list(row.worth),
        "tasks": row.items,
        "suggestions": [
            {"person": s.person, "score": s.score, "sure": s.score >= SURE, "reasons": list(s.reasons)}
            for s in row.suggestions
        ],
    }


def people_json(view: PeopleView) -> dict[str, Any]:
    """Who is who, for programs."""
    return {
        "people": [
            {
                "person": person.id,
                "name": person.name,
                "emails": list(person.emails),
                "role": person.role,
                "affiliations": [
                    {"kind": one.kind, "client": one.client, "from": one.starts, "until": one.ends}
                    for one in person.affiliations
                ],
                "seconds": seconds,
                "tasks": tasks,
                "accounts": [
                    {"source": ref.source, "account": ref.id, "active": view.accounts[ref].active}
                    for ref in person.accounts
                    if ref in view.accounts
                ],
            }
            for person, seconds, tasks in view.rows
        ],
        "unmatched": [_account_json(row) for row in view.unmatched],
        "bots": [{"source": bot.source, "account": bot.record.id, "name": bot.record.name} for bot in view.bots],
    }


def view_json(view: MapView) -> dict[str, Any]:
    """Everything unmapped, for programs."""
    return {
        "people": [_account_json(row) for row in view.people],
        "scopes": [
            {
                "source": s.source,
                "scope": s.key,
                "name": s.name,
                "tasks": s.tasks,
                "seconds": s.seconds,
                "would_bill": list(s.worth),
                "suggestions": [
                    {"project": g.project, "score": g.score, "sure": g.sure, "reasons": list(g.reasons)}
                    for g in s.suggestions
                ],
            }
            for s in view.scopes
        ],
        "left": [
            {"source": s.source, "scope": s.key, "name": s.name, "tasks": s.tasks, "seconds": s.seconds}
            for s in view.left
        ],
        "statuses": [s._asdict() for s in view.unmapped],
        "doubtful_statuses": [s._asdict() for s in view.doubtful],
        "documents": list(view.documents),
        "unmatched_sums": [
            {"kind": kind, "currency": currency, "documents": number, "total": total}
            for kind, currency, number, total in view.sums
        ],
        "overlaps": [
            {"task": task, "counted_in": counted, "also": list(also)} for task, counted, also in view.overlaps
        ],
        "same": [{"task": first, "and": second, "reason": why} for first, second, why in view.same],
        "ambiguous": [{"name": name, "tasks": list(tasks), "places": places} for name, tasks, places in view.unclear],
        "stale_decisions": [decision_json(one) for one in view.stale],
        "skipped": list(view.skipped),
    }
