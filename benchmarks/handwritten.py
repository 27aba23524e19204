"""The floor: a dedicated SimPy program for networks like those of the cases, as a SimPy user with experience writes it.

In: a chainsim Network (data only) and a replication.  Out: the same log and the same ledger as chainsim's, row by
row.  Shared with chainsim: the draws and the final demand, so that luck is the same.  Not shared: state, rules,
engine, frames, accounts.

Objects hold plain attributes and call each other; what happens later is a callback on a SimPy timeout; there is no
process per order.  What is planned for one tick shares one timeout and runs by rank (round, phase, entity), first
come first served; that is cheaper than a timeout for each, and it is what makes the two logs identical.

It knows only what such networks have: components and warehouses buy over lanes whose lead times never change, by
periodic or continuous review; products are made on a line of one product, reviewed whenever their stock falls, and sold
over lanes.
"""

from __future__ import annotations

import gc
from bisect import insort
from collections import deque
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import chain
from typing import Any

import numpy as np
import simpy

from chainsim.engine.draws import Draws
from chainsim.model import demand
from chainsim.model import network as data
from chainsim.model import state as codes
from chainsim.model.state import CONSUMED, DEMANDED, FINISHED, PLACED, RECEIVED, RELEASED, SHIPPED, STARTED, STARVED
from chainsim.streams import Stream

BLOCK = 1 << 14  # rows of the log that stay in the processor's cache

# A rank is round * ROUND + phase + entity.
ROUND = 1 << 32
CHANGE, FINISH, ARRIVE, SERVE, FINAL, DEMAND, REVIEW, START = (
    phase << 24
    for phase in (
        codes.CHANGE,
        codes.FINISH,
        codes.ARRIVE,
        codes.SERVE,
        codes.FINAL,
        codes.DEMAND,
        codes.REVIEW,
        codes.START,
    )
)


