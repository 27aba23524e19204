"""Laws of the log as such: time and quantities."""

from __future__ import annotations

from chainsim.model import state
from chainsim.testing.run import Run, rows_of

MAY_BE_ZERO = (
    state.FINISHED,
    state.LINE_LEVEL,
    state.LANE_LEVEL,
    state.STOCK_LEVEL,
    state.DEMAND_LEVEL,
    state.SWITCHED,
    state.GROWN,
    state.PAID,
    state.DISCOUNTED,
    state.WRITTEN_OFF,
)


def times_are_within_the_horizon_and_never_run_backwards(run: Run) -> None:
    """Every tick is in [0, horizon), in order."""
    network, log = run.network, run.log
    ticks = [row.tick for row in rows_of(run.log)]
    assert log.horizon == network.horizon
    assert all(0 <= tick < log.horizon for tick in ticks)
    assert ticks == sorted(ticks)


def quantities_are_positive(run: Run) -> None:
    """No row of the log is about nothing, but for levels, fees, free switches and batches that are all scrap."""
    for row in rows_of(run.log):
        assert row.quantity > 0 or (row.quantity == 0 and row.kind in MAY_BE_ZERO), row
