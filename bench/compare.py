"""Sightline beside others on a simulator of the vendors: seconds, processor, memory, calls, in one run and in turn.

python bench/compare.py --sim http://127.0.0.1:8803 --source jira \
    --other 'REF=python raw_jira.py {db} bulk --client httpx' --other 'loop=python bench/other_atlassian.py {db}'

The simulator answers `/__sim/stats`, `/__sim/truth`, `/__sim/reset`, `/__sim/set?latency_ms=` and `/__sim/touch?frac=`.
An `--other` is a command that reads the same list from `$SIM` into the new SQLite file `{db}`; the first is what ratios
are to. Ours is checked against the truth after every run: fast but wrong does not count.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shlex
import sqlite3
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SIGHTLINE = [sys.executable, "-m", "sightline"]
SECRET = "BENCH_TOKEN"  # noqa: S105 - the name of a variable
SETTINGS = {
    "jira": 'site = "{sim}"\nemail = "bench@example.org"\ntoken = "env:BENCH_TOKEN"\n',
    "github": 'site = "{sim}"\ntoken = "env:BENCH_TOKEN"\nscopes = ["acme/app"]\nprojects = []\n',
    "trello": 'site = "{sim}"\nkey = "env:BENCH_TOKEN"\ntoken = "env:BENCH_TOKEN"\n',
    "xero": 'site = "{sim}"\nidentity_site = "{sim}"\nclient_id = "x"\nclient_secret = "env:BENCH_TOKEN"\n'
    "calls_per_minute = 100000\n",
}
#: What our store must hold, by the simulator's truth.
TRUTH = {
    "jira": (
        ("SELECT count(*) FROM tasks", "issues"),
        ("SELECT sum(seconds) FROM time_entries", "jira_timespent_s"),
        ("SELECT count(*) FROM time_entries", "worklogs"),
    ),
    "github": (
        ("SELECT count(*) FROM tasks", "issues"),
        ("SELECT count(*) FROM tasks WHERE state IN ('done', 'cancelled')", "gh_closed"),
    ),
    "trello": (("SELECT count(*) FROM tasks", "issues"),),
    "xero": (
        ("SELECT count(*) FROM documents", "issues"),
        ("SELECT sum(total) / 100 FROM documents", "xero_total_cents"),
        ("SELECT sum(paid) / 100 FROM documents", "xero_paid_cents"),
    ),
}


@dataclasses.dataclass(frozen=True)
class Run:
    """One process: seconds of the clock and of the processor, the most memory it held, calls it made."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    requests: int
    out: str = ""


@dataclasses.dataclass(frozen=True)
class Line:
    """All runs of one way of reading."""

    name: str
    runs: Sequence[Run]

    def __str__(self) -> str:
        cells = (
            self.name,
            f"{self.wall_s:.2f}",
            f"{self.cpu_s:.2f}",
            f"{self.peak_mb:.0f}",
            str(self.runs[-1].requests),
        )
        return f"| {' | '.join(cells)} |"

    @property
    def wall_s(self) -> float:
        return statistics.median(run.wall_s for run in self.runs)

    @property
    def cpu_s(self) -> float:
        return statistics.median(run.cpu_s for run in self.runs)

    @property
    def peak_mb(self) -> float:
        return max(run.peak_mb for run in self.runs)


class Simulator:
    """The vendors' simulator, by its control addresses."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def ask(self, what: str, *, post: bool = False) -> Any:
        """What it answers at `/__sim/WHAT`."""
        request = urllib.request.Request(f"{self.address}/__sim/{what}", method="POST" if post else "GET")  # noqa: S310 - the caller's own address
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - see above
            return json.loads(answer.read())

    def run(self, command: Sequence[str], cwd: Path) -> Run:
        """The command, measured alone."""
        self.ask("reset", post=True)
        environment = {**os.environ, "SIM": self.address, SECRET: "bench-token-0123456789"}
        with tempfile.TemporaryFile() as out:
            began = time.perf_counter()
            process = os.posix_spawnp(
                command[0],
                list(command),
                environment,
                file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)],
            )
            _, status, used = os.wait4(process, 0)
            wall = time.perf_counter() - began
            out.seek(0)
            text = out.read().decode()
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"{shlex.join(command)} ended with {os.waitstatus_to_exitcode(status)}: {text[-500:]}")
        requests = self.ask("stats")["requests_total"]
        return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, requests, text)


class Ours:
    """A workspace of the simulator's sources."""

    def __init__(self, sim: Simulator, folder: Path, kinds: Sequence[str], *, archive_days: int) -> None:
        self.sim, self.folder, self.kinds = sim, folder, kinds
        folder.mkdir()
        tables = [
            f'[sources.{kind}{n or ""}]\nconnector = "{kind}"\n{SETTINGS[kind].format(sim=sim.address)}'
            for n, kind in enumerate(kinds)
        ]
        head = f'[workspace]\nname = "Bench"\narchive_days = {archive_days}\n'
        (folder / "sightline.toml").write_text("\n".join([head, *tables]), "utf-8")

    def sync(self) -> Run:
        """One `sightline sync`, complete or not counted."""
        run = self.sim.run([*SIGHTLINE, "--workspace", str(self.folder), "sync", "--json"], self.folder)
        told = json.loads(run.out)
        if told["status"] != "complete":
            raise SystemExit(f"not complete: {[source['reason'] for source in told['sources']]}")
        return run

    def check(self) -> None:
        """Stop where the store does not hold what the simulator has."""
        truth = self.sim.ask("truth")
        database = sqlite3.connect(next((self.folder / ".sightline").glob("*.db")))
        for query, name in TRUTH[self.kinds[0]] if len(self.kinds) == 1 else ():
            found = database.execute(query).fetchone()[0]
            if found != truth[name]:
                raise SystemExit(f"{name}: {found} stored, {truth[name]} in truth")
        database.close()


