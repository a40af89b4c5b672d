"""Project files by hand: what is read of them, what of it becomes a plan, and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.errors import ConfigError
from sightline.measure.phasing import planned_share
from sightline.model.plan import Baseline
from sightline.model.portfolio import Calendar
from sightline.planfiles.calendars import Working
from sightline.planfiles.items import plan_of_file
from sightline.planfiles.mspdi import read_mspdi
from sightline.planfiles.values import cost, duration_seconds, lag_seconds, moment, number

FILES = Path(__file__).parent / "files"
HOUR = 3600


def read(name):
    return read_mspdi((FILES / f"project-{name}.xml").read_bytes(), where=name)


def plan(file, baseline=0):
    return plan_of_file(file, number=baseline, currency="EUR", timezone="UTC")


def of(file, uid):
    return next(task for task in file.tasks if task.uid == uid)


def item(found, uid):
    return next(one for one in found.items if one.uid == str(uid))


def day(number_, month=11):
    return dt.date(2026, month, number_)


def xml(inner, head=""):
    return (
        f'<?xml version="1.0"?>{head}<Project xmlns="http://schemas.microsoft.com/project">{inner}</Project>'.encode()
    )


# ---- values


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT8H0M0S", 28800), ("PT160H30M15S", 577815), ("PT0H0M0S", 0), ("-PT1H0M0S", -3600), ("P1DT2H0M0S", 93600),
     ("PT1.5H", None), ("8h", None), ("", None), (None, None), ("PT99999999999H", None)],
)  # fmt: skip
def test_a_duration_is_hours_minutes_and_seconds_and_anything_else_is_not_known(text, seconds):
    assert duration_seconds(text) == seconds


def test_lags_are_tenths_of_a_minute_or_percent_of_the_predecessor():
    assert lag_seconds("4800", 7, 40 * HOUR) == 8 * HOUR
    assert lag_seconds("-600", 5, 40 * HOUR) == -HOUR
    assert lag_seconds("25", 19, 40 * HOUR) == 10 * HOUR
    assert lag_seconds("25", 51, None) == 0


def test_costs_are_hundredths_rates_are_not_and_nonsense_is_not_known():
    assert cost("412345") == Decimal("4123.45")
    assert (number("90.5"), number("1e99"), number("NaN"), number("x")) == (Decimal("90.5"), None, None, None)
    assert moment("2026-11-02T08:00:00+01:00") == dt.datetime(2026, 11, 2, 8)
    assert moment("NA") is None


# ---- Project 2003


def test_outline_baseline_link_and_assignment_of_an_old_file():
    file = read("2003")

    assert [(task.uid, task.parent, task.summary, task.milestone) for task in file.tasks] == [
        (0, None, True, False), (1, 0, True, False), (2, 1, False, False), (3, 1, False, False), (4, 0, False, True),
    ]  # fmt: skip
    assert [(one.uid, one.type, one.lag_seconds) for one in of(file, 3).predecessors] == [(2, "FS", 8 * HOUR)]
    (baseline,) = of(file, 2).baselines
    assert (baseline.number, baseline.finish, baseline.work_seconds, baseline.cost) == (
        0, dt.datetime(2026, 11, 5, 17), 20 * HOUR, Decimal(1000),
    )  # fmt: skip
    assert file.unread == ("1 blank rows",)
    assert (file.assignments[0].units, file.assignments[0].actual_work_seconds) == (Decimal("0.6"), 6 * HOUR)


def test_the_plan_takes_the_files_baseline_and_tells_which_tasks_have_none():
    found = plan(read("2003"))

    design, texts = item(found, 2), item(found, 3)
    assert (design.starts_on, design.due_on, design.work_seconds) == (day(2), day(5), 20 * HOUR)
    assert (texts.starts_on, texts.due_on, texts.work_seconds) == (day(9), day(13), 16 * HOUR + 1800)
    assert (design.cost.amount, design.cost.currency, design.owner) == (1000, "GBP", "Renée")
    assert "1 task without baseline 0: the present days and work are taken" in found.left
    assert (item(found, 4).milestone, item(found, 4).due_on) == (True, day(13))
    assert found.calendar.holidays == (day(11),)


def test_a_part_time_resource_calendar_spreads_the_work_over_its_days():
    found = plan(read("2003"))
    baseline = Baseline(
        id="", project="p", name="n", frozen_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC), items=(item(found, 2),),
        calendar=found.calendar,
    )  # fmt: skip

    # Renée works Monday to Wednesday; the baseline runs to Thursday.
    assert item(found, 2).week == (8, 8, 8, 0, 0, 0, 0)
    assert [planned_share(baseline, day(n), Calendar()) for n in (2, 3, 4, 5)] == [Decimal(1) / 3, Decimal(2) / 3, 1, 1]


# ---- Project 2010


def test_every_kind_of_link_with_lag_lead_and_percentage():
    file = read("2010")

    found = {task.uid: [(one.type, one.lag_seconds) for one in task.predecessors] for task in file.tasks}
    assert [found[n] for n in (2, 3, 4, 5)] == [
        [("SS", 8 * HOUR)], [("FF", 0)], [("SF", -16 * HOUR)], [("FS", 20 * HOUR)],
    ]  # fmt: skip


def test_inactive_tasks_are_left_out_elapsed_and_manual_ones_are_read():
    file = read("2010")

    assert "1 inactive tasks" in file.unread
    assert (of(file, 7).elapsed, of(file, 7).duration_seconds) == (True, 48 * HOUR)
    assert (of(file, 8).manual, of(file, 8).work_seconds) == (True, 8 * HOUR)


def test_a_split_task_rests_in_between():
    found = plan(read("2010"))

    split = item(found, 9)
    assert split.away == (day(17), day(18))
    baseline = Baseline(
        id="", project="p", name="n", frozen_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC), items=(split,),
        calendar=found.calendar,
    )  # fmt: skip
    assert [planned_share(baseline, day(n), Calendar()) for n in (16, 18, 19)] == [
        Decimal(1) / 3,
        Decimal(1) / 3,
        Decimal(2) / 3,
    ]


def test_an_exception_said_in_the_old_and_the_new_form_is_one():
    assert plan(read("2010")).calendar.holidays == (day(25, 12), day(28, 12))


def test_an_assignment_to_nobody_has_no_resource_and_gives_no_owner():
    file = read("2010")

    assert [one.resource_uid for one in file.assignments] == [1, None]
    assert item(plan(file), 1).owner is None


def test_a_task_without_work_counts_by_its_duration():
    assert (item(plan(read("2010")), 7).sized, item(plan(read("2010")), 7).work_seconds) == ("duration", 48 * HOUR)


# ---- Project 2021


@pytest.mark.parametrize("baseline", [0, 1, 10])
def test_each_of_the_eleven_baselines_can_be_the_plan(baseline):
    work = item(plan(read("2021"), baseline), 3)

    assert (work.starts_on, work.work_seconds) == (day(2 + baseline), (40 + baseline) * HOUR)
    assert work.cost.amount == 3000 + baseline


def test_rates_over_time_and_kinds_of_resources():
    ben, paper, travel = read("2021").resources

    assert (ben.standard_rate, ben.cost_per_use, ben.max_units) == (Decimal("90.5"), 50, Decimal("0.5"))
    assert [(rate.table, rate.standard, rate.ends) for rate in ben.rates] == [
        ("A", Decimal("90.5"), dt.datetime(2026, 12, 1)), ("A", Decimal("99.25"), dt.datetime(2049, 12, 31, 23, 59)),
    ]  # fmt: skip
    assert (paper.type, travel.type) == ("material", "cost")
    assert item(plan(read("2021")), 3).owner == "Ben"


def test_recurring_days_off_are_written_out():
    file = read("2021")
    working = Working(file.calendars)

    # Every second Friday from the week of 2 November; New Year's Day of three years.
    fridays = sorted(when for when, hours in working.exceptions(2).items() if not hours)
    assert fridays[:3] == [day(6), day(20), day(4, 12)]
    assert sorted(working.exceptions(1)) == [dt.date(2026, 1, 1), dt.date(2027, 1, 1), dt.date(2028, 1, 1)]
    assert item(plan(file), 4).away == (day(20), day(4, 12))


def test_deep_outlines_keep_their_parents():
    assert [(task.uid, task.parent) for task in read("2021").tasks] == [
        (0, None),
        (1, 0),
        (2, 1),
        (3, 2),
        (4, 1),
        (5, 0),
    ]


# ---- other writers, and enemies


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_the_encoding_is_what_the_file_says(encoding):
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    text = xml("<Tasks><Task><UID>1</UID><Name>Größe</Name></Task></Tasks>").decode()

    data = text.replace('version="1.0"', f'version="1.0" encoding="{name}"').encode(encoding)

    assert read_mspdi(data, where="x").tasks[0].name == "Größe"


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE Project [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE Project SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Project [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>',
    ],
)
def test_a_document_type_is_refused_whatever_is_in_it(head):
    with pytest.raises(ConfigError, match="document type or entities"):
        read_mspdi(xml("<Name>x</Name>", head), where="evil.xml")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no element found"),
        (b"<Project>", "no element found, line 1"),
        (b"\x00\x01\x02", "not well-formed"),
        (b"<html><Tasks/></html>", "begins with <html>"),
        (xml("<a>" * 100 + "</a>" * 100), "nested too deeply"),
        (xml("<Tasks><Task><Name>" + "x" * 5_000_000 + "</Name></Task></Tasks>"), "too long"),
    ],
    ids=["empty", "cut off", "binary", "another", "deep", "long"],
)
def test_what_is_no_project_file_is_refused_in_one_sentence(data, told):
    with pytest.raises(ConfigError, match=told):
        read_mspdi(data, where="x.xml")


def test_rows_that_make_no_sense_are_left_out_and_the_rest_is_read():
    file = read_mspdi(
        xml(
            "<Tasks><Task><Name>no uid</Name></Task><Task><UID>1</UID><OutlineLevel>9</OutlineLevel><Start>NA</Start>"
            "<PredecessorLink><PredecessorUID>77</PredecessorUID></PredecessorLink></Task>"
            "<Task><UID>2</UID><Duration>soon</Duration><Cost>1e400</Cost></Task></Tasks>"
            "<Assignments><Assignment><UID>1</UID></Assignment></Assignments><Calendars><Calendar/></Calendars>"
        ),
        where="x",
    )

    assert [(task.uid, task.start, task.duration_seconds, task.cost) for task in file.tasks] == [
        (1, None, None, None), (2, None, None, None),
    ]  # fmt: skip
    assert set(file.unread) == {"1 tasks without a UID", "1 links to other files or missing rows"}


def test_calendars_that_are_their_own_base_end():
    file = read_mspdi(
        xml(
            "<Calendars><Calendar><UID>1</UID><BaseCalendarUID>2</BaseCalendarUID></Calendar>"
            "<Calendar><UID>2</UID><BaseCalendarUID>1</BaseCalendarUID></Calendar></Calendars>"
        ),
        where="x",
    )

    assert Working(file.calendars).week(1) == (8, 8, 8, 8, 8, 0, 0)


@given(st.binary(max_size=300) | st.text(max_size=200).map(xml))
def test_any_bytes_are_read_or_refused_never_anything_else(data):
    try:
        file = read_mspdi(data, where="x")
    except ConfigError:
        return
    assert file.tasks == ()
