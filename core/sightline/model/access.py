"""Who may see and do what on the web: roles, rights, and a viewer to whom every page is shown."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sightline.model.checked import Checked

__all__ = ["LOCAL", "RIGHTS", "ROLES", "Grant", "GrantKind", "Right", "Role", "User", "Viewer"]

Role = Literal["owner", "finance", "lead", "member", "client"]
Right = Literal["work", "money", "cost", "decide", "report", "sync", "admin"]
GrantKind = Literal["session", "token", "share"]

#: `work`: projects, tasks, hours, sources. `money`: invoices, unbilled work, budgets. `cost`: cost, margin, rates.
#: `decide`: what belongs to what, alerts. `report`: draft, approve, send. `sync`: read the sources now. `admin`: users,
#: links, tokens, the audit log. A client has none of them: they see their own view, made from `ClientFacts`.
RIGHTS: dict[Role, frozenset[Right]] = {
    "owner": frozenset(("work", "money", "cost", "decide", "report", "sync", "admin")),
    "finance": frozenset(("work", "money", "cost", "report")),
    "lead": frozenset(("work", "money", "decide", "report", "sync")),
    "member": frozenset(("work",)),
    "client": frozenset(),
}
ROLES: tuple[Role, ...] = tuple(RIGHTS)


class User(Checked, frozen=True, kw_only=True):
    """Somebody who may log in. `person` names who they are among the people; `client` is set for the role client."""

    name: str
    role: Role
    person: str | None = None
    client: str | None = None
    created_at: dt.datetime
    disabled_at: dt.datetime | None = None


class Grant(Checked, frozen=True, kw_only=True):
    """A secret somebody holds: a browser's session, a token for programs, a link for a client. Only its digest is kept."""

    digest: str
    kind: GrantKind
    holder: str
    """A user's name; for a share, the client's id."""
    note: str = ""
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime
    used_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None


class Viewer(Checked, frozen=True, kw_only=True):
    """To whom something is shown. Every page and every object in it is checked against this."""

    name: str
    role: Role
    person: str | None = None
    client: str | None = None
    reads_only: bool = False
    """A token without the right to change anything."""

    def may(self, right: Right) -> bool:
        """Whether the role has that right; a token that only reads may decide, send and sync nothing."""
        if self.reads_only and right in ("decide", "report", "sync", "admin"):
            return False
        return right in RIGHTS[self.role]


#: The one user of a dashboard on loopback, who has the files anyway.
LOCAL = Viewer(name="local user", role="owner")
