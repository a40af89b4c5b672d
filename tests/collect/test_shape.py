"""What of an answer is read: what its shape names, and all of it where it does not fit."""

from decimal import Decimal
from typing import Any, TypedDict

from sightline.collect.decode import decode_json


class User(TypedDict, total=False):
    name: Any


class Row(TypedDict, total=False):
    id: Any
    points: Any
    user: User | None


SHAPE = list[Row]


def test_what_the_shape_does_not_name_is_passed_over():
    body = decode_json(b'[{"id": 1, "self": "x", "user": {"name": "Ada", "avatar": "x"}, "points": 2.5}]', "src", SHAPE)

    assert body == [{"id": 1, "user": {"name": "Ada"}, "points": Decimal("2.5")}]


def test_an_answer_of_another_shape_is_read_whole():
    body = decode_json(b'[{"id": 1, "user": "ada", "self": "x"}]', "src", SHAPE)

    assert body == [{"id": 1, "user": "ada", "self": "x"}]


def test_texts_that_no_database_holds_are_mended_in_either_case():
    body = decode_json(rb'[{"id": "a\u0000b", "user": {"name": "\ud800"}}]', "src", SHAPE)

    assert body == [{"id": "a\ufffdb", "user": {"name": "\ufffd"}}]
