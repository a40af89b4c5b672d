"""What is decided takes effect everywhere, survives a sync, and is undone without a trace."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.mapped import exported, land_all, opened, rows
from sightline.app import deciding
from sightline.app.deciding import By
from sightline.app.explaining import explain
from sightline.app.mapping import map_view, people_view
from sightline.app.measuring import measure_workspace
from sightline.app.task import task_view
from sightline.errors import ConfigError, SightlineError
from sightline.model.money import Money

ANNA = By("anna", "agreed by phone")


@pytest.fixture
def session(tmp_path):
    with opened(tmp_path / "w") as session:
        measure_workspace(session)
        yield session


def hours(session, project):
    return next(f.value for f in session.store.figures(project) if f.name == "hours")


def test_what_is_unmapped_is_shown_with_its_weight_what_a_sure_suggestion_settles_first(session):
    view = map_view(session)

    assert [(row.account.ref.source, row.account.record.id, row.seconds, row.items) for row in view.people] == [
        ("jira", "h", 0, 0),
        ("trello", "ml", 3600, 1),
        ("other", "m", 1800, 0),
    ]
    assert [row.worth for row in view.people] == [(), (Money.of(100, "GBP"),), (Money.of(50, "GBP"),)]
    assert [(row.key, row.tasks, row.seconds) for row in view.scopes] == [("Bx", 1, 3600)]
    assert view.scopes[0].worth == (Money.of(100, "GBP"),)
    assert view.scopes[0].suggestions[0].project == "web"
    assert view.scopes[0].suggestions[0].reasons == ("same words: acme, website", "1 link")


def test_the_same_name_in_another_site_is_suggested_and_never_sure(session):
    row = next(row for row in map_view(session).people if row.account.source == "other")

    assert [(s.person, s.reasons) for s in row.suggestions] == [("maria", ("same name only",))]
    deciding.accept_sure(session, ANNA)
    assert rows(session, "people")["other", "m"]["person"] is None


def test_only_sure_suggestions_are_accepted_with_their_reasons_in_one_step(session):
    made = deciding.accept_sure(session, ANNA)

    assert [(one.subject, one.get("person"), one.reason) for one in made] == [
        (
            "jira/people/h",
            "hale@acme.example",
            "0.95: same name, same initial and last name, user name spells the name, works in web, too",
        )
    ]
    assert rows(session, "people")["jira", "h"]["person"] == "J. Hale"
    assert deciding.accept_sure(session, ANNA) == []


def test_the_same_key_in_two_sites_is_two_tasks_and_unclear_only_where_nothing_tells(session):
    with pytest.raises(ConfigError, match=r"jira:WEB-1, other:WEB-1"):
        task_view(session, "WEB-1")

    assert task_view(session, "other:WEB-1").task.title == "Sign-in"
    # The commit's repository belongs to the project of the one in `jira`.
    assert [tie.text for tie in task_view(session, "jira:WEB-1").ties] == ["Cx Homepage", "WEB-1 done"]


def test_a_merged_account_works_under_the_persons_name(session):
    (made,) = deciding.merge(session, "trello:marialind7", "Maria Lind", ANNA)

    assert (made.by, made.reason, made.undone_at) == ("anna", "agreed by phone", None)
    assert rows(session, "time")["trello", "1"]["person"] == "Maria Lind"
    assert "ml" not in [row.account.record.id for row in map_view(session).people]


def test_decisions_survive_a_sync_that_brings_everything_again(session):
    deciding.merge(session, "trello:ml", "maria", ANNA)
    deciding.correct_time(session, "jira:1", ANNA, billable=False)
    before = exported(session)
    land_all(session)
    measure_workspace(session)

    assert exported(session) == before


def test_a_person_who_is_somebody_else_is_taken_in_with_all_accounts(session):
    deciding.merge(session, "tom@n.example", "maria", ANNA)

    assert rows(session, "time")["jira", "2"]["person"] == "Maria Lind"
    assert [person.id for person, _, _ in people_view(session).rows] == ["maria", "hale@acme.example"]


def test_a_new_person_may_be_made_and_a_wrong_name_says_what_is_near(session):
    with pytest.raises(ConfigError, match=r"no person 'Mara Lind'; did you mean 'Maria Lind'"):
        deciding.merge(session, "trello:ml", "Mara Lind", ANNA)

    deciding.merge(session, "trello:ml", "Mara Lind", ANNA, new=True)
    assert rows(session, "time")["trello", "1"]["person"] == "Mara Lind"


def test_a_split_account_leaves_its_person_whatever_its_address(session):
    deciding.split(session, "jira:m", ANNA)

    assert rows(session, "people")["jira", "m"]["person"] is None
    row = next(row for row in map_view(session).people if row.account.ref == ("jira", "people", "m"))
    assert "maria" not in [suggestion.person for suggestion in row.suggestions]


def test_a_scope_accepted_for_a_project_brings_its_tasks_and_time(session):
    before = hours(session, "web")
    deciding.accept_scope(session, "Acme website ideas", "Website", ANNA)

    assert rows(session, "tasks")["trello", "9"]["project"] == "web"
    assert hours(session, "web") == before + 1
    assert map_view(session).scopes == ()


def test_a_status_means_what_was_decided_in_figures_and_exports(session):
    assert [row.status for row in map_view(session).doubtful] == []
    deciding.mean_status(session, "jira", "parked?", ANNA, state="cancelled")
    deciding.mean_status(session, "jira", "Open", ANNA, waiting_on="client", scope="WEB")

    told = rows(session, "tasks")
    assert told["jira", "2"]["state"] == "cancelled"
    assert (told["jira", "1"]["state"], told["jira", "1"]["waiting_on"]) == ("in_progress", "client")
    assert told["other", "1"]["waiting_on"] is None


def test_two_tasks_that_are_one_count_once_with_the_time_of_both(session):
    assert map_view(session).same == (("jira:WEB-1", "trello:Cx", "same title, and one links to the other"),)
    before = hours(session, "web")
    deciding.same(session, "jira:WEB-1", "trello:Cx", ANNA)

    assert map_view(session).same == ()
    assert hours(session, "web") == before + 1
    assert task_view(session, "trello:Cx").counted_as == "jira:WEB-1"


def test_two_tasks_said_to_differ_are_suspected_no_more(session):
    deciding.same(session, "jira:WEB-1", "trello:Cx", ANNA, different=True)

    assert map_view(session).same == ()
    assert task_view(session, "trello:Cx").counted_as is None


def test_a_correction_is_told_in_receipts_and_exports(session):
    deciding.correct_time(session, "jira:2", ANNA, billable=False, person="maria")
    note = "corrected by anna on 2026-11-20: not billable, person maria (agreed by phone)"

    told = rows(session, "time")["jira", "2"]
    assert (told["billable"], told["person"], told["account"]) == (False, "Maria Lind", "t")
    assert told["corrected"] == [note]
    (figure,) = explain(session, "web", "hours")
    assert [line.refs for line in figure.receipt.lines if line.label == note] == [(("jira", "time", "2"),)]


def test_a_task_moved_by_hand_takes_its_time_along_and_both_projects_tell(session):
    deciding.correct_task(session, "jira:WEB-1", ANNA, project="App")

    assert rows(session, "tasks")["jira", "1"]["project"] == "app"
    assert rows(session, "time")["jira", "1"]["project"] == "app"
    note = "corrected by anna on 2026-11-20: project app (agreed by phone)"
    for project in ("web", "app"):
        (figure,) = explain(session, project, "hours")
        assert note in [line.label for line in figure.receipt.lines]


def test_an_affiliation_holds_in_its_days(session):
    deciding.affiliate(session, "Maria Lind", "contractor", ANNA)

    person = next(person for person, _, _ in people_view(session).rows if person.id == "maria")
    assert [one.kind for one in person.affiliations] == ["contractor"]
    assert rows(session, "people")["jira", "m"]["affiliations"] == ["contractor"]


def test_a_decision_about_what_is_gone_from_the_configuration_is_told_and_does_nothing(session, tmp_path):
    deciding.accept_scope(session, "trello:Bx", "app", ANNA)
    toml = tmp_path / "w" / "sightline.toml"
    toml.write_text(toml.read_text().replace("[projects.app]", "[projects.mobile]"))
    with type(session).open(tmp_path / "w", clock=session.clock) as later:
        view = map_view(later)

    assert [decision.subject for decision in view.stale] == ["trello/scopes/b"]
    assert [row.key for row in view.scopes] == ["Bx"]


def test_an_account_erased_by_its_tool_stays_with_its_person(session):
    from sightline.model.collected import Landing
    from sightline.model.records import Account

    erased = Account(id="m", active=False)
    session.store.land(
        Landing(source="jira", stream="all", scope="*", learnt_at=session.clock.now(), records=(erased,))
    )
    measure_workspace(session)

    assert rows(session, "time")["jira", "1"]["person"] == "Maria Lind"
    assert [(one.by, one.reason) for one in session.store.decisions()] == [
        ("sightline", "its tool erased name and address")
    ]


def test_an_account_that_is_gone_keeps_its_person_as_long_as_its_work_is_here(session):
    from sightline.model.collected import Gone, Landing
    from sightline.model.records import Account

    gone = Gone(kind=Account, id="m")
    session.store.land(Landing(source="jira", stream="all", scope="*", learnt_at=session.clock.now(), gone=(gone,)))
    measure_workspace(session)

    assert rows(session, "time")["jira", "1"]["person"] == "Maria Lind"


def test_the_last_step_is_undone_as_a_whole_and_a_decision_by_its_number(session):
    first = deciding.merge(session, "trello:ml", "maria", ANNA)
    deciding.merge(session, "other:m", "maria", ANNA)
    undone = deciding.undo(session, ANNA, first[0].id)

    assert [one.id for one in undone] == [first[0].id]
    assert rows(session, "people")["trello", "ml"]["person"] is None
    assert rows(session, "people")["other", "m"]["person"] == "Maria Lind"
    deciding.undo(session, ANNA)
    with pytest.raises(ConfigError, match="nothing to undo"):
        deciding.undo(session, ANNA)
    assert [one.undone_by for one in session.store.decisions(undone=True)] == ["anna", "anna"]


#: Everything that can be decided here; one that no longer makes sense where it comes is refused and decides nothing.
STEPS = {
    "merge": lambda s: deciding.merge(s, "trello:ml", "maria", ANNA),
    "merge other": lambda s: deciding.merge(s, "other:m", "tom@n.example", ANNA),
    "merge new": lambda s: deciding.merge(s, "trello:ml", "Somebody New", ANNA, new=True),
    "merge person": lambda s: deciding.merge(s, "tom@n.example", "maria", ANNA),
    "split": lambda s: deciding.split(s, "jira:m", ANNA),
    "accept sure": lambda s: deciding.accept_sure(s, ANNA),
    "accept scope": lambda s: deciding.accept_scope(s, "trello:Bx", "web", ANNA),
    "accept elsewhere": lambda s: deciding.accept_scope(s, "trello:Bx", "app", ANNA),
    "status": lambda s: deciding.mean_status(s, "jira", "Open", ANNA, state="done", waiting_on="client"),
    "same": lambda s: deciding.same(s, "jira:WEB-1", "trello:Cx", ANNA),
    "same back": lambda s: deciding.same(s, "trello:Cx", "jira:WEB-1", ANNA),
    "not same": lambda s: deciding.same(s, "jira:WEB-1", "trello:Cx", ANNA, different=True),
    "correct time": lambda s: deciding.correct_time(s, "jira:2", ANNA, billable=False, person="maria"),
    "move time": lambda s: deciding.correct_time(s, "jira:1", ANNA, project="app"),
    "move task": lambda s: deciding.correct_task(s, "jira:WEB-2", ANNA, project="app"),
    "affiliation": lambda s: deciding.affiliate(s, "maria", "contractor", ANNA),
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=6))
def test_any_decisions_undone_in_reverse_leave_every_export_byte_for_byte(session, names):
    measure_workspace(session)
    states = [exported(session)]
    for name in names:
        held = len(session.store.decisions())
        try:
            STEPS[name](session)
        except SightlineError:
            assert len(session.store.decisions()) == held
            continue
        if len(session.store.decisions()) > held:
            states.append(exported(session))
    for state in reversed(states[:-1]):
        deciding.undo(session, ANNA)
        assert exported(session) == state

    assert session.store.decisions() == []


@pytest.mark.parametrize("name", sorted(STEPS))
def test_every_decision_can_be_seen_in_some_export(session, name):
    """Or the property above could not fail."""
    before = exported(session, "tasks", "time", "people", "scopes", "figures")
    if name == "not same":
        STEPS["same"](session)
        before = exported(session, "tasks", "time", "people", "scopes", "figures")
    STEPS[name](session)

    assert exported(session, "tasks", "time", "people", "scopes", "figures") != before


def test_a_project_is_measured_again_when_a_source_no_rule_names_brings_something_that_counts_in_it(session):
    from app.mapped import EARLIER, entry
    from sightline.model.collected import Landing

    deciding.correct_task(session, "jira:WEB-1", ANNA, project="app")
    before = hours(session, "app")
    later = entry(7, "10", "m", on="1")
    session.store.land(Landing(source="jira", stream="all", scope="*", learnt_at=EARLIER, records=(later,)))
    measure_workspace(session, touched={"jira"})

    assert hours(session, "app") == before + 1
