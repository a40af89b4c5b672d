"""What stands between a source and the store: nothing secret passes, and nothing at all from a source left behind."""

from __future__ import annotations

from typing import Any

import msgspec

from sightline.collect.keeper import Keeper
from sightline.collect.redact import REDACTOR
from sightline.collect.watch import Watch
from sightline.errors import ContractError
from sightline.model.collected import Counts, Landing

__all__ = ["Guard", "without_secrets"]

_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=str)


class Guard:
    """A keeper that lands for one source of one run, until the source is `left_behind`."""

    def __init__(self, keeper: Keeper, watch: Watch) -> None:
        self._keeper = keeper
        self._watch = watch
        self.left_behind = False

    def land(self, landing: Landing) -> Counts:
        """As the keeper does, with known secrets masked: a tool may send its token back, a plug-in may store it."""
        if self.left_behind:
            raise ContractError(
                "its plug-in came back after the run had ended without it",
                where=landing.source,
                mend="Nothing of it was kept; report it to the plug-in's author.",
            )
        self._watch.beat()
        return self._keeper.land(without_secrets(landing))

    def __getattr__(self, name: str) -> Any:
        """Everything else is the keeper's."""
        return getattr(self._keeper, name)


def without_secrets(landing: Landing) -> Landing:
    """The landing with its source's secrets masked, wherever they stand in it."""
    source = landing.source
    # Records hold nothing that their page does not; without a page they are looked through themselves.
    seen = landing.raw if landing.raw is not None else _encoder.encode(landing.records)
    rest = _encoder.encode((landing.skipped, landing.checkpoint))
    if not REDACTOR.stands_in(seen, source) and not REDACTOR.stands_in(rest, source):
        return landing
    return msgspec.structs.replace(
        landing,
        raw=None if landing.raw is None else REDACTOR.clean_data(landing.raw, source),
        records=_masked(landing.records, source),
        skipped=_masked(landing.skipped, source),
        read=_masked(landing.read, source),
        checkpoint=_masked(landing.checkpoint, source),
    )


def _masked(value: Any, source: str) -> Any:
    """The same value with the source's secrets masked in every text of it."""
    if isinstance(value, str):
        return REDACTOR.clean_data(value.encode("utf-8", "surrogatepass"), source).decode("utf-8", "surrogatepass")
    if isinstance(value, msgspec.Struct):
        return type(value)(**{name: _masked(getattr(value, name), source) for name in value.__struct_fields__})
    if isinstance(value, dict):
        return {_masked(key, source): _masked(inner, source) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_masked(inner, source) for inner in value)
    return value
