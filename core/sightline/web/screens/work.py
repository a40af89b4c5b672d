"""The portfolio, one project, one client, and the receipt of a figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sightline.app.explaining import explain
from sightline.app.status import portfolio, project_view
from sightline.app.why import why
from sightline.errors import ConfigError
from sightline.model.access import Viewer
from sightline.model.facts import SourceState
from sightline.model.figures import Figure, Unknown
from sightline.present.portfolio import Portfolio, ProjectRow
from sightline.present.screen import Action, Cell, Column, Screen, Table, Tone, figure_cell, text_cell
from sightline.present.text import age_text, hours_text, percent_text, value_text
from sightline.web.desk import Desk
from sightline.web.guard import Problem
from sightline.web.screens import Query
from sightline.web.screens.reasons import why_lines, why_tables

__all__ = ["client_screen", "explain_screen", "portfolio_screen", "project_screen", "visible"]

#: Figures about invoices and budgets, and those about our cost, by the beginning of their names.
_MONEY = ("invoiced", "paid", "outstanding", "overdue", "owed", "unbilled", "wip", "bill", "earned", "accrued", "deferred",
          "revenue", "received", "dso", "budget_used_money", "budget_left_money", "burn_money", "retainer", "realisation",
          "budget_ends_money", "billable_value")  # fmt: skip
_COST = ("effective_rate", "purchases", "eac", "etc", "vac", "tcpi", "cv", "cpi", "ac_")
#: Wherever one of these stands in a name, cost can be read off the figure.
_OF_COST = ("cost", "margin", "profit")


def visible(figure: Figure, viewer: Viewer) -> bool:
    """Whether this viewer's role may see that figure. The verdicts of health quote amounts, so they count as those."""
    name = figure.name
    of_cost = name.startswith(_COST) or any(word in name for word in _OF_COST) or name == "health"
    if of_cost and not viewer.may("cost"):
        return False
    of_money = name.startswith(_MONEY) or name.startswith("health") or figure.unit == "money"
    return viewer.may("money") or not of_money


def portfolio_screen(desk: Desk, viewer: Viewer, query: Query) -> Screen:
    """All projects, worst first; `q` finds by name, `client` shows one client's."""
    view = portfolio(desk.session)
    rows = [row for row in view.rows if _wanted(row, query)]
    return Screen(
        name="portfolio",
        title=view.name,
        as_of=view.as_of,
        lead=tuple(_lead(rows, viewer)),
        warnings=_lacking(view.sources),
        tables=(_projects(view, rows, viewer), *_apart(view, viewer)),
    )


def _wanted(row: ProjectRow, query: Query) -> bool:
    asked = query.get("q", "").casefold()
    text = f"{row.client or ''} {row.name} {row.id}".casefold()
    return asked in text and query.get("client", "") in ("", row.client or "internal")


def _lead(rows: Sequence[ProjectRow], viewer: Viewer) -> list[str]:
    behind = [row for row in rows if isinstance(row.gap, Decimal) and row.gap < 0]
    blind = [row for row in rows if row.gap is None or isinstance(row.gap, Unknown)]
    said = [f"{len(rows)} projects, {len(behind)} behind plan, {len(blind)} without a plan or without data."]
    if behind:
        worst = min(behind, key=lambda row: Decimal(row.gap) if isinstance(row.gap, Decimal) else Decimal(0))
        said.append(f"Furthest behind: {worst.name}, {_gap_text(worst)} points.")
    late = [row.name for row in rows if any(_is_some(figure) for figure in row.overdue)]
    if late and viewer.may("money"):
        said.append(f"Overdue invoices: {', '.join(late)}.")
    return said


def _is_some(figure: Figure) -> bool:
    amount = getattr(figure.value, "amount", None)
    return amount is not None and amount > 0


def _lacking(states: Sequence[SourceState]) -> tuple[str, ...]:
    return tuple(
        f"{state.source} is {state.status}: {state.reason or 'it was never read'}"
        for state in states
        if state.status != "complete"
    )


