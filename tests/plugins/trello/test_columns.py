"""Which state a list stands for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from plugins.trello.rows import settings
from sightline_trello.columns import columns_of, slim_lists


def states(*names, closed=(), **fields):
    lists = [{"id": name, "name": name, "closed": name in closed} for name in names]
    return [column.state for column in columns_of(lists, settings(**fields)).values()]


def test_the_first_open_list_is_to_do_the_last_done_and_the_others_in_progress():
    assert states("Pool", "Drafts", "With the press", "Out") == ["todo", "in_progress", "in_progress", "done"]


def test_a_single_list_is_to_do_and_never_done():
    assert states("Pool") == ["todo"]


def test_plain_names_say_it_themselves_wherever_the_list_stands():
    assert states("Done", "Doing", "To Do") == ["done", "in_progress", "todo"]


def test_where_a_list_is_called_done_no_other_is_done_by_its_place():
    assert states("Pool", "Done", "Praise") == ["todo", "done", "in_progress"]


def test_a_last_list_with_a_telling_name_is_what_it_says():
    assert states("Pool", "Drafts", "Blocked") == ["todo", "in_progress", "in_progress"]


def test_a_question_mark_makes_another_name():
    assert states("To do", "Done?", "Done") == ["todo", "in_progress", "done"]


def test_a_closed_list_without_a_telling_name_is_unknown_and_takes_no_place():
    assert states("Old", "Pool", "Out", "Older", closed=("Old", "Older")) == ["unknown", "todo", "done", "unknown"]


def test_a_closed_list_called_done_is_done():
    assert states("Pool", "Drafts", "Done", closed=("Done",)) == ["todo", "in_progress", "done"]


def test_settings_come_before_names_and_places():
    found = states("Pool", "Done", "Praise", todo_lists=("done",), done_lists=("Pool",), cancelled_lists=("praise",))

    assert found == ["done", "todo", "cancelled"]


def test_a_settled_done_list_takes_done_from_the_last_one():
    assert states("Pool", "Live soon", "Attic", done_lists=("Live soon",)) == ["todo", "done", "in_progress"]


def test_lists_are_kept_in_the_order_of_the_board():
    lists = [
        {"id": "b", "name": "Second", "closed": False, "pos": Decimal("16384.5")},
        {"id": "a", "name": "First", "closed": True, "pos": 100, "unknown": {}},
    ]

    assert slim_lists(lists) == [
        {"id": "a", "name": "First", "closed": True},
        {"id": "b", "name": "Second", "closed": False},
    ]


@pytest.mark.parametrize("lists", [None, "x", {}, 5])
def test_an_answer_without_lists_has_none(lists):
    assert slim_lists(lists) is None


def test_lists_of_wrong_types_are_left_out_or_named_nothing():
    assert slim_lists([None, {"id": 5}, {"id": "a", "name": None, "pos": "x"}]) == [
        {"id": "a", "name": "", "closed": False}
    ]
