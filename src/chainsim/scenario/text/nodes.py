"""Marked nodes: a scenario's tree in which each key and value remembers where it stands and who set it.

In: nothing.  Out: three kinds of node that the reader makes, overrides change and validation reads.
This module must not know YAML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from chainsim.errors import Place


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as the user typed it; nothing is guessed about its type before the schema asks."""

    text: str
    place: Place
    quoted: bool = False
    set_by: str = "file"


@dataclass(slots=True)
class Sequence:
    """A list of nodes."""

    items: list[Node]
    place: Place


@dataclass(slots=True)
class Mapping:
    """Keys and values in the order of the file; `key_places` says where each key stands."""

    entries: dict[str, Node]
    place: Place
    key_places: dict[str, Place] = field(default_factory=dict)


Node: TypeAlias = Scalar | Sequence | Mapping
Path: TypeAlias = tuple[str | int, ...]


class Leaf(str):
    """A scalar's text on its way through the schema; `quoted` tells `"no"` from `no`."""

    __slots__ = ("quoted",)
    quoted: bool

    def __new__(cls, text: str, quoted: bool = False) -> Leaf:
        leaf = super().__new__(cls, text)
        leaf.quoted = quoted
        return leaf


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node below `node`, itself first, in the order of the file."""
    yield path, node
    if isinstance(node, Mapping):
        for key, child in node.entries.items():
            yield from walk(child, (*path, key))
    elif isinstance(node, Sequence):
        for index, child in enumerate(node.items):
            yield from walk(child, (*path, index))
