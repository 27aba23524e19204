"""How many rows a log will have, told from the network alone, against those that it has."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from chainsim.engine import simpy_engine, work
from chainsim.model.network import Network
from chainsim.model.state import DEMANDED
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.testing import serial

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
EXACT = 1.25  # where stocks hold what is asked for
FACTOR = 5.0  # what the choice of an engine may rest on


def off(network: Network) -> float:
    """By which factor the estimate is wrong, in one direction or the other."""
    counted, told = len(simpy_engine.run(network, 0).events), work.rows(network)
    return max(counted / told, told / counted)


@pytest.mark.parametrize(
    "name",
    [
        "textbook/beer-game",  # four stock points, an order a week
        "textbook/eoq",  # large orders of a small demand
        "textbook/r-q",
        "textbook/s-S",
        "textbook/R-s-S",  # reviews that find nothing to do
        "textbook/law-kelton-20-60",
        "textbook/assemble-to-order",  # components of one product
        "textbook/bullwhip-chain",
        "textbook/queue-batches",  # batches smaller than orders
        "textbook/queue-breakdowns",
        "textbook/queue-mm1",
        "textbook/two-echelon",  # many shops, one warehouse
        "textbook/supplier-two-states",
        "counterexamples/local-share",
        "counterexamples/shared-stock",
        "templates/plant",
    ],
)
def test_rows_of_the_gallery_are_told_within_a_quarter(name: str) -> None:
    assert off(build(load(SCENARIOS / f"{name}.yaml"))) < EXACT


@pytest.mark.parametrize("name", ["leontief", "leontief-type-two", "leontief-closed"])
def test_parts_that_go_in_rings_order_each_other_until_nothing_is_left(name: str) -> None:
    """A tenth of these rows would be told from the orders of the market alone."""
    assert off(build(load(SCENARIOS / "textbook" / f"{name}.yaml"))) < FACTOR


def test_a_line_that_is_asked_for_more_than_it_can_make_makes_what_it_can() -> None:
    """Batches of 1 for orders of 500: as many as its speed allows, and each leaves at once."""
    loaded = load(SCENARIOS / "textbook" / "line-throughput.yaml", ["study.end=2024-02-20", "study.warm_up=0 days"])
    network = build(loaded)
    assert off(network) < EXACT
    slow = replace(network, lines=tuple(replace(line, ticks_per_quantum=Fraction(9_000)) for line in network.lines))
    assert work.rows(slow) < work.rows(network) / 20
    assert off(slow) < EXACT


@pytest.mark.parametrize("change", ["lot", "review", "minimum"])
def test_what_makes_orders_fewer_makes_less_work(change: str) -> None:
    network = serial(3_000, (3, 7), (2, 3), rate=2.0, seed=1)
    changed = [point if point.role == "sold" else replace(point, **{change: 50}) for point in network.stocks]
    fewer = replace(network, stocks=tuple(changed))
    assert off(network) < EXACT
    assert work.rows(fewer) < work.rows(network) * 0.8
    assert off(fewer) < FACTOR


@pytest.mark.parametrize(("horizon", "rate"), [(3_000, 2.0), (9_000, 0.5)])
def test_orders_expected_of_markets_are_about_those_that_come(horizon: int, rate: float) -> None:
    network = serial(horizon, (3, 7), (2, 3), rate=rate, seed=1)
    told = sum(work.orders(market, network.horizon) for market in network.markets)
    demanded = int((simpy_engine.run(network, 0).events[:, 1] == DEMANDED).sum())
    assert abs(told - demanded) < 0.1 * demanded
