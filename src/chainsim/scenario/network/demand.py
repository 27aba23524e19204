"""Planned demand of one market, day by day: what it states, times season, growth and ramp, and what is brought forward.

In: a market and the start of the study.  Out: units by day.  This module must not know firms, parts or what is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import accumulate

from chainsim.errors import ScenarioError
from chainsim.model.demand import smoothest_ramp
from chainsim.scenario.language import schema

DAY = 86_400
YEAR = 365  # days, as in the durations of a scenario
GREATEST = 300.0  # exponent of growth; a plan that large is refused


def cumulative(market: schema.Market, start: date, days: int) -> list[float]:
    """Planned demand in units from `start` to the morning of each day 0..days."""
    if market.process == "trace":
        return _listed(market, start, days)
    if is_flat(market):
        daily = base_rate(market) * DAY
        return [daily * day for day in range(days + 1)]
    planned = daily_plan(market, start, days)
    if (day := dip(planned)) is not None:
        when = start + timedelta(days=day)
        raise ScenarioError(f"pull_forward takes more on {when} than is planned for that day; write a longer payback")
    return [0.0, *accumulate(max(0.0, units) for units in planned)]


def dip(planned: Sequence[float]) -> int | None:
    """First day whose plan is below 0 by more than the last bits of a float, None if there is none."""
    return next((day for day, units in enumerate(planned) if units < -1e-9), None)


def base_rate(market: schema.Market) -> float:
    """Planned units per second without season, growth and the like, where no yearly totals are given."""
    if market.rate is not None:
        return float(market.rate)
    size = market.quantity.moments[0]
    if market.process == "regular":
        return size / float(market.every) if "quantity" in market.model_fields_set else 0.0
    gap = market.between.moments[0] if market.between else 0.0
    return size / gap if gap else 0.0


def is_flat(market: schema.Market) -> bool:
    """Whether every day plans the same."""
    return market.process != "trace" and not market.yearly and not is_shaped(market)


def is_shaped(market: schema.Market) -> bool:
    """Whether season, growth, a ramp or sales brought forward change the plan."""
    return bool(market.season or market.growth or market.ramp or market.pull_forward)


def daily_plan(market: schema.Market, start: date, days: int) -> list[float]:
    """Planned units of each day 0..days-1; below 0 only where a dip takes more than there is.

    The plan is what the market states, times season, growth and ramp; then what is brought forward is moved.
    """
    stated = _stated(market, start)
    shape = shaping(market, start)

    def planned(day: int) -> float:
        return stated(day) * shape(day)

    own = [planned(day) for day in range(days)]
    subsidy = market.pull_forward
    if subsidy is None:
        return own
    first = 0 if subsidy.begin is None else (subsidy.begin - start).days
    last = (subsidy.until - start).days
    extra = float(subsidy.gains) * sum(planned(day) for day in range(first, last))
    missing = extra * float(1 - subsidy.additional)
    length = float(subsidy.payback / DAY)
    result = []
    for day, units in enumerate(own):
        dip = max(0.0, min(day + 1.0, last + length) - max(day, last)) / length * missing
        result.append(units * (1 + float(subsidy.gains)) if first <= day < last else units - dip)
    return result


def shaping(market: schema.Market, start: date) -> Callable[[int], float]:
    """By what season, growth and ramp multiply the plan of a day, counted from `start`; each a mean over the day."""
    season = {month: float(factor) for month, factor in market.season.items()}
    growth = math.log1p(float(market.growth))
    ramp = market.ramp
    first = 0 if ramp is None or ramp.begin is None else (ramp.begin - start).days
    last = 0 if ramp is None else (ramp.until - start).days

    def factor(day: int) -> float:
        result = season.get(date.fromordinal(start.toordinal() + day).month, 1.0)
        if growth:
            result *= math.exp(min(GREATEST, growth * day / YEAR)) * math.expm1(growth / YEAR) * YEAR / growth
        if ramp is not None:
            way = min(1.0, max(0.0, (day + 0.5 - first) / max(1, last - first)))
            result *= float(ramp.start) + float(1 - ramp.start) * (way if ramp.shape == "linear" else _s_curve(way))
        return result

    return factor


def _s_curve(way: float) -> float:
    """A logistic curve from 0 to 1; its middle runs from 1 % to 99 % and is stretched to meet the ends."""

    def logistic(x: float) -> float:
        return 1 / (1 + math.exp(-2 * math.log(99) * (x - 0.5)))

    return (logistic(way) - logistic(0)) / (logistic(1) - logistic(0))


def _listed(market: schema.Market, start: date, days: int) -> list[float]:
    """What the listed orders add up to by the morning of each day."""
    by_day = [0.0] * (days + 1)
    for moment, units in market.listed:
        day = (moment.date() - start).days
        if 0 <= day < days:
            by_day[day + 1] += float(units)
    return list(accumulate(by_day))


def _stated(market: schema.Market, start: date) -> Callable[[int], float]:
    """Units of a day, counted from `start`, as the market states them."""
    if not market.yearly:
        daily = base_rate(market) * DAY
        return lambda day: daily
    years = sorted(int(year) for year in market.yearly)
    if years != list(range(years[0], years[-1] + 1)):
        raise ScenarioError(f"yearly totals must be of years that follow each other, got {', '.join(map(str, years))}")
    lengths = [(date(year + 1, 1, 1) - date(year, 1, 1)).days for year in years]
    rates = smoothest_ramp([float(market.yearly[str(year)]) for year in years], [float(n) for n in lengths])
    if min(rates) < 0:
        raise ScenarioError("no ramp without negative demand meets the yearly totals; give more years or a `rate`")

    def ramp(day: int) -> float:
        today = start + timedelta(days=day)
        index = years.index(today.year) if today.year in years else (0 if today.year < years[0] else len(years) - 1)
        into = (today - date(years[index], 1, 1)).days + 0.5
        slope = (rates[index + 1] - rates[index]) / lengths[index]
        return max(0.0, rates[index] + slope * into)

    return ramp
