"""From a case to the measures and back: finds the answer for a metric's name and compares it with what was published.

Numbers in the cases file are read as `Decimal`, so that no float ever enters. An unknown metric name fails.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

from oracles import answers_flow, answers_money, answers_plan
from sightline.model.figures import Unknown

ANSWERS = {**answers_plan.ANSWERS, **answers_money.ANSWERS, **answers_flow.ANSWERS}
#: Ratios that sources print with few digits beside amounts of money.
INDICES = {"spi", "cpi", "pcib", "share"}


def read_cases(path: Path):
    """The cases of a file."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)["cases"]


def answer(case):
    """What the measures say; raises `LookupError` for a metric nobody knows."""
    for name, measure in ANSWERS.items():
        if re.fullmatch(name, case["metric"]):
            return measure({"title": case["title"], "convention": case["convention"], **case["inputs"]})
    raise LookupError(f"no measure answers the metric {case['metric']!r}")


def differences(case):
    """Every expected value that the measures do not meet, as text; empty when the case passes."""
    found = answer(case)
    wrong = [f"{name}: no such answer" for name in case["expected"] if name not in found]
    for name, wanted in case["expected"].items():
        if name in found and not _meets(found[name], wanted, _tolerance(case, name, wanted)):
            wrong.append(f"{name}: {found[name]} instead of {wanted}")
    return wrong


def _tolerance(case, name, wanted):
    """The case's own; a tolerance meant for money gives an index one unit of its last printed digit only."""
    tolerance = Decimal(case["tolerance"])
    if name in INDICES and isinstance(wanted, Decimal) and tolerance > Decimal("0.01"):
        return Decimal(1).scaleb(wanted.as_tuple().exponent)
    return tolerance


def _meets(found, wanted, tolerance) -> bool:
    if wanted is None:
        return found is None or isinstance(found, Unknown)
    if isinstance(wanted, str) and isinstance(found, Unknown):
        return wanted.startswith("error") or wanted == found.why
    if isinstance(wanted, bool) or isinstance(found, bool):
        return found is wanted
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(_meets(found[k], v, tolerance) for k, v in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(found, (list, tuple)):
            low, high = wanted
            return low <= found <= high
        return len(found) == len(wanted) and all(_meets(f, w, tolerance) for f, w in zip(found, wanted, strict=True))
    return _equal(found, wanted, tolerance)


def _equal(found, wanted, tolerance) -> bool:
    try:
        return abs(Decimal(str(found)) - Decimal(str(wanted))) <= tolerance
    except InvalidOperation:
        return str(found) == str(wanted)
