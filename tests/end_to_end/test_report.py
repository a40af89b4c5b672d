"""`sightline report` as people type it: read, reword, approve, hand over, show again."""

from __future__ import annotations

import json

import pytest

from app.reported import NOW, opened
from sightline.cli.main import _run
from sightline.collect.clock import Clock


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """A command in the workspace, at its moment: exit code, output, messages."""
    opened(tmp_path).store.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIGHTLINE_USER", "ben")
    monkeypatch.setattr("sightline.app.session.Clock", lambda: Clock(now=lambda: NOW))

    def typed(*args):
        code = _run(["report", *args])
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed


def test_a_report_is_read_reworded_approved_handed_over_and_shown_again(run, tmp_path):
    drafted = run("draft", "acme")
    written = run("review", "acme", "--words-out", "words.toml")
    file = tmp_path / "words.toml"
    file.write_text(file.read_text("utf-8").replace("{done} is done", "{done} is through"), "utf-8")
    read = run("review", "acme", "--words", "words.toml")
    approved = run("approve", "acme")
    sent = run("send", "acme", "--by-hand")
    shown = run("show", "acme")

    assert [one[0] for one in (drafted, written, read, approved, sent, shown)] == [0] * 6
    assert "# {done} = 20 %" in file.read_text("utf-8")
    assert "20 % is through" in read[1]
    assert "found none" in read[1]
    assert "froze acme-2026-11-20.md" in approved[2]
    assert shown[1].encode() == (tmp_path / "reports/acme-2026-11-20.html").read_bytes()
    assert json.loads(run("list", "acme", "--json")[1])[0]["status"] == "sent"


def test_what_cannot_be_done_is_said_with_the_next_step(run):
    nothing = run("show", "acme")
    run("draft", "acme")
    early = run("send", "acme", "--by-hand")
    wrong = run("review", "acme", "--edit", "in_short", "All of 99 % is done.")
    lonely = run("diff", "acme")

    assert (nothing[0], "report draft acme" in nothing[2]) == (1, True)
    assert (early[0], "report review acme" in early[2]) == (1, True)
    assert (wrong[0], "{done} = 20" in wrong[2]) == (1, True)
    assert lonely[0] == 64


def test_the_internal_edition_and_other_forms_are_asked_for_by_name(run):
    run("draft", "acme")
    missing = run("show", "acme", "--form", "markdown")

    assert "INTERNAL" in run("show", "acme", "--internal")[1]
    assert (missing[0], "made when it is approved" in missing[2]) == (1, True)


def test_templates_are_looked_over_before_a_client_meets_them(tmp_path, capsys, monkeypatch):
    opened(tmp_path).store.close()
    monkeypatch.chdir(tmp_path)
    good = _run(["templates", "lint"])
    sections = tmp_path / "templates" / "report" / "sections"
    sections.mkdir(parents=True)
    (sections / "late.html").write_text("<p>\n{{ nobody_knows }}</p>")
    (sections / "budgte.html").write_text("{{ rows[0].margin }}")
    capsys.readouterr()
    bad, said = _run(["templates", "lint"]), capsys.readouterr().out
    _run(["templates", "list"])

    assert (good, bad) == (0, 1)
    assert (
        f"{sections / 'late.html'}: the template cannot be used (UndefinedError: 'nobody_knows' is undefined)" in said
    )
    assert "budgte.html: nothing uses it" in said
    assert "report/sections/budget.html" in said
    assert "`margin` is internal" in said
    assert "report/sections/late.html  ← " in capsys.readouterr().out


def test_a_preview_shows_what_the_templates_make_and_is_kept_nowhere(tmp_path, capsys, monkeypatch):
    opened(tmp_path).store.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sightline.app.session.Clock", lambda: Clock(now=lambda: NOW))
    code = _run(["templates", "preview", "acme"])
    listed = _run(["report", "list", "--json"]), json.loads(capsys.readouterr().out)

    assert code == 0
    assert "20\u00a0% is done" in (tmp_path / "preview.html").read_text("utf-8")
    assert listed == (0, [])
