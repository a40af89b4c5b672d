"""What was signed in the made-up world, and when: the plans that its consultancy froze. Truth: `truth.planned_percent`."""

from __future__ import annotations

import dataclasses
import datetime as dt

from sightline.sandbox.desk import day

__all__ = ["PROMISES", "Promise"]


@dataclasses.dataclass(frozen=True, slots=True)
class Promise:
    """The plan of a project as it stood at the end of that day, and who agreed to it (None: nobody yet)."""

    project: str
    on: dt.date
    name: str
    by: str | None = None
    reason: str | None = None


PROMISES = (
    Promise("acme_website", day("09-04"), "first offer", None, "what was offered before the content was counted"),
    Promise("acme_website", day("11-02"), "signed 2 Nov", "J. Hale", "scope and dates as signed"),
    Promise("birch_booking", day("11-16"), "review 16 Nov", "Priya Raman", "the cap was agreed on these items"),
    Promise("own_website", day("11-16"), "review 16 Nov"),
    Promise("dune_migration", day("11-16"), "Stand 16. Nov", "K. Wüst", "vor der Verschiebung der Abnahme"),
    Promise("heron_shop", day("11-16"), "review 16 Nov"),
)
