"""The story of Acme Ltd: the website rebuild (400 h, 36,000 GBP) that is 32 % planned and 26 % done, and the app.

Every piece of work is planned to be due by 19 November or to start from 23 November, so the planned share on
20 November is 128 of 400 h by any method. 104 h are done. The banner added 12 h on 17 November; the CMS templates
had been cut from 24 h to 12 h on 5 November, so the present estimates sum to 400 h again.
"""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

from sightline.sandbox.desk import Desk, Plan, day, working_days
from sightline.sandbox.places import place
from sightline.sandbox.world import Cause, Place, Target, WorldNote, WorldProject, WorldTask

__all__ = ["tell_acme"]

_START, _BUILT = ("In Progress", "In Review"), "Done"

#: epic, title, estimate h, worked h, planned start, planned due, who; all done by 19 November
_DONE_WEB = [
    ("Discovery", "Kick-off workshop", "6", "6.5", "09-01", "09-02", "priya"),
    ("Discovery", "Stakeholder interviews", "8", "9", "09-03", "09-08", "priya"),
    ("Discovery", "Content audit: 214 pages", "6", "7", "09-07", "09-10", "maria"),
    ("Discovery", "Analytics review", "4", "4", "09-09", "09-11", "aisha"),
    ("Discovery", "Sitemap", "8", "9.5", "09-14", "09-18", "maria"),
    ("Design", "Moodboard", "6", "7", "09-28", "10-02", "maria"),
    ("Design", "Design tokens: Größen & Abstände", "6", "7.5", "10-05", "10-09", "maria"),
    ("Build", "Hosting set up", "6", "6", "10-05", "10-07", "jonas"),
    ("Build", "CMS install", "8", "8.5", "10-12", "10-16", "jonas"),
    ("Build", "CI pipeline", "4", "4.5", "10-19", "10-21", "tomasz"),
]
#: epic, title, estimate h, planned start, planned due, who; not begun
_NEXT_WEB = [
    ("Build", "Homepage build", "24", "11-23", "12-03", "jonas"),
    ("Build", "Inner page templates", "30", "12-04", "12-18", "aisha"),
    ("Build", "CMS templates <b>bold</b> & 'quotes'", "24", "11-30", "12-10", "tomasz"),
    ("Build", "Forms & newsletter", "16", "12-07", "12-14", "tomasz"),
    ("Build", "Search", "14", "12-07", "12-18", "jonas"),
    ("Build", "Accessibility fixes", "12", "12-14", "12-18", "noor"),
    ("Build", "Migration of 214 pages", "26", "12-21", "01-08", "owen"),
    ("Launch", "Performance test", "8", "01-11", "01-13", "noor"),
    ("Launch", "Cross-browser test", "10", "01-14", "01-18", "noor"),
    ("Launch", "Redirects", "6", "01-19", "01-20", "jonas"),
    ("Launch", "Launch rehearsal", "4", "01-21", "01-26", "priya"),
    ("Launch", "Go-live 🚀", "8", "01-27", "01-29", "jonas"),
]
#: What follows what on the way to the launch.
_CHAIN = [
    "Homepage build",
    "Inner page templates",
    "Migration of 214 pages",
    "Performance test",
    "Cross-browser test",
    "Redirects",
    "Launch rehearsal",
    "Go-live 🚀",
]
#: title, estimate h, worked h, planned start, planned due, list
_CONTENT = [
    ("Tone of voice", "4", "4.5", "09-14", "09-18", "Done"),
    ("Content inventory", "6", "6", "09-21", "09-30", "Done"),
    ("Homepage copy", "6", "5.5", "10-12", "10-23", "Done"),
    ("Photo brief 📷", "6", "1.5", "11-16", "11-19", "Done?"),
    ("Product pages copy", "16", "0", "11-23", "12-11", "To do"),
    ("About us copy — who we are", "8", "0", "12-01", "12-08", "To do"),
    ("Case studies ×4", "14", "0", "12-07", "12-18", "To do"),
    ("Image licences", "6", "0", "12-14", "12-16", "To do"),
    ("Legal texts (Impressum, AGB)", "6", "0", "12-16", "12-22", "To do"),
    ("Alt texts", "8", "0", "01-04", "01-08", "To do"),
]


def _year(text: str) -> dt.date:
    return day(f"2027-{text}" if text.startswith("01") else text)


