"""What a user can set for a GitHub source."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator

from sightline.sdk import HookedSettings

__all__ = ["GithubSettings"]

_BOARD = re.compile(r"^[A-Za-z0-9][A-Za-z0-9-]*/[1-9][0-9]*$")


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) and value else () if value == "" else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""One name or several; upper and lower case are the same."""

Number = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]


class GithubSettings(HookedSettings):
    """A token, or a GitHub App; which boards; what the team calls its fields."""

    site: str = Field(
        default="https://api.github.com",
        description='Root of the REST API. GitHub Enterprise Server: "https://HOST/api/v3".',
    )
    token: SecretStr | None = Field(
        default=None,
        description="Personal access token, fine-grained (Issues, Pull requests, Metadata: read; of the organisation "
        "Projects and Members: read) or classic (repo, read:org, read:project).",
    )
    app_id: Number | None = Field(default=None, description="GitHub App instead of a token: its id or client id.")
    private_key: SecretStr | None = Field(default=None, description="The App's private key, PEM (best as file:PATH).")
    installation_id: Number | None = Field(default=None, description="Number of the App's installation.")
    projects: Names | None = Field(
        default=None,
        description='Projects boards to read, as "owner/number"; [] for none. '
        "Default: every board that the owners of the repositories let us see.",
    )
    reviews: bool = Field(default=True, description="Read pull request reviews (one call per changed pull request).")
    assigned_is_started: bool = Field(
        default=False, description="Count an open, assigned issue that stands on no board as in progress."
    )
    due_from_milestone: bool = Field(
        default=True, description="An issue without its own due date is due with its milestone."
    )
    status_field: Names = Field(default=("Status",), description="Board field that holds the status.")
    estimate_field: Names = Field(default=("Estimate",), description="Number field that holds the estimate in hours.")
    points_field: Names = Field(default=("Points", "Story points"), description="Number field that holds points.")
    start_field: Names = Field(default=("Start date", "Start"), description="Date field that holds the start.")
    due_field: Names = Field(
        default=("Target date", "Due date", "Due", "Target"), description="Date field that holds the due date."
    )
    priority_field: Names = Field(default=("Priority",), description="Single-select field that holds the priority.")
    sprint_field: Names = Field(default=(), description="Iteration field of the sprints. Default: any iteration field.")

    @field_validator("projects")
    @classmethod
    def _boards(cls, projects: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for board in projects or ():
            if not _BOARD.match(board):
                raise ValueError('a board is written "owner/number", as in its address: "acme/7"')
        return projects

    @model_validator(mode="after")
    def _credentials(self) -> Self:
        app = (self.app_id, self.private_key, self.installation_id)
        if self.token is None and not all(app):
            raise ValueError("give `token`, or `app_id`, `private_key` and `installation_id` together")
        if self.token is not None and any(app):
            raise ValueError("give either `token` or the App's `app_id`, `private_key` and `installation_id`, not both")
        return self

    @property
    def graphql_base(self) -> str:
        """What `/graphql` is appended to: beside `/v3` on Enterprise Server, below the API root elsewhere."""
        root = self.site.rstrip("/")
        return root.removesuffix("/v3") if root.endswith("/api/v3") else root
