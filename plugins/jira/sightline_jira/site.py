"""What one Jira site is: its flavour, address, zone, projects, boards and fields. Found out once, kept as facts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sightline.sdk import Access, ConfigError, Offset, Request, Scope, SourceChanged, at_path
from sightline_jira.fields import Fields, discover

if TYPE_CHECKING:
    from sightline.sdk import Fetch
    from sightline_jira.config import JiraSettings

__all__ = ["Board", "Project", "Site", "describe"]

#: Boards whose configuration is asked for their estimation field; a larger site's others follow Jira's own names.
_BOARDS_ASKED = 50
#: Field and resolution names in English, whatever language the account prefers ("Jira REST API: headers").
_ENGLISH = {"Accept-Language": "en", "X-Force-Accept-Language": "true"}


@dataclasses.dataclass(frozen=True, slots=True)
class Project:
    """A Jira project as the site lists it. The key can change, the id cannot."""

    id: str
    key: str
    name: str
    archived: bool = False

    def scope(self, web: str) -> Scope:
        """The project as a scope, with the address people open."""
        url = f"{web}/browse/{self.key}"
        return Scope(id=self.id, key=self.key, name=self.name, url=url, archived=self.archived)


@dataclasses.dataclass(frozen=True, slots=True)
class Board:
    """A board; `project` is the id of the project it belongs to, None where Jira does not tell (Data Center)."""

    id: int
    type: str
    project: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Site:
    """One site, with the projects that were chosen in it."""

    cloud: bool
    root: str
    """What stands before `/rest` in every path: empty, or the site's place behind Atlassian's gateway."""
    web: str
    """Address of the site in a browser, without trailing slash."""
    zone: str | None
    """Time zone of the account's profile, in which JQL dates are read."""
    projects: tuple[Project, ...]
    boards: tuple[Board, ...]
    fields: Fields
    chosen: tuple[Project, ...] = ()

    @property
    def api(self) -> str:
        """Path of the platform API: v3 on Cloud, v2 on Data Center."""
        return f"{self.root}/rest/api/{3 if self.cloud else 2}"

    @property
    def agile(self) -> str:
        """Path of the boards API."""
        return f"{self.root}/rest/agile/1.0"

    @property
    def searchable(self) -> list[str]:
        """Keys of the chosen projects that a search can reach: Data Center keeps archived ones out of its index."""
        return [project.key for project in self.chosen if self.cloud or not project.archived]

    def facts(self) -> dict[str, Any]:
        """As plain values, for `Access.facts`."""
        found = {name: getattr(self, name) for name in ("cloud", "root", "web", "zone")}
        lists = {
            "projects": [[p.id, p.key, p.name, p.archived] for p in self.projects],
            "boards": [[b.id, b.type, b.project] for b in self.boards],
        }
        return {**found, **lists, "fields": self.fields.facts()}

    @classmethod
    def of(cls, facts: Mapping[str, Any], wanted: Sequence[str]) -> Site:
        """Back from the facts; `wanted` are the projects the settings name, all when empty."""
        projects = tuple(Project(*one) for one in facts["projects"])
        return cls(
            cloud=facts["cloud"],
            root=facts["root"],
            web=facts["web"],
            zone=facts["zone"],
            projects=projects,
            boards=tuple(Board(*one) for one in facts["boards"]),
            fields=Fields.of(facts["fields"]),
            chosen=tuple(project for project in projects if not wanted or _is_wanted(project, wanted)),
        )


def _is_wanted(project: Project, wanted: Iterable[str]) -> bool:
    names = {project.id.casefold(), project.key.casefold(), project.name.casefold()}
    return any(name.casefold() in names for name in wanted)


def describe(fetch: Fetch, config: JiraSettings) -> Access:
    """Who we are at the site, and everything the streams need to know about it."""
    root = _gateway(fetch, config) if config.oauth else ""
    info = _object(fetch.one(Request(f"{root}/rest/api/2/serverInfo")), "serverInfo")
    # Whatever does not call itself Cloud is Data Center ("Jira REST API: server info", `deploymentType`).
    cloud = config.deployment == "cloud" or (config.deployment == "auto" and info.get("deploymentType") == "Cloud")
    api = f"{root}/rest/api/{3 if cloud else 2}"
    me = _object(fetch.one(Request(f"{api}/myself")), "myself")
    projects = tuple(_projects(fetch, api, cloud=cloud))
    listed = _list(fetch.one(Request(f"{api}/field", headers=_ENGLISH)), "field")
    # Sites without Jira Software have neither the sprint field nor the boards API.
    boards = tuple(_boards(fetch, root)) if discover(listed).sprint else ()
    site = Site(
        cloud=cloud,
        root=root,
        web=_web(info.get("baseUrl"), config.site),
        zone=me.get("timeZone") if isinstance(me.get("timeZone"), str) else None,
        projects=projects,
        boards=boards,
        fields=discover(
            listed,
            estimation=_estimation(fetch, root, boards),
            points=config.points_field,
            start=config.start_field,
        ),
    )
    return Access(_who(me), missing=_missing(site), notes=_notes(site), facts=site.facts())


