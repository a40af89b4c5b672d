"""What users write, what they get wrong, and what they are told."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from babel.numbers import is_currency
from pydantic import Field, SecretStr

from sightline.config.currencies import _KNOWN
from sightline.config.workspace import SourceConfig, find_workspace, load_workspace, source_settings
from sightline.errors import ConfigError
from sightline.model.money import Money
from sightline.sdk import Settings

GOOD = """
[workspace]
name = "Northgate Consulting"
currency = "GBP"
timezone = "Europe/London"
hours_per_day = 7.5
holidays = [2026-12-25]

[sources.acme_jira]
connector = "jira"
site = "https://acme.atlassian.net"
token = "env:ACME_JIRA_TOKEN"

[sources.trello]
connector = "trello"

[sources.xero]
connector = "xero"

[clients.acme]
name = "Acme Ltd"

[projects.acme_website]
client = "acme"
name = "Website rebuild"
include = ["acme_jira:WEB", "trello:Acme content", {source="acme_jira", scope="APP", label="website"}]
money = [{source="xero", contact="Acme Ltd", tracking="Project=Website"}]
starts = 2026-09-01
agreement = {kind="time_and_materials", budget="36000", currency="GBP", budget_hours=400}

[[rates.bill]]
person = "Maria Lind"
per_hour = "85.00"
currency = "GBP"
from = 2026-01-01

