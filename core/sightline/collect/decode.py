"""From bytes to values: JSON with exact decimals, hostile text made storable, errors that name no content."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import msgspec

from sightline.errors import SourceChanged

__all__ = ["clean", "decode_json", "encode_json"]

# Every number with a point or exponent becomes a Decimal: 1234567890123456.78 stays what it is.
_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")
# \u0000 and surrogate escapes; emoji are surrogate pairs, so a match means "look closer", not "broken".
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_LONE = re.compile("[\x00\ud800-\udfff]")


def decode_json(raw: bytes, where: str) -> Any:
    """The decoded body. Raises `SourceChanged` when it is no JSON (HTML, cut off, nested beyond reason)."""
    try:
        body = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body = _decode_slowly(raw, where)
    return clean(body) if _SUSPECT.search(raw) else body


def _decode_slowly(raw: bytes, where: str) -> Any:
    """The forgiving decoder: takes lone surrogates and a byte-order mark, which vendors do send."""
    try:
        return clean(
            json.loads(raw.decode("utf-8-sig", "replace"), parse_float=Decimal, parse_constant=_refuse_constant)
        )
    except RecursionError as error:
        raise SourceChanged(
            "the answer is nested too deeply to read", where=where, mend="Report it to the source's owner."
        ) from error
    except ValueError as error:
        raise SourceChanged(
            "the answer is not valid JSON (cut off, or a page of another kind)",
            where=where,
            mend="Run the sync again; if it stays, open the address in a browser.",
        ) from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def clean(value: Any) -> Any:
    """The value with NUL and lone surrogates in its texts replaced by U+FFFD: no database or file takes them."""
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value) if _LONE.search(value) else value
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return value


def encode_json(value: Any) -> bytes:
    """JSON bytes for the archive; decimals keep their digits."""
    return _encoder.encode(value)
