"""Orders: numbered as they are placed; a row of the table is used again when all of an order has arrived.

So the table is as long as most orders were ever outstanding at once, whatever the horizon.
"""

from __future__ import annotations

from chainsim.model.state import State


def new_order(
    s: State, tick: int, lane: int, p: int, quantity: int, price: int, terms: int, draw: int, freight: int
) -> int:
    """The row of a new order that refills stock point `p`; lane -1 is its own line."""
    counts = s.counts[0]
    o = counts.order_rows
    if counts.free_orders > 0:
        counts.free_orders -= 1
        o = s.free_orders[counts.free_orders].row
    else:
        counts.order_rows = o + 1
        counts.used += 1
    order = s.orders[o]
    order.lane = lane
    order.stock = p
    order.quantity = quantity
    order.open = quantity
    order.left = quantity
    order.price = price
    order.terms = terms
    order.draw = draw
    order.freight = freight
    order.received = 0
    order.next = -1
    order.number = counts.orders
    counts.orders += 1
    s.placed.append((lane, p, quantity, tick, price, terms, draw, freight))
    return o


def fulfil(s: State, o: int, quantity: int) -> None:
    """So much of an order is received, finished or lost; when that was the last of it, its row is free."""
    order = s.orders[o]
    order.left -= quantity
    if order.left == 0:
        counts = s.counts[0]
        s.free_orders[counts.free_orders].row = o
        counts.free_orders += 1
