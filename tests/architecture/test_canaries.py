"""Planted canaries: no secret leaves its place, and nothing internal reaches a client, in a whole real run of the demo."""

from __future__ import annotations

import base64
import html
import json
import re
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import pytest

from sightline.plugins.registry import load
from sightline.sandbox.build import build_world
from sightline.sandbox.server import Sandbox
from sightline.sandbox.workspace import write_workspace
from sightline.sandbox.world import World

pytestmark = pytest.mark.slow

WORLD = build_world(7)
SECRETS = sorted(text for name, text in WORLD.canaries.items() if name.rpartition(" of ")[2] in WORLD.sources)


def sightline(folder: Path, *args: str) -> str:
    """All that a command prints, on both channels."""
    command = [sys.executable, "-c", "from sightline.cli import main; main()", "--debug", *args]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> tuple[Path, str]:
    """The demo's folder and what making it printed."""
    folder = tmp_path_factory.mktemp("canaries")
    return folder / "demo", sightline(folder, "demo", "--dir", str(folder / "demo"), "--serve", "--for", "0.1")


def forms(secret: str) -> set[bytes]:
    """A secret as it travels."""
    return {secret.encode(), quote(secret, safe="").encode(), base64.b64encode(secret.encode()).rstrip(b"=")}


def basic() -> Iterator[str]:
    """What HTTP Basic makes of them."""
    for source in WORLD.sources.values():
        for user in ("email", "user", "client_id"):
            for secret in ("token", "password", "client_secret"):
                if user in source.secrets and secret in source.secrets:
                    yield base64.b64encode(f"{source.secrets[user]}:{source.secrets[secret]}".encode()).decode()


def kept(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a workspace but the two places that secrets are meant for; archived pages unpacked."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_file() and not name.startswith(("secrets/", ".sightline/tokens/")):
            yield name, path.read_bytes()
    with sqlite3.connect(folder / ".sightline" / "sightline.db") as database:
        for number, body in database.execute("SELECT id, body FROM raw_pages"):
            yield f"raw page {number}", zlib.decompress(body)
    database.close()


def leaks(found: Iterator[tuple[str, bytes]], secrets: list[str]) -> list[str]:
    known = [form for secret in secrets for form in forms(secret)]
    return [name for name, content in found if any(form in content for form in known)]


def minted(folder: Path) -> list[str]:
    """Tokens that the run obtained itself."""
    held = [json.loads(path.read_text("utf-8")) for path in (folder / ".sightline" / "tokens").glob("*.json")]
    return [token[key] for token in held for key in ("access_token", "refresh_token") if token.get(key)]


def test_a_served_demo_says_what_is_served_and_how_to_read_it(demo):
    folder, printed = demo

    assert "the made-up vendors are served until Ctrl-C:\n  acme_jira        http://127.0.0.1:" in printed
    assert f"sightline --workspace {folder} sync" in printed.replace("\n", "")


def test_the_search_finds_a_secret_where_it_may_be(demo):
    held = [path.read_text("utf-8") for path in (demo[0] / "secrets").iterdir()]

    assert len(SECRETS) >= 6
    assert [secret for secret in SECRETS if secret in held]
    assert leaks(iter([("a file", f"token={SECRETS[0]}".encode())]), SECRETS) == ["a file"]


def test_a_sync_leaves_no_secret_in_any_byte_of_the_workspace(demo):
    names = [name for name, _ in kept(demo[0])]

    assert any(name.startswith("raw page") for name in names)
    assert leaks(kept(demo[0]), [*SECRETS, *basic(), *minted(demo[0])]) == []


def test_a_sync_prints_no_secret(demo):
    assert "PORTFOLIO" in demo[1]
    assert leaks(iter([("output", demo[1].encode())]), [*SECRETS, *basic(), *minted(demo[0])]) == []


@pytest.fixture(scope="module")
def refused(tmp_path_factory) -> tuple[Path, str]:
    """A workspace whose sources refuse its credentials, then vanish; and what commands with a trace said of it."""
    folder, world = tmp_path_factory.mktemp("refused"), build_world(7, 0)
    with Sandbox(world, load().connectors, folder=folder) as served:
        file = write_workspace(folder, world, served)
        file.write_text(
            re.sub("(?m)^connector = .*$", r"\g<0>\npatience_seconds = 1", file.read_text("utf-8")), "utf-8"
        )
        for source in world.sources.values():
            source.secrets = {name: f"{text}-changed" for name, text in source.secrets.items()}
        said = [sightline(folder, *args) for args in (["check"], ["sync"], ["sync", "--json", "--verbose"])]
    return folder, "".join([*said, sightline(folder, "sync"), sightline(folder, "check", "--json")])


def test_refused_credentials_and_a_dead_host_are_told_without_a_secret(refused):
    folder, said = refused

    assert re.search(r"refused|401", said)
    assert leaks(iter([("output", said.encode())]), [*SECRETS, *basic()]) == []
    assert leaks(kept(folder), [*SECRETS, *basic()]) == []


def reports(folder: Path) -> dict[str, str]:
    """What a reader of each client's report can see or find in its source, by client; style sheets left out."""
    pages = {path.name.partition("-")[0]: path.read_text("utf-8") for path in (folder / "reports").glob("*.html")}
    return {client: html.unescape(re.sub(r"(?s)<style.*?</style>", "", page)) for client, page in pages.items()}


def internal(world: World, folder: Path) -> set[str]:
    """Numbers and words that are nobody's business outside: cost rates, internal notes, what projects cost and earn.

    A profit that equals a sum the client knows (nothing was spent) gives nothing away and is left out.
    """
    planted = {text for name, text in world.canaries.items() if text not in SECRETS}
    rows = [json.loads(line) for line in sightline(folder, "export", "figures").splitlines() if line.startswith("{")]
    money = [(row["figure"], Decimal(row["value"])) for row in rows if row["unit"] == "money" and row["value"]]
    sums = {abs(value) for figure, value in money if figure in {"cost", "profit"}}
    sums -= {abs(value) for figure, value in money if figure not in {"cost", "profit"}}
    return planted | {form for value in sums for form in (f"{value:.2f}", f"{value:,.2f}")}


def test_no_report_shows_a_planted_or_computed_internal_number(demo):
    secret_to_us = internal(WORLD, demo[0])
    shown = {client: [text for text in secret_to_us if text in page] for client, page in reports(demo[0]).items()}

    assert len(secret_to_us) > 10
    assert set(shown) == set(WORLD.clients)
    assert {client: found for client, found in shown.items() if found} == {}


def test_no_report_speaks_of_margin_profit_or_cost(demo):
    words = re.compile(r"\b(margin|profit|cost rate|internal note)\b", re.IGNORECASE)

    assert {client for client, page in reports(demo[0]).items() if words.search(page)} == set()


def test_no_report_names_another_client_its_people_or_its_projects(demo):
    theirs = {
        client.id: {client.name, client.contact.partition(" <")[0]}
        | {p.name for p in WORLD.projects.values() if p.client == client.id and " " in p.name}
        for client in WORLD.clients.values()
    }
    found = {
        (client, name)
        for client, page in reports(demo[0]).items()
        for other, names in theirs.items()
        for name in names
        if other != client and name in page
    }

    assert [client for client, page in reports(demo[0]).items() if WORLD.clients[client].name not in page] == []
    assert found == set()


def test_what_is_internal_was_really_collected(demo):
    """The reports leave it out; it is not merely missing from the data."""
    database = b"".join(content for _, content in kept(demo[0]))

    assert WORLD.canaries["internal note"].encode() in database
    assert WORLD.canaries["cost rate of Maria Lind"].encode() in database
