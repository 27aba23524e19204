"""The region around the firms: what a scenario says of it, what it must not say, and that it holds for a whole run."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from chainsim.errors import ScenarioError
from chainsim.model.network import Network, Region
from chainsim.scenario.build import build
from chainsim.scenario.load import load

CASE = """\
chainsim: 1
study: {start: 2024-01-01, end: 2024-03-01}
parts:
  car: {price: 10_000 CNY, materials: 50%, cost_shares: {seat: 100}}
  seat: {}
plants:
  works: {makes: car, chain: cars, footprint: {wages: 40%, tax: 5%, depreciation: 20%, interest: 4%, OTHER}}
suppliers:
  seat: {share: 100%, footprint: {other_inputs: {Utilities: 10%}}}
outside:
  world: {sector: Machinery}
markets:
  buyers: {buys: car, rate: 10/day}
region:
  local: LOCAL
  households: {wages: 50%, residents: 90%, spend: 68%, basket: BASKET}
policies:
  later: {from: 2024-02-01, change: {region.additionality: 10%}}
  at_once: {change: {region.additionality: 10%}}
"""


def written(tmp_path: Path, **said: str) -> Path:
    """The case with some words replaced."""
    text = CASE
    words = {"OTHER": "other_inputs: {Utilities: 2%}", "LOCAL": "{city: 30%, province: 55%}", "BASKET": "{Food: 3}"}
    for word, value in (words | said).items():
        text = text.replace(word, value)
    file = tmp_path / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def network(tmp_path: Path, *policies: str, **said: str) -> Network:
    return build(load(written(tmp_path, **said)), policies)


def test_the_network_knows_what_the_scenario_says(tmp_path: Path) -> None:
    found = network(tmp_path, BASKET="{Retail: 1, Food: 3}")
    assert found.region.local == (("city", Fraction(3, 10)), ("province", Fraction(11, 20)))
    households = found.region.households
    assert households is not None
    assert households.basket == (("Food", Fraction(3, 4)), ("Retail", Fraction(1, 4)))
    assert (households.wages, households.residents, households.spend) == (
        Fraction(1, 2),
        Fraction(9, 10),
        Fraction(17, 25),
    )
    works = found.footprints[[firm.name for firm in found.firms].index("works")]
    assert (works.depreciation, works.interest) == (Fraction(1, 5), Fraction(1, 25))
    assert works.other_inputs == (("Utilities", Fraction(1, 50)),)
    assert {firm.name: (firm.chain, firm.sector) for firm in found.firms if firm.kind == "outside"} == {
        "world": ("", "Machinery")
    }
    assert found.firms[[firm.name for firm in found.firms].index("works")].chain == "cars"


def test_one_share_is_that_of_city_and_province(tmp_path: Path) -> None:
    assert network(tmp_path, LOCAL="30%").region.local == (("city", Fraction(3, 10)), ("province", Fraction(3, 10)))


def test_a_scenario_that_says_nothing_has_china_s_rates_and_no_local_share() -> None:
    region = build(load(Path(__file__).parents[1] / "data" / "small.yaml")).region
    assert region == Region()
    assert (region.vat, region.local_vat, region.income_tax, region.local_income_tax) == (
        Fraction(13, 100),
        Fraction(1, 2),
        Fraction(1, 4),
        Fraction(2, 5),
    )
    assert region.additionality < 1


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"OTHER": "other_inputs: {Utilites: 2%}"}, "no sector 'Utilites' in the input-output table - did you mean"),
        ({"OTHER": "other_inputs: {Utilities: 70%, Mining: 31%}"}, "other_inputs of works are 101% of its revenue"),
        ({"OTHER": "co2: 1, jobs: 1"}, ""),
        ({"BASKET": "{Cheese: 1}"}, "no sector 'Cheese'"),
        ({"BASKET": "{Food: 0}"}, "the basket is empty"),
        ({"LOCAL": "{city: 60%, province: 55%}"}, "its share must not be below the city's"),
        ({"LOCAL": "{nation: 60%}"}, "region.local is for 'city', 'province', not for 'nation'"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, said: dict[str, str], message: str) -> None:
    file = written(tmp_path, **said)
    if not message:
        load(file)
        return
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert message in str(caught.value)


def test_more_than_all_of_value_added_is_not_paid_out(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="of its value added; they must not pass 100%"):
        load(written(tmp_path), ["plants.works.footprint.wages=72%"])


def test_the_region_changes_from_the_start_or_not_at_all(tmp_path: Path) -> None:
    assert network(tmp_path, "at_once").region.additionality == Fraction(1, 10)
    with pytest.raises(ScenarioError, match="the region would change on 2024-02-01; it can only change from the start"):
        network(tmp_path, "later")
