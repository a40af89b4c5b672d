"""The product's own modules as text and syntax trees, for the rules that every one of them keeps."""

from __future__ import annotations

import ast
import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclasses.dataclass(frozen=True)
class Module:
    """One Python file of the product."""

    path: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{node.lineno}"

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


@functools.cache
def product() -> tuple[Module, ...]:
    """Everything that is installed: core and the built-in plug-ins."""
    paths = sorted([*(ROOT / "core").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")])
    found = [(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in paths]
    return tuple(Module(path, text, ast.parse(text)) for path, text in found)


def below(*folders: str) -> Iterator[Module]:
    """The modules in these folders of `core/sightline`."""
    return (m for m in product() if m.path.startswith(tuple(f"core/sightline/{folder}/" for folder in folders)))
