"""Whom the plants waited for, why, for how many hours, and the revenue that they could not make meanwhile."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from chainsim.report.html import embed
from chainsim.report.html.charts import plot
from chainsim.report.html.numbers import Numbers
from chainsim.report.html.parts import Chart, Section, Table, Variant
from chainsim.report.html.source import Source, rows_of
from chainsim.report.html.words import Words

MOST: Final = 12
KEYS: Final = ("firm", "component", "root", "cause")
COLOUR: Final = {
    "standing still": plot.RED,
    "at capacity": plot.ORANGE,
    "making": plot.SKY,
    "under way": plot.BLUE,
    "not ordered": plot.PURPLE,
    "ring": plot.GREY,
}


def section(source: Source, words: Words, numbers: Numbers) -> Section:
    """One variant a policy under which a plant waited."""
    title = words("bottlenecks.title")
    firms = source.tables["firms"]
    masters = set(firms.loc[firms["kind"] == "chain_master", "firm"])
    own = source.tables["bottlenecks"]
    own = own[own["firm"].isin(masters)] if masters else own
    sums = Source(source.facts, {"own": own}).mean("own", KEYS, ["hours", "held_revenue_cny"], policy=None)
    waited = [policy for policy in source.policies if policy in set(sums["policy"])]
    idle = [words.policy(policy) for policy in source.policies if policy not in waited]
    nobody = [words("bottlenecks.nobody", policies=words("page.comma").join(idle))] if idle else []
    if not waited:
        return Section("bottlenecks", title, missing=words("bottlenecks.missing"))
    variants = [_variant(policy, sums[sums["policy"] == policy], len(masters) > 1, words, numbers) for policy in waited]
    chart = Chart(
        "bottlenecks-chart", words("bottlenecks.chart"), words("bottlenecks.summary"), variants, words("page.policy")
    )
    notes = [*nobody, words("bottlenecks.note")]
    return Section("bottlenecks", title, words("bottlenecks.lead"), [chart], notes=notes)


def _variant(policy: str, sums: pd.DataFrame, several: bool, words: Words, numbers: Numbers) -> Variant:
    ordered = rows_of(sums.sort_values("hours", ascending=False, kind="stable"))
    rows = ordered[:MOST]
    said = [_who(row, several) for row in rows]
    labels = plot.wrapped_apart(said)
    data: list[dict[str, Any]] = []
    for cause in dict.fromkeys(str(row["cause"]) for row in rows):
        mine = [(row, label, who) for row, label, who in zip(rows, labels, said, strict=True) if row["cause"] == cause]
        shown = words.term("cause", cause)
        data.append(
            plot.bars(
                [row["hours"] for row, _, _ in mine],
                [label for _, label, _ in mine],
                orientation="h",
                name=shown,
                marker={"color": COLOUR.get(cause, plot.GREY)},
                text=[numbers.hours(row["hours"]) for row, _, _ in mine],
                showlegend=True,
                hovertext=[
                    f"{embed.label(who)}, {shown}: {numbers.hours(row['hours'])}<br>"
                    f"{numbers.money(row['held_revenue_cny'])}"
                    for row, _, who in mine
                ],
            )
        )
    layout = plot.layout(
        plot.horizontal(labels, legend=True),
        margin=plot.figures_beside(),
        barmode="overlay",
        xaxis=plot.axis(words("bottlenecks.axis")),
        yaxis=plot.names(autorange="reversed", categoryorder="array", categoryarray=labels),
    )
    header = [words(f"bottlenecks.{key}") for key in ("line", "component", "root", "cause", "hours", "held")]
    cells = [
        [
            *(str(row[key]) for key in KEYS[:3]),
            words.term("cause", str(row["cause"])),
            numbers.hours(row["hours"]),
            numbers.money(row["held_revenue_cny"]),
        ]
        for row in ordered[: 4 * MOST]
    ]
    return Variant(words.policy(policy), {"data": data, "layout": layout}, Table(header, cells, left=4))


def _who(row: dict[Any, Any], several: bool) -> str:
    root = str(row["root"])
    what = root if root.startswith(str(row["component"])) else f"{root} ({row['component']})"
    return f"{row['firm']}: {what}" if several else what
