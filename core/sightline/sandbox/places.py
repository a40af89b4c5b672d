"""Where the work lives: sources with their secrets, projects, boards and repositories with their columns."""

from __future__ import annotations

import datetime as dt

from sightline.sandbox.world import Place, Source, World

__all__ = ["add_places", "add_sources", "place"]

_JIRA = [
    ("Backlog", "todo"),
    ("Selected for Development", "todo"),
    ("In Progress", "in_progress"),
    ("With client", "in_progress"),
    ("In Review", "in_progress"),
    ("Done", "done"),
    ("Won't do", "cancelled"),
]
_DATACENTER = [
    ("Offen", "todo"),
    ("In Arbeit", "in_progress"),
    ("Validating", "in_progress"),
    ("Erledigt", "done"),
    ("Verworfen", "cancelled"),
]
_TRELLO = [
    ("To do", "todo"),
    ("Doing", "in_progress"),
    ("With client", "in_progress"),
    ("Done?", "in_progress"),
    ("Done", "done"),
]
#: What pull requests say, on every repository.
_PULLS = [("draft", "in_progress"), ("open", "in_progress"), ("merged", "done"), ("closed", "cancelled")]
_BOARD = [
    ("Todo", "todo"),
    ("In Progress", "in_progress"),
    ("In review", "in_progress"),
    ("Done", "done"),
    ("Won't do", "cancelled"),
    *_PULLS,
]
#: A repository without a board: issues say open, closed or not_planned; its pull requests are drafts or merged.
_BARE = [
    ("open", "todo"),
    ("closed", "done"),
    ("not_planned", "cancelled"),
    ("draft", "in_progress"),
    ("merged", "done"),
]

#: source, key, name, statuses, labels
_PLACES: list[tuple[str, str, str, list[tuple[str, str]], list[str]]] = [
    ("acme_jira", "WEB", "Website", _JIRA, ["website", "design", "scope-change"]),
    ("acme_jira", "APP", "App", _JIRA, ["website", "app"]),
    ("acme_jira", "OPS", "Operations", _JIRA, ["ops", "urgent"]),
    ("trello", "AcmeCont", "Acme content", _TRELLO, ["copy", "photo", "größer"]),
    ("trello", "CedrCare", "Cedar care", _TRELLO, ["bug", "question"]),
    ("trello", "ElmLnch1", "Elm launch", _TRELLO, ["print", "social"]),
    ("trello", "HeronSh1", "Heron shop", _TRELLO, ["shop"]),
    ("trello", "IdeasBrd", "Ideas", _TRELLO, []),
    ("github", "northgate/booking-app", "booking-app", _BOARD, ["bug", "enhancement", "P1"]),
    ("github", "northgate/own-website", "own-website", _BOARD, ["content"]),
    ("github", "northgate/fjord-portal", "fjord-portal", _BARE, ["bug", "P1"]),
    ("github", "northgate/toolbox", "toolbox", _BARE, ["chore"]),
    ("dune_jira", "DAT", "Datenmigration", _DATACENTER, ["schnittstelle"]),
    ("dune_jira", "TRN", "Schulung", _DATACENTER, []),
    ("site_git", "site", "site", [], []),
    ("code_git", "booking-app", "booking-app", [], []),
    ("code_git", "own-website", "own-website", [], []),
    ("code_git", "toolbox", "toolbox", [], []),
]


def add_sources(world: World) -> None:
    """One installation of each tool (two Jiras, two folders of repositories); their secrets are canaries."""
    sources = [
        Source(
            "acme_jira",
            "jira",
            "cloud",
            "Europe/London",
            {"email": "pm@northgate.example", "token": "ATATT3xSANDBOXacme7f31c0de"},
            {"start_field": "Start date", "points_field": "Story point estimate"},
        ),
        Source(
            "dune_jira",
            "jira",
            "datacenter",
            "Europe/Berlin",
            {"token": "NjM0SANDBOXdune91bd", "user": "plind", "password": "sandbox-Dune-pass-55"},
            {"start_field": "Startdatum", "points_field": "Story Points"},
        ),
        Source(
            "trello",
            "trello",
            "",
            "UTC",
            {"key": "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "token": "ATTASANDBOXtrello5c0ffee5"},
            {"estimate_field": "Estimate (h)", "points_field": "Points", "time": "plus"},
        ),
        Source(
            "github",
            "github",
            "cloud",
            "UTC",
            {"token": "ghp_SANDBOXgithub0123456789abcdef0123"},
            {
                "owner": "northgate",
                "boards": {"Roadmap": ["northgate/booking-app", "northgate/own-website"]},
                "status_field": "Status",
                "estimate_field": "Estimate",
                "points_field": "Points",
                "start_field": "Start",
                "due_field": "Due",
                "sprint_field": "Iteration",
            },
        ),
        Source("site_git", "git"),
        Source("code_git", "git", "bare"),
        Source(
            "xero",
            "xero",
            "custom",
            "Europe/London",
            {"client_id": "5A6B7C8D9E0F4A1B8C2D3E4F5A6B7C8D", "client_secret": "SANDBOXxero-secret-c0ffee77"},
        ),
    ]
    for source in sources:
        world.sources[source.name] = source
        for name in ("token", "password", "key", "client_secret"):
            if name in source.secrets:
                world.canaries[f"{name} of {source.name}"] = source.secrets[name]


def add_places(world: World) -> None:
    """Every project, board and repository, opened in July 2026."""
    opened = dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC)
    for number, (source, key, name, statuses, labels) in enumerate(_PLACES, start=1):
        world.places.append(
            Place(source, number, key, name, statuses=list(statuses), labels=list(labels), created_at=opened)
        )


def place(world: World, source: str, name: str) -> Place:
    """The place of that source with that name."""
    return next(p for p in world.places_of(source) if p.name == name)
