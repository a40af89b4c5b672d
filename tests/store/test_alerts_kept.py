"""Alerts and the outbox in both databases: read back exactly, written together, sent by one only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.model.alerts import Alert
from sightline.model.figures import ReceiptLine
from sightline.model.outbox import Attachment, Message
from sightline.model.refs import Ref

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
HELD = NOW + dt.timedelta(minutes=10)


def alert(id_="a1", project="web", **more):
    return Alert(
        id=id_, rule="waiting", project=project, client="acme", severity="warning", text="It waits 🎨", subject="x",
        inputs=(ReceiptLine(label="since", value="2026-11-12", refs=(Ref("jira", "tasks", "1"),)),),
        since=dt.date(2026, 11, 12), opened_at=NOW, seen_at=NOW, level=Decimal("7.5"), told_level=Decimal(5),
        told_severity="warning", told_at=NOW, snoozed_until=dt.date(2026, 11, 27), **more,
    )  # fmt: skip


def message(key="k"):
    file = Attachment(name="r.pdf", media_type="application/pdf", content=b"\x00%PDF\xff")
    return Message(
        key=key, kind="report", channel="team", subject="S", text="T", html="<p>", recipients=("a@b.example",),
        attachments=(file,),
    )  # fmt: skip


def test_alerts_are_read_back_exactly_by_project(store):
    web, own = alert(), alert("a2", None)
    store.keep_alerts([web, own], at=NOW)
    store.keep_alerts([web], at=NOW)

    assert (store.alerts("web"), store.alerts(None)) == ([web], [own])
    assert store.alerts(everywhere=True) == [web, own]


def test_what_a_project_of_no_configuration_left_is_closed(store):
    store.keep_alerts([alert(), alert("a2", "gone"), alert("a3", None)], at=NOW)

    assert store.close_alerts_elsewhere(["web"], NOW) == 1
    assert [one.id for one in store.alerts(everywhere=True, closed=False)] == ["a1", "a3"]


def test_a_message_is_kept_whole_and_taken_once_by_its_key(store):
    store.keep_alerts([alert()], [(message(), NOW)], at=NOW)
    again = store.put_in_outbox([(message(), NOW), (message("later"), HELD)], NOW)

    (due,) = store.due_in_outbox(NOW)

    assert (again, due.message, due.state, due.tries) == (1, message(), "waiting", 0)
    assert [store.is_in_outbox(key) for key in ("k", "later", "never")] == [True, True, False]


def test_a_message_goes_to_one_sender_and_what_became_of_it_is_kept(store):
    store.put_in_outbox([(message(), NOW)], NOW)
    (due,) = store.due_in_outbox(NOW)

    taken = [store.take_from_outbox(due.id, NOW, HELD) for _ in range(2)]
    store.settle_in_outbox(due.id, state="sent", sent_at=HELD, why=None)

    (sent,) = store.outbox("sent")
    assert taken == [True, False]
    assert (sent.tries, sent.tried_at, sent.sent_at) == (1, NOW, HELD)
    assert store.due_in_outbox(HELD) == []
