"""Levers as sections of the scenario language, made from their declarations.

In: the registry.  Out: the section `Levers`, one key a lever, and below it the lever's fields with their types by unit.
So errors, JSON Schema, `--set`, sources of numbers and the reference are those of any other section.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

from pydantic import Field, create_model

from chainsim.registry import Declaration
from chainsim.scenario.language.fields import (
    Amount,
    CountFromOne,
    Duration,
    MoneyRate,
    Name,
    Percentage,
    PositiveDuration,
    Rate,
    Ring,
    Share,
    Value,
    Weight,
    Words,
)
from chainsim.scenario.language.levers import demand, local, making, payment  # noqa: F401  (they register levers)
from chainsim.scenario.language.levers.base import Lever, levers
from chainsim.scenario.language.section import Section
from chainsim.units import UnitError, format_money, format_number

TYPES: Final[dict[str, Any]] = {
    "count": CountFromOne,
    "duration": Duration,
    "money": Amount,
    "money rate": MoneyRate,
    "name": Name,
    "number": Weight,
    "percentage": Percentage,
    "points": Weight,
    "rate": Rate,
    "ring": Ring,
    "selector": Words,
    "share": Share,
}


def _type(field: Declaration) -> Any:
    """The type of a field's unit, with its bounds where the type alone does not have them."""
    if field.unit == "duration" and field.low:
        return PositiveDuration
    if field.high is None or field.unit == "share":
        return TYPES[field.unit]
    base, value = get_args(TYPES[field.unit])
    return Annotated[base, Value(partial(_below, value.read, field), value.write, value.schema)]


def _below(read: Callable[[Any], Any], field: Declaration, given: Any) -> Any:
    found = read(given)
    if field.high is not None and found > field.high:
        high = format_money(int(field.high)) if field.unit == "money" else format_number(int(field.high))
        raise UnitError(f"must not be above {high}, got '{given}'")
    return found


def section_of(name: str) -> type[Section]:
    """The section of one lever."""
    defaults = {field.name: field.default for field in dataclasses.fields(levers[name])}  # type: ignore[arg-type]
    fields: dict[str, Any] = {
        field.name: (
            Annotated[_type(field), Field(description=field.meaning)],
            ... if field.required else defaults[field.name],
        )
        for field in levers.fields(name)
    }
    for field in levers.fields(name):
        if field.unit == "ring" and not field.required and not defaults[field.name]:
            fields[field.name] = (Annotated[Ring | None, Field(description=field.meaning)], None)
    made: type[Section] = create_model(levers[name].__name__, __base__=Section, __doc__=levers.meaning(name), **fields)
    return made


SECTIONS: Final = {name: section_of(name) for name in levers}

if TYPE_CHECKING:
    Levers = Section
else:
    Levers = create_model(
        "Levers",
        __base__=Section,
        __doc__="Ways in which a policy acts, by the name of the lever.",
        **{
            name: (Annotated[SECTIONS[name] | None, Field(description=levers.meaning(name))], None) for name in SECTIONS
        },
    )


def pulled(section: Section | None) -> dict[str, Lever]:
    """The levers that a policy pulls, by name."""
    found: dict[str, Lever] = {}
    for name in SECTIONS if section is not None else ():
        own = getattr(section, name)
        if own is not None:
            values = {key: getattr(own, key) for key in type(own).model_fields}
            found[name] = levers[name](**{key: "" if value is None else value for key, value in values.items()})
    return found
