"""Laws of service: who is served, when stock is short."""

from __future__ import annotations

from collections import Counter, defaultdict

from chainsim.model import state
from chainsim.testing.replay import replay
from chainsim.testing.run import Row, Run


def _changed(run: Run, kind: int) -> set[int]:
    return {change.entity for change in run.network.changes if change.kind == kind}


def first_come_first_served(run: Run) -> None:
    """Production starts in the order of release (the replay insists on it); a supplier fills an order completely
    before one that was placed on a later tick gets anything, those over a blocked lane aside.

    Where buyers have priorities, before one of the same priority.
    """
    network, log = run.network, run.log
    placed = log.orders[:, 3].tolist() if len(log.orders) else []
    rationed = _changed(run, state.SET_SHORTAGE) | {
        p for p, point in enumerate(network.stocks) if point.allocation == "proportional"
    }
    changed = _changed(run, state.SET_LANE_RANK)
    waiting: dict[int, dict[int, int]] = defaultdict(dict)  # by supplier: lane of each open order
    for _, row, books in replay(run):
        if row is None:
            continue
        if row.kind == state.PLACED:
            waiting[network.lanes[row.entity].supplier][row.order] = row.entity
        elif row.kind in (state.SHIPPED, state.LOST):
            supplier = network.lanes[row.entity].supplier
            orders = waiting[supplier]
            assert row.order in orders, f"{row}: was never placed here, or is complete"
            if row.kind == state.SHIPPED and supplier not in rationed:
                own = books.priority[row.entity]
                ranked = books.allocation[supplier] == state.PRIORITY
                for order, lane in orders.items():
                    if placed[order] >= placed[row.order]:
                        break
                    free = books.lane_level[lane] > 0
                    if free and (not ranked or (books.priority[lane] == own and not changed & {lane, row.entity})):
                        raise AssertionError(f"{row}: order {order} of tick {placed[order]} was still waiting")
            if books.open[row.order] == 0:
                del orders[row.order]


def those_of_higher_priority_are_served_first(run: Run) -> None:
    """Under priority allocation nothing leaves while an order of an earlier tick waits that comes first, over a lane
    that is not blocked."""
    network, log = run.network, run.log
    changed = _changed(run, state.SET_SHORTAGE)
    moved = _changed(run, state.SET_LANE_RANK)
    ranked = {p for p, point in enumerate(network.stocks) if point.allocation == "priority"} - changed
    ranked -= {network.lanes[lane].supplier for lane in moved}
    for tick, row, books in replay(run):
        if row is None or row.kind != state.SHIPPED or network.lanes[row.entity].supplier not in ranked:
            continue
        for order, quantity in books.open.items():
            lane, _, _, placed = log.orders[order, :4].tolist()
            if quantity and lane >= 0 and network.lanes[lane].supplier == network.lanes[row.entity].supplier:
                first = books.priority[lane] < books.priority[row.entity]
                assert not (first and placed < tick and books.lane_level[lane] > 0), (row, order)


def proportional_allocation_gives_each_the_same_share(run: Run) -> None:
    """In whole quanta, and at most one more, of all that is there or, if it is enough, of all that is asked for.

    Judged where no order is placed on the tick itself, since which of these are booked already is not in the log.
    """
    network, log = run.network, run.log
    placed_on: dict[int, set[int]] = defaultdict(set)
    for lane, _, _, tick in log.orders[:, :4].tolist():
        if lane >= 0:
            placed_on[network.lanes[lane].supplier].add(tick)
    group: list[Row] = []
    asked: dict[int, int] = {}
    on_hand: list[int] = [point.on_hand for point in network.stocks]
    available = 0

    def judge() -> None:
        if not group:
            return
        supplier = network.lanes[group[0].entity].supplier
        total = sum(asked.values())
        got = {row.order: row.quantity for row in group}
        assert len(got) == len(group), group
        assert sum(got.values()) == min(available, total), (group, network.stock_name(supplier))
        for order, quantity in asked.items():
            whole = quantity * min(available, total) // total
            assert whole <= got.get(order, 0) <= whole + 1, (group, order)

    before: dict[int, int] = {}
    for tick, row, books in replay(run):
        ships = row is not None and row.kind == state.SHIPPED
        supplier = network.lanes[row.entity].supplier if row is not None and ships else -1
        fair = supplier >= 0 and books.allocation[supplier] == state.PROPORTIONAL and tick not in placed_on[supplier]
        if group and (not fair or network.lanes[group[0].entity].supplier != supplier):
            judge()
            group = []
        if row is not None and fair:
            if not group:
                available = on_hand[supplier]
                lanes = {order: int(log.orders[order, 0]) for order in before}
                asked = {
                    order: quantity
                    for order, quantity in before.items()
                    if quantity > 0
                    and lanes[order] >= 0
                    and network.lanes[lanes[order]].supplier == supplier
                    and books.lane_level[lanes[order]] > 0
                }
            group.append(row)
        if not group:
            before, on_hand = {o: q for o, q in books.open.items() if q}, list(books.on_hand)
    judge()


def complete_orders_leave_in_one_delivery(run: Run) -> None:
    """Where orders are delivered complete, each delivery is all that is open of its order."""
    network = run.network
    for _, row, books in replay(run):
        if row is not None and row.kind == state.SHIPPED:
            supplier = network.lanes[row.entity].supplier
            if books.complete[supplier] and network.stocks[supplier].role != "outside":
                assert books.open[row.order] == 0, row


def final_demand_is_lost_only_beyond_the_backlog_limit(run: Run) -> None:
    """Firms always wait.  Where only markets buy, no more than the limit waits at the end of a tick; and an order that
    comes alone on its tick loses just what is beyond the limit, or all of it where orders are complete."""
    network, log = run.network, run.log
    final: dict[int, bool] = {}
    for lane in network.lanes:
        final[lane.supplier] = final.get(lane.supplier, True) and network.stocks[lane.buyer].role == "sold"
    limited = {
        p for p, point in enumerate(network.stocks) if point.backlog >= 0 and final.get(p) and not point.complete
    }
    limited -= _changed(run, state.SET_SHORTAGE)
    placed: Counter[tuple[int, int]] = Counter()
    for lane_, _, _, tick in log.orders[:, :4].tolist():
        if lane_ >= 0:
            placed[network.lanes[lane_].supplier, tick] += 1
    for tick, row, books in replay(run):
        if row is None:
            for p in limited:
                assert books.backorders[p] <= books.backlog[p], (tick, network.stock_name(p))
        elif row.kind == state.LOST:
            lane = network.lanes[row.entity]
            p = lane.supplier
            assert network.stocks[lane.buyer].role == "sold", row
            assert books.backlog[p] >= 0, row
            if placed[p, tick] == 1:
                there = 0 if books.closed[p] or books.lane_level[row.entity] == 0 else books.on_hand[p]
                others = books.backorders[p] - books.open[row.order]
                room = max(0, there + books.backlog[p] - others)
                left = books.open[row.order]
                assert left == (0 if books.complete[p] else room), row
                assert left + row.quantity > room, row


def what_is_closed_or_blocked_ships_nothing(run: Run) -> None:
    """Nothing leaves a stock point that is closed, or over a lane that is blocked."""
    network = run.network
    for _, row, books in replay(run):
        if row is not None and row.kind == state.SHIPPED:
            assert not books.closed[network.lanes[row.entity].supplier], row
            assert books.lane_level[row.entity] > 0, row
