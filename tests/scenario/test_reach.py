"""Whom a change reaches: what a planner would get wrong is told, with what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.scenario.test_lists_shares import written

from chainsim.errors import ScenarioError
from chainsim.scenario.load import load

RINGS = "one,city,60%,\ntwo,province,40%,\n"
ALIKE = "buy_local changes suppliers.motor.share of its firms in city and province alike"


def warned(path: Path) -> list[tuple[str, str]]:
    return [(warning.message, warning.hint) for warning in load(path).warnings]


def test_one_share_of_firms_in_several_rings_cannot_change_for_one(tmp_path: Path) -> None:
    """The numbers to write are those that hold: 60 % of 60 % in the city."""
    (told,) = [one for one in warned(written(tmp_path, RINGS)) if "alike" in one[0]]
    hint = "for one ring, write share: {city: 36%, province: 24%} in the line of motor, "
    assert told == (ALIKE, f"{hint}and change suppliers.motor.share.city")


@pytest.mark.parametrize("rows", ["one,city,60%,\ntwo,city,40%,\n", "one,city,,\ntwo,city,,\n"])
def test_firms_of_one_ring_have_one_share(tmp_path: Path, rows: str) -> None:
    assert not warned(written(tmp_path, rows))


def test_written_as_told_the_warning_is_gone(tmp_path: Path) -> None:
    path = written(tmp_path, RINGS.replace("60%", "100%").replace("40%", "100%"))
    text = path.read_text("utf-8").replace("motors.csv, share: 60%", "motors.csv, share: {city: 36%, province: 24%}")
    path.write_text(text.replace("suppliers.motor.share: +20", "suppliers.motor.share.city: +20"), "utf-8")
    assert not warned(path)


def problems(path: Path, change: str) -> list[tuple[str, str]]:
    path.write_text(path.read_text("utf-8").replace("{suppliers.motor.share: +20 points}", f"{{{change}}}"), "utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return [(problem.message, problem.hint) for problem in caught.value.problems]


@pytest.mark.parametrize("path", ["suppliers.two.capacity", "suppliers.motor.two.capacity", "two.capacity"])
def test_a_firm_that_is_looked_for_among_the_groups_is_pointed_at(tmp_path: Path, path: str) -> None:
    ((_, hint),) = problems(written(tmp_path, RINGS), f"{path}: 100/day")
    assert hint == "a firm by name is firms.two.capacity"


def test_a_name_that_needs_quotes_is_shown_with_them_and_works_as_shown(tmp_path: Path) -> None:
    rows = '"Two Co., Ltd.",city,,50/day\n'
    path = written(tmp_path, rows)
    ((message, hint),) = [one for one in warned(path) if "capacity of their own" in one[0]]
    assert "motor_outage" in message
    key = hint.split("`")[1]
    assert key == "'firms.\"Two Co., Ltd.\".capacity'"
    path.write_text(path.read_text("utf-8").replace("{suppliers.motor.capacity: 0/day}", f"{{{key}: 0/day}}"), "utf-8")
    assert not warned(path)


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        ("suppliers.motor.share.city: +20 points", "is one value", "write share: {city: ..., province: ...}"),
        ("firms.two.share: +20 points", "there is no 'share' in a firm", "suppliers.GROUP.share.city"),
        ("plants.works.capacity: 60,5/day", "there is no '5/day'", "decimal point and no comma"),
    ],
)
def test_what_is_easily_typed_wrong_has_its_remedy(tmp_path: Path, change: str, message: str, hint: str) -> None:
    found = problems(written(tmp_path, RINGS), change)
    assert any(message in one and hint in other for one, other in found), found
