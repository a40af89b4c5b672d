"""What Jira's lists leave out, added to the rows of one page: changelogs, lists cut short, worklogs, sprints."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sightline.sdk import NextToken, Offset, Request, at_path

if TYPE_CHECKING:
    from sightline.sdk import Fetch
    from sightline_jira.site import Site

__all__ = ["add_changelogs", "add_cut_off", "projects_of", "sprints_of", "worklogs_of"]

#: Entries that one call of `changelog/bulkfetch` gives at most.
_CHANGELOG_PAGE = 10_000
#: Issues whose project one call tells.
_ISSUES_A_CALL = 100
#: Ids that `worklog/list` takes.
_WORKLOGS_A_CALL = 1000
#: Embedded lists hold 20 rows at most ("GET issue: fields.worklog"): the rest has its own address.
_EMBEDDED = (("comment", "comments"), ("worklog", "worklogs"))


def add_changelogs(rows: list[Any], site: Site, fetch: Fetch) -> list[Any]:
    """Every issue with its whole changelog, in as few calls as Cloud allows: mostly one a page."""
    ids = [str(row["id"]) for row in rows if isinstance(row, dict) and row.get("id")]
    if not ids:
        return rows
    body = {"issueIdsOrKeys": ids, "maxResults": _CHANGELOG_PAGE}
    request = Request(f"{site.api}/changelog/bulkfetch", method="POST", json=body)
    told: dict[str, list[Any]] = {id_: [] for id_ in ids}
    for log in fetch.rows(request, rows="issueChangeLogs", paging=NextToken(in_body=True, last=None)):
        # An issue whose entries lie on two pages is told twice.
        told.setdefault(str(log.get("issueId")), []).extend(log.get("changeHistories") or ())
    return [_with_changelog(row, told) for row in rows]


def _with_changelog(row: Any, told: dict[str, list[Any]]) -> Any:
    histories = told.get(str(row.get("id"))) if isinstance(row, dict) else None
    return row if histories is None else {**row, "changelog": {"histories": histories, "total": len(histories)}}


def add_cut_off(rows: list[Any], site: Site, fetch: Fetch) -> list[Any]:
    """Every issue with all of its comments and worklogs, where the row held only the first of them."""
    cut = [
        (row, name, many)
        for row in rows
        for name, many in _EMBEDDED
        if isinstance(row, dict) and _is_cut(at_path(row, f"fields.{name}"), many)
    ]
    requests = [Request(f"{site.api}/issue/{row['id']}/{name}", {"maxResults": 1000}) for row, name, _ in cut]
    for (row, name, many), request, page in zip(cut, requests, fetch.many(requests), strict=True):
        if isinstance(page, dict) and isinstance(page.get(many), list):
            row["fields"][name] = _whole(page, many, request, fetch)
    return rows


def _is_cut(page: Any, rows: str) -> bool:
    if not isinstance(page, dict) or not isinstance(page.get("total"), int):
        return False
    return bool(page["total"] > len(page.get(rows) or ()))


def _whole(page: dict[str, Any], rows: str, request: Request, fetch: Fetch) -> dict[str, Any]:
    """The page, or all pages where the server gives less at a time than was asked."""
    if not _is_cut(page, rows):
        return {rows: page[rows], "total": len(page[rows])}
    found = list(fetch.rows(request, rows=rows, paging=Offset(page_size=100, last=None)))
    return {rows: found, "total": len(found)}


def worklogs_of(rows: Iterable[Any], site: Site, fetch: Fetch) -> dict[str, dict[str, Any]]:
    """The worklogs of feed rows by id; those that vanished meanwhile, or are hidden from us, are missing."""
    ids = list(dict.fromkeys(row["worklogId"] for row in rows if isinstance(row, dict) and "worklogId" in row))
    requests = [
        Request(f"{site.api}/worklog/list", method="POST", json={"ids": some}) for some in _parts(ids, _WORKLOGS_A_CALL)
    ]
    bodies = fetch.many(requests)
    return {str(log.get("id")): log for body in bodies for log in body or () if isinstance(log, dict)}


def projects_of(issues: Collection[str], site: Site, fetch: Fetch) -> dict[str, str]:
    """Project id by issue id; issues that are deleted or hidden are missing."""
    requests = [_ask_projects(some, site) for some in _parts(sorted(issues), _ISSUES_A_CALL)]
    found = {}
    for body in fetch.many(requests):
        for issue in at_path(body, "issues") or ():
            project = at_path(issue, "fields.project.id")
            if project is not None:
                found[str(issue.get("id"))] = str(project)
    return found


def _ask_projects(issues: list[str], site: Site) -> Request:
    if site.cloud:
        asked = {"issueIdsOrKeys": issues, "fields": ["project"]}
        return Request(f"{site.api}/issue/bulkfetch", method="POST", json=asked)
    # Without validation an id that is gone, or hidden, is left out instead of refusing the question.
    jql = f"id in ({', '.join(issues)})"
    body = {"jql": jql, "fields": ["project"], "maxResults": _ISSUES_A_CALL, "validateQuery": False}
    return Request(f"{site.api}/search", method="POST", json=body)


def sprints_of(boards: Sequence[Any], project: str, site: Site, fetch: Fetch) -> list[Any]:
    """The sprints of those boards that belong to the project, each once. Kanban boards have none."""
    able = [board for board in boards if isinstance(board, dict) and board.get("type") != "kanban"]
    owners = dict(zip((board["id"] for board in able), _owners(able, site, fetch), strict=True))
    found: dict[Any, Any] = {}
    for board in able:
        if owners[board["id"]] != project:
            continue
        for sprint in fetch.rows(
            Request(f"{site.agile}/board/{board['id']}/sprint"), rows="values", paging=Offset(page_size=50)
        ):
            found.setdefault(sprint.get("id"), sprint)
    return list(found.values())


def _owners(boards: Sequence[dict[str, Any]], site: Site, fetch: Fetch) -> list[str | None]:
    """The project of each board: the one it is kept in, else the first chosen one among those it shows."""
    chosen = {project.id for project in site.chosen}
    requests = [Request(f"{site.agile}/board/{board['id']}/project") for board in boards]
    homes = [at_path(board, "location.projectId") for board in boards]
    homeless = [request for request, home in zip(requests, homes, strict=True) if str(home) not in chosen]
    shown = iter(fetch.many(homeless))
    return [str(home) if str(home) in chosen else _first_shown(next(shown), chosen) for home in homes]


def _first_shown(body: Any, chosen: Collection[str]) -> str | None:
    ids = [str(row.get("id")) for row in at_path(body, "values") or () if isinstance(row, dict)]
    return min((id_ for id_ in ids if id_ in chosen), key=lambda id_: (len(id_), id_), default=None)


def _parts(items: list[Any], size: int) -> list[list[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
