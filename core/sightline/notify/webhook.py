"""A web hook: one POST of JSON that Slack, Mattermost, Teams workflows and one's own programs take."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, ClassVar

from sightline.collect.post import post_json
from sightline.extend import Notifier
from sightline.model.outbox import Message

__all__ = ["Webhook", "body_of"]


class Webhook(Notifier):
    """Settings: `url` (a secret: whoever has it can post), `token` (sent as Bearer), `style` (slack, teams, plain).

    The message's key goes along as `Idempotency-Key`, so that a receiver can drop what it has seen.
    """

    name = "webhook"
    needs: ClassVar[tuple[str, ...]] = ("url",)

    def send(self, subject: str, text: str, settings: Mapping[str, Any]) -> None:
        """A plain message."""
        key = blake2b(f"{subject}\0{text}".encode(), digest_size=12).hexdigest()
        self.deliver(Message(key=key, kind="alert", channel="webhook", subject=subject, text=text), settings)

    def deliver(self, message: Message, settings: Mapping[str, Any]) -> None:
        """Post it. `RetryLater` where the receiver is away or busy; other errors for good."""
        headers = {"Idempotency-Key": message.key}
        if settings.get("token"):
            headers["Authorization"] = f"Bearer {settings['token']}"
        post_json(str(settings["url"]), body_of(message, str(settings.get("style", "slack"))), headers, where="webhook")


def body_of(message: Message, style: str) -> dict[str, Any]:
    """The JSON: `text` for chats that take it, a card for Teams workflows, all parts for one's own programs."""
    if style == "teams":
        block = {"type": "TextBlock", "text": message.text, "wrap": True, "fontType": "Monospace"}
        head = {"type": "TextBlock", "text": message.subject, "weight": "Bolder", "wrap": True}
        card = {"type": "AdaptiveCard", "version": "1.4", "body": [head, block]}
        content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        return {"type": "message", "attachments": [content]}
    if style == "plain":
        return {"key": message.key, "kind": message.kind, "subject": message.subject, "text": message.text}
    # Slack takes &, < and > as its own marks.
    text = message.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": text if message.kind == "alert" else f"```{text}```"}
