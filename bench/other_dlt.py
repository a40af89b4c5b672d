"""The same list read by dlt's rest_api source into SQLite. For compare.py.

SIM=http://… python bench/other_dlt.py FILE.db   (pip install 'dlt[sqlalchemy]')
"""

from __future__ import annotations

import os
import sys
import tempfile

FIELDS = (
    "summary,status,assignee,project,issuetype,priority,created,updated,resolutiondate,duedate,timeoriginalestimate,"
    "timeestimate,timespent,parent,labels,worklog,customfield_10016"
)


def main() -> None:
    """Read every issue."""
    import dlt
    from dlt.sources.rest_api import rest_api_source

    source = rest_api_source(
        {
            "client": {
                "base_url": os.environ["SIM"],
                "paginator": {"type": "cursor", "cursor_path": "nextPageToken", "cursor_param": "nextPageToken"},
            },
            "resources": [
                {
                    "name": "issues",
                    "write_disposition": "append",
                    "endpoint": {
                        "path": "/rest/api/3/search/jql",
                        "params": {"jql": "order by updated asc", "fields": FIELDS, "maxResults": 100},
                        "data_selector": "issues",
                    },
                }
            ],
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "bench",
            pipelines_dir=folder,
            destination=dlt.destinations.sqlalchemy(f"sqlite:///{sys.argv[1]}"),
            dataset_name="jira",
        )
        pipeline.run(source)


main()
