"""The shape of `sightline.toml`: every table and key, with its meaning, as pydantic models. Unknown keys are refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from sightline.config.alerting import AlertsTable, NotifyTable
from sightline.config.shape import WEEK, Currency, Exact, Name, Weekday, weekday_numbers
from sightline.config.shape import Table as _Table

__all__ = [
    "AffiliationTable",
    "AgreementTable",
    "BillableTable",
    "BlackoutTable",
    "ClientReportTable",
    "ClientTable",
    "CurrenciesTable",
    "ForecastTable",
    "HealthTable",
    "IncludeTable",
    "LeaveTable",
    "LinkTable",
    "MoneyTable",
    "NoteRuleTable",
    "NotesTable",
    "PersonTable",
    "ProgressTable",
    "ProjectTable",
    "RateTable",
    "RatesTable",
    "ReportTable",
    "RoundingTable",
    "SettingsFile",
    "StatusTable",
    "TimeTable",
    "WorkspaceTable",
    "weekday_numbers",
]


#: The environment variable that names the workspace's folder.
_FOLDER = "SIGHTLINE_WORKSPACE"


class WorkspaceTable(_Table):
    """`[workspace]`: who we are and when we work."""

    name: str = Field(default="Workspace", description="The name on reports.")
    currency: Currency = Field(default="EUR", description="The workspace's own currency (ISO 4217).")
    timezone: str = Field(default="UTC", description="IANA zone in which a day begins.")
    hours_per_day: Exact = Field(default=Decimal(8), gt=0, le=24, description="Working hours of a full day.")
    working_days: tuple[Weekday, ...] = Field(default=WEEK[:5], description="The days people work.")
    holidays: str | tuple[dt.date, ...] = Field(
        default=(), description='A country or region ("GB-ENG"; needs the extra `calendar`), or a list of dates.'
    )
    database: str = Field(
        default="sqlite:///.sightline/sightline.db",
        description='Where collected data lives; "postgresql+psycopg://user@host/db" needs the extra `postgres`.',
    )
    target_utilisation: Exact | None = Field(
        default=None, ge=0, le=100, description="Billable of available hours that is aimed at, in percent."
    )
    archive_days: int = Field(default=90, ge=0, description="How long raw pages are kept for replay; 0 = not at all.")

    def weekdays(self) -> tuple[int, ...]:
        """Working days as numbers, 0 = Monday."""
        return weekday_numbers(self.working_days)


class ClientReportTable(_Table):
    """`[clients.ID.report]`: how this client's reports differ from everybody's."""

    sections: tuple[str, ...] = Field(
        default=(), description="The sections, in this order; default: those of the depth."
    )
    depth: Literal["short", "normal", "full"] = Field(
        default="normal", description="short: the essentials; full: with annexes."
    )
    forms: tuple[Literal["html", "pdf", "docx", "xlsx", "markdown", "email", "chat"], ...] = Field(
        default=("html", "email"), description="What the client gets: html, pdf, docx, xlsx, markdown, email, chat."
    )
    cadence: Literal["weekly", "biweekly", "monthly", "milestones", "none"] = Field(
        default="weekly", description="When a report is due; milestones: after each one reached or due."
    )
    weekday: Weekday = Field(default="fri", description="The day of weekly and biweekly reports.")
    day_of_month: int = Field(default=1, ge=1, le=28, description="The day of monthly reports.")
    timezone: str | None = Field(default=None, description="The client's IANA zone; default: the workspace's.")
    silent_days: int = Field(
        default=14,
        ge=1,
        le=366,
        description="Days without a word from the client after which `sightline week` tells it.",
    )
    colour: str | None = Field(
        default=None, pattern=r"^#[0-9a-fA-F]{6}$", description="Accent colour; default: the agency's."
    )
    logo: str | None = Field(default=None, description="PNG, JPEG or SVG file; default: the agency's.")
    reply: str | None = Field(default=None, description="Where answers go; default: the agency's.")


class ClientTable(_Table):
    """`[clients.ID]`: somebody who is reported to."""

    name: str = Field(description="The client's name as it stands on reports.")
    contacts: tuple[str, ...] = Field(default=(), description='Who gets reports: "J. Hale <j.hale@acme.example>".')
    language: str = Field(default="en", description="Language of the reports.")
    report: ClientReportTable = Field(
        default_factory=ClientReportTable, description="How this client's reports differ from everybody's."
    )


class IncludeTable(_Table):
    """One rule of `include`: a scope of a source, narrowed. The short form is "source:scope"."""

    source: str = Field(description="A source's name.")
    scope: str = Field(default="*", description="Scope key, name or id; * = all.")
    label: str | None = Field(default=None, description="Only tasks with this label.")
    parent: str | None = Field(default=None, description="Only this epic or parent (by key) and what is below it.")
    milestone: str | None = Field(default=None, description="Only tasks of this version, sprint or milestone.")
    component: str | None = Field(default=None, description="Only tasks of this component.")
    status: str | None = Field(default=None, description="Only tasks in this status, list or column.")
    query: str | None = Field(
        default=None, description='Only tasks that fit a query like `label = "website" and priority in ("High")`.'
    )


class MoneyTable(_Table):
    """One rule of `money`: which documents, or lines of them, belong to the project. All given keys must fit."""

    source: str = Field(description="The ledger's source name.")
    contact: str | None = Field(default=None, description="The customer or supplier.")
    reference: str | None = Field(default=None, description="Text in the document's reference.")
    number: str | None = Field(default=None, description="The document's number.")
    tracking: str | None = Field(default=None, description='A tracking option: "Category=Option".')
    project: str | None = Field(default=None, description="A project of the ledger's own project module.")
    text: str | None = Field(default=None, description="Text in a line's description.")


class InstalmentTable(_Table):
    """One instalment of `schedule`: revenue that is earned on a day."""

    day: dt.date = Field(description="The day.")
    amount: Exact = Field(description="Amount, without tax, in the agreement's currency.")


class AgreementTable(_Table):
    """What was agreed about money; in a list, one version of it."""

    kind: Literal["time_and_materials", "fixed_price", "capped", "retainer", "internal"] = Field(
        description="How the work is paid."
    )
    budget: Exact | None = Field(default=None, description="Agreed amount, without tax.")
    currency: Currency | None = Field(default=None, description="Its currency; default: the workspace's.")
    budget_hours: Exact | None = Field(default=None, description="Agreed hours.")
    cap: Exact | None = Field(default=None, description="capped: the amount that is not exceeded; default: the budget.")
    allowance_hours: Exact | None = Field(default=None, description="retainer: hours per period.")
    period: Literal["month", "quarter"] = Field(default="month", description="retainer: the period.")
    roll_over: bool = Field(default=False, description="retainer: whether unused hours move to the next period.")
    roll_over_periods: int | None = Field(
        default=None, ge=1, description="retainer: unused hours expire after so many further periods; default: never."
    )
    overage_per_hour: Exact | None = Field(
        default=None, ge=0, description="retainer: an hour beyond the allowance; default: the rates in force."
    )
    starts: dt.date | None = Field(default=None, description="First day of the agreement, or of this version of it.")
    revenue: Literal["invoiced", "hours", "cost", "progress", "schedule"] | None = Field(
        default=None,
        description="How revenue is recognised; default: hours, progress (fixed_price), schedule (retainer).",
    )
    schedule: tuple[InstalmentTable, ...] = Field(
        default=(), description="Revenue by schedule: days and amounts; default: evenly over the project's days."
    )
    expenses: Literal["included", "billed"] = Field(
        default="included", description="Whether purchases are passed on beside the work."
    )
    markup: Exact = Field(default=Decimal(0), ge=0, description="On purchases passed on: 0.1 = 10 %.")


class ProgressTable(_Table):
    """`progress` of a project: how it is agreed to say how much is done."""

    method: Literal[
        "count", "estimate", "checklist", "0/100", "50/50", "remaining", "milestones", "earned_value", "manual"
    ] = Field(description="By which rule an item counts before it is done, or what is counted.")
    percent: Exact | None = Field(default=None, ge=0, le=100, description="manual: how much is done, 0 to 100.")
    on: dt.date | None = Field(default=None, description="manual: the day that was said.")
    weights: dict[str, Exact] = Field(
        default_factory=dict, description='milestones: their weights: {"Design approved" = 20, "Launch" = 80}.'
    )


class MilestoneTable(_Table):
    """`[projects.ID.milestones."NAME"]`: what the tools do not say of a version or milestone of that name."""

    owner: str | None = Field(default=None, description="Who answers for it, as plans and alerts name them.")
    client_visible: bool = Field(default=True, description="Whether it stands on the client's report.")


class ProjectTable(_Table):
    """`[projects.ID]`: work for one client, gathered from several sources."""

    name: str = Field(description="The project's name as it stands on reports.")
    client: str | None = Field(default=None, description="A client's id; none: internal work.")
    include: tuple[str | IncludeTable, ...] = Field(default=(), description='"source:scope" or a table that narrows.')
    money: tuple[MoneyTable, ...] = Field(default=(), description="Rules that find its invoices and bills.")
    starts: dt.date | None = Field(default=None, description="First day of work.")
    due: dt.date | None = Field(default=None, description="The promised day.")
    agreement: AgreementTable | tuple[AgreementTable, ...] | None = Field(
        default=None,
        description="What was agreed about money; a list of versions, each with `starts`, when it changed.",
    )
    ended: dt.date | None = Field(default=None, description="Last day of work; time after it is questioned.")
    teams: Literal["project", "source", "scope"] = Field(
        default="project", description="Whose pace forecasts draw from: all together, each source, or each scope."
    )
    progress: ProgressTable | None = Field(
        default=None, description="How much is done is told by this; default: by estimate, else by count."
    )
    milestones: dict[str, MilestoneTable] = Field(
        default_factory=dict, description="Owners of its versions and milestones, and which of them the client sees."
    )


class RateTable(_Table):
    """`[[rates.bill]]` or `[[rates.cost]]`: what an hour bills or costs. The most specific rate wins."""

    per_hour: Exact = Field(ge=0, description="Amount of one hour.")
    currency: Currency = Field(description="Its currency.")
    person: str | None = Field(default=None, description="Only this person (name, id or e-mail).")
    project: str | None = Field(default=None, description="Only this project (id).")
    role: str | None = Field(default=None, description="Only people of this role.")
    task: str | None = Field(default=None, description="Only this task (key).")
    entry: str | None = Field(default=None, description="Only this time entry (id).")
    from_: dt.date | None = Field(default=None, alias="from", description="First day on which it holds.")


class OverheadTable(_Table):
    """`[[rates.overhead]]`: what cost rates are multiplied with, from a day on."""

    factor: Exact = Field(gt=0, description="1.25 adds a quarter.")
    from_: dt.date | None = Field(default=None, alias="from", description="First day on which it holds.")


class OvertimeTable(_Table):
    """`[[rates.overtime]]`: what a rate is multiplied with on some days, or beyond so many hours of a day."""

    factor: Exact = Field(gt=0, description="1.5 is half as much again.")
    sides: tuple[Literal["bill", "cost"], ...] = Field(default=("cost",), description="Which rates.")
    weekdays: tuple[Weekday, ...] = Field(default=(), description="On these weekdays.")
    holidays: bool = Field(default=False, description="On holidays.")
    beyond_hours: Exact | None = Field(
        default=None, gt=0, le=24, description="Only what one person works beyond so many hours on one day."
    )
    from_: dt.date | None = Field(default=None, alias="from", description="First day on which it holds.")


class RatesTable(_Table):
    """`[rates]`."""

    overhead: tuple[OverheadTable, ...] = Field(default=(), description="Factors on cost rates.")
    overtime: tuple[OvertimeTable, ...] = Field(default=(), description="Factors for overtime.")
    combine: Literal["multiply", "add"] = Field(
        default="multiply", description="What several overtime factors of one hour make."
    )

    bill: tuple[RateTable, ...] = Field(default=(), description="What clients are charged.")
    cost: tuple[RateTable, ...] = Field(default=(), description="What an hour costs us. Never shown to a client.")


class BillableTable(_Table):
    """`[[time.billable]]`: whether time bills. Asked by entry, task, label, kind, project, client; name one of them."""

    entry: str | None = Field(default=None, description="This time entry (id).")
    task: str | None = Field(default=None, description="Time on this task (key).")
    label: str | None = Field(default=None, description="Time on tasks with this label.")
    kind: str | None = Field(default=None, description="Time on tasks of this kind.")
    project: str | None = Field(default=None, description="Time of this project (id).")
    client: str | None = Field(default=None, description="Time of this client (id).")
    billable: bool = Field(default=True, description="Whether it bills.")
    share: Exact = Field(default=Decimal(1), ge=0, le=1, description="How much of it bills: 0.5 is half.")


class RoundingTable(_Table):
    """`[[time.rounding]]`: how each entry is rounded for the bill; the recorded time stays as it is."""

    minutes: int = Field(ge=1, le=480, description="The step.")
    mode: Literal["up", "down", "nearest"] = Field(default="up", description="Which way.")
    project: str | None = Field(default=None, description="Only this project (id).")
    client: str | None = Field(default=None, description="Only this client (id).")


class TimeTable(_Table):
    """`[time]`: how recorded time is judged."""

    billable: tuple[BillableTable, ...] = Field(default=(), description="Which time bills, and what share of it.")
    rounding: tuple[RoundingTable, ...] = Field(default=(), description="How time is rounded for billing.")
    late_days: int = Field(default=7, ge=0, description="An entry written down later than this is told.")
    most_hours_a_day: Exact = Field(
        default=Decimal(16), gt=0, le=24, description="More than this of one person on one day is told."
    )


class ExchangeTable(_Table):
    """`[[currencies.rates]]`: one stated rate."""

    from_: Currency = Field(alias="from", description="One unit of this currency …")
    to: Currency = Field(description="… is worth so much of this one.")
    rate: Exact = Field(gt=0, description="How much.")
    day: dt.date = Field(description="From this day on, until a later rate.")


class CurrenciesTable(_Table):
    """`[currencies]`: rates for sums over currencies; a document's own rate goes before them."""

    ecb: str | None = Field(
        default=None, description="Path of the European Central Bank's reference rates (eurofxref-hist.csv)."
    )
    rates: tuple[ExchangeTable, ...] = Field(default=(), description="Rates stated here; they go before the file's.")


