"""Scenarios that YAML can read and nobody should run: what each must say, where, and with which exit code.

The cases stand in bad_semantics.yaml, with the numbers of the list of bad inputs. A case changes one sound
scenario by text; `at` is the text that the message must point to, so that line and column are checked
without being counted by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from chainsim.errors import Problem, ScenarioError
from chainsim.scenario.load import load

SOUND = """\
chainsim: 1
title: A plant, its suppliers and one market
study:
  start: 2024-01-01
  end: 2024-03-01
  seed: 7
  replications: 2
  policies: [buy_local]
parts:
  car: {price: 100_000 CNY, materials: 80%, cost_shares: {motor: 60, seat: 40}}
  motor: {materials: 50%, cost_shares: {steel: 100}}
  seat: {lot: 5}
  steel: {price: 1_000 CNY}
plants:
  byd: {makes: car, ring: city, capacity: 200/day, review: 1 day, lead_time: 1 day}
suppliers:
  motor: {makes: motor, count: {city: 2, province: 3}, share: {city: 30%, province: 40%}, capacity: 60/day}
  seats: {makes: seat, share: 100%, lead_time: 1 ± 0.2 days}
outside:
  elsewhere: {supplies: [motor, steel], lead_time: 3 days}
markets:
  buyers: {buys: car, rate: 100/day}
policies:
  buy_local: {from: 2024-02-01, change: {suppliers.motor.share.city: +10 points}}
disruptions:
  flood: {from: 2024-01-10, until: 2024-01-20, change: {suppliers.seats.capacity: 0/day}}
"""

Edits = Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """One change of the sound scenario and what must be said about it."""

    id: str
    edits: Edits
    message: str
    at: str
    hint: str
    exit: int
    files: Mapping[str, str]


CASES = [
    Case(
        name,
        one["change"],
        one["says"],
        one.get("at", ""),
        one.get("hint", ""),
        int(one.get("exit", 2)),
        one.get("files", {}),
    )
    for name, one in yaml.load(Path(__file__).with_name("bad_semantics.yaml").read_bytes(), yaml.BaseLoader).items()
]


def folder(tmp_path: Path, edits: Edits, files: Mapping[str, str]) -> tuple[Path, str]:
    text = SOUND
    for old, new in edits.items():
        assert text.count(old) >= 1, f"the sound scenario has no {old!r}"
        text = text.replace(old, new, 1)
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret.yaml").write_text("secret: hunter2\n", encoding="utf-8")
    for name, content in files.items():
        (home / name).write_text(content, encoding="utf-8")
    path = home / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return path, text


def problems_of(path: Path, settings: tuple[str, ...] = ()) -> tuple[int, tuple[Problem, ...]]:
    """Exit code and problems, as the command line would report them."""
    try:
        return 0, load(path, settings).warnings
    except ScenarioError as error:
        return error.exit_code, error.problems


def test_the_sound_scenario_is_sound(tmp_path: Path) -> None:
    path, _ = folder(tmp_path, {}, {})
    assert problems_of(path) == (0, ())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"case-{case.id}")
def test_bad_scenario_is_named_with_its_place(case: Case, tmp_path: Path) -> None:
    path, text = folder(tmp_path, case.edits, case.files)
    code, problems = problems_of(path)
    said = "\n".join(f"{p} | {p.hint}" for p in problems)
    found = [p for p in problems if case.message in p.message and case.hint in p.hint]
    assert found, f"expected {case.message!r}, got:\n{said}"
    assert code == case.exit
    assert found[0].warning == (case.exit == 0)
    errors = [p for p in problems if not p.warning]
    assert len(errors) == (case.exit != 0), f"one fault, but:\n{said}"
    place = found[0].place
    assert place is not None
    if case.at:
        start = text.index(case.at)
        line = text.count("\n", 0, start) + 1
        column = start - (text.rfind("\n", 0, start) + 1) + 1
        assert (place.file, place.line, place.column) == (str(path), line, column)
        assert found[0].excerpt == text.splitlines()[line - 1]
    assert "hunter2" not in said
