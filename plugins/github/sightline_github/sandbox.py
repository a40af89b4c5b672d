"""GitHub as the made-up world would look there: REST and GraphQL, limits, ETags, links, redirects and refusals.

Faults are scripted (`Vendor.script`); what a token meets every day is built in: pull requests among issues, default
filters, page sizes, ghosts, drafts and hidden cards on boards, unsupported versions, quota headers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from sightline.sandbox.terms import Terms
from sightline.sandbox.vendor import Call, Reply, Vendor, json_reply, route
from sightline.sandbox.world import Place, Source, World, WorldTask
from sightline_github.sandbox_rows import Rows, stamp

__all__ = ["GithubSandbox"]

_DOCS = "https://docs.github.com/rest"
_VERSIONS = ("2022-11-28", "2026-03-10")
_QUOTA = 5000
_INSTALLATION_LIFE = dt.timedelta(hours=1)


class GithubSandbox(Vendor):
    """One GitHub for one source. `flavour` enterprise serves REST below `/api/v3` and GraphQL at `/api/graphql`."""

    terms: ClassVar[Terms] = Terms(
        reads_by_post=("/graphql",),
    )

    def __init__(
        self,
        world: World,
        source: Source,
        *,
        base: str = "https://sandbox.test",
        clock: Callable[[], dt.datetime] | None = None,
    ) -> None:
        super().__init__(world, source, base=base, clock=clock)
        self.renamed: dict[str, str] = {}
        """Old key → present key; the old one is answered with 301."""
        self.used = 0
        """Calls counted against the quota of this hour; a 304 is free."""
        self._installation: dict[str, dt.datetime] = {}

    @property
    def enterprise(self) -> bool:
        """Whether this is an Enterprise Server."""
        return self.source.flavour == "enterprise"

    @property
    def api(self) -> str:
        """The address of the REST root."""
        return f"{self.base}/api/v3" if self.enterprise else self.base

    @property
    def rows(self) -> Rows:
        """The world in GitHub's shapes."""
        return Rows(self.world, self.source, self.api, "https://github.test")

    def workspace(self) -> dict[str, Any]:
        secrets, options = self.source.secrets, self.source.options
        names = ("status_field", "estimate_field", "points_field", "start_field", "due_field", "priority_field")
        wanted = ("app_id", "private_key", "installation_id") if "app_id" in secrets else ("token",)
        sign_in = {name: secrets[name] for name in wanted}
        return {
            "connector": "github",
            "site": self.api,
            **sign_in,
            **{name: options[name] for name in (*names, "sprint_field") if name in options},
        }

    # --- every answer --------------------------------------------------------------------------------------------

    def handle(self, call: Call) -> Reply:
        if self.enterprise:
            graphql = call.path == "/api/graphql"
            call.path = "/graphql" if graphql else call.path.removeprefix("/api/v3")
        return super().handle(call)

    def refuse(self, call: Call) -> Reply | None:
        if "user-agent" not in call.headers:
            return self.error("Request forbidden by administrative rules", 403)
        version = call.headers.get("x-github-api-version", _VERSIONS[0])
        if version not in _VERSIONS:
            return self.error("This API version is not supported", 400)
        if call.path.endswith("/access_tokens"):
            return None
        word, _, token = call.headers.get("authorization", "").partition(" ")
        ends = self._installation.get(token)
        known = ends > self.clock() if ends else token == self.source.secrets.get("token")
        return None if word.lower() in ("bearer", "token") and known else self.error("Bad credentials", 401)

    def missing(self, call: Call) -> Reply:
        return self.error("Not Found", 404)

    def error(self, message: str, status: int, **more: Any) -> Reply:
        """GitHub's form of an error."""
        return json_reply({"message": message, "documentation_url": _DOCS, "status": str(status), **more}, status)

    def finish(self, call: Call, reply: Reply) -> Reply:
        if reply.status == 200 and call.method == "GET":
            mark = hashlib.sha256(f"{call.headers.get('authorization')}{call.path}".encode() + reply.body)
            etag = f'W/"{mark.hexdigest()[:32]}"'
            if call.headers.get("if-none-match") == etag:
                reply = Reply(304, b"", {})
            reply.headers["etag"] = etag
        self.used += reply.status != 304
        reset = int(self.clock().replace(minute=0, second=0).timestamp()) + 3600
        for name, value in (
            ("limit", _QUOTA),
            ("remaining", _QUOTA - self.used),
            ("used", self.used),
            ("reset", reset),
        ):
            reply.headers.setdefault(f"x-ratelimit-{name}", str(value))
        reply.headers.setdefault("x-ratelimit-resource", "graphql" if call.path == "/graphql" else "core")
        return super().finish(call, reply)

    # --- helpers of the routes -----------------------------------------------------------------------------------

    def _place(self, call: Call) -> Place | Reply:
        """The repository of the path: by name, or by id as `Link` headers and redirects name it."""
        args = call.args
        if "id" in args:
            found = [one for one in self.rows.places() if str(self.rows.repository_id(one)) == args["id"]]
            return found[0] if found else self.missing(call)
        key = f"{args['owner']}/{args['name']}"
        if key in self.renamed:
            return self._moved(call, self.renamed[key], f"/repos/{key}")
        found = [one for one in self.rows.places() if one.key.casefold() == key.casefold()]
        return found[0] if found else self.missing(call)

    def _moved(self, call: Call, key: str, prefix: str) -> Reply:
        place = next(one for one in self.rows.places() if one.key == key)
        rest = call.path.removeprefix(prefix) + (f"?{urlencode(call.query)}" if call.query else "")
        where = f"{self.api}/repositories/{self.rows.repository_id(place)}{rest}"
        return json_reply({"message": "Moved Permanently", "url": where}, 301, {"location": where})

    def _task(self, call: Call) -> WorldTask | Reply:
        """The issue of the path; 301 where it went, 410 when it was deleted, 404 when it never was."""
        place = self._place(call)
        if isinstance(place, Reply):
            return place
        number = int(call.args["number"]) if call.args["number"].isdigit() else 0
        found = [task for task in self.rows.tasks(place) if task.seq == number]
        if found:
            return found[0]
        for task in self.world.tasks_of(self.source.name):
            if (place, number) in task.formerly:
                where = self.rows.issue_url(task)
                return json_reply({"message": "Moved Permanently", "url": where}, 301, {"location": where})
        gone = [one.thing for one in self.world.removed if isinstance(one.thing, WorldTask)]
        deleted = any(task.place is place and task.seq == number for task in gone)
        return self.error("This issue was deleted", 410) if deleted else self.missing(call)

    def _listed(self, call: Call, rows: Sequence[Any], place: Place | None = None, wrap: str = "") -> Reply:
        """One page, with a `Link` header unless it is the only one."""
        size = min(100, _number(call.query.get("per_page"), 30))
        page = _number(call.query.get("page"), 1)
        last = max(1, -(-len(rows) // size))
        body = list(rows[(page - 1) * size : page * size])
        links = {"next": page + 1, "last": last} if page < last else {}
        if page > 1:
            links |= {"prev": page - 1, "first": 1}
        path = call.path
        if place is not None:
            own = f"/repositories/{self.rows.repository_id(place)}"
            path = re.sub(r"^/repos/[^/]+/[^/]+", own, path)
        text = ", ".join(
            f'<{self.api}{path}?{urlencode({**call.query, "page": number})}>; rel="{rel}"'
            for rel, number in links.items()
        )
        answer = {"total_count": len(rows), wrap: body} if wrap else body
        return json_reply(answer, headers={"link": text} if text else {})

    # --- who we are ----------------------------------------------------------------------------------------------

    @route("GET", "/user")
    def user(self, call: Call) -> Reply:
        if call.headers.get("authorization", "").partition(" ")[2] in self._installation:
            return self.error("Resource not accessible by integration", 403)
        login = self.source.options.get("login", "northgate-sync")
        body = {"login": login, "id": 501, "type": "User"}
        return json_reply(body, headers={"x-oauth-scopes": "read:org, read:project, repo"})

    @route("GET", "/rate_limit")
    def rate_limit(self, call: Call) -> Reply:
        core = {"limit": _QUOTA, "used": self.used, "remaining": _QUOTA - self.used}
        old = call.headers.get("x-github-api-version", "") < "2026"
        return json_reply({"resources": {"core": core, "graphql": core}, **({"rate": core} if old else {})})

    @route("POST", "/app/installations/{installation}/access_tokens")
    def access_token(self, call: Call) -> Reply:
        secrets = self.source.secrets
        claims = _unsigned(call.headers.get("authorization", "").partition(" ")[2])
        now = self.clock().timestamp()
        good = claims.get("iss") == secrets.get("app_id") and 0 <= claims.get("exp", 0) - claims.get("iat", 0) <= 660
        if not good or not claims["iat"] <= now <= claims["exp"]:
            return self.error("A JSON web token could not be decoded", 401)
        if call.args["installation"] != secrets.get("installation_id"):
            return self.missing(call)
        token = f"ghs_SANDBOX{len(self._installation):032d}"
        self._installation[token] = self.clock() + _INSTALLATION_LIFE
        body = {"token": token, "expires_at": stamp(self._installation[token]), "repository_selection": "all"}
        return json_reply({**body, "permissions": {"issues": "read", "metadata": "read"}}, 201)

    # --- repositories --------------------------------------------------------------------------------------------

    @route("GET", "/user/repos")
    def user_repositories(self, call: Call) -> Reply:
        return self._listed(call, [self.rows.repository(place) for place in self.rows.places()])

    @route("GET", "/installation/repositories")
    def installation_repositories(self, call: Call) -> Reply:
        return self._listed(call, [self.rows.repository(place) for place in self.rows.places()], wrap="repositories")

    @route("GET", "/repos/{owner}/{name}")
    @route("GET", "/repositories/{id}")
    def repository(self, call: Call) -> Reply:
        place = self._place(call)
        return place if isinstance(place, Reply) else json_reply(self.rows.repository(place))

    @route("GET", "/repos/{owner}/{name}/assignees")
    @route("GET", "/repositories/{id}/assignees")
    def assignees(self, call: Call) -> Reply:
        place = self._place(call)
        if isinstance(place, Reply):
            return place
        known = {row["databaseId"] for row in self.rows.members()}
        users = [user for person in self.world.people if (user := self.rows.user(person)) and user["id"] in known]
        return self._listed(call, users, place)

    @route("GET", "/repos/{owner}/{name}/milestones")
    @route("GET", "/repositories/{id}/milestones")
    def milestones(self, call: Call) -> Reply:
        place = self._place(call)
        if isinstance(place, Reply):
            return place
        state = call.query.get("state", "open")
        rows = [row for row in self.rows.milestones(place) if state in ("all", row["state"])]
        return self._listed(call, rows, place)

    # --- issues --------------------------------------------------------------------------------------------------

    @route("GET", "/repos/{owner}/{name}/issues")
    @route("GET", "/repositories/{id}/issues")
    def issues(self, call: Call) -> Reply:
        place = self._place(call)
        if isinstance(place, Reply):
            return place
        version = call.headers.get("x-github-api-version", "")
        state = call.query.get("state", "open")
        rows = [self.rows.issue(task, version=version) for task in self.rows.tasks(place)]
        rows = [row for row in rows if state in ("all", row["state"])]
        return self._listed(call, _ordered(call, rows, by=f"{call.query.get('sort', 'created')}_at"), place)

    @route("GET", "/repos/{owner}/{name}/issues/comments")
    @route("GET", "/repositories/{id}/issues/comments")
    def comments(self, call: Call) -> Reply:
        place = self._place(call)
        if isinstance(place, Reply):
            return place
        if "sort" not in call.query:
            call.query.pop("direction", None)
        by = f"{call.query.get('sort', 'created')}_at"
        return self._listed(call, _ordered(call, self.rows.comments(place), by=by), place)

    @route("GET", "/repos/{owner}/{name}/issues/events")
    @route("GET", "/repositories/{id}/issues/events")
    def events(self, call: Call) -> Reply:
        place = self._place(call)
        return place if isinstance(place, Reply) else self._listed(call, self.rows.events(place), place)

    @route("GET", "/repos/{owner}/{name}/issues/{number}")
    @route("GET", "/repositories/{id}/issues/{number}")
    def issue(self, call: Call) -> Reply:
        task = self._task(call)
        if isinstance(task, Reply):
            return task
        return json_reply(self.rows.issue(task, version=call.headers.get("x-github-api-version", "")))

    @route("GET", "/repos/{owner}/{name}/issues/{number}/dependencies/blocking")
    def blocking(self, call: Call) -> Reply:
        task = self._task(call)
        if isinstance(task, Reply):
            return task
        return self._listed(call, [self.rows.issue(other) for other in self.rows.blocked(task)], task.place)

    @route("GET", "/repos/{owner}/{name}/pulls/{number}/reviews")
    def reviews(self, call: Call) -> Reply:
        task = self._task(call)
        if isinstance(task, Reply):
            return task
        return self._listed(call, self.rows.reviews(task), task.place)

    @route("GET", "/repos/{owner}/{name}/pulls/comments")
    @route("GET", "/repositories/{id}/pulls/comments")
    def review_comments(self, call: Call) -> Reply:
        place = self._place(call)
        return place if isinstance(place, Reply) else self._listed(call, [], place)

    # --- GraphQL -------------------------------------------------------------------------------------------------

    @route("POST", "/graphql")
    def graphql(self, call: Call) -> Reply:
        body = call.json()
        query, variables = str(body.get("query", "")), body.get("variables") or {}
        name = re.match(r"\s*query\s+(\w+)", query)
        answer = {"Boards": self._boards, "BoardItems": self._items, "Members": self._members}.get(
            name[1] if name else ""
        )
        if answer is None:
            return json_reply({"errors": [{"type": "undefinedField", "message": "Field does not exist"}]})
        return json_reply(answer(query, variables))

    def _boards(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        nodes = [{"number": number, "title": title, "closed": False} for number, title, _ in self.rows.boards()]
        data: dict[str, Any] = {
            name: {"__typename": "Organization", "login": login, "projectsV2": {"nodes": nodes}}
            if login == self.rows.owner
            else None
            for name, login in variables.items()
        }
        if "__type" in query:
            kept = self.source.options.get("column_history", True)
            data["history"] = {"name": "ProjectV2ItemStatusChangedEvent"} if kept else None
        lost = [name for name, value in data.items() if value is None and name != "history"]
        errors = [{"type": "NOT_FOUND", "path": [name], "message": "Could not resolve to an owner"} for name in lost]
        return {"data": data, **({"errors": errors} if errors else {})}

    def _items(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        board = self.rows.board(int(variables["number"])) if variables["owner"] == self.rows.owner else None
        if board is None:
            error = {"type": "NOT_FOUND", "message": "Could not resolve to a ProjectV2"}
            return {"data": {"organization": None}, "errors": [error]}
        size = re.search(r"items\(first: (\d+)", query)
        cards = self.rows.cards(int(variables["number"]))
        if "timelineItems" not in query:
            for card in cards:
                (card["content"] or {}).pop("timelineItems", None)
        board["items"] = _connection(cards, int(size[1]) if size else 50, variables.get("after"))
        return {"data": {"organization": {"projectV2": board}}}

    def _members(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        if variables["owner"] != self.rows.owner:
            return {"data": {"organization": None}, "errors": [{"type": "NOT_FOUND", "message": "No organisation"}]}
        found = _connection(self.rows.members(), 100, variables.get("after"))
        return {"data": {"organization": {"membersWithRole": found}}}


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() and int(text) > 0 else default


def _ordered(call: Call, rows: list[dict[str, Any]], *, by: str) -> list[dict[str, Any]]:
    """Rows not older than `since`, in the order asked for; newest first by default."""
    since = call.query.get("since")
    found = [row for row in rows if since is None or row["updated_at"] >= since]
    return sorted(found, key=lambda row: (row[by], row["id"]), reverse=call.query.get("direction", "desc") != "asc")


def _connection(nodes: Sequence[Any], size: int, after: str | None) -> dict[str, Any]:
    """One page of a connection. As GitHub's `cursor:v2:…` do, a cursor holds the place of a node, not a page's number."""
    rest = sorted((_place(node), n) for n, node in enumerate(nodes))
    if after:
        rest = [(place, n) for place, n in rest if place > int(after.removeprefix("cursor"))]
    page = rest[:size]
    info = {"hasNextPage": len(rest) > size, "endCursor": f"cursor{page[-1][0]}" if page else None}
    return {"pageInfo": info, "nodes": [nodes[n] for _, n in page]}


def _place(node: Mapping[str, Any]) -> int:
    """Where a member or card stands: cards that are no issues first."""
    number = str(node.get("databaseId") or str(node["id"]).rpartition("_")[2])
    return int(number) if number.isdigit() else -len(number)


def _unsigned(token: str) -> dict[str, Any]:
    """The claims of an assertion; the sandbox holds no public key and believes the signature."""
    import jwt  # noqa: PLC0415 - only Apps need it

    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return {}
    return claims