def tell_acme(desk: Desk) -> None:
    """Both projects of Acme: tasks, time, history, causes."""
    web, app = place(desk.world, "acme_jira", "Website"), place(desk.world, "acme_jira", "App")
    _projects(desk)
    versions, sprints = _targets(desk, web)
    epics = _epics(desk, web)
    _done(desk, web, epics, versions, sprints)
    _wireframes(desk, web, epics["Design"], versions[0])
    _next(desk, web, epics, versions, sprints)
    _content(desk)
    _sign_on(desk, app)
    _app(desk, app)
    _slip(desk, web, epics, versions, sprints)


def _projects(desk: Desk) -> None:
    website = WorldProject(
        "acme_website",
        "Website rebuild",
        "acme",
        "GBP",
        {"kind": "fixed_price", "budget": "36000", "currency": "GBP", "budget_hours": 400},
        day("09-01"),
        day("2027-01-29"),
        include=[
            "acme_jira:WEB",
            {"source": "acme_jira", "scope": "APP", "label": "website"},
            "trello:Acme content",
            "site_git:*",
        ],
        money=[
            {"source": "xero", "contact": "Acme Ltd", "tracking": "Project=Website"},
            {"source": "xero", "tracking": "Project=Website"},
            {"source": "xero", "project": "Website rebuild"},
        ],
    )
    app = WorldProject(
        "acme_app",
        "App support",
        "acme",
        "GBP",
        {"kind": "time_and_materials", "budget": "8500", "currency": "GBP", "budget_hours": 100},
        day("09-14"),
        day("2026-12-18"),
        include=[{"source": "acme_jira", "scope": "APP", "label": "app"}],
        money=[{"source": "xero", "contact": "Acme Ltd", "tracking": "Project=App"}],
    )
    desk.world.projects |= {"acme_website": website, "acme_app": app}


def _targets(desk: Desk, web: Place) -> tuple[list[Target], list[Target]]:
    versions = [
        desk.target(web, "version", name, "open", starts_on=day("09-01"), due_on=_year(due))
        for name, due in (
            ("Design approved", "11-12"),
            ("Build", "12-18"),
            ("Content in", "01-08"),
            ("Launch", "01-29"),
        )
    ]
    sprints = []
    for n in range(6):
        starts = day("08-31") + dt.timedelta(weeks=3 * n)
        ends = starts + dt.timedelta(days=18)
        today = desk.world.now.date()
        state = "closed" if ends < today and n < 3 else "active" if n == 3 else "future"
        ended = desk.moment(ends) if state == "closed" else None
        name = f"Web sprint {n + 1}"
        sprints.append(desk.target(web, "sprint", name, state, starts_on=starts, due_on=ends, completed_at=ended))
    return versions, sprints


def _epics(desk: Desk, web: Place) -> dict[str, WorldTask]:
    done = [(day("09-01"), "In Progress"), (day("09-18"), "Done")]
    begun = {"Design": day("09-21"), "Build": day("10-05")}
    epics = {"Discovery": desk.task(web, "Discovery", kind="epic", created=day("08-24"), moves=done, who="priya")}
    for name in ("Design", "Build", "Launch"):
        moves = [(begun[name], "In Progress")] if name in begun else []
        epics[name] = desk.task(web, name, kind="epic", created=day("08-24"), moves=moves, who="priya")
    return epics


def _sprint_of(sprints: list[Target], due: dt.date) -> list[Target]:
    return [s for s in sprints if s.starts_on and s.due_on and s.starts_on <= due <= s.due_on + dt.timedelta(days=2)]


def _done(desk: Desk, web: Place, epics: dict[str, WorldTask], versions: list[Target], sprints: list[Target]) -> None:
    for epic, title, estimate, worked, starts, due, who in _DONE_WEB:
        plan = Plan.of(starts, due, estimate)
        steps = [(plan.starts, "In Progress"), (plan.due, "In Review"), (plan.due, "Done")]
        task = desk.task(
            web,
            title,
            created=day("08-25"),
            moves=steps,
            plan=plan,
            who=who,
            parent=epics[epic],
            labels=["design"] if epic == "Design" else [],
            targets=[versions[0] if epic in ("Discovery", "Design") else versions[1]],
            sprints=_sprint_of(sprints, plan.due),
            priority="Medium",
        )
        desk.work(task, who, worked, plan.starts, plan.due, note=title.lower())


