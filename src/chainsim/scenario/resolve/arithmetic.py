"""Relative changes of quantities as text: `3 days` and `+4 days` make `7 days`.

In: a quantity as a file writes it, and a change.  Out: the new quantity as text, which the schema then
judges like any other.  `+20%` multiplies every number of the quantity (a law keeps its coefficient of
variation); `+4 days` moves a law and leaves its spread, and adds to the days of a cover rule.
This module must not know where the quantity stands.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from chainsim.model.distributions import distributions
from chainsim.model.replenishment import replenishments
from chainsim.units import (
    Call,
    ChangeText,
    UnitError,
    format_duration,
    format_law,
    format_money,
    format_money_rate,
    format_number,
    format_rate,
    format_share,
    parse_call,
    parse_duration,
    parse_law,
    parse_money,
    parse_money_rate,
    parse_number,
    parse_rate,
    parse_rule,
    parse_share,
    shown,
)

OF_PLAN = " of plan"
SPREADS = ("sd",)  # parameters that an added quantity leaves as they are
UNLIMITED = ("unlimited", "不限")
Parser = Callable[[str], Any]
Writer = Callable[[Any], str]
Scale = tuple[Parser, Writer]


def _money(fen: Fraction) -> str:
    return format_money(round(fen), "_")


SCALES: dict[str, Scale] = {
    "duration": (parse_duration, format_duration),
    "rate": (parse_rate, format_rate),
    "money": (parse_money, _money),
    "money rate": (parse_money_rate, format_money_rate),
    "quantity": (parse_number, format_number),
    "share": (parse_share, format_share),
}


def changed(current: str, change: ChangeText, *, whole: bool = False) -> str:
    """`current` after `change`; whole: round to a whole number (half to even).

    `UnitError` when the two do not go together, such as days added to a share.
    """
    if change.kind == "absolute":
        return change.text
    if current.strip() in UNLIMITED:
        raise UnitError("is unlimited, which has no relative change", "write the new value itself")
    if current.endswith(OF_PLAN):
        return changed(current.removesuffix(OF_PLAN), change) + OF_PLAN
    if change.kind == "points":
        return format_share(_read(parse_share, current, "percentage points") + change.number)
    call = _call(current)
    if call is not None:
        return format_law(_changed_call(call, change, current))
    return _changed_plain(current, change, whole, tuple(SCALES.values()))


def _changed_plain(current: str, change: ChangeText, whole: bool, scales: tuple[Scale, ...]) -> str:
    if change.kind == "relative":
        for read, write in scales:
            value = _try(read, current)
            if value is not None:
                return write(_rounded(Fraction(value) * change.number, whole))
        raise UnitError(
            f"is no quantity that can change by a share, got {shown(current)}", "write the new value itself"
        )
    for read, write in scales:
        value, step = _try(read, current), _try(read, change.text)
        if value is not None and step is not None:
            return write(_rounded(Fraction(value) + change.number * Fraction(step), whole))
    sign = "+" if change.number > 0 else "-"
    hint = 'shares take "+10 points"' if "%" in current else "write the change in the unit of the value"
    raise UnitError(f"cannot change by {shown(sign + change.text)}, its value is {shown(current)}", hint)


def _call(text: str) -> Call | None:
    """The law or rule in `text`, None for a plain quantity."""
    for read in (parse_rule, parse_law):
        try:
            call: Call = read(text)
        except UnitError:
            continue
        if call.name not in ("cover", "constant") or parse_call(text) is not None:
            return call
    return None


def _changed_call(call: Call, change: ChangeText, current: str) -> Call:
    registry: Any = distributions if call.name in distributions else replenishments
    if call.name not in registry:
        return call  # the schema will say that there is no such law
    arguments = []
    for field, text in zip(registry.fields(call.name), call.arguments, strict=False):
        if change.kind == "relative" or field.name not in SPREADS:
            try:
                text = _changed_plain(text, change, False, (SCALES[field.unit],))
            except UnitError:
                hint = "write the new law or rule itself"
                raise UnitError(f"cannot change by {shown(change.text)}, its value is {shown(current)}", hint) from None
        arguments.append(text)
    return Call(call.name, tuple(arguments))


def _read(parser: Callable[[str], Fraction], text: str, what: str) -> Fraction:
    try:
        return parser(text)
    except UnitError:
        raise UnitError(f"takes no {what}, its value is {shown(text)}", 'points are added to shares: "30%"') from None


def _try(parser: Parser, text: str) -> Any:
    try:
        return parser(text)
    except UnitError:
        return None


def _rounded(value: Fraction, whole: bool) -> Fraction:
    return Fraction(round(value)) if whole else value
