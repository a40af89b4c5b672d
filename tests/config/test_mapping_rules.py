"""What the file says about joining: queries, affiliations, types, statuses by scope, links."""

from __future__ import annotations

import datetime as dt

import pytest

from sightline.config.workspace import load_workspace
from sightline.errors import ConfigError
from sightline.model.facts import Affiliation
from sightline.model.portfolio import Include, KindRule, LinkRule, StatusRule

TOML = """
[sources.jira]
connector = "jira"

[clients.acme]
name = "Acme"

[projects.web]
name = "Website"
include = [{source = "jira", scope = "APP", query = 'label = "website"'}]

[people.maria]
name = "Maria"
kind = "employee"
affiliations = [{kind = "contractor", from = 2026-10-01, until = 2026-12-31}, {kind = "client", client = "CLIENT"}]

[types.jira]
"Feedback" = "task"

[statuses.jira]
"Review" = [{state = "done"}, {state = "in_progress", scope = "WEB"}]
"Parked" = "cancelled"

[[links]]
source = "jira"
text = "Homepage*"
task = "jira:WEB-1"
"""


def loaded(folder, client="acme"):
    (folder / "sightline.toml").write_text(TOML.replace("CLIENT", client))
    return load_workspace(folder)


def test_rules_about_joining_are_read_as_written(tmp_path):
    workspace = loaded(tmp_path)

    assert workspace.projects["web"].include == (Include(source="jira", scope="APP", query='label = "website"'),)
    assert workspace.people[0].affiliations == (
        Affiliation(kind="contractor", starts=dt.date(2026, 10, 1), ends=dt.date(2026, 12, 31)),
        Affiliation(kind="client", client="acme"),
        Affiliation(kind="employee"),
    )
    assert workspace.types == (KindRule(source="jira", word="Feedback", kind="task"),)
    assert workspace.statuses == (
        StatusRule(source="jira", status="Review", state="done"),
        StatusRule(source="jira", status="Review", state="in_progress", scope="WEB"),
        StatusRule(source="jira", status="Parked", state="cancelled"),
    )
    assert workspace.links == (LinkRule(source="jira", text="Homepage*", task="jira:WEB-1"),)


def test_an_affiliation_to_a_client_who_is_not_there_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(ConfigError, match=r"people\.maria\.affiliations\[1\]\.client.*did you mean 'acme'"):
        loaded(tmp_path, "acne")
