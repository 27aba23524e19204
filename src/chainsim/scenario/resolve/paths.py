"""Paths into a scenario: `plants.byd.capacity`, `suppliers[tier=2].share.city`, `firms."a.b".capacity`.

In: a path as a user typed it, and a tree of nodes.  Out: the places in the tree that it means.  A path or a
selector that matches nothing is an error that says what there is.
This module must not know policies or how values change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import get_args

from chainsim.scenario.language.shape import ROOT, Kind, alternatives, below, fields, is_section, known_keys
from chainsim.scenario.language.values import Ring
from chainsim.scenario.text.nodes import Mapping, Node, Path, Scalar, Sequence
from chainsim.scenario.text.suggest import did_you_mean, listed


class PathError(Exception):
    """A path that means nothing here; carries the message and the hint for the user."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class Select:
    """The sections that have all the given values; none given means all of them."""

    wanted: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "[" + ", ".join(f"{key}={value}" for key, value in self.wanted) + "]" if self.wanted else "*"


Step = str | Select


def show(path: Path) -> str:
    """A path as text that `parse` reads back."""
    return ".".join(f'"{key}"' if _needs_quotes(str(key)) else str(key) for key in path)


def as_key(path: Path) -> str:
    """The same as a key of a YAML mapping, to be pasted anywhere in one."""
    text = show(path)
    if not any(sign in text for sign in ",\"'#:{}[]"):
        return text
    return "'" + text.replace("'", "''") + "'"


def _needs_quotes(key: str) -> bool:
    return key in ("", "*") or key != key.strip() or any(sign in key for sign in ".[]='\"")


def parse(text: str) -> tuple[Step, ...]:
    """The steps of a path; a PathError where it is not one."""
    steps: list[Step] = []
    at, size = 0, len(text)
    while True:
        at += len(text[at:]) - len(text[at:].lstrip(" "))
        if at < size and text[at] in "\"'":
            end = text.find(text[at], at + 1)
            if end < 0:
                raise PathError(f"path '{text}': the quote is never closed")
            steps.append(text[at + 1 : end])
            at = end + 1
        else:
            end = min((p for p in (text.find(".", at), text.find("[", at)) if p >= 0), default=size)
            name = text[at:end].strip()
            if not name:
                raise PathError(f"path '{text}': a name is missing", 'write a path such as "plants.byd.capacity"')
            steps.append(Select(()) if name == "*" else name)
            at = end
        if at < size and text[at] == "[":
            end = text.find("]", at)
            if end < 0:
                raise PathError(f"path '{text}': '[' is never closed")
            steps.append(_select(text, text[at + 1 : end]))
            at = end + 1
        at += len(text[at:]) - len(text[at:].lstrip(" "))
        if at == size:
            return tuple(steps)
        if text[at] != ".":
            raise PathError(f"path '{text}': expected '.' before '{text[at:]}'")
        at += 1


def _select(path: str, inside: str) -> Select:
    wanted = []
    for pair in inside.split(","):
        key, sign, value = pair.partition("=")
        key, value = key.strip(), value.strip().strip("\"'")
        if not (sign and key and value):
            raise PathError(
                f"path '{path}': '[{inside}]' is no selector", "write one such as suppliers[tier=1, ring=city]"
            )
        wanted.append((key, value))
    return Select(tuple(wanted))


@dataclass(frozen=True, slots=True)
class Target:
    """One value that a path means: where it is, what may stand there, and what does (None: a default)."""

    path: Path
    kind: Kind
    node: Node | None


def resolve(tree: Mapping, text: str) -> list[Target]:
    """The values that a path means, at least one.

    Below a selector, sections that lack a key of a mapping (`share.city` where there is no city) are passed
    over; a key that the schema knows is always there, if only with its default.
    """
    steps = parse(text)
    found = [Target((), ROOT, tree)]
    lost: PathError | None = None
    many = False
    for at, step in enumerate(steps):
        last = at == len(steps) - 1
        following: list[Target] = []
        for target in found:
            if isinstance(step, Select):
                following += _selected(target, step)
                many = True
                continue
            try:
                following.append(_child(target, step, last))
            except PathError as error:
                lost = lost or error
                if not many or (is_section(target.kind) and below(target.kind, step) is None):
                    raise
        if not following:
            raise lost or PathError(f"path '{text}': nothing matches '{step}'", _inventory(found))
        found = following
    return found


def _child(target: Target, key: str, last: bool) -> Target:
    where = show(target.path)
    at = f" in {where}" if where else ""
    if isinstance(target.node, Sequence):
        if not key.isdigit() or int(key) >= len(target.node.items):
            raise PathError(f"{where} has {len(target.node.items)} entries, numbered from 0; there is no '{key}'")
        return Target((*target.path, int(key)), below(target.kind, 0), target.node.items[int(key)])
    kind = below(target.kind, key)
    entries = target.node.entries if isinstance(target.node, Mapping) else {}
    if key in entries:
        return Target((*target.path, key), kind, entries[key])
    sections = [k for k in alternatives(target.kind) if is_section(k)]
    if sections and kind is not None:
        if last:
            return Target((*target.path, key), kind, None)
        raise PathError(f"there is no '{key}'{at}")
    if isinstance(target.node, Scalar):
        rings = key in get_args(Ring) and target.path[-1] == "share"
        hint = "write share: {city: ..., province: ...} there, and every ring is a value of its own" if rings else ""
        raise PathError(f"{where} is one value, it has no '{key}'", hint)
    if not where and key[:1].isdigit():
        hint = "a number has a decimal point and no comma, as in 60.5/day; a path with a comma stands in quotes"
        raise PathError(f"there is no '{key}'", hint)
    names = known_keys(target.kind) if sections else tuple(entries)
    raise PathError(f"there is no '{key}'{at}{did_you_mean(key, names)}", f"there is {listed(names)}" if names else "")


def _selected(target: Target, step: Select) -> Iterator[Target]:
    if isinstance(target.node, Mapping) and not is_section(target.kind):
        children: list[tuple[str | int, Node]] = list(target.node.entries.items())
    elif isinstance(target.node, Sequence):
        children = list(enumerate(target.node.items))
    else:
        raise PathError(f"'{step}' selects among named sections, and {show(target.path) or 'the scenario'} is none")
    for key, node in children:
        kind = below(target.kind, key)
        for wanted, _ in step.wanted:
            if not is_section(kind) or wanted not in fields(kind):
                known = known_keys(kind)
                raise PathError(
                    f"{step} selects by '{wanted}', which {show(target.path)} do not have{did_you_mean(wanted, known)}"
                )
        if all(_has(kind, node, wanted, value) for wanted, value in step.wanted):
            yield Target((*target.path, key), kind, node)


def _has(kind: Kind, node: Node, key: str, value: str) -> bool:
    own = node.entries.get(key) if isinstance(node, Mapping) else None
    if own is None:
        default = fields(kind)[key].default
        return default is not None and _same(str(default), value)
    return isinstance(own, Scalar) and _same(own.text, value)


def _same(one: str, other: str) -> bool:
    if one.strip() == other:
        return True
    try:
        return Decimal(one.replace("_", "")) == Decimal(other.replace("_", ""))
    except InvalidOperation:
        return False


def _inventory(found: list[Target]) -> str:
    names = [str(key) for t in found if isinstance(t.node, Mapping) for key in t.node.entries]
    return f"there is {listed(names)}" if names else ""
