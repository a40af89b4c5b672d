"""Group C: deletions, visibility, identity. What is gone is gone with its date; what is hidden is not gone."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter

import pytest

from faults.histories import differences
from faults.toy import Items, ToyVendor, item, toy
from sightline.collect.passes import Rules
from sightline.model.facts import Sourced
from sightline.sandbox import faults
from sightline.sandbox.edits import Edits
from sightline.sandbox.faults import When
from sightline.sandbox.vendor import Reply, json_reply
from sightline.sdk import Account, Activity, Link, Milestone, Scope, Task, TimeEntry
from sightline.testing import MemoryKeeper, collect
from sightline.unify.people import join


def lonely(site):
    """A task without children, so that it can go alone."""
    parents = [task.parent for task in site.world.tasks if task.parent]
    return next(t for t in site.world.tasks_of(site.source) if not any(t is p for p in parents) and t.kind != "epic")


def vanished(site, before):
    return before.keys() - site.live(Task).keys()


def test_f022_a_deleted_task_is_gone_within_a_day_and_back_when_it_returns(work):
    work.read()
    before = work.live(Task)
    gone = lonely(work)
    Edits(work.world).delete(gone)
    work.wait(hours=25)

    found = work.read()

    [id_] = vanished(work, before)
    assert found.outcome.status == "complete"
    assert [step.present for step in work.keeper.existence(work.source, Task, id_)] == [False]
    removed = next(r for r in work.keeper.load(Task, work.source, ids=[id_], removed=True))
    assert removed.record == before[id_]

    Edits(work.world).restore(next(r for r in work.world.removed if r.thing is gone))
    work.wait(minutes=10)
    work.read()

    assert id_ in work.live(Task)
    assert [step.present for step in work.keeper.existence(work.source, Task, id_)] == [False, True]
    work.wait(days=8)
    work.read()
    assert differences(work) == []


def test_f022_what_hung_on_a_deleted_task_goes_with_it(work):
    task = lonely(work)
    Edits(work.world).say(task, "said before it went")
    work.vendor.source.options["issue_worklogs"] = False
    work.read()
    said = {a.id for a in work.live(Activity).values() if a.title == "said before it went"}
    Edits(work.world).delete(task)
    work.wait(days=8)

    work.read()

    left = work.live(Task)
    assert said
    assert not said & work.live(Activity).keys()
    assert all(link.from_task in left for link in work.live(Link).values())
    assert all(entry.task in left for entry in work.live(TimeEntry).values() if entry.task)


def test_f022_a_task_deleted_and_restored_between_two_readings_takes_its_links_with_it(make, store):
    site = make("acme_jira", store)
    site.read()
    task = next(end for t in site.world.tasks_of(site.source) for _, end in t.links)
    leading_there = {link.id for link in site.live(Link).values() if site.live(Task)[link.to].key == task.key}
    Edits(site.world).delete(task)
    Edits(site.world).restore(next(r for r in site.world.removed if r.thing is task))
    site.wait(minutes=10)

    site.read()

    assert leading_there
    assert not leading_there & site.live(Link).keys()
    assert differences(site) == []


@pytest.mark.parametrize("source", ["acme_jira", "dune_jira", "trello"])
def test_f023_deleted_time_leaves_the_totals_and_stays_in_the_record(source, make, store):
    site = make(source, store)
    site.read()
    entry = site.world.times_of(source)[0]
    before = site.live(TimeEntry)
    hours = sum(e.seconds for e in before.values())
    Edits(site.world).delete_time(entry)
    site.wait(minutes=10)

    site.read()

    [id_] = before.keys() - site.live(TimeEntry).keys()
    assert sum(e.seconds for e in site.live(TimeEntry).values()) == hours - entry.seconds
    assert next(site.keeper.load(TimeEntry, source, ids=[id_], removed=True)).record.seconds == entry.seconds


def test_f025_what_a_board_said_of_a_lost_repositorys_issue_is_known_once_it_is_back(make, store):
    site = make("github", store)
    site.read()
    home = next(place for place in site.places if place.key.endswith("booking-app"))
    carded = [t for t in site.world.tasks_of("github") if t.estimate_seconds]
    task, other = (next(t for t in carded if (t.place is home) is here) for here in (True, False))
    site.lose(home)
    Edits(site.world).set(task, "estimate", "54000")
    site.wait(hours=1)
    Edits(site.world).set(other, "estimate", "3600")
    site.read()
    site.regain(home)
    site.wait(minutes=10)

    site.read()

    assert site.live(Task)[str(task.number)].estimate_seconds == 54000
    assert differences(site) == []


def test_f025_a_place_that_is_refused_keeps_its_data_and_says_since_when(work):
    work.read()
    place = work.places[0]
    before = work.live(Task)
    work.wait(hours=25)
    since = work.world.now
    work.lose(place)
    work.read(full=True)
    work.wait(hours=25)

    found = work.read()

    told = f"no access since {since:%Y-%m-%d %H:%M} UTC"
    assert found.outcome.status == "incomplete"
    assert any(told in reason for reason in found.outcome.reasons), found.outcome.reasons
    assert work.live(Task) == before


def test_f025_a_refused_place_holds_up_no_other_and_comes_back_whole(work):
    work.read()
    hidden, other = work.places[0], work.places[1]
    mine = [t for t in work.world.tasks_of(work.source) if t.place is other] or [lonely(work)]
    work.lose(hidden)
    work.wait(hours=2)
    work.read()
    edits = Edits(work.world)
    edits.retitle(mine[-1], "edited while the other was hidden")
    for task in [t for t in work.world.tasks_of(work.source) if t.place is hidden][:2]:
        edits.retitle(task, "edited in the dark")
    work.wait(hours=2)
    work.read()

    assert "edited while the other was hidden" in {t.title for t in work.live(Task).values()}
    work.regain(hidden)
    work.wait(hours=2)
    back = work.read()
    assert back.outcome.status == "complete"
    assert not any("no access" in reason for reason in back.outcome.reasons)
    work.wait(days=8)
    work.read()
    assert differences(work) == []


def test_f025_deletions_elsewhere_wait_a_day_for_a_refused_place_and_no_longer(make, store):
    site = make("trello", store)
    site.read()
    hidden, other = site.places[0], site.places[1]
    gone = next(t for t in site.world.tasks_of("trello") if t.place is other)
    site.lose(hidden)
    site.wait(minutes=5)
    Edits(site.world).delete(gone)
    site.world.removed.clear()
    Edits(site.world).retitle(next(t for t in site.world.tasks_of("trello") if t.place is other), "so the board moved")
    Edits(site.world).retitle(next(t for t in site.world.tasks_of("trello") if t.place is hidden), "so did this one")
    id_ = site.vendor.shapes.card_id(gone)
    site.read()

    assert id_ in site.live(Task)
    site.wait(hours=25)
    site.read()
    assert id_ not in site.live(Task)


@pytest.mark.parametrize("source", ["acme_jira", "trello"])
def test_f025_a_place_that_is_not_listed_any_more_is_told_until_a_person_confirms(source, make, store):
    site = make(source, store)
    site.read()
    place = site.places[0]
    before = site.live(Task)
    tasks = [t for t in site.world.tasks if t.place is place]
    if source == "acme_jira":
        site.lose(place)
    else:
        site.world.places.remove(place)
        site.world.tasks = [t for t in site.world.tasks if t.place is not place]
    site.wait(hours=2)

    lost = site.read()

    assert lost.outcome.status == "incomplete"
    assert any("does not list it any more" in reason for reason in lost.outcome.reasons)
    assert site.live(Task) == before

    confirmed = site.read(confirm_gone=True)

    assert confirmed.outcome.status == "complete"
    assert len(site.live(Task)) == len(before) - len(tasks)
    assert len(site.live(Scope)) == len(site.places) - (source == "acme_jira")


def test_f025_an_optional_list_that_could_be_read_before_is_a_loss_not_a_note(make, store):
    site = make("xero", store)
    site.read()
    hours = site.live(TimeEntry)
    site.vendor.source.options["projects"] = False
    site.wait(hours=25)

    found = site.read()

    assert found.outcome.status == "incomplete"
    assert any(reason.startswith("project_time") and "no access since" in reason for reason in found.outcome.reasons)
    assert site.live(TimeEntry) == hours


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500])
def test_no_status_of_any_call_removes_anything(site, status):
    site.read()
    before = {kind: site.live(kind) for kind in (Task, TimeEntry, Activity, Milestone)}
    site.wait(hours=25)
    site.vendor.script.append(faults.scripted(lambda _v, _c: json_reply({"message": "no"}, status), When(after=2)))

    found = site.read(full=True)

    assert found.outcome.counts.gone == 0
    assert {kind: site.live(kind) for kind in before} == before


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"[]"])
def test_an_empty_answer_to_any_one_call_removes_nothing(site, body):
    site.read()
    calls = len(site.vendor.calls)
    before = {kind: site.live(kind) for kind in (Task, Milestone)}
    for number in range(0, calls, max(1, calls // 6)):
        site.wait(hours=25)
        script = faults.scripted(
            lambda _v, _c: Reply(200, body, {"content-type": "application/json"}), When(after=number, times=1)
        )
        site.vendor.script.append(script)
        site.read(full=True)
        site.vendor.script.remove(script)

    assert {kind: site.live(kind).keys() for kind in before} == {kind: before[kind].keys() for kind in before}


def test_more_than_a_twentieth_and_twenty_rows_wait_for_a_person_while_new_rows_arrive():
    keeper = MemoryKeeper()
    vendor = ToyVendor({"a": [item(n, n % 60) for n in range(100)]})
    collect(toy(Items), vendor, keeper=keeper)
    vendor.items["a"] = [*vendor.items["a"][:79], item(200, 59)]

    held = collect(toy(Items), vendor, keeper=keeper, rules=Rules(full=True))

    assert held.outcome.status == "incomplete"
    assert "21 of 101 stored rows (Task) would vanish at once" in held.outcome.reason
    assert "--confirm-gone" in held.outcome.reason
    assert len(keeper.live(Task)) == 101

    confirmed = collect(toy(Items), vendor, keeper=keeper, rules=Rules(confirm_gone=True))

    assert (confirmed.outcome.status, confirmed.outcome.counts.gone) == ("complete", 21)


def test_what_is_held_stays_held_run_after_run():
    keeper = MemoryKeeper()
    vendor = ToyVendor({"a": [item(n, n % 60) for n in range(100)]})
    collect(toy(Items), vendor, keeper=keeper)
    vendor.items["a"] = vendor.items["a"][:50]
    collect(toy(Items), vendor, keeper=keeper, rules=Rules(full=True))

    later = [collect(toy(Items), vendor, keeper=keeper).outcome.status for _ in range(3)]

    assert later == ["incomplete"] * 3
    assert len(keeper.live(Task)) == 100


def test_an_unchanged_answer_does_not_make_what_is_held_forgotten(make, store):
    site = make("github", store)
    edits, place = Edits(site.world), site.places[1]
    for task in site.world.tasks_of("github"):
        task.comments = []
    only = edits.say(next(t for t in site.world.tasks_of("github") if t.place is place), "the only one")
    site.read()
    edits.unsay(next(t for t in site.world.tasks_of("github") if only in t.comments), only)
    site.wait(days=8)
    site.read()
    site.wait(hours=1)

    again = site.read()

    assert again.outcome.status == "incomplete"
    assert "1 of 1 stored rows (Activity) would vanish at once" in str(again.outcome.reasons)


def test_twenty_rows_go_without_asking():
    keeper = MemoryKeeper()
    vendor = ToyVendor({"a": [item(n, n % 60) for n in range(100)]})
    collect(toy(Items), vendor, keeper=keeper)
    del vendor.items["a"][80:]

    found = collect(toy(Items), vendor, keeper=keeper, rules=Rules(full=True))

    assert (found.outcome.status, found.outcome.counts.gone) == ("complete", 20)


def test_a_later_since_makes_nothing_gone():
    keeper = MemoryKeeper()
    vendor = ToyVendor({"a": [item(n, n) for n in range(10)]})
    collect(toy(Items), vendor, keeper=keeper)
    floor = dt.datetime(2026, 11, 19, 8, 5, tzinfo=dt.UTC)

    found = collect(toy(Items), vendor, keeper=keeper, rules=Rules(full=True, floor=floor))

    assert (found.outcome.status, found.outcome.counts.gone) == ("complete", 0)
    assert len(keeper.live(Task)) == 10


def test_f028_twenty_incremental_runs_never_shrink_the_store(site):
    site.read()
    counts = {kind: len(site.live(kind)) for kind in (Task, TimeEntry, Activity, Milestone, Account)}

    for run in range(20):
        site.wait(minutes=(7, 90, 1500)[run % 3])
        site.read()

    assert {kind: len(site.live(kind)) for kind in counts} == counts
    assert differences(site) == []


def test_f029_a_moved_task_keeps_its_identity_and_its_old_key_leads_to_it(work):
    work.read()
    task = next(t for t in work.world.tasks_of(work.source) if t.kind not in ("epic", "subtask", "pull_request"))
    before = work.live(Task)
    hours = sum(e.seconds for e in work.live(TimeEntry).values())
    Edits(work.world).move(task, next(p for p in work.places if p is not task.place))
    work.wait(minutes=10)

    work.read()

    after = work.live(Task)
    assert after.keys() == before.keys()
    [id_] = [i for i in after if after[i].scope != before[i].scope]
    assert sum(e.seconds for e in work.live(TimeEntry).values()) == hours
    if after[id_].key != before[id_].key:
        assert work.keeper.old_keys(work.source)[before[id_].key] == id_


def test_f030_equal_keys_of_two_sites_are_two_tasks(make, store):
    first, second = make("acme_jira", store), make("acme_jira", store)
    second.vendor.source.name = second.source = "other_jira"
    for thing in (*second.world.places, *second.world.times, *second.world.removed):
        thing.source = "other_jira" if thing.source == "acme_jira" else thing.source
    for person in second.world.people.values():
        if "acme_jira" in person.identities:
            person.identities["other_jira"] = person.identities["acme_jira"]
    first.read()
    one = first.live(Task)

    second.read()

    assert first.live(Task) == one
    assert len(second.live(Task)) == len(one)
    assert Counter(found.source for found in store.load(Task)) == {"acme_jira": len(one), "other_jira": len(one)}


@pytest.mark.parametrize("source", ["acme_jira", "dune_jira", "trello"])
def test_f033_somebody_who_is_deleted_or_anonymised_keeps_work_and_hours_but_no_name(source, make, store):
    site = make(source, store)
    site.read(archive=False)
    person = next(
        p
        for p in site.world.people.values()
        if source in p.identities and any(e.person == p.id for e in site.world.times)
    )
    name = person.identities[source].name
    tasks, hours = site.live(Task), sum(e.seconds for e in site.live(TimeEntry).values())
    person.identities[source].kind, person.identities[source].active = "gone", False
    person.identities[source].name, person.identities[source].email = "Former user", None
    person.identities[source].username = "former"
    for task in site.world.tasks_of(source):
        task.description = task.description.replace(name, "somebody")
        task.updated_at = max(task.updated_at, site.world.now)
    site.wait(days=8)

    found = site.read(archive=False)

    assert found.outcome.status == "complete"
    assert site.live(Task).keys() == tasks.keys()
    assert sum(e.seconds for e in site.live(TimeEntry).values()) == hours
    assert name not in {account.name for account in site.live(Account).values()}


def test_f033_an_author_who_is_null_stops_nothing(make, store):
    site = make("acme_jira", store)

    def nobody(vendor, call):
        reply = vendor.own_answer(call)
        body = json.loads(reply.body)
        for entry in body if isinstance(body, list) else body.get("worklogs", ()):
            entry["author"] = None
        for issue in body.get("issues", ()) if isinstance(body, dict) else ():
            fields = issue.get("fields", {})
            fields.update({name: None for name in ("assignee", "reporter", "creator") if name in fields})
            for said in [
                *fields.get("comment", {}).get("comments", []),
                *fields.get("worklog", {}).get("worklogs", []),
            ]:
                said["author"] = None
        return json_reply(body, reply.status)

    site.vendor.script += [faults.scripted(nobody, When(path)) for path in ("/issue/bulkfetch", "/worklog")]
    found = site.read()

    assert (found.outcome.status, found.outcome.skipped) == ("complete", [])
    assert {task.assignees for task in site.live(Task).values()} == {()}
    assert {entry.account for entry in site.live(TimeEntry).values()} == {None}


def test_f034_one_person_with_several_addresses_is_merged_by_hand_only_and_that_is_undone():
    accounts = [
        Sourced("git", Account(id="maria@home.example", name="Maria Lind", email="maria@home.example")),
        Sourced("git", Account(id="m.lind@northgate.example", name="Maria Lind", email="m.lind@northgate.example")),
        Sourced("jira", Account(id="1", name="Maria Lind", email="m.lind@northgate.example")),
    ]

    joined = join(accounts)

    assert len(joined.persons) == 2
    first, second = (person.id for person in joined.persons)
    merged = join(accounts, same={second: first})
    assert [len(person.emails) for person in merged.persons] == [2]
    assert join(accounts) == joined


@pytest.mark.parametrize("field", ["assignee", "due_on", "estimate"])
def test_f036_a_cleared_field_is_cleared(work, field):
    kinds = {"assignee": "assignees", "due_on": "due_on", "estimate": "estimate_seconds"}
    mine = [t for t in work.world.tasks_of(work.source) if getattr(t, kinds[field])]
    if not mine:
        task = work.world.tasks_of(work.source)[0]
        Edits(work.world).set(task, field, {"assignee": "priya", "due_on": "2026-12-01", "estimate": "3600"}[field])
        mine = [task]
    work.read()
    Edits(work.world).set(mine[0], field, None)
    work.wait(minutes=10)
    work.read()

    assert differences(work) == []
