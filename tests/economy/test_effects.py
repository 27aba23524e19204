"""What final sales bring, line by line: each line by its own mathematics, never mixed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from chainsim.economy.effects import CONSTRUCTION, HOUSEHOLDS, LINES, SIMULATED, TAIL, effect_table
from chainsim.economy.input_output import china_2011
from chainsim.model.network import Footprint, Network, Region
from chainsim.model.network import Households as Homes
from chainsim.model.sectors import SECTORS
from chainsim.testing.booked import booked
from chainsim.testing.sketch import Sketch

POWER, FOOD = SECTORS.index("Utilities"), SECTORS.index("Food")
HOMES = Homes(Fraction(1, 2), Fraction(9, 10), Fraction(2, 3), (("Food", Fraction(1)),))
REGION = Region((("city", Fraction(3, 10)), ("province", Fraction(3, 5))), HOMES, construction=1_000_000)


def cups(region: Region = REGION) -> Network:
    """40 cups at 100 fen from a shop in the city; a fifth of its revenue is electricity, half of value added wages."""
    sketch = Sketch(40).part("cup", 100).part("leaf", 30)
    sketch.make("shop", "cup", 5).buy("shop", "leaf", "cup", 2, "leaves", 9)
    sketch.firm("leaves", "supplier", "province").make("leaves", "leaf", 99)
    network = sketch.market("people", "cup", "shop", every=1).network()
    rows = [Footprint()] * len(network.firms)
    shop = [firm.name for firm in network.firms].index("shop")
    rows[shop] = Footprint(wages=Fraction(1, 2), other_inputs=(("Utilities", Fraction(1, 5)),))
    return replace(network, footprints=tuple(rows), region=region)


def lines(network: Network, column: str = "cny") -> dict[tuple[str, str, str], float]:
    table = pd.DataFrame(effect_table(booked(network)))
    return {(row.ring, row.line, row.measure): getattr(row, column) for row in table.itertuples()}


def inverse(local: float) -> np.ndarray:
    return np.asarray(np.linalg.inv(np.eye(35) - local * china_2011().total))


def test_the_sectors_of_the_language_are_those_of_the_table() -> None:
    assert china_2011().sectors == SECTORS


@pytest.mark.parametrize(("ring", "local"), [("city", 0.3), ("province", 0.6)])
def test_each_line_by_hand(ring: str, local: float) -> None:
    """40 yuan of cups: 8 of electricity, 24 of leaves from the province, 8 of value added, 4 of wages."""
    found = lines(cups())
    leaves = 24 if ring == "province" else 0
    assert found[ring, SIMULATED, "gross output"] == pytest.approx(40 + leaves)
    assert found[ring, SIMULATED, "value added"] == pytest.approx(8 + leaves)
    assert found[ring, SIMULATED, "wages"] == pytest.approx(4)
    table = china_2011()
    output = inverse(local)[:, POWER] * local * 8
    assert found[ring, TAIL, "gross output"] == pytest.approx(output.sum())
    assert found[ring, TAIL, "value added"] == pytest.approx(table.value_added @ output)
    tail_wages = found[ring, TAIL, "wages"]
    assert tail_wages == pytest.approx(table.value_added @ output / 2)
    # Residents spend 0.9 x 2/3 of wages on food, and of the wages that this pays in turn, and so on.
    per_yuan = local * inverse(local)[:, FOOD]
    wage = table.value_added @ per_yuan / 2
    spent = 0.6 * (4 + tail_wages) / (1 - 0.6 * wage)
    assert found[ring, HOUSEHOLDS, "gross output"] == pytest.approx(spent * per_yuan.sum())
    assert found[ring, HOUSEHOLDS, "wages"] == pytest.approx(spent * wage)
    assert found[ring, CONSTRUCTION, "gross output"] == pytest.approx(
        1e4 * inverse(local)[:, SECTORS.index("Construction")].sum()
    )


def test_what_displaces_others_is_not_additional_but_for_construction() -> None:
    network = cups(replace(REGION, additionality=Fraction(1, 4)))
    whole, part = lines(network), lines(network, "additional_cny")
    for key, cny in whole.items():
        assert part[key] == pytest.approx(cny if key[1] == CONSTRUCTION else cny / 4)


def test_without_a_local_share_only_what_is_simulated_counts() -> None:
    found = lines(cups(Region()))
    assert {line for (_, line, _), cny in found.items() if cny} == {SIMULATED}
    assert {line for _, line, _ in found} == set(LINES)


def test_per_yuan_is_per_yuan_of_final_sales() -> None:
    network = cups()
    whole, per = lines(network), lines(network, "per_yuan")
    assert per == pytest.approx({key: cny / 40 for key, cny in whole.items()})
