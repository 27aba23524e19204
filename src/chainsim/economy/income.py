"""The income account of every firm: who gets its value added, and that the two sides of it agree.

In: a Run, the production account, the ledger before and after.  Out: fen by firm.  Wages, taxes on production,
depreciation and interest are stated shares of value added, beside the interest, fees and running costs that the log
knows of; profit is read off the balance sheet: what cash, claims, debts, equipment and stock have become.  So value
added from income and value added from production meet only if the ledger and the deliveries tell the same.
Tax on profits is China's 25 % unless the scenario says otherwise; value-added tax comes on top of prices and is no part
of value added here.  This module must not know rings or multipliers.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np

from chainsim.economy.accounts import CAPITAL, CASH, EQUIPMENT, PAYABLE, RECEIVABLE
from chainsim.economy.claims import KEPT
from chainsim.economy.rounding import Shares
from chainsim.errors import InvariantError
from chainsim.model import state
from chainsim.model.network import Network, Region
from chainsim.records import Columns
from chainsim.results.columns import Table
from chainsim.results.frames import Tallied, simulated_firms
from chainsim.results.remember import once_per_network
from chainsim.results.steps import sums

BALANCE_SHEET: Final = (CASH, RECEIVABLE, PAYABLE, EQUIPMENT, CAPITAL)
SHARES: Final = {"wages": "wages", "production_taxes": "tax", "depreciation": "depreciation", "interest": "interest"}
SIDES: Final = (*SHARES, "running_costs", "write_offs", "losses", "profit")
COLUMNS: Final = (*SIDES, "income_tax", "value_added_tax")


def income(
    run: Tallied,
    account: Table,
    claims: Table,
    before: np.ndarray,
    after: np.ndarray,
    audited: bool = True,
) -> Table:
    """The columns of `COLUMNS` by firm, int64, fen, of what measures count.

    account: of `production`.  claims: every delivery's invoice.  before, after: balances of the ledger at the end of
    the warm-up and of the run.  Raises InvariantError where the sides do not add up to value added to the fen, unless
    `audited` is off.
    """
    network = run.network
    simulated = simulated_firms(network)
    count = len(network.firms)
    added = account["value_added"]
    result = {name: share(np.maximum(added, 0)) for name, share in _shares(network).items()}
    accrued = np.sum(list(result.values()), axis=0)
    logged = _logged(run, claims, count)
    result["interest"] = result["interest"] + logged["interest"]
    result["running_costs"] = logged["running_costs"]
    result["write_offs"] = logged["write_offs"]
    result["losses"] = account["losses"]
    grown = (after - before)[:count, BALANCE_SHEET].sum(axis=1)
    profit = grown + account["stock_change"] - account["other_inputs"] - accrued
    result["profit"] = profit
    gap = added - np.sum([result[name] for name in SIDES], axis=0)
    if audited and gap[simulated].any():
        at = int(np.argmax(simulated & (gap != 0)))
        raise InvariantError(
            f"invariant broken: value added of {network.firms[at].name} from production exceeds that from income "
            f"by {gap[at]} fen"
        )
    region = network.region
    net = account["revenue"] - account["purchases"] - account["freight"] - account["other_inputs"]
    result["income_tax"] = Shares.of([region.income_tax])(np.maximum(result["profit"], 0))
    result["value_added_tax"] = Shares.of([region.vat])(net)
    return {name: np.where(simulated, result[name], 0) for name in COLUMNS}


def local_tax(region: Region, sides: Table) -> np.ndarray:
    """What the region's budgets keep of each firm's taxes, fen, float64[firms]: all of those on production."""
    kept: np.ndarray = (
        sides["production_taxes"]
        + float(region.local_income_tax) * sides["income_tax"]
        + float(region.local_vat) * sides["value_added_tax"]
    )
    return kept


@once_per_network
def _shares(network: Network) -> dict[str, Shares]:
    """By side, the stated share of each firm's value added."""
    rows, none = network.footprints, [Fraction(0)] * len(network.firms)
    return {name: Shares.of([getattr(row, field) for row in rows] or none) for name, field in SHARES.items()}


def _logged(run: Tallied, claims: Table, count: int) -> dict[str, Columns]:
    """What log and invoices say was paid beside goods, by firm: interest and fees, running costs, write-offs."""
    network = run.network
    purse = np.array([row.firm for row in network.purses], dtype=np.int64)
    begin = network.warm_up
    spent, interest, switched = (
        run.tally.kept[kind].since(begin) for kind in (state.SPENT, state.INTEREST, state.SWITCHED)
    )
    fee, lost = claims["fee"], claims["written_off"]
    sold = (fee != KEPT) & (claims["tick"] >= begin)
    lost = lost & (claims["paid"] >= begin)
    amount, seller, buyer = (claims[name] for name in ("amount", "seller", "buyer"))
    held = lost & (fee == KEPT)  # the loss of a claim that was sold is the bank's
    return {
        "interest": sums(purse[interest.entity], interest.quantity, count) + sums(seller[sold], fee[sold], count),
        "running_costs": sums(purse[spent.entity], spent.quantity, count)
        + sums(run.lanes.buyer[switched.entity], switched.quantity, count),
        "write_offs": sums(seller[held], amount[held], count) - sums(buyer[lost], amount[lost], count),
    }