class Simulation:
    """One replication: the calendar, the log, and everything there is in the network."""

    def __init__(self, network: data.Network, replication: int) -> None:
        self.network = network
        self.environment = simpy.Environment()
        self.now = 0
        self.round = 0  # rank at which the current round begins
        self.agenda: list[Any] = []  # what is left to do in this tick, a heap
        self.pending: dict[int, list[Any]] = {}  # agendas of later ticks
        self.sequence = 0
        self.log: list[tuple[int, int, int, int, int]] = []
        self.blocks: list[np.ndarray] = []  # of the log
        self.orders: list[tuple[int, int, int, int, int, int, int]] = []
        self.stocks = [kind(point)(self, index, point) for index, point in enumerate(network.stocks)]
        self.lines = [Line(self, index, line) for index, line in enumerate(network.lines)]
        draws = Draws(network, replication)
        self.lanes = [Lane(self, index, lane, draws) for index, lane in enumerate(network.lanes)]
        for stock in self.stocks:
            stock.restart_sharing()
        for need in network.needs:
            line = self.lines[network.stocks[need.made].line]
            line.needs.append(Need(self.stocks[need.component], line, need.quantity))
        self.plan_exogenous(replication)

    def plan_exogenous(self, replication: int) -> None:
        """Dated changes, shipments under way, first reviews, final demand."""
        changes: dict[int, list[data.Change]] = {}
        for change in self.network.changes:
            changes.setdefault(change.tick, []).append(change)
        for tick, rows in changes.items():
            self.later(tick, CHANGE, self.change, rows)
        for transit in self.network.transits:
            lane = self.lanes[transit.lane]
            order = Order(len(self.orders), 0, 0, lane)
            self.orders.append((lane.index, lane.buyer.index, transit.quantity, -1, lane.price, lane.terms, 0, 0))
            lane.buyer.on_order += transit.quantity
            self.later(transit.tick, ARRIVE + lane.index, lane.arrive, (order, transit.quantity))
        for stock in self.stocks:
            stock.open()
        for market in self.network.markets:
            stock = self.stocks[market.stock]
            luck = Stream(self.network.seed, replication, "demand", market.name)
            sizes = Stream(self.network.seed, replication, "order size", market.name)
            ticks, quantities = demand.orders(market, self.network.horizon, luck.take, sizes.take)
            for tick, quantity in zip(ticks.tolist(), quantities.tolist(), strict=True):
                self.later(tick, FINAL + stock.index, stock.demand, quantity)

    def run(self) -> tuple[np.ndarray, np.ndarray]:
        """Log and orders, int64[N, 5] and int64[M, 7]."""
        self.environment.run(until=self.network.horizon)
        self.blocks.append(columns(self.log, 5))
        return np.concatenate(self.blocks), columns(self.orders, 8)

    def later(self, delay: int, rank: int, action: Any, subject: Any) -> None:
        """Call `action` with `subject` after some ticks."""
        self.sequence += 1
        tick = self.now + delay
        agenda = self.pending.get(tick)
        if agenda is not None:
            agenda.append((rank, self.sequence, action, subject))
            return
        self.pending[tick] = [(rank, self.sequence, action, subject)]
        timeout = simpy.Timeout(self.environment, delay)
        timeout.callbacks.append(self.on_tick)

    def soon(self, rank: int, action: Any, subject: Any = None) -> None:
        """Call `action` with `subject` in this tick."""
        self.sequence += 1
        heappush(self.agenda, (self.round + rank, self.sequence, action, subject))

    def on_tick(self, _: simpy.Event) -> None:
        self.now = self.environment.now
        agenda = self.agenda = self.pending.pop(self.now)
        if len(agenda) > 1:
            heapify(agenda)
        while agenda:
            rank, _, action, subject = heappop(agenda)
            self.round = rank & -ROUND
            action(subject)
        if len(self.log) > BLOCK:
            self.blocks.append(columns(self.log, 5))
            self.log.clear()

    def change(self, changes: list[data.Change]) -> None:
        """Dated changes; open orders keep their price, terms and supplier."""
        for change in changes:
            a, b, c = change.values
            if change.kind == codes.SET_LEVELS:
                stock = self.stocks[change.entity]
                stock.reorder_point, stock.order_up_to = a, b
                stock.on_levels()
            elif change.kind == codes.SET_LANE_SHARE:
                self.lanes[change.entity].share = a
                self.lanes[change.entity].buyer.restart_sharing()
            elif change.kind == codes.SET_LANE_TERMS:
                self.lanes[change.entity].terms, self.lanes[change.entity].price = a, b
            elif change.kind == codes.SET_LINE_SPEED:
                line = self.lines[change.entity]
                line.servers, line.ticks, line.per, line.carry = a, b, c, 0
                line.ask_start()
            else:
                raise NotImplementedError(f"this program knows no change of kind {change.kind}")


class Order:
    """An order to a supplier, or without a lane to the own line."""

    __slots__ = ("lane", "lead_time", "number", "open")

    def __init__(self, number: int, quantity: int, lead_time: int = 0, lane: Lane | None = None) -> None:
        self.number = number
        self.open = quantity  # not yet shipped, or not yet started
        self.lead_time = lead_time
        self.lane = lane


