"""The names of the firms that a group stands for.

In: a group's name and its description.  Out: one name and ring per firm.  A name never depends on how many
firms there are, so that a firm keeps its name, and with it its draws, when others are added.
This module must not know places or networks.
"""

from __future__ import annotations

from collections.abc import Mapping as Map

from chainsim.scenario.language.schema import Plant, Ring, Supplier, Warehouse


def firm_names(group: str, firm: Supplier | Plant | Warehouse) -> list[tuple[str, Ring | None]]:
    """Name and ring of every firm of a group, in the order in which they are numbered.

    Named firms (inline or from a CSV) replace generated ones.  A count by ring gives `{group} {ring} {nn}`,
    a plain count `{group} {nn}`, a single firm is called like its group.  The ring is None where neither
    the firm nor its group states one.
    """
    if isinstance(firm, Plant):
        return [(group, firm.ring)]
    if isinstance(firm, Supplier) and firm.firms:
        return [(name, own.ring or firm.ring) for name, own in firm.firms.items()]
    if isinstance(firm.count, Map):
        return [
            (f"{group} {ring} {number:02d}", ring)
            for ring, count in firm.count.items()
            for number in range(1, count + 1)
        ]
    if firm.count == 1:
        return [(group, firm.ring)]
    return [(f"{group} {number:02d}", firm.ring) for number in range(1, firm.count + 1)]
