"""The state before the first event, from a frozen network.

In: a Network.  Out: a State with every table filled and every index set; shipments under way are booked as on order
by `chainsim.engine`, which delivers them.  This module must not know which calendar runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from chainsim.model import network as net
from chainsim.model.network import Network
from chainsim.model.rules.ordering import THOUSANDTHS, rounded
from chainsim.model.state import (
    ALLOCATIONS,
    EARLY_LEARN,
    EARLY_REVIEW,
    FORECASTS,
    MOVING_AVERAGE,
    ROLES,
    SOURCINGS,
    TARGETS,
    Closure,
    Counts,
    Echelon,
    Growth,
    Hit,
    Lane,
    Line,
    Need,
    Purse,
    Sample,
    Shock,
    Stage,
    State,
    Stock,
    Watcher,
)


def opening(network: Network) -> State:
    """The state of `network` at its start."""
    purse_of = {purse.firm: index for index, purse in enumerate(network.purses)}
    stocks = [_stock(point, purse_of.get(point.firm, -1)) for point in network.stocks]
    lanes = _lanes(network, stocks)
    lines, closures = _lines(network)
    needs = _needs(network, stocks, lines)
    samples = _samples(network, stocks)
    echelons, watchers = _echelons(network, stocks)
    shocks, stages, hits = _shocks(network, lanes, lines)
    growths = [Growth(g.line, g.window, g.threshold, g.by, g.build, g.cost, g.most) for g in network.growths]
    for growth in growths:
        lines[growth.line].watched = 1
        lines[growth.line].timed = 1
    owned = _owned(network)
    for purse in network.purses:
        for stock in stocks[owned[purse.firm]] if purse.patience >= 0 else ():
            if stock.line >= 0:
                lines[stock.line].timed = 1  # it stands still when the firm is insolvent
    counts = Counts()
    if network.reviews_first:
        counts.review_phase, counts.learn_phase = EARLY_REVIEW, EARLY_LEARN
    return State(
        stocks=stocks,
        lanes=lanes,
        lines=lines,
        needs=needs,
        orders=[],
        free_orders=[],
        batches=[],
        closures=closures,
        samples=samples,
        echelons=echelons,
        watchers=watchers,
        shocks=shocks,
        stages=stages,
        hits=hits,
        growths=growths,
        purses=[_purse(purse, owned[purse.firm]) for purse in network.purses],
        claims=[],
        counts=[counts],
        log=[],
        placed=[],
        outbox=[],
    )


def _stock(point: net.StockPoint, purse: int) -> Stock:
    stock = Stock(
        role=ROLES[point.role],
        on_hand=point.on_hand,
        reorder_point=point.reorder_point,
        order_up_to=point.order_up_to,
        review=point.review,
        lot=point.lot,
        minimum=point.minimum,
        line=point.line,
        purse=purse,
        backlog=point.backlog,
        complete=int(point.complete),
        allocation=ALLOCATIONS[point.allocation],
        sourcing=SOURCINGS[point.sourcing],
        switches=int(point.switches),
    )
    forecast = point.forecast
    if forecast is not None:
        stock.forecast = FORECASTS[forecast.kind]
        stock.window = forecast.window
        stock.period = forecast.period
        stock.protect = forecast.protect
        stock.mean = forecast.mean
        stock.safety = point.order_up_to
        stock.foreseen = first_level(forecast)
        stock.order_up_to = max(0, stock.safety + stock.foreseen)
        stock.reorder_point = stock.order_up_to - 1
        stock.smoothed = forecast.mean * THOUSANDTHS
    return stock


def first_level(forecast: net.Forecast) -> int:
    """What a forecast adds to the safety stock while demand is as expected, quanta."""
    if forecast.kind == "autoregressive":
        return 0
    return rounded(forecast.mean * forecast.protect, forecast.period)


def _lanes(network: Network, stocks: Sequence[Stock]) -> list[Lane]:
    lanes = []
    for index, lane in enumerate(network.lanes):
        buyer = stocks[lane.buyer]
        if buyer.lanes_end == 0:
            buyer.lanes_begin = index
        buyer.lanes_end = index + 1
        row = Lane(lane.buyer, lane.supplier, share=lane.share, law=lane.law, lead_time=lane.lead_time)
        row.terms, row.price, row.freight = lane.terms, lane.price, lane.freight
        row.rank, row.priority, row.in_order = lane.rank, lane.priority, int(lane.in_order)
        row.qualification, row.switching_cost = lane.qualification, lane.switching_cost
        row.timed = row.in_order
        row.per_unit = network.parts[network.stocks[lane.buyer].part].per_unit
        row.final = int(network.stocks[lane.buyer].role == "sold")
        row.money = int(buyer.purse >= 0 or stocks[lane.supplier].purse >= 0)
        lanes.append(row)
    return lanes


def _lines(network: Network) -> tuple[list[Line], list[Closure]]:
    closures: list[Closure] = []
    spans = []
    for calendar in network.calendars:
        begin, closed = len(closures), 0
        for closure in calendar:
            closures.append(Closure(closure.begin, closure.end, closed))
            closed += closure.end - closure.begin
        spans.append((begin, len(closures)))
    lines = []
    for line in network.lines:
        speed = line.ticks_per_quantum
        row = Line(line.stock, servers=line.servers, ticks=speed.numerator, per=speed.denominator)
        row.fixed, row.law, row.batch, row.set_up = line.fixed, line.law, line.batch, line.set_up
        row.good, row.good_per = line.good.numerator, line.good.denominator
        row.early = int(line.calls_off_at_release)
        row.up_law, row.repair_law = line.up_law, line.repair_law
        if line.calendar >= 0:
            row.closures_begin, row.closures_end = spans[line.calendar]
        row.timed = int(line.calendar >= 0 or line.up_law >= 0)
        lines.append(row)
    return lines, closures


def _needs(network: Network, stocks: Sequence[Stock], lines: Sequence[Line]) -> list[Need]:
    needs = []
    for index, need in enumerate(network.needs):
        user = lines[network.stocks[need.made].line]
        if user.needs_end == 0:
            user.needs_begin = index
        user.needs_end = index + 1
        stocks[need.component].need = index
        if stocks[need.component].forecast > 0:
            user.announces = 1
        needs.append(Need(need.component, need.quantity.numerator, need.quantity.denominator))
    return needs


def _samples(network: Network, stocks: Sequence[Stock]) -> list[Sample]:
    """The periods that a moving average looks back on, as if demand had been as planned."""
    samples: list[Sample] = []
    for stock in stocks:
        if stock.forecast == MOVING_AVERAGE:
            stock.samples_begin = len(samples)
            samples += [Sample(stock.mean) for _ in range(stock.window)]
    return samples


Users: TypeAlias = Mapping[int, Sequence[tuple[int, Fraction]]]


def users(network: Network) -> Users:
    """Who is supplied by a stock point or made from it, and with how many of its quanta; markets are left out."""
    found: dict[int, list[tuple[int, Fraction]]] = {}
    for lane in network.lanes:
        if network.stocks[lane.buyer].role != "sold":
            found.setdefault(lane.supplier, []).append((lane.buyer, Fraction(1)))
    for need in network.needs:
        found.setdefault(need.component, []).append((need.made, need.quantity))
    return found


def downstream(used: Users, p: int) -> dict[int, Fraction]:
    """Quanta of stock point p in a quantum of each stock point that is made from it or supplied by it.

    Meant for stock points of which every user has no other supplier.
    """
    found: dict[int, Fraction] = {}
    wave = [(p, Fraction(1))]
    while wave:
        at, held = wave.pop()
        for user, quantity in used.get(at, ()):
            found[user] = found.get(user, Fraction(0)) + held * quantity
            wave.append((user, held * quantity))
    return found


def _echelons(network: Network, stocks: Sequence[Stock]) -> tuple[list[Echelon], list[Watcher]]:
    echelons: list[Echelon] = []
    watched_by: dict[int, list[int]] = {}
    used = users(network) if any(point.echelon for point in network.stocks) else {}
    for p, point in enumerate(network.stocks):
        if not point.echelon:
            continue
        stocks[p].echelon_begin = len(echelons)
        for q, held in sorted(downstream(used, p).items()):
            echelons.append(Echelon(q, held.numerator, held.denominator))
            watched_by.setdefault(q, []).append(p)
        stocks[p].echelon_end = len(echelons)
    watchers: list[Watcher] = []
    for q, above in sorted(watched_by.items()):
        stocks[q].watchers_begin = len(watchers)
        watchers += [Watcher(p) for p in above]
        stocks[q].watchers_end = len(watchers)
    return echelons, watchers


def _shocks(
    network: Network, lanes: Sequence[Lane], lines: Sequence[Line]
) -> tuple[list[Shock], list[Stage], list[Hit]]:
    shocks: list[Shock] = []
    stages: list[Stage] = []
    hits: list[Hit] = []
    of_target: dict[tuple[int, int], list[int]] = {}
    for shock in network.shocks:
        row = Shock(len(stages), len(stages) + len(shock.stages), len(hits), len(hits) + len(shock.hits))
        row.law, row.again, row.between = shock.law, int(shock.again), shock.between
        shocks.append(row)
        stages += [Stage(stage.level, stage.wait, stage.law) for stage in shock.stages]
        for hit in shock.hits:
            target = TARGETS[hit.target]
            of_target.setdefault((target, hit.entity), []).append(len(hits))
            hits.append(Hit(target, hit.entity, hit.loses))
            if hit.target == "line":
                lines[hit.entity].timed = 1
            elif hit.target == "lane":
                lanes[hit.entity].timed = 1
    for ring in of_target.values():
        for one, following in zip(ring, [*ring[1:], ring[0]], strict=True):
            hits[one].peer = following
    return shocks, stages, hits


def _owned(network: Network) -> defaultdict[int, slice]:
    """By firm: its stock points, which follow each other."""
    owned: defaultdict[int, slice] = defaultdict(lambda: slice(0, 0))
    for index, point in enumerate(network.stocks):
        first = owned[point.firm].start if point.firm in owned else index
        owned[point.firm] = slice(first, index + 1)
    return owned


def _purse(purse: net.Purse, owned: slice) -> Purse:
    return Purse(
        purse.cash,
        purse.credit,
        purse.floor,
        purse.patience,
        purse.fixed,
        purse.of_sales,
        purse.interest,
        purse.discount,
        purse.month,
        purse.year,
        stocks_begin=owned.start,
        stocks_end=owned.stop,
    )
