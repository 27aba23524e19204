"""Who supplies whom, and with which share, from the shares that a scenario states by group and ring.

In: a validated Scenario and a part.  Out: shares that sum to 1.  Which firms a buyer uses and how large a generated
firm is are drawn by names alone, so that an added firm reshuffles nobody else.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import TypeAlias

from chainsim.scenario.language import schema
from chainsim.scenario.network.naming import firm_names
from chainsim.streams import weight

DEFAULT_RING = "city"
Shares: TypeAlias = dict[str | None, Fraction]
GroupShares: TypeAlias = dict[tuple[str, str | None], Fraction]


def stated_shares(firm: schema.Plant | schema.Supplier) -> Shares | None:
    """Share of its part that a group states, by ring (None: of all its firms together); None where it states none."""
    if not isinstance(firm, schema.Supplier):
        return None
    if isinstance(firm.share, dict):
        return {ring: share for ring, share in firm.share.items()}
    if firm.share is not None:
        return {None: firm.share}
    own: Shares = {}
    for named in firm.firms.values():
        if named.share is not None:
            ring = named.ring or firm.ring or DEFAULT_RING
            own[ring] = own.get(ring, Fraction(0)) + named.share
    return own or None


def supply_shares(
    scenario: schema.Scenario, part: str, at: str | None = None, absent: Collection[str] = ()
) -> tuple[GroupShares, dict[str, Fraction]]:
    """Share of orders for `part` by (group, ring), and by outside source; together they sum to 1.

    at: the one group that supplies, if the buyer names it.  Groups that state no share split evenly, firm by firm,
    what is needed when no group states one; otherwise the unstated rest is bought outside.  absent: groups that take
    no orders; the others share what they leave in proportion, or else outside sources take it all; both results are
    empty where nobody is left.
    """
    shares, outside = _nominal(scenario, part, at)
    if not any(group in absent for group, _ in shares):
        return shares, outside
    present = {key: share for key, share in shares.items() if key[0] not in absent}
    if not present and not outside and at is None:
        return {}, _evenly(scenario, part, Fraction(1))
    total = sum(present.values(), Fraction(0)) + sum(outside.values(), Fraction(0))
    return {key: share / total for key, share in present.items()}, {
        name: share / total for name, share in outside.items()
    }


def _nominal(scenario: schema.Scenario, part: str, at: str | None) -> tuple[GroupShares, dict[str, Fraction]]:
    """Shares while everybody takes orders."""
    everyone: dict[str, schema.Plant | schema.Supplier] = {**scenario.plants, **scenario.suppliers}
    groups = {name: plan for name, plan in everyone.items() if plan.makes == part and at in (None, name)}
    stated: GroupShares = {}
    for name, plan in groups.items():
        stated.update({(name, ring): share for ring, share in (stated_shares(plan) or {}).items()})
    if groups and (at is not None or not stated):
        counts = {name: len(firm_names(name, plan)) for name, plan in groups.items()}
        total = sum(counts.values())
        return {(name, None): Fraction(count, total) for name, count in counts.items()}, {}
    rest = 1 - sum(stated.values(), Fraction(0))
    outside = _evenly(scenario, part, rest) if rest > 0 else {}
    return {key: share for key, share in stated.items() if share > 0}, outside


def _evenly(scenario: schema.Scenario, part: str, share: Fraction) -> dict[str, Fraction]:
    """A share spread evenly over the outside sources of a part."""
    sources = [name for name, source in scenario.outside.items() if source.supplies == "all" or part in source.supplies]
    return {name: share / len(sources) for name in sources}


def choose(names: Sequence[str], buyer: str, count: int | None) -> list[str]:
    """The `count` firms that a buyer uses, by rendezvous hashing (highest draw of the pair); all if count is None."""
    if count is None or count >= len(names):
        return sorted(names)
    ranked = sorted(names, key=lambda name: (-weight(0, "source", f"{buyer}>{name}"), name))
    return sorted(ranked[:count])


def sizes(plan: schema.Firm | None, names: Sequence[str], part: str) -> dict[str, Fraction]:
    """Relative size of each firm, summing to 1: what a list states, else equal or lognormal by the firm's name."""
    if not isinstance(plan, schema.Supplier) or not names:
        return {name: Fraction(1, len(names)) for name in names}
    stated = {name: firm.share for name, firm in plan.firms.items() if firm.share is not None}
    variance = math.log1p(float(plan.size_spread) ** 2)
    weights = {}
    for name in names:
        z = NormalDist().inv_cdf(weight(0, "size", f"{name}>{part}"))
        drawn = Fraction(round(math.exp(math.sqrt(variance) * z - variance / 2) * 10**6), 10**6)
        weights[name] = stated.get(name, drawn)
    total = sum(weights.values(), Fraction(0)) or Fraction(1)
    return {name: value / total for name, value in weights.items()}
