"""A stranger's rule and notifier, found by the entry point of their package, warn and tell like the built-in ones."""

from __future__ import annotations

import shutil
import sys

import pytest

from app.mapped import opened
from sightline.app.alerts import alerts_view
from sightline.app.outbox import deliver_due
from sightline.app.session import Session
from sightline.plugins.registry import load

from .conftest import HERE

SETTINGS = """
[alerts.rules.acme_crowd]
limits = {{tasks = [2]}}

[notify.channels.wall]
via = "acme_wall"
file = "{file}"

[[notify.routes]]
to = "wall"
rule = "acme_crowd"
severity = "notice"
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The package and its metadata as pip would lay them down."""
    place = tmp_path / "site"
    shutil.copytree(HERE / "sightline-acme-watch" / "sightline_acme_watch", place / "sightline_acme_watch")
    about = place / "sightline_acme_watch-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: sightline-acme-watch\nVersion: 0.1.0\n")
    (about / "entry_points.txt").write_text("[sightline]\nacme_watch = sightline_acme_watch\n")
    monkeypatch.syspath_prepend(str(place))
    yield
    for name in [name for name in sys.modules if name.startswith("sightline_acme_watch")]:
        del sys.modules[name]


def test_a_rule_and_a_notifier_of_a_package_from_outside(installed, tmp_path):
    wall = tmp_path / "wall.txt"
    with opened(tmp_path / "w") as made:
        path = made.workspace.root / "sightline.toml"
        path.write_text(path.read_text("utf-8") + SETTINGS.format(file=wall), "utf-8")
    with Session.open(tmp_path / "w", clock=made.clock) as session:
        session.given = load()
        view = alerts_view(session)
        first, second = deliver_due(session), deliver_due(session)

    assert [(one.project, one.text) for one in view.open if one.rule == "acme_crowd"] == [("web", "2 tasks")]
    assert (first.sent, second.sent) == (1, 0)
    assert wall.read_text("utf-8") == "[notice] web: 2 tasks\n"
