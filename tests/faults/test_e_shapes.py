"""Group E: data shapes. A row of an unknown shape is read as far as it can be, or kept apart with its reason."""

from __future__ import annotations

import copy
import json
import random
from decimal import Decimal

import pytest

from faults.histories import differences
from faults.sources import KINDS
from faults.toy import Items, ToyVendor, item, toy
from sightline.collect.decode import decode_json
from sightline.collect.passes import Rules
from sightline.sandbox import faults
from sightline.sandbox.edits import Edits
from sightline.sandbox.faults import When
from sightline.sandbox.vendor import Reply, json_reply
from sightline.sdk import Activity, Document, Line, Task, TimeEntry
from sightline.testing import MemoryKeeper, collect
from sightline_jira.texts import plain

#: Lists whose rows are spoilt, with the path of the rows in their answers.
ROWS = {
    "acme_jira": ("/issue/bulkfetch", "issues"),
    "dune_jira": ("/search", "issues"),
    "trello": ("/cards/all", ""),
    "github": ("/issues", ""),
    "xero": ("/Invoices", "Invoices"),
}


def spoiling(site, spoil):
    """Lets `spoil` change the rows of the source's main list before they are sent."""
    path, at = ROWS[site.source]

    def script(vendor, call):
        reply = vendor.own_answer(call)
        if not call.path.endswith(path) or reply.status != 200:
            return reply
        body = json.loads(reply.body, parse_float=Decimal)
        spoil(body[at] if at else body)
        return json_reply(body, headers=reply.headers)

    site.vendor.script = [script]


