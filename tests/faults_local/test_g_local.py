"""Group G, the machine: full and read-only disks, two runs at once, damaged, newer and half-migrated files, readers."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from faults_local.contents import contents, differences
from faults_local.small import Office
from faults_local.zygote import TESTS, Zygote
from sightline.errors import LockedError
from sightline.model.records import Document, Task
from sightline.sandbox.faults import ALWAYS, slow
from sightline.store import Store
from sightline.store.engine import connect
from sightline.store.lock import workspace_lock
from sightline.store.migrations import HEAD
from sightline.store.schema import migrate


@pytest.fixture(scope="module")
def zygote():
    with Zygote() as running:
        yield running


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Jira and Xero, synced once."""
    with Office(tmp_path_factory.mktemp("g"), ["acme_jira", "xero"]) as served:
        served.sync()
        yield served


@pytest.fixture
def place(office, tmp_path):
    """A workspace of those sources that never synced."""
    folder = tmp_path / "place"
    shutil.copytree(office.folder, folder, ignore=shutil.ignore_patterns(".sightline"))
    return folder


@pytest.fixture
def synced(office, tmp_path):
    """A workspace of those sources as the sync left it."""
    folder = tmp_path / "synced"
    shutil.copytree(office.folder, folder)
    return folder


def database(folder: Path) -> Path:
    return folder / ".sightline" / "sightline.db"


def told_well(ended) -> None:
    """One message with three facts, no traceback."""
    assert ended.code == 1, ended.out + ended.err
    assert [line.split(":")[0] for line in ended.err.splitlines() if line.startswith(("error", "where", "mend"))] == [
        "error", "where", "mend"
    ]  # fmt: skip
    assert "Traceback" not in ended.err + ended.out
    assert "internal error" not in ended.err


# --- full, failing and read-only disks -------------------------------------------------------------------------------


@contextmanager
def small_disk(where: Path, size: str):
    """A disk of that size at `where`; needs root."""
    where.mkdir(exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", where], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", where], check=True)


