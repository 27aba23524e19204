"""Levers on how firms make, keep and send: funds, loans, buffers, clusters, innovation.

In: declarations.  Out: capacities, stocks, times and yields, and what the public pays for them.  Must not know runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import ClassVar

from chainsim.registry import declared
from chainsim.scenario.language.levers.base import (
    Case,
    Ground,
    LeverError,
    Metered,
    Owed,
    Pull,
    after,
    levers,
    monthly,
    months_from,
    split,
)
from chainsim.units import format_duration, format_number

TWENTY_MILLION = 20_000_000 * 100  # fen
LPR = Fraction(345, 10_000)
PUBLIC = Fraction(35, 100)
MONTHS = 12


def more(share: Fraction) -> str:
    """A rise by a share, as a change."""
    return f"+{format_number(share * 100)}%"


ZERO = Fraction(0)


@levers.register("capacity_fund")
@dataclass(frozen=True, slots=True)
class CapacityFund:
    """Grants with which firms add capacity after a build time."""

    SOURCE: ClassVar[str] = "none: size and effect are the planner's assumption"

    suppliers: str = declared("selector", "groups that grow; those without a stated capacity are passed over")
    capacity: Fraction = declared("percentage", "how much more each can make", low=0)
    build: Fraction = declared("duration", "time until it can", low=0, default=ZERO)
    per_firm: int = declared("money", "grant to each firm, on the policy's first day", low=0, default=0)

    def check(self) -> str:
        return ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        yield from grown(ground, self.suppliers, self.capacity, self.build)

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        for firm in case.firms(self.suppliers) if self.per_firm else ():
            yield Owed(case.begin, firm, self.per_firm)


def grown(ground: Ground, suppliers: str, capacity: Fraction, build: Fraction) -> Iterator[Pull]:
    """More capacity for the groups that state one."""
    groups = [group for group in ground.groups("suppliers", suppliers) if ground.says(f"{group}.capacity") is not None]
    if not groups:
        raise LeverError("suppliers", f"none of '{suppliers}' states a capacity", "unlimited capacity cannot grow")
    for group in groups:
        yield Pull(f"{group}.capacity", more(capacity), "capacity", build, lasts=True)


@levers.register("upgrade_loan")
@dataclass(frozen=True, slots=True)
class UpgradeLoan:
    """A loan to each firm for technology that raises its capacity; the public pays a share of the prime rate on it.

    Interest is simple, and the public part of it is paid to the firm at the end of each month.
    """

    SOURCE: ClassVar[str] = "Shandong MIIT 2023-02-22: 35 % of LPR, 20 m yuan a firm, 3 years; PBC: 1-year LPR 3.45 %"

    suppliers: str = declared("selector", "groups that borrow; those without a stated capacity are passed over")
    capacity: Fraction = declared("percentage", "how much more each can make", low=0)
    loan: int = declared("money", "to each firm, 20 million CNY at most", low=0, high=TWENTY_MILLION)
    years: Fraction = declared("number", "for how long, 3 at most", low=0, high=3, default=Fraction(3))
    build: Fraction = declared("duration", "time until the capacity is there", low=0, default=ZERO)
    lpr: Fraction = declared(
        "share", "loan prime rate of one year (3.1 % from October 2024)", low=0, high=1, default=LPR
    )
    public: Fraction = declared("share", "share of the prime rate that the public pays", low=0, high=1, default=PUBLIC)

    def check(self) -> str:
        return ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        yield from grown(ground, self.suppliers, self.capacity, self.build)

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        months = ceil(self.years * MONTHS)
        for firm in case.firms(self.suppliers) if months else ():
            shares = split(self.public * self.lpr * self.loan * self.years, months)
            for month, fen in enumerate(shares, start=1):
                yield Owed(months_from(case.begin, month), firm, fen)


@levers.register("buffers")
@dataclass(frozen=True, slots=True)
class Buffers:
    """Firms keep more days of what they buy, in warehouses that the public subsidises."""

    SOURCE: ClassVar[str] = "none: `component_stock` of the scenario"

    firms: str = declared("selector", "plants or supplier groups")
    days: Fraction = declared("duration", "added to the cover of their component stock", low=0)
    subsidy: Fraction = declared("money rate", "paid to each firm while it keeps them", low=0, default=ZERO)

    def check(self) -> str:
        return ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        for group in ground.groups("firms", self.firms):
            yield Pull(f"{group}.component_stock", f"+{format_duration(self.days)}", "days")

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        for firm in case.firms(self.firms) if self.subsidy else ():
            for day, fen in monthly(self.subsidy, case.begin, case.until):
                yield Owed(day, firm, fen)


@levers.register("cluster")
@dataclass(frozen=True, slots=True)
class Cluster:
    """Firms that sit together, or better roads: goods are under way for a shorter time."""

    SOURCE: ClassVar[str] = "none: how much shorter is the planner's assumption"

    lanes: str = declared("selector", "supplier groups, pairs of districts (`transport[from=...]`) or outside sources")
    shorter: Fraction = declared("share", "by how much their lead time falls", low=0, high=1)
    ring: str = declared("ring", "only of firms in this ring, where the lead time is by ring", default="")

    def check(self) -> str:
        return ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        less = f"-{format_number(self.shorter * 100)}%"
        found = False
        for group in ground.groups("lanes", self.lanes):
            by_ring = ground.by_ring(f"{group}.lead_time")
            rings = [ring for ring in by_ring if self.ring in ("", ring)]
            for ring in rings:
                found = True
                yield Pull(f"{group}.lead_time.{ring}", less, "shorter")
            own = self.ring in ("", ground.says(f"{group}.ring") or "city")
            if not by_ring and own and ground.says(f"{group}.lead_time") is not None:
                found = True
                yield Pull(f"{group}.lead_time", less, "shorter")
        if not found:
            raise LeverError("lanes", f"none of '{self.lanes}' states a lead time that could fall", "state it by ring")

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        yield from ()


@levers.register("innovation")
@dataclass(frozen=True, slots=True)
class Innovation:
    """A better process: less scrap, shorter process times, less material in a yuan of sales."""

    SOURCE: ClassVar[str] = "none: the gains are the planner's assumption"

    suppliers: str = declared("selector", "plants or supplier groups")
    less_scrap: Fraction = declared("points", "points of yield gained", low=0, high=100, default=ZERO)
    faster: Fraction = declared("share", "by how much the process time falls", low=0, high=1, default=ZERO)
    less_material: Fraction = declared(
        "points", "points of the price of what they make that become value added", low=0, high=100, default=ZERO
    )
    takes: Fraction = declared("duration", "time until it works", low=0, default=ZERO)
    per_firm: int = declared("money", "paid to each firm when it works", low=0, default=0)

    def check(self) -> str:
        gains = self.less_scrap or self.faster or self.less_material
        return "" if gains else "nothing is gained: state less_scrap, faster or less_material"

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        parts: set[str] = set()
        for group in ground.groups("suppliers", self.suppliers):
            if self.less_scrap:
                yield self._of(f"{group}.yield", f"+{format_number(self.less_scrap)} points", "less_scrap")
            if self.faster:
                yield self._of(f"{group}.process_time", f"-{format_number(self.faster * 100)}%", "faster")
            parts.add(ground.says(f"{group}.makes") or group.partition(".")[2])
        for part in sorted(parts) if self.less_material else ():
            yield self._of(f"parts.{part}.materials", f"-{format_number(self.less_material)} points", "less_material")

    def _of(self, path: str, value: str, field: str) -> Pull:
        return Pull(path, value, field, self.takes, lasts=True)

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        for firm in case.firms(self.suppliers) if self.per_firm else ():
            yield Owed(after(case.begin, self.takes), firm, self.per_firm)
