"""A plant, a supplier, an outside source and one market, calculated by hand: every row, every date, every
fen.

The market buys 4 cars on days 0, 3 and 6 (delivery takes 1 day).  The plant makes cars to order, one batch of
at most 2 at a time, 1 day a batch, 2 seats a car, seats in base stock 6.  The supplier makes seats to order,
batches of at most 3, half a day a seat (the half is carried), 3/4 kg of steel a seat (the quarters are
carried), delivery takes 2 days.  Steel in base stock 3 comes from outside in 1 day.  On day 4 the plant's
price and terms change.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from chainsim.model.network import Network
from chainsim.model.state import (
    CONSUMED,
    DEMANDED,
    FINISHED,
    PLACED,
    RECEIVED,
    RELEASED,
    SHIPPED,
    STARTED,
    STARVED,
)
from chainsim.testing import Run, Sketch, assert_every_law, rows_of, simulate

HORIZON = 7
# Stock points and lanes in the order of their names.
SOLD, _STEEL_OUTSIDE, CAR, SEAT_AT_PLANT, SEAT, STEEL = range(6)
TO_MARKET, TO_PLANT, TO_SUPPLIER = range(3)
NOBODY = -1


def network() -> Network:
    return (
        Sketch(HORIZON)
        .part("car", price=12_345)
        .part("seat", price=678)
        .part("steel", price=91)
        .make("plant", "car", time=1, servers=1, batch=2)
        .buy("plant", "seat", "car", 2, "supplier", 6, time=2, terms=1)
        .make("supplier", "seat", servers=1, per_quantum=Fraction(1, 2), batch=3)
        .buy("supplier", "steel", "seat", Fraction(3, 4), "outside", 3, time=1, terms=0)
        .market("market", "car", "plant", every=3, quantity=4, time=1, terms=2)
        .terms_at(4, "market", "plant", "car", terms=5, price=20_000)
        .network()
    )


EXPECTED = [
    # Day 0. Four cars are ordered and nothing is in stock: production order 1. Its first batch takes 4 of 6
    # seats, so the plant orders 4. The supplier makes to order: 3 of the 4 start, which takes 1.5 days: 1
    # day, half carried; 2.25 kg of steel: 2, a quarter carried. 1 kg is left, 2 are ordered and sent.
    (0, DEMANDED, NOBODY, SOLD, 4),
    (0, PLACED, 0, TO_MARKET, 4),
    (0, RELEASED, 1, CAR, 4),
    (0, STARTED, 1, CAR, 2),
    (0, CONSUMED, 1, SEAT_AT_PLANT, 4),
    (0, PLACED, 2, TO_PLANT, 4),
    (0, RELEASED, 3, SEAT, 4),
    (0, STARTED, 3, SEAT, 3),
    (0, CONSUMED, 3, STEEL, 2),
    (0, PLACED, 4, TO_SUPPLIER, 2),
    (0, SHIPPED, 4, TO_SUPPLIER, 2),
    # Day 1. Lines finish before goods arrive, goods arrive before backorders are served, lines start last.
    # The next 2 cars want 4 seats and there are 2: the plant starves and orders 4 more (2 on hand + 4 on
    # order - 4 wanted = 2, up to 6). The supplier's fourth seat starts: half a day + half carried; 0.75 +
    # 0.25 carried = 1 kg. Orders of the same round go by stock point, seats before steel; so do the
    # suppliers' turns, outside before the supplier.
    (1, FINISHED, 1, CAR, 2),
    (1, FINISHED, 3, SEAT, 3),
    (1, RECEIVED, 4, TO_SUPPLIER, 2),
    (1, SHIPPED, 0, TO_MARKET, 2),
    (1, SHIPPED, 2, TO_PLANT, 3),
    (1, STARVED, 1, SEAT_AT_PLANT, 2),
    (1, STARTED, 3, SEAT, 1),
    (1, CONSUMED, 3, STEEL, 1),
    (1, PLACED, 5, TO_PLANT, 4),
    (1, PLACED, 6, TO_SUPPLIER, 1),
    (1, SHIPPED, 6, TO_SUPPLIER, 1),
    (1, RELEASED, 7, SEAT, 4),
    # Day 2. The fourth seat leaves, the next three start.
    (2, FINISHED, 3, SEAT, 1),
    (2, RECEIVED, 0, TO_MARKET, 2),
    (2, RECEIVED, 6, TO_SUPPLIER, 1),
    (2, SHIPPED, 2, TO_PLANT, 1),
    (2, STARTED, 7, SEAT, 3),
    (2, CONSUMED, 7, STEEL, 2),
    (2, PLACED, 8, TO_SUPPLIER, 2),
    (2, SHIPPED, 8, TO_SUPPLIER, 2),
    # Day 3. Three seats arrive: 5, of which 4 go into the cars that waited since day 1. That was ordered for
    # already (1 on hand + 5 on order = 6). The second demand is booked behind the 2 cars still owed.
    (3, FINISHED, 7, SEAT, 3),
    (3, RECEIVED, 2, TO_PLANT, 3),
    (3, RECEIVED, 8, TO_SUPPLIER, 2),
    (3, SHIPPED, 5, TO_PLANT, 3),
    (3, DEMANDED, NOBODY, SOLD, 4),
    (3, PLACED, 9, TO_MARKET, 4),
    (3, RELEASED, 10, CAR, 4),
    (3, STARTED, 1, CAR, 2),
    (3, CONSUMED, 1, SEAT_AT_PLANT, 4),
    (3, STARTED, 7, SEAT, 1),
    (3, CONSUMED, 7, STEEL, 1),
    (3, PLACED, 11, TO_SUPPLIER, 1),
    (3, SHIPPED, 11, TO_SUPPLIER, 1),
    # Day 4. The first market order is complete; 2 seats on hand, 4 wanted: the same again.
    (4, FINISHED, 1, CAR, 2),
    (4, FINISHED, 7, SEAT, 1),
    (4, RECEIVED, 2, TO_PLANT, 1),
    (4, RECEIVED, 11, TO_SUPPLIER, 1),
    (4, SHIPPED, 0, TO_MARKET, 2),
    (4, SHIPPED, 5, TO_PLANT, 1),
    (4, STARVED, 10, SEAT_AT_PLANT, 2),
    (4, PLACED, 12, TO_PLANT, 4),
    (4, RELEASED, 13, SEAT, 4),
    (4, STARTED, 13, SEAT, 3),
    (4, CONSUMED, 13, STEEL, 2),
    (4, PLACED, 14, TO_SUPPLIER, 2),
    (4, SHIPPED, 14, TO_SUPPLIER, 2),
    # Day 5.
    (5, FINISHED, 13, SEAT, 3),
    (5, RECEIVED, 0, TO_MARKET, 2),
    (5, RECEIVED, 5, TO_PLANT, 3),
    (5, RECEIVED, 14, TO_SUPPLIER, 2),
    (5, SHIPPED, 12, TO_PLANT, 3),
    (5, STARTED, 10, CAR, 2),
    (5, CONSUMED, 10, SEAT_AT_PLANT, 4),
    (5, STARTED, 13, SEAT, 1),
    (5, CONSUMED, 13, STEEL, 1),
    (5, PLACED, 15, TO_SUPPLIER, 1),
    (5, SHIPPED, 15, TO_SUPPLIER, 1),
    # Day 6. The third demand comes at the new price; the plant starves for the second half of the second
    # order.
    (6, FINISHED, 10, CAR, 2),
    (6, FINISHED, 13, SEAT, 1),
    (6, RECEIVED, 5, TO_PLANT, 1),
    (6, RECEIVED, 15, TO_SUPPLIER, 1),
    (6, SHIPPED, 9, TO_MARKET, 2),
    (6, SHIPPED, 12, TO_PLANT, 1),
    (6, DEMANDED, NOBODY, SOLD, 4),
    (6, PLACED, 16, TO_MARKET, 4),
    (6, RELEASED, 17, CAR, 4),
    (6, STARVED, 10, SEAT_AT_PLANT, 2),
    (6, PLACED, 18, TO_PLANT, 4),
    (6, RELEASED, 19, SEAT, 4),
    (6, STARTED, 19, SEAT, 3),
    (6, CONSUMED, 19, STEEL, 2),
    (6, PLACED, 20, TO_SUPPLIER, 2),
    (6, SHIPPED, 20, TO_SUPPLIER, 2),
    # Day 7 is the horizon: what is under way stays under way.
]


def invoices(run: Run) -> list[tuple[int, int, int, int]]:
    """(day of delivery, day of payment, lane, fen) of each delivery: price and terms are those of its
    order."""
    result = []
    for row in rows_of(run.log):
        if row.kind == RECEIVED:
            _, _, _, _, price, terms, _, _ = run.log.orders[row.order].tolist()
            result.append((row.tick, row.tick + terms, row.entity, price * row.quantity))
    return result


def test_every_row_is_as_calculated_by_hand() -> None:
    run = simulate(network())
    assert [tuple(row) for row in rows_of(run.log)] == EXPECTED


def test_every_order_keeps_the_price_and_terms_of_its_day() -> None:
    run = simulate(network())
    orders = run.log.orders.tolist()
    assert orders[0] == [TO_MARKET, SOLD, 4, 0, 12_345, 2, 0, 0]
    assert orders[9] == [TO_MARKET, SOLD, 4, 3, 12_345, 2, 1, 0]
    assert orders[16] == [TO_MARKET, SOLD, 4, 6, 20_000, 5, 2, 0]
    assert orders[12] == [TO_PLANT, SEAT_AT_PLANT, 4, 4, 678, 1, 2, 0]
    assert orders[20] == [TO_SUPPLIER, STEEL, 2, 6, 91, 0, 6, 0]
    assert orders[17][:4] == [-1, CAR, 4, 6]


def test_every_payment_is_price_times_quantity_on_the_day_it_is_due() -> None:
    run = simulate(network())
    assert sorted(invoices(run)) == sorted(
        [
            (2, 4, TO_MARKET, 2 * 12_345),
            (5, 7, TO_MARKET, 2 * 12_345),  # delivered on day 5, ordered on day 0: the old price
            (3, 4, TO_PLANT, 3 * 678),
            (4, 5, TO_PLANT, 1 * 678),
            (5, 6, TO_PLANT, 3 * 678),
            (6, 7, TO_PLANT, 1 * 678),
            (1, 1, TO_SUPPLIER, 2 * 91),
            (2, 2, TO_SUPPLIER, 1 * 91),
            (3, 3, TO_SUPPLIER, 2 * 91),
            (4, 4, TO_SUPPLIER, 1 * 91),
            (5, 5, TO_SUPPLIER, 2 * 91),
            (6, 6, TO_SUPPLIER, 1 * 91),
        ]
    )


def test_cash_and_claims_at_the_horizon_are_right_to_the_fen() -> None:
    run = simulate(network())
    buyer = {TO_MARKET: "market", TO_PLANT: "plant", TO_SUPPLIER: "supplier"}
    seller = {TO_MARKET: "plant", TO_PLANT: "supplier", TO_SUPPLIER: "outside"}
    cash: dict[str, int] = defaultdict(int)
    claims: dict[str, int] = defaultdict(int)
    for _, due, lane, amount in invoices(run):
        account = cash if due < HORIZON else claims
        account[seller[lane]] += amount
        account[buyer[lane]] -= amount
    # Plant: 24,690 from the first 2 cars, less 2,034 + 678 + 2,034 for the 7 seats paid by day 6.
    # Supplier: 4,746 from the plant, less 9 kg of steel at 91.
    assert cash == {"market": -24_690, "plant": 19_944, "supplier": 3_927, "outside": 819}
    assert claims == {"market": -24_690, "plant": 24_690 - 678, "supplier": 678}
    assert sum(cash.values()) == sum(claims.values()) == 0


def test_the_case_keeps_every_law() -> None:
    assert_every_law(simulate(network()))
