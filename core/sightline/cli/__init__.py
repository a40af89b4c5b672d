"""The command line: thin. A command turns words into a call of `app`, and its answer into a table or JSON."""

from __future__ import annotations

from sightline.cli.main import main

__all__ = ["main"]
