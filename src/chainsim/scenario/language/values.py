"""One reader for each kind of value: text in, exact value out, `UnitError` when it is wrong.

In: `Leaf` texts (or plain values from Python).  Out: `int` fen, `Fraction` seconds, dates, distributions, ...
A plain number is taken from Python where text would need no unit; money, times and rates always need text.
This module must not know YAML, positions, pydantic's types or the sections of a scenario.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeVar, get_args

from pydantic import ValidationError

from chainsim.model.curves import Curve, curves
from chainsim.model.distributions import Distribution, distributions
from chainsim.model.replenishment import Replenishment, replenishments
from chainsim.model.sourcing import Sourcing, sourcings
from chainsim.model.terms import UNLIMITED
from chainsim.scenario.language.entries import from_call, from_mapping, several
from chainsim.scenario.text.nodes import Leaf
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.units import (
    INT64,
    LARGEST,
    YAML_WORDS,
    Call,
    UnitError,
    format_duration,
    format_share,
    parse_call,
    parse_change,
    parse_duration,
    parse_law,
    parse_money,
    parse_money_rate,
    parse_number,
    parse_rate,
    parse_rule,
    parse_share,
    plain,
    shown,
)

T = TypeVar("T")
Ring = Literal["city", "province", "nation", "abroad"]
RINGS: tuple[str, ...] = get_args(Ring)

NAME_LENGTH = 120
WORDS_LENGTH = 400
_DIGITS = re.compile(r"0|[1-9]\d*", re.ASCII)
_NUMERIC = re.compile(r"(?=.*\d)([-+.\d][-+.,:\d_]*(e[-+]?\d+)?|0[xob][\da-f_]+)", re.ASCII | re.IGNORECASE)
WINDOWS = frozenset("con prn aux nul".split()) | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}


@dataclass(frozen=True, slots=True)
class OfPlan:
    """Capacity that follows the announced plan: `125% of plan` has share 5/4."""

    share: Fraction

    def __str__(self) -> str:
        return f"{format_share(self.share)} of plan"


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "a list"
    return "nothing" if value is None else type(value).__name__


def _text(value: object, due: str, example: str) -> str:
    """`value` when it is text that can be meant as a quantity; `UnitError` names the trap otherwise."""
    write = f'write {due} such as "{example}"' if example else ""
    if not isinstance(value, str):
        raise UnitError(f"must be {due}, got {shown(str(value)) if isinstance(value, bool) else _kind(value)}", write)
    low = value.strip().lower()
    if not low:
        raise UnitError("has no value", write or "write a value after the colon, or leave the key out")
    if low in ("null", "~"):
        raise UnitError(f"must be {due}, got {shown(value)}", f"leave the key out, or {write}")
    if low in YAML_WORDS:
        raise UnitError(f"must be {due}, got {shown(value)}", write)
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}.*", low) and due != "a date":
        raise UnitError(f"must be {due}, got the date {shown(value)}", write)
    return str(value)


def _number(value: object, due: str, example: str) -> Fraction | str:
    """A number given by Python as it is, text otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction, Decimal)):
        return _text(value, due, example)
    try:
        number = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    except (ValueError, OverflowError):
        raise UnitError(f"must be finite, got {value!r}", f"write {due}") from None
    if abs(number) > INT64:
        raise UnitError("is out of range -2^63..2^63-1")
    return number


def _at_least(value: Fraction, text: object, low: int = 0, *, strictly: bool = False) -> Fraction:
    if value < low or (strictly and value == low):
        wanted = f"must be above {low}" if strictly else f"must not be below {low}"
        raise UnitError(f"{wanted}, got {shown(str(text))}")
    return value


def amount(value: object) -> int:
    """Fen, >= 0; plain numbers are refused because they carry no currency."""
    if isinstance(value, (int, float, Fraction, Decimal)) and not isinstance(value, bool):
        value = str(value)
    fen = parse_money(_text(value, "an amount of money", "145_000 CNY"))
    return int(_at_least(Fraction(fen), value))


def money_rate(value: object) -> Fraction:
    """Fen per second, >= 0; plain numbers are refused because they carry neither currency nor time."""
    if isinstance(value, (int, float, Fraction, Decimal)) and not isinstance(value, bool):
        value = str(value)
    return _at_least(parse_money_rate(_text(value, "money per time", "200_000 CNY/month")), value)


