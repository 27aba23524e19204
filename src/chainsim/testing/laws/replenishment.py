"""Laws of replenishment: when a stock point orders, and how much."""

from __future__ import annotations

from collections import Counter

from chainsim.model import state
from chainsim.model.network import Network
from chainsim.testing.books import Books
from chainsim.testing.replay import replay
from chainsim.testing.run import Run
from chainsim.testing.structure import contents


def _under_way(network: Network, p: int) -> int:
    return sum(transit.quantity for transit in network.transits if network.lanes[transit.lane].buyer == p)


def _disturbed(network: Network) -> set[int]:
    """Stock points whose position may rise above S because a change takes back what was announced or wanted."""
    result = set()
    lines = {
        change.entity
        for change in network.changes
        if change.kind in (state.SET_LINE_SPEED, state.SET_LINE_TIME, state.SET_YIELD)
    }
    lines |= {hit.entity for shock in network.shocks for hit in shock.hits if hit.target == "line"}
    lines |= {index for index, line in enumerate(network.lines) if line.up_law >= 0 or line.calendar >= 0}
    lines |= {growth.line for growth in network.growths}
    firms = {purse.firm for purse in network.purses}
    lines |= {index for index, line in enumerate(network.lines) if network.stocks[line.stock].firm in firms}
    made = {network.lines[line].stock for line in lines}
    for change in network.changes:
        if change.kind in (state.SET_LEVELS, state.SET_REVIEW):
            result.add(change.entity)
        elif change.kind == state.SET_NEED:
            made.add(network.needs[change.entity].made)
    result |= {need.component for need in network.needs if need.made in made}
    return result | {p for p, point in enumerate(network.stocks) if point.forecast is not None}


def _may_order(books: Books, p: int) -> bool:
    """Whether a firm's cash lets it buy, or its solvency make."""
    purse = books.till.purse_of[p]
    if purse < 0:
        return True
    if books.insolvent[p]:
        return False
    bought = books.network.stocks[p].role == "bought"
    return not bought or books.till.free(purse) > books.network.purses[purse].floor


def a_continuously_reviewed_position_never_stays_at_its_reorder_point(run: Run) -> None:
    """At the end of each tick the inventory position (on hand + on order - backorders - what a starving line could
    start) is above s, and where no level, line or bill is changed, a base stock with lots of 1 has it at exactly S.

    Firms without cash, insolvent ones and those that decide on another position aside.
    """
    network = run.network
    disturbed = _disturbed(network)
    for tick, row, books in replay(run):
        if row is not None:
            continue
        for p, position in enumerate(books.positions(tick)):
            point = network.stocks[p]
            if point.role not in ("made", "bought") or books.review[p] > 0 or point.echelon or not _may_order(books, p):
                continue
            low, high = books.reorder_point[p], books.order_up_to[p]
            name = (tick, network.stock_name(p), position, low, high)
            if position is None:
                assert books.on_hand[p] + books.on_order[p] - books.backorders[p] > low or high <= low, name
                continue
            assert position > low, name
            if p not in disturbed:
                opening = point.on_hand + _under_way(network, p)
                most = max(books.lot[p], books.minimum[p] + books.lot[p])
                assert position < max(high + most, opening + 1), name
                if low == high - 1 and books.lot[p] == 1 and books.minimum[p] <= 1 and opening <= high:
                    assert position == high, name


def an_echelon_position_is_all_that_is_downstream_less_final_demand(run: Run) -> None:
    """Where a stock point decides on its echelon, what it has and has ordered, plus all stock, work in process and
    transit downstream, less what markets wait for, is above s at the end of each tick."""
    network = run.network
    watched = {
        p: contents(network, p)
        for p, point in enumerate(network.stocks)
        if point.echelon and point.review == 0 and point.role in ("made", "bought")
    }
    changed = {change.entity for change in network.changes if change.kind == state.SET_REVIEW}
    final = [lane for lane, row in enumerate(network.lanes) if network.stocks[row.buyer].role == "sold"]
    for tick, row, books in replay(run):
        if row is not None or not watched:
            continue
        owed: Counter[int] = Counter()
        for order, quantity in books.open.items():
            lane = run.log.orders[order, 0]
            if lane >= 0 and lane in final:
                owed[network.lanes[lane].supplier] += quantity
        inbound: Counter[int] = Counter()
        for lane, quantity in books.in_transit.items():
            inbound[network.lanes[lane].buyer] += quantity
        for p, downstream in watched.items():
            assert downstream is not None
            if p in changed or not _may_order(books, p):
                continue
            position = books.on_hand[p] + books.on_order[p] - owed[p]
            for q, held in downstream.items():
                process = books.in_process[network.stocks[q].line] if network.stocks[q].role == "made" else 0
                position += int(held) * (books.on_hand[q] + process + inbound[q] - owed[q])
            assert position > books.reorder_point[p], (tick, network.stock_name(p), position)


def a_periodic_review_orders_up_to_its_level(run: Run) -> None:
    """Orders leave only at multiples of the review period, when the position that the night left, less what was
    destroyed since and what final demand took, is at or below s, and bring it to S or, by whole lots and a minimum,
    above.  Where reviews come first they do not see the day's final demand."""
    network = run.network
    changed = {c.entity for c in network.changes if c.kind == state.SET_REVIEW}
    watched = [
        p
        for p, point in enumerate(network.stocks)
        if point.role == "bought" and point.review > 0 and p not in changed and not point.echelon
    ]
    night: dict[int, int | None] = {p: network.stocks[p].on_hand + _under_way(network, p) for p in watched}
    checked = dict.fromkeys(watched, -1)
    ordered: Counter[int] = Counter()
    gone: Counter[int] = Counter()
    levels: dict[int, list[tuple[int, int, int]]] = {
        p: [(-1, network.stocks[p].reorder_point, network.stocks[p].order_up_to)] for p in watched
    }
    for tick, row, books in replay(run):
        for p in watched:
            period, before = network.stocks[p].review, night[p]
            # Reviews on days without any row find the position that the last night left.
            due = [t for t in range(max(0, (checked[p] // period + 1) * period), tick, period)]
            if due and before is not None and network.stocks[p].forecast is None:
                low, high = levels[p][-1][1:]
                quiet = before > low or before >= high or books.till.purse_of[p] >= 0
                assert quiet, (due, network.stock_name(p))
            checked[p] = max(checked[p], tick - 1)
        if row is not None:
            if row.kind == state.PLACED:
                ordered[network.lanes[row.entity].buyer] += row.quantity
            elif row.kind == state.DESTROYED:
                gone[row.entity] += row.quantity
            if row.kind in (state.PLACED, state.LOST) and not network.reviews_first:
                lane = network.lanes[row.entity]
                if network.stocks[lane.buyer].role == "sold":
                    gone[lane.supplier] += row.quantity if row.kind == state.PLACED else -row.quantity
            continue
        positions = books.positions(tick)
        for p in watched:
            name = (tick, network.stock_name(p))
            low, high, before = books.reorder_point[p], books.order_up_to[p], night[p]
            if tick % network.stocks[p].review:
                assert ordered[p] == 0, name
            elif before is not None:
                before -= gone[p]
                wanted = max(high - before, books.minimum[p]) if before <= low and before < high else 0
                lots = -(-wanted // books.lot[p]) * books.lot[p]
                assert ordered[p] == lots or (ordered[p] == 0 and books.till.purse_of[p] >= 0), (name, before, lots)
            night[p] = positions[p]
            checked[p] = tick
            levels[p].append((tick, low, high))
        ordered.clear()
        gone.clear()
