"""Checks of mapping as a pure step, of the archive, and of the package as others find it."""

from __future__ import annotations

import ast
import copy
import dataclasses
import importlib
import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sightline.collect.decode import decode_json, encode_json
from sightline.model.records import Record
from sightline.plugins.hookspecs import SEAM
from sightline.testing.kit.bench import Bench, Seen
from sightline.testing.kit.check import Broken, Exempt, need, promise

__all__ = ["package_of", "readme_of"]

_SAMPLE = 150
#: What a README must tell, by words that its headings or text may use.
_SECTIONS = {
    "how to set it up": r"(set up|settings|connector = \")",
    "what is read": r"(what is read|what it reads|reads|\|\s*stream)",
    "what becomes of it": r"(how things map|sightline \||becomes|mapping|→|\|\s*Sightline)",
    "what is not read": r"(not read|not proven|nobody has proven|cannot know)",
}
_FOREIGN = ("httpx", "requests", "sqlalchemy", "urllib3", "aiohttp", "socket")


def _sample(bench: Bench) -> list[Seen]:
    step = max(1, len(bench.seen) // _SAMPLE)
    return bench.seen[::step]


def _again(seen: Seen, row: Any) -> tuple[Any, ...]:
    """What the row gives on its own: what `map` remembers of earlier rows (people already told) is not there."""
    context = dataclasses.replace(seen.context, cache={})
    return tuple(type(seen.stream).map(seen.stream, row, context))


def _within(some: tuple[Any, ...], everything: tuple[Any, ...]) -> bool:
    return all(one in everything for one in some)


@promise("replay", "`map`: no clock, no counter, no change of the row", "map")
def replay_map_is_pure(bench: Bench) -> None:
    """The same row gives the same records, and is not changed by it."""
    for seen in _sample(bench):
        row = copy.deepcopy(seen.row)
        need(_again(seen, row) == _again(seen, row), f"{seen.stream.name}: another result the second time")
        need(_within(seen.made, _again(seen, row)), f"{seen.stream.name}: the run gave something else")
        need(row == seen.row, f"{seen.stream.name}: map changes the row")


@promise("replay", "`complete()`: put all that `map` needs into the row, as JSON", "complete")
def replay_from_the_archive_gives_the_same(bench: Bench) -> None:
    """Rows read back from the archive map to the same records, without the source."""
    for seen in _sample(bench):
        if isinstance(seen.row, str):
            continue
        row = decode_json(encode_json(seen.row), "archive")
        need(_again(seen, row) == _again(seen, seen.row), f"{seen.stream.name}: another result from the archive")


@promise("replay", "`delivers` of each stream", "streams")
def replay_deliveries_are_declared(bench: Bench) -> None:
    """Each stream says which records it brings, and brings no other."""
    for stream in bench.declared:
        kinds = getattr(stream, "delivers", None)
        fine = isinstance(kinds, tuple) and all(isinstance(kind, type) and issubclass(kind, Record) for kind in kinds)
        need(fine, f"{stream.name} does not say what it delivers")
    for seen in bench.seen:
        odd = {type(m).__name__ for m in seen.made if isinstance(m, Record) and type(m) not in seen.stream.delivers}
        need(not odd, f"{seen.stream.name} brings {', '.join(odd)}")
    need(bench.seen, "no row was mapped")


@promise("replay", "`streams()` in connector.py", "streams")
def replay_streams_have_names_of_their_own(bench: Bench) -> None:
    """Each stream has a name that no other one has: checkpoints and the archive go by it."""
    names = [(stream.name, stream.per_scope) for stream in bench.declared]
    need(names and len(names) == len(set(names)), f"streams: {', '.join(name for name, _ in names)}")


# --- the package -----------------------------------------------------------------------------------------------------


def package_of(bench: Bench) -> Path:
    """The folder of the connector's package."""
    module = importlib.import_module(bench.connector.__module__.partition(".")[0])
    return Path(str(module.__file__)).parent


def readme_of(bench: Bench) -> str:
    """The README beside the package, or what the distribution says of itself."""
    package = package_of(bench)
    for folder in (package, package.parent):
        if (folder / "README.md").is_file():
            return (folder / "README.md").read_text("utf-8")
    for name in importlib.metadata.packages_distributions().get(package.name, ()):
        text = importlib.metadata.metadata(name).json.get("description")
        if name != "sightline" and isinstance(text, str) and text.strip():
            return text
    if package.name in importlib.metadata.packages_distributions():
        raise Exempt("it is installed without its README")
    raise Broken("there is no README.md beside the package")


@promise("package", "README.md of the plug-in", "docs")
def package_tells_what_it_does(bench: Bench) -> None:
    """The README says how to set it up, what is read, what becomes of it, and what is not read."""
    text = readme_of(bench)
    missing = [what for what, words in _SECTIONS.items() if not re.search(words, text, re.IGNORECASE)]
    need(not missing, f"not told: {'; '.join(missing)}")


@promise("package", "README.md of the plug-in: its table of settings", "docs")
def package_tells_every_setting(bench: Bench) -> None:
    """The README names every setting of its own."""
    text = readme_of(bench)
    common = {"scopes", "since", "request_seconds", "patience_seconds", "ca_file", "webhook_secret", "webhook_url"}
    own = [name for name in bench.connector.settings.model_fields if name not in common]
    missing = [name for name in own if name not in text]
    need(not missing, f"not named: {', '.join(missing)}")


@promise("package", "`SIGHTLINE_SEAM` in the package's __init__.py", "seam")
def package_states_its_seam(bench: Bench) -> None:
    """The package says for which version of the seam it was written, and it is this one."""
    module = importlib.import_module(bench.connector.__module__.partition(".")[0])
    said = getattr(module, "SIGHTLINE_SEAM", None)
    need(said == SEAM, f"SIGHTLINE_SEAM is {said!r}, this seam is {SEAM!r}")


@promise("package", "`title` and `doc` of the connector, docstrings of its streams", "connector")
def package_describes_itself(bench: Bench) -> None:
    """The connector has a title and a line on what it reads; each stream a docstring."""
    need(bench.connector.title and bench.connector.doc, "title or doc is empty")
    bare = [type(stream).__name__ for stream in bench.declared if not (type(stream).__doc__ or "").strip()]
    need(not bare, f"without docstring: {', '.join(bare)}")


def _imports(bench: Bench) -> Iterator[tuple[str, str]]:
    for path in sorted(package_of(bench).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            yield from ((path.name, name) for name in names)


@promise("package", "the imports of the package: `sightline.sdk` has all it needs", "connector")
def package_stays_behind_the_seam(bench: Bench) -> None:
    """The package makes no calls of its own: it imports neither an HTTP client nor the database."""
    wrong = sorted({f"{name} in {file}" for file, name in _imports(bench) if name.partition(".")[0] in _FOREIGN})
    need(not wrong, f"imported: {', '.join(wrong)}")


@promise("package", "connector.py, streams.py, mapping.py: nothing of the sandbox", "sandbox")
def package_keeps_its_sandbox_apart(bench: Bench) -> None:
    """Reading real data loads no made-up one: only the sandbox's modules import the world."""
    loaded = bench.connector.__module__
    source = Path(str(importlib.import_module(loaded).__file__)).read_text("utf-8")
    need("sightline.sandbox" not in source, f"{loaded} imports the sandbox")
