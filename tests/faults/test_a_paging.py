"""Group A: pagination and collection. What moves, ends or hides while a list is read."""

from __future__ import annotations

import dataclasses
import json

import pytest

from faults.histories import differences
from faults.toy import Items, ToyVendor, item, toy
from sightline.sandbox import faults
from sightline.sandbox.edits import Edits
from sightline.sandbox.faults import When
from sightline.sandbox.vendor import Reply, json_reply
from sightline.sdk import Change, LinkHeader, SinceKeyset, Task, TimeEntry
from sightline.testing import collect

#: Where each source lists its rows, and how its pages are made small.
LISTS = {
    "acme_jira": ("/search/jql", {"page": 5}, {}),
    "dune_jira": ("/search", {"page": 5}, {}),
    "trello": ("/cards/all", {}, {"cards_per_page": 5}),
    "github": ("/issues", {}, {}),
    "xero": ("/Invoices", {}, {"page_size": 5}),
}


@pytest.fixture(params=LISTS)
def paged(request, make, store):
    """A source whose list has several pages, and the path of the list."""
    return _in_small_pages(request.param, make, store)


@pytest.fixture(params=[source for source in LISTS if source != "xero"])
def paged_work(request, make, store):
    """The same of sources where things are deleted: a ledger keeps everything."""
    return _in_small_pages(request.param, make, store)


def _in_small_pages(source, make, store):
    path, options, settings = LISTS[source]
    site = make(source, store, settings=settings)
    site.vendor.source.options.update(options)
    if source == "github":
        edits = Edits(site.world)
        place = next(p for p in site.places if p.key.endswith("booking-app"))
        for n in range(130):
            edits.add_task(place, f"Import {n}", "issue")
    return site, path


def busy(site):
    """Somebody who edits an early row and adds three before each page."""
    edits = Edits(site.world)

    def work() -> None:
        if site.name == "xero":
            site.world.documents[3].updated_at = edits.tick()
            return
        mine = site.world.tasks_of(site.source)
        edits.retitle(mine[len(site.vendor.calls) % len(mine)], f"edited at call {len(site.vendor.calls)}")
        for n in range(3):
            edits.add_task(mine[0].place, f"added {n}")

    return work


def test_f001_rows_that_jump_between_pages_are_there_once_and_as_they_are_now(paged):
    site, path = paged
    site.vendor.script.append(faults.editing(busy(site), When(path, after=1, times=3)))
    first = site.read()
    site.vendor.script.clear()
    site.wait(minutes=10)

    second = site.read()

    assert (first.outcome.status, second.outcome.status) == ("complete", "complete")
    assert differences(site) == []


def test_f001_a_row_deleted_between_two_pages_hides_no_other(paged_work):
    site, path = paged_work
    gone = site.world.tasks_of(site.source)[0]
    site.vendor.script.append(faults.editing(lambda: Edits(site.world).delete(gone), When(path, after=1, times=1)))
    site.read()
    site.vendor.script.clear()
    site.wait(hours=25)

    site.read()

    assert differences(site) == []


def test_f001_an_offset_list_that_shrinks_while_it_is_read_is_read_again():
    vendor = ToyVendor({"a": [item(n, n) for n in range(9)]})
    vendor.script.append(faults.editing(lambda: vendor.items["a"].pop(0), When("/items", after=1, times=1)))

    found = collect(toy(Items), vendor)

    assert sorted(map(int, found.records(Task))) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert found.outcome.status == "complete"


def _same_token(vendor, call):
    reply = vendor.own_answer(call)
    body = json.loads(reply.body)
    return json_reply({**body, "nextPageToken": "again", "isLast": False}) if "issues" in body else reply


