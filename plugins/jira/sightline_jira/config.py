"""What a user writes below `[sources.NAME]` for Jira, and which of the four ways to sign in that means."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from sightline.sdk import Auth, Basic, Bearer, HookedSettings, OAuth2

__all__ = ["JiraSettings"]

#: Source of the names: "Jira scopes for OAuth 2.0 (3LO) and Forge apps". `offline_access` gives the refresh token.
_SCOPES = (
    "read:jira-work read:jira-user read:board-scope:jira-software read:sprint:jira-software "
    "read:project:jira offline_access"
)
_WAYS = (
    "give `email` + `token` (Cloud), `token` alone (Data Center: personal access token), "
    "`user` + `password` (Data Center) or `client_id` + `client_secret` (Cloud, OAuth)"
)


class JiraSettings(HookedSettings):
    """A Jira site and one way to sign in."""

    site: str = Field(description="Address of the site: https://acme.atlassian.net, https://jira.example.com/context.")
    email: str | None = Field(default=None, description="Cloud: the account whose API token is used.")
    token: SecretStr | None = Field(
        default=None, description="Cloud: API token of that account. Data Center: personal access token."
    )
    user: str | None = Field(default=None, description="Data Center: user name, where tokens are not in use.")
    password: SecretStr | None = Field(default=None, description="Data Center: that user's password.")
    client_id: str | None = Field(default=None, description="Cloud, OAuth 2.0 (3LO): id of your app.")
    client_secret: SecretStr | None = Field(default=None, description="Cloud, OAuth 2.0 (3LO): secret of your app.")
    refresh_token: SecretStr | None = Field(
        default=None, description="OAuth: a refresh token for the first use; afterwards the stored, rotated one wins."
    )
    deployment: Literal["auto", "cloud", "datacenter"] = Field(
        default="auto", description="Which Jira it is; auto asks the site."
    )
    points_field: str | None = Field(
        default=None, description="Name or id of the field with story points, where Jira's own are not in use."
    )
    start_field: str | None = Field(
        default=None, description='Name or id of the field with the start day; default: the one called "Start date".'
    )
    api_site: str = Field(default="https://api.atlassian.com", description="OAuth: address of Atlassian's API gateway.")
    auth_site: str = Field(default="https://auth.atlassian.com", description="OAuth: address of Atlassian's sign-in.")

    @field_validator("site", "api_site", "auth_site")
    @classmethod
    def _bare(cls, address: str) -> str:
        return address.rstrip("/")

    @model_validator(mode="after")
    def _one_way_to_sign_in(self) -> Self:
        by_token = self.token is not None
        by_user = self.user is not None and self.password is not None
        by_app = self.client_id is not None and self.client_secret is not None
        others = {
            "token": (self.user, self.password, self.client_id, self.client_secret),
            "user": (self.email, self.client_id, self.client_secret),
            "app": (self.email, self.user, self.password),
        }
        ways = [way for way, given in (("token", by_token), ("user", by_user), ("app", by_app)) if given]
        if len(ways) != 1 or any(value is not None for value in others[ways[0]]):
            raise ValueError(_WAYS)
        return self

    @property
    def oauth(self) -> bool:
        """Whether requests go through Atlassian's gateway with an OAuth token."""
        return self.client_id is not None

    def signature(self) -> Auth:
        """How requests are signed."""
        if self.client_id is not None:
            return OAuth2(
                token_url=f"{self.auth_site}/oauth/token",
                client_id=self.client_id,
                client_secret=self.client_secret,
                refresh_token=self.refresh_token,
                scope=_SCOPES,
                json_body=True,
                authorize_url=f"{self.auth_site}/authorize",
                authorize_params={"audience": "api.atlassian.com", "prompt": "consent"},
            )
        if self.user is not None and self.password is not None:
            return Basic(self.user, self.password)
        token = self.token or SecretStr("")
        return Basic(self.email, token) if self.email is not None else Bearer(token)
