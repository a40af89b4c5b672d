"""What holds for every test: made-up cases are judged by what they show, never by how long they took to make."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("sightline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sightline")
