"""The part of JQL that the made-up Jira understands, read as Jira reads it: minutes, in the account's own zone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Collection
from typing import Any
from zoneinfo import ZoneInfo

from sightline.sandbox.world import Place, WorldTask

__all__ = ["BadJql", "Search"]

_CLAUSE = re.compile(
    r"\s*(project|updated|created|id|key)\s*(not in|in|>=|<=|!=|=|>|<)\s*(\([^)]*\)|\"[^\"]*\"|[^\s()\"]+)\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"AND\b", re.IGNORECASE)
_LITERAL = re.compile(r"^(\d{4})[/-](\d\d?)[/-](\d\d?)(?: (\d\d?):(\d\d))?$")
_RELATIVE = re.compile(r"^([+-]?\d+)([mhdw])$")
_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}
_COMPARE: dict[str, Callable[[dt.datetime, dt.datetime], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}
_ORDERS = ("updated", "created", "key", "id")
Test = Callable[[WorldTask], bool]


class BadJql(Exception):
    """What Jira says about a question it cannot answer."""


@dataclasses.dataclass
class Search:
    """A site's tasks and what JQL needs to know about it; `places` are those that the account can see."""

    places: Collection[Place]
    zone: ZoneInfo
    now: dt.datetime
    strict: bool = True
    """An id or project that is not there refuses the whole question (`validateQuery`)."""

    def run(self, jql: str, tasks: Collection[WorldTask]) -> list[WorldTask]:
        """The tasks that match, in order. Raises `BadJql` as Jira answers 400."""
        where, _, order = re.sub(r"\s+", " ", jql.strip()).partition("ORDER BY ")
        tests = self._tests(where.strip(), tasks)
        found = [task for task in tasks if all(test(task) for test in tests)]
        for field in reversed(order.split(",") if order else []):
            name, _, way = field.strip().partition(" ")
            if name not in _ORDERS:
                raise BadJql(f"Field '{name}' does not exist or you do not have permission to view it.")
            found.sort(key=_sort_key(name), reverse=way.upper() == "DESC")
        return found

    def _tests(self, where: str, tasks: Collection[WorldTask]) -> list[Test]:
        if not where:
            raise BadJql("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
        tests: list[Test] = []
        while where:
            match = _CLAUSE.match(where)
            if not match:
                raise BadJql("Error in the JQL Query.")
            tests.append(self._test(match[1].lower(), match[2].lower(), match[3], tasks))
            where = where[match.end() :]
            if where:
                joined = _AND.match(where)
                if not joined:
                    raise BadJql("Error in the JQL Query: Expecting either 'OR' or 'AND'.")
                where = where[joined.end() :]
        return tests

    def _test(self, field: str, operator: str, text: str, tasks: Collection[WorldTask]) -> Test:
        values = [value.strip().strip('"') for value in text.strip("()").split(",")]
        if field in ("updated", "created"):
            bound, compare = self._moment(values[0]), _COMPARE[operator]
            return lambda task: compare(task.updated_at if field == "updated" else task.created_at, bound)
        if operator not in ("in", "="):
            raise BadJql(f"The operator '{operator}' is not supported by the '{field}' field.")
        if field == "project":
            return self._in_projects(values)
        known = {str(task.number) for task in tasks} | {task.key for task in tasks}
        missing = [value for value in values if value not in known]
        if missing and self.strict:
            raise BadJql(f"An issue with key '{missing[0]}' does not exist for field '{field}'.")
        return lambda task: str(task.number) in values or task.key in values

    def _in_projects(self, values: list[str]) -> Test:
        wanted: list[Place] = []
        for value in values:
            found = [
                p
                for p in self.places
                if value.casefold() in (p.key.casefold(), p.name.casefold(), str(10000 + p.number))
            ]
            if not found and self.strict:
                raise BadJql(f"The value '{value}' does not exist for the field 'project'.")
            wanted += found
        return lambda task: task.place in wanted

    def _moment(self, text: str) -> dt.datetime:
        """A date literal; an hour that occurs twice is taken as its second passing, as java.util.Calendar does."""
        if relative := _RELATIVE.match(text):
            return self.now + dt.timedelta(minutes=int(relative[1]) * _MINUTES[relative[2]])
        match = _LITERAL.match(text)
        if not match:
            raise BadJql(
                f"Date value '{text}' for field 'updated' is invalid. Valid formats include: "
                "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d'."
            )
        year, month, day, hour, minute = (int(part or 0) for part in match.groups())
        return dt.datetime(year, month, day, hour, minute, tzinfo=self.zone, fold=1).astimezone(dt.UTC)


def _sort_key(name: str) -> Callable[[WorldTask], Any]:
    if name == "key":
        return lambda task: (task.place.key, task.seq)
    if name == "id":
        return lambda task: task.number
    return lambda task: task.updated_at if name == "updated" else task.created_at
