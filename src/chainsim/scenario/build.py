"""From a scenario in force over time to a Network: names become indices, dates become ticks, versions become changes.

In: a loaded scenario and the policies in force.  Out: a Network.  Any lever that a policy can pull becomes a dated
change by laying the versions side by side; there is no second list of what policies may do.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from itertools import takewhile
from typing import Any

from chainsim.errors import ScenarioError
from chainsim.model import network as net
from chainsim.model.distributions import Constant, Distribution
from chainsim.model.replenishment import Flow
from chainsim.scenario.compiling import calendars, cash, disruptions, fiscal, growth, late, stocks
from chainsim.scenario.compiling.arriving import arrivals
from chainsim.scenario.compiling.common import Common, Full, Opened
from chainsim.scenario.compiling.costs import costs, footprints
from chainsim.scenario.compiling.differences import differences, rows
from chainsim.scenario.compiling.levels import Follower
from chainsim.scenario.compiling.planning import Version, is_same
from chainsim.scenario.compiling.region import region
from chainsim.scenario.compiling.shares import whole_shares
from chainsim.scenario.language.fields import OfPlan
from chainsim.scenario.load import Loaded
from chainsim.scenario.network.blueprint import LaneKey, LineSpec, StockKey
from chainsim.scenario.network.demand import DAY
from chainsim.scenario.network.plan import Rates
from chainsim.scenario.network.presence import day_by_day

FIXED_OF_MARKETS = (
    "arrivals",
    "every",
    "between",
    "quantity",
    "noise",
    "noise_law",
    "correlation",
    "schedule",
    "trace",
)
WORDS = {
    "in_order": "crossing",
    "kind_of_rule": "kind of rule",
    "switching_cost": "switching.cost",
    "qualification": "switching.qualification",
}
FINEST = 10**9  # largest denominator of ticks per quantum; keeps products within 64 bits


def build(
    loaded: Loaded, policies: Sequence[str] = (), *, levels: bool = True, common: Common | None = None
) -> net.Network:
    """The network of a scenario under some policies; raises ScenarioError where the plan cannot be met by any flow.

    levels: whether replenishment levels follow the plan and the policies; not to be simulated without, but what only
    asks for shares, prices, bills and yields has its answer in half the time.  common: what this scenario's networks
    have in common, where several are built.
    """
    return _Builder(loaded, policies, levels, common or Common(loaded.scenario)).network()


def build_all(
    loaded: Loaded, runs: Mapping[str, Sequence[str]], *, levels: bool = True
) -> Iterator[tuple[str, net.Network]]:
    """Networks by name, one by one, of one scenario under the policies of each; see `build`."""
    common = Common(loaded.scenario)
    return ((name, build(loaded, policies, levels=levels, common=common)) for name, policies in runs.items())


class _Builder:
    def __init__(self, loaded: Loaded, policies: Sequence[str], levels: bool, common: Common) -> None:
        self.levels, self.common = levels, common
        study = loaded.scenario.study
        self.loaded, self.policies = loaded, policies
        self.study = study
        self.start = study.start
        self.days = (study.end - study.start).days
        self.tick = study.tick
        self.horizon = self.ticks(Fraction(self.days * DAY))
        timeline = loaded.timeline(policies)
        self.disruptions = timeline[0][1].disruptions
        self.dated = day_by_day(timeline, study.end)
        self.versions = common.versions(self.dated)
        self.plan = common.plan
        self.planned = {key: self.plan.planned(self.versions, key) for key in self.all("markets")}
        self.draws: dict[tuple[str, str, Distribution], int] = {}
        self._times: dict[int, dict[StockKey, tuple[float, float]]] = {}
        self.firms = self.merged("firms", ("ring", "district", "sector", "group", "tier"))
        self.firm_index = {name: index for index, name in enumerate(self.firms)}
        self.parts = self.merged("parts", ("per_unit",))
        self.market_specs = self.merged("markets", FIXED_OF_MARKETS)
        self.stock_specs = self.merged("stocks", ("kind_of_rule", "opening", "qualification", "switching_cost"))
        self.line_specs = self.merged("lines", ("calendar", "breakdowns", "call_off", "expansion", "shrinks"))
        self.calendars = sorted({line.calendar for line in self.line_specs.values() if line.calendar})
        self.purse_specs = self.merged("purses", ("cash",))
        self.ramp_days = {
            day
            for version in self.versions
            for spec in version.blueprint.lines.values()
            if spec.ramp_up is not None
            for day in growth.ramp_days(spec.ramp_up, study.start, self.days)
        }
        self.turn = min((version.day for version in self.versions[1:]), default=self.days)  # the first version ends
        self.accounts = self.merged("account", ("costs", "footprint"))
        self.stock_keys = sorted(self.all("stocks"))
        self.lane_specs = self.merged("lanes", ("in_order",))
        self.lane_keys = list(self.lane_specs)
        self.lasting = self.lasting_terms()
        self.line_keys = sorted(self.all("lines"))
        self.need_keys = sorted(self.all("needs"))
        self.stock_index = {key: index for index, key in enumerate(self.stock_keys)}
        self.line_index = {key: index for index, key in enumerate(self.line_keys)}

    @cached_property
    def own_peak(self) -> Rates:
        """Highest planned rates with the policies in force: what firms that they bring have to go by."""
        reference = self.common.reference
        same = len(self.versions) == len(reference) and all(map(is_same, self.versions, reference))
        return self.common.peak if same else self.plan.highest_rates(self.versions)

    def ticks(self, seconds: Fraction | float) -> int:
        return round(seconds) if self.tick == 1 else round(Fraction(seconds) / self.tick)

    def all(self, table: str) -> set[Any]:
        return {key for version in self.versions for key in getattr(version.blueprint, table)}

    def merged(self, table: str, fixed: Sequence[str]) -> dict[Any, Any]:
        """What the versions say by name, sorted by name; refuses a change of what cannot change during a run."""
        found: dict[Any, Any] = {}
        for version in self.versions:
            for name, value in getattr(version.blueprint, table).items():
                first = found.setdefault(name, value)
                if first is value:
                    continue
                for field in fixed:
                    if getattr(first, field) != getattr(value, field):
                        day = self.start + timedelta(days=version.day)
                        raise ScenarioError(
                            f"{WORDS.get(field, field)} of {_called(name)} would change on {day}; "
                            f"it can only change from the start of the study, {self.start}, on: "
                            "leave out the policy's `from`, or set it to that day"
                        )
        return {name: found[name] for name in sorted(found)}

    # The tables, one version at a time.

    def law(self, purpose: str, owner: str, law: Distribution | None) -> tuple[int, int]:
        """(law index, constant ticks) of a lead or processing time."""
        if law is None or isinstance(law, Constant) or law.moments[1] == 0:
            return -1, self.ticks(law.moments[0]) if law else 0
        return self.drawn(purpose, owner, law), 0

    def drawn(self, purpose: str, owner: str, law: Distribution) -> int:
        """The index of a stream of random times."""
        return self.draws.setdefault((purpose, owner, law), len(self.draws))

    def stock_table(self, version: Version, rates: Rates) -> list[net.StockPoint]:
        points = []
        lead_times = self.lead_times(version)
        part_index = {name: index for index, name in enumerate(self.parts)}
        user = {component: made for made, component in self.need_keys}
        for key in self.stock_keys:
            firm, part, role = key
            spec = version.blueprint.stocks.get(key)
            line = self.line_index.get(key, self.line_index.get(user[key], -1) if key in user else -1)
            echelon = self.stock_specs[key].kind_of_rule == "echelon"
            point = net.StockPoint(self.firm_index[firm], part_index[part], role, line=line, echelon=echelon)
            if spec is not None:
                per_unit = self.parts[part].per_unit
                mean, sd = lead_times.get(key, (0.0, 0.0))
                flow = Flow(rates.get(key, 0.0) / per_unit, mean, float(spec.review), sd)
                point = stocks.compiled(point, spec, flow, per_unit, self.ticks)
            points.append(point)
        return points

    def lead_times(self, version: Version) -> dict[StockKey, tuple[float, float]]:
        """See `times`; worked out once."""
        if id(version) not in self._times:
            self._times[id(version)] = self.times(version)
        return self._times[id(version)]

    def times(self, version: Version) -> dict[StockKey, tuple[float, float]]:
        """Mean and standard deviation of the time from order to receipt, seconds: over lanes by share, or of a batch.

        What a line adds by queueing, a calendar or breakdowns is not in it.
        """
        means: dict[StockKey, float] = {}
        squares: dict[StockKey, float] = {}
        for (buyer, _), lane in version.blueprint.lanes.items():
            mean, sd = lane.lead_time.moments if lane.lead_time else (0.0, 0.0)
            share = float(lane.share)
            means[buyer] = means.get(buyer, 0.0) + share * mean
            squares[buyer] = squares.get(buyer, 0.0) + share * (mean**2 + sd**2)
        result = {key: (mean, max(0.0, squares[key] - mean**2) ** 0.5) for key, mean in means.items()}
        for key, line in version.blueprint.lines.items():
            seconds, sd = line.process_time.moments if line.process_time else (0.0, 0.0)
            rate = self.capacity(key, line)
            if line.batch and rate:
                seconds += line.batch * (line.lines or 1) / float(rate)
            result[key] = seconds + float(line.set_up), sd
        return result

    def lane_table(self, version: Version) -> list[net.Lane]:
        """Lanes that are not in a version get no orders and no rank, on the terms on which they first come in."""
        shares = whole_shares({key: lane.share for key, lane in version.blueprint.lanes.items()})
        lanes = []
        for key in self.lane_keys:
            buyer, supplier = key
            spec = version.blueprint.lanes.get(key, self.lane_specs[key])
            law, constant = self.law("lead time", f"{supplier[0]}>{buyer[0]}>{buyer[1]}", spec.lead_time)
            lanes.append(
                net.Lane(
                    self.stock_index[buyer],
                    self.stock_index[supplier],
                    shares.get(key, 0),
                    law,
                    constant,
                    self.ticks(spec.terms),
                    spec.price,
                    rank=spec.rank if key in version.blueprint.lanes else -1,
                    priority=spec.priority,
                    freight=spec.freight,
                    **self.lasting[key],
                )
            )
        return lanes

    def lasting_terms(self) -> dict[LaneKey, dict[str, Any]]:
        """What of a lane cannot change during a run: whether deliveries cross, and what it takes to turn to it.

        Who delivers from the first, with a share or before all others, is qualified.
        """
        found: dict[LaneKey, dict[str, Any]] = {}
        for key, spec in self.lane_specs.items():
            buyer = self.stock_specs[key[0]]
            first = spec.rank == 0 if buyer.sourcing == "ranked" else spec.share > 0
            waits = not first and buyer.qualification is not None
            found[key] = {
                "in_order": spec.in_order,
                "qualification": self.ticks(buyer.qualification or Fraction(0)) if waits else -1,
                "switching_cost": buyer.switching_cost,
            }
        return found

    def capacity(self, key: StockKey, line: LineSpec) -> Fraction | None:
        """Quanta per second of one firm, None if unlimited; "of plan" is rounded to a thousandth per day."""
        if isinstance(line.capacity, OfPlan):
            peak = self.common.peak
            planned = peak[key] if key in peak else self.own_peak.get(key, 0.0)
            daily = planned * DAY * float(line.capacity.share / line.good)
            return Fraction(round(daily * 1000), 1000 * DAY)
        if line.capacity is None:
            return None
        return line.capacity * int(self.parts[key[1]].per_unit)

    def line_table(self, version: Version, day: int) -> list[net.Line]:
        """What is in force on a day since the start, which is not always the version's first."""
        lines = []
        for key in self.line_keys:
            stock = self.stock_index[key]
            spec = version.blueprint.lines.get(key)
            row = self.standing(key, stock)
            if spec is None:
                lines.append(replace(row, servers=0))
                continue
            rate = self.capacity(key, spec)
            if rate is not None and spec.ramp_up is not None:
                rate *= growth.ramp_share(spec.ramp_up, self.start, day)
            busy = rate is not None or spec.process_time or spec.set_up
            servers = spec.lines or (1 if busy else net.UNLIMITED)
            law, fixed = self.law("process time", f"{key[0]}>{key[1]}", spec.process_time)
            speed = Fraction(0)
            if rate is not None:
                speed = (servers / (rate * self.tick)).limit_denominator(FINEST) if rate else Fraction(0)
                servers = servers if rate else 0
            good = spec.good.limit_denominator(FINEST)
            lines.append(
                replace(
                    row,
                    servers=servers,
                    ticks_per_quantum=speed,
                    fixed=fixed,
                    law=law,
                    batch=spec.batch or net.UNLIMITED,
                    set_up=self.ticks(spec.set_up),
                    good=good,
                )
            )
        return lines

    def standing(self, key: StockKey, stock: int) -> net.Line:
        """What a line keeps through the whole run: its calendar, its breakdowns, when it calls off components."""
        spec: LineSpec = self.line_specs[key]
        owner = f"{key[0]}>{key[1]}"
        up_law, repair_law = -1, -1
        if spec.breakdowns is not None:
            up_law = self.drawn("time between breakdowns", owner, spec.breakdowns.every)
            repair_law = self.drawn("repair", owner, spec.breakdowns.repair)
        calendar = self.calendars.index(spec.calendar) if spec.calendar else -1
        early = spec.call_off == "at_release"
        return net.Line(stock, calendar=calendar, up_law=up_law, repair_law=repair_law, calls_off_at_release=early)

    def need_table(self, version: Version) -> list[net.Need]:
        return [
            net.Need(self.stock_index[made], self.stock_index[component], version.blueprint.needs.get(key, Fraction(0)))
            for key in self.need_keys
            for made, component in [key]
        ]

    # The whole.

    def network(self) -> net.Network:
        first = self.versions[0]
        late.refuse_forecasts(self.stock_specs, first.blueprint, self.start)
        late.refuse_regions(self.versions, self.start)
        opening_rates = self.plan.rates(first, 0)
        opened = self.common.opened(self.opens_with(), first, lambda: self.opened(opening_rates))
        self.draws = dict(opened.draws)
        closed = first.scenario.calendars
        names = disruptions.Names(
            self.firms, self.stock_keys, self.lane_keys, self.line_keys, frozenset(used for _, used in self.need_keys)
        )
        shocks = disruptions.shocks(self.disruptions, names, self.start, self.ticks, self.law)
        network = net.Network(
            firms=tuple(self.firms.values()),
            parts=tuple(self.parts.values()),
            stocks=tuple(opened.stocks),
            lanes=tuple(opened.lanes),
            lines=tuple(opened.lines),
            needs=tuple(opened.needs),
            markets=tuple(self.markets()),
            draws=(),
            transits=(),
            changes=tuple(self.changes(opened)),
            horizon=self.horizon,
            start=self.start,
            tick_seconds=self.tick,
            seed=self.study.seed,
            warm_up=0 if self.study.warm_up == "mser5" else self.ticks(self.study.warm_up),
            calendars=tuple(
                calendars.compiled(closed[name], self.start, self.study.end, self.ticks) for name in self.calendars
            ),
            reviews_first=self.study.sequence == "reviews_first",
            shocks=tuple(shocks),
            growths=tuple(growth.growths(self.line_specs, self.line_keys, self.ticks)),
            purses=tuple(cash.purses(self.purse_specs, list(self.firms), self.ticks)),
            costs=costs(self.accounts, self.stock_keys, {used for _, used in self.need_keys}, self.parts, self.tick),
            footprints=footprints(self.accounts, list(self.firms)),
            region=region(first.scenario.region),
            fiscal=tuple(fiscal.payments(self.loaded, self.policies, self.dated, self.firm_index, self.ticks)),
        )
        network = replace(network, draws=tuple(net.Draw(*address) for address in self.draws))
        if self.study.opening == "full":
            if opened.full is None:
                opened.full = self.filled(network, first, opening_rates)
            network = replace(network, stocks=opened.full[0], transits=opened.full[1])
        opening = [self.stock_specs[key].opening for key in self.stock_keys]
        points = [
            point if stated is None else replace(point, on_hand=stated)
            for point, stated in zip(network.stocks, opening, strict=True)
        ]
        return replace(network, stocks=tuple(points))

    def opens_with(self) -> Hashable:
        """On what the opening tables, and months that follow them, rest beside the version; None where on more.

        Later versions that bring more entities have other tables from the first; lines that ramp up change between
        months.  Capacities "of plan" that the baseline has no plan for are decided by those who have one.
        """
        blueprint = self.versions[0].blueprint
        for table in ("firms", "parts", "stocks", "lanes", "lines", "needs"):
            if len(self.all(table)) != len(getattr(blueprint, table)):
                return None
        if any(day < self.turn for day in self.ramp_days):
            return None
        of_plan = (key for key, line in blueprint.lines.items() if isinstance(line.capacity, OfPlan))
        return self.levels, tuple(self.own_peak.get(key, 0.0) for key in of_plan if key not in self.common.peak)

    def opened(self, rates: Rates) -> Opened:
        """The tables of the first version."""
        first = self.versions[0]
        points = self.stock_table(first, rates)
        lanes, lines, needs = self.lane_table(first), self.line_table(first, 0), self.need_table(first)
        before = rows(points, lanes, lines, needs)
        draws = dict(self.draws)
        return Opened(first, points, lanes, lines, needs, draws, before, self.follower(first), self.levels)

    def filled(self, network: net.Network, version: Version, rates: Rates) -> Full:
        """Stocks at target and pipelines as the plan would have filled them."""
        specs = [version.blueprint.stocks.get(key) for key in self.stock_keys]
        positions = stocks.opening_positions(network, specs)
        transits = self.pipeline(version, network.stocks, positions, rates)
        under_way = [0] * len(positions)
        for transit in transits:
            under_way[network.lanes[transit.lane].buyer] += transit.quantity
        points = [
            replace(point, on_hand=max(0, full - sent)) if point.role in ("made", "bought") else point
            for point, full, sent in zip(network.stocks, positions, under_way, strict=True)
        ]
        return tuple(points), tuple(transits)

    def markets(self) -> list[net.Market]:
        result = []
        for key, spec in self.market_specs.items():
            plan = tuple((self.ticks(day * DAY), quantity) for day, quantity in enumerate(self.planned[key]))
            process = arrivals(spec, self.parts[key[1]].per_unit, self.start, self.ticks)
            result.append(net.Market(key[0], self.stock_index[key], plan, process))
        return result

    def pipeline(
        self, version: Version, points: Sequence[net.StockPoint], positions: Sequence[int], rates: Rates
    ) -> list[net.Transit]:
        """Shipments under way at the start: what would have been sent during one mean lead time at the opening rate.

        They are as far apart as orders are (review period, else the shortest `every` of the markets, else one
        quantum), and never bring a stock point above its target.
        """
        regular = [m.every for m in version.blueprint.markets.values() if m.process == "regular"]
        transits = []
        room = [
            full if point.role == "bought" else net.UNLIMITED for point, full in zip(points, positions, strict=True)
        ]
        for index, key in enumerate(self.lane_keys):
            spec = version.blueprint.lanes.get(key)
            if spec is None or spec.lead_time is None or self.stock_specs[key[0]].opening is not None:
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

    def changes(self, opened: Opened) -> list[net.Change]:
        """Everything that differs from one version, month of the plan or step of a ramp-up to the next, as changes."""
        planned = {*self.plan.months[1:-1], *(version.day for version in self.versions[1:])}
        days = sorted({*planned, *self.ramp_days})
        alone = list(takewhile(lambda day: day < self.turn and day not in self.ramp_days, days))
        steps = list(opened.months(alone, self.plan.rates, self.on))
        found = [change for _, changes in steps for change in changes]
        before = steps[-1][0] if steps else opened.rows
        lanes, follower = opened.lanes, opened.follower
        for day in days[len(alone) :]:
            version = [v for v in self.versions if v.day <= day][-1]
            after = before
            if version.day == day:
                lanes, follower = self.kept_lanes(version, lanes), self.follower(version)
                points = self.stock_table(version, self.plan.rates(version, day)) if self.levels else opened.stocks
                needs, lines = self.need_table(version), self.line_table(version, day)
                after = rows(points, lanes, lines, needs)
            elif day in self.ramp_days:
                after = (*before[:2], rows((), (), self.line_table(version, day), ())[2], before[3])
            if self.levels and day in planned and version.day < day:
                after = (follower.follow(self.plan.rates(version, day), before[0]), *after[1:])
            found += differences(before, after, self.on(day))
            before = after
        return found

    def on(self, day: int) -> int:
        """The tick at which a day begins, counted from the start."""
        return self.ticks(day * DAY)

    def follower(self, version: Version) -> Follower:
        specs = ((key, version.blueprint.stocks.get(key), self.parts[key[1]].per_unit) for key in self.stock_keys)
        return Follower(specs, self.lead_times(version), self.ticks, self.common.known)

    def kept_lanes(self, version: Version, before: Sequence[net.Lane]) -> list[net.Lane]:
        """The lanes of a version; one that ends gets no new orders, and delivers as before what it still owes."""
        return [
            new if key in version.blueprint.lanes else replace(old, share=0, rank=-1)
            for key, old, new in zip(self.lane_keys, before, self.lane_table(version), strict=True)
        ]


def _called(key: Any) -> str:
    """What messages call an entry: its firm, or buyer and supplier."""
    if isinstance(key, str):
        return key
    return key[0] if isinstance(key[0], str) else f"{key[1][0]} to {key[0][0]}"
