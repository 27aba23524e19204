"""Levers on demand and on chain masters: trade-in subsidies, a new plant; and the price of carbon.

In: declarations.  Out: plans of markets, capacities, and payments that only the run can tell.  Must not know runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from chainsim.registry import declared
from chainsim.scenario.language.levers.base import (
    UNSTATED,
    Case,
    Ground,
    LeverError,
    Metered,
    Owed,
    Pull,
    after,
    levers,
)
from chainsim.units import format_duration, format_number, format_rate, format_share

ZERO = Fraction(0)
INSIDE = {"city": ("city",), "province": ("city", "province")}  # rings cumulate


@levers.register("trade_in")
@dataclass(frozen=True, slots=True)
class TradeIn:
    """A subsidy on every unit delivered while the policy is in force; it brings sales forward, and a dip follows."""

    SOURCE: ClassVar[str] = "as `pull_forward`: Mian and Sufi 2012, Quarterly Journal of Economics 127(3)"

    market: str = declared("name", "who buys")
    gains: Fraction = declared("percentage", "how much more than planned is sold in that time", low=0)
    payback: Fraction = declared("duration", "how long the dip lasts after it", low=1)
    additional: Fraction = declared("share", "share of the gains that nobody misses later", low=0, high=1, default=ZERO)
    per_unit: int = declared("money", "paid to the buyers for each unit delivered", low=0, default=0)

    def check(self) -> str:
        return ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        (group,) = ground.groups("market", f'markets."{self.market}"')
        if ground.until is None:
            raise LeverError("market", "a trade-in subsidy needs an end", "write `until` in the policy")
        value = {
            "from": ground.begin.isoformat(),
            "until": ground.until.isoformat(),
            "gains": f"{format_number(self.gains * 100)}%",
            "payback": format_duration(self.payback),
            "additional": format_share(self.additional),
        }
        yield Pull(f"{group}.pull_forward", value, "gains", lasts=True)

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        if self.per_unit:
            yield Metered("unit", self.market, self.market, Fraction(self.per_unit))


@levers.register("attract_master")
@dataclass(frozen=True, slots=True)
class AttractMaster:
    """A plant without capacity in the baseline begins to make, and its market to buy, after a build time."""

    SOURCE: ClassVar[str] = "none: size and ramp are the planner's assumption"

    plant: str = declared("name", "the plant, of capacity 0 in the baseline")
    market: str = declared("name", "who buys what it makes, at a rate of 0 in the baseline")
    capacity: Fraction = declared("rate", "what it can make in the end", low=0)
    sells: Fraction = declared("rate", "what is wanted of it in the end", low=0)
    build: Fraction = declared("duration", "time until it begins", low=0, default=ZERO)
    ramp_up: Fraction = declared("duration", "time from then until all is there", low=0, default=ZERO)
    grant: int = declared("money", "paid to it on the policy's first day", low=0, default=0)

    def check(self) -> str:
        return ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        (plant,) = ground.groups("plant", f'plants."{self.plant}"')
        (market,) = ground.groups("market", f'markets."{self.market}"')
        yield Pull(f"{plant}.capacity", format_rate(self.capacity), "capacity", self.build, lasts=True)
        yield Pull(f"{market}.rate", format_rate(self.sells), "sells", self.build, lasts=True)
        if self.ramp_up:
            begin = after(ground.begin, self.build)
            end = after(begin, self.ramp_up)
            over = {"from": begin.isoformat(), "over": format_duration(self.ramp_up)}
            yield Pull(f"{plant}.ramp_up", over, "ramp_up", self.build, lasts=True)
            rise = {"from": begin.isoformat(), "until": end.isoformat()}
            yield Pull(f"{market}.ramp", rise, "ramp_up", self.build, lasts=True)

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        if self.grant:
            yield Owed(case.begin, self.plant, self.grant)


@levers.register("carbon_price")
@dataclass(frozen=True, slots=True)
class CarbonPrice:
    """Firms pay the budget for the CO2 of their footprint; nothing else changes, unless the policy says so."""

    SOURCE: ClassVar[str] = "Pigou 1920, The Economics of Welfare; what firms do about it is not modelled"

    per_tonne: int = declared("money", "paid for each tonne", low=0)
    ring: str = declared("ring", "whose firms pay: of the city, or of the province with the city", default="city")

    def check(self) -> str:
        return "" if self.ring in INSIDE else "ring must be city or province"

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        groups = [*ground.groups("ring", "plants.*"), *ground.groups("ring", "suppliers.*")]
        if not any(ground.says(f"{group}.footprint.co2") not in (None, "0") for group in groups):
            raise LeverError("per_tonne", "no firm states any CO2", "write `footprint: {co2: 20}`, kg per unit")
        yield from ()

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        for ring in INSIDE[self.ring]:
            for section in ("plants.*", "suppliers.*"):
                for firm in case.firms(section, ring):
                    yield Metered("tonne", firm, UNSTATED, Fraction(-self.per_tonne))
