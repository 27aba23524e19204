"""Lists of firms: shares are for all or for none and add up, and a capacity of a row is not moved by the group's."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainsim.errors import Problem, ScenarioError
from chainsim.scenario.build import build
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


def said(folder: Path, rows: str, group: str = "share: 60%") -> list[Problem]:
    """The warnings about how motor makers divide what they supply."""
    path = written(folder, rows)
    text = path.read_text("utf-8").replace("motors.csv, share: 60%", f"motors.csv, {group}".rstrip(", "))
    text = text.replace("{suppliers.motor.share: +20 points}", "{suppliers.casting.share: +5 points}")
    path.write_text(text, "utf-8")
    return [warning for warning in load(path).warnings if "sum to" in warning.message]


BY_RING = "share: {city: 36%, province: 24%}"
UNEVEN = [  # rows, what the group states, and what the model makes of it
    (
        "one,city,60%,\ntwo,city,30%,\n",
        "share: 60%",
        "sum to 90%: they count in proportion, so one gets 66.7% of the 60%",
    ),
    (
        "one,city,60%,\ntwo,city,60%,\n",
        "share: 60%",
        "sum to 120%: they count in proportion, so one gets 50% of the 60%",
    ),
    (
        "one,city,50%,\ntwo,city,40%,\nsix,province,70%,\n",
        BY_RING,
        "sum to 160%: they count in proportion, so one gets 55.6% of the 36% that motor supplies in city",
    ),
    ("one,city,60%,\ntwo,city,30%,\n", "", "sum to 90%: 10% of motor is bought outside (elsewhere)"),
]
EVEN = [
    ("one,city,60%,\ntwo,city,40%,\n", "share: 60%"),  # parts of the group
    ("one,city,40%,\ntwo,city,20%,\n", "share: 60%"),  # parts of the whole
    ("one,city,33%,\ntwo,city,33%,\nsix,city,33.5%,\n", "share: 60%"),  # rounded
    ("one,city,60%,\ntwo,province,40%,\n", BY_RING),
    ("one,city,36%,\ntwo,province,24%,\n", BY_RING),
    ("one,city,70%,\ntwo,city,30%,\nsix,province,100%,\n", BY_RING),  # parts of each ring
    ("one,city,60%,\ntwo,city,40%,\n", ""),
    ("one,city,,\ntwo,city,,\n", "share: 60%"),
]


@pytest.mark.parametrize(("rows", "group", "message"), UNEVEN)
def test_shares_that_do_not_add_up_are_told_with_what_becomes_of_them(
    tmp_path: Path, rows: str, group: str, message: str
) -> None:
    (warning,) = said(tmp_path, rows, group)
    lines = f"lines 2 to {1 + rows.count(chr(10))}"
    assert warning.message.startswith(f"shares of motor's firms ({lines}) {message}")
    assert str(warning.place).endswith("motors.csv:2:10")
    assert "let them sum to 100 %" in warning.hint
    assert ("write `share: 90%` in the line of motor" in warning.hint) is (group == "")


@pytest.mark.parametrize(("rows", "group"), EVEN)
def test_shares_that_can_be_read_as_parts_of_a_whole_are_left_alone(tmp_path: Path, rows: str, group: str) -> None:
    assert said(tmp_path, rows, group) == []


def test_the_model_divides_as_the_warning_says(tmp_path: Path) -> None:
    (warning,) = said(tmp_path, "one,city,60%,\ntwo,city,30%,\n")
    assert "one gets 66.7% of the 60%" in warning.message
    network = build(load(tmp_path / "plant.yaml"))
    shares = {network.firms[network.stocks[lane.supplier].firm].name: lane.share for lane in network.lanes}
    assert shares["one"] == 400_000  # parts per million: two thirds of 60 %
    assert shares["two"] == 200_000


def test_in_a_sheet_the_cells_are_named(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("name", "ring", "share"), ("one", "city", "60%"), ("two", "city", "30%")):
        book.active.append(row)
    book.save(tmp_path / "motors.xlsx")
    path = tmp_path / "plant.yaml"
    path.write_text(PLANT.replace("motor:   {ring: city,", "motor:   {list: motors.xlsx,"), encoding="utf-8")
    (warning,) = (warning for warning in load(path).warnings if "sum to" in warning.message)
    assert "(C2 to C3)" in warning.message
    assert str(warning.place).endswith("motors.xlsx!Sheet!C2")


def test_a_share_above_all_says_what_may_be_written(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(written(tmp_path, "one,city,120%,\ntwo,city,40%,\n"))
    (problem,) = caught.value.problems
    assert problem.message == "share must be a share, 0% to 100%, got '120%'"
    assert problem.hint == 'write a share from 0 to 100 %, such as "75%"'
