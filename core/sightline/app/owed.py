"""Joining put off: without projects nothing is measured, and what belongs together is worked out by the first who asks."""

from __future__ import annotations

from sightline.app.session import Session

__all__ = ["are_joins_owed", "owe_joins"]

#: Where it is noted that what was collected was not joined.
_JOINS = ("@workspace", "@joins", "")


def owe_joins(session: Session, *, owed: bool = True) -> None:
    """Note that what was collected is still to be joined, or that it was."""
    session.store.put_checkpoint(*_JOINS, {"owed": owed})


def are_joins_owed(session: Session) -> bool:
    """Whether something was collected since everything was joined."""
    return bool((session.store.checkpoint(*_JOINS) or {}).get("owed"))
