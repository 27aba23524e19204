"""Laws that every run keeps exactly, recomputed from the log alone.

Each takes a network and the log of one run and raises AssertionError where the law is broken.  They hold for
any network: shortages, outages, several tiers, fractional bills of materials, lots, periodic reviews.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from chainsim.model import demand, state
from chainsim.model.network import WHOLE_SHARE, Network
from chainsim.streams import Stream
from chainsim.testing.replay import Luck, Row, Run, replay, rows_of

Law = Callable[[Run], None]


def times_are_within_the_horizon_and_never_run_backwards(run: Run) -> None:
    """Every tick is in [0, horizon), in order."""
    network, log = run.network, run.log
    ticks = [row.tick for row in rows_of(run.log)]
    assert log.horizon == network.horizon
    assert all(0 <= tick < log.horizon for tick in ticks)
    assert ticks == sorted(ticks)


def quantities_are_positive(run: Run) -> None:
    """No row of the log is about nothing."""
    assert all(row.quantity > 0 for row in rows_of(run.log))


def stock_on_hand_is_never_negative(run: Run) -> None:
    """After each single row, not only at the end of a tick."""
    for _, row, books in replay(run):
        if row is not None:
            assert min(books.on_hand) >= 0, row


def stock_and_backorders_never_coexist(run: Run) -> None:
    """A stock point with stock left at the end of a tick owes nobody anything."""
    network = run.network
    for tick, row, books in replay(run):
        if row is None:
            for p, point in enumerate(network.stocks):
                assert books.backorders[p] >= 0, (tick, network.stock_name(p))
                if point.role == "made":
                    assert books.on_hand[p] == 0 or books.backorders[p] == 0, (tick, network.stock_name(p))


def an_order_goes_through_its_life_in_order(run: Run) -> None:
    """Placed once, shipped before received (or released once, started before finished), never more than
    ordered.

    Its row in the table of orders says the same, with the price and terms of the day it was placed.
    """
    network, log = run.network, run.log
    done: dict[int, Counter[int]] = defaultdict(Counter)
    lane_of: dict[int, int] = {}
    opening = len(network.transits)
    seen = opening
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
                terms, price = books.terms[row.entity]
                n = number_on_lane[row.entity]
                number_on_lane[row.entity] += 1
                assert orders[o][:7] == [row.entity, buyer, row.quantity, tick, price, terms, n], row
            else:
                assert orders[o][:4] == [-1, row.entity, row.quantity, tick], row
        elif row.kind in (state.SHIPPED, state.RECEIVED):
            assert lane_of[o] == row.entity, row
            assert done[o][state.RECEIVED] <= done[o][state.SHIPPED] <= done[o][state.PLACED], row
        elif row.kind in (state.STARTED, state.FINISHED):
            assert orders[o][0] == -1, row
            assert orders[o][1] == row.entity, row
            assert done[o][state.FINISHED] <= done[o][state.STARTED] <= done[o][state.RELEASED], row
    assert seen == len(orders)


def every_shipment_arrives_once_after_its_lead_time(run: Run) -> None:
    """What is sent at t on a lane arrives at t + lead time, the one drawn for the n-th order of the lane;
    what would arrive at or after the horizon stays in transit."""
    network, log = run.network, run.log
    luck = Luck(run)
    due = [(t.tick, number, t.lane, t.quantity) for number, t in enumerate(network.transits)]
    received = []
    number_of: dict[int, int] = {}
    on_lane: Counter[int] = Counter()
    for tick, row, books in replay(run):
        if row is None:
            continue
        if row.kind == state.PLACED:
            number_of[row.order] = on_lane[row.entity]
            on_lane[row.entity] += 1
        elif row.kind == state.SHIPPED:
            constant, law = books.lead_time[row.entity]
            arrival = tick + constant + luck(law, number_of[row.order])
            due.append((arrival, row.order, row.entity, row.quantity))
        elif row.kind == state.RECEIVED:
            received.append((tick, row.order, row.entity, row.quantity))
    assert sorted(received) == sorted(d for d in due if d[0] < log.horizon)


def every_batch_finishes_once_after_its_processing_time(run: Run) -> None:
    """A batch of q started at t finishes at t + fixed + drawn + q x ticks a quantum, whose fractions are
    carried."""
    network, log = run.network, run.log
    luck = Luck(run)
    carry: Counter[int] = Counter()
    speed: dict[int, tuple[int, int]] = {}
    batches: Counter[int] = Counter()
    due = []
    finished = []
    resets = [c for c in network.changes if c.kind == state.SET_LINE_SPEED]
    for tick, row, books in replay(run):
        while resets and resets[0].tick <= tick:
            carry[resets.pop(0).entity] = 0
        if row is None:
            continue
        if row.kind == state.STARTED:
            line = network.stocks[row.entity].line
            speed[line] = books.speed[line]
            ticks, per = books.speed[line]
            fixed, law = books.time[line]
            work, carry[line] = divmod(row.quantity * ticks + carry[line], per)
            due.append((tick + fixed + luck(law, batches[line]) + work, row.order, row.entity, row.quantity))
            batches[line] += 1
        elif row.kind == state.FINISHED:
            finished.append((tick, row.order, row.entity, row.quantity))
    assert sorted(finished) == sorted(d for d in due if d[0] < log.horizon)


def components_used_are_the_bill_of_materials_times_what_was_started(run: Run) -> None:
    """Cumulatively and exactly: floor(started x quantity per unit), whatever the sizes of the batches; each
    batch takes its components at the moment it starts."""
    network = run.network
    started: Counter[int] = Counter()
    used: Counter[int] = Counter()
    base: dict[int, tuple[int, int]] = {}
    made = [need.made for need in network.needs]
    at = {need.component: number for number, need in enumerate(network.needs)}
    resets = [c for c in network.changes if c.kind == state.SET_NEED]
    batch: Row | None = None
    for tick, row, books in replay(run):
        while resets and resets[0].tick <= tick:
            number = resets.pop(0).entity
            base[number] = (started[number], used[number])
        if row is not None and row.kind == state.CONSUMED:
            number = at[row.entity]
            assert batch is not None, row
            assert (batch.tick, batch.order, batch.entity) == (tick, row.order, made[number]), row
            used[number] += row.quantity
            continue
        if batch is not None:
            for number in books.needs_of[network.stocks[batch.entity].line]:
                need = books.needs[number]
                s0, u0 = base.get(number, (0, 0))
                whole = (started[number] - s0) * need.quantity // need.per
                assert used[number] - u0 == whole, (batch, network.stock_name(need.component))
        batch = row if row is not None and row.kind == state.STARTED else None
        if batch is not None:
            for number in books.needs_of[network.stocks[batch.entity].line]:
                started[number] += batch.quantity


def a_line_never_runs_more_batches_than_it_has_servers(run: Run) -> None:
    """At every start, so none during an outage; batches already running are finished.  Batches keep to their
    size."""
    network = run.network
    for _, row, books in replay(run):
        assert min(books.busy, default=0) >= 0
        if row is not None and row.kind == state.STARTED:
            line = network.stocks[row.entity].line
            assert books.busy[line] <= books.servers[line], row
            assert row.quantity <= books.batch[line], row


def a_line_works_whenever_it_can(run: Run) -> None:
    """At the end of no tick do a free server, waiting work and all its components stand side by side."""
    network = run.network
    for tick, row, books in replay(run):
        if row is None:
            for line, model in enumerate(network.lines):
                if books.busy[line] < books.servers[line] and books.queue[line]:
                    assert books.lacks(line), (tick, network.stock_name(model.stock))


def first_come_first_served(run: Run) -> None:
    """Production starts in the order of release (the replay insists on it); a supplier fills an order
    completely before one that was placed on a later tick gets anything."""
    network, log = run.network, run.log
    placed = log.orders[:, 3].tolist() if len(log.orders) else []
    open_: dict[int, int] = {}
    oldest: dict[int, dict[int, int]] = defaultdict(dict)
    for _, row, _books in replay(run):
        if row is None:
            continue
        if row.kind == state.PLACED:
            open_[row.order] = row.quantity
            oldest[network.lanes[row.entity].supplier][row.order] = placed[row.order]
        elif row.kind == state.SHIPPED:
            supplier = network.lanes[row.entity].supplier
            assert row.order in oldest[supplier], f"{row}: was never placed here, or is complete"
            first = next(iter(oldest[supplier].values()))
            assert placed[row.order] <= first, f"{row}: an order of tick {first} was still waiting"
            open_[row.order] -= row.quantity
            if open_[row.order] == 0:
                del oldest[supplier][row.order]


def a_continuously_reviewed_position_never_stays_at_its_reorder_point(run: Run) -> None:
    """At the end of each tick the inventory position (on hand + on order - backorders - what a starving line
    could start) is above s, and where no level, line or bill is changed, a base stock with lots of 1 has it
    at exactly S."""
    network = run.network
    disturbed = _disturbed(network)
    for tick, row, books in replay(run):
        if row is not None:
            continue
        for p, position in enumerate(books.positions()):
            point = network.stocks[p]
            if point.role not in ("made", "bought") or books.review[p] > 0:
                continue
            name = (tick, network.stock_name(p), position)
            low, high = books.reorder_point[p], books.order_up_to[p]
            assert position > low, name
            if p not in disturbed:
                opening = point.on_hand + _under_way(network, p)
                assert position < max(high + books.lot[p], opening + 1), name
                if low == high - 1 and books.lot[p] == 1 and opening <= high:
                    assert position == high, name


def a_periodic_review_orders_up_to_its_level(run: Run) -> None:
    """Orders leave only at multiples of the review period, when the position that the night left is at or
    below s, and bring it to S or, by whole lots, less than a lot above."""
    network = run.network
    changed = {c.entity for c in network.changes if c.kind == state.SET_REVIEW}
    watched = [
        p for p, point in enumerate(network.stocks) if point.role == "bought" and point.review > 0 and p not in changed
    ]
    night = {p: network.stocks[p].on_hand + _under_way(network, p) for p in watched}
    checked = dict.fromkeys(watched, -1)
    ordered: Counter[int] = Counter()
    for tick, row, books in replay(run):
        for p in watched:
            period = network.stocks[p].review
            # Reviews on days without any row find the position that the last night left.
            due = [t for t in range(max(0, (checked[p] // period + 1) * period), tick, period)]
            assert not due or night[p] > _levels(network, p, due[-1])[0], (due, network.stock_name(p))
            checked[p] = max(checked[p], tick - 1)
        if row is not None:
            if row.kind == state.PLACED:
                ordered[network.lanes[row.entity].buyer] += row.quantity
            continue
        positions = books.positions()
        for p in watched:
            name = (tick, network.stock_name(p))
            low, high = books.reorder_point[p], books.order_up_to[p]
            if tick % network.stocks[p].review:
                assert ordered[p] == 0, name
            elif night[p] <= low:
                assert ordered[p] % books.lot[p] == 0, name
                assert high <= night[p] + ordered[p] < high + books.lot[p], name
            else:
                assert ordered[p] == 0, name
            night[p] = positions[p]
            checked[p] = tick
        ordered.clear()


def final_demand_is_what_the_market_drew_and_all_of_it_is_ordered(run: Run) -> None:
    """Demand depends on nothing that happens in the network; every quantum becomes an order on the same
    tick."""
    network = run.network
    replication = run.replication
    expected = []
    for market in network.markets:
        luck, sizes = (Stream(network.seed, replication, what, market.name) for what in ("demand", "order size"))
        ticks, quantities = demand.orders(market, network.horizon, luck.take, sizes.take)
        expected += [(t, market.stock, q) for t, q in zip(ticks.tolist(), quantities.tolist(), strict=True)]
    rows = rows_of(run.log)
    assert sorted((row.tick, row.entity, row.quantity) for row in rows if row.kind == state.DEMANDED) == sorted(
        expected
    )
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


def each_supplier_has_its_share_to_within_one_lot(run: Run) -> None:
    """After every single order of a buyer, counted since its shares were last set; never a lot taken back."""
    network = run.network
    reset = {c.entity for c in network.changes if c.kind == state.SET_REVIEW}
    lots: Counter[int] = Counter()
    total: Counter[int] = Counter()
    resets = [c for c in network.changes if c.kind == state.SET_LANE_SHARE]
    lanes_of: dict[int, list[int]] = defaultdict(list)
    for index, lane in enumerate(network.lanes):
        lanes_of[lane.buyer].append(index)
    for tick, row, books in replay(run):
        while resets and resets[0].tick <= tick:
            buyer = network.lanes[resets.pop(0).entity].buyer
            total[buyer] = 0
            for index in lanes_of[buyer]:
                lots[index] = 0
        if row is None:
            for buyer, lanes in lanes_of.items():
                if len(lanes) > 1 and buyer not in reset:
                    for index in lanes:
                        share = Fraction(books.share[index], WHOLE_SHARE)
                        assert abs(lots[index] - share * total[buyer]) < 1, (
                            tick,
                            network.stock_name(buyer),
                            index,
                        )
        elif row.kind == state.PLACED:
            buyer = network.lanes[row.entity].buyer
            count, rest = divmod(row.quantity, books.lot[buyer])
            assert rest == 0 or buyer in reset, row
            lots[row.entity] += count
            total[buyer] += count


def stock_on_order_integrates_to_the_time_orders_took(run: Run) -> None:
    """Little's law on the path: the integral of quantity on order is the time its quanta spent on order,
    those still under way included."""
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
        elif row.kind in (state.FINISHED, state.RECEIVED):
            p = row.entity if row.kind == state.FINISHED else network.lanes[row.entity].buyer
            spent[p] -= row.quantity * (log.horizon - tick)
    integral = [total + n * (log.horizon - before) for total, n in zip(integral, current, strict=True)]
    assert integral == spent


def busy_time_is_service_received(run: Run) -> None:
    """Utilisation on the path: the integral of busy servers is the processing time of what was started, as
    drawn, cut at the horizon."""
    network, log = run.network, run.log
    luck = Luck(run)
    lines = len(network.lines)
    integral, service = [0] * lines, [0] * lines
    carry: Counter[int] = Counter()
    batches: Counter[int] = Counter()
    resets = [c for c in network.changes if c.kind == state.SET_LINE_SPEED]
    before, current = 0, [0] * lines
    for tick, row, books in replay(run):
        while resets and resets[0].tick <= tick:
            carry[resets.pop(0).entity] = 0
        if row is None:
            integral = [total + n * (tick - before) for total, n in zip(integral, current, strict=True)]
            before, current = tick, list(books.busy)
        elif row.kind == state.STARTED:
            line = network.stocks[row.entity].line
            ticks, per = books.speed[line]
            fixed, law = books.time[line]
            work, carry[line] = divmod(row.quantity * ticks + carry[line], per)
            service[line] += min(fixed + luck(law, batches[line]) + work, log.horizon - tick)
            batches[line] += 1
    integral = [total + n * (log.horizon - before) for total, n in zip(integral, current, strict=True)]
    assert integral == service


def a_line_starves_only_for_what_it_lacks_and_says_so(run: Run) -> None:
    """A row says that the first batch in the queue waits for a component exactly when, and by how much, it is
    short; a new one follows each delivery that was not enough and each start."""
    network = run.network
    told: set[int] = set()
    for tick, row, books in replay(run):
        if row is None:
            for line in range(len(network.lines)):
                if books.busy[line] < books.servers[line] and books.queue[line]:
                    assert told >= set(books.lacks(line)), (tick, network.stock_name(network.lines[line].stock))
        elif row.kind == state.RECEIVED:
            told.discard(network.lanes[row.entity].buyer)
        elif row.kind == state.STARTED:
            told -= {books.needs[number].component for number in books.needs_of[network.stocks[row.entity].line]}
        elif row.kind == state.STARVED:
            line = network.stocks[row.entity].line
            assert books.busy[line] < books.servers[line], row
            assert books.queue[line][0][0] == row.order, row
            needs = [books.needs[number] for number in books.needs_of[line]]
            need = next(need for need in needs if need.component == row.entity)
            assert row.quantity == need.of(books.head_batch(line)) - books.on_hand[row.entity] > 0, row
            told.add(row.entity)


def material_is_conserved_part_by_part(run: Run) -> None:
    """At the end, stock + in transit = opening stock + opening transit + produced + imported - used, for each
    part; what a market bought counts as its stock.  Needs the state at the end."""
    network, end = run.network, run.end
    if end is None:
        return
    part_of = [point.part for point in network.stocks]
    balance = [0] * len(network.parts)
    for point in network.stocks:
        balance[point.part] += point.on_hand
    for shipment in network.transits:
        balance[part_of[network.lanes[shipment.lane].buyer]] += shipment.quantity
    for row in rows_of(run.log):
        if row.kind == state.FINISHED:
            balance[part_of[row.entity]] += row.quantity
        elif row.kind == state.CONSUMED:
            balance[part_of[row.entity]] -= row.quantity
        elif row.kind == state.SHIPPED and network.stocks[network.lanes[row.entity].supplier].role == "outside":
            balance[part_of[network.lanes[row.entity].buyer]] += row.quantity
    for p, stock in enumerate(end.stocks):
        balance[part_of[p]] -= stock.on_hand
    in_transit = [0] * len(network.parts)
    for shipment in network.transits:
        in_transit[part_of[network.lanes[shipment.lane].buyer]] += shipment.quantity
    for row in rows_of(run.log):
        if row.kind in (state.SHIPPED, state.RECEIVED):
            part = part_of[network.lanes[row.entity].buyer]
            in_transit[part] += row.quantity if row.kind == state.SHIPPED else -row.quantity
            assert in_transit[part] >= 0, row
    assert balance == in_transit


def the_log_adds_up_to_the_state(run: Run) -> None:
    """Opening stock plus the log gives the engine's own books at the end: on hand, on order, backorders,
    queues, the carried fractions.  Needs the state at the end."""
    network, end = run.network, run.end
    last = deque(replay(run), maxlen=1)
    if not last or end is None:
        return
    books = last[0][2]
    for p, stock in enumerate(end.stocks[: len(network.stocks)]):
        name = network.stock_name(p)
        assert (stock.on_hand, stock.on_order) == (books.on_hand[p], books.on_order[p]), name
        if network.stocks[p].role == "made":
            assert stock.backorders == books.backorders[p], name
    for index, line in enumerate(end.lines):
        assert (line.busy, line.waiting) == (books.busy[index], sum(q for _, q in books.queue[index]))
    assert [need.carry for need in end.needs] == [need.carry for need in books.needs]


LAWS: Final[tuple[Law, ...]] = (
    times_are_within_the_horizon_and_never_run_backwards,
    quantities_are_positive,
    stock_on_hand_is_never_negative,
    stock_and_backorders_never_coexist,
    an_order_goes_through_its_life_in_order,
    every_shipment_arrives_once_after_its_lead_time,
    every_batch_finishes_once_after_its_processing_time,
    components_used_are_the_bill_of_materials_times_what_was_started,
    a_line_never_runs_more_batches_than_it_has_servers,
    a_line_works_whenever_it_can,
    first_come_first_served,
    a_continuously_reviewed_position_never_stays_at_its_reorder_point,
    a_periodic_review_orders_up_to_its_level,
    final_demand_is_what_the_market_drew_and_all_of_it_is_ordered,
    each_supplier_has_its_share_to_within_one_lot,
    stock_on_order_integrates_to_the_time_orders_took,
    busy_time_is_service_received,
    a_line_starves_only_for_what_it_lacks_and_says_so,
    material_is_conserved_part_by_part,
    the_log_adds_up_to_the_state,
)


def assert_every_law(run: Run) -> None:
    """All laws of this module at once, for tests of models built on chainsim."""
    for law in LAWS:
        law(run)


def _under_way(network: Network, p: int) -> int:
    return sum(transit.quantity for transit in network.transits if network.lanes[transit.lane].buyer == p)


def _levels(network: Network, p: int, tick: int) -> tuple[int, int]:
    """(s, S) of a stock point in force on a tick."""
    levels = (network.stocks[p].reorder_point, network.stocks[p].order_up_to)
    for change in network.changes:
        if change.kind == state.SET_LEVELS and change.entity == p and change.tick <= tick:
            levels = change.values[:2]
    return levels


def _disturbed(network: Network) -> set[int]:
    """Stock points whose position may rise above S because a change takes back what was announced or
    wanted."""
    result = set()
    for change in network.changes:
        if change.kind in (state.SET_LEVELS, state.SET_REVIEW):
            result.add(change.entity)
        elif change.kind in (state.SET_LINE_SPEED, state.SET_LINE_TIME):
            made = network.lines[change.entity].stock
            result |= {need.component for need in network.needs if need.made == made}
        elif change.kind == state.SET_NEED:
            made = network.needs[change.entity].made
            result |= {need.component for need in network.needs if need.made == made}
    return result
