"""How much the plants delivered against what was planned and asked for, and since when a line is at its limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from chainsim.report.html import embed
from chainsim.report.html.charts import plot
from chainsim.report.html.numbers import Numbers
from chainsim.report.html.parts import Chart, Section, Table, Variant
from chainsim.report.html.source import Source, rows_of
from chainsim.report.html.words import Words
from chainsim.scenario.load import Loaded
from chainsim.scenario.network.demand import cumulative

SHORT: Final = 190  # days; a shorter study is shown by week
MOST_MARKS: Final = 3
MOST_LINES: Final = 40


def section(source: Source, words: Words, numbers: Numbers) -> Section:
    """One variant a policy."""
    bound = _bound(source)
    daily = source.mean("daily", ["date"], ["demanded_units", "delivered_units"], policy=None)
    days = sorted(set(daily["date"]))
    weekly = len(days) < SHORT
    plan = _plan(source.loaded, len(days)) if source.loaded else {}
    variants = []
    for policy in source.policies:
        mine = daily[daily["policy"] == policy]
        own = bound[bound["policy"] == policy]
        variants.append(_variant(policy, mine, plan, own, weekly, words, numbers))
    span = words("ramp.week" if weekly else "ramp.month")
    chart = Chart("ramp-chart", words("ramp.chart", span=span), words("ramp.summary"), variants, words("page.policy"))
    lead = words("ramp.lead") if plan else words("ramp.lead_without_plan")
    listed = _listed(bound, words, numbers)
    notes = [words("ramp.note")] + ([] if listed else [words("ramp.nobody")])
    return Section("ramp", words("ramp.title"), lead, [chart], table=listed, notes=notes)


def _plan(loaded: Loaded, days: int) -> dict[str, float]:
    """Planned units by day of the baseline, all markets together."""
    start = loaded.scenario.study.start
    found: dict[str, float] = {}
    for market in loaded.scenario.markets.values():
        planned = cumulative(market, start, days)
        for day in range(days):
            key = (start + timedelta(days=day)).isoformat()
            found[key] = found.get(key, 0.0) + planned[day + 1] - planned[day]
    return found


def _bound(source: Source) -> pd.DataFrame:
    """Lines that were full from some month to the end, with whose they are: a plant's, or a category's."""
    lines = source.tables["lines"]
    full = lines[lines["bound_since"].fillna("") != ""]
    grouped = full.groupby(["policy", "firm", "part"], sort=False)
    found = grouped.agg(since=("bound_since", "min"), runs=("replication", "nunique"), used=("utilisation", "mean"))
    found = found.reset_index()
    firms = source.tables["firms"].drop_duplicates("firm").set_index("firm")
    master = found["firm"].map(firms["kind"]) == "chain_master"
    who = found["firm"].where(
        master | (found["firm"].map(firms["category"]) == ""), found["firm"].map(firms["category"])
    )
    return found.assign(master=master, who=who)


def _variant(
    policy: str,
    daily: pd.DataFrame,
    plan: dict[str, float],
    bound: pd.DataFrame,
    weekly: bool,
    words: Words,
    numbers: Numbers,
) -> Variant:
    begin = daily["date"].map(lambda day: _begin(day, weekly))
    sums = daily.groupby(begin, sort=True)[["demanded_units", "delivered_units"]].sum()
    series = {
        words("ramp.delivered"): sums["delivered_units"].tolist(),
        words("ramp.demanded"): sums["demanded_units"].tolist(),
    }
    if plan:
        planned = pd.Series([plan.get(day, 0.0) for day in daily["date"]], index=begin).groupby(level=0).sum()
        series[words("ramp.planned")] = planned.reindex(sums.index).tolist()
    divisor, unit = numbers.count_scale(max([1.0, *(max(values) for values in series.values())]))
    x = list(sums.index)
    data = [
        {
            "type": "scatter",
            "mode": "lines" if number else "lines+markers",
            "name": name,
            "x": x,
            "y": [value / divisor for value in values],
            "line": {"color": colour, "width": 2.5 if number == 0 else 2, "dash": dash},
            "hovertext": [f"{name}: {numbers.counted(value)}" for value in values],
            "hoverinfo": "x+text",
        }
        for number, ((name, values), colour, dash) in enumerate(
            zip(series.items(), (plot.BLUE, plot.GREY, plot.ORANGE), ("solid", "dot", "dash"), strict=False)
        )
    ]
    top = max(max(values) for values in series.values()) / divisor
    for (since, text), colour in zip(_marks(bound, words), (plot.RED, plot.GREEN, plot.PURPLE), strict=False):
        data.append(plot.upright(since, top, text, colour))
    figure = {
        "data": data,
        "layout": plot.layout(
            360,
            hovermode="x unified",
            xaxis=plot.dates("%m-%d" if weekly else "%Y-%m"),
            yaxis=plot.axis(unit, rangemode="tozero"),
        ),
    }
    header = [words("ramp.from"), *series]
    rows = [[at, *(f"{values[row]:,.0f}" for values in series.values())] for row, at in enumerate(x)]
    return Variant(words.policy(policy), figure, Table(header, rows))


def _begin(day: str, weekly: bool) -> str:
    """The first day of its week or month."""
    found = date.fromisoformat(day)
    return (found - timedelta(days=found.weekday()) if weekly else found.replace(day=1)).isoformat()


def _marks(bound: pd.DataFrame, words: Words) -> list[tuple[str, str]]:
    """Since when plants are bound, then the months in which most suppliers' lines became so."""
    found = [
        (f"{row['since']}-01", words("ramp.mark_one", firm=embed.label(str(row["firm"])), since=row["since"]))
        for row in rows_of(bound[bound["master"]])
    ]
    counts = bound[~bound["master"]].groupby("since").size().sort_values(ascending=False, kind="stable")
    for since, count in counts.head(MOST_MARKS).items():
        found.append((f"{since}-01", words("ramp.mark_some", count=count, since=since)))
    return sorted(found[:MOST_MARKS])


def _listed(bound: pd.DataFrame, words: Words, numbers: Numbers) -> Table | None:
    """The lines at their limit, plants first."""
    if bound.empty:
        return None
    grouped = bound.groupby(["policy", "master", "who", "part"], sort=False).agg(
        first=("since", "min"), last=("since", "max"), lines=("firm", "size"), used=("used", "mean")
    )
    ordered = grouped.reset_index().sort_values("master", ascending=False, kind="stable")
    header: Sequence[str] = [words(f"ramp.{key}") for key in ("policy", "firm", "makes", "since", "lines", "used")]
    rows: list[list[Any]] = [
        [
            words.policy(str(row["policy"])),
            str(row["who"]),
            str(row["part"]),
            str(row["first"]) if row["first"] == row["last"] else f"{row['first']} – {row['last']}",
            str(row["lines"]),
            numbers.share(float(row["used"])),
        ]
        for row in rows_of(ordered.head(MOST_LINES))
    ]
    return Table(header, rows, left=4)
