"""Check: who we are at each source, what the credentials lack, what can be read, whether its clock agrees with ours."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from sightline.app.session import Session
from sightline.collect.redact import REDACTOR, clean_logs, clean_output
from sightline.collect.source import open_fetch
from sightline.config.workspace import SourceConfig
from sightline.errors import SightlineError
from sightline.model.records import Scope

__all__ = ["SourceCheck", "check"]

#: A clock further off than this makes "changed since" unreliable.
MAX_SKEW_S = 60


@dataclasses.dataclass(frozen=True, slots=True)
class SourceCheck:
    """What one source answered. `problem` and `mend` are None when it can be read."""

    source: str
    connector: str
    who: str | None = None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    skew_seconds: int | None = None
    problem: str | None = None
    mend: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it can be read at all."""
        return self.problem is None

    def told(self) -> dict[str, Any]:
        """As `check --json` prints it."""
        told = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return told | {
            "ok": self.ok,
            "scopes": [{"id": s.id, "key": s.key, "name": s.name, "archived": s.archived} for s in self.scopes],
        }


def check(session: Session, names: tuple[str, ...] = ()) -> Iterator[SourceCheck]:
    """One answer for each source named (all when none is), as soon as it is there."""
    clean_logs()
    for source in session.sources(names):
        with clean_output():
            found = _one(session, source)
        yield dataclasses.replace(
            found,
            who=found.who and REDACTOR.clean(found.who),
            missing=tuple(map(REDACTOR.clean, found.missing)),
            notes=tuple(map(REDACTOR.clean, found.notes)),
            problem=found.problem and REDACTOR.clean(found.problem),
            mend=found.mend and REDACTOR.clean(found.mend),
            scopes=tuple(msgspec.structs.replace(scope, name=REDACTOR.clean(scope.name)) for scope in found.scopes),
        )


def _one(session: Session, source: SourceConfig) -> SourceCheck:
    try:
        connector = session.connector(source)
        fetch = open_fetch(connector, source.name, tokens=session.tokens, clock=session.clock)
        try:
            access = connector.check(fetch)
            scopes: Sequence[Scope] = tuple(connector.scopes(fetch, access))
            skew = fetch.http.skew if fetch.http else None
        finally:
            fetch.close()
    except SightlineError as error:
        return SourceCheck(source.name, source.connector, problem=error.what, mend=error.mend)
    except Exception as error:  # noqa: BLE001 - a broken plug-in must not hide the other sources
        return SourceCheck(
            source.name,
            source.connector,
            problem=f"the plug-in failed ({type(error).__name__})",
            mend="Report it with the plug-in's version.",
        )
    seconds = round(skew.total_seconds()) if skew is not None else None
    notes = [*access.notes, *(f"{what} cannot be read: {error.what}" for what, error in fetch.unread.items())]
    if seconds is not None and abs(seconds) > MAX_SKEW_S:
        notes.append(f"its clock and this machine's differ by {abs(seconds)} s: set this machine's clock by NTP")
    return SourceCheck(source.name, source.connector, access.who, access.missing, tuple(notes), tuple(scopes), seconds)
