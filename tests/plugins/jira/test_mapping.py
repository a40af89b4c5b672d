"""One row at a time: odd, old and hostile shapes of what Jira sends."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from sightline.collect.mapper import map_rows
from sightline.sdk import Account, Change, Context, Gone, Link, RowError, Task, TimeEntry, Whole
from sightline_jira.fields import Field, Fields
from sightline_jira.site import Project, Site
from sightline_jira.streams import CloudIssues, DeletedWorklogs, Versions

FIELDS = Fields(
    sprint=(Field("customfield_10020", "Sprint"),),
    points=(Field("customfield_10016", "Story point estimate"), Field("customfield_10026", "Story Points")),
    epic_link=(Field("customfield_10101", "Epic Link"),),
    epic_name=(Field("customfield_10103", "Epic Name"),),
    start=(Field("customfield_10015", "Start date"),),
)
PROJECTS = (Project("10000", "ABC", "Acme Shop"), Project("10009", "XYZ", "Others"))
STATUSES = [
    {"id": "10000", "name": "To Do", "statusCategory": {"key": "new"}},
    {"id": "3", "name": "In Arbeit", "statusCategory": {"key": "indeterminate", "name": "In Arbeit"}},
    {"id": "10002", "name": "Done", "statusCategory": {"key": "done"}},
]


class _Settings:
    scopes = ("ABC",)


def context():
    site = Site(True, "", "https://acme.example", "UTC", PROJECTS, (), FIELDS)
    return Context("jira", None, _Settings(), site.facts(), {"statuses": STATUSES}, dt.UTC)


def stream():
    return CloudIssues(Site.of(context().facts, ("ABC",)))


def issue(histories=(), **fields):
    """The issue of the sheet's example, with these fields instead."""
    shown = {
        "summary": "Checkout fails",
        "issuetype": {"name": "Task", "subtask": False, "hierarchyLevel": 0},
        "project": {"id": "10000", "key": "ABC"},
        "status": {"id": "3", "name": "In Progress", "statusCategory": {"key": "indeterminate"}},
        "created": "2026-11-01T09:12:44.513+0100",
        "updated": "2026-11-22T10:41:07.123+0100",
        **fields,
    }
    return {"id": "10042", "key": "ABC-12", "fields": shown, "changelog": {"histories": list(histories)}}


def mapped(row):
    return list(stream().map(row, context()))


def task(row):
    return next(record for record in mapped(row) if isinstance(record, Task))


def changes(*histories, **fields):
    return [record for record in mapped(issue(histories, **fields)) if isinstance(record, Change)]


def step(id_="1", created="2026-11-20T11:00:00.000+0100", **item):
    return {"id": id_, "created": created, "author": {"accountId": "a1"}, "items": [item]}


def moved(before, after, **more):
    names = {"10000": "To Do", "3": "In Progress", "10002": "Done", "77": "Deleted since"}
    item = {"field": "status", "fieldId": "status", "from": before, "fromString": names[before]}
    return step(**{**item, "to": after, "toString": names[after], **more})


# --- types, states ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ({"name": "Bug"}, "bug"),
        ({"name": "Aufgabe", "subtask": False}, "Aufgabe"),
        ({"name": "Unteraufgabe", "subtask": True}, "subtask"),
        ({"name": "Thema", "hierarchyLevel": 1}, "epic"),
        ({"name": "Initiative", "hierarchyLevel": 2}, "Initiative"),
    ],
)
def test_the_kind_follows_the_level_and_an_unknown_type_keeps_its_own_word(kind, expected):
    assert task(issue(issuetype=kind)).kind == expected


def test_an_issue_with_an_epic_name_is_an_epic_where_types_have_no_level():
    assert task(issue(issuetype={"name": "Großthema"}, customfield_10103="Checkout")).kind == "epic"


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ("new", "todo"),
        ("indeterminate", "in_progress"),
        ("done", "done"),
        ("undefined", "unknown"),
        ("hyper", "unknown"),
        (None, "unknown"),
    ],
)
def test_the_state_is_that_of_the_status_category_and_never_guessed(key, state):
    assert task(issue(status={"id": "9", "name": "Validating", "statusCategory": {"key": key}})).state == state


