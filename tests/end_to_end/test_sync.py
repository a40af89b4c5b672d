"""`sightline sync` as scripts meet it: its JSON, its exit codes, what bad answers do."""

from __future__ import annotations

import json

import pytest

from sightline.sandbox import faults
from sightline.sandbox.faults import When
from sightline.sandbox.vendor import json_reply

_KEYS = [
    "source", "status", "reason", "scopes", "read", "new", "changed", "same", "gone", "skipped", "requests",
    "started_at", "finished_at", "checks",
]  # fmt: skip


def _cards(change):
    """A script that changes the first card of every list of cards in the vendor's own answer."""

    def answer(vendor, call):
        reply = vendor.own_answer(call)
        rows = json.loads(reply.body) if reply.status == 200 else []
        if isinstance(rows, list) and rows:
            rows[0] = change(rows[0])
        return json_reply(rows, reply.status)

    return faults.scripted(answer, When("/cards"))


def _sync(place, *args):
    told = place.run("sync", "--json", *args)
    return told, told.json


def test_the_answer_has_exactly_the_promised_shape_and_nothing_beside_it(serve):
    place = serve("trello")

    told = place.spawned("sync", "--json")

    assert (told.code, list(told.json)) == (0, ["status", "sources"])
    assert [list(source) for source in told.json["sources"]] == [_KEYS]
    assert told.json["status"] == told.json["sources"][0]["status"] == "complete"
    assert told.err == ""


def test_a_second_sync_asks_little_and_finds_nothing_new(serve):
    place = serve()
    first, second = _sync(place)[1], _sync(place)[1]

    assert (first["status"], second["status"]) == ("complete", "complete")
    assert sum(source["new"] for source in first["sources"]) > 500
    for source in second["sources"]:
        assert (source["source"], source["new"], source["changed"], source["gone"]) == (source["source"], 0, 0, 0)
    assert sum(s["requests"] for s in second["sources"]) < sum(s["requests"] for s in first["sources"]) / 2


def test_one_failing_source_leaves_the_others_and_ends_with_2(serve):
    place = serve("trello", "git")
    place.vendor("trello").script.append(faults.refused())

    told, run = _sync(place)

    assert (told.code, run["status"]) == (2, "partial")
    assert {s["source"]: s["status"] for s in run["sources"]} == {
        "trello": "failed", "site_git": "complete", "code_git": "complete",
    }  # fmt: skip
    assert {row["source"] for row in place.rows("activity")} == {"site_git", "code_git"}


def test_when_every_source_fails_it_ends_with_1_and_keeps_what_was_there(serve):
    place = serve("trello")
    _sync(place)
    held = place.rows("tasks")
    place.vendor("trello").script.append(faults.refused())

    told, run = _sync(place, "--full")

    assert (told.code, run["status"]) == (1, "failed")
    assert place.rows("tasks") == held != []


def test_an_unreachable_host_is_named_with_what_to_do(serve):
    place = serve("trello", "git")
    place.edit(f'site = "{place.vendor("trello").base}"', 'site = "http://127.0.0.1:9"\npatience_seconds = 0')

    told, run = _sync(place)

    assert told.code == 2
    assert "cannot reach it" in run["sources"][0]["reason"]


@pytest.mark.parametrize(
    ("script", "status", "says"),
    [
        (faults.refused(), "failed", "401"),
        (faults.html(When("/cards")), "incomplete", "HTML"),
        (faults.truncated(When("/cards", times=1)), "incomplete", "JSON"),
    ],
    ids=["refused", "html", "truncated"],
)
def test_what_a_source_or_proxy_answers_wrongly_is_told_and_the_rest_is_kept(serve, script, status, says):
    place = serve("trello")
    place.vendor("trello").script.append(script)

    told, run = _sync(place, "trello")

    source = run["sources"][0]
    assert (source["status"], says.casefold() in source["reason"].casefold()) == (status, True), source["reason"]
    assert told.code == (1 if status == "failed" else 2)
    assert "<html" not in source["reason"].casefold()


def test_a_right_missing_on_one_scope_keeps_the_others_and_removes_nothing(serve):
    place = serve("trello")
    _sync(place)
    before = place.rows("tasks")
    board = place.rows("scopes")[0]
    place.vendor("trello").script.append(faults.denied(f"/boards/{board['id']}"))

    told, run = _sync(place, "--full")

    assert (told.code, run["sources"][0]["status"]) == (2, "incomplete")
    assert [row["id"] for row in place.rows("tasks") if row["removed_at"] is None] == [
        row["id"] for row in before if row["removed_at"] is None
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda card: {**card, "id": None},
        lambda card: {**card, "dateLastActivity": 12},
        lambda card: {**card, "name": None, "idList": None},
        lambda card: "not a card",
    ],
    ids=["no id", "a number for an instant", "null where a value was", "text for a row"],
)
def test_a_row_that_cannot_be_read_is_listed_with_its_reason_until_it_is_accepted(serve, change):
    place = serve("trello")
    place.vendor("trello").script.append(_cards(change))

    told, run = _sync(place, "--verbose")
    source = run["sources"][0]
    others = len(place.rows("tasks"))

    assert (told.code, source["status"]) == (2, "incomplete")
    assert source["skipped"] == len(source["skipped_rows"]) > 0
    assert all(row["stream"] and row["reason"] for row in source["skipped_rows"])
    assert others > 10
    assert place.run("doctor").code in (1, 2)
    assert place.run("map", "--accept-skipped").code == 0
    assert _sync(place)[1]["status"] == "complete"