def _gap_text(row: ProjectRow) -> str:
    planned, done = row.planned, row.done
    if planned is None or done is None or row.gap is None:
        return "-"
    if not isinstance(planned.value, Decimal) or not isinstance(done.value, Decimal):
        return "?"
    return f"{int(percent_text(done.value)) - int(percent_text(planned.value)):+d}"


def _gap_cell(row: ProjectRow) -> Cell:
    gap = row.gap
    if gap is None:
        return Cell(text="-", hint="no plan")
    if isinstance(gap, Unknown):
        return Cell(text="?", value=gap, tone="grey", hint=gap.why)
    tone: Tone = "bad" if gap <= -5 else "warn" if gap < 0 else "good"
    return Cell(text=_gap_text(row), value=gap, tone=tone, hint="percentage points done more than planned")


def _projects(view: Portfolio, rows: Sequence[ProjectRow], viewer: Viewer) -> Table:
    columns = [
        Column("project", "Project"), Column("client", "Client"), Column("health", "Health"),
        Column("plan", "Plan", number=True), Column("done", "Done", number=True), Column("gap", "Gap", number=True),
        Column("due", "Promised"), Column("finish", "Forecast"), Column("hours", "Hours", number=True),
    ]  # fmt: skip
    if viewer.may("money"):
        columns += [Column("invoiced", "Invoiced", number=True), Column("overdue", "Overdue", number=True),
                    Column("unbilled", "Unbilled", number=True)]  # fmt: skip
    if viewer.may("cost"):
        columns.append(Column("margin", "Margin", number=True))
    columns.append(Column("read", "Read"))
    return Table(
        name="projects",
        title="Projects",
        columns=tuple(columns),
        rows=tuple(tuple(_project_cells(view, row, viewer)) for row in rows),
        empty="No project fits. Name projects in sightline.toml under [projects.ID].",
    )


def _project_cells(view: Portfolio, row: ProjectRow, viewer: Viewer) -> list[Cell]:
    budget = f" / {hours_text(row.budget_hours)}" if row.budget_hours is not None else ""
    hours = figure_cell(
        row.hours, text=value_text(row.hours.value, "hours").removesuffix(" h") + budget if row.hours else ""
    )
    client = text_cell(row.client or "internal", href=f"/clients/{row.client_id}" if row.client_id else "")
    cells = [
        text_cell(row.name, href=f"/projects/{row.id}"), client, _health_cell(row, viewer), figure_cell(row.planned),
        figure_cell(row.done), _gap_cell(row), Cell(text=f"{row.due:%d %b %Y}" if row.due else "-", value=row.due),
        figure_cell(row.finish, tone=_past(row)), hours,
    ]  # fmt: skip
    if viewer.may("money"):
        late: Tone = "bad" if any(_is_some(figure) for figure in row.overdue) else ""
        cells += [figure_cell(row.invoiced), figure_cell(row.overdue, tone=late), figure_cell(row.unbilled)]
    if viewer.may("cost"):
        cells.append(figure_cell(row.margin))
    age = age_text(row.oldest, view.as_of)
    cells.append(Cell(text=age, value=row.oldest, tone="warn" if row.lacking else "", hint="; ".join(row.lacking)))
    return cells


_TONES: dict[str, Tone] = {"green": "good", "amber": "warn", "red": "bad", "grey": "grey"}


def _health_cell(row: ProjectRow, viewer: Viewer) -> Cell:
    """The colour in a word; what set it only for those who may see amounts and margin, which it quotes."""
    if row.health is None:
        return Cell(text="-")
    if not visible(row.health, viewer):
        return Cell(text=row.colour, value=row.colour, tone=_TONES[row.colour])
    why = row.health.value.why if isinstance(row.health.value, Unknown) else row.health.method
    return Cell(text=row.colour, value=row.colour, tone=_TONES[row.colour], hint=why, href=f"/explain/{row.id}/health")


