"""The tables of what Sightline itself keeps: checkpoints, run log, joins, figures, plans, reports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from sightline.model.figures import Receipt, ReceiptLine
from sightline.model.outbox import Message
from sightline.model.plan import PlanItem
from sightline.model.portfolio import Calendar
from sightline.store.tables import METADATA
from sightline.store.types import Day, Exact, Instant, Json, Scaled

__all__ = [
    "ABOUT",
    "ALERTS",
    "ASSIGNMENTS",
    "BASELINES",
    "CHECKPOINTS",
    "CLIENTS",
    "CORRECTIONS",
    "DECISIONS",
    "EXISTENCE",
    "FIGURES",
    "HEALTH",
    "MEASURED",
    "MOVED",
    "NOTES",
    "OLD_KEYS",
    "OUTBOX",
    "PERSONS",
    "PERSON_ACCOUNTS",
    "PLAN_ITEMS",
    "PROJECTS",
    "QUARANTINE",
    "RAW_PAGES",
    "REPORTS",
    "REPORT_COPIES",
    "REPORT_FORMS",
    "REPORT_STEPS",
    "RUNS",
    "RUN_SOURCES",
    "SLIP",
    "STATUS_RULES",
    "TIES",
    "TOLD",
    "WEB_AUDIT",
    "WEB_GRANTS",
    "WEB_USERS",
]


def _serial() -> Column[Any]:
    # SQLite numbers rows by itself only when the key's type is exactly INTEGER.
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _key(name: str) -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


#: `written_by` (the release that migrated last) and `zone` (in which days of time entries were computed).
ABOUT = Table("about", METADATA, _key("name"), _text("value"))

# What collecting needs to go on where it stopped.
CHECKPOINTS = Table(
    "checkpoints", METADATA, _key("source"), _key("stream"), _key("scope"), Column("state", Json, nullable=False)
)
QUARANTINE = Table(
    "quarantine",
    METADATA,
    _key("source"),
    _key("stream"),
    _key("id"),
    _text("reason"),
    Column("since", Instant, nullable=False),
    Column("accepted_at", Instant),
)
RAW_PAGES = Table(
    "raw_pages",
    METADATA,
    _serial(),
    _text("source"),
    _text("stream"),
    _text("scope"),
    Column("run", BigInteger),
    Column("learnt_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "source", "run"),
)

# What became of what was collected.
EXISTENCE = Table(
    "existence",
    METADATA,
    _serial(),
    _text("source"),
    _text("kind"),
    _text("record"),
    Column("present", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("learnt_at", Instant, nullable=False),
    Index(None, "source", "kind", "record"),
)
#: Keys that a task had before it was moved; commits and messages still name them.
OLD_KEYS = Table(
    "old_keys",
    METADATA,
    _key("source"),
    _key("key"),
    _text("task"),
    Column("learnt_at", Instant, nullable=False),
)

# The run log.
RUNS = Table(
    "runs",
    METADATA,
    _serial(),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("status", Text),
)
RUN_SOURCES = Table(
    "run_sources",
    METADATA,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    _key("source"),
    _text("status"),
    Column("reason", Text),
    *(
        Column(name, BigInteger, nullable=False)
        for name in ("scopes", "read", "new", "changed", "same", "gone", "skipped", "requests")
    ),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("checks", Json, nullable=False),
    Column("notes", Json(tuple[str, ...]), nullable=False),
    Column("unreadable", Json, nullable=False),
    Index(None, "source", "finished_at"),
)

# The portfolio as configured, and the joins between it and what was collected.
CLIENTS = Table(
    "clients",
    METADATA,
    _key("id"),
    _text("name"),
    Column("contacts", Json(tuple[str, ...]), nullable=False),
    _text("language"),
)
PROJECTS = Table(
    "projects",
    METADATA,
    _key("id"),
    Column("client", Text),
    _text("name"),
    Column("starts", Day),
    Column("due", Day),
    Column("agreement", Text),
    Column("currency", Text),
    Column("budget", Scaled),
    Column("budget_seconds", BigInteger),
)
PERSONS = Table(
    "persons",
    METADATA,
    _key("id"),
    _text("name"),
    Column("emails", Json(tuple[str, ...]), nullable=False),
    Column("role", Text),
    #: Rows of (kind, client, first day, last day), "" where nothing is said.
    Column("affiliations", Json(list[list[str]]), nullable=False, server_default="[]"),
)
PERSON_ACCOUNTS = Table(
    "person_accounts",
    METADATA,
    _key("source"),
    _key("account"),
    Column("person", ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Index(None, "person"),
)
#: One thing belongs to one project. `kind` is a table's name; `part` is the line of a document, else empty.
ASSIGNMENTS = Table(
    "assignments",
    METADATA,
    _key("source"),
    _key("kind"),
    _key("id"),
    _key("part"),
    _text("project"),
    Index(None, "project", "kind"),
)

# What people decided about it, and what follows from that for those who read.
DECISIONS = Table(
    "decisions",
    METADATA,
    _serial(),
    Column("step", BigInteger, nullable=False),
    _text("kind"),
    _text("subject"),
    Column("value", Json(tuple[tuple[str, str], ...]), nullable=False),
    _text("by"),
    Column("at", Instant, nullable=False),
    Column("reason", Text),
    Column("undone_at", Instant),
    Column("undone_by", Text),
)
CORRECTIONS = Table(
    "corrections",
    METADATA,
    _key("source"),
    _key("kind"),
    _key("id"),
    Column("billable", Boolean),
    Column("person", Text),
    Column("notes", Json(tuple[str, ...]), nullable=False),
)
#: What concerns which task: (source, kind, id, part) is an activity, an entry, a line of a document, another task.
TIES = Table(
    "ties",
    METADATA,
    _key("source"),
    _key("kind"),
    _key("id"),
    _key("part"),
    _key("task_source"),
    _key("task"),
    _text("how"),
    _key("link"),
    Index(None, "task_source", "task"),
)
#: What statuses mean where a rule says otherwise than the tool; `scope` is empty for all of them, `status` in lower case.
STATUS_RULES = Table(
    "status_rules",
    METADATA,
    _key("source"),
    _key("scope"),
    _key("status"),
    Column("state", Text),
    Column("waiting_on", Text),
)

# What was computed, planned, said.
FIGURES = Table(
    "figures",
    METADATA,
    _serial(),
    Column("project", Text),
    Column("client", Text),
    _text("name"),
    _text("type"),
    Column("value", Text),
    Column("money_currency", Text),
    Column("currency", Text),
    _text("unit"),
    Column("as_of", Instant, nullable=False),
    _text("method"),
    Column("coverage", Exact),
    Column("oldest_input", Instant),
    Column("internal", Boolean, nullable=False),
    Column("receipt", Json(Receipt), nullable=False),
    Index(None, "project", "name"),
)
#: With what rules (a digest) each project was measured last; `headline` is its figures without receipts, `listed` those
#: of them that the portfolio shows, with their methods.
MEASURED = Table(
    "measured",
    METADATA,
    _key("project"),
    _text("rules"),
    Column("at", Instant, nullable=False),
    _text("headline"),
    Column("listed", Text, nullable=False, server_default="[]"),
)
#: What a change of rates, agreements or rules did to figures; `before` and `after` are values as JSON.
MOVED = Table(
    "moved",
    METADATA,
    _serial(),
    _text("project"),
    _text("name"),
    Column("currency", Text),
    _text("before"),
    _text("after"),
    Column("was_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "project"),
)
BASELINES = Table(
    "baselines",
    METADATA,
    _key("id"),
    _text("project"),
    _text("name"),
    Column("frozen_at", Instant, nullable=False),
    Column("reason", Text),
    Column("approved_by", Text),
    Column("source", Text),
    Column("approved_at", Instant),
    Column("calendar", Json(Calendar)),
    Column("sizing", Text),
    Column("confidence", Text),
    Index(None, "project"),
)
PLAN_ITEMS = Table(
    "plan_items",
    METADATA,
    Column("baseline", ForeignKey("baselines.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("item", Json(PlanItem), nullable=False),
)
#: Notes, and the answers to them (`kind` answer, `about` the note); nothing is changed but the mark that it was undone.
NOTES = Table(
    "notes",
    METADATA,
    _serial(),
    _text("project"),
    _text("kind"),
    _text("text"),
    Column("by", Text),
    Column("at", Instant, nullable=False),
    Column("client_visible", Boolean, nullable=False),
    Column("asked_of", Text),
    Column("due", Day),
    Column("outcome", Text),
    Column("task_source", Text),
    Column("task", Text),
    #: The note that this entry answers.
    Column("about", BigInteger),
    Column("learnt_at", Instant),
    Column("undone_at", Instant),
    Column("undone_by", Text),
    Index(None, "project"),
)
#: All notes of a project, files and rules included, as they were when it was measured last.
TOLD = Table(
    "told",
    METADATA,
    _key("project"),
    _key("id"),
    _text("kind"),
    _text("text"),
    Column("by", Text),
    Column("at", Instant, nullable=False),
    Column("asked_of", Text),
    Column("due", Day),
    Column("answered_at", Instant),
    Column("answer", Text),
    Column("answered_by", Text),
    Column("outcome", Text),
    Column("task_source", Text),
    Column("task", Text),
    Column("client_visible", Boolean, nullable=False),
)
#: The slip ledger of a project: `gap` is days or hours (points where nothing has hours), `value` the reason's part of it.
SLIP = Table(
    "slip",
    METADATA,
    _key("project"),
    _key("gap"),
    _key("reason"),
    Column("position", Integer, nullable=False),
    Column("value", Exact, nullable=False),
    _text("text"),
    Column("tasks", Json(tuple[str, ...]), nullable=False),
    Column("as_of", Instant, nullable=False),
)
ALERTS = Table(
    "alerts",
    METADATA,
    _key("id"),
    Column("project", Text),
    _text("rule"),
    _text("text"),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", Text),
    Column("snoozed_until", Day),
    Column("client", Text),
    Column("source", Text),
    _text("subject"),
    _text("severity"),
    Column("inputs", Json(tuple[ReceiptLine, ...]), nullable=False),
    Column("owner", Text),
    Column("action", Text),
    Column("since", Day),
    Column("seen_at", Instant, nullable=False),
    Column("acknowledged_why", Text),
    Column("level", Exact, nullable=False),
    Column("told_level", Exact, nullable=False),
    Column("told_severity", Text),
    Column("told_at", Instant),
    Column("times", Integer, nullable=False),
    Index(None, "project"),
)
#: What is to be sent, written down before it is sent; `key` is what makes a message the same message.
OUTBOX = Table(
    "outbox",
    METADATA,
    _serial(),
    Column("key", Text, nullable=False, unique=True),
    _text("kind"),
    _text("channel"),
    Column("message", Json(Message), nullable=False),
    _text("state"),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("tried_at", Instant),
    Column("sent_at", Instant),
    Column("why", Text),
    Index(None, "state", "due_at"),
)
#: How every project stood on each status date; dimension "" is the whole.
HEALTH = Table(
    "health",
    METADATA,
    _key("project"),
    _key("dimension"),
    Column("day", Day, primary_key=True),
    _text("shown"),
    _text("verdict"),
    _text("reason"),
)
REPORTS = Table(
    "reports",
    METADATA,
    _key("id"),
    _text("client"),
    _text("edition"),
    Column("starts_on", Day),
    Column("ends_on", Day),
    _text("status"),
    Column("drafted_at", Instant, nullable=False),
    Column("approved_at", Instant),
    Column("approved_by", Text),
    Column("sent_at", Instant),
    Column("file", Text),
    Column("digest", Text),
    #: Of this client's reports, from 1 on, and which version of that report; `corrects` is the id of the one before.
    Column("number", Integer, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("corrects", Text),
    Column("reviewed_at", Instant),
    Column("reviewed_by", Text),
    Column("answered_at", Instant),
    #: Why it must not go out as it is; null when nothing speaks against it.
    Column("held", Text),
    Column("recipients", Json(tuple[str, ...]), nullable=False, server_default="[]"),
)
#: What a report was made from; see `store/reports.py`.
REPORT_COPIES = Table(
    "report_copies",
    METADATA,
    _key("report"),
    Column("snapshot", LargeBinary, nullable=False),
    _text("cover"),
    Column("words", Json(dict[str, str]), nullable=False),
    Column("texts", Json(dict[str, str]), nullable=False),
)
#: The documents of a report, byte for byte.
REPORT_FORMS = Table(
    "report_forms",
    METADATA,
    _key("report"),
    _key("edition"),
    _key("form"),
    _text("name"),
    _text("digest"),
    Column("body", LargeBinary, nullable=False),
)
#: What was done with reports and heard about them: the record of contacts.
REPORT_STEPS = Table(
    "report_steps",
    METADATA,
    _serial(),
    _text("report"),
    _text("client"),
    _text("what"),
    Column("at", Instant, nullable=False),
    _text("by"),
    _text("text"),
    Index(None, "client"),
)
# Who may come in by the web. Secrets are kept as digests only.
WEB_USERS = Table(
    "web_users",
    METADATA,
    _key("name"),
    _text("role"),
    Column("person", Text),
    Column("client", Text),
    _text("password"),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)
WEB_GRANTS = Table(
    "web_grants",
    METADATA,
    _key("digest"),
    _text("kind"),
    _text("holder"),
    _text("note"),
    Column("created_at", Instant, nullable=False),
    _text("created_by"),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("ended_at", Instant),
    Index(None, "kind", "holder"),
)
#: Who saw, changed and sent what; never changed, never shortened.
WEB_AUDIT = Table(
    "web_audit", METADATA, _serial(), Column("at", Instant, nullable=False), _text("who"), _text("what"), _text("about")
)
