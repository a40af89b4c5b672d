"""Plans as CSV tables: what the columns mean, and how every wrong line is told with its number."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.errors import ConfigError
from sightline.model.plan import Dependency
from sightline.planfiles.rows import read_rows


def read(text):
    data = text.encode() if isinstance(text, str) else text
    return read_rows(data, where="plan.csv", hours_per_day=Decimal("7.5"), currency="GBP")


def refused(text):
    with pytest.raises(ConfigError) as caught:
        read(text)
    return str(caught.value)


def test_every_column_is_read():
    (first, second) = read(
        "uid,name,parent,start,due,hours,points,milestone,client_visible,owner,depends,task,cost,currency,wbs\n"
        "a,Design,,2026-11-02,2026-11-06,7.5,3,,,Maria,,jira:WEB-1,100,EUR,1.1\n"
        "b,Launch,a,,2026-11-20,,,yes,no,,a;aFS+2d,,,,\n"
    )

    assert (first.item.starts_on, first.item.due_on) == (dt.date(2026, 11, 2), dt.date(2026, 11, 6))
    assert (first.item.work_seconds, first.item.points, first.item.owner) == (27000, Decimal(3), "Maria")
    assert (first.item.cost.amount, first.item.cost.currency, first.item.wbs, first.task) == (
        100,
        "EUR",
        "1.1",
        "jira:WEB-1",
    )
    assert (second.item.milestone, second.item.client_visible, second.item.parent) == (True, False, "a")
    assert second.item.depends_on == (
        Dependency(predecessor="a"), Dependency(predecessor="a", lag_seconds=54000),
    )  # fmt: skip


def test_semicolons_decimal_commas_and_usual_other_names_are_understood():
    (row,) = read("\ufeffTitle;Starts;Finish;Estimate\nDesign;2026-11-02;2026-11-06;7,5\n")

    assert (row.item.uid, row.item.name, row.item.work_seconds) == ("1", "Design", 27000)


def test_everything_that_is_wrong_is_told_at_once_line_by_line():
    told = refused(
        "name,start,due,hours,milestone,parent,depends\n"
        "A,2026-11-31,,,,,\n"
        ",2026-11-09,2026-11-02,many,perhaps,,\n"
        "C,,,-1,,9,7SS\n"
    )

    for part in (
        "line 2: start '2026-11-31' is no day", "line 3: name is empty", "line 3: it is due on 2026-11-02, before",
        "line 3: hours 'many' is no number", "line 3: milestone 'perhaps' is neither yes nor no",
        "line 4: hours '-1' is no number of 0 or more", "'C': there is no parent '9'", "'C': it waits for '7'",
    ):  # fmt: skip
        assert part in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title,stat\n", "there is no column 'stat'"),
        ("start,due\n", "the column 'name' is missing"),
        ("name,title\n", "the column 'name' is there twice"),
        ("name\n", "there is no row below the heading"),
        ("name,uid\nA,1\nB,1\n", "uid '1' is there twice"),
        (b"name\n\xff\n", "is not UTF-8"),
        ('name\n"A\n', "line 2: is not readable CSV"),
    ],
)
def test_a_table_that_is_none_says_why(text, told):
    assert told in refused(text)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: ("name,start,hours\n" + text).encode()))
def test_any_bytes_are_read_or_refused_never_anything_else(data):
    try:
        rows = read(data)
    except ConfigError:
        return
    assert rows
