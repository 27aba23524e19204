"""The table of what a run did: L gives back what was sold; stock building; firms that sold nothing, or in circles."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from chainsim.economy.books import books
from chainsim.economy.leontief import ALGEBRA, Realised, compile_network, realised
from chainsim.economy.multipliers import final_sales
from chainsim.engine import simpy_engine
from chainsim.model import state
from chainsim.model.network import Change, Network
from chainsim.results.frames import deliveries, frames
from chainsim.testing import runs
from chainsim.testing.replay import Run
from chainsim.testing.sketch import Sketch
from chainsim.testing.tables import table_network


def tea() -> Network:
    """A shop sells cups at 100 yuan, of 2 leaves from a depot at 10 yuan; the depot buys them outside at 6 yuan."""
    sketch = Sketch(20).part("cup", 10_000).part("leaf", 1_000)
    sketch.warehouse("depot", "leaf", "outside", 40)
    sketch.make("shop", "cup").buy("shop", "leaf", "cup", 2, "depot", 20)
    sketch.market("people", "cup", "shop", every=1)
    return sketch.lane("depot", "outside", "leaf", price=600, freight=100).network()


def delivered(network: Network, *rows: tuple[str, str, int]) -> pd.DataFrame:
    """Deliveries by hand: seller, buyer, quantity, at the prices of the lanes."""
    lanes = {
        tuple(network.firms[network.stocks[stock].firm].name for stock in (lane.supplier, lane.buyer)): index
        for index, lane in enumerate(network.lanes)
    }
    frame = []
    for seller, buyer, quantity in rows:
        index = lanes[seller, buyer]
        lane = network.lanes[index]
        frame.append((0, index, quantity, lane.supplier, lane.price * quantity, lane.freight * quantity))
    return pd.DataFrame(frame, columns=["tick", "lane", "quantity", "seller_stock", "amount", "freight"]).astype(int)


def by_firm(network: Network, table: Realised, values: np.ndarray) -> dict[str, float]:
    return {
        network.firms[network.stocks[stock].firm].name: float(value)
        for stock, value in zip(table.stocks, values, strict=True)
    }


BUILDING = (("shop", "people", 10), ("depot", "shop", 30), ("outside", "depot", 25))


def test_what_was_delivered_by_hand() -> None:
    """10 cups for 1000 yuan; the shop bought 30 leaves for 300 and used 20; the depot bought 25 for 175 and sold 30."""
    network = tea()
    table = realised(network, delivered(network, *BUILDING))
    at = {name: table.stocks.index(stock) for name, stock in zip(("depot", "shop"), rows(network, table), strict=True)}
    assert table.final_sales == 100_000
    assert table.purchases[at["depot"], at["shop"]] == pytest.approx(0.3)
    assert by_firm(network, table, table.outside) == pytest.approx({"shop": 0, "depot": 175 / 300})
    assert by_firm(network, table, table.final) == {"shop": 1, "depot": 0}
    assert by_firm(network, table, table.output) == pytest.approx({"shop": 1, "depot": 0.3})
    assert by_firm(network, table, table.value_added) == pytest.approx({"shop": 0.7, "depot": 125 / 300})
    assert not table.stock.any()


def rows(network: Network, table: Realised) -> list[int]:
    """The rows of depot and shop."""
    return sorted(table.stocks, key=lambda stock: network.firms[network.stocks[stock].firm].name)


def test_net_of_stock_building_by_hand() -> None:
    """The shop used 20 leaves, so 10 were sold into stock; the depot used 30 at 7 yuan, of which it bought 25."""
    network = tea()
    table = realised(network, delivered(network, *BUILDING), net=True)
    depot, shop = (table.stocks.index(stock) for stock in rows(network, table))
    assert table.purchases[depot, shop] == pytest.approx(0.2)
    assert table.outside[depot] == pytest.approx(0.7)
    assert by_firm(network, table, table.stock) == pytest.approx({"shop": 0, "depot": 0.1})
    assert by_firm(network, table, table.output) == pytest.approx({"shop": 1, "depot": 0.2})
    assert by_firm(network, table, table.stock_output) == pytest.approx({"shop": 0, "depot": 0.1})
    assert by_firm(network, table, table.value_added) == pytest.approx({"shop": 0.8, "depot": 0.3})


def test_stocks_that_fall_are_a_final_use_below_zero() -> None:
    """20 leaves used, 5 bought: minus 15 of the depot's leaves, at 10 yuan; none bought, the terms of the network."""
    network = tea()
    for bought in ((("depot", "shop", 5),), ()):
        table = realised(network, delivered(network, ("shop", "people", 10), *bought), net=True)
        depot, shop = (table.stocks.index(stock) for stock in rows(network, table))
        if bought:
            assert table.purchases[depot, shop] == pytest.approx(0.2)
            assert table.outside[depot] == pytest.approx(0.7)  # at the opening terms: the depot bought none
        assert table.stock[depot] == pytest.approx(-0.15 if bought else -0.2)
        assert table.value_added[shop] == pytest.approx(0.8)
        table.check()


