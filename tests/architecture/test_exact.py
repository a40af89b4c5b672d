"""No float comes near money, hours or points: none is written, stored, computed with or accepted."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa

from architecture.source import below, product
from sightline.errors import ContractError
from sightline.model.money import Money
from sightline.model.records import Line, Task, TimeEntry
from sightline.store.tables_own import METADATA

#: Where amounts, hours and points are read, kept, worked out and shown.
PATHS = ("model", "unify", "measure", "store", "present", "config")
MAPPING = ("mapping.py", "history.py", "fields.py", "projects.py", "plus.py", "payloads.py", "reading.py")


def exact_modules() -> Iterator:
    yield from below(*PATHS)
    yield from (m for m in product() if m.path.startswith("plugins/") and m.path.endswith(MAPPING))


def likeness(tree: ast.Module) -> set[ast.expr]:
    """How alike two words must be (difflib's `cutoff`): the one number that is no amount."""
    return {word.value for word in ast.walk(tree) if isinstance(word, ast.keyword) and word.arg == "cutoff"}


def test_no_float_is_written_or_made_where_amounts_pass():
    found = [
        module.at(node)
        for module in exact_modules()
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float) and node not in likeness(module.tree))
        or (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float")
    ]

    assert found == []


def test_no_annotation_names_float_where_amounts_pass():
    found = [
        f"{module.at(node)} {ast.unparse(node)}"
        for module in exact_modules()
        for owner in ast.walk(module.tree)
        for node in (getattr(owner, "annotation", None), getattr(owner, "returns", None))
        if node is not None and any(isinstance(n, ast.Name) and n.id == "float" for n in ast.walk(node))
    ]

    assert found == []


def test_no_column_of_the_store_is_a_float():
    columns = [column for table in METADATA.tables.values() for column in table.columns]

    assert len(columns) > 100
    assert [str(c) for c in columns if isinstance(c.type, sa.Numeric) or c.type.python_type is float] == []


def test_money_refuses_a_float():
    with pytest.raises(ContractError):
        Money.of(0.1, "GBP")
    with pytest.raises(ContractError):
        Money(amount=0.1, currency="GBP")


def test_money_times_a_float_is_refused():
    with pytest.raises(ContractError):
        Money.of("10", "GBP") * 0.1


TASK = Task(id="1", scope="WEB", key="WEB-1", title="Header", kind="task", status="Open", state="todo")
ENTRY = TimeEntry(id="1", scope="WEB", seconds=3600)
LINE = Line(id="1", amount=Decimal("0.10"))


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        (LINE, "amount", 0.1),
        (LINE, "unit_price", 85.0),
        (LINE, "quantity", 1.5),
        (LINE, "discount_rate", 10.0),
        (TASK, "points", 0.5),
        (TASK, "estimate_seconds", 3600.0),
        (TASK, "spent_seconds", 1.5),
        (ENTRY, "seconds", 3600.5),
    ],
)
def test_a_record_refuses_a_float_as_money_time_or_points(record, field, value):
    values = {name: getattr(record, name) for name in record.__struct_fields__}

    assert type(record)(**values) == record
    with pytest.raises(ContractError):
        type(record)(**{**values, field: value})
