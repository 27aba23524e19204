"""Whether forecasts in a ring of parts can feed on their own orders.

In: a View of a sound scenario.  Out: a warning a ring.  Only declared cycles can do so, so all others cost nothing.
This module must not know the algebra, nor dated changes: the baseline is judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainsim.errors import Problem
from chainsim.scenario.checks.view import View
from chainsim.scenario.network.blueprint import Blueprint, StockKey, spell_out
from chainsim.scenario.network.stability import unstable_loops
from chainsim.scenario.text.nodes import Path

HINT = "average over longer, cover less, buy less in the ring, or follow the plan, as `cover` does"


def check_forecasts(view: View) -> Iterator[Problem]:
    """Targets that follow current demand in a ring of parts: from a spectral radius of 1 on swings need not die out."""
    if not view.scenario.allow_cycles:
        return
    blueprint = spell_out(view.scenario)
    for loop in unstable_loops(blueprint):
        path, *others = _rule(view, blueprint, loop.worst)
        message = (
            f"{path[-1]} of {path[1]} follows its own orders in the cycle {' -> '.join(loop.parts)}: spectral radius "
            f"{loop.radius:.2f}, from 1 on orders can swing ever wider"
        )
        yield view.problem(path, message, HINT, warning=True, among=others)


def _rule(view: View, blueprint: Blueprint, stock: StockKey) -> list[Path]:
    """Where the rule of a stock point may stand, the place that the file has first."""
    name, _, role = stock
    group = blueprint.firms[name].category
    section = next(one for one in ("plants", "suppliers", "warehouses") if group in getattr(view.scenario, one))
    key = "stock" if section == "warehouses" else "finished_stock" if role == "made" else "component_stock"
    places: list[Path] = [("firms", name, key), (section, group, "firms", name, key), (section, group, key)]
    return sorted(places, key=lambda place: view.node(place) is None)
