"""Group I, hostile data: scripts, links, formulas, file names, SQL and escape sequences in every text that tools send.

F102: nothing here reads XML or office files; the archive that is read is a backup of ours, and packed answers are
test_d_http.py's. F105 (rewritten Git history) is tests/plugins/git/test_repositories.py
and test_hostile.py: amend, rebase, force push, shallow clones, dates of 2106.
"""

from __future__ import annotations

import csv
import gzip
import html.parser
import io
import json
import logging
import re
import shutil
import sqlite3
import subprocess
import tarfile
from contextlib import closing
from pathlib import Path

import markupsafe
import msgspec
import pytest
from pydantic import ValidationError

from faults_local.small import Office
from faults_local.wild import Wild, reply
from sightline.app.reports import facts_for_client
from sightline.collect.redact import clean_logs
from sightline.config.file import ReportTable
from sightline.extend import ClientSection
from sightline.model.facts import ClientFacts
from sightline.plugins.registry import load
from sightline.present.export import write_csv
from sightline.present.report import Cover, client_report, file_name

#: What runs, or asks for something, if it is not escaped. HIT is an address that notes who asks; PWN marks the page.
PAYLOADS = [
    "<script>PWN</script>", "</script><script>PWN</script>", "<img src=x onerror=PWN>", "<img src='HIT'>", "<svg onload=PWN>",
    "<svg><script>PWN</script></svg>", '"><script>PWN</script>', "'><script>PWN</script>", "--><script>PWN</script>",
    "</title><script>PWN</script>", "</style><script>PWN</script>", "</textarea><script>PWN</script>", "</td></tr></table><script>PWN</script>",
    '" onmouseover=PWN autofocus onfocus=PWN x="', "' onfocus=PWN autofocus x='", "<body onload=PWN>", "<iframe src='HIT'></iframe>",
    "<iframe srcdoc='<script>PWN</script>'></iframe>", "<object data='HIT'></object>", "<embed src='HIT'>", "<link rel=stylesheet href='HIT'>",
    "<style>@import 'HIT';</style>", "<style>body{background:url(HIT)}</style>", "<base href='HIT'>", "<meta http-equiv=refresh content='0;url=HIT'>",
    "<form action='HIT'><input autofocus onfocus=PWN>", "<video src='HIT' autoplay onerror=PWN>", "<audio src='HIT' autoplay>", "<details open ontoggle=PWN>",
    "<math><mtext><img src=x onerror=PWN></mtext></math>", "<a href='javascript:PWN'>x</a>", "<a href='data:text/html,<script>PWN</script>'>x</a>",
    "javascript:PWN", "{{7*7}}", "{% raw %}{{ facts }}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "{{ ''.__class__.__mro__ }}", "{{ config }}", "[[7*7]]",
    "<scr\u0000ipt>PWN</script>", "\u202e<script>PWN</script>", "＜script＞PWN＜/script＞", "<ScRiPt >PWN</sCrIpT>", "<<script>PWN//<</script>",
    "&lt;script&gt;PWN&lt;/script&gt;", "&#60;script&#62;PWN&#60;/script&#62;", "%3Cscript%3EPWN%3C/script%3E", "\\u003cscript\\u003ePWN\\u003c/script\\u003e",
    "![x](HIT)", "[x](javascript:PWN)", "<template><script>PWN</script></template>", "<noscript><p title='</noscript><img src=x onerror=PWN>'>", "]]><script>PWN</script>",
    "<img src=x:x onerror&#61;PWN>", "<img/src/onerror=PWN>", "<x contenteditable onfocus=PWN autofocus tabindex=1>", "<marquee onstart=PWN>", "<portal src='HIT'>",
    "<button popovertarget=x>a</button><x popover id=x onbeforetoggle=PWN>", "expression(PWN)", "url(HIT)", "</main><script>PWN</script>", "\x1b]0;title\x07", "a\r\nb\u2028c",
]  # fmt: skip
#: Fields whose words are ours, or belong to a standard.
OURS = {"language", "timezone", "cause", "turn", "currency", "kind", "state", "unit", "name_of_zone"}


