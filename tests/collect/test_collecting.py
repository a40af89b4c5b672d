"""The engine as a connector author meets it: a toy tool, its made-up vendor, and what a run brings."""

import datetime as dt

import pytest
from pydantic import SecretStr

from sightline.sandbox.vendor import Call, Reply, Vendor, json_reply, route, text_reply
from sightline.sandbox.world import Source, World
from sightline.sdk import (
    Access,
    Bearer,
    Connector,
    FullList,
    Limits,
    Offset,
    RowError,
    Scope,
    Settings,
    Stream,
    Task,
    UpdatedAt,
    Verdict,
    instant,
)
from sightline.testing import MemoryKeeper, collect

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)


class ToySettings(Settings):
    site: str
    token: SecretStr


class Items(Stream):
    name = "items"
    delivers = (Task,)
    path = "/boards/{scope.id}/items"
    rows = "items"
    paging = Offset(page_size=3)
    cursor = UpdatedAt("updated", ordered=True)
    deletions = FullList()

    def params(self, scope, since):
        return {"since": since.at.isoformat() if since.at else None}

    def map(self, row, context):
        if row.get("broken"):
            raise RowError("status is missing")
        yield Task(
            id=str(row["id"]),
            scope=context.scope.id,
            key=f"T-{row['id']}",
            title=row["title"],
            kind="task",
            status="Open",
            state="todo",
            updated_at=instant(row["updated"]),
        )


class Toy(Connector):
    name = "toy"
    title = "Toy"
    settings = ToySettings

    def base(self):
        return self.config.site

    def auth(self):
        return Bearer(self.config.token)

    def limits(self):
        return Limits(requests=1000, per_seconds=1, concurrent=3)

    def judge(self, answer):
        return Verdict("throttled", 2.0) if answer.status == 420 else None

    def check(self, fetch):
        return Access(fetch.one(self._me())["name"])

    def _me(self):
        from sightline.sdk import Request

        return Request("/me")

    def scopes(self, fetch, access):
        from sightline.sdk import Request

        return [Scope(id=b["id"], key=b["id"].upper(), name=b["id"]) for b in fetch.one(Request("/boards"))]

    def streams(self, access):
        return [Items()]


class ToyVendor(Vendor):
    def __init__(self, items):
        world = World(seed=1, now=NOW, name="w", currency="GBP", timezone="UTC")
        super().__init__(world, Source("toy", "toy"))
        self.items = items

    def workspace(self):
        return {"connector": "toy", "site": self.base, "token": "tok-123456"}

    def refuse(self, call: Call) -> Reply | None:
        if call.headers.get("authorization") != "Bearer tok-123456":
            return text_reply("who are you, tok-123456?", 401)
        return None

    @route("GET", "/me")
    def me(self, call):
        return json_reply({"name": "M. Lind"})

    @route("GET", "/boards")
    def boards(self, call):
        return json_reply([{"id": board} for board in self.items])

    @route("GET", "/boards/{board}/items")
    def list(self, call):
        rows = sorted(self.items[call.args["board"]], key=lambda r: r["updated"])
        since = call.query.get("since")
        rows = [r for r in rows if not since or instant(r["updated"]) >= instant(since)]
        start, size = int(call.query["startAt"]), int(call.query["maxResults"])
        return json_reply({"items": rows[start : start + size], "total": len(rows)})


def item(number, minute=0, **more):
    return {"id": number, "title": f"item {number}", "updated": f"2026-11-19T08:{minute:02}:00Z", **more}


def test_a_first_run_reads_every_page_of_every_scope():
    found = collect(Toy, ToyVendor({"a": [item(n, n) for n in range(8)], "b": [item(100)]}))

    assert sorted(map(int, found.records(Task))) == [0, 1, 2, 3, 4, 5, 6, 7, 100]
    assert found.outcome.status == "complete"
    assert found.outcome.counts.new == 9 + 2  # the tasks and the two scopes


def test_a_second_run_asks_only_for_what_changed_and_finds_an_edit():
    vendor = ToyVendor({"a": [item(n, n) for n in range(8)]})
    first = collect(Toy, vendor)
    vendor.items["a"][2] = item(2, 50, title="renamed")

    second = collect(Toy, vendor, keeper=first.keeper)

    assert second.records(Task)["2"].title == "renamed"
    assert second.outcome.counts.changed == 1
    # 3 … 7 lie within the overlap of five minutes before the newest row of the first run
    assert second.outcome.counts.read == 6


def test_a_row_that_cannot_be_read_is_skipped_with_its_reason_and_the_rest_kept():
    found = collect(Toy, ToyVendor({"a": [item(1), item(2, broken=True), item(3)]}))

    assert sorted(found.records(Task)) == ["1", "3"]
    assert [(s.id, s.reason) for s in found.outcome.skipped] == [("2", "status is missing")]
    assert found.outcome.status == "incomplete"


