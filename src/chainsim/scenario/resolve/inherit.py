"""`extends`: a scenario that says only how it differs from another.

In: the files of a scenario.  Out: one tree in which the nearer file wins: mappings merge key by key at every
depth, everything else replaces, and `key: null` takes an inherited key away.  A law or rule written as a
mapping replaces as a whole.  This module must not know what the keys mean.
"""

from __future__ import annotations

from collections.abc import Callable

from chainsim.errors import ScenarioError
from chainsim.scenario.text.inputs import Inputs
from chainsim.scenario.text.nodes import Mapping, Node, Scalar
from chainsim.scenario.text.reader import read_text
from chainsim.scenario.text.sources import problem

LONGEST_CHAIN = 8
NULLS = ("null", "Null", "NULL", "~")

Prepare = Callable[[Mapping], None]


def assemble(inputs: Inputs, prepare: Prepare) -> Mapping:
    """The scenario's tree with all it inherits; `prepare` is called on each file's own tree before it merges.

    `ScenarioError` for a cycle, a chain of more than eight files, or a file that cannot be used.
    """
    display, data = inputs.display, inputs.content[inputs.start]
    chain, names = [], [inputs.start]
    while True:
        tree = read_text(data, display)
        prepare(tree)
        chain.append(tree)
        parent = tree.entries.pop("extends", None)
        if parent is None:
            break
        if not isinstance(parent, Scalar):
            raise ScenarioError(
                [problem(parent.place, "extends must be the name of one file", "write extends: base.yaml")]
            )
        display, data = inputs.read(parent)
        name = inputs.relative(display)
        names.append(name)
        if name in names[:-1]:
            cycle = " -> ".join(names[names.index(name) :])
            raise ScenarioError([problem(parent.place, f"extends cycle: {cycle}", "take one `extends` out")])
        if len(names) > LONGEST_CHAIN:
            message = f"extends chain of more than {LONGEST_CHAIN} files: {' -> '.join(names)}"
            raise ScenarioError([problem(parent.place, message, "merge some of the files")])
    whole = chain.pop()
    while chain:
        whole = merge(whole, chain.pop())
    return whole


def merge(base: Mapping, nearer: Mapping) -> Mapping:
    """`base` overlaid with `nearer`; neither is changed."""
    entries: dict[str, Node] = dict(base.entries)
    places = dict(base.key_places)
    for key, node in nearer.entries.items():
        inherited = entries.get(key)
        if inherited is not None and is_null(node):
            del entries[key]
            places.pop(key, None)
            continue
        if isinstance(inherited, Mapping) and isinstance(node, Mapping) and not (_entry(inherited) or _entry(node)):
            node = merge(inherited, node)
        entries[key] = node
        if key in nearer.key_places:
            places[key] = nearer.key_places[key]
    return Mapping(entries, nearer.place, places)


def is_null(node: Node) -> bool:
    """Whether a value was written as `null` or `~`, without quotes."""
    return isinstance(node, Scalar) and not node.quoted and node.text in NULLS


def _entry(node: Mapping) -> bool:
    """Whether a mapping is one law or rule, `{law: lognormal, mean: ..., sd: ...}`."""
    return any(isinstance(node.entries.get(key), Scalar) for key in ("law", "rule"))
