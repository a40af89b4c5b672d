"""Checks of what must never happen: writes, leaked secrets, lost rows because of one bad row, memory that grows."""

from __future__ import annotations

import dataclasses
import gc
import io
import json
import logging
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sightline.collect.decode import encode_json
from sightline.model.collected import Counts, Landing
from sightline.sandbox.vendor import Call, Reply, Vendor
from sightline.testing.kit.bench import Bench, Trial
from sightline.testing.kit.check import Exempt, need, promise
from sightline.testing.memory import MemoryKeeper

__all__: list[str] = []

_HOSTILE = "kit \x00 \u202e \x1b[31m <script>alert(1)</script> 👩‍🚀 Ω \ud800 =1+1 '; DROP"
_BIG_PAGE = 50_000
_BIG = "kit: big " + "x" * (10 * 1024 * 1024)


@contextmanager
def _everything_logged() -> Iterator[io.StringIO]:
    """What any logger of this process says meanwhile, at DEBUG."""
    stream = io.StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def _echoing(secret: str) -> Callable[[Vendor, Call], Reply]:
    body = json.dumps({"message": f"no access for {secret}", secret: secret}).encode()
    return lambda _v, _c: Reply(400, body, {"content-type": "application/json", "x-echo": secret})


@promise("secrets", "`map`, `check()` and `judge()`: no logging, no quoting", "verdicts")
def secrets_reach_no_log(bench: Bench) -> None:
    """No secret is in any log record or reason, not even when the server sends it back in an error."""
    trial = bench.trial()
    secrets = bench.secrets
    with _everything_logged() as log:
        good = trial.run()
        trial.vendor.script.append(bench.on_work(_echoing(secrets[-1])))
        bad = trial.run(full=True)
    text = log.getvalue() + repr(good.outcome) + repr(bad.outcome)
    need(not [s for s in secrets if s in text], "a secret stands in a log record or a reason")


@promise("secrets", "`complete()` and `facts` of `check()`: leave out what must not be kept", "complete")
def secrets_are_not_kept(bench: Bench) -> None:
    """No secret is in a record, a raw row or a checkpoint."""
    secrets, keeper = bench.secrets, bench.first.keeper
    raw = b"".join(landing.raw or b"" for landing in keeper.landings).decode()
    text = raw + repr(keeper.rows) + repr(keeper.states)
    need(not [s for s in secrets if s in text], "a secret is kept")


@promise("secrets", "`auth()` in connector.py: sign in a header", "reach")
def secrets_stay_out_of_addresses(bench: Bench) -> None:
    """No secret is in the address of a call, where proxies and servers log it."""
    secrets = bench.secrets
    text = " ".join(f"{call.path} {call.query}" for call, _ in bench.first.tape)
    need(not [s for s in secrets if s in text], "a secret is in an address")


@promise("secrets", "`method` of every Request; `Terms.reads_by_post` of the made-up vendor", "reach")
def secrets_nothing_is_written(bench: Bench) -> None:
    """Only GET is sent, and POST only where the tool reads by it."""
    allowed = bench.first.vendor.terms.reads_by_post
    wrong = sorted(
        {
            f"{call.method} {call.path}"
            for call, _ in [*bench.first.tape]
            if call.method != "GET" and not (call.method == "POST" and any(part in call.path for part in allowed))
        }
    )
    need(not wrong, f"sent: {', '.join(wrong[:3])}")
    mutating = [call for call, _ in bench.first.tape if b"mutation" in call.body[:200]]
    need(not mutating, "a GraphQL mutation was sent")


# --- hostile data ----------------------------------------------------------------------------------------------------


@promise("hostile data", "`map`: texts as they come, no parsing of titles", "map")
def hostile_text_arrives(bench: Bench) -> None:
    """NUL, control characters, emoji, lone surrogates and markup in a title harm nothing."""
    trial = bench.over_http().trial()
    thing = trial.subject.pick(2)
    trial.subject.rename(thing, _HOSTILE)
    outcome = trial.run().outcome
    need(outcome.status == "complete", f"the run is {outcome.status}: {outcome.reason}")
    found = [t for r in trial.all_of(trial.subject.kind) if "👩‍🚀" in (t := trial.subject.text_of(r))]
    need(len(found) == 1, "the title did not arrive")
    need("\x00" not in found[0] and "\ud800" not in found[0], "what no database takes was kept")


@promise("hostile data", "`map`", "map")
def hostile_length_is_bearable(bench: Bench) -> None:
    """A text of 10 MB stops neither the run nor the other rows."""
    trial = bench.over_http().trial()
    wanted = trial.subject.texts()
    thing = trial.subject.pick(2)
    trial.subject.rename(thing, _BIG)
    outcome = trial.run().outcome
    need(outcome.status != "failed", f"the run failed: {outcome.reason}")
    stored = {trial.subject.text_of(r) for r in trial.all_of(trial.subject.kind)}
    missing = [text for text in wanted if text not in stored]
    need(len(missing) <= 1, f"{len(missing)} other things are missing")


@promise("hostile data", "`map`: name the fields that you read", "map")
def hostile_new_fields_are_ignored(bench: Bench) -> None:
    """Fields that the tool adds one day change nothing."""
    trial = bench.over_http().trial()
    trial.vendor.script.append(bench.on_work(_spoiling(_with_new_fields)))
    trial.run()
    kind = bench.first.subject.kind
    found, known = ({k: r for k, r in t.rows().items() if k[0] is kind} for t in (trial, bench.first))
    need(found == known, "records differ")


