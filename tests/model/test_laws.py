"""The laws that every run keeps, on random networks, recomputed from the log alone; and that each of them can
fail.

The laws are `chainsim.testing.laws`; their names are the specification.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from chainsim.model.distributions import Uniform
from chainsim.model.state import (
    CONSUMED,
    DEMANDED,
    FINISHED,
    PLACED,
    RECEIVED,
    RELEASED,
    SHIPPED,
    STARTED,
    STARVED,
)
from chainsim.testing import LAWS, Law, Run, Sketch, assert_every_law, laws, runs, simulate

Events = NDArray[np.int64]
TICK, KIND, ORDER, ENTITY, QUANTITY = range(5)


@given(run=runs())
def test_every_law_holds_in_any_network(run: Run) -> None:
    assert_every_law(run)


@given(run=runs(changes=False, ample=True))
def test_every_law_holds_where_only_stock_can_run_short(run: Run) -> None:
    assert_every_law(run)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(max_examples=settings.default.max_examples // 5)  # type: ignore[union-attr]
@given(run=runs())
def test_in_any_network(law: Law, run: Run) -> None:
    law(run)


# A law that cannot fail proves nothing: each is shown a log in which one thing was falsified.


def busy_case() -> Run:
    """Everything happens here: shortage, starving, an outage, two suppliers, reviews, random times."""
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


def where(run: Run, kind: int, number: int = 5) -> int:
    """Row of the n-th event of a kind."""
    return int(np.flatnonzero(run.log.events[:, KIND] == kind)[number])


def at(kind: int, column: int, change: int, number: int = 5) -> Callable[[Run], Events]:
    """Add `change` to one field of the n-th event of a kind."""

    def falsify(run: Run) -> Events:
        events = run.log.events.copy()
        events[where(run, kind, number), column] += change
        return events

    return falsify


def without(kind: int, number: int = 5) -> Callable[[Run], Events]:
    """Strike out the n-th event of a kind."""
    return lambda run: np.delete(run.log.events, where(run, kind, number), axis=0)


def twice(kind: int, number: int = 5) -> Callable[[Run], Events]:
    """Book the n-th event of a kind twice."""
    return lambda run: np.insert(run.log.events, where(run, kind, number), run.log.events[where(run, kind, number)], 0)


def swapped(kind: int, first: int = 5, second: int = 6) -> Callable[[Run], Events]:
    """Exchange the order numbers of two events of a kind."""

    def falsify(run: Run) -> Events:
        events = run.log.events.copy()
        rows = [where(run, kind, first), where(run, kind, second)]
        events[rows, ORDER] = events[rows[::-1], ORDER]
        return events

    return falsify


def delayed(kind: int, number: int = 5) -> Callable[[Run], Events]:
    """Move the n-th event of a kind to the next tick."""

    def falsify(run: Run) -> Events:
        events = run.log.events.copy()
        events[where(run, kind, number), TICK] += 1
        return events[np.argsort(events[:, TICK], kind="stable")]

    return falsify


def of_outside(change: str) -> Callable[[Run], Events]:
    """Falsify the third order for paint, the component that is reviewed every 4 days."""

    def falsify(run: Run) -> Events:
        network = run.network
        lane = next(k for k, row in enumerate(network.lanes) if network.stocks[row.supplier].role == "outside")
        events = run.log.events.copy()
        row = np.flatnonzero((events[:, KIND] == PLACED) & (events[:, ENTITY] == lane))[2]
        events[row, TICK if change == "delay" else QUANTITY] += 1
        return events[np.argsort(events[:, TICK], kind="stable")]

    return falsify


FALSIFIED: list[tuple[Law, Callable[[Run], Events]]] = [
    (laws.times_are_within_the_horizon_and_never_run_backwards, at(SHIPPED, TICK, -3)),
    (laws.times_are_within_the_horizon_and_never_run_backwards, at(RECEIVED, TICK, 60, -1)),
    (laws.quantities_are_positive, lambda run: run.log.events * [1, 1, 1, 1, 0]),
    (laws.stock_on_hand_is_never_negative, at(SHIPPED, QUANTITY, 50)),
    (laws.stock_on_hand_is_never_negative, at(CONSUMED, QUANTITY, 50)),
    (laws.stock_and_backorders_never_coexist, at(SHIPPED, QUANTITY, -1)),
    (laws.an_order_goes_through_its_life_in_order, twice(RECEIVED)),
    (laws.an_order_goes_through_its_life_in_order, twice(SHIPPED)),
    (laws.an_order_goes_through_its_life_in_order, without(STARTED)),
    (laws.an_order_goes_through_its_life_in_order, at(PLACED, QUANTITY, 1)),
    (laws.every_shipment_arrives_once_after_its_lead_time, delayed(RECEIVED)),
    (laws.every_shipment_arrives_once_after_its_lead_time, twice(SHIPPED)),
    (laws.every_shipment_arrives_once_after_its_lead_time, without(RECEIVED)),
    (laws.every_batch_finishes_once_after_its_processing_time, delayed(FINISHED)),
    (laws.every_batch_finishes_once_after_its_processing_time, without(FINISHED)),
    (laws.components_used_are_the_bill_of_materials_times_what_was_started, at(CONSUMED, QUANTITY, 1)),
    (laws.components_used_are_the_bill_of_materials_times_what_was_started, without(CONSUMED)),
    (laws.a_line_never_runs_more_batches_than_it_has_servers, without(FINISHED)),
    (laws.a_line_works_whenever_it_can, lambda run: run.log.events[: where(run, STARTED)]),
    (laws.first_come_first_served, swapped(PLACED, 0, 20)),
    (laws.a_continuously_reviewed_position_never_stays_at_its_reorder_point, without(RELEASED)),
    (laws.a_continuously_reviewed_position_never_stays_at_its_reorder_point, at(PLACED, QUANTITY, 1)),
    (laws.a_periodic_review_orders_up_to_its_level, of_outside("add")),
    (laws.a_periodic_review_orders_up_to_its_level, of_outside("delay")),
    (laws.final_demand_is_what_the_market_drew_and_all_of_it_is_ordered, at(DEMANDED, QUANTITY, 1)),
    (laws.final_demand_is_what_the_market_drew_and_all_of_it_is_ordered, without(PLACED, 0)),
    (laws.each_supplier_has_its_share_to_within_one_lot, at(PLACED, QUANTITY, 3)),
    (laws.stock_on_order_integrates_to_the_time_orders_took, at(PLACED, TICK, 1)),
    (laws.busy_time_is_service_received, delayed(FINISHED)),
    (laws.a_line_starves_only_for_what_it_lacks_and_says_so, at(STARVED, QUANTITY, 1)),
    (laws.a_line_starves_only_for_what_it_lacks_and_says_so, without(STARVED)),
    (laws.material_is_conserved_part_by_part, at(FINISHED, QUANTITY, 1)),
    (laws.material_is_conserved_part_by_part, without(SHIPPED)),
    (laws.the_log_adds_up_to_the_state, without(RECEIVED)),
    (laws.the_log_adds_up_to_the_state, without(CONSUMED)),
]


@pytest.mark.parametrize(("law", "falsify"), FALSIFIED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_falsified_log_breaks_the_law(law: Law, falsify: Callable[[Run], Events]) -> None:
    run = busy_case()
    law(run)
    false = run._replace(log=replace(run.log, events=falsify(run)))
    with pytest.raises(AssertionError):
        law(false)


def test_every_law_is_shown_a_falsified_log() -> None:
    assert {law for law, _ in FALSIFIED} == set(LAWS)


def test_the_busy_case_has_everything_that_can_happen() -> None:
    assert set(busy_case().log.events[:, KIND].tolist()) == set(range(9))
