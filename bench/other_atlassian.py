"""What a script with atlassian-python-api does: one page after the other, eight columns into SQLite. For compare.py.

SIM=http://… python bench/other_atlassian.py FILE.db   (pip install atlassian-python-api)
"""

from __future__ import annotations

import os
import sqlite3
import sys
from typing import Any

FIELDS = (
    "summary,status,assignee,project,issuetype,priority,created,updated,resolutiondate,duedate,timeoriginalestimate,"
    "timeestimate,timespent,parent,labels,worklog,customfield_10016"
)


def row(issue: dict[str, Any]) -> tuple[Any, ...]:
    """Eight columns of an issue."""
    fields = issue["fields"]
    who = (fields.get("assignee") or {}).get("displayName")
    return (
        issue["id"],
        issue["key"],
        fields["summary"],
        fields["status"]["name"],
        who,
        fields["updated"],
        fields["duedate"],
        fields["timespent"],
    )


def main() -> None:
    """Read every issue."""
    from atlassian import Jira

    jira = Jira(url=os.environ["SIM"], username="bench", password="bench", cloud=True)  # noqa: S106 - a simulator's
    database = sqlite3.connect(sys.argv[1])
    database.execute("CREATE TABLE issues (id TEXT PRIMARY KEY, key, title, status, who, updated, due, spent)")
    token = None
    while True:
        page = jira.enhanced_jql("order by updated asc", fields=FIELDS, nextPageToken=token, limit=100)
        database.executemany(
            "INSERT OR REPLACE INTO issues VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [row(issue) for issue in page["issues"]]
        )
        database.commit()
        token = page.get("nextPageToken")
        if not token:
            break
    database.close()


main()
