"""Every error Sightline raises, sorted by what the caller must do about it.

    SightlineError
    ├── Stop            this source (or command) cannot go on
    │   ├── ConfigError       the user mends the configuration
    │   ├── AuthError         the user gives new credentials
    │   ├── PermissionMissing somebody grants a right
    │   ├── ContractError     the plug-in broke the seam; its author mends it
    │   ├── StoreError        the database or disk refused; the user makes room or restores
    │   └── LockedError       another run is at work; wait for it
    ├── RetryLater      the source is down or throttles; the same run later may pass
    ├── NotFound        what was asked for is not there, or hidden from these credentials
    ├── SourceChanged   the answer has a shape nobody expects; nothing was lost
    └── RowError        one row cannot be read: skip it, count it, go on

Each carries three facts: what happened, where, and how to mend it. Never put a query, a header, a body, a token or
a client's text into any of them.
"""

from __future__ import annotations

__all__ = [
    "AuthError",
    "ConfigError",
    "ContractError",
    "LockedError",
    "NotFound",
    "PermissionMissing",
    "RetryLater",
    "RowError",
    "SightlineError",
    "SourceChanged",
    "Stop",
    "StoreError",
]


class SightlineError(Exception):
    """Base of all: `what` went wrong, `where` (a source, file or setting), how to `mend` it."""

    def __init__(self, what: str, *, where: str, mend: str) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        """One line a user can act on."""
        return f"{self.where}: {self.what}. {self.mend}" if self.mend else f"{self.where}: {self.what}"

    def at(self, where: str) -> SightlineError:
        """The same error, told from the place that knows the source's name."""
        self.where = where
        return self


class Stop(SightlineError):
    """Going on is pointless until somebody acts."""


class ConfigError(Stop):
    """A setting is missing, misspelt or impossible."""


class AuthError(Stop):
    """The source refused the credentials."""


class PermissionMissing(Stop):
    """The credentials are good but lack a right; data already held is kept, nothing is removed."""


class ContractError(Stop):
    """A plug-in broke its contract with the framework."""


class StoreError(Stop):
    """The database or the disk refused; the open transaction was rolled back."""


class LockedError(Stop):
    """Another process holds the workspace."""


class RetryLater(SightlineError):
    """The source did not answer well enough in the time allowed; what was kept stays and the next run resumes."""


class NotFound(SightlineError):
    """HTTP 404 or 410 (`status`): missing, or hidden from these credentials. Never a reason to remove anything."""

    def __init__(self, what: str, *, where: str, mend: str, status: int = 404) -> None:
        super().__init__(what, where=where, mend=mend)
        self.status = status


class SourceChanged(SightlineError):
    """The source's answer does not have the documented shape (HTML for JSON, a repeated page token, a missing list)."""


class RowError(SightlineError):
    """One row cannot be read. The framework quarantines it with the reason and goes on.

    A `map` raises it as `RowError("status is missing")`; the framework knows the rest.
    """

    def __init__(self, what: str, *, where: str = "row", mend: str = "") -> None:
        super().__init__(what, where=where, mend=mend)
