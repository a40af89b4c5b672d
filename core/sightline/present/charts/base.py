"""What every chart shares: the frame, how values are written, and the colours of health."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

__all__ = ["COLOURS", "Rows", "Spec", "chart", "colour_of", "layer", "rows_of", "when"]

Spec = dict[str, Any]
Rows = list[dict[str, Any]]

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
#: Colours of health that differ in lightness, too, so that they can be told apart without red and green.
COLOURS: Mapping[str, str] = {"green": "#7fb98b", "amber": "#f2b84b", "red": "#b3332e", "grey": "#c9ced3"}


def rows_of(rows: Iterable[Mapping[str, Any]]) -> Rows:
    """Values as JSON has them: days as text, exact numbers with at most two decimals."""
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        whole = value.quantize(Decimal("0.01"))
        return int(whole) if whole == whole.to_integral_value() else str(whole)
    return value.isoformat() if isinstance(value, dt.date) else value


def chart(title: str, rows: Iterable[Mapping[str, Any]], *, width: int = 640, height: int = 280, **more: Any) -> Spec:
    """A specification with its values inside. A number with decimals is text, which Vega-Lite reads as a number."""
    parse = more.pop("parse", {})
    return {
        "$schema": _SCHEMA,
        "title": {"text": title, "anchor": "start"},
        "width": width,
        "height": height,
        "data": {"values": rows_of(rows), "format": {"type": "json", "parse": parse}},
        "config": {"view": {"stroke": None}, "font": "sans-serif", "axis": {"grid": True, "gridColor": "#eceff1"}},
        **more,
    }


def layer(mark: str | Mapping[str, Any], only: str | None = None, **encoding: Any) -> Spec:
    """One layer, of the rows of one series if `only` names it."""
    made: Spec = {"mark": mark, "encoding": encoding}
    if only is not None:
        made["transform"] = [{"filter": {"field": "series", "equal": only}}]
    return made


def when(field: str = "day", title: str | None = None) -> Spec:
    """A time axis of days."""
    return {"field": field, "type": "temporal", "title": title, "axis": {"format": "%d %b"}}


def colour_of(field: str, names: Sequence[str], colours: Sequence[str]) -> Spec:
    """Fixed colours for fixed names."""
    return {
        "field": field,
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(names), "range": list(colours)},
        "legend": {"orient": "top"},
    }
