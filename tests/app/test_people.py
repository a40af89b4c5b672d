"""People over all projects: load against capacity and leave, money only when asked, nobody's rates on another's page."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from app.mapped import NOW, TOML, land_all
from sightline.app.people import people_view
from sightline.app.session import Session
from sightline.collect.clock import Clock
from sightline.errors import ConfigError
from sightline.model.money import Money

MORE = """
[people.tom]
name = "Tom Reed"
emails = ["tom@n.example"]
skills = ["testing"]
hours_a_week = 20

[[leave]]
person = "maria"
from = 2026-11-23
until = 2026-11-24

[[rates.cost]]
person = "tom"
per_hour = "31.17"
currency = "GBP"

[[rates.cost]]
person = "maria"
per_hour = "47.93"
currency = "GBP"
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    (folder / "sightline.toml").write_text(TOML + MORE)
    with Session.open(folder, clock=Clock(now=lambda: NOW)) as opened:
        land_all(opened)
        yield opened


def row(session, name):
    return next(one for one in people_view(session).rows if one.id == name)


def test_capacity_is_part_time_and_leave_taken_off(session):
    weeks = {name: [(week.first, week.capacity) for week in row(session, name).weeks[:2]] for name in ("maria", "tom")}

    assert weeks == {
        "maria": [(dt.date(2026, 11, 23), 24), (dt.date(2026, 11, 30), 40)],
        "tom": [(dt.date(2026, 11, 23), 20), (dt.date(2026, 11, 30), 20)],
    }


def test_work_without_a_due_day_stands_apart_and_work_without_an_estimate_is_counted(session):
    assert (row(session, "maria").unscheduled, row(session, "maria").load) == (Decimal(2), 0)
    assert (row(session, "tom").unestimated, row(session, "tom").skills) == (1, ("testing",))


def test_without_being_asked_no_view_holds_money(session):
    assert people_view(session).priced is None
    assert people_view(session, name="maria").priced is None


def test_a_persons_page_holds_nothing_of_another_and_own_money_only_when_asked(session):
    page = people_view(session, name="Tom Reed", money=True)
    told = repr(dataclasses.asdict(page))

    assert [one.id for one in page.rows] == ["tom"]
    assert page.priced.cost == {"tom": Money.of("31.17", "GBP")}
    assert "47.93" not in told
    assert "maria" not in told.casefold()


def test_the_page_lists_own_open_work(session):
    page = people_view(session, name="maria@n.example").page

    assert [(task.key, task.project, task.hours) for task in page.open] == [("WEB-1", "Website", 2)]
    assert [(one.starts.day, one.ends.day) for one in page.leave] == [(23, 24)]


def test_a_name_nobody_has_is_told_with_the_nearest(session):
    with pytest.raises(ConfigError) as caught:
        people_view(session, name="Tom Read")

    assert "Tom Reed" in str(caught.value)
