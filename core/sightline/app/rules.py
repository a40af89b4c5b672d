"""The rules in force: configuration and decisions together, for everything that joins or shows."""

from __future__ import annotations

from sightline.app.session import Session
from sightline.unify.decisions import InForce, applied

__all__ = ["rules_in_force"]


def rules_in_force(session: Session) -> InForce:
    """What holds now."""
    workspace = session.workspace
    return applied(
        session.store.decisions(),
        persons=workspace.people,
        projects=list(workspace.projects.values()),
        statuses=workspace.statuses,
        clients=workspace.clients.values(),
    )
