"""Who supplies whom, and with which share, from the shares that a scenario states by group and ring.

In: a validated Scenario and a part.  Out: shares that sum to 1.  Which firms a buyer uses and how large a generated
firm is are drawn by names alone, so that an added firm reshuffles nobody else.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist
from typing import TypeAlias

from chainsim.scenario.language import schema
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.remember import once_per_scenario
from chainsim.streams import weight

DEFAULT_RING = "city"
Shares: TypeAlias = dict[str | None, Fraction]
GroupShares: TypeAlias = dict[tuple[str, str | None], Fraction]
Seller: TypeAlias = schema.Plant | schema.Supplier | schema.Warehouse


def stated_shares(firm: Seller) -> Shares | None:
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


@dataclass(slots=True)
class Supply:
    """Share of a buyer's orders for a part by (group, ring), by single firm and by outside source; they sum to 1.

    standby: groups and outside sources that have no share and step in.
    """

    groups: GroupShares = field(default_factory=dict)
    firms: dict[str, Fraction] = field(default_factory=dict)
    outside: dict[str, Fraction] = field(default_factory=dict)
    standby: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anybody supplies."""
        return bool(self.groups or self.firms or self.outside)


def as_names(names: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """What a scenario writes as one name or several."""
    return (names,) if isinstance(names, str) else names or ()


@once_per_scenario(kept=8)
def sellers_by_part(scenario: schema.Scenario) -> dict[str, dict[str, Seller]]:
    """By part: every group that makes or stocks it."""
    found: dict[str, dict[str, Seller]] = {}
    everyone: dict[str, Seller] = {**scenario.plants, **scenario.suppliers, **scenario.warehouses}
    for name, plan in everyone.items():
        found.setdefault(sold_by(plan), {})[name] = plan
    return found


@once_per_scenario(kept=8)
def outside_by_part(scenario: schema.Scenario) -> dict[str, list[str]]:
    """By part: the outside sources that sell it."""
    found: dict[str, list[str]] = {part: [] for part in scenario.parts}
    for name, source in scenario.outside.items():
        for part in scenario.parts if source.supplies == "all" else dict.fromkeys(source.supplies):
            found.setdefault(part, []).append(name)
    return found


def sold_by(plan: Seller) -> str:
    """The part that a group makes or stocks."""
    return plan.stocks if isinstance(plan, schema.Warehouse) else plan.makes


def is_standby(plan: object) -> bool:
    """Whether a supplier or outside source has no share and only steps in."""
    return isinstance(plan, schema.Standby) and plan.standby


def supply_shares(
    scenario: schema.Scenario, part: str, names: tuple[str, ...] = (), absent: Collection[str] = ()
) -> Supply:
    """Who supplies a buyer with `part`, and with which share.

    names: groups, firms or outside sources that the buyer names, if it does; they share evenly, firm by firm.
    Otherwise all that make the part: those that state no share split evenly, firm by firm, what is needed when no group
    states one; what stated shares leave is bought outside.  Warehouses sell to those that name them.
    absent: groups that take no orders; the others share what they leave in proportion, or else outside sources take it
    all; nobody has a share where nobody is left.
    """
    supply = _nominal(scenario, part, names)
    supply.standby = [name for name in supply.standby if name not in absent]
    if not any(group in absent for group, _ in supply.groups):
        return supply
    supply.groups = {key: share for key, share in supply.groups.items() if key[0] not in absent}
    shares = (supply.groups, supply.firms, supply.outside)
    total = sum((sum(one.values(), Fraction(0)) for one in shares), Fraction(0))
    if not total and not names:
        supply.outside = _evenly(scenario, part, Fraction(1))
        return supply
    supply.groups = {key: share / total for key, share in supply.groups.items()}
    supply.firms = {name: share / total for name, share in supply.firms.items()}
    supply.outside = {name: share / total for name, share in supply.outside.items()}
    return supply


def _nominal(scenario: schema.Scenario, part: str, names: tuple[str, ...]) -> Supply:
    """Who supplies while everybody takes orders."""
    if names:
        return _named(scenario, part, names)
    selling = sellers_by_part(scenario).get(part, {})
    groups = {name: plan for name, plan in selling.items() if not isinstance(plan, schema.Warehouse)}
    regular = {name: plan for name, plan in groups.items() if not is_standby(plan)}
    result = Supply(standby=[name for name in groups if name not in regular])
    stated: GroupShares = {}
    for name, plan in regular.items():
        stated.update({(name, ring): share for ring, share in (stated_shares(plan) or {}).items()})
    sources = outside_by_part(scenario).get(part, [])
    result.standby += [name for name in sources if is_standby(scenario.outside[name])]
    if regular and not stated:
        counts = {name: len(firm_names(name, plan)) for name, plan in regular.items()}
        total = sum(counts.values())
        result.groups = {(name, None): Fraction(count, total) for name, count in counts.items()}
        return result
    rest = 1 - sum(stated.values(), Fraction(0))
    sources = [name for name in sources if name not in result.standby]
    result.outside = {name: rest / len(sources) for name in sources} if rest > 0 else {}
    result.groups = {key: share for key, share in stated.items() if share > 0}
    return result


def _named(scenario: schema.Scenario, part: str, names: tuple[str, ...]) -> Supply:
    """The share of everybody that a buyer names, firm by firm; standbys have one only where all are."""
    groups = sellers_by_part(scenario).get(part, {})
    standby = [name for name in names if is_standby(groups.get(name) or scenario.outside.get(name))]
    regular = [name for name in names if name not in standby] or standby
    result = Supply(standby=[name for name in standby if name not in regular])
    counts = {name: len(firm_names(name, groups[name])) if name in groups else 1 for name in regular}
    total = sum(counts.values()) or 1
    for name, count in counts.items():
        share = Fraction(count, total)
        if name in groups:
            result.groups[name, None] = share
        elif name in scenario.outside:
            result.outside[name] = share
        else:
            result.firms[name] = share
    return result


def _evenly(scenario: schema.Scenario, part: str, share: Fraction) -> dict[str, Fraction]:
    """A share spread evenly over the outside sources of a part."""
    sources = outside_by_part(scenario).get(part, [])
    return {name: share / len(sources) for name in sources}


@lru_cache(maxsize=1 << 16)
def choose(names: tuple[str, ...], buyer: str, count: int | None) -> tuple[str, ...]:
    """The `count` firms that a buyer uses, by rendezvous hashing (highest draw of the pair); all if count is None."""
    if count is None or count >= len(names):
        return tuple(sorted(names))
    ranked = sorted(names, key=lambda name: (-weight(0, "source", f"{buyer}>{name}"), name))
    return tuple(sorted(ranked[:count]))


def sizes(plan: Seller | None, names: Sequence[str], part: str) -> dict[str, Fraction]:
    """Relative size of each firm, summing to 1: what a list states, else equal or lognormal by the firm's name."""
    if not isinstance(plan, schema.Supplier) or not names:
        return {name: Fraction(1, len(names)) for name in names}
    stated = {name: firm.share for name, firm in plan.firms.items() if firm.share is not None}
    variance = math.log1p(float(plan.size_spread) ** 2)
    weights = {name: stated[name] if name in stated else _size(name, part, variance) for name in names}
    total = sum(weights.values(), Fraction(0)) or Fraction(1)
    return {name: value / total for name, value in weights.items()}


def _size(name: str, part: str, variance: float) -> Fraction:
    """The drawn size of a generated firm, 1 on average."""
    if not variance:
        return Fraction(1)
    z = NormalDist().inv_cdf(weight(0, "size", f"{name}>{part}"))
    return Fraction(round(math.exp(math.sqrt(variance) * z - variance / 2) * 10**6), 10**6)
