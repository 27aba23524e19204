"""The tables that compare policies, from the measures of all runs.

In: tidy measures by policy and replication.  Out: tables by name, for the run folder.  This module must not know how
the measures came about.
"""

from __future__ import annotations

import pandas as pd

from chainsim.compare.common_luck import common_luck
from chainsim.compare.decision import decision_table
from chainsim.compare.described import described
from chainsim.compare.paired import comparison
from chainsim.compare.ranking import ranking


def side_by_side(kpis: pd.DataFrame, baseline: str, matters_if: float, years: float) -> dict[str, pd.DataFrame]:
    """comparison, decision, ranking, described and common_luck; years: length of the counted time."""
    return {
        "comparison": comparison(kpis, baseline, matters_if),
        "decision": decision_table(kpis, baseline, matters_if, years),
        "ranking": ranking(kpis),
        "described": described(kpis, baseline, matters_if),
        "common_luck": common_luck(kpis, baseline),
    }
