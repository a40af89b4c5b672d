"""Every error says what, where and how to mend it, and none carries what is secret or somebody's text."""

from __future__ import annotations

import ast

import pytest

from architecture.source import Module, product
from sightline import errors

OURS = {name for name in errors.__all__ if name != "RowError"}
SECRET = {"authorization", "body", "content", "cookie", "headers", "password", "query", "secret", "text", "token"}


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def built(*names: str) -> list[tuple[Module, ast.Call]]:
    return [
        (module, node)
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and name_of(node.func) in names
    ]


def says(node: ast.expr | None) -> bool:
    """Whether an argument can hold a text; a literal one must hold a word."""
    return node is not None and not (isinstance(node, ast.Constant) and not str(node.value or "").strip())


def test_every_error_of_ours_has_what_where_and_mend():
    found = []
    for module, call in built(*OURS):
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        what = call.args[0] if call.args else named.get("what")
        if None not in named and not (says(what) and says(named.get("where")) and says(named.get("mend"))):
            found.append(module.at(call))

    assert len(built(*OURS)) > 50
    assert found == []


def test_nothing_raises_an_error_that_says_nothing_about_what_to_do():
    vague = {"Exception", "BaseException", "RuntimeError", "OSError", "SystemExit", "SightlineError", "Stop"}
    raised = {node.exc for module in product() for node in ast.walk(module.tree) if isinstance(node, ast.Raise)}
    found = [module.at(call) for module, call in built(*vague) if call in raised]

    assert found == []


def test_no_error_quotes_a_header_a_body_a_query_or_a_token():
    found = [
        f"{module.at(call)} {name_of(value.value)}"
        for module, call in built(*errors.__all__)
        for node in [*call.args, *(keyword.value for keyword in call.keywords)]
        for value in ast.walk(node)
        if isinstance(value, ast.FormattedValue) and name_of(value.value) in SECRET
    ]

    assert found == []


@pytest.mark.parametrize("name", sorted(OURS - {"SightlineError"}))
def test_every_kind_of_error_shows_all_three_facts(name):
    error = getattr(errors, name)("it is torn", where="acme", mend="Sew it")

    assert str(error) == "acme: it is torn. Sew it"
