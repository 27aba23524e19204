"""Laws of orders: each one from its placing to its last delivery."""

from __future__ import annotations

from collections import Counter, defaultdict, deque

from chainsim.model import demand, state
from chainsim.model.network import WHOLE_SHARE
from chainsim.streams import Stream
from chainsim.testing.hazards import Hazards
from chainsim.testing.replay import replay
from chainsim.testing.run import Luck, Run, rows_of


def an_order_goes_through_its_life_in_order(run: Run) -> None:
    """Placed once, shipped before received (or released once, started before finished), never more than ordered, what
    is lost or scrap included.

    Its row in the table of orders says the same, with the price, terms and freight of the day it was placed.
    """
    network, log = run.network, run.log
    done: dict[int, Counter[int]] = defaultdict(Counter)
    lane_of: dict[int, int] = {}
    seen = len(network.transits)
    orders = log.orders.tolist()
    number_on_lane: Counter[int] = Counter()
    for number, transit in enumerate(network.transits):
        lane = network.lanes[transit.lane]
        assert orders[number][:4] == [transit.lane, lane.buyer, transit.quantity, -1]
        done[number][state.PLACED] = done[number][state.SHIPPED] = transit.quantity
        lane_of[number] = transit.lane
    for tick, row, books in replay(run):
        if row is None or row.order < 0:
            continue
        o = row.order
        done[o][row.kind] += row.quantity
        if row.kind in (state.PLACED, state.RELEASED):
            assert o == seen, f"{row}: orders are numbered as they are made"
            seen += 1
            if row.kind == state.PLACED:
                lane_of[o] = row.entity
                buyer = network.lanes[row.entity].buyer
                terms, price, freight = books.terms[row.entity]
                n = number_on_lane[row.entity]
                number_on_lane[row.entity] += 1
                assert orders[o] == [row.entity, buyer, row.quantity, tick, price, terms, n, freight], row
            else:
                assert orders[o][:4] == [-1, row.entity, row.quantity, tick], row
        elif row.kind in (state.SHIPPED, state.RECEIVED, state.LOST):
            assert lane_of[o] == row.entity, row
            gone = done[o][state.SHIPPED] + done[o][state.LOST]
            assert done[o][state.RECEIVED] <= done[o][state.SHIPPED] <= gone <= done[o][state.PLACED], row
        elif row.kind in (state.STARTED, state.FINISHED, state.SCRAPPED):
            assert orders[o][0] == -1, row
            assert orders[o][1] == row.entity, row
            made = done[o][state.FINISHED] + done[o][state.SCRAPPED]
            assert made <= done[o][state.STARTED] <= done[o][state.RELEASED], row
    assert seen == len(orders)


def every_shipment_arrives_once_after_its_lead_time(run: Run) -> None:
    """What is sent at t on a lane arrives at t + lead time, the one drawn for the n-th order of the lane, stretched
    where the lane is slowed and never before what was sent earlier where deliveries keep their order; what would
    arrive at or after the horizon stays in transit."""
    network, log = run.network, run.log
    luck = Luck(run)
    due = [(t.tick, number, t.lane, t.quantity) for number, t in enumerate(network.transits)]
    last: Counter[int] = Counter()
    for transit in network.transits:
        last[transit.lane] = max(last[transit.lane], transit.tick)
    received = []
    for tick, row, books in replay(run):
        if row is None:
            continue
        if row.kind == state.SHIPPED:
            constant, law = books.lead_time[row.entity]
            time = constant + luck(law, int(log.orders[row.order, 6]))
            arrival = tick - (-time * WHOLE_SHARE // books.lane_level[row.entity])
            if network.lanes[row.entity].in_order:
                arrival = last[row.entity] = max(arrival, last[row.entity])
            due.append((arrival, row.order, row.entity, row.quantity))
        elif row.kind == state.RECEIVED:
            received.append((tick, row.order, row.entity, row.quantity))
    assert sorted(received) == sorted(d for d in due if d[0] < log.horizon)


def deliveries_that_keep_their_order_never_cross(run: Run) -> None:
    """First sent, first received, what was under way at the start included."""
    network = run.network
    sent: dict[int, deque[tuple[int, int]]] = defaultdict(deque)
    for _, number in sorted((transit.tick, number) for number, transit in enumerate(network.transits)):
        sent[network.transits[number].lane].append((number, network.transits[number].quantity))
    for row in rows_of(run.log):
        if row.kind in (state.SHIPPED, state.RECEIVED) and network.lanes[row.entity].in_order:
            if row.kind == state.SHIPPED:
                sent[row.entity].append((row.order, row.quantity))
            else:
                assert sent[row.entity], row
                assert sent[row.entity].popleft() == (row.order, row.quantity), row


def final_demand_is_what_the_market_drew_and_all_of_it_is_ordered(run: Run) -> None:
    """Demand depends on nothing that happens in the network but on disruptions of the market, which leave their share
    of it, fractions carried; every quantum becomes an order on the same tick."""
    network, hazards = run.network, Hazards(run)
    expected = []
    for market in network.markets:
        luck, sizes = (Stream(network.seed, run.replication, what, market.name) for what in ("demand", "order size"))
        ticks, quantities = demand.orders(market, network.horizon, luck.take, sizes.take)
        carry = 0
        for tick, quantity in zip(ticks.tolist(), quantities.tolist(), strict=True):
            level = hazards.level("market", market.stock, tick)
            if level < WHOLE_SHARE:
                quantity, carry = divmod(quantity * level + carry, WHOLE_SHARE)
            if quantity:
                expected.append((tick, market.stock, quantity))
    rows = rows_of(run.log)
    found = [(row.tick, row.entity, row.quantity) for row in rows if row.kind == state.DEMANDED]
    assert sorted(found) == sorted(expected)
    demanded: Counter[tuple[int, int]] = Counter()
    placed: Counter[tuple[int, int]] = Counter()
    for row in rows:
        if row.kind == state.DEMANDED:
            demanded[row.tick, row.entity] += row.quantity
        elif row.kind == state.PLACED:
            buyer = network.lanes[row.entity].buyer
            if network.stocks[buyer].role == "sold":
                placed[row.tick, buyer] += row.quantity
    assert demanded == placed


def stock_on_order_integrates_to_the_time_orders_took(run: Run) -> None:
    """Little's law on the path: the integral of quantity on order is the time its quanta spent on order, those still
    under way included."""
    network, log = run.network, run.log
    placed = [max(0, tick) for tick in log.orders[:, 3].tolist()] if len(log.orders) else []
    integral = [0] * len(network.stocks)
    spent = [0] * len(network.stocks)
    before, current = 0, [0] * len(network.stocks)
    for transit in network.transits:
        buyer = network.lanes[transit.lane].buyer
        current[buyer] += transit.quantity
        spent[buyer] += transit.quantity * log.horizon
    for tick, row, books in replay(run):
        if row is None:
            integral = [total + n * (tick - before) for total, n in zip(integral, current, strict=True)]
            before, current = tick, list(books.on_order)
        elif row.kind in (state.PLACED, state.RELEASED):
            p = row.entity if row.kind == state.RELEASED else network.lanes[row.entity].buyer
            spent[p] += row.quantity * (log.horizon - placed[row.order])
        elif row.kind in (state.FINISHED, state.SCRAPPED, state.RECEIVED, state.LOST):
            own = row.kind in (state.FINISHED, state.SCRAPPED)
            p = row.entity if own else network.lanes[row.entity].buyer
            spent[p] -= row.quantity * (log.horizon - tick)
    integral = [total + n * (log.horizon - before) for total, n in zip(integral, current, strict=True)]
    assert integral == spent