class StatusTable(_Table):
    """One status of `[statuses.SOURCE]`: only what differs from the tool's own categories."""

    state: Literal["todo", "in_progress", "done", "cancelled", "unknown"] | None = Field(
        default=None, description="What the status means."
    )
    waiting_on: Literal["client", "supplier", "payment", "us"] | None = Field(
        default=None, description="Whose turn it is."
    )
    scope: str | None = Field(default=None, description="Only in this scope.")


class LinkTable(_Table):
    """One rule of `[[links]]`: whatever of a source has a text like this concerns that task."""

    source: str = Field(description="The source of commits, comments, time or invoices.")
    text: str = Field(description="The title, note or description; * for any run of characters.")
    task: str = Field(description='The task: "source:key", a key, or its web address.')


class AffiliationTable(_Table):
    """Whose somebody is for a time; both days included."""

    kind: Literal["employee", "contractor", "client"] = Field(description="employee, contractor, or a client's own.")
    client: str | None = Field(default=None, description="client: the client's id.")
    from_: dt.date | None = Field(default=None, alias="from", description="First day.")
    until: dt.date | None = Field(default=None, description="Last day.")


class PersonTable(_Table):
    """`[people.ID]`: one human being, with the addresses and accounts that are theirs."""

    name: str = Field(description="The name shown everywhere.")
    emails: tuple[str, ...] = Field(default=(), description="All addresses they use in any tool.")
    role: str | None = Field(default=None, description="The role by which rates may be set.")
    accounts: tuple[str, ...] = Field(default=(), description='Accounts without a known address: "source:account id".')
    kind: Literal["employee", "contractor", "client"] | None = Field(
        default=None, description="Whose they are when no affiliation says otherwise."
    )
    affiliations: tuple[AffiliationTable, ...] = Field(default=(), description="Whose they are, with dates.")
    skills: tuple[str, ...] = Field(default=(), description="What they can be asked for: `people --skill` looks here.")
    hours_a_week: Exact | None = Field(
        default=None, ge=0, le=168, description="Working hours of a week; default: hours_per_day on each working day."
    )
    working_days: tuple[Weekday, ...] | None = Field(
        default=None, min_length=1, description="The days they work; default: the workspace's."
    )
    target_utilisation: Exact | None = Field(
        default=None, ge=0, le=100, description="Their own target in percent; default: the workspace's."
    )


