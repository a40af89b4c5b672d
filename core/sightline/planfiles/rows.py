"""A plan as a table: CSV with one row for each item, refused with the line's number and what is wrong with it.

Columns, in any order, by these names (a few usual others are understood):

- `name`: needed
- `uid`: what `parent` and `depends` name; default: the number of the row, 1 for the first
- `wbs`, `parent` (a uid)
- `start`, `due`: days, 2026-11-02; both included
- `hours`, `points`: decimal numbers
- `milestone`, `client_visible`: yes or no
- `owner`: a name
- `depends`: uids, separated by spaces or semicolons; with type and lag in working days: `3`, `3FS+2d`, `4SS-1d`
- `task`: `source:key`, or a key, of the task it stands for
- `cost`, `currency`
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Literal, cast

from sightline.errors import ConfigError
from sightline.model.money import Money
from sightline.model.plan import Dependency, PlanItem

__all__ = ["COLUMNS", "Row", "read_rows"]

COLUMNS = ("name", "uid", "wbs", "parent", "start", "due", "hours", "points", "milestone", "client_visible", "owner",
           "depends", "task", "cost", "currency")  # fmt: skip
_ALSO = {
    "title": "name", "item": "name", "id": "uid", "starts": "start", "starts_on": "start", "due_on": "due",
    "finish": "due", "end": "due", "work": "hours", "estimate": "hours", "predecessors": "depends", "key": "task",
}  # fmt: skip
#: Larger tables are refused.
LARGEST, MOST_ROWS = 32 * 1024 * 1024, 100_000
_MOST_PROBLEMS = 20
_LINK = re.compile(r"^(?P<uid>.+?)(?P<type>FS|SS|FF|SF)?(?P<lag>[+-]\d+(?:\.\d+)?d)?$")
_YES, _NO = frozenset(("yes", "y", "true", "1", "x")), frozenset(("no", "n", "false", "0", ""))
_EARLIEST, _LATEST = dt.date(1980, 1, 1), dt.date(2200, 1, 1)


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """An item, and the task it stands for as written; whoever knows the tasks ties it."""

    item: PlanItem
    task: str | None = None


def read_rows(data: bytes, *, where: str, hours_per_day: Decimal, currency: str) -> list[Row]:
    """The items of a CSV table. Raises one `ConfigError` with everything that is wrong, line by line."""
    lines = list(_table(data, where))
    columns = _columns([cell for _, cells in lines[:1] for cell in cells], where)
    problems: list[str] = []
    rows: list[Row] = []
    for number, (line, cells) in enumerate(lines[1:], 1):
        values = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
        if any(values.values()):
            reader = _Line(values, number, hours_per_day, currency)
            rows.append(reader.row())
            problems += [f"line {line}: {problem}" for problem in reader.problems]
    problems += _ties(rows)
    if problems or not rows:
        shown = problems[:_MOST_PROBLEMS] or ["there is no row below the heading"]
        more = f"\n… and {len(problems) - _MOST_PROBLEMS} more" if len(problems) > _MOST_PROBLEMS else ""
        raise ConfigError("\n".join(shown) + more, where=where, mend="Mend these lines; nothing was kept.")
    return rows


def _table(data: bytes, where: str) -> list[tuple[int, list[str]]]:
    """(line, cells); comma, semicolon or tab between cells, whichever the heading has most of."""
    if len(data) > LARGEST:
        raise ConfigError("is too large for a plan", where=where, mend="Leave out what is no plan.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"is not UTF-8 text (byte {error.start})", where=where, mend="Save it as UTF-8.") from None
    heading = text.partition("\n")[0]
    lines = [f"{line}\n" for line in text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")]
    reader = csv.reader(lines, delimiter=max(",;\t", key=heading.count), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            rows.append((reader.line_num, cells))
            if len(rows) > MOST_ROWS:
                raise ConfigError("has too many rows for a plan", where=where, mend="Leave out what is no plan.")
    except csv.Error as error:
        raise ConfigError(
            f"line {reader.line_num}: is not readable CSV ({error})", where=where, mend="Mend that line."
        ) from None
    return rows


def _columns(heading: Sequence[str], where: str) -> dict[str, int]:
    """Column → position. Unknown columns are refused: a misspelt one would vanish silently."""
    names = [cell.strip().casefold().replace(" ", "_") for cell in heading]
    found = [_ALSO.get(name, name) for name in names]
    unknown = [name for name in found if name and name not in COLUMNS]
    twice = sorted({name for name in found if name and found.count(name) > 1})
    if unknown or twice or "name" not in found:
        told = [f"there is no column {name[:40]!r}" for name in unknown]
        told += [f"the column {name!r} is there twice" for name in twice]
        told += [] if "name" in found else ["the column 'name' is missing"]
        raise ConfigError(f"line 1: {'; '.join(told)}", where=where, mend=f"Columns are: {', '.join(COLUMNS)}.")
    return {name: at for at, name in enumerate(found) if name}


class _Line:
    """Reads the cells of one line; what cannot be read is remembered."""

    def __init__(self, values: Mapping[str, str], number: int, hours_per_day: Decimal, currency: str) -> None:
        self.values, self.number, self.hours_per_day, self.currency = values, number, hours_per_day, currency
        self.problems: list[str] = []

    def row(self) -> Row:
        """The item, as far as it could be read."""
        values = self.values
        starts, due = self._day("start"), self._day("due")
        if starts is not None and due is not None and due < starts:
            self.problems.append(f"it is due on {due}, before it starts on {starts}")
        hours, amount = self._number("hours"), self._number("cost")
        code = values.get("currency", "").upper() or self.currency
        if not re.fullmatch("[A-Z]{3}", code):
            self.problems.append(f"currency {code[:20]!r} is no currency (EUR, GBP …)")
            code = self.currency
        if not values.get("name"):
            self.problems.append("name is empty")
        item = PlanItem(
            uid=values.get("uid") or str(self.number), name=values.get("name") or "?", wbs=values.get("wbs") or None,
            parent=values.get("parent") or None, starts_on=starts, due_on=due,
            work_seconds=int((hours * 3600).to_integral_value()) if hours is not None else None,
            points=self._number("points"), sized="hours" if hours else None,
            cost=Money(amount=amount, currency=code) if amount is not None else None,
            milestone=self._flag("milestone", default=False), owner=values.get("owner") or None,
            client_visible=self._flag("client_visible", default=True), depends_on=self._depends(),
        )  # fmt: skip
        return Row(item, values.get("task") or None)

    def _day(self, name: str) -> dt.date | None:
        text = self.values.get(name, "")
        if not text:
            return None
        try:
            found = dt.date.fromisoformat(text[:10])
        except ValueError:
            found = None
        if found is None or not _EARLIEST <= found <= _LATEST:
            self.problems.append(f"{name} {text[:30]!r} is no day (write 2026-11-02)")
            return None
        return found

    def _number(self, name: str) -> Decimal | None:
        text = self.values.get(name, "")
        if not text:
            return None
        try:
            found = Decimal(text.replace(",", ".") if "." not in text else text)
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or not 0 <= found < 10**9:
            self.problems.append(f"{name} {text[:30]!r} is no number of 0 or more")
            return None
        return found

    def _flag(self, name: str, *, default: bool) -> bool:
        text = self.values.get(name, "").casefold()
        if text not in _YES | _NO:
            self.problems.append(f"{name} {text[:30]!r} is neither yes nor no")
        return default if not text else text in _YES

    def _depends(self) -> tuple[Dependency, ...]:
        found = []
        for word in re.split(r"[;\s]+", self.values.get("depends", "")):
            match = _LINK.match(word)
            if not match:
                continue
            lag = Decimal((match["lag"] or "0d")[:-1]) * self.hours_per_day * 3600
            kind = cast('Literal["FS", "SS", "FF", "SF"]', match["type"] or "FS")
            found.append(Dependency(predecessor=match["uid"], type=kind, lag_seconds=int(lag)))
        return tuple(found)


def _ties(rows: Sequence[Row]) -> list[str]:
    """Uids that are there twice; parents and predecessors that are not there."""
    uids = [row.item.uid for row in rows]
    known = set(uids)
    problems = [f"uid {uid[:40]!r} is there twice" for uid in sorted({uid for uid in uids if uids.count(uid) > 1})]
    for item in (row.item for row in rows):
        if item.parent is not None and (item.parent not in known or item.parent == item.uid):
            problems.append(f"{item.name[:40]!r}: there is no parent {item.parent[:40]!r}")
        problems += [
            f"{item.name[:40]!r}: it waits for {one.predecessor[:40]!r}, which is not there"
            for one in item.depends_on
            if one.predecessor not in known
        ]
    return problems
