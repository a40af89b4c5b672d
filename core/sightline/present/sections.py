"""The sections of the client report: each takes from `ClientFacts` what its template shows, or stays out.

What a sentence says is computed here; how it looks is `templates/report/sections/NAME.html`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from sightline.extend import ClientSection
from sightline.model.facts import ClientFacts, ClientProject
from sightline.model.figures import Unknown
from sightline.present.text import percent_text

__all__ = ["SECTIONS"]


_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def _count(number: int) -> str:
    """A number at the start of a sentence: in words up to twelve."""
    return _WORDS[number] if number < len(_WORDS) else str(number)


def _shown_percent(project: ClientProject, *names: str) -> Decimal | None:
    for name in names:
        figure = project.figure(name)
        if figure is not None and isinstance(figure.value, Decimal):
            return figure.value
    return None


def _done(project: ClientProject) -> Decimal | None:
    return _shown_percent(project, "progress_by_estimate", "progress_by_count")


def _planned(project: ClientProject) -> Decimal | None:
    return _shown_percent(project, "planned_percent")


def _some(facts: ClientFacts, attribute: str) -> list[dict[str, Any]]:
    """The projects that have any of these, each with its rows."""
    return [
        {"project": project.name, "rows": getattr(project, attribute)}
        for project in facts.projects
        if getattr(project, attribute)
    ]


class InShort(ClientSection):
    """What a reader who stops here should know."""

    name: ClassVar[str] = "in_short"
    title: ClassVar[str] = "In short"
    order: ClassVar[int] = 100

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        return {
            "projects": [{"name": project.name, "sentences": self._sentences(project)} for project in facts.projects]
        }

    def _sentences(self, project: ClientProject) -> list[str]:
        return [
            sentence for sentence in (self._progress(project), self._asks(project), self._late(project)) if sentence
        ]

    def _progress(self, project: ClientProject) -> str:
        done, planned = _done(project), _planned(project)
        if done is None:
            return "Progress cannot be stated yet."
        if planned is None:
            return f"{percent_text(done)} % is done."
        if int(percent_text(done)) >= int(percent_text(planned)):
            return f"{percent_text(done)} % is done; the plan for today was {percent_text(planned)} %, so the work is on track."
        return f"{percent_text(done)} % is done; the plan for today was {percent_text(planned)} %."

    def _asks(self, project: ClientProject) -> str:
        count = len(project.waiting_for_client)
        if not count:
            return ""
        return "One item waits for you." if count == 1 else f"{_count(count)} items wait for you."

    def _late(self, project: ClientProject) -> str:
        count = len(project.late)
        if not count:
            return ""
        return "One item is past the planned day." if count == 1 else f"{_count(count)} items are past the planned day."


class Needed(ClientSection):
    """What the client can do to keep the work moving."""

    name: ClassVar[str] = "needed"
    title: ClassVar[str] = "What we need from you"
    order: ClassVar[int] = 200

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        projects = _some(facts, "waiting_for_client")
        return {"projects": projects} if projects else None


class Progress(ClientSection):
    """Plan against actual, as two bars."""

    name: ClassVar[str] = "progress"
    title: ClassVar[str] = "Plan and progress"
    order: ClassVar[int] = 300

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        rows = [
            {
                "name": project.name,
                "promised_on": project.promised_on,
                "planned": _planned(project),
                "done": _done(project),
                "before": self._before(project),
                "bars": self._bars(project),
            }
            for project in facts.projects
            if _done(project) is not None or _planned(project) is not None
        ]
        return {"rows": rows} if rows else None

    def _bars(self, project: ClientProject) -> list[tuple[str, Decimal, str]]:
        """Label, percent and kind of each bar; what is not known has none."""
        bars = (("Plan", _planned(project), "plan"), ("Done", _done(project), "done"))
        return [(label, value, kind) for label, value, kind in bars if value is not None]

    def _before(self, project: ClientProject) -> Decimal | None:
        figure = project.figure("progress_by_estimate") or project.figure("progress_by_count")
        return figure.before if figure and isinstance(figure.before, Decimal) else None


class _Rows(ClientSection):
    """A section that lists one attribute of every project that has any."""

    attribute: ClassVar[str]

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        projects = _some(facts, self.attribute)
        return {"projects": projects} if projects else None


class Milestones(_Rows):
    """Dated targets."""

    name: ClassVar[str] = "milestones"
    title: ClassVar[str] = "Milestones"
    order: ClassVar[int] = 400
    attribute: ClassVar[str] = "milestones"


class Done(_Rows):
    """Work finished in the period."""

    name: ClassVar[str] = "done"
    title: ClassVar[str] = "Done in this period"
    order: ClassVar[int] = 500
    attribute: ClassVar[str] = "done"


class Next(_Rows):
    """Work due in the time ahead."""

    name: ClassVar[str] = "next"
    title: ClassVar[str] = "Next"
    order: ClassVar[int] = 600
    attribute: ClassVar[str] = "next"

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        found = super().content(facts)
        return {**found, "until": facts.next_until} if found else None


class Late(_Rows):
    """Work past its planned day."""

    name: ClassVar[str] = "late"
    title: ClassVar[str] = "Later than planned"
    order: ClassVar[int] = 700
    attribute: ClassVar[str] = "late"


class Budget(ClientSection):
    """The budget as agreed."""

    name: ClassVar[str] = "budget"
    title: ClassVar[str] = "Agreed budget"
    order: ClassVar[int] = 800

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        rows = [{"name": project.name, "budget": project.budget} for project in facts.projects if project.budget]
        return {"rows": rows} if rows else None


class Invoices(ClientSection):
    """Invoices, and payments received in the period."""

    name: ClassVar[str] = "invoices"
    title: ClassVar[str] = "Invoices and payments"
    order: ClassVar[int] = 900

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        projects = [
            {"project": project.name, "invoices": project.invoices, "payments": project.payments}
            for project in facts.projects
            if project.invoices or project.payments
        ]
        return {"projects": projects} if projects else None


class About(ClientSection):
    """Where the figures come from and how old they are."""

    name: ClassVar[str] = "about"
    title: ClassVar[str] = "About these figures"
    order: ClassVar[int] = 1000

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        sources = {source.name: source for project in facts.projects for source in project.sources}
        methods: dict[str, str] = {}
        unknown = []
        for project in facts.projects:
            for figure in project.figures:
                methods.setdefault(figure.title, figure.method)
                if isinstance(figure.value, Unknown):
                    unknown.append({"project": project.name, "title": figure.title})
        return {"sources": list(sources.values()), "methods": sorted(methods.items()), "unknown": unknown}


#: The built-in sections, in order. They register through the same hook as a stranger's.
SECTIONS: tuple[type[ClientSection], ...] = (
    InShort,
    Needed,
    Progress,
    Milestones,
    Done,
    Next,
    Late,
    Budget,
    Invoices,
    About,
)
