"""The description of the API (OpenAPI 3.1), made from the same list as its routes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sightline._version import __version__
from sightline.web.screens import Place

__all__ = ["described"]

_VALUE = {
    "type": "object",
    "required": ["value", "text"],
    "properties": {
        "value": {"description": "Exact: decimals and days as text; null when unknown or absent."},
        "text": {"type": "string", "description": "As the page shows it."},
        "currency": {"type": "string", "description": "ISO 4217, with money."},
        "why_unknown": {"type": "string"},
        "tone": {"type": "string", "enum": ["good", "warn", "bad", "grey"]},
    },
}
_TABLE = {
    "type": "object",
    "properties": {
        "table": {"type": "string"},
        "title": {"type": "string"},
        "columns": {"type": "array", "items": {"type": "string"}},
        "rows": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Value"}},
        },
    },
}
_SCREEN = {
    "type": "object",
    "required": ["screen", "title", "as_of", "tables"],
    "properties": {
        "screen": {"type": "string"},
        "title": {"type": "string"},
        "as_of": {"type": "string", "format": "date-time"},
        "lead": {"type": "array", "items": {"type": "string"}},
        "warnings": {"type": "array", "items": {"type": "string"}},
        "facts": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Value"}},
        "tables": {"type": "array", "items": {"$ref": "#/components/schemas/Table"}},
        "charts": {"type": "array", "items": {"type": "object"}},
    },
}
_REFUSED = {"401": "No valid token.", "403": "Your role may not see this.", "404": "There is no such thing."}


def _parameters(path: str) -> list[dict[str, Any]]:
    inside = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    sort = [
        {"name": "sort", "in": "query", "schema": {"type": "string"}, "description": "A column of the first table."},
        {"name": "down", "in": "query", "schema": {"type": "string", "enum": ["1"]}, "description": "Largest first."},
        {"name": "q", "in": "query", "schema": {"type": "string"}, "description": "Only rows with this text."},
    ]
    return inside + sort


def described(places: Mapping[str, Place]) -> dict[str, Any]:
    """The document."""
    paths: dict[str, Any] = {}
    for name, (path, right, build) in places.items():
        where = "/api/v1/portfolio" if path == "/" else f"/api/v1{path}"
        answers: dict[str, Any] = {code: {"description": text} for code, text in _REFUSED.items()}
        shown = {"application/json": {"schema": {"$ref": "#/components/schemas/Screen"}}}
        answers["200"] = {
            "description": "The screen.",
            "content": shown,
            "headers": {"ETag": {"schema": {"type": "string"}}},
        }
        answers["304"] = {"description": "As the tag says: nothing changed."}
        paths[where] = {
            "get": {
                "operationId": name,
                "summary": (build.__doc__ or "").strip().splitlines()[0],
                "description": f"Takes the right `{right}`.",
                "parameters": _parameters(path),
                "responses": answers,
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sightline", "version": __version__, "description": "What the dashboard shows, as data."},
        "paths": paths,
        "components": {
            "schemas": {"Value": _VALUE, "Table": _TABLE, "Screen": _SCREEN},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }
