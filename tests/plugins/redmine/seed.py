"""What the real Redmine of `make redmine` holds, written through its own interface; and how a test changes it."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from typing import Any


class Desk:
    """A few calls that write. `issues` are the ids of what `seed` made, in the order of the list below."""

    def __init__(self, base: str, key: str) -> None:
        self.base, self.key = base, key
        self.issues: list[int] = []

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"X-Redmine-API-Key": self.key, "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            raw = answer.read()
        return json.loads(raw) if raw.strip() else None

    def make(self, what: str, path: str, **fields: Any) -> int:
        return self.call("POST", path, {what: fields})[what]["id"]

    def edit(self, issue: int, **fields: Any) -> None:
        self.call("PUT", f"/issues/{issue}.json", {"issue": fields})

    def work(self, issue: int, day: str, hours: str, user: int, note: str = "work") -> int:
        fields = {"issue_id": issue, "spent_on": day, "hours": hours, "user_id": user, "activity_id": self.activity}
        return self.make("time_entry", "/time_entries.json", **fields, comments=note)

    @property
    def activity(self) -> int:
        return self.call("GET", "/enumerations/time_entry_activities.json")["time_entry_activities"][-1]["id"]

    def seed(self) -> Desk:
        """Four projects (one closed, one without issues), two people, seven issues, one version, seven entries: 29.83 h."""
        modules = {"enabled_module_names": ["issue_tracking", "time_tracking"], "tracker_ids": [1, 2, 3]}
        self.make("project", "/projects.json", name="Harbour", identifier="harbour", is_public=False, **modules)
        self.make("project", "/projects.json", name="Quay", identifier="quay", parent_id=1, **modules)
        self.make("project", "/projects.json", name="Old pier", identifier="pier", **modules)
        self.make("project", "/projects.json", name="Wiki", identifier="wiki", enabled_module_names=["wiki"])
        names = (("ines", "Ines", "Costa"), ("tom", "Tom", "Weber"))
        self.people = [
            self.make(
                "user", "/users.json", login=a, firstname=b, lastname=c, mail=f"{a}@example.com", generate_password=True
            )
            for a, b, c in names
        ]
        ines, tom = self.people
        for person in self.people:
            self.make("membership", "/projects/harbour/memberships.json", user_id=person, role_ids=[4])
            self.make("membership", "/projects/pier/memberships.json", user_id=person, role_ids=[4])
        version = self.make("version", "/projects/harbour/versions.json", name="Opening", due_date="2026-12-18")
        self._issues(ines, tom, version)
        a, b, c, d, _, _, old = self.issues
        for issue, day, hours, user in (
            (b, "2026-11-03", "7.5", ines), (b, "2026-11-04", "6", ines), (c, "2026-11-16", "8", tom),
            (c, "2026-11-17", "2.33", tom), (d, "2026-11-18", "2", ines), (a, "2026-11-20", "1", tom),
            (old, "2026-03-02", "3", ines),
        ):  # fmt: skip
            self.work(issue, day, hours, user)
        self.call("PUT", "/projects/pier/close.json")
        self.call("PUT", f"/users/{tom}.json", {"user": {"status": 3}})
        return self

    def _issues(self, ines: int, tom: int, version: int) -> None:
        def issue(project: str, tracker: int, subject: str, **fields: Any) -> int:
            fields = {"project_id": project, "tracker_id": tracker, "subject": subject, **fields}
            self.issues.append(self.make("issue", "/issues.json", **fields))
            return self.issues[-1]

        parent = issue("harbour", 2, "Ferry terminal", start_date="2026-11-02", fixed_version_id=version)
        done = issue("harbour", 2, "Ticket hall", parent_issue_id=parent, assigned_to_id=ines, estimated_hours=16,
                     start_date="2026-11-02", due_date="2026-11-13", fixed_version_id=version)  # fmt: skip
        doing = issue("harbour", 2, "Waiting room", parent_issue_id=parent, assigned_to_id=tom, estimated_hours=40,
                      start_date="2026-11-16", due_date="2026-12-11", done_ratio=30)  # fmt: skip
        issue("harbour", 1, "Gate sticks – größer 🚢", assigned_to_id=ines, estimated_hours="4.5", priority_id=3)
        rejected = issue("harbour", 3, "Second bridge", due_date="2026-12-16")
        issue("quay", 2, "Bollards")
        issue("pier", 1, "Rust")
        self.edit(done, status_id=2, notes="Started with the doors.")
        self.edit(done, status_id=5, notes="Accepted by client")
        self.edit(doing, due_date="2026-12-18", estimated_hours=44, notes="Not for the client", private_notes=True)
        self.edit(rejected, status_id=6)
        relation = {"issue_to_id": rejected, "relation_type": "precedes"}
        self.call("POST", f"/issues/{doing}/relations.json", {"relation": relation})
