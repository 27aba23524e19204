"""Small networks written by hand: a sketch by name becomes a Network with every table in its proper order.

In: names, levels, times in ticks, prices in fen per unit.  Out: a Network as `chainsim.scenario` would build
it, one part resolution to a quantum and one second to a tick unless told otherwise.  Must not know the
scenario language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from chainsim.model import state
from chainsim.model.arrivals import Arrivals, Listed, Regular, Renewal
from chainsim.model.distributions import Constant, Distribution
from chainsim.model.network import (
    UNLIMITED,
    WHOLE_SHARE,
    Change,
    Draw,
    Firm,
    Lane,
    Line,
    Market,
    Need,
    Network,
    Part,
    Role,
    StockPoint,
    Transit,
)
from chainsim.model.quantities import Fixed

Key: TypeAlias = tuple[str, str, Role]  # firm, part, role
Time: TypeAlias = int | Distribution
LaneKey: TypeAlias = tuple[Key, Key]  # buyer, supplier
Kind: TypeAlias = Literal["chain_master", "supplier", "outside", "market"]


class Sketch:
    """A network being drawn; every method returns the sketch, `network()` the finished thing.

    A time is a number of ticks or a distribution.  A level S is a base stock; `order_up_to` with
    `reorder_point` is any (s, S).  Stock on hand is S minus what is under way, unless it is given.
    """

    def __init__(self, horizon: int, seed: int = 0, tick_seconds: Fraction = Fraction(1)) -> None:
        self.horizon = horizon
        self.seed = seed
        self.tick_seconds = tick_seconds
        self._firms: dict[str, Firm] = {}
        self._parts: dict[str, Part] = {}
        self._stocks: dict[Key, StockPoint] = {}
        self._opening: dict[Key, int] = {}
        self._lanes: dict[LaneKey, tuple[Lane, Time]] = {}
        self._lines: dict[Key, tuple[Line, Time]] = {}
        self._needs: dict[tuple[Key, Key], Fraction] = {}
        self._markets: dict[Key, Market] = {}
        self._transits: list[tuple[LaneKey, int, int]] = []
        self._changes: list[tuple[int, int, Key | LaneKey | tuple[Key, Key], tuple[int, int, int]]] = []

    def firm(self, name: str, kind: Kind = "supplier", ring: str = "city", tier: int = 0) -> Sketch:
        """State what a firm is; firms that are only mentioned become suppliers in the city."""
        self._firms[name] = Firm(name, kind, ring, tier)
        return self

    def part(self, name: str, price: int = 1, per_unit: int = 1) -> Sketch:
        """State a part's price (fen per unit) and resolution (quanta in a unit)."""
        self._parts[name] = Part(name, price, per_unit=per_unit)
        return self

    def make(
        self,
        firm: str,
        part: str,
        level: int = 0,
        *,
        reorder_point: int | None = None,
        lot: int = 1,
        review: int = 0,
        on_hand: int | None = None,
        time: Time = 0,
        servers: int = UNLIMITED,
        per_quantum: Fraction | int = 0,
        batch: int = UNLIMITED,
    ) -> Sketch:
        """A stock point that the firm makes, and the line that makes it; level 0 makes to order."""
        key = self._stock(firm, part, "made", level, reorder_point, lot, review, on_hand)
        line = Line(-1, servers, Fraction(per_quantum), batch=batch)
        self._lines[key] = (line, time)
        return self

    def buy(
        self,
        firm: str,
        part: str,
        into: str,
        quantity: Fraction | int | str,
        suppliers: Mapping[str, int] | str,
        level: int = 0,
        *,
        reorder_point: int | None = None,
        lot: int = 1,
        review: int = 0,
        on_hand: int | None = None,
        time: Time = 0,
        terms: int = 0,
    ) -> Sketch:
        """A component stock point of the line that makes `into`, and its lanes.

        quantity: quanta of `part` per quantum of `into`.  suppliers: one name, or shares in parts per
        million.
        """
        key = self._stock(firm, part, "bought", level, reorder_point, lot, review, on_hand)
        self._needs[(firm, into, "made"), key] = Fraction(quantity)
        self._buy_from(key, suppliers, time, terms)
        return self

    def market(
        self,
        name: str,
        part: str,
        suppliers: Mapping[str, int] | str,
        *,
        every: int = 0,
        quantity: int = 1,
        rate: Fraction | float | None = None,
        plan: tuple[tuple[int, float], ...] | None = None,
        noise: float = 0.0,
        arrivals: Arrivals | None = None,
        time: Time = 0,
        terms: int = 0,
    ) -> Sketch:
        """Final demand: `quantity` every `every` ticks, or Poisson orders of `quantity` if `every` is 0.

        rate: quanta per tick, by default quantity / every.  plan: cumulative quanta at ticks, instead of a
        rate.  arrivals: any other process; the rate is still `rate`, or that of a law of regular orders.
        """
        key: Key = (name, part, "sold")
        self.firm(name, "market")
        self._mention(name, part)
        self._stocks[key] = StockPoint(-1, -1, "sold")
        if plan is None:
            if rate is None and isinstance(arrivals, Regular) and arrivals.sizes is not None:
                rate, every = arrivals.sizes.moments[0] * arrivals.per_unit / arrivals.every, arrivals.every
            elif rate is None and isinstance(arrivals, Listed):
                rate = 0
            pace = Fraction(quantity, every) if rate is None else Fraction(rate)
            plan = ((0, 0.0), (2 * self.horizon + every, float(pace * (2 * self.horizon + every))))
        if arrivals is None:
            arrivals = Regular(every, noise) if every else Renewal(sizes=Fixed(float(quantity)))
        self._markets[key] = Market(name, -1, plan, arrivals)
        self._buy_from(key, suppliers, time, terms)
        return self

    def lane(
        self,
        buyer: str,
        supplier: str,
        part: str,
        *,
        time: Time | None = None,
        terms: int | None = None,
        price: int | None = None,
    ) -> Sketch:
        """Give one lane its own lead time, terms or price."""
        key = self._lane_key(buyer, supplier, part)
        lane, old_time = self._lanes[key]
        if terms is not None:
            lane = replace(lane, terms=terms)
        if price is not None:
            lane = replace(lane, price=price)
        self._lanes[key] = (lane, old_time if time is None else time)
        return self

    def under_way(self, buyer: str, supplier: str, part: str, tick: int, quantity: int) -> Sketch:
        """A shipment that arrives at `tick`, sent before the run."""
        self._transits.append((self._lane_key(buyer, supplier, part), tick, quantity))
        return self

    def levels_at(self, tick: int, firm: str, part: str, role: Role, reorder_point: int, order_up_to: int) -> Sketch:
        """From `tick` on a stock point has other levels."""
        return self._change(tick, state.SET_LEVELS, (firm, part, role), (reorder_point, order_up_to, 0))

    def review_at(self, tick: int, firm: str, part: str, role: Role, review: int, lot: int = 1) -> Sketch:
        """From `tick` on a stock point has another review period (0 is continuous) and lot."""
        return self._change(tick, state.SET_REVIEW, (firm, part, role), (review, lot, 0))

    def share_at(self, tick: int, buyer: str, part: str, shares: Mapping[str, int]) -> Sketch:
        """From `tick` on a buyer shares its orders otherwise."""
        for supplier, share in sorted(shares.items()):
            self._change(tick, state.SET_LANE_SHARE, self._lane_key(buyer, supplier, part), (share, 0, 0))
        return self

    def terms_at(self, tick: int, buyer: str, supplier: str, part: str, terms: int, price: int) -> Sketch:
        """From `tick` on new orders on a lane have other terms and another price."""
        key = self._lane_key(buyer, supplier, part)
        return self._change(tick, state.SET_LANE_TERMS, key, (terms, price, 0))

    def lead_time_at(self, tick: int, buyer: str, supplier: str, part: str, time: int) -> Sketch:
        """From `tick` on what is shipped on a lane takes a constant time."""
        return self._change(tick, state.SET_LANE_TIME, self._lane_key(buyer, supplier, part), (time, -1, 0))

    def speed_at(
        self, tick: int, firm: str, part: str, servers: int, per_quantum: Fraction | int | None = None
    ) -> Sketch:
        """From `tick` on a line has other servers (0 is an outage); same speed unless given."""
        key: Key = (firm, part, "made")
        speed = self._lines[key][0].ticks_per_quantum if per_quantum is None else Fraction(per_quantum)
        return self._change(tick, state.SET_LINE_SPEED, key, (servers, speed.numerator, speed.denominator))

    def batch_at(self, tick: int, firm: str, part: str, time: int, batch: int) -> Sketch:
        """From `tick` on a line has a constant time per batch and another batch size."""
        return self._change(tick, state.SET_LINE_TIME, (firm, part, "made"), (time, -1, batch))

    def need_at(self, tick: int, firm: str, into: str, part: str, quantity: Fraction | int | str) -> Sketch:
        """From `tick` on a line needs another quantity of a component."""
        need = Fraction(quantity)
        key = ((firm, into, "made"), (firm, part, "bought"))
        return self._change(tick, state.SET_NEED, key, (need.numerator, need.denominator, 0))  # type: ignore[arg-type]

    def network(self) -> Network:
        """The frozen network; every table sorted by name."""
        firms = sorted(self._firms)
        parts = sorted(self._parts)
        keys = sorted(self._stocks)
        lane_keys = sorted(self._lanes)
        line_keys = sorted(self._lines)
        need_keys = sorted(self._needs)
        at = {key: index for index, key in enumerate(keys)}
        line_at = {key: index for index, key in enumerate(line_keys)}
        user = {component: made for made, component in need_keys}
        draws: dict[Draw, int] = {}

        def law(purpose: str, owner: str, time: Time) -> tuple[int, int]:
            if isinstance(time, int):
                return -1, time
            if isinstance(time, Constant):
                return -1, round(Fraction(time.moments[0]) / self.tick_seconds)
            return draws.setdefault(Draw(purpose, owner, time), len(draws)), 0

        lanes = []
        for key in lane_keys:
            lane, time = self._lanes[key]
            number, constant = law("lead time", f"{key[1][0]}>{key[0][0]}>{key[0][1]}", time)
            price = self._parts[key[0][1]].price if lane.price < 0 else lane.price
            lanes.append(
                replace(lane, buyer=at[key[0]], supplier=at[key[1]], law=number, lead_time=constant, price=price)
            )
        lines = []
        for made in line_keys:
            line, time = self._lines[made]
            number, constant = law("process time", f"{made[0]}>{made[1]}", time)
            lines.append(replace(line, stock=at[made], law=number, fixed=constant))
        under_way = dict.fromkeys(keys, 0)
        for lane_key, _, quantity in self._transits:
            under_way[lane_key[0]] += quantity
        stocks = []
        for stock_key in keys:
            firm, part, _ = stock_key
            point = self._stocks[stock_key]
            number = line_at.get(stock_key, line_at.get(user[stock_key], -1) if stock_key in user else -1)
            on_hand = self._opening.get(stock_key, max(0, point.order_up_to - under_way[stock_key]))
            stocks.append(replace(point, firm=firms.index(firm), part=parts.index(part), line=number, on_hand=on_hand))
        tables: dict[int, Mapping[Any, int]] = {
            state.SET_LEVELS: at,
            state.SET_REVIEW: at,
            state.SET_LANE_SHARE: {key: index for index, key in enumerate(lane_keys)},
            state.SET_LINE_SPEED: line_at,
            state.SET_LINE_TIME: line_at,
            state.SET_NEED: {key: index for index, key in enumerate(need_keys)},
        }
        tables[state.SET_LANE_TIME] = tables[state.SET_LANE_TERMS] = tables[state.SET_LANE_SHARE]
        lane_at = tables[state.SET_LANE_SHARE]
        return Network(
            firms=tuple(self._firms[name] for name in firms),
            parts=tuple(self._parts[name] for name in parts),
            stocks=tuple(stocks),
            lanes=tuple(lanes),
            lines=tuple(lines),
            needs=tuple(Need(at[key[0]], at[key[1]], self._needs[key]) for key in need_keys),
            markets=tuple(replace(self._markets[key], stock=at[key]) for key in sorted(self._markets)),
            draws=tuple(draws),
            transits=tuple(Transit(lane_at[key], tick, quantity) for key, tick, quantity in self._transits),
            changes=tuple(
                Change(tick, kind, tables[kind][key], values)
                for tick, kind, key, values in sorted(self._changes, key=lambda change: change[0])
            ),
            horizon=self.horizon,
            start=date(2024, 1, 1),
            tick_seconds=self.tick_seconds,
            seed=self.seed,
        )

    def _mention(self, firm: str, part: str) -> None:
        self._firms.setdefault(firm, Firm(firm, "supplier", "city"))
        self._parts.setdefault(part, Part(part, 1))

    def _stock(
        self,
        firm: str,
        part: str,
        role: Role,
        level: int,
        reorder_point: int | None,
        lot: int,
        review: int,
        on_hand: int | None,
    ) -> Key:
        key: Key = (firm, part, role)
        self._mention(firm, part)
        low = level - 1 if reorder_point is None else reorder_point
        self._stocks[key] = StockPoint(-1, -1, role, low, level, review, lot)
        if on_hand is not None:
            self._opening[key] = on_hand
        return key

    def _buy_from(self, buyer: Key, suppliers: Mapping[str, int] | str, time: Time, terms: int) -> None:
        """Lanes from firms that make the part, or from an outside source where nobody of that name does."""
        shares = {suppliers: WHOLE_SHARE} if isinstance(suppliers, str) else suppliers
        part = buyer[1]
        for name, share in shares.items():
            supplier: Key = (name, part, "made")
            if name.startswith("outside"):
                supplier = (name, part, "outside")
                self.firm(name, "outside", "nation")
                self._stocks[supplier] = StockPoint(-1, -1, "outside")
            self._mention(name, part)
            self._lanes[buyer, supplier] = (Lane(-1, -1, share, terms=terms, price=-1), time)

    def _lane_key(self, buyer: str, supplier: str, part: str) -> LaneKey:
        return next(key for key in self._lanes if key[0][:2] == (buyer, part) and key[1][0] == supplier)

    def _change(self, tick: int, kind: int, key: Key | LaneKey, values: tuple[int, int, int]) -> Sketch:
        self._changes.append((tick, kind, key, values))
        return self


