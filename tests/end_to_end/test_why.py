"""Why a project is late, what was agreed about it, and how it was on a past day, through the command line."""

from __future__ import annotations

import pytest


@pytest.fixture
def story(serve):
    """The made-up website with its plan as signed on 2 November, read at the story's own moment."""
    place = serve("jira", "trello")
    assert place.run("sync").code == 0
    told = place.run("plan", "baseline", "acme_website", "--name", "signed 2 Nov", "--on", "2026-11-02")
    assert told.code == 0, told.err
    return place


def days(told):
    return {part["reason"]: part["days"] for part in told["finish"]["parts"]}


def test_the_made_up_slip_is_seven_days_for_the_reasons_that_made_it(story):
    told = story.run("why", "acme_website", "--as-of", "2026-11-20", "--json").json
    causes = {one.kind: int(one.days) for one in story.world.projects["acme_website"].causes}

    assert causes == {"waiting_client": 4, "person_short": 2, "scope": 1}
    assert days(told) == {"client": 4, "person_short": 2, "scope": 1, "unexplained": 0}
    assert (told["finish"]["promised"], told["finish"]["forecast"]) == ("2027-01-29", "2027-02-09")
    assert told["finish"]["gap_days"] == 7
    assert told["progress"]["gap"] == "24.0"
    assert {
        row["reason"]: row["value"] for row in story.rows("slip", "--project", "acme_website") if row["gap"] == "days"
    }
    assert "24 Nov assumed = 8 d; 4 d of slack taken first" in told["finish"]["parts"][0]["text"]
    assert [(one["kind"], one["days"]) for one in told["remedies"]] == [
        ("answer", 2), ("help", 2), ("drop", 1), ("later", -1), ("move", 7),
    ]  # fmt: skip


def test_the_ledger_is_read_as_a_page_of_reasons(story):
    told = story.run("why", "acme_website", "--as-of", "2026-11-20").out

    assert "planned 32 %   done 26 %   gap -6 pts = 24 h of work (behind)" in told
    assert "promised 29 Jan 2027 -> forecast 09 Feb 2027 at the plan's pace   +7 working days (late)" in told
    assert "Maria Lind away 9 Nov to 10 Nov = 2 d" in told
    assert "back on track: answer on Homepage design" in told


def test_a_question_waits_until_it_is_answered_and_an_answer_can_be_taken_back(story):
    asked = ("note", "acme_website", "Is the cookie banner in scope?", "--kind", "question", "--asked-of", "client")
    number = story.run(*asked, "--due", "2026-11-27", "--task", "WEB-32", "--by", "priya", "--json").json["id"]

    def waits():
        return [one["note"] for one in story.run("why", "acme_website", "--json").json["waits"]]

    assert number in waits()
    assert story.run("note", "answer", number, "In.", "--by", "J. Hale").code == 0
    assert number not in waits()
    assert story.run("note", "answer", number, "Out.").code == 1
    assert story.run("note", "undo", number).code == 0
    listed = story.run("note", "list", "--open", "--json").json["notes"]
    assert (number, "WEB-32", "priya") in [(one["id"], one["task"], one["by"]) for one in listed]
    exported = {row["id"]: row for row in story.rows("notes", "--project", "acme_website")}
    assert (exported[number]["task"], exported[number]["answered_at"]) == ("WEB-32", None)
    assert exported["file:2026-11-17-1-decision"]["by"] == "J. Hale"


def test_a_decision_asks_nobody_and_an_approval_needs_its_outcome(story):
    assert story.run("note", "acme_website", "Go", "--kind", "decision", "--asked-of", "client").code == 1
    number = story.run("note", "acme_website", "Homepage", "--kind", "approval", "--json").json["id"]

    told = story.run("note", "answer", number)

    assert told.code == 1
    assert "--outcome" in told.err


def test_a_list_in_a_tool_is_an_approval_by_rule_and_is_counted_once(story):
    story.edit(
        "[statuses.acme_jira]",
        '[[notes.rules]]\nsource = "acme_jira"\nstatus = "With client"\nkind = "approval"\nclient_visible = true\n\n'
        "[statuses.acme_jira]",
    )

    listed = story.run("note", "list", "acme_website", "--json").json["notes"]
    (approval,) = [one for one in listed if one["kind"] == "approval"]
    waits = [one for one in story.run("why", "acme_website", "--json").json["waits"] if one["task"]]

    assert (approval["kind"], approval["task"], approval["open"]) == ("approval", "WEB-21", True)
    assert [one["note"] for one in waits] == [approval["id"]]


def test_a_past_day_is_drawn_again_and_two_days_are_compared(whole):
    then = whole.run("status", "acme_website", "--as-of", "2026-11-12", "--json").json
    figures = {one["figure"]: one["value"] for one in then["figures"]}
    told = whole.run("changed", "acme_website", "--from", "2026-11-12", "--to", "2026-11-19", "--json").json
    (changes,) = told["changes"]
    unknown = whole.run("why", "acme_website", "--as-of", "2026-11-12", "--as-known", "--json").json

    assert figures["hours"] == "129.5"
    assert ("added", "Cookie banner") in [(one["what"], one["title"]) for one in changes["tasks"]]
    assert ("hours", "129.5", "131") in [(one["figure"], one["before"], one["after"]) for one in changes["figures"]]
    assert "why_unknown" in unknown["finish"]


def test_days_that_cannot_be_looked_at_are_refused(whole):
    assert whole.run("why", "acme_website", "--as-of", "2999-01-01").code == 1
    assert whole.run("note", "acme_website", "Old", "--on", "0001-01-01").code == 1
    assert "0001-01-01 is before 1980" in whole.run("why", "acme_website", "--as-of", "0001-01-01").err
    assert whole.run("changed", "--from", "2026-11-12", "--to", "2026-11-11").code == 1
