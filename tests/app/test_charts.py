"""Charts are data: what they show can be read and counted; pictures need no browser."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from app.mapped import NOW, TOML, land_all
from sightline.app.charting import CHARTS, WITHOUT_PROJECT, make_chart
from sightline.app.pictures import write_picture
from sightline.app.session import Session
from sightline.collect.clock import Clock
from sightline.errors import ConfigError
from sightline.present.charts.foresight import BurnPoint, LoadBar, burn_up, workload

FRI = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("charts")
    (folder / "sightline.toml").write_text(TOML)
    with Session.open(folder, clock=Clock(now=lambda: NOW)) as opened:
        land_all(opened)
        yield opened


def values(spec, series=None):
    return [row for row in spec["data"]["values"] if series in (None, row.get("series"))]


@pytest.mark.parametrize("name", [*CHARTS, *WITHOUT_PROJECT])
def test_every_chart_is_one_document_with_its_values_inside(session, name):
    spec = make_chart(session, name, "web")

    assert json.loads(json.dumps(spec)) == spec
    assert spec["title"]["text"]
    assert isinstance(values(spec), list)


def test_the_band_opens_from_what_is_done_today_to_the_whole_scope():
    points = [BurnPoint(FRI - DAY, 10, 3), BurnPoint(FRI, 10, 4)]
    finish = {50: FRI + 10 * DAY, 95: FRI + 20 * DAY}
    spec = burn_up("Web", points, [(FRI, 5)], finish, FRI + 5 * DAY)

    assert [(row["day"], row["low"], row["tasks"]) for row in values(spec, "band")] == [
        ("2026-11-20", 4, 4),
        ("2026-11-30", 7, 10),
        ("2026-12-10", 10, 10),
    ]
    assert [row["said"] for row in values(spec, "promised")] == ["promised 25 Nov"]


def test_without_a_forecast_there_is_no_band():
    assert values(burn_up("Web", [BurnPoint(FRI, 10, 4)], [], {}, None), "band") == []


def test_hours_in_a_chart_are_exact_numbers_or_text_with_two_decimals():
    spec = workload("Load", [LoadBar("Maria", FRI, Decimal(10) / 3, Decimal("37.5"))])

    assert [(row["load"], row["capacity"], row["state"]) for row in values(spec)] == [("3.33", "37.50", "within")]


def test_a_chart_nobody_knows_is_told_with_the_nearest(session):
    with pytest.raises(ConfigError) as caught:
        make_chart(session, "burnup", "web")

    assert "burn-up" in str(caught.value)


def test_a_picture_is_drawn_without_a_browser(session, tmp_path):
    pytest.importorskip("vl_convert")
    write_picture(make_chart(session, "workload"), tmp_path / "load.svg")

    assert (tmp_path / "load.svg").read_text("utf-8").startswith("<svg")


def test_a_place_nobody_may_write_to_is_told(tmp_path):
    with pytest.raises(ConfigError, match="the chart cannot be written"):
        write_picture({}, tmp_path / "none" / "chart.json")


def test_a_picture_of_an_unknown_kind_is_refused(tmp_path):
    with pytest.raises(ConfigError) as caught:
        write_picture({}, tmp_path / "chart.gif")

    assert ".svg, .png or .json" in str(caught.value)