class LeaveTable(_Table):
    """`[[leave]]`: days on which somebody is away, both included."""

    person: str = Field(description="Who: id, name or e-mail of `[people.ID]`.")
    from_: dt.date = Field(alias="from", description="First day.")
    until: dt.date | None = Field(default=None, description="Last day; default: the first.")
    hours: Exact | None = Field(
        default=None, gt=0, le=24, description="Hours away on each of the days; default: all day."
    )
    kind: Literal["holiday", "sick", "parental", "training", "other"] = Field(
        default="holiday", description="Why. Seen by nobody but you."
    )


class BlackoutTable(_Table):
    """`[[blackout]]`: days on which nobody works, both included; forecasts pass over them."""

    from_: dt.date = Field(alias="from", description="First day.")
    until: dt.date | None = Field(default=None, description="Last day; default: the first.")
    project: str | None = Field(default=None, description="Only on this project (id); default: on all.")
    why: str = Field(default="", description="In a few words: office closed, client's freeze.")


class NoteRuleTable(_Table):
    """`[[notes.rules]]`: what in a tool is read as a note. Name one of status, label, comment."""

    source: str = Field(description="A source's name.")
    scope: str | None = Field(default=None, description="Only in this scope (key, name or id).")
    status: str | None = Field(
        default=None, description="Tasks in this status or list: asked when they got there, answered when they left."
    )
    label: str | None = Field(
        default=None, description="Tasks with this label: asked when they were made, answered when they are done."
    )
    comment: str | None = Field(default=None, description="Comments that begin with this text.")
    kind: Literal["decision", "question", "approval", "note", "agreement"] = Field(
        default="approval", description="What it is."
    )
    asked_of: str | None = Field(default=None, description='Who is asked: "client", "supplier", or a name.')
    client_visible: bool = Field(default=False, description="Whether the client may see it.")


