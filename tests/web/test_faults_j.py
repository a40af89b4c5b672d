"""Faults of group J: links, foreign objects, other sites, frames, sessions, redirects, error pages."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets

import pytest

from sightline.app import access
from sightline.model.access import RIGHTS
from sightline.web.app import PLACES, make_app
from sightline.web.guard import HEADERS, MAX_BODY
from sightline.web.login import Patience, own_path
from web.conftest import HOST, PASSWORD, Browser

OTHERS = ("birch", "cedar", "dune", "elm", "fjord", "gorse", "heron")
EVERY_PATH = [
    *(path.format(project="acme_website", client="acme", owner="acme_website", figure="hours") for path, _, _ in PLACES.values()),
    "/api/v1/portfolio", "/api/v1/money", "/clients/acme/view", "/reports/file?id=x", "/login", "/share/none", "/healthz",
    "/static/sightline.css", "/nothing", "/api/v1/nothing", "/events/x",
]  # fmt: skip


def test_f106_a_link_has_256_bits_and_every_wrong_one_gets_the_same_answer(shared, shared_folder):
    from sightline.app.session import Session

    with Session.open(shared_folder) as session:
        over = access.new_secret(session, "share", "acme", "test", dt.timedelta(seconds=-1))
        ended = access.share(session, "acme", by="test")
        access.log_out(session, ended)
        session_secret = access.new_secret(session, "session", "owner", "owner", dt.timedelta(hours=1))
        good = access.share(session, "acme", by="test")
    browser = Browser(shared)

    answers = {
        browser.get(f"/share/{secret}").content for secret in (over, ended, session_secret, secrets.token_urlsafe(32))
    }

    assert len(good) == 43
    assert len(answers) == 1
    assert browser.get(f"/share/{good}").status_code == 200


def test_f106_guessing_is_slowed_down(desk):
    browser = Browser(make_app(None, hosts=[HOST], local=False, desk=desk))
    good = access.share(desk.session, "acme", by="test")

    statuses = [browser.get(f"/share/{n:043d}").status_code for n in range(21)]

    assert statuses == [404] * 20 + [429]
    assert browser.get(f"/share/{good}").status_code == 429


def test_f106_revoking_ends_a_link_with_the_next_request(desk):
    browser = Browser(make_app(None, hosts=[HOST], local=False, desk=desk))
    secret = access.share(desk.session, "acme", by="test")
    before = browser.get(f"/share/{secret}").status_code
    mark = desk.session.store.grants("share")[0].digest[:16]

    ended = access.revoke(desk.session, mark)

    assert (before, ended) == (200, 1)
    assert browser.get(f"/share/{secret}").status_code == 404


def _foreign(desk_folder):
    """Words of every other client that must never reach Acme: names of clients, projects, people's cost."""
    from sightline.app.session import Session

    with Session.open(desk_folder) as session:
        workspace = session.workspace
        words = {client.name for client in workspace.clients.values() if client.id != "acme"}
        words |= {project.name for project in workspace.projects.values() if project.client != "acme"}
    return words


def test_f107_a_client_sees_their_own_view_and_no_byte_of_anything_else(people, shared_folder):
    words = _foreign(shared_folder)
    client = people["client"]
    ids = ("acme", *OTHERS)
    swapped = [
        *(f"/clients/{one}/view" for one in ids), *(f"/clients/{one}" for one in ids),
        *(f"/api/v1/clients/{one}" for one in ids),
        *(f"/projects/{one}" for one in ("acme_website", "birch_booking", "cedar_care")),
        *(f"/explain/{one}/{figure}" for one in ("acme_website", "birch_booking") for figure in ("hours", "cost", "margin")),
        *(f"/reports/file?id={one}/2026-11-20" for one in ids),
        "/money", "/people", "/sources", "/inbox", "/access", "/api/v1/portfolio", "/api/v1/money", "/api/v1/portfolio.csv/projects",
        "/events",
    ]  # fmt: skip

    own = client.get("/")
    others = {path: client.get(path) for path in swapped}

    assert own.status_code == 200
    assert "Website rebuild" in own.text
    assert not [word for word in words if word in own.text]
    assert {answer.status_code for answer in others.values()} == {404}
    assert not [(path, word) for path, answer in others.items() for word in words if word in answer.text]


