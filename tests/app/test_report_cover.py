"""What stands around the figures: each client's own look over the agency's, and logos that can only be seen."""

from __future__ import annotations

import base64

import pytest

from app.reported import TOML, opened
from sightline.app.report_cover import cover_of
from sightline.app.reports import client_of, draft
from sightline.errors import ConfigError

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
DRAWN = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><title>N</title><path d="M0 0h2v2z" fill="#123"/></svg>'
)


def office(folder, **look):
    told = "\n".join(f'{name} = "{value}"' for name, value in look.items())
    return opened(folder / "w", toml=TOML.replace("[clients.acme.report]", f"[clients.acme.report]\n{told}"))


def test_a_clients_own_look_goes_before_the_agencys(tmp_path):
    with office(tmp_path, colour="#aa3300", reply="acme@northgate.example", depth="short") as session:
        cover = cover_of(session, client_of(session, "acme"), number=3)
        other = cover_of(session, client_of(session, "birch"), number=1)

    assert (cover.colour, cover.reply, cover.depth, cover.number) == ("#aa3300", "acme@northgate.example", "short", 3)
    assert (other.colour, other.reply, other.depth) == ("#1f5673", "", "normal")


@pytest.mark.parametrize(("name", "body"), [("logo.png", PNG), ("logo.svg", DRAWN)])
def test_a_logo_stands_in_the_page_itself(tmp_path, name, body):
    with office(tmp_path, logo=name) as session:
        (session.workspace.root / name).write_bytes(body)
        page = draft(session, client_of(session, "acme")).path.read_text("utf-8")

    assert f";base64,{base64.b64encode(body).decode()}" in page
    assert 'alt="Northgate Consulting"' in page


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://evil.example/x"/></svg>'),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><path style="fill:url(http://evil.example)"/></svg>'),
        ("logo.svg", b'<!DOCTYPE svg [<!ENTITY x "y">]><svg xmlns="http://www.w3.org/2000/svg"><title>&x;</title></svg>'),
        ("logo.svg", b"not a picture"),
        ("logo.png", b"<html>"),
        ("logo.png", PNG + b"x" * 400_000),
        ("logo.gif", b"GIF89a"),
        ("../../etc/passwd", b""),
    ],
)  # fmt: skip
def test_a_logo_that_is_more_than_a_picture_is_refused_by_name(tmp_path, name, body):
    with office(tmp_path, logo=name) as session:
        if body:
            (session.workspace.root / name).write_bytes(body)
        with pytest.raises(ConfigError, match=r"the logo is not a plain PNG, JPEG or SVG"):
            draft(session, client_of(session, "acme"))


def test_a_logo_that_is_not_there_is_named(tmp_path):
    with office(tmp_path, logo="none.png") as session, pytest.raises(ConfigError, match="cannot be read") as caught:
        draft(session, client_of(session, "acme"))

    assert caught.value.where.endswith("none.png")
