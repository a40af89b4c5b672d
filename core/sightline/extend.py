"""What a plug-in may add besides connectors: metrics, alert rules, report sections, notifiers, sinks.

Each is a small class with a name and one method. They are given values and return values; they do no I/O except the
notifiers and sinks, whose work it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from sightline.model.alerts import Finding, Severity, Unsure
    from sightline.model.facts import ClientFacts, Facts
    from sightline.model.figures import Figure
    from sightline.model.outbox import Message
    from sightline.model.practice import Practice

__all__ = [
    "AlertRule",
    "ClientSection",
    "InternalSection",
    "Limit",
    "Metric",
    "Notifier",
    "Sink",
    "WorkspaceRule",
]


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


class Limit(NamedTuple):
    """A number (or steps) that a rule goes by and the workspace may set: its default, and what it means, with the unit."""

    name: str
    default: Decimal | tuple[Decimal, ...]
    text: str


class _Rule:
    """What rules have in common."""

    name: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity] = "warning"
    """Of findings that state none."""
    limits: ClassVar[tuple[Limit, ...]] = ()
    """What `[alerts.rules.NAME] limits = {…}` may set."""
    given: Mapping[str, Decimal | tuple[Decimal, ...]] = MappingProxyType({})
    """What the workspace sets; put on the instance before `check` is called."""

    def limit(self, name: str) -> Decimal:
        """The limit in force; of one with several steps, the first."""
        return self.steps(name)[0]

    def steps(self, name: str) -> tuple[Decimal, ...]:
        """The steps in force, lowest first."""
        value = self.given.get(name)
        if value is None:
            value = {limit.name: limit.default for limit in self.limits}[name]
        return tuple(sorted(value)) if isinstance(value, tuple) else (value,)


class AlertRule(_Rule):
    """A condition of one project that somebody should know about."""

    def check(self, facts: Facts, figures: Mapping[str, Figure]) -> Iterable[str | Finding | Unsure]:
        """One line, or better a `Finding`, for each reason to alert; nothing when all is well. Pure.

        `Unsure` where the data does not tell: what was found before then stands. `figures` are by name; those that exist
        once per currency also as `NAME:CUR`.
        """
        raise NotImplementedError


class WorkspaceRule(_Rule):
    """A condition of the workspace as a whole: its people, its sources."""

    def check(self, whole: Practice) -> Iterable[str | Finding | Unsure]:
        """As `AlertRule.check`; the findings belong to no project. Pure."""
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
    needs: ClassVar[tuple[str, ...]] = ()
    """Settings that a channel of this kind must have."""

    def send(self, subject: str, text: str, settings: Mapping[str, Any]) -> None:
        """Deliver, or raise `RetryLater`. Must not deliver twice when called again with the same `subject`.

        `settings` are the channel's, as written under `[notify.channels.NAME]`, secrets resolved.
        """
        raise NotImplementedError

    def deliver(self, message: Message, settings: Mapping[str, Any]) -> None:
        """Deliver a whole message, its HTML and attachments too. Default: `send` its subject and text.

        Raises `RetryLater` when a later try may pass; anything else means that trying again is pointless. `message.key`
        is the same at every try: hand it on, where the other side knows to drop what it has seen.
        """
        self.send(message.subject, message.text, settings)


class Sink:
    """A place to which tables are exported."""

    name: ClassVar[str]
    suffix: ClassVar[str]

    def write(self, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]], path: str) -> int:
        """Write all rows to `path`, atomically; returns their number."""
        raise NotImplementedError
