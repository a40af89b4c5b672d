"""Explain: the receipt of one figure, down to the records it came from."""

from __future__ import annotations

from sightline.app.measuring import measure_workspace
from sightline.app.session import Session
from sightline.app.status import figures_of, project_of
from sightline.config.problems import nearest
from sightline.errors import ConfigError
from sightline.model.figures import Figure

__all__ = ["explain"]


def explain(session: Session, project: str, name: str) -> list[Figure]:
    """The project's figures of that name (one for each currency), with their receipts."""
    measure_workspace(session, touched=())
    found = project_of(session, project)
    figures = figures_of(session, found.id)
    if name not in figures:
        raise ConfigError(
            f"{found.name} has no figure {name[:60]!r}{nearest(name, figures)}",
            where="explain",
            mend=f"It has: {', '.join(figures) or 'none yet; run `sightline sync`'}.",
        )
    return list(figures[name])
