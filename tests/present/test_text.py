"""How values are written for people who read tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sightline.present.text import shortened, value_text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal(13) / 16, "ratio", "0.81"),
        (Decimal(514) / 11, "days", "46.73"),
        (Decimal("-0.001"), "ratio", "0"),
        (Decimal(1200), "count", "1200"),
    ],
)
def test_indices_counts_and_days_show_at_most_two_decimals(value, unit, text):
    assert value_text(value, unit) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("short", "short"), ("two\n\tlines", "two lines"), ("x" * 11, "x" * 9 + "…"), ("abcdefgh  ijk", "abcdefgh…")],
)
def test_a_long_text_is_cut_and_says_so(text, shown):
    assert shortened(text, 10) == shown
