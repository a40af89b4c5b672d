"""From the file's tables to the model's types. Pure, but for the holidays of a country, which a library knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sightline.config.file import (
    AgreementTable,
    BillableTable,
    ClientTable,
    HealthTable,
    IncludeTable,
    LinkTable,
    MoneyTable,
    NoteRuleTable,
    PersonTable,
    ProgressTable,
    ProjectTable,
    RatesTable,
    SettingsFile,
    StatusTable,
    TimeTable,
    WorkspaceTable,
    weekday_numbers,
)
from sightline.errors import ConfigError
from sightline.model.facts import Affiliation, Person
from sightline.model.foresight import Bounds, HealthRules
from sightline.model.money import Money
from sightline.model.notes import NoteRule
from sightline.model.portfolio import (
    Agreement,
    BillableRule,
    Calendar,
    Client,
    Include,
    Instalment,
    KindRule,
    LinkRule,
    MilestoneRule,
    MoneyRule,
    Overhead,
    Overtime,
    ProgressRule,
    Project,
    Rate,
    RoundingRule,
    StatusRule,
    TimeRules,
)
from sightline.model.refs import Ref
from sightline.model.team import Blackout, Leave, Member, Team
from sightline.model.time import seconds_of_hours, zone

__all__ = [
    "calendar",
    "client",
    "health",
    "links",
    "note_rules",
    "person",
    "project",
    "rates",
    "statuses",
    "team",
    "time_rules",
    "types",
]

#: Years around now whose holidays a country's calendar is asked for.
_YEARS = range(2015, 2041)


def calendar(table: WorkspaceTable, *, where: str) -> Calendar:
    """When people work."""
    zone(table.timezone, where=f"{where} workspace.timezone")
    holidays = _country(table.holidays, where) if isinstance(table.holidays, str) else table.holidays
    return Calendar(
        working_days=table.weekdays(),
        hours_per_day=table.hours_per_day,
        holidays=tuple(sorted(holidays)),
        timezone=table.timezone,
    )


def _country(code: str, where: str) -> tuple[dt.date, ...]:
    try:
        import holidays  # noqa: PLC0415 - an extra, slow to load
    except ImportError:
        raise ConfigError(
            "holidays of a country need the extra `calendar`",
            where=f"{where} workspace.holidays",
            mend="Run `pip install 'sightline[calendar]'`, or list the dates.",
        ) from None
    country, _, region = code.partition("-")
    try:
        return tuple(holidays.country_holidays(country, subdiv=region or None, years=_YEARS))
    except (NotImplementedError, KeyError):
        raise ConfigError(
            f"no holidays are known for {code[:20]!r}",
            where=f"{where} workspace.holidays",
            mend='Use a code like "GB-ENG" or "DE".',
        ) from None


def client(id_: str, table: ClientTable) -> Client:
    """Somebody who is reported to."""
    return Client(id=id_, name=table.name, contacts=table.contacts, language=table.language)


def person(id_: str, table: PersonTable) -> Person:
    """A configured person; accounts are written `source:account id`."""
    refs = tuple(
        Ref(source, "people", account) for source, _, account in (text.partition(":") for text in table.accounts)
    )
    emails = tuple(email.strip().casefold() for email in table.emails)
    stated = [
        Affiliation(kind=one.kind, client=one.client, starts=one.from_, ends=one.until) for one in table.affiliations
    ]
    if table.kind is not None:
        stated.append(Affiliation(kind=table.kind))
    return Person(id=id_, name=table.name, emails=emails, role=table.role, accounts=refs, affiliations=tuple(stated))


def team(file: SettingsFile, people: Sequence[Person]) -> Team:
    """Everybody's working time and leave; a leave of nobody we know is left out (the file's check tells it)."""
    known = {name.casefold(): one.id for one in people for name in (*one.emails, one.name, one.id)}
    members = [
        Member(
            person=id_,
            skills=table.skills,
            hours_a_week=table.hours_a_week,
            working_days=weekday_numbers(table.working_days) if table.working_days is not None else None,
            target_utilisation=table.target_utilisation,
        )
        for id_, table in file.people.items()
    ]
    leave = [
        Leave(
            person=known[one.person.casefold()],
            starts=one.from_,
            ends=one.until or one.from_,
            hours=one.hours,
            kind=one.kind,
        )
        for one in file.leave
        if one.person.casefold() in known
    ]
    breaks = [
        Blackout(starts=one.from_, ends=one.until or one.from_, project=one.project, why=one.why)
        for one in file.blackout
    ]
    return Team(
        members=tuple(members),
        leave=tuple(leave),
        blackouts=tuple(breaks),
        target_utilisation=file.workspace.target_utilisation,
    )


def health(table: HealthTable) -> HealthRules:
    """The thresholds; what the file leaves out is as `HealthRules` has it."""
    stated = {name: value for name in type(table).model_fields if (value := getattr(table, name)) is not None}
    target = stated.pop("margin_target", HealthRules().margin_target)
    bounds = {name: Bounds(green_to=green, red_beyond=red) for name, (green, red) in stated.items()}
    return HealthRules(**bounds, margin_target=target)


def project(id_: str, table: ProjectTable, currency: str) -> Project:
    """One project; amounts without a currency are in the workspace's."""
    return Project(
        id=id_,
        name=table.name,
        client=table.client,
        include=tuple(_include(rule) for rule in table.include),
        money=tuple(_money(rule) for rule in table.money),
        starts=table.starts,
        due=table.due,
        agreement=held[-1] if (held := _agreements(table.agreement, currency)) else None,
        agreements=held if len(held) > 1 else (),
        ended=table.ended,
        teams=table.teams,
        progress=_progress(table.progress) if table.progress is not None else ProgressRule(),
        milestones=tuple(
            MilestoneRule(name=name, owner=one.owner, client_visible=one.client_visible)
            for name, one in table.milestones.items()
        ),
    )


