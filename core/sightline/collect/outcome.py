"""What a run tells about itself: per source, what was read, what became of it, what is missing and why."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Literal

from sightline.collect.redact import REDACTOR
from sightline.model.collected import Counts, Skipped

__all__ = ["Check", "Progress", "SourceOutcome"]

Status = Literal["complete", "incomplete", "failed"]


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """The same total told twice: by our store and by the source itself."""

    what: str
    store: str
    source: str

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.store == self.source


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """Sent while a source is read: rows so far of a stream, of `total` if the source told."""

    source: str
    stream: str
    scope: str
    rows: int
    total: int | None = None


@dataclasses.dataclass(slots=True)
class SourceOutcome:
    """One source in one run."""

    source: str
    started_at: dt.datetime
    status: Status = "complete"
    reasons: list[str] = dataclasses.field(default_factory=list)
    """Why it is not complete; the first one is the headline."""
    notes: list[str] = dataclasses.field(default_factory=list)
    scopes: int = 0
    counts: Counts = dataclasses.field(default_factory=Counts)
    requests: int = 0
    finished_at: dt.datetime | None = None
    skipped: list[Skipped] = dataclasses.field(default_factory=list)
    checks: list[Check] = dataclasses.field(default_factory=list)
    touched: set[str] = dataclasses.field(default_factory=set)
    """Scope ids in which anything changed; "" for source-wide streams."""

    @property
    def reason(self) -> str | None:
        """The headline reason, None when complete."""
        return self.reasons[0] if self.reasons else None

    def lack(self, reason: str) -> None:
        """Something is missing: the source is incomplete for this reason."""
        if reason not in self.reasons:
            self.reasons.append(reason)
        if self.status == "complete":
            self.status = "incomplete"

    def without_secrets(self) -> SourceOutcome:
        """Itself, fit to be logged and shown, whatever a plug-in wrote into its errors."""
        self.reasons = [REDACTOR.clean(reason) for reason in self.reasons]
        self.notes = [REDACTOR.clean(remark) for remark in self.notes]
        self.skipped = [
            Skipped(stream=row.stream, id=REDACTOR.clean(row.id), reason=REDACTOR.clean(row.reason))
            for row in self.skipped
        ]
        return self
