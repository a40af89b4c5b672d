"""What plug-in authors import in their tests: collect a connector from a made-up vendor, without network or database.

from sightline.testing import collect

found = collect(JiraConnector, JiraSandbox(world, world.sources["acme_jira"]))
assert found.records(Task)["10042"].title == "Homepage"
"""

from __future__ import annotations

from sightline.testing.collecting import Collected, collect, settings_of
from sightline.testing.memory import MemoryKeeper

__all__ = ["Collected", "MemoryKeeper", "collect", "settings_of"]
