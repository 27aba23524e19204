"""What firms have to pay with, as rows of the network's purses.

In: what the scenario says of each firm's cash.  Out: purses in the order of the firms.  This module must not know who
buys from whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from chainsim.model import network as net
from chainsim.model.network import WHOLE_SHARE
from chainsim.scenario.network.blueprint import PurseSpec

DAY = 86_400
MONTH, YEAR = Fraction(30 * DAY), Fraction(365 * DAY)


def purses(
    specs: Mapping[str, PurseSpec], firms: Sequence[str], ticks: Callable[[Fraction], int]
) -> Iterator[net.Purse]:
    """Rows for the firms whose cash is simulated; costs per time become fen a month of 30 days."""
    for index, name in enumerate(firms):
        cash = specs[name].cash if name in specs else None
        if cash is None:
            continue
        yield net.Purse(
            index,
            cash.opening,
            cash.credit_line,
            cash.floor,
            -1 if cash.insolvent_after is None else ticks(cash.insolvent_after),
            round(cash.fixed_costs * MONTH),
            round(cash.running_costs * WHOLE_SHARE),
            round(cash.interest * WHOLE_SHARE),
            -1 if cash.discounting is None else round(cash.discounting * WHOLE_SHARE),
            max(1, ticks(MONTH)),
            max(1, ticks(YEAR)),
        )
