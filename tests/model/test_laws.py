"""The laws that every run keeps, on random networks, recomputed from the log alone; and that each of them can
fail.

The laws are `chainsim.testing.laws`; their names are the specification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from chainsim.model import state
from chainsim.model.state import (
    CONSUMED,
    DEMAND_LEVEL,
    DEMANDED,
    DESTROYED,
    DISCOUNTED,
    FINISHED,
    GROWN,
    INSOLVENT,
    INTEREST,
    INVESTED,
    LANE_LEVEL,
    LINE_LEVEL,
    LOST,
    PAID,
    PLACED,
    RECEIVED,
    RELEASED,
    SCRAPPED,
    SHIPPED,
    SPENT,
    STARTED,
    STARVED,
    STOCK_LEVEL,
    SWITCHED,
)
from chainsim.testing import LAWS, Law, Run, assert_every_law, laws, runs
from chainsim.testing.cases import CASES, busy_case, chain_case, choosy_case, poor_case, rough_case, short_case

Events = NDArray[np.int64]
TICK, KIND, ORDER, ENTITY, QUANTITY = range(5)


@given(run=runs())
def test_every_law_holds_in_any_network(run: Run) -> None:
    assert_every_law(run)


@given(run=runs(changes=False, ample=True))
def test_every_law_holds_where_only_stock_can_run_short(run: Run) -> None:
    assert_every_law(run)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(max_examples=max(1, settings.default.max_examples // 10))  # type: ignore[union-attr]
@given(run=runs())
def test_in_any_network(law: Law, run: Run) -> None:
    """A few networks for each law by itself, so that a broken one is told by its name; most are judged above."""
    law(run)


# A law that cannot fail proves nothing: each is shown a log in which one thing was falsified.


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


def each(change: Callable[[Events, int, int], Events], kind: int) -> Callable[[Run], Iterator[Events]]:
    """One falsified log for each event of a kind, changed with the next one of its kind; one of them must show."""

    def falsify(run: Run) -> Iterator[Events]:
        rows = np.flatnonzero(run.log.events[:, KIND] == kind).tolist()
        for row, following in zip(rows, [*rows[1:], rows[-1]], strict=True):
            yield change(run.log.events.copy(), row, following)

    return falsify


def struck(events: Events, row: int, _: int) -> Events:
    """Without this row."""
    return np.delete(events, row, axis=0)


def exchanged(events: Events, row: int, following: int) -> Events:
    """This one and the next change places; the ticks stay."""
    columns = [ORDER, ENTITY, QUANTITY]
    events[np.ix_([row, following], columns)] = events[np.ix_([following, row], columns)]
    return events


def shifted(events: Events, row: int, following: int) -> Events:
    """Two quanta go to this one instead of to the next."""
    events[row, QUANTITY] += 2
    events[following, QUANTITY] -= 2
    return events


def elsewhere(events: Events, row: int, _: int) -> Events:
    """It is about the next entity."""
    events[row, ENTITY] += 1
    return events


def preceded(kind: int, entity_of: Callable[[Run, int], int], quantity: int, of: int) -> Callable[[Run], Events]:
    """The last event of a kind happens right after something that should have prevented it."""

    def falsify(run: Run) -> Events:
        events = run.log.events
        row = where(run, of, -1)
        wedge = [events[row, TICK], kind, -1, entity_of(run, int(events[row, ENTITY])), quantity]
        return np.insert(events, row, wedge, axis=0)

    return falsify


def first_of_all(kind: int) -> Callable[[Run], Events]:
    """The first event of a kind happens before everything else."""

    def falsify(run: Run) -> Events:
        row = where(run, kind, 0)
        events = np.insert(np.delete(run.log.events, row, axis=0), 0, run.log.events[row], axis=0)
        events[0, TICK] = 0
        return events

    return falsify


def supplier_of(run: Run, lane: int) -> int:
    return run.network.lanes[lane].supplier


def buyer_s_purse(run: Run, lane: int) -> int:
    firm = run.network.stocks[run.network.lanes[lane].buyer].firm
    return next(n for n, purse in enumerate(run.network.purses) if purse.firm == firm)


Falsify = Callable[[Run], Events | Iterator[Events]]
FALSIFIED: list[tuple[Law, Callable[[], Run], Falsify]] = [
    (laws.times_are_within_the_horizon_and_never_run_backwards, busy_case, at(SHIPPED, TICK, -3)),
    (laws.times_are_within_the_horizon_and_never_run_backwards, busy_case, at(RECEIVED, TICK, 60, -1)),
    (laws.quantities_are_positive, busy_case, lambda run: run.log.events * [1, 1, 1, 1, 0]),
    (laws.stock_on_hand_is_never_negative, busy_case, at(SHIPPED, QUANTITY, 50)),
    (laws.stock_on_hand_is_never_negative, busy_case, at(CONSUMED, QUANTITY, 50)),
    (laws.stock_and_backorders_never_coexist, busy_case, at(SHIPPED, QUANTITY, -1)),
    (laws.an_order_goes_through_its_life_in_order, busy_case, twice(RECEIVED)),
    (laws.an_order_goes_through_its_life_in_order, busy_case, twice(SHIPPED)),
    (laws.an_order_goes_through_its_life_in_order, busy_case, without(STARTED)),
    (laws.an_order_goes_through_its_life_in_order, busy_case, at(PLACED, QUANTITY, 1)),
    (laws.every_shipment_arrives_once_after_its_lead_time, busy_case, delayed(RECEIVED)),
    (laws.every_shipment_arrives_once_after_its_lead_time, busy_case, twice(SHIPPED)),
    (laws.every_shipment_arrives_once_after_its_lead_time, busy_case, without(RECEIVED)),
    (laws.every_batch_finishes_once_after_its_processing_time, busy_case, delayed(FINISHED)),
    (laws.every_batch_finishes_once_after_its_processing_time, busy_case, without(FINISHED)),
    (laws.components_used_are_the_bill_of_materials_times_what_was_started, busy_case, at(CONSUMED, QUANTITY, 1)),
    (laws.components_used_are_the_bill_of_materials_times_what_was_started, busy_case, without(CONSUMED)),
    (laws.a_line_never_runs_more_batches_than_it_has_servers, busy_case, without(FINISHED)),
    (laws.a_line_works_whenever_it_can, busy_case, lambda run: run.log.events[: where(run, STARTED)]),
    (laws.first_come_first_served, busy_case, swapped(PLACED, 0, 20)),
    (laws.a_continuously_reviewed_position_never_stays_at_its_reorder_point, busy_case, without(RELEASED)),
    (laws.a_continuously_reviewed_position_never_stays_at_its_reorder_point, busy_case, at(PLACED, QUANTITY, 1)),
    (laws.a_periodic_review_orders_up_to_its_level, busy_case, of_outside("add")),
    (laws.a_periodic_review_orders_up_to_its_level, busy_case, of_outside("delay")),
    (laws.final_demand_is_what_the_market_drew_and_all_of_it_is_ordered, busy_case, at(DEMANDED, QUANTITY, 1)),
    (laws.final_demand_is_what_the_market_drew_and_all_of_it_is_ordered, busy_case, without(PLACED, 0)),
    (laws.each_supplier_has_its_share_to_within_one_lot, busy_case, at(PLACED, QUANTITY, 3)),
    (laws.stock_on_order_integrates_to_the_time_orders_took, busy_case, at(PLACED, TICK, 1)),
    (laws.busy_time_is_service_received, busy_case, delayed(FINISHED)),
    (laws.a_line_starves_only_for_what_it_lacks_and_says_so, busy_case, at(STARVED, QUANTITY, 1)),
    (laws.a_line_starves_only_for_what_it_lacks_and_says_so, busy_case, without(STARVED)),
    (laws.material_is_conserved_part_by_part, busy_case, at(FINISHED, QUANTITY, 1)),
    (laws.material_is_conserved_part_by_part, busy_case, without(SHIPPED)),
    (laws.the_log_adds_up_to_the_state, busy_case, without(RECEIVED)),
    (laws.the_log_adds_up_to_the_state, busy_case, without(CONSUMED)),
    (laws.deliveries_that_keep_their_order_never_cross, rough_case, each(exchanged, RECEIVED)),
    (laws.what_is_no_scrap_is_the_yield_of_what_was_started, rough_case, at(SCRAPPED, QUANTITY, 1, 0)),
    (laws.what_is_no_scrap_is_the_yield_of_what_was_started, rough_case, without(SCRAPPED)),
    (laws.a_disruption_destroys_its_share_of_the_stock, rough_case, at(DESTROYED, QUANTITY, 1, 0)),
    (laws.a_disruption_destroys_its_share_of_the_stock, rough_case, without(DESTROYED, 0)),
    (laws.lanes_stocks_and_markets_are_at_the_worst_of_their_stages, rough_case, without(LANE_LEVEL, 1)),
    (laws.lanes_stocks_and_markets_are_at_the_worst_of_their_stages, rough_case, delayed(STOCK_LEVEL, 0)),
    (laws.lanes_stocks_and_markets_are_at_the_worst_of_their_stages, rough_case, at(DEMAND_LEVEL, QUANTITY, 1, 0)),
    (laws.a_line_runs_at_the_speed_that_hazards_and_growth_leave, rough_case, delayed(LINE_LEVEL, 0)),
    (laws.a_line_runs_at_the_speed_that_hazards_and_growth_leave, rough_case, at(LINE_LEVEL, QUANTITY, 1, 0)),
    (laws.a_line_that_stands_still_starts_nothing, rough_case, preceded(LINE_LEVEL, lambda _, p: p, 0, STARTED)),
    (laws.every_batch_finishes_once_after_its_processing_time, rough_case, delayed(FINISHED)),
    (laws.a_line_grows_when_it_was_busy_and_shrinks_when_it_was_idle, rough_case, without(GROWN, 0)),
    (laws.a_line_grows_when_it_was_busy_and_shrinks_when_it_was_idle, rough_case, at(GROWN, QUANTITY, 1, 0)),
    (laws.a_line_grows_when_it_was_busy_and_shrinks_when_it_was_idle, rough_case, delayed(INVESTED, 0)),
    (laws.those_of_higher_priority_are_served_first, short_case, each(exchanged, SHIPPED)),
    (laws.proportional_allocation_gives_each_the_same_share, short_case, each(struck, SHIPPED)),
    (laws.complete_orders_leave_in_one_delivery, short_case, each(shifted, SHIPPED)),
    (laws.final_demand_is_lost_only_beyond_the_backlog_limit, short_case, each(struck, LOST)),
    (laws.final_demand_is_lost_only_beyond_the_backlog_limit, choosy_case, each(elsewhere, LOST)),
    (laws.what_is_closed_or_blocked_ships_nothing, rough_case, preceded(STOCK_LEVEL, supplier_of, 0, SHIPPED)),
    (laws.what_is_closed_or_blocked_ships_nothing, rough_case, preceded(LANE_LEVEL, lambda _, k: k, 0, SHIPPED)),
    (laws.an_echelon_position_is_all_that_is_downstream_less_final_demand, chain_case, without(PLACED, 40)),
    (laws.every_lot_goes_to_the_supplier_whose_turn_it_is, choosy_case, each(elsewhere, PLACED)),
    (laws.every_lot_goes_to_the_supplier_whose_turn_it_is, choosy_case, without(SWITCHED, 0)),
    (laws.every_lot_goes_to_the_supplier_whose_turn_it_is, choosy_case, at(SWITCHED, QUANTITY, 1, 0)),
    (laws.a_claim_is_paid_once_when_it_is_due_and_the_money_is_there, poor_case, delayed(PAID)),
    (laws.a_claim_is_paid_once_when_it_is_due_and_the_money_is_there, poor_case, at(PAID, QUANTITY, 1)),
    (laws.a_claim_is_paid_once_when_it_is_due_and_the_money_is_there, poor_case, twice(PAID)),
    (laws.late_claims_are_paid_in_the_order_in_which_they_were_due, poor_case, each(exchanged, PAID)),
    (laws.every_claim_is_sold_on_delivery_or_kept, poor_case, without(DISCOUNTED)),
    (laws.running_costs_and_interest_are_paid_every_month, poor_case, at(SPENT, QUANTITY, 1, 2)),
    (laws.running_costs_and_interest_are_paid_every_month, poor_case, without(INTEREST, 0)),
    (laws.patience_ends_in_insolvency, poor_case, delayed(INSOLVENT, 0)),
    (laws.patience_ends_in_insolvency, poor_case, first_of_all(INSOLVENT)),
    (laws.an_insolvent_firm_does_nothing, poor_case, first_of_all(INSOLVENT)),
    (laws.nobody_buys_beyond_its_floor, poor_case, preceded(SPENT, buyer_s_purse, 10**6, PLACED)),
    (laws.the_log_adds_up_to_the_state, poor_case, at(PAID, QUANTITY, 1)),
    (laws.the_log_adds_up_to_the_state, rough_case, without(SCRAPPED)),
    (laws.the_log_adds_up_to_the_state, short_case, without(LOST, 0)),
]


@pytest.mark.parametrize(("law", "case", "falsify"), FALSIFIED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_falsified_log_breaks_the_law(law: Law, case: Callable[[], Run], falsify: Falsify) -> None:
    run = case()
    law(run)
    falsified = falsify(run)
    logs = [falsified] if isinstance(falsified, np.ndarray) else falsified
    assert any(breaks(law, run._replace(log=replace(run.log, events=events))) for events in logs)


def breaks(law: Law, run: Run) -> bool:
    try:
        law(run)
    except AssertionError:
        return True
    return False


def test_every_law_is_shown_a_falsified_log() -> None:
    assert {law for law, _, _ in FALSIFIED} == set(LAWS)


def test_everything_that_can_happen_happens_in_the_cases() -> None:
    kinds = {kind for case in CASES for kind in case().log.events[:, KIND].tolist()}
    assert kinds == set(range(state.LOG_KINDS))
    assert {c.kind for case in CASES for c in case().network.changes} == set(range(state.CHANGE_KINDS))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_law_holds_in_the_cases(case: Callable[[], Run]) -> None:
    assert_every_law(case())
