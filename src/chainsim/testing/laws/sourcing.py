"""Laws of sourcing: which supplier gets what of an order."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from fractions import Fraction

from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE
from chainsim.testing.books import Books
from chainsim.testing.replay import replay
from chainsim.testing.run import Row, Run
from chainsim.testing.turns import Turns


def each_supplier_has_its_share_to_within_one_lot(run: Run) -> None:
    """After every single order of a buyer, counted since its shares were last set; never a lot taken back.

    A lot is a whole order where orders are not split.  Buyers that rank, or switch in outages, aside.
    """
    network = run.network
    reset = {c.entity for c in network.changes if c.kind in (state.SET_REVIEW, state.SET_SOURCING)}
    reset |= {p for p, point in enumerate(network.stocks) if point.sourcing == "ranked" or point.switches}
    lots: Counter[int] = Counter()
    total: Counter[int] = Counter()
    resets = deque(c for c in network.changes if c.kind == state.SET_LANE_SHARE)
    lanes_of: dict[int, list[int]] = defaultdict(list)
    for index, lane in enumerate(network.lanes):
        lanes_of[lane.buyer].append(index)
    for tick, row, books in replay(run):
        while resets and resets[0].tick <= tick:
            buyer = network.lanes[resets.popleft().entity].buyer
            total[buyer] = 0
            for index in lanes_of[buyer]:
                lots[index] = 0
        if row is None:
            for buyer, lanes in lanes_of.items():
                if len(lanes) > 1 and buyer not in reset:
                    for index in lanes:
                        share = Fraction(books.share[index], WHOLE_SHARE)
                        assert abs(lots[index] - share * total[buyer]) < 1, (tick, network.stock_name(buyer), index)
        elif row.kind == state.PLACED:
            buyer = network.lanes[row.entity].buyer
            count, rest = divmod(row.quantity, books.lot[buyer])
            assert rest == 0 or buyer in reset, row
            if books.sourcing[buyer] == state.WHOLE_ORDERS:
                count = 1
            lots[row.entity] += count
            total[buyer] += count


def every_lot_goes_to_the_supplier_whose_turn_it_is(run: Run) -> None:
    """Lots by shares go to the earliest deadline among those that may have one; ranked suppliers are asked in order and
    take what their backlog limit leaves room for; in an outage a qualified substitute delivers, and its cost is booked.

    Recomputed order by order for every buyer with several suppliers.
    """
    turns = Turns(run)
    group: list[Row] = []
    now = before = turns.view(Books(run))
    resets = deque(c for c in run.network.changes if c.kind in (state.SET_LANE_SHARE, state.SET_SOURCING))
    for tick, row, books in replay(run):
        while resets and resets[0].tick <= tick:
            change = resets.popleft()
            of_lane = change.kind == state.SET_LANE_SHARE
            turns.restart(run.network.lanes[change.entity].buyer if of_lane else change.entity)
        if group and not turns.goes_on(group[-1], row):
            turns.judge(group, before, books)
            group = []
        if row is not None and turns.buyer_of(row) >= 0:
            before = before if group else now
            group.append(row)
        now = turns.view(books)
