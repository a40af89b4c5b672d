"""The first schema."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from sightline.store.types import Day, Exact, Instant, Json, Scaled

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    for create in (
        _about,
        _accounts,
        _activity,
        _alerts,
        _assignments,
        _baselines,
        _changes,
        _checklist_items,
        _checkpoints,
        _clients,
        _contacts,
        _document_lines,
        _documents,
        _existence,
        _figures,
        _links,
        _milestones,
        _notes,
        _old_keys,
        _payments,
        _persons,
        _projects,
        _quarantine,
        _raw_pages,
        _reports,
        _runs,
        _scopes,
        _tasks,
        _time_entries,
        _person_accounts,
        _plan_items,
        _run_sources,
    ):
        create()


def _collected(name: str, *columns: sa.Column[Any]) -> None:
    """A table of records: what all of them have, around their own columns."""
    op.create_table(
        name,
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        *columns,
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("first_learnt_at", Instant, nullable=False),
        sa.Column("learnt_at", Instant, nullable=False),
        sa.Column("removed_at", Instant),
        sa.Column("removed_learnt_at", Instant),
        sa.PrimaryKeyConstraint("source", "id", name=op.f(f"pk_{name}")),
    )


def _about() -> None:
    op.create_table(
        "about",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_about")),
    )


def _accounts() -> None:
    _collected(
        "accounts",
        sa.Column("name", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("username", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
    )


def _activity() -> None:
    _collected(
        "activity",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("task", sa.Text),
        sa.Column("keys", Json, nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("text", sa.Text),
    )
    op.create_index(op.f("ix_activity_source_scope"), "activity", ["source", "scope"])
    op.create_index(op.f("ix_activity_source_task"), "activity", ["source", "task"])


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project", sa.Text),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("closed_at", Instant),
        sa.Column("acknowledged_at", Instant),
        sa.Column("acknowledged_by", sa.Text),
        sa.Column("snoozed_until", Instant),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "id", "part", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_project_kind"), "assignments", ["project", "kind"])


def _baselines() -> None:
    op.create_table(
        "baselines",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("frozen_at", Instant, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("approved_by", sa.Text),
        sa.Column("source", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baselines")),
    )
    op.create_index(op.f("ix_baselines_project"), "baselines", ["project"])


def _changes() -> None:
    _collected(
        "changes",
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("from_value", sa.Text),
        sa.Column("to_value", sa.Text),
        sa.Column("from_state", sa.Text),
        sa.Column("to_state", sa.Text),
        sa.Column("by", sa.Text),
        sa.Column("derived", sa.Boolean, nullable=False),
    )
    op.create_index(op.f("ix_changes_source_task"), "changes", ["source", "task"])


def _checklist_items() -> None:
    _collected(
        "checklist_items",
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_on", Day),
        sa.Column("assignee", sa.Text),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
    op.create_index(op.f("ix_checklist_items_source_task"), "checklist_items", ["source", "task"])


def _checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("state", Json, nullable=False),
        sa.PrimaryKeyConstraint("source", "stream", "scope", name=op.f("pk_checkpoints")),
    )


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("contacts", Json, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )


def _contacts() -> None:
    _collected(
        "contacts",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("merged_into", sa.Text),
        sa.Column("customer", sa.Boolean),
        sa.Column("supplier", sa.Boolean),
    )
    op.create_index(op.f("ix_contacts_source_scope"), "contacts", ["source", "scope"])


def _document_lines() -> None:
    op.create_table(
        "document_lines",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("quantity", Exact),
        sa.Column("unit_price", Scaled),
        sa.Column("discount_rate", Exact),
        sa.Column("tax", Scaled),
        sa.Column("amount", Scaled, nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("item", sa.Text),
        sa.Column("tracking", Json, nullable=False),
        sa.PrimaryKeyConstraint("source", "document", "position", name=op.f("pk_document_lines")),
    )


def _documents() -> None:
    _collected(
        "documents",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("number", sa.Text),
        sa.Column("reference", sa.Text),
        sa.Column("contact", sa.Text),
        sa.Column("contact_id", sa.Text),
        sa.Column("issued_on", Day),
        sa.Column("due_on", Day),
        sa.Column("paid_on", Day),
        sa.Column("subtotal", Scaled),
        sa.Column("tax", Scaled),
        sa.Column("total", Scaled),
        sa.Column("paid", Scaled),
        sa.Column("credited", Scaled),
        sa.Column("outstanding", Scaled),
        sa.Column("rate_to_base", Exact),
        sa.Column("tax_inclusive", sa.Boolean, nullable=False),
        sa.Column("direction", sa.Text),
        sa.Column("counts_elsewhere", sa.Boolean, nullable=False),
        sa.Column("project_id", sa.Text),
        sa.Column("updated_at", Instant),
        sa.Column("url", sa.Text),
        sa.Column("lines_digest", sa.Text, nullable=False),
    )
    op.create_index(op.f("ix_documents_source_scope"), "documents", ["source", "scope"])


def _existence() -> None:
    op.create_table(
        "existence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("learnt_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_existence")),
    )
    op.create_index(op.f("ix_existence_source_kind_record"), "existence", ["source", "kind", "record"])


def _figures() -> None:
    op.create_table(
        "figures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("project", sa.Text),
        sa.Column("client", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("money_currency", sa.Text),
        sa.Column("currency", sa.Text),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("as_of", Instant, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("coverage", Exact),
        sa.Column("oldest_input", Instant),
        sa.Column("internal", sa.Boolean, nullable=False),
        sa.Column("receipt", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures")),
    )
    op.create_index(op.f("ix_figures_project_name"), "figures", ["project", "name"])


def _links() -> None:
    _collected(
        "links",
        sa.Column("from_task", sa.Text, nullable=False),
        sa.Column("to", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
    )
    op.create_index(op.f("ix_links_source_from_task"), "links", ["source", "from_task"])


def _milestones() -> None:
    _collected(
        "milestones",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("starts_on", Day),
        sa.Column("due_on", Day),
        sa.Column("completed_at", Instant),
        sa.Column("description", sa.Text),
        sa.Column("url", sa.Text),
    )
    op.create_index(op.f("ix_milestones_source_scope"), "milestones", ["source", "scope"])


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.Text),
        sa.Column("at", Instant, nullable=False),
        sa.Column("client_visible", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_project"), "notes", ["project"])


def _old_keys() -> None:
    op.create_table(
        "old_keys",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("learnt_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_old_keys")),
    )


def _payments() -> None:
    _collected(
        "payments",
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("day", Day, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount", Scaled, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("credit", sa.Text),
        sa.Column("rate_to_base", Exact),
        sa.Column("reference", sa.Text),
        sa.Column("updated_at", Instant),
    )
    op.create_index(op.f("ix_payments_source_document"), "payments", ["source", "document"])
    op.create_index(op.f("ix_payments_source_scope"), "payments", ["source", "scope"])


def _persons() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("emails", Json, nullable=False),
        sa.Column("role", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )


def _projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("client", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("starts", Day),
        sa.Column("due", Day),
        sa.Column("agreement", sa.Text),
        sa.Column("currency", sa.Text),
        sa.Column("budget", Scaled),
        sa.Column("budget_seconds", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("accepted_at", Instant),
        sa.PrimaryKeyConstraint("source", "stream", "id", name=op.f("pk_quarantine")),
    )


def _raw_pages() -> None:
    op.create_table(
        "raw_pages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("run", sa.BigInteger),
        sa.Column("learnt_at", Instant, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_pages")),
    )
    op.create_index(op.f("ix_raw_pages_source_run"), "raw_pages", ["source", "run"])


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("starts_on", Day),
        sa.Column("ends_on", Day),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("drafted_at", Instant, nullable=False),
        sa.Column("approved_at", Instant),
        sa.Column("approved_by", sa.Text),
        sa.Column("sent_at", Instant),
        sa.Column("file", sa.Text),
        sa.Column("digest", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("finished_at", Instant),
        sa.Column("status", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )


def _scopes() -> None:
    _collected(
        "scopes",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("archived", sa.Boolean, nullable=False),
        sa.Column("timezone", sa.Text),
        sa.Column("currency", sa.Text),
    )


def _tasks() -> None:
    _collected(
        "tasks",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("waiting_on", sa.Text),
        sa.Column("created_at", Instant),
        sa.Column("updated_at", Instant),
        sa.Column("started_at", Instant),
        sa.Column("completed_at", Instant),
        sa.Column("start_on", Day),
        sa.Column("due_on", Day),
        sa.Column("assignees", Json, nullable=False),
        sa.Column("reporter", sa.Text),
        sa.Column("parent", sa.Text),
        sa.Column("parent_key", sa.Text),
        sa.Column("labels", Json, nullable=False),
        sa.Column("components", Json, nullable=False),
        sa.Column("priority", sa.Text),
        sa.Column("estimate_seconds", sa.BigInteger),
        sa.Column("remaining_seconds", sa.BigInteger),
        sa.Column("spent_seconds", sa.BigInteger),
        sa.Column("points", Exact),
        sa.Column("milestones", Json, nullable=False),
        sa.Column("sprints", Json, nullable=False),
        sa.Column("archived", sa.Boolean, nullable=False),
        sa.Column("copy_of", sa.Text),
    )
    op.create_index(op.f("ix_tasks_source_key"), "tasks", ["source", "key"])
    op.create_index(op.f("ix_tasks_source_scope"), "tasks", ["source", "scope"])


def _time_entries() -> None:
    _collected(
        "time_entries",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("seconds", sa.BigInteger, nullable=False),
        sa.Column("day", Day),
        sa.Column("task", sa.Text),
        sa.Column("task_key", sa.Text),
        sa.Column("account", sa.Text),
        sa.Column("started_at", Instant),
        sa.Column("billable", sa.Boolean),
        sa.Column("note", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("updated_at", Instant),
        sa.Column("day_by_vendor", sa.Boolean, nullable=False),
    )
    op.create_index(op.f("ix_time_entries_source_scope"), "time_entries", ["source", "scope"])
    op.create_index(op.f("ix_time_entries_source_task"), "time_entries", ["source", "task"])


def _person_accounts() -> None:
    op.create_table(
        "person_accounts",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["person"], ["persons.id"], name=op.f("fk_person_accounts_person_persons"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "account", name=op.f("pk_person_accounts")),
    )
    op.create_index(op.f("ix_person_accounts_person"), "person_accounts", ["person"])


def _plan_items() -> None:
    op.create_table(
        "plan_items",
        sa.Column("baseline", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("item", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["baseline"], ["baselines.id"], name=op.f("fk_plan_items_baseline_baselines"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("baseline", "position", name=op.f("pk_plan_items")),
    )


def _run_sources() -> None:
    op.create_table(
        "run_sources",
        sa.Column("run", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("scopes", sa.BigInteger, nullable=False),
        sa.Column("read", sa.BigInteger, nullable=False),
        sa.Column("new", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.Column("same", sa.BigInteger, nullable=False),
        sa.Column("gone", sa.BigInteger, nullable=False),
        sa.Column("skipped", sa.BigInteger, nullable=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("finished_at", Instant, nullable=False),
        sa.Column("checks", Json, nullable=False),
        sa.Column("notes", Json, nullable=False),
        sa.Column("unreadable", Json, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_run_sources_run_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "source", name=op.f("pk_run_sources")),
    )
    op.create_index(op.f("ix_run_sources_source_finished_at"), "run_sources", ["source", "finished_at"])
