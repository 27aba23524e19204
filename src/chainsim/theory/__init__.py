"""Closed forms and exact algorithms of queueing, inventory and input-output theory, to check simulations against.

In: numbers, lists and laws of demand.  Out: one number a formula.  `formulas` has every formula by name, with its
parameters, meaning and source; `evaluate` reads one written as a call:

    value, formula = evaluate("mm1_number_in_system(arrival_rate=0.8, service_rate=1)")

Formulas know no units: any consistent ones serve, times in days by convention.  This package must not know the
model, scenarios or engines.
"""

from chainsim.theory import (
    assembly,
    base_stock_continuous,
    base_stock_periodic,
    beer_game,
    bullwhip,
    disruption,
    eoq,
    law_kelton,
    leontief,
    newsvendor,
    queues_general,
    queues_markov,
    queues_network,
    reorder_periodic,
    reorder_point,
    serial,
    two_echelon,
)
from chainsim.theory.call import evaluate
from chainsim.theory.registry import Formula, Parameter, formulas

__all__ = [
    "Formula",
    "Parameter",
    "assembly",
    "base_stock_continuous",
    "base_stock_periodic",
    "beer_game",
    "bullwhip",
    "disruption",
    "eoq",
    "evaluate",
    "formulas",
    "law_kelton",
    "leontief",
    "newsvendor",
    "queues_general",
    "queues_markov",
    "queues_network",
    "reorder_periodic",
    "reorder_point",
    "serial",
    "two_echelon",
]
