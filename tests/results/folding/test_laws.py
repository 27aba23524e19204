"""The fold refuses a log that breaks a law, wherever it is cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from chainsim.errors import InvariantError
from chainsim.kernels import Kernels, arrays, loops
from chainsim.model import state
from chainsim.records import Log
from chainsim.results.folding import fold
from chainsim.testing.cases import busy_case, rough_case
from chainsim.testing.replay import Run

Plant = Callable[[Log], Log]


def twice(kind: int) -> Plant:
    """The last row of a kind once more, right behind."""

    def plant(log: Log) -> Log:
        at = int(np.flatnonzero(log.events[:, 1] == kind)[-1])
        return replace(log, events=np.insert(log.events, at, log.events[at], axis=0))

    return plant


def first_twice(kind: int) -> Plant:
    """The first row of a kind once more, right behind."""

    def plant(log: Log) -> Log:
        at = int(np.flatnonzero(log.events[:, 1] == kind)[0])
        return replace(log, events=np.insert(log.events, at, log.events[at], axis=0))

    return plant


def backwards(log: Log) -> Log:
    return replace(log, events=log.events[::-1].copy())


def too_late(log: Log) -> Log:
    events = log.events.copy()
    events[-1, 0] = log.horizon
    return replace(log, events=events)


CASES = {
    "shipped twice": (busy_case, first_twice(state.SHIPPED)),
    "received twice": (busy_case, first_twice(state.RECEIVED)),
    "started twice": (busy_case, first_twice(state.STARTED)),
    "finished twice": (busy_case, first_twice(state.FINISHED)),
    "scrapped twice": (rough_case, first_twice(state.SCRAPPED)),
    "the last one received twice": (busy_case, twice(state.RECEIVED)),
    "time runs backwards": (busy_case, backwards),
    "after the end": (busy_case, too_late),
}


@pytest.mark.parametrize(("rows", "kernels"), [(1, arrays), (13, arrays), (10**6, arrays), (13, loops)])
@pytest.mark.parametrize(("case", "plant"), CASES.values(), ids=CASES)
def test_a_planted_fault_is_refused(case: Callable[[], Run], plant: Plant, rows: int, kernels: Kernels) -> None:
    run = case()
    fold(run.network, run.log, rows, kernels=kernels)
    with pytest.raises(InvariantError, match="invariant broken"):
        fold(run.network, plant(run.log), rows, kernels=kernels)


@pytest.mark.parametrize("rows", [1, 10**6])
def test_a_wrong_price_in_the_hand_is_seen(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invoices that are a fen too dear are not what the orders are worth."""
    true = arrays._rise
    monkeypatch.setattr(arrays, "_rise", lambda price, *between: true(price + 1, *between))
    run = busy_case()
    with pytest.raises(InvariantError, match="was invoiced at"):
        fold(run.network, run.log, rows)
