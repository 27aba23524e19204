"""Changes of a scenario's values: those of policies and disruptions, and `--set PATH=VALUE`.

In: a tree, paths, and new values or relative changes.  Out: a new tree that shares what did not change, in
which each changed value says who set it.  Nothing here validates: the schema judges the new value, and the
message leads back to the line of the change.  This module must not know dates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from chainsim.errors import Place, Problem, ScenarioError
from chainsim.model.distributions import distributions
from chainsim.model.quantities import quantity_laws
from chainsim.model.replenishment import replenishments
from chainsim.scenario.language.shape import (
    ROOT,
    alternatives,
    below,
    default_text,
    fields,
    is_list,
    is_section,
    takes_values,
)
from chainsim.scenario.resolve.arithmetic import changed
from chainsim.scenario.resolve.paths import PathError, Step, Target, as_key, parse, resolve, show
from chainsim.scenario.text.nodes import Mapping, Node, Path, Scalar, Sequence, walk
from chainsim.scenario.text.reader import read_value
from chainsim.scenario.text.sources import problem
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.units import UnitError, parse_change

SET = "--set"
FIXED = (
    *("chainsim", "study", "policies", "disruptions", "facts", "extends", "title", "allow_cycles"),
    *("calendars", "transport_table"),
)
Names = Callable[[], dict[str, Path] | None]  # firm names -> path of the group that stands for them


@dataclass(frozen=True, slots=True)
class Setting:
    """One `--set`, or one entry of a policy's `change`."""

    path: str
    node: Node
    place: Place  # of the path, for messages about it
    set_by: str
    adapts: bool = False  # to what else is in force


@dataclass(frozen=True, slots=True)
class Write:
    """One value to be written, at one path."""

    target: Target
    setting: Setting


def from_command(text: str) -> Setting:
    """The setting in `PATH=VALUE`; a `ScenarioError` when it is none."""
    display = f"{SET} {text if len(text) <= 80 else text[:77] + '...'}"
    display = "".join(sign if sign.isprintable() else "?" for sign in display)
    place = Place(display)
    depth, quote = 0, ""
    for at, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "[]":
            depth += 1 if sign == "[" else -1
        elif sign == "=" and depth == 0:
            path, value = text[:at].strip(), text[at + 1 :].strip()
            return Setting(path, _value_of(value, display), place, SET)
    raise ScenarioError([Problem("is not of the form PATH=VALUE", place, 'write --set "plants.byd.capacity=900/day"')])


def _value_of(text: str, display: str) -> Node:
    if text.startswith(("[", "{", '"', "'")):
        return _marked(read_value(text, display), SET)
    return Scalar(text, Place(display), set_by=SET)


def _marked(node: Node, set_by: str) -> Node:
    """A copy of a node in which every value is set by `set_by`."""
    if isinstance(node, Scalar):
        return Scalar(node.text, node.place, node.quoted, set_by)
    if isinstance(node, Sequence):
        return Sequence([_marked(item, set_by) for item in node.items], node.place)
    return Mapping({key: _marked(child, set_by) for key, child in node.entries.items()}, node.place, node.key_places)


def locate(tree: Mapping, setting: Setting, names: dict[str, Path] | None = None) -> tuple[list[Write], list[Problem]]:
    """What a setting writes in `tree`; a problem at its path when that means nothing.

    names: the firms that groups stand for, each with the path of its group, so that `firms.X.capacity` may
    be set without an entry for X.  None: not known, any name is taken.
    """
    try:
        steps = parse(setting.path)
        if setting.set_by != SET and steps[0] in FIXED:
            hint = "a policy changes parts, plants, suppliers, warehouses, outside, markets, lanes, transport or firms"
            raise PathError(f"a dated change cannot change '{steps[0]}'", hint)
        if steps[0] in ("chainsim", "extends"):
            raise PathError(f"'{steps[0]}' is the file's own and cannot be changed")
        targets = _firm(tree, steps, names) or resolve(tree, setting.path)
        for target in targets:
            _check_value(target, setting)
        if len(targets) > 1 and is_relative(setting.node):
            able = [target for target in targets if text_of(tree, target, names or {}) is not None]
            if not able:
                message = f"path '{setting.path}': none of the {len(targets)} values it means is stated"
                raise PathError(message, "write the new value itself, not a relative change")
            targets = able
    except PathError as error:
        prefix = "" if setting.set_by == SET else f"{setting.set_by}: "
        hint = _of_a_firm(setting.path, names or {}) or error.hint
        return [], [problem(setting.place, prefix + error.message, hint)]
    return [Write(target, setting) for target in targets], []


