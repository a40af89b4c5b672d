"""Every screen answers, as a page, as JSON and as CSV, with the same numbers as the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest

from sightline.app.status import portfolio
from sightline.present.text import figure_text
from sightline.web.app import PLACES

AT = {"project": "acme_website", "client": "acme", "owner": "acme_website", "figure": "hours"}


@pytest.mark.parametrize("name", PLACES)
def test_every_screen_is_a_page_and_the_same_as_json(people, name):
    path = PLACES[name][0].format(**AT)

    page = people["owner"].get(path)
    data = people["owner"].get("/api/v1/portfolio" if path == "/" else f"/api/v1{path}")

    assert (page.status_code, data.status_code) == (200, 200)
    told = data.json()
    assert told["screen"] == name
    assert f"<h1>{told['title']}</h1>" in page.text
    for table in told["tables"]:
        assert f'id="t-{table["table"]}"' in page.text


def test_the_page_shows_what_the_command_line_shows(people, shared_folder):
    from sightline.app.session import Session

    with Session.open(shared_folder) as session:
        rows = {row.id: row for row in portfolio(session).rows}
    told = people["owner"].get("/api/v1/portfolio").json()
    by_name = {row["project"]["text"]: row for row in told["tables"][0]["rows"]}

    for row in rows.values():
        assert by_name[row.name]["plan"]["text"] == figure_text(row.planned)
        assert by_name[row.name]["done"]["text"] == figure_text(row.done)


def test_a_table_downloads_as_csv_with_the_currency_beside_the_amount(people):
    answer = people["owner"].get("/api/v1/portfolio.csv/projects")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-disposition"] == 'attachment; filename="portfolio-projects.csv"'
    acme = next(row for row in rows if row["project"] == "Website rebuild")
    assert (acme["invoiced"], acme["invoiced_currency"]) == ("9000.00", "GBP")


def test_sorting_by_a_column_puts_what_is_unknown_last_either_way(people):
    def gaps(order):
        rows = people["owner"].get(f"/api/v1/portfolio?sort=gap{order}").json()["tables"][0]["rows"]
        return [row["gap"]["value"] for row in rows]

    up, down = gaps(""), gaps("&down=1")

    assert None in up
    known = [value for value in up if value is not None]
    assert up[: len(known)] == known == sorted(known, key=float)
    assert [value for value in down if value is not None] == known[::-1]
    assert down[-1] is None


def test_an_answer_that_did_not_change_is_not_sent_again(local):
    first = local.get("/api/v1/sources")
    again = local.get("/api/v1/sources", if_none_match=first.headers["etag"])

    assert again.status_code in (200, 304)
    if again.status_code == 304:
        assert again.content == b""
    else:
        assert again.json() != first.json()


def test_openapi_names_every_screen(people):
    told = people["owner"].get("/api/v1/openapi.json").json()

    assert {path["get"]["operationId"] for path in told["paths"].values()} == set(PLACES)
    assert json.dumps(told)


def test_hostile_titles_are_shown_and_never_obeyed(desk, local):
    toml = desk.session.workspace.root / "sightline.toml"
    evil = '<script>alert(1)</script>\\" onmouseover=x'
    toml.write_text(toml.read_text("utf-8").replace('name = "Website rebuild"', f'name = "{evil}"'), "utf-8")

    page = local.get("/").text

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_sync_is_begun_from_the_page_and_told_when_it_ends(desk, local):
    answer = local.post("/sources/sync", {"source": "acme_jira", "next": "/sources"})
    desk._worker.join(timeout=60)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sources")
    # The demo's vendors are gone by now: the source failed, and the page says so.
    told = local.get("/api/v1/sources").json()
    row = next(one for one in told["tables"][0]["rows"] if one["source"]["text"] == "acme_jira")
    assert row["status"]["text"] == "failed"
    assert row["reason"]["text"]


def test_what_was_accepted_in_the_inbox_can_be_undone(desk, local):
    before = local.get("/api/v1/inbox").json()["tables"]

    local.post("/inbox/sure", {"next": "/inbox"})
    after = local.get("/api/v1/inbox").json()["tables"]
    local.post("/inbox/undo", {"next": "/inbox"})

    assert after != before
    assert local.get("/api/v1/inbox").json()["tables"] == before
    assert [line["what"] for line in desk.session.store.audited()] == ["undo", "accept everything sure"]
