"""A table as JSON and CSV: exact, sorted, harmless in a spreadsheet."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.present.screen import Cell, Column, Table, csv_text, sorted_rows, table_json, text_cell


def _table(*cells):
    return Table(name="t", title="T", columns=(Column("a", "A"),), rows=tuple((cell,) for cell in cells))


def test_a_text_that_a_spreadsheet_would_run_is_told_as_text():
    lines = list(csv_text(_table(text_cell("=1+1"), text_cell("@x"), Cell(text="-5", value=Decimal(-5)))))

    assert lines == ["a\r\n", "'=1+1\r\n", "'@x\r\n", "-5\r\n"]


def test_money_has_its_currency_in_a_column_of_its_own():
    lines = list(csv_text(_table(Cell(text="x", value=Money(amount=Decimal("1.5"), currency="EUR")), Cell(text="-"))))

    assert lines == ["a,a_currency\r\n", "1.5,EUR\r\n", ",\r\n"]


def test_what_is_unknown_is_null_with_its_reason():
    told = table_json(_table(Cell(text="?", value=Unknown(why="no rate"))))

    assert told["rows"] == [{"a": {"value": None, "text": "?", "why_unknown": "no rate"}}]


def test_rows_sort_by_value_and_blanks_come_last():
    days = [Cell(text="b", value=dt.date(2026, 2, 1)), Cell(text="-"), Cell(text="a", value=dt.date(2026, 1, 1))]

    up = [row[0].text for row in sorted_rows(_table(*days), "a", down=False).rows]
    down = [row[0].text for row in sorted_rows(_table(*days), "a", down=True).rows]

    assert (up, down) == (["a", "b", "-"], ["b", "a", "-"])
    assert sorted_rows(_table(*days), "nothing", down=True).rows == _table(*days).rows
