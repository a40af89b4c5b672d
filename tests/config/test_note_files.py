"""Notes kept as files."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from sightline.config.notes import read_notes
from sightline.errors import ConfigError
from sightline.model.notes import Note

LONDON = ZoneInfo("Europe/London")


def test_a_file_says_project_kind_and_day_above_its_text(tmp_path):
    (tmp_path / "2026-11-17-font.md").write_text(
        '+++\nproject = "web"\nkind = "decision"\nat = 2026-11-17\nby = "J. Hale"\nclient_visible = true\n+++\n'
        "Keep the present font.\n\nThe licence runs until 2029.\n"
    )

    assert read_notes(tmp_path, {"web"}, LONDON) == [
        Note(
            id="file:2026-11-17-font", project="web", kind="decision", by="J. Hale", client_visible=True,
            at=dt.datetime(2026, 11, 17, tzinfo=dt.UTC), text="Keep the present font.\n\nThe licence runs until 2029.",
        )
    ]  # fmt: skip


def test_no_folder_means_no_notes(tmp_path):
    assert read_notes(tmp_path / "none", {"web"}, LONDON) == []


def test_everything_wrong_with_the_files_is_told_at_once(tmp_path):
    front = '+++\nproject = "{}"\nkind = "{}"\nat = 2026-11-17\n+++\n{}\n'
    (tmp_path / "a.md").write_text("Just words.")
    (tmp_path / "b.md").write_text(front.format("wb", "decision", "Go"))
    (tmp_path / "c.md").write_text(front.format("web", "verdict", "Go"))
    (tmp_path / "d.md").write_text(front.format("web", "decision", ""))

    with pytest.raises(ConfigError) as raised:
        read_notes(tmp_path, {"web"}, LONDON)

    told = str(raised.value)
    assert "a.md: must begin with TOML between two lines of +++" in told
    assert "b.md: there is no project 'wb'; did you mean 'web'?" in told
    assert "c.md: kind" in told
    assert "d.md: has no text" in told