class Lane:
    """From one supplier to one buyer."""

    __slots__ = (
        "buyer", "constant", "deadline", "draws", "final", "index", "law", "lots", "number", "opens", "pending",
        "price", "share", "simulation", "supplier", "terms", "times",
    )  # fmt: skip

    def __init__(self, simulation: Simulation, index: int, lane: data.Lane, draws: Draws) -> None:
        self.simulation = simulation
        self.index = index
        self.buyer = simulation.stocks[lane.buyer]
        self.final = isinstance(self.buyer, Market)
        self.supplier = simulation.stocks[lane.supplier]
        self.share, self.terms, self.price = lane.share, lane.terms, lane.price
        self.constant, self.law, self.draws = lane.lead_time, lane.law, draws
        self.times: list[int] = draws.values[lane.law] if lane.law >= 0 else []
        self.number = 0  # of orders so far
        self.pending = 0  # lots
        self.buyer.lanes.append(self)

    def give_lot(self) -> None:
        """From when the lane may have its next lot and by when it must (Tijdeman 1980), in lots of the buyer."""
        self.lots += 1
        share = self.share
        if share > 0:
            before = self.lots * data.WHOLE_SHARE
            self.opens = before // share + 1
            self.deadline = (before + data.WHOLE_SHARE + share - 1) // share
        else:
            self.opens = self.deadline = 2**62

    def place(self, quantity: int) -> None:
        """One order to the supplier, who books it in the demand phase: of this round if final, else of the next."""
        simulation = self.simulation
        number = len(simulation.orders)
        n = self.number
        lead_time = self.constant
        if self.law >= 0:
            lead_time += self.times[n] if n < len(self.times) else self.draws.extend(self.law, n)
        self.number = n + 1
        now = simulation.now
        simulation.orders.append((self.index, self.buyer.index, quantity, now, self.price, self.terms, n, 0))
        simulation.log.append((now, PLACED, number, self.index, quantity))
        self.buyer.on_order += quantity
        supplier = self.supplier
        if not supplier.inbox:
            simulation.soon((0 if self.final else ROUND) + DEMAND + supplier.index, supplier.book)
        supplier.inbox.append(Order(number, quantity, lead_time, self))

    def ship(self, order: Order, quantity: int) -> None:
        simulation = self.simulation
        order.open -= quantity
        simulation.log.append((simulation.now, SHIPPED, order.number, self.index, quantity))
        if order.lead_time > 0:
            simulation.later(order.lead_time, ARRIVE + self.index, self.arrive, (order, quantity))
        else:
            simulation.soon(ROUND + ARRIVE + self.index, self.arrive, (order, quantity))

    def arrive(self, delivery: tuple[Order, int]) -> None:
        order, quantity = delivery
        buyer = self.buyer
        buyer.on_hand += quantity
        buyer.on_order -= quantity
        self.simulation.log.append((self.simulation.now, RECEIVED, order.number, self.index, quantity))
        if buyer.starving:
            buyer.starving = False
            buyer.line.ask_start()
        if buyer.backorders > 0:
            self.simulation.soon(SERVE + buyer.index, buyer.serve)


class Stock:
    """What all stock points have."""

    backorders = 0

    def __init__(self, simulation: Simulation, index: int, point: data.StockPoint) -> None:
        self.simulation = simulation
        self.index = index
        self.on_hand = point.on_hand
        self.on_order = 0
        self.reorder_point = point.reorder_point
        self.order_up_to = point.order_up_to
        self.every = point.review
        self.lot = point.lot
        self.lanes: list[Lane] = []  # of suppliers
        self.lots = 0  # ordered so far
        self.turns: list[tuple[int, int, Lane]] = []  # lanes by the deadline of their next lot
        self.line: Any = None
        self.starving = False

    def open(self) -> None:
        """Plan what happens here of itself."""

    def on_levels(self) -> None:
        """The levels have changed."""

    def restart_sharing(self) -> None:
        """Count lots from zero."""
        self.lots = 0
        for lane in self.lanes:
            lane.lots = -1
            lane.give_lot()
        self.turns = sorted((lane.deadline, lane.index, lane) for lane in self.lanes)

    def buy(self, quantity: int) -> None:
        """Share whole lots among the suppliers, each to the one with the earliest deadline of those that may."""
        lanes = self.lanes
        if len(lanes) == 1:
            lanes[0].place(quantity)
            return
        first = self.lots + 1
        self.lots += quantity // self.lot
        turns = self.turns
        for number in range(first, self.lots + 1):
            at = 0
            while turns[at][2].opens > number:
                at += 1
            lane = turns.pop(at)[2]
            lane.pending += 1
            lane.give_lot()
            insort(turns, (lane.deadline, lane.index, lane))
        for lane in lanes:
            if lane.pending:
                lane.place(lane.pending * self.lot)
                lane.pending = 0


