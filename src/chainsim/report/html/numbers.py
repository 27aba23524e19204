"""Numbers as planners write them: 225.9 亿元 and 36.1 万辆, or CNY 22.59 bn and 360,684 vehicles.

In: values and a language.  Out: text, or a scale for an axis.  This module must not know where they stand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from chainsim.report.figures import decimals

Lang: TypeAlias = Literal["en", "zh"]
LANGUAGES: Final[tuple[Lang, ...]] = ("en", "zh")

WAN, YI = 1e4, 1e8
MILLION, BILLION = 1e6, 1e9
NOTHING: Final = "–"
VEHICLES: Final = ("vehicle", "car", "truck", "bus", "整车", "汽车", "轿车", "卡车", "重卡", "客车")


class Scale(NamedTuple):
    """What to divide by, and what that is called."""

    divisor: float
    unit: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """Formats for one language.  product: what is sold, in the scenario's word; it decides how units are counted."""

    lang: Lang
    product: str = ""

    # ------------------------------------------------------------------------------------ money

    def money_scale(self, largest: float) -> Scale:
        """One unit for amounts in yuan whose largest is this."""
        size = abs(largest)
        if self.lang == "zh":
            return Scale(YI, "亿元") if size >= YI / 10 else Scale(WAN, "万元") if size >= WAN else Scale(1.0, "元")
        if size >= BILLION:
            return Scale(BILLION, "CNY bn")
        return Scale(MILLION, "CNY m") if size >= MILLION / 10 else Scale(1.0, "CNY")

    def money(self, yuan: float, signed: bool = False) -> str:
        """An amount with its unit: 225.9 亿元, CNY 22.59 bn."""
        if math.isnan(yuan):
            return NOTHING
        divisor, unit = self.money_scale(yuan)
        figure = self.figure(yuan / divisor, signed)
        if self.lang == "zh":
            return f"{figure} {unit}"
        currency, _, size = unit.partition(" ")
        return f"{currency} {figure} {size}".rstrip()

    # ------------------------------------------------------------------------------------ counts

    @property
    def noun(self) -> str:
        """What one unit of the product is counted in."""
        if self.lang == "zh":
            return "辆" if self.product in VEHICLES else "件"
        return f"{self.product}s" if self.product.isascii() and self.product.isalpha() else "units"

    def count_scale(self, largest: float) -> Scale:
        """One unit for numbers of products."""
        if self.lang == "zh" and abs(largest) >= WAN:
            return Scale(WAN, f"万{self.noun}")
        return Scale(1.0, self.noun)

    def counted(self, units: float) -> str:
        """A number of products with its unit: 36.1 万辆, 360,684 vehicles."""
        divisor, unit = self.count_scale(units)
        scaled = units / divisor
        return f"{scaled:,.{0 if divisor == 1 else 2 if abs(scaled) < 10 else 1}f} {unit}"

    # ------------------------------------------------------------------------------------ all else

    def figure(self, value: float, signed: bool = False) -> str:
        """About four digits; what is not zero never looks like it."""
        if math.isnan(value):
            return NOTHING
        if value == 0:
            return "0"
        places = decimals(value)
        if abs(value) < 10.0**-places / 2:
            return "≈0"
        return f"{value:{'+' if signed else ''},.{places}f}".replace("-", "−")

    def per_yuan(self, value: float, signed: bool = False) -> str:
        """Yuan per yuan, four decimals."""
        if value == 0:
            return "0"
        return "≈0" if abs(value) < 5e-5 else f"{value:{'+' if signed else ''}.4f}".replace("-", "−")

    def share(self, value: float, places: int = 1) -> str:
        """A share in per cent."""
        return (
            NOTHING
            if math.isnan(value)
            else f"{value * 100:.{places}f} %"
            if self.lang == "en"
            else f"{value:.{places}%}"
        )

    def whole(self, value: float, signed: bool = False) -> str:
        """A whole number with separators."""
        rounded = round(value)
        return f"{rounded:{'+' if signed and rounded else ''},}".replace("-", "−")

    def hours(self, value: float) -> str:
        """Hours, one decimal."""
        return "≈0" if 0 < value < 0.05 else f"{value:,.1f}"
