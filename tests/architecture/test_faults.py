"""Every fault of the table has a test of its name, every such test stands in the table, with its place and its number."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
README = TESTS / "faults" / "README.md"
_ROW = re.compile(r"^\| F(\d{3}) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)
_TEST = re.compile(r"^def (test_(?:f\d{3}_)+)", re.MULTILINE)
#: The last fault of the groups that the table holds; web and share links come with the dashboard.
_LAST = 105

ROWS = {number: (title.strip(), cell.strip()) for number, title, cell in _ROW.findall(README.read_text("utf-8"))}


def found() -> dict[str, str]:
    """Fault → files and how many tests of its name each holds, as the table writes it."""
    counted: dict[str, Counter[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for name in _TEST.findall(path.read_text("utf-8")):
            for number in re.findall(r"f(\d{3})_", name):
                counted.setdefault(number, Counter())[path.relative_to(TESTS).as_posix()] += 1
    return {number: ", ".join(f"{path} {count}" for path, count in files.items()) for number, files in counted.items()}


FOUND = found()


@pytest.mark.parametrize("number", sorted(ROWS))
def test_a_fault_of_the_table_has_its_tests(number):
    title, cell = ROWS[number]

    assert title
    assert cell == FOUND.get(number), f"tests/faults/README.md must say of F{number}: {FOUND.get(number)}"


def test_every_fault_that_is_tested_stands_in_the_table():
    assert len(ROWS) >= 60
    assert {number for number in FOUND if int(number) <= _LAST} == set(ROWS)