def _wireframes(desk: Desk, web: Place, epic: WorldTask, version: Target) -> None:
    """A story with two subtasks; one of them has 26 work logs, six more than an issue answer carries."""
    moves = [(day("09-21"), "In Progress"), (day("10-14"), "Done")]
    story = desk.task(
        web, "Wireframes", kind="story", created=day("08-26"), moves=moves, who="maria", parent=epic, targets=[version]
    )
    for title, estimate, worked, starts, due, piece in (
        ("Wireframes: home", "8", "9", "09-21", "09-25", "3"),
        ("Wireframes: inner pages", "10", "13", "09-28", "10-14", "0.5"),
    ):
        plan = Plan.of(starts, due, estimate)
        steps = [(plan.starts, "In Progress"), (plan.due, "Done")]
        task = desk.task(
            web, title, kind="subtask", created=day("08-27"), moves=steps, plan=plan, who="maria", parent=story
        )
        desk.work(task, "maria", worked, plan.starts, plan.due, piece, note="wireframes")


def _next(desk: Desk, web: Place, epics: dict[str, WorldTask], versions: list[Target], sprints: list[Target]) -> None:
    tasks = {}
    for epic, title, estimate, starts, due, who in _NEXT_WEB:
        plan = Plan(_year(starts), _year(due), Decimal(estimate))
        tasks[title] = desk.task(
            web,
            title,
            created=day("08-28"),
            plan=plan,
            who=who,
            parent=epics[epic],
            targets=[versions[3] if epic == "Launch" else versions[1]],
            sprints=_sprint_of(sprints, plan.due),
            priority="High" if "Homepage" in title else "Medium",
        )
    templates = next(task for title, task in tasks.items() if title.startswith("CMS templates"))
    desk.change(templates, "estimate", str(12 * 3600), "11-05", "jonas")
    desk.say(templates, "11-05", "jonas", "Half of the templates come with the theme: 12 h are enough.")
    # The way to the launch has no slack: each of these is planned to begin when the one before it ends.
    for title, then in itertools.pairwise(_CHAIN):
        tasks[title].links.append(("blocks", tasks[then]))
    tasks["Search"].links.append(("blocks", tasks["Migration of 214 pages"]))
    tasks["Homepage build"].links.append(("relates", templates))


def _content(desk: Desk) -> None:
    board = place(desk.world, "trello", "Acme content")
    for title, estimate, worked, starts, due, column in _CONTENT:
        plan = Plan(_year(starts), _year(due), Decimal(estimate))
        moves = [] if column == "To do" else [(plan.starts, "Doing"), (plan.due, column)]
        who = "maria" if "Photo" in title else "priya"
        labels = ["photo" if "Photo" in title or "Image" in title else "copy"]
        task = desk.task(
            board, title, kind="card", created=day("09-02"), moves=moves, plan=plan, who=who, labels=labels
        )
        if worked != "0":
            desk.work(task, who, worked, plan.starts, plan.due - dt.timedelta(days=1), "2", note="content work")
    last = desk.world.tasks[-1]
    desk.checklist(last, "Pages", [("Home", True), ("Shop <script>alert(1)</script>", False), ("Über uns", False)])
    desk.say(last, "11-13", "hale", "Our intern can help with these, isn't that nice?")


def _sign_on(desk: Desk, app: Place) -> None:
    """The part of the website that lives in the app's Jira project, told by its label."""
    for title, estimate, worked, starts, due, who in (
        ("Login banner hook", "8", "8.5", "11-02", "11-06", "owen"),
        ("Single sign-on link", "12", "0", "12-01", "12-07", "owen"),
        ("Shared header", "12", "0", "12-07", "12-11", "aisha"),
        ("شاشة تسجيل الدخول (login screen)", "8", "0", "12-14", "12-17", "owen"),
    ):
        plan = Plan.of(starts, due, estimate)
        steps = [(plan.starts, "In Progress"), (plan.due, "Done")] if worked != "0" else []
        task = desk.task(
            app, title, kind="story", created=day("09-04"), moves=steps, plan=plan, who=who, labels=["website"]
        )
        if worked != "0":
            desk.work(task, who, worked, plan.starts, plan.due, note=title)


