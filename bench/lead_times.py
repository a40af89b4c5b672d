"""Lead times: how many days before a slip was to be seen in the dates the first warning stood, in the made-up world.

`python bench/lead_times.py [WORKSPACE] [--days N]` goes back day by day through the history of a workspace (none named: a
fresh demo), asks every rule about every project as it was known then, and prints two tables in Markdown.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import tempfile
from collections import Counter
from pathlib import Path

from sightline.app.alerting import project_findings
from sightline.app.demo import demo
from sightline.app.measuring import facts_of, join_workspace
from sightline.app.session import Session
from sightline.collect.clock import Clock
from sightline.extend import Metric
from sightline.measure.leadtime import Replay, Slip, replay
from sightline.measure.project import measure_project
from sightline.model.facts import Facts
from sightline.model.refs import Ref

#: The figures that rules go by, by how their metrics are called.
READ = ("progress", "planned", "budget", "burn", "hours", "retainer", "finish", "promise", "freshness")


def main() -> None:
    """Replay, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", nargs="?", type=Path)
    parser.add_argument("--days", type=int, default=120)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = given.workspace or demo(Path(folder) / "demo").folder
        with Session.open(place) as session:
            report(session, given.days)


def report(session: Session, days: int) -> None:
    """Both tables of a workspace, as of its last sync."""
    last = max(run.finished_at for run in session.store.last_attempts().values())
    session.clock = Clock(now=lambda: last)
    joined = join_workspace(session)
    metrics = [cls for name, cls in session.registry.metrics.items() if name.startswith(READ)]
    rows: list[tuple[str, Replay]] = []
    for project in joined.rules.projects:
        facts = facts_of(session, joined, project)
        first = max(facts.today - dt.timedelta(days=days), project.starts or dt.date.min)
        rows.append((project.name, replay(facts, lambda past: asked(session, past, metrics), first, facts.today)))
    print_projects([(name, one.slips) for name, one in rows])
    print_rules([one for _, one in rows])


def asked(session: Session, past: Facts, metrics: list[type[Metric]]) -> list:
    """What the rules say of the project on that day."""
    return project_findings(session, past, measure_project(past, metrics))[0]


def print_projects(rows: list[tuple[str, list[Slip]]]) -> None:
    """One row for each project in which anything slipped."""
    print("| project | items that slipped | warned of before | by name | median lead, days | longest | shortest |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, found in [*((n, f) for n, f in rows if f), ("all", [slip for _, held in rows for slip in held])]:
        leads = sorted(slip.lead for slip in found if slip.lead is not None)
        named = sum(slip.named is not None for slip in found)
        spread = f"{statistics.median(leads):g} | {leads[-1]} | {leads[0]}" if leads else "- | - | -"
        print(f"| {name} | {len(found)} | {len(leads)} | {named} | {spread} |")


def print_rules(found: list[Replay]) -> None:
    """One row for each rule: how often it stood first, and how many of the items that it named before slipped then."""
    slipped = [slip for one in found for slip in one.slips]
    late = {slip.ref for slip in slipped}
    firsts = [(slip.lead, _first(slip)) for slip in slipped if slip.lead is not None]
    named = {rule: set[Ref]().union(*(one.named.get(rule, ()) for one in found)) for one in found for rule in one.named}
    print("\n| rule | slips for which it stood first | median lead, days | items it named before | of them slipped |")
    print("| --- | --- | --- | --- | --- |")
    counts = Counter(rule for _, rule in firsts)
    for rule in sorted({*counts, *named}, key=lambda rule: (-counts[rule], rule)):
        leads = [lead for lead, first in firsts if first == rule]
        median = f"{statistics.median(leads):g}" if leads else "-"
        items = named.get(rule, set())
        print(f"| `{rule}` | {counts[rule]} | {median} | {len(items) or '-'} | {len(items & late) if items else '-'} |")


def _first(slip: Slip) -> str:
    return min(warned for warned in (slip.named, slip.project) if warned is not None)[1]


if __name__ == "__main__":
    main()
