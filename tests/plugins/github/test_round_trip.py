"""The made-up consultancy through GitHub and back: what was collected is the world, in every field GitHub carries."""

from __future__ import annotations

import pytest

from sightline.sandbox.build import build_world
from sightline.sdk import Account, Activity, Change, Link, Milestone, Scope, Task
from sightline.testing import collect
from sightline_github.connector import GithubConnector
from sightline_github.sandbox import GithubSandbox

CLOSED = ("done", "cancelled")


@pytest.fixture(scope="module")
def world():
    return build_world(seed=7, size=0.3)


@pytest.fixture(scope="module")
def found(world):
    return collect(GithubConnector, GithubSandbox(world, world.sources["github"]))


def scope_of(place):
    return str(1000 + place.number)


def on_board(world, place):
    return any(place.key in keys for keys in world.sources["github"].options["boards"].values())


def account_of(world, person):
    identity = world.identity(person, "github")
    return identity.account if identity and identity.kind != "gone" else None


def due_of(task):
    """Its own day; without one, the milestone's, open or closed."""
    target = task.targets[-1] if task.targets else None
    with_milestone = target and task.kind != "pull_request"
    return task.due_on or (target.due_on if with_milestone else None)


def test_the_run_is_complete_and_skips_nothing(found):
    assert (found.outcome.status, found.outcome.skipped) == ("complete", [])


def test_every_repository_is_a_scope(world, found):
    expected = {scope_of(place): (place.key, place.name, place.archived) for place in world.places_of("github")}

    assert {one.id: (one.key, one.name, one.archived) for one in found.records(Scope).values()} == expected


FIELDS = {
    "scope": lambda world, task: scope_of(task.place),
    "key": lambda world, task: f"#{task.seq}",
    "title": lambda world, task: task.title,
    "kind": lambda world, task: task.kind,
    "status": lambda world, task: task.status,
    "state": lambda world, task: task.state,
    "description": lambda world, task: task.description or None,
    "created_at": lambda world, task: task.created_at,
    "updated_at": lambda world, task: task.updated_at,
    "completed_at": lambda world, task: task.completed_at,
    "start_on": lambda world, task: task.start_on,
    "due_on": lambda world, task: due_of(task),
    "assignees": lambda world, task: tuple(account_of(world, person) for person in task.assignees),
    "reporter": lambda world, task: account_of(world, task.reporter),
    "parent": lambda world, task: str(task.parent.number) if task.parent else None,
    "parent_key": lambda world, task: f"#{task.parent.seq}" if task.parent else None,
    "labels": lambda world, task: tuple(task.labels),
    "priority": lambda world, task: task.priority,
    "estimate_seconds": lambda world, task: task.estimate_seconds,
    "points": lambda world, task: task.points,
    "milestones": lambda world, task: tuple(str(target.number) for target in task.targets),
    "sprints": lambda world, task: tuple(f"{scope_of(task.place)}:it{one.number}" for one in task.sprints[-1:]),
    # GitHub knows no time and states none.
    "spent_seconds": lambda world, task: None,
    "remaining_seconds": lambda world, task: None,
}


@pytest.mark.parametrize("name", FIELDS)
def test_every_task_has_its_own(world, found, name):
    tasks = found.records(Task)
    expected = {str(task.number): FIELDS[name](world, task) for task in world.tasks_of("github")}

    assert len(expected) >= 74
    assert {id_: getattr(task, name) for id_, task in tasks.items()} == expected


def test_every_task_has_its_address(world, found):
    for task in world.tasks_of("github"):
        kind = "pull" if task.kind == "pull_request" else "issues"

        assert found.records(Task)[str(task.number)].url == f"https://github.test/{task.place.key}/{kind}/{task.seq}"


def test_people_have_their_names_and_robots_are_robots(world, found):
    expected = {}
    for person in world.people.values():
        identity = person.identities.get("github")
        if identity and identity.kind != "gone":
            member = identity.kind == "human" and person.client is None
            kind = "bot" if identity.kind == "bot" else "human"
            expected[identity.account] = (identity.name if member else identity.username, identity.username, kind)

    assert {one.id: (one.name, one.username, one.kind) for one in found.records(Account).values()} == expected


