"""The GraphQL that Sightline asks: boards of an owner, items of a board, members of an organisation. Texts only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sightline.sdk import Request

__all__ = ["boards_request", "items_request", "members_request"]

#: Two enum types cannot share the name `state` in one selection, hence the aliases ("Fields can conflict").
_ITEMS = """
query BoardItems($owner: String!, $number: Int!, $after: String) {
  %(root)s(login: $owner) { projectV2(number: $number) {
    id title number closed updatedAt
    fields(first: 50) { nodes { __typename
      ... on ProjectV2FieldCommon { id name dataType }
      ... on ProjectV2IterationField { configuration { duration startDay
        iterations { id title startDate duration } completedIterations { id title startDate duration } } } } }
    items(first: %(size)d, after: $after) { pageInfo { hasNextPage endCursor } nodes {
      id fullDatabaseId type isArchived createdAt updatedAt
      fieldValues(first: 50) { nodes { __typename
        ... on ProjectV2ItemFieldSingleSelectValue { name optionId updatedAt
          field { ... on ProjectV2FieldCommon { id name } } }
        ... on ProjectV2ItemFieldNumberValue { number updatedAt field { ... on ProjectV2FieldCommon { id name } } }
        ... on ProjectV2ItemFieldDateValue { date updatedAt field { ... on ProjectV2FieldCommon { id name } } }
        ... on ProjectV2ItemFieldIterationValue { title startDate duration iterationId updatedAt
          field { ... on ProjectV2FieldCommon { id name } } } } }
      content { __typename
        ... on Issue { id number updatedAt repository { databaseId nameWithOwner }%(history)s }
        ... on PullRequest { id number updatedAt repository { databaseId nameWithOwner } } } } } } }
}"""

_HISTORY = """
          timelineItems(last: 100, itemTypes: [PROJECT_V2_ITEM_STATUS_CHANGED_EVENT]) { nodes {
            ... on ProjectV2ItemStatusChangedEvent { id createdAt previousStatus status project { id }
              actor { __typename login ... on User { databaseId } ... on Bot { databaseId } } } } }"""

_MEMBERS = """
query Members($owner: String!, $after: String) {
  organization(login: $owner) { membersWithRole(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { databaseId login name email } } }
}"""

_BOARDS_OF = """
  o%(n)d: repositoryOwner(login: $o%(n)d) { __typename login
    ... on Organization { projectsV2(first: 100) { nodes { number title closed } } }
    ... on User { projectsV2(first: 100) { nodes { number title closed } } } }"""

#: Items with their values and history are heavy; GitHub ends a call after 10 seconds.
_PAGE_SIZE = 50


def _post(query: str, variables: Mapping[str, Any]) -> Request:
    return Request(
        "/graphql", method="POST", base="graphql", json={"query": query.strip(), "variables": dict(variables)}
    )


def boards_request(owners: Sequence[str]) -> Request:
    """Which boards those owners let us see, and whether this GitHub keeps the history of a board's status."""
    declared = ", ".join(f"$o{n}: String!" for n in range(len(owners)))
    asked = "".join(_BOARDS_OF % {"n": n} for n in range(len(owners)))
    history = '\n  history: __type(name: "ProjectV2ItemStatusChangedEvent") { name }'
    return _post(f"query Boards({declared}) {{{asked}{history}\n}}", {f"o{n}": owner for n, owner in enumerate(owners)})


def items_request(board: Mapping[str, Any], *, history: bool) -> Request:
    """The first page of a board's items; `history` adds each issue's moves from column to column."""
    root = "user" if board["kind"] == "User" else "organization"
    query = _ITEMS % {"root": root, "size": _PAGE_SIZE, "history": _HISTORY if history else ""}
    return _post(query, {"owner": board["owner"], "number": board["number"], "after": None})


def members_request(owner: str) -> Request:
    """The first page of an organisation's members, with the names and addresses they show."""
    return _post(_MEMBERS, {"owner": owner, "after": None})