def _of_a_firm(path: str, names: Iterable[str]) -> str:
    """How to name the firm that a path looks for among the groups, if it ends in `FIRM.KEY`."""
    group, _, key = path.rpartition(".")
    inside = group.startswith("suppliers.")
    firm = next((name for name in names if group == name or (inside and group.endswith(f".{name}"))), "")
    if not firm or key.strip() not in fields(below(below(ROOT, "firms"), firm)):
        return ""
    return f"a firm by name is {as_key(('firms', firm, key.strip()))}"


def is_relative(node: Node) -> bool:
    """Whether a new value is a change of the old one: `+20%`, `-4 days`."""
    return isinstance(node, Scalar) and not node.quoted and node.text.startswith(("+", "-"))


def _firm(tree: Mapping, steps: tuple[Step, ...], names: dict[str, Path] | None) -> list[Target]:
    """The target of `firms.NAME.KEY`, which needs no entry for NAME as long as a group stands for it."""
    if len(steps) < 2 or steps[0] != "firms" or not isinstance(steps[1], str):
        return []
    firms = tree.entries.get("firms")
    name = steps[1]
    if isinstance(firms, Mapping) and name in firms.entries:
        return []
    if names is not None and name not in names:
        raise PathError(f"there is no firm '{name}'{did_you_mean(name, names)}", f"there is {listed(names)}")
    kind = below(below(ROOT, "firms"), name)
    key = str(steps[2]) if len(steps) > 2 else ""
    if len(steps) != 3 or key not in fields(kind):
        hint = f"there is {listed(fields(kind))}"
        if key == "share":
            hint = "change the share of its group, which may be stated by ring: suppliers.GROUP.share.city"
        raise PathError(f"there is no '{key}' in a firm{did_you_mean(key, fields(kind))}", hint)
    return [Target(("firms", name, key), below(kind, key), None)]


def _check_value(target: Target, setting: Setting) -> None:
    """A section cannot become a value, and a value by ring changes ring by ring."""
    where = show(target.path)
    plain = isinstance(setting.node, Scalar)
    if plain and is_list(target.kind):
        raise PathError(f"{where} is a list", f'write it in brackets: "{setting.path}=[...]"')
    if plain and not takes_values(target.kind):
        names = target.node.entries if isinstance(target.node, Mapping) else ()
        raise PathError(f"{where} is a section, not a value", f"name one of {listed(names)} in it" if names else "")
    if isinstance(target.node, Mapping) and not _entry(target.node) and is_relative(setting.node):
        rings = [f"{setting.path}.{ring}" for ring in target.node.entries]
        raise PathError(f"{where} is given one by one, and cannot change as a whole", f"name {' or '.join(rings)}")


def apply(
    tree: Mapping, writes: Iterable[Write], groups: dict[str, Path] | None = None
) -> tuple[Mapping, list[Problem]]:
    """`tree` after the writes, in their order; problems where a relative change does not fit the value."""
    problems: list[Problem] = []
    for write in writes:
        try:
            node = _new_value(tree, write, groups or {})
        except UnitError as error:
            by = "" if write.setting.set_by == SET else f"{write.setting.set_by}: "
            message = f"{by}{show(write.target.path)} {error.message}"
            problems.append(problem(write.setting.node.place, message, error.hint))
            continue
        tree = put(tree, write.target.path, node, write.setting.place)
    return tree, problems


