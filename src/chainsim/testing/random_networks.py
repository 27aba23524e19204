"""Random networks, valid by construction: small, but with every mechanism of the model side by side.

Each network has a handful of mechanisms (`MECHANISMS`) switched on, and where one is on, each firm, line or lane uses
it or not.  In: a `Chooser`.  Out: a Network of one to three tiers that ends at outside sources.  Must not know who
chooses.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from chainsim.model.network import UNLIMITED, WHOLE_SHARE, Forecast, Network, Role
from chainsim.testing.chooser import Chooser
from chainsim.testing.random_hazards import add_changes, add_growth, add_purses, add_shocks
from chainsim.testing.random_values import (
    Plan,
    Purchase,
    random_arrivals,
    random_law,
    random_quantity,
    random_shares,
    random_time,
)
from chainsim.testing.sketch import Sketch
from chainsim.testing.structure import may_see_its_echelon

MECHANISMS: Final = (
    "minimum",
    "forecast",
    "echelon",
    "shortage",
    "priority",
    "sourcing",
    "switching",
    "warehouse",
    "in_order",
    "freight",
    "arrivals",
    "call_off",
    "set_up",
    "yield",
    "calendar",
    "breakdowns",
    "shocks",
    "growth",
    "purses",
    "reviews_first",
)


def random_network(
    choose: Chooser,
    *,
    changes: bool = True,
    ample: bool = False,
    luck: bool = True,
    without: Collection[str] = (),
) -> Network:
    """A network of one to three tiers that ends at outside sources.

    changes: with outages and other dated changes.  ample: lines without limits and in base stock only, so that stock is
    the only thing that can run short, and no other mechanism.  luck: with random times, Poisson and noisy demand.
    without: mechanisms that must not occur; "partial" are disruptions that leave something.
    """
    on = [] if ample else [name for name in MECHANISMS if name not in without and choose.chance(30)]
    sketch = Sketch(choose.integer(15, 60), choose.integer(0, 2**32))
    plan = Plan(choose, sketch, on, ample, luck, "partial" not in without)
    tiers = choose.integer(1, 3)
    names = [[f"t{tier}p{i}" for i in range(choose.integer(1, 2))] for tier in range(tiers)]
    makers = {part: [f"{part}_{i}" for i in range(choose.integer(1, 2))] for tier in names for part in tier}
    for part in makers:
        sketch.part(part, price=choose.integer(1, 9))
    wanted: list[tuple[str, str, str, tuple[str, ...]]] = []
    for tier, parts in enumerate(names):
        below = names[tier + 1] if tier + 1 < tiers else []
        for part in parts:
            for firm in makers[part]:
                _make(plan, firm, part)
                for component in below if choose.chance(50) else below[:1]:
                    wanted.append((firm, component, part, tuple(makers[component])))
                if not below or choose.chance(50):
                    wanted.append((firm, "ore", part, ("outside1", "outside2")[: choose.integer(1, 2)]))
                # Uses what it makes; with forecasts, orders that feed on themselves would grow without bound.
                if tier == 0 and choose.integer(0, 9) == 0 and "forecast" not in plan.mechanisms:
                    wanted.append((firm, part, part, tuple(makers[part])))
    depots = _warehouses(plan, makers)
    for firm, component, into, suppliers in wanted:
        quantity = Fraction(1, choose.integer(3, 5)) if component == into else random_quantity(choose)
        _buy(plan, firm, component, into, quantity, _or_a_depot(plan, depots, component, suppliers, into))
    for number in range(choose.integer(1, 3)):
        part = choose.pick(names[choose.integer(0, tiers - 1) if number else 0])
        _sell(plan, f"market{number}", part, _or_a_depot(plan, depots, part, tuple(makers[part])))
    _lanes(plan)
    if "shocks" in plan.mechanisms:
        add_shocks(plan)
    if "growth" in plan.mechanisms:
        add_growth(plan)
    if "purses" in plan.mechanisms:
        add_purses(plan)
    if "reviews_first" in plan.mechanisms:
        sketch.reviews_first()
    if changes:
        add_changes(plan)
    return _with_echelons(plan, sketch.network())


def _keeping(plan: Plan, largest: int, buys: bool) -> dict[str, Any]:
    """How a stock point is kept: levels and everything that goes with them."""
    choose = plan.choose
    level = choose.integer(0, largest)
    options: dict[str, Any] = {"level": level}
    if plan.ample:
        return options
    if choose.chance(50):
        options["reorder_point"] = choose.integer(-1, level - 1)
        options["lot"] = choose.pick([1, 1, 2, 5])
        options["on_hand"] = choose.integer(0, level + 2)
        if choose.chance(30):  # (r, nQ)
            options["level"], options["lot"] = options["reorder_point"] + 1, choose.integer(2, 6)
    options["review"] = choose.pick([0, 0, 0, 1, 3, 7]) if buys else choose.pick([0, 0, 0, 0, 2])
    if plan.uses("minimum"):
        options["minimum"] = choose.integer(2, 8)
    if plan.uses("shortage"):
        options["backlog"] = choose.integer(0, 6)
    if plan.uses("shortage"):
        options["complete"] = True
    if plan.uses("priority"):
        options["allocation"] = choose.pick(["priority", "priority" if options.get("complete") else "proportional"])
    return options


def _forecast(plan: Plan, key: tuple[str, str, Role], options: dict[str, Any]) -> None:
    """Let a stock point learn its level; what it was given becomes safety stock."""
    if not plan.uses("forecast", 60):
        return
    choose = plan.choose
    kind = choose.pick(["moving_average", "exponential", "autoregressive"])
    window = {"moving_average": choose.integer(1, 4), "exponential": choose.integer(100_000, 900_000)}.get(
        kind, choose.integer(-500_000, 900_000)
    )
    period = options["review"] or choose.integer(1, 6)
    protect = choose.integer(0, 12)
    options["forecast"] = Forecast(kind, window, period, protect, choose.integer(0, 12))  # type: ignore[arg-type]
    options.pop("reorder_point", None)
    options.setdefault("on_hand", options["level"])
    plan.forecasting[key] = options["forecast"]


def _make(plan: Plan, firm: str, part: str) -> None:
    choose = plan.choose
    options = _keeping(plan, 15, buys=False)
    _forecast(plan, (firm, part, "made"), options)
    if not plan.ample:
        options["servers"] = choose.pick([1, 2, 3, UNLIMITED])
        options["per_quantum"] = Fraction(choose.integer(0, 8), choose.integer(1, 4))
        options["batch"] = choose.pick([2, 5, UNLIMITED])
        if plan.uses("call_off"):
            options["calls_off_at_release"] = True
        if plan.uses("set_up"):
            options["set_up"] = choose.integer(1, 5)
        if plan.uses("yield"):
            options["good"] = Fraction(choose.integer(5, 10), 10)
        if plan.uses("calendar"):
            options["closed"] = _closures(choose)
        if plan.luck and plan.uses("breakdowns"):
            options["up"], options["repair"] = random_law(choose, 12), random_law(choose, 5)
    plan.made.append((firm, part))
    plan.sketch.make(firm, part, time=random_time(choose, 4, plan.luck), **options)


def _closures(choose: Chooser) -> list[tuple[int, int]]:
    closed, tick = [], choose.integer(0, 6)
    for _ in range(choose.integer(1, 6)):
        end = tick + choose.integer(1, 6)
        closed.append((tick, end))
        tick = end + choose.integer(1, 8)
    return closed


def _warehouses(plan: Plan, makers: Mapping[str, list[str]]) -> dict[str, str]:
    """The warehouse of each part that has one."""
    depots: dict[str, str] = {}
    for part, firms in makers.items():
        if plan.uses("warehouse", 60):
            choose = plan.choose
            depot = f"{part}_depot"
            shares = dict(zip(firms, random_shares(choose, len(firms)), strict=True))
            options = _keeping(plan, 20, buys=True)
            _forecast(plan, (depot, part, "bought"), options)
            _source(plan, options, len(firms))
            plan.sketch.warehouse(depot, part, shares, time=random_time(choose, 5, plan.luck), **options)
            plan.purchases.append(Purchase(depot, part, "bought", "", tuple(firms)))
            plan.warehouses.append((depot, part))
            depots[part] = depot
    return depots


def _or_a_depot(
    plan: Plan, depots: Mapping[str, str], part: str, suppliers: tuple[str, ...], into: str = ""
) -> tuple[str, ...]:
    if part not in depots or part == into or plan.choose.chance(30):
        return suppliers
    return (depots[part], *suppliers) if plan.choose.chance(30) else (depots[part],)


def _source(plan: Plan, options: dict[str, Any], suppliers: int) -> None:
    """How a buyer with several suppliers chooses among them."""
    if suppliers > 1:
        if plan.uses("sourcing"):
            options["sourcing"] = plan.choose.pick(["ranked", "ranked", "whole_orders"])
        if plan.uses("switching", 60):
            options["switches"] = True


def _buy(plan: Plan, firm: str, part: str, into: str, quantity: Fraction, suppliers: tuple[str, ...]) -> None:
    choose = plan.choose
    options = _keeping(plan, 40, buys=True)
    _forecast(plan, (firm, part, "bought"), options)
    _source(plan, options, len(suppliers))
    shares = dict(zip(suppliers, random_shares(choose, len(suppliers)), strict=True))
    time, terms = random_time(choose, 6, plan.luck), choose.integer(0, 30)
    plan.sketch.buy(firm, part, into, quantity, shares, time=time, terms=terms, **options)
    plan.purchases.append(Purchase(firm, part, "bought", into, suppliers))
    for supplier in suppliers:
        if choose.integer(0, 3) == 0:
            plan.sketch.under_way(firm, supplier, part, choose.integer(0, 10), choose.integer(1, 5))


def _sell(plan: Plan, name: str, part: str, sellers: tuple[str, ...]) -> None:
    choose = plan.choose
    options: dict[str, Any] = {}
    _source(plan, options, len(sellers))
    if plan.uses("arrivals", 60):
        options["arrivals"] = random_arrivals(choose, plan.luck)
    plan.sketch.market(
        name,
        part,
        dict(zip(sellers, random_shares(choose, len(sellers)), strict=True)),
        every=choose.integer(0 if plan.luck else 1, 4),
        quantity=choose.integer(1, 6),
        rate=Fraction(choose.integer(1, 12), 4),
        noise=choose.pick([0.0, 0.5]) if plan.luck else 0.0,
        time=random_time(choose, 3, plan.luck),
        terms=choose.integer(0, 30),
        **options,
    )
    plan.purchases.append(Purchase(name, part, "sold", "", sellers))


def _lanes(plan: Plan) -> None:
    """What sets single lanes apart: ranks, priorities, standby, qualification, crossing, freight."""
    choose = plan.choose
    for firm, part, _, _, suppliers in plan.purchases:
        ranks = list(range(len(suppliers)))
        if len(ranks) > 1 and plan.uses("sourcing", 50):
            ranks.reverse()
        for supplier, rank in zip(suppliers, ranks, strict=True):
            options: dict[str, Any] = {"rank": rank}
            if plan.uses("priority", 60):
                options["priority"] = choose.integer(0, 2)
            if plan.uses("in_order"):
                options["in_order"] = True
            if plan.uses("freight"):
                options["freight"] = choose.integer(1, 4)
            if len(suppliers) > 1 and plan.uses("switching", 50):
                options["qualification"] = choose.integer(0, 8)
                options["switching_cost"] = choose.integer(0, 20)
            plan.sketch.lane(firm, supplier, part, **options)
        if len(suppliers) > 1 and plan.uses("switching", 40):
            plan.sketch.shares(firm, part, {name: WHOLE_SHARE * (name == suppliers[0]) for name in suppliers})


def _with_echelons(plan: Plan, network: Network) -> Network:
    if "echelon" not in plan.mechanisms:
        return network
    stocks = [
        replace(point, echelon=True)
        if point.forecast is None and may_see_its_echelon(network, p) and plan.choose.chance(60)
        else point
        for p, point in enumerate(network.stocks)
    ]
    return replace(network, stocks=tuple(stocks))
