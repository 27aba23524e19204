"""YAML text to marked nodes.  The only module that knows YAML, and the only one that imports it.

In: a file, or its text.  Out: a `Mapping` whose keys and values know their places; scalars are still text.
The tree is built from the stream of events, so that depth and size are judged as they come, nothing is
constructed, and aliases, tags and merge keys have no effect but a problem.  Problems are collected; a
syntax error ends the list, because what follows it cannot be trusted.
A plain key of four digits (`2023`) is text; other keys that YAML would not read as text must be quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chainsim.errors import Place, Problem, ScenarioError
from chainsim.scenario.text.files import MOST_PROBLEMS, decode, read_bytes
from chainsim.scenario.text.nodes import Mapping, Node, Scalar, Sequence
from chainsim.scenario.text.sources import problem
from chainsim.scenario.text.syntax import explain, missing_space, wide_signs
from chainsim.units import shown

DEEPEST = 40
MOST_NODES = 100_000
NUMBERED = ("season", "quantity", "schedule", "holidays")  # whose keys are numbers or dates
KEYS = "such as study, parts, plants, markets"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = yaml.resolver.Resolver()
_TEXT = "tag:yaml.org,2002:str"
_YEAR = re.compile(r"[1-9]\d{3}", re.ASCII)
_PLAIN_KEY = re.compile(r"(0|[1-9][\d_]*)(\.\d+)?|\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?", re.ASCII)
_NUMBER = re.compile(r"[-+]?\.?\d[\d_.]*(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})")


def read(path: Path, display: str | None = None) -> Mapping:
    """The scenario file at `path`, called `display` in messages; `ScenarioError` with all its problems."""
    display = str(path) if display is None else display
    return read_text(read_bytes(path, display), display)


def read_text(source: str | bytes, display: str = "<text>") -> Mapping:
    """The scenario in `source`; bytes are decoded as UTF-8, with or without byte-order mark."""
    data = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    return _Builder(display, decode(data, display)).scenario()


def read_value(source: str, display: str = "<value>") -> Node:
    """One value of any shape, as `--set` takes it; an empty text is a scalar without text."""
    data = source.encode("utf-8", "surrogatepass")
    return _Builder(display, decode(data, display)).value()


class _Stop(Exception):
    """No use in reading on."""


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read; `under` is its own key, `key` the one in it that waits for its value."""

    node: Mapping | Sequence
    flow: bool
    anchor: str | None
    is_key: bool
    under: str | None = None
    key: str | None = None
    kept: bool = True
    last: Scalar | None = None
    key_place: Place | None = None


