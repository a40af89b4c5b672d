"""The sections of the client report: each takes from `ClientFacts` what its template shows, or stays out.

What a sentence says is computed here, in the report's language, as `Said`; how a section looks is
`templates/report/sections/NAME.html`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from sightline.extend import ClientSection
from sightline.model.facts import ClientFacts, ClientProject
from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.present.language import Language, Said, language
from sightline.present.text import percent_text

__all__ = ["ANNEXES", "SECTIONS", "SHORT"]

#: Rows of a list in the report's body; the rest stands in the annex.
MOST_ROWS = 25


def _language(facts: ClientFacts) -> Language:
    return language(facts.language, facts.timezone)


def _percent(project: ClientProject, *names: str) -> Decimal | None:
    for name in names:
        figure = project.figure(name)
        if figure is not None and isinstance(figure.value, Decimal):
            return figure.value
    return None


def _done(project: ClientProject) -> Decimal | None:
    return _percent(project, "progress", "progress_by_estimate", "progress_by_count")


def _planned(project: ClientProject) -> Decimal | None:
    return _percent(project, "planned_percent")


def _some(facts: ClientFacts, attribute: str) -> list[dict[str, Any]]:
    """The projects that have any of these, each with its rows."""
    return [
        {"project": project.name, "rows": getattr(project, attribute)}
        for project in facts.projects
        if getattr(project, attribute)
    ]


def _reaches(done: Decimal, planned: Decimal) -> bool:
    return int(percent_text(done)) >= int(percent_text(planned))


def _expected(project: ClientProject) -> dt.date | None:
    """The day we expect to finish, where it can be said: later than promised, or the work is on track.

    Work that is behind its plan and still forecast in time would promise what its own figures put in doubt.
    """
    done, planned, day = _done(project), _planned(project), project.forecast_on
    if day is None or project.promised_on is None or day > project.promised_on:
        return day
    return day if done is not None and planned is not None and _reaches(done, planned) else None


class InShort(ClientSection):
    """What a reader who stops here should know."""

    name: ClassVar[str] = "in_short"
    title: ClassVar[str] = "In short"
    order: ClassVar[int] = 100

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        several = len(facts.projects) > 1
        tongue = _language(facts)
        return {"said": [self._paragraph(project, tongue, named=several) for project in facts.projects]}

    def _paragraph(self, project: ClientProject, tongue: Language, *, named: bool) -> Said:
        head = [Said("{project}:", {"project": project.name})] if named else []
        return Said.joined([*head, *self._sentences(project, tongue)])

    def _sentences(self, project: ClientProject, tongue: Language) -> Iterator[Said]:
        yield self._progress(project, tongue)
        expected = _expected(project)
        if expected and project.promised_on:
            key = "forecast_later" if expected > project.promised_on else "forecast_kept"
            yield tongue.say(f"in_short.{key}", forecast=expected, promised=project.promised_on)
        if asked := len(project.waiting_for_client) + sum(one.yours for one in project.questions):
            yield tongue.say("in_short.waiting", asked)
        if project.late:
            yield tongue.say("in_short.late", len(project.late))

    def _progress(self, project: ClientProject, tongue: Language) -> Said:
        done, planned = _done(project), _planned(project)
        if done is None:
            return tongue.say("in_short.no_progress")
        if planned is None:
            return tongue.say("in_short.done", done=tongue.percent(done))
        key = "on_track" if _reaches(done, planned) else "behind"
        return tongue.say(f"in_short.{key}", done=tongue.percent(done), planned=tongue.percent(planned))


class Needed(ClientSection):
    """What the client can do to keep the work moving."""

    name: ClassVar[str] = "needed"
    title: ClassVar[str] = "What we need from you"
    order: ClassVar[int] = 200

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        projects = [
            {"project": project.name, "rows": rows} for project in facts.projects if (rows := list(self._rows(project)))
        ]
        return {"said": [_language(facts).say("needed.lead")], "projects": projects} if projects else None

    def _rows(self, project: ClientProject) -> Iterator[dict[str, Any]]:
        for question in project.questions:
            if question.yours:
                yield {
                    "title": question.text, "key": "", "day": question.due_on, "days_late": 0,
                    "kind": "approval" if question.approval else "question", "delay": question.delay_per_day,
                }  # fmt: skip
        for item in project.waiting_for_client:
            yield {
                "title": item.title, "key": item.key, "day": item.day, "days_late": item.days_late,
                "kind": "", "delay": item.delay_per_day,
            }  # fmt: skip


class Progress(ClientSection):
    """Plan against actual, as two bars."""

    name: ClassVar[str] = "progress"
    title: ClassVar[str] = "Plan and progress"
    order: ClassVar[int] = 300

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        tongue = _language(facts)
        rows = [
            {
                "name": project.name,
                "promised_on": project.promised_on,
                "forecast_on": _expected(project),
                "before": self._before(project),
                "bars": self._bars(project, tongue),
                "alt": self._alt(project, tongue),
            }
            for project in facts.projects
            if _done(project) is not None or _planned(project) is not None
        ]
        return {"rows": rows} if rows else None

    def _bars(self, project: ClientProject, tongue: Language) -> list[tuple[str, Decimal, str]]:
        """Label, percent and kind of each bar; what is not known has none."""
        bars = (
            (tongue.words("progress.plan"), _planned(project), "plan"),
            (tongue.words("progress.done"), _done(project), "done"),
        )
        return [(label, value, kind) for label, value, kind in bars if value is not None]

    def _alt(self, project: ClientProject, tongue: Language) -> str:
        """What the bars show, for who cannot see them."""
        known = {"done": _done(project), "planned": _planned(project)}
        told = {name: tongue.percent(value) for name, value in known.items() if value is not None}
        key = "alt" if len(told) == 2 else f"alt_{next(iter(told))}"
        return tongue.text(f"progress.{key}", None, name=project.name, **told)

    def _before(self, project: ClientProject) -> Decimal | None:
        figure = (
            project.figure("progress") or project.figure("progress_by_estimate") or project.figure("progress_by_count")
        )
        return figure.before if figure and isinstance(figure.before, Decimal) else None


class _Rows(ClientSection):
    """A section that lists one attribute of every project that has any; what is beyond the most is counted."""

    attribute: ClassVar[str]

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        projects = _some(facts, self.attribute)
        for group in projects:
            group["more"] = max(0, len(group["rows"]) - MOST_ROWS)
            group["rows"] = group["rows"][:MOST_ROWS]
        return {"projects": projects} if projects else None


class Milestones(ClientSection):
    """Dated targets, with the day they had before."""

    name: ClassVar[str] = "milestones"
    title: ClassVar[str] = "Milestones"
    order: ClassVar[int] = 400

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        projects = _some(facts, "milestones")
        return {"projects": projects} if projects else None


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
    """Work past its planned day, the reasons, and whose turn it is; "ours" for our own causes, nobody by name."""

    name: ClassVar[str] = "late"
    title: ClassVar[str] = "Later than planned, and why"
    order: ClassVar[int] = 700
    attribute: ClassVar[str] = "late"

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        late = [item for project in facts.projects for item in project.late]
        reasons = _some(facts, "reasons")
        if not late and not reasons:
            return None
        tongue = _language(facts)
        waits = sum(item.waits_for_client for item in late)
        said = [tongue.say("late.lead", len(late))] if late else []
        if waits:
            said.append(tongue.say("late.waits", waits))
        found = super().content(facts) or {"projects": []}
        return {**found, "reasons": reasons, "said": [Said.joined(said)] if said else []}


class Changes(ClientSection):
    """What is otherwise than in the last report."""

    name: ClassVar[str] = "changes"
    title: ClassVar[str] = "Changes since the last report"
    order: ClassVar[int] = 750

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        if facts.former_on is None:
            return None
        projects = [
            {
                "project": project.name,
                "rows": [one for one in project.changes if one.kind != "done"][:MOST_ROWS],
                "more": max(0, sum(one.kind != "done" for one in project.changes) - MOST_ROWS),
            }
            for project in facts.projects
            if any(one.kind != "done" for one in project.changes)
        ]
        key = "changes.lead" if projects else "changes.none"
        return {"said": [_language(facts).say(key, day=facts.former_on)], "projects": projects}


class Decisions(ClientSection):
    """What was decided together."""

    name: ClassVar[str] = "decisions"
    title: ClassVar[str] = "Decisions"
    order: ClassVar[int] = 780

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        projects = _some(facts, "decisions")
        return {"projects": projects} if projects else None


class Questions(ClientSection):
    """What nobody has answered yet."""

    name: ClassVar[str] = "questions"
    title: ClassVar[str] = "Open questions"
    order: ClassVar[int] = 790

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        projects = _some(facts, "questions")
        return {"projects": projects} if projects else None


class Budget(ClientSection):
    """The budget as agreed."""

    name: ClassVar[str] = "budget"
    title: ClassVar[str] = "Agreed budget"
    order: ClassVar[int] = 800

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        rows = [{"name": project.name, "budget": project.budget} for project in facts.projects if project.budget]
        return {"rows": rows} if rows else None


class Invoices(ClientSection):
    """Invoices, and payments received in the period; without one in it, the last one."""

    name: ClassVar[str] = "invoices"
    title: ClassVar[str] = "Invoices and payments"
    order: ClassVar[int] = 900

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        projects = [
            {
                "project": project.name,
                "invoices": project.invoices,
                "payments": [one for one in project.payments if one.day >= facts.period_start]
                or list(project.payments[:1]),
            }
            for project in facts.projects
            if project.invoices or project.payments
        ]
        return {"projects": projects} if projects else None


class YouMayAsk(ClientSection):
    """Questions this report is likely to raise, with answers drafted from its own figures."""

    name: ClassVar[str] = "you_may_ask"
    title: ClassVar[str] = "You may ask"
    order: ClassVar[int] = 950

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        tongue = _language(facts)
        pairs = [pair for project in facts.projects for pair in self._of(project, tongue)]
        pairs += self._owed(facts, tongue)
        said = [Said.joined([question, answer], "\n") for question, answer in pairs]
        return {"said": said} if said else None

    def _of(self, project: ClientProject, tongue: Language) -> Iterator[tuple[Said, Said]]:
        done, planned = _done(project), _planned(project)
        if project.promised_on and done is not None and planned is not None and done < 100:
            question = tongue.say("ask.safe", project=project.name, day=project.promised_on)
            yield question, self._safe(project, done, planned, tongue)
        if project.late:
            yield tongue.say("ask.late"), self._late(project, tongue)
        budget = project.budget
        if budget and budget.agreed_hours is not None and budget.used_hours is not None:
            used, agreed = tongue.hours(budget.used_hours), tongue.hours(budget.agreed_hours)
            yield (
                tongue.say("ask.used", project=project.name),
                tongue.say("ask.used_hours", used=used, agreed=agreed),
            )
        elif budget and budget.agreed is not None and budget.used is not None:
            yield (
                tongue.say("ask.used", project=project.name),
                tongue.say("ask.used_money", used=budget.used, agreed=budget.agreed),
            )

    def _safe(self, project: ClientProject, done: Decimal, planned: Decimal, tongue: Language) -> Said:
        on_time = project.forecast_on is None or (project.promised_on and project.forecast_on <= project.promised_on)
        key = "safe_yes" if _reaches(done, planned) and on_time and not project.late else "safe_open"
        parts = [tongue.say(f"ask.{key}", done=tongue.percent(done), planned=tongue.percent(planned))]
        expected = _expected(project)
        if expected:
            parts.append(tongue.say("ask.safe_forecast", forecast=expected))
        return Said.joined(parts)

    def _late(self, project: ClientProject, tongue: Language) -> Said:
        yours = sum(item.waits_for_client for item in project.late)
        counts = {"late_yours": yours, "late_ours": len(project.late) - yours}
        return Said.joined(tongue.say(f"ask.{key}", count) for key, count in counts.items() if count)

    def _owed(self, facts: ClientFacts, tongue: Language) -> Iterable[tuple[Said, Said]]:
        owed = _sums(
            (one.outstanding, one.state == "overdue")
            for project in facts.projects
            for one in project.invoices
            if one.state in ("open", "overdue")
        )
        if not owed:
            return []
        parts = []
        for currency, (whole, overdue) in sorted(owed.items()):
            key = "owed_all_overdue" if whole == overdue else "owed_open"
            parts.append(tongue.say(f"ask.{key}", amount=Money(amount=whole, currency=currency)))
            if overdue and overdue != whole:
                parts.append(tongue.say("ask.owed_overdue", amount=Money(amount=overdue, currency=currency)))
        return [(tongue.say("ask.owed"), Said.joined(parts))]


def _sums(amounts: Iterable[tuple[Money, bool]]) -> dict[str, tuple[Decimal, Decimal]]:
    """Currency → sum of all amounts, sum of those that are overdue; currencies are never added."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for money, overdue in amounts:
        whole, late = sums.get(money.currency, (Decimal(0), Decimal(0)))
        sums[money.currency] = (whole + money.amount, late + (money.amount if overdue else 0))
    return sums


