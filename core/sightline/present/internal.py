"""The sections of the internal edition: what the client does not see, bluntly, from the figures of the same moment."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from sightline.extend import InternalSection
from sightline.measure.pricing import day_of, who
from sightline.measure.receipts import hours
from sightline.model.facts import Facts
from sightline.model.figures import Figure, Unknown
from sightline.model.refs import Ref
from sightline.present.text import figure_text

__all__ = ["INTERNAL_SECTIONS"]

#: Days over which the load of people is told.
_DAYS = 7


class OurMoney(InternalSection):
    """What the project costs and earns; an unknown one with its reason."""

    name: ClassVar[str] = "our_money"
    title: ClassVar[str] = "Money: ours"
    order: ClassVar[int] = 10
    _FIGURES: ClassVar[Mapping[str, str]] = {
        "earned": "Earned", "revenue": "Invoiced net", "unbilled": "Unbilled", "overdue": "Overdue", "cost": "Cost",
        "profit": "Profit", "margin": "Margin",
    }  # fmt: skip

    def content(self, facts: Facts, figures: Mapping[str, Figure]) -> Mapping[str, Any] | None:
        """Label, value and reason of each figure that was measured."""
        rows = [
            (title, figure_text(figures[name]), _why(figures[name]))
            for name, title in self._FIGURES.items()
            if name in figures
        ]
        return {"rows": rows} if rows else None


def _why(figure: Figure) -> str:
    return figure.value.why if isinstance(figure.value, Unknown) else ""


class OurLoad(InternalSection):
    """Who worked how much in the last seven days, and how much of it bills to nobody yet."""

    name: ClassVar[str] = "our_load"
    title: ClassVar[str] = "Who worked how much"
    order: ClassVar[int] = 20

    def content(self, facts: Facts, figures: Mapping[str, Figure]) -> Mapping[str, Any] | None:
        """Name and hours, most first."""
        names, sums = who(facts), defaultdict[str, int](int)
        first = facts.today - dt.timedelta(days=_DAYS - 1)
        for entry in facts.time:
            if first <= day_of(entry.record, facts) <= facts.today:
                account = entry.record.account or ""
                sums[names.get(Ref(entry.source, "people", account)) or account or "nobody"] += entry.record.seconds
        rows: list[tuple[str, Decimal]] = [(name, hours(seconds)) for name, seconds in sums.items()]
        return {"rows": sorted(rows, key=lambda row: (-row[1], row[0])), "days": _DAYS} if rows else None


class OurTrouble(InternalSection):
    """What is wrong, in as few words as possible: late without a reason, unassigned, without an estimate."""

    name: ClassVar[str] = "our_trouble"
    title: ClassVar[str] = "What to sort out before sending"
    order: ClassVar[int] = 30

    def content(self, facts: Facts, figures: Mapping[str, Figure]) -> Mapping[str, Any] | None:
        """One line each."""
        open_ = [task.record for task in facts.tasks if task.record.state in ("todo", "in_progress")]
        late = [task for task in open_ if task.due_on and task.due_on < facts.today]
        counts = {
            "late": len(late),
            "late and nobody's": sum(not task.assignees for task in late),
            "late and the client's turn": sum(task.waiting_on == "client" for task in late),
            "open without an estimate": sum(task.estimate_seconds is None for task in open_),
            "open without a due day": sum(task.due_on is None for task in open_),
        }
        rows = [f"{count} {what}" for what, count in counts.items() if count]
        rows += [f"{name}: {figure.value.why}" for name, figure in figures.items() if name in _MUST and not figure.value
                 and isinstance(figure.value, Unknown)]  # fmt: skip
        return {"rows": rows} if rows else None


#: Figures whose absence somebody should mend.
_MUST = frozenset({"cost", "margin", "planned_percent", "progress_by_estimate"})

#: The built-in sections of the internal edition; they register through the same hook as a stranger's.
INTERNAL_SECTIONS: tuple[type[InternalSection], ...] = (OurMoney, OurLoad, OurTrouble)