class _Builder:
    """Turns one stream of events into one tree."""

    def __init__(self, display: str, text: str) -> None:
        self.display = display
        self.text = text
        self.problems: list[Problem] = []
        self.anchors: set[str] = set()
        self.root: Node | None = None
        self.stack: list[_Open] = []
        self.documents = 0
        self.one_value = False
        self.nodes = 0

    def scenario(self) -> Mapping:
        """The root mapping, or a `ScenarioError`."""
        self._read()
        if not self.problems and not (isinstance(self.root, Mapping) and self.root.entries):
            self.problems.append(self._wrong_root())
        self._raise()
        assert isinstance(self.root, Mapping)
        return self.root

    def value(self) -> Node:
        """The root whatever it is, or a `ScenarioError`."""
        self.one_value = True
        self._read()
        self._raise()
        return self.root or Scalar("", Place(self.display, 1, 1))

    def _raise(self) -> None:
        if self.problems:
            unique = dict.fromkeys(self.problems)
            raise ScenarioError(sorted(unique, key=_order)[:MOST_PROBLEMS])

    def _read(self) -> None:
        try:
            for event in self._events():
                self._take(event)
        except _Stop:
            pass
        except yaml.YAMLError as error:
            self.problems.append(explain(error, self.display, self.text))

    def _events(self) -> Iterator[Any]:
        text = self.text
        if text.lstrip().startswith("{"):  # JSON may be indented by tabs, and split characters into two escapes
            text = _INDENT.sub(lambda blanks: " " * len(blanks[0]), _PAIR.sub(_joined, text))
        yield from yaml.parse(text, Loader=_LOADER)

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(event)
        elif isinstance(event, yaml.NodeEvent):
            self._node(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            closed = self.stack.pop()
            if closed.is_key:
                self._key_waits("", closed.node.place, kept=False)

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._problem(self._at(event), "only one document allowed", "move it to a file of its own, or delete '---'")
            raise _Stop
        if event.tags:
            self._problem(self._at(event), "tags are not allowed", "delete the %TAG line")

    def _node(self, event: Any) -> None:
        self.nodes += 1
        place = self._at(event)
        if self.nodes > MOST_NODES:
            hint = "put long lists of firms into a CSV beside the scenario: `list: firms.csv`"
            self._problem(place, f"more than {MOST_NODES:,} keys and values", hint)
            raise _Stop
        self._tricks(event, place)
        parent = self.stack[-1] if self.stack else None
        is_key = parent is not None and isinstance(parent.node, Mapping) and parent.key is None
        if isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent)):
            text = event.value if isinstance(event, yaml.ScalarEvent) else ""
            plain = isinstance(event, yaml.AliasEvent) or event.style is None or event.style == ""
            if is_key and parent:
                self._key(parent, text, place, plain=plain, alias=isinstance(event, yaml.AliasEvent))
            else:
                self._value(Scalar(text, place, not plain), plain=plain)
            return
        if len(self.stack) >= DEEPEST:
            self._problem(place, f"nested deeper than {DEEPEST}", "a scenario needs no more than 6")
            raise _Stop
        node: Mapping | Sequence = (
            Mapping({}, place) if isinstance(event, yaml.MappingStartEvent) else Sequence([], place)
        )
        under = parent.key if parent else None
        if is_key:
            self._problem(
                place, "keys must be text, not a list or mapping", "quote the key if these signs belong to it"
            )
        else:
            self._attach(node)
        self.stack.append(_Open(node, bool(event.flow_style), event.anchor, is_key, under))

    def _tricks(self, event: Any, place: Place) -> None:
        """Refuses what would make one text mean another elsewhere: aliases, anchors and tags."""
        quote = 'write the value out; quote a text that begins with this sign: "{}..."'
        if isinstance(event, yaml.AliasEvent):
            name = f"'*{event.anchor}'"
            if any(frame.anchor == event.anchor for frame in self.stack):
                message = f"alias {name} is recursive: it stands inside what it names; aliases are not supported"
            elif event.anchor not in self.anchors:
                message = f"alias {name} names no anchor; aliases are not supported"
            else:
                message = "aliases are not supported"
            self._problem(place, message, quote.format("*"))
            return
        if event.anchor is not None:
            self.anchors.add(event.anchor)
            self._problem(place, f"anchors are not supported, got '&{event.anchor}'", quote.format("&"))
        if event.tag is not None:
            self._problem(place, "tags are not allowed", quote.format("!"))

    def _key(self, parent: _Open, text: str, place: Place, *, plain: bool, alias: bool) -> None:
        """Notes the key of the value that comes next; a key that is refused leads its value nowhere."""
        assert isinstance(parent.node, Mapping)
        mapping, kept = parent.node, False
        tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False)) if plain else _TEXT
        if alias:
            pass
        elif plain and text == "<<":
            self._problem(place, "merge keys are not supported", "write the keys out")
        elif (
            plain and (tag != _TEXT or _NUMBER.fullmatch(text)) and not (_YEAR.fullmatch(text) or self._numbered(text))
        ):
            self._problem(place, f"keys must be text, got {shown(text)}", f'quote it: "{text}"')
        elif plain and "：" in text:
            self._problem(place, f"key {shown(text)} contains a full-width colon", wide_signs("："))
        elif self._invisible(text, place):
            pass
        elif text in mapping.entries:
            self._problem(
                place,
                f"key {shown(text)} already set on line {mapping.key_places[text].line}",
                "delete one of them",
            )
        else:
            kept = True
        self._key_waits(text, place, kept=kept)
        if kept:
            mapping.key_places[text] = place

    def _numbered(self, text: str) -> bool:
        """Whether a number or a date may be a key here: below one of NUMBERED, and at the root of a `--set` value."""
        under = self.stack[-1].under
        root = self.one_value and len(self.stack) == 1
        expected = root or (under is not None and under.rpartition(".")[2] in NUMBERED)
        return expected and bool(_PLAIN_KEY.fullmatch(text))

    def _key_waits(self, text: str, place: Place, *, kept: bool) -> None:
        parent = self.stack[-1]
        parent.key, parent.kept, parent.key_place = text, kept, place

    def _value(self, scalar: Scalar, *, plain: bool) -> None:
        parent = self.stack[-1] if self.stack else None
        if plain and scalar.text == "=":
            self._problem(scalar.place, "'=' is not a value", 'write a value, or quote it: "="')
        if plain and not scalar.text and parent and parent.flow and parent.key and parent.key_place:
            self._without_value(parent, parent.key, parent.key_place)
        self._invisible(scalar.text, scalar.place)
        if parent:
            parent.last = scalar if plain else None
        self._attach(scalar)

    def _without_value(self, parent: _Open, key: str, place: Place) -> None:
        """A key alone in braces: mostly a colon without its space, or a comma inside a call."""
        last = parent.last
        if last and last.text.count("(") > last.text.count(")") and key.count(")") > key.count("("):
            whole = f"{last.text}, {key}"
            message = f"the comma after {shown(last.text)} ends the value: inside braces it separates keys"
            self._problem(last.place, message, f'quote it: "{whole}"')
            parent.kept = False
        elif hint := missing_space(key):
            self._problem(place, f"{shown(key)} is a key without a value", hint)

    def _attach(self, node: Node) -> None:
        """Puts a value where it belongs: under the waiting key, at the end of the list, or at the root."""
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent.node, Sequence):
            parent.node.items.append(node)
            return
        if parent.kept and parent.key is not None:
            parent.node.entries[parent.key] = node
        parent.key = None

    def _invisible(self, text: str, place: Place) -> bool:
        found = _INVISIBLE.search(text)
        if found:
            self._problem(
                place,
                f"invalid character U+{ord(found[0]):04X}",
                "delete the escape, or type the character itself",
            )
        return bool(found)

    def _wrong_root(self) -> Problem:
        place = Place(self.display, 1)
        if self.root is None or (isinstance(self.root, Scalar) and self.root.text.lower() in ("", "null", "~")):
            return problem(place, "scenario is empty", "`chainsim new DIR` starts one")
        if isinstance(self.root, Scalar):
            lines = [line.count(",") for line in self.text.splitlines()[:5] if line.strip()]
            if len(lines) > 1 and min(lines) > 0 and len(set(lines)) == 1:
                return Problem(
                    "not a YAML text file: it looks like CSV",
                    Place(self.display),
                    "name the scenario's .yaml file",
                )
            hint = wide_signs(self.text[:200]) or missing_space(self.text)
            return problem(
                place,
                f"expected a mapping with keys {KEYS}, got text",
                hint or "write `key: value` on each line",
            )
        what = "a list" if isinstance(self.root, Sequence) else "an empty one"
        return problem(place, f"expected a mapping with keys {KEYS}, got {what}", "write `key: value` on each line")

    def _at(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        scalar = isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent))
        width = end.column - start.column if scalar and end.line == start.line else 1
        return Place(self.display, start.line + 1, start.column + 1, max(1, width))

    def _problem(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(problem(place, message, hint))
        if len(self.problems) > 10 * MOST_PROBLEMS:
            raise _Stop


def _order(found: Problem) -> tuple[int, int]:
    return (found.place.line, found.place.column) if found.place else (0, 0)


def _joined(pair: re.Match[str]) -> str:
    high, low = int(pair[2], 16), int(pair[3], 16)
    return f"{pair[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"