class NotesTable(_Table):
    """`[notes]`: the record of the work."""

    folder: str = Field(default="notes", description="Folder of note files (`*.md`), beside sightline.toml.")
    answer_days: int = Field(
        default=2, ge=0, le=60, description="An open wait is taken to end so many working days from today."
    )
    rules: tuple[NoteRuleTable, ...] = Field(default=(), description="What in the tools is read as a note.")


class ForecastTable(_Table):
    """`[forecast]`: how a finish is foreseen from the past."""

    history_days: int = Field(default=91, ge=14, le=730, description="Calendar days that a forecast looks back.")
    trials: int = Field(default=10_000, ge=10_000, le=1_000_000, description="How often the past is drawn again.")
    seed: int = Field(default=20_261, description="With the same seed a forecast comes out the same.")


def _in_order(value: tuple[Decimal, Decimal] | None) -> tuple[Decimal, Decimal] | None:
    if value is not None and value[1] < value[0]:
        raise ValueError("the second bound is below the first")
    return value


Bounds = Annotated[tuple[Exact, Exact] | None, AfterValidator(_in_order)]


class HealthTable(_Table):
    """`[health]`: where health turns, as `[green up to, red beyond]`; between the two it is amber."""

    behind_points: Bounds = Field(default=None, description="Percent planned less percent done; default [4, 7].")
    slip_days: Bounds = Field(
        default=None, description="Calendar days from the promised day to the day at 85 %; default [7, 30]."
    )
    over_budget_percent: Bounds = Field(
        default=None, description="Use at completion above what was agreed; default [0, 10]."
    )
    burn_ahead_points: Bounds = Field(
        default=None, description="Percent used of the budget less percent done; default [10, 20]."
    )
    scope_added_percent: Bounds = Field(
        default=None, description="Work that is not in the baseline, of the baseline's; default [10, 20]."
    )
    aged_percent: Bounds = Field(
        default=None,
        description="Items in progress for longer than 85 % of the finished ones took, of four at least; default [25, 50].",
    )
    overdue_days: Bounds = Field(default=None, description="Days the oldest open invoice is late; default [0, 14].")
    unread_hours: Bounds = Field(
        default=None, description="Age of the oldest source; beyond the second nothing is judged; default [24, 48]."
    )
    margin_short_points: Bounds = Field(
        default=None, description="What the margin at completion lacks to `margin_target`; default [0, 20]."
    )
    margin_target: Exact | None = Field(default=None, description="Margin that is aimed at, in percent; default 20.")


