"""What became of every delivery's invoice: paid, sold to the bank, written off, or still owed.

In: deliveries and, where a firm's cash is simulated, what the log says of their payment.  Out: deliveries with columns
`paid` (tick, -1 while owed), `written_off` and `fee` (fen for a claim sold to the bank on delivery, -1 if kept).  A
payment that limits nobody needs no event: it is made when its term has run.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.errors import InvariantError
from chainsim.model import state
from chainsim.model.network import Network
from chainsim.records import Columns
from chainsim.results.columns import Table
from chainsim.results.frames import Tallied, number_of_order

OPEN: Final = -1
KEPT: Final = -1


def when_due(deliveries: Table, horizon: int) -> Table:
    """Every invoice is paid when it is due, if that is before the horizon."""
    due = deliveries["due"]
    written_off, fee = np.zeros(len(due), dtype=bool), np.full(len(due), KEPT, dtype=np.int64)
    return deliveries | {"paid": np.where(due < horizon, due, OPEN), "written_off": written_off, "fee": fee}


def claims(run: Tallied, deliveries: Table) -> Table:
    """The claims of a run; those that a firm with simulated cash owes or is owed go by the log.

    The k-th payment of an order is that of its k-th delivery.  Raises InvariantError where the two do not match.
    """
    found = when_due(deliveries, run.horizon)
    if not run.network.purses:
        return found
    followed = _followed(run.network)[found["lane"]]
    paid, written_off, fee = (found[name] for name in ("paid", "written_off", "fee"))
    paid[followed] = OPEN
    order, amount = found["order"], found["amount"]
    settled = [
        run.tally.kept[kind] for kind in (state.PAID, state.WRITTEN_OFF)
    ]  # nobody is paid after being written off
    at = _matching(order, np.concatenate([rows.order for rows in settled]), followed)
    if (amount[at] != np.concatenate([rows.quantity for rows in settled])).any():
        raise InvariantError("invariant broken: the ledger is wrong: a payment is not what was invoiced")
    paid[at] = np.concatenate([rows.tick for rows in settled])
    written_off[at[len(settled[0]) :]] = True
    sold = run.tally.kept[state.DISCOUNTED]
    fee[_matching(order, sold.order, followed)] = sold.quantity
    return found


def _followed(network: Network) -> np.ndarray:
    """Which lanes' claims the run itself follows: those of a firm with a purse, bool[lanes]."""
    firms = {purse.firm for purse in network.purses}
    stocks = network.stocks
    return np.array(
        [stocks[lane.buyer].firm in firms or stocks[lane.supplier].firm in firms for lane in network.lanes], dtype=bool
    )


def _matching(deliveries: Columns, rows: Columns, followed: np.ndarray) -> Columns:
    """The delivery that each row of the log is about, by order and number within it, int64[rows]."""
    most = len(deliveries) + len(rows) + 1
    keys = deliveries * most + number_of_order(deliveries)
    wanted = rows * most + number_of_order(rows)
    by_key = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys[by_key], wanted)
    at = by_key[np.minimum(place, len(keys) - 1)] if len(keys) else np.zeros(0, dtype=np.int64)
    if len(wanted) and (len(keys) == 0 or (keys[at] != wanted).any() or not followed[at].all()):
        raise InvariantError("invariant broken: the ledger is wrong: money was paid without goods")
    return at
