"""The Xero connector: how it signs in, which organisations there are, what an odd answer means, what it reads."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from babel.core import get_global

from sightline.sdk import (
    Access,
    Answer,
    AuthError,
    ConfigError,
    Connector,
    Document,
    Fetch,
    Limits,
    Lookup,
    OAuth2,
    Payment,
    Request,
    Scope,
    Signature,
    Stream,
    Total,
    Verdict,
    at_path,
)
from sightline_xero import projects, streams
from sightline_xero.config import XeroSettings
from sightline_xero.streams import accounting, tenant

__all__ = ["Xero", "iana_zone"]

#: What changes so seldom that a run a day is enough to notice.
_DAILY = dt.timedelta(hours=24)


class Xero(Connector):
    """Xero's books and its Projects module, read only."""

    name = "xero"
    title = "Xero"
    settings = XeroSettings
    doc = "contacts, invoices, bills, credits, payments, bank transactions, quotes, orders; Projects' tasks and time"
    sandbox = "sightline_xero.sandbox:XeroSandbox"
    webhook = Signature(header="x-xero-signature", encoding="base64")
    # Name, currency and zone of an organisation; a lost connection shows in every other call.
    reuse = dt.timedelta(hours=12)

    config: XeroSettings

    def base(self) -> str:
        """The API's address."""
        return self.config.site

    def auth(self) -> OAuth2:
        """Tokens of half an hour, from a custom connection's secret or from a refresh token that changes with each use.

        The scopes go into the authorisation only: asking for one more when refreshing would end the authorisation.
        """
        custom, asked = self.config.custom, " ".join(self.config.oauth_scopes)
        chosen = "oauth_scopes" in self.config.model_fields_set
        return OAuth2(
            token_url=f"{self.config.identity_site.rstrip('/')}/connect/token",
            client_id=self.config.client_id,
            client_secret=self.config.client_secret,
            grant="client_credentials" if custom else "refresh_token",
            refresh_token=self.config.refresh_token,
            scope=asked if custom and chosen else None,
            authorize_url=None if custom else f"{self.config.login_site.rstrip('/')}/identity/connect/authorize",
            authorize_params={} if custom else {"scope": asked},
        )

    def limits(self) -> Limits:
        """60 calls a minute, 5 at a time for one organisation. Source: developer.xero.com, "OAuth 2.0 API limits"."""
        return Limits(
            requests=self.config.calls_per_minute,
            per_seconds=60,
            concurrent=5,
            remaining=("x-minlimit-remaining",),
            per_day=self.config.calls_per_day,
        )

    def judge(self, answer: Answer) -> Verdict | None:
        """A day's limit ends the run, a refused organisation is a lost right; the rest means what it usually does."""
        if answer.status == 429 and "day" in answer.headers.get("x-rate-limit-problem", "").lower():
            return Verdict("stop", say="HTTP 429: Xero's calls of this day are used up")
        detail = _detail(answer) if answer.status in (401, 403) else ""
        if answer.status == 403:
            lost = "is not connected to this app any more" if detail.startswith("authentication") else "refuses this"
            return Verdict("denied", say=f"HTTP 403: the organisation {lost}")
        if answer.status == 401 and detail.startswith("authorization"):
            return Verdict("denied", say="HTTP 401: the authorisation lacks a scope")
        return None

    def check(self, fetch: Fetch) -> Access:
        """The organisations these credentials reach: one call."""
        if self.config.custom:
            (body,) = fetch.many([Request(accounting("Organisation"))])
            if body is not None:
                return _access([_organisation(row, {}) for row in _listed(body, "Organisations")])
        rows = list(fetch.rows(Request("/connections")))
        tenants = [row for row in rows if isinstance(row, Mapping) and row.get("tenantType") != "PRACTICE"]
        others = len(rows) - len(tenants)
        notes = (f"{others} connected practices hold no books and are not read",) if others else ()
        return _access([_connected(row) for row in self._chosen(tenants)], notes)

    def _chosen(self, tenants: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        wanted = (self.config.tenant or "").casefold()
        named = [str(row.get("tenantName")) for row in tenants]
        found = [
            row
            for row in tenants
            if not wanted or wanted in (str(row.get("tenantId")).casefold(), str(row.get("tenantName")).casefold())
        ]
        if not tenants:
            raise AuthError(
                "no organisation is connected",
                where="xero",
                mend="Run `sightline connect xero` and choose one in Xero.",
            )
        if not found:
            raise ConfigError(
                "`tenant` names no connected organisation", where="tenant", mend="Write one of: " + ", ".join(named)
            )
        return found

    def scopes(self, fetch: Fetch, access: Access) -> Iterable[Scope]:
        """One scope for each organisation."""
        found = access.facts["organisations"]
        if not self.config.custom:
            asked = [Request(accounting("Organisation"), headers={"xero-tenant-id": row["id"]}) for row in found]
            bodies = fetch.many(asked)
            found = [
                _organisation((_listed(body, "Organisations") or [{}])[0], row)
                for body, row in zip(bodies, found, strict=True)
            ]
        return [Scope(kind="organisation", **row) for row in found]

    def lookups(self, access: Access) -> Sequence[Lookup]:
        """What the lines of documents may refer to by id only, and the currencies in use; read once a day."""
        lists = {
            "accounts": ("Accounts", {}),
            "tracking": ("TrackingCategories", {"includeArchived": "true"}),
            "currencies": ("Currencies", {}),
        }
        return [self._lookup(name, resource, params) for name, (resource, params) in lists.items()]

    def _lookup(self, name: str, resource: str, params: Mapping[str, str]) -> Lookup:
        def request(scope: Scope) -> Request:
            return Request(accounting(resource), params, headers=tenant(scope, custom=self.config.custom))

        return Lookup(name, request, rows=resource, max_age=_DAILY, per_scope=True, optional=True)

    def totals(self, fetch: Fetch, access: Access, scopes: Sequence[Scope]) -> Iterable[Total]:
        """How many invoices and bills, and how many payments, each organisation says it has: two calls."""
        for scope in scopes:
            head = tenant(scope, custom=self.config.custom)
            first = {"page": 1, "pageSize": 1}
            asked = [
                Request(accounting("Invoices"), {**first, "includeArchived": "true"}, headers=head),
                Request(accounting("Payments"), first, headers=head),
            ]
            invoices, payments = (at_path(body, "pagination.itemCount") for body in fetch.many(asked))
            if isinstance(invoices, int):
                of = f"invoices and bills of {scope.key}"
                yield Total(of, Document, scope.id, invoices, kinds=("invoice", "bill"))
            if isinstance(payments, int):
                yield Total(f"payments of {scope.key}", Payment, scope.id, payments, kinds=("payment",))

    def streams(self, access: Access) -> Sequence[Stream]:
        """People and contacts first, then what refers to them."""
        custom, size = self.config.custom, self.config.page_size
        books: tuple[type[streams.Accounting], ...] = (
            streams.Users,
            streams.Contacts,
            streams.Invoices,
            streams.CreditNotes,
            streams.Overpayments,
            streams.Prepayments,
            streams.Payments,
            streams.BankTransactions,
            streams.Quotes,
            streams.PurchaseOrders,
        )
        work = (projects.ProjectUsers, projects.Projects, projects.ProjectTime)
        return [
            *(stream(custom=custom, page_size=size) for stream in books),
            *(stream(custom=custom) for stream in work),
        ]


def _access(organisations: list[dict[str, Any]], notes: tuple[str, ...] = ()) -> Access:
    named = ", ".join(str(row["name"]) for row in organisations)
    return Access(who=named or "no organisation", notes=notes, facts={"organisations": organisations})


def _listed(body: Any, name: str) -> list[Mapping[str, Any]]:
    rows = body.get(name) if isinstance(body, Mapping) else None
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _connected(row: Mapping[str, Any]) -> dict[str, Any]:
    name = str(row.get("tenantName") or row.get("tenantId"))
    return {"id": str(row.get("tenantId")), "key": name, "name": name}


def _organisation(row: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The scope's fields from an Organisation; what it lacks is taken from what is `known`."""
    id_ = known.get("id") or row.get("OrganisationID")
    name = row.get("Name") or known.get("name") or id_
    return {
        "id": str(id_),
        "key": str(row.get("ShortCode") or known.get("key") or name),
        "name": str(name),
        "currency": row.get("BaseCurrency") or None,
        "timezone": iana_zone(row.get("Timezone")),
    }


def iana_zone(name: object) -> str | None:
    """The IANA zone of Xero's `GMTSTANDARDTIME`, which is a Windows name without spaces; None for an unknown one."""
    if not isinstance(name, str):
        return None
    wanted = _bare(name)
    zones: Mapping[str, str] = get_global("windows_zone_mapping")
    return next((zone for windows, zone in zones.items() if _bare(windows) == wanted), None)


def _bare(name: str) -> str:
    return re.sub(r"[^A-Z0-9+()]", "", name.upper())


def _detail(answer: Answer) -> str:
    """Why Xero refused, in lower case; its keys come in either case, its body may be no JSON at all."""
    try:
        body = json.loads(answer.raw)
    except ValueError:
        return ""
    told = {str(key).lower(): value for key, value in body.items()} if isinstance(body, dict) else {}
    return str(told.get("detail") or "").lower()