def remount(where: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", where], check=True)


def test_f077_a_full_disk_rolls_back_says_so_and_the_next_run_completes(office, place, zygote):
    data = place / ".sightline"
    with small_disk(data, "900k"):
        first = zygote.run("sync", cwd=place)
        remount(data, "size=64m")
        with closing(sqlite3.connect(database(place))) as connection:
            whole = connection.execute("PRAGMA integrity_check").fetchall()
        second = zygote.run("sync", cwd=place)
        found = contents(database(place))

    assert first.code == 1
    assert "the disk is full" in first.err
    assert "Make room" in first.err
    assert "Traceback" not in first.err + first.out
    assert whole == [("ok",)]
    assert second.code == 0, second.err
    assert differences(found, contents(office.database)) == []


@pytest.mark.parametrize("hurt", [{"pages": 130}, {"file_bytes": 700_000}], ids=["max_page_count", "file_size"])
def test_f077_a_database_that_may_not_grow_is_told_and_nothing_is_half_written(hurt, office, place, zygote):
    first = zygote.run("sync", cwd=place, hurt=hurt)
    second = zygote.run("sync", cwd=place)

    told_well(first)
    assert "disk" in first.err
    assert second.code == 0, second.err
    assert differences(contents(database(place)), contents(office.database)) == []


def test_f077_a_read_only_home_is_told_and_left_as_it_is(synced, zygote):
    data = synced / ".sightline"
    kept = {p.name: p.read_bytes() for p in data.iterdir() if p.is_file()}
    with small_disk(data, "64m"):
        for name, content in kept.items():
            (data / name).write_bytes(content)
        remount(data, "ro")
        ended = zygote.run("sync", cwd=synced)
        after = (data / "sightline.db").read_bytes()

    told_well(ended)
    assert "cannot be written" in ended.err
    assert after == kept["sightline.db"]


def test_f077_a_report_that_does_not_fit_leaves_no_half_file_and_the_old_one_as_it_was(synced, zygote):
    reports = synced / "reports"
    with small_disk(reports, "64m"):
        good = zygote.run("report", "draft", "acme", cwd=synced)
        before = {p.name: p.read_bytes() for p in reports.iterdir()}
        size = sum(map(len, before.values()))
        (reports / "filler").write_bytes(b"x" * 8192)
        remount(reports, f"size={(size // 4096 + 4) * 4}k")
        full = zygote.run("report", "draft", "acme", cwd=synced)
        after = {p.name: p.read_bytes() for p in reports.iterdir() if p.name != "filler"}

    assert good.code == 0, good.err
    told_well(full)
    assert after == before


def test_f077_an_export_that_does_not_fit_leaves_no_half_file_and_the_old_one_as_it_was(synced, zygote):
    out = synced / "out"
    with small_disk(out, "8k"):
        (out / "tasks.csv").write_text("old\n")
        ended = zygote.run("export", "tasks", "--format", "csv", "--out", "out/tasks.csv", cwd=synced)
        after = {p.name: p.read_text() for p in out.iterdir()}

    told_well(ended)
    assert after == {"tasks.csv": "old\n"}


# --- two at once -----------------------------------------------------------------------------------------------------


def test_f078_the_second_of_two_syncs_says_who_holds_the_workspace_since_when(office, place, zygote):
    office.vendors["xero"].script.append(slow(0.4, ALWAYS))
    holder = start(place)
    try:
        wait_for_lock(place)
        second = zygote.run("sync", cwd=place)
        third = zygote.run("sync", "acme_jira", cwd=place)
    finally:
        office.vendors["xero"].script.clear()
        code = holder.wait(60)

    told_well(second)
    assert f"process {holder.pid} since 20" in second.err
    assert f"process {holder.pid}" in third.err
    assert code == 0
    assert differences(contents(database(place)), contents(office.database)) == []


def test_f078_the_lock_dies_with_its_process(office, place, zygote):
    office.vendors["xero"].script.append(slow(0.4, ALWAYS))
    holder = start(place)
    try:
        wait_for_lock(place)
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    finally:
        office.vendors["xero"].script.clear()

    assert zygote.run("sync", cwd=place).code == 0
    assert differences(contents(database(place)), contents(office.database)) == []


def start(folder: Path) -> subprocess.Popen[bytes]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *filter(None, sys.path)])}
    return subprocess.Popen(
        [sys.executable, "-c", "from sightline.cli import main; main()", "sync"],
        cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def wait_for_lock(folder: Path) -> None:
    for _ in range(400):
        try:
            if (folder / ".sightline" / "lock").exists():
                with workspace_lock(folder / ".sightline", now=dt.datetime.now(dt.UTC)):
                    pass
        except LockedError:
            return
        time.sleep(0.05)
    raise AssertionError("nobody took the lock")


# --- damage ----------------------------------------------------------------------------------------------------------

FLIPS = int(os.environ.get("SIGHTLINE_FLIPS", "22"))


def variants(size: int, page: int, draw: random.Random):
    """Where to flip which bit: every part of the header, then anywhere."""
    for offset in (0, 5, 16, 18, 19, 20, 24, 28, 44, 56, 100, 101, 103, 105):
        yield offset, 1 << draw.randrange(8)
    while True:
        # The beginning of a page says how the rest of it is to be read.
        start = draw.randrange(size // page) * page
        yield start + (draw.randrange(16) if draw.random() < 0.5 else draw.randrange(page)), 1 << draw.randrange(8)


def test_f080_a_flipped_bit_is_found_or_harmless_and_never_a_traceback(office, tmp_path, zygote):
    good = office.database.read_bytes()
    draw = random.Random(80)
    folder = tmp_path / "hurt"
    shutil.copytree(office.folder, folder, ignore=shutil.ignore_patterns("sightline.db*"))
    flips = variants(len(good), 4096, draw)
    refused = 0
    for _ in range(FLIPS):
        offset, bit = next(flips)
        bad = bytearray(good)
        bad[offset] ^= bit
        for name in ("sightline.db", "sightline.db-wal", "sightline.db-shm"):
            (folder / ".sightline" / name).unlink(missing_ok=True)
        database(folder).write_bytes(bad)
        broken = quick_check(bytes(bad), tmp_path)
        ended = zygote.run("sync", "--json", cwd=folder)

        where = f"bit {bit} at {offset}"
        assert "Traceback" not in ended.err + ended.out, where
        assert "internal error" not in ended.err, where
        if broken:
            refused += 1
            assert ended.code == 1, (where, broken, ended)
            assert "error: " in ended.err, where
            assert "mend:  " in ended.err, where
            assert database(folder).read_bytes() == bytes(bad), where
    assert refused > FLIPS // 8


def quick_check(content: bytes, folder: Path) -> str | None:
    """What SQLite itself finds wrong with a file; None when nothing."""
    file = folder / "probe.db"
    file.write_bytes(content)
    for tail in ("-wal", "-shm"):
        Path(f"{file}{tail}").unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(file)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            return None if found == "ok" else found
    except sqlite3.DatabaseError as error:
        return str(error)


def test_f080_every_command_tells_damage_in_words(synced, zygote):
    content = bytearray(database(synced).read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    database(synced).write_bytes(content)

    for args in (
        ["status"],
        ["export", "tasks"],
        ["sync"],
        ["report", "draft", "acme"],
        ["map"],
        ["explain", "x", "y"],
    ):
        ended = zygote.run(*args, cwd=synced)
        told_well(ended)
        assert "damaged" in ended.err
        assert "sightline.db.broken" in ended.err
    assert database(synced).read_bytes() == bytes(content)


@pytest.mark.parametrize("where", [0, 24, 32, 40, 56, 100, 3000, -2000])
def test_f080_a_damaged_log_of_writes_loses_at_most_what_it_alone_held(where, office, place, zygote):
    zygote.run("sync", cwd=place, kill=("after", 6))
    log = place / ".sightline" / "sightline.db-wal"
    content = bytearray(log.read_bytes())
    content[where] ^= 0x10
    log.write_bytes(content)

    ended = zygote.run("sync", cwd=place)

    assert ended.code == 0, ended.err
    assert differences(contents(database(place)), contents(office.database)) == []


def test_f080_a_file_cut_short_is_refused_and_left(synced, zygote):
    file = database(synced)
    file.write_bytes(file.read_bytes()[: 4096 * 9 + 100])
    before = file.read_bytes()

    ended = zygote.run("status", cwd=synced)

    told_well(ended)
    assert file.read_bytes() == before


def test_f080_an_empty_file_is_a_new_database(place, zygote):
    (place / ".sightline").mkdir(mode=0o700)
    database(place).touch()

    assert zygote.run("sync", cwd=place).code == 0


# --- versions and migrations -----------------------------------------------------------------------------------------


def test_f082_a_database_of_a_newer_release_is_refused_before_anything_is_written(synced, zygote):
    with closing(sqlite3.connect(database(synced))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("UPDATE about SET value = '42.0.0' WHERE name = 'written_by'")
        connection.execute("PRAGMA journal_mode = DELETE")
    before = database(synced).read_bytes()

    for args in (["sync"], ["status"], ["export", "tasks"]):
        ended = zygote.run(*args, cwd=synced)
        told_well(ended)
        assert "42.0.0" in ended.err
        assert "schema 9999" in ended.err
        assert HEAD in ended.err
    assert table_of(database(synced), "alembic_version") == [("9999",)]
    assert len(database(synced).read_bytes()) == len(before)


@pytest.mark.parametrize("statement", [1, 2, 5, 17, 40, 64, 70])
def test_f083_a_first_start_killed_anywhere_starts_again(statement, place, zygote):
    ended = zygote.run("status", cwd=place, kill=("migration", statement))
    again = zygote.run("status", cwd=place)

    assert ended.code in (None, 0)
    assert again.code == 0, again.err
    assert table_of(database(place), "alembic_version") == [(HEAD,)]


@pytest.mark.parametrize("statement", [1, 3, 4, 6, 9, 12])
def test_f083_an_upgrade_killed_anywhere_leaves_the_old_schema_or_the_new_one_with_every_row(statement, synced, zygote):
    first = "0001"
    if first == HEAD:
        pytest.skip("there is one schema so far")
    old = synced / "old.db"
    engine = connect(f"sqlite:///{old}")
    with engine.begin() as connection:
        migrate(connection, first)
    engine.dispose()
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("INSERT INTO checkpoints VALUES ('s', 'x', '', '{\"a\": 1}')")
    for name in (synced / ".sightline").glob("sightline.db*"):
        name.unlink()
    shutil.move(old, database(synced))

    zygote.run("status", cwd=synced, kill=("migration", statement))
    between = table_of(database(synced), "alembic_version")
    again = zygote.run("status", cwd=synced)

    assert between in ([(first,)], [(HEAD,)])
    assert again.code == 0, again.err
    assert table_of(database(synced), "alembic_version") == [(HEAD,)]
    assert table_of(database(synced), "checkpoints") == [("s", "x", "", '{"a": 1}')]


def table_of(file: Path, name: str) -> list[tuple]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(f"SELECT * FROM {name}").fetchall()


# --- readers ---------------------------------------------------------------------------------------------------------


def test_f084_fifty_readers_during_a_sync_see_whole_documents_and_no_error(office, place, zygote):
    zygote.run("status", cwd=place)
    with_lines = {line for (line,) in rows_of(office.database, "SELECT DISTINCT document FROM document_lines")}
    over = threading.Event()
    errors: list[BaseException] = []
    seen: list[int] = []

    def read() -> None:
        try:
            with Store.open(f"sqlite:///{database(place)}", workspace_zone=dt.UTC) as store:
                while not over.is_set():
                    documents = list(store.load(Document))
                    tasks = sum(1 for _ in store.load(Task))
                    halves = [d.record.id for d in documents if d.record.id in with_lines and not d.record.lines]
                    assert halves == []
                    seen.append(len(documents) + tasks)
        except BaseException as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(50)]
    for reader in readers:
        reader.start()
    ended = zygote.run("sync", "--json", cwd=place)
    others = [zygote.run("status", cwd=place), zygote.run("export", "tasks", cwd=place)]
    over.set()
    for reader in readers:
        reader.join()

    assert errors == []
    assert json.loads(ended.out)["status"] == "complete"
    assert [one.code for one in others] == [0, 0]
    assert min(seen) < max(seen)
    assert differences(contents(database(place)), contents(office.database)) == []


def rows_of(file: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()
