"""The life of a report: what is not approved is not sent, words never move numbers, what was sent stays as it was."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest

from app.reported import LATER, NOW, again, land, opened, read, task
from sightline.app import report_life as life
from sightline.app.reports import client_of, draft, drafts, facts_for_client, newest_report
from sightline.errors import ConfigError, StoreError
from sightline.store.reports import Step


@pytest.fixture
def office(tmp_path):
    with opened(tmp_path / "w") as session:
        yield session


@pytest.fixture
def acme(office):
    return client_of(office, "acme")


def newest(session, acme):
    return newest_report(session, acme)


def approved(session, acme):
    draft(session, acme, by="ann")
    life.mark_reviewed(session, newest(session, acme), by="ben")
    life.approve(session, acme, newest(session, acme), by="cy")
    return newest(session, acme)


def sent(session, acme):
    life.sent_by_hand(session, acme, approved(session, acme), by="dee")
    return newest(session, acme)


def page(session, entry):
    return life.kept_form(session, entry)[0].body.decode()


def test_a_report_goes_from_draft_to_answered_and_every_step_is_noted_with_who(office, acme):
    life.answer(office, acme, sent(office, acme), "Thank you, go ahead.", by="eve")
    entry = newest(office, acme)

    assert [(one.what, one.by) for one in office.store.report_steps(client="acme")] == [
        ("drafted", "ann"),
        ("reviewed", "ben"),
        ("approved", "cy"),
        ("sent", "dee"),
        ("answered", "eve"),
    ]
    assert (entry["status"], entry["number"], entry["version"]) == ("answered", 1, 1)
    assert entry["recipients"] == ("J. Hale <hale@acme.example>",)


def test_what_is_not_approved_is_not_sent(office, acme):
    draft(office, acme)
    with pytest.raises(ConfigError, match="only an approved report is sent"):
        life.sent_by_hand(office, acme, newest(office, acme), by="dee")
    life.mark_reviewed(office, newest(office, acme), by="ben")
    with pytest.raises(ConfigError, match="only an approved report is sent"):
        life.sent_by_hand(office, acme, newest(office, acme), by="dee")

    assert newest(office, acme)["status"] == "reviewed"


def test_what_nobody_has_read_is_not_approved(office, acme):
    draft(office, acme)

    with pytest.raises(ConfigError, match="nobody has read it yet"):
        life.approve(office, acme, newest(office, acme), by="cy")


def test_what_was_sent_is_not_sent_again_nor_drafted_over(office, acme):
    entry = sent(office, acme)
    with pytest.raises(ConfigError, match="only once"):
        life.sent_by_hand(office, acme, entry, by="dee")
    with pytest.raises(ConfigError, match="went out already"):
        draft(office, acme)
    made = {client.id: one for client, one in drafts(office)}

    assert isinstance(made["acme"], ConfigError)
    assert made["birch"].path.is_file()


def test_words_can_be_edited_and_their_figures_follow_the_data(office, acme):
    draft(office, acme)
    life.edit(office, acme, newest(office, acme), {"in_short": "Good week: {done} is through."}, by="ben")
    first = page(office, newest(office, acme))
    land(office, task(2, "10", "WEB-2", "Contact form", state="done", completed_at=NOW))
    draft(again(office, LATER), acme)  # another report: the words were those of the other one
    draft(office, acme)

    assert "Good week: 20\u00a0% is through." in first
    assert "Good week: 40\u00a0% is through." in page(office, life.report_named(office, acme, "2026-11-20"))


def test_a_figure_that_is_written_out_stays_a_figure(office, acme):
    draft(office, acme)
    life.edit(office, acme, newest(office, acme), {"in_short": "We have done 20 % so far, WEB-3 is yours."}, by="ben")

    assert newest_words(office, acme) == {"in_short": "We have done {done} so far, WEB-3 is yours."}


def newest_words(session, acme):
    return session.store.report_copy(newest(session, acme)["id"]).words


@pytest.mark.parametrize(
    "text", ["We have done 30 %.", "It will be done on 3 March.", "Only {margin} left.", "£600.01 is due.", "2x faster"]
)
def test_a_number_that_no_data_gave_is_refused_and_nothing_changes(office, acme, text):
    draft(office, acme)
    before = page(office, newest(office, acme))
    with pytest.raises(ConfigError, match="numbers come from the data"):
        life.edit(office, acme, newest(office, acme), {"in_short": text}, by="ben")

    assert page(office, newest(office, acme)) == before
    assert newest_words(office, acme) == {}


def test_editing_an_approved_report_is_refused_and_editing_a_reviewed_one_asks_for_another_look(office, acme):
    draft(office, acme)
    life.mark_reviewed(office, newest(office, acme), by="ben")
    life.edit(office, acme, newest(office, acme), {"in_short": "All is well."}, by="ben")
    asked = newest(office, acme)["status"]
    life.mark_reviewed(office, newest(office, acme), by="ben")
    life.approve(office, acme, newest(office, acme), by="cy")

    assert asked == "draft"
    with pytest.raises(ConfigError, match="its words stand"):
        life.edit(office, acme, newest(office, acme), {"in_short": "Or not."}, by="ben")


def test_the_kept_bytes_come_back_whatever_has_changed_since(office, acme):
    entry = sent(office, acme)
    before = page(office, entry)
    folder = office.workspace.root / "templates" / "report"
    folder.mkdir(parents=True)
    (folder / "client.html").write_text("another look")
    land(office, task(1, "10", "WEB-1", "Renamed", state="cancelled"))
    form, same = life.kept_form(again(office, LATER), entry)

    assert form.body.decode() == before
    assert same
    assert (office.workspace.root / entry["file"]).read_text("utf-8") == before
    assert {one.form for one in office.store.report_forms(entry["id"], edition="client")} == {"html", "markdown"}


def test_bytes_that_somebody_changed_in_the_database_are_not_shown(office, acme):
    entry = approved(office, acme)
    file = office.workspace.root / ".sightline" / "sightline.db"
    office.store.close()
    with sqlite3.connect(file) as database:
        database.execute("UPDATE report_forms SET body = x'00'")
    database.close()

    with pytest.raises(StoreError, match="have been changed"):
        life.kept_form(again(office, NOW), entry)


def test_a_correction_is_a_new_version_that_says_which_one_it_replaces(office, acme):
    first = sent(office, acme)
    life.correct(office, acme, first, reason="An invoice was missing.", by="ann")
    entry = newest(office, acme)

    assert (entry["id"], entry["version"], entry["number"], entry["corrects"]) == (
        "acme/2026-11-20/2",
        2,
        1,
        first["id"],
    )
    assert "Version 2: it replaces the version of 20 November 2026." in page(office, entry)
    assert "An invoice was missing." in page(office, entry)
    assert "Version" not in page(office, first)


def test_the_next_report_tells_what_has_changed_since_the_one_that_was_sent(office, acme):
    sent(office, acme)
    later = again(office, LATER)
    land(later, task(4, "10", "WEB-4", "Search", due_on=LATER.date()), task(9, "10", "WEB-9", "Cookie banner"))
    read(later, LATER)
    draft(later, acme)
    entry = newest(later, acme)
    text = life.difference(later, life.report_named(later, acme, "2026-11-20"), entry)

    assert (entry["number"], str(entry["starts_on"])) == (2, "2026-11-21")
    assert "Compared with our report of 20 November 2026." in page(later, entry)
    assert "In the last report 20\u00a0% was done." in page(later, entry)
    assert "+| New | Cookie banner WEB-9 | – |" in text


def test_old_sources_hold_a_report_until_somebody_takes_it_upon_themselves(office, acme):
    later = again(office, LATER)
    made = draft(later, acme)
    life.mark_reviewed(later, newest(later, acme), by="ben")
    with pytest.raises(ConfigError, match="Jira was read 168 h ago, limit 48 h"):
        life.approve(later, acme, newest(later, acme), by="cy")
    life.approve(later, acme, newest(later, acme), by="cy", despite="the client asked for it")

    assert "limit 48 h" in made.held
    assert newest(later, acme)["status"] == "approved"
    assert office.store.report_steps(client="acme")[-1].text == "the client asked for it"


def test_by_policy_old_sources_are_only_told(tmp_path, acme):
    from app.reported import TOML

    with opened(tmp_path / "flag", toml=TOML.replace("[reports]", '[reports]\nstale = "flag"')) as office:
        later = again(office, LATER)
        made = draft(later, acme)
        told = page(later, newest(later, acme))

    assert made.held is None
    assert told.count("older than usual") == 2


def test_of_two_who_approve_at_once_one_does(office, acme):
    draft(office, acme)
    life.mark_reviewed(office, newest(office, acme), by="ben")
    step = Step("acme/2026-11-20", "acme", "approved", NOW, "x")
    taken = [office.store.step_report(step, {"status": "approved"}, only="reviewed") for _ in range(2)]

    assert taken == [True, False]


def test_the_internal_edition_is_kept_beside_it_and_says_so(office, acme):
    draft(office, acme)
    form, _ = life.kept_form(office, newest(office, acme), "html", "internal")

    assert "INTERNAL – not for the client" in form.body.decode()
    assert "INTERNAL" not in page(office, newest(office, acme))
    assert [path.name for path in (office.workspace.root / "reports").iterdir()] == ["acme-2026-11-20.html"]


def test_the_internal_edition_says_what_the_client_does_not_see_from_the_same_moment(office, acme):
    draft(office, acme)
    ours = life.kept_form(office, newest(office, acme), "html", "internal")[0].body.decode()
    theirs = page(office, newest(office, acme))

    for text in ("Cost", "GBP 573.10", "Margin", "Maria Lind", "10 h", "1 late and the client&#39;s turn"):
        assert text in ours
    assert "573.10" not in theirs
    assert "20\u00a0% is done" in ours
    assert "20\u00a0% is done" in theirs


def test_an_answer_becomes_a_note_that_the_next_report_tells(office, acme):
    entry = sent(office, acme)
    evening = again(office, NOW + dt.timedelta(hours=8))
    life.answer(evening, acme, entry, "Keep the present font.", by="eve", kind="decision")
    with pytest.raises(ConfigError, match="has no project 'shop'"):
        life.answer(office, acme, newest(office, acme), "Yes.", by="eve", kind="approval", project="shop")
    later = again(office, LATER)
    read(later, LATER)
    (told,) = facts_for_client(later, acme).projects[0].decisions

    assert (told.text, told.by, str(told.day)) == ("Keep the present font.", "Acme Ltd", "2026-11-20")
