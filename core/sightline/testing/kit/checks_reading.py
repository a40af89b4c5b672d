"""Checks of lists: paging of every kind, repeats, loops, drift; limits; what servers and networks do wrong."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sightline.collect.paging import SinglePage
from sightline.sandbox.vendor import Call, Reply, Vendor, text_reply
from sightline.testing.kit.bench import Bench, Trial
from sightline.testing.kit.check import Exempt, need, promise

__all__: list[str] = []

_MANY = 230
_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


def lacks(trial: Trial) -> str:
    """What is missing or too much of the subject's things; empty when all are there."""
    subject = trial.subject
    stored = [subject.text_of(record) for record in trial.all_of(subject.kind)]
    wanted = subject.texts()
    missing = sum((wanted - type(wanted)(stored)).values())
    return f"{missing} of {sum(wanted.values())} things are missing" if missing else ""


def _paged(bench: Bench) -> Trial:
    """A vendor whose lists take several pages, not read yet."""
    trial = bench.over_http().trial(small_pages=True)
    terms = trial.vendor.terms
    if not terms.caps_pages and not terms.small_pages:
        for number in range(_MANY):
            trial.subject.add(f"kit filler {number}")
    return trial


def _several(bench: Bench, trial: Trial) -> None:
    """Exempt unless some list of the subject's things was really read in several calls."""
    asked: dict[str, set[str]] = {}
    for call, _ in trial.tape:
        if call.path in bench.work_paths:
            asked.setdefault(call.path, set()).add(repr((sorted(call.query.items()), call.body)))
    if max((len(calls) for calls in asked.values()), default=0) < 2:
        raise Exempt("its lists come in one piece")


@promise("paging", "`paging` of the stream", "paging")
def paging_reads_every_page(bench: Bench) -> None:
    """Lists of several pages arrive whole."""
    trial = _paged(bench)
    outcome = trial.run().outcome
    need(outcome.status == "complete", f"the run is {outcome.status}: {outcome.reason}")
    need(not lacks(trial), lacks(trial))
    _several(bench, trial)


@promise("paging", "`paging` of the stream: pages capped by the server must not end the list", "paging")
def paging_survives_short_pages(bench: Bench) -> None:
    """A server that gives fewer rows a page than asked for loses nothing."""
    trial = bench.over_http().trial()
    if not trial.vendor.terms.caps_pages:
        raise Exempt("the server never caps a page below what is asked for")
    trial.vendor.page_cap = 3
    trial.run()
    need(not lacks(trial), lacks(trial))


@promise("paging", "`id` in `map`: the tool's own id, so that a repeat is the same record", "identity")
def paging_repeat_adds_nothing(bench: Bench) -> None:
    """Reading everything twice changes nothing."""
    trial = bench.read()
    before = trial.rows()
    counts = trial.run(full=True).outcome.counts
    need(
        (counts.new, counts.changed, counts.gone) == (0, 0, 0),
        f"a repeat gave {counts.new} new, {counts.changed} changed, {counts.gone} gone",
    )
    need(trial.rows() == before, "the records differ")


@promise("paging", "`paging` of the stream: let the framework see each request", "paging")
def paging_loop_is_noticed(bench: Bench) -> None:
    """A server that sends its first page for ever does not hold the run, nor is the run called complete."""
    trial = _paged(bench)
    firsts: dict[str, Reply] = {}

    def first_again(vendor: Vendor, call: Call) -> Reply:
        reply = firsts.setdefault(call.path, vendor.own_answer(call))
        return dataclasses.replace(reply, headers=dict(reply.headers))

    trial.vendor.script.append(bench.on_lists(first_again))
    outcome = trial.run().outcome
    need(len(trial.tape) < 1000, f"{len(trial.tape)} calls were made")
    need(outcome.status != "complete" or not lacks(trial), f"the run is complete though {lacks(trial)}")


@promise("paging", "`deletions` of the stream and its paging", "deletions")
def paging_lost_page_removes_nothing(bench: Bench) -> None:
    """A page that comes back empty in the middle of a list is no reason to remove what was on it."""
    trial = _paged(bench)
    trial.run()
    kind, before = trial.subject.kind, trial.rows()
    fullest, _ = Counter(getattr(record, "scope", "") for record in trial.all_of(kind)).most_common(1)[0]
    trial.tape.clear()
    trial.run(full=True, scopes=(fullest,))
    calls = Counter(call.path for call, _ in trial.tape if call.path in bench.work_paths)
    for lost in (lambda _last: 2, lambda last: last):
        trial.vendor.script[:] = [bench.on_work(_empty_at({path: lost(last) for path, last in calls.items()}))]
        trial.run(full=True, later_h=25, scopes=(fullest,))
        need(_kept(trial, before), "rows were removed")


