"""The comment grammar of Plus for Trello, row by row."""

from __future__ import annotations

import pytest

from sightline_trello.plus import PlusRow, is_recurring, parse

H = 3600


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("plus! 5/3", PlusRow(("me",), 0, 5 * H, 3 * H)),
        ("plus! 0/4", PlusRow(("me",), 0, 0, 4 * H)),
        ("plus! /4", PlusRow(("me",), 0, 0, 4 * H)),
        ("plus! 5/0", PlusRow(("me",), 0, 5 * H, 0)),
        ("plus! 5/", PlusRow(("me",), 0, 5 * H, 0)),
        ("plus! 5", PlusRow(("me",), 0, 5 * H, 0)),
        ("plus! 0.25/0", PlusRow(("me",), 0, 900, 0)),
        ("plus! .5", PlusRow(("me",), 0, 1800, 0)),
        ("plus! 1:30/2:15", PlusRow(("me",), 0, 5400, 8100)),
        ("plus! -1:30", PlusRow(("me",), 0, -5400, 0)),
        ("plus! -0:30", PlusRow(("me",), 0, -1800, 0)),
        ("plus! -1/-0.5 wrong card", PlusRow(("me",), 0, -H, -1800, "wrong card")),
        ("plus! -2d 3/3", PlusRow(("me",), 2, 3 * H, 3 * H)),
        ("plus! -1d 2/2 debugging", PlusRow(("me",), 1, 2 * H, 2 * H, "debugging")),
        ("plus! @marialind7 2/0", PlusRow(("marialind7",), 0, 2 * H, 0)),
        ("plus! @Maria @me -3d 2/1 call", PlusRow(("maria", "me"), 3, 2 * H, H, "call")),
        ("plus! @me @me 1", PlusRow(("me",), 0, H, 0)),
        ("plus! @global 0/8", PlusRow(("global",), 0, 0, 8 * H)),
        ("PLUS! 1/1 shout", PlusRow(("me",), 0, H, H, "shout")),
        ("plus!   1/1\n two\nlines ", PlusRow(("me",), 0, H, H, "two lines")),
        ("plus! 2/2 ^unknown note", PlusRow(("me",), 0, 2 * H, 2 * H, "^unknown note")),
        ("plus! 0.333333/0", PlusRow(("me",), 0, 1200, 0)),
    ],
)
def test_a_comment_of_the_grammar_gives_its_row(text, row):
    assert parse(text, "plus!") == row


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plus!",
        "plus! hello",
        "plus! /",
        "plus! 5/x",
        "plus! 5 3/2/1/x".replace("5 ", ""),
        "plus! 1,5/2",
        "plus! -2d",
        "plus! @maria",
        "plus! 5//3",
        "plus! 1:75",
        "plus! 5h",
        "plus! 1e9/0",
        "plus! 99999999999/0",
        "plus! NaN/0",
        "plus! -999999d 1/0",
        "we said plus! 5/3",
        "plus 5/3",
        "plus!5/3",
    ],
)
def test_another_comment_holds_no_time(text):
    assert parse(text, "plus!") is None


@pytest.mark.parametrize("command", ["resetsync", "etransfer", "ETransfer", "markboard"])
def test_a_command_adds_no_work(command):
    assert parse(f"plus! @maria 0/5 ^{command} to owen", "plus!") is None


def test_a_bare_number_on_a_recurring_card_is_both_spent_and_estimated():
    assert parse("plus! 5", "plus!", recurring=True) == PlusRow(("me",), 0, 5 * H, 5 * H)
    assert parse("plus! 5/", "plus!", recurring=True) == PlusRow(("me",), 0, 5 * H, 0)


def test_the_title_marks_a_recurring_card():
    assert is_recurring("Weekly call [R]")
    assert not is_recurring("Weekly call (R)")


def test_the_keyword_can_be_another_or_none():
    assert parse("time: 1/0", "time:") == PlusRow(("me",), 0, H, 0)
    assert parse("plus! 1/0", "") is None
