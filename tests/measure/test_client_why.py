"""What a client is told of reasons, decisions and questions: in their words, to the day, and nothing that is not theirs."""

from __future__ import annotations

import datetime as dt

from measure.made import NOW, TODAY, facts_of, task
from sightline.measure.client import ClientPeriod, client_facts
from sightline.measure.client_why import CAUSES_TOLD, reasons
from sightline.measure.delays import CAUSES
from sightline.measure.slip import TITLES, days_of
from sightline.model.notes import Note
from sightline.present.language import language, languages

PERIOD = ClientPeriod(TODAY - dt.timedelta(days=6), TODAY, TODAY + dt.timedelta(days=14))
D = dt.date


def note(number, kind, text, **more):
    return Note(id=str(number), project="web", kind=kind, text=text, **{"at": NOW, "client_visible": True, **more})


def shown(facts):
    return client_facts([facts], {}, PERIOD).projects[0]


def late():
    return facts_of(
        project={"starts": D(2026, 11, 2), "due": D(2026, 11, 27)},
        tasks=[
            task(1, start_on=D(2026, 11, 2), due_on=D(2026, 11, 13), estimate_seconds=72000, title="Design"),
            task(2, start_on=D(2026, 11, 16), due_on=D(2026, 11, 27), labels=("internal",), title="CANARY"),
        ],
    )


def test_every_cause_of_the_ledger_has_words_in_every_language():
    told = {CAUSES_TOLD[cause][0] for cause in CAUSES_TOLD}

    assert set(CAUSES) | {"plan", "slack"} == set(CAUSES_TOLD)
    assert set(TITLES) - {"under_way"} == set(CAUSES_TOLD)
    assert {key for code in languages() for key in language(code).sentences if key.startswith("cause.")} == {
        f"cause.{cause}" for cause in told
    }


def test_reasons_sum_to_the_days_that_the_end_is_late():
    facts = late()
    days, told = days_of(facts), shown(facts).reasons

    assert days.gap > 0
    assert sum(one.days for one in told) == days.gap
    assert {one.turn for one in told} <= {"ours", "yours", "others", "nobody"}


def test_items_that_are_hidden_are_not_named_as_a_reason():
    own = task(
        1, start_on=D(2026, 11, 2), due_on=D(2026, 11, 13), estimate_seconds=72000, title="CANARY", labels=("private",)
    )
    facts = facts_of(project={"starts": D(2026, 11, 2), "due": D(2026, 11, 13)}, tasks=[own])

    assert "CANARY" in str(reasons(facts, {own.ref}))
    assert shown(facts).reasons != ()
    assert "CANARY" not in str(shown(facts))


def test_a_project_in_time_gives_no_reasons():
    facts = facts_of(
        project={"starts": D(2026, 11, 2), "due": D(2027, 3, 31)},
        tasks=[task(1, start_on=D(2026, 11, 16), due_on=D(2026, 12, 18), estimate_seconds=3600)],
    )

    assert shown(facts).reasons == ()


def test_decisions_and_questions_are_shown_only_when_they_are_marked_for_the_client():
    notes = (
        note(1, "decision", "Keep the present font", by="J. Hale"),
        note(2, "decision", "CANARY-DECISION", client_visible=False),
        note(3, "approval", "Homepage design", asked_of="client", due=D(2026, 11, 24)),
        note(4, "question", "CANARY-QUESTION", asked_of="client", client_visible=False),
        note(5, "question", "Which hosting?", asked_of="Maria Lind"),
        note(6, "question", "Answered", asked_of="client", answered_at=NOW),
        note(7, "decision", "Long ago", at=NOW - dt.timedelta(days=60)),
    )
    project = shown(facts_of(notes=notes))

    assert [(one.text, one.by) for one in project.decisions] == [("Keep the present font", "J. Hale")]
    assert [(one.text, one.yours, one.approval, one.due_on) for one in project.questions] == [
        ("Homepage design", True, True, D(2026, 11, 24)),
        ("Which hosting?", False, False, None),
    ]
    assert "CANARY" not in str(project)
    assert "Maria" not in str(project.questions)
