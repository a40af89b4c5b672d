"""The ways to tell somebody that are built in; they register like a plug-in's."""

from __future__ import annotations

from sightline.extend import Notifier
from sightline.notify.email import Email
from sightline.notify.webhook import Webhook

__all__ = ["NOTIFIERS"]

NOTIFIERS: tuple[type[Notifier], ...] = (Email, Webhook)