class Market(Stock):
    """Where final demand arises."""

    def demand(self, quantity: int) -> None:
        self.simulation.log.append((self.simulation.now, DEMANDED, -1, self.index, quantity))
        self.buy(quantity)


class Outside(Stock):
    """Supplies anything at once."""

    def __init__(self, simulation: Simulation, index: int, point: data.StockPoint) -> None:
        super().__init__(simulation, index, point)
        self.inbox: list[Order] = []

    def book(self, _: None) -> None:
        for order in self.inbox:
            order.lane.ship(order, order.open)
        self.inbox.clear()


class Component(Stock):
    """Bought, used by one line."""

    def __init__(self, simulation: Simulation, index: int, point: data.StockPoint) -> None:
        super().__init__(simulation, index, point)
        self.committed = 0  # what the line could start at once if it were there
        self.review_due = False

    def open(self) -> None:
        if self.every:
            self.simulation.later(0, REVIEW + self.index, self.review_again, None)
        elif self.on_hand + self.on_order <= self.reorder_point:
            self.simulation.later(0, REVIEW + self.index, self.review, None)

    def ask_review(self) -> None:
        """After a start, hence in the next round."""
        below = self.on_hand + self.on_order - self.committed <= self.reorder_point
        if below and not self.every and not self.review_due:
            self.review_due = True
            self.simulation.soon(ROUND + REVIEW + self.index, self.review)

    def review_again(self, _: None) -> None:
        self.simulation.later(self.every, REVIEW + self.index, self.review_again, None)
        self.review(None)

    def review(self, _: None) -> None:
        self.review_due = False
        position = self.on_hand + self.on_order - self.committed
        if position <= self.reorder_point and position < self.order_up_to:
            self.buy(-((position - self.order_up_to) // self.lot) * self.lot)


class Seller(Stock):
    """Sold over lanes, reviewed whenever its stock falls."""

    def __init__(self, simulation: Simulation, index: int, point: data.StockPoint) -> None:
        super().__init__(simulation, index, point)
        self.inbox: list[Order] = []  # placed in this round, not yet booked
        self.queue: deque[Order] = deque()
        self.rotation = 0
        self.review_due = False
        if point.review:
            raise NotImplementedError("this program knows no sellers under periodic review")

    def open(self) -> None:
        if self.on_hand + self.on_order <= self.reorder_point:
            self.simulation.later(0, REVIEW + self.index, self.review, None)

    def on_levels(self) -> None:
        self.ask_review()

    def ask_review(self) -> None:
        if not self.review_due and self.on_hand + self.on_order - self.backorders <= self.reorder_point:
            self.review_due = True
            self.simulation.soon(REVIEW + self.index, self.review)

    def review(self, _: None) -> None:
        self.review_due = False
        position = self.on_hand + self.on_order - self.backorders
        if position <= self.reorder_point and position < self.order_up_to:
            self.refill(-((position - self.order_up_to) // self.lot) * self.lot)

    def refill(self, quantity: int) -> None:
        """Order so much of it."""
        raise NotImplementedError

    def book(self, _: None) -> None:
        """Orders of one round are equals: when stock falls short, who goes first rotates from shortage to shortage."""
        orders = self.inbox
        self.inbox = []
        self.backorders += sum([order.open for order in orders])
        if len(orders) > 1 and self.backorders > self.on_hand:
            turns = self.rotation % len(orders)
            self.rotation += 1
            orders = orders[turns:] + orders[:turns]
        self.queue.extend(orders)
        self.serve()

    def serve(self, _: None = None) -> None:
        """Ship from stock to the oldest backorders, in part if need be."""
        queue = self.queue
        while queue and self.on_hand > 0:
            order = queue[0]
            quantity = min(order.open, self.on_hand)
            self.on_hand -= quantity
            self.backorders -= quantity
            order.lane.ship(order, quantity)
            if order.open == 0:
                queue.popleft()
        self.ask_review()


class Product(Seller):
    """Made on a line."""

    def refill(self, quantity: int) -> None:
        self.line.release(quantity)


class Warehouse(Seller):
    """Bought."""

    def refill(self, quantity: int) -> None:
        self.buy(quantity)


class Need:
    """One component of a product; the remainder of the fraction is carried to the next batch."""

    __slots__ = ("carry", "component", "per", "quantity")

    def __init__(self, component: Component, line: Line, quantity: Fraction) -> None:
        self.component = component
        self.quantity, self.per = quantity.numerator, quantity.denominator
        self.carry = 0
        component.line = line


class Line:
    """Makes one product, batch by batch, first in first out."""

    def __init__(self, simulation: Simulation, index: int, line: data.Line) -> None:
        self.simulation = simulation
        self.index = index
        self.product: Product = simulation.stocks[line.stock]
        self.servers = line.servers
        self.ticks, self.per = line.ticks_per_quantum.numerator, line.ticks_per_quantum.denominator
        self.carry = 0
        self.fixed = line.fixed
        self.batch = line.batch
        self.busy = 0
        self.start_due = False
        self.committed = 0  # quantity announced to the components because they lack
        self.queue: deque[Order] = deque()
        self.needs: list[Need] = []
        self.product.line = self
        if line.law >= 0:
            raise NotImplementedError("this program knows no random process times")

    def ask_start(self) -> None:
        if not self.start_due:
            self.start_due = True
            self.simulation.soon(START + self.index, self.start)

    def release(self, quantity: int) -> None:
        """A production order."""
        simulation, product = self.simulation, self.product
        number = len(simulation.orders)
        simulation.orders.append((-1, product.index, quantity, simulation.now, 0, 0, 0, 0))
        simulation.log.append((simulation.now, RELEASED, number, product.index, quantity))
        product.on_order += quantity
        self.queue.append(Order(number, quantity))
        self.ask_start()

    def start(self, _: None) -> None:
        """Start batches while a server is free, work is waiting and every component is on hand."""
        self.start_due = False
        started = False
        lacking = 0
        while self.busy < self.servers and self.queue:
            order = self.queue[0]
            quantity = min(order.open, self.batch)
            if self.is_short(order, quantity):
                lacking = self.startable()
                break
            self.begin(order, quantity)
            started = True
        if started or lacking != self.committed:
            self.committed = lacking
            for need in self.needs:
                component = need.component
                component.committed = (lacking * need.quantity + need.carry) // need.per
                component.ask_review()

    def begin(self, order: Order, quantity: int) -> None:
        """Take the components of a batch and keep a server busy with it."""
        simulation = self.simulation
        log, now, number = simulation.log, simulation.now, order.number
        log.append((now, STARTED, number, self.product.index, quantity))
        for need in self.needs:
            used, need.carry = divmod(quantity * need.quantity + need.carry, need.per)
            if used:
                need.component.on_hand -= used
                log.append((now, CONSUMED, number, need.component.index, used))
        order.open -= quantity
        if order.open == 0:
            self.queue.popleft()
        self.busy += 1
        ticks, self.carry = divmod(quantity * self.ticks + self.carry, self.per)
        if self.fixed + ticks > 0:
            simulation.later(self.fixed + ticks, FINISH + self.index, self.finish, (order, quantity))
        else:
            simulation.soon(ROUND + FINISH + self.index, self.finish, (order, quantity))

    def is_short(self, order: Order, quantity: int) -> bool:
        """Whether a batch lacks a component; the arrival of one that it lacks wakes the line."""
        short = False
        for need in self.needs:
            component = need.component
            missing = (quantity * need.quantity + need.carry) // need.per - component.on_hand
            if missing > 0:
                short = True
                if not component.starving:
                    component.starving = True
                    simulation = self.simulation
                    simulation.log.append((simulation.now, STARVED, order.number, component.index, missing))
            elif component.starving:
                component.starving = False
        return short

    def startable(self) -> int:
        """How much of the waiting work the free servers could take at once."""
        free = self.servers - self.busy
        total = 0
        for order in self.queue:
            batches = min(free, -(-order.open // self.batch))
            total += min(order.open, batches * self.batch)
            free -= batches
            if free == 0:
                break
        return total

    def finish(self, done: tuple[Order, int]) -> None:
        order, quantity = done
        self.busy -= 1
        product, simulation = self.product, self.simulation
        product.on_hand += quantity
        product.on_order -= quantity
        simulation.log.append((simulation.now, FINISHED, order.number, product.index, quantity))
        if product.backorders > 0:
            simulation.soon(SERVE + product.index, product.serve)
        if self.queue:
            self.ask_start()


ROLES: dict[str, Any] = {"made": Product, "outside": Outside, "sold": Market}


def kind(point: data.StockPoint) -> Any:
    """The class of a stock point."""
    return ROLES.get(point.role, Component if point.line >= 0 else Warehouse)


def columns(rows: list[tuple[int, ...]], width: int) -> np.ndarray:
    """Rows as one array, int64[N, width]."""
    flat = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=len(rows) * width)
    return flat.reshape(-1, width)


def ledger(network: data.Network, log: np.ndarray, orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Journal and balances of `chainsim.economy.accounts`, int64[N, 6] and int64[firms, 5]."""
    tick, _, order, lane, quantity = log[log[:, 1] == RECEIVED].T
    firm = np.array([stock.firm for stock in network.stocks])
    buyer = firm[[row.buyer for row in network.lanes]][lane]
    seller = firm[[row.supplier for row in network.lanes]][lane]
    part = [network.stocks[row.buyer].part for row in network.lanes]
    per_unit = np.array([network.parts[index].per_unit for index in part])[lane]
    # An order delivered in parts is invoiced by what has been delivered so far, to the fen.
    by_order = np.argsort(order, kind="stable")
    total = np.cumsum(quantity[by_order])
    first = np.flatnonzero(np.diff(order[by_order], prepend=-1))
    before = np.repeat(total[first] - quantity[by_order][first], np.diff(first, append=len(order)))
    so_far = np.empty_like(total)
    so_far[by_order] = total - before
    price = orders[order, 4]
    amount = price * so_far // per_unit - price * (so_far - quantity) // per_unit
    due = tick + orders[order, 5]
    delivery = np.arange(len(tick))
    paid = np.flatnonzero(due < network.horizon)
    cash, receivable, payable, revenue, purchases = range(5)
    when = np.concatenate([tick, tick, due[paid], due[paid]])
    who = np.concatenate([seller, buyer, buyer[paid], seller[paid]])
    sizes = [len(tick), len(tick), len(paid), len(paid)]
    debit = np.repeat([receivable, purchases, payable, cash], sizes)
    credit = np.repeat([revenue, payable, cash, receivable], sizes)
    rows = np.concatenate([delivery, delivery, paid, paid])
    journal = np.stack([when, who, debit, credit, amount[rows], rows])
    journal = journal[:, np.argsort(when * (len(tick) + 1) + rows, kind="stable")]
    book = np.zeros(len(network.firms) * 5, dtype=np.int64)
    np.add.at(book, journal[1] * 5 + journal[2], journal[4])
    np.add.at(book, journal[1] * 5 + journal[3], -journal[4])
    return journal.T, book.reshape(-1, 5)


def run(network: data.Network, replication: int) -> tuple[np.ndarray, np.ndarray]:
    """Log and orders of one replication; the garbage collector, with nothing to find, waits."""
    gc.freeze()
    gc.disable()
    try:
        return Simulation(network, replication).run()
    finally:
        gc.enable()
        gc.unfreeze()


def simulate(network: data.Network, replication: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Log, orders, journal and balances of one replication."""
    log, orders = run(network, replication)
    return log, orders, *ledger(network, log, orders)
