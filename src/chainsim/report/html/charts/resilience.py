"""How far deliveries fall behind and when they have caught up: a curve a policy, and stops of single suppliers."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from chainsim.compare.paired import BASELINE
from chainsim.report.html import embed
from chainsim.report.html.charts import plot
from chainsim.report.html.numbers import NOTHING, Numbers
from chainsim.report.html.parts import Chart, Section, Table, Variant
from chainsim.report.html.source import Source, rows_of
from chainsim.report.html.words import Words

LEAST: Final = 1.0  # units behind; less is not drawn
BEFORE, AFTER = 7, 14  # days shown around it


def section(source: Source, words: Words, numbers: Numbers) -> Section:
    """Curves where a policy's deliveries ever lag behind the baseline's on the same luck; the stops where given."""
    daily = source.mean("daily", ["date"], ["delivered_units"], policy=None)
    wide = daily.pivot(index="date", columns="policy", values="delivered_units").sort_index()
    behind = -wide.sub(wide[BASELINE], axis=0).cumsum()
    lagging = [policy for policy in source.policies if policy in behind and behind[policy].max() >= LEAST]
    lagging.sort(key=lambda policy: behind[policy].iloc[-1] >= LEAST)  # those that recover first
    charts = []
    if lagging:
        variants = [_curve(policy, behind[policy], words, numbers) for policy in lagging]
        summary = words("resilience.summary")
        charts.append(Chart("resilience-chart", words("resilience.chart"), summary, variants, words("page.policy")))
    stops = _stops(source.resilience, words, numbers) if source.resilience is not None else None
    title = words("resilience.title")
    if not charts and stops is None:
        return Section("resilience", title, missing=words("resilience.missing"))
    if stops is not None:
        charts.append(stops)
    notes = [words("resilience.note")] if lagging else []
    notes += [] if stops else [words("resilience.how")]
    return Section("resilience", title, words("resilience.lead"), charts, notes=notes)


def _curve(policy: str, behind: pd.Series[float], words: Words, numbers: Numbers) -> Variant:
    """From a week before the first day that lags to a fortnight after the last."""
    late = [at for at, value in enumerate(behind) if value >= LEAST]
    low, high = max(0, late[0] - BEFORE), min(len(behind), late[-1] + 1 + AFTER)
    shown = behind.iloc[low:high].clip(lower=0)
    divisor, unit = numbers.count_scale(float(shown.max()))
    trace = {
        "type": "scatter",
        "mode": "lines",
        "fill": "tozeroy",
        "x": list(shown.index),
        "y": [value / divisor for value in shown],
        "line": {"color": plot.RED, "width": 2},
        "hovertext": [numbers.counted(value) for value in shown],
        "hoverinfo": "x+text",
        "showlegend": False,
    }
    layout = plot.layout(
        320,
        hovermode="x unified",
        xaxis=plot.dates("%Y-%m-%d"),
        yaxis=plot.axis(words("resilience.axis", unit=unit), rangemode="tozero"),
    )
    caught_up = late[-1] + 1 < len(behind)
    peak = str(behind.idxmax())
    rows = [
        [words("resilience.first"), str(behind.index[late[0]])],
        [words("resilience.peak"), f"{numbers.counted(float(behind.max()))}, {peak}"],
        [words("resilience.caught_up"), str(behind.index[late[-1] + 1]) if caught_up else words("resilience.not_yet")],
        [words("resilience.days"), str(late[-1] + 1 - late[0]) if caught_up else NOTHING],
    ]
    table = Table([words("resilience.what"), words("resilience.value")], rows)
    return Variant(policy, {"data": [trace], "layout": layout}, table)


def _stops(table: pd.DataFrame, words: Words, numbers: Numbers) -> Chart:
    """Time to survive and time to recover of each stop."""
    rows = rows_of(table)
    said = [str(row["stop"]) for row in rows]
    labels = plot.wrapped_apart(said)
    data: list[dict[str, Any]] = []
    for key, colour in (("survive_days", plot.GREEN), ("recover_days", plot.RED)):
        name = words(f"resilience.{key}")
        days = [float(row[key]) for row in rows]
        texts = [NOTHING if math.isnan(value) else f"{value:,.1f}" for value in days]
        data.append(
            plot.bars(
                [0 if math.isnan(value) else value for value in days],
                labels,
                orientation="h",
                name=name,
                marker={"color": colour},
                text=texts,
                hovertext=[f"{embed.label(who)}, {name}: {text}" for who, text in zip(said, texts, strict=True)],
            )
        )
    layout = plot.layout(
        plot.horizontal(labels, legend=True, rows=2),
        margin=plot.figures_beside(),
        barmode="group",
        xaxis=plot.axis(words("resilience.days_axis")),
        yaxis=plot.names(autorange="reversed"),
    )
    keys = ("survive_days", "first_wait_days", "held_hours", "recover_days")
    money = ("late_cny", "lost_cny", "value_added_lost_cny")
    header = [words(f"resilience.{key}") for key in ("stop", *keys, *money)]
    cells = [
        [
            who,
            *(NOTHING if math.isnan(float(row[key])) else f"{float(row[key]):,.1f}" for key in keys),
            *(numbers.money(float(row[key])) for key in money),
        ]
        for who, row in zip(said, rows, strict=True)
    ]
    variant = Variant("", {"data": data, "layout": layout}, Table(header, cells))
    return Chart("stops-chart", words("resilience.stops"), words("resilience.stops_summary"), [variant])