class About(ClientSection):
    """Where the figures come from and how old they are."""

    name: ClassVar[str] = "about"
    title: ClassVar[str] = "About these figures"
    order: ClassVar[int] = 1000
    #: The figures that a report shows and whose method is not plain from their name.
    _METHODS: ClassVar[tuple[str, ...]] = (
        "progress_by_estimate",
        "progress_by_count",
        "planned_percent",
        "budget_used_money",
        "budget_used_hours",
    )

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        tongue = _language(facts)
        sources = {source.name: source for project in facts.projects for source in project.sources}
        unknown = [
            {"project": project.name, "title": tongue.words(f"figure.{name}")}
            for project in facts.projects
            for name, value in (("progress_by_estimate", _done(project)), ("planned_percent", _planned(project)))
            if value is None and project.figures
        ]
        return {"sources": list(sources.values()), "methods": self._methods(facts, tongue), "unknown": unknown}

    def _methods(self, facts: ClientFacts, tongue: Language) -> list[tuple[str, str]]:
        """Title and method of each figure; methods are written in English, and stay out where that is not the language."""
        if tongue.locale.language != "en":
            return []
        found: dict[str, str] = {}
        for project in facts.projects:
            for name in self._METHODS:
                figure = project.figure(name)
                if figure is not None and not isinstance(figure.value, Unknown):
                    found.setdefault(tongue.words(f"figure.{name}"), figure.method)
        return sorted(found.items())


