"""How the connector signs in, finds its organisations, and takes Xero's refusals."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qsl

import pytest
from pydantic import ValidationError

from sightline.collect.request import Answer
from sightline.model.records import Document, Scope
from sightline.sandbox.faults import When, scripted
from sightline.sandbox.vendor import json_reply, text_reply
from sightline.sandbox.world import Organisation
from sightline_xero.config import BROAD_SCOPES, READ_SCOPES, XeroSettings
from sightline_xero.connector import Xero


def forms(vendor) -> list[dict[str, str]]:
    return [dict(parse_qsl(call.body.decode())) for call in vendor.calls if call.path == "/connect/token"]


@pytest.fixture
def app(world, vendor):
    """The same books, read by an app without a secret (PKCE) that was allowed in a browser."""
    source = world.sources["xero"]
    source.flavour, source.secrets = "app", {"client_id": "pkce-app", "refresh_token": "first-token"}
    vendor.refresh["first-token"] = (None, world.now)
    return vendor


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_a_custom_connection_asks_with_its_secret_and_for_no_scope(vendor, sync):
    sync()

    (call,) = [call for call in vendor.calls if call.path == "/connect/token"]
    assert forms(vendor) == [{"grant_type": "client_credentials"}]
    assert call.headers["authorization"].startswith("Basic ")


def test_a_custom_connection_asks_for_scopes_that_were_chosen():
    chosen = XeroSettings(client_id="a", client_secret="b", oauth_scopes=("accounting.invoices.read", "projects.read"))

    assert Xero(chosen).auth().scope == "accounting.invoices.read projects.read"
    assert Xero(XeroSettings(client_id="a", client_secret="b")).auth().scope is None


def test_an_app_asks_for_granular_read_rights_only_where_people_allow_them():
    auth = Xero(XeroSettings(client_id="a")).auth()

    assert auth.authorize_params["scope"] == " ".join(READ_SCOPES)
    assert auth.authorize_url == "https://login.xero.com/identity/connect/authorize"
    assert (auth.scope, auth.grant) == (None, "refresh_token")
    assert all(name == "offline_access" or name.endswith(".read") for name in (*READ_SCOPES, *BROAD_SCOPES))


def test_a_secret_with_a_refresh_token_is_a_web_app():
    web = XeroSettings(client_id="a", client_secret="b", refresh_token="c")

    assert (web.custom, Xero(web).auth().grant) == (False, "refresh_token")


def test_the_first_refresh_token_is_replaced_and_never_used_again(app, world, sync, tmp_path):
    sync(tokens=tmp_path)
    world.now += dt.timedelta(hours=1)
    found = sync(tokens=tmp_path)

    first, second = forms(app)
    assert first == {"grant_type": "refresh_token", "refresh_token": "first-token", "client_id": "pkce-app"}
    assert second["refresh_token"] not in ("first-token", "")
    assert found.outcome.status == "complete"


def test_an_access_token_that_ends_in_mid_run_is_renewed_once(app, sync):
    def end(vendor, call):
        vendor.access.clear()

    app.script.append(scripted(end, When("/Payments", times=1)))

    found = sync()

    assert found.outcome.status == "complete"
    assert len(forms(app)) == 2


def test_an_authorisation_that_was_withdrawn_says_what_to_do(app, sync):
    app.refresh.clear()

    found = sync()

    assert found.outcome.status == "failed"
    assert "invalid_grant" in found.outcome.reason
    assert "sightline connect" in found.outcome.reason
    assert "first-token" not in str(found.outcome)


# --- organisations ---------------------------------------------------------------------------------------------------


def test_every_call_of_an_app_names_its_organisation(app, sync):
    sync()

    books = [call for call in app.calls if call.path.startswith(("/api.xro", "/projects.xro"))]
    assert {call.headers.get("xero-tenant-id") for call in books} == {app.shown.tenant(app.world.organisations[0])}


def test_a_custom_connection_names_none(vendor, sync):
    sync()

    assert not any("xero-tenant-id" in call.headers for call in vendor.calls)


@pytest.fixture
def two(app, world):
    world.organisations.append(Organisation("xero", 2, "Northgate NZ", "!nz", "NZD", timezone="Pacific/Auckland"))
    return app


def test_two_organisations_are_two_scopes_with_their_own_currency_and_zone(two, sync):
    found = sync().records(Scope).values()

    assert [(one.key, one.currency, one.timezone) for one in found] == [
        ("!n0rth", "GBP", "Europe/London"),
        ("!nz", "NZD", "Pacific/Auckland"),
    ]


@pytest.mark.parametrize("name", ["Northgate NZ", "northgate nz"])
def test_tenant_chooses_one_organisation(two, sync, name):
    assert [one.key for one in sync(tenant=name).records(Scope).values()] == ["!nz"]


def test_a_tenant_id_chooses_one_organisation(two, world, sync):
    chosen = two.shown.tenant(world.organisations[1])

    assert [one.key for one in sync(tenant=chosen).records(Scope).values()] == ["!nz"]


def test_a_tenant_that_is_not_connected_is_answered_with_those_that_are(two, sync):
    found = sync(tenant="Southgate")

    assert found.outcome.status == "failed"
    assert "Northgate Consulting, Northgate NZ" in found.outcome.reason


def test_without_any_connected_organisation_the_way_to_connect_is_told(app, world, sync):
    world.sources["xero"].options["disconnected"] = ["!n0rth"]

    found = sync()

    assert found.outcome.status == "failed"
    assert "sightline connect xero" in found.outcome.reason


def test_an_organisation_that_took_the_access_away_keeps_what_was_read(app, world, sync):
    before = len(sync().records(Document))
    world.sources["xero"].options["disconnected"] = ["!n0rth"]

    found = sync()

    assert found.outcome.status in ("failed", "incomplete")
    assert "not connected to this app any more" in " ".join(found.outcome.reasons)
    assert len(found.records(Document)) == before


def test_a_server_that_tells_nothing_of_its_organisation_is_read_by_its_connections(vendor, sync):
    vendor.script.append(scripted(lambda _v, _c: json_reply({}, 404), When("/Organisation")))

    found = sync()

    (scope,) = found.records(Scope).values()
    assert (found.outcome.status, scope.key, scope.currency) == ("complete", "Northgate Consulting", None)


def test_what_is_known_of_an_organisation_serves_for_half_a_day(world, vendor, sync):
    sync()
    world.now += dt.timedelta(hours=11)
    sync()
    world.now += dt.timedelta(hours=2)
    sync()

    assert len([call for call in vendor.calls if call.path.endswith("/Organisation")]) == 2


# --- limits and refusals ---------------------------------------------------------------------------------------------


def limited(problem: str, **headers: str):
    return scripted(
        lambda _v, _c: text_reply("", 429, {"x-rate-limit-problem": problem, **headers}), When("/Invoices", times=1)
    )


def test_a_full_minute_is_waited_out(vendor, sync):
    vendor.script.append(limited("minute", **{"retry-after": "32"}))

    assert sync().outcome.status == "complete"


def test_too_many_at_once_comes_without_a_time_to_wait(vendor, sync):
    vendor.script.append(limited("concurrent"))

    assert sync().outcome.status == "complete"


def test_a_full_day_ends_the_run_without_waiting_for_it(vendor, sync):
    vendor.script.append(
        scripted(
            lambda _v, _c: text_reply("", 429, {"x-rate-limit-problem": "Day", "retry-after": "66975"}),
            When("/Invoices"),
        )
    )

    found = sync()

    assert found.outcome.status == "incomplete"
    assert "calls of this day are used up" in found.outcome.reason
    lists = [call for call in vendor.calls if call.path.endswith("/Invoices") and call.query.get("pageSize") != "1"]
    assert len(lists) == 1


def test_a_wait_of_many_hours_is_not_slept(vendor, sync):
    vendor.script.append(scripted(lambda _v, _c: text_reply("", 429, {"retry-after": "66975"}), When("/Invoices")))

    found = sync()

    assert found.outcome.status == "incomplete"
    assert "66975" in " ".join(found.outcome.reasons)


def test_the_limits_are_those_of_one_organisation_and_can_be_set():
    usual = Xero(XeroSettings(client_id="a")).limits()
    other = Xero(XeroSettings(client_id="a", calls_per_minute=30, calls_per_day=5000)).limits()

    assert (usual.requests, usual.per_seconds, usual.concurrent, usual.per_day) == (60, 60, 5, 1000)
    assert (other.requests, other.per_day) == (30, 5000)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, b'{"title":"Forbidden","status":403,"detail":"AuthenticationUnsuccessful"}', "denied"),
        (403, b'{"Title":"Forbidden","Status":403,"Detail":"AuthenticationUnsuccessful"}', "denied"),
        (403, b"<html>", "denied"),
        (403, b"[1]", "denied"),
        (401, b'{"Detail":"AuthorizationUnsuccessful"}', "denied"),
        (401, b'{"Detail":"TokenExpired: token expired at 01/01/2001 00:00:00"}', None),
        (404, b"The resource you're looking for cannot be found", None),
        (503, b"The Xero API is currently offline for maintenance", None),
        (429, b"", None),
    ],
)
def test_refusals_are_read_in_either_case_and_without_trust_in_their_body(status, body, kind):
    verdict = Xero(XeroSettings(client_id="a")).judge(Answer(status, {}, None, body))

    assert (verdict.kind if verdict else None) == kind


def test_a_lost_organisation_and_a_missing_right_are_told_apart():
    judge = Xero(XeroSettings(client_id="a")).judge

    lost = judge(Answer(403, {}, None, b'{"detail":"AuthenticationUnsuccessful"}'))
    refused = judge(Answer(403, {}, None, b'{"detail":"Forbidden: no right for walrus"}'))

    assert "not connected" in lost.say
    assert "not connected" not in refused.say
    assert "walrus" not in refused.say


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", [{}, {"client_id": ""}, {"client_id": "a", "page_size": 1001}, {"client_id": "a", "tennant": "x"}]
)
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        XeroSettings(**wrong)


def test_every_setting_is_described():
    assert all(field.description for field in XeroSettings.model_fields.values())
