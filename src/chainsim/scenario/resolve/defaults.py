"""What a file may leave unsaid: a supplier group follows its tier, and makes the part it is named after.

In: the tree of one file and its parents.  Out: the same tree with each group spelt out, and without `tiers`, so that
no policy can set a default that has already been used.  This module must not know types or units.
"""

from __future__ import annotations

from chainsim.errors import Place, Problem
from chainsim.scenario.text.nodes import Mapping, Node, Scalar
from chainsim.scenario.text.sources import problem

FIRST_TIER = "1"


def spell_out_groups(tree: Mapping) -> tuple[Mapping, list[Problem]]:
    """`tree` with `tiers` merged into the supplier groups; warns of a tier that no group belongs to."""
    suppliers, tiers, parts = (tree.entries.get(key) for key in ("suppliers", "tiers", "parts"))
    if not isinstance(suppliers, Mapping):
        return tree, []
    by_tier = tiers.entries if isinstance(tiers, Mapping) else {}
    part_names = parts.entries if isinstance(parts, Mapping) else {}
    used: set[str] = set()
    groups: dict[str, Node] = {}
    for name, group in suppliers.entries.items():
        groups[name] = group
        if not isinstance(group, Mapping):
            continue
        stated = group.entries.get("tier")
        tier = stated.text if isinstance(stated, Scalar) else FIRST_TIER
        tier = f"tier {tier}"
        used.add(tier)
        entries, places = dict(group.entries), dict(group.key_places)
        if "makes" not in entries and name in part_names:
            entries["makes"] = Scalar(name, _place(suppliers, name))
            places["makes"] = _place(suppliers, name)
        followed = by_tier.get(tier)
        if isinstance(followed, Mapping):
            for key, value in followed.entries.items():
                if key not in entries:
                    entries[key], places[key] = value, _place(followed, key)
        groups[name] = Mapping(entries, group.place, places)
    changed = dict(tree.entries)
    changed["suppliers"] = Mapping(groups, suppliers.place, suppliers.key_places)
    problems = []
    if isinstance(tiers, Mapping):
        del changed["tiers"]
        problems = [
            problem(
                _place(tiers, tier),
                f"no supplier group is of {tier}",
                'tiers are written "tier 1", "tier 2", as in a group\'s `tier: 2`',
                warning=True,
            )
            for tier in tiers.entries
            if tier not in used
        ]
    return Mapping(changed, tree.place, tree.key_places), problems


def _place(mapping: Mapping, key: str) -> Place:
    return mapping.key_places.get(key, mapping.place)
