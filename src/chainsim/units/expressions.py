"""Small expressions: distributions and rules written as calls, and the relative changes of policies.

In: text such as `lognormal(2 days, 0.5 days)`, `2 ± 0.5 days`, `to order`, `+20%`.  Out: a `Call` whose
arguments are still text, or a `ChangeText`.  This module must not know the registries that calls name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from chainsim.units.numbers import UnitError, as_range, is_bare, plain, shown, split_unit
from chainsim.units.quantities import parse_duration

_CALL = re.compile(r"([A-Za-z_]\w*)\s*\((.*)\)", re.ASCII | re.DOTALL)
_SIGNS = ("+", "-", "＋", "－", "−", "–")
_SPREAD = re.compile(r"\s*(?:±|\+/?-)\s*")


@dataclass(frozen=True, slots=True)
class Call:
    """A distribution or rule as written: `s_S(20, 100)` is `Call("s_S", ("20", "100"))`."""

    name: str
    arguments: tuple[str, ...]


ChangeKind = Literal["absolute", "relative", "points", "delta"]


@dataclass(frozen=True, slots=True)
class ChangeText:
    """What a policy does to a value.

    `absolute`: `text` replaces it.  `relative`: it is multiplied by `number`.  `points`: the share `number`
    is added.  `delta`: the quantity `text` (unsigned, with its unit) is added `number` times, 1 or -1.
    """

    kind: ChangeKind
    number: Fraction
    text: str


def parse_call(text: str) -> Call | None:
    """`name(a, b)` as a `Call`; None when `text` is no call."""
    found = _CALL.fullmatch(plain(text))
    if not found:
        return None
    inside = found[2].strip()
    return Call(found[1], tuple(part.strip() for part in inside.split(",")) if inside else ())


def parse_law(text: str) -> Call:
    """A distribution: a call, `2 ± 0.5 days` (lognormal by mean and standard deviation), or a constant."""
    if ends := as_range(text):
        low, high = (end if split_unit(end)[1] else f"{end} days" for end in ends)
        raise UnitError(f"is a range, got {shown(text)}", f'write "uniform({low}, {high})"')
    text = plain(text)
    if call := parse_call(text):
        return call
    parts = _SPREAD.split(text)
    if len(parts) == 1:
        return Call("constant", (text,))
    if len(parts) > 2:
        raise UnitError(f"has more than one ±, got {shown(text)}", 'write "2 ± 0.5 days"')
    mean, spread = parts
    if is_bare(spread):
        raise UnitError(f"needs a unit, got {shown(text)}", f'write "{mean} ± {spread} days"')
    if is_bare(mean):
        mean = f"{mean} {split_unit(spread)[1]}"
    if not parse_duration(spread):
        return Call("constant", (mean,))
    return Call("lognormal", (mean, spread))


def parse_rule(text: str) -> Call:
    """A replenishment rule: a call, `3 days` (days of cover), or `to order` (base stock 0)."""
    text = plain(text)
    if text.lower() in ("to order", "make to order", "按单"):
        return Call("base_stock", ("0",))
    return parse_call(text) or Call("cover", (text,))


def parse_change(text: str) -> ChangeText:
    """`+20%` relative, `+10 points` on a share, `+4 days` added, anything without a sign absolute."""
    if not text.strip().startswith(_SIGNS):
        return ChangeText("absolute", Fraction(0), text)
    text = plain(text)
    sign, amount = (1 if text[0] == "+" else -1), text[1:].strip()
    number, unit = split_unit(amount)
    if number < 0:
        raise UnitError(f"has two signs, got {shown(text)}", 'write a change such as "+20%" or "-4 days"')
    if unit in ("%", "percent"):
        if sign < 0 and number > 100:
            raise UnitError(f"takes away more than everything, got {shown(text)}", "the least is -100%")
        return ChangeText("relative", 1 + sign * number / 100, amount)
    if unit in ("point", "points", "pp", "个百分点", "百分点"):
        return ChangeText("points", sign * number / 100, amount)
    return ChangeText("delta", Fraction(sign), amount)


def format_law(call: Call) -> str:
    """A `Call` as text that can be read again."""
    return f"{call.name}({', '.join(call.arguments)})"