def paths_in(value, before=()):
    """Every path of names (and first list items) into a decoded row."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*before, name)
            yield from paths_in(inner, (*before, name))
    elif isinstance(value, list) and value:
        yield from paths_in(value[0], (*before, 0))


def _at(row, path):
    for step in path:
        if isinstance(row, dict):
            row = row.get(step)
        elif isinstance(row, list) and isinstance(step, int) and row:
            row = row[step]
        else:
            return None
    return row


def _change(row, path, value, *, drop=False):
    holder = _at(row, path[:-1])
    if isinstance(holder, dict) and path[-1] in holder:
        if drop:
            del holder[path[-1]]
        else:
            holder[path[-1]] = value


@pytest.fixture(params=ROWS)
def shaped(request, make):
    """A source whose main list can be spoilt, and every path into its rows."""
    site = make(request.param)
    seen = []
    spoiling(site, lambda rows: seen.extend(copy.deepcopy(rows)))
    site.read(archive=False)
    site.vendor.script.clear()
    return site, sorted({path for row in seen for path in paths_in(row)}, key=str)


def _sound(site, found, rows):
    """A run over spoilt rows: nothing broke, every row was read or kept apart with a reason that shows no value."""
    outcome = found.outcome
    assert outcome.status in ("complete", "incomplete"), outcome.reasons
    assert not any("plug-in" in reason for reason in outcome.reasons), outcome.reasons
    assert (outcome.status == "incomplete") == bool(outcome.skipped or outcome.reasons)
    for skipped in outcome.skipped:
        assert skipped.reason
        assert not any(title in skipped.reason for title in rows)


def _run_spoilt(site, spoil):
    site.keeper = MemoryKeeper()
    spoiling(site, spoil)
    found = site.read(archive=False)
    _sound(site, found, {task.title for task in site.world.tasks if len(task.title) > 12})
    return found


def test_f050_any_field_may_be_missing(shaped):
    site, paths = shaped
    chance = random.Random(50)
    for path in chance.sample(paths, min(len(paths), 25)):
        _run_spoilt(site, lambda rows, path=path: [_change(row, path, None, drop=True) for row in rows])


def test_f050_any_field_may_be_null(shaped):
    site, paths = shaped
    chance = random.Random(51)
    for path in chance.sample(paths, min(len(paths), 25)):
        _run_spoilt(site, lambda rows, path=path: [_change(row, path, None) for row in rows])


def test_f050_five_new_fields_change_nothing(shaped):
    site, _ = shaped
    site.vendor.script.clear()
    site.read(archive=False)
    before = {kind: site.live(kind) for kind in KINDS}

    new = {"newThing": 1, "newText": "x", "newNull": None, "newList": [{"a": []}], "newObject": {"b": {"c": "d"}}}
    found = _run_spoilt(site, lambda rows: [row.update(copy.deepcopy(new)) for row in rows])

    assert found.outcome.status == "complete"
    assert {kind: site.live(kind) for kind in KINDS} == before


OTHER_TYPES = ("text", "12", 12, Decimal("1.5"), True, [], [1], {}, {"a": "b"}, [[]], [{}], -1, 10**30, "")


def test_f051_a_field_of_another_type_is_read_or_its_row_kept_apart(shaped):
    site, paths = shaped
    chance = random.Random(52)
    for path in chance.sample(paths, min(len(paths), 30)):
        value = chance.choice(OTHER_TYPES)
        _run_spoilt(site, lambda rows, path=path, value=value: [_change(row, path, value) for row in rows])


@pytest.mark.parametrize("row", [None, 7, "text", [], [1], True], ids=str)
def test_f051_a_row_that_is_no_object_is_kept_apart_and_the_others_are_read(shaped, row):
    site, _ = shaped
    whole = site.live(Task) or site.live(Document)

    found = _run_spoilt(site, lambda rows: rows.append(row) if rows else None)

    assert len(site.live(Task) or site.live(Document)) == len(whole)
    assert len(found.outcome.skipped) >= 1 or site.source in ("acme_jira", "dune_jira")


@pytest.mark.parametrize("source", ["acme_jira", "dune_jira"])
def test_f052_an_unknown_status_keeps_its_word_and_is_neither_open_nor_done(source, make):
    site = make(source)

    def validating(rows):
        for row in rows[:1]:
            row["fields"]["status"] = {"id": "777", "name": "Zigzagging", "statusCategory": {"key": "zzz", "name": "?"}}

    _run_spoilt(site, validating)

    odd = [task for task in site.live(Task).values() if task.status == "Zigzagging"]
    assert [task.state for task in odd] == ["unknown"] * len(odd)
    assert odd
    assert all(task.completed_at is None for task in odd)


def test_f052_an_unknown_invoice_status_keeps_its_word(make):
    site = make("xero")

    def foo(rows):
        rows[0]["Status"] = "FOO"

    _run_spoilt(site, foo)

    assert [d.status for d in site.live(Document).values() if d.status == "FOO"] == ["FOO"]


TEXTS = [
    "💳 🚀 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "e\u0301 ﬁ Ǆ \u202eright to left\u202c \u200bzero",
    "Größe, 日本語, العربية, 𝕳𝖊𝖑𝖑𝖔",
    "a" * 5000,
]


@pytest.mark.parametrize("text", TEXTS, ids=["emoji", "marks", "scripts", "long"])
def test_f054_any_text_is_kept_as_it_is(work, text):
    Edits(work.world).retitle(work.world.tasks_of(work.source)[0], text)

    found = work.read()

    assert found.outcome.status == "complete"
    assert text in {task.title for task in work.live(Task).values()}


@pytest.mark.parametrize(
    "text", ["nul \x00 here", "tab \x0b and \x1b[31m red", "lone \ud83d surrogate"], ids=["nul", "esc", "lone"]
)
def test_f055_control_characters_lose_no_record(work, text):
    tasks = len(work.world.tasks_of(work.source))
    Edits(work.world).retitle(work.world.tasks_of(work.source)[0], text)

    found = work.read()

    assert found.outcome.status == "complete"
    assert len(work.live(Task)) == tasks
    kept = text.replace("\x00", "\ufffd").replace("\ud83d", "\ufffd")
    assert kept in {task.title for task in work.live(Task).values()}
    assert differences(work) == []


def _nested(levels, kind="blockquote"):
    opening = f'{{"type":"{kind}","content":['
    return f'{{"type":"doc","content":[{opening * levels}{{"type":"text","text":"at the bottom"}}{"]}" * levels}]}}'


def test_f058_ten_thousand_levels_keep_their_text():
    body = decode_json(_nested(10_000).encode(), "test")

    assert plain(body) == "at the bottom"


def test_f058_an_issue_of_ten_thousand_levels_stops_no_other(make, store):
    site = make("acme_jira", store)
    tasks = len(site.world.tasks_of("acme_jira"))

    def script(vendor, call):
        reply = vendor.own_answer(call)
        if not call.path.endswith("/issue/bulkfetch") or b'"description":' not in reply.body:
            return reply
        body = json.loads(reply.body)
        body["issues"][0]["fields"]["description"] = "PUT IT HERE"
        raw = json.dumps(body).replace('"PUT IT HERE"', _nested(10_000), 1)
        return Reply(200, raw.encode(), reply.headers)

    site.vendor.script.append(script)
    found = site.read()

    assert found.outcome.status == "complete"
    assert len(site.live(Task)) == tasks
    assert "at the bottom" in {task.description for task in site.live(Task).values()}


def test_f058_sixty_quotes_in_one_another_are_read_whole():
    text = plain(decode_json(_nested(60).encode(), "test"))

    assert text is not None
    assert text.endswith("at the bottom")


def test_f058_a_deep_answer_that_is_cut_off_is_an_error_not_a_text():
    from sightline.errors import SourceChanged

    with pytest.raises(SourceChanged, match="not valid JSON"):
        decode_json(_nested(10_000)[:-5].encode(), "test")


@pytest.mark.parametrize("kind", ["holographicPanel", "futureMark", "task-list-3d"])
def test_f059_the_text_of_unknown_nodes_and_marks_is_kept(kind):
    node = {"type": kind, "attrs": {"x": 1}, "content": [{"type": "text", "text": "kept", "marks": [{"type": kind}]}]}

    assert "kept" in (plain({"type": "doc", "content": [node]}) or "")


def test_f061_amounts_keep_every_digit_from_the_answer_to_the_store(make, store):
    site = make("xero", store)
    amounts = ["1234567890123.78", "0.1", "0.2", "97.1234", "-0.01"]

    def precise(rows):
        rows[0]["LineItems"] = [
            {
                "LineItemID": f"00000000-0000-4000-8000-{n:012}",
                "Description": "x",
                "Quantity": 1,
                "LineAmount": Decimal(a),
            }
            for n, a in enumerate(amounts)
        ]

    spoiling(site, precise)
    site.read()

    lines = {line.amount for document in site.live(Document).values() for line in document.lines}
    assert {Decimal(amount) for amount in amounts} <= lines
    assert all(isinstance(line, Decimal) for line in lines)


def test_f061_a_hundred_thousand_amounts_sum_to_the_last_cent():
    raw = "[" + ",".join(f"{n // 100}.{n % 100:02}" for n in range(100_000)) + "]"

    assert sum(decode_json(raw.encode(), "test")) == sum(Decimal(n) / 100 for n in range(100_000))


def test_f061_money_beyond_what_a_line_can_hold_is_kept_apart_with_its_reason(make, store):
    site = make("xero", store)

    def too_fine(rows):
        rows[0]["Total"] = Decimal("1.00001")

    spoiling(site, too_fine)
    found = site.read()

    assert found.outcome.status == "incomplete"
    assert found.outcome.counts.skipped == 1
    assert [row.stream for row in found.outcome.skipped] == ["invoices"]


def test_f063_one_bad_row_of_five_hundred_is_kept_apart_and_the_rest_goes_on():
    vendor = ToyVendor({"a": [item(n, n % 60, **({"broken": True} if n == 250 else {})) for n in range(500)]})

    found = collect(toy(Items), vendor)

    assert len(found.records(Task)) == 499
    assert [(row.stream, row.id, row.reason) for row in found.outcome.skipped] == [
        ("items", "250", "status is missing")
    ]
    assert found.outcome.status == "incomplete"


def _toy_with_one_bad_row(store):
    vendor = ToyVendor({"a": [item(n, n) for n in range(20)]})
    vendor.items["a"][3]["broken"] = True
    collect(toy(Items), vendor, keeper=store)
    vendor.items["a"].append(item(20, 59))
    return vendor


def test_f063_a_source_stays_incomplete_though_the_bad_row_is_not_read_again(store):
    vendor = _toy_with_one_bad_row(store)

    found = collect(toy(Items), vendor, keeper=store)

    assert found.outcome.counts.skipped == 0
    assert found.outcome.status == "incomplete"
    assert [row.id for row in found.outcome.skipped] == ["3"]


def test_f063_a_row_that_can_be_read_again_is_forgotten(store):
    vendor = _toy_with_one_bad_row(store)
    vendor.items["a"][3] = item(3, 58, title="mended")

    assert collect(toy(Items), vendor, keeper=store).outcome.status == "complete"
    assert store.quarantined() == []


def test_f063_an_accepted_row_makes_the_source_complete_also_when_it_is_met_again(store):
    from faults.toy import NOW

    vendor = _toy_with_one_bad_row(store)
    store.accept_quarantined("toy", at=NOW)

    assert collect(toy(Items), vendor, keeper=store).outcome.status == "complete"
    assert collect(toy(Items), vendor, keeper=store, rules=Rules(full=True)).outcome.status == "complete"


def test_f063_a_bad_row_that_is_gone_at_the_source_is_forgotten_after_a_full_reading(store):
    vendor = _toy_with_one_bad_row(store)
    del vendor.items["a"][3]

    found = collect(toy(Items), vendor, keeper=store, rules=Rules(full=True))

    assert found.outcome.status == "complete"
    assert store.quarantined() == []


def test_f063_deletions_are_noticed_beside_a_bad_row_that_is_itself_not_taken_for_gone(store):
    vendor = ToyVendor({"a": [item(n, n) for n in range(20)]})
    collect(toy(Items), vendor, keeper=store)
    vendor.items["a"][3]["broken"] = True
    del vendor.items["a"][7]

    found = collect(toy(Items), vendor, keeper=store, rules=Rules(full=True))

    live = store.live_ids("toy", Task, "a", "items")
    assert found.outcome.counts.gone == 1
    assert "3" in live
    assert "7" not in live


def test_what_hangs_on_a_bad_row_is_not_taken_for_gone(make, store):
    site = make("trello", store)
    site.read()
    hours, said = site.live(TimeEntry), site.live(Activity)
    busy = next(e.task for e in site.world.times_of("trello") if e.task)
    id_ = site.vendor.shapes.card_id(busy)
    site.wait(hours=25)
    spoiling(site, lambda rows: [row.update(idList=7) for row in rows if row["id"] == id_])

    found = site.read()

    assert [row.id for row in found.outcome.skipped] == [id_]
    assert found.outcome.counts.gone == 0
    assert (site.live(TimeEntry), site.live(Activity)) == (hours, said)


def test_a_document_keeps_its_lines_in_order(make, store):
    site = make("xero", store)
    site.read()

    for document in site.live(Document).values():
        assert all(isinstance(line, Line) for line in document.lines)
    assert differences(site) == []


def test_a_page_of_html_in_the_middle_of_a_run_is_an_error(work):
    # Long enough to meet a page of rows: a count that is asked beside it may be lacking without harm.
    work.vendor.script.append(faults.html(When(after=6, times=6)))

    found = work.read()

    assert found.outcome.status in ("incomplete", "failed")
    assert "instead of JSON" in str(found.outcome.reasons)
