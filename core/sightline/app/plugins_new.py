"""New plug-in: a complete package that reads a made-up tool and passes its tests at once, to be changed step by step."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path

from sightline.errors import ConfigError
from sightline.plugins.hookspecs import SEAM
from sightline.plugins.registry import load

__all__ = ["new_plugin"]

_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_SUFFIX = ".txt"
#: What the untouched package keeps; an author writes it anew with `sightline plugins check NAME --scale`.
_EXEMPT = {
    "state_history_is_consistent": "the tool records no history",
    "totals_of_money_agree": "it holds no money",
}


def new_plugin(name: str, parent: Path) -> list[Path]:
    """Write `parent/sightline-NAME`; the files written. Refuses a name that is taken, and a folder that is there."""
    _check(name)
    folder = parent / f"sightline-{name.replace('_', '-')}"
    if folder.exists():
        raise ConfigError(f"{folder} is there already", where="plugins new", mend="Choose another name or --dir.")
    words = _words(name)
    written = []
    for path, template in _templates(importlib.resources.files("sightline.testing") / "scaffold", Path()):
        target = folder / _place(path, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_fill(template.read_text("utf-8"), words), "utf-8")
        written.append(target)
    return sorted(written)


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigError(
            "a connector's name is 2 to 40 of a-z, 0-9 and _, beginning with a letter",
            where="plugins new",
            mend="Write it like `acme_desk`.",
        )
    if name in load().connectors:
        raise ConfigError(
            f"there is a connector {name!r} already", where="plugins new", mend="`sightline plugins list` shows them."
        )


def _words(name: str) -> dict[str, str]:
    title = name.replace("_", " ").title()
    plain = {"name": name, "NAME": name.upper(), "dash": name.replace("_", "-"), "title": title, "seam": SEAM}
    return {**plain, "Class": title.replace(" ", ""), "scale": _scale()}


def _scale() -> str:
    from sightline.testing.kit.check import Result  # noqa: PLC0415 - the kit is heavy, and only here
    from sightline.testing.kit.runner import CHECKS, scale  # noqa: PLC0415 - see above

    return scale([Result(c, "exempt" if c.name in _EXEMPT else "done", _EXEMPT.get(c.name, "")) for c in CHECKS])


def _templates(folder: Traversable, below: Path) -> Iterator[tuple[Path, Traversable]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _templates(item, below / item.name)
        elif item.name.endswith(_SUFFIX):
            yield below / item.name.removesuffix(_SUFFIX), item


def _place(path: Path, name: str) -> Path:
    return Path(f"sightline_{name}", *path.parts[1:]) if path.parts[0] == "package" else path


def _fill(text: str, words: Mapping[str, str]) -> str:
    return re.sub(r"@(\w+)@", lambda match: words[match.group(1)], text)
