"""Checks of what comes before the first row: settings, credentials, scopes."""

from __future__ import annotations

import re
from typing import Any

from pydantic import SecretStr, ValidationError

from sightline.model.records import Scope
from sightline.sandbox.vendor import Call, Reply, Vendor
from sightline.testing.kit.bench import Bench
from sightline.testing.kit.check import Exempt, need, promise

__all__: list[str] = []

#: Names that only secrets have.
_SECRET = re.compile(r"(^|_)(token|secret|password|api_key|private_key)$")
_REFUSED = ("refused", "credentials", "401", "log in", "sign in", "token")


def _secret_names(bench: Bench) -> list[str]:
    fields = bench.connector.settings.model_fields
    found = [name for name, field in fields.items() if "SecretStr" in str(field.annotation)]
    if not found:
        raise Exempt("it needs no credentials")
    return found


@promise("config", "the Settings class in config.py", "settings")
def config_describes_every_field(bench: Bench) -> None:
    """Every setting has a description, which users see in `sightline schema` and `connect`."""
    bare = [name for name, field in bench.connector.settings.model_fields.items() if not field.description]
    need(not bare, f"without description: {', '.join(bare)}")


@promise("config", 'the Settings class in config.py: keep `extra="forbid"`', "settings")
def config_refuses_unknown_keys(bench: Bench) -> None:
    """A misspelt setting is refused, not ignored."""
    try:
        bench.connector.settings(**bench.table() | {"zz_no_such_setting": "x"})
    except ValidationError:
        return
    need(condition=False, seen="zz_no_such_setting was taken")


@promise("config", "the Settings class in config.py: declare secrets as SecretStr", "settings")
def config_hides_secrets(bench: Bench) -> None:
    """No secret is shown when the settings are printed or logged."""
    fields = bench.connector.settings.model_fields
    open_ones = [n for n, field in fields.items() if _SECRET.search(n) and "SecretStr" not in str(field.annotation)]
    need(not open_ones, f"no SecretStr: {', '.join(open_ones)}")
    settings = bench.connector.settings(**bench.table())
    shown = repr(settings) + str(settings)
    need(not [s for s in bench.secrets if s in shown], "a secret stands in the text of the settings")


@promise("config", "the Settings class in config.py: validators must not quote values", "settings")
def config_errors_show_no_secret(bench: Bench) -> None:
    """A secret of a wrong form is refused, if at all, without being quoted."""
    for name in _secret_names(bench):
        try:
            bench.connector.settings(**{**bench.table(), name: "not a token\n#kit-canary"})
        except ValidationError as error:
            need("kit-canary" not in str(error), f"the error about {name} quotes it")


@promise("config", "`base()` in connector.py and the address in config.py", "reach")
def config_address_can_be_set(bench: Bench) -> None:
    """The tool's address is a setting, so that it can be read through a test server or a company's own."""
    base = bench.over_http().connector(bench.connector.settings(**bench.table(at="http://127.0.0.1:9/kit"))).base()
    need(base.startswith("http://127.0.0.1:9"), "base() does not follow the setting")


@promise("check", "`check()` in connector.py", "check")
def check_is_cheap(bench: Bench) -> None:
    """Checking the credentials and listing the scopes takes few calls: people wait for it, and every run begins with it."""
    bench.over_http()
    paths = bench.work_paths
    calls = [call for call, _ in bench.first.tape]
    before = next((n for n, call in enumerate(calls) if call.path in paths), len(calls))
    need(before <= 30, f"{before} calls before the first row")


def _refused(bench: Bench) -> Any:
    trial = bench.over_http().trial()
    wrong: dict[str, Any] = {name: SecretStr("0000wrong0000kit0000") for name in _secret_names(bench)}
    known = bench.connector.settings(**bench.table())
    return trial.run(**{name: value for name, value in wrong.items() if getattr(known, name) is not None})


@promise("check", "`judge()` in connector.py: what a refusal of credentials looks like", "verdicts")
def check_wrong_credentials_say_so(bench: Bench) -> None:
    """Wrong credentials fail the source, and the reason says that it is them."""
    outcome = _refused(bench).outcome
    need(outcome.status == "failed", f"the run is {outcome.status}")
    said = (outcome.reason or "").lower()
    need(any(word in said for word in _REFUSED), "the reason names neither credentials nor 401")


@promise("check", "`check()` and `judge()` in connector.py: never quote what was sent or received", "verdicts")
def check_wrong_credentials_are_not_shown(bench: Bench) -> None:
    """The reason holds neither the wrong secret nor the server's words."""
    outcome = _refused(bench).outcome
    need("0000wrong0000kit0000" not in repr(outcome), "the outcome quotes the secret")


