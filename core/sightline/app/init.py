"""Init: a new workspace is a folder with one commented file; nothing else is made, and nothing is overwritten."""

from __future__ import annotations

import re
from pathlib import Path

from sightline.config.workspace import FILE
from sightline.errors import ConfigError

__all__ = ["TEMPLATE", "init"]

TEMPLATE = """\
# Sightline workspace. `sightline schema` prints every key; unknown keys are refused with the nearest right name.
# Sources are only read, never written. Collected data lives beside this file in .sightline/.

[workspace]
name = {name}
currency = "EUR"                       # your own currency (ISO 4217)
timezone = "UTC"                       # IANA zone in which your day begins, for example "Europe/London"
hours_per_day = 8
working_days = ["mon", "tue", "wed", "thu", "fri"]
# holidays = "GB-ENG"                  # a country or region (needs `sightline[calendar]`), or a list of dates

# --- Where the work lives: `sightline connect jira` asks for what it needs and writes such a table ------------------
# A secret is a reference: "env:NAME", "file:PATH" (mode 0600) or "keyring:SERVICE/NAME".
#
# [sources.acme_jira]
# connector = "jira"
# site = "https://acme.atlassian.net"
# email = "you@example.com"
# token = "env:ACME_JIRA_TOKEN"
# scopes = ["WEB"]                     # default: everything visible
#
# [sources.site_git]
# connector = "git"
# path = "../site"

# --- Who it is for ---------------------------------------------------------------------------------------------------
# [clients.acme]
# name = "Acme Ltd"
# contacts = ["J. Hale <j.hale@acme.example>"]
#
# [projects.acme_website]
# client = "acme"
# name = "Website rebuild"
# include = ["acme_jira:WEB", "site_git:*"]
# money = [{{source = "xero", contact = "Acme Ltd"}}]
# starts = 2026-09-01
# due = 2027-01-29
# agreement = {{kind = "fixed_price", budget = "36000", currency = "GBP", budget_hours = 400}}

# --- What an hour bills and costs; the most specific rate wins --------------------------------------------------------
# [[rates.bill]]
# per_hour = "85.00"
# currency = "GBP"
#
# [[rates.cost]]
# person = "Maria Lind"
# per_hour = "55.00"
# currency = "GBP"

# --- Statuses, only where they differ from the tool's own categories ---------------------------------------------------
# [statuses.acme_jira]
# "With client" = {{state = "in_progress", waiting_on = "client"}}
"""


def init(folder: Path) -> Path:
    """Write the file into `folder` (made if needed); its path. An existing file is left alone: `ConfigError`."""
    path = folder / FILE
    if path.exists():
        raise ConfigError(
            "it is there already and stays as it is", where=str(path), mend="Edit it, or name another folder."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w .&'-]", "", folder.resolve().name) or "My workspace"
        path.write_text(TEMPLATE.format(name=f'"{name}"'), "utf-8")
    except OSError as error:
        raise ConfigError(
            f"cannot be written ({error.strerror})", where=str(path), mend="Choose a folder you may write to."
        ) from None
    return path
