"""The demo's workspace behind the dashboard, asked over ASGI: no socket, no browser."""

from __future__ import annotations

import asyncio
import shutil

import httpx
import pytest

from sightline.app.access import add_user
from sightline.app.demo import demo
from sightline.app.session import Session
from sightline.web.app import make_app
from sightline.web.desk import Desk

HOST = "desk.test"
PASSWORD = "correct horse battery"


class Browser:
    """Asks the application as a browser of one user would; keeps cookies, follows nothing."""

    def __init__(self, app, *, https=False):
        self.app = app
        self.base = f"{'https' if https else 'http'}://{HOST}"
        self.cookies = httpx.Cookies()

    def ask(self, method, path, *, headers=None, data=None, content=None):
        async def run():
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self.base, cookies=self.cookies) as client:
                answer = await client.request(method, path, headers=headers, data=data, content=content)
                self.cookies = client.cookies
                return answer

        return asyncio.run(run())

    def get(self, path, **headers):
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path, data=None, **headers):
        told = {"origin": self.base} | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, headers=told, data=data or {})

    def log_in(self, name, password=PASSWORD):
        return self.post("/login", {"name": name, "password": password})


@pytest.fixture(scope="session")
def collected(tmp_path_factory):
    """A workspace whose sources were read once."""
    return demo(tmp_path_factory.mktemp("desk") / "demo", size=0).folder


@pytest.fixture
def folder(collected, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(collected, tmp_path / "desk")


@pytest.fixture
def desk(folder):
    made = Desk(folder)
    yield made
    made.close()


@pytest.fixture
def local(desk):
    """The dashboard on loopback: one local user."""
    return Browser(make_app(None, hosts=[HOST], local=True, desk=desk))


@pytest.fixture(scope="session")
def shared_folder(collected, tmp_path_factory):
    """A copy with a user of every role; tests only read it."""
    copy = shutil.copytree(collected, tmp_path_factory.mktemp("shared") / "desk")
    with Session.open(copy) as session:
        for role in ("owner", "finance", "lead", "member"):
            add_user(session, role, role, PASSWORD)
        add_user(session, "hale", "client", PASSWORD, client="acme")
    return copy


@pytest.fixture(scope="session")
def shared(shared_folder):
    """The application over it, where people log in."""
    made = Desk(shared_folder)
    yield make_app(None, hosts=[HOST], local=False, desk=made)
    made.close()


@pytest.fixture(scope="session")
def people(shared):
    """A browser of every role, logged in."""
    found = {}
    for role, name in (*((r, r) for r in ("owner", "finance", "lead", "member")), ("client", "hale")):
        found[role] = Browser(shared)
        assert found[role].log_in(name).status_code == 303
    return found
