"""Group H, plug-ins: whatever third-party code does, the other sources are complete and the message names the culprit."""

from __future__ import annotations

import logging
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from faults_local.toy import FakeTime, Items, Toy, plain, rows, run_of, toy
from faults_local.wild import Wild, reply
from sightline.collect import run as running
from sightline.collect.redact import REDACTOR
from sightline.collect.run import collect_all
from sightline.model.records import Task
from sightline.plugins.registry import load
from sightline.sdk import Access, RowError, Scope
from sightline.testing import MemoryKeeper

PLACES = ("check", "scopes", "streams", "lookups", "marks", "limits", "auth", "headers", "judge")


def raising(place: str, error: BaseException) -> type[Toy]:
    def fail(self, *args):
        raise error

    return type("Broken", (Toy,), {place: fail})


def together(*connectors: type[Toy], answer=plain):
    """The outcomes of one run over a source for each connector, and what they kept."""
    keepers = [MemoryKeeper() for _ in connectors]
    with Wild(answer) as server:
        runs = [
            run_of(toy(server.url, cls), f"source{n}", keeper=keeper, clock=FakeTime().clock())
            for n, (cls, keeper) in enumerate(zip(connectors, keepers, strict=True))
        ]
        return collect_all(runs), keepers


# --- raising ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize(
    "error", [ValueError("a client's text"), SystemExit(3), KeyboardInterrupt(), RecursionError(), MemoryError()]
)
def test_f085_a_plugin_that_raises_takes_out_only_its_own_source(error, at):
    connectors = [Toy, Toy, Toy]
    connectors[at] = raising("scopes", error)

    outcomes, _keepers = together(*connectors)

    assert [o.status for n, o in enumerate(outcomes) if n != at] == ["complete", "complete"]
    assert outcomes[at].status == "failed"
    assert f"the plug-in toy failed ({type(error).__name__}" in outcomes[at].reason
    assert "a client's text" not in repr(outcomes)


@pytest.mark.parametrize("place", PLACES)
def test_f085_wherever_it_raises_the_others_are_complete(place):
    (broken, good), _ = together(raising(place, ZeroDivisionError()), Toy)

    assert broken.status in ("failed", "incomplete")
    assert good.status == "complete"


def test_f085_the_message_names_the_place_in_the_plugin():
    (broken,), _ = together(raising("scopes", ValueError("x")))

    assert "in fail, line" in broken.reason
    assert "of test_h_plugins.py" in broken.reason


class LateStream(Items):
    def map(self, row, context):
        yield from super().map(row, context)
        if row["id"] == 2:
            raise ValueError("after the first record")


class Late(Toy):
    def streams(self, access):
        return [LateStream()]


def test_f087_a_generator_that_raises_late_costs_one_row_whole():
    (outcome,), (keeper,) = together(Late)

    assert sorted(keeper.live(Task)) == ["1", "3"]
    assert [(s.id, "ValueError" in s.reason, "after the first" in s.reason) for s in outcome.skipped] == [
        ("2", True, False)
    ]


@pytest.mark.parametrize(
    "value", [None, "text", 5, [None], ["x"], [{"id": 1}], [Scope(id="a", key="a", name="a")], b"x", [Task]]
)
def test_f087_a_map_that_returns_something_else_is_quarantined(value):
    class Odd(Items):
        def map(self, row, context):
            return value

    class OddToy(Toy):
        def streams(self, access):
            return [Odd()]

    (outcome, good), (keeper, _) = together(OddToy, Toy)

    assert keeper.live(Task) == {}
    assert outcome.status == "incomplete"
    assert len(outcome.skipped) == 3
    assert good.status == "complete"


@pytest.mark.parametrize("place", ["scopes", "streams", "lookups", "check", "limits", "auth"])
@pytest.mark.parametrize("value", ["text", 5, [None], [b"x"], {"a": 1}])
def test_f087_a_hook_that_returns_a_wrong_type_fails_only_its_source(place, value):
    odd = type("Odd", (Toy,), {place: lambda self, *args: value})

    (broken, good), (keeper, _) = together(odd, Toy)

    assert broken.status in ("failed", "incomplete")
    assert keeper.live(Task) == {}
    assert good.status == "complete"


