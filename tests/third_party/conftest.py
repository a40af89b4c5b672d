"""A Redmine that answers from the recorded lists, and the stranger's plug-in installed where a test can see it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sightline.sandbox.build import NOW
from sightline.sandbox.vendor import Call, Reply, Vendor, json_reply, route
from sightline.sandbox.world import Source, World

HERE = Path(__file__).parent
KEY = "0123456789abcdef0123456789abcdef01234567"


class RecordedRedmine(Vendor):
    """Redmine 5.0.4 as far as the recording goes: key, paging capped at 100, `status_id`, `updated_on` on issues only."""

    def __init__(self, *, base: str = "https://redmine.test/desk", admin: bool = True, most: int = 100) -> None:
        world = World(1, NOW, "Test", "GBP", "UTC")
        super().__init__(world, Source("support", "redmine_lite"), base=base)
        self.admin, self.most = admin, most
        self.lists = {path.stem: json.loads(path.read_text()) for path in (HERE / "answers").glob("*.json")}

    def workspace(self):
        return {"connector": "redmine_lite", "site": self.base, "token": KEY}

    def refuse(self, call: Call):
        if call.headers.get("x-redmine-api-key") != KEY:
            return Reply(
                401, b"", {"content-type": "application/json", "www-authenticate": 'Basic realm="Redmine API"'}
            )
        return None

    def missing(self, call: Call):
        return Reply(404, b"", {"content-type": "application/json"})

    @route("GET", "/users/current.json")
    def me(self, call: Call):
        return json_reply({"user": {"id": 1, "login": "admin", "admin": self.admin}})

    @route("GET", "/users.json")
    def users(self, call: Call):
        return self._page(call, "users", self.rows("users")) if self.admin else Reply(403)

    @route("GET", "/projects.json")
    def projects(self, call: Call):
        return self._page(call, "projects", self.rows("projects"))

    @route("GET", "/projects/{id}/versions.json")
    def versions(self, call: Call):
        return json_reply(self.lists["versions"])

    @route("GET", "/issue_statuses.json")
    def statuses(self, call: Call):
        return json_reply(self.lists["issue_statuses"])

    @route("GET", "/issues.json")
    def issues(self, call: Call):
        rows = self.rows("issues")
        if call.query.get("status_id") != "*":
            rows = [row for row in rows if not row["status"]["is_closed"]]
        bound = call.query.get("updated_on", "")
        rows = [row for row in rows if row["updated_on"] >= bound.removeprefix(">=")]
        return self._page(call, "issues", sorted(rows, key=lambda row: (row["updated_on"], row["id"])))

    @route("GET", "/time_entries.json")
    def time_entries(self, call: Call):
        return self._page(call, "time_entries", self.rows("time_entries"))

    def rows(self, name: str) -> list:
        return self.lists[name][name]

    def _page(self, call: Call, name: str, rows: list):
        start, size = int(call.query.get("offset", 0)), min(int(call.query.get("limit", 25)), self.most)
        page = {name: rows[start : start + size], "total_count": len(rows), "offset": start, "limit": size}
        return json_reply(page)


@pytest.fixture(scope="session")
def plugin_folder(tmp_path_factory) -> Path:
    """The plug-in, built and installed without any network into a folder of its own."""
    target = tmp_path_factory.mktemp("stranger")
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            *options,
            "--target",
            str(target),
            str(HERE / "sightline-redmine-lite"),
        ],
        check=True,
        timeout=120,
    )
    return target


@pytest.fixture
def redmine(plugin_folder, monkeypatch):
    """The connector class, found by its entry point."""
    from sightline.plugins.registry import load

    monkeypatch.syspath_prepend(str(plugin_folder))
    yield load().connectors["redmine_lite"]
    for name in [name for name in sys.modules if name.startswith("sightline_redmine_lite")]:
        del sys.modules[name]


@pytest.fixture
def served():
    """A recorded Redmine on loopback; its `base` is the address."""
    vendor = RecordedRedmine()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = vendor.handle(Call.of("GET", self.path, dict(self.headers), prefix="/desk"))
            self.send_response(reply.status)
            for name, value in {**reply.headers, "content-length": str(len(reply.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *args) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    vendor.base = f"http://127.0.0.1:{server.server_port}/desk"
    yield vendor
    server.shutdown()
    thread.join()
    server.server_close()
