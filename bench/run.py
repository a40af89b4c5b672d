"""How fast Sightline is, as ratios to the least that the same work can take, measured side by side in one run.

make bench                                  # about a minute
python bench/run.py --repository ~/src/linux --tasks 1000000
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sightline.sandbox.bulk import Bulk
from sightline.store import Store

SIGHTLINE = [sys.executable, "-c", "from sightline.cli import main; main()"]


@dataclasses.dataclass(frozen=True)
class Measured:
    """One line of the answer: seconds of ours and of the bare way, and how many things both went through."""

    what: str
    ours_s: float
    bare_s: float
    count: int

    def __str__(self) -> str:
        rate = f"{self.count / self.ours_s:>10,.0f}/s" if self.count else " " * 12
        return f"{self.what:<44}{self.ours_s:>9.2f} s{self.bare_s:>9.2f} s{self.ours_s / self.bare_s:>8.1f} x{rate}"


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the quickest of a few runs: the others waited for something else."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def run(*command: object, cwd: Path | None = None) -> None:
    subprocess.run([str(part) for part in command], cwd=cwd, stdout=subprocess.DEVNULL, check=True)


def starting() -> Measured:
    """`sightline --version` beside an interpreter that does nothing."""
    return Measured(
        "start: sightline --version / python -c pass",
        best(lambda: run(*SIGHTLINE, "--version"), 5),
        best(lambda: run(sys.executable, "-c", "pass"), 5),
        0,
    )


def repository(folder: Path, commits: int) -> Path:
    """A repository with that many commits by twenty people."""
    target = folder / "made.git"
    run("git", "init", "-q", "--bare", target)
    parts = []
    for n in range(commits):
        who, text = (
            f"Person {n % 20} <p{n % 20}@example.org> {1_700_000_000 + 60 * n} +0000",
            f"WEB-{n % 900} step {n}\n",
        )
        parts.append(f"commit refs/heads/main\ncommitter {who}\ndata {len(text)}\n{text}\n")
    script = "".join(parts).encode()
    subprocess.run(["git", f"--git-dir={target}", "fast-import", "--quiet"], input=script, check=True)
    return target


def git(folder: Path, made: Path) -> Measured:
    """A first `sightline sync` of a repository beside `git log` of the same fields."""
    config = f'[workspace]\nname = "Bench"\n\n[sources.code]\nconnector = "git"\npath = "{made}"\n'
    rounds: Iterator[Path] = (folder / f"git{n}" for n in range(10))

    def ours() -> None:
        place = next(rounds)
        place.mkdir()
        (place / "sightline.toml").write_text(config, "utf-8")
        run(*SIGHTLINE, "sync", "--json", cwd=place)

    fields = "--format=%H%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cI%x1f%s%x1f%b%x1e"
    counted = subprocess.run(["git", "-C", made, "rev-list", "--count", "--all"], capture_output=True, check=True)
    bare = best(lambda: run("git", "-C", made, "log", "--all", fields))
    return Measured("git: first sync / git log of the same fields", best(ours, 2), bare, int(counted.stdout))


def landing(folder: Path, tasks: int) -> Measured:
    """Tasks kept by the store, page by page, beside the same rows in one bare `executemany` a page."""
    bulk = Bulk(projects=100, tasks=tasks, times=0, documents=0)
    rounds = iter(range(10))

    def ours() -> None:
        with Store.open(f"sqlite:///{folder / f'ours{next(rounds)}.db'}", workspace_zone=dt.UTC) as store:
            for page in bulk.landings():
                store.land(page)

    def bare() -> None:
        database = sqlite3.connect(folder / f"bare{next(rounds)}.db", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("CREATE TABLE t (id TEXT PRIMARY KEY, a, b, c, d, e, f, g, h)")
        for page in bulk.landings():
            rows = [
                (r.id, r.scope, r.key, r.title, r.status, r.state, str(r.due_on), str(r.updated_at), r.estimate_seconds)
                for r in page.records
                if page.stream == "tasks"
            ]
            database.execute("BEGIN")
            database.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            database.execute("COMMIT")
        database.close()

    return Measured("store: tasks landed / bare executemany", best(ours, 2), best(bare, 2), tasks)


def demonstrating(folder: Path) -> Measured:
    """The whole demo beside starting `sightline` at all."""
    rounds = iter(range(10))
    return Measured(
        "demo: seven sources to eight reports / start",
        best(lambda: run(*SIGHTLINE, "demo", "--dir", folder / f"demo{next(rounds)}"), 2),
        best(lambda: run(*SIGHTLINE, "--version")),
        0,
    )


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--repository", type=Path, help="a real repository (default: one of --commits is made)")
    asked.add_argument("--commits", type=int, default=20_000)
    asked.add_argument("--tasks", type=int, default=50_000)
    asked.add_argument("--part", type=int, default=50, help="figures: the n-th part of 1,000 projects and 3.1M records")
    options = asked.parse_args()
    os.environ["PYTHONWARNINGS"] = "ignore"
    print(f"{'':<44}{'ours':>11}{'bare':>11}{'ratio':>10}{'rate':>12}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(starting(), flush=True)
        made = (options.repository or repository(folder, options.commits)).resolve()
        print(git(folder, made), flush=True)
        print(landing(folder, options.tasks), flush=True)
        print(demonstrating(folder), flush=True)
    figures = [sys.executable, Path(__file__).with_name("store_money.py"), "--part", str(options.part)]
    subprocess.run(figures, check=False)


if __name__ == "__main__":
    main()
