"""What each policy brings, costs and buys: the decision table, and city value added with its intervals."""

from __future__ import annotations

import math
from typing import Final

from chainsim.compare.decision import JUDGED
from chainsim.compare.paired import ONE_RUN
from chainsim.report.decision import standing
from chainsim.report.html import embed
from chainsim.report.html.charts import plot
from chainsim.report.html.numbers import NOTHING, Numbers, Scale
from chainsim.report.html.parts import Chart, Section, Table, Variant
from chainsim.report.html.source import Row, Source, rows_of
from chainsim.report.html.words import Words

MARKS: Final = {"better": "good", "worse": "bad", "exactly equal": "same", "no practical difference": "same"}
LONG: Final = 100  # years
MONEY: Final = ("revenue", "value_added", "tax", "public_cost")


def section(source: Source, words: Words, numbers: Numbers) -> Section:
    """The first thing a planner looks for."""
    title = words("decision.title")
    if not source.has("decision"):
        return Section("decision", title, missing=words("decision.missing"))
    table = source.tables["decision"]
    scale = numbers.money_scale(float(table[list(MONEY)].abs().to_numpy().max(initial=0.0)))
    ranks = standing(source.tables["ranking"])
    titles = source.titles()
    rows = rows_of(table)
    header = [words(f"decision.{key}") for key in ("policy", "rank", "revenue", "value_added", "half", "jobs", "tax")]
    header += [words(f"decision.{key}") for key in ("cost", "per_yuan", "payback", "verdict")]
    cells = [_cells(row, scale, ranks.get(str(row["policy"]), NOTHING), titles, words, numbers) for row in rows]
    shown = Table(header, cells, left=1, marks=[MARKS.get(str(row["verdict"]), "unclear") for row in rows])
    one_run = all(row["verdict"] == ONE_RUN for row in rows)
    notes = [words("decision.note"), *([words("decision.one_run")] if one_run else [])]
    return Section(
        "decision",
        title,
        words("decision.lead", unit=scale.unit),
        table=shown,
        notes=notes,
        charts=[_intervals(rows, source, words, numbers)],
    )


def _cells(row: Row, scale: Scale, rank: str, titles: dict[str, str], words: Words, numbers: Numbers) -> list[str]:
    half = (row["value_added_high"] - row["value_added_low"]) / 2
    policy = str(row["policy"])
    cost = row["public_cost"]
    ratio, years = row["per_fiscal_yuan"], row["payback_years"]
    payback = NOTHING
    if cost > 0:
        payback = words("decision.never") if math.isnan(years) else words("decision.years", years=_years(years))
    return [
        f"{policy}\n{titles[policy]}" if titles.get(policy) else policy,
        rank.replace("-", "–"),
        *(numbers.figure(row[name] / scale.divisor, signed=True) for name in ("revenue", "value_added")),
        NOTHING if math.isnan(half) else numbers.figure(half / scale.divisor),
        numbers.whole(row["jobs"], signed=True),
        numbers.figure(row["tax"] / scale.divisor, signed=True),
        numbers.figure(cost / scale.divisor),
        NOTHING if math.isnan(ratio) else f"{ratio:.2f}",
        payback,
        words.verdict(str(row["verdict"])),
    ]


def _years(years: float) -> str:
    return f"{years:,.1f}" if years < LONG else f">{LONG}"


def _intervals(rows: list[Row], source: Source, words: Words, numbers: Numbers) -> Chart:
    """Differences of city value added, a dot a policy, and between which differences nothing matters."""
    ends = [abs(row[name]) for row in rows for name in ("value_added", "value_added_low", "value_added_high")]
    matters = float(source.facts.get("matters_if", 0)) * abs(source.level(JUDGED))
    divisor, unit = numbers.money_scale(max([matters, *(end for end in ends if not math.isnan(end))]))
    rows = rows[::-1]  # the first policy at the top
    texts = [numbers.money(row["value_added"], signed=True) for row in rows]
    halves = [(row["value_added_high"] - row["value_added_low"]) / 2 / divisor for row in rows]
    policies = [str(row["policy"]) for row in rows]
    labels = plot.wrapped_apart(policies)
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [row["value_added"] / divisor for row in rows],
        "y": labels,
        "error_x": {"type": "data", "array": [0 if math.isnan(half) else half for half in halves], "color": plot.BLUE},
        "marker": {"size": 11, "color": plot.BLUE},
        "hovertext": [f"{embed.label(name)}: {text}" for name, text in zip(policies, texts, strict=True)],
        "hoverinfo": "text",
        "showlegend": False,
    }
    band = {"type": "rect", "x0": -matters / divisor, "x1": matters / divisor, "yref": "paper", "y0": 0, "y1": 1}
    band |= {"fillcolor": plot.FAINT, "opacity": 0.5, "line": {"width": 0}, "layer": "below"}
    figure = {
        "data": [dots],
        "layout": plot.layout(
            plot.horizontal(labels),
            xaxis=plot.axis(words("decision.axis", unit=unit)),
            yaxis=plot.names(),
            shapes=[band],
        ),
    }
    table = Table(
        [words("decision.policy"), words("decision.value_added"), words("decision.low"), words("decision.high")],
        [
            [
                str(row["policy"]),
                *(numbers.money(row[f"value_added{end}"], signed=True) for end in ("", "_low", "_high")),
            ]
            for row in rows[::-1]
        ],
    )
    title = words("decision.intervals")
    summary = words("decision.summary", threshold=numbers.money(matters))
    return Chart("decision-intervals", title, summary, [Variant("", figure, table)])
