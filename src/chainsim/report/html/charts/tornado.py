"""Which assumed numbers move the result most, and which of them change the best policy."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from chainsim.report.html import embed
from chainsim.report.html.charts import plot
from chainsim.report.html.numbers import Numbers, Scale
from chainsim.report.html.parts import Chart, Section, Table, Variant
from chainsim.report.html.source import Row, Source, rows_of
from chainsim.report.html.words import Words

AS_STATED: Final = "as stated"
BASELINE: Final = "none"


def section(source: Source, words: Words, numbers: Numbers) -> Section:
    """One variant a policy: its difference to the baseline while one number at a time is moved down and up."""
    title = words("tornado.title")
    if source.sensitivity is None or source.sensitivity.empty:
        return Section("tornado", title, missing=words("tornado.missing"))
    table = source.sensitivity
    stated = table[table["number"] == AS_STATED].sort_values("rank", kind="stable")
    policies = [str(policy) for policy in stated["policy"] if policy != BASELINE]
    variants = [_variant(policy, table[table["policy"] == policy], words, numbers) for policy in policies]
    chart = Chart("tornado-chart", words("tornado.chart"), words("tornado.summary"), variants, words("page.policy"))
    top = sorted(set(table.loc[table["top_changes"], "number"]))
    note = words("tornado.flips", numbers=words("page.comma").join(top)) if top else words("tornado.stays")
    return Section("tornado", title, words("tornado.lead"), [chart], notes=[note, words("tornado.note")])


def _variant(policy: str, table: pd.DataFrame, words: Words, numbers: Numbers) -> Variant:
    stated = float(table.loc[table["number"] == AS_STATED, "difference"].iloc[0])
    ends: dict[str, list[Row]] = {}
    for row in rows_of(table[table["number"] != AS_STATED]):
        ends.setdefault(str(row["number"]), []).append(row)
    widest = sorted(ends, key=lambda name: -_reach(ends[name]))
    scale = numbers.money_scale(max(abs(stated), *(abs(row["difference"]) for rows in ends.values() for row in rows)))
    labels = plot.wrapped_apart(widest)
    data = [_bars(sign, widest, labels, ends, stated, scale, words, numbers) for sign in ("-", "+")]
    line = {
        "type": "line",
        "x0": stated / scale.divisor,
        "x1": stated / scale.divisor,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
    }
    layout = plot.layout(
        plot.horizontal(labels, legend=True),
        barmode="overlay",
        xaxis=plot.axis(words("tornado.axis", unit=scale.unit)),
        yaxis=plot.names(autorange="reversed"),
        shapes=[line | {"line": {"color": plot.INK, "width": 1.5}}],
    )
    cells = [
        [
            name,
            str(row["swing"]),
            numbers.money(row["difference"], signed=True),
            numbers.money(row["difference"] - stated, signed=True),
            words("tornado.other" if row["top_changes"] else "tornado.same"),
        ]
        for name in widest
        for row in ends[name]
    ]
    header = [words(f"tornado.{key}") for key in ("number", "swing", "difference", "shift", "best")]
    return Variant(policy, {"data": data, "layout": layout}, Table(header, cells, left=2))


def _reach(rows: list[Row]) -> float:
    values = [float(row["difference"]) for row in rows]
    return max(values) - min(values)


def _bars(
    sign: str,
    widest: list[str],
    labels: list[str],
    ends: dict[str, list[Row]],
    stated: float,
    scale: Scale,
    words: Words,
    numbers: Numbers,
) -> dict[str, Any]:
    """From the value as stated to that under one direction of every swing."""
    found = [next((row for row in ends[name] if str(row["swing"]).startswith(sign)), None) for name in widest]
    return plot.bars(
        [0.0 if row is None else (row["difference"] - stated) / scale.divisor for row in found],
        labels,
        base=[stated / scale.divisor] * len(widest),
        orientation="h",
        width=0.8 if sign == "-" else 0.45,  # both are seen where both lie on one side
        name=words("tornado.down" if sign == "-" else "tornado.up"),
        marker={"color": plot.ORANGE if sign == "-" else plot.BLUE},
        hovertext=[
            ""
            if row is None
            else f"{embed.label(name)} {row['swing']}: {numbers.money(row['difference'], signed=True)}"
            for name, row in zip(widest, found, strict=True)
        ],
    )
