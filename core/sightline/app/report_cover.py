"""What stands around the figures of a client's report: the agency's and the client's look, and which report it is."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from sightline.app.session import Session
from sightline.errors import ConfigError
from sightline.model.portfolio import Client
from sightline.present.report import Cover

__all__ = ["cover_of"]


def cover_of(
    session: Session,
    client: Client,
    *,
    number: int,
    version: int = 1,
    corrects: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Cover:
    """What stands around the figures of this client's report."""
    workspace = session.workspace
    ours, theirs = workspace.reports, workspace.client_reports[client.id]
    return Cover(
        agency=workspace.name,
        colour=theirs.colour or ours.colour,
        logo=_logo(workspace.root, theirs.logo or ours.logo),
        number=number,
        version=version,
        corrects_on=corrects["ends_on"] if corrects else None,
        reason=reason,
        reply=theirs.reply or ours.reply or "",
        depth=theirs.depth,
        sections=theirs.sections,
    )


_LOGOS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
_HEADS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_LARGEST_LOGO = 300_000


def _logo(root: Path, name: str | None) -> str:
    """The logo as a `data:` address. `ConfigError` for what is no picture, is too large, or could do anything."""
    if name is None:
        return ""
    path = (root / name).resolve()
    kind = _LOGOS.get(path.suffix.lower())
    try:
        body = path.read_bytes() if kind and path.stat().st_size <= _LARGEST_LOGO else b""
    except OSError as error:
        raise ConfigError(
            f"the logo cannot be read ({error.strerror})", where=str(path), mend="Mend the path."
        ) from None
    if not body or not (body.startswith(_HEADS[kind]) if kind in _HEADS else _harmless(body)):
        raise ConfigError(
            "the logo is not a plain PNG, JPEG or SVG of at most 300 kB",
            where=str(path),
            mend="Save it as PNG; an SVG must hold no script, no style sheet and no reference.",
        )
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


_DRAWN = frozenset(
    "svg g path rect circle ellipse line polyline polygon title desc defs lineargradient radialgradient stop text tspan clippath mask".split()
)


def _harmless(body: bytes) -> bool:
    """Whether an SVG only draws: known elements, no handler, no reference to anything but itself."""
    if b"<!" in body.replace(b"<!--", b"").replace(b"<!DOCTYPE svg", b"") or b"<!ENTITY" in body:
        return False
    try:
        root = ET.fromstring(body)  # noqa: S314 - no entity and no document type gets here
    except ET.ParseError:
        return False
    for element in root.iter():
        if element.tag.rpartition("}")[2].lower() not in _DRAWN:
            return False
        for name, value in element.attrib.items():
            plain = name.rpartition("}")[2].lower()
            if plain.startswith("on") or plain == "href" or ("url(" in value.lower() and "url(#" not in value.lower()):
                return False
    return True