@pytest.mark.parametrize("role", [role for role in RIGHTS if role != "client"])
def test_f107_each_role_gets_what_its_rights_say_and_nothing_more(people, role):
    for name, (path, right, _build) in PLACES.items():
        where = path.format(project="acme_website", client="acme", owner="acme_website", figure="hours")
        expected = 200 if right in RIGHTS[role] else 403

        assert people[role].get(where).status_code == expected, name


def test_f107_cost_and_margin_reach_only_those_who_may_see_them(people):
    seen = {
        role: json.dumps(people[role].get("/api/v1/projects/acme_website").json())
        for role in ("owner", "lead", "member")
    }

    assert '"margin' in seen["owner"]
    assert '"cost' in seen["owner"]
    for role in ("lead", "member"):
        figures = people[role].get("/api/v1/projects/acme_website").json()["tables"]
        names = [row["figure"]["text"] for table in figures if table["table"] == "figures" for row in table["rows"]]
        assert len(names) > 10
        assert [name for name in names if re.search(r"cost|margin|profit|\beac", name)] == []
        assert people[role].get("/api/v1/explain/acme_website/margin").status_code == 404
    assert '"invoiced' in seen["lead"]
    assert '"invoiced' not in seen["member"]


@pytest.mark.parametrize(
    "path", ["/sources/sync", "/inbox/sure", "/inbox/undo", "/reports/draft", "/access/share", "/logout"]
)
def test_f110_another_site_changes_nothing(people, shared_folder, path):
    owner = people["owner"]
    for headers in ({"origin": "https://evil.test"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"},
                    {"sec-fetch-site": "same-site"}, {}):  # fmt: skip
        assert owner.ask("POST", path, headers=headers, data={}).status_code == 403
    assert owner.get(path).status_code in (404, 405)
    assert owner.get("/").status_code == 200


@pytest.mark.parametrize("path", EVERY_PATH)
def test_f112_every_answer_has_every_header(people, path):
    answer = people["owner"].get(path)

    for name in HEADERS:
        assert answer.headers.get(name), name
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers


def test_f112_an_answer_to_a_fault_of_ours_has_them_too(people, monkeypatch):
    monkeypatch.setattr("sightline.web.app.screen_json", lambda _screen: 1 / 0)

    answer = people["owner"].get("/api/v1/sources")

    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_f113_a_planted_session_is_worth_nothing_after_login(shared, shared_folder):
    browser = Browser(shared)
    browser.cookies.set("sightline", "planted", domain=HOST)

    browser.log_in("owner")

    assert browser.cookies.get("sightline", domain=HOST) != "planted" or len(browser.cookies.jar) > 1
    planted = Browser(shared)
    planted.cookies.set("sightline", "planted", domain=HOST)
    assert planted.get("/").status_code == 303


def test_f113_logging_out_ends_the_session_on_the_server(shared):
    browser = Browser(shared)
    browser.log_in("lead")
    kept = browser.cookies.get("sightline")

    browser.post("/logout")

    thief = Browser(shared)
    thief.cookies.set("sightline", kept, domain=HOST)
    assert thief.get("/").status_code == 303


def test_f113_a_session_in_the_address_is_no_session(shared, people):
    secret = people["owner"].cookies.get("sightline")

    assert Browser(shared).get(f"/?sightline={secret}").status_code == 303
    assert Browser(shared).get("/api/v1/portfolio", authorization=f"Bearer {secret}").status_code == 401


def test_f113_the_cookie_is_bound_to_the_host_and_to_https(desk):
    access.add_user(desk.session, "lind", "owner", PASSWORD)
    browser = Browser(make_app(None, hosts=[HOST], local=False, secure=True, desk=desk), https=True)

    told = browser.log_in("lind").headers["set-cookie"]

    assert told.startswith("__Host-sightline=")
    assert all(word in told for word in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"))
    assert "Domain" not in told


def test_f113_five_wrong_passwords_make_everybody_wait_who_uses_that_name(desk):
    access.add_user(desk.session, "lind", "owner", PASSWORD)
    browser = Browser(make_app(None, hosts=[HOST], local=False, desk=desk))

    statuses = [browser.log_in("lind", f"wrong password {n}").status_code for n in range(6)]

    assert statuses == [401] * 5 + [429]
    assert browser.log_in("lind").status_code == 429


def test_f113_waiting_ends():
    now = [0.0]
    patience = Patience(2, 60, lambda: now[0])
    patience.failed("a")
    patience.failed("a")

    assert patience.is_over("a")
    now[0] = 61
    assert not patience.is_over("a")


def test_f113_a_disabled_user_is_out_with_the_next_request(desk):
    access.add_user(desk.session, "lind", "owner", PASSWORD)
    browser = Browser(make_app(None, hosts=[HOST], local=False, desk=desk))
    browser.log_in("lind")
    before = browser.get("/sources").status_code

    access.disable_user(desk.session, "lind")

    assert before == 200
    assert browser.get("/sources").status_code == 303
    assert browser.log_in("lind").status_code == 401


ELSEWHERE = [
    f"{start}{host}{end}"
    for host in ("evil.test", "evil.test:80", "user@evil.test")
    for start, end in (
        ("//", ""), ("///", ""), ("/\\", ""), ("\\\\", ""), ("https://", ""), ("http:", ""), ("javascript://", "/%0aalert(1)"),
        ("/%2f", ""), ("/%5c", ""), ("/\t/", ""), (" //", ""), ("%2f%2f", ""), ("/.//", ""), ("/..//", ""), ("/%09/", ""),
        ("data:text/html,", ""), ("/x?next=https://", ""), ("\x00//", ""), ("/\n//", ""), ("//%00", ""),
    )
]  # fmt: skip


def test_f114_after_login_only_a_path_of_ours_follows():
    assert len(ELSEWHERE) == 60
    assert {own_path(asked) for asked in ELSEWHERE} == {"/"}
    assert own_path("/projects/acme_website") == "/projects/acme_website"


def test_f115_an_error_tells_a_number_and_nothing_else(people, monkeypatch):
    canary = "walrus-canary-8841"

    def raise_it(*_args):
        raise RuntimeError(canary)

    monkeypatch.setattr("sightline.web.app.screen_json", raise_it)
    answer = people["owner"].get(f"/api/v1/sources?x={canary}")

    assert answer.status_code == 500
    assert re.fullmatch(
        r'\{"error": \{"status": 500, "message": "Something went wrong\. It is in the log as [0-9a-f]{8}\."\}\}',
        answer.text,
    )
    assert canary not in people["owner"].get(f"/{canary}").text


def test_a_request_for_another_host_is_refused(shared):
    assert Browser(shared).get("/login", host="evil.test").status_code == 421


def test_a_body_that_is_too_large_is_refused_whatever_length_it_states(people):
    large = b"a=" + b"x" * MAX_BODY

    async def pieces():
        yield large

    owner, headers = (
        people["owner"],
        {
            "origin": people["owner"].base,
            "content-type": "application/x-www-form-urlencoded",
        },
    )
    assert owner.ask("POST", "/inbox/sure", headers=headers, content=large).status_code == 413
    assert owner.ask("POST", "/inbox/sure", headers=headers, content=pieces()).status_code == 413


def test_a_token_reads_what_its_user_may_and_changes_nothing_unless_it_was_made_for_that(desk):
    access.add_user(desk.session, "lind", "lead", PASSWORD)
    reads = access.token_for(desk.session, "lind", by="test", days=1)
    changes = access.token_for(desk.session, "lind", by="test", days=1, reads_only=False)
    browser = Browser(make_app(None, hosts=[HOST], local=False, desk=desk))

    def asked(method, path, token):
        return browser.ask(
            method, path, headers={"authorization": f"Bearer {token}"}, data={} if method == "POST" else None
        )

    assert asked("GET", "/api/v1/portfolio", reads).status_code == 200
    assert asked("GET", "/api/v1/access", reads).status_code == 403
    assert asked("POST", "/inbox/sure", reads).status_code == 403
    assert asked("POST", "/inbox/sure", changes).status_code == 303
    assert asked("GET", "/api/v1/portfolio", "x" + reads[1:]).status_code == 401


def test_secrets_are_kept_as_digests_only(desk):
    access.add_user(desk.session, "lind", "lead", PASSWORD)
    held = [access.token_for(desk.session, "lind", by="t", days=1), access.share(desk.session, "acme", by="t")]
    held.append(str(access.let_in(desk.session, "lind", PASSWORD)))
    data = b"".join(path.read_bytes() for path in desk.session.workspace.data.rglob("*") if path.is_file())

    assert not [secret for secret in (*held, PASSWORD) if secret.encode() in data]
