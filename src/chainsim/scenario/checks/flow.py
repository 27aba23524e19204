"""How much the plan asks of everyone: planned rates through the bill of materials, against capacities and lots.

In: a View of a scenario whose bill can be derived.  Out: warnings about firms that the plan overloads, errors
where nothing can ever be served, and an estimate of how many events a study makes.
This module must not know dated changes; build compiles the plan by firm, this is its coarse view by group.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from chainsim.errors import Problem, ScenarioError
from chainsim.scenario.checks.supply import groups, makers
from chainsim.scenario.checks.trade import buyers
from chainsim.scenario.checks.view import View
from chainsim.scenario.language.schema import Market, Plant, Scenario, Supplier
from chainsim.scenario.network.bill import Bill, derive
from chainsim.scenario.network.blueprint import spell_out
from chainsim.scenario.network.cycles import is_productive, rings, top_down
from chainsim.scenario.network.demand import base_rate, daily_plan, is_shaped, shaping
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.plan import responses
from chainsim.scenario.network.sourcing import DEFAULT_RING, stated_shares
from chainsim.scenario.network.working_time import closures, working_share
from chainsim.scenario.text.nodes import Path
from chainsim.units import format_number, format_rate, format_share

DAY = 86_400
ROUNDS = 2_000
EVENTS_PER_ORDER = 6
MOST_EVENTS = 10**9


def market_rate(scenario: Scenario, market: Market) -> float:
    """Largest planned rate of a market in the study, units/second, by day; of listed orders by calendar month.

    Of yearly totals it is that of the largest year.
    """
    study = scenario.study
    days = max(0, (study.end - study.start).days)
    if market.process == "trace":
        return _largest_month(market, study.start, study.end) / DAY
    if market.yearly:
        years = [year for year in market.yearly if study.start.year <= int(year) <= study.end.year]
        stated = max((float(market.yearly[year]) / (_days(int(year)) * DAY) for year in years), default=0.0)
    else:
        stated = base_rate(market)
    if not is_shaped(market) or not days:
        return stated
    if market.yearly:
        subsidy = 1 + float(market.pull_forward.gains) if market.pull_forward else 1.0
        return stated * subsidy * max(map(shaping(market, study.start), range(days)))
    return max(daily_plan(market, study.start, days)) / DAY


def _largest_month(market: Market, start: date, end: date) -> float:
    """Units per day of the calendar month in the study with the most."""
    months: dict[tuple[int, int], float] = {}
    for moment, units in market.listed:
        if start <= moment.date() < end:
            month = moment.year, moment.month
            months[month] = months.get(month, 0.0) + float(units)
    return max((units / _days_of(month, start, end) for month, units in months.items()), default=0.0)


def _days_of(month: tuple[int, int], start: date, end: date) -> int:
    """Days of a month that are in the study."""
    first = date(*month, 1)
    last = date.fromordinal(first.toordinal() + monthrange(*month)[1] - 1)
    return min(last.toordinal(), end.toordinal() - 1) - max(first.toordinal(), start.toordinal()) + 1


def _days(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days if year < 9999 else 365


def part_rates(scenario: Scenario, bill: Bill) -> dict[str, float]:
    """Planned need of every part, units/second, made or bought outside alike."""
    goods = {part: [firm.good for _, firm in those] for part, those in makers(scenario).items()}
    started = {part: float(sum(1 / good for good in those) / len(those)) for part, those in goods.items()}
    needs = {
        part: {name: float(units) * started[part] for name, units in used.items()} if part in started else {}
        for part, used in bill.needs.items()
    }
    final: dict[str, float] = {}
    for market in scenario.markets.values():
        final[market.buys] = final.get(market.buys, 0.0) + market_rate(scenario, market)
    order = top_down({part: dict.fromkeys(used, Fraction(1)) for part, used in needs.items()})
    total = {part: final.get(part, 0.0) for part in {*needs, *final}}
    if len(order) == len(needs):
        for part in order:
            for component, units in needs[part].items():
                total[component] += total[part] * units
        return total
    wave = final
    for _ in range(ROUNDS):
        following: dict[str, float] = {}
        for part, rate in wave.items():
            for component, units in needs.get(part, {}).items():
                following[component] = following.get(component, 0.0) + rate * units
        wave = {part: rate for part, rate in following.items() if rate > 1e-15}
        if not wave:
            break
        for part, rate in wave.items():
            total[part] = total.get(part, 0.0) + rate
    return total


def firm_rates(scenario: Scenario, rates: dict[str, float]) -> Iterator[tuple[Path, Plant | Supplier, str, float, int]]:
    """Path, group, ring, planned rate of each of its firms in that ring (units/second), and their number."""
    if _is_involved(scenario):
        yield from _planned_rates(scenario)
        return
    direct: dict[str, float] = {}
    for market in scenario.markets.values():
        if isinstance(market.at, str):
            direct[market.at] = direct.get(market.at, 0.0) + market_rate(scenario, market)
    for part, those in makers(scenario).items():
        counts = {path: [ring or DEFAULT_RING for _, ring in firm_names(str(path[1]), firm)] for path, firm in those}
        everyone = sum(len(present) for present in counts.values())
        shared = rates.get(part, 0.0) - sum(direct.get(str(path[1]), 0.0) for path, _ in those)
        stated = {path: stated_shares(firm) for path, firm in those}
        for path, firm in those:
            present = counts[path]
            shares = stated[path]
            for ring in dict.fromkeys(present):
                number = present.count(ring)
                if shares is None:
                    share = 0.0 if any(stated.values()) else number / everyone
                elif None in shares:
                    share = float(shares[None]) * number / len(present)
                else:
                    share = float(shares.get(ring, 0))
                own = direct.get(str(path[1]), 0.0) * number / len(present)
                yield path, firm, ring, (share * shared + own) / number, number


def _is_involved(scenario: Scenario) -> bool:
    """Whether shares alone do not say who is asked for how much."""
    named = any(firm.buys_from for _, firm in groups(scenario))
    several = any(market.at is not None and market.at not in scenario.plants for market in scenario.markets.values())
    ranked = any(plan.sourcing.mode == "ranked" for _, plan in buyers(scenario))
    return bool(scenario.warehouses) or named or several or ranked


def _planned_rates(scenario: Scenario) -> Iterator[tuple[Path, Plant | Supplier, str, float, int]]:
    """What `firm_rates` yields, from the plan itself: the mean over the firms of a group in a ring."""
    blueprint = spell_out(scenario)
    total: dict[tuple[str, str], float] = {}
    try:
        for key, response in responses(blueprint).items():
            rate = market_rate(scenario, blueprint.markets[key])
            for (name, _, role), per_unit in response.items():
                if role == "made":
                    firm = blueprint.firms[name]
                    both = firm.category, firm.ring
                    total[both] = total.get(both, 0.0) + rate * per_unit
    except ScenarioError:
        return  # something feeds on itself, which other checks report
    for path, group in groups(scenario):
        present = [ring or DEFAULT_RING for _, ring in firm_names(str(path[1]), group)]
        for ring in dict.fromkeys(present):
            number = present.count(ring)
            yield path, group, ring, total.get((str(path[1]), ring), 0.0) / number, number


def _ready(view: View) -> Bill | None:
    """The bill, None where it cannot be derived or is not productive."""
    bill, issues = derive(view.scenario.parts)
    if any(not issue.warning for issue in issues):
        return None
    needs = bill.needs
    return bill if all(is_productive(needs, ring) for ring in rings(needs)) else None


def check_capacity(view: View) -> Iterator[Problem]:
    """No capacity under demand is an error; more demand than capacity is a bottleneck worth a warning."""
    scenario = view.scenario
    bill = _ready(view)
    if bill is None:
        return
    for path, firm, ring, rate, number in firm_rates(scenario, part_rates(scenario, bill)):
        one = str(path[1]) if number == 1 else f"each firm of {path[1]} in the ring {ring}"
        capacity = firm.capacity
        if not isinstance(capacity, Fraction):
            if capacity is not None and capacity.share == 0 and rate > 0:
                yield _never(view, path, one, rate)
            elif capacity is not None and rate > 0:
                left = capacity.share * _working(view, firm)
                if left < 1 and left < capacity.share:  # else it was meant to be short
                    share = format_share(left.limit_denominator(10**4))
                    message = f"capacity of {path[1]} is {capacity}; its calendar and breakdowns leave {share}"
                    hint = "its queue grows as long as that lasts"
                    yield view.problem((*path, "capacity"), message, hint, warning=True)
            continue
        left = capacity * firm.good * _working(view, firm)
        if capacity == 0 and rate > 0:
            yield _never(view, path, one, rate)
        elif capacity == 0:
            yield view.problem((*path, "capacity"), f"capacity of {path[1]} is 0: it makes nothing", warning=True)
        elif rate >= float(left) * (1 - 1e-9):
            ratio = format_number(round(Fraction(rate) / left, 2))
            of = "" if left == capacity else f", of which yield, calendar and breakdowns leave {_rate(float(left))}"
            message = (
                f"{one} is asked for {_rate(rate)} at a capacity of {format_rate(capacity)}{of}: utilisation {ratio}"
            )
            hint = "its queue grows as long as that lasts; no steady state is claimed for it"
            yield view.problem((*path, "capacity"), message, hint, warning=True)


def _working(view: View, firm: Plant | Supplier) -> Fraction:
    """The share of the study in which a line works: its calendar times its mean availability."""
    share = Fraction(1)
    study = view.scenario.study
    calendar = view.scenario.calendars.get(firm.calendar or "")
    if calendar is not None and study.end > study.start:
        share = working_share(closures(calendar, study.start, study.end), study.start, study.end)
    if firm.breakdowns is not None:
        up, down = (Fraction(law.moments[0]) for law in (firm.breakdowns.every, firm.breakdowns.repair))
        if up > 0:
            share *= up / (up + down)
    return share


def _never(view: View, path: Path, one: str, rate: float) -> Problem:
    message = f"capacity of {path[1]} is 0, but {one} is asked for {_rate(rate)}: it would never be served"
    return view.problem((*path, "capacity"), message, "give it a capacity, or leave `capacity` out for unlimited")


def _rate(rate: float) -> str:
    return f"{format_number(round(Fraction(rate) * DAY, 1))}/day"


def check_lots(view: View) -> Iterator[Problem]:
    """A lot that no maker can make in the whole study is impossible, one that nobody needs in it is odd."""
    scenario = view.scenario
    bill = _ready(view)
    if bill is None:
        return
    study = scenario.study
    seconds = max(0, (study.end - study.start).days) * DAY
    rates = part_rates(scenario, bill)
    for name, part in scenario.parts.items():
        if part.lot == 1:
            continue
        path: Path = ("parts", name, "lot")
        capacities = [firm.capacity for _, firm in makers(scenario).get(name, ())]
        known = [capacity for capacity in capacities if isinstance(capacity, Fraction)]
        if known and len(known) == len(capacities) and part.lot > max(known) * seconds:
            message = f"a lot of {format_number(part.lot)} {name} is more than any supplier can make in the study"
            yield view.problem(path, message, "write a smaller lot")
        elif 0 < rates.get(name, 0.0) * seconds < float(part.lot):
            needed = format_number(round(Fraction(rates[name]) * seconds, 1))
            message = f"a lot of {format_number(part.lot)} {name} is more than the {needed} needed in the whole study"
            yield view.problem(path, message, warning=True)


def events(scenario: Scenario, bill: Bill) -> float:
    """Rough number of events in one replication: orders at every level of the chain, a few events each."""
    study = scenario.study
    seconds = float((study.end - study.start).days * DAY)
    rates = part_rates(scenario, bill)
    needs = bill.needs
    placed: dict[str, float] = {}
    for market in scenario.markets.values():
        rate = market_rate(scenario, market)
        if market.process == "trace":
            orders = float(len(market.listed))
        elif market.process == "regular":
            orders = seconds / float(market.every)
        else:
            orders = seconds * rate / market.quantity.moments[0]
        placed[market.buys] = placed.get(market.buys, 0.0) + orders
    order = top_down({part: dict.fromkeys(used, Fraction(1)) for part, used in needs.items()})
    total = 0.0
    for part in order:
        orders = placed.get(part, 0.0)
        total += orders
        for name, warehouse in scenario.warehouses.items():
            if warehouse.stocks == part:
                firms = len(firm_names(name, warehouse))
                again = firms * seconds / float(warehouse.review) if warehouse.review else orders
                total += min(orders, again) * (1 if warehouse.buys_from else _sources(scenario, part))
        for path, firm in makers(scenario).get(part, ()):
            firms = len(firm_names(str(path[1]), firm))
            starts = orders if firm.batch is None else max(orders, seconds * rates.get(part, 0.0) / float(firm.batch))
            if firm.review:
                starts = min(starts, firms * seconds / float(firm.review))
            for component in needs.get(part, {}):
                used = _sources(scenario, component)
                placed[component] = placed.get(component, 0.0) + starts * used
    return total * EVENTS_PER_ORDER


def _sources(scenario: Scenario, part: str) -> int:
    """How many suppliers an order for a part is spread over."""
    number = 0
    for path, firm in makers(scenario).get(part, ()):
        firms = firm_names(str(path[1]), firm)
        rings_present = len({ring for _, ring in firms})
        sources = firm.sources * rings_present if isinstance(firm, Supplier) and firm.sources else len(firms)
        number += min(sources, len(firms))
    return max(1, number)


def check_load(view: View) -> Iterator[Problem]:
    """Refuses a study that would not end, before anything runs."""
    scenario, study = view.scenario, view.scenario.study
    bill = _ready(view)
    if bill is None:
        return
    runs = study.replications * (1 + len(study.policies))
    one = events(scenario, bill)
    if one * runs > MOST_EVENTS:
        message = (
            f"the study would take about {_big(one * runs)} events ({_big(one)} in each of {runs:,} runs), "
            f"more than {_big(MOST_EVENTS)}"
        )
        key = "replications" if one * 10 < MOST_EVENTS else "end"
        yield view.problem(("study", key), message, "fewer replications, a shorter study, or larger orders and batches")


def _big(number: float) -> str:
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= size:
            return f"{number / size:,.3g} {word}"
    return f"{number:,.0f}"
