"""Every form of a report says what the page says, holds nothing that runs, and survives what people type into titles."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import zipfile
from decimal import Decimal

import pytest

from faults_local.wild import Wild, reply
from sightline.errors import ConfigError
from sightline.model.facts import (
    ClientBudget,
    ClientFacts,
    ClientFigure,
    ClientHours,
    ClientInvoice,
    ClientItem,
    ClientProject,
    ClientSource,
)
from sightline.model.money import Money
from sightline.present.documents.blocks import blocks_of
from sightline.present.documents.docx import docx_of
from sightline.present.documents.mail import Attached, chat_of, eml_of, mail_of
from sightline.present.documents.markdown import markdown_of
from sightline.present.documents.pdf import pdf_of
from sightline.present.documents.xlsx import xlsx_of
from sightline.present.report import Cover, job_of, page
from sightline.present.sections import SECTIONS

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 20)
HOSTILE = "=cmd|' /C calc'!A0 <b>&amp;\x00\x1b\ud800 {done} \u202e| [x](javascript:1)"


def percent(name, value):
    return ClientFigure(name=name, title=name, value=Decimal(value), unit="percent", as_of=NOW, method="by count")


def facts(title="Contact form", rows=1, **more):
    items = tuple(ClientItem(key=f"WEB-{n}", title=title, day=DAY) for n in range(rows))
    project = ClientProject(
        id="web", name="Website", promised_on=dt.date(2027, 1, 29), done=items,
        figures=(percent("progress_by_count", "26"), percent("planned_percent", "32")),
        late=(ClientItem(key="WEB-9", title=title, day=DAY, days_late=1, waits_for_client=True),),
        budget=ClientBudget(kind="time_and_materials", agreed=Money.of(8000, "GBP"), used=Money.of(1000, "GBP"),
                            agreed_hours=Decimal(80), used_hours=Decimal(10)),
        invoices=(ClientInvoice(number="INV-1", issued_on=DAY, due_on=DAY, total=Money.of("1234.5", "GBP"),
                                outstanding=Money.of(600, "GBP"), state="overdue", days_overdue=3),),
        hours=(ClientHours(key="WEB-1", title=title, hours=Decimal("7.5")),),
        sources=(ClientSource(name="Jira", read_at=NOW, complete=True),),
    )  # fmt: skip
    fields = {"period_start": DAY, "period_end": DAY, "next_until": DAY, "as_of": NOW, **more}
    return ClientFacts(client="Acme Ltd", contacts=("J. Hale <hale@acme.example>",), projects=(project,), **fields)


def made(shown, **cover):
    return job_of(shown, SECTIONS, Cover(agency="Northgate", depth="full", **cover))


ABOUT = {"title": "Report", "author": "Northgate", "made_at": NOW}


def pdf(html):
    try:
        return pdf_of(html)
    except ConfigError as missing:
        if missing.where != "extra pdf":
            raise
        pytest.skip(f"PDF is not tested here: {missing}")


def test_all_forms_say_the_same_figures():
    html = page(made(facts()))
    docx = zipfile.ZipFile(io.BytesIO(docx_of(html, language="en", **ABOUT))).read("word/document.xml").decode()
    sheets = zipfile.ZipFile(io.BytesIO(xlsx_of(html, **ABOUT)))
    strings = sheets.read("xl/sharedStrings.xml").decode()
    numbers = "".join(sheets.read(name).decode() for name in sheets.namelist() if "/sheet" in name)
    marked = markdown_of(html)

    assert "£1,234.50" in marked
    assert "£1,234.50" in docx
    assert "26 % is done; the plan for today was 32 %." in marked
    assert "26 % is done; the plan for today was 32 %." in docx
    assert "<v>1234.5</v>" in numbers
    assert "INV-1" in strings
    assert "`█████░░░░░░░░░░░░░░░` Done 26 %" in marked


def test_a_pdf_is_tagged_has_a_title_and_a_language_and_numbers_its_pages():
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(pdf(page(made(facts(rows=80))))))
    text = "\n".join(sheet.extract_text() for sheet in reader.pages)
    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert (root["/Lang"], reader.metadata.title) == ("en", "Website – report of 20 November 2026")
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert f"1 / {len(reader.pages)}" in text
    assert len(reader.pages) > 2


def test_the_heads_of_a_long_table_stand_on_every_page_of_it():
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(pdf(page(made(facts(rows=80), sections=("annex_deliverables",))))))
    heads = [sheet.extract_text().count("Deliverable") for sheet in reader.pages]

    assert len(heads) > 2
    assert all(heads[1:])


def test_a_pdf_takes_nothing_from_outside():
    import pypdf

    with Wild(lambda *_: reply({})) as server:
        made_ = pdf(
            f'<html lang="en"><title>x</title><body><img src="{server.url}/x.png" alt="x"><p>text</p></body></html>'
        )

    assert server.seen == []
    assert "text" in pypdf.PdfReader(io.BytesIO(made_)).pages[0].extract_text()


def test_hostile_titles_are_text_in_every_form():
    html = page(made(facts(HOSTILE)))
    docx = zipfile.ZipFile(io.BytesIO(docx_of(html, language="en", **ABOUT))).read("word/document.xml").decode()
    sheets = zipfile.ZipFile(io.BytesIO(xlsx_of(html, **ABOUT)))
    mail = mail_of(made(facts(HOSTILE)), html, ["J. Hale <hale@acme.example>"])

    assert "<b>&amp;amp;" not in html
    assert "=cmd|" in docx
    assert "<f>" not in "".join(sheets.read(name).decode() for name in sheets.namelist() if "/sheet" in name)
    assert r"\[x\](javascript:1)" in markdown_of(html)
    assert "&lt;b&gt;" in mail.html


def test_a_mail_has_text_html_and_documents_and_no_title_can_forge_a_header():
    job = made(facts(), reply="hello@northgate.example")
    forged = job._replace(
        facts=facts(), cover=Cover(agency="North\r\nBcc: x@evil.example", reply="a@b.example\r\nX: y")
    )
    mail = mail_of(forged, page(job), ["J. Hale <hale@acme.example>", "no address"])
    message = email.message_from_bytes(
        eml_of(mail, ["J. Hale <hale@acme.example>", "no address"], [Attached("r.pdf", "application/pdf", b"%PDF")],
               reply=forged.cover.reply),
        policy=email.policy.default,
    )  # fmt: skip

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip
    assert [one.addr_spec for one in message["To"].addresses] == ["hale@acme.example"]
    assert message["Subject"] == "Website: report of 20 November 2026"
    assert (message["Bcc"], message["X"]) == (None, None)
    assert "style=" in mail.html
    assert "<link" not in mail.html


def test_a_chat_post_is_short():
    html = page(made(facts("word " * 2000)))

    assert chat_of(html, title="Report").startswith("*Report*\n26 % is done")
    assert len(chat_of(html, title="Report")) <= 3000


def test_blocks_know_their_section_and_the_length_of_bars():
    blocks = blocks_of(page(made(facts())))

    assert [(one.text, one.percent) for one in blocks if one.kind == "bar"] == [("Plan 32 %", 32), ("Done 26 %", 26)]
    assert {one.section for one in blocks if one.kind == "bar"} == {"progress"}


def test_ten_thousand_rows_make_a_report_and_the_body_names_the_annex():
    html = page(job_of(facts(rows=10_000), SECTIONS, Cover(agency="x")))
    sheet = zipfile.ZipFile(io.BytesIO(xlsx_of(html, **ABOUT)))

    assert "and 9,975 more, in the annex" in html
    assert html.count("WEB-9999<") == 1
    assert sheet.testzip() is None