@pytest.fixture(scope="module")
def facts(tmp_path_factory) -> ClientFacts:
    """A real client's facts, before anybody poisons them."""
    with Office(tmp_path_factory.mktemp("i"), None, size=0.05) as office:
        office.sync()
        with office.session() as session:
            return facts_for_client(session, session.workspace.clients["acme"])


def poisoned(value, payloads, field=""):
    """The same facts with the next payload in every text of theirs."""
    if isinstance(value, msgspec.Struct):
        fields = {name: poisoned(getattr(value, name), payloads, name) for name in value.__struct_fields__}
        return type(value)(**fields) if type(value).__name__ != "Money" else value
    if isinstance(value, tuple):
        longer = value * (1 + 24 // len(value)) if value and isinstance(value[0], msgspec.Struct) else value
        return tuple(poisoned(item, payloads, field) for item in longer)
    if isinstance(value, str) and field not in OURS:
        return next(payloads)
    return value


def endless(payloads):
    while True:
        yield from payloads


def ready(hit: str) -> list[str]:
    mark = "document.documentElement.setAttribute(`data-pwned`,1);fetch(`HIT`)"
    return [text.replace("PWN", mark).replace("HIT", hit) for text in PAYLOADS]


def opened(page: Path) -> str:
    """The page as a browser has it after its scripts ran."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs a Chromium")
    done = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
         "--no-first-run", "--virtual-time-budget=3000", f"--user-data-dir={page.parent / 'profile'}", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert "<html" in done.stdout, done.stderr[-500:]
    return done.stdout


def page_of(facts: ClientFacts, payloads: list[str]) -> str:
    sections = [s for s in load().sections.values() if issubclass(s, ClientSection)]
    return client_report(
        poisoned(facts, endless(payloads)),
        sections,
        Cover(agency=payloads[0], reply=payloads[0], reason=payloads[0], version=2),
    )


def test_f091_no_payload_in_any_text_of_a_report_runs_or_asks_for_anything(facts, tmp_path):
    with Wild(lambda *_: reply({})) as server:
        payloads = ready(f"{server.url}/hit")
        html = page_of(facts, payloads)
        page = tmp_path / "report.html"
        page.write_text(html, "utf-8")
        dom = opened(page)

    shown = [text for text in payloads if str(markupsafe.escape(text)) in html]
    assert len(shown) > 30
    assert 'data-pwned="1"' not in dom
    assert server.seen == []


def test_f091_the_browser_would_notice(tmp_path):
    with Wild(lambda *_: reply({})) as server:
        page = tmp_path / "bad.html"
        page.write_text(f"<html><body>{ready(f'{server.url}/hit')[2]}<img src='{server.url}/hit'></body></html>")
        dom = opened(page)

    assert 'data-pwned="1"' in dom
    assert len(server.seen) > 0


class Tags(html.parser.HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_f092_f096_a_report_has_no_script_no_handler_and_nothing_that_is_fetched(facts):
    tags = Tags()
    tags.feed(page_of(facts, ready("http://169.254.169.254/latest")))
    attributes = {name for _, attrs in tags.found for name in attrs}
    links = [
        attrs[name] for _, attrs in tags.found for name in ("href", "src", "action", "data", "srcset") if name in attrs
    ]

    assert {tag for tag, _ in tags.found} & {
        "script",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "form",
        "img",
        "video",
    } == set()
    assert [name for name in attributes if name.startswith("on")] == []
    assert [link for link in links if not re.match(r"(https?:|mailto:|#)", link or "")] == []
    policy = next(attrs["content"] for tag, attrs in tags.found if attrs.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    "payload", ["{{7*7}}", "{{ ''.__class__ }}", "{% include '/etc/passwd' %}", "${7*7}", "{{ cycler.__init__ }}"]
)
def test_f118_templates_in_data_are_data(facts, payload):
    html = page_of(facts, [payload])

    assert payload.replace("'", "&#39;") in html
    assert ">49<" not in html


@pytest.mark.parametrize(
    "colour", ["red;background:url(http://x)", "</style><script>", "#12345g", "url(x)", "expression(1)", ""]
)
def test_f096_a_colour_is_a_colour(colour):
    with pytest.raises(ValidationError):
        ReportTable(colour=colour)


# --- spreadsheets ----------------------------------------------------------------------------------------------------

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "-2+3+cmd|'/C calc'!A0",
    "＝1+1", "＋1", "－1", "＠x", '=IMPORTXML("http://x","//a")', "+44 20 7946 0000", "--1", "-", "=", "@", "-1e5", "-1,000", "+1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_f093_a_cell_that_a_spreadsheet_would_run_is_text(text):
    stream = io.StringIO()
    write_csv(("title",), [(text,)], stream)
    (_, (cell,)) = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))

    assert cell == "'" + text


@pytest.mark.parametrize("number", ["-1", "-12.50", "0", "12.34", "-0.01"])
def test_f093_numbers_stay_numbers(number):
    stream = io.StringIO()
    write_csv(("amount",), [(number,)], stream)

    assert stream.getvalue() == f"amount\r\n{number}\r\n"


def test_f093_lists_and_quotes_cannot_leave_their_cell():
    stream = io.StringIO()
    write_csv(("a", "b"), [(["=1", "x"], 'say "hi",\r\n=1+1')], stream)
    rows = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))

    assert rows[1] == ["'=1; x", 'say "hi",\r\n=1+1']


# --- file names ------------------------------------------------------------------------------------------------------

NAMES = [
    "../../etc/x", "..", ".", "", "CON", "con.html", "NUL", "a/b", "a\\b", "C:\\x", "x" * 300, "a\0b", "a\nb", "-rf", "~root", "$(id)", "`id`", "a;b",
    "名前", "e\u0301", "\u202egnp.exe", "a:b", "a*b?", "<x>", "|x", "x.", "x ", "aux", "lpt1", "https://x/y",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_f095_a_report_stays_in_its_folder_under_a_plain_name(name, facts, tmp_path):
    made = file_name(name, facts)

    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*-\d{4}-\d\d-\d\d\.html", made)
    assert len(made) < 100
    assert (tmp_path / made).resolve().parent == tmp_path.resolve()
    # Reserved names of Windows are reserved with any extension, but not with a date behind them.
    assert made.partition(".")[0] not in {"con", "nul", "aux", "lpt1"}


# --- databases, terminals, logs --------------------------------------------------------------------------------------

INJECTIONS = [
    "' OR 1=1 --", "'; DROP TABLE tasks; --", "x' UNION SELECT sql FROM sqlite_master --", '" OR ""="', "1); DELETE FROM runs; --", "tasks; --",
    "tasks WHERE 1=1", "%", "_", "\\", "acme' /*", "\0", "x\ny", "../tasks", "sqlite_master", "tasks--", "COALESCE(1,2)",
]  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A desk whose titles forge lines and colours."""
    with Office(tmp_path_factory.mktemp("desk"), ["acme_jira", "trello"]) as served:
        for number, task in enumerate(served.world.tasks):
            task.title = ESCAPES[number % len(ESCAPES)]
        for place in served.world.places:
            place.name = f"{place.name}\x1b[31m\r\nforged: line"
        served.sync()
        yield served


ESCAPES = [
    "\x1b]0;owned\x07", "\x1b[2J\x1b[H", "a\nerror: forged", "a\rforged", "\x9b31m", "\x08\x08\x08", "\u202eabc", "\u2066x", "tab\there", "\x7f",
    "\x1b]8;;http://x\x07click\x1b]8;;\x07", "=1+1", "[bold red]rich[/]", ":smile:",
]  # fmt: skip


def rows(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in sorted(tables)}


@pytest.mark.parametrize("text", INJECTIONS)
def test_f098_sql_in_any_argument_is_a_name_that_does_not_exist(text, office):
    # What a new day changes in figures and alerts is done before anything is counted.
    office.cli("status")
    before = rows(office.database)
    ran = [
        office.cli("export", text),
        office.cli("export", "tasks", "--project", text),
        office.cli("export", "tasks", "--source", text),
        office.cli("explain", text, "hours"),
        office.cli("explain", "acme_website", text),
        office.cli("raw", f"acme_jira/tasks/{text}"),
        office.cli("raw", f"acme_jira/{text}/1"),
    ]

    assert [one.code in (1, 2, 64) for one in ran] == [True] * len(ran), [one.err for one in ran if one.code == 0]
    assert [
        one.err for one in ran if "Traceback" in one.err or "internal error" in one.err or "OperationalError" in one.err
    ] == []
    assert rows(office.database) == before


@pytest.mark.parametrize(
    "command", ["status", "map", "sync --verbose", "check", "explain acme_website nothing", "money", "people"]
)
def test_f099_nothing_that_a_tool_says_moves_the_cursor_or_forges_a_line(command, office):
    ran = office.cli(*command.split())
    text = ran.out + ran.err

    assert len(text) > 30
    assert [char for char in text if char != "\n" and (ord(char) < 32 or 127 <= ord(char) < 160)] == []
    assert [char for char in text if char in "\u202e\u2066\u2028\u2029"] == []
    assert [line for line in text.splitlines() if line.startswith(("error: forged", "forged"))] == []


def test_f099_json_output_keeps_the_text_and_stays_one_document(office):
    ran = office.cli("export", "tasks")
    titles = [json.loads(line)["title"] for line in ran.out.split("\n") if line]

    assert len(titles) > 20
    assert "\x1b" not in ran.out
    assert any("forged" in title for title in titles)


def test_f099_a_title_in_a_log_line_stays_on_its_line():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    clean_logs()
    logger = logging.getLogger("any.library")
    logger.addHandler(handler)
    try:
        for text in ESCAPES:
            logger.error("row %s", text)
    finally:
        logger.removeHandler(handler)

    lines = stream.getvalue().splitlines()
    assert len(lines) == len(ESCAPES)
    assert [line for line in lines if not line.startswith("row ") or "\x1b" in line] == []


# --- F102: entity bombs, archives that unpack to more than there is or to elsewhere ---------------------------------------

#: What parses XML or unpacks office files, and where that is needed: plan files (no document type, no entities:
#: tests/planfiles), logos (nothing that declares anything: tests/app/test_report_cover.py), and our own documents, which
#: are looked through for leaks.
READERS = ["leaks.py", "report_cover.py", "tree.py"]
PARSERS = re.compile(r"^\s*(?:import|from) (?:xml|lxml|defusedxml|zipfile|openpyxl)\b|unpack_archive", re.MULTILINE)


def test_f102_xml_is_parsed_and_office_files_are_unpacked_in_three_guarded_places_only():
    root = Path(__file__).parents[2]
    sources = [*root.glob("core/**/*.py"), *root.glob("plugins/*/sightline_*/**/*.py")]

    assert len(sources) > 200
    assert sorted(path.name for path in sources if PARSERS.search(path.read_text("utf-8"))) == READERS


def _archive(path: Path, name: str, size: int = 0, kind: bytes = tarfile.REGTYPE) -> Path:
    """A packed archive whose only header says this; what it says is not in it."""
    header = tarfile.TarInfo(name)
    header.size, header.type, header.linkname = size, kind, "/etc/passwd"
    path.write_bytes(gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024))
    return path


def test_f102_a_backup_that_leaves_its_folder_or_is_larger_than_the_disk_is_refused_before_anything_is_written(
    tmp_path,
):
    with Office(tmp_path, ["trello"]) as office:
        office.sync()
        before = office.database.read_bytes()
        told = [
            office.cli("restore", str(_archive(tmp_path / "climbs", "tokens/../../up.json"))),
            office.cli("restore", str(_archive(tmp_path / "link", "sightline.db", kind=tarfile.SYMTYPE))),
            office.cli("restore", str(_archive(tmp_path / "root", "/etc/sightline.db"))),
            office.cli("restore", str(_archive(tmp_path / "bomb", "sightline.db", size=1 << 50))),
        ]

        assert [ran.code for ran in told] == [1, 1, 1, 1]
        assert all("is no backup of Sightline" in ran.err for ran in told[:3])
        assert "more than there is room for" in told[3].err
        assert office.database.read_bytes() == before
