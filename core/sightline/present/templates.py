"""Where templates come from and what they may do: values only, strict undefined, escaped, nothing beyond their texts.

A report takes its templates as texts, so a frozen report can be made again from the texts of its day.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

import sightline
from sightline.errors import ConfigError
from sightline.present.language import Language, language

__all__ = ["Texts", "built_in", "built_in_texts", "environment", "render", "texts_of", "with_overrides"]

Texts = Mapping[str, str]
"""Name of a template (`report/client.html`) → its text."""
#: Keys that people say (WEB-12, #34); a board's short link means nothing to a reader.
_SAID = re.compile(r"^[A-Za-z][A-Za-z0-9_]*-\d+$|^#?\d+$")
#: What reports and mails are made from.
_KINDS = ("report", "email")
_LARGEST = 1_000_000


def built_in() -> Path:
    """The folder of the templates we ship: inside the wheel, or the checkout's `templates/` in an editable install."""
    package = Path(sightline.__file__).parent
    shipped = package / "_templates"
    return shipped if shipped.is_dir() else package.parent.parent / "templates"


def built_in_texts() -> dict[str, str]:
    """The templates we ship."""
    return texts_of(built_in())


def texts_of(folder: Path) -> dict[str, str]:
    """The templates of a folder; `ConfigError` for one that cannot be read."""
    found: dict[str, str] = {}
    for kind in _KINDS:
        for path in sorted((folder / kind).rglob("*")):
            if path.is_file() and path.suffix in (".html", ".css", ".txt"):
                found[path.relative_to(folder).as_posix()] = _read(path)
    return found


def _read(path: Path) -> str:
    try:
        if path.stat().st_size <= _LARGEST:
            return path.read_text("utf-8")
        why = "it is larger than 1 MB"
    except UnicodeDecodeError:
        why = "it is not UTF-8 text"
    except OSError as error:
        why = str(error.strerror)
    raise ConfigError(
        f"the template cannot be read ({why})", where=str(path), mend="Mend the file, or remove it to use ours."
    )


def with_overrides(folders: Sequence[Path]) -> dict[str, str]:
    """Our templates, each replaced by the file of its name in the first of these folders that has one."""
    found = built_in_texts()
    for folder in reversed(folders):
        found |= texts_of(folder)
    return found


def environment(texts: Texts, tongue: Language) -> ImmutableSandboxedEnvironment:
    """A sandbox over these texts. Filters write values in the reader's language; `say` gives its sentences."""
    return _environment(tuple(sorted(texts.items())), tongue.code, str(tongue.zone))


@functools.lru_cache(maxsize=4)
def _environment(texts: tuple[tuple[str, str], ...], code: str, timezone: str) -> ImmutableSandboxedEnvironment:
    """Kept, because compiling the templates takes ten times as long as rendering them."""
    tongue = language(code, timezone)
    env = ImmutableSandboxedEnvironment(
        loader=DictLoader(dict(texts)),
        # A style sheet is text of ours or of the workspace, and quotes in it must stay quotes.
        autoescape=lambda name: not (name or "").endswith((".css", ".txt")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=len(texts) + 1,
    )
    env.globals.clear()
    env.globals["say"] = _say(tongue)
    env.tests["said"] = lambda key: bool(_SAID.match(key))
    env.filters |= _filters(tongue)
    return env


def _say(tongue: Language) -> Any:
    def say(key: str, n: int | None = None, /, **figures: object) -> str:
        return tongue.text(key, n, **figures)

    return say


def _filters(tongue: Language) -> Mapping[str, Any]:
    def money(value: Any) -> str:
        return tongue.money(value)

    def day(value: dt.date | None) -> str:
        return tongue.day(value)

    def moment(value: dt.datetime | None) -> str:
        return tongue.moment(value)

    def hours(value: Any) -> str:
        return tongue.hours(value)

    def percent(value: Any) -> str:
        return tongue.percent(value)

    def number(value: Decimal | int) -> str:
        return tongue.number(value)

    def shown(value: Any) -> str:
        return tongue.shown(value)

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
        found = None if isinstance(error, TemplateNotFound) else getattr(error, "name", None)
        place = f"templates/{found or name}" + (f" line {line}" if line else "")
        raise _refused(f"{type(error).__name__}: {error}", place) from None
    except (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError) as error:
        # What a template does to a value that is not what it takes it for.
        raise _refused(type(error).__name__, f"templates/{name}") from None


def _refused(why: str, place: str) -> ConfigError:
    return ConfigError(
        f"the template cannot be used ({why})", where=place, mend="Mend the template, or remove it to use ours."
    )
