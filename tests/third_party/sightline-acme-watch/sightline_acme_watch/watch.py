"""Too many tasks in a project; and a wall on which messages are written."""

from decimal import Decimal
from pathlib import Path

from sightline.sdk import AlertRule, Finding, Limit, Notifier, RetryLater


class Crowd(AlertRule):
    """A project has more tasks than anybody can look through."""

    name, title, severity = "acme_crowd", "Too many tasks", "notice"
    limits = (Limit("tasks", (Decimal(20), Decimal(40)), "tasks in the project; each step is told once"),)

    def check(self, facts, figures):
        """One for the project."""
        count = len(facts.tasks)
        level = max((step for step in self.steps("tasks") if count >= step), default=Decimal(0))
        yield Finding(text=f"{count} tasks", level=level, action="Close what nobody needs.")


class Wall(Notifier):
    """Writes each message into a file."""

    name, needs = "acme_wall", ("file",)

    def send(self, subject, text, settings):
        """Append it; the disk may have room again later."""
        try:
            with Path(settings["file"]).open("a", encoding="utf-8") as wall:
                wall.write(f"{subject}\n")
        except OSError as error:
            raise RetryLater("the wall cannot be written", where="acme_wall", mend="Make room.") from error
