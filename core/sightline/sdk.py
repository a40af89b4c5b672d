"""The one module that plug-in authors import. Everything here is kept stable within one seam version (`SEAM`).

    from sightline.sdk import Connector, Settings, Stream, Task, hookimpl

See `plugins/README.md` for the walk-through and `sightline plugins new NAME` for a complete package to start from.
"""

from __future__ import annotations

from sightline.collect.connector import (
    Access,
    Batch,
    Connector,
    Context,
    Fetch,
    Limits,
    Lookup,
    Mapped,
    Settings,
    Stream,
    Verdict,
)
from sightline.collect.credentials import Auth, Basic, Bearer, Headers, Minted, OAuth2
from sightline.collect.cursor import Cursor, FeedCursor, FullRead, LastId, ServerTime, Since, UpdatedAt
from sightline.collect.deletions import ByFeed, ByParent, Census, Deletions, FullList, Never
from sightline.collect.hooks import Signature
from sightline.collect.paging import (
    Before,
    GraphqlCursor,
    LinkHeader,
    NextToken,
    Offset,
    PageNumber,
    Paging,
    SinceFeed,
    SinceKeyset,
    SinglePage,
)
from sightline.collect.request import Answer, Command, Request, at_path
from sightline.collect.totals import Total
from sightline.errors import (
    AuthError,
    ConfigError,
    NotFound,
    PermissionMissing,
    RetryLater,
    RowError,
    SightlineError,
    SourceChanged,
)
from sightline.extend import (
    AlertRule,
    ClientSection,
    InternalSection,
    Limit,
    Metric,
    Notifier,
    Sink,
    WorkspaceRule,
)
from sightline.model.alerts import Finding, Unsure
from sightline.model.collected import Gone, Whole
from sightline.model.figures import Figure, Receipt, ReceiptLine, Unknown
from sightline.model.money import Money
from sightline.model.outbox import Attachment, Message
from sightline.model.practice import Practice
from sightline.model.records import (
    Account,
    Activity,
    Change,
    ChecklistItem,
    Contact,
    Document,
    Line,
    Link,
    Milestone,
    Payment,
    Record,
    Scope,
    State,
    Task,
    TimeEntry,
)
from sightline.model.time import day, from_epoch, instant, seconds_of_hours
from sightline.plugins.hookspecs import SEAM, hookimpl

__all__ = [
    "SEAM",
    "Access",
    "Account",
    "Activity",
    "AlertRule",
    "Answer",
    "Attachment",
    "Auth",
    "AuthError",
    "Basic",
    "Batch",
    "Bearer",
    "Before",
    "ByFeed",
    "ByParent",
    "Census",
    "Change",
    "ChecklistItem",
    "ClientSection",
    "Command",
    "ConfigError",
    "Connector",
    "Contact",
    "Context",
    "Cursor",
    "Deletions",
    "Document",
    "FeedCursor",
    "Fetch",
    "Figure",
    "Finding",
    "FullList",
    "FullRead",
    "Gone",
    "GraphqlCursor",
    "Headers",
    "InternalSection",
    "LastId",
    "Limit",
    "Limits",
    "Line",
    "Link",
    "LinkHeader",
    "Lookup",
    "Mapped",
    "Message",
    "Metric",
    "Milestone",
    "Minted",
    "Money",
    "Never",
    "NextToken",
    "NotFound",
    "Notifier",
    "OAuth2",
    "Offset",
    "PageNumber",
    "Paging",
    "Payment",
    "PermissionMissing",
    "Practice",
    "Receipt",
    "ReceiptLine",
    "Record",
    "Request",
    "RetryLater",
    "RowError",
    "Scope",
    "ServerTime",
    "Settings",
    "SightlineError",
    "Signature",
    "Since",
    "SinceFeed",
    "SinceKeyset",
    "SinglePage",
    "Sink",
    "SourceChanged",
    "State",
    "Stream",
    "Task",
    "TimeEntry",
    "Total",
    "Unknown",
    "Unsure",
    "UpdatedAt",
    "Verdict",
    "Whole",
    "WorkspaceRule",
    "at_path",
    "day",
    "from_epoch",
    "hookimpl",
    "instant",
    "seconds_of_hours",
]