def test_milestones_and_sprints_have_their_days(world, found):
    milestones = {
        str(one.number): (one.name, "milestone", one.state, None, one.due_on, one.completed_at)
        for one in world.targets_of("github")
        if one.kind != "sprint"
    }
    roadmap = [place for place in world.places_of("github") if on_board(world, place)]
    sprints = {
        f"{scope_of(place)}:it{one.number}": (
            one.name,
            "sprint",
            "closed" if one.state == "closed" else "open",
            one.starts_on,
            one.due_on,
            None,
        )
        for one in world.targets_of("github")
        if one.kind == "sprint"
        for place in roadmap
    }
    got = {
        id_: (one.name, one.kind, one.state, one.starts_on, one.due_on, one.completed_at)
        for id_, one in found.records(Milestone).items()
    }

    assert sprints
    assert got == {**milestones, **sprints}


def expected_changes(world):
    """(task, field, at, from, to, from_state, to_state, by) of every step that GitHub records."""
    for task in world.tasks_of("github"):
        meaning = dict(task.place.statuses)
        for step in task.history:
            by, common = account_of(world, step.by), (str(task.number), step.field, step.at)
            if step.field == "status":
                yield (*common, step.before, step.after, meaning[step.before], meaning[step.after], by)
            elif step.field == "assignee":
                if step.before:
                    yield (*common, account_of(world, step.before), None, None, None, by)
                if step.after:
                    yield (*common, None, account_of(world, step.after), None, None, by)


def test_the_history_that_github_records_is_complete(world, found):
    got = [
        (one.task, one.field, one.at, one.from_value, one.to_value, one.from_state, one.to_state, one.by)
        for one in found.records(Change).values()
    ]
    expected = list(expected_changes(world))

    assert len(expected) >= 100
    assert sorted(got, key=repr) == sorted(expected, key=repr)


def test_comments_and_reviews_are_activity(world, found):
    expected = {}
    for task in world.tasks_of("github"):
        for said in task.comments:
            review = said.kind == "review"
            about = {"task": str(task.number)} if review else {"key": f"#{task.seq}"}
            expected[f"review-{said.number}" if review else str(said.number)] = (
                said.kind,
                scope_of(task.place),
                said.at,
                account_of(world, said.by),
                said.text,
                about.get("task"),
                about.get("key"),
            )
    got = {
        id_: (one.kind, one.scope, one.at, one.account, one.text, one.task, one.keys[0] if one.keys else None)
        for id_, one in found.records(Activity).items()
        if one.kind in ("comment", "review")
    }

    assert got == expected


def test_every_merge_is_activity(world, found):
    merged = {str(task.number) for task in world.tasks_of("github") if task.status == "merged"}

    assert {one.task for one in found.records(Activity).values() if one.kind == "merge"} == merged


def test_blocked_work_is_linked(world):
    blocker, blocked = [task for task in world.tasks_of("github") if task.kind == "issue"][:2]
    blocker.links.append(("blocks", blocked))
    found = collect(GithubConnector, GithubSandbox(world, world.sources["github"]))
    blocker.links.pop()

    links = [(one.from_task, one.kind, one.to) for one in found.records(Link).values()]
    assert links == [(str(blocker.number), "blocks", str(blocked.number))]


def test_a_world_without_a_board_carries_its_fields_on_the_issues(world):
    source = world.sources["github"]
    boards = source.options.pop("boards")
    try:
        found = collect(GithubConnector, GithubSandbox(world, source))
    finally:
        source.options["boards"] = boards

    for task in world.tasks_of("github"):
        got = found.records(Task)[str(task.number)]
        assert (got.estimate_seconds, got.points, got.start_on) == (task.estimate_seconds, task.points, task.start_on)
        assert (got.due_on, got.priority, got.sprints) == (due_of(task), task.priority, ())
        assert got.state == ("todo" if task.state not in CLOSED and task.kind != "pull_request" else task.state)
