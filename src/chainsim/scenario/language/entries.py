"""Entries of the registries as a scenario writes them: `lognormal(2 days, 12 h)` or `{law: lognormal, ...}`.

In: a call or a plain mapping, and the registry.  Out: the entry, its parameters as float in seconds or
units, checked against the declared bounds and its own `check()`.  Errors are `UnitError`, or one pydantic
`ValidationError` whose places lead to the parameter at fault.  This module must not know YAML or positions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeVar, cast

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from chainsim.registry import Declaration, Registry
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.units import (
    Call,
    UnitError,
    format_duration,
    format_number,
    format_share,
    parse_duration,
    parse_number,
    parse_rate,
    parse_share,
    shown,
)

T = TypeVar("T")

PARSERS: dict[str, Callable[[str], Fraction]] = {
    "duration": parse_duration,
    "quantity": parse_number,
    "number": parse_number,
    "rate": parse_rate,
    "share": parse_share,
}
PAIRS = "chances by size"  # the unit of an entry that is written as a mapping only, {1: 50%, 2: 50%}
SHORT = ("constant", "cover", "fixed")  # entries whose one parameter may stand alone
EXAMPLES = {"duration": "2 days", "quantity": "20", "number": "2", "rate": "900/day", "share": "75%"}


def custom(error: UnitError) -> PydanticCustomError:
    """`error` as pydantic carries it: the message, and the hint in its context."""
    return PydanticCustomError("quantity", "{problem}", {"problem": error.message, "hint": error.hint})


def several(title: str, errors: list[tuple[tuple[int | str, ...], UnitError, object]]) -> ValidationError:
    """One error of many, each with the place it belongs to below the field."""
    lines: list[InitErrorDetails] = [
        {"type": custom(error), "loc": place, "input": value} for place, error, value in errors
    ]
    return ValidationError.from_exception_data(title, lines)


def bounds(value: Fraction, low: float | None, high: float | None, text: str) -> None:
    """`UnitError` when `value` is outside the inclusive bounds."""
    if low is not None and value < low:
        raise UnitError(f"must not be below {low:g}, got {text}")
    if high is not None and value > high:
        raise UnitError(f"must not be above {high:g}, got {text}")


def from_call(call: Call, registry: Registry[T], key: str) -> T:
    """The entry that `call` names; `key` is what the mapping form would call it (`law`, `rule`)."""
    fields = _fields(call.name, registry)
    usage = f"{call.name}({', '.join(field.name for field in fields)})" if fields else call.name
    least = sum(field.required for field in fields)
    if not least <= len(call.arguments) <= len(fields):
        wanted = f"{least}" if least == len(fields) else f"{least} to {len(fields)}"
        raise UnitError(f"{call.name} takes {wanted} values, got {len(call.arguments)}", f"write {usage}")
    values = {}
    for field, text in zip(fields, call.arguments, strict=False):
        try:
            values[field.name] = _parameter(field, text)
        except UnitError as error:
            if call.name in SHORT:
                raise
            raise UnitError(f"{field.name} of {call.name} {error.message}", error.hint) from None
    return _made(call.name, registry, values)


def from_mapping(given: Mapping[object, object], registry: Registry[T], key: str) -> T:
    """The entry of `{law: exponential, mean: 2 days}`; every parameter at fault is reported."""
    name = given[key]
    if not isinstance(name, str):
        raise several(key, [((key,), UnitError("must be a name"), name)])
    try:
        fields = {field.name: field for field in _fields(name, registry)}
    except UnitError as error:
        raise several(key, [((key,), error, name)]) from None
    errors: list[tuple[tuple[int | str, ...], UnitError, object]] = []
    values = {}
    for word, value in given.items():
        if word == key:
            continue
        if not isinstance(word, str) or word not in fields:
            message = f"unknown key {shown(str(word))}{did_you_mean(str(word), fields)}"
            errors.append(((str(word), "[key]"), UnitError(message, f"{name} has {', '.join(fields)}"), value))
            continue
        try:
            values[word] = _parameter(fields[word], value)
        except UnitError as error:
            errors.append(((word,), error, value))
    missing = [word for word, field in fields.items() if field.required and word not in given]
    if missing:
        hint = f"write {missing[0]}: {EXAMPLES.get(fields[missing[0]].unit, '...')}"
        errors.append(((), UnitError(f"{name} lacks {', '.join(missing)}", hint), given))
    if errors:
        raise several(key, errors)
    return _made(name, registry, values)


def as_call(entry: T, registry: Registry[T]) -> str:
    """The entry as text that can be read again: `lognormal(2 days, 12 h)`."""
    name = registry.name_of(entry)
    if any(field.unit == PAIRS for field in registry.fields(name)):
        pairs = (pair for field in registry.fields(name) for pair in getattr(entry, field.name))
        return "{" + ", ".join(f"{format_number(size)}: {format_share(weight)}" for size, weight in pairs) + "}"
    texts = []
    for field in registry.fields(name):
        value = Fraction(getattr(entry, field.name)).limit_denominator(10**12)
        texts.append(format_duration(value) if field.unit == "duration" else format_number(value))
    if name in SHORT:
        return texts[0]
    return f"{name}({', '.join(texts)})"


def _fields(name: str, registry: Registry[T]) -> tuple[Declaration, ...]:
    if name not in registry:
        message = f"unknown {registry.family} {shown(name)}{did_you_mean(name, registry)}"
        raise UnitError(message, f"there is {listed(registry)}")
    fields = registry.fields(name)
    if any(field.unit == PAIRS for field in fields):
        raise UnitError(f"{name} is written without its name", "write sizes and chances, {1: 50%, 2: 50%}")
    return fields


def _parameter(field: Declaration, given: object) -> float:
    """The parameter as float; text is read by the declared unit, a number from Python is taken as it is."""
    if isinstance(given, str):
        value = PARSERS[field.unit](given)
    elif (
        isinstance(given, (int, float, Fraction))
        and not isinstance(given, bool)
        and field.unit in ("quantity", "number")
    ):
        value = Fraction(given)
    else:
        raise UnitError(f"must be a {field.unit}", f"write {EXAMPLES.get(field.unit, 'a value')}")
    bounds(value, field.low, field.high, shown(str(given)))
    return float(value)


def _made(name: str, registry: Registry[T], values: dict[str, float]) -> T:
    entry = cast(Callable[..., Any], registry[name])(**values)
    if wrong := entry.check():
        raise UnitError(f"{name}: {wrong}")
    return cast(T, entry)
