"""Small networks written by hand: a sketch by name becomes a Network with every table in its proper order.

In: names, levels, times in ticks, prices in fen per unit.  Out: a Network as `chainsim.scenario` would build it, one
part resolution to a quantum and one second to a tick unless told otherwise.  Must not know the scenario language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal, TypeAlias, Unpack

from chainsim.model.arrivals import Arrivals, Listed, Regular, Renewal
from chainsim.model.network import (
    UNLIMITED,
    WHOLE_SHARE,
    Firm,
    Growth,
    Lane,
    Line,
    Market,
    Network,
    Part,
    Purse,
    Role,
    Sourcing,
    StockPoint,
)
from chainsim.model.quantities import Fixed
from chainsim.testing.assembly import assemble
from chainsim.testing.drawing import Carrying, Drawing, Keeping, Making, MakingAndKeeping, Wait
from chainsim.testing.keys import Key, Target, Time

Kind: TypeAlias = Literal["chain_master", "supplier", "outside", "market"]


class Sketch(Drawing):
    """A network being drawn; every method returns the sketch, `network()` the finished thing.

    A time is a number of ticks or a distribution.  A level S is a base stock; `order_up_to` with `reorder_point` is any
    (s, S).  Stock on hand is S minus what is under way, unless it is given.
    """

    def firm(self, name: str, kind: Kind = "supplier", ring: str = "city", tier: int = 0, *, group: str = "") -> Sketch:
        """State what a firm is; firms that are only mentioned become suppliers in the city."""
        self.firms[name] = Firm(name, kind, ring, tier, group=group)
        return self

    def part(self, name: str, price: int = 1, per_unit: int = 1) -> Sketch:
        """State a part's price (fen per unit) and resolution (quanta in a unit)."""
        self.parts[name] = Part(name, price, per_unit=per_unit)
        return self

    def make(
        self, firm: str, part: str, level: int = 0, *, time: Time = 0, **options: Unpack[MakingAndKeeping]
    ) -> Sketch:
        """A stock point that the firm makes, and the line that makes it; level 0 makes to order."""
        making: Any = {name: value for name, value in options.items() if name in Making.__annotations__}
        keeping: Any = {name: value for name, value in options.items() if name not in making}
        key = self._stock(firm, part, "made", level, keeping)
        line = Line(
            -1,
            making.get("servers", UNLIMITED),
            Fraction(making.get("per_quantum", 0)),
            batch=making.get("batch", UNLIMITED),
            set_up=making.get("set_up", 0),
            good=Fraction(making.get("good", 1)),
            calls_off_at_release=making.get("calls_off_at_release", False),
        )
        self.lines[key] = (line, time, making)
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
        time: Time = 0,
        terms: int = 0,
        **keeping: Unpack[Keeping],
    ) -> Sketch:
        """A component stock point of the line that makes `into`, and its lanes.

        quantity: quanta of `part` per quantum of `into`.  suppliers: one name, or shares in parts per million.
        """
        key = self._stock(firm, part, "bought", level, keeping)
        self.needs[(firm, into, "made"), key] = Fraction(quantity)
        self._buy_from(key, suppliers, time, terms)
        return self

    def warehouse(
        self,
        firm: str,
        part: str,
        suppliers: Mapping[str, int] | str,
        level: int = 0,
        *,
        time: Time = 0,
        terms: int = 0,
        **keeping: Unpack[Keeping],
    ) -> Sketch:
        """A stock point that is bought and sold on as it is; say so before those who buy there."""
        self._buy_from(self._stock(firm, part, "bought", level, keeping), suppliers, time, terms)
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
        sourcing: Sourcing = "shares",
        switches: bool = False,
    ) -> Sketch:
        """Final demand: `quantity` every `every` ticks, or Poisson orders of `quantity` if `every` is 0.

        rate: quanta per tick, by default quantity / every.  plan: cumulative quanta at ticks, instead of a rate.
        arrivals: any other process; the rate is still `rate`, or that of a law of regular orders.
        """
        key: Key = (name, part, "sold")
        self.firm(name, "market")
        self._mention(name, part)
        self.stocks[key] = StockPoint(-1, -1, "sold", sourcing=sourcing, switches=switches)
        if plan is None:
            if rate is None and isinstance(arrivals, Regular) and arrivals.sizes is not None:
                rate, every = arrivals.sizes.moments[0] * arrivals.per_unit / arrivals.every, arrivals.every
            elif rate is None and isinstance(arrivals, Listed):
                rate = 0
            pace = Fraction(quantity, every) if rate is None else Fraction(rate)
            plan = ((0, 0.0), (2 * self.horizon + every, float(pace * (2 * self.horizon + every))))
        if arrivals is None:
            arrivals = Regular(every, noise) if every else Renewal(sizes=Fixed(float(quantity)))
        self.markets[key] = Market(name, -1, plan, arrivals)
        self._buy_from(key, suppliers, time, terms)
        return self

    def lane(self, buyer: str, supplier: str, part: str, **carrying: Unpack[Carrying]) -> Sketch:
        """Give one lane its own lead time, terms, price, rank and so on."""
        options: dict[str, Any] = dict(carrying)
        key = self.lane_key(buyer, supplier, part)
        lane, old_time = self.lanes[key]
        time = options.pop("time", old_time)
        self.lanes[key] = (replace(lane, **options), time)
        return self

    def shares(self, buyer: str, part: str, shares: Mapping[str, int]) -> Sketch:
        """Share a buyer's orders otherwise; a supplier with share 0 stands by."""
        for supplier, share in shares.items():
            key = self.lane_key(buyer, supplier, part)
            lane, time = self.lanes[key]
            self.lanes[key] = (replace(lane, share=share), time)
        return self

    def under_way(self, buyer: str, supplier: str, part: str, tick: int, quantity: int) -> Sketch:
        """A shipment that arrives at `tick`, sent before the run."""
        self.transits.append((self.lane_key(buyer, supplier, part), tick, quantity))
        return self

    def shock(
        self,
        name: str,
        hits: Sequence[Target | tuple[Target, int]],
        stages: Sequence[tuple[int, Wait]],
        *,
        wait: Wait = 0,
        again: bool = False,
        between: int = 0,
    ) -> Sketch:
        """A disruption.

        hits: a line as (firm, part), a lane as (buyer, supplier, part), a stock point as (firm, part, "stock"), a
        market as (name, part, "market"); with a number, the share of the stock that is lost, parts per million.
        stages: what is left, parts per million, and for how long; one more at the whole ends it.
        """
        aims = [hit if isinstance(hit[1], int) else (hit, 0) for hit in hits]
        every = [*stages, (WHOLE_SHARE, 0)]
        self.shocks.append((name, every, aims, {"wait": wait, "again": again, "between": between}))
        return self

    def growth(
        self,
        firm: str,
        part: str,
        window: int,
        threshold: int,
        by: int,
        *,
        build: int = 0,
        cost: int = 0,
        most: int = 1,
    ) -> Sketch:
        """A line that grows when busy for a whole window, or shrinks when idle (`by` below 0)."""
        self.growths.append(((firm, part, "made"), Growth(-1, window, threshold, by, build, cost, most)))
        return self

    def purse(self, firm: str, cash: int = 0, **options: int) -> Sketch:
        """A firm that can run short of cash; options are the fields of `Purse`."""
        self.purses[firm] = Purse(-1, cash, **options)
        return self

    def reviews_first(self) -> Sketch:
        """Periodic reviews before the receipts of their tick."""
        self.early_reviews = True
        return self

    def network(self) -> Network:
        """The frozen network; every table sorted by name."""
        return assemble(self)

    def _mention(self, firm: str, part: str) -> None:
        self.firms.setdefault(firm, Firm(firm, "supplier", "city"))
        self.parts.setdefault(part, Part(part, 1))

    def _stock(self, firm: str, part: str, role: Role, level: int, keeping: Keeping) -> Key:
        key: Key = (firm, part, role)
        options: dict[str, Any] = {"reorder_point": level - 1, **keeping}
        self._mention(firm, part)
        if "on_hand" in options:
            self.opening[key] = options.pop("on_hand")
        self.stocks[key] = StockPoint(-1, -1, role, order_up_to=level, **options)
        return key

    def _buy_from(self, buyer: Key, suppliers: Mapping[str, int] | str, time: Time, terms: int) -> None:
        """Lanes from firms that make or keep the part, or from an outside source."""
        shares = {suppliers: WHOLE_SHARE} if isinstance(suppliers, str) else suppliers
        part = buyer[1]
        for number, (name, share) in enumerate(shares.items()):
            supplier: Key = (name, part, "made")
            if name.startswith("outside"):
                supplier = (name, part, "outside")
                self.firm(name, "outside", "nation")
                self.stocks[supplier] = StockPoint(-1, -1, "outside")
            elif (name, part, "bought") in self.stocks and not self._is_component((name, part, "bought")):
                supplier = (name, part, "bought")
            self._mention(name, part)
            self.lanes[buyer, supplier] = (Lane(-1, -1, share, terms=terms, price=-1, rank=number), time)

    def _is_component(self, key: Key) -> bool:
        return any(component == key for _, component in self.needs)
