"""Lists of firms: shares are for all or for none, and a capacity of a row is not moved by the group's."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainsim.errors import ScenarioError
from chainsim.scenario.load import load

TEMPLATES = Path(__file__).resolve().parents[2] / "scenarios" / "templates"
PLANT = (TEMPLATES / "plant.yaml").read_text(encoding="utf-8")


def written(folder: Path, rows: str) -> Path:
    """The template with a list of motor makers."""
    (folder / "motors.csv").write_text(f"name,ring,share,capacity\n{rows}", encoding="utf-8")
    path = folder / "plant.yaml"
    path.write_text(PLANT.replace("motor:   {ring: city,", "motor:   {list: motors.csv,"), encoding="utf-8")
    return path


def test_a_share_that_is_missing_beside_others_is_a_problem_of_its_row(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"motors\.csv:3:1: share of 'two' is empty, but line 2 has one"):
        load(written(tmp_path, "one,city,60%,\ntwo,city,,\n"))
    load(written(tmp_path, "one,city,,\ntwo,city,,\n"))


@pytest.mark.parametrize(
    ("rows", "few"),
    [
        ("one,city,60%,50/day\ntwo,city,40%,40/day\n", "all firms"),
        ("one,city,60%,50/day\ntwo,city,40%,\n", "1 of 2 firms"),
    ],
)
def test_a_change_of_a_group_s_capacity_says_whom_it_does_not_reach(tmp_path: Path, rows: str, few: str) -> None:
    warnings = [str(warning) for warning in load(written(tmp_path, rows)).warnings]
    assert any(
        f"changes suppliers.motor.capacity, but {few} of motor have a capacity of their own" in w for w in warnings
    )


def test_where_no_row_has_a_capacity_nothing_is_said(tmp_path: Path) -> None:
    assert load(written(tmp_path, "one,city,60%,\ntwo,city,40%,\n")).warnings == ()
