"""One module per screen: a viewer and a question in, a `Screen` out. Pages, API and downloads all come from here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sightline.model.access import Right, Viewer
from sightline.present.screen import Screen
from sightline.web.desk import Desk

__all__ = ["Builder", "Place", "Query"]

Query = Mapping[str, str]
#: (desk, viewer, path and query values) → the screen.
Builder = Callable[[Desk, Viewer, Query], Screen]
Place = tuple[str, Right, Builder]
"""Path, the right it takes, and who builds it."""
