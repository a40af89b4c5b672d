"""The documentation tells what the code does: what is made from the code is up to date, and every link leads somewhere."""

from __future__ import annotations

import re
import subprocess

import pytest

from docs.pages import BLOCK, MADE, PAGES, ROOT, made


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_about_commands_settings_tables_and_figures_is_true(page):
    text = (ROOT / page).read_text("utf-8")

    assert [found[2] for found in BLOCK.finditer(text)] == PAGES[page]
    assert text == made(page), "run `make docs`"


def test_everything_that_is_made_from_the_code_stands_in_a_page():
    assert {name for names in PAGES.values() for name in names} == set(MADE)


def pages() -> list[str]:
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "*.md"], capture_output=True, check=True).stdout.decode()
    return [name for name in names.split() if (ROOT / name).is_file()]


@pytest.mark.parametrize("page", pages())
def test_every_link_within_the_project_leads_to_a_file(page):
    links = re.findall(r"\]\(([^)#:]+)(?:#[\w-]*)?\)", (ROOT / page).read_text("utf-8"))

    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_the_readme_opens_with_the_two_commands():
    opening = (ROOT / "README.md").read_text("utf-8").partition("\n## ")[0]

    assert re.findall(r"^make \w+", opening, re.MULTILINE) == ["make demo", "make test"]


def test_every_target_of_the_makefile_that_a_page_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        name
        for page in pages()
        for name in re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    }

    assert named >= {"check", "lock", "bench", "wheel"}
    assert named - targets == set()
