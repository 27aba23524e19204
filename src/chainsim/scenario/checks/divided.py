"""How the shares of named firms divide what their group supplies, and whether they can be meant so.

In: a View of a scenario whose suppliers are sound.  Out: warnings at the first of the shares, wherever its list has it,
with the sum and with what the model makes of it.  This module must not know which file a list is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from chainsim.errors import Place, Problem, letters
from chainsim.scenario.checks.supply import TOLERANCE, makers, users
from chainsim.scenario.checks.view import View
from chainsim.scenario.language.schema import Ring, Scenario, Supplier
from chainsim.scenario.network.sourcing import DEFAULT_RING, is_standby, outside_by_part, stated_shares
from chainsim.units import format_number

ROUNDING = Fraction(1, 200)  # 33 %, 33 % and 33.5 % are meant to be all


def check_divided(view: View) -> Iterator[Problem]:
    """Warnings where the shares of a group's firms sum to neither 100 % nor what the group supplies."""
    for name, group in view.scenario.suppliers.items():
        own = {firm: named.share for firm, named in group.firms.items() if named.share is not None}
        if not any(own.values()):
            continue
        found = (
            _of_the_part(view.scenario, name, group, own) if group.share is None else _of_the_group(name, group, own)
        )
        if not found:
            continue
        consequence, hint = found
        nodes = [view.node(("suppliers", name, "firms", firm, "share")) for firm in own]
        where = cells([node.place for node in nodes if node is not None])
        total = percent(sum(own.values(), Fraction(0)))
        message = f"shares of {name}'s firms ({where}) sum to {total}: {consequence}"
        path = ("suppliers", name, "firms", next(iter(own)), "share")
        yield view.problem(path, message, hint, warning=True)


def _of_the_part(
    scenario: Scenario, name: str, group: Supplier, own: dict[str, Fraction]
) -> tuple[str, str] | tuple[()]:
    """Where a group states no share, what the firms' leave of the part, if somebody outside sells it."""
    if group.makes not in users(scenario) or is_standby(group):
        return ()
    stated = [stated_shares(firm) or {} for _, firm in makers(scenario)[group.makes]]
    rest = 1 - sum((share for shares in stated for share in shares.values()), Fraction(0))
    outside = [one for one in outside_by_part(scenario)[group.makes] if not is_standby(scenario.outside[one])]
    if rest <= TOLERANCE or not outside:
        return ()  # with nobody outside that is an error, told elsewhere
    meant = percent(sum(own.values(), Fraction(0)))
    hint = f"let them sum to 100 %, or, if that is meant, write `share: {meant}` in the line of {name}"
    return f"{percent(rest)} of {group.makes} is bought outside ({', '.join(outside)})", hint


def _of_the_group(name: str, group: Supplier, own: dict[str, Fraction]) -> tuple[str, str] | tuple[()]:
    """Where a group states its share, what its first firm gets of that."""
    if _divides(group, own):
        return ()
    first, share = next(iter(own.items()))
    whole, where, rivals = group.share, "", own
    if isinstance(whole, dict):
        ring = ring_of(group, first)
        whole, where = _by_ring(whole).get(ring, Fraction(0)), f" in {ring}"
        rivals = {firm: share for firm, share in own.items() if ring_of(group, firm) == ring}
    part = share / (sum(rivals.values(), Fraction(0)) or 1)
    what = f"{first} gets {percent(part, 1)} of the {percent(whole or Fraction(0))} that {name} supplies{where}"
    return f"they count in proportion, so {what}", "let them sum to 100 %"


def _divides(group: Supplier, own: dict[str, Fraction]) -> bool:
    """Whether shares of firms are parts of 100 % or of the group's share, in all or ring by ring."""
    total = sum(own.values(), Fraction(0))
    if not isinstance(group.share, dict):
        return _near([total], [Fraction(1)]) or _near([total], [group.share or Fraction(0)])
    rings = {ring_of(group, firm): Fraction(0) for firm in own}
    for firm, share in own.items():
        rings[ring_of(group, firm)] += share
    stated = [_by_ring(group.share).get(ring, Fraction(0)) for ring in rings]
    return any(
        _near(sums, wanted)
        for sums, wanted in (([total], [1]), (rings.values(), [1] * len(rings)), (rings.values(), stated))
    )


def _near(sums: Iterable[Fraction], wanted: Iterable[Fraction | int]) -> bool:
    return all(abs(one - other) <= ROUNDING for one, other in zip(sums, wanted, strict=True))


def _by_ring(shares: Mapping[Ring, Fraction]) -> dict[str, Fraction]:
    return {str(ring): share for ring, share in shares.items()}


def ring_of(group: Supplier, firm: str) -> str:
    """Where a named firm is."""
    return group.firms[firm].ring or group.ring or DEFAULT_RING


def cells(places: list[Place]) -> str:
    """Where values stand in a file, from the first to the last: `C2 to C3` of a sheet, `lines 2 to 3` of a text."""
    ends = (places[0], places[-1])
    if places[0].sheet:
        return " to ".join(dict.fromkeys(f"{letters(place.column)}{place.line}" for place in ends))
    lines = list(dict.fromkeys(str(place.line) for place in ends))
    return f"line{'s' if len(lines) > 1 else ''} {' to '.join(lines)}"


def percent(share: Fraction, places: int = 9) -> str:
    """A share as text."""
    return f"{format_number(round(share * 100, places))}%"
