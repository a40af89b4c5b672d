"""Configuration and decisions together."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec import structs

from sightline.model.decisions import Correction, Decision, read_ref
from sightline.model.facts import Affiliation, Person, Sourced
from sightline.model.portfolio import Client, Include, Project, StatusRule
from sightline.model.records import Account
from sightline.model.refs import Ref
from sightline.unify.decisions import applied, sentence
from sightline.unify.people import join

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
WEB = Project(id="web", name="Website", include=(Include(source="jira"),))
MARIA = Person(id="maria", name="Maria Lind", emails=("maria@n.example",))
CARD = Ref("trello", "people", "a/b")


def decision(number, what, subject, reason=None, **value):
    pairs = tuple((name.rstrip("_"), told) for name, told in value.items())
    return Decision(
        id=number, step=number, kind=what, subject=str(subject), value=pairs, by="anna", at=NOW, reason=reason
    )


def test_an_id_with_slashes_comes_back_from_its_text():
    assert read_ref(str(CARD)) == CARD
    assert read_ref("maria") == Ref("", "", "maria")


def test_the_later_of_two_decisions_holds_whatever_their_order_in_the_list():
    first, second = (decision(n, "person", CARD, person=who, name=who) for n, who in ((1, "maria"), (2, "tom")))

    assert applied([second, first], persons=[MARIA]).confirmed == {CARD: "tom"}
    assert applied([structs.replace(second, undone_at=NOW), first], persons=[MARIA]).confirmed == {CARD: "maria"}


def test_a_split_after_a_merge_sets_apart_and_a_merge_after_it_joins_again():
    merge = decision(1, "person", CARD, person="maria", name="Maria Lind")
    split = decision(2, "apart", CARD, person="maria")
    again = decision(3, "person", CARD, person="maria", name="Maria Lind")

    assert applied([merge, split], persons=[MARIA]).confirmed == {}
    assert applied([merge, split, again], persons=[MARIA]).confirmed == {CARD: "maria"}


def test_persons_in_a_ring_are_refused_as_stale():
    one = decision(1, "same_person", "maria", into="tom", name="Tom")
    back = decision(2, "same_person", "tom", into="maria", name="Maria")
    rules = applied([one, back], persons=[MARIA])

    assert rules.same_persons == {"maria": "tom"}
    assert rules.stale == (back,)


def test_a_correction_names_the_person_somebody_turned_out_to_be():
    entry = Ref("jira", "time", "1")
    said = decision(1, "time", entry, person="maria")
    same = decision(2, "same_person", "maria", into="tom", name="Tom")

    assert applied([said, same], persons=[MARIA]).corrections[entry].person == "tom"


def test_corrections_of_one_record_add_up_and_each_is_told():
    entry = Ref("jira", "time", "1")
    rules = applied(
        [decision(1, "time", entry, "by phone", billable="no"), decision(2, "time", entry, project="web")],
        projects=[WEB],
    )

    assert rules.corrections[entry] == Correction(
        ref=entry,
        billable=False,
        project="web",
        notes=(
            "corrected by anna on 2026-11-20: not billable (by phone)",
            "corrected by anna on 2026-11-20: project web",
        ),
    )


def test_what_names_a_project_that_is_gone_has_no_effect_and_is_listed():
    lost = decision(1, "scope", "jira/scopes/10", project="old")
    rules = applied([lost], projects=[WEB])

    assert (rules.scopes, rules.projects, rules.stale) == ({}, (WEB,), (lost,))


def test_a_scope_by_hand_makes_its_source_one_of_the_projects():
    rules = applied([decision(1, "scope", "trello/scopes/b", project="web")], projects=[WEB])

    assert rules.scopes == {("trello", "b"): "web"}
    assert rules.projects[0].include == (Include(source="jira"), Include(source="trello", scope="b"))


def test_decided_meanings_come_after_configured_ones():
    configured = StatusRule(source="jira", status="Review", state="done")
    said = decision(1, "status", "jira/statuses/Review", source="jira", status="Review", waiting_on="client")

    assert applied([said], statuses=[configured]).statuses == (
        configured,
        StatusRule(source="jira", status="Review", waiting_on="client"),
    )


def test_clients_contacts_are_the_clients_people_unless_somebody_has_the_address():
    acme = Client(id="acme", name="Acme", contacts=("J. Hale <J.Hale@acme.example>", "maria@n.example"))
    rules = applied([], persons=[MARIA], clients=[acme])
    hale = rules.persons[1]

    assert [person.id for person in rules.persons] == ["maria", "j.hale@acme.example"]
    assert (hale.name, hale.affiliations) == ("J. Hale", (Affiliation(kind="client", client="acme"),))


def test_the_later_of_two_affiliations_holds_in_the_days_of_both():
    old = decision(1, "affiliation", "maria", kind="employee", until="2026-12-31", name="Maria Lind")
    new = decision(2, "affiliation", "maria", kind="contractor", from_="2026-10-01", name="Maria Lind")
    maria = applied([old, new], persons=[MARIA]).persons[0]

    assert [maria.affiliation_on(dt.date(2026, month, 1)).kind for month in (9, 11)] == ["employee", "contractor"]
    assert applied([old], persons=[MARIA]).persons[0].affiliation_on(dt.date(2027, 1, 1)) is None


def test_an_affiliation_of_somebody_known_by_address_only_stays_when_their_account_comes():
    said = decision(1, "affiliation", "tom@n.example", kind="contractor", name="Tom")
    rules = applied([said])
    account = Sourced("jira", Account(id="t", name="Tom Reed", email="tom@n.example"))
    (tom,) = join([account], rules.persons).persons

    assert (tom.name, [one.kind for one in tom.affiliations], len(tom.accounts)) == ("Tom", ["contractor"], 1)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (decision(1, "person", CARD, person="maria", name="Maria Lind"), "trello:a/b is Maria Lind"),
        (decision(1, "apart", CARD, person="maria"), "trello:a/b is not maria"),
        (decision(1, "same_person", "tom", into="maria", name="Maria Lind"), "tom is Maria Lind"),
        (
            decision(1, "affiliation", "tom", kind="client", client="acme", from_="2026-01-01", name="Tom"),
            "Tom is client acme from 2026-01-01",
        ),
        (decision(1, "scope", "trello/scopes/b", project="web"), "trello:b belongs to web"),
        (
            decision(1, "status", "jira/statuses/Done?", source="jira", status="Done?", state="done", waiting_on="us"),
            'jira "Done?" means done and waits on us',
        ),
        (decision(1, "same_task", "trello/tasks/9", as_="jira/tasks/1"), "trello:9 is a copy of jira:1"),
        (decision(1, "same_task", "trello/tasks/9", not_="jira/tasks/1"), "trello:9 is no copy of jira:1"),
        (decision(1, "time", "jira/time/1", billable="yes", person="tom"), "jira:1: billable, person tom"),
    ],
)
def test_a_decision_reads_as_a_sentence(made, words):
    assert sentence(made) == words
