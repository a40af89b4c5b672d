"""Group B: incremental cursors and clocks. No change slips between two runs, whatever the clocks say."""

from __future__ import annotations

import datetime as dt

import pytest

from faults.histories import differences
from faults.toy import Items, ToyVendor, item, toy
from sightline.sandbox import faults
from sightline.sandbox.edits import Edits
from sightline.sandbox.faults import When
from sightline.sandbox.vendor import json_reply
from sightline.sdk import Task, TimeEntry
from sightline.testing import MemoryKeeper, collect

#: Streams that read by a cursor, and where each lists.
CURSORS = {
    "acme_jira": ("issues", "/search/jql"),
    "dune_jira": ("issues", "/search"),
    "github": ("issues", "/issues"),
    "xero": ("invoices", "/Invoices"),
}


def titles(site):
    return {task.title for task in site.live(Task).values()}


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
@pytest.mark.parametrize("source", ["acme_jira", "dune_jira"])
def test_f012_the_account_s_zone_hides_no_update_and_brings_no_old_one(source, zone, make, store):
    site = make(source, store)
    site.vendor.source.timezone = zone
    site.read()
    Edits(site.world).retitle(site.world.tasks_of(source)[0], "edited just now")
    site.wait(minutes=2)

    found = site.read()

    assert "edited just now" in titles(site)
    assert found.outcome.counts.read < 10


def test_f014_two_updates_within_the_minute_of_the_checkpoint_are_both_seen(work):
    edits = Edits(work.world, step=dt.timedelta(seconds=10))
    first, second = work.world.tasks_of(work.source)[:2]
    edits.retitle(first, "before the run")
    work.read()
    edits.retitle(second, "ten seconds later")

    work.read()

    assert {"before the run", "ten seconds later"} <= titles(work)


@pytest.mark.parametrize("source", ["acme_jira", "dune_jira", "trello", "xero"])
def test_f015_rows_that_share_one_instant_across_pages_are_all_seen(source, make, store):
    site = make(source, store, settings={"trello": {"cards_per_page": 3}, "xero": {"page_size": 3}}.get(source, {}))
    site.vendor.source.options["page"] = 3
    site.read()
    edits = Edits(site.world)
    at = edits.tick()
    for task in site.world.tasks_of(site.source)[:5]:
        task.title, task.updated_at = f"at once {task.number}", at
    for document in site.world.documents[:5] if source == "xero" else ():
        document.reference, document.updated_at = "at once", at
    site.read()
    late = next(iter(site.world.tasks_of(site.source)[6:]), None)
    if late is not None:
        late.title, late.updated_at = "at the same instant, after the run", at
        edits.say(late, "moves the board")

    site.read()

    assert differences(site) == []


def test_f015_a_hundred_and_more_issues_of_one_second_are_all_seen(make, store):
    site = make("github", store)
    edits = Edits(site.world)
    made = [edits.add_task(site.places[0], f"Import {n}", "issue") for n in range(230)]
    for task in made:
        task.updated_at = task.created_at = site.world.now

    site.read()

    assert len([title for title in titles(site) if title.startswith("Import ")]) == 230


@pytest.mark.parametrize("source", CURSORS)
def test_f016_a_row_that_shows_up_late_with_an_older_time_is_seen(source, make, store):
    site = make(source, store)
    shelf = site.world.documents if source == "xero" else site.world.tasks
    mine = [d for d in shelf if source == "xero" or d.place.source == source]
    late, newest = mine[0], mine[1]
    newest.updated_at = site.world.now
    shelf.remove(late)
    site.read()
    late.updated_at = site.world.now - dt.timedelta(seconds=90)
    shelf.append(late)
    site.wait(minutes=1)

    site.read()

    assert differences(site) == []


@pytest.mark.parametrize("source", CURSORS)
def test_f018_a_run_that_fails_leaves_the_cursor_where_it_was(source, make, store):
    stream, path = CURSORS[source]
    site = make(source, store)
    site.read()
    site.wait(minutes=10)
    site.read()
    for task in site.world.tasks_of(source)[:3]:
        Edits(site.world).retitle(task, "edited")
    for document in site.world.documents[:3]:
        document.updated_at = site.world.now
    scope = next((key[2] for key in _keys(site, stream)), "")
    before = site.keeper.checkpoint(source, stream, scope)
    site.vendor.script.append(faults.disconnected(When(path)))

    found = site.read()

    assert found.outcome.status == "incomplete"
    assert site.keeper.checkpoint(source, stream, scope).get("cursor") == before.get("cursor")
    site.vendor.script.clear()
    site.read()
    assert differences(site) == []


