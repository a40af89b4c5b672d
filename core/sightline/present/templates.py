"""Where templates come from and what they may do: values only, strict undefined, escaped, no file beyond the folders."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

import sightline
from sightline.errors import ConfigError
from sightline.model.figures import Unknown
from sightline.model.money import Money, minor_digits, rounded
from sightline.present.text import hours_text, percent_text

#: Keys that people say (WEB-12, #34); a board's short link means nothing to a reader.
_SAID = re.compile(r"^[A-Za-z][A-Za-z0-9_]*-\d+$|^#?\d+$")

__all__ = ["built_in", "environment", "locale_of", "render"]


def built_in() -> Path:
    """The folder of the templates we ship: inside the wheel, or the checkout's `templates/` in an editable install."""
    package = Path(sightline.__file__).parent
    shipped = package / "_templates"
    return shipped if shipped.is_dir() else package.parent.parent / "templates"


def locale_of(language: str) -> Locale:
    """The locale of a language code such as `en`, `en-GB` or `de`; English for one nobody knows."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, LookupError):
        return Locale("en", "GB")


def environment(folders: Sequence[Path], *, language: str, timezone: str) -> ImmutableSandboxedEnvironment:
    """A sandbox over these folders, first one first, then our own. Filters write values in the reader's language."""
    loaders = [FileSystemLoader(folder) for folder in [*folders, built_in()]]
    env = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    env.tests["said"] = lambda key: bool(_SAID.match(key))
    env.filters |= _filters(locale_of("en_GB" if language == "en" else language), ZoneInfo(timezone))
    return env


def _filters(locale: Locale, where: ZoneInfo) -> Mapping[str, Any]:
    def money(value: Any) -> str:
        if isinstance(value, Unknown):
            return "not known"
        amount = rounded(value.amount, value.currency)
        digits = minor_digits(value.currency)
        pattern = "¤#,##0" + ("." + "0" * digits if digits else "")
        return str(format_currency(amount, value.currency, pattern, locale=locale, currency_digits=False))

    def day(value: dt.date | None) -> str:
        return str(format_date(value, "d MMMM y", locale=locale)) if value else "–"

    def moment(value: dt.datetime | None) -> str:
        return str(format_datetime(value, "d MMM y, HH:mm zzz", tzinfo=where, locale=locale)) if value else "never"

    def hours(value: Any) -> str:
        return "not known" if isinstance(value, Unknown) else f"{hours_text(value)} h"

    def percent(value: Any) -> str:
        return "not known" if isinstance(value, Unknown) else f"{percent_text(value)} %"

    def number(value: Decimal | int) -> str:
        return str(format_decimal(value, locale=locale))

    def shown(value: Any) -> str:
        if isinstance(value, Money):
            return money(value)
        return "not known" if isinstance(value, Unknown) else str(value)

    return {
        "money": money,
        "day": day,
        "moment": moment,
        "hours": hours,
        "percent": percent,
        "number": number,
        "shown": shown,
    }


def render(env: ImmutableSandboxedEnvironment, name: str, values: Mapping[str, Any]) -> str:
    """The template's text; `ConfigError` naming template and reason when it cannot be made."""
    try:
        return env.get_template(name).render(values)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        place = f"templates/{getattr(error, 'name', None) or name}" + (f" line {line}" if line else "")
        raise ConfigError(
            f"the template cannot be used ({type(error).__name__}: {error})",
            where=place,
            mend="Mend the template, or remove it to use ours.",
        ) from None
