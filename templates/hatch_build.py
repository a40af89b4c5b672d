"""Ships `templates/` inside the wheel as `sightline/_templates`; an editable install reads the checkout instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TemplatesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds every folder below `templates/` to standard wheels; the README and this file stay in the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the wheel is built."""
        if version == "editable":
            return
        for folder in sorted(Path(self.root, "templates").iterdir()):
            if folder.is_dir() and folder.name != "__pycache__":
                build_data["force_include"][str(folder)] = f"sightline/_templates/{folder.name}"
