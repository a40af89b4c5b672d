"""A made-up Xero that shows the world: sign-in with rotation, tenants, paging, changed-since, limits, both APIs."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from sightline.sandbox.terms import Terms
from sightline.sandbox.vendor import Call, Reply, Vendor, json_reply, route, text_reply
from sightline.sandbox.world import Invoice, LedgerProject, Organisation
from sightline_xero.payloads import Shown, id_of, net_date

__all__ = ["XeroSandbox"]

_TOKEN_LIFE = dt.timedelta(minutes=30)
_GRACE = dt.timedelta(minutes=30)
_UNUSED_LIFE = dt.timedelta(days=60)
_SIGN_IN = ("/connect/token", "/identity/connect/authorize")
_ORDER = re.compile(r"^(\w+) (ASC|DESC)$")


class XeroSandbox(Vendor):
    """One app's view of Xero. Addresses of identity, login and API are all the same here.

    `source.flavour` "custom" is a custom connection, anything else an app with refresh tokens. Options:
    `calls_per_minute` and `calls_per_day` are enforced when set; `inclusive` lists codes of documents whose lines hold
    their tax; `projects` false is an organisation without the Projects module; `disconnected` lists short codes of
    organisations that took the access away.
    """

    terms: ClassVar[Terms] = Terms(reads_by_post=("/connect/token",))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = Shown(self.world, self.source.name, inclusive=self.source.options.get("inclusive", ()))
        self.access: dict[str, dt.datetime] = {}
        """Access token → when it ends."""
        self.refresh: dict[str, tuple[str | None, dt.datetime]] = {}
        """Refresh token → its successor, and when it was given out or, with a successor, replaced."""
        self._codes: dict[str, tuple[str, str]] = {}
        self._spent: dict[tuple[str, str], int] = {}
        first = self.source.secrets.get("refresh_token")
        if first:
            self.refresh[first] = (None, self.clock())

    @property
    def custom(self) -> bool:
        """Whether the app is a custom connection."""
        return self.source.flavour == "custom"

    def workspace(self) -> dict[str, Any]:
        secrets = {k: v for k, v in self.source.secrets.items() if k in ("client_id", "client_secret", "refresh_token")}
        addresses = dict.fromkeys(("site", "identity_site", "login_site"), self.base)
        # Sixty calls a minute would make a demonstration wait; the sandbox has no such limit unless told.
        calls = self.source.options.get("calls_per_minute", 6000)
        return {"connector": "xero", **addresses, **secrets, "calls_per_minute": calls}

    # --- sign-in -------------------------------------------------------------------------------------------------

    @route("GET", "/identity/connect/authorize")
    def authorize(self, call: Call) -> Reply:
        code = id_of("code", len(self._codes))
        self._codes[code] = (call.query.get("redirect_uri", ""), call.query.get("code_challenge", ""))
        query = urlencode({"code": code, "state": call.query.get("state", "")})
        return Reply(302, b"", {"location": f"{call.query.get('redirect_uri', '')}?{query}"})

    @route("POST", "/connect/token")
    def token(self, call: Call) -> Reply:
        form = call.form()
        if not self._is_client(call, form):
            return json_reply({"error": "invalid_client"}, 400)
        match form.get("grant_type"):
            case "client_credentials" if self.custom:
                return self._grant(with_refresh=False)
            case "client_credentials":
                return json_reply({"error": "unauthorized_client"}, 400)
            case "refresh_token":
                return self._rotate(form.get("refresh_token", ""))
            case "authorization_code":
                return self._exchange(form)
            case _:
                return json_reply({"error": "unsupported_grant_type"}, 400)

    def _is_client(self, call: Call, form: Mapping[str, str]) -> bool:
        secrets = self.source.secrets
        if "client_secret" not in secrets:
            return form.get("client_id") == secrets.get("client_id")
        pair = f"{secrets['client_id']}:{secrets['client_secret']}".encode()
        return call.headers.get("authorization") == "Basic " + base64.b64encode(pair).decode()

    def _rotate(self, used: str) -> Reply:
        """A refresh token works once, and for half an hour more if its answer was lost: then the successor is the same."""
        known = self.refresh.get(used)
        now = self.clock()
        if known is None or now - known[1] > (_GRACE if known[0] else _UNUSED_LIFE):
            return json_reply({"error": "invalid_grant"}, 400)
        return self._grant(with_refresh=True, replaces=used)

    def _exchange(self, form: Mapping[str, str]) -> Reply:
        redirect, challenge = self._codes.pop(form.get("code", ""), ("", "-"))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if redirect != form.get("redirect_uri") or challenge not in ("", proof):
            return json_reply({"error": "invalid_grant"}, 400)
        return self._grant(with_refresh=True)

    def _grant(self, *, with_refresh: bool, replaces: str | None = None) -> Reply:
        now = self.clock()
        token = id_of(self.source.name, "access", len(self.access))
        self.access[token] = now + _TOKEN_LIFE
        body: dict[str, Any] = {"access_token": token, "expires_in": 1800, "token_type": "Bearer"}
        if with_refresh:
            successor = self.refresh[replaces][0] if replaces else None
            if successor is None:
                successor = id_of(self.source.name, "refresh", len(self.refresh))
                self.refresh[successor] = (None, now)
                if replaces:
                    self.refresh[replaces] = (successor, now)
            body["refresh_token"] = successor
        return json_reply(body)

    # --- who may, and how often ----------------------------------------------------------------------------------

    def refuse(self, call: Call) -> Reply | None:
        if call.path in _SIGN_IN:
            return None
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if self.access.get(token, self.clock()) <= self.clock():
            told = "TokenExpired: token expired" if token in self.access else "AuthenticationUnsuccessful"
            return json_reply({"Type": None, "Title": "Unauthorized", "Status": 401, "Detail": told}, 401)
        if call.path == "/connections":
            return None
        if self._organisation(call) is None or (call.path.startswith("/projects") and not self._has_projects()):
            told = "AuthenticationUnsuccessful" if self._organisation(call) is None else "Forbidden"
            return json_reply({"type": None, "title": "Forbidden", "status": 403, "detail": told}, 403)
        return self._too_many(call)

    def _has_projects(self) -> bool:
        return bool(self.source.options.get("projects", True))

    def _organisations(self) -> list[Organisation]:
        lost = self.source.options.get("disconnected", ())
        own = [one for one in self.world.organisations if one.source == self.source.name]
        return [one for one in own if one.short_code not in lost]

    def _organisation(self, call: Call) -> Organisation | None:
        asked = call.headers.get("xero-tenant-id")
        own = self._organisations()
        if asked is None:
            return own[0] if own and self.custom else None
        return next((one for one in own if self.shown.tenant(one) == asked), None)

    def _too_many(self, call: Call) -> Reply | None:
        """Fixed windows, one of a minute and one of a day, for every organisation."""
        now = self.clock()
        windows = (("minute", 60, "calls_per_minute"), ("day", 86400, "calls_per_day"))
        for problem, seconds, option in windows:
            key = (self._tenant(call), f"{problem}{int(now.timestamp()) // seconds}")
            allowed = self.source.options.get(option)
            if allowed is not None and self._spent.get(key, 0) >= allowed:
                wait = seconds - int(now.timestamp()) % seconds
                return text_reply("", 429, {"retry-after": str(wait), "x-rate-limit-problem": problem})
            self._spent[key] = self._spent.get(key, 0) + 1
        return None

    def _tenant(self, call: Call) -> str:
        organisation = self._organisation(call)
        return self.shown.tenant(organisation) if organisation else ""

    def missing(self, call: Call) -> Reply:
        return text_reply("The resource you're looking for cannot be found", 404)

    def finish(self, call: Call, reply: Reply) -> Reply:
        if call.path.startswith(("/api.xro", "/projects.xro")):
            now, tenant = int(self.clock().timestamp()), self._tenant(call)
            for name, window, option, usual in (
                ("x-minlimit-remaining", f"minute{now // 60}", "calls_per_minute", 60),
                ("x-daylimit-remaining", f"day{now // 86400}", "calls_per_day", 5000),
            ):
                allowed = self.source.options.get(option)
                left = usual - 1 if allowed is None else max(0, allowed - self._spent.get((tenant, window), 0))
                reply.headers.setdefault(name, str(left))
        reply.headers.setdefault("x-appminlimit-remaining", "9999")
        return super().finish(call, reply)

    # --- accounting ----------------------------------------------------------------------------------------------

    @route("GET", "/connections")
    def connections(self, call: Call) -> Reply:
        since = "2026-11-01T09:12:03.5165400"
        return json_reply(
            [
                {
                    "id": self.shown.id("connection", one.number),
                    "authEventId": self.shown.id("event", one.number),
                    "tenantId": self.shown.tenant(one),
                    "tenantType": "ORGANISATION",
                    "tenantName": one.name,
                    "createdDateUtc": since,
                    "updatedDateUtc": since,
                }
                for one in self._organisations()
            ]
        )

    def _own(self, call: Call) -> Organisation:
        found = self._organisation(call)
        assert found is not None
        return found

    def _documents(self, call: Call, *kinds: str) -> list[Invoice]:
        own = self._own(call)
        return [d for d in self.world.documents if d.organisation is own and d.kind in kinds]

    def _envelope(self, name: str, rows: Sequence[Any], **more: Any) -> Reply:
        head = {
            "Id": id_of(name),
            "Status": "OK",
            "ProviderName": "Sightline",
            "DateTimeUTC": net_date(self.clock(), ""),
        }
        return json_reply({**head, **more, name: rows})

    def _list(
        self,
        call: Call,
        name: str,
        things: Iterable[Any],
        show: Callable[[Any], Any],
        updated: Callable[[Any], dt.datetime],
        *,
        only_hundreds: bool = False,
    ) -> Reply:
        """Changed since, in order, one page; only the page is rendered. Without `page` everything is in one answer."""
        rows = [thing for thing in things if _is_since(call, updated(thing))]
        if "order" in call.query:
            match = _ORDER.match(call.query["order"])
            if match is None or match.group(1) != "UpdatedDateUTC":
                return _invalid(f"No property {call.query['order']!r} to order by")
            rows.sort(key=updated, reverse=match.group(2) == "DESC")
        if "page" not in call.query:
            return self._envelope(name, [show(row) for row in rows])
        page, size = int(call.query["page"]), int(call.query.get("pageSize", 100))
        size = 100 if only_hundreds else min(size, 1000)
        if page < 1 or size < 1:
            return _invalid("page and pageSize begin at 1")
        pagination = {"page": page, "pageSize": size, "pageCount": -(-len(rows) // size), "itemCount": len(rows)}
        shown = [show(row) for row in rows[(page - 1) * size : page * size]]
        return self._envelope(name, shown, **({} if only_hundreds else {"pagination": pagination}))

    @route("GET", "/api.xro/2.0/Organisation")
    def organisation(self, call: Call) -> Reply:
        return self._envelope("Organisations", [self.shown.organisation(self._own(call))])

    @route("GET", "/api.xro/2.0/Contacts")
    def contacts(self, call: Call) -> Reply:
        archived = call.query.get("includeArchived") == "true"
        own = self._own(call)
        parties = [p for p in self.world.parties if p.organisation is own and (archived or not p.archived)]
        return self._list(call, "Contacts", parties, self.shown.contact, self.shown.party_updated)

    @route("GET", "/api.xro/2.0/Invoices")
    def invoices(self, call: Call) -> Reply:
        lines = "page" in call.query
        return self._list(
            call,
            "Invoices",
            self._documents(call, "invoice", "bill"),
            lambda document: self.shown.invoice(document, _decimals(call), lines=lines),
            lambda document: document.updated_at,
        )

    @route("GET", "/api.xro/2.0/Invoices/{id}")
    def one_invoice(self, call: Call) -> Reply:
        asked = call.args["id"]
        for document in self._documents(call, "invoice", "bill"):
            if asked in (self.shown.document_id(document), document.code):
                return self._envelope("Invoices", [self.shown.invoice(document, _decimals(call))])
        return self.missing(call)

    @route("GET", "/api.xro/2.0/CreditNotes")
    def credit_notes(self, call: Call) -> Reply:
        return self._credits(call, "CreditNotes", self.shown.credit_note, "credit_note", "bill_credit_note")

    @route("GET", "/api.xro/2.0/Overpayments")
    def overpayments(self, call: Call) -> Reply:
        return self._credits(call, "Overpayments", self.shown.over_or_prepayment, "overpayment")

    @route("GET", "/api.xro/2.0/Prepayments")
    def prepayments(self, call: Call) -> Reply:
        return self._credits(call, "Prepayments", self.shown.over_or_prepayment, "prepayment")

    def _credits(self, call: Call, name: str, show: Callable[..., Any], *kinds: str) -> Reply:
        given = self.shown.allocated()
        return self._list(
            call,
            name,
            self._documents(call, *kinds),
            lambda credit: show(credit, given.get(id(credit), []), _decimals(call)),
            lambda credit: self.shown.credit_updated(credit, given.get(id(credit), [])),
        )

    @route("GET", "/api.xro/2.0/Payments")
    def payments(self, call: Call) -> Reply:
        own = self._own(call)
        pairs = [
            (document, payment)
            for document in self.world.documents
            if document.organisation is own
            for payment in document.payments
            if payment.credit is None
        ]
        return self._list(
            call, "Payments", pairs, lambda pair: self.shown.payment(*pair), lambda pair: pair[0].updated_at
        )

    @route("GET", "/api.xro/2.0/BankTransactions")
    def bank_transactions(self, call: Call) -> Reply:
        return self._plain(
            call, "BankTransactions", self.shown.bank_transaction, "bank_transaction", "overpayment", "prepayment"
        )

    @route("GET", "/api.xro/2.0/Quotes")
    def quotes(self, call: Call) -> Reply:
        return self._plain(call, "Quotes", self.shown.quote, "quote", only_hundreds=True)

    @route("GET", "/api.xro/2.0/PurchaseOrders")
    def purchase_orders(self, call: Call) -> Reply:
        return self._plain(call, "PurchaseOrders", self.shown.purchase_order, "purchase_order")

    def _plain(
        self, call: Call, name: str, show: Callable[[Invoice, int], Any], *kinds: str, only_hundreds: bool = False
    ) -> Reply:
        return self._list(
            call,
            name,
            self._documents(call, *kinds),
            lambda document: show(document, 4 if name in ("Quotes", "PurchaseOrders") else _decimals(call)),
            lambda document: document.updated_at,
            only_hundreds=only_hundreds,
        )

    @route("GET", "/api.xro/2.0/Users")
    def users(self, call: Call) -> Reply:
        joined = dt.datetime(2026, 2, 1, 9, tzinfo=dt.UTC)
        return self._list(call, "Users", self._people(), self.shown.user, lambda _person: joined)

    def _people(self) -> list[Any]:
        known = [person for person in self.world.people.values() if self.source.name in person.identities]
        return [person for person in known if person.identities[self.source.name].active]

    @route("GET", "/api.xro/2.0/Accounts")
    def accounts(self, call: Call) -> Reply:
        own = self._own(call)
        codes = {line.account for d in self.world.documents if d.organisation is own for line in d.lines}
        return self._envelope("Accounts", [self.shown.account(code) for code in sorted(codes)])

    @route("GET", "/api.xro/2.0/TrackingCategories")
    def tracking_categories(self, call: Call) -> Reply:
        own = self._own(call)
        return self._envelope("TrackingCategories", [self.shown.tracking_category(own, name) for name in own.tracking])

    @route("GET", "/api.xro/2.0/Currencies")
    def currencies(self, call: Call) -> Reply:
        own = self._own(call)
        codes = {own.currency} | {d.currency for d in self.world.documents if d.organisation is own}
        return self._envelope("Currencies", [{"Code": code, "Description": code} for code in sorted(codes)])

    # --- Projects ------------------------------------------------------------------------------------------------

    def _items(self, call: Call, things: Sequence[Any], show: Callable[[Any], Any]) -> Reply:
        page, size = int(call.query.get("page", 1)), int(call.query.get("pageSize", 50))
        if page < 1 or not 1 <= size <= 500:
            wrong = {"pageSize": ["The field pageSize must be between 1 and 500."]}
            return json_reply({"message": "The request is invalid.", "modelState": wrong}, 400)
        count = {"page": page, "pageSize": size, "pageCount": -(-len(things) // size), "itemCount": len(things)}
        return json_reply({"pagination": count, "items": [show(t) for t in things[(page - 1) * size : page * size]]})

    def _projects(self, call: Call) -> list[LedgerProject]:
        own = self._own(call)
        return [project for project in self.world.ledger_projects if project.organisation is own]

    @route("GET", "/projects.xro/2.0/Projects")
    def projects(self, call: Call) -> Reply:
        states = call.query.get("states")
        found = [p for p in self._projects(call) if states is None or p.status in states.split(",")]
        return self._items(call, found, self.shown.project)

    def _project(self, call: Call) -> LedgerProject | None:
        asked = call.args["project"]
        return next((p for p in self._projects(call) if self.shown.id("project", p.number) == asked), None)

    @route("GET", "/projects.xro/2.0/Projects/{project}/Tasks")
    def tasks(self, call: Call) -> Reply:
        project = self._project(call)
        if project is None:
            return self.missing(call)
        times = self.shown.times(project)
        return self._items(call, project.tasks, lambda task: self.shown.task(task, times))

    @route("GET", "/projects.xro/2.0/Projects/{project}/Time")
    def time(self, call: Call) -> Reply:
        project = self._project(call)
        if project is None:
            return self.missing(call)
        rows = [self.shown.time(entry) for entry in self.shown.times(project)]
        return self._items(call, [row for row in rows if _is_asked_for(call, row)], lambda row: row)

    @route("GET", "/projects.xro/2.0/ProjectsUsers")
    def project_users(self, call: Call) -> Reply:
        return self._items(call, self._people(), self._project_user)

    def _project_user(self, person: Any) -> dict[str, Any]:
        identity = person.identities[self.source.name]
        return {"userId": identity.account, "name": identity.name, "email": identity.email or ""}


def _is_since(call: Call, moment: dt.datetime) -> bool:
    """`If-Modified-Since` counts whole seconds on both sides, both included."""
    text = call.headers.get("if-modified-since")
    if not text:
        return True
    since = dt.datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=dt.UTC, microsecond=0)
    return moment.replace(microsecond=0) >= since


def _decimals(call: Call) -> int:
    return 4 if call.query.get("unitdp") == "4" else 2


def _invalid(message: str) -> Reply:
    wrong = {"ErrorNumber": 16, "Type": "QueryParseException", "Message": message}
    return json_reply(wrong, 400)


def _is_asked_for(call: Call, row: Mapping[str, Any]) -> bool:
    """The filters of the list of time entries; days are compared as instants, both ends included."""
    asked = call.query
    return (
        ("taskId" not in asked or row["taskId"] == asked["taskId"])
        and ("userId" not in asked or row["userId"] == asked["userId"])
        and ("states" not in asked or row["status"] in asked["states"].split(","))
        and asked.get("dateAfterUtc", "") <= row["dateUtc"] <= asked.get("dateBeforeUtc", "9999")
    )
