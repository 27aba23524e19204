"""Changes at stock points: row by row as the log has them, told from another loop."""

from __future__ import annotations

import numpy as np
import pytest

from chainsim.results.columns import lane_columns
from chainsim.results.folding.block import block_of
from chainsim.results.folding.effects import DEMANDED, ON_HAND, ORDERED, Effects, Sides
from chainsim.results.folding.hand import Hand
from chainsim.testing.cases import busy_case, rough_case


@pytest.mark.parametrize("case", [busy_case, rough_case])
@pytest.mark.parametrize("sides", [ON_HAND, ORDERED, DEMANDED], ids=["on hand", "ordered", "demanded"])
@pytest.mark.parametrize("all_", [True, False], ids=["all", "some"])
def test_each_row_changes_whom_it_is_about_in_the_order_of_the_log(case: object, sides: Sides, all_: bool) -> None:
    run = case()  # type: ignore[operator]
    network, lanes = run.network, lane_columns(run.network)
    only = None if all_ else np.array([point.role != "outside" for point in network.stocks])
    expected = []
    for tick, kind, _, entity, quantity in run.log.events.tolist():
        if kind in sides:
            side, sign = sides[kind]
            lane = network.lanes[entity] if side != "own" else None
            stock = entity if lane is None else lane.buyer if side == "buyer" else lane.supplier
            if only is None or only[stock]:
                expected.append((stock, tick, sign * quantity))
    block = block_of(run.log.events, 0, network.horizon, Hand(lanes))
    found = list(zip(*(column.tolist() for column in Effects(network, lanes, sides, only).of(block)), strict=True))
    assert found == expected
    assert expected or sides is not ON_HAND
