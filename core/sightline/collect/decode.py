"""From bytes to values: JSON with exact decimals, hostile text made storable, errors that name no content."""

from __future__ import annotations

import contextlib
import functools
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
_TOKEN = re.compile(r'\s*([\[\]{},:]|"(?:[^"\\]|\\.)*"|[^\s\[\]{},:"]+)', re.DOTALL)
#: Levels of objects and lists. A document of sixty quotes in one another has some two hundred.
_DEEPEST = 400
_LONE = re.compile("[\x00\ud800-\udfff]")


def decode_json(raw: bytes, where: str, shape: Any = None, *, what: str = "the answer") -> Any:
    """The decoded body; of it only what `shape` names, where it fits it.

    Raises `SourceChanged` when it is no JSON (HTML, cut off); `what` it is, for the message.
    """
    if shape is not None:
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            body = _decoder_of(shape).decode(raw)
            return clean(body) if _SUSPECT.search(raw) else body
    try:
        body = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body = _decode_slowly(raw, where, what)
    return clean(body) if _SUSPECT.search(raw) else body


@functools.cache
def _decoder_of(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape, float_hook=Decimal)


def _decode_slowly(raw: bytes, where: str, what: str) -> Any:
    """The forgiving decoder: takes lone surrogates and a byte-order mark, which vendors do send."""
    try:
        return clean(
            json.loads(raw.decode("utf-8-sig", "replace"), parse_float=Decimal, parse_constant=_refuse_constant)
        )
    except RecursionError:
        return _decode_shallowly(raw, where, what)
    except ValueError as error:
        raise SourceChanged(
            f"{what} is not valid JSON (cut off, or a page of another kind)",
            where=where,
            mend="Run the sync again; if it stays, open the address in a browser.",
        ) from error


def _decode_shallowly(raw: bytes, where: str, what: str) -> Any:
    """What is nested beyond reason, with everything below `_DEEPEST` levels as one text: somebody's words are kept."""
    shallow = _shallow(raw.decode("utf-8-sig", "replace"))
    return _decode_slowly(shallow.encode("utf-8", "surrogatepass"), where, what)


def _shallow(text: str) -> str:
    """The same JSON, where an object or list at the deepest level is `{"type": "text", "text": its texts}`."""
    kept: list[str] = []
    words: list[str] = []
    depth, before = 0, ("", "")
    for match in _TOKEN.finditer(text):
        token = match[1]
        depth += token in ("{", "[")
        if depth < _DEEPEST:
            kept.append(token)
        elif before == ('"text"', ":") and token.startswith('"'):
            words.append(token)
        elif depth == _DEEPEST and token in ("}", "]"):
            leaf = f'{{"type": "text", "text": {json.dumps(" ".join(map(json.loads, words)))}}}'
            kept.append(leaf if token == "}" else f"[{leaf}]")
            words = []
        depth -= token in ("}", "]")
        before = (before[1], token)
    return "".join(kept)


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
