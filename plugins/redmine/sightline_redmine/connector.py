"""Redmine (REST): what is asked, how calls are signed and limited, what is looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sightline.sdk import (
    Access,
    Auth,
    Connector,
    Fetch,
    Headers,
    Limits,
    Lookup,
    Offset,
    Request,
    Scope,
    SourceChanged,
    Stream,
)
from sightline_redmine.config import RedmineSettings
from sightline_redmine.streams import Issues, Members, TimeEntries, Users, Versions

__all__ = ["RedmineConnector"]

#: Redmine counts rows and caps the page at 100 without a word.
_PAGES = Offset(offset="offset", size="limit", total="total_count", last=None)
#: Active and closed ones; archived ones are hidden from everybody. Without a status only active ones are listed.
_PROJECTS = Request("/projects.json", {"status": "1|5", "include": "enabled_modules"})
_ACTIVE = 1


class RedmineConnector(Connector):
    """Projects as scopes, issues as tasks, versions as milestones, time on Redmine's own day."""

    name = "redmine"
    title = "Redmine"
    settings = RedmineSettings
    doc = "Issues with journals, links and comments, time entries, versions, people"
    sandbox: ClassVar[str | None] = "sightline_redmine.sandbox:RedmineSandbox"

    def base(self) -> str:
        """Redmine's own address."""
        return str(self.config.site)

    def auth(self) -> Auth:
        """The key as a header: in the address it would end in logs."""
        return Headers({"X-Redmine-API-Key": self.config.token})

    def limits(self) -> Limits:
        """Redmine states none; this is what a small server takes while people work with it."""
        return Limits(requests=200, per_seconds=10.0, concurrent=4)

    def check(self, fetch: Fetch) -> Access:
        """Who we are, and the projects with their modules, which streams must know."""
        me = fetch.one(Request("/users/current.json"))
        user = me.get("user") if isinstance(me, dict) else None
        if not isinstance(user, dict):
            raise SourceChanged(
                "/users/current.json holds no user", where="redmine", mend="Check that `site` is Redmine's address."
            )
        admin = user.get("admin") is True
        # Nothing else of the answer is kept: it holds the key itself.
        name = " ".join(str(user[part]) for part in ("firstname", "lastname") if user.get(part))
        projects = [_slim(row) for row in fetch.rows(_PROJECTS, rows="projects", paging=_PAGES)]
        notes = () if admin else ("not an administrator: people are known by name only, without mail",)
        facts = {"admin": admin, "projects": projects}
        return Access(who=name or str(user.get("login") or "a Redmine user"), notes=notes, facts=facts)

    def scopes(self, fetch: Fetch, access: Access) -> Iterable[Scope]:
        """Every project the key sees, closed ones as archived."""
        for project in access.facts["projects"]:
            yield Scope(
                id=project["id"],
                key=project["key"],
                name=project["name"],
                url=f"{self.config.site}/projects/{project['key']}",
                archived=project["closed"],
            )

    def lookups(self, access: Access) -> Sequence[Lookup]:
        """Statuses say what is closed, trackers in which status work begins: ids differ from Redmine to Redmine."""
        common = (
            Lookup("statuses", Request("/issue_statuses.json"), rows="issue_statuses"),
            Lookup("trackers", Request("/trackers.json"), rows="trackers"),
        )
        # The list of people does not say who is locked; the list of the locked does.
        locked = Lookup("locked", Request("/users.json", {"status": "3"}), rows="users", paging=_PAGES)
        return (*common, locked) if access.facts["admin"] else common

    def streams(self, access: Access) -> Sequence[Stream]:
        """People first; only an administrator may list them, others see who is a member of a project."""
        modules = {project["id"]: frozenset(project["modules"]) for project in access.facts["projects"]}
        people: Stream = Users() if access.facts["admin"] else Members()
        return (people, Versions(), Issues(self.config, modules), TimeEntries(self.config, modules))


def _slim(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a project. Old versions do not tell the modules: then both are taken as there."""
    modules = row.get("enabled_modules")
    named = [str(m.get("name")) for m in modules] if isinstance(modules, list) else ["issue_tracking", "time_tracking"]
    return {
        "id": str(row["id"]),
        "key": str(row.get("identifier") or row["id"]),
        "name": str(row.get("name") or ""),
        "closed": row.get("status", _ACTIVE) != _ACTIVE,
        "modules": named,
    }