def _empty_at(numbers: Mapping[str, int]) -> Callable[[Vendor, Call], Reply | None]:
    """Empties one answer of each path: the call of that number, where it is not the first."""
    asked: Counter[str] = Counter()

    def script(vendor: Vendor, call: Call) -> Reply | None:
        asked[call.path] += 1
        return _emptied(vendor, call) if 1 < asked[call.path] == numbers.get(call.path) else None

    return script


@promise("paging", "`deletions` of the stream", "deletions")
def paging_empty_answer_removes_nothing(bench: Bench) -> None:
    """A list that is suddenly empty, with status 200, is not believed."""
    trial = bench.over_http().read()
    before = trial.rows()
    trial.vendor.script.append(bench.on_work(_emptied))
    trial.run(full=True, later_h=25)
    need(_kept(trial, before), "rows were removed")


def _kept(trial: Trial, before: Any) -> bool:
    kind = trial.subject.kind
    return {key for key in before if key[0] is kind} <= trial.rows().keys()


def _emptied(vendor: Vendor, call: Call) -> Reply:
    reply = vendor.own_answer(call)
    body = json.loads(reply.body) if reply.body else None
    return dataclasses.replace(reply, body=json.dumps(_without_rows(body)).encode())


def _without_rows(body: Any) -> Any:
    """The same answer with its lists of objects empty; counts stay as they were."""
    if isinstance(body, list):
        return [] if any(isinstance(item, dict) for item in body) else body
    return {name: _without_rows(value) for name, value in body.items()} if isinstance(body, dict) else body


@promise("paging", "`paging` and `cursor`: page by update time, or newest first one page after the other", "paging")
def paging_drift_loses_nothing(bench: Bench) -> None:
    """A thing edited while the list is read pushes no other one out of it; the next run has everything."""
    trial = _paged(bench)
    _several_first(bench)
    thing = trial.subject.pick(1)
    trial.vendor.script.append(
        bench.on_work(lambda _v, _c: trial.subject.rename(thing, "edited by the kit"), after=1, times=1)
    )
    trial.run()
    trial.run()
    need(not lacks(trial), lacks(trial))


def _several_first(bench: Bench) -> None:
    if all(isinstance(stream.paging, SinglePage) for stream in bench.declared):
        raise Exempt("its lists come in one piece")


# --- limits ----------------------------------------------------------------------------------------------------------


def _once(bench: Bench, reply: Reply) -> Trial:
    trial = bench.over_http().trial()
    trial.vendor.script.append(
        bench.on_work(lambda _v, _c: dataclasses.replace(reply, headers=dict(reply.headers)), times=1)
    )
    return trial


def _whole(trial: Trial) -> None:
    outcome = trial.run().outcome
    need(outcome.status == "complete", f"the run is {outcome.status}: {outcome.reason}")
    need(not lacks(trial), lacks(trial))


@promise("limits", "`judge()` in connector.py: leave 429 to the framework, or give `wait_s`", "verdicts")
def limits_retry_after_is_obeyed(bench: Bench) -> None:
    """429 with Retry-After waits that long and loses nothing."""
    trial = _once(
        bench, Reply(429, b'{"message": "slow down"}', {"retry-after": "7", "content-type": "application/json"})
    )
    _whole(trial)
    need(sum(trial.slept) >= 7, f"waited {sum(trial.slept):.1f} s of 7")


@promise("limits", "`judge()` in connector.py", "verdicts")
def limits_throttle_without_a_time(bench: Bench) -> None:
    """429 that does not say how long is waited out, and loses nothing."""
    _whole(_once(bench, Reply(429, b"{}", {"content-type": "application/json"})))


@promise("limits", "`judge()` in connector.py", "verdicts")
def limits_busy_server_is_waited_for(bench: Bench) -> None:
    """503 with Retry-After is a limit, not a failure."""
    trial = _once(bench, Reply(503, b"busy", {"retry-after": "3", "content-type": "text/plain"}))
    _whole(trial)
    need(sum(trial.slept) >= 3, f"waited {sum(trial.slept):.1f} s of 3")


