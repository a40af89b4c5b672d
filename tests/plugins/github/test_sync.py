"""Runs after the first: what is asked when nothing changed, how edits, deletions and moves of cards arrive; sign-in."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal

import pytest
from pydantic import ValidationError

from sightline.sandbox.build import build_world
from sightline.sandbox.changes import change
from sightline.sandbox.edits import Edits
from sightline.sandbox.schedule import Schedule
from sightline.sandbox.vendor import json_reply, text_reply
from sightline.sandbox.world import Comment, Target
from sightline.sdk import Activity, Change, ConfigError, Link, Milestone, Scope, Task
from sightline.testing import MemoryKeeper, collect
from sightline_github.config import GithubSettings
from sightline_github.connector import GithubConnector
from sightline_github.sandbox import GithubSandbox

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


def run(vendor, keeper, **settings):
    """One more run an hour or so later, with the calls it made."""
    before = len(vendor.calls)
    found = collect(GithubConnector, vendor, keeper=keeper, **settings)
    return found, vendor.calls[before:]


def states(found):
    return {task.key: task.status for task in found.records(Task).values()}


@pytest.fixture
def settled(world, add, vendor):
    """A keeper after two runs: from then on every list is asked for at the same address."""
    for title in ("One", "Two", "Three"):
        add("acme/shop", title)
    add("acme/blog", "Post")
    world.tasks[0].comments.append(Comment(1, world.tasks[0].created_at, "noah", "Hello"))
    keeper = MemoryKeeper()
    for _ in range(2):
        world.now += DAY / 2 - MINUTE
        run(vendor, keeper)
    world.now += MINUTE
    return keeper


# --- nothing changed -------------------------------------------------------------------------------------------------


def test_nothing_changed_is_one_conditional_call_for_every_stream_of_a_repository(vendor, settled):
    found, calls = run(vendor, settled)
    lists = [call.path for call in calls if call.method == "GET" and call.path.startswith("/repos/acme/shop/")]

    assert found.outcome.status == "complete"
    assert sorted(lists) == [
        "/repos/acme/shop/assignees",
        "/repos/acme/shop/issues",
        "/repos/acme/shop/issues/comments",
        "/repos/acme/shop/issues/events",
        "/repos/acme/shop/milestones",
        "/repos/acme/shop/pulls/comments",
    ]
    assert all("if-none-match" in call.headers for call in calls if call.path in lists)


def test_nothing_changed_costs_nothing_of_the_quota_but_the_boards(vendor, settled):
    before = vendor.used
    found, calls = run(vendor, settled)

    assert found.outcome.status == "complete"
    assert vendor.used - before == sum(not call.path.startswith("/repos/") for call in calls)


def test_nothing_changed_is_nothing_new_changed_or_gone(vendor, settled):
    found, _ = run(vendor, settled)
    counts = found.outcome.counts

    assert found.outcome.status == "complete"
    assert (counts.new, counts.changed, counts.gone, counts.skipped) == (0, 0, 0, 0)


# --- edits -----------------------------------------------------------------------------------------------------------


def test_an_edit_reads_the_changed_issue_and_no_other_page(world, vendor, settled):
    post = next(task for task in world.tasks if task.title == "Post")
    post.title, post.updated_at = "Better post", world.now
    found, calls = run(vendor, settled)

    assert found.records(Task)[str(post.number)].title == "Better post"
    assert sum(call.path == "/repos/acme/blog/issues" for call in calls) == 1
    assert found.outcome.counts.changed == 1


def test_f036_a_cleared_field_is_cleared(world, vendor, add):
    task = add("acme/blog", "Post", assignees=["mia"], labels=["P1"], estimate_seconds=3600)
    keeper = MemoryKeeper()
    run(vendor, keeper)
    task.assignees, task.labels, task.estimate_seconds = [], [], None
    world.now += MINUTE
    task.updated_at = world.now
    found, _ = run(vendor, keeper)
    got = found.records(Task)[str(task.number)]

    assert (got.assignees, got.labels, got.priority, got.estimate_seconds) == ((), (), None, None)


def test_a_card_moved_on_the_board_updates_the_task_though_the_issue_is_unchanged(world, vendor, settled):
    task = world.tasks[1]
    change(world, task, "status", "In Progress", world.now, "mia")
    change(world, task, "points", "8", world.now, "mia")
    found, calls = run(vendor, settled)
    got = found.records(Task)[str(task.number)]

    assert (got.status, got.state, got.points, got.updated_at) == ("In Progress", "in_progress", Decimal(8), world.now)
    assert [call.path for call in calls if call.path.endswith(f"/issues/{task.seq}")] == ["/repos/acme/shop/issues/2"]
    assert [(one.from_value, one.to_value, one.to_state) for one in found.records(Change).values()] == [
        ("Todo", "In Progress", "in_progress")
    ]


def test_cards_of_repositories_that_are_not_chosen_bring_nothing(world, vendor, add):
    add("acme/blog", "Post")
    task = add("acme/shop", "Cart")
    keeper = MemoryKeeper()
    run(vendor, keeper, scopes=("acme/blog",))
    world.now += DAY / 24
    change(world, task, "status", "In Progress", world.now, "mia")
    found, calls = run(vendor, keeper, scopes=("acme/blog",))

    assert states(found) == {"#1": "open"}
    assert not [call for call in calls if "acme/shop" in call.path]


def test_without_column_history_snapshots_tell_the_status_and_close_events_stay(world, vendor, add):
    world.sources["gh"].options["column_history"] = False
    task = add("acme/shop", "Cart")
    change(world, task, "status", "Done", world.now - MINUTE, "mia")
    keeper = MemoryKeeper()
    found, _ = run(vendor, keeper)
    issues = [landing for landing in keeper.landings if landing.stream == "issues"]

    assert all("status" not in landing.history_by_vendor for landing in issues)
    assert [(one.from_value, one.to_value) for one in found.records(Change).values()] == [("open", "closed")]


def test_a_board_can_be_named_and_boards_can_be_left_out(vendor, add):
    add("acme/shop", "Cart", status="In Progress")

    assert states(collect(GithubConnector, vendor, projects=("acme/1",))) == {"#1": "In Progress"}
    assert states(collect(GithubConnector, vendor, projects=())) == {"#1": "open"}


def test_a_board_that_we_may_not_see_is_quietly_none(vendor, add):
    add("acme/shop", "Cart", status="In Progress")
    found = collect(GithubConnector, vendor, projects=("acme/99",))

    assert (found.outcome.status, states(found)) == ("complete", {"#1": "open"})


def test_sprints_of_a_board_belong_to_every_repository_on_it(world, vendor, add):
    shop = world.places[0]
    sprint = Target(7, shop, "sprint", "Sprint 7", "active", dt.date(2026, 11, 16), dt.date(2026, 11, 29))
    world.targets.append(sprint)
    add("acme/shop", "Cart", sprints=[sprint])
    found = collect(GithubConnector, vendor)
    got = found.records(Milestone)["1001:it7"]

    assert (got.kind, got.name, got.starts_on, got.due_on) == (
        "sprint",
        "Sprint 7",
        dt.date(2026, 11, 16),
        dt.date(2026, 11, 29),
    )
    assert found.records(Task)["10001"].sprints == ("1001:it7",)


# --- paging ----------------------------------------------------------------------------------------------------------


def test_f009_pull_requests_fill_pages_but_are_no_issues(vendor, add):
    for n in range(130):
        add("acme/blog", f"Change {n}", kind="pull_request" if n % 5 else "issue", status="draft" if n % 5 else "open")
    kinds = [task.kind for task in collect(GithubConnector, vendor, reviews=False).records(Task).values()]

    assert (kinds.count("issue"), kinds.count("pull_request")) == (26, 104)


def test_f015_more_issues_than_a_page_holds_may_share_one_second(world, vendor, add):
    for n in range(250):
        add("acme/blog", f"Import {n}", updated_at=world.now - DAY)

    assert len(collect(GithubConnector, vendor).records(Task)) == 250


def test_f001_an_issue_edited_between_two_pages_makes_no_other_one_vanish(world, vendor, add):
    tasks = [add("acme/blog", f"Issue {n}") for n in range(210)]
    edited = []

    def edit(_vendor, call):
        if call.path == "/repos/acme/blog/issues" and "since" in call.query and not edited:
            edited.extend(tasks[:30])
            for task in tasks[:30]:
                task.title, task.updated_at = f"{task.title} again", world.now
        return None

    vendor.script.append(edit)
    found = collect(GithubConnector, vendor).records(Task)

    assert {task.title for task in found.values()} == {task.title for task in tasks}


def test_link_headers_are_followed_whatever_address_they_name(world, vendor, add):
    task = add("acme/blog", "Post")
    for n in range(230):
        at = world.now - DAY + dt.timedelta(seconds=n)
        change(world, task, "assignee", ("mia", "noah")[n % 2], at, "mia")
    found = collect(GithubConnector, vendor)

    assert len(found.records(Change)) == 459
    assert any(call.path == "/repositories/1002/issues/events" for call in vendor.calls)


# --- deletions, renames, lost rights ---------------------------------------------------------------------------------


def test_f022_a_deleted_issue_is_gone_after_the_next_census_and_comes_back_when_restored(world, vendor, add):
    kept, lost = add("acme/blog", "Kept"), add("acme/blog", "Lost")
    keeper = MemoryKeeper()
    run(vendor, keeper)
    world.tasks.remove(lost)
    world.now += DAY
    found, _ = run(vendor, keeper)

    assert set(found.records(Task)) == {str(kept.number)}

    world.tasks.append(lost)
    world.now += MINUTE
    lost.updated_at = world.now

    assert len(run(vendor, keeper)[0].records(Task)) == 2


def test_f022_an_issue_deleted_after_its_card_had_moved_is_gone_too(world, vendor, settled):
    task = world.tasks[1]
    change(world, task, "status", "In Progress", world.now, "mia")
    assert run(vendor, settled)[0].records(Task)[str(task.number)].status == "In Progress"
    world.tasks.remove(task)
    world.now += DAY

    assert str(task.number) not in run(vendor, settled)[0].records(Task)


def test_f029_a_transferred_issue_is_one_task_in_its_new_repository(world, vendor, settled):
    task = world.tasks[0]
    Edits(world, by="mia").move(task, world.places[1])
    world.now += DAY
    found, _ = run(vendor, settled)

    assert found.records(Task)[str(task.number)].scope == "1002"
    assert len(found.records(Task)) == 4


def test_after_any_edit_an_incremental_run_knows_what_a_first_run_would(world, vendor, settled):
    edits = Edits(world, by="mia", step=DAY / 24)
    shop, blog = world.places
    edits.retitle(world.tasks[0], "Renamed")
    edits.set(world.tasks[0], "status", "In Progress")
    edits.set(world.tasks[1], "points", "3")
    edits.set(world.tasks[1], "status", "Done")
    edits.set(world.tasks[2], "assignee", "noah")
    edits.set(edits.add_task(blog, "Follow-up", "issue"), "parent", str(world.tasks[3].number))
    edits.set(edits.add_task(shop, "Later", "issue"), "status", "Done")
    edits.delete(world.tasks[3])
    world.now += DAY
    found, _ = run(vendor, settled)
    fresh = collect(GithubConnector, GithubSandbox(world, world.sources["gh"]))

    assert found.records(Task) == fresh.records(Task)
    assert found.records(Activity) == fresh.records(Activity)


@pytest.mark.parametrize("seed", range(3))
def test_after_a_random_schedule_of_edits_nothing_differs_from_a_first_run(seed):
    world = build_world(seed, 0.0)
    vendor, keeper = GithubSandbox(world, world.sources["github"]), MemoryKeeper()
    run(vendor, keeper)
    schedule = Schedule(world, seed, ("github",))
    for _ in range(3):
        schedule.run(6)
        run(vendor, keeper)
    # The weekly reading finds deleted comments.
    world.now += 8 * DAY
    found, _ = run(vendor, keeper)
    fresh = collect(GithubConnector, GithubSandbox(world, world.sources["github"]))

    assert (found.outcome.status, fresh.outcome.status) == ("complete", "complete")
    for kind in (Task, Milestone, Link, Scope):
        assert found.records(kind) == fresh.records(kind)


def test_f025_a_repository_that_we_lost_keeps_what_we_know_of_it(world, vendor, add):
    add("acme/blog", "Post")
    add("acme/shop", "Cart")
    keeper = MemoryKeeper()
    run(vendor, keeper)

    def hide(_vendor, call):
        return vendor.error("Not Found", 404) if "/acme/blog" in call.path else None

    vendor.script.append(hide)
    world.now += DAY
    found, _ = run(vendor, keeper)

    assert found.outcome.status == "incomplete"
    assert len(found.records(Task)) == 2


def test_a_renamed_repository_is_followed_under_its_old_name(world, vendor, add):
    add("acme/blog", "Post")
    world.places[1].key = "acme/journal"
    vendor.renamed["acme/blog"] = "acme/journal"
    found = collect(GithubConnector, vendor, scopes=("acme/blog",))

    assert found.outcome.status == "complete"
    assert [(one.id, one.key) for one in found.records(Scope).values()] == [("1002", "acme/journal")]
    assert states(found) == {"#1": "open"}


def test_an_archived_repository_is_read_and_marked(world, vendor, add):
    add("acme/blog", "Post")
    world.places[1].archived = True
    found = collect(GithubConnector, vendor)

    assert found.records(Scope)["1002"].archived
    assert states(found)


def test_a_deleted_milestone_and_a_deleted_comment_are_gone(world, vendor, settled):
    blog = world.places[1]
    world.targets += [Target(n, blog, "milestone", f"v{n}", "open") for n in (1, 2)]
    assert len(run(vendor, settled)[0].records(Milestone)) == 2
    world.targets.pop()
    assert set(run(vendor, settled)[0].records(Milestone)) == {"1"}

    assert "1" in run(vendor, settled)[0].records(Activity)
    world.tasks[0].comments[:] = [Comment(2, world.now, "noah", "Instead")]
    world.now += 8 * DAY
    assert set(run(vendor, settled)[0].records(Activity)) == {"2"}


# --- limits and odd answers ------------------------------------------------------------------------------------------


def once(reply):
    """A script that answers the first call that fits with this reply."""
    left = [reply]

    def script(_vendor, call):
        return left.pop() if left and call.path.endswith("/issues") else None

    return script


def test_a_secondary_limit_is_waited_out_and_nothing_is_lost(vendor, add):
    add("acme/blog", "Post")
    vendor.script.append(once(vendor.error("You have exceeded a secondary rate limit.", 403)))
    found = collect(GithubConnector, vendor)

    assert (found.outcome.status, states(found)) == ("complete", {"#1": "open"})


def test_a_missing_right_is_told_and_removes_nothing(world, vendor, add):
    add("acme/blog", "Post")
    keeper = MemoryKeeper()
    run(vendor, keeper)
    vendor.script.append(
        lambda _vendor, call: (
            vendor.error("Resource not accessible by personal access token", 403)
            if call.path.endswith("/issues")
            else None
        )
    )
    world.now += DAY
    found, _ = run(vendor, keeper)

    assert found.outcome.status == "incomplete"
    assert len(found.records(Task)) == 1


def test_a_source_without_graphql_has_no_boards_and_is_complete(vendor, add):
    add("acme/shop", "Cart", status="In Progress")
    vendor.script.append(lambda _vendor, call: json_reply([]) if call.path == "/graphql" else None)
    found = collect(GithubConnector, vendor)

    assert (found.outcome.status, states(found)) == ("complete", {"#1": "open"})


@pytest.mark.parametrize(
    "reply",
    [text_reply("<html>Sign in</html>", 200), json_reply({"message": "Forbidden"}, 403), json_reply({}, 404)],
    ids=["html", "403", "404"],
)
def test_where_graphql_cannot_be_reached_issues_are_read_and_boards_follow_when_it_can(world, vendor, add, reply):
    add("acme/shop", "Cart", status="In Progress")
    keeper = MemoryKeeper()

    def script(_vendor, call):
        return reply if call.path == "/graphql" else None

    def later(*scripts):
        vendor.script[:] = scripts
        world.now += DAY
        found, _ = run(vendor, keeper)
        return found.outcome.status, states(found)["#1"], " ".join(found.outcome.reasons)

    first, again, mended, lost = later(script), later(script), later(), later(script)

    assert first[:2] == ("incomplete", "open")
    assert "the list of project boards (GraphQL) cannot be read: " in first[2]
    assert again == first
    assert mended == ("complete", "In Progress", "")
    assert lost[:2] == ("failed", "In Progress")


def test_f063_one_bad_row_is_kept_apart_and_the_rest_arrives(vendor, add):
    for title in ("One", "Two", "Three"):
        add("acme/blog", title)
    whole = vendor.rows.issue
    rows = [whole(task) for task in vendor.world.tasks]
    rows[1]["title"] = None
    vendor.script.append(lambda _vendor, call: json_reply(rows) if call.path == "/repos/acme/blog/issues" else None)
    found = collect(GithubConnector, vendor)

    assert {task.title for task in found.records(Task).values()} == {"One", "Three"}
    assert [(row.stream, row.id, row.reason) for row in found.outcome.skipped] == [
        ("issues", "10002", "title is NoneType, not text")
    ]


def test_events_without_id_or_issue_stop_nobody(vendor, add):
    add("acme/blog", "Post")
    rows = [{"event": "closed", "issue": None, "id": 5, "created_at": "2026-11-20T08:00:00Z"}, {"event": "labeled"}]
    vendor.script.append(lambda _vendor, call: json_reply(rows) if call.path.endswith("/blog/issues/events") else None)
    found = collect(GithubConnector, vendor)

    assert (found.outcome.status, found.records(Change)) == ("complete", {})


@pytest.mark.parametrize("version", ["2022-11-28", "2026-03-10"])
def test_both_versions_of_the_api_give_the_same_tasks(monkeypatch, vendor, add, version):
    add("acme/blog", "Post", assignees=["mia"])
    monkeypatch.setattr("sightline_github.connector._VERSION", version)
    found = collect(GithubConnector, vendor)

    assert [task.assignees for task in found.records(Task).values()] == [("501",)]


# --- sign-in ---------------------------------------------------------------------------------------------------------


def test_a_wrong_token_is_told_without_showing_it(vendor):
    found = collect(GithubConnector, vendor, token=GithubSettings(token="ghp_CANARY").token)

    assert found.outcome.status == "failed"
    assert "refused the credentials" in found.outcome.reasons[0]
    assert "CANARY" not in repr(found.outcome)


@pytest.fixture(scope="module")
def private_key():
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def app(world, private_key):
    """The source signs in as an App."""
    world.sources["gh"].secrets = {"app_id": "4242", "private_key": private_key, "installation_id": "77"}
    return GithubSandbox(world, world.sources["gh"])


def test_an_app_signs_in_with_installation_tokens(app, add, world, time_machine_at):
    add("acme/shop", "Cart")
    time_machine_at(world.now)
    found = collect(GithubConnector, app)

    assert (found.outcome.status, states(found)) == ("complete", {"#1": "Todo"})
    assert [call.path for call in app.calls].count("/app/installations/77/access_tokens") == 1
    assert not [call for call in app.calls if call.path in ("/user", "/user/repos")]


def test_a_key_from_an_environment_variable_may_have_its_line_ends_escaped(
    app, add, world, time_machine_at, private_key
):
    world.sources["gh"].secrets["private_key"] = private_key.replace("\n", "\\n")
    time_machine_at(world.now)

    assert collect(GithubConnector, app).outcome.status == "complete"


def test_f047_an_installation_token_that_ends_in_mid_run_is_renewed(app, add, world, time_machine_at):
    add("acme/shop", "Cart")
    time_machine_at(world.now)

    def expire(_vendor, call):
        if call.path.endswith("/milestones") and app.calls[-2].path.endswith("/assignees"):
            app._installation = dict.fromkeys(app._installation, world.now - MINUTE)
        return None

    app.script.append(expire)
    found = collect(GithubConnector, app)

    assert (found.outcome.status, states(found)) == ("complete", {"#1": "Todo"})
    assert [call.path for call in app.calls].count("/app/installations/77/access_tokens") == 2


def test_a_broken_key_says_which_setting_to_mend(app, world):
    world.sources["gh"].secrets["private_key"] = "-----BEGIN NOTHING-----"
    found = collect(GithubConnector, app)

    assert found.outcome.status == "failed"
    assert "private key cannot be read" in found.outcome.reasons[0]


def test_an_app_without_the_extra_is_told_what_to_install(monkeypatch, connector):
    monkeypatch.setitem(sys.modules, "jwt", None)
    made = connector(token=None, app_id=4242, private_key="pem", installation_id=77)

    with pytest.raises(ConfigError, match=r"sightline\[github-app\]"):
        made.auth().assertion()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"app_id": "1", "private_key": "pem"},
        {"token": "t", "app_id": "1", "private_key": "pem", "installation_id": "2"},
        {"token": "t", "projects": ["roadmap"]},
        {"token": "t", "project": "acme/7"},
    ],
)
def test_settings_that_cannot_work_are_refused(given):
    with pytest.raises(ValidationError):
        GithubSettings(**given)


# --- Enterprise ------------------------------------------------------------------------------------------------------


def test_an_enterprise_server_is_read_below_its_api_root_with_graphql_beside_it(world, add):
    source = world.sources["gh"]
    source.flavour = "enterprise"
    vendor = GithubSandbox(world, source, base="https://github.acme.example")
    add("acme/shop", "Cart", status="In Progress")
    found = collect(GithubConnector, vendor)

    assert vendor.workspace()["site"] == "https://github.acme.example/api/v3"
    assert (found.outcome.status, states(found)) == ("complete", {"#1": "In Progress"})


@pytest.mark.parametrize(
    ("site", "graphql"),
    [
        ("https://api.github.com", "https://api.github.com"),
        ("https://api.acme.ghe.com/", "https://api.acme.ghe.com"),
        ("https://github.acme.example/api/v3", "https://github.acme.example/api"),
        ("http://127.0.0.1:8803", "http://127.0.0.1:8803"),
    ],
)
def test_where_graphql_answers(connector, site, graphql):
    assert connector(site=site).bases() == {"graphql": graphql}


# --- check -----------------------------------------------------------------------------------------------------------


def test_the_rights_that_a_classic_token_lacks_are_named(vendor):
    def poor(_vendor, call):
        return json_reply({"login": "miak"}, headers={"x-oauth-scopes": "read:org"}) if call.path == "/user" else None

    vendor.script.append(poor)
    notes = collect(GithubConnector, vendor).outcome.notes

    assert [note.split("`")[1] for note in notes] == ["repo", "read:project"]


def test_partial_lists_and_the_tokens_end_are_noted(vendor):
    headers = {
        "x-github-sso": "partial-results; organizations=21955855",
        "github-authentication-token-expiration": "2026-12-31 23:59:59 UTC",
    }
    vendor.script.append(
        lambda _vendor, call: json_reply({"login": "miak"}, headers=headers) if call.path == "/user" else None
    )
    notes = collect(GithubConnector, vendor).outcome.notes

    assert ["partial" in notes[0], "2026-12-31" in notes[1]] == [True, True]
