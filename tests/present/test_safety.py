"""Templates may do nothing but show values; leaks are found in every corner of every form; colours can be read."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from present.test_forms import ABOUT, facts, made
from sightline.errors import ConfigError, ContractError
from sightline.present import bounded
from sightline.present.colours import contrast, palette
from sightline.present.documents.docx import docx_of
from sightline.present.documents.leaks import Forbidden, leaks_in
from sightline.present.documents.xlsx import xlsx_of
from sightline.present.report import page
from sightline.present.templates import built_in, built_in_texts, with_overrides

LEAK = [Forbidden("Birch & Co", "another client")]


def with_section(text):
    return made(facts(), sections=("in_short",))._replace(
        texts={**built_in_texts(), "report/sections/in_short.html": text}
    )


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ margin }}", "UndefinedError"),
        ("{{ as_of.__class__ }}", "SecurityError|UndefinedError"),
        ("{{ say.__globals__ }}", "SecurityError|UndefinedError"),
        ("{{ cycler.__init__ }}", "SecurityError|UndefinedError"),
        ("{% include '/etc/passwd' %}", "TemplateNotFound"),
        ("{{ ''|nonsense }}", "TemplateAssertionError|TemplateSyntaxError"),
        ("{% for x in %}", "TemplateSyntaxError"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
    ],
)
def test_a_template_that_does_more_than_show_values_is_refused_by_name(template, why):
    with pytest.raises(ConfigError, match=why) as caught:
        page(with_section(template))

    assert "in_short.html" in caught.value.where or "client.html" in caught.value.where


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in 'x' * 99999 %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}",
        "{% set big = 'x' * 4000000000 %}{{ big }}",
    ],
    ids=["for ever", "too much memory"],
)
def test_a_template_that_goes_round_for_ever_or_takes_all_memory_is_stopped(template, monkeypatch):
    monkeypatch.setattr(bounded, "_CODE", "import sightline.present.bounded as b; b.CPU_SECONDS = 1; b.serve()")
    with pytest.raises(ConfigError, match=r"a template was stopped|MemoryError"):
        page(with_section(template))


def test_a_template_of_the_workspace_replaces_ours_and_only_that_one(tmp_path):
    own = tmp_path / "report" / "sections"
    own.mkdir(parents=True)
    (own / "in_short.html").write_text("<p>Our way: {{ several }}</p>")
    html = page(made(facts(), sections=("in_short", "budget"))._replace(texts=with_overrides([tmp_path])))

    assert "<p>Our way: False</p>" in html
    assert "Time and materials" in html


def test_every_built_in_template_of_reports_and_mails_is_a_file_that_is_read():
    folders = [Path(built_in()) / kind for kind in ("report", "email")]
    found = {
        path.relative_to(built_in()).as_posix() for folder in folders for path in folder.rglob("*") if path.is_file()
    }

    assert found == set(built_in_texts())


def test_only_client_facts_make_a_client_page():
    with pytest.raises(ContractError, match="ClientFacts only"):
        made({"client": "Acme"})


# --- leaks -----------------------------------------------------------------------------------------------------------


def docx_with(**properties):
    import docx

    document = docx.Document(io.BytesIO(docx_of(page(made(facts())), language="en", **ABOUT)))
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def hidden_sheet():
    import xlsxwriter

    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        book.add_worksheet("a")
        sheet = book.add_worksheet("b")
        sheet.write_string(0, 0, "Birch & Co")
        sheet.very_hidden()
    return held.getvalue()


def zipped(name, text):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, text)
    return held.getvalue()


def mail(header=None, attached=None):
    message = EmailMessage()
    message["Subject"] = header or "Report"
    message.set_content("text")
    message.add_alternative("<p>text</p>", subtype="html")
    if attached is not None:
        message.add_attachment(attached, maintype="application", subtype="x.spreadsheetml.sheet", filename="a.xlsx")
    return message.as_bytes()


PLANTED = {
    "text": ("html", b"<p>Birch &amp; Co</p>"),
    "an attribute": ("html", b'<p title="Birch &amp; Co">x</p>'),
    "a comment": ("html", b"<!-- Birch & Co -->"),
    "across tags": ("html", b"<b>Bir</b>ch &amp; <i>Co</i>"),
    "soft hyphens and wide spaces": ("html", "Bir\u00adch\u00a0&\u2003Co".encode()),
    "other capitals": ("markdown", b"BIRCH & CO"),
    "properties of a document": ("docx", lambda: docx_with(keywords="Birch & Co")),
    "a hidden sheet": ("xlsx", hidden_sheet),
    "a file's name": ("xlsx", lambda: zipped("Birch & Co.xml", "x")),
    "a header": ("email", lambda: mail("For Birch & Co")),
    "an attachment": ("email", lambda: mail(attached=hidden_sheet())),
}


@pytest.mark.parametrize("where", PLANTED)
def test_a_leak_is_found_in(where):
    form, body = PLANTED[where]

    assert leaks_in(body() if callable(body) else body, form, LEAK) == ["another client"]


def test_a_leak_is_found_in_the_text_the_properties_and_the_attachments_of_a_pdf():
    import pypdf

    from present.test_forms import pdf

    texts = []
    for html in ("<title>Birch &amp; Co</title><p>x", "<title>x</title><p>" + "word " * 12 + "Birch &amp; Co"):
        texts.append(pdf(f"<html lang=en>{html}</html>"))
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("<html lang=en><title>x</title><p>x</html>")))
    writer.add_attachment("a.txt", b"Birch & Co")
    held = io.BytesIO()
    writer.write(held)

    assert [leaks_in(body, "pdf", LEAK) for body in (*texts, held.getvalue())] == [["another client"]] * 3


def test_a_clean_document_has_no_leak_and_a_number_is_not_found_in_a_longer_one():
    amounts = [Forbidden("55.00", "a rate of staff")]

    assert leaks_in(b"<p>Birch trees and Cowboys, 155.00 and 55.001 and 1,55.00</p>", "html", LEAK + amounts) == []
    assert leaks_in(b"<p>GBP 55.00.</p>", "html", amounts) == ["a rate of staff"]
    assert leaks_in(xlsx_of(page(made(facts())), **ABOUT), "xlsx", LEAK) == []


# --- colours ---------------------------------------------------------------------------------------------------------


def test_the_contrast_of_black_and_white_is_twenty_one():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == round(contrast("#ffffff", "#777777"), 2)


@pytest.mark.parametrize("colour", ["#ffff00", "#ffffff", "#000000", "#1f5673", "#ff8800", "#7fffd4"])
def test_text_in_or_on_any_accent_colour_can_be_read(colour):
    found = palette(colour)

    assert contrast(found.ink, "#ffffff") >= 4.5
    assert contrast(found.on, colour) >= 4.5
    assert contrast("#1b2128", found.tint) >= 7
