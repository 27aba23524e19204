"""What suppliers are owed, owe and hold at the end, policy by policy: what payment terms do to their cash."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from chainsim.compare.paired import BASELINE
from chainsim.report.html import embed
from chainsim.report.html.charts import plot
from chainsim.report.html.numbers import Numbers
from chainsim.report.html.parts import Chart, Section, Table, Variant
from chainsim.report.html.source import Source
from chainsim.report.html.words import Words

KEYS: Final = {"receivable_cny": plot.BLUE, "payable_cny": plot.ORANGE, "cash_cny": plot.GREEN}


def section(source: Source, words: Words, numbers: Numbers) -> Section:
    """All suppliers, then those of each ring."""
    firms = source.tables["firms"]
    suppliers = firms[firms["kind"] == "supplier"]
    title = words("cash.title")
    if suppliers.empty:
        return Section("cash", title, missing=words("cash.missing"))
    variants = [_variant(words("cash.all"), suppliers, source, words, numbers)]
    for ring in ("city", "province", "nation", "abroad"):
        mine = suppliers[suppliers["ring"] == ring]
        if len(mine):
            name = words("cash.in_ring", ring=words.term("ring", ring))
            variants.append(_variant(name, mine, source, words, numbers))
    outside = suppliers[suppliers["group"] == ""]
    if 0 < len(outside) < len(suppliers):
        variants.append(_variant(words("cash.no_group"), outside, source, words, numbers))
    chart = Chart("cash-chart", words("cash.chart"), words("cash.summary"), variants, words("cash.choice"))
    return Section("cash", title, words("cash.lead"), [chart], notes=[words("cash.note")])


def _variant(name: str, firms: pd.DataFrame, source: Source, words: Words, numbers: Numbers) -> Variant:
    own = Source(source.facts, {"firms": firms})
    sums = own.mean("firms", [], list(KEYS), policy=None).set_index("policy").reindex(source.policies)
    divisor, unit = numbers.money_scale(float(sums.abs().to_numpy().max(initial=1.0)))
    said = [words.policy(policy) for policy in source.policies]
    labels = plot.wrapped_apart(said)
    data: list[dict[str, Any]] = []
    for key, colour in KEYS.items():
        values = [float(value) for value in sums[key]]
        what = words(f"cash.{key}")
        data.append(
            plot.bars(
                [value / divisor for value in values],
                labels,
                orientation="h",
                name=what,
                marker={"color": colour},
                hovertext=[
                    f"{embed.label(policy)}, {what}: {numbers.money(value)}"
                    for policy, value in zip(said, values, strict=True)
                ],
            )
        )
    layout = plot.layout(
        plot.horizontal(labels, legend=True, rows=3),
        barmode="group",
        xaxis=plot.axis(unit),
        yaxis=plot.names(autorange="reversed"),
    )
    base = sums.loc[BASELINE]
    cells = [
        [
            policy,
            *(numbers.money(float(row[key])) for key in KEYS),
            numbers.money(float(row["receivable_cny"] - base["receivable_cny"]), signed=True),
            numbers.money(float(row["cash_cny"] - base["cash_cny"]), signed=True),
        ]
        for policy, (_, row) in zip(said, sums.iterrows(), strict=True)
    ]
    header = [
        words("page.policy"),
        *(words(f"cash.{key}") for key in KEYS),
        words("cash.more"),
        words("cash.more_cash"),
    ]
    return Variant(name, {"data": data, "layout": layout}, Table(header, cells))