def test_a_deleted_row_is_gone_after_a_full_pass_but_never_because_of_an_empty_list():
    from sightline.collect.passes import Rules

    vendor = ToyVendor({"a": [item(n, n) for n in range(8)]})
    first = collect(Toy, vendor)
    del vendor.items["a"][3]
    after_delete = collect(Toy, vendor, keeper=first.keeper, rules=Rules(full=True))
    vendor.items["a"].clear()
    after_empty = collect(Toy, vendor, keeper=first.keeper, rules=Rules(full=True))

    assert after_delete.outcome.counts.gone == 1
    assert after_delete.outcome.status == "complete"
    assert after_empty.outcome.counts.gone == 0
    assert after_empty.outcome.status == "incomplete"
    assert "7 of 7 stored rows (Task) would vanish" in after_empty.outcome.reason
    assert len(first.keeper.live(Task)) == 7


def test_a_wrong_token_fails_the_source_without_showing_it():
    vendor = ToyVendor({"a": []})
    found = collect(Toy, vendor, token=SecretStr("wrong-token"))

    assert found.outcome.status == "failed"
    assert "401" in found.outcome.reason
    assert "tok" not in found.outcome.reason.replace("token", "")


def test_a_throttled_call_waits_and_is_made_again():
    vendor = ToyVendor({"a": [item(1)]})
    answers = [Reply(420), Reply(429, headers={"retry-after": "7"})]
    vendor.script.append(lambda v, call: answers.pop() if answers and "items" in call.path else None)

    found = collect(Toy, vendor)

    assert found.outcome.status == "complete"
    assert sorted(found.records(Task)) == ["1"]


def test_a_source_that_is_down_keeps_what_was_read(monkeypatch):
    import stamina

    vendor = ToyVendor({"a": [item(1)]})
    first = collect(Toy, vendor)
    vendor.script.append(lambda v, call: Reply(502) if "items" in call.path else None)
    stamina.set_testing(True, attempts=100)
    try:
        second = collect(Toy, vendor, keeper=first.keeper)
    finally:
        stamina.set_testing(False)

    assert second.outcome.status in ("incomplete", "failed")
    assert "HTTP 502" in second.outcome.reason
    assert sorted(second.records(Task)) == ["1"]


@pytest.mark.parametrize("body", [b"<html>login</html>", b'{"items": [', b'{"items": {"a": 1}, "x"'])
def test_an_answer_of_another_kind_removes_nothing_and_says_so(body):
    vendor = ToyVendor({"a": [item(1)]})
    kind = {"content-type": "text/html" if body.startswith(b"<") else "application/json"}
    vendor.script.append(lambda v, call: Reply(200, body, kind) if "items" in call.path else None)

    found = collect(Toy, vendor)

    assert found.outcome.status == "incomplete"
    assert "JSON" in found.outcome.reason


def test_a_server_that_repeats_its_page_is_noticed():
    vendor = ToyVendor({"a": [item(n, n) for n in range(4)]})

    class Looping(Items):
        from sightline.sdk import NextToken

        paging = NextToken(param="token", token="next", last=None)

    class LoopToy(Toy):
        def streams(self, access):
            return [Looping()]

    vendor.script.append(
        lambda v, call: json_reply({"items": v.items["a"], "next": "same"}) if "items" in call.path else None
    )

    found = collect(LoopToy, vendor)

    assert "loop" in found.outcome.reason
    assert len(vendor.calls) == 4  # me, boards, first page, the page the token names; never a third


def test_the_keeper_gets_state_only_with_rows():
    keeper = MemoryKeeper()
    collect(Toy, ToyVendor({"a": [item(n, n) for n in range(8)]}), keeper=keeper)

    states = [landing.checkpoint for landing in keeper.landings if landing.stream == "items"]

    assert [state["cursor"]["newest"] for state in states if "newest" in state.get("cursor", {})] == [
        "2026-11-19T08:02:00Z",
        "2026-11-19T08:05:00Z",
        "2026-11-19T08:07:00Z",  # the last page
        "2026-11-19T08:07:00Z",  # the pass is settled
    ]


def test_a_short_page_with_a_next_link_is_not_the_last():
    from sightline.sdk import Answer, Request, SinceKeyset

    paging = SinceKeyset(page_size=3)
    first = paging.first(Request("/issues"))
    rows = [{"updated_at": "2026-11-19T08:00:00Z"}, {"updated_at": "2026-11-19T08:05:00Z"}]
    more = Answer(200, {"link": '<https://x.example/issues?page=2>; rel="next"'}, rows)

    assert paging.after(first, Answer(200, {}, rows), rows) is None
    assert paging.after(first, more, rows).params["since"] == "2026-11-19T08:05:00Z"
    assert paging.after(first, more, []).params["page"] == 2


def test_credentials_that_see_nothing_are_not_a_complete_source():
    found = collect(Toy, ToyVendor({}))

    assert found.outcome.status == "incomplete"
    assert "see nothing" in found.outcome.reason


def test_a_row_dated_in_the_future_does_not_carry_the_cursor_away_even_where_the_server_tells_no_time():
    vendor = ToyVendor({"a": [item(1, 1), {**item(2, 2), "updated": "2046-01-01T00:00:00Z"}]})
    vendor.finish = lambda call, reply: reply  # no Date header

    first = collect(Toy, vendor)
    vendor.items["a"].append({**item(3), "updated": "2026-11-20T09:10:00Z"})
    second = collect(Toy, vendor, keeper=first.keeper)

    assert "3" in second.records(Task)
    assert any("1 rows are dated in the future" in note and "(2)" in note for note in first.outcome.notes)
