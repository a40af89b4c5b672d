"""Sightline: one true view of projects, tasks, time and money from the tools a team already uses."""

from sightline._version import __version__

__all__ = ["__version__"]
