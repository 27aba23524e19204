"""Where a run's deliveries differ from what its final demand calls for, in quanta by lane.

In: a Run and one Segment.  Out: what each lane delivered because of each cause that can be counted in the log.

For every stock point that is bought, what was received is, by the books of goods,

    received = need x delivered of the product
             + rise of its own stock + what was destroyed of it
             + raw need x (rise of work in process + scrap beyond plan)
             + need x (rise of the product's stock + goods on their way to its buyers + what was destroyed of them)
             + what its line took beyond the bill, because a quantum is not divided

Each addend is counted, split among suppliers by nominal share, and
followed up the chain with (I - B)^-1.  What lanes received beyond their nominal share is sourcing.  This module must
not know money.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from chainsim.economy.reconciliation.goods import goods
from chainsim.economy.reconciliation.segments import Segment
from chainsim.records import Columns, Floats
from chainsim.results.frames import Tallied

Quanta: TypeAlias = Columns | Floats

CAUSES: Final = (
    "opening transient",
    "stock building",
    "in process and under way",
    "losses and scrap",
    "whole units",
    "sourcing",
)
DEMANDED: Final = "demanded"
NOT_DELIVERED: Final = "final demand not delivered"


@dataclass(frozen=True, slots=True)
class Flows:
    """Quanta by lane, float64[lanes], of each of DEMANDED, NOT_DELIVERED and `CAUSES`; received: what came, int64."""

    received: Columns
    of: dict[str, Floats]


def flows(run: Tallied, segment: Segment) -> Flows:
    """The deliveries of one segment, taken apart."""
    moved = goods(run, segment)
    buyer = run.lanes.buyer_stock
    nothing = np.zeros(len(segment.cost))
    trades = np.zeros(len(segment.cost), dtype=bool)  # what a warehouse sells is the stock that it buys
    trades[segment.made_from[segment.made_from == buyer]] = True
    extra = {
        "opening transient": _asked(segment, buyer, moved.gap, moved.gap, nothing),
        "stock building": _asked(segment, buyer, moved.stock - moved.gap, moved.stock - moved.gap, nothing),
        "in process and under way": _asked(
            segment, buyer, np.where(trades, moved.transit, 0), moved.transit, moved.process
        ),
        "losses and scrap": _asked(segment, buyer, moved.destroyed, moved.destroyed, moved.scrap),
    }
    product = np.maximum(segment.made_from, 0)
    makes = (segment.made_from >= 0) & (product != buyer)
    extra["whole units"] = np.where(makes, moved.consumed[buyer] - segment.raw * moved.started[product], 0.0)
    of = {name: _follow(segment, segment.share * quanta) for name, quanta in extra.items()}
    of["sourcing"] = _follow(segment, moved.received - segment.share * moved.into[buyer])
    final = np.where(segment.made_from < 0, segment.share, 0.0)
    of[DEMANDED] = _follow(segment, final * moved.demanded[buyer])
    of[NOT_DELIVERED] = _follow(segment, final * (moved.into - moved.demanded)[buyer])
    return Flows(moved.received, of)


def _asked(segment: Segment, buyer: Columns, own: Quanta, made: Quanta, started: Quanta) -> Floats:
    """What each lane's buyer takes on top, float64[lanes]: for its own stock, its product's, and what its line began.

    own, made, started: by stock point.  A warehouse has its own stock only.
    """
    product = np.maximum(segment.made_from, 0)
    passed = segment.need * made[product] + segment.raw * started[product]
    asked = own[buyer] + np.where(product == buyer, 0.0, passed)
    result: Floats = np.where(segment.made_from >= 0, asked, 0.0)
    return result


def _follow(segment: Segment, own: Floats) -> Floats:
    """What lanes deliver when they deliver `own` on top of what the products' deliveries call for, by lane."""
    sold = np.zeros(len(segment.cost))
    np.add.at(sold, segment.supplier, own)
    delivered = np.zeros(len(segment.cost))
    delivered[segment.sellers] = segment.inverse @ sold[segment.sellers]
    used = segment.made_from >= 0
    called: Floats = np.where(used, segment.share * segment.need * delivered[np.maximum(segment.made_from, 0)], 0.0)
    return own + called
