"""Plain numbers as people type them, and the traps that keyboards, spreadsheets and YAML set.

In: text.  Out: exact `Fraction`s, or a `UnitError` that names the trap and what to write instead.
This module must not know units, YAML, fields or the model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from typing import Final

LARGEST: Final = 2**53
DECIMALS: Final = 12
YAML_WORDS: Final = frozenset("yes no on off true false".split())

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*(?:_\d+)*)(?:\.\d+(?:_\d+)*)?", re.ASCII)
_NUMBERLIKE = re.compile(
    r"[-+]?(?:0[xob][\da-f_]+|\.?(?:nan|inf(?:inity)?)(?![a-z])|\.?\d[\d_.,:]*(?:e[-+]?\d+(?![\da-z]))?)",
    re.I | re.ASCII,
)
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2212"
_RANGE = re.compile(
    r"([0-9][0-9_.,]*)\s*(%|/?[^\W\d_]*)\s*(?:[-~\uff5e\u301c"
    + _DASHES
    + r"]|\bto\b|\bbis\b|至|到)\s*([0-9][0-9_.,]*)\s*([^-±0-9]*)"
)
_EXPONENT = re.compile(r"([-+]?)(\d[\d_]*)?\.?(\d*)e([-+]?\d+)", re.I | re.ASCII)


class UnitError(ValueError):
    """What is wrong with a quantity, as a predicate, and what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def shown(text: str) -> str:
    """`text` in quotes, shortened, with everything that a terminal might obey escaped."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def as_range(text: str) -> tuple[str, str] | None:
    """The ends of `1-2 days`, `1 to 2 days` or `1~2天`, each with its unit if there is one; None of anything else."""
    found = _RANGE.fullmatch(text.strip())
    if not found:
        return None
    low, mid, high, unit = (part.strip() for part in found.groups())
    gap = "" if unit[:1] in ("", "/", "%") else " "
    return f"{low.replace(',', '.')}{gap}{mid or unit}", f"{high.replace(',', '.')}{gap}{unit}"


def _ranged(text: str) -> UnitError:
    return UnitError(f"is a range, got {shown(text)}", "write one number: what you expect on average")


def plain(text: str) -> str:
    """`text` without blanks around it; refuses the look-alikes that keyboards and spreadsheets make."""
    text = text.strip(" ")
    usual = unicodedata.normalize("NFKC", text)
    if usual != text:
        if as_range(text):
            raise _ranged(text)
        wide = any("\uff01" <= c <= "\uff5e" or c == "\u3000" for c in text)
        what = "full-width characters" if wide else "unusual characters"
        keyboard = " (switch the Chinese keyboard to half-width)" if wide else ""
        raise UnitError(f"contains {what}, got {shown(text)}", f"write {_quoted(usual)}{keyboard}")
    for c in text:
        if c in _DASHES:
            if as_range(text):
                raise _ranged(text)
            raise UnitError(
                f"contains the sign U+{ord(c):04X}, got {shown(text)}",
                f"write {_quoted(text.replace(c, '-'))}",
            )
        if not c.isascii() and c.isdecimal():
            digits = "".join(str(unicodedata.decimal(d)) if d.isdecimal() else d for d in text)
            raise UnitError(f"contains digits of another script, got {shown(text)}", f"write {_quoted(digits)}")
    return text


def _quoted(text: str) -> str:
    return '"' + "".join(c if c.isprintable() else "?" for c in text[:60]) + '"'


def parse_number(text: str) -> Fraction:
    """A plain number, exact; at most 2^53 in size and 12 decimals.  `UnitError` names the trap otherwise."""
    text = plain(text)
    if len(text) <= 40 and _NUMBER.fullmatch(text):
        value = Fraction(text.replace("_", ""))
        if abs(value) > LARGEST:
            raise _out_of_range(text)
        if text.startswith("-") and not value:
            raise UnitError(f"is a negative zero, got {shown(text)}", "write 0")
        if len(text.replace("_", "").partition(".")[2]) > DECIMALS:
            raise UnitError(f"has more than {DECIMALS} decimals, got {shown(text)}", f"write {format_number(value)}")
        return value
    raise _not_a_number(text)


def _out_of_range(text: str) -> UnitError:
    return UnitError(f"is out of range -2^53..2^53, got {shown(text)}")


def _not_a_number(text: str) -> UnitError:
    """The trap that `text` fell into; `text` is not a number of our grammar."""
    got, low = f"got {shown(text)}", text.lower().lstrip("+-")
    if not text:
        return UnitError("has no value", "write a number")
    if re.fullmatch(r"\.?nan", low):
        return UnitError(f"must be finite, {got}", "write a number, or leave the key out")
    if re.fullmatch(r"\.?inf(inity)?", low):
        hint = "use 'unlimited' where the field allows it, or leave the key out"
        return UnitError(f"must be finite, {got}", hint)
    if len(text) > 40 and re.fullmatch(r"[-+]?\d[\d_]*(\.\d+)?", text, re.ASCII):
        return _out_of_range(text)
    if found := _EXPONENT.fullmatch(text.replace("_", "")):
        return _scientific(text, found)
    if re.fullmatch(r"\d+(:\d+)+(\.\d*)?", low):
        what = f"is not a plain number, {got}: YAML would read a number to base 60"
        return UnitError(what, "quote it if a time is meant")
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}.*", low):
        return UnitError(f"must be a number, {got}, a date", "write a number")
    if re.fullmatch(r"\d{1,2}([./])\d{1,2}\1\d{4}", low):
        return UnitError(f"must be a number, {got}, which looks like a date", "write a number")
    if re.fullmatch(r"0[\d_]+(\.\d+)?", low):
        return UnitError(f"has a leading zero, which is ambiguous, {got}", _advice(text, _without_zeros(low)))
    for pattern, meant in _SLIPS:
        if re.fullmatch(pattern, low):
            return UnitError(f"is not a plain number, {got}", _advice(text, meant(low)))
    if text.startswith("+"):
        return UnitError(
            f"is not a plain number, {got}", "leave out the plus sign; what changes a value has a sign and no quotes"
        )
    if low in YAML_WORDS or low in ("null", "~"):
        return UnitError(f"must be a number, {got}", "write a number, or leave the key out")
    found = _NUMBERLIKE.match(text)
    unit = text[found.end() :].strip() if found else ""
    if unit:
        hint = f"leave out {_quoted(unit)}: no unit is wanted here"
        return UnitError(f"is not a plain number, {got}", hint)
    return UnitError(f"must be a number, {got}")


def _advice(text: str, meant: str) -> str:
    """`write ...` with the sign of `text`, when what was probably meant is a number."""
    if not _NUMBER.fullmatch(meant):
        return ""
    if not meant.strip("0_."):
        return "write 0"
    return f"write {'-' if text.startswith('-') else ''}{meant}"


def _without_zeros(text: str) -> str:
    whole, point, tail = text.replace("_", "").partition(".")
    return (whole.lstrip("0") or "0") + point + tail


def _to_base_ten(text: str) -> str:
    try:
        return str(int(text, 0)) if len(text) <= 40 else ""
    except ValueError:
        return ""


# What is typed instead of a number, and what was probably meant: other bases, commas, blanks, bare points.
_SLIPS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    (r"0[xob][\da-f_]+", _to_base_ten),
    (r"\d{1,3}(,\d{3})+(\.\d+)?", lambda text: text.replace(",", "_")),
    (r"\d+,\d+", lambda text: text.replace(",", ".")),
    (r"\d{1,3}(\.\d{3})+,\d+", lambda text: text.replace(".", "").replace(",", ".")),
    (r"\d{1,3}( \d{3})+(\.\d+)?", lambda text: text.replace(" ", "_")),
    (r"\.\d+", lambda text: "0" + text),
    (r"\d[\d_]*\.", lambda text: text[:-1]),
)


def _scientific(text: str, found: re.Match[str]) -> UnitError:
    """Scientific notation is refused; the hint gives the plain form where that is exact."""
    whole, decimals, exponent = found[2] or "0", found[3], found[4]
    digits = (whole + decimals).lstrip("0")
    if not digits:
        return UnitError(f"is not a plain number, got {shown(text)}", "write 0")
    power = int(exponent) if len(exponent) <= 6 else (-(10**6) if exponent.startswith("-") else 10**6)
    size = len(digits) + power - len(decimals)
    if len(text) > 40 or size > 16:
        return _out_of_range(text)
    if size < -DECIMALS:
        return UnitError(f"is out of range: too close to 0, got {shown(text)}", "write 0")
    value = Fraction(int(digits)) * Fraction(10) ** (power - len(decimals))
    exact = (value * 10**DECIMALS).denominator == 1
    hint = _advice(text, format_number(value)) if exact else ""
    return UnitError(f"is not a plain number, got {shown(text)}", hint)


def split_unit(text: str, rest: str = "") -> tuple[Fraction, str]:
    """The number at the start of `text` and the lower-case unit after it; the unit may be empty.

    rest: what stood behind `text`, so that advice on what to write is whole.
    """
    text = plain(text)
    found = _NUMBERLIKE.match(text)
    if not found:
        raise UnitError(f"must start with a number, got {shown(text)}" if text else "has no value")
    if as_range(text):
        raise _ranged(text)
    unit = text[found.end() :]
    try:
        return parse_number(found[0]), unit.strip().lower()
    except UnitError as error:
        if _NUMBER.fullmatch(error.hint.removeprefix("write ")):
            raise UnitError(error.message, f"{error.hint}{unit}{rest}") from None
        raise


def format_number(value: Fraction | int, separator: str = "") -> str:
    """Decimal text, exact where 12 decimals suffice and rounded to them otherwise."""
    value = Fraction(value)
    scaled = round(abs(value) * 10**DECIMALS)
    whole, decimals = divmod(scaled, 10**DECIMALS)
    digits = f"{whole:,}".replace(",", separator)
    tail = f"{decimals:0{DECIMALS}}".rstrip("0")
    return ("-" if value < 0 and scaled else "") + digits + ("." + tail if tail else "")


def is_bare(text: str) -> bool:
    """Whether `text` is a number, good or bad, with nothing after it."""
    found = _NUMBERLIKE.match(text.strip(" "))
    return bool(found and found.end() == len(text.strip(" ")) and not re.search(r"n|:|x", found[0], re.I))


def is_number(text: str) -> bool:
    """Whether `text` is a number of our grammar, whatever its size."""
    return bool(_NUMBER.fullmatch(text))
