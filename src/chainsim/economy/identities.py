"""What has to add up in every run, to the fen, before anybody sees a number.

In: a Run, its deliveries and the firms' accounts.  Out: nothing, or InvariantError naming the sum.  Each side is
counted from something else: orders, deliveries, stocks.
"""

from __future__ import annotations

import numpy as np

from chainsim.errors import InvariantError
from chainsim.results.columns import Table, of_kind
from chainsim.results.frames import Tallied, simulated_firms
from chainsim.results.steps import sums


def check(run: Tallied, every: Table, counted: Table, account: Table) -> None:
    """Raise InvariantError unless invoices are orders times prices, and value added is what is sold, made and bought.

    every: all deliveries; counted: those since the warm-up; account: of `production`.
    """
    _invoices_are_orders_times_prices(run, every)
    _value_added_is_expenditure(run, counted, account)


def _invoices_are_orders_times_prices(run: Tallied, every: Table) -> None:
    """What was invoiced on each lane is what its orders are worth: price x received, rounded down once an order."""
    worth = run.tally.worth
    invoiced = sums(every["lane"], every["amount"], len(worth))
    wrong = invoiced != worth
    if wrong.any():
        at = int(np.argmax(wrong))
        lane = run.network.lanes[at]
        names = " to ".join(run.network.stock_name(stock) for stock in (lane.supplier, lane.buyer))
        raise InvariantError(
            f"invariant broken: what {names} delivered was invoiced at {invoiced[at]} fen for orders worth {worth[at]}"
        )


def _value_added_is_expenditure(run: Tallied, counted: Table, account: Table) -> None:
    """Final sales - imports - freight - other inputs + change of stock + losses, over all simulated firms."""
    network = run.network
    simulated = simulated_firms(network)
    market, outside = of_kind(network, "market"), of_kind(network, "outside")
    amount, freight = counted["amount"], counted["freight"]
    buyer, seller = counted["buyer"], counted["seller"]
    final, imports = int(amount[market[buyer]].sum()), int(amount[outside[seller]].sum())
    carried = int(freight[simulated[buyer]].sum())
    rest = {name: int(account[name].sum()) for name in ("other_inputs", "stock_change", "losses")}
    expenditure = final - imports - carried - rest["other_inputs"] + rest["stock_change"] + rest["losses"]
    added = int(account["value_added"].sum())
    if added != expenditure:
        raise InvariantError(
            f"invariant broken: value added of all firms is {added} fen, but final sales - imports + change of stock "
            f"are {expenditure} fen"
        )
