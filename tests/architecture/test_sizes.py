"""Functions and files stay within what one reader holds in mind: style.md's numbers, as CONTRIBUTING.md tells them."""

from __future__ import annotations

import statistics

from architecture.source import product

LONGEST_FUNCTION, LONGEST_FILE = 80, 600
#: "Aim for 10" and "aim for 150": the usual function and file, whatever the few long ones are.
USUAL_FUNCTION, USUAL_FILE = 12, 150


def test_no_function_is_longer_than_eighty_lines():
    found = [
        f"{module.at(node)} {node.name}: {length} lines"
        for module in product()
        for node in module.functions()
        if (length := node.end_lineno - node.lineno + 1) > LONGEST_FUNCTION
    ]

    assert found == []


def test_no_file_is_longer_than_six_hundred_lines():
    assert [f"{module.path}: {module.lines}" for module in product() if module.lines > LONGEST_FILE] == []


def test_the_usual_function_and_file_are_short():
    functions = [node.end_lineno - node.lineno + 1 for module in product() for node in module.functions()]
    files = [module.lines for module in product() if not module.path.endswith("__init__.py")]

    assert 3 <= statistics.median(functions) <= USUAL_FUNCTION
    assert 30 <= statistics.median(files) <= USUAL_FILE
