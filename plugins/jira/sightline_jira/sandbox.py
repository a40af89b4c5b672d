"""A made-up Jira that shows the world: Cloud or Data Center, with the limits and oddities that reading one meets."""

from __future__ import annotations

import base64
import datetime as dt
import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sightline.sandbox.terms import Terms
from sightline.sandbox.vendor import Call, Reply, Vendor, json_reply, route, text_reply
from sightline.sandbox.world import Place, Target, WorldTask, WorldTime
from sightline_jira.payloads import CATEGORIES, Shown
from sightline_jira.sandbox_jql import BadJql, Search

__all__ = ["JiraSandbox"]

_API = "/rest/api/{version}"
_AGILE = "/rest/agile/1.0"
_IDS_A_PAGE, _ISSUES_A_PAGE, _FEED_PAGE = 5000, 100, 1000
_TOKEN_LIFE = dt.timedelta(hours=1)
_HIDDEN = dt.timedelta(minutes=1)
_REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
_MISSING = "Issue does not exist or you do not have permission to see it."


def _refusal(status: int, text: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Jira's error body."""
    return json_reply({"errorMessages": [text], "errors": {}}, status, headers)


class JiraSandbox(Vendor):
    """One site: Data Center if that is the source's flavour, else Cloud. `source.timezone` is the account's own zone.

    Options: `site_timezone` (the zone in which moments are written), `hidden` (keys of projects the account cannot see),
    `page` (issues a page at most), `empty_page` (the first page of a search holds nothing but a token), `lag_s` (a
    search does not know changes of the last seconds), `feed_page` (worklogs a page), `issue_worklogs` (False: deleting
    an issue does not tell of its worklogs). With `client_id` among the secrets the site is read by OAuth behind a gateway.
    """

    terms: ClassVar[Terms] = Terms(reads_by_post=("/search", "/bulkfetch", "/worklog/list"), caps_pages=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cloud_id = f"{zlib.crc32(self.source.name.encode()):08x}-0000-4000-8000-000000000000"
        self.refresh = self.source.secrets.get("refresh_token", "")
        """The refresh token that is good now; it changes with every use."""
        self.access: dict[str, dt.datetime] = {}
        """Access token → when it ends."""

    @property
    def cloud(self) -> bool:
        """Whether this is Jira Cloud."""
        return self.source.flavour != "datacenter"

    @property
    def oauth(self) -> bool:
        """Whether the site is read by OAuth."""
        return "client_id" in self.source.secrets

    @property
    def shown(self) -> Shown:
        """The world in Jira's words, as it is now."""
        return Shown(self.world, self.source, self.base)

    def workspace(self) -> dict[str, Any]:
        secrets = self.source.secrets
        if self.oauth:
            signs = {name: secrets[name] for name in ("client_id", "client_secret", "refresh_token")}
            signs |= {"api_site": self.base, "auth_site": self.base}
        elif self.cloud:
            signs = {name: secrets[name] for name in ("email", "token")}
        else:
            signs = {"token": secrets["token"]} if "token" in secrets else {n: secrets[n] for n in ("user", "password")}
        start = self.source.options.get("start_field", "Start date")
        named = {"start_field": start} if start != "Start date" else {}
        return {"connector": "jira", "site": self.base, **signs, **named}

    # --- the door --------------------------------------------------------------------------------------------------

    def refuse(self, call: Call) -> Reply | None:
        if call.path.startswith("/oauth/token") and call.method == "POST":
            return None
        if self.oauth:
            return self._refuse_oauth(call)
        good = {
            "Basic " + base64.b64encode(f"{self.source.secrets.get(u)}:{self.source.secrets.get(p)}".encode()).decode()
            for u, p in (("email", "token"), ("user", "password"))
        }
        if not self.cloud:
            good.add(f"Bearer {self.source.secrets.get('token')}")
        if call.headers.get("authorization") in good:
            return None
        return text_reply("Client must be authenticated to access this resource.", 401)

    def _refuse_oauth(self, call: Call) -> Reply | None:
        """The gateway takes living tokens only; behind it the paths are the site's own."""
        ends = self.access.get(call.headers.get("authorization", "").removeprefix("Bearer "))
        if ends is None or ends <= self.clock():
            return json_reply({"code": 401, "message": "Unauthorized"}, 401)
        prefix = f"/ex/jira/{self.cloud_id}"
        if call.path.startswith(prefix):
            call.path = call.path.removeprefix(prefix)
        elif not call.path.startswith("/oauth/"):
            return json_reply({"code": 404, "message": "Not Found"}, 404)
        return None

    def missing(self, call: Call) -> Reply:
        return _refusal(404, "null for uri: " + call.path)

    def finish(self, call: Call, reply: Reply) -> Reply:
        limits = {"x-ratelimit-limit": "350", "x-ratelimit-remaining": "349"}
        if not self.cloud:
            # Data Center says so on every answer, with a zero to wait while there is something left.
            limits |= {"x-ratelimit-interval-seconds": "1", "x-ratelimit-fillrate": "350", "retry-after": "0"}
        for name, value in limits.items():
            reply.headers.setdefault(name, value)
        return super().finish(call, reply)

    @route("POST", "/oauth/token")
    def oauth_token(self, call: Call) -> Reply:
        """Every refresh token is good once."""
        asked = call.json()
        secrets = self.source.secrets
        known = asked.get("client_id") == secrets.get("client_id") and asked.get("client_secret") == secrets.get(
            "client_secret"
        )
        if not known or asked.get("refresh_token") != self.refresh:
            return json_reply({"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."}, 403)
        number = len(self.access) + 1
        token, self.refresh = f"eyJ.access.{number}", f"eyJ.refresh.{number}"
        self.access[token] = self.clock() + _TOKEN_LIFE
        seconds = int(_TOKEN_LIFE.total_seconds())
        return json_reply(
            {"access_token": token, "refresh_token": self.refresh, "expires_in": seconds, "token_type": "Bearer"}
        )

    @route("GET", "/oauth/token/accessible-resources")
    def accessible(self, call: Call) -> Reply:
        return json_reply(
            [{"id": self.cloud_id, "url": self.base, "name": self.source.name, "scopes": ["read:jira-work"]}]
        )

    # --- the site --------------------------------------------------------------------------------------------------

    @route("GET", f"{_API}/serverInfo")
    def server_info(self, call: Call) -> Reply:
        shown = self.shown
        version = (
            {"version": "1001.0.0-SNAPSHOT", "versionNumbers": [1001, 0, 0]}
            if self.cloud
            else {"version": "9.17.2", "versionNumbers": [9, 17, 2]}
        )
        return json_reply(
            {
                "baseUrl": self.base,
                **version,
                "deploymentType": "Cloud" if self.cloud else "Server",
                "serverTime": shown.moment(self.clock()),
                "serverTimeZone": shown.zone.key,
                "serverTitle": "Jira",
            }
        )

    @route("GET", f"{_API}/myself")
    def myself(self, call: Call) -> Reply:
        me = {"displayName": "Sightline reader", "active": True, "timeZone": self.source.timezone}
        if self.cloud:
            who = {
                "accountId": "712020:reader",
                "accountType": "atlassian",
                "emailAddress": self.source.secrets.get("email", ""),
            }
        else:
            who = {"name": "sightline", "key": "JIRAUSER99999", "emailAddress": "sightline@jira.example"}
        return json_reply({**who, **me})

    @route("GET", f"{_API}/field")
    def fields(self, call: Call) -> Reply:
        return json_reply(self.shown.fields())

    @route("GET", f"{_API}/status")
    def statuses(self, call: Call) -> Reply:
        shown = self.shown
        return json_reply([shown.status(word) for word in shown.words])

    @route("GET", f"{_API}/statuscategory")
    def categories(self, call: Call) -> Reply:
        rows = [{"id": i, "key": k, "colorName": c, "name": n} for i, k, c, n in CATEGORIES.values()]
        return json_reply(rows)

    def places(self) -> list[Place]:
        """The projects that the account can see."""
        hidden = self.source.options.get("hidden", ())
        return [place for place in self.world.places_of(self.source.name) if place.key not in hidden]

    @route("GET", f"{_API}/project/search")
    def project_search(self, call: Call) -> Reply:
        if not self.cloud:
            return self.missing(call)
        wanted = call.lists.get("status", ["live"])
        places = [p for p in self.places() if ("archived" if p.archived else "live") in wanted]
        return self._offset_page(call, [self.shown.project(place) for place in places], "values", most=100)

    @route("GET", f"{_API}/project")
    def projects(self, call: Call) -> Reply:
        every = call.query.get("includeArchived") == "true"
        return json_reply([self.shown.project(place) for place in self.places() if every or not place.archived])

    def _place(self, text: str) -> Place | None:
        return next((p for p in self.places() if text in (p.key, str(10000 + p.number))), None)

    @route("GET", f"{_API}/project/{{project}}/version")
    def versions_page(self, call: Call) -> Reply:
        return self._versions(call, paged=True) if self.cloud else self.missing(call)

    @route("GET", f"{_API}/project/{{project}}/versions")
    def versions_all(self, call: Call) -> Reply:
        return self._versions(call, paged=False)

    def _versions(self, call: Call, *, paged: bool) -> Reply:
        place = self._place(call.args["project"])
        if place is None:
            return _refusal(404, f"No project could be found with key '{call.args['project']}'.")
        rows = [self.shown.version(target) for target in self._targets(place, "version")]
        return self._offset_page(call, rows, "values", most=50) if paged else json_reply(rows)

    def _targets(self, place: Place, kind: str) -> list[Target]:
        return [t for t in self.world.targets_of(self.source.name) if t.kind == kind and t.place is place]

    def _offset_page(self, call: Call, rows: Sequence[Any], name: str, *, most: int, last: bool = True) -> Reply:
        start, size = (
            int(call.query.get("startAt", 0)),
            min(int(call.query.get("maxResults", 50)), self.page_cap or most),
        )
        ends = {"isLast": start + size >= len(rows)} if last else {}
        page = {"startAt": start, "maxResults": size, "total": len(rows), **ends, name: rows[start : start + size]}
        return json_reply(page)

    # --- search and issues -----------------------------------------------------------------------------------------

    def _tasks(self) -> list[WorldTask]:
        places = self.places()
        return [task for task in self.world.tasks_of(self.source.name) if task.place in places]

    def _find(self, jql: str, *, archived: bool, strict: bool = True) -> list[WorldTask]:
        """What the index knows: without archived projects, and without what happened a moment ago."""
        lag = dt.timedelta(seconds=self.source.options.get("lag_s", 0))
        tasks = [t for t in self._tasks() if archived or not t.place.archived]
        search = Search(self.places(), ZoneInfo(self.source.timezone), self.clock(), strict=strict)
        found = search.run(jql, tasks)
        return [t for t in found if not lag or t.updated_at <= self.clock() - lag]

    @route("GET", f"{_API}/search")
    @route("POST", f"{_API}/search")
    def search(self, call: Call) -> Reply:
        if self.cloud:
            return _refusal(410, _REMOVED)
        asked = _asked(call)
        try:
            found = self._find(
                str(asked.get("jql", "")), archived=False, strict=asked.get("validateQuery") is not False
            )
        except BadJql as error:
            return _refusal(400, str(error))
        start = int(asked.get("startAt", 0))
        size = min(int(asked.get("maxResults", 50)), self.page_cap or self.source.options.get("page", 1000))
        shown, fields = self.shown, _field_names(asked)
        changelog = "changelog" in _words(asked.get("expand"))
        issues = [shown.issue(task, fields, changelog=changelog) for task in found[start : start + size]]
        return json_reply({"startAt": start, "maxResults": size, "total": len(found), "issues": issues})

    @route("GET", f"{_API}/search/jql")
    @route("POST", f"{_API}/search/jql")
    def search_jql(self, call: Call) -> Reply:
        if not self.cloud:
            return self.missing(call)
        asked = _asked(call)
        jql, token = str(asked.get("jql", "")), asked.get("nextPageToken")
        try:
            found = self._find(jql, archived=bool(asked.get("includeArchivedProjects")))
            start = _offset_of(token, jql)
        except BadJql as error:
            return _refusal(400, str(error))
        fields = _field_names(asked) or ["id"]
        most = self.source.options.get("page", _IDS_A_PAGE if fields == ["id"] else _ISSUES_A_PAGE)
        size = min(int(asked.get("maxResults", 50)), self.page_cap or most)
        if token is None and self.source.options.get("empty_page"):
            return json_reply({"issues": [], "nextPageToken": _token(0, jql), "isLast": False})
        shown = self.shown
        page = {"issues": [shown.issue(task, fields) for task in found[start : start + size]]}
        if start + size >= len(found):
            return json_reply({**page, "isLast": True})
        return json_reply({**page, "nextPageToken": _token(start + size, jql), "isLast": False})

    @route("POST", f"{_API}/search/approximate-count")
    def count(self, call: Call) -> Reply:
        try:
            return json_reply({"count": len(self._find(str(_asked(call).get("jql", "")), archived=False))})
        except BadJql as error:
            return _refusal(400, str(error))

    @route("POST", f"{_API}/issue/bulkfetch")
    def bulk_fetch(self, call: Call) -> Reply:
        if not self.cloud:
            return self.missing(call)
        asked = _asked(call)
        ids = asked.get("issueIdsOrKeys", [])
        if len(ids) > _ISSUES_A_PAGE:
            return _refusal(400, "You can request up to 100 issues per call.")
        shown, fields = self.shown, _field_names(asked)
        found = {task.number: task for one in ids if (task := self._task(str(one)))}
        issues = [shown.issue(found[number], fields) for number in sorted(found)]
        return json_reply({"issues": issues, "issueErrors": []})

    def _task(self, text: str) -> WorldTask | None:
        """By id or key; a key from before a move finds the issue, too."""
        for task in self._tasks():
            old = (f"{place.key}-{seq}" for place, seq in task.formerly)
            if text in (str(task.number), task.key, *old):
                return task
        return None

    @route("GET", f"{_API}/issue/{{issue}}")
    def issue(self, call: Call) -> Reply:
        task = self._task(call.args["issue"])
        if task is None:
            return _refusal(404, _MISSING)
        return json_reply(
            self.shown.issue(task, _field_names(_asked(call)), changelog="changelog" in call.query.get("expand", ""))
        )

    @route("GET", f"{_API}/issue/{{issue}}/comment")
    def comments(self, call: Call) -> Reply:
        return self._children(
            call, "comments", lambda shown, task: [shown.comment(task, said) for said in task.comments]
        )

    @route("GET", f"{_API}/issue/{{issue}}/worklog")
    def worklogs(self, call: Call) -> Reply:
        return self._children(
            call, "worklogs", lambda shown, task: [shown.worklog(entry) for entry in shown.times.get(id(task), [])]
        )

    def _children(self, call: Call, name: str, render: Callable[[Shown, WorldTask], list[Any]]) -> Reply:
        task = self._task(call.args["issue"])
        if task is None:
            return _refusal(404, _MISSING)
        call.query.setdefault("maxResults", "5000")
        return self._offset_page(
            call, render(self.shown, task), name, most=self.source.options.get("page", 5000), last=False
        )

    @route("GET", f"{_API}/issue/{{issue}}/changelog")
    def changelog(self, call: Call) -> Reply:
        task = self._task(call.args["issue"])
        if task is None or not self.cloud:
            return _refusal(404, _MISSING)
        return self._offset_page(call, self.shown.histories(task, plain=True)[::-1], "values", most=100)

    @route("POST", f"{_API}/changelog/bulkfetch")
    def bulk_changelog(self, call: Call) -> Reply:
        """Entry by entry over all issues: those of one issue may lie on two pages."""
        if not self.cloud:
            return self.missing(call)
        asked = _asked(call)
        shown, ids = self.shown, asked.get("issueIdsOrKeys", [])
        tasks = [task for one in ids if (task := self._task(str(one)))]
        entries = [(task.number, entry) for task in tasks for entry in shown.histories(task)]
        start = _offset_of(asked.get("nextPageToken"), "changelog")
        size = min(int(asked.get("maxResults", 1000)), self.source.options.get("changelog_page", 10_000))
        page: dict[int, list[Any]] = {}
        for number, entry in entries[start : start + size]:
            page.setdefault(number, []).append(entry)
        logs = [{"issueId": str(number), "changeHistories": rows} for number, rows in page.items()]
        more = {"nextPageToken": _token(start + size, "changelog")} if start + size < len(entries) else {}
        return json_reply({"issueChangeLogs": logs, **more})

    # --- worklogs --------------------------------------------------------------------------------------------------

    @route("GET", f"{_API}/worklog/updated")
    def worklog_updated(self, call: Call) -> Reply:
        times = [entry for entry in self.world.times_of(self.source.name) if self._visible(entry)]
        return self._feed(call, [(entry.updated_at, entry.number) for entry in times])

    @route("GET", f"{_API}/worklog/deleted")
    def worklog_deleted(self, call: Call) -> Reply:
        alive = {id(task) for task in self.world.tasks_of(self.source.name)}
        all_of_them = self.source.options.get("issue_worklogs", True)
        gone = [
            (removed.at, removed.thing.number)
            for removed in self.world.removed
            if removed.source == self.source.name
            and isinstance(removed.thing, WorldTime)
            and (all_of_them or id(removed.task) in alive)
        ]
        return self._feed(call, gone)

    def _visible(self, entry: WorldTime) -> bool:
        return entry.task is not None and entry.task.place in self.places()

    def _feed(self, call: Call, events: Iterable[tuple[dt.datetime, int]]) -> Reply:
        """Oldest first, bounds inclusive, without the last minute; a next page is named even on the last one."""
        since = int(call.query.get("since", 0))
        settled = self.clock() - _HIDDEN
        rows = sorted((int(at.timestamp() * 1000), number) for at, number in events if at <= settled)
        later = [row for row in rows if row[0] >= since]
        page = later[: self.source.options.get("feed_page", _FEED_PAGE)]
        until = page[-1][0] if page else since
        address = f"{self.base}{call.path}?since="
        return json_reply(
            {
                "values": [{"worklogId": number, "updatedTime": at, "properties": []} for at, number in page],
                "since": since,
                "until": until,
                "self": f"{address}{since}",
                "nextPage": f"{address}{until}",
                "lastPage": len(page) == len(later),
            }
        )

    @route("POST", f"{_API}/worklog/list")
    def worklog_list(self, call: Call) -> Reply:
        ids = set(_asked(call).get("ids", []))
        if len(ids) > _FEED_PAGE:
            return _refusal(400, "The number of worklogs requested exceeds the limit of 1000.")
        times = self.world.times_of(self.source.name)
        return json_reply([self.shown.worklog(e) for e in times if e.number in ids and self._visible(e)])

    # --- boards ----------------------------------------------------------------------------------------------------

    def _board(self, call: Call) -> Place | None:
        return next((p for p in self.places() if str(p.number) == call.args["board"]), None)

    @route("GET", f"{_AGILE}/board")
    def boards(self, call: Call) -> Reply:
        wanted = call.query.get("projectKeyOrId")
        places = [p for p in self.places() if wanted in (None, p.key, str(10000 + p.number))]
        return self._offset_page(call, [self.shown.board(place) for place in places], "values", most=50)

    @route("GET", f"{_AGILE}/board/{{board}}/configuration")
    def configuration(self, call: Call) -> Reply:
        place, shown = self._board(call), self.shown
        if place is None:
            return _refusal(404, "The requested board cannot be viewed.")
        field = {"fieldId": shown.points, "displayName": shown.names[shown.points]}
        estimation = {"estimation": {"type": "field", "field": field}} if shown.board(place)["type"] == "scrum" else {}
        return json_reply({"id": place.number, "name": f"{place.key} board", **estimation})

    @route("GET", f"{_AGILE}/board/{{board}}/project")
    def board_projects(self, call: Call) -> Reply:
        place = self._board(call)
        rows = [self.shown.project(place)] if place else []
        return self._offset_page(call, rows, "values", most=50)

    @route("GET", f"{_AGILE}/board/{{board}}/sprint")
    def sprints(self, call: Call) -> Reply:
        place, shown = self._board(call), self.shown
        if place is None or shown.board(place)["type"] == "kanban":
            return _refusal(400, "The board does not support sprints")
        return self._offset_page(call, [shown.sprint_of(t) for t in self._targets(place, "sprint")], "values", most=50)


def _asked(call: Call) -> dict[str, Any]:
    """What was asked, by query and by body."""
    body = call.json() if call.body else {}
    return {**call.query, **(body if isinstance(body, dict) else {})}


def _words(value: Any) -> list[str]:
    return value.split(",") if isinstance(value, str) else list(value or ())


def _field_names(asked: Mapping[str, Any]) -> list[str] | None:
    """The fields asked for; None for all."""
    names = _words(asked.get("fields"))
    return None if "*all" in names or not names else names


def _token(offset: int, of: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([offset, zlib.crc32(of.encode())]).encode()).decode()


def _offset_of(token: Any, of: str) -> int:
    """The place a token stands for; a token of another question is refused."""
    if token is None:
        return 0
    try:
        offset, mark = json.loads(base64.urlsafe_b64decode(str(token)))
    except ValueError:
        offset, mark = 0, None
    if mark != zlib.crc32(of.encode()):
        raise BadJql("The provided next page token is invalid or has expired.")
    return int(offset)
