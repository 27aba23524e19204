"""Readers for what markets say of their orders: sizes, percentages, months, moments and traces.

In: `Leaf` texts (or plain values from Python).  Out: laws of order sizes, exact fractions, datetimes; `UnitError`
when a value is wrong.  This module must not know YAML, positions or the sections of a scenario.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from chainsim.model.quantities import Discrete, Fixed, QuantityLaw, quantity_laws
from chainsim.scenario.language.entries import from_call, from_mapping, several
from chainsim.scenario.language.values import _at_least as at_least
from chainsim.scenario.language.values import _kind as kind_of
from chainsim.scenario.language.values import _number as number_of
from chainsim.scenario.language.values import _text as text_of
from chainsim.scenario.language.values import date, share, weight
from chainsim.units import UnitError, format_number, parse_call, parse_number, parse_share, plain, shown


def order_size(value: object) -> QuantityLaw:
    """A law of order sizes, in units: a number, a call, a law, or sizes with their chances, `{1: 50%, 2: 50%}`."""
    if isinstance(value, Mapping):
        return from_mapping(value, quantity_laws, "law") if "law" in value else _discrete(value)
    if any(type(value) is quantity_laws[entry] for entry in quantity_laws):
        return value  # type: ignore[return-value]
    if isinstance(value, str) and (call := parse_call(text_of(value, "a number or a law", "poisson(20)"))):
        return from_call(call, quantity_laws, "law")
    return Fixed(float(weight(value, strictly=True)))


def _discrete(given: Mapping[object, object]) -> Discrete:
    """Sizes with weights; each faulty one has its own place."""
    found: dict[Fraction, Fraction] = {}
    errors: list[tuple[tuple[int | str, ...], UnitError, object]] = []
    for key, value in given.items():
        try:
            size = weight(key)
            if size in found:
                raise UnitError("is the same size as another", "write each size once")
        except UnitError as error:
            errors.append(((str(key), "[key]"), error, value))
            continue
        try:
            found[size] = chance(value)
        except UnitError as error:
            errors.append(((str(key),), UnitError(error.message, error.hint or 'write "1/6", "20%" or 2'), value))
    if errors:
        raise several("quantity", errors)
    law = Discrete(tuple(sorted(found.items())))
    if wrong := law.check():
        raise UnitError(f"has no size: {wrong}", "write sizes and their chances, {1: 50%, 2: 50%}")
    return law


def chance(value: object) -> Fraction:
    """A weight: a share or a plain number from 0."""
    if isinstance(value, str) and re.search(r"[/%]", value):
        return share(value)
    return weight(value)


def percentage(value: object) -> Fraction:
    """A share of something from 0 that may be above 100 %."""
    number = number_of(value, "a percentage", "120%")
    if isinstance(number, str):
        if not number.strip().endswith(("%", "percent")) and "/" not in number:
            plain_number = parse_number(number)
            if plain_number > 1:
                likely = plain_number * 100 if plain_number < 10 else plain_number
                raise UnitError(f"needs its %, got {shown(number)}", f'write "{format_number(likely)}%"')
        number = parse_share(number)
    number = at_least(number, value)
    if number > 100:
        raise UnitError(f"must not be above 10000%, got {shown(str(value))}")
    return number


def growth(value: object) -> Fraction:
    """A yearly rate of growth above -100 %, as a fraction."""
    number = number_of(value, "a percentage", "5%")
    if isinstance(number, str) and not number.strip().endswith(("%", "percent")) and number.strip() != "0":
        raise UnitError(f"needs its %, got {shown(number)}")
    number = parse_share(number) if isinstance(number, str) else number
    if not -1 < number <= 10:
        raise UnitError(f"must be above -100% and not above 1000%, got {shown(str(value))}")
    return number


def correlation(value: object) -> Fraction:
    """A correlation coefficient, strictly between -1 and 1."""
    number = number_of(value, "a plain number", "0.7")
    number = parse_number(number) if isinstance(number, str) else number
    if not -1 < number < 1:
        raise UnitError(f"must be above -1 and below 1, got {shown(str(value))}")
    return number


def month(value: object) -> int:
    """A month of the calendar, 1 to 12."""
    text = str(value)
    if not re.fullmatch(r"[1-9]|1[0-2]", text, re.ASCII):
        raise UnitError(f"unknown month {shown(text)}", "write the number of a month, 1 to 12")
    return int(text)


def moment(value: object) -> dt.datetime:
    """A moment: a day (its first second), or `2024-01-05T08:00`, seconds if need be."""
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    if not isinstance(value, str):
        raise UnitError(f"must be a date, got {kind_of(value)}", 'write "2024-01-05" or "2024-01-05T08:00"')
    day, sign, clock = plain(value).partition("T") if "T" in value else plain(value).partition(" ")
    on = date(day)
    if not sign:
        return dt.datetime.combine(on, dt.time())
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", clock.strip(), re.ASCII)
    if not found:
        raise UnitError(f"must be a time as HH:MM, got {shown(clock)}", 'write "2024-01-05T08:00"')
    return dt.datetime.combine(on, dt.time(int(found[1]), int(found[2]), int(found[3] or 0)))


@dataclass(frozen=True, slots=True)
class DatedOrder:
    """One order of a trace: its moment and its size in units."""

    time: dt.datetime
    quantity: Fraction


@dataclass(frozen=True, slots=True)
class Trace:
    """The orders of a CSV, as they stand in it."""

    file: str
    orders: tuple[DatedOrder, ...]


def _is_row(row: object) -> bool:
    return isinstance(row, Mapping) and {"time", "quantity"} <= set(row)


def trace(value: object) -> Trace:
    """The rows that have taken the place of a file's name; each faulty cell has its own place."""
    if isinstance(value, Trace):
        return value
    rows = value.get("orders") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(rows, list) or not all(map(_is_row, rows)):
        hint = "name it in the scenario itself, or by --set"
        raise UnitError("must be the name of a file, which no policy or disruption can change", hint)
    found: list[DatedOrder] = []
    errors: list[tuple[tuple[int | str, ...], UnitError, object]] = []
    readers: dict[str, Callable[[object], Any]] = {"time": moment, "quantity": weight}
    for number, row in enumerate(rows):
        values: dict[str, Any] = {}
        for key, read in readers.items():
            try:
                values[key] = read(row[key])
            except UnitError as error:
                errors.append((("orders", number, key), error, row[key]))
        if len(values) == len(readers):
            found.append(DatedOrder(**values))
    if errors:
        raise several("trace", errors)
    return Trace(str(value.get("file", "")), tuple(found))
