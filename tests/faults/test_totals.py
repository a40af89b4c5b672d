"""Proof of completeness: the source's own totals, by a second route, beside what is stored."""

from __future__ import annotations

import json

import pytest

from faults.toy import Items, ToyVendor, item, toy
from sightline.collect.passes import Rules
from sightline.sandbox import faults
from sightline.sandbox.edits import Edits
from sightline.sandbox.faults import When
from sightline.sandbox.vendor import json_reply
from sightline.sdk import PermissionMissing, Task, Total
from sightline.testing import MemoryKeeper, collect


def counting(*values: int):
    """The toy with a source that counts its own rows: the next of `values` each time it is asked."""
    asked = list(values)

    class Counting(toy(Items)):
        def totals(self, fetch, access, scopes):
            return [Total("items of A", Task, "a", asked.pop(0))]

    return Counting


def rows(number):
    return ToyVendor({"a": [item(n, n) for n in range(number)]})


def test_equal_totals_are_told_and_not_asked_for_again_that_day():
    keeper, connector = MemoryKeeper(), counting(5, 99)

    first = collect(connector, rows(5), keeper=keeper)
    second = collect(connector, rows(5), keeper=keeper)

    assert [(c.what, c.store, c.source) for c in first.outcome.checks] == [("items of A", "5", "5")]
    assert (second.outcome.status, second.outcome.checks) == ("complete", [])


def test_a_difference_that_stays_makes_the_source_incomplete():
    found = collect(counting(6, 6), rows(5))

    assert found.outcome.status == "incomplete"
    assert "items of A: 5 stored, 6 at the source" in found.outcome.reason


def test_a_total_that_moved_while_it_was_read_waits_for_the_next_run():
    keeper, connector = MemoryKeeper(), counting(6, 7, 5)

    first = collect(connector, rows(5), keeper=keeper)
    second = collect(connector, rows(5), keeper=keeper)

    assert first.outcome.status == "complete"
    assert [(c.store, c.source) for c in second.outcome.checks] == [("5", "5")]


def test_an_approximate_total_may_be_a_little_off():
    assert Total("issues", Task, "a", 100, about=True).agrees(95)
    assert not Total("issues", Task, "a", 100, about=True).agrees(94)
    assert Total("issues", Task, "a", 10_000, about=True).agrees(9_900)
    assert not Total("issues", Task, "a", 10_000).agrees(9_999)


def test_a_row_that_could_not_be_read_explains_a_difference():
    vendor = rows(5)
    vendor.items["a"][2]["broken"] = True

    found = collect(counting(5, 5), vendor)

    assert found.outcome.checks == []
    assert "1 row could not be read" in found.outcome.reason


def test_totals_that_are_refused_are_a_note():
    class Refusing(toy(Items)):
        def totals(self, fetch, access, scopes):
            raise PermissionMissing("HTTP 403 on /count", where="toy", mend="Ask for it.")

    found = collect(Refusing, rows(5))

    assert found.outcome.status == "complete"
    assert found.outcome.notes == ["the source's own totals could not be asked for (HTTP 403 on /count)"]


@pytest.mark.parametrize("source", ["acme_jira", "dune_jira", "xero"])
def test_the_made_up_sources_agree_with_what_is_stored(source, make, store):
    found = make(source, store).read()

    assert found.outcome.status == "complete"
    assert len(found.outcome.checks) >= 2
    assert all(int(c.store) == int(c.source.removeprefix("about ")) for c in found.outcome.checks)


def test_an_issue_that_a_search_hides_from_us_is_missed_by_the_count(make, store):
    site = make("dune_jira", store)

    def hiding(vendor, call):
        reply = vendor.own_answer(call)
        body = json.loads(reply.body)
        if call.json().get("maxResults") == 0:
            body["total"] += 1
        return json_reply(body)

    site.vendor.script.append(faults.scripted(hiding, When("/search")))
    found = site.read()

    assert found.outcome.status == "incomplete"
    assert "at the source" in found.outcome.reason


def test_a_deletion_of_this_morning_is_no_difference(make, store):
    site = make("dune_jira", store)
    site.read()
    site.wait(hours=12)
    site.read(full=True)
    gone = next(t for t in site.world.tasks_of("dune_jira") if not any(c.parent is t for c in site.world.tasks))
    Edits(site.world).delete(gone)
    site.wait(hours=13)

    found = site.read()

    assert found.outcome.status == "complete"


def test_a_dry_run_proves_nothing():
    found = collect(counting(7), rows(5), rules=Rules(dry=True))

    assert (found.outcome.status, found.outcome.checks) == ("complete", [])