def test_f087_a_record_with_a_wrong_type_inside_is_quarantined_without_its_value():
    class Wrong(Items):
        def map(self, row, context):
            for task in super().map(row, context):
                fields = {name: getattr(task, name) for name in task.__struct_fields__}
                yield Task(**{**fields, "spent_seconds": 1.5 if row["id"] == 2 else None})

    class WrongToy(Toy):
        def streams(self, access):
            return [Wrong()]

    (outcome,), (keeper,) = together(WrongToy)

    assert sorted(keeper.live(Task)) == ["1", "3"]
    assert "spent_seconds" in outcome.skipped[0].reason


# --- hanging ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch):
    """A second of silence is too long; and a way to let the hanging ones go in the end."""
    go = threading.Event()
    monkeypatch.setattr(running, "QUIET_S", -1.0)
    monkeypatch.setattr(running, "_LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(running, "_left", [])
    yield go
    go.set()
    for thread in threading.enumerate():
        if thread.name.startswith("source"):
            thread.join(10)


def hanging(place: str, go: threading.Event) -> type[Toy]:
    class Stuck(Items):
        def map(self, row, context):
            if place == "map":
                go.wait()
            return super().map(row, context)

        def complete(self, rows, scope, fetch):
            if place == "complete":
                go.wait()
            return rows

    class StuckToy(Toy):
        def check(self, fetch):
            if place == "check":
                go.wait()
            return Access("x")

        def scopes(self, fetch, access):
            if place == "scopes":
                go.wait()
            return super().scopes(fetch, access)

        def streams(self, access):
            return [Stuck()]

    return StuckToy


@pytest.mark.parametrize("place", ["check", "scopes", "map", "complete"])
def test_f085_a_plugin_that_hangs_is_left_behind_and_the_others_are_complete(place, impatient):
    began = time.monotonic()
    with Wild(plain) as server:
        keeper = MemoryKeeper()
        runs = [
            run_of(toy(server.url, hanging(place, impatient), request_seconds=1), "stuck", keeper=keeper),
            run_of(toy(server.url), "good"),
        ]
        stuck, good = collect_all(runs)
    took = time.monotonic() - began
    landed = len(keeper.landings)
    impatient.set()
    threads = [t for t in threading.enumerate() if t.name.startswith(("source-stuck", "stuck-"))]
    for thread in threads:
        thread.join(10)

    assert took < 8
    assert good.status == "complete"
    assert stuck.status == "failed"
    assert "did nothing for 1 s" in stuck.reason
    assert f"in {place}, line" in stuck.reason
    assert running.was_left_behind()
    # It woke up, and could change nothing any more.
    assert len(keeper.landings) == landed
    assert keeper.live(Task) == {}


def test_f085_a_source_that_waits_on_purpose_is_not_taken_for_hanging(impatient):
    from sightline.collect.clock import Clock

    answers = [reply({}, 429, retry_after="3"), reply(rows(1))]
    with Wild(lambda *_: answers.pop(0)) as server:
        (outcome,) = collect_all([run_of(toy(server.url, request_seconds=1), "slow", clock=Clock())])

    assert outcome.status == "complete"
    assert not running.was_left_behind()


def test_f085_the_command_ends_although_a_plugin_hangs(tmp_path):
    script = textwrap.dedent(
        """
        import importlib, threading
        from faults_local.toy import Items, Toy, plain, run_of, toy
        from faults_local.wild import Wild
        cli = importlib.import_module("sightline.cli.main")
        from sightline.collect import run as running

        class Stuck(Items):
            def complete(self, rows, scope, fetch):
                threading.Event().wait()

        class StuckToy(Toy):
            def streams(self, access):
                return [Stuck()]

        running.QUIET_S = -1.0
        def command(args):
            with Wild(plain) as server:
                outcomes = running.collect_all([run_of(toy(server.url, StuckToy, request_seconds=1), "stuck")])
            print(outcomes[0].status)
            return 2
        cli._run = command
        cli.main([])
        """
    )
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False,
        env={"PYTHONPATH": ":".join([tests, *sys.path]), "PATH": ""},
    )  # fmt: skip

    assert (done.returncode, done.stdout.strip(), done.stderr) == (2, "failed", "")


# --- installed plug-ins ----------------------------------------------------------------------------------------------


def install(folder: Path, name: str, source: str) -> None:
    """A distribution with one entry point, as pip leaves it."""
    (folder / f"{name}.py").write_text(textwrap.dedent(source))
    info = folder / f"{name}-2.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.5\n")
    (info / "entry_points.txt").write_text(f"[sightline]\n{name} = {name}\n")


