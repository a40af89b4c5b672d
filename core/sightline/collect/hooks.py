"""Web hooks that a tool sends us: how it signs them. A hook is a hint to fetch, and never data.

The signature is checked over the bytes as they came, in constant time; without a configured secret no hook is believed.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import hmac
from typing import Literal

__all__ = ["Signature", "is_signed"]


@dataclasses.dataclass(frozen=True, slots=True)
class Signature:
    """How a vendor signs: HMAC with `algorithm`, written in `encoding` after `prefix`, in the header `header`.

    `with_url`: the address we gave the vendor is signed behind the body. `delivery` names the header that tells two
    deliveries apart, if there is one.
    """

    header: str
    algorithm: Literal["sha1", "sha256"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    with_url: bool = False
    delivery: str | None = None


def is_signed(rule: Signature, secret: str, told: str | None, body: bytes, url: str = "") -> bool:
    """Whether `told` (the header's value) is the signature of these bytes; False for an empty secret."""
    if not secret or told is None or not told.startswith(rule.prefix):
        return False
    signed = body + (url.encode() if rule.with_url else b"")
    mark = hmac.new(secret.encode(), signed, getattr(hashlib, rule.algorithm)).digest()
    written = told.removeprefix(rule.prefix)
    try:
        given = bytes.fromhex(written) if rule.encoding == "hex" else base64.b64decode(written, validate=True)
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(mark, given)