def _app(desk: Desk, app: Place) -> None:
    """Support of the app: estimated in points only, one entry written six days late and one edited."""
    titles = ["Crash on start", "Push messages", "Dark mode", "Offline list", "Update library", "Slow start", "Icon"]
    for n, title in enumerate(titles):
        first = day("09-16") + dt.timedelta(days=7 * n)
        last = working_days(first, first + dt.timedelta(days=4))[-1]
        steps = [(first, "In Progress"), (last, "Done")] if n < 5 else [(first, "In Progress")] if n == 5 else []
        task = desk.task(
            app,
            title,
            kind="bug" if n % 3 == 0 else "task",
            created=first - dt.timedelta(days=5),
            moves=steps,
            who="aisha",
            labels=["app"],
            points=Decimal((1, 2, 3, 5, 8)[n % 5]),
        )
        if steps:
            entries = desk.work(task, "aisha", "7", first, last, note="app support")
            if n == 1:
                entries[0].updated_at = desk.moment(entries[0].started_at.date() + dt.timedelta(days=6))
                entries[0].note = "written late"
            if n == 2:
                entries[0].updated_at = desk.moment(day("11-17"))
                entries[0].note = "edited: was 4 h"
            for entry in entries:
                task.updated_at = max(task.updated_at, entry.updated_at)


def _slip(desk: Desk, web: Place, epics: dict[str, WorldTask], versions: list[Target], sprints: list[Target]) -> None:
    """Why the website is late: four days of approval, two of leave, one of added scope."""
    design = desk.task(
        web,
        "Homepage design 🎨 (\"hero\" & 'story')",
        created=day("08-28"),
        moves=[(day("11-02"), "In Progress"), (day("11-12"), "With client")],
        plan=Plan.of("11-02", "11-12", "12"),
        who="maria",
        parent=epics["Design"],
        labels=["design"],
        targets=[versions[0]],
        sprints=_sprint_of(sprints, day("11-12")),
        priority="High",
    )
    desk.work(design, "maria", "11.5", day("11-02"), day("11-12"), note="homepage design")
    desk.say(design, "11-12", "maria", "Sent to J. Hale for approval. Needed by 12 Nov to keep the build date.")
    desk.say(design, "11-18", "priya", "Reminder sent; no answer yet.")
    guide = desk.task(
        web,
        "Style guide",
        created=day("08-28"),
        moves=[(day("11-11"), "In Progress")],
        plan=Plan.of("11-09", "11-16", "6"),
        who="maria",
        parent=epics["Design"],
        labels=["design"],
        targets=[versions[0]],
        sprints=[sprints[2]],
    )
    desk.change(guide, "due_on", "2026-11-24", "11-11", "maria")
    desk.change(guide, "sprint", str(sprints[3].number), "11-02")
    desk.work(guide, "maria", "2", day("11-11"), day("11-13"), "1", note="style guide")
    banner = desk.task(
        web,
        "Cookie banner",
        kind="story",
        created=day("11-17"),
        who="jonas",
        by="hale",
        parent=epics["Build"],
        labels=["scope-change"],
        targets=[versions[1]],
        sprints=[sprints[4]],
        estimate_seconds=12 * 3600,
        due_on=day("12-04"),
    )
    desk.say(banner, "11-17", "hale", "We need this before launch. Decision on the cost to follow.")
    build = next(t for t in desk.world.tasks if t.title == "Homepage build")
    design.links.append(("blocks", guide))
    guide.links.append(("blocks", build))
    asked, agreed = "Is the cookie banner in or out of scope?", "Keep the present font: the licence runs until 2029."
    desk.world.notes += [
        WorldNote("acme_website", "decision", day("11-17"), agreed, "J. Hale", client_visible=True),
        WorldNote(
            "acme_website", "question", day("11-17"), asked, "Priya Raman", "client", day("11-27"), client_visible=True
        ),
    ]
    desk.world.projects["acme_website"].causes = [
        Cause("waiting_client", day("11-12"), day("11-20"), Decimal(4), [design], "approval of the homepage design"),
        Cause("person_short", day("11-09"), day("11-10"), Decimal(2), [guide], "M. Lind on leave, no cover"),
        Cause("scope", day("11-17"), day("11-17"), Decimal(1), [banner], "cookie banner, 12 h, not approved"),
    ]
