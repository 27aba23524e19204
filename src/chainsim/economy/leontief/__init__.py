"""Leontief's mathematics of a network: what its terms say, what a run did, and what a region keeps of it."""

from chainsim.economy.leontief.compiled import compile_network, sellers_of, versions
from chainsim.economy.leontief.leaks import Leaks, leaks
from chainsim.economy.leontief.planned import planned_sales, products, units_per_yuan
from chainsim.economy.leontief.realised import Realised, realised
from chainsim.economy.leontief.regional import Measure, Region, Rounds
from chainsim.economy.leontief.table import ALGEBRA, Leontief

__all__ = [
    "ALGEBRA",
    "Leaks",
    "Leontief",
    "Measure",
    "Realised",
    "Region",
    "Rounds",
    "compile_network",
    "leaks",
    "planned_sales",
    "products",
    "realised",
    "sellers_of",
    "units_per_yuan",
    "versions",
]
