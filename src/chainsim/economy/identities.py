"""What has to add up in every run, to the fen, before anybody sees a number.

In: a Run, its deliveries and the firms' accounts.  Out: nothing, or InvariantError naming the sum.  Each side is
counted from something else: orders, deliveries, stocks.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from chainsim.errors import InvariantError
from chainsim.model import state
from chainsim.results.frames import Run, simulated_firms
from chainsim.results.steps import sums


def check(run: Run, every: pd.DataFrame, counted: pd.DataFrame, account: pd.DataFrame) -> None:
    """Raise InvariantError unless invoices are orders times prices, and value added is what is sold, made and bought.

    every: all deliveries; counted: those since the warm-up; account: of `production`.
    """
    _invoices_are_orders_times_prices(run, every)
    _value_added_is_expenditure(run, counted, account)


def _invoices_are_orders_times_prices(run: Run, every: pd.DataFrame) -> None:
    """What was invoiced for each order is its price x what was received of it, rounded down once."""
    orders = run.orders
    count = len(orders)
    order = every["order"].to_numpy()
    invoiced = sums(order, every["amount"].to_numpy(), count)
    rows = run.of_kind(state.RECEIVED)
    received = sums(rows.order, rows.quantity, count)
    per_unit = run.lanes.per_unit[orders["lane"].to_numpy()]
    wrong = invoiced != np.where(received > 0, orders["price"].to_numpy() * received // per_unit, 0)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise InvariantError(
            f"invariant broken: order {at} was invoiced at {invoiced[at]} fen for {received[at]} quanta received"
        )


def _value_added_is_expenditure(run: Run, counted: pd.DataFrame, account: pd.DataFrame) -> None:
    """Final sales - imports - freight - other inputs + change of stock + losses, over all simulated firms."""
    network = run.network
    simulated = simulated_firms(network)
    market = np.array([firm.kind == "market" for firm in network.firms], dtype=bool)
    outside = np.array([firm.kind == "outside" for firm in network.firms], dtype=bool)
    amount, freight = counted["amount"].to_numpy(), counted["freight"].to_numpy()
    buyer, seller = counted["buyer"].to_numpy(), counted["seller"].to_numpy()
    final, imports = int(amount[market[buyer]].sum()), int(amount[outside[seller]].sum())
    carried = int(freight[simulated[buyer]].sum())
    rest = {name: int(account[name].to_numpy().sum()) for name in ("other_inputs", "stock_change", "losses")}
    expenditure = final - imports - carried - rest["other_inputs"] + rest["stock_change"] + rest["losses"]
    added = int(account["value_added"].to_numpy().sum())
    if added != expenditure:
        raise InvariantError(
            f"invariant broken: value added of all firms is {added} fen, but final sales - imports + change of stock "
            f"are {expenditure} fen"
        )
