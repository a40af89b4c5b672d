"""Questions in JQL: bounded, quoted, and never later than they should be in any zone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from sightline.sdk import Answer
from sightline_jira.jql import Changes, in_projects, issues_of, literal
from sightline_jira.paging import FeedPosition

UTC = dt.UTC


def utc(*parts):
    return dt.datetime(*parts, tzinfo=UTC)


def test_project_keys_are_quoted_so_that_a_reserved_word_or_a_quote_cannot_break_out():
    assert in_projects(["WEB", "AND"]) == 'project in ("WEB", "AND")'
    assert in_projects(['A" OR key > "']) == 'project in ("A\\" OR key > \\"")'


def test_a_first_read_is_bounded_by_its_projects_alone():
    assert issues_of(["WEB"], None, "UTC", order="updated ASC") == 'project in ("WEB") ORDER BY updated ASC'


def test_a_moment_is_written_in_the_zone_of_the_profile_and_cut_to_the_minute():
    moment = utc(2026, 11, 22, 9, 41, 59)

    assert literal(moment, "Europe/Paris") == "2026/11/22 10:41"
    assert literal(moment, "Asia/Kathmandu") == "2026/11/22 15:26"


def test_without_a_known_zone_the_moment_is_early_enough_everywhere():
    assert literal(utc(2026, 11, 22, 9, 41), None) == "2026/11/21 21:41"
    assert literal(utc(2026, 11, 22, 9, 41), "Mars/Olympus") == "2026/11/21 21:41"


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/London", utc(2026, 10, 25)),
        ("America/New_York", utc(2026, 11, 1)),
        ("Australia/Lord_Howe", utc(2026, 4, 4)),
        ("Europe/London", utc(2026, 3, 29)),
    ],
)
def test_on_the_days_of_a_clock_change_no_reading_of_a_literal_is_too_late(zone, day):
    for minute in range(0, 36 * 60, 7):
        moment = day + dt.timedelta(minutes=minute)
        written = dt.datetime.strptime(literal(moment, zone), "%Y/%m/%d %H:%M").replace(tzinfo=ZoneInfo(zone))
        readings = [written.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]

        assert max(readings) <= moment
        assert min(readings) > moment - dt.timedelta(hours=2)


def row(updated):
    return {"id": "1", "fields": {"updated": updated}}


def test_the_cursor_goes_back_five_minutes_behind_the_newest_issue():
    cursor = Changes(projects=("1",), zone="UTC")
    state = cursor.advance({}, [row("2026-11-22T10:41:07.123+0100")], Answer(200, {}, None))

    assert cursor.since(state, None).at == utc(2026, 11, 22, 9, 36, 7, 123000)


def test_the_cursor_holds_only_for_the_projects_and_the_zone_it_was_reached_with():
    state = Changes(projects=("1", "2"), zone="UTC").advance({}, [row("2026-11-22T10:41:07Z")], Answer(200, {}, None))

    assert Changes(projects=("1",), zone="UTC").since(state, None).at is not None
    assert Changes(projects=("1", "3"), zone="UTC").since(state, None).at is None
    assert Changes(projects=("1",), zone="Asia/Tokyo").since(state, None).at is None


def feed(*times, last=True, since=0):
    rows = [{"worklogId": n, "updatedTime": time} for n, time in enumerate(times)]
    return Answer(200, {}, {"values": rows, "since": since, "until": max(times, default=since), "lastPage": last})


def test_a_feed_read_to_its_end_begins_after_its_newest_row_the_next_time():
    assert FeedPosition().advance({}, [], feed(5, 7)) == {"token": "8"}


def test_a_feed_read_in_part_begins_with_its_newest_row_again():
    assert FeedPosition().advance({}, [], feed(5, 7, last=False)) == {"token": "7"}


def test_an_empty_feed_leaves_the_position_where_it_is():
    assert FeedPosition().advance({"token": "9"}, [], feed(since=9)) == {"token": "9"}
    assert FeedPosition().advance({}, [], feed(since=4)) == {"token": "4"}
