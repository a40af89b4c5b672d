"""World → real repositories → records equals the world."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from sightline.sandbox.build import build_world
from sightline.sandbox.world import Commit
from sightline.sdk import Account, Activity, Scope
from sightline.testing import collect
from sightline_git.connector import Git
from sightline_git.sandbox import GitSandbox


@pytest.fixture(params=["site_git", "code_git"])
def vendor(request, tmp_path):
    world = build_world(size=0)
    vendor = GitSandbox(world, world.sources[request.param])
    vendor.prepare(str(tmp_path))
    return vendor


def commits_of(vendor):
    return [commit for place in vendor.world.places_of(vendor.source.name) for commit in vendor.commits(place)]


def test_every_commit_of_the_world_comes_back_whole(vendor):
    found = collect(Git, vendor)

    records = [a for a in found.records(Activity).values() if a.kind in ("commit", "merge")]
    assert found.outcome.status == "complete"
    assert sorted((a.scope, a.kind, a.at, a.title, a.text, a.keys, a.account, a.url) for a in records) == sorted(
        (
            c.place.key,
            "merge" if len(c.parents) > 1 else "commit",
            c.at,
            c.message.partition("\n")[0],
            c.message.partition("\n\n")[2] or None,
            tuple(dict.fromkeys(re.findall(r"[A-Z]+-\d+|#\d+", c.message))),
            c.email.lower(),
            None,
        )
        for c in commits_of(vendor)
    )


def test_tags_branches_people_and_repositories_come_back(vendor):
    found = collect(Git, vendor)

    commits = commits_of(vendor)
    activity = found.records(Activity).values()
    names = {c.email.lower(): vendor.world.people[c.by].name for c in commits}
    tips = {(c.place.key, c.branch): c.at for c in commits}  # the last commit of a branch is its tip
    assert {(a.scope, a.title, a.at, a.account, a.text) for a in activity if a.kind == "tag"} == {
        (c.place.key, c.tag, c.at, c.email.lower(), f"Release {c.tag}") for c in commits if c.tag
    }
    assert {((a.scope, a.title), a.at) for a in activity if a.kind == "branch"} == set(tips.items())
    assert {a.id: (a.name, a.email) for a in found.records(Account).values()} == {e: (n, e) for e, n in names.items()}
    assert {(s.id, s.key, s.name) for s in found.records(Scope).values()} == {
        (p.key, p.key, p.name) for p in vendor.world.places_of(vendor.source.name)
    }


def test_the_same_world_gives_the_same_commit_ids(vendor, tmp_path):
    again = GitSandbox(build_world(size=0), vendor.source)
    again.prepare(str(tmp_path / "again"))

    assert set(collect(Git, vendor).records(Activity)) == set(collect(Git, again).records(Activity))


def test_a_second_run_reads_nothing_when_nothing_moved(vendor):
    first = collect(Git, vendor)

    second = collect(Git, vendor, keeper=first.keeper)

    assert (second.outcome.counts.read, second.outcome.status) == (0, "complete")


def test_new_commits_arrive_and_the_store_equals_a_fresh_read(vendor, tmp_path):
    first = collect(Git, vendor)
    place = vendor.world.places_of(vendor.source.name)[0]
    last = vendor.commits(place)[-1]
    at = last.at + dt.timedelta(hours=1)
    vendor.world.commits.append(Commit(place, last.index + 1, at, "jonas", "WEB-99 new", "j@x.example", [last.index]))
    vendor.prepare(str(tmp_path))

    second = collect(Git, vendor, keeper=first.keeper)

    assert second.outcome.counts.new == 2  # the commit and its author
    assert second.records(Activity) == collect(Git, vendor).records(Activity)


def test_a_commit_reworded_in_the_world_is_counted_once(vendor, tmp_path):
    first = collect(Git, vendor)
    place = vendor.world.places_of(vendor.source.name)[0]
    last = vendor.commits(place)[-1]
    last.message = "Reworded"
    vendor.prepare(str(tmp_path))

    second = collect(Git, vendor, keeper=first.keeper)

    titles = [a.title for a in second.records(Activity).values() if a.kind in ("commit", "merge")]
    assert titles.count("Reworded") == 1
    assert len(titles) == len(commits_of(vendor))
    assert second.records(Activity) == collect(Git, vendor).records(Activity)
