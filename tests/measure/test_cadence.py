"""When a report is due: on its day, on the working day before a free one, once for whatever was missed."""

from __future__ import annotations

import datetime as dt

import pytest

from sightline.measure.cadence import Rhythm, next_due, report_days
from sightline.model.portfolio import Calendar

D = dt.date
CALENDAR = Calendar(holidays=(D(2026, 12, 25), D(2026, 12, 1)))
FRIDAY = Rhythm("weekly", 4)


@pytest.mark.parametrize(
    ("rhythm", "last", "today", "due"),
    [
        (FRIDAY, D(2026, 11, 13), D(2026, 11, 18), D(2026, 11, 20)),
        (FRIDAY, D(2026, 11, 13), D(2026, 11, 20), D(2026, 11, 20)),
        (FRIDAY, D(2026, 11, 20), D(2026, 11, 20), D(2026, 11, 27)),
        # Three weeks of holidays: one report is due, the latest.
        (FRIDAY, D(2026, 10, 30), D(2026, 11, 22), D(2026, 11, 20)),
        # Christmas Day is a Friday: the day before.
        (FRIDAY, D(2026, 12, 18), D(2026, 12, 21), D(2026, 12, 24)),
        (FRIDAY, None, D(2026, 11, 18), D(2026, 11, 20)),
        (FRIDAY, None, D(2026, 11, 20), D(2026, 11, 20)),
        (Rhythm("biweekly", 4), D(2026, 11, 13), D(2026, 11, 20), D(2026, 11, 27)),
        (Rhythm("biweekly", 4), D(2026, 11, 6), D(2026, 11, 22), D(2026, 11, 20)),
        (Rhythm("monthly", day=1), D(2026, 11, 1), D(2026, 11, 20), D(2026, 11, 30)),
        (Rhythm("monthly", day=28), D(2026, 9, 28), D(2026, 11, 20), D(2026, 10, 28)),
        (Rhythm("milestones", milestones=(D(2026, 11, 12), D(2026, 12, 18))), D(2026, 11, 1), D(2026, 11, 20), D(2026, 11, 12)),
        (Rhythm("milestones", milestones=(D(2026, 11, 12), D(2026, 12, 18))), D(2026, 11, 13), D(2026, 11, 20), D(2026, 12, 18)),
        (Rhythm("milestones"), None, D(2026, 11, 20), None),
        (Rhythm("none"), None, D(2026, 11, 20), None),
    ],
)  # fmt: skip
def test_a_report_is_due(rhythm, last, today, due):
    assert next_due(rhythm, last, today, CALENDAR) == due


def test_a_calendar_without_working_days_still_names_a_day():
    assert next_due(FRIDAY, D(2026, 11, 13), D(2026, 11, 18), Calendar(working_days=())) is not None


def test_a_first_report_looks_back_over_one_turn_of_its_rhythm():
    days = [report_days(cadence, D(2026, 3, 1), 7) for cadence in ("weekly", "biweekly", "monthly", "none")]

    assert days == [7, 14, 28, 7]
