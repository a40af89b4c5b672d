"""The query of an include rule."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.errors import ConfigError
from sightline.model.records import Task
from sightline.unify.query import FIELDS, Asked, compiled

TASK = Task(
    id="1",
    scope="10",
    key="WEB-12",
    title="Header (new)",
    kind="story",
    status="In Review",
    state="in_progress",
    priority="High",
    labels=("Website", "urgent"),
    due_on=dt.date(2026, 11, 20),
    completed_at=None,
    estimate_seconds=9000,
    points=Decimal(3),
    sprints=("s7",),
)
ASKED = Asked(TASK, milestones=("s7", "Sprint 7"), assignees=("u1", "Maria Lind"), parents=("WEB-1",))


@pytest.mark.parametrize(
    "query",
    [
        'label = "website"',
        'label = "web*" and priority in ("High", "Highest")',
        "label = nothing or status = 'in review'",
        "not label = nothing",
        "label != nothing",
        "title ~ header and title !~ footer",
        "due <= 2026-11-20 and due > 2026-11-19",
        "estimate = 2.5 and points >= 3",
        "completed is empty and due is not empty",
        "waiting_on is empty",
        "kind not in (bug, epic)",
        "assignee = 'maria lind' and parent = WEB-1 and sprint = 'Sprint 7' and milestone = s7",
        "archived = no",
        # `and` binds before `or`, `not` before both.
        "label = website or label = nothing and label = never",
        "not label = nothing and label = website",
    ],
)
def test_a_query_fits(query):
    assert compiled(query, "here")(ASKED) is True


@pytest.mark.parametrize(
    "query",
    [
        "label = web",
        "label != website",
        "(label = website or label = nothing) and label = never",
        "completed > 2026-01-01",
        "completed != 2026-01-01 and completed is not empty",
        "not (label = website)",
        "estimate > 2.5",
        "priority in (Low)",
        "label not in (urgent)",
    ],
)
def test_a_query_does_not_fit(query):
    assert compiled(query, "here")(ASKED) is False


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "should go on with a field at its end"),
        ("labels = x", "no field at character 1; did you mean 'label'"),
        ("label =", "should go on with a value at its end"),
        ("label website", "should go on with =, !=.* at character 7"),
        ("label in website", r"should go on with \( at character 10"),
        ("label = a label = b", "should go on with and, or, or its end at character 11"),
        ("(label = a", r"should go on with \) at its end"),
        ("due = tomorrow", "needs a day like 2026-11-20 at character 7"),
        ("due = 2026-02-30", "needs a day"),
        ("due ~ 2026", "looks at character 5 for a text in due"),
        ("points = many", "needs a number like 2.5"),
        ("label < a", "asks at character 7 for an order that label has not"),
        ("label = a\x00; import os", "no field|should go on|cannot be read"),
        ('label = "open', "cannot be read from character 8"),
        ("label is nothing", "should go on with empty at character 10"),
        ("not " * 50 + "label = a", "nested more than 40 deep"),
        ("(" * 50 + "label = a", "nested more than 40 deep"),
        ("label = a or " * 200 + "label = a", "too long"),
    ],
)
def test_a_query_without_sense_says_where_it_goes_wrong(query, told):
    with pytest.raises(ConfigError, match=told) as caught:
        compiled(query, "projects.web.include")

    assert caught.value.where == "projects.web.include"
    assert all(field in caught.value.mend for field in FIELDS)


@given(st.text(alphabet="label=due<>()\"'andornotin,~! 2026-", max_size=60))
def test_whatever_is_written_is_read_or_refused(text):
    try:
        answer = compiled(text, "here")(ASKED)
    except ConfigError:
        return
    assert answer in (True, False)
