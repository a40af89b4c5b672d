"""Redmine's settings, projects, and lists, and how their rows become records."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, SecretStr

from sightline import sdk

PAGES = sdk.Offset(offset="offset", size="limit", total="total_count", last=None)
#: Without status_id=* Redmine lists open issues only; without subproject_id=!* it adds those of subprojects.
EVERY = {"status_id": "*", "subproject_id": "!*"}


def ref(row, name):
    """The id of what a row points at, as text; None when it points at nothing."""
    found = sdk.at_path(row, f"{name}.id")
    return None if found is None else str(found)


class Users(sdk.Stream):
    """People; only an administrator may list them."""

    name, path, rows, paging = "users", "/users.json", "users", PAGES
    delivers, deletions, refresh_every = (sdk.Account,), sdk.FullList(), dt.timedelta(0)
    per_scope, optional = False, True

    def map(self, row, context):
        name = f"{row['firstname']} {row['lastname']}".strip()
        yield sdk.Account(id=str(row["id"]), name=name or None, email=row.get("mail"), username=row.get("login"))


class Versions(sdk.Stream):
    """A project's versions, in one piece."""

    name, path, rows = "versions", "/projects/{scope.id}/versions.json", "versions"
    delivers, deletions, refresh_every = (sdk.Milestone,), sdk.FullList(), dt.timedelta(0)

    def map(self, row, context):
        own = {"id": str(row["id"]), "scope": ref(row, "project"), "due_on": sdk.day(row.get("due_date"))}
        yield sdk.Milestone(**own, kind="version", name=row["name"], state=row["status"])


class Issues(sdk.Stream):
    """Issues, open and closed, oldest change first."""

    name, path, rows, paging = "issues", "/issues.json", "issues", PAGES
    delivers, cursor = (sdk.Task,), sdk.UpdatedAt(field="updated_on", overlap=dt.timedelta(minutes=1))
    deletions = sdk.Census(
        lambda s: sdk.Request("/issues.json", {"project_id": s.id} | EVERY), sdk.Task, "issues", paging=PAGES
    )

    def params(self, scope, since):
        bound = {"updated_on": f">={since.at:%Y-%m-%dT%H:%M:%SZ}"} if since.at else {}
        return {"project_id": scope.id, **EVERY, "sort": "updated_on:asc,id:asc"} | bound

    def map(self, row, context):
        closed = {status["id"] for status in context.lookups["statuses"] if status["is_closed"]}
        done = sdk.at_path(row, "status.id") in closed
        yield sdk.Task(
            id=str(row["id"]),
            scope=ref(row, "project"),
            key=f"#{row['id']}",
            title=row["subject"],
            kind=sdk.at_path(row, "tracker.name").lower(),
            status=sdk.at_path(row, "status.name"),
            state="done" if done else "in_progress" if row["done_ratio"] else "todo",
            url=f"{context.settings.site}/issues/{row['id']}",
            description=row.get("description"),
            created_at=sdk.instant(row["created_on"]),
            updated_at=sdk.instant(row["updated_on"]),
            completed_at=sdk.instant(row.get("closed_on")) if done else None,
            start_on=sdk.day(row.get("start_date")),
            due_on=sdk.day(row.get("due_date")),
            assignees=tuple(filter(None, [ref(row, "assigned_to")])),
            reporter=ref(row, "author"),
            parent=ref(row, "parent"),
            priority=sdk.at_path(row, "priority.name"),
            estimate_seconds=sdk.seconds_of_hours(row.get("estimated_hours")),
            milestones=tuple(filter(None, [ref(row, "fixed_version")])),
        )


class TimeEntries(sdk.Stream):
    """Time entries, all of them each time: Redmine 5.0 ignores `updated_on` here, and deletes them with their issue."""

    name, path, rows, paging = "time_entries", "/time_entries.json", "time_entries", PAGES
    delivers, deletions, refresh_every = (sdk.TimeEntry,), sdk.FullList(), dt.timedelta(0)

    def params(self, scope, since):
        return {"project_id": scope.id, "subproject_id": "!*"}

    def map(self, row, context):
        yield sdk.TimeEntry(
            id=str(row["id"]),
            scope=ref(row, "project"),
            seconds=sdk.seconds_of_hours(row["hours"]),
            day=sdk.day(row["spent_on"]),
            task=ref(row, "issue"),
            account=ref(row, "user"),
            note=row.get("comments") or None,
            updated_at=sdk.instant(row["updated_on"]),
        )


class RedmineSettings(sdk.Settings):
    """Where Redmine is and how to get in."""

    site: str = Field(description="Redmine's address, with its path prefix if it has one.")
    token: SecretStr = Field(description="API access key (My account → API access key).")


class Redmine(sdk.Connector):
    """Any Redmine with its REST interface switched on."""

    name, title, settings = "redmine_lite", "Redmine (lite)", RedmineSettings

    def base(self):
        return self.config.site

    def auth(self):
        return sdk.Headers({"X-Redmine-API-Key": self.config.token})

    def check(self, fetch):
        return sdk.Access(who=fetch.one(sdk.Request("/users/current.json"))["user"]["login"])

    def scopes(self, fetch, access):
        for row in fetch.rows(sdk.Request("/projects.json"), rows="projects", paging=PAGES):
            yield sdk.Scope(id=str(row["id"]), key=row["identifier"], name=row["name"], archived=row["status"] != 1)

    def lookups(self, access):
        return [sdk.Lookup("statuses", sdk.Request("/issue_statuses.json"), rows="issue_statuses")]

    def streams(self, access):
        return [Users(), Versions(), Issues(), TimeEntries()]
