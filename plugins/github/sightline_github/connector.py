"""The GitHub connector: how to sign in, what can be seen, which boards there are, what to read in which order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sightline.sdk import (
    Access,
    Answer,
    Auth,
    Bearer,
    Connector,
    Fetch,
    Limits,
    LinkHeader,
    Lookup,
    Request,
    Scope,
    Signature,
    Stream,
    Verdict,
    at_path,
)
from sightline_github.app_token import app_auth
from sightline_github.boards import REPOSITORIES, BoardItems, BoardItemsByColumn
from sightline_github.config import GithubSettings
from sightline_github.mapping import MEMBERS
from sightline_github.projects import BOARDS, ChainedPages
from sightline_github.queries import boards_request, items_request, members_request
from sightline_github.streams import Comments, Events, Issues, IssuesByColumn, Milestones, People, ReviewComments
from sightline_github.verdicts import judge

__all__ = ["GithubConnector"]

#: Version that code for 2026-03-10 can read, too: nothing that it removed is used.
_VERSION = "2022-11-28"
#: Owners whose boards one GraphQL call may ask for.
_OWNERS = 50


class GithubConnector(Connector):
    """GitHub.com, GitHub Enterprise Cloud and GitHub Enterprise Server."""

    name = "github"
    title = "GitHub"
    settings = GithubSettings
    doc = "Issues, pull requests, milestones, history, comments, reviews and Projects boards."
    sandbox = "sightline_github.sandbox:GithubSandbox"
    webhook = Signature(header="x-hub-signature-256", prefix="sha256=", delivery="x-github-delivery")
    reuse = dt.timedelta(hours=1)
    config: GithubSettings

    def base(self) -> str:
        """The API root."""
        return self.config.site

    def bases(self) -> Mapping[str, str]:
        """Where GraphQL answers."""
        return {"graphql": self.config.graphql_base}

    def auth(self) -> Auth:
        """The token, or the App's installation tokens."""
        config = self.config
        if config.token is not None:
            return Bearer(config.token)
        assert config.app_id
        assert config.private_key
        assert config.installation_id
        return app_auth(config.app_id, config.private_key, config.installation_id)

    def headers(self) -> Mapping[str, str]:
        """The pinned version of the API."""
        return {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": _VERSION}

    def limits(self) -> Limits:
        """One call at a time and under 900 a minute, as "Best practices for using the REST API" asks."""
        return Limits(
            requests=840,
            per_seconds=60.0,
            concurrent=1,
            remaining=("x-ratelimit-remaining",),
            reset="x-ratelimit-reset",
        )

    def judge(self, answer: Answer) -> Verdict | None:
        """Limits that look like missing rights, and GraphQL's errors."""
        return judge(answer)

    # --- who we are, what we see -------------------------------------------------------------------------------------

    def check(self, fetch: Fetch) -> Access:
        """Who the token belongs to, what it lacks by its own headers, and the boards of the owners."""
        app = self.config.token is None
        answer = fetch.answer(Request("/installation/repositories", {"per_page": 1}) if app else Request("/user"))
        owners = self._owners(fetch)
        boards, history = self._boards(fetch, owners)
        return Access(
            who="GitHub App installation" if app else str(at_path(answer.body, "login") or "unknown"),
            missing=_missing(answer.headers),
            notes=_notes(answer.headers),
            facts={"owners": owners, "boards": boards, "column_history": history},
        )

    def _owners(self, fetch: Fetch) -> list[str]:
        """Logins of those who own the chosen repositories; of all visible ones when none is chosen by its full name."""
        named = dict.fromkeys(name.partition("/")[0] for name in self.config.scopes if "/" in name)
        if not named or len(named) < len(self.config.scopes):
            rows = self._listing(fetch)
            named |= dict.fromkeys(login for row in rows if isinstance(login := at_path(row, "owner.login"), str))
        unique = {login.casefold(): login for login in named}
        return sorted(unique.values(), key=str.casefold)[:_OWNERS]

    def _boards(self, fetch: Fetch, owners: Sequence[str]) -> tuple[list[dict[str, Any]], bool]:
        """The boards to read, and whether GitHub keeps the history of their columns."""
        chosen = self.config.projects
        asked = list(dict.fromkeys(name.partition("/")[0] for name in chosen)) if chosen is not None else owners
        if not asked:
            return [], False
        # Some servers have no GraphQL; issues need none. Once there were boards, an error must not pass for "no boards".
        found = fetch.optional(boards_request(asked), "the list of project boards (GraphQL)")
        data = at_path(found, "data") or {}
        history = at_path(data, "history.name") is not None
        kinds = {str(at_path(data, f"o{n}.login")).casefold(): at_path(data, f"o{n}") for n in range(len(asked))}
        if chosen is not None:
            return [_board(name, kinds) for name in chosen], history
        # A closed board is an archive: its cards no longer say what an issue's status is.
        return [
            {"owner": owner["login"], "number": board["number"], "kind": owner.get("__typename")}
            for owner in kinds.values()
            for board in at_path(owner, "projectsV2.nodes") or ()
            if isinstance(board, dict) and not board.get("closed")
        ], history

    def _listing(self, fetch: Fetch) -> Iterable[Any]:
        request, rows = self._listed()
        return fetch.rows(request, rows=rows, paging=LinkHeader())

    def _listed(self) -> tuple[Request, str]:
        if self.config.token is None:
            return Request("/installation/repositories"), "repositories"
        return Request("/user/repos", {"affiliation": "owner,collaborator,organization_member"}), ""

    def scopes(self, fetch: Fetch, access: Access) -> Iterable[Scope]:
        """Repositories: those that are listed for us, and public ones that the settings name."""
        wanted = self.config.scopes
        by_name = [name for name in wanted if "/" in name]
        rows = [] if wanted and len(by_name) == len(wanted) else list(self._listing(fetch))
        listed = {str(at_path(row, "full_name")).casefold() for row in rows}
        further = [name for name in by_name if name.casefold() not in listed]
        found = fetch.many([Request(f"/repos/{name}") for name in further])
        yield from (_scope(row) for row in rows)
        for name, row in zip(further, found, strict=True):
            if isinstance(row, dict):
                yield _scope(row, asked=name)

    # --- what to read ------------------------------------------------------------------------------------------------

    def lookups(self, access: Access) -> Sequence[Lookup]:
        """The members' names and, where there are boards, all their cards."""
        members = ChainedPages(tuple(members_request(owner) for owner in access.facts["owners"]), "membersWithRole")
        found = []
        if members.requests:
            age = dt.timedelta(days=1)
            found.append(Lookup(MEMBERS, members.requests[0], paging=members, max_age=age, optional=True))
        if boards := self._board_pages(access):
            found.append(Lookup(BOARDS, boards.requests[0], paging=boards, optional=True))
            if not self.config.scopes:
                request, rows = self._listed()
                age = dt.timedelta(hours=1)
                found.append(Lookup(REPOSITORIES, request, rows=rows, paging=LinkHeader(), max_age=age, optional=True))
        return found

    def _board_pages(self, access: Access) -> ChainedPages | None:
        history = bool(access.facts["column_history"])
        requests = tuple(items_request(board, history=history) for board in access.facts["boards"])
        return ChainedPages(requests, "projectV2.items") if requests else None

    def streams(self, access: Access) -> Sequence[Stream]:
        """Boards first: what they then bring is newer than the lookup that the issues are mapped with."""
        config, boards = self.config, self._board_pages(access)
        by_column = boards is not None and not access.facts["column_history"]
        issues = IssuesByColumn if by_column else Issues
        cards = BoardItemsByColumn if by_column else BoardItems
        return [
            *([cards(boards, config)] if boards else []),
            People(),
            Milestones(),
            issues(reviews=config.reviews),
            Events(),
            Comments(),
            ReviewComments(),
        ]


def _scope(row: Any, *, asked: str | None = None) -> Scope:
    """One repository. A renamed one answers under its old name, too, and stays chosen by it."""
    key = str(at_path(row, "full_name"))
    renamed = asked is not None and asked.casefold() != key.casefold()
    return Scope(
        id=str(at_path(row, "id")),
        key=key,
        name=str(asked) if renamed else str(at_path(row, "name")),
        kind="repository",
        url=found if isinstance(found := at_path(row, "html_url"), str) else None,
        archived=at_path(row, "archived") is True,
    )


def _board(name: str, kinds: Mapping[str, Any]) -> dict[str, Any]:
    owner, _, number = name.partition("/")
    kind = at_path(kinds.get(owner.casefold()), "__typename")
    return {"owner": owner, "number": int(number), "kind": kind or "Organization"}


def _missing(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Rights that a classic token lacks; other tokens do not tell theirs."""
    if "x-oauth-scopes" not in headers:
        return ()
    granted = {scope.strip() for scope in headers["x-oauth-scopes"].split(",")}
    lacking = []
    if "repo" not in granted:
        lacking.append("`repo` (private repositories); the token's owner ticks it under Developer settings")
    if granted.isdisjoint({"project", "read:project"}):
        lacking.append("`read:project` (Projects boards); the token's owner ticks it under Developer settings")
    return tuple(lacking)


def _notes(headers: Mapping[str, str]) -> tuple[str, ...]:
    notes = []
    if "partial-results" in headers.get("x-github-sso", ""):
        notes.append("the token is not authorised for the single sign-on of every organisation: lists are partial")
    if ends := headers.get("github-authentication-token-expiration"):
        notes.append(f"the token expires on {ends[:32]}")
    return tuple(notes)
