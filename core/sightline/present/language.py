"""The language of a report: one file per language gives every sentence, Babel gives plural forms, money and dates.

A sentence is `Said`: words with names in braces, and beside them the figures for those names. Who edits a report edits
the words; the figures are put in again afterwards, so editing words never edits numbers.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from sightline.errors import ConfigError, ContractError
from sightline.model.figures import Unknown
from sightline.model.money import Money, minor_digits, rounded
from sightline.present.text import percent_text

__all__ = ["PLACE", "Language", "Said", "language", "languages"]

_FOLDER = Path(__file__).parent / "languages"
#: A name in braces.
PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """Words with names in braces, and the figures that stand for the names."""

    words: str
    figures: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def text(self) -> str:
        """The words with the figures in their places; a figure is never searched for names itself."""
        return PLACE.sub(lambda found: self.figures.get(found[1], found[0]), self.words)

    def with_words(self, words: str) -> Said:
        """The same figures in other words."""
        return Said(words, self.figures)

    @classmethod
    def joined(cls, parts: Iterable[Said], by: str = " ") -> Said:
        """Several as one; names that meet get a number: `{done}`, `{done_2}`."""
        words: list[str] = []
        figures: dict[str, str] = {}
        for part in parts:
            named = {name: _free(name, part.figures[name], figures) for name in part.figures}
            figures |= {named[name]: value for name, value in part.figures.items()}
            words.append(
                PLACE.sub(lambda found, named=named: f"{{{named.get(found[1], found[1])}}}", part.words)  # type: ignore[misc]
            )
        return cls(by.join(words), figures)


def _free(name: str, value: str, taken: Mapping[str, str]) -> str:
    number, found = 1, name
    while found in taken and taken[found] != value:
        number += 1
        found = f"{name}_{number}"
    return found


@dataclasses.dataclass(frozen=True)
class Language:
    """One language: its sentences by `group.key`, and how it writes values."""

    code: str
    locale: Locale
    zone: ZoneInfo
    sentences: Mapping[str, Any]
    numbers: tuple[str, ...]

    def words(self, key: str, n: int | None = None) -> str:
        """The sentence of that key, in the plural form of `n`; `ContractError` for a key that no file has."""
        found = self.sentences.get(key)
        if isinstance(found, Mapping):
            form = self.locale.plural_form(n if n is not None else 2)
            found = found.get(form, found["other"])
        if not isinstance(found, str):
            raise ContractError(
                f"no sentence {key!r} in {self.code}", where="present/languages", mend="Add it to each file."
            )
        return found

    def say(self, key: str, n: int | None = None, /, **figures: object) -> Said:
        """A sentence with its figures; a count `n` stands in it as `{n}`, and in words as `{count}`."""
        told = {name: self.shown(value) for name, value in figures.items()}
        words = self.words(key, n)
        if n is not None:
            told |= {"n": self.number(n), "count": self.counted(n)}
        names = set(PLACE.findall(words))
        return Said(words, {name: value for name, value in told.items() if name in names})

    def text(self, key: str, n: int | None = None, /, **figures: object) -> str:
        """A sentence with its figures in place."""
        return self.say(key, n, **figures).text()

    def counted(self, n: int) -> str:
        """A number at the start of a sentence: in words up to twelve."""
        return self.numbers[n] if 0 <= n < len(self.numbers) else self.number(n)

    def title(self, name: str, otherwise: str) -> str:
        """A section's title in this language; the section's own where the file has none, as for plug-ins."""
        found = self.sentences.get(f"title.{name}")
        return found if isinstance(found, str) else otherwise

    def shown(self, value: object) -> str:
        """A value as this language writes it."""
        match value:
            case Unknown():
                return self.words("report.unknown")
            case Money():
                return self.money(value)
            case dt.datetime():
                return self.moment(value)
            case dt.date():
                return self.day(value)
            case int() | Decimal():
                return self.number(value)
        return str(value)

    def money(self, value: Any) -> str:
        """An amount at its currency's own decimals."""
        if isinstance(value, Unknown):
            return self.words("report.unknown")
        amount = rounded(value.amount, value.currency)
        digits = minor_digits(value.currency)
        decimals = "." + "0" * digits if digits else ""
        pattern = self.locale.currency_formats["standard"].pattern.replace(".00", decimals)
        written = format_currency(amount, value.currency, pattern, locale=self.locale, currency_digits=False)
        return re.sub(r"(?<=[A-Za-z])(?=\d)", "\u00a0", str(written))

    def day(self, value: dt.date | None) -> str:
        """A day in full: 20 November 2026."""
        pattern = "d MMMM y" if self.locale.language == "en" else "long"
        return str(format_date(value, pattern, locale=self.locale)) if value else "–"

    def moment(self, value: dt.datetime | None) -> str:
        """An instant in the report's zone."""
        if value is None:
            return self.words("report.never")
        pattern = "d MMM y, HH:mm" if self.locale.language == "en" else "d. MMM y, HH:mm"
        local = value.astimezone(self.zone)
        return f"{format_datetime(local, pattern, locale=self.locale)} {local:%Z}"

    def hours(self, value: Any) -> str:
        """Hours with at most one decimal."""
        if isinstance(value, Unknown):
            return self.words("report.unknown")
        return self.text(
            "budget.hours", hours=self.number(value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP).normalize() + 0)
        )

    def percent(self, value: Any) -> str:
        """Whole percent, rounded down."""
        return self.words("report.unknown") if isinstance(value, Unknown) else f"{percent_text(value)}\u00a0%"

    def number(self, value: Decimal | int) -> str:
        """A plain number."""
        return str(format_decimal(value, locale=self.locale))


def languages() -> tuple[str, ...]:
    """The codes of the languages there are files for."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@functools.lru_cache(maxsize=64)
def language(code: str, timezone: str = "UTC") -> Language:
    """The language of a code such as `en`, `en-GB` or `de`; `ConfigError` naming those there are, for any other."""
    wanted = code.replace("_", "-")
    path = _FOLDER / f"{wanted.partition('-')[0].casefold()}.toml"
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", wanted) or not path.is_file():
        raise ConfigError(
            f"there is no language {code[:20]!r}",
            where="clients.*.language",
            mend=f"Choose one of {', '.join(languages())}; a language is a file in {_FOLDER.name}/.",
        )
    table = tomllib.loads(path.read_text("utf-8"))
    sentences = {
        f"{group}.{key}": text for group, held in table.items() if isinstance(held, dict) for key, text in held.items()
    }
    return Language(code, _locale(wanted, table["locale"]), ZoneInfo(timezone), sentences, tuple(table["numbers"]))


def _locale(wanted: str, usual: str) -> Locale:
    """The locale asked for where Babel knows it (de-CH writes numbers unlike de-DE), else the file's own."""
    if "-" not in wanted:
        return Locale.parse(usual)
    try:
        return Locale.parse(wanted.replace("-", "_"))
    except (ValueError, LookupError):
        return Locale.parse(usual)
