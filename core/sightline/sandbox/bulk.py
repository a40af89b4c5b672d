"""Records by the million, straight from numbers: what benches of the store and of the figures fill a workspace with.

No world, no vendor, no chance: record n follows from n, so nothing is held in memory and every total is known
beforehand (`Bulk.totals`). Projects are scopes of one source, `bulk`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from decimal import Decimal

from sightline.model.collected import Landing
from sightline.model.money import Money
from sightline.model.portfolio import Agreement, Include, MoneyRule, Project, Rate
from sightline.model.records import Account, Contact, Document, Line, Payment, Record, Scope, State, Task, TimeEntry

__all__ = ["Bulk", "BulkTotals"]

_START = dt.datetime(2024, 1, 1, 8, tzinfo=dt.UTC)
_MINUTE = dt.timedelta(minutes=1)
_STATES: tuple[tuple[str, State], ...] = (("To do", "todo"), ("Doing", "in_progress"), ("Done", "done"))
_KINDS = ("task", "story", "bug")
_CATEGORY = "Project"


@dataclasses.dataclass(frozen=True, slots=True)
class BulkTotals:
    """What the records of a `Bulk` sum to: seconds of time and of estimates, tasks done, money without tax."""

    seconds: int
    estimate_seconds: int
    tasks_done: int
    invoiced: Decimal
    paid: Decimal


def _cycled(count: int, values: Iterable[int]) -> int:
    """The sum of the first `count` values of an endless repetition of `values`."""
    cycle = list(values)
    whole, rest = divmod(count, len(cycle))
    return whole * sum(cycle) + sum(cycle[:rest])


@dataclasses.dataclass(frozen=True, slots=True)
class Bulk:
    """How many of each; defaults are the size that the figures must be quick at.

    Task n belongs to project n modulo `projects`, time entry n to task n modulo `tasks`, document n to project n
    modulo `projects`; the rest follows from n as well.
    """

    projects: int = 1_000
    tasks: int = 1_000_000
    times: int = 2_000_000
    documents: int = 100_000
    people: int = 200
    source: str = "bulk"
    currency: str = "GBP"

    def totals(self) -> BulkTotals:
        """Computed from the counts alone, not by going through the records."""
        amounts = _cycled(self.documents, (100 + n for n in range(50)))
        paid = _cycled(self.documents, (100 + n if n % 2 == 0 else 0 for n in range(50)))
        return BulkTotals(
            seconds=_cycled(self.times, (900 * (1 + n) for n in range(16))),
            estimate_seconds=_cycled(self.tasks, (3600 * (1 + n) for n in range(8))),
            tasks_done=_cycled(self.tasks, (0, 0, 1)),
            invoiced=Decimal(amounts),
            paid=Decimal(paid),
        )

    def records(self) -> Iterator[Record]:
        """Everything, parents before children: scopes, people, contacts, tasks, time, documents, payments."""
        return itertools.chain.from_iterable(stream for _, stream in self.streams())

    def streams(self) -> Iterator[tuple[str, Iterator[Record]]]:
        """(name, records) of each kind."""
        yield "scopes", (self._scope(n) for n in range(self.projects))
        yield "people", (self._account(n) for n in range(self.people))
        yield "contacts", (self._contact(n) for n in range(self.projects))
        yield "tasks", (self._task(n) for n in range(self.tasks))
        yield "time", (self._time(n) for n in range(self.times))
        yield "documents", (self._document(n) for n in range(self.documents))
        yield "payments", (self._payment(n) for n in range(0, self.documents, 2))

    def landings(self, *, page: int = 1_000) -> Iterator[Landing]:
        """The same records as pages for the store, `page` rows each."""
        learnt = _START + dt.timedelta(days=1_000)
        for stream, records in self.streams():
            while rows := tuple(itertools.islice(records, page)):
                yield Landing(source=self.source, stream=stream, scope="*", learnt_at=learnt, records=rows)

    def portfolio(self) -> Iterator[Project]:
        """The configured projects, one a scope, each of 500 h or more and with a rule for its invoices."""
        for n in range(self.projects):
            yield Project(
                id=f"p{n}",
                name=f"Project {n}",
                include=(Include(source=self.source, scope=f"P{n}"),),
                money=(MoneyRule(source=self.source, tracking=(_CATEGORY, f"P{n}")),),
                starts=_START.date(),
                due=_START.date() + dt.timedelta(days=1_100 + n % 100),
                agreement=Agreement(
                    kind="time_and_materials",
                    budget=Money(amount=Decimal(50_000 + n), currency=self.currency),
                    budget_seconds=3600 * (500 + n),
                ),
            )

    def rates(self) -> Iterator[Rate]:
        """What everybody's hour bills (85) and costs (50)."""
        for side, amount in (("bill", 85), ("cost", 50)):
            per_hour = Money(amount=Decimal(amount), currency=self.currency)
            yield Rate(side="bill" if side == "bill" else "cost", per_hour=per_hour)

    def _scope(self, n: int) -> Scope:
        return Scope(id=str(n), key=f"P{n}", name=f"Project {n}")

    def _account(self, n: int) -> Account:
        return Account(id=f"u{n}", name=f"Person {n}", email=f"person{n}@bulk.example")

    def _contact(self, n: int) -> Contact:
        return Contact(id=f"c{n}", scope="0", name=f"Client {n}", customer=True)

    def _task(self, n: int) -> Task:
        project = n % self.projects
        status, state = _STATES[n % 3]
        created = _START + n * _MINUTE
        due = created.date() + dt.timedelta(days=20 + n % 10)
        return Task(
            id=str(n),
            scope=str(project),
            key=f"P{project}-{n // self.projects + 1}",
            title=f"Task {n}",
            kind=_KINDS[n % 3],
            status=status,
            state=state,
            created_at=created,
            updated_at=created + dt.timedelta(days=n % 20, minutes=5),
            started_at=created + _MINUTE if state != "todo" else None,
            completed_at=created + dt.timedelta(days=n % 20, minutes=4) if state == "done" else None,
            start_on=created.date(),
            due_on=due,
            assignees=(f"u{n % self.people}",),
            estimate_seconds=3600 * (1 + n % 8),
            labels=("late",) if n % 7 == 0 else (),
        )

    def _time(self, n: int) -> TimeEntry:
        task = n % self.tasks
        began = _START + task * _MINUTE + dt.timedelta(hours=n % 9)
        return TimeEntry(
            id=str(n),
            scope=str(task % self.projects),
            seconds=900 * (1 + n % 16),
            day=began.date(),
            task=str(task),
            account=f"u{n % self.people}",
            started_at=began,
            billable=n % 10 != 0,
            updated_at=began + dt.timedelta(hours=5),
        )

    def _issued(self, n: int) -> dt.date:
        return _START.date() + dt.timedelta(days=n % 1_000)

    def _document(self, n: int) -> Document:
        amount = Decimal(100 + n % 50)
        tax = amount / 5
        settled = n % 2 == 0
        paid = amount + tax if settled else Decimal(0)
        project = n % self.projects
        return Document(
            id=str(n),
            scope="0",
            kind="invoice",
            status="PAID" if settled else "AUTHORISED",
            currency=self.currency,
            number=f"INV-{n}",
            contact=f"Client {project}",
            contact_id=f"c{project}",
            issued_on=self._issued(n),
            due_on=self._issued(n) + dt.timedelta(days=30),
            paid_on=self._issued(n) + dt.timedelta(days=20) if settled else None,
            subtotal=amount,
            tax=tax,
            total=amount + tax,
            paid=paid,
            credited=Decimal(0),
            outstanding=amount + tax - paid,
            rate_to_base=Decimal(1),
            lines=(Line(id=f"{n}.1", amount=amount, tax=tax, tracking=((_CATEGORY, f"P{project}"),)),),
        )

    def _payment(self, n: int) -> Payment:
        return Payment(
            id=str(n),
            document=str(n),
            scope="0",
            day=self._issued(n) + dt.timedelta(days=20),
            currency=self.currency,
            amount=Decimal(100 + n % 50) * 6 / 5,
            status="AUTHORISED",
        )