def test_odd_text_and_far_times_are_kept_and_nothing_else_suffers(serve):
    place = serve("trello")
    odd = {"name": "a\x00b \ud800 \x1b[31mred\nline", "desc": "x" * 10_000_000, "due": "2199-01-01T00:00:00.000Z"}
    place.vendor("trello").script.append(_cards(lambda card: {**card, **odd}))

    told, run = _sync(place)
    rows = [row for row in place.rows("tasks") if "red" in row["title"]]

    assert (told.code, run["status"]) == (0, "complete"), told.out
    assert rows
    assert {row["due_on"] for row in rows} == {"2199-01-01"}
    assert not any("\x00" in row["title"] or "\ud800" in row["title"] for row in rows)


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["sync", "trelo"], 1, "did you mean 'trello'?"),
        (["sync", "--fulll"], 64, "No such option"),
        (["snyc"], 64, "Did you mean `sightline sync`?"),
        (["explain", "acme_website"], 64, "Missing argument"),
        (["export", "taskz"], 1, "did you mean 'tasks'?"),
        (["export", "tasks", "--format", "jsnl"], 1, "did you mean 'jsonl'?"),
        (["status", "acme_web"], 1, "did you mean 'acme_website'?"),
    ],
)
def test_wrong_words_are_answered_with_the_right_ones(serve, args, code, says):
    place = serve("trello")

    told = place.run(*args)

    assert (told.code, says in told.err, told.out) == (code, True, ""), told.err


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ('estimate_field = "', 'estimate_feild = "', 1, "did you mean 'estimate_field'?"),
        ('connector = "trello"', 'connector = "trelo"', 1, "Did you mean 'trello'?"),
        ('connector = "trello"\n', "", 1, "sources.trello.connector: is missing"),
        ('currency = "GBP"\ntimezone', 'curency = "GBP"\ntimezone', 1, "did you mean 'currency'?"),
        ("[workspace]", "[workspace", 1, "is not valid TOML"),
        ('token = "file:secrets/trello.token"', 'token = "env:NO_SUCH_VARIABLE"', 1, "NO_SUCH_VARIABLE is not set"),
        ('token = "file:secrets/trello.token"\n', "", 1, "is missing (looked in"),
    ],
)
def test_a_wrong_file_is_told_with_the_nearest_right_name(serve, old, new, code, says):
    place = serve("trello")
    place.edit(old, new)

    told = place.run("sync")

    assert (told.code, says in " ".join((told.out + told.err).split())) == (code, True), told.out + told.err


def test_a_secret_in_the_file_works_and_is_warned_about_without_being_shown(serve):
    place = serve("trello")
    token = place.vendor("trello").workspace()["token"]
    place.edit('"file:secrets/trello.token"', f'"{token}"')

    told = place.run("sync", "--json")
    doctor = place.run("doctor")

    assert (told.code, "sources.trello.token is a secret written into sightline.toml" in told.err) == (0, True)
    assert (doctor.code, "is a secret written into" in doctor.out) == (2, True)
    assert token not in told.err + told.out + doctor.out


def test_debug_writes_a_private_log_without_any_secret(serve):
    place = serve("trello")
    token = place.vendor("trello").workspace()["token"]
    place.vendor("trello").script.append(faults.failing(When("/members"), status=503))
    place.edit("[sources.trello]", "[sources.trello]\npatience_seconds = 1")

    told = place.spawned("sync", "--debug", "--json")
    log = place.folder / ".sightline/debug.log"

    assert told.code == 1
    assert "Traceback" not in told.err
    assert log.stat().st_mode & 0o077 == 0
    assert token not in log.read_text("utf-8") + told.out + told.err
    assert "503" in log.read_text("utf-8") + told.out


def test_a_broken_plug_in_that_no_source_uses_is_a_warning(serve, tmp_path):
    place = serve("trello")
    site = tmp_path / "site"
    (site / "broken-1.0.dist-info").mkdir(parents=True)
    (site / "broken-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (site / "broken-1.0.dist-info/entry_points.txt").write_text("[sightline]\nbroken = broken_module\n")
    (site / "broken_module.py").write_text("import a_module_that_is_not_there\n")

    told = place.spawned("sync", "--json", env={"PYTHONPATH": str(site)})
    listed = place.spawned("plugins", "list", env={"PYTHONPATH": str(site)})
    doctor = place.spawned("doctor", "--json", env={"PYTHONPATH": str(site)})

    assert (told.code, told.json["status"]) == (0, "complete")
    assert "a_module_that_is_not_there is missing" in " ".join(listed.out.split())
    assert {f["level"] for f in doctor.json["findings"] if f["about"] == "plug-ins"} == {"warning"}
    assert doctor.code == 2
