"""The calendar of the compiled engine, interpreted: how it stops for what it needs and goes on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("numba")  # the package is its door

from chainsim.engine import compiled_engine, simpy_engine
from chainsim.engine.base import LogBuilder, make_room
from chainsim.engine.compiled_engine import columns, layout
from chainsim.engine.compiled_engine.calendar import advance
from chainsim.engine.compiled_engine.layout import LEAF, Calendar, Rows
from chainsim.model.network import Network
from chainsim.testing import networks, serial
from chainsim.testing.cases import CASES


def test_rows_that_do_not_fit_are_counted_and_not_written() -> None:
    rows = Rows(np.zeros((1, 2), dtype=np.int64), np.zeros(1, dtype=np.int64))
    rows.append((1, 2))
    rows.append((3, 4))
    assert (rows.rows.tolist(), rows.used.tolist()) == ([[1, 2]], [2])


def interpreted(network: Network, room: int) -> tuple[Any, set[int]]:
    """The log by `advance`, interpreted, on a calendar that is too short for everything; and what it asked for."""
    opening = columns.opened(network)
    run = compiled_engine._Run(opening, 0, LogBuilder())
    state = compiled_engine.columns.open_state(network)
    make_room(state, network)
    run.state = state._replace(log=run.state.log, placed=run.state.placed, outbox=run.state.outbox)
    run.calendar = _short(run.calendar, room)
    asked = set()
    while True:
        wanted = advance(run.state, run.calendar, network.horizon, 50, 5)
        asked.add(wanted)
        if wanted == layout.DRAWS:
            run.draw()
        elif wanted == layout.SPACE:
            run.calendar = compiled_engine._longer(run.calendar, int(run.state.outbox.used[0]))
        elif wanted == layout.ROOM:
            make_room(run.state, network)
        else:
            run.flush()
            if wanted == layout.FINISHED_RUN:
                return run.builder.build(network.horizon), asked


def _short(k: Calendar, room: int) -> Calendar:
    k.control[layout.FREE_USED] = room
    k.control[layout.FAR] = 1
    short: dict[str, Any] = {name: getattr(k, name)[: room * LEAF] for name in ("entries", "near")}
    short |= {name: getattr(k, name)[:room] for name in ("before", "queue", "turn", "spare")}
    return k._replace(free=np.arange(room), pool=k.pool[:room], **short)


@given(networks(), st.integers(1, 9))
def test_it_stops_for_whatever_is_short_and_goes_on_where_it_stood(network: Network, room: int) -> None:
    log, _ = interpreted(network, room)
    assert log.events.tobytes() == simpy_engine.run(network, 0).events.tobytes()


def test_it_has_asked_for_everything_it_can_ask_for() -> None:
    asked: set[int] = set()
    for network in (*(case().network for case in CASES), serial(300, (3, 7), (2, 3), rate=2.0, seed=8)):
        asked |= interpreted(network, 1)[1]
    wanted = {layout.FINISHED_RUN, layout.DRAWS, layout.SPACE, layout.ROOM, layout.FLUSH}
    assert asked == wanted
