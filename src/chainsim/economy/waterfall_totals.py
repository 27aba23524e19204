"""What a waterfall amounts to by ring, and how one of a policy differs from the baseline's.

In: tables of `waterfall`.  Out: tables.  This module must not know networks.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from chainsim.economy.waterfall import ADDED, AMOUNTS, FIRMS, KEYS, NOWHERE, RINGS, WHATS, tier_rank


def ring_totals(table: pd.DataFrame) -> pd.DataFrame:
    """Rows ring, cumulated (the province includes the city, the nation both); then abroad, and what nobody has placed.

    Columns gross, consolidated (without sales inside one group), value_added: of simulated firms; tail: value added
    that is computed with the input-output table; other: what stays there and is not opened, or is bought abroad.
    Per yuan of final sales; the rows of nation, abroad and "" hold all of it: value_added + tail + other adds up to 1.
    """
    simulated, added = table["what"] == FIRMS, table["becomes"] == ADDED
    rows = []
    for ring in (*RINGS, NOWHERE):
        rings = RINGS[: RINGS.index(ring) + 1] if ring in RINGS[:3] else (ring,)
        here = table["ring"].isin(rings)
        gross = float(table.loc[here & simulated, "gross"].sum())
        rows.append(
            (
                ring,
                gross,
                gross - float(table.loc[here & simulated, "inside_group"].sum()),
                *(
                    float(table.loc[here & which, "stays"].sum())
                    for which in (simulated, added & ~simulated, ~added & ~simulated)
                ),
            )
        )
    return pd.DataFrame(rows, columns=["ring", "gross", "consolidated", "value_added", "tail", "other"])


def compared(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Waterfalls by policy in one table, the first the baseline: each has the rows of all, 0 where it lacks one.

    Columns policy, those of a waterfall, and difference, difference_cny: what stays more than in the baseline.
    """
    keys = list(KEYS)
    names: set[tuple[str, ...]] = {tuple(row) for table in tables.values() for row in table[keys].to_numpy().tolist()}
    ranked = sorted(names, key=_rank)
    every = pd.DataFrame(ranked, columns=keys)
    found, base = [], None
    for policy, table in tables.items():
        one = every.merge(table, on=keys, how="left")
        priced = bool(table["stays_cny"].notna().all())
        amounts = [*AMOUNTS, *(f"{name}_cny" for name in AMOUNTS if priced)]
        one[amounts] = one[amounts].fillna(0.0)
        base = one if base is None else base
        one.insert(0, "policy", policy)
        found.append(
            one.assign(difference=one["stays"] - base["stays"], difference_cny=one["stays_cny"] - base["stays_cny"])
        )
    return pd.concat(found, ignore_index=True)


def _rank(name: tuple[str, ...]) -> tuple[int, int, str, int]:
    """Firms first, then what leaves them; from the market upwards, from the city outwards."""
    what, tier, ring, sector, _ = name
    return WHATS.index(what), tier_rank(tier) if tier else 0, sector, (*RINGS, NOWHERE).index(ring)
