"""Leontief's mathematics of a network: what its terms say, what a run did, and what a region keeps of it."""

from chainsim.economy.leontief.compiled import compile_network, sellers_of, versions
from chainsim.economy.leontief.realised import Realised, realised
from chainsim.economy.leontief.regional import Measure, Region, Rounds
from chainsim.economy.leontief.table import ALGEBRA, Leontief

__all__ = [
    "ALGEBRA",
    "Leontief",
    "Measure",
    "Realised",
    "Region",
    "Rounds",
    "compile_network",
    "realised",
    "sellers_of",
    "versions",
]
