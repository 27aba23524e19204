"""Each term alone, on the smallest network that has it, against a number calculated by hand.

A shop sells one cup a tick for 100 fen and needs 2 leaves for it, which a mill makes of a straw each and sells for 30;
straw comes from outside for 10.  All to order and at once, 10 ticks call for 10 x (100 + 2 x 30) fen of gross output
in the city, and 10 x (40 + 2 x 20) of value added; each test moves one thing.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from chainsim.economy.books import books
from chainsim.economy.reconciliation.explanation import Explanation, explanations
from chainsim.model.network import Footprint, Network
from chainsim.results.frames import frames
from chainsim.testing.sketch import Sketch
from chainsim.testing.strategies import simulate

CUP, LEAF, STRAW = 100, 30, 10
GROSS = ("city", "gross output", "apart")
ADDED = ("city", "value added", "apart")


def cups(
    horizon: int = 10,
    *,
    mills: Any = "mill",
    leaves: Fraction | int = 2,
    demand: int = 1,
    every: int = 1,
    shop: dict[str, Any] | None = None,
    leaf: dict[str, Any] | None = None,
    mill: dict[str, Any] | None = None,
    people: dict[str, Any] | None = None,
) -> Sketch:
    sketch = Sketch(horizon).part("cup", CUP).part("leaf", LEAF).part("straw", STRAW)
    for name in [mills] if isinstance(mills, str) else mills:
        sketch.firm(name, ring="city" if name == "mill" else "province")
        sketch.make(name, "leaf", **(mill or {} if name == "mill" else {})).buy(name, "straw", "leaf", 1, "outside")
    sketch.make("shop", "cup", **(shop or {})).buy("shop", "leaf", "cup", leaves, mills, **(leaf or {}))
    return sketch.market("people", "cup", "shop", every=every, quantity=demand, **(people or {}))


def explained(network: Network) -> dict[tuple[str, str, str], Explanation]:
    found = explanations(books(frames(network, simulate(network).log)))
    return {(one.measure.ring, one.measure.name, one.measure.group): one for one in found}


def check(network: Network, gross: dict[str, float], added: dict[str, float], demanded: float = 10) -> None:
    """These terms have these values in fen, all others are 0, and nothing remains.

    demanded: cups.  not delivered: likewise a term.
    """
    found = explained(network)
    for key, expected, a_cup in ((GROSS, gross, 160), (ADDED, added, 80)):
        one = found[key]
        assert one.demanded == pytest.approx(demanded * a_cup)
        terms = {"not delivered": one.not_delivered, **one.terms}
        assert {name: value for name, value in terms.items() if abs(value) > 1e-9} == pytest.approx(expected)
        assert one.booked == pytest.approx(one.explained, abs=1e-9)


def test_to_order_and_at_once_a_run_is_what_final_demand_calls_for() -> None:
    check(cups().network(), {}, {})


def test_opening_transient() -> None:
    """A shelf for 5 leaves opens empty: the mill makes 5 more, worth 30 each, of which 10 are straw."""
    check(
        cups(leaf={"level": 5, "on_hand": 0}).network(),
        {"opening transient": 5 * LEAF},
        {"opening transient": 5 * (LEAF - STRAW)},
    )


def test_opening_transient_of_goods_that_are_made() -> None:
    """3 cups to be kept, none there: 6 leaves more, and no cup more is sold."""
    check(
        cups(shop={"level": 3, "on_hand": 0}).network(),
        {"opening transient": 6 * LEAF},
        {"opening transient": 6 * (LEAF - STRAW)},
    )


def test_what_is_under_way_at_the_start_is_no_gap() -> None:
    """Of a level of 5, 3 leaves arrive on tick 1: the mill makes nothing for them."""
    sketch = cups(leaf={"level": 5}).under_way("shop", "mill", "leaf", 1, 3)
    found = explained(sketch.network())[GROSS]
    assert found.terms["opening transient"] == 0
    assert found.booked == 1600 + 3 * LEAF  # its delivery is the mill's revenue all the same
    assert found.terms["stock building"] == 3 * LEAF
    assert found.terms["in process and under way"] == 0


def test_stock_building() -> None:
    """On tick 5 the shelf grows from 0 to 7 leaves."""
    check(
        cups().levels_at(5, "shop", "leaf", "bought", 6, 7).network(),
        {"stock building": 7 * LEAF},
        {"stock building": 7 * (LEAF - STRAW)},
    )


def test_more_on_the_shelf_than_is_kept_is_an_opening_transient_below_zero() -> None:
    """9 leaves that the mill need not make."""
    check(
        cups(leaf={"level": 0, "on_hand": 9}).network(),
        {"opening transient": -9 * LEAF},
        {"opening transient": -9 * (LEAF - STRAW)},
    )


@pytest.mark.parametrize("slow", [{"people": {"time": 3}}, {"shop": {"time": 3}}], ids=["under way", "in process"])
def test_in_process_and_under_way(slow: dict[str, Any]) -> None:
    """The last 3 cups are not there in time, and 6 leaves have gone into them."""
    check(
        cups(**slow).network(),
        {"not delivered": -3 * (CUP + 2 * LEAF), "in process and under way": 6 * LEAF},
        {"not delivered": -3 * (40 + 40), "in process and under way": 6 * (LEAF - STRAW)},
    )


def test_losses() -> None:
    """A fire takes 2 of 5 leaves, and the mill makes them again; the loss itself is no input."""
    sketch = cups(leaf={"level": 5}).shock("fire", [(("shop", "leaf", "stock"), 400_000)], [], wait=4)
    check(sketch.network(), {"losses and scrap": 2 * LEAF}, {"losses and scrap": 2 * (LEAF - STRAW)})


def test_scrap_that_the_bill_foresees_is_no_term() -> None:
    """Half of all cups are scrap, by plan: each sold calls for 4 leaves."""
    found = explained(cups(shop={"good": Fraction(1, 2)}).network())[GROSS]
    assert found.demanded == pytest.approx(10 * (CUP + 4 * LEAF))
    assert found.terms == pytest.approx(dict.fromkeys(found.terms, 0.0), abs=1e-9)


def test_scrap_beyond_the_bill() -> None:
    """Two of three cups are good, one is wanted: by the bill 1.5 are begun, but a cup is whole, so it is 2."""
    network = cups(every=10, shop={"good": Fraction(2, 3)}).network()
    found = explained(network)[GROSS]
    assert found.demanded == pytest.approx(CUP + 3 * LEAF)
    assert found.terms == pytest.approx({**dict.fromkeys(found.terms, 0.0), "losses and scrap": 1 * LEAF}, abs=1e-9)
    assert found.booked == CUP + 4 * LEAF


@pytest.mark.parametrize(("third", "taken"), [(Fraction(1, 3), 3), (Fraction(2, 3), 6)])
def test_whole_units(third: Fraction, taken: int) -> None:
    """10 cups of a third of a leaf are 3 leaves and a third, but a leaf is not divided."""
    found = explained(cups(leaves=third).network())
    assert found[GROSS].demanded == pytest.approx(10 * float(CUP + third * LEAF))
    terms = {name: value for name, value in found[GROSS].terms.items() if abs(value) > 1e-9}
    assert terms == pytest.approx({"whole units": float((taken - 10 * third) * LEAF)})
    assert found[GROSS].booked == 10 * CUP + taken * LEAF


HALVES = {"far": 500_000, "mill": 500_000}
SPARE = {"mill": 1_000_000, "spare": 0}


def test_sourcing_in_lots() -> None:
    """One leaf a cup, 5 cups, two mills with half each: the one in the city gets 3 or 2 of 5."""
    network = cups(5, mills=HALVES, leaves=1).network()
    found = explained(network)
    city = found[GROSS].booked - 5 * CUP
    assert city in (2 * LEAF, 3 * LEAF)
    assert found[GROSS].terms["sourcing"] == city - 2.5 * LEAF
    assert found["province", "gross output", "apart"].terms["sourcing"] == pytest.approx(0)


def test_sourcing_from_a_substitute() -> None:
    """The mill stands still for ticks 4 to 6; 3 x 2 leaves come from the province."""
    sketch = cups(mills=SPARE, leaf={"switches": True}).speed_at(4, "mill", "leaf", 0)
    network = sketch.speed_at(7, "mill", "leaf", 2**31).network()
    check(network, {"sourcing": -6 * LEAF}, {"sourcing": -6 * (LEAF - STRAW)})
    assert explained(network)["province", "gross output", "apart"].terms["sourcing"] == pytest.approx(0)


def test_sourcing_by_overflow() -> None:
    """The mill has room for one leaf a tick of the two that are ordered."""
    keeping = {"level": 1, "backlog": 0}
    network = cups(mills=SPARE, mill=keeping, leaf={"sourcing": "ranked"}).network()
    check(network, {"sourcing": -10 * LEAF}, {"sourcing": -10 * (LEAF - STRAW)})


def leaves_that_travel() -> Sketch:
    """The same with 2 ticks from mill to shop, and 4 leaves under way at both ends."""
    sketch = cups(leaf={"level": 4, "time": 2})
    return sketch.under_way("shop", "mill", "leaf", 0, 2).under_way("shop", "mill", "leaf", 1, 2)


def test_a_pipeline_that_stays_as_full_is_no_term() -> None:
    check(leaves_that_travel().network(), {}, {})


def test_prices_and_valuation() -> None:
    """From tick 5 a leaf costs 33.  What was ordered on ticks 3 and 4 comes on 5 and 6, 4 leaves at 30.

    The mill loses 12, the shop gains them: it sold 14 leaves bought at 30 and 6 at 33, where the plan says 10 and 10.
    """
    found = explained(leaves_that_travel().terms_at(5, "shop", "mill", "leaf", 0, 33).network())
    assert found[GROSS].demanded == pytest.approx(5 * 160 + 5 * 166)
    for key, fen in ((GROSS, -12), (ADDED, 0)):
        one = found[key]
        assert one.terms == pytest.approx({**dict.fromkeys(one.terms, 0.0), "prices and valuation": fen}, abs=1e-9)
        assert one.booked == pytest.approx(one.explained, abs=1e-9)


def test_prices_and_valuation_of_what_was_bought_before() -> None:
    """20 leaves at 30 fen on the shelf, which the mill sells at 40 from tick 1 on: the shop gains 18 x 10."""
    sketch = cups(leaf={"level": 0, "on_hand": 20}).terms_at(1, "shop", "mill", "leaf", 0, 40)
    found = explained(sketch.network())
    assert found[ADDED].booked == 10 * (CUP - 2 * LEAF)
    assert found[ADDED].terms["prices and valuation"] == pytest.approx(18 * 10)
    assert found[GROSS].terms["prices and valuation"] == pytest.approx(0)
    assert found[ADDED].booked == pytest.approx(found[ADDED].explained, abs=1e-9)


def test_what_a_seller_loses_by_prices_it_need_not_spend_on_other_inputs() -> None:
    """The same, but a sixth of what the mill earns goes to the power station: it loses only 10 of 12."""
    network = leaves_that_travel().terms_at(5, "shop", "mill", "leaf", 0, 33).network()
    sixth = Footprint(other_inputs=(("Utilities", Fraction(1, 6)),))
    rows = tuple(sixth if firm.name == "mill" else Footprint() for firm in network.firms)
    found = explained(replace(network, footprints=rows))[ADDED]
    assert found.terms["prices and valuation"] == pytest.approx(12 - 10)
    assert found.booked == pytest.approx(found.explained, abs=1e-9)


def test_lost_sales_are_what_is_not_delivered() -> None:
    """A cup a tick is there, two are asked for, nobody waits."""
    network = cups(demand=2, shop={"level": 1, "backlog": 0}).network()
    check(network, {"not delivered": -10 * 160}, {"not delivered": -10 * 80}, demanded=20)


def depot(stock: int, **options: Any) -> Network:
    """A shop of the city that buys cups from a factory in the province for 70 and sells them for 100, one a tick."""
    sketch = Sketch(10).part("cup", CUP).firm("factory", ring="province").make("factory", "cup")
    sketch.warehouse("depot", "cup", "factory", stock, **options)
    return sketch.lane("depot", "factory", "cup", price=70).market("people", "cup", "depot", every=1).network()


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (depot(4), {}),
        (depot(4, on_hand=1), {"opening transient": 3 * 70}),
        (depot(4, on_hand=4, reorder_point=0), {"stock building": -2 * 70}),
    ],
    ids=["steady", "opening", "building"],
)
def test_what_a_warehouse_keeps_it_buys_once(network: Network, expected: dict[str, float]) -> None:
    """10 cups call for 10 x (100 + 70) in the province; in the last case 8 of them are bought, in fours."""
    found = explained(network)["province", "gross output", "apart"]
    assert found.demanded == pytest.approx(10 * (CUP + 70))
    assert found.terms == pytest.approx({**dict.fromkeys(found.terms, 0.0), **expected}, abs=1e-9)
    assert found.booked == pytest.approx(found.explained, abs=1e-9)


def test_goods_on_their_way_from_a_warehouse_are_still_its_own() -> None:
    """The last 3 cups have left the depot, which has bought them, and are with nobody yet."""
    sketch = Sketch(10).part("cup", CUP).firm("factory", ring="province").make("factory", "cup")
    sketch.warehouse("depot", "cup", "factory").market("people", "cup", "depot", every=1, time=3)
    found = explained(sketch.network())["province", "gross output", "apart"]
    assert found.not_delivered == -3 * 200
    assert found.terms == pytest.approx({**dict.fromkeys(found.terms, 0.0), "in process and under way": 3 * 100})
    assert found.booked == found.explained == 7 * 100 + 10 * 100


def test_a_loss_of_what_is_made_is_made_again() -> None:
    """1 of 4 cups burns: 2 leaves more."""
    sketch = cups(shop={"level": 4}).shock("fire", [(("shop", "cup", "stock"), 250_000)], [], wait=4)
    check(sketch.network(), {"losses and scrap": 2 * LEAF}, {"losses and scrap": 2 * (LEAF - STRAW)})


def test_after_a_warm_up_there_is_no_opening() -> None:
    """5 leaves that the shelf lacks at first come before tick 4, when counting begins."""
    network = replace(cups(leaf={"level": 5, "on_hand": 0}).network(), warm_up=4)
    check(network, {}, {}, demanded=6)


def test_other_inputs_are_no_value_added_of_what_is_called_for_either() -> None:
    """A tenth of the shop's revenue goes to the power station: 10 fen a cup."""
    network = cups().network()
    rows = tuple(
        Footprint(other_inputs=(("Utilities", Fraction(1, 10)),)) if firm.name == "shop" else Footprint()
        for firm in network.firms
    )
    found = explained(replace(network, footprints=rows))[ADDED]
    assert found.demanded == pytest.approx(10 * 70)
    assert found.booked == 700
    assert found.terms == pytest.approx(dict.fromkeys(found.terms, 0.0), abs=1e-9)
