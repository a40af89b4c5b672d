"""How a GitHub App signs in: a short-lived signed assertion, for which GitHub gives an installation token of one hour."""

from __future__ import annotations

import time

from pydantic import SecretStr

from sightline.sdk import ConfigError, Minted

__all__ = ["app_auth"]

#: GitHub accepts assertions of at most 10 minutes, and clocks differ: "Generating a JSON Web Token for a GitHub App".
_LIFE_S, _BACKDATE_S = 540, 60


def app_auth(app_id: str, private_key: SecretStr, installation_id: str) -> Minted:
    """Installation tokens of that App, renewed before they end."""

    def assertion() -> str:
        now = int(time.time())
        return _signed({"iat": now - _BACKDATE_S, "exp": now + _LIFE_S, "iss": app_id}, private_key)

    return Minted(path=f"/app/installations/{installation_id}/access_tokens", assertion=assertion)


def _signed(claims: dict[str, int | str], private_key: SecretStr) -> str:
    try:
        import jwt  # noqa: PLC0415 - an extra that only Apps need
    except ImportError as error:
        raise ConfigError(
            "signing in as a GitHub App needs a library that is not installed",
            where="app_id",
            mend="pip install 'sightline[github-app]'",
        ) from error
    # A key in an environment variable often has its line ends written as \n.
    pem = private_key.get_secret_value().replace("\\n", "\n")
    try:
        return jwt.encode(claims, pem, algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError) as error:
        raise ConfigError(
            "the private key cannot be read",
            where="private_key",
            mend="Point it to the PEM file that GitHub gave when the App's key was made: file:PATH.",
        ) from error
