"""What the custom fields of a card say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sightline.sdk import RowError
from sightline_trello.fields import read_fields

DEFINITIONS = [
    {"id": "f1", "name": "Estimate (h)", "type": "number"},
    {
        "id": "f2",
        "name": "Size",
        "type": "list",
        "options": [{"id": "o1", "value": {"text": "3 pts"}}, {"id": "o2", "value": {"text": "Large"}}],
    },
    {"id": "f3", "name": "Agreed", "type": "checkbox"},
    {"id": "f4", "name": "Spent", "type": "text"},
    {"id": "f5", "name": "Go-live", "type": "date"},
]


def fields(*items):
    return read_fields([{"idCustomField": id_, **item} for id_, item in items], DEFINITIONS)


def test_a_number_comes_as_text_and_stays_exact():
    found = fields(("f1", {"value": {"number": "12.5"}}))

    assert found.number("Estimate (h)") == Decimal("12.5")
    assert found.seconds("estimate (H)") == 45_000


def test_an_option_of_a_list_is_found_by_its_id():
    found = fields(("f2", {"value": None, "idValue": "o1"}))

    assert found.text("Size") == "3 pts"
    assert found.number("Size") == 3


def test_a_text_that_is_no_number_says_nothing():
    assert fields(("f2", {"value": None, "idValue": "o2"})).number("Size") is None
    assert fields(("f4", {"value": {"text": "about two"}})).seconds("Spent") is None


def test_a_text_with_a_unit_is_a_number():
    assert fields(("f4", {"value": {"text": " 2,5 h "}})).seconds("Spent") == 9000


def test_checkboxes_and_dates_are_texts():
    found = fields(("f3", {"value": {"checked": "true"}}), ("f5", {"value": {"date": "2026-12-01T12:00:00.000Z"}}))

    assert (found.text("Agreed"), found.text("Go-live")) == ("true", "2026-12-01T12:00:00.000Z")


def test_what_is_unset_or_unnamed_is_unknown():
    found = fields()

    assert found.text("Estimate (h)") is None
    assert found.number(None) is None


def test_a_field_of_another_board_or_an_option_that_is_gone_is_unknown():
    found = fields(("f9", {"value": {"number": "1"}}), ("f2", {"value": None, "idValue": "o9"}))

    assert found.text("Size") is None


@pytest.mark.parametrize("number", ["many", "NaN", "Infinity", ""])
def test_a_number_field_without_a_number_cannot_be_read(number):
    with pytest.raises(RowError, match="a number field holds no number"):
        fields(("f1", {"value": {"number": number}})).number("Estimate (h)")


@pytest.mark.parametrize("items", ["x", {}, 5])
def test_items_of_a_wrong_type_cannot_be_read(items):
    with pytest.raises(RowError, match="customFieldItems is"):
        read_fields(items, DEFINITIONS)


def test_no_items_at_all_are_no_values():
    assert read_fields(None, DEFINITIONS).text("Size") is None