@promise("limits", "`limits()` in connector.py", "reach")
def limits_are_declared(bench: Bench) -> None:
    """The connector says how fast its tool may be read, and how many calls at a time."""
    limits = bench.over_http().connector(bench.connector.settings(**bench.table())).limits()
    need(
        limits.requests > 0 and 0 < limits.concurrent <= 32 and limits.per_seconds > 0,
        "limits() allows nothing, or everything",
    )


# --- faults ----------------------------------------------------------------------------------------------------------


@promise("faults", "`judge()` in connector.py", "verdicts")
def faults_one_error_is_retried(bench: Bench) -> None:
    """One 500 is tried again, and nothing is lost."""
    _whole(_once(bench, text_reply("Internal Server Error", 500)))


@promise("faults", "`judge()` in connector.py", "verdicts")
def faults_broken_connection_is_retried(bench: Bench) -> None:
    """A connection that breaks in the middle of an answer is tried again."""
    _whole(_once(bench, Reply(200, b"", cut=True)))


@promise("faults", "`cursor` of the stream, `judge()` in connector.py", "cursors")
def faults_down_then_up_loses_nothing(bench: Bench) -> None:
    """A source that goes down keeps what was read, says so, and the next run has the rest."""
    whole = bench.over_http().read(small_pages=True)
    calls = len([call for call, _ in whole.tape if call.path in bench.work_paths])
    for after in sorted({calls // 4, calls // 2, calls - 1}):
        trial, met = bench.trial(small_pages=True), [0]

        def down(_vendor: Vendor, _call: Call, met: list[int] = met) -> Reply:
            met[0] += 1
            return text_reply("Bad Gateway", 502)

        trial.vendor.script.append(bench.on_work(down, after=after))
        outcome = trial.run().outcome
        # A call that had to be made twice in the first run may not be there in this one, and then nothing goes down.
        need(outcome.status != "complete" or not met[0], "the run is complete though the source went down")
        trial.vendor.script.clear()
        _whole(trial)


@promise("faults", "`check()` and `scopes()`: decode through `fetch` only", "verdicts")
def faults_html_is_not_an_empty_list(bench: Bench) -> None:
    """A sign-in page with status 200 is no empty list: the run says so and removes nothing."""
    _odd(bench, lambda _v, _c: Reply(200, _PAGE, {"content-type": "text/html; charset=utf-8"}))


@promise("faults", "`complete()` and `map`: decode through `fetch` only", "verdicts")
def faults_cut_json_is_noticed(bench: Bench) -> None:
    """JSON that ends in the middle is noticed: the run says so and removes nothing."""

    def half(vendor: Vendor, call: Call) -> Reply:
        reply = vendor.own_answer(call)
        return dataclasses.replace(reply, body=reply.body[: len(reply.body) // 2])

    _odd(bench, half)


@promise("faults", "`rows` of the stream: the list must be where it is said to be", "paging")
def faults_other_shape_is_noticed(bench: Bench) -> None:
    """An answer of another shape (`{"ok": true}`) is no empty list: the run says so and removes nothing."""
    _odd(bench, lambda _v, _c: Reply(200, b'"ok"', {"content-type": "application/json"}))


def _odd(bench: Bench, script: Any) -> None:
    trial = bench.over_http().read()
    before = trial.rows()
    trial.vendor.script.append(bench.on_work(script))
    outcome = trial.run(full=True, later_h=25).outcome
    need(outcome.status != "complete", "the run is complete")
    need(before.keys() <= trial.rows().keys(), "rows were removed")


def _always(status: int) -> Callable[[Vendor, Call], Reply]:
    return lambda _v, _c: Reply(status, b"{}", {"content-type": "application/json"})


@promise("faults", "`judge()`: 403 for one scope is a lost right, never an empty one", "verdicts")
def faults_lost_scope_keeps_its_rows(bench: Bench) -> None:
    """403 and 404 for everything of one scope keep its rows, and the run is incomplete."""
    for status in (403, 404):
        trial = bench.over_http().read()
        before = trial.rows()
        trial.vendor.script.append(bench.on_work(_always(status)))
        outcome = trial.run(full=True, later_h=25).outcome
        need(before.keys() <= trial.rows().keys(), f"{status} removed rows")
        need(outcome.status != "complete", f"the run is complete in spite of {status}")
