"""Runs `sightline` commands in forked children of one warm process, and kills them at the point that is asked for.

Started as `python -m faults_local.zygote`: one JSON object a line on stdin ({args, cwd, kill, limits, hurt}), one a line
on stdout ({code, signal, out, err, landings}).
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

TESTS = Path(__file__).parents[1]


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, or None when it was killed."""

    code: int | None
    out: str
    err: str
    landings: int


class Zygote:
    """The warm process, seen from a test."""

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        env = env or {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *filter(None, sys.path)])}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "faults_local.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def run(
        self,
        *args: str,
        cwd: Path,
        kill: tuple[str, float] | None = None,
        hurt: Mapping[str, int] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Ended:
        """Run a command. `kill` is (place, which one), see `_arm`; `hurt` what the machine lacks, see `_hurt`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"args": args, "cwd": str(cwd), "kill": kill, "hurt": dict(hurt or {}), "env": dict(env or {})}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))


def serve() -> None:
    """The warm process itself."""
    _warm()
    for line in sys.stdin:
        asked = json.loads(line)
        with tempfile.TemporaryDirectory() as folder:
            child = os.fork()
            if child == 0:
                _child(asked, Path(folder))
            _, status = os.waitpid(child, 0)
            told = {
                "code": None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status),
                "out": Path(folder, "out").read_text("utf-8", "replace"),
                "err": Path(folder, "err").read_text("utf-8", "replace"),
                "landings": len(Path(folder, "landings").read_bytes()) if Path(folder, "landings").exists() else 0,
            }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def _warm() -> None:
    import alembic.command  # noqa: F401
    import sqlalchemy.dialects.sqlite.pysqlite  # noqa: F401

    import sightline.app.exporting
    import sightline.app.reports
    import sightline.app.sync
    import sightline.cli.export
    import sightline.cli.report
    import sightline.cli.status
    import sightline.cli.sync  # noqa: F401
    from sightline.collect.wire import _trust
    from sightline.plugins.registry import load

    load()
    _trust()


def _child(asked: Mapping[str, Any], folder: Path) -> None:
    from sightline.cli.main import main

    os.chdir(asked["cwd"])
    os.environ.update(asked["env"])
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)
    os.close(0)
    landings = os.open(folder / "landings", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    _arm(asked["kill"], landings)
    _hurt(asked["hurt"])
    code: Any = 99
    try:
        main(list(asked["args"]))
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(code or 0))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def _arm(kill: tuple[str, float] | None, landings: int) -> None:
    """Places: `time` (after so many seconds), or the n-th time that a page is about to land (`before`), has written its
    records (`records`), its tombstones (`settled`) or its checkpoint (`checkpoint`), or is committed (`after`); the n-th
    new token that was received but not kept (`token`) or kept (`kept`); the n-th statement of a migration (`migration`).
    """
    from sightline.collect import auth
    from sightline.store import Store
    from sightline.store import land as landing

    place, nth = kill or ("", 0)
    counts: dict[str, int] = {}
    lock = threading.Lock()

    def reached(name: str) -> None:
        with lock:
            counts[name] = counts.get(name, 0) + 1
            if name == place and counts[name] == nth:
                _die()

    def around(owner: Any, name: str, before: str = "", after: str = "") -> None:
        real = getattr(owner, name)

        def run(*args: Any, **kwargs: Any) -> Any:
            if before:
                reached(before)
            result = real(*args, **kwargs)
            if after:
                reached(after)
            if owner is Store:
                os.write(landings, b".")
            return result

        setattr(owner, name, run)

    around(Store, "land", "before", "after")
    around(landing, "keep", after="records")
    around(landing, "settle", after="settled")
    around(landing, "write_checkpoint", after="checkpoint")
    around(auth.TokenFile, "write", "token", "kept")
    if place == "migration":
        _arm_migration(reached)
    if place == "time":
        threading.Timer(nth, _die).start()


def _arm_migration(reached: Any) -> None:
    import sqlalchemy as sa

    @sa.event.listens_for(sa.engine.Engine, "after_cursor_execute")
    def _count(*_args: Any) -> None:
        reached("migration")


def _hurt(hurt: Mapping[str, int]) -> None:
    """`file_bytes`: no file may grow beyond; `pages`: the database may not."""
    if "file_bytes" in hurt:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hurt["file_bytes"], hurt["file_bytes"]))
    if "pages" in hurt:
        from sightline.store import engine

        engine._PRAGMAS = (*engine._PRAGMAS, f"PRAGMA max_page_count = {hurt['pages']}")


if __name__ == "__main__":
    serve()
