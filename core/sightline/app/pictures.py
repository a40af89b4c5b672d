"""From a chart's data to a picture, without a browser and without the network."""

from __future__ import annotations

import json
from pathlib import Path

from sightline.errors import ConfigError
from sightline.present.charts.base import Spec

__all__ = ["write_picture"]


def write_picture(spec: Spec, path: Path) -> None:
    """The chart as .svg, .png or (its data) .json; `ConfigError` for another ending or without the extra `charts`."""
    kind = path.suffix.lower()
    if kind == ".json":
        path.write_text(json.dumps(spec, ensure_ascii=False, indent=2), "utf-8")
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
        path.write_text(vl_convert.vegalite_to_svg(spec), "utf-8")
    else:
        path.write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
