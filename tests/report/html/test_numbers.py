"""Numbers as planners of either language write them."""

from __future__ import annotations

import math

import pytest

from chainsim.report.html.numbers import Numbers

ZH, EN = Numbers("zh", "vehicle"), Numbers("en", "vehicle")


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        (22_590_000_000, "225.9 亿元", "CNY 22.59 bn"),
        (300_000_000, "3.000 亿元", "CNY 300.0 m"),
        (-525_200_000, "−5.252 亿元", "CNY −525.2 m"),
        (9_000_000, "900.0 万元", "CNY 9.000 m"),
        (250_000, "25.00 万元", "CNY 0.2500 m"),
        (1234, "1,234.0 元", "CNY 1,234.0"),
        (0, "0 元", "CNY 0"),
    ],
)
def test_money(yuan: float, zh: str, en: str) -> None:
    assert ZH.money(yuan) == zh
    assert EN.money(yuan) == en


def test_a_difference_has_its_sign() -> None:
    assert ZH.money(231_000_000, signed=True) == "+2.310 亿元"


@pytest.mark.parametrize(
    ("units", "zh", "en"),
    [
        (360_684, "36.1 万辆", "360,684 vehicles"),
        (20_329, "2.03 万辆", "20,329 vehicles"),
        (855, "855 辆", "855 vehicles"),
    ],
)
def test_vehicles(units: float, zh: str, en: str) -> None:
    assert ZH.counted(units) == zh
    assert EN.counted(units) == en


def test_what_is_no_vehicle_is_a_piece_or_a_unit() -> None:
    assert Numbers("zh", "bolt").counted(3) == "3 件"
    assert Numbers("en", "").counted(3) == "3 units"
    assert Numbers("en", "整车").counted(3) == "3 units"
    assert Numbers("zh", "整车").counted(3) == "3 辆"


def test_what_is_not_zero_never_looks_like_it() -> None:
    assert EN.figure(1e-9) == "≈0"
    assert EN.figure(0) == "0"
    assert EN.per_yuan(1e-7) == "≈0"
    assert EN.hours(0.01) == "≈0"


def test_what_is_not_known_is_a_dash() -> None:
    assert EN.money(math.nan) == EN.share(math.nan) == EN.figure(math.nan) == "–"
