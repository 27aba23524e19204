"""How many firms there are and what they sell, by district and by ring."""

from __future__ import annotations

from typing import Final

from chainsim.report.html import embed
from chainsim.report.html.charts import plot
from chainsim.report.html.numbers import Numbers
from chainsim.report.html.parts import Chart, Section, Table, Variant
from chainsim.report.html.source import Row, Source, rows_of
from chainsim.report.html.words import Words

MOST: Final = 18
RINGS: Final = ("city", "province", "nation", "abroad")
VALUES: Final = ("firms", "revenue_cny", "revenue_outside_group_cny", "value_added_cny")


def section(source: Source, words: Words, numbers: Numbers) -> Section:
    """Plants and suppliers of the baseline; firms whose district is not stated stand under their ring alone."""
    firms = source.tables["firms"]
    firms = firms[firms["kind"].isin(["chain_master", "supplier"])]
    own = Source(source.facts, {"firms": firms.assign(firms=1)})
    means = own.mean("firms", ["district", "ring"], VALUES)
    districts = rows_of(means)
    districts.sort(key=lambda row: (RINGS.index(row["ring"]), not row["district"], -row["revenue_cny"]))
    rings = [
        {"district": "", **row} for row in rows_of(means.groupby("ring", sort=False)[list(VALUES)].sum().reset_index())
    ]
    rings.sort(key=lambda row: RINGS.index(row["ring"]))
    variants = [
        _variant(words("places.by_district"), districts[:MOST], words, numbers, True),
        _variant(words("places.by_ring"), rings, words, numbers, False),
    ]
    chart = Chart("places-chart", words("places.chart"), words("places.summary"), variants, words("places.choice"))
    return Section("places", words("places.title"), words("places.lead"), [chart], notes=[words("places.note")])


def _variant(name: str, rows: list[Row], words: Words, numbers: Numbers, by_district: bool) -> Variant:
    said = [_place(row, words, by_district) for row in rows]
    labels = plot.wrapped_apart(said)
    divisor, unit = numbers.money_scale(max((row["revenue_cny"] for row in rows), default=1.0))
    colours = [plot.RINGS[row["ring"]] for row in rows]
    data = []
    for number, key in enumerate(("firms", "revenue_cny")):
        scale = divisor if number else 1.0
        texts = [numbers.money(row[key]) if number else numbers.whole(row[key]) for row in rows]
        data.append(
            plot.steps(
                labels,
                [0.0] * len(rows),
                [row[key] / scale for row in rows],
                marker={"color": colours},
                text=texts,
                hovertext=[f"{embed.label(place)}: {shown}" for place, shown in zip(said, texts, strict=True)],
                xaxis="x" if number == 0 else "x2",
                yaxis="y" if number == 0 else "y2",
                showlegend=False,
            )
        )
    height = plot.horizontal(labels)
    upper, lower = [0.5 + 40 / (2 * height), 1.0], [0.0, 0.5 - 40 / (2 * height)]
    layout = plot.layout(
        2 * height,
        margin=plot.figures_beside(),
        xaxis=plot.axis(words("places.firms"), nticks=5, anchor="y"),
        xaxis2=plot.axis(words("places.revenue", unit=unit), nticks=5, anchor="y2"),
        yaxis=plot.names(autorange="reversed", domain=upper, anchor="x"),
        yaxis2=plot.names(autorange="reversed", domain=lower, anchor="x2"),
        bargap=0.35,
    )
    header = [words(f"places.{key}") for key in ("place", "firms", "money", "outside_group", "value_added")]
    cells = [
        [place, numbers.whole(row["firms"]), *(numbers.money(row[key]) for key in VALUES[1:])]
        for place, row in zip(said, rows, strict=True)
    ]
    return Variant(name, {"data": data, "layout": layout}, Table(header, cells))


def _place(row: Row, words: Words, by_district: bool) -> str:
    ring = words.term("ring", str(row["ring"]))
    if not by_district:
        return ring
    return f"{row['district']}, {ring}" if row["district"] else words("places.unknown", ring=ring)
