"""How the work of one project flows."""

from __future__ import annotations

from sightline.app.measuring import facts_of, join_workspace
from sightline.app.session import Session
from sightline.app.status import project_of
from sightline.measure.diagnosis import Diagnosis, diagnosis
from sightline.model.figures import Unknown

__all__ = ["flow_of"]


def flow_of(session: Session, name: str) -> tuple[str, Diagnosis | Unknown]:
    """The project's name (asked for by id or name) and its diagnosis."""
    joined, wanted = join_workspace(session), project_of(session, name)
    project = next(one for one in joined.rules.projects if one.id == wanted.id)
    return wanted.name, diagnosis(facts_of(session, joined, project))
