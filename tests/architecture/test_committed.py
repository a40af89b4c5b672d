"""What is committed works on anybody's machine: no registry host, no path of one workplace, nothing left unfinished."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from architecture.source import ROOT, product

#: Written so that this file does not hold what it looks for.
FOREIGN = {
    "a package registry's host": r"p[y]pi\.o[r]g|p[y]thonhosted\.o[r]g|registry\.n[p]mjs|deb\.d[e]bian\.org",
    "a path of one machine": r"/w[o]rk/(main|shared|steering|\.library|\.mirror)|/r[o]ot/|/o[p]t/(wheels|p[y]pi)|/h[o]me/\w+/",
    "a tool of one workplace": r"\bf[a]rm-(studio|bench)|/f[a]rm/",
}

#: What plug-ins write: see plugins/README.md.
SEAM = ("sightline/extend.py", "plugins/hookspecs.py", "collect/connector.py")


def committed() -> list[Path]:
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=True).stdout.decode()
    return [path for name in names.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("what", FOREIGN)
def test_no_committed_file_names(what):
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in committed()
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if re.search(FOREIGN[what], line)
    ]

    assert len(committed()) > 100
    assert found == []


def test_nothing_is_marked_as_unfinished():
    found = [
        f"{module.path}:{number}"
        for module in product()
        for number, line in enumerate(module.text.splitlines(), 1)
        if re.search(r"\b(T[O]DO|F[I]XME|X[X]X)\b|\braise NotImplemented\b", line)
    ]

    assert found == []


def test_what_a_class_leaves_open_is_written_by_another_or_is_the_seam_s():
    """`raise NotImplementedError` says "yours to write": to a subclass that we have, or to a plug-in's author."""
    classes = [(m, node) for m in product() for node in ast.walk(m.tree) if isinstance(node, ast.ClassDef)]
    written: dict[str, set[str]] = {}
    for _, node in classes:
        names = {item.name for item in node.body if isinstance(item, ast.FunctionDef) and not is_open(item)}
        for base in node.bases:
            written.setdefault(ast.unparse(base).partition("[")[0].rpartition(".")[2], set()).update(names)
    held = {item: written.get(node.name, set()) for _, node in classes for item in node.body}
    found = [
        f"{module.at(item)} {item.name}"
        for module in product()
        if not module.path.endswith(SEAM)
        for item in module.functions()
        if is_open(item) and item.name not in held.get(item, set())
    ]

    assert found == []


def is_open(function: ast.AST) -> bool:
    return isinstance(function, ast.FunctionDef) and ast.unparse(function.body[-1]) == "raise NotImplementedError"


def test_every_switched_off_rule_is_named_and_every_lint_rule_says_why():
    rule = re.compile(r"#\s*noqa(?!: [A-Z]+\d+(, [A-Z]+\d+)* - \w)|#\s*type: ignore(?!\[[a-z-]+\]( |$))")
    found = [
        f"{module.path}:{number}"
        for module in product()
        for number, line in enumerate(module.text.splitlines(), 1)
        if rule.search(line)
    ]

    assert found == []
