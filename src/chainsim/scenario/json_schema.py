"""The JSON Schema of scenario files, for editors that complete and check while one types.

In: the types of `schema`.  Out: a plain dict.  To what the types say it adds what a file may say anywhere:
`source` beside a value or in a section, `extends`, and `null` for an inherited key to be taken away.  A key
that may be inherited is not required, so an editor accepts a little more than `chainsim validate` does.
This module must not know YAML or positions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from chainsim.scenario.language.schema import Scenario
from chainsim.scenario.resolve.provenance import CONFIDENCES

DRAFT = "https://json-schema.org/draft/2020-12/schema"
BESIDE = ("title", "description", "examples", "default")
TEXT = {"type": "string"}
LENDERS = ("Supplier", "Plant", "Warehouse", "Market", "Outside")  # exceptions mean the same of one firm or lane
MEANT = {"part": "which part, if more than one runs between them"}
SOURCED: dict[str, Any] = {
    "type": "object",
    "description": "a value and where it comes from",
    "properties": {
        "value": {"type": ["string", "number", "boolean"]},
        "source": {"type": "string", "description": "a row of the facts table, or 'assumed: why'"},
        "confidence": {"enum": list(CONFIDENCES)},
        "date": TEXT,
        "note": TEXT,
    },
    "required": ["value"],
    "additionalProperties": False,
}


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scenario file."""
    made = Scenario.model_json_schema(mode="serialization", by_alias=True)
    definitions = {name: _section(section) for name, section in made.pop("$defs").items()}
    required = made.get("required", [])
    root = _section(made)
    root["properties"]["extends"] = {"type": "string", "description": "the scenario that this one changes"}
    for section in (root, *definitions.values()):
        for key, value in section.get("properties", {}).items():
            lenders = () if section is root else LENDERS
            value.setdefault("description", _borrowed(key, value, definitions, lenders))
    return {
        "$schema": DRAFT,
        **root,
        "if": {"not": {"required": ["extends"]}},
        "then": {"required": required},
        "$defs": {**definitions, "Sourced": SOURCED},
    }


def _borrowed(key: str, value: dict[str, Any], definitions: dict[str, Any], lenders: Iterable[str]) -> str:
    """What an editor shows at a key whose field says nothing: what it means of a group, or what it leads to."""
    for name in lenders:
        if said := definitions[name]["properties"].get(key, {}).get("description"):
            return str(said)
    if key in MEANT:
        return MEANT[key]
    found = re.search(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(value).replace("#/$defs/Sourced", ""))
    return str(definitions[found[1]].get("description", "")) if found else ""


def _section(section: dict[str, Any]) -> dict[str, Any]:
    """A section: its keys may carry a source or be taken away, and it may have a source of its own."""
    if "properties" not in section:
        return section
    properties = {key: _value(value) for key, value in section["properties"].items()}
    kept = {key: value for key, value in section.items() if key not in ("properties", "required")}
    return {**kept, "properties": {**properties, "source": SOURCED["properties"]["source"]}}


def _value(value: dict[str, Any]) -> dict[str, Any]:
    """What may stand at one key: as declared, with a source, or null."""
    beside = {key: value[key] for key in BESIDE if key in value}
    own = {key: each for key, each in value.items() if key not in BESIDE}
    members = own.pop("anyOf", None) or [own]
    return {**beside, "anyOf": [*map(_member, members), {"$ref": "#/$defs/Sourced"}, {"type": "null"}]}


def _member(member: dict[str, Any]) -> dict[str, Any]:
    """A member of a union; maps by name or ring may name a source, and each of their values carry one."""
    if member.get("type") != "object":
        return member
    properties = {key: _value(value) for key, value in member.get("properties", {}).items()}
    made = {**member, "properties": properties | {"source": SOURCED["properties"]["source"]}}
    if "propertyNames" in made:
        made["propertyNames"] = {"anyOf": [made["propertyNames"], {"const": "source"}]}
    rest = made.get("additionalProperties")
    for pattern, value in made.pop("patternProperties", {}).items():
        made["propertyNames"] = {"anyOf": [{"pattern": pattern}, {"const": "source"}]}
        rest = value
    if isinstance(rest, dict):
        made["additionalProperties"] = _value(rest)
    return made
