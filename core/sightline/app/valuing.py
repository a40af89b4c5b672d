"""What unmapped time would bill: rates that hold without knowing whose time it is, or where it belongs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sightline.app.joining import Joined
from sightline.measure.billing import RateQuestion, amount, rate_for
from sightline.model.facts import Sourced
from sightline.model.money import Money
from sightline.model.portfolio import Rate
from sightline.model.records import TimeEntry
from sightline.model.refs import Ref

__all__ = ["Valued"]


class Valued:
    """The worth of time at billing rates, as far as person and project are known; overtime and rounding left out."""

    def __init__(self, joined: Joined, rates: Sequence[Rate]) -> None:
        self.joined = joined
        self.rates = [rate for rate in rates if rate.side == "bill"]
        self.names = {person.id: (person.id, person.name, *person.emails) for person in joined.people.persons}
        self.roles = {person.id: person.role for person in joined.people.persons}
        self.projects = {project.id: (project.id, project.name) for project in joined.rules.projects}
        self.starts = sorted({rate.starts for rate in self.rates if rate.starts is not None})
        self._asked: dict[tuple[str | None, str | None, int], Money | None] = {}

    def sums(self, entries: Iterable[Sourced[TimeEntry]], perhaps: str | None = None) -> tuple[Money, ...]:
        """By currency; without what no rate prices, and without what its tool says does not bill.

        `perhaps` is the person whose time it is taken for where nobody's is known.
        """
        found: defaultdict[str, Decimal] = defaultdict(Decimal)
        for entry in entries:
            rate = self._rate(entry, perhaps) if entry.record.billable is not False else None
            if rate is not None:
                found[rate.currency] += amount(rate.amount, entry.record.seconds)
        return tuple(Money(amount=worth, currency=currency).round() for currency, worth in sorted(found.items()))

    def _rate(self, entry: Sourced[TimeEntry], perhaps: str | None) -> Money | None:
        day = entry.record.day or (entry.record.started_at.date() if entry.record.started_at else None)
        if day is None or not self.rates:
            return None
        person = self.joined.people.of.get(Ref(entry.source, "people", entry.record.account or ""), perhaps)
        at = (person, self.joined.time.of.get(entry.ref), sum(start <= day for start in self.starts))
        if at not in self._asked:
            question = RateQuestion(
                day=day,
                person=_folded(self.names, person),
                role=self.roles.get(person or ""),
                project=_folded(self.projects, at[1]),
            )
            rate = rate_for(self.rates, "bill", question)
            self._asked[at] = rate.per_hour if rate is not None else None
        return self._asked[at]


def _folded(names: Mapping[str, Sequence[str]], id_: str | None) -> frozenset[str]:
    return frozenset(name.casefold() for name in names.get(id_ or "", ()))
