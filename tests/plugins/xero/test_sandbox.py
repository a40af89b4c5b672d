"""The made-up Xero keeps to what is known of the real one: each point of that list is one test."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from sightline.collect.decode import decode_json
from sightline.sandbox.vendor import Call
from sightline_xero.sandbox import XeroSandbox

BASIC = "Basic " + base64.b64encode(b"5A6B7C8D9E0F4A1B8C2D3E4F5A6B7C8D:SANDBOXxero-secret-c0ffee77").decode()


def ask(vendor, path: str, *, token: str | None = None, **headers: str):
    bearer = {"authorization": f"Bearer {token or enter(vendor)}"}
    return vendor.handle(Call.of("GET", path, {**bearer, **{k.replace("_", "-"): v for k, v in headers.items()}}))


def tell(vendor, **form: str):
    headers = {} if "client_id" in form else {"authorization": BASIC}
    return vendor.handle(Call.of("POST", "/connect/token", headers, urlencode(form).encode()))


def enter(vendor) -> str:
    return json.loads(tell(vendor, grant_type="client_credentials").body)["access_token"]


def body(reply):
    return decode_json(reply.body, "test")


@pytest.fixture
def app(world) -> XeroSandbox:
    source = world.sources["xero"]
    source.flavour, source.secrets = "app", {"client_id": "pkce-app", "refresh_token": "first"}
    return XeroSandbox(world, source)


def renew(vendor, token: str):
    return tell(vendor, grant_type="refresh_token", refresh_token=token, client_id="pkce-app")


# --- sign-in ---------------------------------------------------------------------------------------------------------


def test_a_custom_connection_gets_a_token_of_half_an_hour_and_no_refresh_token(vendor):
    found = body(tell(vendor, grant_type="client_credentials"))

    assert (found["expires_in"], found["token_type"], "refresh_token" in found) == (1800, "Bearer", False)


def test_a_wrong_secret_is_an_invalid_client(vendor):
    call = Call.of("POST", "/connect/token", {"authorization": "Basic eDp5"}, b"grant_type=client_credentials")

    reply = vendor.handle(call)

    assert (reply.status, body(reply)) == (400, {"error": "invalid_client"})


def test_an_old_refresh_token_gives_the_same_successor_for_half_an_hour_and_then_none(app, world):
    successor = body(renew(app, "first"))["refresh_token"]
    world.now += dt.timedelta(minutes=30)
    again = body(renew(app, "first"))["refresh_token"]
    world.now += dt.timedelta(seconds=1)

    late = renew(app, "first")

    assert again == successor != "first"
    assert (late.status, body(late)) == (400, {"error": "invalid_grant"})
    assert renew(app, successor).status == 200


def test_a_refresh_token_that_nobody_used_ends_after_sixty_days(app, world):
    world.now += dt.timedelta(days=60, seconds=1)

    assert renew(app, "first").status == 400


def test_a_code_is_exchanged_once_by_whoever_began(app):
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {"redirect_uri": "http://localhost:1/cb", "state": "s", "code_challenge": challenge}
    sent = app.handle(Call.of("GET", "/identity/connect/authorize?" + urlencode(asked), {}))
    answer = dict(parse_qsl(urlsplit(sent.headers["location"]).query))
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": asked["redirect_uri"],
        "client_id": "pkce-app",
    }

    right = tell(app, **form, code_verifier=verifier)
    twice = tell(app, **form, code_verifier=verifier)

    assert (sent.status, answer["state"], right.status, twice.status) == (302, "s", 200, 400)
    assert body(right)["refresh_token"]


def test_without_a_good_token_nothing_is_told(vendor, world):
    token = enter(vendor)
    world.now += dt.timedelta(minutes=30)

    ended = ask(vendor, "/api.xro/2.0/Invoices", token=token)
    strange = ask(vendor, "/connections", token="nobody's")

    assert (ended.status, strange.status) == (401, 401)
    assert body(ended)["Detail"].startswith("TokenExpired")


# --- tenants and limits ----------------------------------------------------------------------------------------------


def test_connections_are_a_bare_list_with_times_without_zone(vendor):
    (one,) = body(ask(vendor, "/connections"))

    assert (one["tenantType"], one["tenantName"]) == ("ORGANISATION", "Northgate Consulting")
    assert not one["createdDateUtc"].endswith("Z")


@pytest.mark.parametrize("headers", [{}, {"xero_tenant_id": "other"}])
def test_an_app_that_names_no_or_a_wrong_organisation_is_forbidden(app, headers):
    token = body(renew(app, "first"))["access_token"]

    reply = ask(app, "/api.xro/2.0/Invoices", token=token, **headers)

    assert (reply.status, body(reply)["detail"]) == (403, "AuthenticationUnsuccessful")


@pytest.mark.parametrize(
    ("option", "problem", "wait"), [("calls_per_minute", "minute", 60), ("calls_per_day", "day", 54000)]
)
def test_a_full_window_answers_429_with_its_name_and_the_seconds_left(world, vendor, option, problem, wait):
    world.sources["xero"].options[option] = 2
    token = enter(vendor)
    left = [ask(vendor, "/api.xro/2.0/Users", token=token).headers for _ in range(2)]

    reply = ask(vendor, "/api.xro/2.0/Users", token=token)

    assert (reply.status, reply.headers["x-rate-limit-problem"], reply.headers["retry-after"]) == (
        429,
        problem,
        str(wait),
    )
    assert [h["x-daylimit-remaining" if problem == "day" else "x-minlimit-remaining"] for h in left] == ["1", "0"]


# --- lists -----------------------------------------------------------------------------------------------------------


def test_lines_come_only_with_pages_or_one_by_one(vendor, world):
    code = "E-PART"
    bare = body(ask(vendor, "/api.xro/2.0/Invoices"))
    paged = body(ask(vendor, "/api.xro/2.0/Invoices?page=1"))
    one = body(ask(vendor, f"/api.xro/2.0/Invoices/{code}"))

    assert "pagination" not in bare
    assert not any(row["LineItems"] for row in bare["Invoices"])
    assert next(row for row in paged["Invoices"] if row["InvoiceNumber"] == code)["LineItems"]
    assert one["Invoices"][0]["LineItems"]


def test_pages_hold_what_was_asked_and_say_how_many_there_are(vendor, world):
    told = sum(d.kind in ("invoice", "bill") for d in world.documents)

    found = body(ask(vendor, "/api.xro/2.0/Invoices?page=2&pageSize=10"))

    assert found["pagination"] == {"page": 2, "pageSize": 10, "pageCount": -(-told // 10), "itemCount": told}
    assert len(found["Invoices"]) == 10


def test_changed_since_counts_whole_seconds_on_both_sides(vendor, world):
    moments = [
        dt.datetime(2026, 11, 20, 8, 59, 58, 999000, dt.UTC),
        dt.datetime(2026, 11, 20, 8, 59, 59, 500000, dt.UTC),
    ]
    invoices = [d for d in world.documents if d.kind == "invoice"][:2]
    for invoice, moment in zip(invoices, moments, strict=True):
        invoice.updated_at = moment

    found = body(ask(vendor, "/api.xro/2.0/Invoices?page=1", if_modified_since="2026-11-20T08:59:59"))

    assert [row["InvoiceNumber"] for row in found["Invoices"]] == [invoices[1].code]


def test_the_newest_comes_first_when_asked(vendor):
    rows = body(ask(vendor, "/api.xro/2.0/Invoices?page=1&order=UpdatedDateUTC%20DESC"))["Invoices"]

    times = [row["UpdatedDateUTC"] for row in rows]
    assert times == sorted(times, reverse=True)
    assert ask(vendor, "/api.xro/2.0/Invoices?page=1&order=Colour%20ASC").status == 400


@pytest.mark.parametrize(("query", "price"), [("page=1", "97.13"), ("page=1&unitdp=4", "97.1250")])
def test_unit_prices_are_rounded_unless_four_decimals_are_asked_for(vendor, query, price):
    rows = body(ask(vendor, f"/api.xro/2.0/Invoices?{query}"))["Invoices"]

    found = next(row for row in rows if row["InvoiceNumber"] == "E-4DP")
    assert found["LineItems"][0]["UnitAmount"] == Decimal(price)


def test_voided_and_deleted_documents_stay_in_the_list_with_their_totals(vendor):
    rows = {row["InvoiceNumber"]: row for row in body(ask(vendor, "/api.xro/2.0/Invoices?page=1"))["Invoices"]}

    assert [(rows[c]["Status"], rows[c]["Total"], rows[c]["AmountDue"]) for c in ("E-VOID", "E-GONE")] == [
        ("VOIDED", 40, 0),
        ("DELETED", 90, 0),
    ]


def test_archived_contacts_come_only_when_asked_for(vendor):
    usual = body(ask(vendor, "/api.xro/2.0/Contacts?page=1"))["Contacts"]
    all_ = body(ask(vendor, "/api.xro/2.0/Contacts?page=1&includeArchived=true"))["Contacts"]

    assert {row["Name"] for row in all_} - {row["Name"] for row in usual} == {"Old Mill Ltd"}


def test_an_unknown_resource_is_told_in_plain_text(vendor):
    reply = ask(vendor, "/api.xro/2.0/Nonsense")

    assert (reply.status, reply.headers["content-type"]) == (404, "text/plain")


def test_the_projects_api_has_its_own_page_sizes_and_errors(vendor):
    usual = body(ask(vendor, "/projects.xro/2.0/Projects"))
    reply = ask(vendor, "/projects.xro/2.0/Projects?pageSize=501")

    assert usual["pagination"]["pageSize"] == 50
    assert (reply.status, "modelState" in body(reply)) == (400, True)


def test_time_can_be_asked_for_by_state_and_day(vendor, world):
    project = world.ledger_projects[0]
    path = f"/projects.xro/2.0/Projects/{vendor.shown.id('project', project.number)}/Time?pageSize=500"

    rows = body(ask(vendor, f"{path}&states=ACTIVE&dateAfterUtc=2026-11-10T00:00:00Z"))["items"]

    assert rows
    assert all(row["status"] == "ACTIVE" and row["dateUtc"] >= "2026-11-10" for row in rows)
    assert len(rows) < len(vendor.shown.times(project))


def test_the_workspace_table_reads_the_sandbox(vendor):
    table = vendor.workspace()

    assert (table["connector"], table["site"], table["identity_site"]) == ("xero", vendor.base, vendor.base)
    assert {"client_id", "client_secret"} <= set(table)