def single_server(horizon: int, *, mean_between: float, service: Time, servers: int = 1, seed: int = 0) -> Network:
    """M/G/c: Poisson orders of one unit, made to order one at a time, delivered at once; times in ticks."""
    return (
        Sketch(horizon, seed)
        .make("workshop", "job", time=service, servers=servers, batch=1)
        .market("customers", "job", "workshop", rate=1 / mean_between)
        .network()
    )


def serial(
    horizon: int,
    levels: tuple[int, ...],
    lead_times: tuple[Time, ...],
    *,
    every: int = 1,
    quantity: int = 1,
    rate: float | None = None,
    seed: int = 0,
) -> Network:
    """A chain of stages in base stock: stage 0 sells, each buys from the next, the last one from outside.

    Stage i keeps components at levels[i], replenished with lead_times[i], and makes to order in no time.
    With a rate demand is Poisson in units of `quantity`.
    """
    sketch = Sketch(horizon, seed)
    for stage, (level, time) in enumerate(zip(levels, lead_times, strict=True)):
        firm, part, component = f"stage{stage}", f"part{stage}", f"part{stage + 1}"
        source = f"stage{stage + 1}" if stage + 1 < len(levels) else "outside"
        sketch.make(firm, part).buy(firm, component, part, 1, source, level, time=time)
    sketch.market("market", "part0", "stage0", every=0 if rate else every, quantity=quantity, rate=rate)
    return sketch.network()
