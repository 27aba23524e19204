"""Laws that every run keeps exactly, recomputed from the network and the log alone.

Each takes a run and raises AssertionError where the law is broken.  They hold for any network: shortages, outages,
several tiers, fractional bills of materials, lots, reviews, forecasts, ranked suppliers, calendars, growth, cash.  One
module a family; the names are the specification."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chainsim.testing.laws.capacity import (
    a_line_grows_when_it_was_busy_and_shrinks_when_it_was_idle,
    a_line_never_runs_more_batches_than_it_has_servers,
    a_line_runs_at_the_speed_that_hazards_and_growth_leave,
    a_line_starves_only_for_what_it_lacks_and_says_so,
    a_line_that_stands_still_starts_nothing,
    a_line_works_whenever_it_can,
    busy_time_is_service_received,
    every_batch_finishes_once_after_its_processing_time,
)
from chainsim.testing.laws.disruption import lanes_stocks_and_markets_are_at_the_worst_of_their_stages
from chainsim.testing.laws.material import (
    a_disruption_destroys_its_share_of_the_stock,
    components_used_are_the_bill_of_materials_times_what_was_started,
    material_is_conserved_part_by_part,
    stock_and_backorders_never_coexist,
    stock_on_hand_is_never_negative,
    the_log_adds_up_to_the_state,
    what_is_no_scrap_is_the_yield_of_what_was_started,
)
from chainsim.testing.laws.money import (
    a_claim_is_paid_once_when_it_is_due_and_the_money_is_there,
    an_insolvent_firm_does_nothing,
    every_claim_is_sold_on_delivery_or_kept,
    late_claims_are_paid_in_the_order_in_which_they_were_due,
    nobody_buys_beyond_its_floor,
    patience_ends_in_insolvency,
    running_costs_and_interest_are_paid_every_month,
)
from chainsim.testing.laws.orders import (
    an_order_goes_through_its_life_in_order,
    deliveries_that_keep_their_order_never_cross,
    every_shipment_arrives_once_after_its_lead_time,
    final_demand_is_what_the_market_drew_and_all_of_it_is_ordered,
    stock_on_order_integrates_to_the_time_orders_took,
)
from chainsim.testing.laws.replenishment import (
    a_continuously_reviewed_position_never_stays_at_its_reorder_point,
    a_periodic_review_orders_up_to_its_level,
    an_echelon_position_is_all_that_is_downstream_less_final_demand,
)
from chainsim.testing.laws.service import (
    complete_orders_leave_in_one_delivery,
    final_demand_is_lost_only_beyond_the_backlog_limit,
    first_come_first_served,
    proportional_allocation_gives_each_the_same_share,
    those_of_higher_priority_are_served_first,
    what_is_closed_or_blocked_ships_nothing,
)
from chainsim.testing.laws.sourcing import (
    each_supplier_has_its_share_to_within_one_lot,
    every_lot_goes_to_the_supplier_whose_turn_it_is,
)
from chainsim.testing.laws.time import (
    quantities_are_positive,
    times_are_within_the_horizon_and_never_run_backwards,
)
from chainsim.testing.run import Run

Law = Callable[[Run], None]

LAWS: Final[tuple[Law, ...]] = (
    times_are_within_the_horizon_and_never_run_backwards,
    quantities_are_positive,
    stock_on_hand_is_never_negative,
    stock_and_backorders_never_coexist,
    an_order_goes_through_its_life_in_order,
    every_shipment_arrives_once_after_its_lead_time,
    deliveries_that_keep_their_order_never_cross,
    every_batch_finishes_once_after_its_processing_time,
    components_used_are_the_bill_of_materials_times_what_was_started,
    what_is_no_scrap_is_the_yield_of_what_was_started,
    a_disruption_destroys_its_share_of_the_stock,
    lanes_stocks_and_markets_are_at_the_worst_of_their_stages,
    a_line_runs_at_the_speed_that_hazards_and_growth_leave,
    a_line_never_runs_more_batches_than_it_has_servers,
    a_line_that_stands_still_starts_nothing,
    a_line_works_whenever_it_can,
    a_line_starves_only_for_what_it_lacks_and_says_so,
    a_line_grows_when_it_was_busy_and_shrinks_when_it_was_idle,
    first_come_first_served,
    those_of_higher_priority_are_served_first,
    proportional_allocation_gives_each_the_same_share,
    complete_orders_leave_in_one_delivery,
    final_demand_is_lost_only_beyond_the_backlog_limit,
    what_is_closed_or_blocked_ships_nothing,
    a_continuously_reviewed_position_never_stays_at_its_reorder_point,
    an_echelon_position_is_all_that_is_downstream_less_final_demand,
    a_periodic_review_orders_up_to_its_level,
    final_demand_is_what_the_market_drew_and_all_of_it_is_ordered,
    each_supplier_has_its_share_to_within_one_lot,
    every_lot_goes_to_the_supplier_whose_turn_it_is,
    stock_on_order_integrates_to_the_time_orders_took,
    busy_time_is_service_received,
    material_is_conserved_part_by_part,
    a_claim_is_paid_once_when_it_is_due_and_the_money_is_there,
    late_claims_are_paid_in_the_order_in_which_they_were_due,
    every_claim_is_sold_on_delivery_or_kept,
    running_costs_and_interest_are_paid_every_month,
    patience_ends_in_insolvency,
    an_insolvent_firm_does_nothing,
    nobody_buys_beyond_its_floor,
    the_log_adds_up_to_the_state,
)


def assert_every_law(run: Run) -> None:
    """All laws at once, for tests of models built on chainsim."""
    for law in LAWS:
        law(run)
