"""Sending an approved report: the frozen mail goes through the outbox, which never sends a thing twice."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from sightline.app.outbox import deliver_due, put_out
from sightline.app.report_life import settle_sent
from sightline.app.session import Session
from sightline.errors import ConfigError
from sightline.model.outbox import Attachment, Message, Outgoing
from sightline.model.portfolio import Client

__all__ = ["send_report"]


def send_report(session: Session, client: Client, entry: Mapping[str, Any], *, by: str) -> str | None:
    """Hand the mail of an approved report over; None when it went out, else why it still waits.

    The message's key is the report's: called again, it is tried again, and goes out once. Raises `ConfigError` when the
    report is not approved, there is no channel or nobody to send it to, or the mail server refuses it for good.
    """
    if entry["status"] != "approved":
        settle_sent(session, client, entry, by=by, how="by mail")  # tells why not
    message = _message(session, client, entry)
    put_out(session, [message])
    deliver_due(session)
    kept = _kept(session, message.key)
    if kept.state == "sent":
        settle_sent(session, client, entry, by=by, how=f"by mail ({message.channel})")
        return None
    if kept.state == "dead":
        raise ConfigError(
            f"the mail did not go out: {kept.why}",
            where=f"outbox, message {kept.id}",
            mend="Mend what it says, run `sightline outbox retry`, then send the report again.",
        )
    return kept.why or "it is not due yet"


def _kept(session: Session, key: str) -> Outgoing:
    return next(one for one in session.store.outbox(most=10_000) if one.message.key == key)


def _message(session: Session, client: Client, entry: Mapping[str, Any]) -> Message:
    """The kept mail as the outbox takes it: nothing of it is made anew."""
    channel = session.workspace.reports.channel
    mails = session.store.report_forms(entry["id"], edition="client", form="email")
    if channel is None or not mails or not client.contacts:
        lacking = "no channel is set" if channel is None else "it has no mail" if not mails else "it has no recipient"
        raise ConfigError(
            f"the report cannot be sent by mail: {lacking}",
            where=f"report {entry['id']}",
            mend="Set [reports] channel, the client's contacts and `email` in its forms; or send it yourself (--by-hand).",
        )
    mail = email.message_from_bytes(mails[0].body, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return Message(
        key=f"report:{entry['id']}:{mails[0].digest}",
        kind="report",
        channel=channel,
        subject=str(mail["Subject"]),
        text=text.get_content() if text else "",
        html=html.get_content() if html else None,
        recipients=tuple(str(one) for one in mail["To"].addresses),
        attachments=tuple(
            Attachment(name=part.get_filename() or "report", media_type=part.get_content_type(), content=_bytes(part))
            for part in mail.iter_attachments()
        ),
    )


def _bytes(part: Any) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
