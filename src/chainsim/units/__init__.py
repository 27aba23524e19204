"""Quantities as people type them: numbers, durations, money, rates, shares, calls and relative changes.

In: text such as `145_000 CNY`, `0.5 days`, `900/day`, `75%`, `2 ± 0.5 days`, `+20%`.  Out: exact values
(`Fraction` seconds, `int` fen, ...) and, by the `format_*` functions, text again.  A `UnitError` says what
is wrong as a predicate that follows the name of a field ("needs a unit, got '900'") and carries a hint.
This package must not know YAML, fields, the registries or the model.

One way to write a number: digits, `_` between digits, a decimal point.  Scientific notation is refused
(`1e3` is a number to one reader and text to another), and so are commas, leading zeros, other bases and
other scripts.  A bare `0` needs no unit.
"""

from chainsim.units.expressions import (
    Call,
    ChangeKind,
    ChangeText,
    format_law,
    parse_call,
    parse_change,
    parse_law,
    parse_rule,
)
from chainsim.units.numbers import (
    DECIMALS,
    LARGEST,
    YAML_WORDS,
    UnitError,
    as_range,
    format_number,
    is_bare,
    parse_number,
    plain,
    shown,
    split_unit,
)
from chainsim.units.quantities import (
    DAY,
    HOUR,
    INT64,
    MINUTE,
    SCALES,
    SECONDS,
    format_duration,
    format_money,
    format_money_rate,
    format_rate,
    format_share,
    is_unit,
    parse_duration,
    parse_money,
    parse_money_rate,
    parse_rate,
    parse_share,
)

__all__ = [
    "DAY",
    "DECIMALS",
    "HOUR",
    "INT64",
    "LARGEST",
    "MINUTE",
    "SCALES",
    "SECONDS",
    "YAML_WORDS",
    "Call",
    "ChangeKind",
    "ChangeText",
    "UnitError",
    "as_range",
    "format_duration",
    "format_law",
    "format_money",
    "format_money_rate",
    "format_number",
    "format_rate",
    "format_share",
    "is_bare",
    "is_unit",
    "parse_call",
    "parse_change",
    "parse_duration",
    "parse_law",
    "parse_money",
    "parse_money_rate",
    "parse_number",
    "parse_rate",
    "parse_rule",
    "parse_share",
    "plain",
    "shown",
    "split_unit",
]