def _past(row: ProjectRow) -> Tone:
    """Whether the forecast is behind what was promised."""
    day = row.finish.value if row.finish else None
    return "bad" if isinstance(day, dt.date) and row.due is not None and day > row.due else ""


def _apart(view: Portfolio, viewer: Viewer) -> list[Table]:
    """What belongs to no project."""
    rows = []
    if viewer.may("money"):
        rows += [
            (text_cell(f"unmatched {kind}s", href="/inbox"), Cell(text=str(number), value=number),
             Cell(text=f"{currency} {total:,.2f}", value=total))
            for kind, currency, number, total in view.unmatched
        ]  # fmt: skip
    if view.leftover_seconds:
        hours = Decimal(view.leftover_seconds) / 3600
        rows.append((text_cell("time of no project", href="/inbox"), Cell(text="-"),
                     Cell(text=f"{hours_text(hours)} h", value=hours)))  # fmt: skip
    if view.unmatched_people:
        rows.append((text_cell("accounts of nobody known", href="/inbox"),
                     Cell(text=str(view.unmatched_people), value=view.unmatched_people), Cell(text="-")))  # fmt: skip
    if not rows:
        return []
    columns = (Column("what", "Belongs to no project"), Column("count", "Count", number=True),
               Column("sum", "Sum", number=True))  # fmt: skip
    return [Table(name="apart", title="Not in any project", columns=columns, rows=tuple(rows))]


def project_screen(desk: Desk, viewer: Viewer, query: Query) -> Screen:
    """One project: why it is where it is, then every figure the viewer may see; `as_of` shows the ledger of a past day."""
    try:
        view = project_view(desk.session, query["project"])
    except ConfigError:
        raise Problem(404, "There is no such project.") from None
    row = view.row
    figures = [figure for figure in view.figures if visible(figure, viewer)]
    past = _day(query.get("as_of", ""))
    found = why(desk.session, row.id, as_of=past)
    facts: list[tuple[str, Cell]] = [
        ("Health", _health_cell(row, viewer)), ("Plan", figure_cell(row.planned)), ("Done", figure_cell(row.done)),
        ("Gap", _gap_cell(row)), ("Promised", text_cell(f"{row.due:%d %b %Y}" if row.due else None)),
        ("Forecast (85 %)", figure_cell(row.finish, tone=_past(row))), ("Hours", figure_cell(row.hours)),
    ]  # fmt: skip
    return Screen(
        name="project",
        title=row.name,
        as_of=found.facts.as_of,
        lead=why_lines(found),
        warnings=row.lacking,
        facts=tuple(facts) if past is None else (),
        tables=(*why_tables(found), *((_figures(figures), _tasks(desk, row.id, query)) if past is None else ())),
        crumbs=(("Portfolio", "/"), *(((row.client, f"/clients/{row.client_id}"),) if row.client else ())),
    )


def _day(asked: str) -> dt.date | None:
    if not asked:
        return None
    try:
        return dt.date.fromisoformat(asked)
    except ValueError:
        raise Problem(400, "This is no day. Write 2026-11-20.") from None


def _figures(figures: Sequence[Figure]) -> Table:
    rows = tuple(
        (
            text_cell(figure.name.replace("_", " ") + (f" ({figure.currency})" if figure.currency else "")),
            figure_cell(figure),
            text_cell(figure.value.why if isinstance(figure.value, Unknown) else figure.method),
        )
        for figure in figures
    )
    columns = (
        Column("figure", "Figure"),
        Column("value", "Value", number=True),
        Column("method", "Method, or why not"),
    )
    return Table(name="figures", title="Figures", columns=columns, rows=rows, empty="Nothing was measured yet.")


_PAGE = 100


