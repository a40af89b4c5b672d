"""`sightline learn`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sightline.cli.output import as_json_option, note, out, print_json, table

if TYPE_CHECKING:
    from decimal import Decimal

    from sightline.measure.lessons import Lesson, Suggestion
    from sightline.model.figures import Unknown
    from sightline.present.lessons import LessonsView

__all__ = ["learn"]


@click.command()
@click.option("--type", "kind", metavar="TYPE", help="Only work of this type: bug, story, card.")
@click.option("--client", metavar="CLIENT", help="Only work for this client, by name.")
@click.option("--person", metavar="PERSON", help="Only work of this person, by name.")
@click.option("--quote", metavar="HOURS", help="An estimate of new work: what similar work says it will take.")
@as_json_option
@click.pass_obj
def learn(
    obj: dict[str, Any], kind: str | None, client: str | None, person: str | None, quote: str | None, as_json: bool
) -> None:
    """What finished work took against its estimates, by type, person, client and size; and what to quote next."""
    from sightline.app.learning import lessons_view
    from sightline.app.session import Session

    hours = _hours(quote)
    with Session.open(obj["workspace"], warn=lambda text: note(f"warning: {text}")) as session:
        view = lessons_view(session, kind=kind, client=client, person=person, quote=hours)
    if as_json:
        print_json(_json(view))
    else:
        _show(view)


def _hours(text: str | None) -> Decimal | None:
    from decimal import Decimal, InvalidOperation

    if text is None:
        return None
    try:
        hours = Decimal(text)
    except InvalidOperation:
        raise click.BadParameter("a number of hours, like 12.5", param_hint="--quote") from None
    if not (hours.is_finite() and hours > 0):
        raise click.BadParameter("more than 0 hours", param_hint="--quote")
    return hours


def _show(view: LessonsView) -> None:
    console = out()
    heads = [("", "left"), ("tasks", "right"), ("actual / estimate", "right"), ("middle half", "right")]
    heads += [("ln", "right"), ("median error", "right"), ("within 25 %", "right")]
    rows = [_line(view.whole)]
    for by, group in view.groups.items():
        rows += [[by.upper(), *[""] * 6], *([f"  {row[0]}", *row[1:]] for row in map(_line, group))]
    console.print(table("FINISHED WORK  hours it took / hours estimated", heads, rows))
    if view.suggestion is not None:
        for text in _suggested(view.suggestion):
            console.print(text)


def _line(one: Lesson) -> list[str]:
    return [
        one.name,
        str(one.items),
        _number(one.median),
        f"{_number(one.low)} - {_number(one.high)}",
        _number(one.log_median),
        _number(one.median_error, 0, " %"),
        _number(one.within_quarter, 0, " %"),
    ]


def _suggested(found: Suggestion | Unknown) -> list[str]:
    from sightline.model.figures import Unknown
    from sightline.present.text import hours_text

    if isinstance(found, Unknown):
        return [f"no suggestion: {found.why}"]
    similar, quote = found.similar, found.quote
    lines = [
        (
            f"{similar.items} similar tasks took {similar.lowest:.2f} to {similar.highest:.2f} times their estimate:"
            f" {hours_text(quote * similar.lowest)} to {hours_text(quote * similar.highest)} h for a quote of {hours_text(quote)} h"
        )
    ]
    for confidence, hours in found.hours.items():
        lines.append(
            f"  {confidence} % sure: not known, {hours.why}"
            if isinstance(hours, Unknown)
            else f"  {confidence} % sure: {hours_text(hours)} h"
        )
    return lines


def _number(value: Decimal | Unknown, digits: int = 2, unit: str = "") -> str:
    from sightline.model.figures import Unknown

    return "?" if isinstance(value, Unknown) else f"{value:.{digits}f}{unit}"


def _json(view: LessonsView) -> dict[str, Any]:
    from sightline.model.figures import Unknown

    found = view.suggestion
    told: dict[str, Any] | None = None
    if isinstance(found, Unknown):
        told = {"unknown": found.why}
    elif found is not None:
        told = {
            "quote_hours": found.quote,
            "similar": found.similar.items,
            "lowest_ratio": found.similar.lowest,
            "highest_ratio": found.similar.highest,
            "hours": {str(share): _value(hours) for share, hours in found.hours.items()},
        }
    return {
        "as_of": view.as_of,
        "all": _lesson(view.whole),
        **{by: [_lesson(one) for one in group] for by, group in view.groups.items()},
        "suggestion": told,
    }


def _lesson(one: Lesson) -> dict[str, Any]:
    return {name: _value(value) for name, value in one._asdict().items()}


def _value(value: Any) -> Any:
    from sightline.model.figures import Unknown

    return {"unknown": value.why} if isinstance(value, Unknown) else value
