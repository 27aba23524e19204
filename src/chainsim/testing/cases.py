"""Runs by hand in which much happens: shortage, hazards, short money, many suppliers, an echelon, dated changes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from chainsim.model.distributions import Exponential, Uniform
from chainsim.model.network import Forecast
from chainsim.testing.run import Run
from chainsim.testing.simulate import simulate
from chainsim.testing.sketch import Sketch
from chainsim.testing.small import serial


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
    network = serial(60, (3, 7, 12), (2, 3, 4), rate=0.8, seed=8)
    stocks = tuple(replace(point, echelon=point.role == "bought") for point in network.stocks)
    return simulate(replace(network, stocks=stocks))


@cache
def changing_case() -> Run:
    """Every kind of dated change."""
    return simulate(
        Sketch(200, seed=9)
        .make("plant", "car", 3, time=Uniform(1.0, 4.0), servers=2, batch=2)
        .buy("plant", "seat", "car", 2, {"east": 600_000, "west": 400_000}, 9, lot=3, time=Uniform(1.0, 5.0))
        .make("east", "seat", 3, time=1, servers=1, batch=5)
        .make("west", "seat", 3, time=2)
        .buy("east", "steel", "seat", "3/4", "outside", 8, time=Exponential(3.0), forecast=STEEL)
        .warehouse("depot", "car", "plant", 6, review=3, time=2)
        .market("home", "car", {"depot": 500_000, "plant": 500_000}, rate=1.0, time=1)
        .levels_at(20, "plant", "car", "made", 4, 8)
        .levels_at(25, "east", "steel", "bought", 0, 5)
        .review_at(30, "plant", "seat", "bought", 5, lot=2, minimum=6)
        .shortage_at(40, "plant", "car", "made", 3, complete=True)
        .shortage_at(60, "plant", "car", "made", 1, allocation="proportional")
        .sourcing_at(50, "plant", "seat", "bought", "ranked", switches=True)
        .forecast_at(55, "east", "steel", "bought", 200_000, 9)
        .share_at(70, "home", "car", {"depot": 900_000, "plant": 100_000})
        .rank_at(80, "plant", "seat", {"east": 1, "west": 0}, priority=1)
        .speed_at(90, "west", "seat", 0)
        .speed_at(100, "west", "seat", 3, 1)
        .batch_at(110, "east", "seat", 1, 2)
        .yield_at(120, "plant", "car", "2/3", 2)
        .need_at(130, "east", "seat", "steel", "2/7")
        .terms_at(140, "plant", "east", "seat", 9, 9, 2)
        .lead_time_at(150, "plant", "west", "seat", 1)
        .network()
    )


STEEL = Forecast("exponential", 400_000, 4, 6, 5)
CASES = (busy_case, rough_case, short_case, poor_case, choosy_case, chain_case, changing_case)
