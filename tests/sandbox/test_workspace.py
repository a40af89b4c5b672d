"""The workspace that reads a sandbox."""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from sightline.collect.connector import Connector, Settings
from sightline.config.workspace import load_workspace
from sightline.model.money import Money
from sightline.sandbox.build import build_world
from sightline.sandbox.server import Sandbox
from sightline.sandbox.vendor import Vendor
from sightline.sandbox.workspace import write_workspace


class BoardVendor(Vendor):
    def workspace(self) -> dict[str, Any]:
        return {"connector": "trello", "site": self.base, "token": self.source.secrets["token"]}


class BoardSettings(Settings):
    site: str
    token: SecretStr | None = None


class Board(Connector):
    name: ClassVar[str] = "trello"
    title: ClassVar[str] = "Board"
    settings: ClassVar[type[Settings]] = BoardSettings
    sandbox: ClassVar[str | None] = "unused"


@pytest.fixture
def written(monkeypatch, tmp_path):
    monkeypatch.setattr("sightline.sandbox.server.vendor_class", lambda _connector: BoardVendor)
    with Sandbox(build_world(size=0), {"trello": Board}) as sandbox:
        path = write_workspace(tmp_path / "demo", sandbox.world, sandbox)
        text = path.read_text(encoding="utf-8")
        yield path, text, tomllib.loads(text, parse_float=Decimal), sandbox


def test_a_source_has_the_address_of_its_running_vendor(written):
    _, _, config, sandbox = written

    assert list(config["sources"]) == ["trello"]
    assert config["sources"]["trello"]["site"] == f"{sandbox.url}/trello"


def test_a_secret_is_a_reference_to_a_file_only_its_owner_reads(written):
    path, text, config, sandbox = written
    reference = config["sources"]["trello"]["token"]
    file = path.parent / "secrets" / "trello.token"

    assert reference == "file:secrets/trello.token"
    assert file.read_text() == sandbox.world.canaries["token of trello"]
    assert (file.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o600, 0o600)
    assert not [name for name, canary in sandbox.world.canaries.items() if "of trello" in name and canary in text]


def test_rules_about_sources_that_are_not_served_are_left_out(written):
    config = written[2]

    assert config["projects"]["acme_website"]["include"] == ["trello:Acme content"]
    assert config["projects"]["acme_website"]["money"] == []


def test_eight_clients_and_what_was_agreed_with_them(written):
    config = written[2]
    website = config["projects"]["acme_website"]

    assert len(config["clients"]) == 8
    assert (website["starts"], website["due"]) == (dt.date(2026, 9, 1), dt.date(2027, 1, 29))
    assert website["agreement"] == {"kind": "fixed_price", "budget": "36000", "currency": "GBP", "budget_hours": 400}
    assert "client" not in config["projects"]["own_website"]


def test_rates_are_texts_per_person_and_per_project(written):
    rates = written[2]["rates"]
    maria = [r for side in ("bill", "cost") for r in rates[side] if r.get("person") == "Maria Lind"]

    assert [r["per_hour"] for r in maria] == ["85", "55.37"]
    assert {"project": "dune_migration", "per_hour": "100.00", "currency": "EUR", "from": dt.date(2026, 1, 1)} in rates[
        "bill"
    ]


def test_a_waiting_column_says_on_whom_and_the_odd_column_stays_unmapped(written):
    assert written[2]["statuses"] == {"trello": {"With client": {"state": "in_progress", "waiting_on": "client"}}}


def test_half_a_working_day_is_an_exact_number(written):
    assert written[2]["workspace"]["hours_per_day"] == Decimal("7.5")


def test_people_have_all_their_addresses_and_the_accounts_that_hide_theirs(written):
    config, sandbox = written[2], written[3]
    people = sandbox.world.people

    assert config["people"]["jonas"] == {
        "name": "Jonas Berg",
        "emails": ["j.berg@northgate.example", "jonas@berg.example"],
        "role": "developer",
        "skills": ["python", "cms", "hosting"],
        "accounts": [f"trello:{people['jonas'].identities['trello'].account}"],
    }
    assert config["people"]["maria"]["accounts"] == []
    assert "hale" not in config["people"]


def test_the_real_configuration_reads_it(written):
    workspace = load_workspace(written[0].parent)

    assert workspace.projects["cedar_care"].agreement.allowance_seconds == 20 * 3600
    assert workspace.projects["birch_booking"].agreement.cap == Money.of("49980", "GBP")
    assert len(workspace.projects) == 11