def test_a_firm_that_sold_nothing_bought_for_stock() -> None:
    """Leaves for a shop without customers, when others have some: a final use in both kinds of table."""
    sketch = Sketch(20).part("cup", 10_000).part("leaf", 1_000).part("pot", 5_000)
    sketch.make("garden", "leaf").make("potter", "pot")
    sketch.make("shop", "cup").buy("shop", "leaf", "cup", 2, "garden", 20)
    network = sketch.market("people", "cup", "shop", every=1).market("guests", "pot", "potter", every=1).network()
    rows_ = delivered(network, ("potter", "guests", 10), ("garden", "shop", 4))
    for net in (False, True):
        table = realised(network, rows_, net)
        assert not table.purchases.any()
        assert by_firm(network, table, table.stock) == pytest.approx({"garden": 40 / 500, "potter": 0, "shop": 0})
        assert by_firm(network, table, table.output) == pytest.approx({"garden": 0, "potter": 1, "shop": 0})


def test_firms_that_sold_only_to_each_other_did_so_into_stock() -> None:
    """Else I - A had no inverse: two firms in a circle, all of whose sales are purchases of the other."""
    half = Fraction(1, 2)
    network = table_network([[Fraction(0), half, 0], [half, Fraction(0), 0], [0, 0, Fraction(0)]], (1, 0, 1))  # type: ignore[list-item]
    rows_ = delivered(network, ("firm0", "firm1", 7), ("firm1", "firm0", 7), ("firm2", "market2", 14))
    table = realised(network, rows_)
    table.check()
    assert table.stock == pytest.approx([0.5, 0.5, 0])
    assert table.output == pytest.approx([0, 0, 1])
    assert table.revenue == pytest.approx([0.5, 0.5, 1])


def test_what_is_given_away_uses_nothing_up() -> None:
    """Cups at no price are no revenue to buy leaves from: the leaves were bought for stock, of a garden with others
    to sell to."""
    sketch = Sketch(20).part("cup", 0).part("leaf", 1_000)
    sketch.make("garden", "leaf").make("shop", "cup").buy("shop", "leaf", "cup", 2, "garden", 20)
    network = sketch.market("people", "cup", "shop", every=1).market("eaters", "leaf", "garden", every=1).network()
    rows_ = delivered(network, ("garden", "eaters", 10), ("garden", "shop", 4), ("shop", "people", 2))
    for net in (False, True):
        table = realised(network, rows_, net)
        assert by_firm(network, table, table.stock) == pytest.approx({"garden": 0.4, "shop": 0})
        table.check()


def test_recipes_are_those_of_the_day_of_delivery() -> None:
    """A cup takes 2 leaves up to tick 4 and 3 from tick 5 on; one was sold on each: 5 leaves of 60 bought."""
    network = tea()
    network = replace(network, changes=(Change(5, state.SET_NEED, 0, (3, 1, 0)),))
    every = delivered(network, ("shop", "people", 1), ("shop", "people", 1), ("depot", "shop", 60))
    every["tick"] = [4, 5, 0]
    table = realised(network, every, net=True)
    assert table.value_added[table.stocks.index(rows(network, table)[1])] == pytest.approx((200 - 50) / 200)


def test_out_of_an_opening_stock_the_terms_of_the_first_day_hold() -> None:
    """Two sources at 7 and 9 yuan, 60 and 40 %, with freight of 1 and 2 yuan: 7.8 and 1.4 a leaf, of ten quanta."""
    sketch = Sketch(20).part("cup", 10_000).part("leaf", 1_000, per_unit=10)
    sketch.make("shop", "cup").buy("shop", "leaf", "cup", 20, {"garden": 600_000, "outside": 400_000}, 200)
    sketch.make("garden", "leaf").market("people", "cup", "shop", every=1)
    sketch.lane("shop", "garden", "leaf", price=700, freight=100).lane(
        "shop", "outside", "leaf", price=900, freight=200
    )
    network = sketch.network()
    table = realised(network, delivered(network, ("shop", "people", 10)), net=True)
    garden, shop = (table.stocks.index(stock) for stock in rows(network, table))
    assert table.purchases[garden, shop] == pytest.approx(2 * 0.6 * 7 / 100)
    assert table.outside[shop] == pytest.approx(2 * (0.4 * 9 + 0.6 * 1 + 0.4 * 2) / 100)
    assert table.stock[garden] == pytest.approx(-2 * 0.6 * 7 / 100)


