"""Transactions, chains and groupings: who sold what to whom, and that every firm counts once wherever it is counted."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.chains import SHARED, chains
from chainsim.economy.groupings import BY, SUMMED, group_table
from chainsim.economy.transactions import RINGS, by_place, purchases_by_ring, transactions
from chainsim.errors import InvariantError
from chainsim.model.network import Network
from chainsim.study.tabulation import tabulate
from chainsim.testing.booked import booked
from chainsim.testing.sketch import Sketch
from chainsim.testing.strategies import networks

DAY = 86_400


def two_plants() -> Network:
    """Cars and trucks; the mill serves both, the seat maker cars only, who in the foam shop's chain says so itself."""
    sketch = Sketch(70 * DAY).part("car", 1000).part("truck", 3000).part("seat", 100).part("steel", 10).part("foam", 4)
    sketch.firm("carmaker", "chain_master").firm("truckmaker", "chain_master")
    sketch.make("carmaker", "car", 9).buy("carmaker", "seat", "car", 4, "seats", 99)
    sketch.buy("carmaker", "steel", "car", 2, "mill", 99)
    sketch.make("truckmaker", "truck", 9).buy("truckmaker", "steel", "truck", 8, "mill", 99)
    sketch.make("seats", "seat", 99).buy("seats", "foam", "seat", 1, "foam shop", 99)
    sketch.make("mill", "steel", 99).make("foam shop", "foam", 99)
    sketch.market("drivers", "car", "carmaker", every=DAY).market("hauliers", "truck", "truckmaker", every=2 * DAY)
    return sketch.network()


def of_chain(network: Network, **stated: str) -> dict[str, str]:
    firms = tuple(replace(firm, chain=stated.get(firm.name.replace(" ", "_"), "")) for firm in network.firms)
    network = replace(network, firms=firms)
    return dict(zip((firm.name for firm in firms), chains(network), strict=True))


def test_a_firm_counts_in_the_chain_that_it_supplies_or_in_shared_if_there_are_several() -> None:
    found = of_chain(two_plants())
    assert found["carmaker"] == found["seats"] == found["foam shop"] == "carmaker"
    assert found["truckmaker"] == "truckmaker"
    assert found["mill"] == SHARED
    assert found["drivers"] == ""


def test_what_a_firm_states_counts_for_itself_only() -> None:
    found = of_chain(two_plants(), carmaker="vehicles", truckmaker="vehicles", seats="textiles")
    assert found["mill"] == "vehicles", "both plants are of one chain"
    assert found["seats"] == "textiles"
    assert found["foam shop"] == "vehicles", "it supplies the carmaker all the same"


def test_transactions_by_hand() -> None:
    """70 days from January to March: a car a day and a truck every other day, with what is in them."""
    network = two_plants()
    table = pd.DataFrame(transactions(booked(network))).set_index(["seller", "part", "month"])["units"].sort_index()
    days = {"2024-01": 31, "2024-02": 29, "2024-03": 10}
    assert table["carmaker", "car"].to_dict() == days
    assert table["seats", "seat"].to_dict() == {month: 4 * count for month, count in days.items()}
    steel = pd.DataFrame(transactions(booked(network), ["buyer"])).set_index("buyer")["units"]
    assert steel["truckmaker"] == 8 * 35


@given(networks())
def test_rows_add_up_to_what_every_firm_sold_and_bought(network: Network) -> None:
    books = booked(network)
    names = [firm.name for firm in network.firms]
    for side, column in (("seller", "revenue"), ("buyer", "purchases")):
        rows = pd.DataFrame(transactions(books, [side])).set_index(side)["cny"].reindex(names, fill_value=0.0)
        assert (rows * 100).round().tolist() == books.production[column].tolist()
    assert pd.DataFrame(by_place(books))["cny"].sum() == pytest.approx(books.counted["amount"].sum() / 100)
    rings = pd.DataFrame(purchases_by_ring(books))
    own = [firm.kind not in ("market", "outside") for firm in network.firms]
    bought = rings[[f"purchases_{ring}" for ring in RINGS]].sum(axis=1)
    assert bought[own].tolist() == books.production["purchases"][own].tolist()
    assert (rings["imports"] <= bought).all()


@given(networks(), st.data())
def test_every_grouping_sums_to_the_same_total(network: Network, data: st.DataObject) -> None:
    names = st.sampled_from(["", "A", "B"])
    firms = tuple(
        replace(
            firm, district=data.draw(names), sector=data.draw(names), chain=data.draw(names), group=data.draw(names)
        )
        for firm in network.firms
    )
    tables = tabulate(booked(replace(network, firms=firms)).run)
    groups, own = tables["groups"], tables["firms"]
    own = own[~own["kind"].isin(("market", "outside"))]
    for by in BY:
        rows = groups[groups["by"] == by]
        assert rows["firms"].sum() == len(own)
        for column in SUMMED:
            assert rows[column].sum() == pytest.approx(own[column].sum())


def test_a_firm_that_is_left_out_is_noticed() -> None:
    firms = pd.DataFrame({"kind": ["supplier"] * 2, "ring": ["city", None], **dict.fromkeys(BY[1:], "x")})
    for column in SUMMED:
        firms[column] = 1.0
    firms["ring"] = firms["ring"].astype(object)
    with pytest.raises(InvariantError, match="do not sum"):
        pd.DataFrame(group_table(Forgetful(firms)))


class Forgetful(pd.DataFrame):
    """A table whose grouping drops its last row."""

    @property
    def _constructor(self) -> type[Forgetful]:
        return Forgetful

    def groupby(self, by: object, **options: object) -> object:
        return pd.DataFrame(self).iloc[:-1].groupby(by, **options)  # type: ignore[arg-type,call-overload]
