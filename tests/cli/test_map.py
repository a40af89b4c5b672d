"""`sightline map` and `sightline task` as they are typed."""

from __future__ import annotations

import json

import pytest

from app.mapped import opened
from sightline.app.measuring import measure_workspace
from sightline.cli.main import main


@pytest.fixture
def typed(tmp_path, capsys, monkeypatch):
    """Runs a command in the small workspace; gives exit code, stdout and stderr."""
    monkeypatch.setenv("SIGHTLINE_USER", "anna")
    monkeypatch.setenv("COLUMNS", "200")
    with opened(tmp_path / "w") as session:
        measure_workspace(session)

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main(["--workspace", str(tmp_path / "w"), *words])
        shown = capsys.readouterr()
        return ended.value.code, shown.out, shown.err

    return run


def test_before_the_first_sync_map_does_not_say_that_all_is_well(tmp_path, capsys):
    (tmp_path / "sightline.toml").write_text("")

    with pytest.raises(SystemExit):
        main(["--workspace", str(tmp_path), "map"])

    assert capsys.readouterr().out.strip() == "nothing was collected yet: `sightline sync` does it"


def test_map_shows_weight_suggestion_and_what_to_type_next(typed):
    code, shown, _ = typed("map")

    assert code == 0
    assert "accounts not matched to a person: 3, 1.5 h" in shown
    assert "scopes in no project: 1, 1.0 h" in shown
    assert "J. Hale [hale@acme.example] 0.95 sure" in shown
    assert "`sightline map --accept` takes the 1 sure one" in shown


def test_the_sure_ones_are_accepted_and_undone_in_one_step_each(typed):
    _, before, _ = typed("map", "--json")
    _, accepted, _ = typed("map", "--accept", "--json")
    assert [one["by"] for one in json.loads(accepted)["accepted"]] == ["anna"]
    assert len(json.loads(accepted)["people"]) == 2

    code, shown, _ = typed("map", "undo")
    assert (code, shown.startswith("undone #1: jira:h is J. Hale")) == (0, True)
    assert typed("map", "--json")[1] == before


def test_each_decision_is_told_as_a_sentence_and_kept_with_its_reason(typed):
    for words, sentence in (
        (("merge", "trello:ml", "Maria Lind", "--reason", "asked her"), "trello:ml is Maria Lind  (asked her)"),
        (("split", "jira:t"), "jira:t is not tom@n.example"),
        (("accept", "trello:Bx", "Website"), "trello:b belongs to web"),
        (("status", "jira", "Parked?", "cancelled"), 'jira "Parked?" means cancelled'),
        (("same", "jira:WEB-1", "trello:Cx"), "trello:9 is a copy of jira:1"),
        (("correct", "time", "jira:1", "--not-billable"), "jira:1: not billable"),
        (("correct", "task", "jira:WEB-2", "--project", "app"), "jira:2: project app"),
        (("affiliation", "maria", "contractor", "--from", "2026-10-01"), "Maria Lind is contractor from 2026-10-01"),
    ):
        code, shown, _ = typed("map", *words)
        assert (code, shown.split(": ", 1)[1].strip()) == (0, sentence)

    _, book, _ = typed("map", "decisions", "--json")
    assert [(one["id"], one["by"]) for one in json.loads(book)] == [(number, "anna") for number in range(1, 9)]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("merge", "trello:nobody", "maria"), 1, "there is no account or person 'trello:nobody'"),
        (("merge", "jira:m", "maria"), 1, "is Maria Lind already"),
        (("accept", "trello:Bx", "webb"), 1, "did you mean 'web'"),
        (("accept", "trello:none", "web"), 1, "there is no scope"),
        (("status", "jira", "Parkd", "done"), 1, "did you mean 'Parked?'"),
        (("status", "jira", "Parked?"), 1, "nothing is said about it"),
        (("status", "jira", "Parked?", "finished"), 64, "finished"),
        (("correct", "time", "1", "--billable"), 1, "jira:1, other:1, trello:1"),
        (("correct", "time", "jira:1"), 1, "nothing is corrected"),
        (("affiliation", "maria", "client"), 64, "--client goes with"),
        (("undo", "7"), 1, "decision 7 is not in force"),
        (("--accept", "people"), 64, "stand alone"),
    ],
)
def test_a_wrong_word_changes_nothing_and_says_how_to_mend_it(typed, words, code, told):
    ended, _, err = typed("map", *words)

    assert (ended, told in err) == (code, True)
    assert json.loads(typed("map", "decisions", "--json")[1]) == []


def test_people_and_statuses_are_listed(typed):
    people = json.loads(typed("map", "people", "--json")[1])
    statuses = json.loads(typed("map", "statuses", "--json")[1])

    assert [(one["person"], one["seconds"], one["tasks"]) for one in people["people"]] == [
        ("maria", 3600, 1),
        ("tom@n.example", 3600, 1),
        ("hale@acme.example", 0, 0),
    ]
    assert [bot["account"] for bot in people["bots"]] == ["bot"]
    assert ("jira", "Parked?", "todo", "tool") in [
        (row["source"], row["status"], row["state"], row["origin"]) for row in statuses["statuses"]
    ]
    assert typed("map", "people")[0] == typed("map", "statuses")[0] == typed("map", "decisions")[0] == 0


def test_a_task_shows_what_it_is_tied_to_in_other_tools(typed):
    typed("map", "correct", "task", "jira:WEB-2", "--project", "app", "--reason", "it is theirs")
    task = json.loads(typed("task", "jira:WEB-2", "--json")[1])

    assert (task["project"], [entry["seconds"] for entry in task["time"]]) == ("app", [3600])
    assert [(tie["kind"], tie["found_by"], tie["line"]) for tie in task["ties"]] == [("invoice", "key", "l1")]
    assert task["corrections"][0]["notes"][0].endswith("project app (it is theirs)")
    code, shown, _ = typed("task", "jira:WEB-2")
    assert (code, "corrected by anna" in shown, "INV-1" in shown) == (0, True, True)
    assert [tie["text"] for tie in json.loads(typed("map", "links", "trello:Cx", "--json")[1])] == [
        "WEB-1 Homepage",
        "INV-1: jira:WEB-2 and https://trello.example/c/Cx GBP 100",
    ]
