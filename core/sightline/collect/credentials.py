"""How requests are signed: plain values a connector returns, turned into httpx auth by the framework."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr

__all__ = ["Auth", "Basic", "Bearer", "Headers", "Minted", "OAuth2"]


class Auth:
    """Base."""


@dataclasses.dataclass(frozen=True)
class Basic(Auth):
    """HTTP Basic."""

    user: str
    password: SecretStr


@dataclasses.dataclass(frozen=True)
class Bearer(Auth):
    """`Authorization: Bearer …`."""

    token: SecretStr


@dataclasses.dataclass(frozen=True)
class Headers(Auth):
    """Secret headers, for example an API key."""

    values: Mapping[str, SecretStr]


@dataclasses.dataclass(frozen=True)
class OAuth2(Auth):
    """OAuth 2.0 with tokens kept by the framework in `.sightline/tokens/SOURCE.json`, refreshed under a lock.

    `grant` is `refresh_token` (authorisation code flow, PKCE; the first refresh token comes from `connect` or from the
    settings) or `client_credentials`. A rotated refresh token is stored before its access token is used.
    """

    token_url: str
    client_id: str
    client_secret: SecretStr | None = None
    grant: str = "refresh_token"
    refresh_token: SecretStr | None = None
    scope: str | None = None
    json_body: bool = False
    """True: the token endpoint takes JSON instead of a form (Atlassian)."""
    authorize_url: str | None = None
    authorize_params: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Minted(Auth):
    """A short-lived token that one call gives (GitHub App installation): `assertion()` signs the call.

    `token` and `expires_at` are paths into its answer; a new one is minted before it expires.
    """

    path: str
    assertion: Callable[[], str]
    token: str = "token"
    expires_at: str = "expires_at"
    scheme: str = "Bearer"
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)