class ReportTable(_Table):
    """`[reports]`: how client reports are made."""

    period_days: int = Field(default=7, ge=1, le=92, description="Days that one report looks back.")
    ahead_days: int = Field(default=14, ge=1, le=92, description="Days that one report looks ahead.")
    colour: str = Field(default="#1f5673", pattern=r"^#[0-9a-fA-F]{6}$", description="Accent colour of the agency.")
    logo: str | None = Field(default=None, description="The agency's logo: a PNG, JPEG or SVG file of the workspace.")
    reply: str | None = Field(default=None, description="The address that answers to reports go to.")
    channel: str | None = Field(
        default=None, description="The channel of `[notify.channels]` by which reports are mailed."
    )
    never: tuple[str, ...] = Field(default=(), description="Words that must stand in no document for any client.")
    stale: Literal["hold", "flag"] = Field(
        default="hold", description="Old or incomplete sources: hold the report back, or say so in it."
    )
    stale_after_hours: int = Field(default=48, ge=1, description="A source read longer ago than this is old.")


class SettingsFile(BaseSettings):
    """The whole file. `[sources.NAME]` tables are checked by the connector they name."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, env_prefix="SIGHTLINE_", env_nested_delimiter="__"
    )

    workspace: WorkspaceTable = Field(default_factory=WorkspaceTable, description="Who we are and when we work.")
    sources: dict[Name, dict[str, Any]] = Field(default_factory=dict, description="The tools that are read.")
    clients: dict[Name, ClientTable] = Field(default_factory=dict, description="Who is reported to.")
    projects: dict[Name, ProjectTable] = Field(default_factory=dict, description="The work.")
    people: dict[Name, PersonTable] = Field(default_factory=dict, description="Who is who.")
    leave: tuple[LeaveTable, ...] = Field(default=(), description="Who is away when.")
    blackout: tuple[BlackoutTable, ...] = Field(default=(), description="When nobody works.")
    rates: RatesTable = Field(default_factory=RatesTable, description="What an hour bills and costs.")
    time: TimeTable = Field(default_factory=TimeTable, description="Which time bills, and how it is judged.")
    forecast: ForecastTable = Field(default_factory=ForecastTable, description="How a finish is foreseen.")
    health: HealthTable = Field(default_factory=HealthTable, description="Where health turns amber and red.")
    currencies: CurrenciesTable = Field(default_factory=CurrenciesTable, description="Dated exchange rates.")
    statuses: dict[str, dict[str, str | StatusTable | tuple[StatusTable, ...]]] = Field(
        default_factory=dict, description="What statuses mean, by source; a list where it differs by scope."
    )
    types: dict[str, dict[str, str]] = Field(
        default_factory=dict, description='What types of items are taken for, by source: "Feedback" = "task".'
    )
    links: tuple[LinkTable, ...] = Field(default=(), description="What concerns which task, where no key tells.")
    notes: NotesTable = Field(default_factory=NotesTable, description="Decisions, questions, approvals.")
    reports: ReportTable = Field(default_factory=ReportTable, description="How client reports are made.")
    alerts: AlertsTable = Field(default_factory=AlertsTable, description="What is warned of, and from where on.")
    notify: NotifyTable = Field(default_factory=NotifyTable, description="Who is told what, by which way.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment (`SIGHTLINE_WORKSPACE__TIMEZONE`) over file; nothing else.

        `SIGHTLINE_WORKSPACE` alone names the folder (see `workspace.find_workspace`) and is no table.
        """
        if isinstance(env_settings, EnvSettingsSource):
            held = env_settings.env_vars
            env_settings.env_vars = {name: value for name, value in held.items() if name.upper() != _FOLDER}
        return (env_settings, init_settings)
