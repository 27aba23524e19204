"""A scenario with its faults left out, so that one wrong value does not hide the next problem.

In: a tree that is not valid, and its faults.  Out: what remains as a Scenario, and the fields that were
damaged; checks that read a damaged field are not made, so that no message follows from another.
This module must not know what is checked.
"""

from __future__ import annotations

from chainsim.errors import Place
from chainsim.scenario.checks.validate import Fault, validate
from chainsim.scenario.checks.view import token
from chainsim.scenario.language.schema import Scenario
from chainsim.scenario.language.shape import ROOT, below, known_keys
from chainsim.scenario.resolve.overrides import at, put
from chainsim.scenario.text.nodes import Mapping, Path, Scalar, Sequence
from chainsim.scenario.text.suggest import nearest

ROUNDS = 6
STAND_INS = {("study", "start"): "2000-01-01", ("study", "end"): "2001-01-01"}
NOWHERE = Place("")


def repaired(tree: Mapping, faults: list[Fault] | None = None) -> tuple[Scenario | None, frozenset[str]]:
    """What is valid of a tree, and the damaged fields as `section.field`; None where nothing can be saved."""
    if faults is None:
        scenario, faults = validate(tree)
        if scenario is not None:
            return scenario, frozenset()
    damage: set[str] = set()
    for _ in range(ROUNDS):
        for fault in faults:
            damage |= _damage(tree, fault.path)
        for fault in faults:
            tree = _without(tree, fault.path)
        scenario, faults = validate(tree)
        if scenario is not None:
            return scenario, frozenset(damage)
    return None, frozenset(damage)


def _damage(tree: Mapping, path: Path) -> set[str]:
    """The fields that a fault leaves unknown; an unknown key stands for the one it nearly is."""
    if not path:
        return {"*"}
    kind = ROOT
    for key in path[:-1]:
        kind = below(kind, key)
    key = str(path[-1])
    if kind is not None and below(kind, path[-1]) is None:
        meant = nearest(key, known_keys(kind))
        return {token((*path[:-1], meant))} if meant else {token(path[:-1])}
    if at(tree, path) is None:  # a key is missing, so its whole section will be left out
        return {token(path[:-1]), token(path)}
    return {token(path)}


def _without(tree: Mapping, path: Path) -> Mapping:
    """The tree without what is at a path; where a key is missing, without its section."""
    if path in STAND_INS or path == ("study",):
        for place, text in STAND_INS.items():
            if path in (place, ("study",)):
                tree = put(tree, place, Scalar(text, NOWHERE), NOWHERE)
        return tree
    if len(path) == 1 and at(tree, path) is None:
        return put(tree, path, Mapping({}, NOWHERE), NOWHERE)
    for length in range(len(path)):
        if isinstance(at(tree, path[:length]), Sequence):
            path = path[:length]
            break
        if at(tree, path[: length + 1]) is None:
            path = path[:length]
            break
    if not path:
        return tree
    above = at(tree, path[:-1])
    if not isinstance(above, Mapping) or path[-1] not in above.entries:
        return tree
    rest = {key: node for key, node in above.entries.items() if key != path[-1]}
    slim = Mapping(rest, above.place, above.key_places)
    return put(tree, path[:-1], slim, NOWHERE) if len(path) > 1 else slim
