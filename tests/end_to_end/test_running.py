"""What happens around a run: locks, full and read-only disks, Ctrl-C, terminals."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import resource
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

import pytest

from sightline.sandbox import faults
from sightline.sandbox.faults import When


def _can_mount() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["mount", "--bind", folder, folder], check=False, capture_output=True).returncode == 0
        if done:
            subprocess.run(["umount", folder], check=True)
        return done


def test_a_workspace_that_another_process_holds_is_refused_with_who_and_since_when(serve):
    place = serve("trello")
    data = place.folder / ".sightline"
    data.mkdir(mode=0o700)
    with (data / "lock").open("w+") as held:
        json.dump({"pid": 4242, "since": "2026-11-20T08:00:00Z"}, held)
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)

        told = place.run("sync", "--json")

    assert (told.code, told.out) == (1, "")
    assert "another run is at work: process 4242 since 2026-11-20 08:00:00 UTC" in told.err
    assert place.run("sync", "--json").code == 0


def test_of_two_runs_at_once_one_reads_and_the_other_says_so(serve):
    place = serve("trello")
    place.sandbox.latency_s = 0.1
    both = [place.spawn("sync", "--json") for _ in range(2)]
    told = [process.communicate(timeout=60) for process in both]

    assert sorted(process.returncode for process in both) == [0, 1]
    assert sum("another run is at work" in err for _, err in told) == 1


def test_a_run_that_is_stopped_says_so_keeps_what_it_had_and_can_go_on(serve):
    place = serve("trello", "git")
    place.vendor("trello").script.append(faults.slow(0.5, When("/cards")))
    process = place.spawn("sync", "--json")
    time.sleep(2.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    place.vendor("trello").script.clear()

    assert (process.returncode, out, "Traceback" in err) == (130, "", False), err
    assert "stopped" in err
    assert place.run("sync", "--json").json["status"] == "complete"


def test_a_full_disk_ends_the_run_with_one_message_and_leaves_the_database_whole(serve):
    place = serve("trello")
    place.run("status", "--json")
    size = (place.folder / ".sightline/sightline.db").stat().st_size

    process = place.spawn(
        "sync", "--json", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50_000,) * 2)
    )
    out, err = process.communicate(timeout=60)

    assert process.returncode == 1, out + err
    assert "Traceback" not in err
    assert "disk" in out + err
    assert place.run("sync", "--json").json["status"] == "complete"
    assert place.run("doctor", "--json").json["status"] == "ok"


@pytest.mark.skipif(not _can_mount(), reason="a read-only disk can be made only where one may mount")
def test_a_workspace_that_may_not_be_written_is_said_so(serve):
    place = serve("trello")
    place.run("sync", "--json")
    folder = str(place.folder)
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        told = [place.run(*args) for args in (["sync", "--json"], ["sync", "--debug"], ["doctor"])]
        connected = place.run("connect", "git", "more", "--set", "path=.")
    finally:
        subprocess.run(["umount", folder], check=True)

    assert [one.code for one in told] == [1, 1, 1]
    assert all("cannot be written" in one.out + one.err for one in told)
    assert (connected.code, "Traceback" in connected.err) == (1, False)


def _on_terminal(args, cwd, columns):
    """What a terminal of that width shows."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    env = {**os.environ, "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "sightline", *args], cwd=cwd, stdin=slave, stdout=slave, stderr=slave, env=env
    )
    os.close(slave)
    shown = b""
    while True:
        if not select.select([master], [], [], 30)[0]:
            break
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    return process.wait(10), shown.decode("utf-8", "replace")


def test_progress_is_shown_on_a_terminal(serve):
    place = serve("trello")
    place.sandbox.latency_s = 0.05

    code, shown = _on_terminal(["sync"], place.folder, 100)

    assert code == 0
    assert "rows, cards" in shown


def test_the_portfolio_fits_a_narrow_terminal(whole):
    code, shown = _on_terminal(["status"], whole.folder, 80)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).splitlines()

    assert code == 0
    assert max(len(line.rstrip()) for line in plain) <= 80
    for amount in ("GBP 9,000.00", "EUR 12,000.00", "GBP 28,050.00"):
        assert any(amount in line for line in plain), amount


def test_a_title_cannot_paint_the_terminal_or_forge_a_line(serve):
    place = serve("trello")
    for person in place.world.people.values():
        for name, identity in person.identities.items():
            if name == "trello":
                identity.name = "Eve\x1b[2J\nroot# all paid"
    place.run("sync", "--json")

    told = place.run("map")

    assert "Eve\\x1b[2J\\x0aroot# all paid" in "".join(told.out.split("\n")).replace("  ", "")
    assert "\x1b" not in told.out


def loaded_by(*args):
    """Modules of libraries that the command loads, by their top names. Seconds are the bench's business."""
    code = "import sys; from sightline.cli.main import _run; _run(sys.argv[1:]); print(*sorted(m for m in sys.modules if sys.modules[m]), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stderr.split()}


def test_the_version_is_told_without_loading_the_product():
    assert loaded_by("--version") & {"pydantic", "sqlalchemy", "httpx", "rich", "alembic", "jinja2", "babel"} == set()


def test_the_portfolio_is_told_without_loading_what_only_a_sync_or_a_report_needs(whole):
    whole.run("status", "--json")

    assert loaded_by("--workspace", str(whole.folder), "status") & {"httpx", "alembic", "jinja2", "asyncpg"} == set()
