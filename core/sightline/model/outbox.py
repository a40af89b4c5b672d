"""What is to be sent to somebody: kept before it is sent, so that nothing is lost and nothing goes out twice."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sightline.model.checked import Checked

__all__ = ["Attachment", "Message", "Outgoing"]


class Attachment(Checked, frozen=True, kw_only=True):
    """A file that goes along: its name, its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


class Message(Checked, frozen=True, kw_only=True):
    """What somebody gets. `key` names it for ever: a second message of the same key is not taken."""

    key: str
    kind: str
    """alert, digest, report …"""
    channel: str
    """A name under `[notify.channels]`."""
    subject: str
    text: str
    html: str | None = None
    recipients: tuple[str, ...] = ()
    """Instead of the channel's own; empty: the channel's own."""
    attachments: tuple[Attachment, ...] = ()


class Outgoing(Checked, frozen=True, kw_only=True):
    """A message on its way. `due_at`: not to be tried before; `why`: what the last try met."""

    id: int
    message: Message
    state: Literal["waiting", "sent", "dead"]
    created_at: dt.datetime
    due_at: dt.datetime
    tries: int = 0
    tried_at: dt.datetime | None = None
    sent_at: dt.datetime | None = None
    why: str | None = None