def _progress(table: ProgressTable) -> ProgressRule:
    return ProgressRule(
        method=table.method, percent=table.percent, stated_on=table.on, weights=tuple(table.weights.items())
    )


def _include(rule: str | IncludeTable) -> Include:
    if isinstance(rule, str):
        source, _, scope = rule.partition(":")
        return Include(source=source, scope=scope or "*")
    return Include(**rule.model_dump())


def _money(rule: MoneyTable) -> MoneyRule:
    values = rule.model_dump()
    if rule.tracking is not None:
        category, _, option = rule.tracking.partition("=")
        values["tracking"] = (category.strip(), option.strip())
    return MoneyRule(**values)


def _agreements(tables: AgreementTable | tuple[AgreementTable, ...] | None, currency: str) -> tuple[Agreement, ...]:
    """All versions, oldest first; the one without a day is the first."""
    written = tables if isinstance(tables, tuple) else (tables,) if tables is not None else ()
    found = [_agreement(table, currency) for table in written]
    return tuple(sorted(found, key=lambda one: one.starts or dt.date.min))


def _agreement(table: AgreementTable, currency: str) -> Agreement:
    unit = table.currency or currency

    def money(amount: Decimal | None) -> Money | None:
        return Money(amount=amount, currency=unit) if amount is not None else None

    cap = table.cap if table.cap is not None else (table.budget if table.kind == "capped" else None)
    return Agreement(
        kind=table.kind,
        budget=money(table.budget),
        budget_seconds=seconds_of_hours(table.budget_hours),
        cap=money(cap),
        allowance_seconds=seconds_of_hours(table.allowance_hours),
        period=table.period,
        roll_over=table.roll_over,
        roll_over_periods=table.roll_over_periods,
        overage=money(table.overage_per_hour),
        starts=table.starts,
        revenue=table.revenue,
        schedule=tuple(
            Instalment(day=one.day, amount=Money(amount=one.amount, currency=unit))
            for one in sorted(table.schedule, key=lambda one: one.day)
        ),
        expenses=table.expenses,
        markup=table.markup,
    )


def rates(table: RatesTable) -> tuple[Rate, ...]:
    """All rates, as written."""
    return tuple(
        Rate(
            side="bill" if side == "bill" else "cost",
            per_hour=Money(amount=rate.per_hour, currency=rate.currency),
            person=rate.person,
            project=rate.project,
            role=rate.role,
            task=rate.task,
            entry=rate.entry,
            starts=rate.from_,
        )
        for side, tables in (("bill", table.bill), ("cost", table.cost))
        for rate in tables
    )


def time_rules(rates: RatesTable, time: TimeTable) -> TimeRules:
    """How recorded time becomes money, beside the rates."""
    return TimeRules(
        overhead=tuple(Overhead(factor=one.factor, starts=one.from_) for one in rates.overhead),
        overtime=tuple(
            Overtime(
                factor=one.factor,
                sides=one.sides,
                weekdays=weekday_numbers(one.weekdays),
                holidays=one.holidays,
                beyond_seconds=seconds_of_hours(one.beyond_hours),
                starts=one.from_,
            )
            for one in rates.overtime
        ),
        combine=rates.combine,
        billable=tuple(_billable(one) for one in time.billable),
        rounding=tuple(RoundingRule(**one.model_dump()) for one in time.rounding),
        late_days=time.late_days,
        most_hours_a_day=time.most_hours_a_day,
    )


def _billable(table: BillableTable) -> BillableRule:
    named = table.model_dump(exclude={"billable", "share"})
    return BillableRule(**named, share=table.share if table.billable else Decimal(0))


def statuses(
    tables: Mapping[str, Mapping[str, str | StatusTable | tuple[StatusTable, ...]]],
) -> tuple[StatusRule, ...]:
    """Status rules; the short form `"In review" = "in_progress"` names only the state."""
    found: list[StatusRule] = []
    for source, words in tables.items():
        for status, given in words.items():
            short = StatusTable.model_validate({"state": given}) if isinstance(given, str) else given
            found.extend(
                StatusRule(source=source, status=status, state=rule.state, waiting_on=rule.waiting_on, scope=rule.scope)
                for rule in (short if isinstance(short, tuple) else (short,))
            )
    return tuple(found)


def types(tables: Mapping[str, Mapping[str, str]]) -> tuple[KindRule, ...]:
    """What types of items are taken for."""
    return tuple(
        KindRule(source=source, word=word, kind=kind)
        for source, words in tables.items()
        for word, kind in words.items()
    )


def links(tables: Iterable[LinkTable]) -> tuple[LinkRule, ...]:
    """What concerns which task, by rule."""
    return tuple(LinkRule(source=table.source, text=table.text, task=table.task) for table in tables)


def note_rules(tables: Iterable[NoteRuleTable]) -> tuple[NoteRule, ...]:
    """What in the tools is read as a note."""
    return tuple(NoteRule(**table.model_dump()) for table in tables)
