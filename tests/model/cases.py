"""Runs in which much happens, to be falsified: shortage, hazards, short money, many suppliers, an echelon."""

from __future__ import annotations

from functools import cache

from chainsim.model.distributions import Exponential, Uniform
from chainsim.testing import Run, Sketch, serial, simulate


@cache
def busy_case() -> Run:
    """Shortage, starving, an outage, two suppliers, reviews, random times."""
    return simulate(
        Sketch(60, seed=3)
        .make("plant", "car", 2, time=Uniform(1.0, 4.0), servers=2, batch=2)
        .buy("plant", "seat", "car", 2, {"east": 600_000, "west": 400_000}, 9, time=Uniform(1.0, 5.0))
        .buy("plant", "paint", "car", "1/3", "outside", 6, review=4, time=1)
        .make("east", "seat", 3, time=1)
        .make("west", "seat", 3, time=2)
        .market("abroad", "car", "plant", every=3, quantity=2, time=2)
        .market("home", "car", "plant", rate=0.5, time=1)
        .speed_at(20, "plant", "car", 0)
        .speed_at(26, "plant", "car", 2)
        .network()
    )


@cache
def rough_case() -> Run:
    """Scrap, set-ups, breakdowns, closing hours, a storm and a slump, growth, deliveries in order."""
    return simulate(
        Sketch(120, seed=4)
        .make(
            "plant",
            "car",
            2,
            time=Uniform(1.0, 4.0),
            servers=2,
            batch=2,
            good="4/5",
            set_up=1,
            up=Exponential(15.0),
            repair=Exponential(4.0),
        )
        .buy("plant", "seat", "car", 2, {"east": 600_000, "west": 400_000}, 9, time=Uniform(1.0, 9.0))
        .make("east", "seat", 6, time=1, servers=1, batch=5, closed=[(10, 14), (20, 24), (60, 66)])
        .make("west", "seat", 6, time=2)
        .market("home", "car", "plant", rate=0.8, time=1)
        .lane("plant", "east", "seat", in_order=True)
        .shock(
            "storm",
            [(("east", "seat", "stock"), 500_000), ("plant", "west", "seat"), ("west", "seat")],
            [(0, 6)],
            wait=15,
            again=True,
            between=20,
        )
        .shock("slump", [("home", "car", "market"), ("east", "seat")], [(400_000, 10)], wait=40)
        .growth("plant", "car", 10, 100_000, 500_000, build=2, cost=7, most=2)
        .network()
    )


@cache
def short_case() -> Run:
    """Three sellers that are always short: one by priority and with lost sales, one in proportion, one complete."""
    sketch = Sketch(60, seed=5)
    sketch.make("first", "item", 3, time=2, servers=1, batch=2, backlog=6, allocation="priority")
    sketch.make("fair", "item", 3, time=5, servers=1, batch=4, allocation="proportional")
    sketch.make("whole", "item", 3, time=2, servers=1, batch=2, complete=True)
    for number, every in enumerate((2, 4, 6)):
        for seller in ("first", "fair", "whole"):
            sketch.market(f"{seller} {number}", "item", seller, every=every, quantity=2 + number)
    sketch.lane("first 0", "first", "item", priority=2).lane("first 1", "first", "item", priority=1)
    return simulate(sketch.network())


@cache
def poor_case() -> Run:
    """Firms with little cash: one in arrears, one on credit that sells its claims, one that fails."""
    return simulate(
        Sketch(120, seed=6)
        .part("car", price=9)
        .part("seat", price=8)
        .make("plant", "car", 4, time=1)
        .buy("plant", "seat", "car", 1, "east", 6, time=1, terms=3)
        .make("east", "seat", 4, time=1)
        .buy("east", "steel", "seat", 1, "outside", 6, time=1, terms=5)
        .make("west", "seat", 4, time=1)
        .buy("west", "steel", "seat", 1, "outside", 6, time=1, terms=2)
        .market("home", "car", "plant", rate=1.0, time=1, terms=6)
        .market("garage", "seat", "west", rate=0.5, terms=20)
        .purse("plant", 20, credit=10, floor=-5, fixed=2, of_sales=50_000, month=10, year=120)
        .purse("east", -90, credit=120, patience=60, interest=1_200_000, discount=100_000, month=10, year=120)
        .purse("west", 6, patience=8, fixed=20, month=10, year=120)
        .network()
    )


@cache
def choosy_case() -> Run:
    """Buyers that rank their suppliers, or turn to a substitute in an outage."""
    return simulate(
        Sketch(80, seed=7)
        .make("east", "seat", 6, time=3, servers=1, batch=2, backlog=2)
        .make("west", "seat", 6, time=2, servers=1, batch=3)
        .market("ranks", "seat", {"east": 1_000_000, "west": 0}, rate=0.5, quantity=2, sourcing="ranked")
        .market("shares", "seat", {"east": 700_000, "west": 300_000}, rate=0.5, quantity=3)
        .market("turns", "seat", {"east": 1_000_000, "west": 0}, rate=1.5, quantity=2, switches=True)
        .lane("turns", "west", "seat", qualification=3, switching_cost=11)
        .shock("outage", [("east", "seat")], [(0, 15)], wait=20)
        .network()
    )


@cache
def chain_case() -> Run:
    """Three stages that all decide on their echelon."""
    from dataclasses import replace

    network = serial(60, (3, 7, 12), (2, 3, 4), rate=0.8, seed=8)
    stocks = tuple(replace(point, echelon=point.role == "bought") for point in network.stocks)
    return simulate(replace(network, stocks=stocks))