def count(value: object, low: int = 0) -> int:
    """A whole number from `low` to 2^53."""
    number = _number(value, "a whole number", "5")
    number = parse_number(number) if isinstance(number, str) else number
    if number.denominator != 1:
        raise UnitError(f"must be a whole number, got {shown(str(value))}")
    if isinstance(value, str) and "." in value:
        raise UnitError(f"must be a whole number, got {shown(value)}", f"write {number}")
    if number > LARGEST:
        raise UnitError(f"is out of range {low}..2^53, got {shown(str(value))}")
    return int(_at_least(number, value, low))


def seed(value: object) -> int:
    """The root of all draws, 0 to 2^63 - 1."""
    error = UnitError(f"must be a whole number 0..2^63-1, got {shown(str(value))}")
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise error
    if isinstance(value, str):
        text = plain(_text(value, "a whole number 0..2^63-1", "2023"))
        if not re.fullmatch(r"(0|[1-9]\d{0,18})", text.replace("_", ""), re.ASCII):
            if not re.fullmatch(r"-?\d[\d_.]*", text, re.ASCII) or re.match(r"0\d", text):
                parse_number(text)
            raise error
        value = int(text)
    if not 0 <= value <= INT64:
        raise error
    return value


def weight(value: object, *, strictly: bool = False) -> Fraction:
    """A plain number >= 0 (or above 0)."""
    number = _number(value, "a plain number", "2")
    return _at_least(parse_number(number) if isinstance(number, str) else number, value, strictly=strictly)


def share(value: object, *, strictly: bool = False) -> Fraction:
    """A share from 0 (or above 0) to 1."""
    number = _number(value, "a share", "75%")
    number = parse_share(number) if isinstance(number, str) else number
    if not 0 <= number <= 1:
        hint = 'write a share from 0 to 100 %, such as "75%"'
        raise UnitError(f"must be a share, 0% to 100%, got {shown(str(value))}", hint)
    return _at_least(number, value, strictly=strictly)


