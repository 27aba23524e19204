"""From a scenario in force over time to a Network: names become indices, dates become ticks, versions become changes.

In: a loaded scenario and the policies in force.  Out: a Network.  Any lever that a policy can pull becomes a dated
change by laying the versions side by side; there is no second list of what policies may do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from chainsim.errors import ScenarioError
from chainsim.model import network as net
from chainsim.model import state
from chainsim.model.distributions import Constant, Distribution
from chainsim.model.replenishment import Flow
from chainsim.scenario.compiling.costs import cost_rates, footprint
from chainsim.scenario.language import schema
from chainsim.scenario.language.fields import OfPlan
from chainsim.scenario.load import Loaded
from chainsim.scenario.network.blueprint import Blueprint, LaneKey, LineSpec, StockKey, spell_out
from chainsim.scenario.network.plan import DAY, Rates, cumulative, responses

FINEST = 10**9  # largest denominator of ticks per quantum; keeps products within 64 bits


@dataclass(frozen=True, slots=True)
class _Version:
    """What is in force from `day` (days since the start) on."""

    day: int
    scenario: schema.Scenario
    blueprint: Blueprint
    responses: Mapping[StockKey, Rates]  # by market


def build(loaded: Loaded, policies: Sequence[str] = ()) -> net.Network:
    """The network of a scenario under some policies; raises ScenarioError where the plan cannot be met by any flow."""
    return _Builder(loaded, policies).network()


class _Builder:
    def __init__(self, loaded: Loaded, policies: Sequence[str]) -> None:
        study = loaded.scenario.study
        self.study = study
        self.start = study.start
        self.days = (study.end - study.start).days
        self.tick = study.tick
        self.horizon = self.ticks(Fraction(self.days * DAY))
        self.versions = [_version(day, scenario, study.start) for day, scenario in loaded.timeline(policies)]
        reference = _version(study.start, loaded.scenario, study.start)
        self.plans = {key: self.planned(self.versions, key) for key in self.all("markets")}
        starts = {0, self.days, *(version.day for version in self.versions), *_month_starts(study.start, self.days)}
        self.edges = sorted(starts)
        reference_plans = {key: self.planned([reference], key) for key in reference.blueprint.markets}
        self.peak = self.highest_rates([reference], reference_plans)
        self.own_peak = self.highest_rates(self.versions, self.plans)  # for firms that the reference does not have
        self.draws: dict[tuple[str, str, Distribution], int] = {}
        self.firms = self.merged("firms", ("ring", "district", "sector", "group", "tier"))
        self.parts = self.merged("parts", ("per_unit",))
        self.market_specs = self.merged("markets", ("arrivals", "every", "quantity", "noise"))
        self.accounts = self.merged("account", ("costs", "footprint"))
        self.stock_keys = sorted(self.all("stocks"))
        self.lane_keys = sorted(self.all("lanes"))
        self.line_keys = sorted(self.all("lines"))
        self.need_keys = sorted(self.all("needs"))
        self.stock_index = {key: index for index, key in enumerate(self.stock_keys)}
        self.line_index = {key: index for index, key in enumerate(self.line_keys)}

    def ticks(self, seconds: Fraction | float) -> int:
        return round(Fraction(seconds) / self.tick)

    def all(self, table: str) -> set[Any]:
        return {key for version in self.versions for key in getattr(version.blueprint, table)}

    def merged(self, table: str, fixed: Sequence[str]) -> dict[Any, Any]:
        """What the versions say by name, sorted by name; refuses a change of what cannot change during a run."""
        found: dict[Any, Any] = {}
        for version in self.versions:
            for name, value in getattr(version.blueprint, table).items():
                first = found.setdefault(name, value)
                for field in fixed:
                    if getattr(first, field) != getattr(value, field):
                        day = self.start + timedelta(days=version.day)
                        what = name if isinstance(name, str) else name[0]
                        raise ScenarioError(
                            f"{field} of {what} would change on {day}; it can only change from the start of the study, "
                            f"{self.start}, on: leave out the policy's `from`, or set it to that day"
                        )
        return {name: found[name] for name in sorted(found)}

    def planned(self, versions: Sequence[_Version], market: StockKey) -> list[float]:
        """Cumulative planned demand of one market on each morning, in quanta, as the versions follow each other."""
        result = [0.0]
        for version, until in zip(versions, [*(v.day for v in versions[1:]), self.days], strict=True):
            spec = version.blueprint.markets.get(market)
            per_unit = version.blueprint.parts[market[1]].per_unit
            own = cumulative(spec, self.start, self.days) if spec else [0.0] * (self.days + 1)
            for day in range(version.day, until):
                result.append(result[-1] + (own[day + 1] - own[day]) * per_unit)
        return result

    def rates(self, version: _Version, plans: Mapping[StockKey, Sequence[float]], begin: int, end: int) -> Rates:
        """Planned rate of every stock point over the days begin..end, quanta per second."""
        total: Rates = {}
        for market, response in version.responses.items():
            rate = (plans[market][end] - plans[market][begin]) / ((end - begin) * DAY)
            for key, per_unit in response.items():
                total[key] = total.get(key, 0.0) + rate * per_unit
        return total

    def highest_rates(self, versions: Sequence[_Version], plans: Mapping[StockKey, Sequence[float]]) -> Rates:
        """Highest planned monthly rate of every stock point; capacities "of plan" refer to that of the baseline."""
        peak: Rates = {}
        for begin, end in pairwise(self.edges):
            version = [v for v in versions if v.day <= begin][-1]
            for key, rate in self.rates(version, plans, begin, end).items():
                peak[key] = max(peak.get(key, 0.0), rate)
        return peak

    # The tables, one version at a time.

    def law(self, purpose: str, owner: str, law: Distribution | None) -> tuple[int, int]:
        """(law index, constant ticks) of a lead or processing time."""
        if law is None or isinstance(law, Constant) or law.moments[1] == 0:
            return -1, self.ticks(law.moments[0]) if law else 0
        address = (purpose, owner, law)
        return self.draws.setdefault(address, len(self.draws)), 0

    def stock_table(self, version: _Version, rates: Rates) -> list[net.StockPoint]:
        points = []
        lead_times = self.lead_times(version)
        firm_index = {name: index for index, name in enumerate(self.firms)}
        part_index = {name: index for index, name in enumerate(self.parts)}
        user = {component: made for made, component in self.need_keys}
        for key in self.stock_keys:
            firm, part, role = key
            spec = version.blueprint.stocks.get(key)
            line = self.line_index.get(key, self.line_index.get(user[key], -1) if key in user else -1)
            point = net.StockPoint(firm_index[firm], part_index[part], role, line=line)
            if spec is not None and spec.rule is not None:
                per_unit = self.parts[part].per_unit
                flow = Flow(rates.get(key, 0.0) / per_unit, lead_times.get(key, 0.0), float(spec.review))
                low, high = (level * per_unit for level in spec.rule.levels(flow))
                order_up_to = _up(high)
                reorder_point = order_up_to - 1 if low == high else math.floor(low)
                point = net.StockPoint(
                    point.firm, point.part, role, reorder_point, order_up_to, self.ticks(spec.review), spec.lot, line
                )
            points.append(point)
        return points

    def lead_times(self, version: _Version) -> dict[StockKey, float]:
        """Mean time from order to receipt of every stock point, seconds: over its lanes by share, or its line."""
        result: dict[StockKey, float] = {}
        for (buyer, _), lane in version.blueprint.lanes.items():
            mean = lane.lead_time.moments[0] if lane.lead_time else 0.0
            result[buyer] = result.get(buyer, 0.0) + float(lane.share) * mean
        for key, line in version.blueprint.lines.items():
            seconds = line.process_time.moments[0] if line.process_time else 0.0
            rate = self.capacity(key, line)
            if line.batch and rate:
                seconds += line.batch * (line.lines or 1) / float(rate)
            result[key] = seconds
        return result

    def lane_table(self, version: _Version) -> list[net.Lane]:
        shares = _whole_shares({key: lane.share for key, lane in version.blueprint.lanes.items()})
        lanes = []
        for key in self.lane_keys:
            buyer, supplier = key
            spec = version.blueprint.lanes.get(key)
            if spec is None:
                lanes.append(net.Lane(self.stock_index[buyer], self.stock_index[supplier], 0))
                continue
            law, constant = self.law("lead time", f"{supplier[0]}>{buyer[0]}>{buyer[1]}", spec.lead_time)
            lanes.append(
                net.Lane(
                    self.stock_index[buyer],
                    self.stock_index[supplier],
                    shares[key],
                    law,
                    constant,
                    self.ticks(spec.terms),
                    spec.price,
                )
            )
        return lanes

    def capacity(self, key: StockKey, line: LineSpec) -> Fraction | None:
        """Quanta per second of one firm, None if unlimited; "of plan" is rounded to a thousandth per day."""
        if isinstance(line.capacity, OfPlan):
            planned = self.peak[key] if key in self.peak else self.own_peak.get(key, 0.0)
            daily = planned * DAY * float(line.capacity.share)
            return Fraction(round(daily * 1000), 1000 * DAY)
        if line.capacity is None:
            return None
        return line.capacity * int(self.parts[key[1]].per_unit)

    def line_table(self, version: _Version) -> list[net.Line]:
        lines = []
        for key in self.line_keys:
            stock = self.stock_index[key]
            spec = version.blueprint.lines.get(key)
            if spec is None:
                lines.append(net.Line(stock, 0))
                continue
            rate = self.capacity(key, spec)
            servers = spec.lines or (1 if rate is not None or spec.process_time else net.UNLIMITED)
            law, fixed = self.law("process time", f"{key[0]}>{key[1]}", spec.process_time)
            speed = Fraction(0)
            if rate is not None:
                speed = (servers / (rate * self.tick)).limit_denominator(FINEST) if rate else Fraction(0)
                servers = servers if rate else 0
            lines.append(net.Line(stock, servers, speed, fixed, law, spec.batch or net.UNLIMITED))
        return lines

    def need_table(self, version: _Version) -> list[net.Need]:
        return [
            net.Need(self.stock_index[made], self.stock_index[component], version.blueprint.needs.get(key, Fraction(0)))
            for key in self.need_keys
            for made, component in [key]
        ]

    # The whole.

    def network(self) -> net.Network:
        first = self.versions[0]
        opening_rates = self.rates(first, self.plans, self.edges[0], self.edges[1])
        stocks = self.stock_table(first, opening_rates)
        lanes, lines, needs = self.lane_table(first), self.line_table(first), self.need_table(first)
        transits = self.pipeline(first, stocks, opening_rates) if self.study.opening == "full" else []
        under_way = [0] * len(stocks)
        for transit in transits:
            under_way[lanes[transit.lane].buyer] += transit.quantity
        if self.study.opening == "full":
            stocks = [
                _with_stock(point, max(0, point.order_up_to - under_way[index])) for index, point in enumerate(stocks)
            ]
        changes = self.changes(stocks, lanes, lines, needs)
        return net.Network(
            firms=tuple(self.firms.values()),
            parts=tuple(self.parts.values()),
            stocks=tuple(stocks),
            lanes=tuple(lanes),
            lines=tuple(lines),
            needs=tuple(needs),
            markets=tuple(self.markets()),
            draws=tuple(net.Draw(*address) for address in self.draws),
            transits=tuple(transits),
            changes=tuple(changes),
            horizon=self.horizon,
            start=self.start,
            tick_seconds=self.tick,
            seed=self.study.seed,
            warm_up=0 if self.study.warm_up == "mser5" else self.ticks(self.study.warm_up),
            costs=self.costs(),
            footprints=self.footprints(),
        )

    def costs(self) -> tuple[net.CostRates, ...]:
        """By stock point, empty if no firm states any."""
        if not any(account.costs for account in self.accounts.values()):
            return ()
        stated = {firm: account.costs for firm, account in self.accounts.items()}
        used = {component for _, component in self.need_keys}
        return tuple(
            cost_rates(stated.get(key[0]), key in used, self.parts[key[1]].per_unit, self.tick)
            for key in self.stock_keys
        )

    def footprints(self) -> tuple[net.Footprint, ...]:
        """By firm, empty if none states any."""
        if not any(account.footprint for account in self.accounts.values()):
            return ()
        stated = {firm: account.footprint for firm, account in self.accounts.items()}
        return tuple(footprint(stated.get(firm)) for firm in self.firms)

    def markets(self) -> list[net.Market]:
        result = []
        for key, spec in self.market_specs.items():
            plan = tuple((self.ticks(day * DAY), quantity) for day, quantity in enumerate(self.plans[key]))
            poisson = spec.arrivals == "poisson"
            result.append(
                net.Market(
                    key[0],
                    self.stock_index[key],
                    plan,
                    0 if poisson else max(1, self.ticks(spec.every)),
                    max(1, int(spec.quantity * self.parts[key[1]].per_unit)),
                    float(spec.noise),
                )
            )
        return result

    def pipeline(self, version: _Version, stocks: Sequence[net.StockPoint], rates: Rates) -> list[net.Transit]:
        """Shipments under way at the start: what would have been sent during one mean lead time at the opening rate.

        They are as far apart as orders are (review period, else the shortest `every` of the markets, else one
        quantum), and never bring a stock point above its target.
        """
        regular = [m.every for m in version.blueprint.markets.values() if m.arrivals == "regular"]
        transits = []
        room = [point.order_up_to if point.role == "bought" else net.UNLIMITED for point in stocks]
        for index, key in enumerate(self.lane_keys):
            spec = version.blueprint.lanes.get(key)
            if spec is None or spec.lead_time is None:
                continue
            buyer = self.stock_index[key[0]]
            lead_time = spec.lead_time.moments[0]
            rate = rates.get(key[0], 0.0) * float(spec.share)
            if rate <= 0 or lead_time <= 0:
                continue
            interval = float(version.blueprint.stocks[key[0]].review or (min(regular) if regular else 0)) or 1 / rate
            sent = 0
            for number in range(1, int(lead_time / interval + 1e-9) + 1):
                quantity = min(int(rate * interval * number + 1e-6) - sent, room[buyer])
                if quantity > 0:
                    sent += quantity
                    room[buyer] -= quantity
                    transits.append(net.Transit(index, max(0, self.ticks(lead_time - interval * number)), quantity))
        return transits

    def changes(
        self,
        stocks: Sequence[net.StockPoint],
        lanes: Sequence[net.Lane],
        lines: Sequence[net.Line],
        needs: Sequence[net.Need],
    ) -> list[net.Change]:
        """Everything that differs from one version, or one month of the plan, to the next, as dated changes."""
        found: list[net.Change] = []
        before = (stocks, lanes, lines, needs)
        for begin, end in zip(self.edges[1:], self.edges[2:], strict=False):
            version = [v for v in self.versions if v.day <= begin][-1]
            rates = self.rates(version, self.plans, begin, end)
            after = (self.stock_table(version, rates), before[1], before[2], before[3])
            if version.day == begin:
                after = (after[0], self.lane_table(version), self.line_table(version), self.need_table(version))
            tick = self.ticks(begin * DAY)
            for rows, old, new in zip(_DIFFERENCES, before, after, strict=True):
                for index, (was, now) in enumerate(zip(old, new, strict=True)):
                    for kind, values in rows:
                        if values(was) != values(now):
                            found.append(net.Change(tick, kind, index, values(now)))
            before = after
        return found


Values = Callable[[Any], tuple[int, int, int]]
_DIFFERENCES: tuple[tuple[tuple[int, Values], ...], ...] = (
    (
        (state.SET_LEVELS, lambda stock: (stock.reorder_point, stock.order_up_to, 0)),
        (state.SET_REVIEW, lambda stock: (stock.review, stock.lot, 0)),
    ),
    (
        (state.SET_LANE_SHARE, lambda lane: (lane.share, 0, 0)),
        (state.SET_LANE_TIME, lambda lane: (lane.lead_time, lane.law, 0)),
        (state.SET_LANE_TERMS, lambda lane: (lane.terms, lane.price, 0)),
    ),
    (
        (
            state.SET_LINE_SPEED,
            lambda line: (line.servers, line.ticks_per_quantum.numerator, line.ticks_per_quantum.denominator),
        ),
        (state.SET_LINE_TIME, lambda line: (line.fixed, line.law, line.batch)),
    ),
    ((state.SET_NEED, lambda need: (need.quantity.numerator, need.quantity.denominator, 0)),),
)


def _version(day: date, scenario: schema.Scenario, start: date) -> _Version:
    blueprint = spell_out(scenario)
    return _Version(
        (day - start).days, scenario, blueprint, {market: responses(blueprint, market) for market in blueprint.markets}
    )


def _month_starts(start: date, days: int) -> list[int]:
    """Days since `start` of each first of a month inside the study."""
    return [day for day in range(1, days) if date.fromordinal(start.toordinal() + day).day == 1]


def _with_stock(point: net.StockPoint, on_hand: int) -> net.StockPoint:
    if point.role not in ("made", "bought"):
        return point
    return net.StockPoint(
        point.firm,
        point.part,
        point.role,
        point.reorder_point,
        point.order_up_to,
        point.review,
        point.lot,
        point.line,
        on_hand,
    )


def _up(level: float) -> int:
    """A level in whole quanta, rounded up; forgives the last bits of a float."""
    return math.ceil(level - 1e-9 * max(1.0, abs(level)))


def _whole_shares(shares: Mapping[LaneKey, Fraction]) -> dict[LaneKey, int]:
    """Shares in parts per million that sum to exactly one million per buyer; the largest remainders round up."""
    by_buyer: dict[StockKey, list[tuple[LaneKey, Fraction]]] = {}
    for key, share in sorted(shares.items()):
        by_buyer.setdefault(key[0], []).append((key, share))
    result: dict[LaneKey, int] = {}
    for rows in by_buyer.values():
        total = sum((share for _, share in rows), Fraction(0))
        exact = [(key, share * net.WHOLE_SHARE / total if total else Fraction(0)) for key, share in rows]
        for key, value in exact:
            result[key] = int(value)
        missing = (net.WHOLE_SHARE if total else 0) - sum(int(value) for _, value in exact)
        by_remainder = sorted(exact, key=lambda row: (int(row[1]) - row[1], row[0]))
        for key, _ in by_remainder[:missing]:
            result[key] += 1
    return result
