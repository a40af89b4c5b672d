"""Nothing is counted twice."""

from __future__ import annotations

import datetime as dt

from sightline.model.facts import Sourced
from sightline.model.records import Link, Task
from sightline.model.refs import Ref
from sightline.unify.duplicates import Dropped, Suspect, once, suspects

EARLY, LATE = (dt.datetime(2026, 11, day, tzinfo=dt.UTC) for day in (1, 2))


def task(number, scope="A", source="jira", **more):
    fields = {
        "scope": scope,
        "key": f"{scope}-{number}",
        "title": f"Task {number}",
        "kind": "task",
        "status": "Open",
        **more,
    }
    return Sourced(source, Task(id=str(number), state="todo", **fields))


def ref(number, source="jira"):
    return Ref(source, "tasks", str(number))


def test_76_and_151_items_with_5_in_common_are_222():
    first = [task(n, "board one") for n in range(76)]
    second = [task(n, "board two") for n in range(71, 71 + 151)]
    found = once([*first, *second])

    assert len(found.tasks) == 222
    assert len(found.dropped) == 5


def test_the_same_id_in_two_sources_is_two_items():
    assert len(once([task(1), task(1, source="other_jira")]).tasks) == 2


def test_of_a_moved_item_the_later_row_counts():
    found = once([task(1, "NEW", updated_at=LATE), task(1, "OLD", updated_at=EARLY)])

    assert [kept.record.scope for kept in found.tasks] == ["NEW"]
    assert found.dropped == [Dropped(ref(1), "OLD", ref(1), "moved")]


def test_a_mirror_is_dropped_for_its_original_through_a_chain():
    found = once([task(1), task(2, copy_of="1"), task(3, copy_of="2")])

    assert [kept.record.id for kept in found.tasks] == ["1"]
    assert [(dropped.ref, dropped.kept, dropped.why) for dropped in found.dropped] == [
        (ref(2), ref(1), "copy"),
        (ref(3), ref(1), "copy"),
    ]


def test_a_mirror_of_something_that_is_not_here_counts_itself():
    assert len(once([task(2, copy_of="99")]).tasks) == 1


def test_mirrors_in_a_ring_count_once():
    found = once([task(1, copy_of="2"), task(2, copy_of="1"), task(3, copy_of="1")])

    assert [kept.record.id for kept in found.tasks] == ["1"]


def test_linked_items_of_the_same_title_in_two_tools_are_suspected_and_kept():
    card = task(7, source="trello", title="Fix  LOGIN", url="https://trello.example/c/7")
    issue = task(1, title="Fix login")
    tasks = [card, issue, task(2, title="Fix login")]
    link = Sourced("jira", Link(id="l", from_task="1", to="https://trello.example/c/7", kind="url"))

    assert suspects(tasks, [link]) == [Suspect(ref(1), ref(7, "trello"), "same title, and one links to the other")]
    assert len(once(tasks).tasks) == 3


def test_an_address_in_the_text_is_as_good_as_a_link_and_a_settled_pair_is_no_suspect():
    card = task(7, source="trello", url="https://trello.example/c/7", title="Fix login")
    issue = task(1, title="Fix login", description="copied from https://trello.example/c/7.")
    pair = frozenset((card.ref, issue.ref))

    assert suspects([card, issue]) == [Suspect(ref(1), ref(7, "trello"), "same title, and one names the other")]
    assert suspects([card, issue], [], {pair}) == []


def test_a_copy_said_by_hand_counts_with_the_task_of_the_other_tool():
    card, issue = task(7, source="trello"), task(1)
    found = once([card, issue], {card.ref: issue.ref})

    assert found.tasks == [issue]
    assert found.dropped == [Dropped(card.ref, "A", issue.ref, "copy")]


def test_a_copy_said_by_hand_of_something_gone_counts_itself():
    card = task(7, source="trello")

    assert once([card], {card.ref: ref(1)}).tasks == [card]
