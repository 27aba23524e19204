"""`extends`: a scenario that says only how it differs means the same as one that says everything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.errors import Place
from chainsim.scenario.load import Loaded, load
from chainsim.scenario.resolve.inherit import merge
from chainsim.scenario.text.nodes import Mapping, Node, Scalar, Sequence

Load = Callable[..., Loaded]
Refused = Callable[..., list[str]]
Write = Callable[..., Path]

KEYS = st.sampled_from("abc")
TREES = st.recursive(
    st.integers(0, 9).map(str) | st.lists(st.integers(0, 9).map(str), max_size=2),
    lambda below: st.dictionaries(KEYS, below, max_size=3),
    max_leaves=8,
)
ROOTS = st.dictionaries(KEYS, TREES, max_size=3)
NEARER = st.dictionaries(KEYS, st.none() | TREES, max_size=3)


def node(value: Any) -> Node:
    here = Place("x", 1, 1)
    if isinstance(value, dict):
        return Mapping({key: node(child) for key, child in value.items()}, here)
    if isinstance(value, list):
        return Sequence([node(child) for child in value], here)
    return Scalar("null" if value is None else value, here)


def plain(tree: Node) -> Any:
    if isinstance(tree, Mapping):
        return {key: plain(child) for key, child in tree.entries.items()}
    if isinstance(tree, Sequence):
        return [plain(child) for child in tree.items]
    return None if tree.text == "null" else tree.text


def merged(base: Any, nearer: Any) -> Any:
    result = merge(node(base), node(nearer))  # type: ignore[arg-type]
    return plain(result)


@given(ROOTS)
def test_what_says_nothing_changes_nothing(base: Any) -> None:
    assert merged(base, {}) == base
    assert merged({}, base) == base


@given(ROOTS, ROOTS)
def test_saying_it_again_changes_nothing(base: Any, nearer: Any) -> None:
    once = merged(base, nearer)
    assert merged(once, nearer) == once
    assert merged(base, base) == base


@given(ROOTS, NEARER)
def test_the_nearer_value_wins_and_null_takes_away(base: Any, nearer: Any) -> None:
    result = merged(base, nearer)
    for key, value in nearer.items():
        if value is None and key in base:
            assert key not in result
        elif isinstance(value, dict) and isinstance(base.get(key), dict):
            assert result[key] == merged(base[key], value)
        else:
            assert result[key] == value
    assert {key: result[key] for key in base if key not in nearer} == {
        key: value for key, value in base.items() if key not in nearer
    }


def test_inputs_of_a_merge_stay_as_they_were() -> None:
    base, nearer = node({"a": {"b": "1"}}), node({"a": {"c": "2"}})
    merge(base, nearer)  # type: ignore[arg-type]
    assert plain(base) == {"a": {"b": "1"}}
    assert plain(nearer) == {"a": {"c": "2"}}


def test_a_law_written_as_a_mapping_replaces_as_a_whole() -> None:
    base = {"lead_time": {"law": "lognormal", "mean": "2 days", "sd": "1 day"}}
    nearer = {"lead_time": {"law": "exponential", "mean": "3 days"}}
    assert merged(base, nearer) == nearer
    assert merged({"lead_time": {"city": "1 day"}}, nearer) == nearer


def test_extending_equals_writing_everything(write: Write, small: str, loaded: Load) -> None:
    whole = loaded(small.replace("rate: 100/day", "rate: 70/day").replace(", tier: 1, count: 2", ", tier: 1"))
    child = "extends: base.yaml\nmarkets: {buyers: {rate: 70/day}}\nsuppliers: {seats: {count: null}}\n"
    assert loaded(child, base__yaml=small).scenario == whole.scenario


def test_places_lead_to_the_file_that_said_it(refused: Refused, small: str) -> None:
    wrong = small.replace("rate: 100/day", "rate: 100")
    said = refused("extends: base.yaml\nplants: {byd: {revue: 1 day}}\n", base__yaml=wrong)
    assert said == [
        "small.yaml:2:16: unknown key 'revue' - did you mean 'review'?",
        "base.yaml:16:29: rate needs a time, got '100'",
    ]


def test_every_file_is_read_once_and_kept(loaded: Load, small: str) -> None:
    child = "extends: base.yaml\ntitle: child\n"
    assert loaded(child, base__yaml=small).inputs == {"small.yaml": child.encode(), "base.yaml": small.encode()}


def test_parents_may_stand_in_folders_below(tmp_path: Path, small: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "middle.yaml").write_text("extends: ../base.yaml\ntitle: middle\n", encoding="utf-8")
    (tmp_path / "base.yaml").write_text(small, encoding="utf-8")
    (tmp_path / "top.yaml").write_text("extends: sub/middle.yaml\n", encoding="utf-8")
    result = load(tmp_path / "top.yaml")
    assert result.scenario.title == "middle"
    assert list(result.inputs) == ["top.yaml", "sub/middle.yaml", "base.yaml"]


def test_messages_name_files_as_the_user_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "a.yaml").write_text("extends: b.yaml\n", encoding="utf-8")
    (tmp_path / "scenarios" / "b.yaml").write_text("study: {}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception, match=r"^scenarios/b\.yaml:1:8: key 'start' missing"):
        load("scenarios/a.yaml")


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_a_link_out_of_the_folder_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "secret.yaml").write_text("hunter2: 1\n", encoding="utf-8")
    (tmp_path / "home" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "home" / "a.yaml").write_text("extends: link.yaml\n", encoding="utf-8")
    with pytest.raises(Exception, match="path leaves the scenario folder") as caught:
        load(tmp_path / "home" / "a.yaml")
    assert "hunter2" not in str(caught.value)


def test_null_where_nothing_is_inherited_is_refused(refused: Refused, small: str) -> None:
    said = refused(small.replace("component_stock: 3 days", "component_stock: ~"))
    assert len(said) == 1
    assert said[0].startswith("small.yaml:8:50: component_stock must be")
