"""A broken connector for each promise of the contract: the sound Redmine connector with one mistake of an author.

`MISTAKES[name]()` gives the connector and, where the mistake is the server's, the made-up vendor's class.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import logging
from collections.abc import Callable

import msgspec
from pydantic import SecretStr, field_validator

from sightline.collect.connector import Connector
from sightline.errors import AuthError, RowError, SightlineError
from sightline.sandbox.vendor import Reply, Vendor
from sightline.sdk import (
    Access,
    Change,
    FullRead,
    Gone,
    Headers,
    Limits,
    Never,
    Paging,
    Request,
    SinglePage,
    Stream,
    Task,
    TimeEntry,
    UpdatedAt,
    Verdict,
)
from sightline_redmine.config import RedmineSettings
from sightline_redmine.connector import RedmineConnector
from sightline_redmine.sandbox import RedmineSandbox
from sightline_redmine.streams import Issues, TimeEntries, UpdatedKeyset, Users
from sightline_xero.connector import Xero
from sightline_xero.streams import Invoices

MISTAKES: dict[str, Callable[[], tuple[type[Connector], type[Vendor] | None]]] = {}

_NEVER = Never("nobody asked the tool whether it deletes")


def mistake(*names: str):
    """Registers a function that makes the connector (or connector and vendor) as the mistake behind these checks."""

    def register(make):
        for name in names:
            MISTAKES[name] = lambda: made if isinstance(made := make(), tuple) else (made, None)
        return make

    return register


def with_(**members) -> type[Connector]:
    """The Redmine connector with other members."""
    return type("Broken", (RedmineConnector,), members)


def with_settings(**members) -> type[Connector]:
    return with_(settings=type("BrokenSettings", (RedmineSettings,), members))


def with_stream(kind: type[Stream], after: Callable | None = None, **members) -> type[Connector]:
    """The Redmine connector with other members on the streams of one class; `after` changes what map yields."""

    def streams(self, access):
        found = list(RedmineConnector.streams(self, access))
        return [_changed(s, after, members) if isinstance(s, kind) else s for s in found]

    return with_(streams=streams)


def _changed(stream: Stream, after: Callable | None, members: dict) -> Stream:
    sound = type(stream)

    def map_(self, row, context):
        for made in sound.map(self, row, context):
            yield from after(made, row)

    cls = type(sound.__name__, (sound,), {"__doc__": sound.__doc__, **members, **({"map": map_} if after else {})})
    stream.__class__ = cls
    return stream


def on(kind: type, **fields: Callable) -> Callable:
    """Changes fields of the records of that kind: each is a function of the record and the row."""

    def change(made, row):
        if type(made) is kind:
            made = msgspec.structs.replace(made, **{name: make(made, row) for name, make in fields.items()})
        yield made

    return change


# --- settings, check, scopes ------------------------------------------------------------------------------------------


@mistake("config_describes_every_field")
def bare_field():
    return with_settings(__annotations__={"extra_one": str}, extra_one="x")


@mistake("config_refuses_unknown_keys")
def loose_settings():
    return with_settings(model_config={**RedmineSettings.model_config, "extra": "ignore"})


class Open(RedmineSettings):
    token: str

    @field_validator("token")
    @classmethod
    def _one_line(cls, value):
        return value


@mistake("config_hides_secrets")
def open_token():
    return with_(settings=Open, auth=lambda self: Headers({"X-Redmine-API-Key": SecretStr(self.config.token)}))


class Quoting(RedmineSettings):
    @field_validator("token")
    @classmethod
    def _one_line(cls, value):
        if not value.get_secret_value().isalnum():
            raise ValueError(f"{value.get_secret_value()} is no token")
        return value


@mistake("config_errors_show_no_secret")
def quoting_validator():
    return with_(settings=Quoting)


@mistake("config_address_can_be_set")
def fixed_address():
    return with_(base=lambda self: "https://redmine.example.com")


@mistake("check_is_cheap")
def dear_check():
    def check(self, fetch):
        for _ in range(40):
            fetch.one(Request("/users/current.json"))
        return RedmineConnector.check(self, fetch)

    return with_(check=check)


@mistake("check_wrong_credentials_say_so")
def vague_refusal():
    return with_(judge=lambda self, answer: Verdict("stop", say="it went wrong") if answer.status == 401 else None)


@mistake("check_wrong_credentials_are_not_shown")
def shown_token():
    def check(self, fetch):
        if self.config.token.get_secret_value().startswith("0000wrong"):
            raise AuthError(f"401 for {self.config.token.get_secret_value()}", where="redmine", mend="Mend it.")
        return RedmineConnector.check(self, fetch)

    return with_(check=check)


@mistake("scopes_are_complete")
def lost_scope():
    return with_(scopes=lambda self, fetch, access: list(RedmineConnector.scopes(self, fetch, access))[:-1])


def scopes_with(**fields):
    def scopes(self, fetch, access):
        for scope in RedmineConnector.scopes(self, fetch, access):
            yield msgspec.structs.replace(scope, **{name: make(scope) for name, make in fields.items()})

    return with_(scopes=scopes)


@mistake("scopes_keep_archived_ones")
def never_archived():
    return scopes_with(archived=lambda scope: False)


class Lenient(RedmineSandbox):
    """Takes a project by number and anything behind it."""

    def _place(self, wanted):
        return super()._place((wanted or "").partition(":")[0])


@mistake("scopes_keep_their_id_when_renamed")
def scope_by_name():
    return scopes_with(id=lambda scope: f"{scope.id}:{scope.name}"), Lenient


@mistake("scopes_can_be_chosen")
def every_scope_at_once():
    return with_stream(Issues, params=lambda self, scope, since: {"status_id": "*", "sort": "updated_on:asc,id:asc"})


@mistake("scopes_unknown_name_is_told")
def deaf_to_scopes():
    return with_(__init__=lambda self, config: setattr(self, "config", config.model_copy(update={"scopes": ()})))


# --- paging, limits, faults -------------------------------------------------------------------------------------------


@mistake("paging_reads_every_page")
def first_page_only():
    return with_stream(Issues, paging=SinglePage())


class ShortEnds(UpdatedKeyset):
    def after(self, request, answer, rows):
        return super().after(request, answer, rows) if len(rows) >= self.page_size else None


@mistake("paging_survives_short_pages")
def short_page_ends():
    return with_stream(Issues, paging=ShortEnds())


@mistake("paging_repeat_adds_nothing", "identity_is_the_same_in_every_read")
def counted_ids():
    numbers = itertools.count(1000)
    return with_stream(Issues, on(Task, id=lambda made, row: str(next(numbers))))


class Trusting(UpdatedKeyset):
    """Does not look which page came back."""

    def after(self, request, answer, rows):
        start = request.params["offset"] + len(rows)
        return request.with_params(offset=start) if rows and start < answer.body["total_count"] else None


@mistake("paging_loop_is_noticed", "paging_drift_loses_nothing")
def trusting_paging():
    return with_stream(Issues, paging=Trusting())


class SevenAPage(Paging):
    def first(self, request):
        return request.with_params(offset=0, limit=7)

    def after(self, request, answer, rows):
        start = request.params["offset"] + 7
        return request.with_params(offset=start) if start < answer.body["total_count"] else None


@mistake("paging_lost_page_removes_nothing", "paging_empty_answer_removes_nothing", "deletions_many_at_once_are_held")
def comparing_by_itself():
    """What a page does not list any more is told as gone."""
    known: dict[int, set[str]] = {}

    class Sweep(Stream):
        """All issues again, to see what is missing."""

        name, path, per_scope, paging = "sweep", "/issues.json", False, SevenAPage()
        delivers, deletions, refresh_every = (Task,), Never("it compares by itself"), dt.timedelta(0)

        def params(self, scope, since):
            return {"status_id": "*", "sort": "id:asc"}

        def map(self, row, context):
            listed = {str(issue["id"]) for issue in row["issues"]}
            missing = known.get(row["offset"], set()) - listed
            known[row["offset"]] = listed
            return [Gone(kind=Task, id=id_) for id_ in missing]

    return with_(streams=lambda self, access: [*RedmineConnector.streams(self, access), Sweep()])


def judging(status: int, verdict: Verdict):
    return with_(judge=lambda self, answer: verdict if answer.status == status else None)


@mistake("limits_retry_after_is_obeyed")
def impatient():
    return judging(429, Verdict("throttled", 0.1))


@mistake("limits_throttle_without_a_time")
def throttle_is_denial():
    return judging(429, Verdict("denied"))


@mistake("limits_busy_server_is_waited_for")
def busy_is_the_end():
    return judging(503, Verdict("stop"))


@mistake("limits_are_declared")
def greedy():
    return with_(limits=lambda self: Limits(requests=1000, per_seconds=1, concurrent=500))


@mistake("faults_one_error_is_retried")
def error_is_the_end():
    return judging(500, Verdict("stop"))


class Sulking(RedmineSandbox):
    """Lets nobody in again after a connection broke."""

    sulks = False

    def handle(self, call):
        reply = Reply(403) if self.sulks else super().handle(call)
        self.sulks = self.sulks or reply.cut
        return reply


@mistake("faults_broken_connection_is_retried")
def sulking_server():
    return RedmineConnector, Sulking


@dataclasses.dataclass(frozen=True)
class Eager(UpdatedAt):
    """Moves to the present with the first page."""

    def advance(self, state, rows, answer):
        return {**state, "newest": answer.server_time.isoformat()}


@mistake("faults_down_then_up_loses_nothing", "cursor_survives_a_crash")
def eager_cursor():
    return with_stream(Issues, cursor=Eager("updated_on", ordered=True), deletions=_NEVER)


@mistake(
    "check_missing_right_is_named",
    "faults_html_is_not_an_empty_list",
    "faults_cut_json_is_noticed",
    "faults_other_shape_is_noticed",
    "faults_lost_scope_keeps_its_rows",
)
def swallowed_errors():
    """Reads the list by itself, and takes every error for an empty one."""

    def request(self, scope, since):
        return Request("/issue_statuses.json")

    def complete(self, rows, scope, fetch):
        asked = Request("/issues.json", {"project_id": scope.id, "status_id": "*", "limit": 100, "offset": 0})
        try:
            return list(fetch.rows(asked, rows="issues", paging=UpdatedKeyset()))
        except SightlineError:
            return []

    never, whole = Never("it reads by itself"), {"rows": "issue_statuses", "paging": SinglePage(), "cursor": FullRead()}
    return with_stream(Issues, request=request, complete=complete, deletions=never, **whole)


# --- later runs -------------------------------------------------------------------------------------------------------


@mistake("cursor_bound_is_inclusive")
def exclusive_bound():
    def params(self, scope, since):
        later = dataclasses.replace(since, at=since.at and since.at + dt.timedelta(minutes=2, seconds=1))
        return Issues.params(self, scope, later)

    return with_stream(Issues, params=params)


@mistake("cursor_second_run_reads_little")
def always_everything():
    return with_stream(Issues, cursor=FullRead())


@mistake("cursor_finds_what_is_new")
def nothing_ever_changes():
    return with_stream(Issues, skip=lambda self, scope, state, fetch: dict(state))


class Naive(FullRead):
    """The newest moment of all, whatever the year."""

    def since(self, state, floor):
        return UpdatedAt("updated_on").since(state, floor)

    def advance(self, state, rows, answer):
        return {"newest": max([row["updated_on"] for row in rows] + [state.get("newest", "")])}


@mistake("cursor_ignores_the_future")
def naive_cursor():
    return with_stream(Issues, cursor=Naive())


@mistake("cursor_finds_late_time")
def window_only():
    return with_stream(
        TimeEntries, resume=lambda self, scope, gate, fetch: gate["day"], refresh_every=None, deletions=_NEVER
    )


@mistake("cursor_edited_time_replaces")
def id_with_the_hours():
    return with_stream(TimeEntries, on(TimeEntry, id=lambda made, row: f"{made.id}-{made.seconds}"), deletions=_NEVER)


@mistake("identity_survives_a_new_title")
def id_by_title():
    return with_stream(Issues, on(Task, id=lambda made, row: f"{made.scope}-{made.title}"))


@mistake("identity_survives_a_move")
def id_by_place():
    return with_stream(Issues, on(Task, id=lambda made, row: f"{made.scope}-{made.id}"))


@mistake("identity_pointers_lead_somewhere")
def wrong_parent():
    return with_stream(Issues, on(Task, parent=lambda made, row: made.parent and f"{made.parent}000"))


@mistake("deletions_are_declared")
def silent_on_deletions():
    return with_stream(Issues, deletions=Never("no"))


@mistake("deletions_are_noticed", "deletions_are_lifted")
def never_deleted():
    return with_stream(Issues, deletions=_NEVER)


@mistake("deletions_of_time_are_noticed")
def time_for_ever():
    return with_stream(TimeEntries, deletions=_NEVER)


# --- what rows become -------------------------------------------------------------------------------------------------


@mistake("time_keeps_its_day")
def day_in_utc():
    return with_stream(TimeEntries, on(TimeEntry, day=lambda made, row: dt.date.fromisoformat(row["created_on"][:10])))


@mistake("time_keeps_due_dates")
def due_the_day_before():
    return with_stream(Issues, on(Task, due_on=lambda made, row: made.due_on and made.due_on - dt.timedelta(days=1)))


@mistake("time_is_exact_seconds", "totals_of_time_agree")
def whole_hours():
    return with_stream(TimeEntries, on(TimeEntry, seconds=lambda made, row: made.seconds // 3600 * 3600))


@mistake("state_unknown_is_not_done")
def unknown_is_done():
    return with_stream(Issues, on(Task, state=lambda made, row: "done" if made.state == "unknown" else made.state))


@mistake("state_is_the_tools_own")
def all_open():
    return with_stream(Issues, on(Task, state=lambda made, row: "todo", completed_at=lambda made, row: None))


@mistake("state_cleared_fields_are_cleared")
def sticky_due_date():
    kept: dict[str, dt.date] = {}

    def due(made, row):
        if made.due_on:
            kept[made.id] = made.due_on
        return kept.get(made.id)

    return with_stream(Issues, on(Task, due_on=due))


@mistake("state_history_is_consistent")
def history_with_gaps():
    return with_stream(Issues, on(Change, from_value=lambda made, row: "Somewhere"))


@mistake("state_completion_fits")
def always_completed():
    return with_stream(Issues, on(Task, completed_at=lambda made, row: made.updated_at))


@mistake("totals_first_run_is_complete")
def picky_map():
    def picky(made, row):
        if row.get("id") == 7:
            raise RowError("seven is odd")
        yield made

    return with_stream(Issues, picky)


@mistake("totals_rows_in_are_rows_out")
def open_ones_only():
    def params(self, scope, since):
        return {**Issues.params(self, scope, since), "status_id": "open"}

    return with_stream(Issues, params=params)


@mistake("totals_of_money_agree")
def a_cent_less():
    def streams(self, access):
        found = list(Xero.streams(self, access))
        cheaper = on_document(lambda total: total - total.__class__("0.01"))
        return [_changed(s, cheaper, {}) if isinstance(s, Invoices) else s for s in found]

    return type("Broken", (Xero,), {"streams": streams})


def on_document(change):
    def after(made, row):
        total = getattr(made, "total", None)
        yield msgspec.structs.replace(made, total=change(total)) if total is not None else made

    return after


@mistake("totals_people_without_mail_are_kept")
def no_mail_no_person():
    def with_mail(made, row):
        if made.email:
            yield made

    return with_stream(Users, with_mail)


# --- secrets, hostile data, replay ------------------------------------------------------------------------------------


@mistake("secrets_reach_no_log")
def chatty():
    def auth(self):
        logging.getLogger("acme").warning("signing in with %s", self.config.token.get_secret_value())
        return RedmineConnector.auth(self)

    return with_(auth=auth)


@mistake("secrets_are_not_kept")
def token_among_the_facts():
    def check(self, fetch):
        found = RedmineConnector.check(self, fetch)
        return Access(found.who, facts={**found.facts, "token": self.config.token.get_secret_value()})

    return with_(check=check, reuse=dt.timedelta(hours=1))


@mistake("secrets_stay_out_of_addresses")
def token_in_the_query():
    def check(self, fetch):
        fetch.one(Request("/users/current.json", {"key": self.config.token.get_secret_value()}))
        return RedmineConnector.check(self, fetch)

    return with_(check=check)


@mistake("secrets_nothing_is_written")
def writing():
    def check(self, fetch):
        fetch.many([Request("/issues/1.json", method="PUT", json={"issue": {"notes": "read"}})])
        return RedmineConnector.check(self, fetch)

    return with_(check=check)


@mistake("hostile_text_arrives")
def plain_text_only():
    def plain(made, row):
        if not getattr(made, "title", "").isprintable():
            raise RowError("the title is odd")
        yield made

    return with_stream(Issues, plain)


@mistake("hostile_length_is_bearable")
def short_texts_only():
    def complete(self, rows, scope, fetch):
        assert all(len(row["subject"]) < 10_000 for row in rows)
        return Issues.complete(self, rows, scope, fetch)

    return with_stream(Issues, complete=complete)


@mistake("hostile_new_fields_are_ignored")
def no_news():
    def strict(made, row):
        if "zzKitField" in row:
            raise RowError("a field is new")
        yield made

    return with_stream(Issues, strict)


@mistake("hostile_row_is_set_aside")
def swallowing():
    def map_(self, row, context):
        try:
            return list(Issues.map(self, row, context))
        except RowError:
            return []

    return with_stream(Issues, map=map_)


@mistake("hostile_row_heals")
def unforgiving():
    bad: set[int] = set()

    def map_(self, row, context):
        if row["id"] in bad or "subject" not in row:
            bad.add(row["id"])
            raise RowError("it was bad once")
        return Issues.map(self, row, context)

    return with_stream(Issues, map=map_)


@mistake("hostile_volume_keeps_memory_flat")
def hoarding():
    kept: list = []

    def hoard(made, row):
        kept.append(dict(row))
        yield made

    return with_stream(Issues, hoard)


@mistake("replay_map_is_pure")
def counting_map():
    numbers = itertools.count()
    return with_stream(Issues, on(Task, title=lambda made, row: f"{made.title} ({next(numbers)})"))


@mistake("replay_from_the_archive_gives_the_same")
def more_than_json():
    def complete(self, rows, scope, fetch):
        return [{**row, "seen": (1, 2)} for row in Issues.complete(self, rows, scope, fetch)]

    told = on(Task, priority=lambda made, row: type(row.get("seen")).__name__)
    return with_stream(Issues, told, complete=complete)


@mistake("replay_deliveries_are_declared")
def undeclared():
    return with_stream(Issues, delivers=(Task,))


@mistake("replay_streams_have_names_of_their_own")
def one_name_for_two():
    return with_stream(TimeEntries, name="issues")
