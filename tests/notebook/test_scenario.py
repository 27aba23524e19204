"""A scenario in a notebook: it shows what it covers, and can be changed without its files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import chainsim as cs
from chainsim.errors import ScenarioError


def test_a_scenario_shows_its_title_firms_and_policies(small: Path) -> None:
    html = cs.load(small)._repr_html_()
    for text in (
        "A small plant",
        "2024-01-01 to 2024-03-01 (not included)",
        "2: 电机, steel",
        "pay_sooner",
        "50 assumed",
    ):
        assert text in html
    assert repr(cs.load(small)) == "<Scenario small: A small plant with suppliers in two tiers (小工厂)>"
    assert "study.end" not in html
    assert "study.end=2024-02-15" in cs.load(small, set={"study.end": "2024-02-15"})._repr_html_()


def test_names_are_never_markup(tmp_path: Path, small: Path) -> None:
    text = small.read_text(encoding="utf-8").replace("title: A small plant", "title: <script>alert(1)</script> & plant")
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    html = cs.load(path)._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; plant" in html


def test_a_change_is_that_of_the_command_line_and_reads_no_file_again(tmp_path: Path, small: Path) -> None:
    path = tmp_path / "small.yaml"
    shutil.copy(small, path)
    loaded = cs.load(path, set={"plants.works.batch": "6"})
    path.write_text("no: scenario\n", encoding="utf-8")
    changed = loaded.changed(["plants.works.capacity=40/day"])
    assert changed.settings == ("plants.works.batch=6", "plants.works.capacity=40/day")
    shutil.copy(small, path)
    again = cs.load(path, set={"plants.works.batch": "6", "plants.works.capacity": "40/day"})
    assert changed.scenario == again.scenario
    assert dict(changed.inputs) == dict(again.inputs)
    with pytest.raises(ScenarioError, match="capcity"):
        loaded.changed(["plants.works.capcity=40/day"])
