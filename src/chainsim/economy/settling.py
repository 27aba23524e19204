"""Shares that follow from each other, round by round, until they settle; many sets of them at once.

In: cells (a set and a stock point), what each was asked, and the arrows of deliveries and bills among them.
Out: the share of each cell.  This module must not know stock points, nor what the sets are for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from chainsim.records import Columns

ENOUGH: Final = 1e-12
ROUNDS: Final = 10_000  # a ring of parts needs itself again and again, each time less


@dataclass(frozen=True, slots=True)
class Web:
    """Cells and the arrows among them, which all stay within a set; places of cells, int64 each.

    owner: the set of each cell.  asked: 1 where the set chose the cell, else 0, float64[cells].
    buyer, seller, share: where each delivery went and came from, and its share of all that came, float64, 0..1.
    product, component: what needs what.
    """

    owner: Columns
    asked: np.ndarray
    buyer: Columns
    seller: Columns
    share: np.ndarray
    product: Columns
    component: Columns

    def settled(self) -> np.ndarray:
        """The share of each cell, float64[cells], 0..1: each set's before the round that moves none of it by more than
        ENOUGH, so that it is the same whichever sets are beside it.
        """
        web, result, live = self, self.asked.copy(), np.arange(len(self.owner))
        sets = self.owner.max(initial=-1) + 1
        for _ in range(ROUNDS):
            found = result[live]
            following = web.following(found)
            restless = np.zeros(sets, dtype=bool)
            restless[web.owner[np.abs(following - found) > ENOUGH]] = True
            going = restless[web.owner]
            result[live[going]] = following[going]
            if 2 * np.count_nonzero(going) <= len(going):  # so a few slow rings do not keep all others at work
                web, live = web.only(going), live[going]
            if not len(live):
                break
        return result

    def following(self, found: np.ndarray) -> np.ndarray:
        """What follows in one round from the shares found so far, float64[cells]."""
        through = np.bincount(self.buyer, self.share * found[self.seller], len(found))
        result: np.ndarray = np.maximum(self.asked, np.minimum(through, 1.0))
        np.maximum.at(result, self.product, result[self.component])
        return result

    def only(self, chosen: np.ndarray) -> Web:
        """Some cells and their arrows, bool[cells]: all of a set or none."""
        place = np.cumsum(chosen) - 1
        bought, needed = chosen[self.buyer], chosen[self.product]
        deliveries = place[self.buyer[bought]], place[self.seller[bought]], self.share[bought]
        needs = place[self.product[needed]], place[self.component[needed]]
        return Web(self.owner[chosen], self.asked[chosen], *deliveries, *needs)
