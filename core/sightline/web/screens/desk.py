"""Sources, the mapping inbox, reports, and who may come in."""

from __future__ import annotations

from decimal import Decimal

from sightline.app.mapping import map_view
from sightline.app.measuring import source_states
from sightline.app.reports import list_reports
from sightline.model.access import Viewer
from sightline.present.screen import Action, Cell, Column, Screen, Table, Tone, text_cell
from sightline.present.text import age_text, hours_text
from sightline.web.desk import Desk
from sightline.web.screens import Query

__all__ = ["access_screen", "inbox_screen", "reports_screen", "sources_screen"]


def sources_screen(desk: Desk, viewer: Viewer, _query: Query) -> Screen:
    """Every source: when it was read completely, what became of the last attempt, what is missing and why."""
    session = desk.session
    now, attempts = session.clock.now(), session.store.last_attempts()
    rows, actions = [], []
    for state in source_states(session, session.workspace.sources):
        last = attempts.get(state.source)
        tone: Tone = "good" if state.status == "complete" else "grey" if state.status == "never" else "bad"
        rows.append((
            text_cell(state.source), text_cell(session.workspace.sources[state.source].connector),
            text_cell(state.status, tone=tone),
            Cell(text=age_text(state.last_complete, now), value=state.last_complete),
            Cell(text=age_text(last.finished_at if last else None, now), value=last.finished_at if last else None),
            *(Cell(text=str(n), value=n) for n in ((last.new, last.changed, last.gone, last.skipped, last.requests)
                                                    if last else (0, 0, 0, 0, 0))),
            text_cell(state.reason),
        ))  # fmt: skip
        actions.append((Action(label="Sync now", path="/sources/sync", fields={"source": state.source}),)
                       if viewer.may("sync") else ())  # fmt: skip
    columns = (
        Column("source", "Source"), Column("tool", "Tool"), Column("status", "State"),
        Column("complete", "Complete"), Column("tried", "Tried"), Column("new", "New", number=True),
        Column("changed", "Changed", number=True), Column("gone", "Gone", number=True),
        Column("skipped", "Unreadable", number=True), Column("requests", "Requests", number=True),
        Column("reason", "What is missing, and why"),
    )  # fmt: skip
    running = tuple(f"{source}: {step}" for source, step in sorted(desk.progress.items()))
    table = Table(name="sources", title="Sources", columns=columns, rows=tuple(rows), actions=tuple(actions),
                  empty="No source is configured yet: `sightline connect` adds one.")  # fmt: skip
    sync = (Action(label="Sync all", path="/sources/sync"),) if viewer.may("sync") else ()
    lead = ("A sync is under way.", *running) if desk.syncing else ((desk.said,) if desk.said else ())
    return Screen(name="sources", title="Sources", as_of=now, lead=lead, tables=(table,), actions=sync)


def _decided(viewer: Viewer, label: str, path: str, **fields: str) -> tuple[Action, ...]:
    return (Action(label=label, path=path, fields=fields),) if viewer.may("decide") else ()


def inbox_screen(desk: Desk, viewer: Viewer, _query: Query) -> Screen:
    """What is not mapped yet, heaviest first, with the best suggestion to accept; everything can be undone."""
    view = map_view(desk.session)
    actions: tuple[Action, ...] = ()
    if viewer.may("decide"):
        actions = (Action(label="Accept everything sure", path="/inbox/sure"),
                   Action(label="Undo the last step", path="/inbox/undo"))  # fmt: skip
    people, who = [], []
    for row in view.people:
        best = row.suggestions[0] if row.suggestions else None
        account = f"{row.account.source}:{row.account.record.id}"
        said = (
            f"{view.persons.get(best.person, best.person)} ({best.score}: {', '.join(best.reasons)})" if best else None
        )
        people.append((text_cell(row.account.record.name or account), text_cell(row.account.source),
                       _hours(row.seconds), Cell(text=str(row.items), value=row.items), text_cell(said)))  # fmt: skip
        who.append(_decided(viewer, "Accept", "/inbox/person", account=account, person=best.person) if best else ())
    scopes, where = [], []
    for place in view.scopes:
        first = place.suggestions[0] if place.suggestions else None
        said = f"{first.project} ({first.score}: {', '.join(first.reasons)})" if first else None
        scopes.append((text_cell(f"{place.source}:{place.key}"), text_cell(place.name), _hours(place.seconds),
                       Cell(text=str(place.tasks), value=place.tasks), text_cell(said)))  # fmt: skip
        where.append(_decided(viewer, "Accept", "/inbox/scope", scope=f"{place.source}:{place.key}",
                              project=first.project) if first else ())  # fmt: skip
    statuses = tuple((text_cell(row.source), text_cell(row.status), Cell(text=str(row.tasks), value=row.tasks))
                     for row in view.unmapped)  # fmt: skip
    skipped = tuple(
        tuple(text_cell(row[name]) for name in ("source", "stream", "id", "reason")) for row in view.skipped
    )
    tables = (
        Table(name="people", title="Accounts of nobody known", rows=tuple(people), actions=tuple(who),
              columns=(Column("account", "Account"), Column("source", "Source"), Column("hours", "Hours", number=True),
                       Column("items", "Items", number=True), Column("may_be", "May be")), empty="All are known."),
        Table(name="scopes", title="Scopes of no project", rows=tuple(scopes), actions=tuple(where),
              columns=(Column("scope", "Scope"), Column("name", "Name"), Column("hours", "Hours", number=True),
                       Column("tasks", "Tasks", number=True), Column("may_belong_to", "May belong to")),
              empty="All belong to a project."),
        Table(name="statuses", title="Statuses without a meaning", rows=statuses, empty="All have one.",
              columns=(Column("source", "Source"), Column("status", "Status"), Column("tasks", "Tasks", number=True))),
        Table(name="unreadable", title="Rows that could not be read", rows=skipped, empty="None.",
              columns=(Column("source", "Source"), Column("stream", "Stream"), Column("id", "Id"),
                       Column("reason", "Reason"))),
    )  # fmt: skip
    return Screen(name="inbox", title="Mapping inbox", as_of=desk.session.clock.now(), tables=tables, actions=actions)


