"""Every module, public class and public function says what it gives, and every function is annotated."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

from architecture.source import ROOT, product

PACKAGES = ["sightline", *sorted(path.name for path in (ROOT / "plugins").glob("*/sightline_*"))]


def modules(package: str) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    yield root
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        if ".migrations." not in found.name:  # Alembic loads those, in its own context
            yield importlib.import_module(found.name)


def undocumented(module: ModuleType) -> Iterator[str]:
    if not module.__doc__:
        yield module.__name__
    for name, value in vars(module).items():
        own = getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
        if own and (inspect.isclass(value) or inspect.isfunction(value)):
            if not has_docstring(value):
                yield f"{module.__name__}.{name}"
            if inspect.isclass(value):
                yield from (f"{module.__name__}.{name}.{method}" for method in silent(value))


def has_docstring(value: object) -> bool:
    """Its own, not one that a dataclass writes for itself."""
    text = vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__
    return bool(text) and not text.startswith(f"{value.__name__}(")


def silent(cls: type) -> Iterator[str]:
    """Public methods without a docstring that override nothing and answer no route of a sandbox."""
    for name, value in vars(cls).items():
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        inherited = any(name in vars(base) for base in cls.__mro__[1:]) or name in getattr(
            cls, "__dataclass_fields__", {}
        )
        if not name.startswith("_") and inspect.isfunction(function) and not inherited:
            if not function.__doc__ and not hasattr(function, "routes"):
                yield name


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_thing_says_what_it_gives(package):
    found = [name for module in modules(package) for name in undocumented(module)]

    assert sorted(found) == []


def test_every_function_is_annotated():
    def bare(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        args = function.args
        named = [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]
        return function.returns is None or any(a.annotation is None for a in named if a.arg not in {"self", "cls"})

    assert [f"{m.at(f)} {f.name}" for m in product() for f in m.functions() if bare(f)] == []
