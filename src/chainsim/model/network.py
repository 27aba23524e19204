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
from chainsim.model.terms import UNLIMITED, WHOLE_SHARE, Allocation, Firm, Part, Role, Sourcing

__all__ = [
    "POISSON",
    "UNLIMITED",
    "WHOLE_SHARE",
    "Allocation",
    "Change",
    "Closure",
    "CostRates",
    "Draw",
    "Firm",
    "Footprint",
    "Forecast",
    "Growth",
    "Hit",
    "Households",
    "Lane",
    "Line",
    "Market",
    "Need",
    "Network",
    "Part",
    "Payment",
    "Purse",
    "Region",
    "Role",
    "Shock",
    "Sourcing",
    "Stage",
    "StockPoint",
    "Target",
    "Transit",
]

Target = Literal["line", "lane", "stock", "market"]
Basis = Literal["lump", "unit", "claim", "tonne"]
UNSTATED: Final = -1  # recipients of public money that nobody names
TO_BANK: Final = -2
POISSON: Final[Arrivals] = Renewal()


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a stock point learns its order-up-to level from the demand it sees, period by period.

    kind: mean of the last `window` periods; exponential smoothing with weight `window` (parts per million); or
        first-order autoregression: the level moves by `window` parts per million of the last period's deviation from
        `mean`, quanta.
    period: ticks.  protect: ticks of forecast demand that the level covers (not used by the autoregression).
    mean: expected demand of a period at the start, quanta.  The stock point's own order_up_to is added as safety stock.
    """

    kind: Literal["moving_average", "exponential", "autoregressive"]
    window: int
    period: int
    protect: int
    mean: int


@dataclass(frozen=True, slots=True)
class StockPoint:
    """(firm, part) in one role: made here, bought here, infinite supply outside, or sold to a market.

    reorder_point, order_up_to: opening levels of the replenishment rule, in quanta (order when the inventory
        position is at or below the first, up to the second).
    review: ticks between reviews, 0 is continuous.  line: the line that makes it or uses it, -1 if none.
    minimum: least quantity of an order, quanta.  echelon: decides on the echelon inventory position.
    backlog: most quanta of final demand that may wait, -1 is any; what comes on top is lost.
    complete: an order leaves in one delivery.  allocation: who is served first when stock is short.
    sourcing: how orders are shared among lanes.  switches: during an outage of a supplier others deliver in its place.
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
    minimum: int = 0
    echelon: bool = False
    backlog: int = -1
    complete: bool = False
    allocation: Allocation = "fifo"
    sourcing: Sourcing = "shares"
    switches: bool = False
    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """Who delivers to which stock point, for which share, how fast and on which terms.

    share: parts per million of the buyer's orders for the part.  law: index of the drawn lead time in
    `Network.draws`, -1 for a constant one.  lead_time: ticks, added to the draw.  price: fen per unit.
    rank: order in which a buyer with ranked sourcing, or in need of a substitute, asks its suppliers; 0 first, and
    below 0 never.
    priority: order in which the supplier serves its buyers under priority allocation; 0 first.
    in_order: deliveries never overtake each other.  freight: fen per unit, paid to carriers outside the network.
    qualification: ticks from the first need of a substitute to its first order, -1 where it is qualified already.
    switching_cost: fen, each time the buyer turns to it as a substitute.
    """

    buyer: int
    supplier: int
    share: int = WHOLE_SHARE
    law: int = -1
    lead_time: int = 0
    terms: int = 0
    price: int = 0
    rank: int = 0
    priority: int = 0
    in_order: bool = False
    freight: int = 0
    qualification: int = -1
    switching_cost: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Capacity that makes one stock point: a batch of q quanta takes fixed + draw + q x ticks_per_quantum.

    set_up: ticks before the first batch of each production order.  good: share of what is started that is no scrap.
    calendar: index into `Network.calendars`, -1 works round the clock.  up_law, repair_law: indices of the laws of time
    between breakdowns and of repair in `Network.draws`, -1 never breaks down.  calls_off_at_release: orders components
    for all work that waits, not only for what its free servers could start.
    """

    stock: int
    servers: int = UNLIMITED
    ticks_per_quantum: Fraction = Fraction(0)
    fixed: int = 0
    law: int = -1
    batch: int = UNLIMITED
    set_up: int = 0
    good: Fraction = Fraction(1)
    calendar: int = -1
    up_law: int = -1
    repair_law: int = -1
    calls_off_at_release: bool = False


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
class Closure:
    """Ticks [begin, end) in which a calendar does not work."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a shock: what is left of the target (parts per million), and for how long.

    wait: ticks, on top of a draw of `law` if that is not -1.
    """

    level: int
    wait: int
    law: int = -1


@dataclass(frozen=True, slots=True)
class Hit:
    """What a shock hits: a line's speed, a lane's, a stock point's deliveries, or a market's demand.

    loses: share of the stock on hand that is destroyed at the onset, parts per million (stock points only).
    """

    target: Target
    entity: int
    loses: int = 0


@dataclass(frozen=True, slots=True)
class Shock:
    """A disruption: sets in after `wait` ticks plus a draw of `law`, runs through its stages and is over.

    again: it comes back, each time after `between` ticks plus a draw of `law` from the end of the last.
    """

    name: str
    stages: tuple[Stage, ...]
    hits: tuple[Hit, ...]
    wait: int = 0
    law: int = -1
    again: bool = False
    between: int = 0


@dataclass(frozen=True, slots=True)
class Growth:
    """A line that grows when it was busy, or shrinks when it was idle, over a whole window.

    threshold: utilisation, parts per million; by: change of speed, parts per million of what it is, below 0 to shrink.
    build: ticks from the decision to the effect.  cost: fen, out of the firm's cash.  most: how often at most.
    """

    line: int
    window: int
    threshold: int
    by: int
    build: int = 0
    cost: int = 0
    most: int = 1


@dataclass(frozen=True, slots=True)
class Purse:
    """A firm whose cash is simulated because it can run short.

    cash: fen at the start.  credit: fen that the cash may sink below 0.  floor: fen of cash and credit left at or below
    which it stops buying.  patience: ticks after which an unpaid claim makes it insolvent, -1 never.
    fixed: fen a month; of_sales: parts per million of its sales, paid monthly.  interest: parts per million a year on
    drawn credit.  discount: parts per million a year at which it sells its claims on delivery, -1 keeps them.
    month: ticks.
    """

    firm: int
    cash: int = 0
    credit: int = 0
    floor: int = 0
    patience: int = -1
    fixed: int = 0
    of_sales: int = 0
    interest: int = 0
    discount: int = -1
    month: int = 30 * 86_400
    year: int = 365 * 86_400


@dataclass(frozen=True, slots=True)
class CostRates:
    """What stock, orders and shortages of one stock point cost; tables only, a run never looks at it.

    holding, backorder, in_transit: fen per quantum and tick, on hand, waited for by its buyers, under way to it.
    order, set_up: fen per purchase order that it places, per production order that its line starts.
    unit, unit_made, lost: fen per quantum bought, started on its line, lost to final demand.
    """

    holding: Fraction = Fraction(0)
    backorder: Fraction = Fraction(0)
    in_transit: Fraction = Fraction(0)
    order: int = 0
    set_up: int = 0
    unit: Fraction = Fraction(0)
    unit_made: Fraction = Fraction(0)
    lost: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a firm means for its region, per yuan or unit; tables only.

    jobs: per fen of revenue a year.  wages, tax, depreciation, interest: shares of value added.  energy, co2: kWh
    and kg per unit made, or sent where nothing is made.  other_inputs: share of revenue spent on a sector, by name.
    """

    jobs: Fraction = Fraction(0)
    wages: Fraction = Fraction(0)
    tax: Fraction = Fraction(0)
    depreciation: Fraction = Fraction(0)
    interest: Fraction = Fraction(0)
    energy: Fraction = Fraction(0)
    co2: Fraction = Fraction(0)
    other_inputs: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Households:
    """What becomes of wages; tables only.

    wages: share of the value added of sectors.  residents: share of wages that stays.  spend: share of income that is
    spent.  basket: shares by sector, in sum 1.
    """

    wages: Fraction
    residents: Fraction
    spend: Fraction
    basket: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Region:
    """The region around the firms; tables only.

    local: share of other inputs bought in a ring, by its name, cumulated as rings are.  vat, income_tax: rates, and
    what stays in the region of them.  additionality: share of final sales that displaces nobody's.  construction: fen.
    """

    local: tuple[tuple[str, Fraction], ...] = ()
    households: Households | None = None
    vat: Fraction = Fraction(13, 100)
    local_vat: Fraction = Fraction(1, 2)
    income_tax: Fraction = Fraction(1, 4)
    local_income_tax: Fraction = Fraction(2, 5)
    additionality: Fraction = Fraction(3, 4)
    construction: int = 0


