"""Where a firm ends moves its gross output and leaves value added alone.

A carmaker and its battery plant, two firms of one group, against one firm that does both: its bill of materials is
the two combined.  A car sells at 100,000 yuan; in it are body parts for 43,000 from outside and a battery, which the
plant sells at 40,000 and makes of cells for 16,000 from outside.  Per yuan of cars
    gross output  1.40 apart, 1.00 consolidated, 1.00 merged;    value added  0.17 + 0.24 = 0.41, and 1 - 0.59.
docs/model.md has the same table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.multipliers import final_sales, multipliers
from chainsim.model.network import Network
from chainsim.testing import Sketch
from chainsim.testing.booked import booked

MODEL = Path(__file__).parents[2] / "docs" / "model.md"
CARS, DAYS, AMPLE = 7, 60, 10**6


@dataclass(frozen=True)
class Industry:
    """Prices in fen, parts per car, cells per battery, days that a battery is on its way."""

    car: int = 10_000_000
    battery: int = 4_000_000
    body: int = 4_300_000
    cell: int = 1_600_000
    batteries: int = 1
    bodies: int = 1
    cells: int = 1
    lead: int = 0

    def sketch(self) -> Sketch:
        sketch = Sketch(DAYS).part("car", self.car).part("body", self.body).part("cell", self.cell)
        sketch.part("battery", self.battery).firm("carmaker", "chain_master", group="group")
        sketch.make("carmaker", "car", AMPLE).buy("carmaker", "body", "car", self.bodies, "outside", AMPLE)
        return sketch.market("drivers", "car", "carmaker", every=1, quantity=CARS)

    def apart(self) -> Network:
        """The battery plant sells to the carmaker."""
        sketch = self.sketch().firm("battery plant", group="group")
        sketch.make("battery plant", "battery", AMPLE)
        sketch.buy("battery plant", "cell", "battery", self.cells, "outside", AMPLE)
        sketch.buy("carmaker", "battery", "car", self.batteries, "battery plant", AMPLE, time=self.lead)
        return sketch.network()

    def merged(self) -> Network:
        """The carmaker buys cells itself."""
        cells = self.batteries * self.cells
        return self.sketch().buy("carmaker", "cell", "car", cells, "outside", AMPLE).network()


@dataclass(frozen=True)
class Account:
    """What a run comes to in the city: gross output, the same consolidated, value added, final sales, in fen."""

    gross: int
    consolidated: int
    value_added: int
    final: int

    def multipliers(self) -> list[Fraction]:
        return [Fraction(value, self.final) for value in (self.gross, self.consolidated, self.value_added)]


def account(network: Network, since: int = 0) -> Account:
    found = booked(replace(network, warm_up=since))
    counted, sums = found.counted, found.production
    city = np.array([firm.ring == "city" and firm.kind != "market" for firm in network.firms])
    columns = ("revenue", "revenue_outside_group", "value_added")
    return Account(*(int(sums[column][city].sum()) for column in columns), final_sales(network, counted))


def test_merging_moves_the_gross_multiplier_from_1_40_to_1_and_value_added_not_at_all() -> None:
    apart, merged = account(Industry().apart()), account(Industry().merged())
    assert apart.final == merged.final == 10_000_000 * CARS * DAYS
    assert apart.value_added == merged.value_added, "to the fen"
    assert apart.consolidated == merged.consolidated == merged.gross
    assert apart.multipliers() == [Fraction("1.40"), 1, Fraction("0.41")]
    assert merged.multipliers() == [1, 1, Fraction("0.41")]


def test_the_table_of_the_docs_has_these_numbers() -> None:
    text = MODEL.read_text(encoding="utf-8")
    for label, network in (("two, of one group", Industry().apart()), ("one that does both", Industry().merged())):
        (row,) = re.findall(rf"^\| {label} \|(.*)\|$", text, re.MULTILINE)
        assert [Fraction(cell.strip()) for cell in row.split("|")] == account(network).multipliers()


def test_leontief_says_the_same() -> None:
    for network, expected in ((Industry().apart(), [1.4, 1, 0.41]), (Industry().merged(), [1, 1, 0.41])):
        found = booked(network)
        table = pd.DataFrame(multipliers(network, found.counted, found.production))
        city = table[table["ring"] == "city"]
        assert city["leontief"].to_list() == pytest.approx(expected, abs=1e-12)
        assert city["simulated"].to_list() == pytest.approx(expected, abs=1e-12)


prices, counts = st.integers(1, 10**6), st.integers(1, 8)


@given(st.builds(Industry, prices, prices, prices, prices, counts, counts, counts))
def test_merging_leaves_value_added_to_the_fen_at_any_prices_and_bills(industry: Industry) -> None:
    """Losses included: a battery sold below the cost of its cells moves value added from one to the other."""
    apart, merged = account(industry.apart()), account(industry.merged())
    assert apart.value_added == merged.value_added
    assert apart.consolidated == merged.consolidated == merged.gross == merged.final
    assert apart.gross - merged.gross == industry.batteries * industry.battery * CARS * DAYS


def test_batteries_on_their_way_are_a_group_s_value_added_not_yet_sold() -> None:
    """With a lead time of 3 days the plant has sold 3 days' batteries less; from then on there is no difference."""
    industry = replace(Industry(), lead=3)
    apart, merged = account(industry.apart()), account(industry.merged())
    margin = industry.battery - industry.cell
    assert merged.value_added - apart.value_added == margin * 3 * CARS
    assert account(industry.apart(), since=3).value_added == account(industry.merged(), since=3).value_added


def test_a_plant_of_another_group_is_not_consolidated() -> None:
    network = Industry().apart()
    firms = tuple(replace(firm, group="") if firm.name == "battery plant" else firm for firm in network.firms)
    other = account(replace(network, firms=firms))
    assert other.multipliers() == [Fraction("1.40"), Fraction("1.40"), Fraction("0.41")]
