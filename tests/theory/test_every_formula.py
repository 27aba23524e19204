"""Every registered formula can be called by name, from text alone, and knows its own parameters."""

from __future__ import annotations

import pytest

from chainsim.theory import evaluate, formulas

# One argument for each name of a parameter, the same wherever the name occurs.
ARGUMENTS = {
    "among_households": "0.05",
    "arrival_rate": "0.4",
    "arrival_rates": "[0.2, 0.3]",
    "backorder_cost": "9",
    "backorders": "2",
    "batch_mean": "2",
    "batch_rate": "0.3",
    "batch_second_moment": "5",
    "capacity": "6",
    "coefficients": "[[0.15, 0.25], [0.2, 0.05]]",
    "component": "2",
    "consumption": "[0.05, 0.4]",
    "correlation": "0.3",
    "covers": "[1, 2]",
    "cycle_demand": "10",
    "demand_mean": "10",
    "demand_rates": "[1, 2]",
    "demand_rate": "1.5",
    "demand_sd": "3",
    "disruption_probability": "0.05",
    "disruption_rate": "0.5",
    "echelon_holding_costs": "[2, 1]",
    "fill_rate": "0.95",
    "final_demand": "[600, 1500]",
    "holding_cost": "1",
    "holding_costs": "[3, 1]",
    "initial": "60",
    "initial_demand": "4",
    "interarrival_mean": "2",
    "interarrival_sd": "1",
    "item_cost": "3",
    "jobs": "5",
    "labour": "[0.3, 0.25]",
    "lag_high": "1",
    "lag_low": "1/2",
    "lead_time": "2",
    "lead_times": "[1, 2]",
    "level": "6",
    "levels": "[12, 13]",
    "lost_sale_cost": "5",
    "months": "12",
    "number": "2",
    "order_cost": "20",
    "order_delay": "1",
    "order_up_to": "14",
    "periods": "20",
    "priority": "2",
    "probability": "0.9",
    "production_delay": "2",
    "production_rate": "40",
    "protection_sd": "0.5",
    "protection_time": "3",
    "quantity": "5",
    "recovery_probability": "0.25",
    "recovery_rate": "4",
    "reorder_point": "3",
    "repair_mean": "0.5",
    "review_period": "2",
    "sector": "1",
    "servers": "2",
    "service": "0.95",
    "service_mean": "0.8",
    "service_rate": "1",
    "service_rates": "[1, 2]",
    "service_sd": "0.5",
    "service_time": "1",
    "setup_cost": "32",
    "setup_mean": "0.2",
    "setup_sd": "0.1",
    "ship_delay": "2",
    "size": "discrete([1, 2], [1/2, 1/2])",
    "speed": "20",
    "stage": "2",
    "supplier": "2",
    "times": "[1, 3, 2]",
    "uptime_mean": "10",
    "warehouse_demand_rate": "4",
    "warehouse_holding_cost": "1",
    "warehouse_lead_time": "2",
    "warehouse_level": "5",
    "weight": "0.3",
    "weights": "[0.3, 0.2]",
    "window": "4",
    "windows": "[3, 4]",
}
DEMAND = {"law": "poisson(3)", "number": "4", "list": "[4, 6]"}
OTHERWISE = {("tandem_number_in_system", "servers"): "[1, 2]", ("tandem_sojourn", "servers"): "[1, 2]"}


def written(name: str, required_only: bool) -> str:
    """A call of the formula `name` with an argument for each of its parameters."""
    parts = []
    for parameter in formulas[name].parameters:
        if required_only and not parameter.required:
            continue
        known = DEMAND[parameter.kind] if parameter.name == "demand" else ARGUMENTS[parameter.name]
        parts.append(f"{parameter.name}={OTHERWISE.get((name, parameter.name), known)}")
    return f"{name}({', '.join(parts)})"


@pytest.mark.parametrize("name", sorted(formulas))
def test_it_is_called_with_and_without_what_may_be_left_out(name: str) -> None:
    for required_only in (False, True):
        value, called = evaluate(written(name, required_only))
        assert called is formulas[name]
        assert isinstance(value, float)


@pytest.mark.parametrize("name", sorted(formulas))
@pytest.mark.parametrize("odd", ["-1", "0"])
def test_a_number_without_meaning_gives_a_message_and_no_traceback(name: str, odd: str) -> None:
    """Each number in turn replaced: a value, or a ValueError that begins with the formula's name."""
    for parameter in formulas[name].parameters:
        if parameter.kind in ("number", "whole number"):
            known = DEMAND["number"] if parameter.name == "demand" else ARGUMENTS[parameter.name]
            text = written(name, False).replace(f"{parameter.name}={known}", f"{parameter.name}={odd}", 1)
            message = name
            try:
                evaluate(text)
            except ValueError as error:
                message = str(error)
            assert message.startswith(name)
