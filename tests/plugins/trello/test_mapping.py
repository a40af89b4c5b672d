"""One card and everything on it, as records."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from plugins.trello.rows import BOARD, CARD, MARIA, OWEN, board, comment, row
from sightline.sdk import Account, Activity, ChecklistItem, Link, Task, TimeEntry, Whole
from sightline_trello.mapping import map_card


def task(on=None, **fields):
    found = [record for record in map_card(row(**fields), on or board()) if isinstance(record, Task)]
    return found[0] if found else None


def of(kind, **fields):
    return [record for record in map_card(row(**fields), board(plus_keyword="plus!")) if isinstance(record, kind)]


# --- dates -----------------------------------------------------------------------------------------------------------


def test_a_card_was_created_in_the_second_its_id_tells():
    assert task(id="57f03c5d0000000000000001").created_at == dt.datetime(2016, 10, 1, 22, 44, 45, tzinfo=dt.UTC)


def test_a_card_without_a_due_date_has_none():
    assert task(due=None).due_on is None


def test_a_due_date_is_the_day_in_the_zone_of_the_workspace():
    late = "2026-12-01T23:30:00.000Z"

    assert task(due=late).due_on == dt.date(2026, 12, 1)
    assert task(board(zone="Europe/Berlin"), due=late).due_on == dt.date(2026, 12, 2)
    assert task(board(zone="America/New_York"), due="2026-12-01T03:00:00.000Z").due_on == dt.date(2026, 11, 30)


def test_a_start_at_midnight_utc_is_the_day_as_written():
    assert task(board(zone="America/New_York"), start="2026-11-20T00:00:00.000Z").start_on == dt.date(2026, 11, 20)
    assert task(board(zone="America/New_York"), start="2026-11-20T03:00:00.000Z").start_on == dt.date(2026, 11, 19)


# --- states ----------------------------------------------------------------------------------------------------------


def test_the_list_is_the_status_and_its_place_the_state():
    assert [(task(idList=id_).status, task(idList=id_).state) for id_ in ("a1", "a2", "a3")] == [
        ("Ideas", "todo"),
        ("Writing", "in_progress"),
        ("Published", "done"),
    ]


def test_a_card_marked_complete_is_done_wherever_it_stands():
    found = task(idList="a2", dueComplete=True, dateCompleted="2026-11-19T10:00:00.000Z")

    assert (found.status, found.state) == ("Writing", "done")
    assert found.completed_at == dt.datetime(2026, 11, 19, 10, tzinfo=dt.UTC)


def test_a_card_given_up_stays_given_up_though_marked_complete():
    assert task(board(cancelled_lists=("Writing",)), idList="a2", dueComplete=True).state == "cancelled"


def test_a_card_in_a_list_nobody_knows_is_unknown_and_not_done():
    found = task(idList="a9")

    assert (found.status, found.state) == ("unknown list", "unknown")


def test_a_completion_date_left_on_an_open_card_says_nothing():
    assert task(idList="a2", dateCompleted="2026-11-19T10:00:00.000Z").completed_at is None


def test_an_archived_card_keeps_its_state():
    found = task(idList="a1", closed=True)

    assert (found.archived, found.state) == (True, "todo")


def test_an_open_card_in_an_archived_list_is_archived():
    lists = [{"id": "a1", "name": "Old", "closed": True}, {"id": "a2", "name": "Pool", "closed": False}]

    assert task(board(lists), idList="a1").archived
    assert not task(board(lists), idList="a2").archived


# --- odd cards -------------------------------------------------------------------------------------------------------


def test_a_separator_is_no_card():
    assert map_card(row(cardRole="separator"), board()) == []


def test_a_template_is_no_card():
    assert map_card(row(isTemplate=True), board()) == []


def test_a_mirror_is_a_copy_of_its_source():
    found = task(cardRole="mirror", mirrorSourceId="6ae85110d387e699609c7f00")

    assert (found.kind, found.copy_of) == ("card", "6ae85110d387e699609c7f00")


def test_a_role_nobody_knows_is_the_kind():
    assert task(cardRole="link").kind == "link"


def test_unknown_fields_are_ignored():
    assert task(aiMetadata={"x": 1}, agent=None, recurrenceRule=[]).title == "Checkout for guests"


# --- labels, people, fields ------------------------------------------------------------------------------------------


def test_a_label_without_a_name_shows_its_colour_and_without_either_its_id():
    labels = [
        {"id": "l1", "name": "Backend", "color": "green"},
        {"id": "l2", "name": "", "color": "sky_dark"},
        {"id": "l3", "name": "", "color": None},
    ]

    assert task(labels=labels).labels == ("Backend", "sky_dark", "l3")


def test_labels_of_the_same_name_are_told_once():
    assert task(labels=[{"id": "l1", "name": "A"}, {"id": "l2", "name": "A", "color": "red"}]).labels == ("A",)


def test_members_are_assignees_and_accounts():
    found = map_card(row(idMembers=[MARIA["id"], OWEN["id"]], members=[MARIA, OWEN]), board())

    assert [record.assignees for record in found if isinstance(record, Task)] == [(MARIA["id"], OWEN["id"])]
    assert [record for record in found if isinstance(record, Account)] == [
        Account(id=MARIA["id"], name="M. Lind", username="marialind7"),
        Account(id=OWEN["id"], name="Owen O'Neill", username="oneill_owen"),
    ]


def test_a_board_tells_of_each_account_once_a_run():
    here = board()
    cards = [map_card(row(idMembers=[MARIA["id"]], members=[MARIA]), here) for _ in range(2)]

    assert [sum(isinstance(record, Account) for record in card) for card in cards] == [1, 0]


def test_who_made_the_card_reported_it():
    made = {"type": "createCard", "idMemberCreator": MARIA["id"], "memberCreator": MARIA}

    assert task(creation=made).reporter == MARIA["id"]
    assert task().reporter is None


def test_estimate_time_points_and_priority_come_from_the_named_fields():
    names = {"f1": "Estimate (h)", "f2": "Spent (h)", "f3": "Points", "f4": "Priority"}
    definitions = [{"id": id_, "name": name, "type": "number"} for id_, name in names.items()]
    definitions[3] |= {"type": "list", "options": [{"id": "o1", "value": {"text": "High"}}]}
    values = [
        {"idCustomField": id_, "value": {"number": text}}
        for id_, text in (("f1", "12.5"), ("f2", "0.1"), ("f3", "2.5"))
    ]
    values.append({"idCustomField": "f4", "value": None, "idValue": "o1"})
    here = board(
        definitions=definitions,
        estimate_field="Estimate (h)",
        time_field="Spent (h)",
        points_field="points",
        priority_field="Priority",
    )

    found = task(here, customFieldItems=values)

    assert (found.estimate_seconds, found.spent_seconds, found.points) == (45_000, 360, Decimal("2.5"))
    assert found.priority == "High"


def test_fields_that_no_setting_names_are_not_guessed():
    definitions = [{"id": "f1", "name": "Estimate", "type": "number"}]
    values = [{"idCustomField": "f1", "value": {"number": "12"}}]

    assert task(board(definitions=definitions), customFieldItems=values).estimate_seconds is None


# --- what hangs on a card --------------------------------------------------------------------------------------------


def test_checklists_are_items_in_their_order():
    steps = [
        {"id": "i1", "name": "API", "state": "complete", "due": None, "idMember": None},
        {"id": "i2", "name": "UI", "state": "incomplete", "due": "2026-11-28T17:00:00.000Z", "idMember": MARIA["id"]},
    ]
    lists = [
        {"name": "Steps", "checkItems": steps},
        {"name": "Later", "checkItems": [{"id": "i3", "name": "Docs", "state": "incomplete"}]},
    ]

    assert of(ChecklistItem, checklists=lists) == [
        ChecklistItem(id="i1", task=CARD, list="Steps", title="API", state="done"),
        ChecklistItem(
            id="i2",
            task=CARD,
            list="Steps",
            title="UI",
            state="open",
            due_on=dt.date(2026, 11, 28),
            assignee=MARIA["id"],
            position=1,
        ),
        ChecklistItem(id="i3", task=CARD, list="Later", title="Docs", state="open", position=2),
    ]


def test_attached_addresses_are_links_and_uploaded_files_are_not():
    attachments = [
        {"id": "t1", "url": "https://acme.example/brief", "isUpload": False},
        {"id": "t2", "url": "https://trello.com/file.pdf", "isUpload": True},
    ]

    assert of(Link, attachments=attachments) == [
        Link(id="t1", from_task=CARD, to="https://acme.example/brief", kind="url")
    ]


def test_what_a_card_no_longer_holds_is_gone():
    assert of(Whole) == [Whole(kind=kind, of=CARD) for kind in (ChecklistItem, Link, Activity, TimeEntry)]


def test_comments_that_were_not_read_are_not_gone():
    found = map_card(row(comments=None), board())

    assert [record.kind for record in found if isinstance(record, Whole)] == [ChecklistItem, Link]


# --- comments and time -----------------------------------------------------------------------------------------------


def test_a_comment_is_activity():
    said = comment("Looks good.\n\nOne more thing: …")

    assert of(Activity, comments=[said]) == [
        Activity(
            id=said["id"],
            scope=BOARD,
            kind="comment",
            at=dt.datetime(2026, 11, 21, 18, 2, 11, tzinfo=dt.UTC),
            title="Looks good.",
            task=CARD,
            account=OWEN["id"],
            url=f"https://trello.com/c/Yd9ScoJS#comment-{said['id']}",
            text="Looks good.\n\nOne more thing: …",
        )
    ]


def test_a_comment_of_somebody_who_left_has_no_account():
    assert of(Activity, comments=[comment("Bye", by=None)])[0].account is None


def test_a_plus_comment_is_time_on_its_own_day_and_no_activity():
    said = comment("plus! -1d 2/3 debugging")

    assert of(Activity, comments=[said]) == []
    assert of(TimeEntry, comments=[said]) == [
        TimeEntry(
            id=said["id"],
            scope=BOARD,
            seconds=7200,
            day=dt.date(2026, 11, 20),
            task=CARD,
            account=OWEN["id"],
            note="debugging",
            updated_at=dt.datetime(2026, 11, 21, 18, 2, 11, tzinfo=dt.UTC),
        )
    ]


def test_the_day_of_plus_time_is_the_comments_day_in_utc():
    assert of(TimeEntry, comments=[comment("plus! 1", at="2026-11-21T23:59:59.000Z")])[0].day == dt.date(2026, 11, 21)


def test_an_edited_plus_comment_keeps_its_day_and_tells_when_it_was_edited():
    said = comment("plus! 4/0", dateLastEdited="2026-11-25T08:00:00.000Z")

    entry = of(TimeEntry, comments=[said])[0]

    assert (entry.day, entry.updated_at.day) == (dt.date(2026, 11, 21), 25)


def test_a_correction_is_a_negative_entry():
    assert of(TimeEntry, comments=[comment("plus! -1.5/0")])[0].seconds == -5400


def test_each_named_user_gets_the_time():
    said = comment("plus! @marialind7 @me 2/0 workshop")

    found = of(TimeEntry, comments=[said], people=[MARIA, OWEN])

    assert [(entry.id, entry.account) for entry in found] == [
        (said["id"], MARIA["id"]),
        (f"{said['id']}:2", OWEN["id"]),
    ]


def test_whoever_is_named_as_having_worked_becomes_an_account():
    found = of(Account, comments=[comment("plus! @marialind7 2/0")], people=[MARIA, OWEN])

    assert {account.username for account in found} == {"marialind7", "oneill_owen"}


def test_time_of_a_user_nobody_knows_has_no_account_and_is_kept():
    assert [entry.account for entry in of(TimeEntry, comments=[comment("plus! @stranger 2/0")])] == [None]


def test_estimates_add_up_over_the_comments_of_a_card():
    said = [
        comment(text, id_=f"6b01dca38b06d26bf065c15{n}")
        for n, text in enumerate(("plus! 0/4", "plus! 2/-1", "plus! @global 0/0.5"))
    ]

    assert task(comments=said).estimate_seconds == 12_600


def test_without_any_estimate_there_is_none_and_not_zero():
    assert task(comments=[comment("plus! 2/0")]).estimate_seconds is None


def test_a_named_estimate_field_comes_before_the_comments():
    assert task(board(estimate_field="Estimate"), comments=[comment("plus! 0/4")]).estimate_seconds is None


def test_a_row_that_only_estimates_is_no_time():
    assert of(TimeEntry, comments=[comment("plus! 0/4")]) == []


def test_a_command_stays_a_comment():
    said = comment("plus! @marialind7 0/5 ^etransfer")

    assert of(TimeEntry, comments=[said]) == []
    assert [activity.text for activity in of(Activity, comments=[said])] == ["plus! @marialind7 0/5 ^etransfer"]


def test_a_comment_copied_with_its_card_is_not_counted_as_time_again():
    said = comment("plus! 3/0") | {"type": "copyCommentCard"}

    assert of(TimeEntry, comments=[said]) == []
    assert len(of(Activity, comments=[said])) == 1


def test_without_a_keyword_comments_hold_no_time():
    found = map_card(row(comments=[comment("plus! 3/0")]), board(plus_keyword=""))

    assert not [record for record in found if isinstance(record, TimeEntry)]
