"""`sightline people`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, plain, print_json, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from sightline.model.figures import Unknown
    from sightline.present.people import PeopleView, PersonPage, PersonRow

__all__ = ["people"]

#: So many tasks without time are named.
_MOST = 5


@click.command()
@click.argument("name", required=False)
@click.option(
    "--period", metavar="PERIOD", help="2026-10, 2026-Q4, 2026 or 2026-10-01..2026-10-15; default: this month so far."
)
@click.option("--skill", metavar="SKILL", help="Only people with this skill: who can spare hours for it.")
@click.option("--role", metavar="ROLE", help="Only people of this role.")
@click.option("--money", is_flag=True, help="Also what hours come to at the rates in force; on a page, the own ones.")
@as_json_option
@click.pass_obj
def people(
    obj: dict[str, Any],
    name: str | None,
    period: str | None,
    skill: str | None,
    role: str | None,
    money: bool,
    as_json: bool,
) -> None:
    """Everybody's hours, utilisation, load by week, spare hours and over-commitment, over all projects and tools.

    With NAME (id, name or address) that person's own page, which never shows anybody else's rates.
    """
    from sightline.app.people import people_view
    from sightline.app.session import Session

    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        view = people_view(session, period=period, name=name, money=money)
    rows = [row for row in view.rows if _fits(row, skill, role)]
    if as_json:
        print_json(_json(view, rows))
    elif view.page is not None:
        _show_page(view, view.page)
    else:
        _show(view, rows)


def _fits(row: PersonRow, skill: str | None, role: str | None) -> bool:
    skilled = skill is None or skill.casefold() in (one.casefold() for one in row.skills)
    return skilled and (role is None or role.casefold() == (row.role or "").casefold())


def _show(view: PeopleView, rows: Sequence[PersonRow]) -> None:
    heads = [("person", "left"), ("hours", "right"), ("billable", "right"), ("utilisation/target", "right")]
    heads += [("days without time", "right"), ("load ahead", "right"), ("of capacity", "right"), ("days over", "right")]
    heads += [("no due day", "right"), ("no estimate", "right"), ("in work", "right")]
    console = out()
    title = f"PEOPLE  {view.first} to {view.last}, load to {view.ahead}"
    console.print(table(title, heads, [_line(row) for row in rows], tight=True))
    console.print(_weeks(view, rows))
    if over := _over(rows):
        console.print(table("OVER-COMMITTED", [("person", "left"), ("hours too many", "left")], over))
    for text in _attention(view):
        console.print(plain(text))
    if view.unknown_hours:
        console.print(f"time of accounts that are nobody's: {_h(view.unknown_hours)} (`sightline map people`)")
    for row in rows:
        for finding in row.odd:
            console.print(f"! {finding.person}, {finding.day}: {finding.said}")


def _weeks(view: PeopleView, rows: Sequence[PersonRow]) -> Any:
    """Load of capacity by week, and what is left of it: who can spare hours."""
    weeks = rows[0].weeks if rows else ()
    heads = [("person", "left"), ("skills", "left")]
    heads += [(f"{week.first:%d %b}", "right") for week in weeks] + [("can spare", "right")]
    if view.priced is not None:
        heads += [("worth", "right"), ("too much", "right")]
    lines = []
    for row in sorted(rows, key=lambda row: -sum(week.spare for week in row.weeks)):
        cells = [row.name, ", ".join(row.skills)]
        cells += [f"{_short(week.load)}/{_short(week.capacity)}" for week in row.weeks]
        cells.append(_h(_sum(week.spare for week in row.weeks)))
        if view.priced is not None:
            cells += [_money(view.priced.spare.get(row.id)), _money(view.priced.over.get(row.id))]
        lines.append(cells)
    return table("BY WEEK  hours planned / hours there", heads, lines)


def _over(rows: Sequence[PersonRow]) -> list[list[str]]:
    return [
        [row.name, ", ".join(f"{day.day:%d %b} +{_short(day.over)}" for day in row.over)] for row in rows if row.over
    ]


def _attention(view: PeopleView) -> list[str]:
    """Where the time goes, and what gets none; with money where it was asked for."""
    from sightline.measure.receipts import days_text

    lines, priced = [], view.priced
    whole = _sum(view.focus.values())
    if whole:
        shares = ", ".join(f"{100 * hours / whole:.0f} % {name}" for name, hours in view.focus.items())
        lines.append(f"time by priority: {shares}")
    for one in view.starving[:_MOST]:
        late = f", {days_text(one.overdue_days)} overdue" if one.overdue_days else ""
        hours = "no estimate" if one.hours is None else _h(one.hours)
        lines.append(f"! high priority, no time: {one.title} ({one.project}, {hours}{late})")
    if len(view.starving) > _MOST:
        lines.append(f"  and {len(view.starving) - _MOST} more")
    if priced is not None and priced.starving:
        lines.append(
            f"  together {' + '.join(map(_money, priced.starving.values()))} of high-priority work without time"
        )
    for eater in view.eaters:
        worth = f", {' + '.join(map(_money, eater.worth))}" if priced is not None and eater.worth else ""
        lines.append(
            f"! {eater.title} took {eater.share:.0f} % of the time on {eater.project} ({_h(eater.hours)}{worth}) while"
            f" {eater.waiting} tasks there that are high or overdue got none"
        )
    for dear in priced.dear if priced is not None else ():
        tasks = ", ".join(dear.tasks[:3]) + (f" and {len(dear.tasks) - 3} more" if len(dear.tasks) > 3 else "")
        name = next((row.name for row in view.rows if row.id == dear.person), dear.person)
        lines.append(
            f"! {name}: {_h(dear.hours)} on low-priority work, {_money(dear.extra)} dearer than usual ({tasks})"
        )
    if view.nobodys:
        lines.append(f"open tasks that are nobody's: {len(view.nobodys)}")
    return lines


def _show_page(view: PeopleView, page: PersonPage) -> None:
    row, console = page.row, out()
    console.print(f"{row.name}  {row.role or ''}  {', '.join(row.skills)}", style="bold")
    console.print(
        f"{view.first} to {view.last}: {_h(row.hours)}, {_percent(row.billable_share)} billable, utilisation"
        f" {_percent(row.utilisation)}" + (f" of {row.target:.0f} % aimed at" if row.target is not None else "")
    )
    console.print("on " + ", ".join(f"{plain(name)} {_h(hours)}" for name, hours in row.projects.items()))
    if view.priced is not None:
        worked, cost = view.priced.worked.get(row.id), view.priced.cost.get(row.id)
        console.print(f"billable work {_money(worked)}, cost {_money(cost)} (own rates)")
    for leave in page.leave:
        console.print(f"away {leave.starts} to {leave.ends}" + (f", {leave.hours} h a day" if leave.hours else ""))
    console.print(_weeks(view, [row]))
    for day in row.over:
        console.print(f"! {day.day:%a %d %b}: {_h(day.load)} due, {_h(day.capacity)} there")
    heads = [("task", "left"), ("project", "left"), ("state", "left"), ("priority", "left"), ("due", "left")]
    heads += [("left", "right"), ("in work", "right")]
    lines = [
        [
            f"{task.key} {task.title}",
            task.project,
            task.state,
            task.level,
            f"{task.due:%d %b %Y}" if task.due else "-",
            "?" if task.hours is None else _h(task.hours),
            "" if task.age_days is None else f"{task.age_days} d",
        ]
        for task in page.open
    ]
    console.print(table("OPEN", heads, lines))


def _line(row: PersonRow) -> list[str]:
    load = row.load_percent
    return [
        row.name,
        _h(row.hours),
        _percent(row.billable_share),
        _percent(row.utilisation) + (f" / {row.target:.0f} %" if row.target is not None else ""),
        str(len(row.missing)),
        _h(row.load),
        "-" if load is None else _percent(load),
        str(row.days_over),
        _h(row.unscheduled),
        str(row.unestimated),
        str(row.in_progress),
    ]


def _sum(values: Iterable[Decimal]) -> Decimal:
    from decimal import Decimal

    return sum(values, Decimal(0))


def _h(hours: Decimal) -> str:
    return f"{_short(hours)} h"


def _short(hours: Decimal) -> str:
    from sightline.present.text import hours_text

    return hours_text(hours)


def _money(money: Any) -> str:
    from sightline.present.text import money_text

    return "?" if money is None else money_text(money)


def _percent(value: Decimal | Unknown) -> str:
    from sightline.present.text import value_text

    return value_text(value, "percent")


def _json(view: PeopleView, rows: Sequence[PersonRow]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "from": view.first,
        "to": view.last,
        "load_until": view.ahead,
        "as_of": view.as_of,
        "unknown_hours": view.unknown_hours,
        "people": [_person(row) for row in rows],
        "hours_by_priority": dict(view.focus),
        "high_priority_without_time": [
            {
                "task": str(one.task), "title": one.title, "project": one.project, "hours": one.hours,
                "people": list(one.persons), "overdue_days": one.overdue_days,
            }
            for one in view.starving
        ],
        "takes_most_of_the_time": [
            {"task": str(one.task), "title": one.title, "project": one.project, "hours": one.hours, "percent": one.share,
             "waiting": one.waiting} for one in view.eaters
        ],
        "low_priority_hours": dict(view.low),
        "open_tasks_of_nobody": list(view.nobodys),
    }  # fmt: skip
    if view.page is not None:
        made["open"] = [
            {
                "key": task.key, "title": task.title, "project": task.project, "state": task.state,
                "priority": task.level, "due": task.due, "hours": task.hours, "age_days": task.age_days,
            }
            for task in view.page.open
        ]  # fmt: skip
        made["hours_by_priority"] = dict(view.page.focus)
    if view.priced is not None:
        made["money"] = _money_json(view)
    return made


def _money_json(view: PeopleView) -> dict[str, Any]:
    priced = view.priced
    if priced is None:
        return {}
    return {
        "over_committed": dict(priced.over),
        "spare": dict(priced.spare),
        "billable_work": dict(priced.worked),
        "cost": dict(priced.cost),
        "high_priority_without_time": list(priced.starving.values()),
        "dear_on_low_priority": [
            {"person": one.person, "hours": one.hours, "extra": one.extra, "tasks": list(one.tasks)}
            for one in priced.dear
        ],
        "takes_most_of_the_time": [{"task": str(one.task), "worth": list(one.worth)} for one in view.eaters],
    }


def _person(row: PersonRow) -> dict[str, Any]:
    return {
        "person": row.id,
        "name": row.name,
        "role": row.role,
        "skills": list(row.skills),
        "hours": row.hours,
        "billable_hours": row.billable,
        "available_hours": row.available,
        "billable_share": _value(row.billable_share),
        "utilisation": _value(row.utilisation),
        "target_utilisation": row.target,
        "hours_by_project": dict(row.projects),
        "load_hours": row.load,
        "capacity_hours": row.capacity,
        "unscheduled_hours": row.unscheduled,
        "open_tasks_without_estimate": row.unestimated,
        "tasks_in_progress": row.in_progress,
        "days_over": row.days_over,
        "days": [{"day": day.day, "load_hours": day.load, "capacity_hours": day.capacity} for day in row.days],
        "weeks": [
            {"week": week.first, "load_hours": week.load, "capacity_hours": week.capacity, "spare_hours": week.spare}
            for week in row.weeks
        ],
        "missing_days": [finding.day for finding in row.missing],
        "long_days": [{"day": finding.day, "said": finding.said} for finding in row.odd],
    }


def _value(value: Decimal | Unknown) -> Any:
    from sightline.model.figures import Unknown

    return {"unknown": value.why} if isinstance(value, Unknown) else value
