"""Laws of material: nothing appears or vanishes but by the rows that say so."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque

from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE
from chainsim.testing.hazards import Hazards
from chainsim.testing.replay import replay
from chainsim.testing.run import Row, Run, rows_of


def stock_on_hand_is_never_negative(run: Run) -> None:
    """After each single row, not only at the end of a tick."""
    for _, row, books in replay(run):
        if row is not None:
            assert min(books.on_hand) >= 0, row


def stock_and_backorders_never_coexist(run: Run) -> None:
    """A stock point with stock left at the end of a tick owes nobody anything that could leave.

    What cannot: everything, where it is closed; orders over a blocked lane; complete orders that are more than there
    is, with all that wait behind them."""
    network = run.network
    for tick, row, books in replay(run):
        if row is None:
            assert min(books.backorders) >= 0, tick
            waiting: Counter[int] = Counter()
            for order, quantity in books.open.items():
                lane = run.log.orders[order, 0]
                if lane >= 0 and books.lane_level[lane] > 0:
                    waiting[network.lanes[lane].supplier] += quantity
            for p, quantity in waiting.items():
                if network.stocks[p].role != "outside" and not books.closed[p] and not books.complete[p]:
                    assert books.on_hand[p] == 0 or quantity == 0, (tick, network.stock_name(p))


def components_used_are_the_bill_of_materials_times_what_was_started(run: Run) -> None:
    """Cumulatively and exactly: floor(started x quantity per unit), whatever the sizes of the batches; each batch takes
    its components at the moment it starts."""
    network = run.network
    started: Counter[int] = Counter()
    used: Counter[int] = Counter()
    base: dict[int, tuple[int, int]] = {}
    made = [need.made for need in network.needs]
    at = {need.component: number for number, need in enumerate(network.needs)}
    resets = deque(c for c in network.changes if c.kind == state.SET_NEED)
    batch: Row | None = None
    for tick, row, books in replay(run):
        while resets and resets[0].tick <= tick:
            number = resets.popleft().entity
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


def what_is_no_scrap_is_the_yield_of_what_was_started(run: Run) -> None:
    """Cumulatively and exactly by line since its yield was last set: good = floor(finished x yield); what is no good is
    booked with the batch that it comes from."""
    resets = deque(c for c in run.network.changes if c.kind == state.SET_YIELD)
    batches: Counter[int] = Counter()
    good: Counter[int] = Counter()
    scrap: Row | None = None
    for tick, row, books in replay(run):
        while resets and resets[0].tick <= tick:
            line = resets.popleft().entity
            batches[line] = good[line] = 0
        if scrap is not None:
            assert row is not None, scrap
            assert (row.kind, row.order, row.entity) == (state.FINISHED, scrap.order, scrap.entity), scrap
        if row is not None and row.kind == state.FINISHED:
            line = run.network.stocks[row.entity].line
            good[line] += row.quantity
            batches[line] += row.quantity + (scrap.quantity if scrap is not None else 0)
            share, per = books.good[line]
            assert good[line] == batches[line] * share // per, row
        scrap = row if row is not None and row.kind == state.SCRAPPED else None


def a_disruption_destroys_its_share_of_the_stock(run: Run) -> None:
    """At the onset and only then, rounded up to whole quanta."""
    hazards = Hazards(run)
    nights: list[tuple[int, list[int]]] = [(-1, [point.on_hand for point in run.network.stocks])]
    found: dict[tuple[int, int], int] = defaultdict(int)
    for tick, row, books in replay(run):
        if row is None:
            nights.append((tick, list(books.on_hand)))
        elif row.kind == state.DESTROYED:
            found[tick, row.entity] += row.quantity
    expected: dict[tuple[int, int], int] = defaultdict(int)
    for tick, _, p, share in hazards.destroyed:
        night = nights[bisect_left(nights, tick, key=lambda entry: entry[0]) - 1][1]
        left = night[p] - expected[tick, p]
        expected[tick, p] += -(-left * share // WHOLE_SHARE)
    assert dict(found) == {key: quantity for key, quantity in expected.items() if quantity}


def material_is_conserved_part_by_part(run: Run) -> None:
    """At the end, stock + in transit = opening stock + opening transit + produced + imported - used - destroyed, for
    each part; what a market bought counts as its stock.  Needs the state at the end."""
    network, end = run.network, run.end
    if end is None:
        return
    part_of = [point.part for point in network.stocks]
    balance = [0] * len(network.parts)
    in_transit = [0] * len(network.parts)
    for point in network.stocks:
        balance[point.part] += point.on_hand
    for shipment in network.transits:
        balance[part_of[network.lanes[shipment.lane].buyer]] += shipment.quantity
        in_transit[part_of[network.lanes[shipment.lane].buyer]] += shipment.quantity
    for row in rows_of(run.log):
        if row.kind == state.FINISHED:
            balance[part_of[row.entity]] += row.quantity
        elif row.kind in (state.CONSUMED, state.DESTROYED):
            balance[part_of[row.entity]] -= row.quantity
        elif row.kind in (state.SHIPPED, state.RECEIVED):
            lane = network.lanes[row.entity]
            part = part_of[lane.buyer]
            in_transit[part] += row.quantity if row.kind == state.SHIPPED else -row.quantity
            assert in_transit[part] >= 0, row
            if row.kind == state.SHIPPED and network.stocks[lane.supplier].role == "outside":
                balance[part] += row.quantity
    for p, stock in enumerate(end.stocks):
        balance[part_of[p]] -= stock.on_hand
    assert balance == in_transit


def the_log_adds_up_to_the_state(run: Run) -> None:
    """Opening stock plus the log gives the engine's own books at the end: on hand, on order, backorders, queues, what
    is open of each order, the carried fractions, cash, levels of forecasts.  Needs the state at the end."""
    network, end = run.network, run.end
    last = deque(replay(run), maxlen=1)
    if not last or end is None:
        return
    books = last[0][2]
    for p, stock in enumerate(end.stocks[: len(network.stocks)]):
        name = network.stock_name(p)
        assert (stock.on_hand, stock.on_order) == (books.on_hand[p], books.on_order[p]), name
        assert stock.backorders == books.backorders[p], name
        assert bool(stock.closed) == books.closed[p], name
        assert (stock.reorder_point, stock.order_up_to) == (books.reorder_point[p], books.order_up_to[p]), name
    for index, line in enumerate(end.lines):
        assert (line.busy, line.waiting) == (books.busy[index], sum(q for _, q in books.queue[index]))
        assert (line.speed, line.growth) == (books.line_level[index], books.growth[index])
    left = state.outstanding(end)
    assert {order: row.open for order, row in left.items() if row.open} == {o: q for o, q in books.open.items() if q}
    used = end.counts[0].order_rows
    assert len({id(row) for row in left.values()}) + len(_free_orders(end)) == used, (
        "an order's row is lost or used twice"
    )
    assert [need.carry for need in end.needs] == [need.carry for need in books.needs]
    assert [purse.cash for purse in end.purses] == books.till.cash
    assert [purse.insolvent == 1 for purse in end.purses] == [n in books.till.insolvent for n in range(len(end.purses))]


def _free_orders(end: state.State) -> set[int]:
    """Rows of the table of orders that wait to be used again."""
    return {free.row for free in end.free_orders[: end.counts[0].free_orders]}
