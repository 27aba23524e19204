"""A policy that touches nothing, for each kind of setting: what it set, and why that did not bind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chainsim.compare import settings
from chainsim.compare.divergence import diverge
from chainsim.compare.touched import Reason, only_tables, why_nothing
from chainsim.engine import simpy_engine
from chainsim.model.network import Region
from chainsim.results.frames import frames
from chainsim.testing.sketch import Sketch

Change = Callable[[Sketch], Sketch]


def shop() -> Sketch:
    """A plant with 4 servers of which one is ever busy, and a second supplier without share; demand ends the list."""
    sketch = Sketch(100).firm("plant", "chain_master")
    sketch.make("plant", "car", servers=4, time=1, batch=10)
    sketch.buy("plant", "motor", "car", 1, {"maker": 1_000_000, "spare": 0}, 8, time=2)
    sketch.make("maker", "motor", 8, servers=2, time=1).make("spare", "motor", servers=1, time=1)
    return sketch.market("buyers", "car", "plant", every=10)


def reasons(change: Change) -> list[Reason]:
    before, after = shop().network(), change(shop()).network()
    one, other = (frames(network, simpy_engine.run(network, 0)) for network in (before, after))
    assert diverge(one, other).same
    return why_nothing(before, after, one)


NEVER_BINDS: list[tuple[str, Change, str, str]] = [
    (
        "more capacity",
        lambda s: s.speed_at(50, "plant", "car", 8),
        settings.CAPACITY,
        "no line ever had all its servers busy: at most 25% of them",
    ),
    (
        "capacity of a line without work",
        lambda s: s.speed_at(50, "spare", "motor", 8),
        settings.CAPACITY,
        "none of these lines had anything to make from then on",
    ),
    (
        "terms",
        lambda s: s.terms_at(50, "plant", "maker", "motor", 30, 1),
        settings.TERMS,
        "no firm here can run short of cash, so only tables of money look at it",
    ),
    (
        "lead time of a lane without orders",
        lambda s: s.lead_time_at(50, "plant", "spare", "motor", 9),
        settings.LEAD_TIMES,
        "nothing was sent on these lanes from then on",
    ),
    (
        "a choice that nobody had to make",
        lambda s: s.rank_at(50, "plant", "motor", {"maker": 1, "spare": 0}),
        settings.CHOICE,
        "no supplier failed or ran short, so nobody was asked in its place",
    ),
    (
        "yield of a line without work",
        lambda s: s.yield_at(50, "spare", "motor", "1/2"),
        settings.YIELDS,
        "none of these lines started a batch from then on",
    ),
    (
        "shortages that there are none of",
        lambda s: s.shortage_at(50, "maker", "motor", "made", allocation="priority"),
        settings.SHORTAGES,
        "nobody had to wait there, so nobody was served otherwise",
    ),
    (
        "lots that hide the level",
        lambda s: s.levels_at(99, "spare", "motor", "made", -1, 5),
        settings.LEVELS,
        "nothing was ordered there from then on",
    ),
]


@pytest.mark.parametrize(
    ("change", "what", "why"), [row[1:] for row in NEVER_BINDS], ids=[row[0] for row in NEVER_BINDS]
)
def test_what_was_set_and_why_it_never_bound(change: Change, what: str, why: str) -> None:
    (reason,) = reasons(change)
    assert (reason.what, reason.why) == (what, why)


def test_capacity_that_was_all_in_use_is_not_said_to_be_idle() -> None:
    """Both servers are busy at once now and then: a third one is no news only because nothing waited."""
    sketch = shop().market("others", "motor", "maker", every=10, quantity=20).speed_at(95, "maker", "motor", 3)
    before = shop().market("others", "motor", "maker", every=10, quantity=20).network()
    run = frames(before, simpy_engine.run(before, 0))
    (reason,) = why_nothing(before, sketch.network(), run)
    assert "at most" not in reason.why or "50%" in reason.why


def test_what_only_tables_read_is_no_setting_of_the_run() -> None:
    before = shop().network()
    after = replace(before, region=replace(Region(), construction=1))
    found = why_nothing(before, after)
    assert [(reason.what, reason.places) for reason in found] == [(settings.BOOKS, 1)]
    assert only_tables(found)


def test_two_networks_alike_have_no_reason() -> None:
    assert why_nothing(shop().network(), shop().network()) == []


def test_without_a_run_nothing_is_said_that_only_a_run_shows() -> None:
    (reason,) = why_nothing(shop().network(), shop().speed_at(50, "plant", "car", 8).network())
    assert reason == Reason(settings.CAPACITY, 1, 50, "")
