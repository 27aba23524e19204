"""Text to marked nodes: places, what stays text, and that no bytes whatever make the reader crash."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chainsim.errors import Place, ScenarioError
from chainsim.scenario.text import reader
from chainsim.scenario.text.files import LARGEST_FILE
from chainsim.scenario.text.nodes import Mapping, Node, Scalar, Sequence, walk
from chainsim.scenario.text.reader import DEEPEST, MOST_NODES, read, read_text, read_value
from chainsim.scenario.text.sources import excerpt, problem

SMALL = """\
title: 比亚迪 and its suppliers
study: {start: 2023-01-01, policies: [a, "b"]}   # a comment
parts:
  座椅: {price: 145_000 CNY, "unit": '件'}
  wheel:
    lot: 010
"""


@pytest.fixture(params=["libyaml", "python"])
def any_loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers of PyYAML: the C one, and the one that takes its place where that was not built."""
    if request.param == "python":
        monkeypatch.setattr(reader, "_LOADER", yaml.SafeLoader)
    elif not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML was built without libyaml")


def plain(node: Node) -> Any:
    """The tree as lists, dicts and texts."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(child) for key, child in node.entries.items()}


def problems(source: str | bytes) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_text(source, "f.yaml")
    return [str(found) for found in caught.value.problems]


@pytest.mark.usefixtures("any_loader")
def test_every_scalar_stays_the_text_that_was_typed() -> None:
    assert plain(read_text(SMALL)) == {
        "title": "比亚迪 and its suppliers",
        "study": {"start": "2023-01-01", "policies": ["a", "b"]},
        "parts": {"座椅": {"price": "145_000 CNY", "unit": "件"}, "wheel": {"lot": "010"}},
    }


@pytest.mark.usefixtures("any_loader")
def test_keys_and_values_know_their_places_counted_in_characters() -> None:
    tree = read_text(SMALL, "f.yaml")
    lines = SMALL.splitlines()
    found = 0
    for _, node in walk(tree):
        if isinstance(node, Mapping):
            for key, place in node.key_places.items():
                assert lines[place.line - 1][place.column - 1 :].lstrip("\"'").startswith(key)
                found += 1
        if isinstance(node, Scalar):
            start = node.place.column - 1
            assert lines[node.place.line - 1][start : start + node.place.width].strip("\"'") == node.text
            found += 1
    assert found == 10 + 7
    parts = tree.entries["parts"]
    assert isinstance(parts, Mapping)
    assert parts.key_places["座椅"] == Place("f.yaml", 4, 3, 2)


@pytest.mark.usefixtures("any_loader")
def test_quotes_are_remembered() -> None:
    tree = read_text("a: no\nb: 'no'\nc: \"no\"\nd: |\n  no\n")
    quoted = {key: node.quoted for key, node in tree.entries.items() if isinstance(node, Scalar)}
    assert quoted == {"a": False, "b": True, "c": True, "d": True}


@pytest.mark.usefixtures("any_loader")
@pytest.mark.parametrize(
    "variant",
    [
        SMALL.encode("utf-8-sig"),
        SMALL.replace("\n", "\r\n").encode(),
        SMALL.replace("\n", "\r").encode(),
        SMALL.rstrip("\n").encode(),
        ("---\n" + SMALL + "...\n").encode(),
        ("%YAML 1.1\n---\n" + SMALL).encode(),
        json.dumps(plain(read_text(SMALL))).encode(),
        json.dumps(plain(read_text(SMALL)), indent="\t", ensure_ascii=False).encode(),
    ],
    ids=["BOM", "CRLF", "CR", "no final newline", "markers", "directive", "JSON", "JSON with tabs"],
)
def test_the_same_content_in_another_dress_is_the_same_scenario(variant: bytes) -> None:
    assert plain(read_text(variant)) == plain(read_text(SMALL))


@pytest.mark.usefixtures("any_loader")
def test_json_may_write_characters_beyond_the_basic_plane_as_two_escapes() -> None:
    text = json.dumps({"🚗": r"\ud83d stays text", "b": "😀"})
    assert plain(read_text(text)) == {"🚗": r"\ud83d stays text", "b": "😀"}


@pytest.mark.usefixtures("any_loader")
def test_years_are_keys_and_other_numbers_must_be_quoted() -> None:
    assert plain(read_text('{2023: 1, "3": 2, 座椅: 3}')) == {"2023": "1", "3": "2", "座椅": "3"}
    assert problems("3: 1\n0123: 2\n20230: 4\n1_000: 5\n1e3: 6\n") == [
        "f.yaml:1:1: keys must be text, got '3'",
        "f.yaml:2:1: keys must be text, got '0123'",
        "f.yaml:3:1: keys must be text, got '20230'",
        "f.yaml:4:1: keys must be text, got '1_000'",
        "f.yaml:5:1: keys must be text, got '1e3'",
    ]


@pytest.mark.usefixtures("any_loader")
def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = "a: &x 1\nb: *x\na: 2\nno: 3\nc: !t 4\nd: {e:5}\n"
    assert problems(text) == [
        "f.yaml:1:4: anchors are not supported, got '&x'",
        "f.yaml:2:4: aliases are not supported",
        "f.yaml:3:1: key 'a' already set on line 1",
        "f.yaml:4:1: keys must be text, got 'no'",
        "f.yaml:5:4: tags are not allowed",
        "f.yaml:6:5: 'e:5' is a key without a value",
    ]


def test_at_most_twenty_problems_are_kept() -> None:
    assert len(problems("a: 1\n" * 1000)) == 20


@pytest.mark.usefixtures("any_loader")
def test_nesting_ends_at_forty() -> None:
    deepest = "{a: " * DEEPEST + "1" + "}" * DEEPEST
    assert isinstance(read_text(deepest), Mapping)
    assert problems("a: " + deepest) == ["f.yaml:1:160: nested deeper than 40"]
    assert problems("[" * 100_000) == ["f.yaml:1:41: nested deeper than 40"]
    assert problems("- " * 100_000) == ["f.yaml:1:81: nested deeper than 40"]


def test_the_number_of_values_is_limited_before_they_are_built() -> None:
    assert problems("".join(f"k{i}: 1\n" for i in range(MOST_NODES)))[0].endswith("more than 100,000 keys and values")


def test_a_comma_inside_a_call_inside_braces_is_explained() -> None:
    with pytest.raises(ScenarioError) as caught:
        read_text("a: {b: lognormal(4 days, 1 day), c: 1}\n", "f.yaml")
    (found,) = caught.value.problems
    assert str(found).startswith("f.yaml:1:8: the comma after 'lognormal(4 days' ends the value")
    assert found.hint == 'quote it: "lognormal(4 days, 1 day)"'
    assert plain(read_text("a: lognormal(4 days, 1 day)")) == {"a": "lognormal(4 days, 1 day)"}


def test_one_value_of_any_shape_can_be_read() -> None:
    assert plain(read_value("3 days")) == "3 days"
    assert plain(read_value("{city: 20%}")) == {"city": "20%"}
    assert plain(read_value("[a, b]")) == ["a", "b"]
    assert plain(read_value("")) == ""
    with pytest.raises(ScenarioError):
        read_value("*x")


def test_a_problem_shows_its_line() -> None:
    read_text("a: 1\r\nb: 2\r\n", "f.yaml")
    assert excerpt(Place("f.yaml", 2, 1)) == "b: 2"
    assert problem(Place("f.yaml", 2, 4), "is odd").excerpt == "b: 2"
    assert problem(Place("f.yaml", 9, 1), "is odd").excerpt == ""
    assert problem(Place("other.yaml", 1), "is odd").excerpt == ""
    assert problem(None, "is odd").excerpt == ""


# -------------------------------------------------------------------------------------------------- files


def refused(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(path, "f.yaml")
    (found,) = caught.value.problems
    return str(found)


def test_a_file_is_called_as_the_user_called_it(tmp_path: Path) -> None:
    path = tmp_path / "场景 one.yaml"
    path.write_text("a: 1\nb\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"场景 one\.yaml:2:"):
        read(path)
    assert plain(read_text("a: 1")) == {"a": "1"}


def test_size_is_judged_before_content(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    assert refused(path) == "f.yaml: 1,000,000,000 bytes, limit 5,000,000"
    path.write_bytes(b"a: " + b"x" * (LARGEST_FILE - 3))
    assert isinstance(read(path), Mapping)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_and_devices_never_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is not a regular file" in refused(tmp_path / "pipe")
    assert "is not a regular file" in refused(Path("/dev/zero"))
    assert "is a folder" in refused(tmp_path)


# --------------------------------------------------------------------------------------------------- laws

keys = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
texts = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Cn"]), max_size=12)
trees = st.recursive(
    texts,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(keys, trees, min_size=1, max_size=4))
def test_any_tree_written_as_json_is_read_back(tree: dict[str, Any]) -> None:
    assert plain(read_text(json.dumps(tree))) == tree
    assert plain(read_text(json.dumps(tree, ensure_ascii=False, indent=2))) == tree


def outcome(data: bytes) -> ScenarioError | None:
    """The error that reading gives, if any; anything but a ScenarioError escapes and fails the test."""
    try:
        read_text(data, "f.yaml")
    except ScenarioError as error:
        return error
    return None


pieces = st.sampled_from(
    [*"{}[]:,-?&*!|>'\"%@`#=~<\t\n\r \\\x00\x1b：，“\u2028\ufeff", "<<", "---", "...", "\\u", "\\ud800"]
)


@given(st.data())
def test_damaged_text_is_refused_or_read_but_never_crashes(data: st.DataObject) -> None:
    text = SMALL
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 10)))
        text = text[:start] + data.draw(st.just("") | pieces | st.text(max_size=3)) + text[end:]
    error = outcome(text.encode("utf-8", "surrogatepass"))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for found in error.problems if error else ():
        assert found.message
        assert found.place is not None
        assert 0 <= found.place.line <= len(lines)
        if found.place.column > 1:
            assert found.place.column <= len(lines[found.place.line - 1]) + 1


@given(st.integers(0, len(SMALL.encode())), st.binary(max_size=4), st.integers(0, 4))
def test_damaged_bytes_are_refused_or_read_but_never_crash(at: int, junk: bytes, lost: int) -> None:
    data = SMALL.encode()
    error = outcome(data[:at] + junk + data[at + lost :])
    assert error is None or error.problems


@pytest.mark.parametrize("end", range(len(SMALL.encode()) + 1))
def test_a_file_cut_off_anywhere_is_refused_or_read(end: int) -> None:
    error = outcome(SMALL.encode()[:end])
    assert error is None or all(found.place for found in error.problems)
