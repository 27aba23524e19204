"""Quantities: what is read, what is refused and with which advice, and that formats are inverses."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chainsim.units import (
    DAY,
    INT64,
    LARGEST,
    SECONDS,
    Call,
    ChangeText,
    UnitError,
    format_duration,
    format_money,
    format_money_rate,
    format_number,
    format_rate,
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
)

PARSERS: dict[str, Callable[[str], Any]] = {
    "number": parse_number,
    "duration": parse_duration,
    "money": parse_money,
    "money rate": parse_money_rate,
    "rate": parse_rate,
    "share": parse_share,
    "law": parse_law,
    "rule": parse_rule,
    "call": parse_call,
    "change": parse_change,
}


# ------------------------------------------------------------------------------------------ what is read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("145_000", 145_000),
        ("0.8", Fraction(4, 5)),
        ("0", 0),
        ("-2", -2),
        (" 7 ", 7),
        ("1_234.567_8", Fraction(12_345_678, 10_000)),
        ("9007199254740992", LARGEST),
        ("0.000000000001", Fraction(1, 10**12)),
    ],
)
def test_numbers(text: str, value: Fraction) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2 days", 172_800),
        ("0.5 day", 43_200),
        ("1h", 3_600),
        ("1 h", 3_600),
        ("30 min", 1_800),
        ("45 s", 45),
        ("1 week", 604_800),
        ("1 month", 30 * DAY),
        ("1 year", 365 * DAY),
        ("2 天", 172_800),
        ("2天", 172_800),
        ("3小时", 10_800),
        ("20 分钟", 1_200),
        ("1 周", 604_800),
        ("2 个月", 60 * DAY),
        ("1 年", 365 * DAY),
        ("1_000 Days", 86_400_000),
        ("0", 0),
        ("-2 days", -172_800),
        ("0.1 s", Fraction(1, 10)),
    ],
)
def test_durations(text: str, seconds: Fraction) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("145_000 CNY", 14_500_000),
        ("145000元", 14_500_000),
        ("14.5万元", 14_500_000),
        ("1.2 亿元", 12_000_000_000),
        ("3 百万元", 300_000_000),
        ("200 million CNY", 20_000_000_000),
        ("1.5 bn cny", 150_000_000_000),
        ("0.01 CNY", 1),
        ("1 trn CNY", 10**14),
        ("5 RMB", 500),
        ("5 yuan", 500),
        ("5 人民币", 500),
        ("0", 0),
        ("-0.5 CNY", -50),
    ],
)
def test_money(text: str, fen: int) -> None:
    assert parse_money(text) == fen


@pytest.mark.parametrize(
    ("text", "per_second"),
    [
        ("900/day", Fraction(900, 86_400)),
        ("900 / day", Fraction(900, 86_400)),
        ("900 per day", Fraction(900, 86_400)),
        ("300_000/year", Fraction(300_000, 365 * 86_400)),
        ("30万/年", Fraction(300_000, 365 * 86_400)),
        ("12.5/h", Fraction(25, 7_200)),
        ("0/day", 0),
        ("0", 0),
    ],
)
def test_rates(text: str, per_second: Fraction) -> None:
    assert parse_rate(text) == per_second


@pytest.mark.parametrize(
    ("text", "fen_per_second"),
    [
        ("200_000 CNY/month", Fraction(20_000_000, 30 * 86_400)),
        ("1 CNY/day", Fraction(100, 86_400)),
        ("0.001 CNY / day", Fraction(1, 864_000)),
        ("2万元/月", Fraction(2_000_000, 30 * 86_400)),
        ("1.5 million CNY per year", Fraction(150_000_000, 365 * 86_400)),
        ("0", 0),
    ],
)
def test_money_per_time(text: str, fen_per_second: Fraction) -> None:
    assert parse_money_rate(text) == fen_per_second


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("200_000 CNY", "needs a time, got '200_000 CNY'", "200_000 CNY/month"),
        ("200_000", "needs a currency, got '200_000'", "200000 CNY"),
        ("200_000/month", "needs a currency, got '200_000'", ""),
        ("5 USD/day", "is in USD, got '5 USD'", "convert"),
        ("5 CNY/fortnight", "has an unknown time 'fortnight', got '5 CNY/fortnight'", "CNY/month"),
    ],
)
def test_money_per_time_needs_both(text: str, message: str, hint: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_money_rate(text)
    assert caught.value.message == message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("75%", Fraction(3, 4)),
        ("75 %", Fraction(3, 4)),
        ("12.5%", Fraction(1, 8)),
        ("0.75", Fraction(3, 4)),
        ("1/3", Fraction(1, 3)),
        ("500 ppm", Fraction(1, 2000)),
        ("150%", Fraction(3, 2)),
        ("0", 0),
        ("1", 1),
    ],
)
def test_shares(text: str, share: Fraction) -> None:
    assert parse_share(text) == share


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("2 days", Call("constant", ("2 days",))),
        ("2 ± 0.5 days", Call("lognormal", ("2 days", "0.5 days"))),
        ("2 +- 0.5 days", Call("lognormal", ("2 days", "0.5 days"))),
        ("2 +/- 0.5 days", Call("lognormal", ("2 days", "0.5 days"))),
        ("2±0.5天", Call("lognormal", ("2 天", "0.5天"))),
        ("2 days ± 12 h", Call("lognormal", ("2 days", "12 h"))),
        ("2 ± 0 days", Call("constant", ("2 days",))),
        ("lognormal(2 days, 0.5 days)", Call("lognormal", ("2 days", "0.5 days"))),
        ("exponential( 2 days )", Call("exponential", ("2 days",))),
        ("gamma()", Call("gamma", ())),
    ],
)
def test_laws(text: str, call: Call) -> None:
    assert parse_law(text) == call


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("3 days", Call("cover", ("3 days",))),
        ("to order", Call("base_stock", ("0",))),
        ("base_stock(500)", Call("base_stock", ("500",))),
        ("s_S(20, 100)", Call("s_S", ("20", "100"))),
    ],
)
def test_rules(text: str, call: Call) -> None:
    assert parse_rule(text) == call


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("60 days", ChangeText("absolute", Fraction(0), "60 days")),
        ("计划（二期）", ChangeText("absolute", Fraction(0), "计划（二期）")),
        ("+20%", ChangeText("relative", Fraction(6, 5), "20%")),
        ("-50%", ChangeText("relative", Fraction(1, 2), "50%")),
        ("-100%", ChangeText("relative", Fraction(0), "100%")),
        ("+ 20 %", ChangeText("relative", Fraction(6, 5), "20 %")),
        ("+10 points", ChangeText("points", Fraction(1, 10), "10 points")),
        ("-1 point", ChangeText("points", Fraction(-1, 100), "1 point")),
        ("+10个百分点", ChangeText("points", Fraction(1, 10), "10个百分点")),
        ("+4 days", ChangeText("delta", Fraction(1), "4 days")),
        ("-0.5 CNY", ChangeText("delta", Fraction(-1), "0.5 CNY")),
        ("+3", ChangeText("delta", Fraction(1), "3")),
    ],
)
def test_changes(text: str, change: ChangeText) -> None:
    assert parse_change(text) == change


# --------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("kind", "text", "message", "hint"),
    [
        # numbers that YAML, keyboards or spreadsheets would bend
        ("number", "1e3", "is not a plain number", "write 1000"),
        ("number", "1.5E3", "is not a plain number", "write 1500"),
        ("number", "1e-3", "is not a plain number", "write 0.001"),
        ("number", "-2e3", "is not a plain number", "write -2000"),
        ("number", "-00", "has a leading zero", "write 0"),
        ("number", "-010", "has a leading zero", "write -10"),
        ("number", "0e9", "is not a plain number", "write 0"),
        ("number", "0x1F", "is not a plain number", "write 31"),
        ("number", "0b11", "is not a plain number", "write 3"),
        ("number", "0o17", "is not a plain number", "write 15"),
        ("number", "1,000", "is not a plain number", "write 1_000"),
        ("number", "1,000,000.5", "is not a plain number", "write 1_000_000.5"),
        ("number", "0,5", "is not a plain number", "write 0.5"),
        ("number", "1 000", "is not a plain number", "write 1_000"),
        ("number", "010", "has a leading zero", "write 10"),
        ("number", "08", "has a leading zero", "write 8"),
        ("number", "00.5", "has a leading zero", "write 0.5"),
        ("number", "12:30", "base 60", "quote it"),
        ("number", "12:30:45", "base 60", "quote it"),
        ("number", "2024-01-02", "a date", "write a number"),
        ("number", "１２", "full-width characters", 'write "12" (switch the Chinese keyboard'),
        ("number", "12％", "full-width characters", 'write "12%"'),
        ("number", "１。５", "full-width characters", "keyboard"),
        ("number", "١٢", "digits of another script", 'write "12"'),
        ("number", "−5", "the sign U+2212", 'write "-5"'),
        ("number", ".nan", "must be finite", "write a number"),
        ("number", "NaN", "must be finite", "write a number"),
        ("number", ".inf", "must be finite", "'unlimited'"),
        ("number", "-.INF", "must be finite", "'unlimited'"),
        ("number", "9" * 4400, "is out of range -2^53..2^53", ""),
        ("number", "9007199254740993", "is out of range -2^53..2^53", ""),
        ("number", "1e400", "is out of range -2^53..2^53", ""),
        ("number", "1e300", "is out of range -2^53..2^53", ""),
        ("number", "1e" + "9" * 30, "is out of range -2^53..2^53", ""),
        ("number", "5e-324", "too close to 0", "write 0"),
        ("number", "1e-" + "9" * 30, "too close to 0", "write 0"),
        ("number", "-0.0", "negative zero", "write 0"),
        ("number", "0.1234567890123", "more than 12 decimals", "write 0.123456789012"),
        ("number", "5%", "is not a plain number", 'leave out "%"'),
        ("number", "5days", "is not a plain number", 'leave out "days"'),
        ("number", "+3", "is not a plain number", "plus sign"),
        ("number", ".5", "is not a plain number", "write 0.5"),
        ("number", "5.", "is not a plain number", "write 5"),
        ("number", "no", "must be a number", "leave the key out"),
        ("number", "~", "must be a number", "leave the key out"),
        ("number", "1__0", "must be a number", ""),
        ("number", "", "has no value", "write a number"),
        # durations
        ("duration", "1e3", "needs a unit, got '1e3'", 'write a duration such as "1000 h"'),
        ("duration", "900", "needs a unit, got '900'", 'write a duration such as "900 h"'),
        ("duration", "1,000", "needs a unit", 'such as "1_000 h"'),
        ("duration", "012", "needs a unit", 'such as "12 h"'),
        ("duration", "1 m", "ambiguous unit", 'write "min" or "months"'),
        ("duration", "2 fortnights", "unknown unit 'fortnights'", "one of: s, min, h"),
        ("duration", "2 days 3 h", "unknown unit 'days 3 h'", "one number"),
        ("duration", "1e3 days", "is not a plain number, got '1e3'", "write 1000"),
        ("duration", "010 h", "leading zero", "write 10"),
        ("duration", "1:30", "base 60", "quote it"),
        ("duration", "２ 天", "full-width characters", 'write "2 天"'),
        ("duration", "days", "must start with a number", ""),
        ("duration", ".nan", "must be finite", ""),
        ("duration", "300_000_000 years", "longer than 2^53 seconds", ""),
        # money
        ("money", "145000", "needs a currency", 'such as "145000 CNY"'),
        ("money", "1e3", "needs a currency", 'such as "1000 CNY"'),
        ("money", "3 million", "needs a currency", 'write "3 million CNY"'),
        ("money", "1.2亿", "needs a currency", 'write "1.2亿元"'),
        ("money", "5 USD", "is in USD", "all money is in CNY"),
        ("money", "$5", "is in $", "all money is in CNY"),
        ("money", "¥5", "is in ¥", "all money is in CNY"),
        ("money", "5 dollars", "is in dollars", "all money is in CNY"),
        ("money", "5 美元", "is in 美元", "all money is in CNY"),
        ("money", "5万美元", "is in 美元", "all money is in CNY"),
        ("money", "5 EUR", "is in EUR", "all money is in CNY"),
        ("money", "5 XYZ", "unknown currency 'xyz'", 'such as "5 CNY"'),
        ("money", "5 zillion CNY", "unknown unit", "1.5 million CNY"),
        ("money", "0.001 CNY", "not a whole number of fen", "0.01 CNY"),
        ("money", "100 trillion 亿元", "unknown unit", ""),
        ("money", "9_000_000_000_000_000 万元", "is out of range", "92,233,720,368,547,758.07 CNY"),
        ("money", "亿元", "must start with a number", ""),
        # rates
        ("rate", "900", "needs a time", 'such as "900/day"'),
        ("rate", "900 days", "is not a rate", '"900/day"'),
        ("rate", "900/fortnight", "unknown time 'fortnight'", '"900/day"'),
        ("rate", "900 cars/day", "unknown unit 'cars'", '"900/day"'),
        ("rate", "900/m", "unknown time 'm'", '"900/day"'),
        ("rate", "/day", "has no value", ""),
        # shares
        ("share", "75", "must be a share, 0% to 100%", 'write "75%"'),
        ("share", "1.5", "must be a share, 0% to 100%", 'write "1.5%"'),
        ("share", "-5", "must be a share", ""),
        ("share", "75 pct", "unknown unit 'pct'", '"75%"'),
        ("share", "1/0", "unknown unit '/0'", ""),
        # expressions
        ("law", "2 ± 0.5", "needs a unit, got '2 ± 0.5'", 'write "2 ± 0.5 days"'),
        ("law", "1 ± 2 ± 3 days", "more than one ±", 'write "2 ± 0.5 days"'),
        ("law", "a ± b", "must start with a number", ""),
        ("law", "lognormal（2 days，1 day）", "full-width characters", 'write "lognormal(2 days,1 day)"'),
        ("change", "-120%", "takes away more than everything", "-100%"),
        ("change", "--3", "two signs", '"-4 days"'),
        ("change", "+x", "must start with a number", ""),
        ("change", "＋20%", "full-width characters", 'write "+20%"'),
        ("change", "−20%", "the sign U+2212", 'write "-20%"'),
        ("change", "+1e3", "is not a plain number", "write 1000"),
    ],
)
def test_refused(kind: str, text: str, message: str, hint: str) -> None:
    with pytest.raises(UnitError) as caught:
        PARSERS[kind](text)
    assert message in caught.value.message
    assert hint in caught.value.hint


# -------------------------------------------------------------------------------------------------- laws

decimals = st.builds(Fraction, st.integers(-(10**15), 10**15), st.sampled_from([1, 2, 5, 100, 1000, 10**6, 10**12]))


@given(decimals)
def test_a_number_written_and_read_again_is_the_same(value: Fraction) -> None:
    assert parse_number(format_number(value)) == value
    assert parse_number(format_number(value, "_")) == value


@given(st.integers(0, LARGEST), st.sampled_from([1, 2, 10, 1000, 10**6]))
@example(seconds=DAY, part=1)
@example(seconds=1, part=10**6)
def test_a_duration_written_and_read_again_is_the_same(seconds: int, part: int) -> None:
    value = Fraction(seconds, part)
    assert parse_duration(format_duration(value)) == value


@given(st.integers(-INT64, INT64))
def test_an_amount_written_and_read_again_is_the_same(fen: int) -> None:
    text = format_money(fen, separator="_")
    if abs(fen) <= 100 * LARGEST:
        assert parse_money(text) == fen
    assert format_money(fen) == text.replace("_", ",")


@given(st.integers(0, 10**9), st.sampled_from(["day", "year", "h", "s"]))
def test_a_rate_written_and_read_again_is_the_same(amount: int, unit: str) -> None:
    value = parse_rate(f"{amount}/{unit}")
    assert parse_rate(format_rate(value)) == value


@given(st.integers(0, 10**6), st.sampled_from(sorted(SECONDS)))
def test_money_per_time_written_and_read_again_is_the_same(amount: int, unit: str) -> None:
    value = parse_money_rate(f"{amount} CNY/{unit}")
    assert parse_money_rate(format_money_rate(value)) == value


@given(st.fractions(0, 1, max_denominator=10**6))
def test_a_share_written_and_read_again_is_the_same(share: Fraction) -> None:
    assert parse_share(format_share(share)) == share


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (172_800, "2 days"),
        (86_400, "1 day"),
        (129_600, "1.5 days"),
        (43_200, "12 h"),
        (5_400, "1.5 h"),
        (90, "1.5 min"),
        (45, "45 s"),
        (0, "0 s"),
        (Fraction(1, 2), "0.5 s"),
    ],
)
def test_durations_are_written_short(seconds: Fraction, text: str) -> None:
    assert format_duration(seconds) == text


def test_amounts_rates_and_shares_are_written_as_people_do() -> None:
    assert format_money(14_500_000) == "145,000 CNY"
    assert format_money(14_500_050) == "145,000.50 CNY"
    assert format_rate(Fraction(900, 86_400)) == "900/day"
    assert format_rate(Fraction(300_000, 365 * 86_400)) == "300000/year"
    assert format_share(Fraction(1, 8)) == "12.5%"
    assert format_share(Fraction(1, 3)) == "1/3"
    assert format_share(Fraction(5, 4)) == "125%"


@given(st.integers(0, 10**6), st.sampled_from(sorted(SECONDS)))
def test_a_unit_scales_and_a_blank_before_it_means_nothing(amount: int, unit: str) -> None:
    assert parse_duration(f"{amount} {unit}") == amount * SECONDS[unit] == parse_duration(f"{amount}{unit}")


@given(st.integers(-9999, 9999).filter(bool), st.integers(-9, 11))
def test_advice_on_scientific_notation_is_the_same_number(digits: int, power: int) -> None:
    with pytest.raises(UnitError) as caught:
        parse_number(f"{digits}e{power}")
    assert parse_number(caught.value.hint.removeprefix("write ")) == digits * Fraction(10) ** power


def refusal(kind: str, text: str) -> UnitError | None:
    """The error that reading `text` gives, if any."""
    try:
        PARSERS[kind](text)
    except UnitError as error:
        return error
    return None


@given(st.sampled_from("number duration money rate share".split()), st.text("0123456789_,.e-+ ", max_size=12))
def test_advice_to_write_a_number_can_be_followed(kind: str, text: str) -> None:
    error = refusal(kind, text)
    if error and (advice := re.fullmatch(r"write (-?[\d.][\d_.,]*)", error.hint)):
        assert refusal("number", advice[1]) is None


quantities = st.text("0123456789_,.:e-+±%/ ()dayshmin万亿元天CNY\u3000１，（−\u202e\x1b'\"", max_size=20)


@given(st.sampled_from(sorted(PARSERS)), st.one_of(quantities, st.text(max_size=30)))
def test_any_text_is_read_or_refused_on_one_printable_line(kind: str, text: str) -> None:
    if error := refusal(kind, text):
        assert error.message.isprintable()
        assert error.hint.isprintable()
        assert len(error.message) < 300
