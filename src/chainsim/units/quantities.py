"""Quantities with a unit: durations, money, rates and shares, and the same as text again.

In: text such as `145_000 CNY`, `0.5 days`, `900/day`, `75%`.  Out: exact values (`Fraction` seconds, `int`
fen, ...).  A month is 30 days and a year 365 days, always.
This module must not know YAML, fields or the model.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from chainsim.units.numbers import (
    DECIMALS,
    LARGEST,
    UnitError,
    format_number,
    is_bare,
    is_number,
    parse_number,
    plain,
    shown,
    split_unit,
)

INT64: Final = 2**63 - 1
MINUTE, HOUR, DAY = 60, 3_600, 86_400
_DURATIONS: Final[dict[int, str]] = {
    1: "s sec second seconds 秒 秒钟",
    MINUTE: "min minute minutes 分钟",
    HOUR: "h hour hours 小时 个小时",
    DAY: "day d days 天 日",
    7 * DAY: "week weeks 周 星期",
    30 * DAY: "month months 月 个月",
    365 * DAY: "year years 年",
}
SECONDS: Final = {word: seconds for seconds, words in _DURATIONS.items() for word in words.split()}
_SCALES: Final[dict[int, str]] = {
    10**3: "thousand k 千",
    10**4: "万",
    10**6: "million mn 百万",
    10**7: "千万",
    10**8: "亿",
    10**9: "billion bn 十亿",
    10**12: "trillion trn 万亿 兆",
}
SCALES: Final = {word: scale for scale, words in _SCALES.items() for word in words.split()}
YUAN: Final = ("cny", "rmb", "yuan", "元", "人民币")
_SIGNS: Final = "$ € £ ¥ ₩ ₽".split()
_OTHER: Final = (
    *_SIGNS,
    *"usd eur jpy gbp hkd krw twd sgd rub inr aud cad chf dollar dollars euro euros yen pound pounds".split(),
    *"美元 美金 欧元 日元 英镑 港元 港币 韩元 台币 卢布".split(),
)


def is_unit(text: str) -> bool:
    """Whether `text` may stand behind a number: `days`, `/day`, `%`, `万元`, `CNY/month`."""
    amount, slash, time = text.strip().lower().partition("/")
    amount = amount.strip()
    if slash and time.strip() not in SECONDS:
        return False
    currency = next((word for word in YUAN if amount.endswith(word)), "")
    if currency or slash:
        scale = amount.removesuffix(currency).strip()
        return not scale or scale in SCALES
    return amount in SECONDS or amount in ("%", "percent", "ppm")


def _example(text: str, unit: str) -> str:
    """`text` as it would look with a unit; scientific notation and thousands' commas are written out."""
    try:
        return f"{format_number(parse_number(text))}{unit}"
    except UnitError as error:
        number = error.hint.removeprefix("write ")
        return f"{number}{unit}" if is_number(number) else ""


def _needs(what: str, text: str, unit: str, instead: str) -> UnitError:
    """`text` has no unit: says so, whatever else is wrong with the number."""
    example = _example(text, unit) or f"2{unit}"
    return UnitError(f"needs {what}, got {shown(text)}", f'write {instead} such as "{example}"')


def parse_duration(text: str) -> Fraction:
    """Seconds, exact; the sign is kept, so that the caller can say what is below 0."""
    text = plain(text)
    if text == "0":
        return Fraction(0)
    if is_bare(text):
        raise _needs("a unit", text, " h", "a duration")
    number, unit = split_unit(text)
    if unit not in SECONDS:
        if unit in ("m", "mo", "mon"):
            raise UnitError(f"has an ambiguous unit, got {shown(text)}", 'write "min" or "months"')
        what = f"has an unknown unit {shown(unit)}" if unit else "needs a unit"
        hint = "write one number and one of: s, min, h, days, weeks, months, years"
        raise UnitError(f"{what}, got {shown(text)}", hint)
    seconds = number * SECONDS[unit]
    if abs(seconds) > LARGEST:
        raise UnitError(f"is longer than 2^53 seconds, got {shown(text)}")
    return seconds


def _fen(text: str) -> Fraction:
    """Fen, exact, in parts too."""
    if text[:1] in _SIGNS:
        hint = "all money is in CNY: write the amount, then CNY"
        raise UnitError(f"is in {text[0]}, got {shown(text)}", hint)
    if is_bare(text):
        raise _needs("a currency", text, " CNY", "an amount")
    number, unit = split_unit(text)
    if other := next((word for word in _OTHER if unit.endswith(word)), ""):
        name = other.upper() if len(other) == 3 else other
        hint = "all money is in CNY: convert it and say so in `source`"
        raise UnitError(f"is in {name}, got {shown(text)}", hint)
    if unit in SCALES:
        hint = f'write "{text}元"' if not unit.isascii() else f'write "{text} CNY"'
        raise UnitError(f"needs a currency, got {shown(text)}", hint)
    currency = next((word for word in YUAN if unit.endswith(word)), "")
    if not currency:
        hint = f'write an amount such as "{format_number(number)} CNY"'
        raise UnitError(f"has an unknown currency {shown(unit)}, got {shown(text)}", hint)
    scale = 1 if unit == currency else SCALES.get(unit.removesuffix(currency).strip())
    if scale is None:
        hint = 'write an amount such as "1.5 million CNY" or "150万元"'
        raise UnitError(f"has an unknown unit {shown(unit)}, got {shown(text)}", hint)
    return number * scale * 100


