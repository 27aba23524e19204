"""The supplier network as a drawing: where each firm stands, what it looks like, who supplies whom.

In: the tables of firms, lanes and bottlenecks.  Out: plain data for `network.js`.  Plants stand in the middle, each
tier on circles around them, firms of one category side by side; outside sources stand beyond.  The layout is computed
here, so that the page only draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from chainsim.compare.paired import BASELINE
from chainsim.report.html.source import Row, Source, rows_of

SPACING: Final = 22.0  # between neighbours, in units of the drawing
GAP: Final = 120.0  # between tiers
MIDDLE: Final = 25.0  # least radius of plants that are several
DEPTH: Final = 0.6  # how deep a band of many firms is: 1 fills as much of the radius as of the circumference
RINGS: Final = ("city", "province", "nation", "abroad")
KINDS: Final = ("chain_master", "supplier", "outside")
OUTSIDE: Final = "outside"


def drawing(source: Source) -> dict[str, Any]:
    """Columns by firm (`name`, `ring`, `tier`, ...), lanes as triples (buyer, supplier, yuan), values by policy."""
    firms = _firms(source)
    index = {str(row["firm"]): at for at, row in enumerate(firms)}
    places = layout([(int(row["level"]), str(row["category"]), str(row["ring"])) for row in firms])
    categories = list(dict.fromkeys(str(row["category"]) for row in firms))
    return {
        "name": [str(row["firm"]) for row in firms],
        "ring": [RINGS.index(row["ring"]) for row in firms],
        "tier": [int(row["level"]) for row in firms],
        "category": [categories.index(row["category"]) for row in firms],
        "district": [str(row["district"]) for row in firms],
        "revenue": [round(float(row["revenue_cny"])) for row in firms],
        "x": [round(x, 1) for x, _ in places],
        "y": [round(y, 1) for _, y in places],
        "categories": categories,
        "rings": list(RINGS),
        "outside": [at for at, row in enumerate(firms) if row["kind"] == OUTSIDE],
        "lanes": _lanes(source, index),
        "policies": source.policies,
        "used": [_used(source, policy, index) for policy in source.policies],
        "lost": [_lost(source, policy, index) for policy in source.policies],
    }


def _firms(source: Source) -> list[Row]:
    """Firms of the baseline, mean revenue; those that only other policies bring are left out.  Plants come first."""
    table = source.tables["firms"]
    table = table[(table["policy"] == BASELINE) & table["kind"].isin(KINDS)]
    known = table.drop_duplicates("firm")[["firm", "kind", "ring", "tier", "category", "district"]]
    revenue = table.groupby("firm", sort=False)["revenue_cny"].mean().rename("revenue_cny")
    firms = known.merge(revenue, on="firm")
    deepest = int(firms["tier"].max()) if len(firms) else 0
    firms["level"] = firms["tier"].where(firms["kind"] != OUTSIDE, deepest + 1)
    firms.loc[(firms["kind"] == "supplier") & (firms["level"] == 0), "level"] = 1  # warehouses have no tier
    firms["ring_at"] = firms["ring"].map(RINGS.index)
    return rows_of(firms.sort_values(["level", "category", "ring_at", "firm"], kind="stable"))


def layout(firms: Sequence[tuple[int, str, str]]) -> list[tuple[float, float]]:
    """Places of firms, given as (level, category, ring) in order: one level is one band of circles around the middle.

    A band has as many circles as its firms need to stand apart; neighbours in the order are neighbours on the drawing.
    """
    levels: dict[int, list[int]] = {}
    for at, (level, _, _) in enumerate(firms):
        levels.setdefault(level, []).append(at)
    places = [(0.0, 0.0)] * len(firms)
    radius = 0.0
    for level, members in sorted(levels.items()):
        if level == 0 and len(members) == 1:
            radius = GAP
            continue
        circles = max(1, round(DEPTH * math.sqrt(len(members) / (2 * math.pi))))
        radius = max(radius, MIDDLE, len(members) * SPACING / (2 * math.pi * circles))
        circles = math.ceil(len(members) * SPACING / (2 * math.pi * radius))
        # Firm number i of n stands at the same share of the way around, on circle i modulo the number of circles.
        for number, at in enumerate(members):
            angle = 2 * math.pi * number / len(members) - math.pi / 2
            far = radius + (number % circles) * SPACING
            places[at] = (far * math.cos(angle), far * math.sin(angle))
        radius += (circles - 1) * SPACING + (GAP if level + 1 in levels and level + 2 in levels else GAP / 2)
    return places


def _lanes(source: Source, index: dict[str, int]) -> list[int]:
    """Flat triples: buyer, supplier, mean revenue in thousands of yuan; the largest first, what never flowed is out."""
    table = source.tables["lanes"]
    table = table[table["policy"] == BASELINE]
    sums = table.groupby(["buyer", "supplier"], sort=False)["revenue_cny"].sum().reset_index()
    sums = sums[(sums["revenue_cny"] > 0) & sums["buyer"].isin(index) & sums["supplier"].isin(index)]
    sums = sums.sort_values("revenue_cny", ascending=False, kind="stable")
    runs = len(source.facts["replications"])
    found: list[int] = []
    for buyer, supplier, cny in zip(sums["buyer"], sums["supplier"], sums["revenue_cny"], strict=True):
        found += (index[buyer], index[supplier], max(1, round(cny / runs / 1000)))
    return found


def _used(source: Source, policy: str, index: dict[str, int]) -> list[int]:
    """Utilisation by firm, per mille; -1 where capacity is unlimited or nothing is made."""
    table = source.tables["firms"]
    means = table[table["policy"] == policy].groupby("firm", sort=False)["utilisation"].mean()
    found = [-1] * len(index)
    for firm, value in means.items():
        if firm in index and value > 0:
            found[index[str(firm)]] = round(value * 1000)
    return found


def _lost(source: Source, policy: str, index: dict[str, int]) -> list[list[float]]:
    """Firms that others' lines waited for, as the root of it: firm, hours, revenue held in thousands of yuan."""
    table: pd.DataFrame = source.tables["bottlenecks"]
    sums = table[table["policy"] == policy].groupby("root", sort=False)[["hours", "held_revenue_cny"]].sum()
    runs = len(source.facts["replications"])
    return [
        [index[str(row["root"])], round(row["hours"] / runs, 2), round(row["held_revenue_cny"] / runs / 1000)]
        for row in rows_of(sums.reset_index())
        if row["root"] in index and row["hours"] > 0
    ]