def _gateway(fetch: Fetch, config: JiraSettings) -> str:
    """An OAuth token does not work on the site itself: its place behind the gateway is looked up by the address."""
    sites = _list(fetch.one(Request("/oauth/token/accessible-resources")), "accessible-resources")
    for site in sites:
        if isinstance(site, dict) and str(site.get("url", "")).rstrip("/").casefold() == config.site.casefold():
            return f"/ex/jira/{site['id']}"
    raise ConfigError(
        f"the OAuth app has no access to this site ({len(sites)} others were granted)",
        where="site",
        mend="Connect again and choose the site, or correct `site`.",
    )


def _projects(fetch: Fetch, api: str, *, cloud: bool) -> Iterable[Project]:
    if cloud:
        request = Request(f"{api}/project/search", {"status": ["live", "archived"]})
        rows = fetch.rows(request, rows="values", paging=Offset(page_size=100))
    else:
        rows = fetch.rows(Request(f"{api}/project", {"includeArchived": "true"}))
    for listed in rows:
        row = _object(listed, "project")
        if not isinstance(row.get("key"), str) or row.get("id") is None:
            raise SourceChanged("a project has no key or id", where="project", mend="Report it with the version.")
        yield Project(str(row["id"]), row["key"], str(row.get("name") or row["key"]), row.get("archived") is True)


def _boards(fetch: Fetch, root: str) -> Iterable[Board]:
    request = Request(f"{root}/rest/agile/1.0/board")
    for row in fetch.rows(request, rows="values", paging=Offset(page_size=50)):
        if isinstance(row, dict) and isinstance(row.get("id"), int):
            project = at_path(row, "location.projectId")
            yield Board(row["id"], str(row.get("type")), str(project) if project is not None else None)


def _estimation(fetch: Fetch, root: str, boards: Sequence[Board]) -> list[str]:
    """Ids of the fields by which boards estimate, the most used first."""
    asked = [board for board in boards if board.type != "kanban"][:_BOARDS_ASKED]
    paths = [f"{root}/rest/agile/1.0/board/{board.id}/configuration" for board in asked]
    count: dict[str, int] = {}
    for body in fetch.many([Request(path) for path in paths]):
        estimation = body.get("estimation") if isinstance(body, dict) else None
        field = estimation.get("field") if isinstance(estimation, dict) else None
        if isinstance(field, dict) and isinstance(field.get("fieldId"), str):
            count[field["fieldId"]] = count.get(field["fieldId"], 0) + 1
    return sorted(count, key=lambda field: (-count[field], field))


def _web(base: Any, site: str) -> str:
    """The site's own idea of its address; what the settings say where it has none."""
    good = isinstance(base, str) and urlsplit(base).scheme in ("http", "https")
    return base.rstrip("/") if good else site


def _who(me: Mapping[str, Any]) -> str:
    return str(me.get("displayName") or me.get("name") or me.get("accountId") or "an account without a name")


def _missing(site: Site) -> tuple[str, ...]:
    if site.projects:
        return ()
    return ("Browse Projects: no project is visible to this account; a project administrator can grant it",)


def _notes(site: Site) -> tuple[str, ...]:
    notes = [
        (not site.zone, "the account's time zone is hidden: twelve hours more than needed are read each time"),
        (not site.fields.points, "no field with story points was found: name it as `points_field`, if there is one"),
    ]
    return tuple(text for applies, text in notes if applies)


def _object(body: Any, what: str) -> dict[str, Any]:
    if isinstance(body, dict):
        return body
    raise SourceChanged(f"{what} is no object", where=what, mend="Check that `site` is the address of a Jira.")


def _list(body: Any, what: str) -> list[Any]:
    if isinstance(body, list):
        return body
    raise SourceChanged(f"{what} is no list", where=what, mend="Check that `site` is the address of a Jira.")
