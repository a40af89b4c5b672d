"""The internal edition: the client's report as it will go out, and before it, bluntly, what the client does not see."""

from __future__ import annotations

from collections.abc import Sequence

from sightline.app.session import Session
from sightline.extend import InternalSection
from sightline.model.facts import Facts
from sightline.present.report import Job, Part, page

__all__ = ["internal_page"]


def internal_page(session: Session, job: Job, projects: Sequence[Facts]) -> str:
    """The page of our own eyes, from the same snapshot as the client's."""
    held = [section for section in session.registry.sections.values() if issubclass(section, InternalSection)]
    ours = []
    for section in sorted(held, key=lambda one: (one.order, one.name)):
        groups = []
        for facts in projects:
            figures = {figure.name: figure for figure in session.store.figures(facts.project.id)}
            content = section().content(facts, figures)
            if content is not None:
                groups.append({**content, "project": facts.project.name})
        if groups:
            ours.append(Part(section.name, section.title, {"projects": groups}, (), annex=False))
    return page(job._replace(parts=(*ours, *job.parts), internal=True))
