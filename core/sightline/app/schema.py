"""Schema: everything `sightline.toml` may hold, connectors' settings included, as one JSON Schema."""

from __future__ import annotations

from typing import Any

from sightline.config.file import SettingsFile
from sightline.plugins.registry import Registry

__all__ = ["schema"]


def schema(registry: Registry) -> dict[str, Any]:
    """JSON Schema (2020-12) of the file. `[sources.NAME]` is one of the installed connectors' tables."""
    made = SettingsFile.model_json_schema(by_alias=True)
    definitions = made.setdefault("$defs", {})
    choices = []
    for name, connector in sorted(registry.connectors.items()):
        table = connector.settings.model_json_schema(by_alias=True)
        definitions |= table.pop("$defs", {})
        table["properties"] = {
            "connector": {"const": name, "description": f"{connector.title}: {connector.doc}"}
        } | table["properties"]
        table["required"] = ["connector", *table.get("required", [])]
        definitions[f"source_{name}"] = table
        choices.append({"$ref": f"#/$defs/source_{name}"})
    made["properties"]["sources"]["additionalProperties"] = {"oneOf": choices}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "sightline.toml"} | made
