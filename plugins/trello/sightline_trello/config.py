"""What a workspace may set for a Trello source."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator

from sightline.sdk import HookedSettings

__all__ = ["TrelloSettings"]


class TrelloSettings(HookedSettings):
    """`[sources.NAME]` with `connector = "trello"`. A token with scope `read` is enough."""

    site: str = Field(default="https://api.trello.com", description="Address of the API, without /1.")
    key: SecretStr = Field(description="API key of the Power-Up (trello.com/power-ups/admin).")
    token: SecretStr = Field(description="Token of the user whose boards are read; scope `read` is enough.")
    estimate_field: str | None = Field(
        default=None, description="Custom field with the estimate in hours; empty = what Plus comments estimate."
    )
    time_field: str | None = Field(default=None, description="Custom field with the hours spent so far.")
    points_field: str | None = Field(default=None, description="Custom field with the story points.")
    priority_field: str | None = Field(default=None, description="Custom field (list or text) with the priority.")
    todo_lists: tuple[str, ...] = Field(default=(), description="Names of lists that hold work not yet begun.")
    doing_lists: tuple[str, ...] = Field(default=(), description="Names of lists that hold work in progress.")
    done_lists: tuple[str, ...] = Field(default=(), description="Names of lists that hold finished work.")
    cancelled_lists: tuple[str, ...] = Field(default=(), description="Names of lists that hold work given up.")
    plus_keyword: str = Field(
        default="plus!", description='First word of Plus-for-Trello time comments; "" = comments hold no time.'
    )
    cards_per_page: int = Field(
        default=1000, ge=1, le=1000, description="Cards asked for at once; fewer when Trello finds an answer too big."
    )

    @field_validator("site")
    @classmethod
    def _without_version(cls, value: str) -> str:
        return value.rstrip("/").removesuffix("/1")

    @field_validator("key", "token")
    @classmethod
    def _one_line(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        # Both stand in quotes in one header: whatever would end the quote or the line is no key of Trello's.
        if not text or not text.isascii() or not text.isprintable() or set(text) & set('"\\ ,'):
            raise ValueError("must be the characters Trello shows, without spaces or quotes")
        return value
