"""What a workspace may set for a Redmine source."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator

from sightline.sdk import Settings

__all__ = ["RedmineSettings"]


class RedmineSettings(Settings):
    """`[sources.NAME]` with `connector = "redmine"`. Redmine's REST interface must be switched on by its administrator."""

    site: str = Field(description="Redmine's address, with its path prefix if it has one.")
    token: SecretStr = Field(description="API access key (My account → API access key).")
    cancelled_statuses: tuple[str, ...] = Field(
        default=("Rejected",), description="Names of closed statuses that mean given up, not done."
    )
    time_window_days: int = Field(
        default=60, ge=1, le=3660, description="How many days back an incremental run looks for time entries."
    )
    history: bool = Field(
        default=True, description="Read each changed issue's journals: history and comments, one call an issue."
    )

    @field_validator("site")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("token")
    @classmethod
    def _one_line(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        # It travels as a header of its own.
        if not text.isascii() or not text.isalnum():
            raise ValueError("must be the letters and digits that Redmine shows")
        return value
