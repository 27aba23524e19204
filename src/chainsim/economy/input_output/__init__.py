"""Spending that no simulated firm carries, followed through an input-output table by sector.

In: a table of coefficients and yuan by sector.  Out: what becomes of them in a region, a country and beyond.  This
package must not know networks, scenarios or runs: what it returns stands beside simulated figures, on its own line.
"""

from chainsim.economy.input_output.table import Table, Vector, china_2011
from chainsim.economy.input_output.tail import Beyond, Households, Induced, Tail, beyond, closed, induced

__all__ = [
    "Beyond",
    "Households",
    "Induced",
    "Table",
    "Tail",
    "Vector",
    "beyond",
    "china_2011",
    "closed",
    "induced",
]