def _keys(site, stream):
    from sightline.store.tables_own import CHECKPOINTS

    with site.keeper.reading() as connection:
        return [row[:3] for row in connection.execute(CHECKPOINTS.select()) if row[1] == stream]


def _shuffled(vendor, call):
    """The toy's own page, but of a list sorted by title instead of time."""
    rows = sorted(vendor.items["a"], key=lambda r: r["id"] * 7 % 10)
    since = call.query.get("since")
    rows = [r for r in rows if not since or r["updated"] >= since[:19]]
    start = int(call.query["startAt"])
    return json_reply({"items": rows[start : start + 3], "total": len(rows)})


def test_f019_an_unsorted_list_is_not_trusted_to_resume():
    keeper = MemoryKeeper()
    vendor = ToyVendor({"a": [item(n, n * 5) for n in range(10)]})
    vendor.script += [
        faults.failing(When("/items", after=2, times=30), status=502),
        lambda v, c: _shuffled(v, c) if "/items" in c.path else None,
    ]
    first = collect(toy(Items), vendor, keeper=keeper)
    del vendor.script[0]

    second = collect(toy(Items), vendor, keeper=keeper)

    assert first.outcome.status == "incomplete"
    assert sorted(map(int, second.records(Task))) == list(range(10))


def test_disorder_within_one_page_is_noticed_too():
    keeper = MemoryKeeper()
    vendor = ToyVendor({"a": [item(n, n) for n in range(3)]})
    vendor.script.append(
        lambda v, c: json_reply({"items": v.items["a"][::-1], "total": 6}) if "/items" in c.path else None
    )

    collect(toy(Items), vendor, keeper=keeper)

    pages = [landing for landing in keeper.landings if landing.stream == "items" and landing.records]
    assert "newest" not in (pages[0].checkpoint or {}).get("cursor", {})


def test_a_row_from_the_future_does_not_carry_the_cursor_past_changes_to_come():
    keeper = MemoryKeeper()
    vendor = ToyVendor({"a": [item(1, 1), {**item(2), "updated": "2031-01-01T00:00:00Z"}]})
    collect(toy(Items), vendor, keeper=keeper)
    vendor.items["a"].append({**item(3), "updated": "2026-11-20T08:59:00Z"})

    collect(toy(Items), vendor, keeper=keeper)

    assert sorted(keeper.live(Task)) == ["1", "2", "3"]


@pytest.mark.parametrize("hours", [-100, -2, 2, 100])
def test_a_reader_s_clock_that_is_wrong_loses_nothing(work, hours):
    work.skew = dt.timedelta(hours=hours)
    work.read()
    entry = next((e for e in work.world.times_of(work.source)), None)
    edits = Edits(work.world)
    edits.retitle(work.world.tasks_of(work.source)[0], "edited by the right clock")
    if entry is not None:
        edits.edit_time(entry, 4200)
    work.wait(minutes=10)
    work.read()

    assert differences(work) == []


def test_a_clock_that_was_set_back_does_not_put_off_the_daily_look(work):
    gone = next(t for t in work.world.tasks_of(work.source) if not any(c.parent is t for c in work.world.tasks))
    work.skew = dt.timedelta(days=30)
    work.read()
    work.skew = dt.timedelta(0)
    Edits(work.world).delete(gone)
    work.wait(minutes=10)

    work.read()

    assert len(work.live(Task)) == len(work.world.tasks_of(work.source))


def test_time_booked_while_the_first_run_reads_is_there_after_the_second(make, store):
    site = make("acme_jira", store, skew=dt.timedelta(hours=5))
    task = site.world.tasks_of("acme_jira")[0]
    site.vendor.script.append(
        faults.editing(lambda: Edits(site.world).add_time(task, 4242), When("/worklog/updated", times=1))
    )
    site.read()
    site.wait(minutes=10)

    site.read()

    assert 4242 in {entry.seconds for entry in site.live(TimeEntry).values()}
