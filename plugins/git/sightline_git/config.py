"""What `[sources.NAME]` says about local repositories."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from sightline.sdk import Settings

__all__ = ["GitSettings"]


class GitSettings(Settings):
    """Which repositories, and which of their branches."""

    path: Path | None = Field(
        default=None, description="Folder of one repository: its top folder, or the folder of a bare one."
    )
    paths: tuple[Path, ...] = Field(default=(), description="Folders of several repositories, instead of `path`.")
    branches: tuple[str, ...] = Field(
        default=(),
        description="Branches to read, here and at every remote, `*` stands for anything: `main`, `release/*`; "
        "empty = all of them, and a detached HEAD.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.path is None) == (not self.paths):
            raise ValueError("give either `path` or `paths`")
        return self

    def folders(self) -> tuple[Path, ...]:
        """The repositories' folders as configured."""
        return self.paths or ((self.path,) if self.path else ())
