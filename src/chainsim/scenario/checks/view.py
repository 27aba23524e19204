"""A scenario together with the tree it was read from, as the semantic checks see it.

In: a validated Scenario and its tree.  Out: problems at the place of a path, which name the policy or
disruption when it was one that set the value.  This module must not know what is checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chainsim.errors import Place, Problem
from chainsim.scenario.checks.validate import key_place
from chainsim.scenario.language.schema import DatedChange, Scenario
from chainsim.scenario.text.nodes import Mapping, Node, Path, Scalar, Sequence, walk
from chainsim.scenario.text.sources import problem

FILE_OR_COMMAND = ("file", "--set")


@dataclass(frozen=True, slots=True)
class View:
    """What a check may look at."""

    scenario: Scenario
    tree: Mapping

    def node(self, path: Path) -> Node | None:
        """What the file says at a path, None where it says nothing."""
        node, reached = self._nearest(path)
        return node if reached == len(path) else None

    def place(self, path: Path) -> Place:
        """Where a value stands, or the nearest section above it that the file has."""
        node, reached = self._nearest(path)
        if isinstance(node, Mapping) and reached:
            return self.key(path[:reached])
        return node.place

    def key(self, path: Path) -> Place:
        """Where the key at a path stands."""
        return key_place(self.tree, path)

    def line(self, path: Path) -> str:
        """`line 12`, for messages that point to several places."""
        place = self.place(path)
        return f"line {place.line}" if place.line else str(place)

    def problem(
        self,
        path: Path,
        message: str,
        hint: str = "",
        *,
        warning: bool = False,
        key: bool = False,
        among: Iterable[Path] = (),
    ) -> Problem:
        """A problem at `path` (at its key, if `key`), or at the first of `path` and `among` that a dated change set."""
        for candidate in (path, *among):
            node = self.node(candidate)
            for _, child in walk(node) if node is not None else ():
                if isinstance(child, Scalar) and child.set_by not in FILE_OR_COMMAND:
                    return problem(child.place, f"{child.set_by}: {message}", hint, warning=warning)
        return problem(self.key(path) if key else self.place(path), message, hint, warning=warning)

    def _nearest(self, path: Path) -> tuple[Node, int]:
        node: Node = self.tree
        for at, key in enumerate(path):
            if isinstance(node, Mapping) and key in node.entries:
                node = node.entries[str(key)]
            elif isinstance(node, Sequence) and isinstance(key, int) and key < len(node.items):
                node = node.items[key]
            else:
                return node, at
        return node, len(path)


def token(path: Path) -> str:
    """The field that a path is about, `suppliers.share`; `suppliers.*` for a whole entry or section."""
    if len(path) >= 3 and path[0] not in ("study",):
        return f"{path[0]}.{path[2]}"
    if len(path) == 2 and path[0] == "study":
        return f"study.{path[1]}"
    return f"{path[0]}.*" if path else "*"


def changes(view: View) -> list[tuple[str, str, DatedChange]]:
    """Everything that sets values on a date: section, name, what it is."""
    return [
        *(("policies", name, policy) for name, policy in view.scenario.policies.items()),
        *(("disruptions", name, one) for name, one in view.scenario.disruptions.items() if one.hits is None),
    ]


def touches(tokens: Iterable[str], reads: Iterable[str]) -> bool:
    """Whether any of the fields in `tokens` is one of `reads` (`suppliers.*` is every field of suppliers)."""
    wanted = set(reads)
    sections = {read.partition(".")[0] for read in wanted}
    for one in tokens:
        section, _, field = one.partition(".")
        if one in wanted or f"{section}.*" in wanted or one == "*" or (field == "*" and section in sections):
            return True
    return False
