"""Every odd mapping of an issue row, each with the one field that matters."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from sightline.sdk import Account, Activity, ChecklistItem, Link, RowError, Task, Whole
from sightline_github.projects import Item


def task_in(records):
    return next(record for record in records if isinstance(record, Task))


def of(records, kind):
    return [record for record in records if isinstance(record, kind)]


def field(name, value, data_type, **more):
    return {"issue_field_id": 1, "issue_field_name": name, "data_type": data_type, "value": value, **more}


def card(*values, updated="2026-11-20T08:00:00Z", board="PVT_1"):
    nodes = [
        {"__typename": f"ProjectV2ItemField{kind}Value", "updatedAt": updated, "field": {"name": name}, **value}
        for kind, name, value in values
    ]
    row = {"id": "PVTI_1", "updatedAt": updated, "fieldValues": {"nodes": nodes}, "content": {"number": 12}}
    return Item(board, row, "acme/shop", 12)


def status(word):
    return card(("SingleSelect", "Status", {"name": word}))


# --- identity and plain fields ---------------------------------------------------------------------------------------


def test_an_issue_is_known_by_its_rest_id_and_called_by_its_number(mapped):
    task = task_in(mapped())

    assert (task.id, task.key, task.scope, task.kind) == ("2101000012", "#12", "1001", "issue")


@pytest.mark.parametrize("odd", [5, [5], [{"id": "five"}]])
def test_an_assignee_that_is_no_user_is_not_taken_for_nobody(mapped, odd):
    with pytest.raises(RowError, match=r"assignees is int|a user"):
        mapped(assignees=odd)


@pytest.mark.parametrize(
    ("type_", "kind"),
    [({"name": "Bug"}, "bug"), ({"name": "Feature"}, "feature"), ({"name": "Spike"}, "Spike"), (None, "issue")],
)
def test_an_issue_type_is_its_kind_and_an_unknown_type_keeps_its_word(mapped, type_, kind):
    assert task_in(mapped(type=type_)).kind == kind


def test_a_closed_issue_without_a_reason_is_done(mapped):
    task = task_in(mapped(state="closed", closed_at="2026-11-22T09:41:07Z"))

    assert (task.status, task.state) == ("closed", "done")
    assert task.completed_at == dt.datetime(2026, 11, 22, 9, 41, 7, tzinfo=dt.UTC)


@pytest.mark.parametrize("reason", ["not_planned", "duplicate"])
def test_an_issue_closed_as_not_planned_or_duplicate_is_cancelled(mapped, reason):
    task = task_in(mapped(state="closed", state_reason=reason, closed_at="2026-11-22T09:41:07Z"))

    assert (task.status, task.state) == (reason, "cancelled")


def test_a_reopened_issue_is_open_and_not_completed(mapped):
    task = task_in(mapped(state_reason="reopened"))

    assert (task.status, task.state, task.completed_at) == ("open", "todo", None)


def test_an_unknown_state_is_kept_and_never_taken_for_done(mapped):
    task = task_in(mapped(state="validating"))

    assert (task.status, task.state) == ("validating", "unknown")


def test_an_assigned_issue_has_begun_only_if_the_settings_say_so(mapped):
    assigned = {"assignees": [{"login": "miak", "id": 502, "type": "User"}]}

    assert task_in(mapped(**assigned)).state == "todo"
    assert task_in(mapped(settings={"assigned_is_started": True}, **assigned)).state == "in_progress"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"state": "open", "draft": True}, ("draft", "in_progress")),
        ({"state": "open", "draft": False}, ("open", "in_progress")),
        ({"state": "closed", "closed_at": "2026-11-22T09:41:07Z"}, ("closed", "cancelled")),
    ],
)
def test_a_pull_request_is_draft_open_or_closed(mapped, row, expected):
    task = task_in(mapped(pull_request={"merged_at": None}, **row))

    assert (task.kind, task.status, task.state) == ("pull_request", *expected)


def test_a_merged_pull_request_is_done_when_it_was_merged(mapped):
    task = task_in(
        mapped(state="closed", closed_at="2026-11-22T09:41:07Z", pull_request={"merged_at": "2026-11-22T09:41:05Z"})
    )

    assert (task.status, task.state, task.completed_at.second) == ("merged", "done", 5)


def test_the_singular_assignee_that_newer_versions_lack_is_never_read(mapped):
    task = task_in(mapped(assignee={"login": "miak", "id": 502, "type": "User"}))

    assert task.assignees == ()


def test_a_ghost_reported_nothing_and_is_nobody(mapped):
    records = mapped(user=None)

    assert task_in(records).reporter is None
    assert of(records, Account) == []


def test_a_robot_is_a_bot_and_a_mannequin_is_not_active(mapped):
    records = mapped(
        user={"login": "renovate[bot]", "id": 7, "type": "Bot"},
        assignees=[{"login": "old-miak", "id": 8, "type": "Mannequin"}],
    )

    assert [(who.kind, who.active) for who in of(records, Account)] == [("bot", True), ("human", False)]


def test_labels_may_be_texts_or_objects(mapped):
    assert task_in(mapped(labels=["old", {"name": "new"}, {"name": None}])).labels == ("old", "new")


@pytest.mark.parametrize(
    ("label", "priority"),
    [("P1", "P1"), ("priority: high", "high"), ("prio/Low", "Low"), ("Priority-1", "1"), ("prioritised", None)],
)
def test_a_label_may_state_the_priority(mapped, label, priority):
    assert task_in(mapped(labels=[{"name": label}])).priority == priority


# --- dates, estimates, points ----------------------------------------------------------------------------------------


def test_a_milestone_gives_its_day_in_california_and_the_issue_is_due_with_it(mapped):
    milestone = {"id": 7001, "due_on": "2026-12-15T08:00:00Z"}
    task = task_in(mapped(milestone=milestone))

    assert (task.due_on, task.milestones) == (dt.date(2026, 12, 15), ("7001",))


def test_the_milestones_day_can_be_left_to_the_milestone(mapped):
    milestone = {"id": 7001, "due_on": "2026-12-15T08:00:00Z"}

    assert task_in(mapped(settings={"due_from_milestone": False}, milestone=milestone)).due_on is None


def test_a_milestone_without_a_day_makes_nothing_due(mapped):
    assert task_in(mapped(milestone={"id": 7001, "due_on": None})).due_on is None


def test_issue_fields_hold_estimate_points_dates_and_priority(mapped):
    values = [
        field("Estimate", Decimal("5.5"), "number"),
        field("Points", 3, "number"),
        field("Start date", "2026-11-16", "date"),
        field("Target date", "2026-11-27", "date"),
        field("Priority", "17", "single_select", single_select_option={"id": 17, "name": "High"}),
    ]
    task = task_in(mapped(issue_field_values=values, milestone={"id": 1, "due_on": "2026-12-15T08:00:00Z"}))

    assert (task.estimate_seconds, task.points, task.priority) == (19_800, Decimal(3), "High")
    assert (task.start_on, task.due_on) == (dt.date(2026, 11, 16), dt.date(2026, 11, 27))


def test_a_team_that_counts_points_in_estimate_gets_points_and_no_hours(mapped):
    task = task_in(mapped(settings={"points_field": "Estimate"}, issue_field_values=[field("Estimate", 5, "number")]))

    assert (task.points, task.estimate_seconds) == (Decimal(5), None)


def test_nothing_stated_is_none_not_zero(mapped):
    task = task_in(mapped())

    assert (task.estimate_seconds, task.points, task.due_on, task.spent_seconds) == (None, None, None, None)


# --- boards ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "state"),
    [("In Progress", "in_progress"), ("🏗 In progress", "in_progress"), ("Backlog", "todo"), ("Quokka", "unknown")],
)
def test_an_open_issue_has_the_status_of_its_column(mapped, word, state):
    task = task_in(mapped(items=[status(word)]))

    assert (task.status, task.state) == (word, state)


def test_an_open_issue_in_the_last_column_is_done_since_its_card_moved(mapped):
    task = task_in(mapped(items=[status("Done")]))

    assert (task.state, task.completed_at) == ("done", dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC))


def test_a_closed_issue_whose_card_was_forgotten_is_closed(mapped):
    task = task_in(mapped(items=[status("In Progress")], state="closed", closed_at="2026-11-22T09:41:07Z"))

    assert (task.status, task.state) == ("closed", "done")


def test_a_closed_issue_keeps_the_word_of_a_column_that_agrees(mapped):
    task = task_in(mapped(items=[status("Shipped")], state="closed", closed_at="2026-11-22T09:41:07Z"))

    assert (task.status, task.state) == ("Shipped", "done")


def test_a_pull_request_keeps_its_own_words_on_a_board(mapped):
    task = task_in(mapped(items=[status("In Progress")], pull_request={"merged_at": None}, draft=True))

    assert (task.status, task.state) == ("draft", "in_progress")


def test_a_card_that_changed_after_its_issue_dates_the_task(mapped):
    task = task_in(mapped(items=[card(updated="2026-11-23T10:00:00Z")]))

    assert task.updated_at == dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)


def test_iterations_are_sprints_of_the_repository_oldest_first(mapped):
    late = ("Iteration", "Iteration", {"iterationId": "b", "startDate": "2026-11-16"})
    early = ("Iteration", "Iteration", {"iterationId": "a", "startDate": "2026-11-02"})
    task = task_in(mapped(items=[card(late), card(early, board="PVT_2")]))

    assert task.sprints == ("1001:a", "1001:b")


def test_the_board_counts_before_the_issues_own_field(mapped):
    items = [card(("Number", "Estimate", {"number": 2}))]
    task = task_in(mapped(items=items, issue_field_values=[field("Estimate", 8, "number")]))

    assert task.estimate_seconds == 7_200


def test_a_value_whose_option_was_deleted_says_nothing(mapped):
    assert task_in(mapped(items=[status(None)])).status == "open"


def test_a_field_the_team_renamed_is_found_by_its_set_name_in_any_case(mapped):
    items = [card(("Number", "AUFWAND", {"number": 1}))]

    assert task_in(mapped(settings={"estimate_field": "Aufwand"}, items=items)).estimate_seconds == 3_600


# --- hierarchy, links, checklists, reviews ---------------------------------------------------------------------------


def test_a_sub_issue_names_its_parent_by_number(mapped):
    task = task_in(mapped(parent_issue_url="https://api.github.com/repos/acme/shop/issues/3", _parent={"id": 99}))

    assert (task.parent, task.parent_key) == ("99", "#3")


def test_a_parent_in_another_repository_is_named_with_it(mapped):
    task = task_in(mapped(parent_issue_url="https://api.github.com/repos/acme/blog/issues/3"))

    assert (task.parent, task.parent_key) == (None, "acme/blog#3")


def test_a_blocking_issue_is_linked_to_what_it_blocks(mapped):
    records = mapped(_blocks=[{"id": 77}])

    assert [(link.from_task, link.kind, link.to) for link in of(records, Link)] == [("2101000012", "blocks", "77")]
    assert Whole(kind=Link, of="2101000012") in records


def test_links_that_could_not_be_read_stay_as_they_were(mapped):
    assert Whole(kind=Link, of="2101000012") not in mapped()


def test_a_pull_request_is_linked_to_what_its_text_closes(mapped):
    records = mapped(
        body="Fixes #7, resolves acme/blog#8 and closes https://github.com/acme/shop/issues/9. See #10. Prefixes #11",
        html_url="https://github.com/acme/shop/pull/12",
        pull_request={"merged_at": None},
        _blocks=[],
    )

    assert [link.to for link in of(records, Link)] == [
        "https://github.com/acme/shop/issues/7",
        "https://github.com/acme/blog/issues/8",
        "https://github.com/acme/shop/issues/9",
    ]


def test_task_lists_in_the_text_are_checklists_under_their_heading(mapped):
    records = mapped(body="Steps\n- [x] API\n\n## Release\n* [ ] Notes\n- plain")

    assert [(item.list, item.title, item.state) for item in of(records, ChecklistItem)] == [
        ("Tasks", "API", "done"),
        ("Release", "Notes", "open"),
    ]


def test_a_review_is_activity_and_one_not_sent_yet_is_not(mapped):
    sent = {"id": 5, "state": "CHANGES_REQUESTED", "submitted_at": "2026-11-20T10:00:00Z", "user": None, "body": ""}
    pending = {"id": 6, "state": "PENDING", "user": None, "body": ""}
    found = of(mapped(_reviews=[sent, pending]), Activity)

    assert [(one.id, one.kind, one.title, one.task) for one in found] == [
        ("review-5", "review", "changes requested: Checkout fails for guests", "2101000012")
    ]


# --- hostile rows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"id": "2101000012"},
        {"id": None},
        {"id": True},
        {"number": "12"},
        {"title": None},
        {"title": {"text": "x"}},
        {"state": None},
        {"updated_at": "yesterday"},
        {"created_at": 1_795_342_267},
        {"issue_field_values": [{"issue_field_name": "Estimate", "data_type": "number", "value": "much"}]},
        {"issue_field_values": [{"issue_field_name": "Points", "data_type": "number", "value": "much"}]},
        {"issue_field_values": [{"issue_field_name": "Start date", "data_type": "date", "value": "soon"}]},
        {"milestone": {"id": 1, "due_on": "soon"}},
        {"assignees": [{"id": 5}]},
    ],
)
def test_a_row_of_the_wrong_shape_is_refused_and_not_guessed(mapped, broken):
    with pytest.raises(RowError):
        mapped(**broken)


@pytest.mark.parametrize("missing", ["user", "labels", "assignees", "milestone", "type", "body", "state_reason", "url"])
def test_fields_that_may_be_absent_are_none(mapped, missing):
    assert task_in(mapped(**{missing: None})).id == "2101000012"


def test_text_that_means_something_elsewhere_is_kept_as_it_is(mapped):
    title = "=1+1 <script>alert(1)</script> \x1b[31m \u202eabc 🚀"

    assert task_in(mapped(title=title)).title == title


def test_a_long_text_full_of_brackets_is_read_in_no_time(mapped):
    body = "- [ ] " + "[" * 1_000_000 + "\nfixes " * 10_000

    assert len(of(mapped(body=body), ChecklistItem)) == 1
