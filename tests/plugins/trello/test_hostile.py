"""Answers that nobody should send: every row is read, or kept apart with a reason that holds no value."""

from __future__ import annotations

import copy
import json

import pytest

from plugins.trello.rows import CARD, MARIA, OWEN, action, board, comment, row
from sightline.errors import ContractError
from sightline.sandbox.vendor import json_reply
from sightline.sdk import RowError, Task
from sightline_trello.history import map_action
from sightline_trello.mapping import map_card

SECRET = "SECRETVALUE"
WRONG = [None, 5, 5.5, True, SECRET, [], [SECRET], [None], {}, {SECRET: SECRET}, [[{}]]]
RICH = row(
    due="2026-12-01T17:00:00.000Z",
    start="2026-11-20T00:00:00.000Z",
    desc="Guest checkout",
    dateCompleted="2026-11-19T10:00:00.000Z",
    idMembers=[MARIA["id"]],
    members=[MARIA],
    labels=[{"id": "l1", "name": "Backend", "color": "green"}],
    checklists=[{"name": "Steps", "checkItems": [{"id": "i1", "name": "API", "state": "complete"}]}],
    customFieldItems=[{"idCustomField": "f1", "value": {"number": "1"}}],
    attachments=[{"id": "t1", "url": "https://acme.example", "isUpload": False}],
    comments=[comment("plus! @marialind7 1/1"), comment("Hello", id_="6b01dca38b06d26bf065c151")],
    people=[MARIA, OWEN],
    creation={"idMemberCreator": OWEN["id"], "memberCreator": OWEN},
    cardRole="mirror",
    mirrorSourceId=CARD,
    isTemplate=False,
    badges={"comments": 2},
)
MOVE = action(
    "updateCard",
    old={"idList": "a1", "due": None, "closed": False, "dueComplete": False},
    card={"due": "2026-12-01T17:00:00.000Z", "closed": True, "dueComplete": True},
    list={"id": "a2", "name": "Writing"},
    listBefore={"id": "a1", "name": "Ideas"},
    listAfter={"id": "a3", "name": "Published"},
)


def spots(value, path=()):
    """Every place in a decoded answer."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from spots(inner, (*path, key))


def changed(value, path, wrong):
    found = copy.deepcopy(value)
    at = found
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = wrong
    return found


def read(mapper, value):
    """The records, or the reason; anything else than `RowError` is a fault of ours."""
    try:
        return list(mapper(value, board(definitions=[{"id": "f1", "name": "E", "type": "number"}], estimate_field="E")))
    except RowError as error:
        return error.what


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize(("mapper", "good"), [(map_card, RICH), (map_action, MOVE)], ids=["card", "action"])
def test_a_wrong_type_anywhere_is_read_or_told_without_its_value(mapper, good, wrong):
    found = [read(mapper, changed(good, path, wrong)) for path in spots(good)]
    reasons = [one for one in found if isinstance(one, str)]

    assert len(found) > 20
    assert not [reason for reason in reasons if SECRET in reason]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_row_that_is_no_object_is_told(wrong):
    if not isinstance(wrong, dict):
        assert "not an object" in read(map_card, wrong)
        assert "not an object" in read(map_action, wrong)


@pytest.mark.parametrize(("mapper", "good"), [(map_card, RICH), (map_action, MOVE)], ids=["card", "action"])
def test_a_missing_field_anywhere_is_read_or_told(mapper, good):
    for path in spots(good):
        found = copy.deepcopy(good)
        at = found
        for key in path[:-1]:
            at = at[key]
        del at[path[-1]]

        assert read(mapper, found) is not None


def test_the_good_rows_are_really_good():
    assert isinstance(read(map_card, RICH), list)
    assert isinstance(read(map_action, MOVE), list)
    assert ContractError not in {type(one) for one in read(map_card, RICH)}


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z", "yesterday", "2026-13-01T00:00:00Z"]
)
def test_an_impossible_moment_is_told_or_kept(moment):
    found = [read(map_card, row(due=moment)), read(map_card, row(comments=[comment("plus! -99999d 1", at=moment)]))]

    assert all(isinstance(one, (list, str)) for one in found)


def test_ten_megabytes_of_description_are_kept_whole(trello, card, sync):
    card(description="größer " * 1_500_000)

    found = sync()

    assert found.outcome.status == "complete"
    assert [len(task.description) for task in found.records(Task).values()] == [7 * 1_500_000]


def test_nul_and_lone_surrogates_are_replaced_and_nothing_is_lost(trello, card, sync):
    card("a\x00b\ud800c", description="\u202eabc\u202c")

    task = next(iter(sync().records(Task).values()))

    assert (task.title, task.description) == ("a\ufffdb\ufffdc", "\u202eabc\u202c")


def test_one_bad_card_is_kept_apart_and_the_others_are_read(trello, card, sync):
    bad, good = card("Bad"), card("Good")
    id_ = trello.shapes.card_id(bad)

    def spoil(vendor, call):
        if "/cards/all" not in call.path:
            return None
        reply = vendor._dispatch(call)
        rows = json.loads(reply.body)
        return json_reply([one | ({"due": {"x": SECRET}} if one["id"] == id_ else {}) for one in rows])

    trello.script.append(spoil)
    found = sync()

    assert found.outcome.status == "incomplete"
    assert [(one.stream, one.id) for one in found.outcome.skipped] == [("cards", id_)]
    assert SECRET not in found.outcome.skipped[0].reason
    assert [task.title for task in found.records(Task).values()] == ["Good"]
    assert good.title == "Good"


def test_a_card_that_cannot_be_read_is_not_taken_for_gone(trello, card, sync):
    bad = card("Bad")
    card("Good")
    sync()
    id_ = trello.shapes.card_id(bad)

    def spoil(vendor, call):
        if "/cards/all" not in call.path:
            return None
        rows = json.loads(vendor._dispatch(call).body)
        return json_reply([one | ({"labels": 5} if one["id"] == id_ else {}) for one in rows])

    trello.script.append(spoil)
    bad.updated_at = trello.world.now
    found = sync()

    assert id_ in found.records(Task)


@pytest.mark.parametrize("rows", [[None], ["x"], [{}], [{"id": None}], [{"id": "?"}], [{"id": 5}]])
def test_rows_without_an_id_are_kept_apart(trello, card, sync, rows):
    card()
    trello.script.append(lambda _, call: json_reply(rows) if "/cards/all" in call.path else None)

    found = sync()

    assert (found.outcome.status, len(found.outcome.skipped)) == ("incomplete", 2)


@pytest.mark.parametrize("body", [{"id": "m", "boards": [None, 5, {}, {"id": 5}, {"id": "x"}]}, {"boards": []}])
def test_boards_without_an_id_are_no_scopes(trello, sync, body):
    trello.script.append(lambda _, call: json_reply(body))

    assert sync().outcome.scopes == 0


def test_actions_of_wrong_shapes_hurt_nobody(trello, card, sync):
    card()
    rows = [None, 5, "x", {}, {"id": None}, {"type": 5}, {"data": 5, "type": "updateCard"}, {"data": {"card": 5}}]
    trello.script.append(lambda _, call: json_reply(rows) if call.path.endswith("/actions") else None)

    found = sync()

    assert len(found.records(Task)) == 1
    assert {one.stream for one in found.outcome.skipped} == {"history"}
