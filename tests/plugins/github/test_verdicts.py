"""What odd answers mean."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from sightline.sdk import Answer
from sightline_github.verdicts import judge

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


def answer(status, message="", **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, names, None, json.dumps({"message": message}).encode(), NOW)


def graphql(**body):
    return Answer(200, {}, body, b"", NOW)


def test_f039_a_secondary_limit_without_headers_is_known_by_its_text_and_waits_a_minute():
    found = judge(answer(403, SECONDARY, x_ratelimit_remaining="4000"))

    assert (found.kind, found.wait_s) == ("throttled", 60.0)


def test_the_old_text_of_the_secondary_limit_is_known_too():
    assert judge(answer(403, "You have triggered an abuse detection mechanism.")).kind == "throttled"


def test_retry_after_is_obeyed():
    found = judge(answer(403, SECONDARY, retry_after="7"))

    assert (found.kind, found.wait_s) == ("throttled", 7.0)


@pytest.mark.parametrize("status", [403, 429])
def test_a_used_up_quota_waits_until_its_reset_by_the_servers_clock(status):
    reset = str(int(NOW.timestamp()) + 90)
    found = judge(answer(status, "API rate limit exceeded", x_ratelimit_remaining="0", x_ratelimit_reset=reset))

    assert (found.kind, found.wait_s) == ("throttled", 90.0)


def test_a_missing_right_is_no_limit():
    assert judge(answer(403, "Resource not accessible by integration", x_ratelimit_remaining="4000")) is None


def test_single_sign_on_is_named():
    found = judge(answer(403, "Resource protected", x_github_sso="required; url=https://github.com/orgs/acme/sso"))

    assert found.kind == "denied"
    assert "single sign-on" in found.say


def test_an_empty_repository_and_switched_off_issues_are_empty_lists():
    assert judge(answer(409, "Git Repository is empty.")).kind == "absent"
    assert judge(answer(410, "Issues are disabled for this repo")).kind == "absent"


def test_a_deleted_issue_is_gone_as_usual():
    assert judge(answer(410, "This issue was deleted")) is None


def test_graphql_limits_come_with_status_200():
    assert judge(graphql(errors=[{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}])).kind == "throttled"
    assert judge(graphql(errors=[{"message": SECONDARY}])).kind == "throttled"


def test_graphql_errors_beside_data_leave_the_data():
    body = {"data": {"o0": {"login": "acme"}, "o1": None}, "errors": [{"type": "FORBIDDEN", "path": ["o1"]}]}

    assert judge(graphql(**body)) is None


@pytest.mark.parametrize("kind", ["FORBIDDEN", "NOT_FOUND", "INSUFFICIENT_SCOPES"])
def test_graphql_without_data_shows_nothing(kind):
    assert judge(graphql(data={"organization": None}, errors=[{"type": kind}])).kind == "absent"


def test_graphql_that_is_not_available_is_asked_again():
    assert judge(graphql(data=None, errors=[{"type": "SERVICE_UNAVAILABLE"}])).kind == "retry"


def test_a_usual_answer_has_its_usual_meaning():
    assert judge(Answer(200, {}, [{"id": 1}], b"", NOW)) is None
    assert judge(answer(404, "Not Found")) is None


def test_no_verdict_repeats_what_the_body_said():
    secret = "ghp_CANARY in a message about a secondary rate limit"

    assert "CANARY" not in judge(answer(403, secret)).say