def first_reads(sim: Simulator, folder: Path, kind: str, others: Sequence[str], rounds: int) -> None:
    """A first read by everybody in turn, so that whatever else the machine does meets all of them alike."""
    found: dict[str, list[Run]] = {}
    for round_ in range(rounds):
        for days in (0, 90):
            ours = Ours(sim, folder / f"{kind}{round_}-{days}", [kind], archive_days=days)
            found.setdefault(f"sightline, archive {'on' if days else 'off'}", []).append(ours.sync())
            ours.check()
        for other in others:
            name, _, command = other.partition("=")
            words = shlex.split(command.format(db=folder / f"{name.split()[0]}{round_}.db"))
            found.setdefault(name, []).append(sim.run(words, folder))
    lines = [Line(name, runs) for name, runs in found.items()]
    bare = lines[2] if others else lines[0]
    print("\n| reader | wall, s | processor, s | peak, MB | calls | wall to the bare reader's | processor |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for line in lines:
        print(f"{line} {line.wall_s / bare.wall_s:.2f} | {line.cpu_s / bare.cpu_s:.2f} |", flush=True)


def again(sim: Simulator, folder: Path, kind: str, rounds: int) -> None:
    """Runs after which nothing, then 1 %, had changed."""
    ours = Ours(sim, folder / f"{kind}-again", [kind], archive_days=90)
    ours.sync()
    runs = [ours.sync() for _ in range(rounds)]
    line = Line(f"{kind}: nothing changed", runs)
    print(f"{line} {read_in(runs[-1])} rows read |", flush=True)
    touched = sim.ask("touch?frac=0.01", post=True)["touched"]
    run = ours.sync()
    print(f"{Line(f'{kind}: 1 % changed', [run])} {read_in(run)} rows read for {touched} changed |", flush=True)


def read_in(run: Run) -> int:
    """Rows that a run read."""
    return sum(source["read"] for source in json.loads(run.out)["sources"])


def side_by_side(sim: Simulator, folder: Path, kind: str) -> None:
    """Eight sources in one run beside one alone."""
    one = Ours(sim, folder / "one", [kind], archive_days=0).sync()
    eight = Ours(sim, folder / "eight", [kind] * 8, archive_days=0).sync()
    print(f"{Line('one source', [one])}\n{Line('eight sources', [eight])}", flush=True)


def starting(sim: Simulator, folder: Path, demo: Path | None, rounds: int) -> None:
    """What it costs to start: the version, and the portfolio of a demo workspace."""
    commands = {"sightline --version": [*SIGHTLINE, "--version"]}
    if demo is not None:
        commands["sightline status (demo)"] = [*SIGHTLINE, "--workspace", str(demo), "status"]
    for name, command in commands.items():
        print(Line(name, [sim.run(command, folder) for _ in range(rounds)]), flush=True)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--sim", required=True, help="address of the simulator")
    asked.add_argument("--source", choices=sorted(SETTINGS), default="jira")
    asked.add_argument("--part", choices=("first", "again", "eight", "start"), default="first")
    asked.add_argument("--latency-ms", type=float, default=0)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--other", action="append", default=[], metavar="NAME=COMMAND")
    asked.add_argument("--demo", type=Path, help="a demo workspace, for `--part start`")
    options = asked.parse_args()
    sim = Simulator(options.sim)
    sim.ask(f"set?latency_ms={options.latency_ms}", post=True)
    parts: dict[str, Callable[[Path], None]] = {
        "first": lambda folder: first_reads(sim, folder, options.source, options.other, options.rounds),
        "again": lambda folder: again(sim, folder, options.source, options.rounds),
        "eight": lambda folder: side_by_side(sim, folder, options.source),
        "start": lambda folder: starting(sim, folder, options.demo, options.rounds),
    }
    with tempfile.TemporaryDirectory() as name:
        parts[options.part](Path(name))
    sim.ask("set?latency_ms=0", post=True)


if __name__ == "__main__":
    main()
