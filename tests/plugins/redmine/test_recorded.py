"""The connector against answers recorded from a real Redmine 5.0.4 (`make redmine` shows the same on a fresh one)."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.redmine.expected import assert_seeded
from sightline.sdk import Account
from sightline.testing import collect
from sightline.testing.recorded import RecordedVendor
from sightline_redmine.connector import RedmineConnector

RECORDED = Path(__file__).parent / "recorded"
KEY = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def vendor() -> RecordedVendor:
    return RecordedVendor(
        RECORDED, {"connector": "redmine", "token": KEY}, moving=frozenset({"from", "to", "updated_on"})
    )


def test_the_recorded_redmine_becomes_the_records_it_holds(vendor):
    found = collect(RedmineConnector, vendor)

    assert_seeded(found)
    # The project without issue tracking has neither versions (403) nor anything else.
    assert set(vendor.unknown) <= {"GET /projects/4/versions.json"}


def test_the_recording_holds_no_person_and_no_key():
    text = "".join(path.read_text("utf-8") for path in RECORDED.iterdir())

    assert len(text) > 10_000
    assert [word for word in ("Ines", "Costa", "Weber", "ines@", "tom@", "127.0.0.1") if word in text] == []


def test_nobody_s_key_reaches_what_is_kept(vendor):
    found = collect(RedmineConnector, vendor)

    assert len(found.records(Account)) == 3
    assert [landing for landing in found.keeper.landings if b"api_key" in (landing.raw or b"")] == []
    assert "api_key" not in repr(found.keeper.states)
