"""How projects stood is kept by day, and the last day before another is found again."""

from __future__ import annotations

import datetime as dt

from sightline.model.foresight import Former

FRI = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)


def stood(day, shown):
    return Former(day=day, shown=shown, verdict=shown, reason="so many days late")


def test_the_last_status_date_before_a_day_is_found_for_each_dimension(store):
    store.keep_health("web", {"schedule": stood(FRI - 3 * DAY, "green"), "budget": stood(FRI - 3 * DAY, "amber")})
    store.keep_health("web", {"schedule": stood(FRI - DAY, "red")})
    store.keep_health("web", {"schedule": stood(FRI, "amber")})
    store.keep_health("app", {"schedule": stood(FRI - DAY, "green")})

    assert store.health_before("web", FRI) == {
        "schedule": stood(FRI - DAY, "red"),
        "budget": stood(FRI - 3 * DAY, "amber"),
    }


def test_a_day_is_kept_once_as_it_was_judged_last(store):
    store.keep_health("web", {"": stood(FRI, "red")})
    store.keep_health("web", {"": stood(FRI, "amber")})

    assert store.health_days("web") == [stood(FRI, "amber")]
