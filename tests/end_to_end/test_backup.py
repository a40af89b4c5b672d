"""Backup and restore of what was collected."""

from __future__ import annotations

import stat
import tarfile


def test_a_backup_brings_back_what_was_there(serve, tmp_path):
    place = serve("trello")
    place.run("sync", "--json")
    before = place.rows("tasks")
    made = place.run("backup", str(tmp_path / "kept.tar.gz"), "--json")
    (place.folder / ".sightline/sightline.db").unlink()
    assert place.rows("tasks") == []

    told = place.run("restore", str(tmp_path / "kept.tar.gz"))

    assert (made.code, made.json["holds"]) == (0, ["sightline.db", "sightline.toml"])
    assert stat.S_IMODE((tmp_path / "kept.tar.gz").stat().st_mode) == 0o600
    assert told.code == 0, told.err
    assert place.rows("tasks") == before != []
    assert (place.folder / ".sightline/sightline.db.replaced").exists()
    assert place.run("doctor", "--json").json["status"] == "ok"


def test_tokens_are_left_out_unless_asked_for(serve, tmp_path):
    place = serve("xero")
    place.run("sync", "--json")
    for name, more in (("without", []), ("with", ["--tokens"])):
        assert place.run("backup", str(tmp_path / name), *more).code == 0

    with tarfile.open(tmp_path / "without") as without, tarfile.open(tmp_path / "with") as with_:
        assert without.getnames() == ["sightline.db", "sightline.toml"]
        assert with_.getnames() == ["sightline.db", "sightline.toml", "tokens/xero.json"]


def test_what_is_no_backup_is_refused_and_nothing_changes(serve, tmp_path):
    place = serve("trello")
    place.run("sync", "--json")
    before = place.rows("tasks")
    (tmp_path / "text").write_text("no archive")
    (tmp_path / "evil").write_text("x")
    with tarfile.open(tmp_path / "climbs", "w:gz") as archive:
        archive.add(tmp_path / "evil", "../../sightline.db")
    with tarfile.open(tmp_path / "empty", "w:gz") as archive:
        archive.add(tmp_path / "evil", "sightline.db")

    told = {name: place.run("restore", str(tmp_path / name)) for name in ("text", "climbs", "empty")}

    assert {name: one.code for name, one in told.items()} == {"text": 1, "climbs": 1, "empty": 1}
    assert "is no backup of Sightline" in told["climbs"].err
    assert place.rows("tasks") == before


def test_a_database_on_a_server_is_left_to_its_own_tools(serve):
    place = serve("trello")
    place.edit("[workspace]", '[workspace]\ndatabase = "postgresql+psycopg://me@host/db"')

    told = place.run("backup")

    assert (told.code, "pg_dump" in told.err) == (1, True)


def test_an_existing_file_is_never_written_over(serve, tmp_path):
    place = serve("trello")
    place.run("sync", "--json")
    (tmp_path / "mine").write_text("precious")

    told = place.run("backup", str(tmp_path / "mine"))

    assert (told.code, (tmp_path / "mine").read_text()) == (1, "precious")
