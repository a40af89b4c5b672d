"""Who can work when, as `sightline.toml` says it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from sightline.config.workspace import load_workspace
from sightline.errors import ConfigError

MON, TUE, WED, THU, FRI = (dt.date(2026, 11, day) for day in range(23, 28))
PEOPLE = """
[workspace]
hours_per_day = 7.5
target_utilisation = 75
[people.noor]
name = "Noor Haddad"
emails = ["noor@n.example"]
skills = ["testing"]
hours_a_week = 22.5
working_days = ["mon", "tue", "thu"]
target_utilisation = 60
[people.maria]
name = "Maria Lind"
"""


def workspace(folder, more=""):
    (folder / "sightline.toml").write_text(PEOPLE + more, encoding="utf-8")
    return load_workspace(folder)


def test_hours_a_week_are_spread_over_the_days_a_person_works(tmp_path):
    held = workspace(tmp_path)
    hours = [held.team.capacity("noor", day, held.calendar) for day in (MON, TUE, WED, THU, FRI)]

    assert hours == [Decimal("7.5"), Decimal("7.5"), 0, Decimal("7.5"), 0]


def test_who_says_nothing_works_as_the_workspace_does(tmp_path):
    held = workspace(tmp_path)

    assert held.team.capacity("maria", WED, held.calendar) == Decimal("7.5")
    assert (held.team.target("maria"), held.team.target("noor")) == (75, 60)


def test_leave_takes_the_day_or_the_hours_it_says_named_by_address_too(tmp_path):
    held = workspace(
        tmp_path,
        '[[leave]]\nperson = "noor@n.example"\nfrom = 2026-11-23\n'
        '[[leave]]\nperson = "maria"\nfrom = 2026-11-24\nuntil = 2026-11-25\nhours = 3\nkind = "sick"\n',
    )

    assert held.team.capacity("noor", MON, held.calendar) == 0
    hours = [held.team.capacity("maria", day, held.calendar) for day in (MON, TUE, WED, THU)]
    assert hours == [Decimal("7.5"), Decimal("4.5"), Decimal("4.5"), Decimal("7.5")]


def test_a_break_of_all_takes_everybody_one_of_a_project_only_its_work(tmp_path):
    held = workspace(
        tmp_path,
        '[projects.web]\nname = "Web"\n[[blackout]]\nfrom = 2026-11-23\nwhy = "office closed"\n'
        '[[blackout]]\nfrom = 2026-11-24\nproject = "web"\n',
    )

    assert [held.team.capacity("maria", day, held.calendar) for day in (MON, TUE)] == [0, Decimal("7.5")]
    assert [held.team.is_working(day, held.calendar, "web") for day in (MON, TUE, WED)] == [False, False, True]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[[leave]]\nperson = "mario"\nfrom = 2026-11-23\n', "leave[0].person: there is no person 'mario'"),
        ('[[leave]]\nperson = "maria"\nfrom = 2026-11-23\nuntil = 2026-11-22\n', "leave[0]: ends before it begins"),
        ('[[blackout]]\nfrom = 2026-11-23\nproject = "wab"\n', "blackout[0].project: there is no project 'wab'"),
    ],
)
def test_absences_that_cannot_be_are_refused(tmp_path, table, said):
    with pytest.raises(ConfigError) as caught:
        workspace(tmp_path, table)

    assert said in str(caught.value)


def test_thresholds_of_health_are_what_the_file_says_and_the_usual_ones_else(tmp_path):
    held = workspace(tmp_path, "[health]\nslip_days = [3, 10]\nmargin_target = 30\n").health

    assert (held.slip_days.green_to, held.slip_days.red_beyond, held.margin_target) == (3, 10, 30)
    assert (held.overdue_days.green_to, held.overdue_days.red_beyond) == (0, 14)


def test_a_threshold_that_turns_red_before_amber_is_refused(tmp_path):
    with pytest.raises(ConfigError) as caught:
        workspace(tmp_path, "[health]\nslip_days = [10, 3]\n")

    assert "health.slip_days" in str(caught.value)
