"""Between which districts goods travel how long, and at which freight.

In: the `transport` section.  Out: what holds from one district to another.  This module must not know lanes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from chainsim.model.distributions import Distribution
from chainsim.scenario.language import schema

Pair: TypeAlias = tuple[str, str]  # district of the seller, of the buyer
Roads: TypeAlias = dict[Pair, tuple[Distribution | None, int | None]]  # lead time, freight


def directions(entry: schema.Transport) -> Iterator[Pair]:
    """The directions in which an entry holds; one inside a district."""
    yield entry.sender, entry.receiver
    if not entry.one_way and entry.sender != entry.receiver:
        yield entry.receiver, entry.sender


def roads(entries: Iterable[schema.Transport]) -> Roads:
    """Lead time and freight by pair of districts, None where an entry says nothing."""
    return {pair: (entry.lead_time, entry.freight) for entry in entries for pair in directions(entry)}
