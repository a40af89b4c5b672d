"""The workspace: finds `sightline.toml`, checks all of it at once, and turns it into the model's own types."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sightline.config import convert
from sightline.config.alerting import AlertsTable, NotifyTable
from sightline.config.exchange import exchange_rates
from sightline.config.file import ClientReportTable, CurrenciesTable, NotesTable, ReportTable, SettingsFile
from sightline.config.problems import check_names, nearest, refuse, told
from sightline.config.secrets import is_secret, looked, missing_secret, resolve
from sightline.errors import ConfigError
from sightline.model.facts import Exchange, Person
from sightline.model.foresight import ForecastRules, HealthRules
from sightline.model.notes import NoteRule
from sightline.model.portfolio import Calendar, Client, KindRule, LinkRule, Project, Rate, StatusRule, TimeRules
from sightline.model.team import Team

if TYPE_CHECKING:
    from sightline.collect.connector import Settings

__all__ = ["FILE", "SourceConfig", "Workspace", "find_workspace", "load_workspace", "source_settings"]

FILE = "sightline.toml"
DATA = ".sightline"
_SELECTORS = ("entry", "task", "label", "kind", "project", "client")


@dataclasses.dataclass(frozen=True, slots=True)
class SourceConfig:
    """One `[sources.NAME]` table as written: which connector, and its settings, secrets still references."""

    name: str
    connector: str
    table: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Workspace:
    """A checked workspace. `data` is the folder for database, tokens, lock and logs (0700)."""

    root: Path
    name: str
    currency: str
    calendar: Calendar
    database: str
    archive_days: int
    sources: Mapping[str, SourceConfig]
    clients: Mapping[str, Client]
    projects: Mapping[str, Project]
    people: tuple[Person, ...]
    team: Team
    """Who can work when."""
    forecast: ForecastRules
    health: HealthRules
    rates: tuple[Rate, ...]
    rules: TimeRules
    statuses: tuple[StatusRule, ...]
    types: tuple[KindRule, ...]
    links: tuple[LinkRule, ...]
    notes: NotesTable
    note_rules: tuple[NoteRule, ...]
    reports: ReportTable
    client_reports: Mapping[str, ClientReportTable]
    """How each client's reports differ, by the client's id."""
    alerts: AlertsTable
    notify: NotifyTable
    stated: CurrenciesTable
    """Exchange rates as written: see `exchange`."""

    @functools.cached_property
    def exchange(self) -> Exchange:
        """All stated exchange rates, read when first asked for; `ConfigError` when the file cannot be read."""
        return exchange_rates(self.stated, self.root)

    def stated_mark(self) -> str:
        """What tells one state of the exchange rates from another, without reading them all."""
        file = self.root / self.stated.ecb if self.stated.ecb else None
        found = file.stat() if file is not None and file.is_file() else None
        return f"{self.stated!r} {found.st_mtime_ns if found else ''} {found.st_size if found else ''}"

    @property
    def data(self) -> Path:
        """`.sightline` beside the file."""
        return self.root / DATA

    def database_url(self) -> str:
        """The database's URL, a relative SQLite path taken from the workspace's folder."""
        head = "sqlite:///"
        if self.database.startswith(head) and not self.database.startswith(head + "/"):
            return head + str((self.root / self.database[len(head) :]).resolve())
        return self.database


def find_workspace(given: str | Path | None = None) -> Path:
    """The workspace's folder: the one given, else `SIGHTLINE_WORKSPACE`, else here or the nearest parent that has one."""
    named = given or os.environ.get("SIGHTLINE_WORKSPACE")
    if named:
        folder = Path(named).expanduser().resolve()
        if (folder / FILE).is_file():
            return folder
        raise ConfigError(
            f"there is no {FILE} in it",
            where=str(folder),
            mend=f"Run `sightline init {folder}`, or name another folder.",
        )
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder
    raise ConfigError(
        f"no {FILE} here or in any parent folder",
        where=str(here),
        mend="Run `sightline init`, or `sightline demo` to look around.",
    )