@dataclass(frozen=True, slots=True)
class Payment:
    """Public money for a policy; tables only.

    policy, lever: what it is for.  to: the firm that gets it, `TO_BANK`, or `UNSTATED`.  A lump sum of `rate` fen is
    paid at `tick`.  Else it is counted over [tick, until): `rate` fen per unit delivered to the market `of`; as a share
    a year of the claims that the firm `of` sells, or has where its cash is not simulated; or fen per tonne of CO2 of
    the firm `of`.  Below 0 it is paid to the budget, by `of`.
    """

    policy: str
    lever: str
    tick: int
    to: int
    rate: Fraction
    basis: Basis = "lump"
    of: int = -1
    until: int = -1


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
    calendars: tuple[tuple[Closure, ...], ...] = ()
    shocks: tuple[Shock, ...] = ()
    growths: tuple[Growth, ...] = ()
    purses: tuple[Purse, ...] = ()
    reviews_first: bool = False  # periodic reviews before the receipts of their tick
    costs: tuple[CostRates, ...] = ()  # by stock point, or none at all
    footprints: tuple[Footprint, ...] = ()  # by firm, or none at all
    region: Region = Region()
    fiscal: tuple[Payment, ...] = ()

    def stock_name(self, stock: int) -> str:
        """`firm / part`, with the role where a firm buys what it makes."""
        point = self.stocks[stock]
        return f"{self.firms[point.firm].name} / {self.parts[point.part].name} ({point.role})"
