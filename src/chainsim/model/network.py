"""The supply network, frozen: firms, parts, stock points, lanes, lines, bills of materials, markets, dated changes.

In: nothing but numbers and names (the scenario builds it).  Out: what an engine runs and what tables are named by.
Every table is sorted by name, so that the order of a file never decides who goes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from chainsim.model.arrivals import Arrivals, Plan, Renewal
from chainsim.model.distributions import Distribution

Role = Literal["made", "bought", "outside", "sold"]
UNLIMITED: Final = 2**31
WHOLE_SHARE: Final = 1_000_000  # shares are parts per million
POISSON: Final[Arrivals] = Renewal()


@dataclass(frozen=True, slots=True)
class Firm:
    """A company, a source outside the network, or a market."""

    name: str
    kind: Literal["chain_master", "supplier", "outside", "market"]
    ring: str
    tier: int = 0
    category: str = ""
    group: str = ""
    district: str = ""
    sector: str = ""
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Anything made, bought or sold; `price` in fen per unit, `per_unit` quanta make one unit."""

    name: str
    price: int
    unit: str = "unit"
    per_unit: int = 1


@dataclass(frozen=True, slots=True)
class StockPoint:
    """(firm, part) in one role: made here, bought here, infinite supply outside, or sold to a market.

    reorder_point, order_up_to: opening levels of the replenishment rule, in quanta (order when the inventory
        position is at or below the first, up to the second).
    review: ticks between reviews, 0 is continuous.  line: the line that makes it or uses it, -1 if none.
    """

    firm: int
    part: int
    role: Role
    reorder_point: int = -1
    order_up_to: int = 0
    review: int = 0
    lot: int = 1
    line: int = -1
    on_hand: int = 0


@dataclass(frozen=True, slots=True)
class Lane:
    """Who delivers to which stock point, for which share, how fast and on which terms.

    share: parts per million of the buyer's orders for the part.  law: index of the drawn lead time in
    `Network.draws`, -1 for a constant one.  lead_time: ticks, added to the draw.  price: fen per unit.
    """

    buyer: int
    supplier: int
    share: int = WHOLE_SHARE
    law: int = -1
    lead_time: int = 0
    terms: int = 0
    price: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Capacity that makes one stock point: a batch of q quanta takes fixed + draw + q x ticks_per_quantum."""

    stock: int
    servers: int = UNLIMITED
    ticks_per_quantum: Fraction = Fraction(0)
    fixed: int = 0
    law: int = -1
    batch: int = UNLIMITED


@dataclass(frozen=True, slots=True)
class Need:
    """Bill of materials: quanta of the component stock point per quantum of the made one."""

    made: int
    component: int
    quantity: Fraction


@dataclass(frozen=True, slots=True)
class Draw:
    """A stream of random times: one purpose of one owner under one law (seconds)."""

    purpose: str
    owner: str
    distribution: Distribution


@dataclass(frozen=True, slots=True)
class Market:
    """Exogenous demand that arrives at a `sold` stock point.

    plan: cumulative planned demand in quanta at ticks, piecewise linear between them.
    arrivals: when orders come and how large they are, given the plan; else single Poisson orders.
    """

    name: str
    stock: int
    plan: Plan
    arrivals: Arrivals = POISSON


@dataclass(frozen=True, slots=True)
class Transit:
    """A shipment that is under way when the run begins."""

    lane: int
    tick: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Change:
    """A dated change of one entity; `kind` is one of `chainsim.model.state`'s change kinds."""

    tick: int
    kind: int
    entity: int
    values: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Network:
    """Everything a run needs, immutable; indices point into these tuples."""

    firms: tuple[Firm, ...]
    parts: tuple[Part, ...]
    stocks: tuple[StockPoint, ...]
    lanes: tuple[Lane, ...]
    lines: tuple[Line, ...]
    needs: tuple[Need, ...]
    markets: tuple[Market, ...]
    draws: tuple[Draw, ...]
    transits: tuple[Transit, ...]
    changes: tuple[Change, ...]
    horizon: int
    start: date
    tick_seconds: Fraction = Fraction(1)
    seed: int = 0
    warm_up: int = 0

    def stock_name(self, stock: int) -> str:
        """`firm / part`, with the role where a firm buys what it makes."""
        point = self.stocks[stock]
        return f"{self.firms[point.firm].name} / {self.parts[point.part].name} ({point.role})"