@promise("check", "`judge()` in connector.py, and `optional` of the main stream", "verdicts")
def check_missing_right_is_named(bench: Bench) -> None:
    """A right that is missing for the main list makes the source incomplete and says where; it is no empty list."""
    trial = bench.over_http().read()
    known = trial.rows()
    trial.vendor.script.append(bench.on_work(_denied))
    outcome = trial.run(full=True).outcome
    need(outcome.status != "complete", "the run is complete without the list")
    told = any(stream.name in (outcome.reason or "") for stream in bench.declared) or "403" in (outcome.reason or "")
    need(told, "the reason names neither the stream nor the refusal")
    need(trial.rows().keys() >= known.keys(), "rows were removed because a right is missing")


def _denied(_vendor: Vendor, _call: Call) -> Reply:
    return Reply(403, b'{"message": "Forbidden"}', {"content-type": "application/json"})


def _scopes(bench: Bench) -> dict[str, Scope]:
    return bench.first.keeper.live(Scope)


@promise("scopes", "`scopes()` in connector.py: all pages, archived ones too", "scopes")
def scopes_are_complete(bench: Bench) -> None:
    """Every project, board, repository or organisation is listed."""
    names = sorted(scope.name for scope in _scopes(bench).values())
    known = sorted(name for name, _ in bench.first.subject.places())
    need(len(names) == len(known), f"{len(names)} scopes, the tool has {len(known)}")


@promise("scopes", "`scopes()` in connector.py: ask for archived ones, set `archived`", "scopes")
def scopes_keep_archived_ones(bench: Bench) -> None:
    """An archived place stays a scope, is marked so, and keeps its rows."""
    trial = bench.read()
    places = [p for p in trial.vendor.world.places_of(trial.vendor.source.name) if not p.archived]
    if not places or not isinstance(trial.subject.kind, type) or trial.subject.kind.__name__ != "Task":
        raise Exempt("its places are not archived")
    before = {key for key in trial.rows() if key[0] is trial.subject.kind}
    trial.subject.edits.archive_place(places[0])
    trial.run(full=True)
    marked = {scope.id for scope in trial.all_of(Scope) if scope.archived}
    need(
        len(marked) == len([p for p in trial.vendor.world.places_of(trial.vendor.source.name) if p.archived]),
        "the archived place is not marked, or no scope any more",
    )
    need(before <= trial.rows().keys(), "rows of the archived place are gone")


@promise("scopes", "`Scope.id` in scopes(): the tool's own id, never a name", "scopes")
def scopes_keep_their_id_when_renamed(bench: Bench) -> None:
    """A renamed place is the same scope with a new name."""
    trial = bench.read()
    places = trial.vendor.world.places_of(trial.vendor.source.name)
    if trial.subject.kind.__name__ == "Activity" or not places:
        raise Exempt("its places have no names apart from their addresses")
    before = set(trial.keeper.live(Scope))
    rows = {key for key in trial.rows() if key[0] is trial.subject.kind}
    trial.subject.edits.rename_place(places[0], "Renamed by the kit")
    trial.run(full=True)
    need(set(trial.keeper.live(Scope)) == before, "a renamed place is another scope")
    need(rows == {key for key in trial.rows() if key[0] is trial.subject.kind}, "its rows changed their ids")


@promise("scopes", "`scopes()` and `Stream.path`: read the scope that is asked for", "scopes")
def scopes_can_be_chosen(bench: Bench) -> None:
    """With one scope chosen, only its rows are read."""
    scopes = list(_scopes(bench).values())
    if len(scopes) == 1:
        raise Exempt("it has one scope")
    trial = bench.trial()
    kind = trial.subject.kind
    held = {record.scope for record in bench.first.all_of(kind)}
    chosen = next(scope for scope in scopes if scope.id in held)
    trial.run(scopes=(chosen.key,))
    need({record.scope for record in trial.all_of(kind)} == {chosen.id}, "rows of other scopes were read, or none")


@promise("scopes", "`scopes()` in connector.py", "scopes")
def scopes_unknown_name_is_told(bench: Bench) -> None:
    """A scope that the credentials cannot see is told, and the others are read."""
    chosen = next(iter(_scopes(bench).values()))
    outcome = bench.trial().run(scopes=(chosen.key, "zz-no-such-scope")).outcome
    need(outcome.status == "incomplete", f"the run is {outcome.status}")
    need(any("zz-no-such-scope" in reason for reason in outcome.reasons), "the reason does not name it")
