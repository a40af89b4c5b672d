"""What a plug-in may add besides connectors: metrics, alert rules, report sections, notifiers, sinks.

Each is a small class with a name and one method. They are given values and return values; they do no I/O except the
notifiers and sinks, whose work it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from sightline.model.facts import ClientFacts, Facts
    from sightline.model.figures import Figure

__all__ = ["AlertRule", "ClientSection", "InternalSection", "Metric", "Notifier", "Sink"]


class Metric:
    """A question about one project, answered from its facts."""

    name: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str]
    source: ClassVar[str]
    """Where the definition comes from."""

    def measure(self, facts: Facts) -> Iterable[Figure]:
        """The figures. Pure: time and rules are in `facts`."""
        raise NotImplementedError


class AlertRule:
    """A condition somebody should know about."""

    name: ClassVar[str]
    title: ClassVar[str]

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[str]:
        """One line for each reason to alert; nothing when all is well. Pure."""
        raise NotImplementedError


class ClientSection:
    """A section of the client report. Sees only what a client may see."""

    name: ClassVar[str]
    title: ClassVar[str]
    order: ClassVar[int] = 500

    def content(self, facts: ClientFacts) -> Mapping[str, Any] | None:
        """Values for the section's template `report/sections/NAME.html`; None leaves the section out."""
        raise NotImplementedError


class InternalSection:
    """A section of the internal edition."""

    name: ClassVar[str]
    title: ClassVar[str]
    order: ClassVar[int] = 500

    def content(self, facts: Facts, figures: Mapping[str, Figure]) -> Mapping[str, Any] | None:
        """Values for the section's template; None leaves the section out."""
        raise NotImplementedError


class Notifier:
    """A way to tell somebody: mail, chat, web hook."""

    name: ClassVar[str]

    def send(self, subject: str, text: str, settings: Mapping[str, Any]) -> None:
        """Deliver, or raise `RetryLater`. Must not deliver twice when called again with the same `subject`."""
        raise NotImplementedError


class Sink:
    """A place to which tables are exported."""

    name: ClassVar[str]
    suffix: ClassVar[str]

    def write(self, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]], path: str) -> int:
        """Write all rows to `path`, atomically; returns their number."""
        raise NotImplementedError