def _spoiling(change: Callable[[Any], Any]) -> Callable[[Vendor, Call], Reply]:
    """The vendor's own answer with its JSON changed."""

    def spoil(vendor: Vendor, call: Call) -> Reply:
        reply = vendor.own_answer(call)
        try:
            body = json.loads(reply.body)
        except ValueError:
            return reply
        return dataclasses.replace(reply, body=json.dumps(change(body)).encode())

    return spoil


def _with_new_fields(body: Any) -> Any:
    if isinstance(body, list):
        return [_with_new_fields(item) for item in body]
    if isinstance(body, dict):
        return (
            {**{k: _with_new_fields(v) for k, v in body.items()}, "zzKitField": {"a": [1, None]}}
            if "id" in body
            else {k: _with_new_fields(v) for k, v in body.items()}
        )
    return body


def _with_bad_row(marker: str, keep: frozenset[str]) -> Callable[[Any], Any]:
    """Rows that hold the marker keep nothing but what tells them apart."""

    def spoil(body: Any) -> Any:
        if isinstance(body, list):
            return [_bare(item, keep) if _holds(item, marker) else item for item in body]
        return {k: spoil(v) for k, v in body.items()} if isinstance(body, dict) else body

    return spoil


def _holds(item: Any, marker: str) -> bool:
    return isinstance(item, dict) and marker in json.dumps(item)


def _bare(item: dict[str, Any], keep: frozenset[str]) -> dict[str, Any]:
    return {k: v for k, v in item.items() if k in keep}


def _with_a_bad_row(bench: Bench) -> Trial:
    trial = bench.over_http().trial()
    thing = trial.subject.pick(2)
    trial.subject.rename(thing, "kit-bad-row")
    keep = frozenset(stream.id.split(".")[0] for stream in bench.declared)
    trial.vendor.script.append(bench.on_work(_spoiling(_with_bad_row("kit-bad-row", keep))))
    return trial


@promise("hostile data", "`map`: raise RowError for what cannot be read, default nothing", "map")
def hostile_row_is_set_aside(bench: Bench) -> None:
    """One row without its fields is set aside with a reason; all others arrive, and the run says so."""
    trial = _with_a_bad_row(bench)
    outcome = trial.run().outcome
    need(outcome.status == "incomplete", f"the run is {outcome.status}")
    need(outcome.skipped and all(row.reason for row in outcome.skipped), "no row was set aside with a reason")
    need("kit-bad-row" not in repr(outcome), "the reason quotes the row")
    stored = {trial.subject.text_of(r) for r in trial.all_of(trial.subject.kind)}
    missing = [text for text in trial.subject.texts() if text not in stored and text != "kit-bad-row"]
    need(not missing, f"{len(missing)} other things are missing")


@promise("hostile data", "`cursor` of the stream, and `map`", "map")
def hostile_row_heals(bench: Bench) -> None:
    """A row that could not be read is there once it can be, and the run is complete again."""
    trial = _with_a_bad_row(bench)
    trial.run()
    trial.vendor.script.clear()
    outcome = trial.run(full=True, later_h=25).outcome
    need(trial.find("kit-bad-row"), "it is still missing")
    need(outcome.status == "complete", f"the run is {outcome.status}: {outcome.reason}")


class _Forgetful(MemoryKeeper):
    """Keeps nothing, and measures at every page what is in memory."""

    def __init__(self, trial: Trial) -> None:
        super().__init__()
        self.trial = trial
        self.held: list[int] = []
        self.landed: list[int] = []

    def land(self, landing: Landing) -> Counts:
        for waste in (self.trial.tape, self.trial.vendor.calls, self.landings):
            waste.clear()
        if landing.raw and len(landing.raw) > _BIG_PAGE:
            gc.collect()
            self.held.append(tracemalloc.get_traced_memory()[0])
            self.landed.append(len(landing.raw))
        if landing.checkpoint is not None:
            self.states[landing.source, landing.stream, landing.scope] = encode_json(landing.checkpoint)
        return Counts()


@promise("hostile data", "`map` and `complete()`: keep no rows in the connector, the stream or the context", "map")
def hostile_volume_keeps_memory_flat(bench: Bench) -> None:
    """Many pages take no more memory than few: nothing piles up in the connector."""
    trial = bench.over_http().trial()
    terms = trial.vendor.terms
    # Pages of about 160 kB, however many rows the tool puts on one.
    rows, length = (200, 12_000) if terms.caps_pages or terms.small_pages else (920, 1000)
    for number in range(rows):
        trial.subject.add(f"kit filler {number} " + "y" * length)
    trial.vendor.page_cap = 10
    keeper = _Forgetful(trial)
    tracemalloc.start()
    try:
        trial.run(keeper=keeper)
    finally:
        tracemalloc.stop()
    if len(keeper.held) < 9:
        raise Exempt("its rows come in too few pages to tell")
    # The least that was held in a part: pages in flight come and go.
    third = len(keeper.held) // 3
    early, late = keeper.held[1 : third + 1], keeper.held[-third:]
    grown, read = min(late) - min(early), sum(keeper.landed[third:-third])
    need(grown < read // 2, f"{grown // 1024} kB stayed of {read // 1024} kB read")
