"""What `doctor` says of the machine: Python, Git, room on the disk, optional packages and the features they carry."""

from __future__ import annotations

import ctypes.util
import dataclasses
import importlib.util
import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, Self

from sightline._version import __version__
from sightline.app.session import Session
from sightline.errors import SightlineError

__all__ = ["Finding", "machine"]

Level = Literal["ok", "warning", "problem"]

#: Below the first nothing can be kept; below the second a backup or migration may not fit.
_FULL_BYTES = 50_000_000
_TIGHT_BYTES = 500_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what it is about, how it stands, what was seen, and how to mend it."""

    about: str
    level: Level
    says: str
    mend: str = ""

    @classmethod
    def of(cls, about: str, error: SightlineError) -> Self:
        """A problem that an error tells."""
        return cls(about, "problem", f"{error.where}: {error.what}", error.mend)


@dataclasses.dataclass(frozen=True, slots=True)
class _Extra:
    """An optional dependency: the module that shows it is there, what it is for, who needs it."""

    name: str
    module: str
    gives: str
    needed: Callable[[Session], bool] = lambda _session: False


def _has_reference(session: Session) -> bool:
    return any(str(v).startswith("keyring:") for s in session.workspace.sources.values() for v in s.table.values())


def _has_key(key: str) -> Callable[[Session], bool]:
    return lambda session: any(key in source.table for source in session.workspace.sources.values())


def _has_form(*forms: str) -> Callable[[Session], bool]:
    return lambda session: any(set(forms) & set(one.forms) for one in session.workspace.client_reports.values())


_EXTRAS = (
    _Extra("postgres", "psycopg", "PostgreSQL as the database", lambda s: s.workspace.database.startswith("postgres")),
    _Extra("keyring", "keyring", "secrets in the system's keyring", _has_reference),
    _Extra("github-app", "jwt", "signing in as a GitHub App", _has_key("app_id")),
    _Extra("match", "rapidfuzz", "suggestions by similar names in `sightline map`"),
    _Extra("calendar", "holidays", "public holidays of a country by name"),
    _Extra(
        "office",
        "xlsxwriter",
        "reports and exports as Excel files, reports as Word documents",
        _has_form("xlsx", "docx"),
    ),
    _Extra("pdf", "weasyprint", "reports as PDF", _has_form("pdf")),
    _Extra("charts", "vl_convert", "charts in reports"),
)


def machine(session: Session | None) -> Iterator[Finding]:
    """Findings about this machine; with a workspace also whether it has what that one needs."""
    yield Finding(
        "sightline", "ok", f"{__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    yield _git(session)
    yield _room(session.workspace.root if session else Path.cwd())
    for extra in _EXTRAS:
        yield _extra(extra, session)
    yield from _pdf_libraries()


#: What WeasyPrint needs of the system: the library, and the Debian package that holds it.
_PDF_LIBRARIES = (
    ("pango-1.0", "libpango-1.0-0"),
    ("pangoft2-1.0", "libpangoft2-1.0-0"),
    ("harfbuzz-subset", "libharfbuzz-subset0"),
)


def _pdf_libraries() -> Iterator[Finding]:
    """Whether the libraries that PDFs are made with are there, where somebody wants PDFs."""
    if importlib.util.find_spec("weasyprint") is None:
        return
    missing = [(name, package) for name, package in _PDF_LIBRARIES if not ctypes.util.find_library(name)]
    if missing:
        said = f"no reports as PDF: {', '.join(name for name, _ in missing)} not found"
        packages = " ".join(package for _, package in missing)
        yield Finding("pdf libraries", "warning", said, f"On Debian: apt-get install {packages}.")
    else:
        yield Finding("pdf libraries", "ok", "found")


def _git(session: Session | None) -> Finding:
    found = shutil.which("git")
    if found:
        return Finding("git", "ok", found)
    used: Any = session and any(source.connector == "git" for source in session.workspace.sources.values())
    return Finding(
        "git", "problem" if used else "warning", "the program git is not found", "Install Git 2.30 or later."
    )


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    said = f"{free / 1e9:.1f} GB free at {folder}"
    if free < _TIGHT_BYTES:
        return Finding("disk", "problem" if free < _FULL_BYTES else "warning", said, "Make room.")
    return Finding("disk", "ok", said)


def _extra(extra: _Extra, session: Session | None) -> Finding:
    about = f"extra {extra.name}"
    if importlib.util.find_spec(extra.module) is not None:
        return Finding(about, "ok", f"installed: {extra.gives}")
    if session is not None and extra.needed(session):
        mend = f"Run `pip install 'sightline[{extra.name}]'`."
        return Finding(about, "problem", f"missing, and this workspace needs it: {extra.gives}", mend)
    return Finding(about, "ok", f"not installed; without it there is no {extra.gives}")