BROKEN = {
    "raises": "raise RuntimeError('at import')",
    "exits": "raise SystemExit(0)",
    "typo": """
        from sightline.sdk import hookimpl
        @hookimpl
        def sightline_conectors(): return []
        """,
    "old": "SIGHTLINE_SEAM = '0'",
    "new": "SIGHTLINE_SEAM = '99'",
    "text": """
        from sightline.sdk import hookimpl
        @hookimpl
        def sightline_connectors(): return "jira"
        """,
    "late": """
        from sightline.sdk import hookimpl
        @hookimpl
        def sightline_connectors():
            yield 5
            raise ValueError
        """,
    "thief": """
        from sightline.sdk import Connector, Settings, hookimpl
        class Mine(Connector):
            name = "jira"
            title = "Mine"
            settings = Settings
            def check(self, fetch): pass
            def scopes(self, fetch, access): return []
            def streams(self, access): return []
        @hookimpl
        def sightline_connectors(): return [Mine]
        """,
    "missing": "import a_module_that_is_not_there",
    "syntax": "def (:",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_f089_a_broken_distribution_is_named_with_its_version_and_the_built_in_ones_work(kind, tmp_path, monkeypatch):
    install(tmp_path, f"bad_{kind}", BROKEN[kind])
    monkeypatch.syspath_prepend(tmp_path)

    registry = load()
    told = [broken.line for broken in registry.broken if broken.name == f"bad_{kind}"]

    assert {"jira", "trello", "github", "git", "xero"} <= set(registry.connectors)
    assert len(told) == 1
    assert f"bad_{kind} 2.5" in told[0]
    assert registry.connectors["jira"].title != "Mine"
    assert "\n" not in told[0]


def test_f089_a_misspelt_hook_is_told_with_the_right_name(tmp_path, monkeypatch):
    install(tmp_path, "bad_spelling", BROKEN["typo"])
    monkeypatch.syspath_prepend(tmp_path)

    (told,) = [broken.line for broken in load().broken if broken.name == "bad_spelling"]

    assert "Did you mean sightline_connectors?" in told


# --- leaking ---------------------------------------------------------------------------------------------------------


def test_f090_a_plugin_that_writes_its_own_token_everywhere_leaks_it_nowhere(caplog, capsys):
    token = "leaky-token-0123456789-abcdef"

    class Leaky(Items):
        def complete(self, rows, scope, fetch):
            logging.getLogger("leaky.plugin").warning("my token is %s", token)
            print("printed", token)
            print("and on stderr", token, file=sys.stderr)
            return [{**row, "token": token, "title": f"{row['title']} {token}"} for row in rows]

        def map(self, row, context):
            if row["id"] == 2:
                raise RowError(f"row of {context.settings.token.get_secret_value()}")
            yield from super().map(row, context)

    class LeakyToy(Toy):
        def scopes(self, fetch, access):
            return [Scope(id="a", key="A", name=f"board {token}")]

        def check(self, fetch):
            return Access("me", missing=(f"right {token}",), notes=(f"hello {token}",), facts={"x": token})

        def streams(self, access):
            return [Leaky(), Failing()]

    class Failing(Items):
        name = "failing"

        def request(self, scope, since):
            from sightline.errors import SourceChanged

            raise SourceChanged(f"cannot read with {token}", where=token, mend=token)

    keeper = MemoryKeeper()
    with Wild(plain) as server, caplog.at_level(logging.DEBUG):
        run = run_of(toy(server.url, LeakyToy, token=SecretStr(token)), keeper=keeper)
        (outcome,) = collect_all([run])
    printed = capsys.readouterr()

    kept = repr([keeper.landings, keeper.states, keeper.rows])
    assert "my token is [secret]" in caplog.text
    assert (printed.out, "printed [secret]" in printed.err, "stderr [secret]" in printed.err) == ("", True, True)
    assert len(keeper.live(Task)) == 2
    assert [text for text in (kept, caplog.text, printed.err, repr(outcome)) if token in text] == []


def test_f090_ordinary_words_of_the_data_are_kept_although_somebody_chose_one_as_a_password():
    class Weak(Toy):
        pass

    keeper = MemoryKeeper()
    with Wild(lambda *_: reply([{"id": 1, "title": "the summer release"}])) as server:
        run = run_of(toy(server.url, Weak, token=SecretStr("summer")), keeper=keeper)
        collect_all([run])

    assert keeper.live(Task)["1"].title == "the summer release"
    assert REDACTOR.clean("the summer release") == "the [secret] release"
