"""Facts of a small project, made by hand: days around Friday 20 November 2026, money in GBP."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sightline.model.facts import DocumentPart, Facts, Person, Sourced, SourceState
from sightline.model.money import Money
from sightline.model.portfolio import Agreement, Client, Include, MoneyRule, Project, Rate
from sightline.model.records import Document, Payment, Task, TimeEntry
from sightline.model.refs import Ref

TODAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
HOUR = 3600
MARIA = Person(
    id="maria", name="Maria Lind", emails=("m@n.example",), role="dev", accounts=(Ref("jira", "people", "a1"),)
)
TM = Agreement(kind="time_and_materials", budget=Money.of(1000, "GBP"), budget_seconds=20 * HOUR)


def task(number, state="todo", **more):
    fields = {
        "scope": "WEB",
        "key": f"WEB-{number}",
        "title": f"Task {number}",
        "kind": "task",
        "status": state,
        **more,
    }
    return Sourced("jira", Task(id=str(number), state=state, **fields))


def entry(number, hours, **more):
    fields = {"scope": "WEB", "account": "a1", "day": TODAY, **more}
    return Sourced("jira", TimeEntry(id=str(number), seconds=int(Decimal(str(hours)) * HOUR), **fields))


def part(id_, kind="invoice", status="AUTHORISED", net="100", tax="20", paid="0", credited="0", **more):
    total = Decimal(net) + Decimal(tax)
    open_amount = total - Decimal(paid) - Decimal(credited)
    fields = {"scope": "org", "currency": "GBP", "number": f"INV-{id_}", **more}
    document = Document(id=str(id_), kind=kind, status=status, **fields)
    return DocumentPart(
        source="xero", document=document, net=Decimal(net), tax=Decimal(tax), total=total,
        paid=Decimal(paid), credited=Decimal(credited), outstanding=open_amount,
    )  # fmt: skip


def payment(number, document, amount, day=TODAY, **more):
    fields = {"scope": "org", "currency": "GBP", "status": "AUTHORISED", **more}
    return Sourced("xero", Payment(id=str(number), document=str(document), day=day, amount=Decimal(amount), **fields))


def bill_rate(per_hour="85", **more):
    return Rate(side="bill", per_hour=Money.of(per_hour, "GBP"), **more)


def cost_rate(per_hour="55", **more):
    return Rate(side="cost", per_hour=Money.of(per_hour, "GBP"), **more)


def state(source="jira", hours_ago=1, **more):
    read = NOW - dt.timedelta(hours=hours_ago)
    return SourceState(source=source, last_complete=read, status="complete", delivers=("tasks", "time"), **more)


def facts_of(*, agreement=TM, client="acme", tasks=(), time=(), documents=(), project=(), **more):
    whole = Project(
        id="web", name="Website", client=client, include=(Include(source="jira"),), money=(MoneyRule(source="xero"),),
        agreement=agreement, **dict(project),
    )  # fmt: skip
    fields = {"sources": (state(),), "persons": (MARIA,), **more}
    return Facts(
        project=whole, client=Client(id=client, name="Acme Ltd") if client else None, as_of=NOW, today=TODAY,
        tasks=tuple(tasks), time=tuple(time), documents=tuple(documents), currency="GBP", **fields,
    )  # fmt: skip


def one(metric, facts, name=None, currency=None):
    """The only figure of that name (and currency) that a metric gives."""
    made = [figure for figure in metric().measure(facts) if figure.name == (name or metric.name)]
    (figure,) = [figure for figure in made if currency is None or figure.currency == currency]
    return figure