def _hours(seconds: int) -> Cell:
    hours = Decimal(seconds) / 3600
    return Cell(text=hours_text(hours), value=hours)


def reports_screen(desk: Desk, viewer: Viewer, _query: Query) -> Screen:
    """Reports written so far, the newest first; every client can have a new draft."""
    written = sorted(list_reports(desk.session), key=lambda one: str(one["drafted_at"]), reverse=True)
    rows = tuple(
        (
            text_cell(one["client"], href=f"/clients/{one['client']}"),
            text_cell(one["id"], href=f"/reports/file?id={one['id']}"),
            text_cell(one["starts_on"]), text_cell(one["ends_on"]), text_cell(one["status"]),
        )
        for one in written
    )  # fmt: skip
    columns = (Column("client", "Client"), Column("report", "Report"), Column("from", "From"), Column("to", "To"),
               Column("state", "State"))  # fmt: skip
    drafts = tuple(
        Action(label=f"Draft: {client.name}", path="/reports/draft", fields={"client": client.id})
        for client in desk.session.workspace.clients.values()
        if viewer.may("report")
    )
    table = Table(name="reports", title="Reports", columns=columns, rows=rows, empty="No report was drafted yet.")
    return Screen(
        name="reports", title="Client reports", as_of=desk.session.clock.now(), tables=(table,), actions=drafts
    )


def access_screen(desk: Desk, _viewer: Viewer, _query: Query) -> Screen:
    """Users, links for clients, and the log of who saw, changed and sent what."""
    session = desk.session
    users = tuple((text_cell(one.name), text_cell(one.role), text_cell(one.client),
                   text_cell("may log in" if one.disabled_at is None else "disabled"))
                  for one in session.store.users())  # fmt: skip
    shares, ends = [], []
    now = session.clock.now()
    for one in session.store.grants("share"):
        over = one.ended_at is not None or one.expires_at <= now
        shares.append((text_cell(one.holder), text_cell(one.note or None), text_cell(f"{one.expires_at:%d %b %Y}"),
                       text_cell(age_text(one.used_at, now)), text_cell("over" if over else "open")))  # fmt: skip
        revoke = Action(label="Revoke", path="/access/revoke", fields={"mark": one.digest[:16]}, grave=True)
        ends.append(() if over else (revoke,))
    log = tuple((text_cell(f"{line['at']:%d %b %Y %H:%M}"), text_cell(line["who"]), text_cell(line["what"]),
                 text_cell(line["about"])) for line in session.store.audited())  # fmt: skip
    tables = (
        Table(name="users", title="Users", rows=users, empty="Only the local user; `sightline users add` adds one.",
              columns=(Column("user", "User"), Column("role", "Role"), Column("client", "Client"),
                       Column("state", "State"))),
        Table(name="shares", title="Links for clients", rows=tuple(shares), actions=tuple(ends), empty="None yet.",
              columns=(Column("client", "Client"), Column("note", "Note"), Column("until", "Until"),
                       Column("used", "Used"), Column("state", "State"))),
        Table(name="log", title="Log", rows=log, empty="Nothing yet.",
              columns=(Column("at", "At (UTC)"), Column("who", "Who"), Column("what", "What"), Column("about", "About"))),
    )  # fmt: skip
    links = tuple(Action(label=f"New link: {one.name}", path="/access/share", fields={"client": one.id})
                  for one in session.workspace.clients.values())  # fmt: skip
    return Screen(name="access", title="Access", as_of=now, tables=tables, actions=links)
