"""What a market says of its demand: that the keys go together, and that its dates and numbers make a plan.

In: a View.  Out: problems and warnings.  This module must not know who supplies the market.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from chainsim.errors import Problem
from chainsim.model.quantities import Fixed, Normal
from chainsim.scenario.checks.view import View
from chainsim.scenario.language.schema import Market
from chainsim.scenario.network.demand import DAY, base_rate, daily_plan, dip, is_shaped
from chainsim.scenario.text.nodes import Mapping, Path
from chainsim.scenario.text.suggest import listed
from chainsim.units import format_duration

MOST_UNITS = 10**12
SHAPES = ("season", "growth", "ramp", "pull_forward")
READS = (
    *("rate", "yearly", "arrivals", "every", "between", "quantity", "noise", "noise_law", "correlation"),
    *SHAPES,
    *("schedule", "trace"),
)
# What each kind of arrivals has no use for: refused, or for keys that were always let through, warned of.
USELESS = {
    "regular": ("between",),
    "poisson": ("between", "correlation", "noise_law"),
    "renewal": ("correlation", "noise_law"),
    "trace": ("rate", "yearly", "between", "quantity", "noise", "noise_law", "correlation", *SHAPES),
}
IDLE = {"poisson": ("every", "noise"), "renewal": ("every", "noise"), "trace": ("every",), "regular": ()}


HINT_SIZE = 'write a number such as 20, or a law such as "poisson(20)"'
HINT_GAP = "write the mean time between two orders, or its law: `between: gamma(4 h, 2 h)`"


def check_demand(view: View) -> Iterator[Problem]:
    """Every market says what it wants, once."""
    for name, market in view.scenario.markets.items():
        path: Path = ("markets", name)
        clashes = [*_listed(view, path, market), *_useless(view, path, market)]
        yield from clashes
        if any(not clash.warning for clash in clashes):
            continue
        if market.process != "trace":
            yield from _stated(view, path, market)
            yield from _luck(view, path, market)
        found = list(_dates(view, path, market))
        yield from found
        if market.process != "trace" and not found:
            yield from _plan(view, path, market)


def _stated(view: View, path: Path, market: Market) -> Iterator[Problem]:
    """How much is wanted, by one of rate, yearly totals, and the sizes of orders."""
    name = path[1]
    sized = market.process == "regular" and "quantity" in market.model_fields_set
    own = sized or (market.process == "renewal" and market.between is not None)
    if market.rate is None and not market.yearly and not own:
        hint = "write `rate: 900/day`, or `yearly: {2024: 360_000}`"
        if market.process == "renewal":
            yield view.problem(path, f"market {name} states no demand", f"{hint}, and `between`")
        else:
            yield view.problem(path, f"market {name} states no demand", hint)
    elif market.process == "renewal" and market.between is None:
        hint = "write `between: gamma(4 h, 2 h)`; with a rate, only the shape of the law counts"
        yield view.problem((*path, "arrivals"), f"renewal orders of {name} need the time `between` them", hint)
    if market.rate is not None and market.yearly:
        yield view.problem((*path, "yearly"), f"market {name} states both rate and yearly", "leave one of them out")
    planned = "rate" if market.rate is not None else "yearly"
    if sized and (market.rate is not None or market.yearly):
        message = f"regular orders of {name} follow either {planned} or quantity, and it states both"
        if isinstance(market.quantity, Fixed):
            yield view.problem((*path, "quantity"), f"{message}; quantity is not used", warning=True)
        else:
            hint = f"leave {planned} out (the law and `every` make a rate), or write `noise` instead of the law"
            yield view.problem((*path, "quantity"), message, hint)
    if market.quantity.moments[0] == 0 and market.process != "trace":
        yield view.problem((*path, "quantity"), f"quantity of {name} is always 0: it never buys anything", HINT_SIZE)
    yield from _years(view, path, market)


def _years(view: View, path: Path, market: Market) -> Iterator[Problem]:
    study, days = view.scenario.study, _horizon(view)
    name = path[1]
    last = study.end - timedelta(days=1) if days else study.start
    years = {str(year) for year in range(study.start.year, last.year + 1)} if days else set()
    stated = sorted(int(year) for year in market.yearly)
    between = {str(year) for year in range(stated[0], stated[-1])} if stated else set()
    missing = sorted((years | between) - set(market.yearly)) if market.yearly else []
    if missing:
        reason = "which the study runs through" if set(missing) & years else "a year between those it states"
        message = f"yearly of {name} says nothing about {', '.join(missing)}, {reason}"
        yield view.problem((*path, "yearly"), message, f"add `{missing[0]}: ...`, or let the study end earlier")
    moving = next((key for key in ("growth", "ramp", "pull_forward") if getattr(market, key)), "")
    if (market.yearly or moving) and study.warm_up:
        what = "a ramp (yearly demand)" if market.yearly else f"demand with {moving}"
        message = f"study.warm_up is for steady-state studies; {what} has no steady state"
        yield view.problem(("study", "warm_up"), message, "leave warm_up out, or write a constant `rate`")
    regular = market.process == "regular" and not market.yearly
    if regular and market.every > days * DAY > 0:
        message = (
            f"every of {format_duration(market.every)} is longer than the horizon of {days} days: one order at most"
        )
        yield view.problem((*path, "every"), message, warning=True)


def _luck(view: View, path: Path, market: Market) -> Iterator[Problem]:
    """What is drawn: gaps, noise, and orders that hang together."""
    name = path[1]
    planned = market.rate is not None or bool(market.yearly)
    if market.between is not None and market.between.moments[0] == 0:
        yield view.problem((*path, "between"), f"between of {name} is always 0: orders would never end", HINT_GAP)
    if market.process != "regular":
        return
    if market.noise and not planned:
        hint = "write `rate` instead of `quantity`, or put the spread into the law, such as normal(20, 5)"
        yield view.problem((*path, "noise"), f"noise of {name} spreads a planned order, and it states a law", hint)
    if market.noise_law != "normal" and not market.noise:
        hint = "write `noise: 20%`"
        yield view.problem((*path, "noise_law"), f"noise_law of {name} is given, but no noise", hint)
    if not market.correlation:
        return
    if planned and (not market.noise or market.noise_law != "normal"):
        message = f"correlation of {name} needs noise by the normal law"
        yield view.problem((*path, "correlation"), message, "write `noise: 20%`, and leave `noise_law` out")
    elif not planned and not isinstance(market.quantity, Normal):
        message = f"correlation of {name} needs a normal law of order sizes"
        yield view.problem((*path, "correlation"), message, 'write `quantity: "normal(20, 5)"`')


def _listed(view: View, path: Path, market: Market) -> Iterator[Problem]:
    """A schedule and a trace stand alone, and have orders in the study."""
    name, study = path[1], view.scenario.study
    if market.schedule and market.trace:
        yield view.problem((*path, "trace"), f"market {name} states both schedule and trace", "leave one of them out")
        return
    if market.arrivals == "trace" and not market.schedule and not market.trace:
        hint = "write `trace: orders.csv`, or `schedule: {2024-01-05: 20}`"
        yield view.problem((*path, "arrivals"), f"arrivals of {name} are a trace, but it lists no orders", hint)
    if market.process != "trace":
        return
    key = "schedule" if market.schedule else "trace"
    if "arrivals" in market.model_fields_set and market.arrivals != "trace":
        message = f"market {name} states both {key} and arrivals: {market.arrivals}"
        yield view.problem((*path, "arrivals"), message, "leave `arrivals` out, or write a second market")
    node = view.node((*path, "schedule"))
    if isinstance(node, Mapping) and len(node.entries) > len(market.schedule):
        yield view.problem((*path, "schedule"), f"schedule of {name} states the same moment twice", "add them up")
    moments = [moment for moment, _ in market.listed]
    outside = [moment for moment in moments if not study.start <= moment.date() < study.end]
    if len(outside) == len(moments):
        message = f"{key} of {name} has no order in the study, {study.start} to {study.end}: it never buys anything"
        yield view.problem((*path, key), message, warning=True)
    elif outside and key == "schedule":
        when = listed([moment.isoformat(" ", "minutes").removesuffix(" 00:00") for moment in outside], 3)
        yield view.problem((*path, key), f"schedule of {name} has orders outside the study: {when}", warning=True)


def _useless(view: View, path: Path, market: Market) -> Iterator[Problem]:
    """Keys that the market's kind of arrivals has no use for."""
    process = market.process
    kind = "a schedule or trace is exactly what it lists" if process == "trace" else f"arrivals are {process}"
    given = market.model_fields_set
    for keys, warning in ((USELESS[process], False), (IDLE[process], True)):
        for key in keys:
            value = getattr(market, key)
            if key in given and value not in (None, {}) and (value or key == "rate"):
                hint = "" if warning else _instead(process, key)
                message = f"{key} of {path[1]} is not used: {kind}"
                yield view.problem((*path, key), message, hint, warning=warning)


