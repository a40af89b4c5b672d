"""Where a scope of no project may belong."""

from __future__ import annotations

from decimal import Decimal

from sightline.model.facts import Sourced
from sightline.model.portfolio import Client, Project
from sightline.model.records import Scope
from sightline.model.refs import Ref
from sightline.unify.clues import SURE
from sightline.unify.hints import ScopeSeen, scope_suggestions

CLIENTS = {"acme": Client(id="acme", name="Acme Ltd")}
WEB = Project(id="web", name="Website rebuild", client="acme")
APP = Project(id="app", name="App support", client="acme")
BOARD = Ref("trello", "scopes", "b")


def scope(name, key="Xy12"):
    return Sourced("trello", Scope(id="b", key=key, name=name))


def seen(ties=None, here=(), there=()):
    return ScopeSeen({BOARD: ties or {}}, {BOARD: frozenset(here)}, {"web": frozenset(there)})


def test_words_alone_are_never_sure():
    found = scope_suggestions([scope("Acme: website rebuild")], [WEB, APP], CLIENTS)

    assert [(s.project, s.score, s.sure) for s in found] == [
        ("web", Decimal("0.60"), False),
        ("app", Decimal("0.30"), False),
    ]


def test_words_and_links_together_are_sure_and_reasons_say_so():
    (first, *_) = scope_suggestions([scope("Website rebuild")], [WEB, APP], CLIENTS, seen({"web": 9}))

    assert (first.project, first.sure) == ("web", True)
    assert first.reasons == ("same words: rebuild, website", "9 links")


def test_links_alone_are_shown_but_not_sure():
    (found,) = scope_suggestions([scope("Misc")], [WEB, APP], CLIENTS, seen({"app": 20}))

    assert (found.project, found.score < SURE) == ("app", True)


def test_people_support_a_suggestion_and_make_none():
    people = seen(here=("a", "b", "c"), there=("a", "b"))

    assert scope_suggestions([scope("Misc")], [WEB], CLIENTS, people) == []
    (found,) = scope_suggestions([scope("Website rebuild")], [WEB], CLIENTS, people)
    assert (found.score, found.sure) == (Decimal("0.70"), False)


def test_two_projects_that_are_equally_likely_are_both_shown_and_neither_is_sure():
    twins = [Project(id=name, name="Website rebuild", client="acme") for name in ("one", "two")]
    found = scope_suggestions([scope("Website rebuild")], twins, CLIENTS, seen({"one": 9, "two": 9}))

    assert [(s.project, s.sure) for s in found] == [("one", False), ("two", False)]
