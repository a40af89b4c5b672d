"""Explain: the receipt of one figure, down to the records it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sightline.app.measuring import measure_workspace
from sightline.app.session import Session
from sightline.app.status import figures_of, project_of
from sightline.config.problems import nearest
from sightline.errors import ConfigError
from sightline.model.figures import Figure

__all__ = ["explain"]


def explain(session: Session, project: str, name: str) -> list[Figure]:
    """The project's (or client's) figures of that name, one for each currency, with their receipts."""
    measure_workspace(session, touched=())
    client = next(
        (
            one
            for one in session.workspace.clients.values()
            if project.casefold() in (one.id.casefold(), one.name.casefold())
        ),
        None,
    )
    figures: Mapping[str, Sequence[Figure]]
    if client is not None:
        title, figures = client.name, _of_client(session, client.id)
    else:
        found = project_of(session, project)
        title, figures = found.name, figures_of(session, found.id)
    if name not in figures:
        raise ConfigError(
            f"{title} has no figure {name[:60]!r}{nearest(name, figures)}",
            where="explain",
            mend=f"It has: {', '.join(figures) or 'none yet; run `sightline sync`'}.",
        )
    return list(figures[name])


def _of_client(session: Session, client: str) -> dict[str, list[Figure]]:
    by_name: dict[str, list[Figure]] = {}
    for figure in session.store.figures(None):
        if figure.client == client:
            by_name.setdefault(figure.name, []).append(figure)
    return by_name
