"""How alerts are told: one in a message, all that stand in a digest. Plain text that mail and chat show alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sightline.model.alerts import Alert, rank

__all__ = ["alert_subject", "alert_text", "digest_text", "worst_first"]

#: A subject line longer than this is cut.
_LONGEST = 160


def _line(text: str) -> str:
    """Text from outside on one line, without control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def worst_first(alerts: Sequence[Alert]) -> list[Alert]:
    """By severity, then the longest standing first."""
    return sorted(alerts, key=lambda one: (-rank(one.severity), one.since or one.opened_at.date(), one.rule, one.id))


def alert_subject(alert: Alert, workspace: str) -> str:
    """One line: severity, where, what."""
    where = alert.project or workspace
    text = _line(f"[{alert.severity}] {where}: {alert.text}")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def alert_text(alert: Alert, where: str) -> str:
    """The alert with what it was judged by, who should act, and what to do."""
    lines = [f"{where}: {_line(alert.text)}", ""]
    lines += [f"  {_line(one.label)}: {_line(one.value)}" for one in alert.inputs[:12]]
    lines += ["", f"rule: {alert.rule} ({alert.severity})"]
    lines += [f"since: {alert.since}"] if alert.since else []
    lines += [f"owner: {_line(alert.owner)}"] if alert.owner else []
    lines += [f"to do: {_line(alert.action)}"] if alert.action else []
    return "\n".join([*lines, "", f"quiet it: sightline alerts ack {alert.id}"])


def digest_text(alerts: Sequence[Alert], names: Mapping[str, str], *, title: str, today: dt.date) -> str:
    """All of them by project, the project with the worst first; the first line is the subject."""
    counts = {word: sum(alert.severity == word for alert in alerts) for word in ("critical", "warning", "notice")}
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing"
    lines = [_line(f"{title}, {today:%a %d %b %Y}: {said}")]
    heaps: dict[str | None, list[Alert]] = {}
    for alert in worst_first(alerts):
        heaps.setdefault(alert.project, []).append(alert)
    for project, held in heaps.items():
        lines += ["", _line(names.get(project or "", project or "People and sources")).upper()]
        for alert in held:
            who = f" [{_line(alert.owner)}]" if alert.owner else ""
            lines.append(f"  {alert.severity:8} {_line(alert.text)}{who}")
            lines += [f"           -> {_line(alert.action)}"] if alert.action else []
    return "\n".join(lines)
