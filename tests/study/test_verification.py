"""`chainsim verify-model`: the gallery is whole, cases without chance are met to nine digits, and a wrong one fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chainsim.cli.verify_model import command
from chainsim.errors import ScenarioError
from chainsim.scenario.load import load
from chainsim.study.verification import expectations, verify

GALLERY = sorted((Path(__file__).parents[2] / "scenarios" / "textbook").glob("*.yaml"))
WITHOUT_CHANCE = ("beer-game", "eoq", "leontief", "leontief-closed", "leontief-type-two")

CASE = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-01-11, replications: 2}
parts: {job: {price: 1 CNY}}
plants: {workshop: {makes: job, process_time: 6 h, batch: 1}}
markets: {customers: {buys: job, every: 12 h, quantity: 1}}
expect:
  days in the shop: {measure: mean_delay, %s}
"""


def run(tmp_path: Path, expectation: str, *options: str) -> Result:
    file = tmp_path / "case.yaml"
    file.write_text(CASE % expectation, encoding="utf-8")
    return CliRunner().invoke(command, [str(file), "-q", "-j", "1", *options], standalone_mode=False)


@pytest.mark.parametrize("file", GALLERY, ids=lambda file: file.stem)
def test_every_case_of_the_gallery_can_be_read_and_expects_something(file: Path) -> None:
    loaded = load(file)
    expected = expectations(loaded)
    assert loaded.scenario.title
    assert expected
    for name, (right, unlike) in expected.items():
        assert right.source or right.meaning != "stated", name
        assert all(near != pytest.approx(right.value, rel=1e-6) for near in unlike), name


def test_the_gallery_has_at_least_thirty_cases() -> None:
    assert len(GALLERY) >= 30


@pytest.mark.parametrize("name", WITHOUT_CHANCE)
def test_cases_without_chance_are_exact(name: str) -> None:
    verdicts = verify([load(file) for file in GALLERY if file.stem == name], jobs=1)
    assert verdicts
    assert {verdict.outcome for verdict in verdicts} == {"pass"}
    assert {verdict.error for verdict in verdicts} == {0.0}


@pytest.mark.parametrize(
    ("expectation", "outcome"),
    [("expected: 0.25, reference: by hand", "pass"), ("expected: 0.26", "fail"), ('theory: "2 / 8 + 0"', "refused")],
)
def test_a_case_of_ones_own_is_judged(tmp_path: Path, expectation: str, outcome: str) -> None:
    if outcome == "refused":
        with pytest.raises(ScenarioError, match="not a formula"):
            raise run(tmp_path, expectation).exception  # type: ignore[misc]
        return
    result = run(tmp_path, expectation)
    assert f"1 {outcome}" in result.output
    assert (result.return_value or 0) == (outcome == "fail")


@pytest.mark.parametrize(
    ("expectation", "said"),
    [
        ("measure: no_such, expected: 1", "no row of kpis"),
        ("measure: stocks.nothing, expected: 1", "there is no 'stocks.nothing'"),
        ("measure: nowhere.column, expected: 1", "there is no 'nowhere.column'"),
        ("measure: stocks.orders, of: {colour: red}, expected: 1", "no column 'colour'"),
        ("measure: lanes.units, of: {supplier: nobody}, expected: 1", "no row of lanes"),
        ("theory: mm1_sojurn(arrival_rate=1), expected: 1", "state either"),
        ("theory: mm1_sojurn(arrival_rate=1)", "did you mean"),
    ],
)
def test_what_cannot_be_judged_is_said(tmp_path: Path, expectation: str, said: str) -> None:
    text = CASE.replace("measure: mean_delay, %s", "%s") if expectation.startswith("measure") else CASE
    file = tmp_path / "case.yaml"
    file.write_text(text % expectation, encoding="utf-8")
    with pytest.raises(ScenarioError, match=said):
        verify([load(file)], jobs=1)


def test_csv_has_a_row_for_each_quantity(tmp_path: Path) -> None:
    output = run(tmp_path, "expected: 0.25", "--format", "csv").output.splitlines()
    assert output[0].startswith("case,quantity,expected,simulated,standard_error")
    assert output[1].startswith("case,days in the shop,0.25,0.25,0.0")