class AnnexHours(ClientSection):
    """Hours of the period by item, for who buys hours."""

    name: ClassVar[str] = "annex_hours"
    title: ClassVar[str] = "Annex: hours by item"
    order: ClassVar[int] = 1100

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        projects = _some(facts, "hours")
        for group in projects:
            group["total"] = sum((row.hours for row in group["rows"]), Decimal(0))
        first, last = facts.period_start, facts.period_end
        return {"projects": projects, "first": first, "last": last} if projects else None


class AnnexDeliverables(ClientSection):
    """Everything finished in the period, however much it is."""

    name: ClassVar[str] = "annex_deliverables"
    title: ClassVar[str] = "Annex: deliverables"
    order: ClassVar[int] = 1110

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        projects = _some(facts, "done")
        return {"projects": projects} if projects else None


#: The built-in sections, in order. They register through the same hook as a stranger's.
SECTIONS: tuple[type[ClientSection], ...] = (
    InShort,
    Needed,
    Progress,
    Milestones,
    Done,
    Next,
    Late,
    Changes,
    Decisions,
    Questions,
    Budget,
    Invoices,
    YouMayAsk,
    About,
    AnnexHours,
    AnnexDeliverables,
)
#: What a short report keeps, and what only a full one has.
SHORT = frozenset({"in_short", "needed", "progress", "milestones", "late", "about"})
ANNEXES = frozenset({"annex_hours", "annex_deliverables"})
