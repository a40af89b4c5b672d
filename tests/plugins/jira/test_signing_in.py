"""Four ways to sign in, what the site tells at the door, and what it refuses."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from plugins.jira.worlds import site
from sightline.collect.passes import Rules
from sightline.sandbox.vendor import json_reply, text_reply
from sightline.sdk import Answer, Basic, Bearer, OAuth2, Task, TimeEntry, from_epoch
from sightline.testing import collect
from sightline_jira.config import JiraSettings
from sightline_jira.connector import Jira
from sightline_jira.fields import discover

SITE = "https://acme.example"


def settings(**given):
    return JiraSettings(site=SITE, **given)


def test_each_way_to_sign_in_signs_as_jira_wants_it():
    secret = SecretStr("s3cret")

    assert settings(email="a@b.example", token="s3cret").signature() == Basic("a@b.example", secret)
    assert settings(token="s3cret").signature() == Bearer(secret)
    assert settings(user="jdoe", password="s3cret").signature() == Basic("jdoe", secret)
    oauth = settings(client_id="id", client_secret="s3cret").signature()
    assert isinstance(oauth, OAuth2)
    assert (oauth.token_url, oauth.json_body) == ("https://auth.atlassian.com/oauth/token", True)
    assert "offline_access" in oauth.scope


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"email": "a@b.example"},
        {"user": "jdoe"},
        {"user": "j", "token": "t"},
        {"client_id": "x"},
        {"client_id": "x", "client_secret": "y", "token": "t"},
    ],
)
def test_half_a_way_or_two_at_once_are_refused_with_the_four_ways(given):
    with pytest.raises(ValidationError, match="give `email`"):
        settings(**given)


def test_an_error_about_the_settings_never_shows_the_secret():
    with pytest.raises(ValidationError) as refused:
        settings(token="s3cret-value", client_id="x")

    assert "s3cret-value" not in str(refused.value)


def test_a_wrong_token_stops_the_source_with_what_to_do(vendor):
    wrong = {"token": SecretStr("wrong")}
    found = collect(Jira, vendor, **wrong)

    assert found.outcome.status == "failed"
    assert "refused the credentials" in found.outcome.reasons[0]
    assert "wrong" not in found.outcome.reasons[0]


def test_user_and_password_open_a_data_center():
    vendor = site("datacenter")
    vendor.source.secrets = {"user": "jdoe", "password": "pass-word"}

    assert collect(Jira, vendor).outcome.status == "complete"


def oauth_site():
    vendor = site("cloud")
    vendor.source.secrets = {"client_id": "app", "client_secret": "app-secret", "refresh_token": "first"}
    vendor.refresh = "first"
    return vendor


def test_an_oauth_app_reads_through_the_gateway_and_every_refresh_token_is_used_once(tmp_path):
    vendor = oauth_site()
    first = collect(Jira, vendor, tokens=tmp_path)
    vendor.access.clear()
    second = collect(Jira, vendor, tokens=tmp_path, keeper=first.keeper, rules=Rules(full=True))

    assert (first.outcome.status, second.outcome.status) == ("complete", "complete")
    assert len(second.records(Task)) == len(vendor.world.tasks)
    asked = [call.json()["refresh_token"] for call in vendor.calls if call.path == "/oauth/token"]
    assert len(asked) == len(set(asked)) == 2


def test_an_oauth_app_without_access_to_the_site_is_told_so(tmp_path):
    vendor = oauth_site()
    vendor.script.append(
        lambda _, call: json_reply([{"id": "1", "url": "https://other.example"}]) if "accessible" in call.path else None
    )

    assert "no access to this site" in collect(Jira, vendor, tokens=tmp_path).outcome.reasons[0]


def test_an_account_that_jira_let_in_as_nobody_is_refused_not_empty(cloud):
    cloud.script.append(lambda _, call: json_reply([], 200, {"x-seraph-loginreason": "AUTHENTICATED_FAILED"}))

    assert "did not sign the account in" in collect(Jira, cloud).outcome.reasons[0]


def test_a_login_page_instead_of_json_is_no_empty_site(server):
    server.script.append(lambda _, call: text_reply("<html>login</html>", 200, {"content-type": "text/html"}))

    found = collect(Jira, server)

    assert found.outcome.status == "failed"
    assert "instead of JSON" in found.outcome.reasons[0]


def test_a_site_without_boards_or_without_a_licence_for_them_is_complete_without(vendor):
    vendor.script.append(
        lambda _, call: (
            json_reply({"errorMessages": ["No valid license for Jira Software"]}, 403)
            if "/agile/" in call.path
            else None
        )
    )
    found = collect(Jira, vendor)

    assert (found.outcome.status, len(found.records(Task)) > 3) == ("complete", True)


def test_a_board_that_refuses_sprints_is_a_board_without_sprints(cloud):
    real = type(cloud).boards

    def simple(vendor, call):
        reply = real(vendor, call)
        reply.body = reply.body.replace(b'"kanban"', b'"simple"')
        return reply

    cloud._routes = [
        (m, r, (lambda call: simple(cloud, call)) if h.__name__ == "boards" else h) for m, r, h in cloud._routes
    ]

    assert collect(Jira, cloud).outcome.status == "complete"


def test_a_quota_without_retry_after_waits_until_the_moment_jira_names():
    headers = {"x-ratelimit-reset": "2026-03-26T16:00Z", "ratelimit-reason": "jira-quota-tenant-based"}
    verdict = _judge(Answer(429, headers, None, b"", from_epoch(1774540800 - 90)))

    assert (verdict.kind, verdict.wait_s) == ("throttled", 90)
    assert _judge(Answer(429, {**headers, "retry-after": "1"}, None)).wait_s is None


def _judge(answer):
    return Jira(settings(token="t")).judge(answer)


# --- fields ----------------------------------------------------------------------------------------------------------

_FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
_POINTS = "com.pyxis.greenhopper.jira:jsw-story-points"


def field(number, name, custom):
    return {"id": f"customfield_{number}", "name": name, "schema": {"custom": custom}}


LISTED = [
    {"id": "summary", "name": "Summary", "schema": {"system": "summary"}},
    field(1, "Kundenwert", _FLOAT),
    field(2, "Story Points", _FLOAT),
    field(3, "Aufwandspunkte", _POINTS),
    field(4, "Iteration", "com.pyxis.greenhopper.jira:gh-sprint"),
    None,
    {"id": 7},
]


def ids(found):
    return [one.id for one in found]


def test_fields_are_found_by_their_schema_whatever_they_are_called():
    assert ids(discover(LISTED).sprint) == ["customfield_4"]


def test_points_are_the_settings_then_the_boards_then_jiras_own_type_then_its_own_names():
    assert ids(discover(LISTED).points) == ["customfield_3", "customfield_2"]
    assert ids(discover(LISTED, estimation=["customfield_1"]).points)[0] == "customfield_1"
    assert ids(discover(LISTED, estimation=["customfield_1"], points="Story Points").points)[0] == "customfield_2"


def test_a_board_that_estimates_by_time_names_no_points_field():
    assert ids(discover(LISTED, estimation=["timeoriginalestimate"]).points) == ["customfield_3", "customfield_2"]


# --- the lists behind ------------------------------------------------------------------------------------------------


def test_short_pages_and_an_empty_page_with_a_token_are_read_to_the_end():
    vendor = site("cloud", page=2, empty_page=True, changelog_page=3)

    assert set(collect(Jira, vendor).records(Task)) == {str(t.number) for t in vendor.world.tasks}


def test_a_data_center_that_gives_less_than_asked_is_read_to_the_end():
    vendor = site("datacenter", page=2)
    found = collect(Jira, vendor)

    assert len(found.records(Task)) == len(vendor.world.tasks) - 1
    assert len(found.records(TimeEntry)) == len(vendor.world.times)


def test_the_same_token_twice_stops_the_stream_and_loses_nothing(cloud):
    cloud.script.append(
        lambda _, call: (
            json_reply({"issues": [{"id": "501"}], "nextPageToken": "again", "isLast": False})
            if call.path.endswith("/search/jql") and call.json()["fields"] == ["id"]
            else None
        )
    )
    found = collect(Jira, cloud)

    assert found.outcome.status == "incomplete"
    assert any("token twice" in reason for reason in found.outcome.reasons)


def test_only_chosen_projects_are_asked_for(vendor):
    collect(Jira, vendor, scopes=("web",))
    asked = [call.json()["jql"] for call in vendor.calls if call.method == "POST" and "/search" in call.path]

    assert all(jql == 'project in ("WEB")' or jql.startswith('project in ("WEB") ORDER') for jql in asked)


def test_archived_projects_are_read_on_cloud_and_left_alone_on_data_center(cloud, server):
    on_cloud, on_server = collect(Jira, cloud), collect(Jira, server)

    assert "OLD-1" in {t.key for t in on_cloud.records(Task).values()}
    assert "OLD-1" not in {t.key for t in on_server.records(Task).values()}
    assert on_server.outcome.status == "complete"