def _instead(process: str, key: str) -> str:
    if process == "trace":
        return f"leave `{key}` out, or write a second market for it"
    return "write `arrivals: renewal`" if key == "between" else "leave it out, or write `arrivals: regular`"


def _dates(view: View, path: Path, market: Market) -> Iterator[Problem]:
    """A ramp and a subsidy end after they begin, and a dip takes no more than there is."""
    study, name = view.scenario.study, path[1]
    sound = True
    for key, change in (("ramp", market.ramp), ("pull_forward", market.pull_forward)):
        if change is None:
            continue
        begin = change.begin or study.start
        if change.until <= begin:
            message = f"{key} of {name} ends on {change.until}, not after it begins on {begin}"
            yield view.problem((*path, key, "until"), message, "until is the first day after it")
            sound = False
    subsidy = market.pull_forward
    if not sound or subsidy is None or not _horizon(view):
        return
    over = subsidy.until.toordinal() + subsidy.payback / DAY <= study.start.toordinal()
    if (subsidy.begin or study.start) >= study.end or over:
        message = f"pull_forward of {name} does nothing: the study runs from {study.start} to {study.end}"
        yield view.problem((*path, "pull_forward"), message, "move its dates into the study", warning=True)


def _plan(view: View, path: Path, market: Market) -> Iterator[Problem]:
    """The plan is never below 0 and can be counted; one from yearly totals is judged when it is made."""
    days, start = _horizon(view), view.scenario.study.start
    if market.yearly or not days:
        return
    daily = daily_plan(market, start, days) if is_shaped(market) else [base_rate(market) * DAY] * days
    if sum(daily) > MOST_UNITS:
        key = next((key for key in ("growth", "rate") if getattr(market, key)), "quantity")
        message = f"demand of {path[1]} comes to more than a trillion units over the study"
        yield view.problem((*path, key), message, "count in larger units, such as thousands")
    elif (low := dip(daily)) is not None:
        when = start + timedelta(days=low)
        message = f"pull_forward of {path[1]} takes more on {when} than is planned for that day"
        yield view.problem((*path, "pull_forward", "payback"), message, "write a longer payback, or smaller gains")


def _horizon(view: View) -> int:
    study = view.scenario.study
    return max(0, (study.end - study.start).days)
