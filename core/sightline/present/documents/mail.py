"""A report as a mail: text for who reads text, HTML that old mail programs show, the documents attached; and as a chat post."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Any, NamedTuple

from sightline.present.colours import palette
from sightline.present.documents.blocks import Block, blocks_of
from sightline.present.language import language
from sightline.present.report import Job, MailJob, page

__all__ = ["Attached", "Mail", "chat_of", "eml_of", "mail_of"]

_MOST_CHAT = 3_000


class Attached(NamedTuple):
    """A document that goes with a mail."""

    name: str
    media_type: str
    content: bytes


class Mail(NamedTuple):
    """What a mail says."""

    subject: str
    text: str
    html: str


def mail_of(job: Job, html: str, contacts: Sequence[str]) -> Mail:
    """The mail of a report to these contacts."""
    facts, cover = job.facts, job.cover
    tongue = language(facts.language, facts.timezone)
    name = facts.projects[0].name if len(facts.projects) == 1 else facts.client
    key = "report.subject_corrected" if cover.version > 1 else "report.subject"
    called = [parseaddr(contact)[0] for contact in contacts]
    greeting = tongue.text("report.greeting", name=called[0]) if len(called) == 1 and called[0] else None
    subject = _line(tongue.text(key, name=name, day=facts.period_end))
    blocks = [block for block in blocks_of(html) if block.section]
    values: dict[str, Any] = {
        "cover": cover,
        "colours": palette(cover.colour),
        "language": facts.language,
        "subject": subject,
        "greeting": greeting or tongue.words("report.hello"),
        "intro": tongue.text("report.mail_intro", day=facts.period_end),
        "regards": tongue.words("report.regards"),
        "blocks": [_told(block) for block in blocks],
        "client": facts.client,
    }
    texts = {kind: page(MailJob(f"email/client.{kind}", values, job.texts, facts.language, facts.timezone))
             for kind in ("txt", "html")}  # fmt: skip
    return Mail(subject, texts["txt"], texts["html"])


def _told(block: Block) -> dict[str, Any]:
    rows = [[{"text": cell.text, "figure": cell.figure} for cell in row] for row in block.rows]
    return {
        "kind": block.kind, "text": block.text, "level": block.level, "rows": rows, "percent": block.percent,
        "bold": block.bold, "rest": block.text.removeprefix(block.bold),
    }  # fmt: skip


def _line(text: str) -> str:
    """One line: nothing in a title begins a header of its own."""
    return " ".join(text.split())[:200]


def eml_of(mail: Mail, contacts: Sequence[str], attached: Sequence[Attached], *, reply: str = "") -> bytes:
    """The mail as a file. Sender, date and id come with the sending."""
    message = EmailMessage(policy=SMTP)
    message["To"] = ", ".join(_line(contact) for contact in contacts if "@" in parseaddr(contact)[1])
    message["Subject"] = mail.subject
    if "@" in parseaddr(reply)[1]:
        message["Reply-To"] = _line(reply)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for one in attached:
        main, _, sub = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=main, subtype=sub, filename=one.name)
    return message.as_bytes()


def chat_of(html: str, *, title: str) -> str:
    """The report as one message for a chat: what is in short, and what is needed."""
    lines = [f"*{_line(title)}*"]
    for block in blocks_of(html):
        if block.section in ("in_short", "needed"):
            if block.kind == "heading" and block.section == "needed":
                lines.append(f"*{_line(block.text.lstrip('0123456789 '))}*")
            elif block.kind == "paragraph":
                lines.append(block.text)
            elif block.kind == "table":
                lines += ["• " + " – ".join(cell.text.replace("\n", ", ") for cell in row) for row in block.rows[1:]]
    text = "\n".join(lines)
    return text if len(text) <= _MOST_CHAT else text[: _MOST_CHAT - 1] + "…"
