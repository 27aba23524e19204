"""The reconciliation: from the analytic multiplier to the simulated one, term by term.

In: the explanations of a run and of its counterfactual reruns.  Out: the table `reconciliation`.  The terms that are
measured are those of the run without limits; what each limit does is the difference of two runs; the remainder is what
the books say beyond what is explained, and no other term may use it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pandas as pd

from chainsim.economy.books import Books
from chainsim.economy.reconciliation.explanation import TERMS, Explanation, explanations
from chainsim.economy.reconciliation.flows import DEMANDED, NOT_DELIVERED
from chainsim.economy.reconciliation.lifted import LIFTED
from chainsim.model.network import Network
from chainsim.results.tables import FEN

REMAINDER: Final = "remainder"
SIMULATED: Final = "simulated"
ORDER: Final = (DEMANDED, NOT_DELIVERED, *TERMS, *LIFTED, REMAINDER, SIMULATED)


def reconcile(books: Books, rerun: Callable[[Network], Books]) -> pd.DataFrame:
    """Rows ring, measure, group, term, cny, per_yuan, in the order of `ORDER`; the last is the sum of the others.

    rerun: simulates another network on the same draws.  It is called for each limit that the network has.
    cny: yuan over the counted time.  per_yuan: per yuan of delivered final sales; the first is the multiplier of the
    planned final sales, the second what their delivery and their mix make different.
    """
    runs = [explanations(books)]
    network = books.run.network
    for lift in LIFTED.values():
        freer = lift(network)
        runs.append(runs[-1] if freer == network else explanations(rerun(freer)))
        network = freer
    rows = []
    for same in zip(*runs, strict=True):
        measure = same[0].measure
        for term, fen, per_yuan in _terms(same):
            rows.append((measure.ring, measure.name, measure.group, term, fen / FEN, per_yuan))
    return pd.DataFrame(rows, columns=["ring", "measure", "group", "term", "cny", "per_yuan"])


def _terms(runs: tuple[Explanation, ...]) -> list[tuple[str, float, float]]:
    """Term, fen and yuan per yuan of one measure; `runs`: as it was, then with one limit less each."""
    first, last = runs[0], runs[-1]

    def per(value: float, final: float) -> float:
        return value / final if final else 0.0

    delivered = per(last.demanded + last.not_delivered, last.final)
    rows = [
        (DEMANDED, last.demanded, last.leontief),
        (NOT_DELIVERED, last.not_delivered, delivered - last.leontief),
        *((term, last.terms[term], per(last.terms[term], last.final)) for term in TERMS),
    ]
    for name, limited, freer in zip(LIFTED, runs[:-1], runs[1:], strict=True):
        rows.append(
            (
                name,
                limited.explained - freer.explained,
                per(limited.explained, limited.final) - per(freer.explained, freer.final),
            )
        )
    simulated = per(first.booked, first.booked_final)
    rows.append((REMAINDER, first.booked - first.explained, simulated - per(first.explained, first.final)))
    rows.append((SIMULATED, first.booked, simulated))
    return rows
