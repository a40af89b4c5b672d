"""Writes the workspace that reads a running sandbox: a commented `sightline.toml` and one file a secret."""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from pydantic import SecretStr
from tomlkit.items import AoT, InlineTable, Table

from sightline.sandbox.world import World, WorldProject

if TYPE_CHECKING:
    from sightline.collect.connector import Connector
    from sightline.sandbox.server import Sandbox

__all__ = ["write_workspace"]

_FROM = dt.date(2026, 1, 1)
#: Working hours of a week, for whoever does not work part of it.
_WEEK = Decimal("37.5")
#: Bank holidays in England within the story; a list needs no further package.
_HOLIDAYS = [dt.date(2026, 8, 31), dt.date(2026, 12, 25), dt.date(2026, 12, 28), dt.date(2027, 1, 1)]
_WAITING = "With client"
#: An account of a known person that the file does not name, so that `map` has somebody to suggest.
_UNTOLD = {("maria", "trello")}


def write_workspace(folder: Path, world: World, sandbox: Sandbox) -> Path:
    """`sightline.toml` in `folder` for every source that the running sandbox serves; gives the file's path.

    Secrets go to `folder/secrets/`, one file each with mode 0600; the configuration refers to them. Rules of projects
    about sources that are not served are left out. An existing file is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    document = tomlkit.document()
    document.add(tomlkit.comment(f"{world.name} is made up. So are its clients, its people and their money."))
    document["workspace"] = _workspace(world)
    document["sources"] = _sources(folder, sandbox)
    document["clients"] = _clients(world)
    document["projects"] = _projects(world, set(sandbox.vendors))
    document["people"] = _people(world, set(sandbox.vendors))
    document["leave"] = _leave(world)
    document["rates"] = _rates(world)
    document["health"] = _health()
    document["statuses"] = _statuses(world, set(sandbox.vendors))
    _write_notes(folder, world)
    path = folder / "sightline.toml"
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    path.chmod(0o600)
    return path


def _write_notes(folder: Path, world: World) -> None:
    """What was decided and asked, one file each."""
    place = folder / "notes"
    place.mkdir(exist_ok=True)
    for number, note in enumerate(world.notes, start=1):
        front = tomlkit.document()
        front.update({"project": note.project, "kind": note.kind, "at": note.day, "by": note.by})
        front.update({name: value for name, value in (("asked_of", note.asked_of), ("due", note.due)) if value})
        front["client_visible"] = note.client_visible
        text = f"+++\n{tomlkit.dumps(front)}+++\n{note.text}\n"
        (place / f"{note.day}-{number}-{note.kind}.md").write_text(text, encoding="utf-8")


def _workspace(world: World) -> Table:
    table = tomlkit.table()
    table["name"] = world.name
    table["currency"] = world.currency
    table["timezone"] = world.timezone
    table["hours_per_day"] = tomlkit.float_("7.5")
    table["working_days"] = ["mon", "tue", "wed", "thu", "fri"]
    table["holidays"] = _HOLIDAYS
    table["target_utilisation"] = 75
    return table


def _sources(folder: Path, sandbox: Sandbox) -> Table:
    tables = tomlkit.table(is_super_table=True)
    for name, vendor in sandbox.vendors.items():
        connector = sandbox.connectors[vendor.source.connector]
        table = tomlkit.table()
        for key, value in vendor.workspace().items():
            secret = key != "connector" and _is_secret(connector, key)
            table[key] = _kept(folder, f"{name}.{key}", value) if secret else value
        tables[name] = table
    return tables


def _is_secret(connector: type[Connector], setting: str) -> bool:
    """Whether the connector declares that setting as a secret."""
    field = connector.settings.model_fields.get(setting)
    kinds = (field.annotation, *typing.get_args(field.annotation)) if field else ()
    return SecretStr in kinds


def _kept(folder: Path, name: str, secret: str) -> str:
    """A reference to a file of its own that only its owner can read."""
    place = folder / "secrets"
    place.mkdir(mode=0o700, exist_ok=True)
    path = place / name
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(secret, encoding="utf-8")
    return f"file:{place.name}/{name}"


def _clients(world: World) -> Table:
    tables = tomlkit.table(is_super_table=True)
    for client in world.clients.values():
        table = tomlkit.table()
        table["name"] = client.name
        table["contacts"] = [client.contact]
        if client.language != "en":
            table["language"] = client.language
        tables[client.id] = table
    return tables


def _inline(values: Mapping[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(values)
    return table


def _projects(world: World, served: set[str]) -> Table:
    tables = tomlkit.table(is_super_table=True)
    for project in world.projects.values():
        table = tomlkit.table()
        if project.client:
            table["client"] = project.client
        table["name"] = project.name
        table["include"] = _rules(project, served)
        table["money"] = [_inline(rule) for rule in project.money if rule["source"] in served]
        table["starts"] = project.starts
        table["due"] = project.due
        table["agreement"] = _inline(project.agreement)
        tables[project.id] = table
    return tables


def _rules(project: WorldProject, served: set[str]) -> list[Any]:
    found: list[Any] = []
    for rule in project.include:
        source = rule.partition(":")[0] if isinstance(rule, str) else rule["source"]
        if source in served:
            found.append(rule if isinstance(rule, str) else _inline(rule))
    return found


def _people(world: World, served: set[str]) -> Table:
    """The staff, with all addresses and with the accounts whose tool hides the address."""
    tables = tomlkit.table(is_super_table=True)
    for person in world.people.values():
        if person.bill_rate is None:
            continue
        shown = {i.email for i in person.identities.values() if i.email}
        commits = {c.email for c in world.commits if c.by == person.id}
        hidden = [(name, i) for name, i in person.identities.items() if i.email is None and name in served]
        table = tomlkit.table()
        table["name"] = person.name
        table["emails"] = sorted({person.email} | shown | commits)
        table["role"] = person.role
        if person.skills:
            table["skills"] = person.skills
        if person.weekly_hours != _WEEK:
            table["hours_a_week"] = tomlkit.float_(str(person.weekly_hours))
        table["accounts"] = [f"{name}:{i.account}" for name, i in hidden if (person.id, name) not in _UNTOLD]
        tables[person.id] = table
    return tables


def _leave(world: World) -> AoT:
    rows = tomlkit.aot()
    for person in world.people.values():
        for away in person.leave:
            row = tomlkit.table()
            row.update({"person": person.id, "from": away.starts, "until": away.ends})
            rows.append(row)
    return rows


def _rates(world: World) -> Table:
    rates = tomlkit.table()
    rates.add(tomlkit.comment("What an hour bills and costs; the most specific rate wins."))
    bill, cost = tomlkit.aot(), tomlkit.aot()
    for person in world.people.values():
        for rows, per_hour in ((bill, person.bill_rate), (cost, person.cost_rate)):
            if per_hour is not None:
                rows.append(_rate({"person": person.name, "per_hour": str(per_hour), "currency": world.currency}))
    for rate in world.rates:
        bill.append(_rate(rate))
    rates["bill"], rates["cost"] = bill, cost
    return rates


def _health() -> Table:
    table = tomlkit.table()
    table.add(
        tomlkit.comment(
            "The made-up tools are read once: without this all health would be grey the day after tomorrow."
        )
    )
    table["unread_hours"] = [87600, 87600]
    return table


def _rate(values: Mapping[str, str]) -> Table:
    table = tomlkit.table()
    table.update({**values, "from": _FROM})
    return table


def _statuses(world: World, served: set[str]) -> Table:
    """What the tools cannot tell: whose turn it is. "Done?" is left out on purpose, so that `map` lists it."""
    tables = tomlkit.table(is_super_table=True)
    for source in dict.fromkeys(p.source for p in world.places if _WAITING in dict(p.statuses)):
        if source in served:
            table = tomlkit.table()
            table[_WAITING] = _inline({"state": "in_progress", "waiting_on": "client"})
            tables[source] = table
    return tables
