"""Who is who."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sightline.errors import ConfigError
from sightline.model.facts import Affiliation, Person, Sourced
from sightline.model.records import Account
from sightline.model.refs import Ref
from sightline.unify.clues import SURE, Seen, suggestions
from sightline.unify.people import erased, join

MARIA = Person(id="maria", name="Maria Lind", emails=("Maria@N.example", "ml@old.example"), role="dev")


def account(source, id_, name=None, email=None, **more):
    return Sourced(source, Account(id=id_, name=name, email=email, **more))


def who(joined):
    return {f"{ref.source}:{ref.id}": person for ref, person in joined.of.items()}


def test_accounts_join_by_e_mail_whatever_its_case_and_by_any_of_several():
    accounts = [account("jira", "1", "M. Lind", "MARIA@n.example "), account("git", "2", "ml", "ml@old.example")]
    joined = join(accounts, [MARIA])

    assert who(joined) == {"jira:1": "maria", "git:2": "maria"}
    assert joined.persons[0].name == "Maria Lind"
    assert joined.persons[0].emails == ("maria@n.example", "ml@old.example")


def test_the_same_name_alone_joins_nobody():
    joined = join(
        [account("jira", "1", "Maria Lind", "other@n.example"), account("trello", "2", "Maria Lind")], [MARIA]
    )

    assert who(joined) == {"jira:1": "other@n.example"}
    assert [one.record.id for one in joined.unmatched] == ["2"]


def test_strangers_with_one_address_become_one_person_with_the_first_name_told():
    accounts = [account("git", "1", None, "t@n.example"), account("jira", "2", "Tomasz", "T@N.example")]
    joined = join(accounts)

    assert [(person.id, person.name, len(person.accounts)) for person in joined.persons] == [
        ("t@n.example", "Tomasz", 2)
    ]


def test_an_address_that_two_configured_persons_claim_is_the_first_ones():
    twin = Person(id="twin", name="Twin", emails=("maria@n.example",))

    assert who(join([account("jira", "1", email="maria@n.example")], [twin, MARIA])) == {"jira:1": "twin"}


def test_a_confirmed_or_configured_account_needs_no_address():
    own = Person(id="tom", name="Tom", accounts=(Ref("trello", "people", "9"),))
    joined = join(
        [account("trello", "8"), account("trello", "9")], [MARIA, own], {Ref("trello", "people", "8"): "maria"}
    )

    assert who(joined) == {"trello:8": "maria", "trello:9": "tom"}


def test_a_match_to_somebody_who_does_not_exist_says_how_to_mend_it():
    with pytest.raises(ConfigError, match="Undo the match"):
        join([account("trello", "8")], [], {Ref("trello", "people", "8"): "ghost"})


def test_robots_and_hidden_addresses_are_no_persons():
    bot = account("github", "1", "renovate[bot]", "bot@r.example", kind="bot")
    hidden = account("git", "2", "Maria Lind", "12+mlind@users.noreply.github.com")
    joined = join([bot, hidden])

    assert joined.persons == []
    assert [one.record.id for one in joined.unmatched] == ["2"]


def test_suggestions_give_score_and_reasons_best_first():
    github = account("github", "gh", "Maria Lind", "maria@n.example", username="mlind")
    commits = account("git", "c", "ml", "12+mlind@users.noreply.github.com")
    trello = account("trello", "t", "maria  lind", username="maria")
    accounts = [github, commits, trello]
    items = frozenset({Ref("jira", "tasks", "1"), Ref("jira", "tasks", "2")})
    found = suggestions(join(accounts, [MARIA]), accounts, Seen({github.ref: items, trello.ref: items}, {}, {}))

    assert [(s.account.id, s.person, s.score) for s in found] == [
        ("c", "maria", Decimal("0.95")),
        ("t", "maria", Decimal("0.95")),
    ]
    assert found[0].reasons == ("Git author's private address names the user mlind",)
    assert found[1].reasons == ("same name", "user name is the front of an address", "same 2 items")


def test_the_same_name_only_is_never_a_sure_suggestion():
    accounts = [account("jira", "1", "Maria Lind", "maria@n.example"), account("trello", "2", "Maria Lind")]
    (suggestion,) = suggestions(join(accounts, [MARIA]), accounts)

    assert (suggestion.score, suggestion.reasons) == (Decimal("0.40"), ("same name only",))
    assert suggestion.score < SURE


def test_an_address_that_a_machine_made_up_identifies_nobody():
    addresses = ["root@localhost", "pi@raspberry.local", "ci@build-7"]
    joined = join([account("git", str(n), "root", email) for n, email in enumerate(addresses)])

    assert joined.persons == []
    assert len(joined.unmatched) == 3


def test_initial_user_name_and_project_speak_for_somebody_but_names_alone_are_capped():
    accounts = [account("trello", "t", "M. Lind", username="marialind7")]
    joined = join(accounts, [MARIA])
    (alone,) = suggestions(joined, accounts)
    work = Ref("jira", "people", "x")
    known = join(accounts, [Person(id="maria", name="Maria Lind", accounts=(work,))])
    (together,) = suggestions(
        known, accounts, Seen({}, {accounts[0].ref: frozenset({"web"}), work: frozenset({"web"})}, {})
    )

    assert (alone.score, together.score) == (Decimal("0.60"), Decimal("0.85"))
    assert together.reasons[-1] == "works in web, too"


def test_a_clients_contact_is_at_home_in_the_clients_projects():
    hale = Person(id="hale", name="J. Hale", affiliations=(Affiliation(kind="client", client="acme"),))
    accounts = [account("trello", "h", "J. Hale", username="hale_acme")]
    (found,) = suggestions(
        join(accounts, [hale]), accounts, Seen({}, {accounts[0].ref: frozenset({"web"})}, {"web": "acme"})
    )

    assert found.score >= SURE


def test_somebody_set_apart_is_not_suggested_again_and_does_not_join_by_address():
    accounts = [account("jira", "1", "Maria Lind", "maria@n.example")]
    apart = {accounts[0].ref: frozenset({"maria"})}
    joined = join(accounts, [MARIA], apart=apart)

    assert joined.of == {}
    assert suggestions(joined, accounts, None, apart) == []


def test_whoever_is_somebody_else_is_taken_in_at_the_end_of_the_chain():
    a, b, c = (Person(id=name, name=name, emails=(f"{name}@n.example",)) for name in "abc")
    joined = join([account("jira", "1", email="a@n.example")], [a, b, c], same={"a": "b", "b": "c"})

    assert [(person.id, person.emails) for person in joined.persons] == [
        ("c", ("c@n.example", "a@n.example", "b@n.example"))
    ]
    assert who(joined) == {"jira:1": "c"}


def test_an_erased_account_is_told_with_whom_it_was():
    before = {Ref("jira", "people", "1"): "maria", Ref("jira", "people", "2"): "gone"}
    accounts = [account("jira", "1"), account("jira", "2"), account("jira", "3", "Still Named")]

    assert [(one.record.id, who) for one, who in erased(accounts, before, join(accounts, [MARIA]))] == [("1", "maria")]


def test_ten_thousand_accounts_are_compared_in_one_pass():
    people = [Person(id=f"p{n}", name=f"Person N{n}", emails=(f"p{n}@n.example",)) for n in range(10_000)]
    accounts = [account("trello", str(n), "Person Same", username=f"p{n}") for n in range(10_000)]
    found = suggestions(join(accounts, people), accounts)

    assert len(found) == 10_000
    assert {s.reasons for s in found} == {("user name is the front of an address only",)}