def parse_money(text: str) -> int:
    """Fen, exact; `145_000 CNY`, `14.5万元`, `200 million CNY`.  Other currencies are refused by name."""
    text = plain(text)
    if text == "0":
        return 0
    fen = _fen(text)
    if fen.denominator != 1:
        raise UnitError(f"is not a whole number of fen, got {shown(text)}", "round it to 0.01 CNY")
    if abs(fen) > INT64:
        raise UnitError(f"is out of range, got {shown(text)}", f"amounts go up to {format_money(INT64)}")
    return int(fen)


def parse_rate(text: str) -> Fraction:
    """Units per second, exact; `900/day`, `30万/年`, `12.5/h`."""
    text = plain(text)
    if text == "0":
        return Fraction(0)
    if is_bare(text):
        raise _needs("a time", text, "/day", "a rate")
    amount, slash, unit = re.sub(r"\s+per\s+", "/", text).partition("/")
    number, scale = split_unit(amount, slash + unit)
    unit = unit.strip().lower()
    hint = 'write a rate such as "900/day"'
    if not slash:
        raise UnitError(f"is not a rate, got {shown(text)}", hint)
    if unit not in SECONDS:
        raise UnitError(f"has an unknown time {shown(unit)}, got {shown(text)}", hint)
    if scale and scale not in SCALES:
        raise UnitError(f"has an unknown unit {shown(scale)}, got {shown(text)}", hint)
    return number * SCALES.get(scale, 1) / SECONDS[unit]


def parse_money_rate(text: str) -> Fraction:
    """Fen per second, exact; `200_000 CNY/month`, `0.001 CNY/day`, `2万元/月`."""
    text = plain(text)
    if text == "0":
        return Fraction(0)
    amount, slash, unit = re.sub(r"\s+per\s+", "/", text).partition("/")
    unit = unit.strip().lower()
    hint = 'write money per time, such as "200_000 CNY/month"'
    if not slash:
        _fen(text)
        raise UnitError(f"needs a time, got {shown(text)}", f'write "{text}/month"')
    fen = _fen(amount.strip())
    if unit not in SECONDS:
        raise UnitError(f"has an unknown time {shown(unit)}, got {shown(text)}", hint)
    if abs(fen) > INT64:
        raise UnitError(f"is out of range, got {shown(text)}", f"amounts go up to {format_money(INT64)}")
    return fen / SECONDS[unit]


def parse_share(text: str) -> Fraction:
    """A share, exact: `75%`, `0.75`, `1/3`, `500 ppm`; above 1 it must carry its %; the caller judges it."""
    text = plain(text)
    if found := re.fullmatch(r"(\d{1,9})\s*/\s*([1-9]\d{0,8})", text, re.ASCII):
        return Fraction(int(found[1]), int(found[2]))
    number, unit = split_unit(text)
    if unit in ("%", "percent"):
        return number / 100
    if unit == "ppm":
        return number / 10**6
    if unit:
        raise UnitError(f"has an unknown unit {shown(unit)}, got {shown(text)}", 'write a share such as "75%"')
    if not 0 <= number <= 1:
        hint = f'write "{format_number(abs(number))}%" or a number from 0 to 1'
        raise UnitError(f"must be a share, 0% to 100%, got {shown(text)}", hint)
    return number


def _plain_in(value: Fraction, places: int) -> bool:
    return bool((value * 10**places).denominator == 1)


def format_duration(seconds: Fraction | int) -> str:
    """`2 days`, `1.5 days`, `12 h`, `45 s`: the largest unit that keeps it short and exact."""
    value = Fraction(seconds)
    for size, unit in ((DAY, "day"), (HOUR, "h"), (MINUTE, "min")):
        amount = value / size
        if abs(amount) >= 1 and _plain_in(amount, 2):
            plural = "s" if unit == "day" and abs(amount) != 1 else ""
            return f"{format_number(amount)} {unit}{plural}"
    return f"{format_number(value)} s"


def format_money(fen: int, separator: str = ",") -> str:
    """`145,000 CNY`; with `separator="_"` it can be read again."""
    amount = format_number(Fraction(fen, 100), separator)
    whole, point, tail = amount.partition(".")
    return f"{whole}{point}{tail.ljust(2, '0') if tail else ''} CNY"


def format_money_rate(fen_per_second: Fraction) -> str:
    """`1_000 CNY/day`, or per another unit of time where that is exact and a day is not."""
    for size in (DAY, 30 * DAY, 365 * DAY, 7 * DAY, HOUR, MINUTE, 1):
        yuan = fen_per_second * size / 100
        if _plain_in(yuan, 6):
            return f"{format_number(yuan, '_')} CNY/{_DURATIONS[size].split()[0]}"
    return f"{format_number(fen_per_second * DAY / 100, '_')} CNY/day"


def format_rate(per_second: Fraction) -> str:
    """`900/day`, or per year, hour or second where that is exact and a day is not."""
    for size, unit in ((DAY, "day"), (365 * DAY, "year"), (HOUR, "h"), (1, "s")):
        if _plain_in(per_second * size, 3):
            return f"{format_number(per_second * size)}/{unit}"
    return f"{format_number(per_second * DAY)}/day"


def format_share(share: Fraction) -> str:
    """`12.5%`; a share that is no short decimal as a ratio, `1/3`."""
    if _plain_in(share, DECIMALS) or not 0 <= share <= 1 or share.denominator >= 10**9:
        return f"{format_number(share * 100)}%"
    return f"{share.numerator}/{share.denominator}"