def test_a_status_without_a_category_has_an_unknown_state_and_keeps_its_word():
    found = task(issue(status={"id": "9", "name": "Validating"}))

    assert (found.status, found.state) == ("Validating", "unknown")


def test_done_with_the_resolution_wont_do_is_cancelled():
    done = {"id": "10002", "name": "Closed", "statusCategory": {"key": "done"}}

    assert task(issue(status=done, resolution={"name": "Won't Do"})).state == "cancelled"
    assert task(issue(status=done, resolution={"name": "Fixed"})).state == "done"
    assert task(issue(resolution={"name": "Won't Do"})).state == "in_progress"


# --- history ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "created", ["2026-11-20T11:00:00.000+0100", 1795168800, "1795168800000", 1795168800000, "1795168800"]
)
def test_all_forms_of_a_moment_in_the_history_are_read(created):
    found = changes(moved("10000", "3", created=created))

    assert [c.at for c in found] == [dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)]


def test_a_history_out_of_order_is_sorted_and_gives_start_and_end():
    done = {"id": "10002", "name": "Done", "statusCategory": {"key": "done"}}
    row = issue(
        [
            moved("3", "10002", id_="30", created="2026-11-09T10:00:00Z"),
            moved("10000", "3", id_="10", created="2026-11-03T10:00:00Z"),
            moved("10002", "3", id_="20", created="2026-11-05T10:00:00Z"),
            moved("3", "10002", id_="11", created="2026-11-04T10:00:00Z"),
        ],
        status=done,
    )

    assert task(row).started_at == dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)
    assert task(row).completed_at == dt.datetime(2026, 11, 9, 10, tzinfo=dt.UTC)
    assert [c.id for c in mapped(row) if isinstance(c, Change)] == ["10-0", "11-0", "20-0", "30-0"]


def test_an_issue_that_began_in_work_started_when_it_was_created():
    assert task(issue()).started_at == task(issue()).created_at
    assert task(issue([moved("3", "10000")])).started_at == task(issue()).created_at


def test_a_done_issue_without_history_ended_with_its_resolution_or_its_category():
    done = {"id": "10002", "name": "Done", "statusCategory": {"key": "done"}}

    assert task(issue(status=done, resolutiondate="2026-11-05T10:00:00Z")).completed_at.day == 5
    assert task(issue(status=done, statuscategorychangedate="2026-11-06T10:00:00Z")).completed_at.day == 6
    assert task(issue(resolutiondate="2026-11-05T10:00:00Z")).completed_at is None


def test_a_status_deleted_since_keeps_its_word_and_has_an_unknown_state():
    found = changes(moved("10000", "77"), moved("77", "3", id_="2", created="2026-11-21T11:00:00Z"))

    assert [(c.from_value, c.from_state, c.to_value, c.to_state) for c in found] == [
        ("To Do", "todo", "Deleted since", "unknown"),
        ("Deleted since", "unknown", "In Progress", "in_progress"),
    ]


def test_a_change_without_a_field_id_is_known_by_its_name():
    sprint = step(field="Sprint", **{"from": "36", "to": "36, 37"})
    parent = step("2", field="IssueParentAssociation", **{"from": None, "to": "10007"})
    epic = step("3", field="Epic Link", **{"from": "10007", "to": ""})
    told = [(c.field, c.from_value, c.to_value) for c in changes(sprint, parent, epic)]

    assert told == [
        ("sprint", "sprint-36", "sprint-36, sprint-37"),
        ("parent", None, "10007"),
        ("parent", "10007", None),
    ]


def test_a_parent_told_twice_in_one_step_is_one_change():
    items = [{"field": name, "from": None, "to": "10007"} for name in ("Epic Link", "IssueParentAssociation")]

    assert len(changes({"id": "1", "created": 1795168800, "items": items})) == 1


def test_points_in_the_history_read_as_the_field_does_and_untracked_fields_are_left_out():
    points = step(field="Story Points", fieldId="customfield_10026", fromString="3.0", toString="5.5")

    assert [(c.field, c.from_value, c.to_value) for c in changes(points, step("2", field="labels"))] == [
        ("points", "3", "5.5")
    ]


