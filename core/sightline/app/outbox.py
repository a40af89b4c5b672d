"""The outbox: messages are written down first and sent then, so nothing is lost and nothing goes out twice.

A try takes the message for `HELD` before anything is sent: a second process leaves it alone, and after a crash it is
tried again with the same key, by which the receiver knows it (`Message-ID` of a mail, `Idempotency-Key` of a hook).
What cannot be sent waits longer after each try; after `[notify] tries` it is given up, with the reason, and stays listed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sightline.app.session import Session
from sightline.config.problems import nearest
from sightline.config.secrets import resolve
from sightline.errors import ConfigError, RetryLater, SightlineError
from sightline.model.outbox import Message, Outgoing

__all__ = ["Delivery", "deliver_due", "put_out", "retry"]

#: So long a message belongs to whoever tries it.
HELD = dt.timedelta(minutes=10)
_FIRST_WAIT, _LONGEST_WAIT = dt.timedelta(minutes=1), dt.timedelta(hours=6)


@dataclasses.dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one call: how many went out, wait, were given up; the last reason."""

    sent: int = 0
    waiting: int = 0
    dead: int = 0
    why: str | None = None


def put_out(session: Session, messages: Iterable[Message], *, due_at: dt.datetime | None = None) -> int:
    """Write messages down, to go from `due_at` on (default: now); how many are new. `ConfigError` for no such channel."""
    now, taken = session.clock.now(), list(messages)
    for message in taken:
        _channel(session, message.channel)
    return session.store.put_in_outbox([(message, due_at or now) for message in taken], now)


def deliver_due(session: Session, *, most: int = 100) -> Delivery:
    """Send what waits and may go now. Nothing that a notifier raises comes out of here."""
    now = session.clock.now()
    counts = {"sent": 0, "waiting": 0, "dead": 0}
    why = None
    for outgoing in session.store.due_in_outbox(now, most=most):
        if not session.store.take_from_outbox(outgoing.id, now, now + HELD):
            continue
        values = _tried(session, outgoing)
        session.store.settle_in_outbox(outgoing.id, **values)
        counts[values["state"]] += 1
        why = values["why"] or why
    return Delivery(**counts, why=why)


def retry(session: Session, ids: Iterable[int] = ()) -> int:
    """Give dead messages (all, or these) another round of tries; how many."""
    wanted, now = set(ids), session.clock.now()
    dead = [one for one in session.store.outbox("dead") if not wanted or one.id in wanted]
    for one in dead:
        session.store.settle_in_outbox(one.id, state="waiting", due_at=now, tries=0, why=None)
    return len(dead)


def _tried(session: Session, outgoing: Outgoing) -> dict[str, Any]:
    """One try, and what is to be written down of it."""
    now = session.clock.now()
    try:
        _send(session, outgoing.message)
    except RetryLater as error:
        tries = outgoing.tries + 1
        if tries >= session.workspace.notify.tries:
            return {"state": "dead", "why": f"given up after {tries} tries: {error.what}"}
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(tries - 1, 12))
        return {"state": "waiting", "due_at": now + wait, "why": error.what}
    except SightlineError as error:
        return {"state": "dead", "why": f"{error.what}. {error.mend}".strip()}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's notifier may raise what it likes; it costs its message only
        return {"state": "dead", "why": f"the notifier raised {type(error).__name__}"}
    return {"state": "sent", "sent_at": now, "why": None}


def _send(session: Session, message: Message) -> None:
    table = _channel(session, message.channel)
    via, known = str(table["via"]), session.registry.notifiers
    where = f"notify.channels.{message.channel}"
    if via not in known:
        raise ConfigError(
            f"there is no notifier {via[:60]!r}{nearest(via, known)}",
            where=where,
            mend=f"There are: {', '.join(known)}.",
        )
    missing = [name for name in known[via].needs if not table.get(name)]
    if missing:
        raise ConfigError(f"{missing[0]} is missing", where=where, mend=f"Set {where}.{missing[0]}.")
    known[via]().deliver(message, _resolved(session, table, where))


def _channel(session: Session, name: str) -> Mapping[str, Any]:
    channels = session.workspace.notify.channels
    if name not in channels:
        raise ConfigError(
            f"there is no channel {name[:60]!r}{nearest(name, channels)}",
            where="notify.channels",
            mend=f"Configured: {', '.join(channels) or 'none'}.",
        )
    return channels[name]


def _resolved(session: Session, table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The channel's settings, references to secrets followed."""
    found = {}
    for key, value in table.items():
        if isinstance(value, str) and value.partition(":")[0] in ("env", "file", "keyring"):
            found[key], _ = resolve(value, where=f"{where}.{key}", root=session.workspace.root)
        else:
            found[key] = value
    return found
