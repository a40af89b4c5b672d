"""From a chart's data to a picture, without a browser and without the network."""

from __future__ import annotations

import json
from pathlib import Path

from sightline.errors import ConfigError
from sightline.present.charts.base import Spec

__all__ = ["write_picture"]


def write_picture(spec: Spec, path: Path) -> None:
    """The chart as .svg, .png or (its data) .json; `ConfigError` for another ending, a place nobody may write to, no extra `charts`."""
    kind = path.suffix.lower()
    if kind == ".json":
        _write(path, json.dumps(spec, ensure_ascii=False, indent=2).encode())
        return
    if kind not in (".svg", ".png"):
        raise ConfigError(f"a chart cannot be written as {kind or 'a file without ending'}", where=str(path),
                          mend="Name a file that ends in .svg, .png or .json.")  # fmt: skip
    try:
        import vl_convert  # noqa: PLC0415 - an extra, slow to load
    except ImportError:
        raise ConfigError(
            "pictures of charts need the extra `charts`", where=str(path), mend="Run `pip install 'sightline[charts]'`."
        ) from None
    if kind == ".svg":
        _write(path, vl_convert.vegalite_to_svg(spec).encode())
    else:
        _write(path, vl_convert.vegalite_to_png(spec, scale=2))


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ConfigError(
            f"the chart cannot be written ({error.strerror})",
            where=str(path),
            mend="Name a file in a folder you may write to.",
        ) from error
