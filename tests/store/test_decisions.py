"""Decisions are kept apart, and what follows from them is read by exports."""

from __future__ import annotations

from sightline.model.decisions import Correction
from sightline.model.facts import Affiliation, Person
from sightline.model.portfolio import StatusRule
from sightline.model.records import Account
from sightline.model.refs import Ref
from sightline.store.decisions import Entry, KeptTie
from store.examples import MONDAY, TUESDAY, entry, exported, page, task

ACCOUNT = Ref("jira", "people", "u1")


def merged(person="maria"):
    return Entry("person", str(ACCOUNT), (("person", person),), "same card")


def test_decisions_of_one_go_share_a_step_and_count_up(store):
    first = store.decide([merged(), merged("tom")], by="anna", at=MONDAY)
    second = store.decide([merged()], by="anna", at=TUESDAY)

    assert [(one.id - first[0].id, one.step - first[0].step) for one in [*first, *second]] == [(0, 0), (1, 0), (2, 1)]
    assert store.decisions() == [*first, *second]


def test_an_undone_decision_is_kept_with_its_date_and_holds_no_more(store):
    made = store.decide([merged()], by="anna", at=MONDAY)

    assert store.undo_decisions([made[0].id], by="ben", at=TUESDAY) == 1
    assert store.undo_decisions([made[0].id], by="cleo", at=TUESDAY) == 0
    assert store.decisions() == []
    kept = store.decisions(undone=True)[0]
    assert (kept.undone_at, kept.undone_by, kept.reason) == (TUESDAY, "ben", "same card")


def test_corrections_go_before_what_the_tool_says_and_are_told(store):
    store.land(page(entry("1", billable=True, account="u1"), entry("2", billable=True, account="u1")))
    store.replace_persons([Person(id="tom", name="Tom")])
    said = Correction(ref=Ref("jira", "time", "1"), billable=False, person="tom", notes=("corrected by anna",))
    store.replace_corrections([said])

    assert [(row["billable"], row["person"], row["account"], row["corrected"]) for row in exported(store, "time")] == [
        (False, "Tom", "u1", ["corrected by anna"]),
        (True, "u1", "u1", None),
    ]
    store.replace_corrections([])
    assert [row["billable"] for row in exported(store, "time")] == [True, True]


def test_a_task_is_exported_with_the_state_in_force_of_its_own_scope(store):
    fields = {"status": "Review", "state": "done", "completed_at": MONDAY}
    store.land(page(task("1", **fields), task("2", scope="s2", **fields)))
    store.replace_status_rules(
        [
            StatusRule(source="jira", status="review", state="in_progress"),
            StatusRule(source="jira", status="Review", scope="s2", waiting_on="client"),
        ]
    )

    assert [(row["state"], row["waiting_on"], row["completed_at"]) for row in exported(store, "tasks")] == [
        ("in_progress", None, None),
        ("done", "client", "2026-11-02T09:00:00Z"),
    ]


def test_ties_are_written_only_where_they_differ_and_found_from_both_ends(store):
    commit, one, two = Ref("git", "activity", "c"), Ref("jira", "tasks", "1"), Ref("jira", "tasks", "2")
    ties = [KeptTie(commit, "", one, "key"), KeptTie(two, "", one, "id", "blocks")]

    assert store.replace_ties(ties) == 2
    assert store.replace_ties(reversed(ties)) == 0
    assert store.ties_of([one]) == ties
    assert store.ties_of([two]) == ties[1:]
    assert store.replace_ties([KeptTie(commit, "", one, "rule")]) == 3
    assert store.ties_of([]) == []


def test_a_persons_affiliations_come_back_and_are_exported(store):
    stated = (
        Affiliation(kind="contractor", starts=MONDAY.date()),
        Affiliation(kind="client", client="acme"),
        Affiliation(kind="employee"),
    )
    maria = Person(id="maria", name="Maria", accounts=(ACCOUNT,), affiliations=stated)
    store.land(page(Account(id="u1", name="M")))
    store.replace_persons([maria])

    assert store.persons() == [maria]
    assert exported(store, "people")[0]["affiliations"] == ["contractor 2026-11-02..", "client acme", "employee"]
