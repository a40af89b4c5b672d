"""Ships `templates/` inside the wheel as `sightline/_templates`; an editable install reads the checkout instead."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TemplatesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the folder to standard wheels only."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the wheel is built."""
        if version == "editable":
            return
        for folder in ("report", "web", "email", "assets"):
            source = f"{self.root}/templates/{folder}"
            build_data["force_include"][source] = f"sightline/_templates/{folder}"
