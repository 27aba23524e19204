"""Local job multipliers that others have estimated: to be shown beside ours with their sources, never mixed with them.

They answer another question: how many jobs in local services (not in suppliers) a city has, years later, for each job
more in manufacturing, by regression over many cities.  Ours count suppliers' jobs per yuan of one chain's sales.
In: nothing.  Out: rows for display.  Nothing may be computed from these numbers: only reports import this module.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import Final

import pandas as pd


@dataclass(frozen=True, slots=True)
class Quote:
    """One estimate.  jobs: in `local`, per job more in `cause`, in the same area."""

    area: str
    cause: str
    local: str
    jobs: float
    source: str


_MORETTI: Final = 'Moretti (2010), "Local Multipliers", American Economic Review 100(2), 373-377, abstract'
_THULIN: Final = (
    'Moretti & Thulin (2013), "Local multipliers and human capital in the United States and Sweden", Industrial and '
    "Corporate Change 22(1), 339-362; rounded, as KTH reported it on 3 September 2012 (10 jobs: about {})"
)
_DIJK: Final = (
    'van Dijk (2014), "Local Employment Multipliers in U.S. Cities", Oxford Department of Economics Discussion Paper '
    "730, abstract: Moretti (2010) worked through again, without support for a difference by skill"
)
_WANG: Final = (
    'Wang & Chanda (2018), "Manufacturing growth and local employment multipliers in China", Journal of Comparative '
    "Economics 46(2), 515-543, abstract: 34 jobs per 100"
)

QUOTES: Final = (
    Quote("cities, United States", "manufacturing", "nontradables", 1.6, _MORETTI),
    Quote("cities, United States", "tradables, skilled", "nontradables", 2.5, _MORETTI),
    Quote("cities, United States", "tradables, unskilled", "nontradables", 1.0, _MORETTI),
    Quote("cities, United States", "tradables", "nontradables", 1.02, _DIJK),
    Quote("Sweden", "tradables", "nontradables", 0.5, _THULIN.format(5)),
    Quote("prefecture-level cities, China", "manufacturing", "nontradables", 0.34, _WANG),
)


def quoted_multipliers() -> pd.DataFrame:
    """Rows area, cause, local, jobs, source: one a quote, as published."""
    return pd.DataFrame([astuple(quote) for quote in QUOTES], columns=[field.name for field in fields(Quote)])
