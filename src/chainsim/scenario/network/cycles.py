"""Parts that need each other: which rings there are, and whether they make more than they use up.

In: who needs how much of what.  Out: cycles, and the verdict of Hawkins and Simon (1949): a ring of parts is
productive when making one unit takes, through all rounds, less than one unit of itself, which is the same as
a spectral radius below 1.  Exact in fractions up to 24 parts, so no verdict on a bill of materials hangs on a
rounding; larger rings (a Leontief table) are judged in floating point.  The spectral radius as a number is for
forecasts, whose gains are no fractions.
This module must not know scenarios.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

MOST_EXACT = 24
SMALLEST_PIVOT = 1e-12
CLOSE = 1e-6
MOST_ROUNDS = 2_000
Name = TypeVar("Name", bound=Hashable)
Needs: TypeAlias = Mapping[str, Mapping[str, Fraction]]
Graph: TypeAlias = Mapping[Name, Mapping[Name, Any]]


def rings(needs: Graph[Name]) -> list[list[Name]]:
    """The strongly connected groups of parts that hold a cycle, each in the order of `needs`."""
    order = {part: at for at, part in enumerate(needs)}
    index: dict[Name, int] = {}
    low: dict[Name, int] = {}
    stack: list[Name] = []
    waiting: set[Name] = set()
    found: list[list[Name]] = []
    for root in needs:
        if root in index:
            continue
        work = [(root, iter(needs.get(root, {})))]
        index[root] = low[root] = len(index)
        stack.append(root)
        waiting.add(root)
        while work:
            part, rest = work[-1]
            for component in rest:
                if component not in index:
                    index[component] = low[component] = len(index)
                    stack.append(component)
                    waiting.add(component)
                    work.append((component, iter(needs.get(component, {}))))
                    break
                if component in waiting:
                    low[part] = min(low[part], index[component])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[part])
                if low[part] == index[part]:
                    group: list[Name] = []
                    while not group or group[-1] != part:
                        group.append(stack.pop())
                        waiting.discard(group[-1])
                    if len(group) > 1 or part in needs.get(part, {}):
                        found.append(sorted(group, key=lambda name: order.get(name, 0)))
    return found


def cycle_through(needs: Graph[Name], ring: list[Name]) -> list[Name]:
    """The shortest cycle through the first part of a ring, beginning and ending with it."""
    first, inside = ring[0], set(ring)
    paths = [[first]]
    seen: set[Name] = set()
    while paths:
        path = paths.pop(0)
        for component in needs.get(path[-1], {}):
            if component == first:
                return [*path, first]
            if component in inside and component not in seen:
                seen.add(component)
                paths.append([*path, component])
    return [*ring, first]


def is_productive(needs: Needs, ring: list[str]) -> bool:
    """Whether I - A has only positive leading principal minors over the parts of a ring."""
    exact = len(ring) <= MOST_EXACT
    rows: list[list[Any]] = [
        [Fraction(int(made == used)) - needs.get(made, {}).get(used, Fraction(0)) for used in ring] for made in ring
    ]
    if not exact:
        rows = [[float(value) for value in row] for row in rows]
    for at, pivot in enumerate(rows):
        if pivot[at] <= (0 if exact else SMALLEST_PIVOT):
            return False
        for row in rows[at + 1 :]:
            factor = row[at] / pivot[at]
            if factor:
                row[at:] = [value - factor * above for value, above in zip(row[at:], pivot[at:], strict=True)]
    return True


def spectral_radius(needs: Graph[Name], ring: list[Name]) -> float:
    """The largest eigenvalue over a ring of needs above 0, to about six digits.

    Power iteration on A + I, which cannot swing round the ring; the smallest and the largest growth of any part bound
    the eigenvalue from both sides (Collatz 1942; Wielandt 1950).
    """
    own = set(ring)
    inside = {part: {used: float(a) for used, a in needs[part].items() if used in own} for part in ring}
    level = dict.fromkeys(ring, 1.0)
    low, high = 0.0, float("inf")
    for _ in range(MOST_ROUNDS):
        grown = {part: level[part] + sum(level[used] * a for used, a in row.items()) for part, row in inside.items()}
        growth = [grown[part] / level[part] for part in ring]
        low, high = max(low, min(growth)), min(high, max(growth))
        if high - low <= CLOSE * high:
            break
        largest = max(grown.values())
        level = {part: value / largest for part, value in grown.items()}
    return (low + high) / 2 - 1


def top_down(needs: Needs) -> list[str]:
    """Every part before the parts it needs, as far as there is no cycle; ties in the order of `needs`."""
    users = dict.fromkeys(needs, 0)
    for components in needs.values():
        for component in components:
            users[component] = users.get(component, 0) + 1
    ready = [part for part, count in users.items() if count == 0]
    result = []
    while ready:
        part = ready.pop(0)
        result.append(part)
        for component in needs.get(part, {}):
            users[component] -= 1
            if users[component] == 0:
                ready.append(component)
    return result