def test_sales_into_stock_inside_a_group_are_known() -> None:
    network = tea()
    grouped = replace(network, firms=tuple(replace(firm, group="tea") for firm in network.firms))
    table = realised(grouped, delivered(grouped, *BUILDING), net=True)
    assert table.stock.sum() == pytest.approx(0.1)
    assert not table.stock_outside_group.any()
    apart = realised(network, delivered(network, *BUILDING), net=True)
    assert apart.stock_outside_group == pytest.approx(apart.stock)


def test_nothing_delivered_is_a_table_of_nothing() -> None:
    network = tea()
    for net in (False, True):
        table = realised(network, delivered(network), net)
        table.check()
        assert table.final_sales == 0
        assert not table.final.any()
        assert not table.revenue.any()


def test_a_delivery_booked_twice_is_not_what_l_gives_back() -> None:
    """The reproduction holds to rounding; a hundredth more revenue of one seller does not."""
    network = tea()
    table = realised(network, delivered(network, *BUILDING))
    table.check()
    wrong = replace(table, revenue=table.revenue * np.array([1.01, 1.0]))
    with pytest.raises(Exception, match="does not reproduce"):
        wrong.check()


@given(runs())
@settings(max_examples=25)
def test_l_gives_back_what_every_seller_sold(drawn: Run) -> None:
    """Of random networks with every mechanism: L (f + stock) is each seller's revenue as its deliveries sum to it,
    what was delivered to markets is f, and v'L + m'L = 1'; the same net of stock building where that has an L."""
    network = drawn.network
    every = deliveries(frames(network, drawn.log))
    table = realised(network, every)
    total = final_sales(network, every)
    assert table.final_sales == total
    assert table.identity_error <= ALGEBRA
    assert (table.purchases >= 0).all()
    if not total:
        assert not table.revenue.any()
        return
    sold = every.groupby("seller_stock")["amount"].sum()
    expected = np.array([sold.get(stock, 0) for stock in table.stocks]) / total
    assert table.outputs(table.final + table.stock) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert table.stock.min(initial=0) >= -1e-9
    table.check()
    net = realised(network, every, net=True)
    assert net.final == pytest.approx(table.final)
    assert net.purchases @ net.revenue + net.final + net.stock == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(runs())
@settings(max_examples=25)
def test_all_purchases_of_those_who_sold_are_in_the_table(drawn: Run) -> None:
    """What a firm that sold all its products bought, freight included, is its purchases and imports."""
    network = drawn.network
    run = frames(network, drawn.log)
    every = deliveries(run)
    table = realised(network, every)
    if not table.final_sales:
        return
    spent = (table.purchases.sum(axis=0) + table.outside) * table.revenue * table.final_sales
    firm = np.array([network.stocks[stock].firm for stock in table.stocks])
    bought = every.groupby("buyer")[["amount", "freight"]].sum().sum(axis=1)
    for index in set(firm.tolist()):
        mine = firm == index
        if (table.revenue[mine] > 0).all() and not table.stock.any():
            assert spent[mine].sum() == pytest.approx(bought.get(index, 0), abs=1e-6 * table.final_sales)
        else:
            assert spent[mine].sum() <= bought.get(index, 0) + 1e-6 * table.final_sales


def test_with_lags_past_and_stocks_full_the_realised_table_is_the_nominal_one() -> None:
    """Lot for lot and at once, a run buys what it uses, to within whole quanta: both kinds are the scenario's.

    A purchase is off by less than a quantum of 100 fen of 3000 and more that each firm sells a day, over 50 days.
    """
    purchases = [[Fraction("0.15"), Fraction("0.25")], [Fraction("0.20"), Fraction("0.05")]]
    network = table_network(purchases, (30, 40), outside=[Fraction("0.1"), Fraction("0.3")])
    every = deliveries(frames(network, simpy_engine.run(network, 0)))
    nominal = compile_network(network)
    for net in (False, True):
        table = realised(network, every, net)
        error = 1 / (30 * 50)
        assert table.purchases == pytest.approx(nominal.purchases, abs=error)
        assert table.outside == pytest.approx(nominal.outside, abs=error)
        assert table.final == pytest.approx(nominal.final)
        assert table.output == pytest.approx(nominal.output, abs=4 * error)


def test_net_value_added_is_that_of_the_firms() -> None:
    """Where suppliers have one price, v of the net table times revenue is revenue less materials sold, firm by firm."""
    network = tea()
    run = frames(network, simpy_engine.run(network, 0))
    every = deliveries(run)
    table = realised(network, every, net=True)
    added = by_firm(network, table, table.value_added * table.revenue * table.final_sales)
    sums = books(run).production["value_added"]
    assert added["shop"] > 0
    assert added == pytest.approx({firm.name: sums[i] for i, firm in enumerate(network.firms) if firm.name in added})