def _tasks(desk: Desk, project: str, query: Query) -> Table:
    names, rows = desk.session.store.export("tasks", project=project)
    wanted = ("key", "title", "state", "status", "assignees", "due_on", "updated_at")
    places = [names.index(name) for name in wanted]
    removed = names.index("removed_at")
    url = names.index("url")
    asked = query.get("q", "").casefold()
    held = [row for row in rows if row[removed] is None and asked in f"{row[places[0]]} {row[places[1]]}".casefold()]
    held.sort(key=lambda row: (row[places[2]] in ("done", "cancelled"), str(row[places[5]] or "9999")))
    cells = [
        tuple(
            text_cell(
                ", ".join(value) if isinstance(value := row[place], (list, tuple)) else value,
                href=str(row[url] or "") if name == "key" else "",
            )
            for name, place in zip(wanted, places, strict=True)
        )
        for row in held[:_PAGE]
    ]
    note = f"The first {_PAGE} of {len(held)}; `sightline export tasks` has all." if len(held) > _PAGE else ""
    columns = tuple(
        Column(name, name.removesuffix("_on").removesuffix("_at").replace("_", " ").capitalize()) for name in wanted
    )
    return Table(name="tasks", title="Tasks", columns=columns, rows=tuple(cells), note=note, empty="No task fits.")


def client_screen(desk: Desk, viewer: Viewer, query: Query) -> Screen:
    """One client: their projects across all tools, and what they would see themselves."""
    workspace = desk.session.workspace
    client = workspace.clients.get(query["client"])
    if client is None:
        raise Problem(404, "There is no such client.")
    view = portfolio(desk.session)
    rows = [row for row in view.rows if row.client_id == client.id]
    facts = [("Contacts", text_cell(", ".join(client.contacts) or None))]
    actions: tuple[Action, ...] = ()
    if viewer.may("report"):
        facts.append(("Their own view", text_cell("open", href=f"/clients/{client.id}/view")))
        actions += (Action(label="Draft the report", path="/reports/draft", fields={"client": client.id}),)
    return Screen(
        name="client",
        title=client.name,
        as_of=view.as_of,
        lead=tuple(_lead(rows, viewer)),
        facts=tuple(facts),
        tables=(_projects(view, rows, viewer),),
        actions=actions,
        crumbs=(("Portfolio", "/"),),
    )  # fmt: skip


def explain_screen(desk: Desk, viewer: Viewer, query: Query) -> Screen:
    """The receipt of one figure: formula, method, inputs, records."""
    try:
        figures = [one for one in explain(desk.session, query["owner"], query["figure"]) if visible(one, viewer)]
    except ConfigError:
        raise Problem(404, "There is no such figure.") from None
    if not figures:
        raise Problem(404, "There is no such figure.")
    first = figures[0]
    facts = [
        ("Value", figure_cell(figures)), ("Formula", text_cell(first.receipt.formula)),
        ("Method", text_cell(first.method)), ("Definition", text_cell(first.receipt.source)),
        ("Oldest input", text_cell(f"{first.oldest_input:%d %b %Y %H:%M} UTC" if first.oldest_input else None)),
    ]  # fmt: skip
    if first.coverage is not None:
        facts.append(("Coverage", text_cell(f"{first.coverage * 100:.0f} % of the items had the data")))
    whose = f"/projects/{first.project}" if first.project else f"/clients/{first.client}"
    return Screen(
        name="explain",
        title=query["figure"].replace("_", " ").capitalize(),
        as_of=first.as_of,
        facts=tuple(facts),
        tables=tuple(_inputs(figure) for figure in figures),
        crumbs=(("Portfolio", "/"), (first.project or first.client or "", whose)),
    )


_REFS = 8


def _inputs(figure: Figure) -> Table:
    rows = []
    for line in figure.receipt.lines:
        shown = ", ".join(f"{ref.source} {ref.id}" for ref in line.refs[:_REFS])
        more = f" and {len(line.refs) - _REFS} more" if len(line.refs) > _REFS else ""
        rows.append((text_cell(line.label), text_cell(line.value), text_cell(shown + more or None)))
    title = f"Inputs ({figure.currency})" if figure.currency else "Inputs"
    columns = (Column("input", "Input"), Column("value", "Value", number=True), Column("records", "Records"))
    return Table(name=f"inputs_{figure.currency or 'all'}", title=title, columns=columns, rows=tuple(rows))