[statuses.acme_jira]
"With client" = {state="in_progress", waiting_on="client"}
"Parked" = "todo"
"""


def write(folder: Path, text: str = GOOD) -> Path:
    (folder / "sightline.toml").write_text(text)
    return folder


def test_the_file_of_the_contract_becomes_the_models_own_types(tmp_path):
    found = load_workspace(write(tmp_path))

    project = found.projects["acme_website"]
    assert found.calendar.hours_per_day == Decimal("7.5")
    assert found.calendar.holidays == (dt.date(2026, 12, 25),)
    assert [(i.source, i.scope, i.label) for i in project.include] == [
        ("acme_jira", "WEB", None),
        ("trello", "Acme content", None),
        ("acme_jira", "APP", "website"),
    ]
    assert project.money[0].tracking == ("Project", "Website")
    assert project.agreement.budget == Money.of(36000, "GBP")
    assert project.agreement.budget_seconds == 400 * 3600
    assert found.rates[0].starts == dt.date(2026, 1, 1)
    assert [(s.status, s.state, s.waiting_on) for s in found.statuses] == [
        ("With client", "in_progress", "client"),
        ("Parked", "todo", None),
    ]


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("currency =", "curency =", "workspace.curency: no such key; did you mean 'currency'?"),
        (
            'client = "acme"',
            'client = "acne"',
            "projects.acme_website.client: there is no client 'acne'; did you mean 'acme'?",
        ),
        ('"acme_jira:WEB"', '"acme_jra:WEB"', "there is no source 'acme_jra'; did you mean 'acme_jira'?"),
        ('connector = "jira"', 'conector = "jira"', "sources.acme_jira.connector: is missing"),
        ('kind="time_and_materials"', 'kind="hourly"', "projects.acme_website.agreement.kind: "),
        ("2026-09-01", '"soon"', "projects.acme_website.starts: "),
        ("[clients.acme]", "[clients.Acme]", "clients.Acme: names are written with a-z, 0-9 and _"),
        ("[workspace]", "[workspace", "is not valid TOML"),
        ('"Europe/London"', '"Europe/Londn"', "there is no time zone of that name"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_nearest_right_name(tmp_path, wrong, right, told):
    with pytest.raises(ConfigError) as error:
        load_workspace(write(tmp_path, GOOD.replace(wrong, right, 1)))

    assert told in str(error.value)


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("starts = 2026-12-01\ndue = 2026-09-01", "starts = 2026-09-01", "projects.acme_website.due: ends before it begins"),
        ('currency="GPB"', 'currency="GBP"', "projects.acme_website.agreement.currency: is no currency of ISO 4217"),
        ('scop="APP"', 'scope="APP"', "projects.acme_website.include.2.scop: no such key; did you mean 'scope'?"),
        ('kind="hourly"', 'kind="time_and_materials"', "projects.acme_website.agreement.kind: input should be"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_table_is_one_problem_and_none_of_another_form(tmp_path, wrong, right, told):
    with pytest.raises(ConfigError) as caught:
        load_workspace(write(tmp_path, GOOD.replace(right, wrong, 1)))

    assert told in caught.value.what
    assert caught.value.what.startswith("1 problem: ")


def test_every_currency_that_is_taken_is_one(tmp_path):
    assert {code for code in _KNOWN if not is_currency(code)} <= {"XCG", "ZWG"}


def test_all_mistakes_are_told_at_once(tmp_path):
    text = GOOD.replace("currency =", "curency =", 1).replace("name = ", "nam = ")

    with pytest.raises(ConfigError) as error:
        load_workspace(write(tmp_path, text))

    assert "problems" in error.value.what
    assert error.value.what.count("no such key") >= 3


class ToolSettings(Settings):
    site: str = Field(description="Address.")
    token: SecretStr = Field(description="Token.")
    path: Path | None = Field(default=None, description="A folder.")


def tool(**table) -> SourceConfig:
    return SourceConfig("tool", "tool", {"site": "https://x.example", **table})


def test_a_secret_comes_from_the_environment_a_private_file_or_the_file_itself_with_a_warning(tmp_path, monkeypatch):
    monkeypatch.setenv("TOOL_TOKEN", "from-env")
    (tmp_path / "token").write_text("from-file\n")
    (tmp_path / "token").chmod(0o600)
    warnings: list[str] = []

    def secret(reference):
        made = source_settings(tool(token=reference), ToolSettings, tmp_path, warnings.append)
        return made.token.get_secret_value()

    assert secret("env:TOOL_TOKEN") == "from-env"
    assert secret("file:token") == "from-file"
    assert warnings == []
    assert secret("s3cret-literal") == "s3cret-literal"
    assert len(warnings) == 1
    assert "s3cret" not in warnings[0]


def test_a_missing_secret_says_where_it_was_looked_for(tmp_path, monkeypatch):
    with pytest.raises(ConfigError) as error:
        source_settings(tool(), ToolSettings, tmp_path)
    monkeypatch.setenv("SIGHTLINE_TOOL_TOKEN", "default-place")

    assert "looked in sightline.toml, then in SIGHTLINE_TOOL_TOKEN, then in the keyring" in str(error.value)
    assert source_settings(tool(), ToolSettings, tmp_path).token.get_secret_value() == "default-place"


def test_a_secret_file_that_others_can_read_is_refused(tmp_path):
    (tmp_path / "token").write_text("x")
    (tmp_path / "token").chmod(0o644)

    with pytest.raises(ConfigError, match="can be read by others"):
        source_settings(tool(token="file:token"), ToolSettings, tmp_path)


def test_an_unknown_setting_of_a_connector_is_refused_without_its_value(tmp_path):
    with pytest.raises(ConfigError) as error:
        source_settings(tool(token="literal-secret", tokn="other-secret"), ToolSettings, tmp_path)

    assert "sources.tool.tokn: no such key; did you mean 'token'?" in str(error.value)
    assert "secret" not in str(error.value).replace("no such key", "")


def test_paths_are_taken_from_the_workspace(tmp_path):
    made = source_settings(tool(token="x-literal", path="../site"), ToolSettings, tmp_path)

    assert made.path == tmp_path / "../site"


def test_the_workspace_is_found_from_a_folder_below_it(tmp_path, monkeypatch):
    write(tmp_path)
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    monkeypatch.delenv("SIGHTLINE_WORKSPACE", raising=False)

    assert find_workspace() == tmp_path


def test_without_a_workspace_the_error_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigError, match="sightline init"):
        find_workspace()


def test_the_variable_that_names_the_folder_is_no_setting(tmp_path, monkeypatch):
    (tmp_path / "sightline.toml").write_text('[workspace]\nname = "Northgate"\n')
    monkeypatch.setenv("SIGHTLINE_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("SIGHTLINE_WORKSPACE__CURRENCY", "GBP")

    loaded = load_workspace(find_workspace())

    assert (loaded.name, loaded.currency) == ("Northgate", "GBP")
