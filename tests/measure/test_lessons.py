"""What finished work teaches: medians and spread by group, and a suggestion for the next quote."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sightline.measure.lessons import Finished, lessons, size_of, suggestion
from sightline.model.figures import Unknown


def done(estimate, actual, kind="task", persons=("Maria",), client="Acme"):
    return Finished("Web", client, kind, persons, Decimal(estimate), Decimal(actual))


def test_each_group_tells_its_median_and_how_many_estimates_were_close():
    found = lessons([done(4, 4), done(4, 8), done(4, 5, kind="bug"), done(8, 8)], "type")

    assert [(one.name, one.items, one.median, one.within_quarter) for one in found[:1]] == [
        ("task", 3, 1, Decimal(200) / 3)
    ]
    assert (found[1].name, found[1].median, found[1].within_quarter) == ("bug", Decimal("1.25"), 100)


def test_twice_too_high_and_twice_too_low_are_equally_far_out():
    (found,) = lessons([done(4, 8), done(8, 4)], "client")

    assert abs(found.log_median) < Decimal("1e-20")


def test_work_of_two_people_teaches_about_both():
    assert {one.name for one in lessons([done(4, 8, persons=("Maria", "Jonas"))], "person")} == {"Maria", "Jonas"}


@pytest.mark.parametrize(("hours", "name"), [("2", "up to 2 h"), ("2.25", "up to 4 h"), ("41", "over 40 h")])
def test_sizes_have_upper_bounds(hours, name):
    assert size_of(Decimal(hours)) == name


def test_a_quote_is_multiplied_by_what_similar_work_took():
    found = suggestion([done(10, hours) for hours in (8, 9, 10, 10, 11, 12, 15, 20, 20, 30)], Decimal(20))

    assert found.hours == {50: 22, 80: 40, 90: 40}
    assert (found.similar.items, found.similar.lowest, found.similar.highest) == (10, Decimal("0.8"), 3)


def test_few_similar_tasks_give_their_range_only():
    found = suggestion([done(10, 12)] * 3, Decimal(20))

    assert found.hours[80] == Unknown(why="3 similar items are too few, 8 are needed")
    assert found.similar.highest == Decimal("1.2")


def test_without_similar_work_there_is_no_suggestion():
    assert suggestion([], Decimal(20)) == Unknown(why="there is no similar item in the past")
