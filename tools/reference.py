"""Writes docs/reference from what the code declares: commands, keys, measures, rules, levers, formulas.

In: click commands, the JSON Schema, registries, measures, formulas.  Out: one Markdown page of each; nothing here is
worded by hand but headings.  `make docs` runs it, tests/test_reference.py fails when a committed page is stale.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from chainsim.cli.main import VERBS
from chainsim.cli.main import chainsim as program
from chainsim.economy.kpis import MEASURES
from chainsim.model.curves import curves
from chainsim.model.distributions import distributions
from chainsim.model.quantities import quantity_laws
from chainsim.model.replenishment import replenishments
from chainsim.model.sourcing import sourcings
from chainsim.registry import Declaration, Registry
from chainsim.scenario.json_schema import json_schema
from chainsim.scenario.language.levers.base import levers
from chainsim.scenario.language.levers.sections import SECTIONS
from chainsim.theory import formulas

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
MADE = "Made from the code by `make docs`; edit the declarations, not this page."


def row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") or "–" for cell in cells) + " |"


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = tuple(header)
    return "\n".join([row(*head), row(*("---" for _ in head)), *(row(*cells) for cells in rows)])


def code(text: object) -> str:
    """Text as code, or nothing where there is none."""
    return f"`{text}`" if str(text) else ""


# ------------------------------------------------------------------------------------ commands


def cli() -> str:
    """Every verb with its help, as `chainsim VERB --help` prints it."""
    parts = ["# Commands", f"`chainsim VERB --help` prints the same. {MADE}"]
    with click.Context(program, info_name="chainsim", terminal_width=100, **program.context_settings) as above:
        for verb in VERBS:
            command = program.get_command(above, verb)
            assert command is not None
            command._help_option = None  # click remembers the one of the first context, whatever its settings
            with click.Context(command, info_name=verb, parent=above, terminal_width=100) as context:
                parts += [f"## {verb}", f"```text\n{command.get_help(context).rstrip()}\n```"]
    return "\n\n".join(parts)


# ------------------------------------------------------------------------------------ keys


def members(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What may stand at a key, without `null` and the form with a source, which may stand everywhere."""
    for member in value.get("anyOf", [value]):
        if "anyOf" in member:
            yield from members(member)
        elif member.get("type") != "null" and member.get("$ref") != "#/$defs/Sourced":
            yield member


