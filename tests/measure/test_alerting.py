"""What becomes of alerts: told once, again when worse, quiet when somebody says so, closed when the reason is gone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from sightline.measure.alerting import Found, Look, decide
from sightline.model.alerts import SEVERITIES, Finding, Unsure, rank

START = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def finding(level=1, held=None, severity=None, subject="hours"):
    return Finding(
        text=f"at {level}", subject=subject, level=Decimal(level), held=None if held is None else Decimal(held),
        severity=severity,
    )  # fmt: skip


def look(*said, on=0, broken=()):
    now = START + on * DAY
    found = [Found("burn", "warning", one, "web", "acme") for one in said]
    return Look(found, now, now.date(), frozenset(broken))


def run(*looks, alerts=()):
    """The alerts after the last look, and for each look the texts that were told."""
    told = []
    for one in looks:
        decided = decide(alerts, one)
        alerts = decided.alerts
        told.append([alert.text for alert in decided.told])
    return alerts, told


def test_the_same_thing_found_every_day_is_told_once():
    alerts, told = run(look(finding()), look(finding(), on=1), look(finding(), on=2))

    assert told == [["at 1"], [], []]
    assert [(one.opened_at, one.seen_at) for one in alerts] == [(START, START + 2 * DAY)]


def test_a_higher_step_is_told_and_the_alert_closes_when_its_reason_is_gone():
    (alert,), told = run(look(finding(50)), look(finding(75), on=1), look(on=2))

    assert told == [["at 50"], ["at 75"], []]
    assert alert.closed_at == START + 2 * DAY


def test_what_hovers_around_a_limit_is_told_once():
    over, just_below = finding(75, held=75), finding(50, held=75)

    _, told = run(look(over), look(just_below, on=1), look(over, on=2), look(just_below, on=3), look(over, on=4))

    assert told == [["at 75"], [], [], [], []]


def test_a_step_left_by_more_than_the_margin_is_armed_again():
    _, told = run(look(finding(75)), look(finding(50), on=1), look(finding(75), on=2))

    assert told == [["at 75"], [], ["at 75"]]


def test_below_the_first_step_within_the_margin_nothing_opens_and_nothing_closes():
    near = finding(0, held=50)
    (alert,), told = run(look(near), look(finding(50), on=1), look(near, on=2))

    assert told == [[], ["at 50"], []]
    assert alert.closed_at is None
    assert alert.text == "at 50"


def test_what_comes_back_within_a_day_is_not_told_anew():
    hour = look(finding())._replace(now=START + dt.timedelta(hours=30))

    _, told = run(look(finding()), look(on=1), hour, look(on=2), look(finding(), on=5))

    assert told == [["at 1"], [], [], [], ["at 1"]]


def test_an_acknowledged_alert_is_quiet_until_it_gets_worse():
    (alert,), _ = run(look(finding(5)))
    seen = structs.replace(alert, acknowledged_at=START, acknowledged_by="Ann")

    (still,), told = run(look(finding(5), on=1), alerts=[seen])
    (worse,), again = run(look(finding(10), on=2), alerts=[still])

    assert (told, still.acknowledged_by) == ([[]], "Ann")
    assert (again, worse.acknowledged_by) == ([["at 10"]], None)


def test_a_snoozed_alert_is_quiet_whatever_happens_and_told_on_its_day():
    (alert,), _ = run(look(finding(5)))
    snoozed = structs.replace(alert, snoozed_until=(START + 3 * DAY).date())

    looks = look(finding(9), on=1), look(finding(9), on=2), look(finding(9), on=3), look(finding(9), on=4)
    (after,), told = run(*looks, alerts=[snoozed])

    assert told == [[], [], ["at 9"], []]
    assert after.snoozed_until is None


def test_a_rule_that_cannot_tell_or_breaks_closes_nothing():
    alerts, _ = run(look(finding()))

    (unsure,), _ = run(look(Unsure(why="no data", subject="hours"), on=1), alerts=alerts)
    (broken,), _ = run(look(on=1, broken={"burn"}), alerts=alerts)
    (other,), _ = run(look(Unsure(why="no data", subject="money"), on=1), alerts=alerts)

    assert (unsure.closed_at, broken.closed_at) == (None, None)
    assert other.closed_at == START + DAY


said = st.one_of(
    st.none(),
    st.builds(Unsure, why=st.just("?"), subject=st.none()),
    st.builds(
        finding, level=st.integers(0, 4), held=st.one_of(st.none(), st.integers(0, 5)),
        severity=st.sampled_from([None, *SEVERITIES]),
    ),
)  # fmt: skip
steps = st.lists(st.tuples(said, st.sampled_from(["", "", "ack", "snooze"]), st.integers(1, 40)), max_size=25)


@settings(max_examples=100, deadline=None)
@given(steps)
def test_whatever_happens_nothing_is_told_twice_for_the_same_reason(history):
    alerts, now, last = [], START, None
    reasons = set()
    for one, does, hours in history:
        now += dt.timedelta(hours=hours)
        was_open = bool(alerts) and alerts[0].closed_at is None
        awake = bool(alerts) and alerts[0].snoozed_until is not None and alerts[0].snoozed_until <= now.date()
        away = bool(alerts) and not was_open and now - alerts[0].closed_at >= DAY
        decided = decide(alerts, Look([Found("r", "warning", one, "p")] if one else [], now, now.date()))
        assert len(decided.alerts) <= 1
        assert len(decided.told) <= 1
        for alert in decided.told:
            weight = (alert.level, rank(alert.severity))
            fell = "fell" in reasons
            worse = last is None or weight[0] > last[0] or weight[1] > last[1]
            assert worse or away or awake or fell
            assert alert.acknowledged_at is None
            last, reasons = weight, set()
        alerts = list(decided.alerts)
        # Below what was told, beyond the margin: armed again.
        if last is not None and isinstance(one, Finding) and max(one.level, one.held or 0) < last[0]:
            reasons.add("fell")
        if away:
            reasons.add("fell")
        if alerts and alerts[0].closed_at is None and does:
            change = {"acknowledged_at": now} if does == "ack" else {"snoozed_until": (now + 2 * DAY).date()}
            alerts = [structs.replace(alerts[0], **change)]


@settings(max_examples=60, deadline=None)
@given(steps)
def test_an_alert_stands_exactly_while_its_reason_does(history):
    alerts, now = [], START
    stands = False
    for one, _, hours in history:
        now += dt.timedelta(hours=hours)
        alerts = decide(alerts, Look([Found("r", "warning", one, "p")] if one else [], now, now.date())).alerts
        if isinstance(one, Finding):
            stands = one.level > 0 or (stands and (one.held or 0) > 0)
        elif one is None:
            stands = False
        assert any(alert.closed_at is None for alert in alerts) is stands
