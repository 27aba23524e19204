"""A live network to which anything may happen at any moment: orders, breakdowns, shocks, changes, money, insolvency.

After each step the engine's state is what its log adds up to, and nothing that must always hold has broken.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chainsim.model import rules, state
from chainsim.model.network import WHOLE_SHARE, Change, Network
from chainsim.model.rules import cash, disruption, lines
from chainsim.testing import networks
from chainsim.testing.random_values import random_shares
from chainsim.testing.stepper import Stepper
from chainsim.testing.strategies import Drawn

DATA = st.data()


class LiveNetwork(RuleBasedStateMachine):
    live: Stepper

    @initialize(network=networks(without=("echelon",)))
    def open(self, network: Network) -> None:
        self.network = network
        self.live = Stepper(network)

    def one_of(self, data: st.DataObject, rows: list[int]) -> int:
        return data.draw(st.sampled_from(rows))

    @rule(ticks=st.integers(1, 9))
    def time_passes(self, ticks: int) -> None:
        self.live.advance(ticks)

    @rule(data=DATA, quantity=st.integers(1, 20))
    def a_market_orders(self, data: st.DataObject, quantity: int) -> None:
        p = self.one_of(data, [market.stock for market in self.network.markets])
        self.live.act(lambda s, tick: rules.step(s, tick, state.DEMAND, p, quantity, 0))

    @precondition(lambda self: any(line.up_law >= 0 for line in self.network.lines))
    @rule(data=DATA, broken=st.booleans())
    def a_line_breaks_or_is_repaired(self, data: st.DataObject, broken: bool) -> None:
        line = self.one_of(data, [n for n, line in enumerate(self.network.lines) if line.up_law >= 0])

        def act(s: state.State, tick: int) -> None:
            s.lines[line].broken = int(broken)
            lines.set_speed(s, tick, line)

        self.live.act(act)

    @precondition(lambda self: self.network.shocks)
    @rule(data=DATA, level=st.sampled_from([0, 0, 400_000, WHOLE_SHARE]), share=st.sampled_from([0, 0, 500_000]))
    def a_shock_strikes_or_ends(self, data: st.DataObject, level: int, share: int) -> None:
        h = self.one_of(data, list(range(len(self.live.state.hits))))

        def act(s: state.State, tick: int) -> None:
            s.hits[h].level = level
            if share and s.hits[h].target == state.STOCK:
                disruption.destroy(s, tick, s.hits[h].entity, share)
            disruption.strike(s, tick, h)

        self.live.act(act)

    @rule(data=DATA, level=st.integers(0, 30), below=st.integers(1, 6))
    def levels_change(self, data: st.DataObject, level: int, below: int) -> None:
        p = self.one_of(data, self.replenished())
        self.change(state.SET_LEVELS, p, level - below, level)

    @rule(data=DATA, review=st.sampled_from([0, 2, 5]), lot=st.integers(1, 4), minimum=st.integers(0, 6))
    def reviews_change(self, data: st.DataObject, review: int, lot: int, minimum: int) -> None:
        self.change(state.SET_REVIEW, self.one_of(data, self.replenished()), review, lot, minimum)

    @rule(data=DATA)
    def shares_change(self, data: st.DataObject) -> None:
        buyer = self.one_of(data, sorted({lane.buyer for lane in self.network.lanes}))
        lanes = [k for k, lane in enumerate(self.network.lanes) if lane.buyer == buyer]
        for lane, share in zip(lanes, random_shares(Drawn(data.draw), len(lanes)), strict=True):
            self.live.books.change(Change(self.live.now, state.SET_LANE_SHARE, lane, (share, 0, 0)))
            rules.change(self.live.state, state.SET_LANE_SHARE, lane, share, 0, 0)

    @rule(data=DATA, terms=st.integers(0, 20), price=st.integers(0, 9), freight=st.integers(0, 3))
    def terms_change(self, data: st.DataObject, terms: int, price: int, freight: int) -> None:
        lane = self.one_of(data, list(range(len(self.network.lanes))))
        self.change(state.SET_LANE_TERMS, lane, terms, price, freight)

    @rule(data=DATA, backlog=st.integers(-1, 5), complete=st.booleans(), allocation=st.integers(0, 1))
    def service_changes(self, data: st.DataObject, backlog: int, complete: bool, allocation: int) -> None:
        made = [line.stock for line in self.network.lines]
        self.change(state.SET_SHORTAGE, self.one_of(data, made), backlog, int(complete), allocation)

    @rule(data=DATA, sourcing=st.integers(0, 2), switches=st.booleans())
    def sourcing_changes(self, data: st.DataObject, sourcing: int, switches: bool) -> None:
        buyer = self.one_of(data, sorted({lane.buyer for lane in self.network.lanes}))
        self.change(state.SET_SOURCING, buyer, sourcing, int(switches))

    @rule(data=DATA, servers=st.integers(0, 3), speed=st.fractions(0, 3, max_denominator=3))
    def capacity_changes(self, data: st.DataObject, servers: int, speed: Fraction) -> None:
        line = self.one_of(data, list(range(len(self.network.lines))))
        self.change(state.SET_LINE_SPEED, line, servers, speed.numerator, speed.denominator)

    @precondition(lambda self: self.network.purses)
    @rule(data=DATA, amount=st.integers(1, 100))
    def money_comes_in(self, data: st.DataObject, amount: int) -> None:
        purse = self.one_of(data, list(range(len(self.network.purses))))
        self.live.books.till.cash[purse] += amount
        self.live.act(lambda s, _: cash.receive(s, purse, amount))

    @precondition(lambda self: any(purse.patience >= 0 for purse in self.network.purses))
    @rule(data=DATA)
    def a_firm_fails(self, data: st.DataObject) -> None:
        able = [n for n, purse in enumerate(self.network.purses) if purse.patience >= 0]
        purse = self.one_of(data, able)
        if self.live.state.purses[purse].insolvent == 0:
            self.live.act(lambda s, tick: cash.fail(s, tick, purse))

    def replenished(self) -> list[int]:
        return [p for p, point in enumerate(self.network.stocks) if point.role in ("made", "bought")]

    def change(self, kind: int, entity: int, a: int = 0, b: int = 0, c: int = 0) -> None:
        self.live.change(Change(self.live.now, kind, entity, (a, b, c)))

    @invariant()
    def the_log_adds_up_to_the_state(self) -> None:
        s, books = self.live.state, self.live.books
        for p, stock in enumerate(s.stocks):
            name = self.network.stock_name(p)
            assert (stock.on_hand, stock.on_order) == (books.on_hand[p], books.on_order[p]), name
            assert stock.backorders == books.backorders[p], name
            assert stock.on_hand >= 0, name
            assert stock.backorders >= 0, name
            assert (stock.reorder_point, stock.order_up_to) == (books.reorder_point[p], books.order_up_to[p]), name
            assert bool(stock.closed) == books.closed[p], name
        for number, line in enumerate(s.lines):
            assert (line.busy, line.waiting) == (books.busy[number], sum(q for _, q in books.queue[number]))
            assert (line.speed, line.growth) == (books.line_level[number], books.growth[number])
        opened = {order: row.open for order, row in state.outstanding(s).items() if row.open}
        assert opened == {order: quantity for order, quantity in books.open.items() if quantity}
        assert min(books.in_transit.values(), default=0) >= 0
        assert [purse.cash for purse in s.purses] == books.till.cash

    @invariant()
    def every_queue_holds_just_what_is_open(self) -> None:
        s = self.live.state
        for stock in s.stocks:
            waiting, o, last = 0, stock.queue_head, -1
            while o >= 0:
                assert s.orders[o].open > 0
                waiting, last, o = waiting + s.orders[o].open, o, s.orders[o].next
            assert waiting == stock.backorders
            assert stock.queue_tail == last or stock.queue_head < 0
            assert (stock.inbox_head, stock.inbox_quantity, stock.inbox_orders) == (-1, 0, 0)

    @invariant()
    def lines_work_when_they_can_and_positions_are_above_their_reorder_points(self) -> None:
        books, now = self.live.books, self.live.now
        for line in range(len(self.network.lines)):
            if books.busy[line] < books.servers[line] and books.queue[line] and books.runs(line, now):
                assert books.lacks(line)
        for p, stock in enumerate(self.live.state.stocks):
            if stock.role in (state.MADE, state.BOUGHT) and stock.review == 0 and stock.purse < 0:
                position = rules.position_of(self.live.state, p)
                assert position > stock.reorder_point or position >= stock.order_up_to, self.network.stock_name(p)

    @invariant()
    def claims_are_paid_while_there_is_money(self) -> None:
        books = self.live.books
        for number in range(len(self.network.purses)):
            late = books.till.late(number, self.live.now)
            if late:
                assert number not in books.till.insolvent
                assert books.till.free(number) < late[0].amount


TestLiveNetwork = LiveNetwork.TestCase
TestLiveNetwork.settings = settings(max_examples=settings.default.max_examples // 2, stateful_step_count=25)  # type: ignore[union-attr]