def kind(member: dict[str, Any]) -> str:
    """A member in words: a section with its link, a choice, a list, a mapping, or a plain type with its bounds."""
    if "$ref" in member:
        name = member["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in member or "const" in member:
        return " or ".join(code(choice) for choice in member.get("enum", [member.get("const")]))
    if member.get("type") == "array":
        return "list of " + kinds(member.get("items", {}))
    if member.get("type") == "object" and isinstance(member.get("additionalProperties"), dict):
        return "by name: " + kinds(member["additionalProperties"])
    if member.get("type") == "object":
        return "by ring" if "city" in member.get("properties", {}) else "mapping"
    if "description" in member and "$ref" not in member:
        return str(member["description"])
    types = member.get("type", "any")
    words = [types] if isinstance(types, str) else [each for each in types if each != "null"]
    return " or ".join({"string": "text", "object": "mapping", "boolean": "`true` or `false`"}.get(w, w) for w in words)


def kinds(value: dict[str, Any]) -> str:
    return "; ".join(dict.fromkeys(kind(member) for member in members(value)))


def written(value: object) -> str:
    """A default or example as a file has it."""
    return code(str(value).lower() if isinstance(value, bool) else value)


def examples(value: dict[str, Any]) -> str:
    found = list(value.get("examples", ()))
    for member in members(value):
        found += member.get("examples", ())
    return ", ".join(dict.fromkeys(written(each) for each in found[:3]))


def section(title: str, made: dict[str, Any]) -> str:
    """A section: what it is, and a row for each of its keys."""
    rows = []
    for key, value in made["properties"].items():
        if key in ("source", "extends"):
            continue
        default = value.get("default", "")
        shown = "" if default in (None, "", [], {}) else written(default)
        rows.append((code(key), kinds(value), shown, examples(value), value.get("description", "")))
    said = str(made.get("description", "")).partition("\n\n")[0].replace("\n", " ")
    return f"## {title}\n\n{said}\n\n" + table(("key", "what stands there", "default", "such as", "meaning"), rows)


def scenario() -> str:
    """Every key of the scenario language."""
    schema = json_schema()
    parts = [
        "# Keys of a scenario",
        "What `chainsim schema` says, as tables; the [scenario language](../scenario-language.md) explains and has "
        f"examples. A value may be written as `{{value: ..., source: ...}}` everywhere. {MADE}",
        section("The file", schema),
    ]
    named = sorted(name for name, made in schema["$defs"].items() if "properties" in made and name != "Sourced")
    parts += [section(name, schema["$defs"][name]) for name in named]
    return "\n\n".join(part.strip() for part in parts)


# ------------------------------------------------------------------------------------ what is registered


def bounds(field: Declaration) -> str:
    low, high = field.low, field.high
    if low is None and high is None:
        return ""
    if high is None:
        return f"{low:g} or more"
    return f"at most {high:g}" if low is None else f"{low:g} to {high:g}"


def declared(fields: Iterable[Declaration]) -> str:
    rows = [(code(f.name), f.unit, bounds(f), "yes" if f.required else "", f.meaning) for f in fields]
    return table(("parameter", "unit", "bounds", "required", "meaning"), rows) if rows else ""


def measures() -> str:
    rows = [(code(m.name), m.unit, m.better, m.meaning) for m in MEASURES]
    return f"# Measures\n\nWhat policies are compared on. {MADE}\n\n" + table(
        ("measure", "unit", "better", "meaning"), rows
    )


def rules() -> str:
    """Replenishment and sourcing rules, laws of times and of sizes, curves."""
    families: tuple[Registry[Any], ...] = (replenishments, sourcings, distributions, quantity_laws, curves)
    parts = ["# Rules and laws", MADE]
    for family in families:
        title = family.family[0].upper() + family.family[1:]
        parts.append(f"## {title}")
        for name in family:
            call = f"{name}({', '.join(field.name for field in family.fields(name))})"
            parts += [
                f"### {call if family.fields(name) else name}",
                family.meaning(name),
                declared(family.fields(name)),
            ]
    return "\n\n".join(part for part in parts if part)


def lever_page() -> str:
    parts = ["# Levers", f"What a city can do, below `lever` of a policy. {MADE}"]
    for name in SECTIONS:
        said = f"{levers.meaning(name)} Source: {levers[name].SOURCE}"
        parts += [f"## {name}", said, declared(levers.fields(name))]
    return "\n\n".join(part for part in parts if part)


def formula_page() -> str:
    """Closed forms, as `expect` takes them."""
    rows = []
    for name, formula in sorted(formulas.items()):
        parameters = ", ".join(p.name if p.required else f"{p.name}={p.default}" for p in formula.parameters)
        rows.append((code(f"{name}({parameters})"), formula.meaning, formula.source))
    return f"# Formulas\n\nFor [`expect`](../scenario-language.md#expect); times are in days. {MADE}\n\n" + table(
        ("written as", "meaning", "source"), rows
    )


PAGES = {
    "cli.md": cli,
    "scenario.md": scenario,
    "measures.md": measures,
    "rules.md": rules,
    "levers.md": lever_page,
    "formulas.md": formula_page,
}


def pages() -> dict[str, str]:
    """The text of every page, by file name."""
    return {name: re.sub(r"[ \t]+$", "", make(), flags=re.MULTILINE).rstrip() + "\n" for name, make in PAGES.items()}


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