def test_hostile_histories_are_left_out_without_taking_the_issue_along():
    bad = [
        None,
        7,
        {"id": "1"},
        {"id": "2", "created": 1, "items": "x"},
        {"id": "3", "created": None, "items": [{"field": "status"}]},
        {"items": [None]},
    ]

    assert changes(*bad) == []


# --- fields ----------------------------------------------------------------------------------------------------------


def test_the_first_points_field_with_a_value_counts_and_no_value_is_none():
    assert task(issue(customfield_10016=None, customfield_10026=Decimal("8.0"))).points == 8
    assert task(issue(customfield_10016=Decimal("0.5"), customfield_10026=8)).points == Decimal("0.5")
    assert task(issue()).points is None


def test_sprints_come_closed_ones_first_and_the_current_one_last():
    sprints = [
        {"id": 40, "state": "future", "name": "S4"},
        {"id": 37, "state": "active", "startDate": "2026-11-16T08:00:00.000Z"},
        {"id": 39, "state": "closed", "startDate": "2026-11-02T08:00:00.000Z"},
    ]

    assert task(issue(customfield_10020=sprints)).sprints == ("sprint-39", "sprint-37", "sprint-40")


def test_sprints_of_an_old_data_center_are_read_from_their_texts():
    old = "com.atlassian.greenhopper.service.sprint.Sprint@1f[id=1,rapidViewId=1,state=CLOSED,name=One, two,startDate=2026-01-01T00:00:00.000Z]"

    assert task(issue(customfield_10020=[old])).sprints == ("sprint-1",)


def test_an_epic_link_gives_the_key_of_the_parent_where_there_is_no_parent():
    assert task(issue(customfield_10101="ABC-3")).parent_key == "ABC-3"
    found = task(issue(customfield_10101="ABC-3", parent={"id": "10007", "key": "ABC-3"}))
    assert (found.parent, found.parent_key) == ("10007", None)


def test_people_without_address_forgotten_people_and_apps_are_accounts():
    row = issue(
        assignee={"accountId": "a1", "displayName": "Former user", "active": False, "accountType": "atlassian"},
        reporter={"accountId": "a2", "displayName": "Automation for Jira", "accountType": "app", "emailAddress": ""},
    )
    accounts = {record.id: record for record in mapped(row) if isinstance(record, Account)}

    assert accounts["a1"] == Account(id="a1", name=None, active=False)
    assert accounts["a2"] == Account(id="a2", name="Automation for Jira", kind="bot")


def test_an_account_is_delivered_once_a_run_and_again_when_it_shows_more():
    first = issue(reporter={"accountId": "a1", "displayName": "Mia"})
    more = issue(reporter={"accountId": "a1", "displayName": "Mia", "emailAddress": "mia@acme.example"})
    run, issues = context(), stream()
    counts = [sum(isinstance(r, Account) for r in issues.map(row, run)) for row in (first, first, more, first, more)]

    assert counts == [1, 0, 1, 0, 0]


