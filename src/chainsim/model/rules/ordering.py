"""Reviews: when a stock point orders, and how much; forecasts that move its level.

Every rule comes down to a reorder point s and an order-up-to level S on the inventory position, a lot and a minimum:
order S minus the position, at least the minimum, rounded up to whole lots, once the position is at or below s.  A
fixed order quantity Q is a lot of Q with S = s + 1 (the (r, nQ) rule; Snyder & Shen 2019, ch. 4 and 5).
"""

from __future__ import annotations

from chainsim.model.network import WHOLE_SHARE
from chainsim.model.rules.cash import may_buy
from chainsim.model.rules.lines import release
from chainsim.model.rules.sourcing import buy
from chainsim.model.rules.waking import ask_review, echelon_position
from chainsim.model.state import (
    AUTOREGRESSIVE,
    BOUGHT,
    DEMANDED,
    EXPONENTIAL,
    MOVING_AVERAGE,
    State,
)

THOUSANDTHS = 1000


def review(s: State, tick: int, p: int, version: int) -> None:
    """Order if the inventory position has fallen far enough.

    A review that was due before the stock point changed between continuous and periodic review is void.
    """
    stock = s.stocks[p]
    if version != stock.review_version:
        return
    stock.review_due = 0
    if stock.review > 0:
        s.outbox.append((stock.review, s.counts[0].review_phase, p, version, 0, -1, 0, 0))
    position = stock.on_hand + stock.on_order - stock.backorders - stock.committed
    if stock.echelon_end > 0:
        position = echelon_position(s, p)
    quantity = stock.order_up_to - position
    if position > stock.reorder_point or quantity <= 0:
        return
    if quantity < stock.minimum:
        quantity = stock.minimum
    lot = stock.lot
    if lot > 1:
        quantity = (quantity + lot - 1) // lot * lot
    if stock.role == BOUGHT:
        if stock.purse < 0 or may_buy(s, stock.purse):
            buy(s, tick, p, quantity)
    elif stock.purse < 0 or s.purses[stock.purse].insolvent == 0:
        release(s, tick, p, quantity)


def learn(s: State, tick: int, p: int) -> None:
    """A period is over: its demand moves the forecast, and the forecast the order-up-to level.

    Final demand of the tick on which it ends belongs to it; what firms order on that tick, to the next one.  Demand of
    the very first tick is a period of its own, if there is any.

    Sources: Chen, Drezner, Ryan & Simchi-Levi 2000 (moving average), Chen, Ryan & Simchi-Levi 2000 (exponential
    smoothing), Lee, So & Tang 2000 (autoregression).
    """
    stock = s.stocks[p]
    s.outbox.append((stock.period, s.counts[0].learn_phase, p, 0, 0, -1, 0, 0))
    demand = stock.recent
    if tick == 0 and demand == 0:
        return
    stock.recent = 0
    level = 0
    if stock.forecast == MOVING_AVERAGE:
        s.samples[stock.samples_begin + stock.periods % stock.window].quantity = demand
        total = 0
        for row in range(stock.samples_begin, stock.samples_begin + stock.window):
            total += s.samples[row].quantity
        level = rounded(total * stock.protect, stock.window * stock.period)
    elif stock.forecast == EXPONENTIAL:
        stock.smoothed += rounded((demand * THOUSANDTHS - stock.smoothed) * stock.window, WHOLE_SHARE)
        level = rounded(stock.smoothed * stock.protect, THOUSANDTHS * stock.period)
    elif stock.forecast == AUTOREGRESSIVE:
        level = rounded((demand - stock.mean) * stock.window, WHOLE_SHARE)
    stock.periods += 1
    stock.foreseen = level
    expect(s, p)
    ask_review(s, p)


def expect(s: State, p: int) -> None:
    """The level of a stock point that forecasts: safety stock and what it foresees, never below nothing."""
    stock = s.stocks[p]
    stock.order_up_to = max(0, stock.safety + stock.foreseen)
    stock.reorder_point = stock.order_up_to - 1


def rounded(value: int, by: int) -> int:
    """value / by to the nearest whole number, halves up."""
    return (2 * value + by) // (2 * by)


def order_from_market(s: State, tick: int, p: int, quantity: int) -> None:
    """Final demand arises at a sold stock point and is ordered from those who sell to it.

    A disruption of the market leaves a share of it; fractions are carried.
    """
    stock = s.stocks[p]
    if stock.level < WHOLE_SHARE:
        work = quantity * stock.level + stock.level_carry
        stock.level_carry = work % WHOLE_SHARE
        quantity = work // WHOLE_SHARE
        if quantity == 0:
            return
    s.log.append((tick, DEMANDED, -1, p, quantity))
    buy(s, tick, p, quantity)
