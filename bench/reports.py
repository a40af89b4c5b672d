"""What reports cost: every form of the demo's eight clients, a long report, and memory over a hundred of them.

sightline demo --dir /tmp/demo && python bench/reports.py /tmp/demo
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time

from msgspec import structs

from sightline.app.report_forms import _mail, _makers
from sightline.app.report_leaks import refuse_leaks
from sightline.app.reports import client_sections, facts_for_client
from sightline.app.session import Session
from sightline.collect.clock import Clock
from sightline.model.facts import ClientItem
from sightline.present.documents.pdf import pdf_of
from sightline.present.report import Cover, job_of, page
from sightline.store.reports import Form

NOW = dt.datetime(2026, 11, 20, 9, 5, tzinfo=dt.UTC)


def every_form(session: Session) -> None:
    """All forms of all clients, each searched for leaks."""
    began, used = time.perf_counter(), time.process_time()
    for client in session.workspace.clients.values():
        facts = facts_for_client(session, client)
        job = job_of(facts, client_sections(session), Cover(agency="Northgate", depth="full"))
        html = page(job)
        forms = [Form("client", "html", "a.html", html.encode())]
        forms += [Form("client", name, f"a.{name}", make()) for name, make in _makers(job, html).items()]
        forms.append(Form("client", "email", "a.eml", _mail(client, job, html, forms)))
        refuse_leaks(session, client, facts, forms)
    count = len(session.workspace.clients)
    print(
        f"{count} clients, 7 forms each, searched: {time.perf_counter() - began:.1f} s, {time.process_time() - used:.1f} s of work"
    )


def long_report(session: Session) -> None:
    """A report of more than fifty pages as HTML and as PDF."""
    facts = facts_for_client(session, next(iter(session.workspace.clients.values())))
    items = tuple(ClientItem(key=f"LONG-{n}", title=f"Item {n} of a long list", day=NOW.date()) for n in range(1400))
    longer = structs.replace(facts, projects=(structs.replace(facts.projects[0], done=items),))
    used = time.process_time()
    html = page(job_of(longer, client_sections(session), Cover(agency="Northgate", depth="full")))
    made = time.process_time()
    body = pdf_of(html)
    pages = body.count(b"/Type /Page\n") or body.count(b"/Type /Page ") or "many"
    print(f"long report ({pages} pages): HTML {made - used:.2f} s, PDF {time.process_time() - made:.1f} s of work")


def a_hundred(session: Session) -> None:
    """Memory after ten and after a hundred reports."""
    facts = facts_for_client(session, next(iter(session.workspace.clients.values())))
    held = []
    for number in range(1, 101):
        page(job_of(facts, client_sections(session), Cover(agency="Northgate", number=number)))
        if number in (10, 100):
            held.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    print(f"memory after 10 reports {held[0]} MB, after 100 {held[1]} MB")


with Session.open(sys.argv[1], clock=Clock(now=lambda: NOW)) as opened:
    a_hundred(opened)
    every_form(opened)
    long_report(opened)