def test_a_link_is_written_from_the_end_that_acts():
    kind = {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
    rows = [
        {"id": "1", "type": kind, "outwardIssue": {"id": "7"}},
        {"id": "2", "type": kind, "inwardIssue": {"id": "8"}},
    ]
    links = [(r.from_task, r.to, r.kind) for r in mapped(issue(issuelinks=rows)) if type(r).__name__ == "Link"]

    assert links == [("10042", "7", "blocks"), ("8", "10042", "blocks")]


def test_a_list_that_was_cut_short_is_not_taken_for_all_there_is():
    worklog = {"total": 32, "worklogs": [{"id": "1", "timeSpentSeconds": 60}]}

    assert not [w for w in mapped(issue(worklog=worklog)) if isinstance(w, Whole)]
    assert [w.kind for w in mapped(issue(worklog={**worklog, "total": 1})) if isinstance(w, Whole)] == [TimeEntry]


def test_an_issue_in_a_project_that_was_not_chosen_is_gone():
    found = mapped(issue(project={"id": "10009", "key": "XYZ"}))

    assert found[0] == Gone(kind=Task, id="10042")
    assert not [record for record in found if isinstance(record, Task)]


@pytest.mark.parametrize("odd", [5, "mia", {"accountId": 5}])
def test_an_assignee_that_is_no_user_is_not_taken_for_nobody(odd):
    page = map_rows(stream(), [issue(assignee=odd)], context())

    assert [row.reason.startswith("a person") for row in page.skipped] == [True]
    assert page.records == []


def test_a_link_to_an_issue_that_left_the_chosen_projects_stays_while_its_other_end_is_here():
    kind = {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
    rows = [
        {"id": "1", "type": kind, "outwardIssue": {"id": "7", "key": "ABC-7"}},
        {"id": "2", "type": kind, "inwardIssue": {"id": "8", "key": "XYZ-8"}},
    ]

    found = mapped(issue(project={"id": "10009", "key": "XYZ"}, issuelinks=rows))

    assert [record.id for record in found if isinstance(record, Link)] == ["1"]


def test_what_an_issue_says_of_its_links_counts_for_both_of_their_ends():
    wholes = [record for record in mapped(issue(issuelinks=[])) if isinstance(record, Whole)]

    assert wholes == [Whole(kind=Link, of="10042"), Whole(kind=Link, of="10042", by="to")]


def test_a_deleted_worklog_is_gone_at_the_moment_of_its_deletion():
    found = list(
        DeletedWorklogs(Site.of(context().facts, ())).map({"worklogId": 10301, "updatedTime": 1795168800000}, context())
    )

    assert found == [Gone(kind=TimeEntry, id="10301", at=dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC))]


def test_what_is_no_version_is_left_out():
    rows = [{"id": "1", "name": "1.0", "released": False}, {"id": "10000", "key": "ABC"}, None]

    assert Versions(Site.of(context().facts, ())).complete(rows, None, None) == rows[:1]


# --- hostile ---------------------------------------------------------------------------------------------------------

_NEEDED = ["summary", "issuetype", "project", "status"]


@pytest.mark.parametrize("name", _NEEDED)
@pytest.mark.parametrize("value", [None, 7, [], ""])
def test_a_field_that_must_be_there_makes_the_row_unreadable_with_the_reason(name, value):
    if name == "summary" and value == 7:
        value = []
    with pytest.raises(RowError, match=name):
        mapped(issue(**{name: value}))


def test_without_fields_or_id_a_row_is_unreadable():
    with pytest.raises(RowError, match="fields are missing"):
        mapped({"id": "1", "key": "ABC-1"})
    with pytest.raises(RowError, match="id is missing"):
        mapped({**issue(), "id": None})


_OTHERS = [
    "description", "statuscategorychangedate", "priority", "resolution", "resolutiondate", "assignee", "reporter", "labels",
    "components", "fixVersions", "duedate", "created", "updated", "parent", "issuelinks", "timeoriginalestimate", "timeestimate",
    "timespent", "comment", "worklog", "customfield_10020", "customfield_10016", "customfield_10015", "customfield_10101",
]  # fmt: skip


@pytest.mark.parametrize("name", _OTHERS)
def test_null_where_a_value_was_is_no_value(name):
    assert task(issue(**{name: None})).id == "10042"


@pytest.mark.parametrize("name", _OTHERS)
@pytest.mark.parametrize(
    "value", [True, 7, "x", ["x"], {"x": 1}, [{}], [None], {"total": 1, "comments": [7], "worklogs": [7]}]
)
def test_a_field_of_another_type_is_read_or_quarantined_and_never_crashes(name, value):
    found = map_rows(stream(), [issue(**{name: value}), {**issue(), "id": "2"}], context())

    assert [t.id for t in found.records if isinstance(t, Task)][-1] == "2"
    assert all("x" not in skipped.reason.split() for skipped in found.skipped)


def test_a_bad_row_among_good_ones_is_the_only_one_skipped():
    found = map_rows(stream(), [issue(), issue(summary=None), {**issue(), "id": "3"}], context())

    assert [(s.id, s.reason) for s in found.skipped] == [("10042", "summary is missing")]
    assert [t.id for t in found.records if isinstance(t, Task)] == ["10042", "3"]


def test_ten_megabytes_of_description_are_cut_and_the_task_is_kept():
    assert len(task(issue(description="x" * 10_000_000)).description) == 100_000