def test_f004_a_page_token_that_repeats_ends_the_run_within_one_more_request(make, store):
    site = make("acme_jira", store)
    site.vendor.source.options["page"] = 5
    site.read()
    before = site.live(Task)
    site.vendor.script.append(faults.scripted(_same_token, When("/search/jql")))
    asked = len(site.vendor.calls)

    found = site.read(full=True)

    searches = [
        c for c in site.vendor.calls[asked:] if c.path.endswith("/search/jql") and b"ORDER BY updated ASC" in c.body
    ]
    assert found.outcome.status == "incomplete"
    assert len(searches) <= 2
    assert site.live(Task) == before


def test_f004_an_expired_page_token_fails_the_run_and_the_next_one_is_whole(make, store):
    site = make("acme_jira", store)
    site.vendor.source.options["page"] = 5
    expired = faults.scripted(
        lambda _v, _c: json_reply({"errorMessages": ["token expired"]}, 400), When("/search/jql", after=3)
    )
    site.vendor.script.append(expired)
    first = site.read()
    site.vendor.script.clear()

    second = site.read()

    assert first.outcome.status == "incomplete"
    assert "HTTP 400" in first.outcome.reason
    assert second.outcome.status == "complete"
    assert differences(site) == []


def test_f007_a_server_error_half_way_keeps_good_pages_removes_nothing_and_marks_the_run(paged):
    site, path = paged
    site.read()
    before, state = site.live(Task), site.keeper.checkpoint
    kept = {s: state(site.source, s, "") for s in ("issues", "cards", "invoices")}
    for task in site.world.tasks_of(site.source)[:20]:
        Edits(site.world).retitle(task, "edited")
    site.vendor.script.append(faults.failing(When(path, after=1, times=60), status=502))

    found = site.read(full=True)

    assert found.outcome.status == "incomplete"
    assert "HTTP 502" in str(found.outcome.reasons)
    assert found.outcome.counts.gone == 0
    assert site.live(Task).keys() == before.keys()
    # A reading that broke off never counts as a full one: it is owed still, or the last whole one stands.
    for stream, was in kept.items():
        assert (state(site.source, stream, "") or {}).get("full_at") in (None, (was or {}).get("full_at"))


def test_f007_the_run_after_a_server_error_makes_good_what_was_missed(paged):
    site, path = paged
    site.vendor.script.append(faults.failing(When(path, after=1, times=60), status=502))
    first = site.read()
    site.vendor.script.clear()

    second = site.read()

    assert (first.outcome.status, second.outcome.status) == ("incomplete", "complete")
    assert differences(site) == []


def test_f008_a_server_that_caps_its_pages_silently_hides_no_action(make, store):
    site = make("trello", store)
    edits, card = Edits(site.world), site.world.tasks_of("trello")[0]
    for n in range(120):
        edits.set(card, "status", card.place.statuses[n % 2][0])
    whole = site.fresh().records(Change)

    def capped(vendor, call):
        call.query["limit"] = str(min(50, int(call.query.get("limit", "50"))))

    site.vendor.script.append(faults.scripted(capped, When("/actions")))
    site.read()

    assert len(whole) > 100
    assert site.live(Change) == whole


def test_f008_links_without_a_last_page_are_followed_to_their_end(make, store):
    site = make("github", store)

    def without_last(vendor, call):
        reply = vendor.own_answer(call)
        links = [link for link in reply.headers.get("link", "").split(", ") if 'rel="next"' in link]
        return dataclasses.replace(reply, headers={**reply.headers, "link": ", ".join(links)})

    site.vendor.script.append(faults.scripted(without_last))
    found = site.read()

    assert found.outcome.status == "complete"
    assert differences(site) == []


def test_f008_a_feed_that_cannot_go_on_past_one_moment_says_so(make, store):
    site = make("acme_jira", store)
    site.read()
    site.vendor.source.options["feed_page"] = 1000
    edits, task = Edits(site.world), site.world.tasks_of(site.source)[0]
    entries = [edits.add_time(task, 60) for _ in range(1001)]
    for entry in entries:
        entry.updated_at = site.world.now
    site.wait(minutes=10)

    found = site.read()

    assert found.outcome.status == "incomplete"
    assert "one and the same change time" in str(found.outcome.reasons)


