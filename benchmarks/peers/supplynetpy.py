"""SupplyNetPy: (a) and (b).

Its sites send orders of other sites only as a whole, so that its series is another system, with other costs.  A
manufacturer buys from suppliers of raw material only, and not from manufacturers: case (c) is where it ends.
"""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable
from typing import Any

import simpy
import SupplyNetPy.Components as scm

NAME, PACKAGE = "SupplyNetPy", "supplynetpy"
ENDS = {"c": "a manufacturer buys from suppliers of raw material only"}
ROOM = 10**9
EVERY_DAY = {
    "order_arrival_model": lambda: 1,
    "tolerance": math.inf,
    "delivery_cost": lambda: 0,
    "lead_time": lambda: 0,
}


def serial(days: int, **_: Any) -> Callable[[], dict[str, float]]:
    """Three inventory nodes in series behind an infinite supplier, (S - 1/200, S)."""
    env, luck = simpy.Environment(), random.Random(61)
    raw = scm.RawMaterial("RM", "item", 1, 1, 1, 1)
    sites = [scm.Supplier(env, "factory", "factory", "infinite_supplier", raw_material=raw, logging=False)]
    for name, kind, level in (
        ("importer", "distributor", 10.69),
        ("wholesaler", "warehouse", 5.53),
        ("shop", "retailer", 6.49),
    ):
        policy = {"s": level - 0.005, "S": level}
        site = scm.InventoryNode(
            env, name, name, kind, ROOM, level, 0, scm.SSReplenishment, policy, 1, 1, logging=False
        )
        sites.append(site)
    links = [
        scm.Link(env, f"L{number}", buyer, seller, 0, lambda time=time: time)
        for number, (buyer, seller, time) in enumerate(zip(sites, sites[1:], (2, 1, 1), strict=False))
    ]

    def size() -> float:
        return round(max(0.01, luck.gauss(5, 1)), 2)

    shop = sites[-1]
    market = scm.Demand(env, "D", "customers", demand_node=shop, order_quantity_model=size, order_min_split_ratio=0.001,
                        logging=False, **EVERY_DAY)  # fmt: skip
    return _run(sites, links, market, days)


def suppliers(days: int, suppliers: int, **_: Any) -> Callable[[], dict[str, float]]:
    """A manufacturer of one product of so many raw materials, one infinite supplier each."""
    env = simpy.Environment()
    raw = [scm.RawMaterial(f"R{number}", f"part {number}", 1, 1, 1, 1) for number in range(suppliers)]
    sites: list[Any] = [
        scm.Supplier(env, f"S{number}", f"S{number}", "infinite_supplier", raw_material=part, logging=False)
        for number, part in enumerate(raw)
    ]
    product = scm.Product("P", "product", 1, 0.01, 10, [(part, 1) for part in raw], 1000)
    policy = {"s": 399, "S": 400}
    works = scm.Manufacturer(env, "M", "works", ROOM, 400, 0, 10, scm.SSReplenishment, policy, product, logging=False)
    links = [scm.Link(env, f"L{number}", site, works, 0, lambda: 2) for number, site in enumerate(sites)]
    market = scm.Demand(
        env, "D", "customers", demand_node=works, order_quantity_model=lambda: 100, logging=False, **EVERY_DAY
    )
    return _run([*sites, works], links, market, days)


def _run(sites: list[Any], links: list[Any], market: Any, days: int) -> Callable[[], dict[str, float]]:
    warnings.simplefilter("ignore")
    network = scm.create_sc_net(sites, links, [market], env=market.env)

    def run() -> dict[str, float]:
        scm.simulate_sc_net(network, days, logging=False)
        placed = sum(link.stats.demand_placed[0] for link in links)
        return {"orders": placed + market.stats.demand_placed[0], "delivered": market.stats.fulfillment_received[1]}

    return run


CASES = {"a": serial, "b": suppliers}