def _new_value(tree: Mapping, write: Write, groups: dict[str, Path]) -> Node:
    node, set_by = write.setting.node, write.setting.set_by
    if not isinstance(node, Scalar) or not is_relative(node) or "change" in write.target.path:
        return _marked(node, set_by)
    change = parse_change(node.text)
    current = text_of(tree, write.target, groups)
    if current is None:
        raise UnitError("has no value that could change", "write the new value itself")
    whole = any(kind is int for kind in alternatives(write.target.kind))
    return Scalar(changed(current, change, whole=whole), node.place, set_by=set_by)


def text_of(tree: Mapping, target: Target, groups: dict[str, Path]) -> str | None:
    """The text that a relative change starts from: the value, its group's, or its default; None without any."""
    node = at(tree, target.path)
    if node is None and target.path[0] == "firms" and len(target.path) == 3:
        name, key = str(target.path[1]), target.path[2]
        group = groups.get(name, ())
        node = at(tree, (*group, "firms", name, key)) or at(tree, (*group, key))
        if isinstance(node, Mapping) and not _entry(node):
            node = node.entries.get(_ring_of(tree, group, name))
    if isinstance(node, Mapping) and _entry(node):
        return _as_call(node)
    if isinstance(node, Scalar):
        return node.text
    *above, key = target.path
    kind = ROOT
    for step in above:
        kind = below(kind, step)
    for section in alternatives(kind):
        if is_section(section) and key in fields(section):
            return default_text(fields(section)[str(key)])
    return None


def _entry(node: Mapping) -> bool:
    """Whether a mapping is one law or rule, `{law: lognormal, mean: 2 days, sd: 1 day}`."""
    return "law" in node.entries or "rule" in node.entries


def _as_call(node: Mapping) -> str:
    """A law or rule written as a mapping, as a call; parameters that it must have and lacks end the call."""
    texts = {key: child.text for key, child in node.entries.items() if isinstance(child, Scalar)}
    name = texts.get("law", texts.get("rule", ""))
    registries: list[Any] = [one for one in (distributions, replenishments, quantity_laws) if name in one]
    known = registries[0].fields(name) if registries else []
    last = max((number for number, field in enumerate(known, start=1) if field.name in texts), default=0)
    given = [texts.get(field.name, "" if field.required else "0") for field in known[:last]]
    return f"{name}({', '.join(text for text in given if text)})"


def _ring_of(tree: Mapping, group: Path, name: str) -> str:
    own = at(tree, (*group, "firms", name, "ring")) or at(tree, (*group, "ring"))
    if isinstance(own, Scalar):
        return own.text
    return next((word for word in reversed(name.split()) if word in ("city", "province", "nation", "abroad")), "city")


def at(tree: Node, path: Path) -> Node | None:
    """The node at a path, None where there is none."""
    node: Node | None = tree
    for key in path:
        if isinstance(node, Mapping):
            node = node.entries.get(str(key))
        elif isinstance(node, Sequence) and isinstance(key, int) and key < len(node.items):
            node = node.items[key]
        else:
            return None
    return node


def put(tree: Mapping, path: Path, node: Node, place: Place) -> Mapping:
    """A tree with `node` at `path`; everything off the path is shared with `tree`."""
    root = _copy(tree, place)
    here: Mapping | Sequence = root
    for key in path[:-1]:
        if isinstance(here, Sequence):
            child = here.items[int(key)] = _copy(here.items[int(key)], place)
        else:
            child = here.entries[str(key)] = _copy(here.entries.get(str(key)), place)
            here.key_places.setdefault(str(key), place)
        here = child
    last = path[-1]
    if isinstance(here, Sequence):
        here.items[int(last)] = node
    else:
        here.entries[str(last)] = node
        here.key_places.setdefault(str(last), place)
    return root  # type: ignore[return-value]


def _copy(node: Node | None, place: Place) -> Mapping | Sequence:
    if isinstance(node, Sequence):
        return Sequence(list(node.items), node.place)
    if isinstance(node, Mapping):
        return Mapping(dict(node.entries), node.place, dict(node.key_places))
    return Mapping({}, place)


def is_set(node: Node | None) -> bool:
    """Whether `--set` wrote any value of a node."""
    return node is not None and any(isinstance(n, Scalar) and n.set_by == SET for _, n in walk(node))