def load_workspace(root: Path) -> Workspace:
    """Read and check the file. All problems are told in one `ConfigError`."""
    path = root / FILE
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(
            f"cannot be read ({error.strerror})", where=str(path), mend="Check the path and its mode."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError("is not UTF-8 text", where=str(path), mend="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not valid TOML: {error}", where=str(path), mend="Mend that line.") from None
    try:
        file = SettingsFile(**raw)
    except ValidationError as error:
        raise refuse(told(error, SettingsFile), where=str(path)) from None
    problems = _unknown_names(file)
    if problems:
        raise refuse(problems, where=str(path))
    return _built(root, file, path)


def _unknown_names(file: SettingsFile) -> list[str]:
    problems = [
        f"sources.{name}.connector: is missing" for name, table in file.sources.items() if not table.get("connector")
    ]
    clients = {f"projects.{id_}.client": project.client for id_, project in file.projects.items() if project.client}
    used: dict[str, Any] = {}
    for id_, project in file.projects.items():
        for number, rule in enumerate(project.include):
            source = rule.partition(":")[0] if isinstance(rule, str) else rule.source
            used[f"projects.{id_}.include[{number}]"] = source
        used |= {f"projects.{id_}.money[{number}]": money.source for number, money in enumerate(project.money)}
    used |= {f"statuses.{name}": name for name in file.statuses}
    used |= {f"types.{name}": name for name in file.types}
    used |= {f"notes.rules[{number}]": rule.source for number, rule in enumerate(file.notes.rules)}
    used |= {f"links[{number}]": link.source for number, link in enumerate(file.links)}
    clients |= {
        f"people.{id_}.affiliations[{number}].client": one.client
        for id_, person in file.people.items()
        for number, one in enumerate(person.affiliations)
        if one.client
    }
    problems += check_names(clients, file.clients, "client")
    problems += check_names(used, file.sources, "source")
    for side in ("bill", "cost"):
        rates = getattr(file.rates, side)
        named = {f"rates.{side}[{number}].project": rate.project for number, rate in enumerate(rates) if rate.project}
        problems += check_names(named, file.projects, "project")
    return [*problems, *_unclear_rules(file), *_unclear_absences(file), *_unclear_telling(file), *_backwards(file)]


def _unclear_telling(file: SettingsFile) -> list[str]:
    """Alerts and routes that name no project, client or channel we know; channels that name no notifier."""
    problems = check_names({f"alerts.projects.{one}": one for one in file.alerts.projects}, file.projects, "project")
    problems += [
        f"notify.channels.{name}.via: is missing" for name, one in file.notify.channels.items() if not one.get("via")
    ]
    known: dict[str, Mapping[str, Any]] = {"client": file.clients, "project": file.projects, "to": file.notify.channels}
    for kind in ("routes", "digests"):
        for number, rule in enumerate(getattr(file.notify, kind)):
            for key, names in known.items():
                if (given := getattr(rule, key)) is not None:
                    word = "channel" if key == "to" else key
                    problems += check_names({f"notify.{kind}[{number}].{key}": given}, names, word)
    if (file.notify.quiet_from is None) != (file.notify.quiet_to is None):
        problems.append("notify.quiet_from: needs quiet_to, and the other way round")
    return problems


def _unclear_rules(file: SettingsFile) -> list[str]:
    """Rules about time that name nobody we know, or nothing at all; versions of an agreement that share a day."""
    named: dict[str, dict[str, Any]] = {"project": {}, "client": {}}
    for kind in ("billable", "rounding"):
        for number, rule in enumerate(getattr(file.time, kind)):
            for name, used in named.items():
                if (given := getattr(rule, name)) is not None:
                    used[f"time.{kind}[{number}].{name}"] = given
    problems = check_names(named["project"], file.projects, "project")
    problems += check_names(named["client"], file.clients, "client")
    for number, asked in enumerate(file.time.billable):
        if sum(getattr(asked, name) is not None for name in _SELECTORS) != 1:
            problems.append(f"time.billable[{number}]: must name one of {', '.join(_SELECTORS)}")
    problems += [
        f"notes.rules[{number}]: must name one of status, label, comment"
        for number, read in enumerate(file.notes.rules)
        if sum(one is not None for one in (read.status, read.label, read.comment)) != 1
    ]
    problems += [
        f"rates.overtime[{number}]: must name weekdays, holidays or beyond_hours"
        for number, rule in enumerate(file.rates.overtime)
        if not (rule.weekdays or rule.holidays or rule.beyond_hours is not None)
    ]
    return problems + [
        f"projects.{id_}.agreement: two versions start on the same day"
        for id_, project in file.projects.items()
        if isinstance(project.agreement, tuple)
        and len({version.starts for version in project.agreement}) < len(project.agreement)
    ]


def _unclear_absences(file: SettingsFile) -> list[str]:
    """Leave of nobody we know, breaks of no project, and either that ends before it begins."""
    known = [name for id_, one in file.people.items() for name in (id_, one.name, *one.emails)]
    folded = {name.casefold() for name in known}
    problems = [
        f"leave[{number}].person: there is no person {one.person[:60]!r}{nearest(one.person, known)}"
        for number, one in enumerate(file.leave)
        if one.person.casefold() not in folded
    ]
    named = {f"blackout[{number}].project": one.project for number, one in enumerate(file.blackout) if one.project}
    return problems + check_names(named, file.projects, "project")


def _backwards(file: SettingsFile) -> list[str]:
    """Whatever ends before it begins."""
    spans: dict[str, tuple[dt.date | None, dt.date | None]] = {}
    spans |= {f"leave[{number}]": (one.from_, one.until) for number, one in enumerate(file.leave)}
    spans |= {f"blackout[{number}]": (one.from_, one.until) for number, one in enumerate(file.blackout)}
    for id_, project in file.projects.items():
        spans[f"projects.{id_}.due"] = (project.starts, project.due)
        spans[f"projects.{id_}.ended"] = (project.starts, project.ended)
    for id_, person in file.people.items():
        for number, one in enumerate(person.affiliations):
            spans[f"people.{id_}.affiliations[{number}]"] = (one.from_, one.until)
    return [
        f"{place}: ends before it begins"
        for place, (first, last) in spans.items()
        if first is not None and last is not None and last < first
    ]


def _built(root: Path, file: SettingsFile, path: Path) -> Workspace:
    table = file.workspace
    people = tuple(convert.person(id_, person) for id_, person in file.people.items())
    return Workspace(
        root=root,
        name=table.name,
        currency=table.currency,
        calendar=convert.calendar(table, where=str(path)),
        database=table.database,
        archive_days=table.archive_days,
        sources={
            name: SourceConfig(name, str(values["connector"]), {k: v for k, v in values.items() if k != "connector"})
            for name, values in file.sources.items()
        },
        clients={id_: convert.client(id_, client) for id_, client in file.clients.items()},
        projects={id_: convert.project(id_, project, table.currency) for id_, project in file.projects.items()},
        people=people,
        team=convert.team(file, people),
        forecast=ForecastRules(**file.forecast.model_dump()),
        health=convert.health(file.health),
        rates=convert.rates(file.rates),
        rules=convert.time_rules(file.rates, file.time),
        statuses=convert.statuses(file.statuses),
        types=convert.types(file.types),
        links=convert.links(file.links),
        notes=file.notes,
        note_rules=convert.note_rules(file.notes.rules),
        reports=file.reports,
        client_reports={id_: client.report for id_, client in file.clients.items()},
        alerts=file.alerts,
        notify=file.notify,
        stated=file.currencies,
    )


def source_settings(
    source: SourceConfig, model: type[Settings], root: Path, warn: Any = lambda _text: None
) -> Settings:
    """The connector's settings of one source, secrets resolved, paths taken from the workspace's folder.

    `warn` is told about secrets written into the file as they are. Raises `ConfigError` with all problems.
    """
    values = dict(source.table)
    for key, field in model.model_fields.items():
        given = values.get(key)
        if is_secret(field.annotation):
            if isinstance(given, str):
                values[key], literal = resolve(given, where=f"sources.{source.name}.{key}", root=root)
                if literal:
                    warn(
                        f'sources.{source.name}.{key} is a secret written into {FILE}; better "env:NAME" or "file:PATH"'
                    )
            elif given is None and (found := missing_secret(source.name, key)):
                values[key] = found
        elif given is not None and _is_path(field.annotation):
            values[key] = (
                [str(root / Path(one).expanduser()) for one in given]
                if isinstance(given, list)
                else str(root / Path(str(given)).expanduser())
            )
    try:
        return model.model_validate(values)
    except ValidationError as error:
        lines = told(error, model, f"sources.{source.name}")
        raise refuse([_with_places(line, source.name, model) for line in lines], where=str(root / FILE)) from None


def _is_path(annotation: Any) -> bool:
    return annotation is Path or any(_is_path(arg) for arg in getattr(annotation, "__args__", ()))


def _with_places(line: str, source: str, model: type[Settings]) -> str:
    place, _, what = line.partition(": ")
    key = place.rsplit(".", 1)[-1]
    field = model.model_fields.get(key)
    if what == "is missing" and field is not None and is_secret(field.annotation):
        return f"{place}: is missing ({looked(source, key)})"
    return line
