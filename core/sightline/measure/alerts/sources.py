"""Is what we see still true? Sources that are read incompletely, or have not been read for long."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sightline.extend import Limit, WorkspaceRule
from sightline.measure.alerts.reading import shown, stepped
from sightline.measure.freshness import age_hours
from sightline.measure.receipts import line
from sightline.model.alerts import Finding
from sightline.model.time import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sightline.model.practice import Practice

__all__ = ["SourceIncomplete", "SourceStale"]


def _fed(source: str, whole: Practice) -> list[str]:
    """Projects that the source feeds."""
    return [
        project.name
        for project in whole.projects.values()
        if source in {rule.source for rule in project.include} | {rule.source for rule in project.money}
    ]


def _where(source: str, whole: Practice) -> str:
    names = _fed(source, whole)
    return f"; it feeds {', '.join(names[:3])}{' and more' if len(names) > 3 else ''}" if names else ""


class SourceIncomplete(WorkspaceRule):
    """The last reading of a source failed, or left something out."""

    name = "source_incomplete"
    title = "A source is not read completely"
    severity = "warning"

    def check(self, whole: Practice) -> Iterable[Finding]:
        """One for each source, with its reason; critical when it was never complete. What is old stays and says so."""
        for state in whole.sources:
            if state.status in ("incomplete", "failed"):
                never = state.last_complete is None
                reason = f": {state.reason}" if state.reason else ""
                yield Finding(
                    text=f"{state.source} is {state.status}{reason}{_where(state.source, whole)}",
                    subject=state.source,
                    level=Decimal(2 if state.status == "failed" else 1),
                    severity="critical" if never else None,
                    inputs=(line("last complete reading", iso(state.last_complete) or "never"),),
                    action=f"Run `sightline check {state.source}`: it says what to mend.",
                    source=state.source,
                )


class SourceStale(WorkspaceRule):
    """A source has not been read completely for long: its figures are old."""

    name = "source_stale"
    title = "A source is out of date"
    limits = (
        Limit("hours", (Decimal(36), Decimal(72), Decimal(168)), "hours since the last complete reading; each step is told once"),
    )  # fmt: skip

    def check(self, whole: Practice) -> Iterable[Finding]:
        """One for each source that has ever been read; a single one where all of them are old: nobody syncs."""
        ages = {
            state.source: age_hours(state.last_complete, whole.as_of)
            for state in whole.sources
            if state.last_complete is not None
        }
        youngest = min(ages.values(), default=None)
        if youngest is not None and len(ages) > 1 and youngest >= self.limit("hours"):
            level, held = stepped(youngest, self.steps("hours"), Decimal(0))
            yield Finding(
                text=f"No source has been read completely for {shown(youngest)} hours",
                level=level,
                held=held,
                inputs=tuple(line(f"hours since {name} was complete", shown(age)) for name, age in ages.items()),
                action="Run `sightline sync`, and find out why it does not run by itself.",
            )
            return
        for source, age in ages.items():
            level, held = stepped(age, self.steps("hours"), Decimal(0))
            yield Finding(
                text=f"{source} was read completely {shown(age)} hours ago{_where(source, whole)}",
                subject=source,
                level=level,
                held=held,
                inputs=(line("hours since the last complete reading", shown(age)),),
                action=f"Run `sightline sync {source}`, or find out why it no longer runs.",
                source=source,
            )
