"""What the user wrote: `sightline.toml`, secrets by reference, and errors that say what to change."""

from __future__ import annotations

from sightline.config.workspace import SourceConfig, Workspace, find_workspace, load_workspace

__all__ = ["SourceConfig", "Workspace", "find_workspace", "load_workspace"]
