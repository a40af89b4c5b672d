"""Stated exchange rates: those written in the configuration, and a file of the European Central Bank.

The file is the ECB's `eurofxref-hist.csv` as it is downloaded: a heading of currencies, then one line a day with the
units of each currency for one euro, `N/A` where there is none. Source: ECB, "Euro foreign exchange reference rates".
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from sightline.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sightline.config.file import CurrenciesTable
    from sightline.model.facts import Exchange

__all__ = ["ecb_rates", "exchange_rates"]

Found = dict[tuple[str, str], list[tuple[dt.date, Decimal]]]


def exchange_rates(table: CurrenciesTable, root: Path) -> Exchange:
    """All rates by pair of currencies, oldest first; of one pair and day the one written in the configuration wins."""
    found: Found = defaultdict(list)
    if table.ecb is not None:
        found |= ecb_rates(root / table.ecb)
    for one in table.rates:
        found.setdefault((one.from_, one.to), []).append((one.day, one.rate))
    # Sorting is stable and the configuration's rates come last: of one day the last declared wins.
    return {pair: tuple(sorted(rates, key=lambda rate: rate[0])) for pair, rates in found.items()}


def ecb_rates(path: Path) -> Found:
    """The rates of an ECB file: euro to every other currency. `ConfigError` when it cannot be read or is no such file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return _read(csv.reader(lines))
    except OSError as error:
        raise ConfigError(
            f"the file of exchange rates cannot be read ({error.strerror})",
            where=f"currencies.ecb, {path}",
            mend="Download eurofxref-hist.csv from the European Central Bank, or correct the path.",
        ) from None
    except (ValueError, InvalidOperation, StopIteration, csv.Error):
        raise ConfigError(
            "the file of exchange rates is not in the European Central Bank's form",
            where=f"currencies.ecb, {path}",
            mend="Use eurofxref-hist.csv, unzipped, as it was downloaded.",
        ) from None


def _read(rows: Iterable[list[str]]) -> Found:
    lines = iter(rows)
    heading = [name.strip() for name in next(lines)]
    if heading[0] != "Date" or len(heading) < 2:
        raise ValueError("no heading")
    found: Found = defaultdict(list)
    for row in lines:
        if not row or not row[0].strip():
            continue
        day = dt.date.fromisoformat(row[0].strip())
        for currency, cell in zip(heading[1:], row[1:], strict=False):
            text = cell.strip()
            if currency and text and text != "N/A":
                rate = Decimal(text)
                if not rate.is_finite() or rate <= 0:
                    raise ValueError("a rate is not above zero")
                found["EUR", currency].append((day, rate))
    return found
