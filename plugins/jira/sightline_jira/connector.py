"""The Jira connector: how to sign in, how fast to read, what odd answers mean, and which streams there are."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sightline.sdk import Connector, Limits, Lookup, Request, Signature, Task, Total, Verdict, at_path, instant
from sightline_jira.config import JiraSettings
from sightline_jira.jql import in_projects

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sightline.sdk import Access, Answer, Auth, Fetch, Scope, Stream
    from sightline_jira.site import Site

__all__ = ["Jira"]

#: Headers that say that a wrong or blocked account was let in as nobody ("Basic auth for REST APIs: CAPTCHA").
_NOT_SIGNED_IN = ("AUTHENTICATION_DENIED", "AUTHENTICATED_FAILED")


class Jira(Connector):
    """Jira Cloud and Jira Data Center."""

    name = "jira"
    title = "Jira"
    settings = JiraSettings
    doc = "Projects, issues with history, versions, sprints, comments and worklogs of Jira Cloud and Data Center."
    sandbox = "sightline_jira.sandbox:JiraSandbox"
    webhook = Signature(header="x-hub-signature", prefix="sha256=", delivery="x-atlassian-webhook-identifier")
    # Projects, fields and the account's time zone hold for a while; when they turn out to have changed, all is read.
    reuse = dt.timedelta(hours=1)
    config: JiraSettings

    def base(self) -> str:
        return self.config.api_site if self.config.oauth else self.config.site

    def auth(self) -> Auth:
        return self.config.signature()

    def limits(self) -> Limits:
        """Atlassian allows 100 calls a second for each address; a read alternates between two of them at least."""
        return Limits(requests=160, per_seconds=1.0, concurrent=8)

    def judge(self, answer: Answer) -> Verdict | None:
        reason = answer.headers.get("x-seraph-loginreason", "")
        if any(sign in reason for sign in _NOT_SIGNED_IN):
            return Verdict("refused", say="Jira did not sign the account in; it may ask for a CAPTCHA in the browser")
        if answer.status == 429:
            return Verdict("throttled", _wait_s(answer))
        if answer.status == 400 and b"sprint" in answer.raw.lower():
            # A board without sprints refuses the question for them.
            return Verdict("absent")
        if answer.status == 403 and b"licen" in answer.raw.lower():
            # Without a licence for Jira Software there are no boards for this account, but all the rest.
            return Verdict("absent")
        return None

    def check(self, fetch: Fetch) -> Access:
        from sightline_jira.site import describe  # noqa: PLC0415 - listing connectors must stay quick

        return describe(fetch, self.config)

    def scopes(self, fetch: Fetch, access: Access) -> Iterable[Scope]:
        site = self._site(access)
        return [project.scope(site.web) for project in site.projects]

    def lookups(self, access: Access) -> Sequence[Lookup]:
        path = f"{self._site(access).api}/status"
        return [Lookup("statuses", Request(path), max_age=dt.timedelta(hours=1))]

    def streams(self, access: Access) -> Sequence[Stream]:
        from sightline_jira import streams  # noqa: PLC0415 - listing connectors must stay quick

        site = self._site(access)
        if not site.searchable:
            return []
        issues = streams.CloudIssues(site) if site.cloud else streams.ServerIssues(site)
        sprints = [streams.Sprints(site)] if site.fields.sprint else []
        return [issues, streams.Worklogs(site), streams.DeletedWorklogs(site), streams.Versions(site), *sprints]

    def totals(self, fetch: Fetch, access: Access, scopes: Sequence[Scope]) -> Iterable[Total]:
        """How many issues each project has, as a search counts them; Cloud calls its own count approximate."""
        site = self._site(access)
        live = [project for project in site.chosen if not project.archived]
        asked = [_count(site, project.key) for project in live]
        for project, body in zip(live, fetch.many(asked), strict=True):
            value = at_path(body, "count" if site.cloud else "total")
            if isinstance(value, int):
                yield Total(f"issues of {project.key}", Task, project.id, value, about=site.cloud)

    def _site(self, access: Access) -> Site:
        from sightline_jira.site import Site  # noqa: PLC0415 - listing connectors must stay quick

        return Site.of(access.facts, self.config.scopes)


def _count(site: Site, key: str) -> Request:
    jql = in_projects([key])
    if site.cloud:
        return Request(f"{site.api}/search/approximate-count", method="POST", json={"jql": jql})
    return Request(f"{site.api}/search", method="POST", json={"jql": jql, "maxResults": 0, "fields": ["id"]})


def _wait_s(answer: Answer) -> float | None:
    """Seconds until the limit resets, where Jira names the moment but no `Retry-After`; None leaves it to the usual."""
    if "retry-after" in answer.headers or answer.server_time is None:
        return None
    reset = answer.headers.get("x-ratelimit-reset", "")
    ends = instant(reset) if "T" in reset else None
    return max(1.0, (ends - answer.server_time).total_seconds()) if ends else None