def duration(value: object, *, strictly: bool = False) -> Fraction:
    """Seconds, >= 0 (or above 0); from Python also a `timedelta`."""
    if isinstance(value, dt.timedelta):
        return _at_least(Fraction(value // dt.timedelta(microseconds=1), 10**6), value, strictly=strictly)
    if isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        value = str(value)
    return _at_least(parse_duration(_text(value, "a duration", "2 days")), value, strictly=strictly)


def warm_up(value: object) -> Fraction | Literal["mser5"]:
    """Seconds, or the name of the rule that finds them."""
    return "mser5" if value == "mser5" else duration(value)


def rate(value: object) -> Fraction:
    """Units per second, >= 0."""
    if isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        value = str(value)
    return _at_least(parse_rate(_text(value, "a rate", "900/day")), value)


def capacity(value: object) -> Fraction | OfPlan | None:
    """A rate, a share of the plan, or None for `unlimited`."""
    if value is None or isinstance(value, OfPlan):
        return value
    text = value if isinstance(value, str) else ""
    if text.strip() in ("unlimited", "不限"):
        return None
    if found := re.fullmatch(r"(.*?)\s+of\s+plan", text.strip()):
        if not found[1].endswith(("%", "percent")):
            raise UnitError(f"is not a share of the plan, got {shown(text)}", 'write "125% of plan"')
        return OfPlan(_at_least(parse_share(found[1]), text))
    if re.fullmatch(r"[-+]?\.inf", text.strip(), re.IGNORECASE):
        raise UnitError(f"must be finite, got {shown(text)}", "use 'unlimited'")
    try:
        return rate(value)
    except UnitError as error:
        if isinstance(value, str) and value.strip().endswith("%"):
            raise UnitError(
                f"is a share of something, got {shown(value)}", f'write "{value.strip()} of plan"'
            ) from None
        raise error


def date(value: object) -> dt.date:
    """A day of the calendar, written YYYY-MM-DD."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    text = plain(_text(value, "a date", "2023-01-01"))
    found = re.fullmatch(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?", text, re.ASCII)
    if not found:
        raise UnitError(f"must be a date, got {shown(text)}", day_first(text) or 'write a date such as "2023-01-01"')
    year, month, day = (int(part) for part in found.groups())
    iso = f"{year:04}-{month:02}-{day:02}"
    try:
        meant = dt.date(year, month, day)
    except ValueError:
        raise UnitError(
            f"is not a day of the calendar, got {shown(text)}", "write year-month-day, YYYY-MM-DD"
        ) from None
    if iso != text:
        raise UnitError(f"must be a date as YYYY-MM-DD, got {shown(text)}", f'write "{iso}"')
    return meant


def day_first(text: str) -> str:
    """What to write for a date with its year at the end, `01.02.2024`; empty for anything else.

    With points the day comes first; with slashes nobody can tell it from the month.
    """
    found = re.fullmatch(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4})", text.strip(), re.ASCII)
    if not found:
        return ""
    one, sign, other, year = found.groups()
    meant = []
    for day, month in ((one, other),) if sign == "." else ((one, other), (other, one)):
        try:
            meant.append(dt.date(int(year), int(month), int(day)).isoformat())
        except ValueError:
            continue
    return "write " + " or ".join(f'"{day}"' for day in dict.fromkeys(meant)) if meant else ""


def switch(value: object) -> bool:
    """`true` or `false`, nothing else."""
    if isinstance(value, bool):
        return value
    text = str(value).strip() if isinstance(value, str) else ""
    if text in ("true", "false") and not getattr(value, "quoted", False):
        return text == "true"
    raise UnitError(f"must be true or false, got {shown(text) if text else _kind(value)}", "write true or false")


def _guessed(value: str) -> None:
    """Refuses plain text that YAML would take for something else: `no`, `~`, `.nan`, ..."""
    if getattr(value, "quoted", True):
        return
    low = value.strip().lower()
    if low in YAML_WORDS:
        raise UnitError(f"must be text, got the YAML word {shown(value)}", f'write true/false or quote it: "{value}"')
    if low in ("null", "~"):
        raise UnitError(f"must be text, got {shown(value)}", f'leave the key out, or quote it: "{value}"')
    if re.fullmatch(r"[-+]?\.(nan|inf)", low):
        raise UnitError(f"must be text, got {shown(value)}; numbers must be finite", f'quote it: "{value}"')


def _clean(value: object, due: str, limit: int) -> str:
    """Text without characters that a terminal or a reader's eye would not show."""
    if not isinstance(value, str):
        raise UnitError(f"must be {due}, got {_kind(value)}", f"write {due}, in quotes if need be")
    _guessed(value)
    for c in value:
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"):
            raise UnitError(
                f"contains the character U+{ord(c):04X}, which is not allowed", "take it out; it is invisible"
            )
    if len(value) > limit:
        raise UnitError(f"is longer than {limit} characters, got {len(value)}", "shorten it")
    return str(value)


def words(value: object) -> str:
    """One line of text for people: titles, sources, file names."""
    if isinstance(value, str) and value.endswith("\n"):
        value = Leaf(value.rstrip("\n"), getattr(value, "quoted", True))
    return _clean(value, "text", WORDS_LENGTH)


def name(value: object) -> str:
    """A name of a part, firm, market, ...; safe as part of a file's name on every system."""
    text = _clean(value, "a name", NAME_LENGTH)
    if isinstance(value, Leaf) and not value.quoted and _NUMERIC.fullmatch(text) and not _DIGITS.fullmatch(text):
        raise UnitError(f"must be a name, got {shown(text)}, a number or a date", f'quote it: "{text}"')
    if not text.strip():
        raise UnitError("must not be empty", "write a name")
    if text != text.strip():
        raise UnitError(f"must not begin or end with a blank, got {shown(text)}", f'write "{text.strip()}"')
    usual = unicodedata.normalize("NFKC", text)
    if usual != text:
        raise UnitError(f"contains look-alike or full-width characters, got {shown(text)}", f'write "{usual}"')
    if any(c in "/\\" for c in text):
        raise UnitError(f"must not contain / or \\, got {shown(text)}", "use another sign, such as - or a blank")
    if set(text) == {"."}:
        raise UnitError(f"must not consist of dots, got {shown(text)}", "write a name")
    if text.casefold().partition(".")[0].rstrip() in WINDOWS:
        raise UnitError(f"is a reserved name on Windows, got {shown(text)}", "write another name")
    return text


def names(value: object) -> str | tuple[str, ...]:
    """One name, or a list of names, each once."""
    if not isinstance(value, (list, tuple)):
        return name(value)
    found: list[str] = []
    errors: list[tuple[tuple[int | str, ...], UnitError, object]] = []
    for index, given in enumerate(value):
        try:
            found.append(name(given))
            if found.index(found[-1]) < len(found) - 1:
                raise UnitError(f"is named twice, got {shown(found[-1])}", "name it once")
        except UnitError as error:
            errors.append(((index,), error, given))
    if errors:
        raise several("names", errors)
    if not found:
        raise UnitError("has no value", "write a name, or several: [a, b]")
    return tuple(found)


def law(value: object) -> Distribution:
    """A distribution of times, in seconds."""
    if isinstance(value, Mapping):
        if "law" not in value:
            raise UnitError("must name a law", "write {law: lognormal, mean: 2 days, sd: 0.5 days}")
        return from_mapping(value, distributions, "law")
    if any(type(value) is distributions[entry] for entry in distributions):
        return value  # type: ignore[return-value]
    if isinstance(value, dt.timedelta):
        return law(format_duration(duration(value)))
    if isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        value = str(value)
    return from_call(parse_law(_text(value, "a duration", "2 ± 0.5 days")), distributions, "law")


def rule(value: object) -> Replenishment:
    """A replenishment rule; levels in units, cover in seconds."""
    if isinstance(value, Mapping):
        if "rule" not in value:
            raise UnitError("must name a rule", "write {rule: s_S, reorder_point: 20, order_up_to: 100}")
        return from_mapping(value, replenishments, "rule")
    if any(type(value) is replenishments[entry] for entry in replenishments):
        return value  # type: ignore[return-value]
    if isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        value = str(value)
    text = plain(_text(value, "a rule", "3 days"))
    if re.fullmatch(r"\d[\d_.]*", text, re.ASCII):
        raise UnitError(f"needs a unit or a rule, got {shown(text)}", f'write "{text} days" or "base_stock({text})"')
    return from_call(parse_rule(text), replenishments, "rule")


def sourcing(value: object) -> Sourcing:
    """A sourcing rule, by its name."""
    if any(type(value) is sourcings[entry] for entry in sourcings):
        return value  # type: ignore[return-value]
    text = plain(_text(value, "a sourcing rule", "priority"))
    return from_call(parse_call(text) or Call(text, ()), sourcings, "rule")


def backlog(value: object) -> Fraction | None:
    """Units that may wait; None where any number may, 0 for `none`."""
    text = plain(value) if isinstance(value, str) else ""
    if value is None or text in ("unlimited", "不限"):
        return None
    return Fraction(0) if text == "none" else weight(value)


def shape(value: object) -> Curve:
    """A curve by its name."""
    if any(type(value) is curves[entry] for entry in curves):
        return value  # type: ignore[return-value]
    text = plain(_text(value, "a curve", "linear"))
    if text not in curves:
        raise UnitError(f"must be a curve, got {shown(text)}{did_you_mean(text, curves)}", f"there is {listed(curves)}")
    return curves[text]()


def change(value: object) -> Any:
    """What a policy sets a path to: kept as it is written; the field that it reaches types it."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise UnitError("has no value", 'write the new value, or a change such as "+20%"')
    if isinstance(value, str):
        parse_change(value)
    return value


def hinted(read: Callable[[Any], T], hint: str) -> Callable[[Any], T]:
    """`read` whose errors always say what to do next: `hint` where they do not."""

    def reader(value: Any) -> T:
        try:
            return read(value)
        except UnitError as error:
            raise UnitError(error.message, error.hint or hint) from None

    return reader


def lines(value: object) -> int | None:
    """How many lines stand side by side, from 1; `UNLIMITED` for one for every batch."""
    if isinstance(value, str) and plain(value) in ("unlimited", "不限"):
        return UNLIMITED
    return count(value, low=1)


def by_ring(value: object, one: Callable[[object], T]) -> T | dict[str, T] | None:
    """One value, or one by ring; each ring's error has its own place."""
    if value is None:
        return None
    if not isinstance(value, Mapping) or "law" in value:
        return one(value)
    found: dict[str, T] = {}
    errors: list[tuple[tuple[int | str, ...], UnitError, object]] = []
    for ring, given in value.items():
        if ring not in RINGS:
            message = f"unknown ring {shown(str(ring))}{did_you_mean(str(ring), RINGS)}"
            errors.append(((str(ring), "[key]"), UnitError(message, f"there is {listed(RINGS)}"), given))
            continue
        try:
            found[str(ring)] = one(given)
        except UnitError as error:
            errors.append(((ring,), error, given))
        except ValidationError as error:
            errors += [
                (
                    (ring, *line["loc"]),
                    UnitError(line["msg"], line.get("ctx", {}).get("hint", "")),
                    line["input"],
                )
                for line in error.errors()
            ]
    if not value:
        raise UnitError("has no value", "write one value, or one by ring: {city: ..., province: ...}")
    if errors:
        raise several("ring", errors)
    return found