def test_f009_pull_requests_are_typed_and_take_no_issue_its_place(make, store):
    site = make("github", store)
    edits, place = Edits(site.world), site.places[0]
    before = len(site.world.tasks_of("github"))
    for n in range(125):
        edits.add_task(place, f"Change {n}", "pull_request" if n % 5 else "issue").status = (
            "draft" if n % 5 else place.statuses[0][0]
        )

    site.read()

    kinds = [task.kind for task in site.live(Task).values() if task.title.startswith("Change ")]
    assert (kinds.count("issue"), kinds.count("pull_request")) == (25, 100)
    assert len(site.live(Task)) == before + 125


def test_f010_archived_work_stays_with_its_state_its_time_and_its_history(make, store):
    site = make("trello", store)
    card = next(e.task for e in site.world.times_of("trello") if e.task and not e.task.archived)
    site.read()
    hours = sum(entry.seconds for entry in site.live(TimeEntry).values())
    Edits(site.world).archive(card)
    Edits(site.world).archive_place(next(p for p in site.places if p is not card.place))
    site.wait(minutes=5)

    site.read()

    found = site.live(Task)[site.vendor.shapes.card_id(card)]
    assert found.archived
    assert sum(entry.seconds for entry in site.live(TimeEntry).values()) == hours
    assert differences(site) == []


@pytest.mark.parametrize("source", ["acme_jira", "github"])
def test_f010_an_archived_place_keeps_its_work(source, make, store):
    site = make(source, store)
    site.read()
    before = site.live(Task)
    Edits(site.world).archive_place(site.places[0])
    site.wait(hours=2)

    found = site.read(full=True)

    from sightline.sdk import Scope

    assert found.outcome.counts.gone == 0
    assert site.live(Task).keys() == before.keys()
    assert any(scope.archived for scope in site.live(Scope).values())


class _Keyset(Items):
    rows = ""
    paging = SinceKeyset(field="updated", page_size=3, size="size")

    def params(self, scope, since):
        return {"since": since.at.isoformat() if since.at else None, "startAt": 0, "maxResults": 0}


class _KeysetVendor(ToyVendor):
    shuffled = False

    def _page(self, call):
        rows = sorted(self.items["a"], key=lambda r: r["updated"], reverse=self.shuffled)
        rows = [r for r in rows if r["updated"] >= call.query.get("since", "")]
        start = (int(call.query["page"]) - 1) * int(call.query["size"])
        return json_reply(rows[start : start + int(call.query["size"])])


def _keyset(rows, *, shuffled=False):
    vendor = _KeysetVendor({"a": rows})
    vendor.shuffled = shuffled
    vendor.script.append(lambda v, c: v._page(c) if "/items" in c.path else None)
    return vendor


def test_a_keyset_list_ends_though_all_of_a_page_share_one_instant():
    vendor = _keyset([item(n, 5) for n in range(9)] + [item(9, 6)])

    assert len(collect(toy(_Keyset), vendor).records(Task)) == 10
    assert len(vendor.calls) < 12


def test_f019_a_keyset_list_in_the_wrong_order_loses_no_row():
    vendor = _keyset([item(n, n) for n in range(10)], shuffled=True)

    assert len(collect(toy(_Keyset), vendor).records(Task)) == 10


def test_a_linked_page_on_another_host_is_not_followed():
    class Linked(Items):
        rows = ""
        paging = LinkHeader(size="size")

        def params(self, scope, since):
            return {"startAt": 0, "maxResults": 9}

    vendor = ToyVendor({"a": [item(1)]})
    headers = {"content-type": "application/json", "link": '<https://elsewhere.test/next>; rel="next"'}
    vendor.script.append(
        lambda v, c: Reply(200, json.dumps([item(1)]).encode(), headers) if "/items" in c.path else None
    )

    found = collect(toy(Linked), vendor)

    assert "another host" in found.outcome.reason
