"""Every case published by others, through the measures. `SIGHTLINE_ORACLES=PATH` takes the cases from another file."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from oracles.adapter import answer, differences, read_cases

PATH = Path(os.environ.get("SIGHTLINE_ORACLES", Path(__file__).with_name("cases.json")))
CASES = read_cases(PATH)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_published_case_is_met(case):
    assert differences(case) == []


def test_the_cases_file_is_not_empty_and_its_ids_are_unique():
    ids = [case["id"] for case in CASES]

    assert ids
    assert len(ids) == len(set(ids))


def test_a_metric_that_nobody_knows_fails():
    case = {"metric": "happiness", "title": "", "convention": "", "inputs": {}, "expected": {}, "tolerance": 0}

    with pytest.raises(LookupError, match="happiness"):
        answer(case)


def test_an_answer_that_is_off_by_more_than_the_tolerance_is_told():
    case = {
        "metric": "VAC", "title": "", "convention": "", "tolerance": Decimal("0.5"),
        "inputs": {"bac": Decimal(100), "eac": Decimal(120)}, "expected": {"vac": Decimal(-21)},
    }  # fmt: skip

    assert differences(case) == ["vac: -20 instead of -21"]


def test_an_expected_value_that_the_measures_do_not_give_is_told():
    case = {
        "metric": "VAC", "title": "", "convention": "", "tolerance": Decimal(0),
        "inputs": {"bac": Decimal(100), "eac": Decimal(120)}, "expected": {"luck": Decimal(7)},
    }  # fmt: skip

    assert differences(case) == ["luck: no such answer"]
