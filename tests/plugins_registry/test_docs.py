"""plugins/README.md tells every hook: its signature as a heading, when it is called, what to return, what not to do."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from sightline.collect import cursor, deletions, paging
from sightline.collect.credentials import Auth
from sightline.collect.cursor import Cursor
from sightline.collect.deletions import Deletions
from sightline.collect.paging import Paging
from sightline.plugins import hookspecs
from sightline.plugins.kinds import KINDS

from .examples import GOOD

README = (Path(__file__).parents[2] / "plugins" / "README.md").read_text()
HOOKS = {name: hook for name, hook in vars(hookspecs).items() if name.startswith("sightline_")}


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_documented_under_its_signature(name):
    signature = f"{name}() -> {HOOKS[name].__annotations__['return']}"
    _, heading, rest = README.partition(f"### `{signature}`\n")
    section = rest.partition("\n#")[0]

    assert heading, f"no heading `{signature}`"
    assert [part for part in ("- **Called**", "- **Return**", "- **Do not**") if part not in section] == []


def test_no_hook_is_documented_that_does_not_exist():
    assert set(re.findall(r"### `(\w+)\(", README)) == set(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_takes_nothing_and_says_when_it_is_called_and_what_not_to_do(name):
    text = inspect.getdoc(HOOKS[name])

    assert inspect.signature(HOOKS[name]).parameters == {}
    assert "Called" in text
    assert re.search(r"[Dd]o not|must not", text)


def test_the_registry_asks_every_hook_and_an_example_uses_every_hook():
    assert {kind.hook for kind in KINDS} == set(HOOKS)
    assert [name for name in HOOKS if f"def {name}()" not in GOOD] == []


def test_every_kind_of_paging_cursor_deletion_and_auth_is_named():
    kinds = [
        name
        for base, module in ((Paging, paging), (Cursor, cursor), (Deletions, deletions))
        for name, found in vars(module).items()
        if isinstance(found, type) and issubclass(found, base) and found is not base
    ] + [found.__name__ for found in Auth.__subclasses__()]

    assert [name for name in kinds if f"`{name}" not in README] == []
