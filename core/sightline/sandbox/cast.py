"""Who plays: the staff of Northgate Consulting, its clients' people, strangers and robots, with their identities.

Nobody looks the same in two tools: e-mails hide, user names differ, Git people have two addresses. Cost rates are
canaries: odd numbers that must never reach a client document.
"""

from __future__ import annotations

import uuid
from decimal import Decimal

from sightline.sandbox.desk import day
from sightline.sandbox.world import Identity, Leave, Person, Source, World, WorldClient

__all__ = ["CLIENTS", "account_id", "add_people"]

#: id, name, role, bill rate, cost rate, GitHub login, Trello user name
_STAFF = [
    ("maria", "Maria Lind", "designer", "85", "55.37", "mlind-ng", "marialind7"),
    ("jonas", "Jonas Berg", "developer", "85", "61.23", "jberg", "jonasb_dev"),
    ("aisha", "Aisha Khan", "developer", "85", "57.81", "aishak", "aisha_khan"),
    ("tomasz", "Tomasz Wójcik", "developer", "85", "49.93", "twojcik", "tomaszw"),
    ("priya", "Priya Raman", "project manager", "95", "66.47", "priya-pm", "priyaraman"),
    ("lena", "Lena Müller", "consultant", "95", "63.19", "lenam", "lenamueller"),
    ("owen", "Owen O'Neill", "developer", "85", "52.71", "owenoneill", "oneill_owen"),
    ("noor", "Noor Haddad", "tester", "75", "47.29", "noorh", "noor_h"),
    ("felix", "Felix Brandt", "developer", "80", "44.83", "fbrandt", "felixb"),
]
_SKILLS = {
    "maria": ["design", "css"],
    "jonas": ["python", "cms", "hosting"],
    "aisha": ["javascript", "accessibility"],
    "tomasz": ["javascript", "php"],
    "priya": ["planning", "copy"],
    "lena": ["data", "german"],
    "owen": ["python", "mobile"],
    "noor": ["testing", "accessibility"],
}
#: client id, client, person id, person, address
CLIENTS = [
    ("acme", "Acme Ltd", "hale", "J. Hale", "j.hale@acme.example"),
    ("birch", "Birch & Co", "finch", "Beatrice Finch", "b.finch@birch.example"),
    ("cedar", "Cedar Trust", "stone", "Carl Stone", "carl@cedar.example"),
    ("dune", "Dune Logistik GmbH", "wuest", "Dörte Wüst", "d.wuest@dune.example"),
    ("elm", "Elm Bakery", "ember", "Ella Ember", "ella@elm.example"),
    ("fjord", "Fjord Energy", "nygard", "Finn Nygård", "finn@fjord.example"),
    ("gorse", "Gorse Partners", "gale", "Grace Gale", "grace@gorse.example"),
    ("heron", "Heron Shoes", "hart", "Henry Hart", "henry@heron.example"),
]
_SPACE = uuid.UUID("6f6e7274-6867-6174-652e-6578616d706c")


def account_id(source: Source, person: str) -> str:
    """The account id of a person in a source, in the shape of that tool. The same for every seed."""
    key = uuid.uuid5(_SPACE, f"{source.name}/{person}")
    if source.connector == "jira":
        return f"JIRAUSER{10000 + key.int % 80000}" if source.flavour == "datacenter" else f"712020:{key}"
    if source.connector == "trello":
        return f"5f{key.hex[:22]}"
    if source.connector == "github":
        return str(500_000 + key.int % 9_000_000)
    return str(key)


def add_people(world: World) -> None:
    """Staff, clients with one person each, two whom nobody can match, a robot, somebody who left."""
    for pid, name, role, bill, cost, login, trello in _STAFF:
        email = f"{_ascii(name)}@northgate.example"
        person = Person(pid, name, email, role, Decimal(bill), Decimal(cost))
        person.skills = list(_SKILLS.get(pid, ()))
        world.people[pid] = person
        world.canaries[f"cost rate of {name}"] = cost
        for source in world.sources.values():
            person.identities[source.name] = _staff_identity(source, person, login, trello)
    for cid, client, pid, name, email in CLIENTS:
        world.clients[cid] = WorldClient(cid, client, f"{name} <{email}>", "de" if client.endswith("GmbH") else "en")
        world.people[pid] = Person(pid, name, email, "client", client=cid)
    _client_accounts(world)
    _strangers(world)
    _absences(world)


def _ascii(name: str) -> str:
    plain = name.lower().replace("ü", "ue").replace("ó", "o").replace("'", "")
    first, _, last = plain.partition(" ")
    return f"{first[0]}.{last}"


def _staff_identity(source: Source, person: Person, login: str, trello: str) -> Identity:
    account = account_id(source, person.id)
    if source.connector == "github":
        return Identity(account, person.name if person.id != "noor" else "نور حداد", login)
    if source.connector == "trello":
        initial, _, last = person.name.partition(" ")
        shown = f"{initial[0]}. {last}" if person.id == "maria" else person.name
        return Identity(account, shown, trello)
    if source.connector == "git":
        return Identity(person.email, person.name, login, person.email)
    visible = person.email if person.id != "tomasz" or source.connector == "xero" else None
    user = person.email.partition("@")[0].replace(".", "")
    return Identity(account, person.name, user, visible)


def _client_accounts(world: World) -> None:
    """Clients look into some of the tools."""
    seats = {"hale": ("acme_jira", "trello"), "stone": ("trello",), "wuest": ("dune_jira",), "finch": ("github",)}
    for pid, sources in seats.items():
        person = world.people[pid]
        for name in sources:
            source = world.sources[name]
            email = person.email if source.connector == "jira" else None
            person.identities[name] = Identity(account_id(source, pid), person.name, f"{pid}_{person.client}", email)


def _strangers(world: World) -> None:
    sources = world.sources
    pete = Person("pete", "pixelpete", "", "unknown")
    pete.identities["trello"] = Identity(account_id(sources["trello"], "pete"), "pixelpete", "pixelpete")
    root = Person("root", "root", "", "unknown")
    root.identities["site_git"] = Identity("root@localhost", "root", "root", "root@localhost")
    robot = Person("robot", "renovate", "", "bot")
    robot.identities["github"] = Identity(
        account_id(sources["github"], "robot"), "renovate[bot]", "renovate[bot]", kind="bot"
    )
    robot.identities["acme_jira"] = Identity(
        account_id(sources["acme_jira"], "robot"), "Automation for Jira", "", kind="bot"
    )
    for person in (pete, root, robot):
        world.people[person.id] = person


def _absences(world: World) -> None:
    people = world.people
    people["maria"].leave = [Leave(day("11-09"), day("11-10"), "leave")]
    people["tomasz"].leave = [Leave(day("10-26"), day("10-30"), "leave")]
    people["lena"].leave = [Leave(day("12-21"), day("12-31"), "leave")]
    people["noor"].weekly_hours = Decimal("22.5")
    for identity in people["felix"].identities.values():
        identity.active, identity.kind = False, "gone"
