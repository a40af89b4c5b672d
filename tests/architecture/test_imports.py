"""The layers of core/README.md hold: the contracts of .importlinter, and what import-linter cannot say."""

from __future__ import annotations

import ast

import grimp
import pytest
from importlinter.cli import lint_imports

from architecture.source import ROOT, below

PLUGINS = sorted(path.name for path in (ROOT / "plugins").glob("*/sightline_*"))


def test_every_contract_of_the_import_linter_is_kept(capsys):
    code = lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True, no_logo=True)

    assert code == 0, capsys.readouterr().out


def test_every_built_in_plugin_is_under_the_contracts():
    text = (ROOT / ".importlinter").read_text("utf-8")

    assert len(PLUGINS) >= 5
    assert [name for name in PLUGINS if text.count(f"    {name}\n") < 5] == []


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("sightline", *PLUGINS, cache_dir=None, exclude_type_checking_imports=True)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_connector_never_loads_the_sandbox(plugin, graph):
    assert graph.find_shortest_chain(f"{plugin}.connector", "sightline.sandbox.world") is None


def test_what_is_pure_reads_no_clock_and_opens_nothing():
    clocks = {"now", "utcnow", "today", "localtime", "monotonic", "perf_counter", "getrandbits", "urandom"}
    found = [
        module.at(node)
        for module in below("model", "unify", "measure")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in clocks)
            or (isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input"})
        )
    ]

    assert found == []
