"""Where a yuan of final sales becomes value added: directly, indirectly, induced; and what leaks away.

Bars float.  Direct, indirect and the input-output tail are parts of the yuan, and so is what leaks: together 1.  What
households bring when they spend their wages is new demand, on top of the yuan; it stands on the city's part and nothing
stands on it.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from chainsim.compare.paired import BASELINE
from chainsim.economy.effects import CONSTRUCTION, HOUSEHOLDS, TAIL
from chainsim.economy.regions import SCOPES
from chainsim.report.html import embed
from chainsim.report.html.charts import plot
from chainsim.report.html.numbers import Numbers
from chainsim.report.html.parts import Chart, Section, Table, Variant
from chainsim.report.html.source import Source, rows_of
from chainsim.report.html.words import Words

MEASURE: Final = "value added"
PARTS: Final = ("direct", "indirect", "tail", "stays", "induced")
BARS: Final = ("direct", "indirect", "tail", "stays", "induced", "province", "outside", "whole")
COLOUR: Final = {
    "direct": plot.BLUE,
    "indirect": plot.SKY,
    "tail": plot.GREEN,
    "stays": plot.INK,
    "induced": plot.ORANGE,
    "province": plot.PURPLE,
    "outside": plot.GREY,
    "whole": plot.INK,
}


class Bar(NamedTuple):
    """One bar: its name in `BARS`, where it begins, how long it is, yuan per yuan."""

    name: str
    base: float
    size: float


def section(source: Source, words: Words, numbers: Numbers) -> Section:
    """One variant a ring; the ledger's leakage as a table."""
    final = source.level("final_sales")
    title = words("waterfall.title")
    if not final:
        return Section("waterfall", title, missing=words("waterfall.missing"))
    variants = [_variant(ring, bars_of(source, ring), final, words, numbers) for ring in SCOPES]
    chart = Chart("waterfall-chart", words("waterfall.chart"), words("waterfall.summary"), variants, words("page.ring"))
    built = _effect(source, "city", CONSTRUCTION)
    notes = [words("waterfall.note")]
    if built:
        notes.append(words("waterfall.construction", money=numbers.money(built * final)))
    return Section(
        "waterfall",
        title,
        words("waterfall.lead", sales=numbers.money(final)),
        [chart],
        table=_ledger(source, words, numbers),
        notes=notes,
    )


def bars_of(source: Source, ring: str) -> list[Bar]:
    """The bars of a ring, mean of the baseline; parts of the yuan, `induced` on top, and what is not here leaks."""
    final = source.level("final_sales")
    firms = source.mean("firms", ["kind", "ring"], ["value_added_cny"])
    inside = firms[firms["ring"].isin(_rings(ring))]
    direct = float(inside.loc[inside["kind"] == "chain_master", "value_added_cny"].sum()) / final
    indirect = float(inside.loc[inside["kind"] == "supplier", "value_added_cny"].sum()) / final
    tail, induced = _effect(source, ring, TAIL), _effect(source, ring, HOUSEHOLDS)
    stays = direct + indirect + tail
    sizes = [Bar("direct", 0, direct), Bar("indirect", direct, indirect), Bar("tail", direct + indirect, tail)]
    sizes += [Bar("stays", 0, stays), Bar("induced", stays, induced)]
    left = stays
    if ring == "city":
        whole = {one.name: one.size for one in bars_of(source, "province")}
        rest = whole["stays"] - stays
        sizes.append(Bar("province", stays, rest))
        left += rest
    return [*sizes, Bar("outside", left, 1 - left), Bar("whole", 0, 1)]


def _rings(ring: str) -> tuple[str, ...]:
    """The disjoint rings inside a ring."""
    return ("city",) if ring == "city" else ("city", "province")


def _effect(source: Source, ring: str, line: str) -> float:
    effects = source.tables["effects"]
    chosen = (effects["ring"] == ring) & (effects["line"] == line) & (effects["measure"] == MEASURE)
    rows = effects[chosen & (effects["policy"] == BASELINE)]
    return float(rows["per_yuan"].mean()) if len(rows) else 0.0


def _variant(ring: str, bars: list[Bar], final: float, words: Words, numbers: Numbers) -> Variant:
    shown = [bar for bar in bars if bar.size or bar.name in ("direct", "indirect", "stays", "whole")]
    region = words.term("ring_in", ring)
    said = {bar.name: words(f"waterfall.{bar.name}", region=region) for bar in shown}
    texts = [f"{numbers.per_yuan(bar.size)}" for bar in shown]
    labels = plot.wrapped_apart(list(said.values()))
    traces: list[dict[str, Any]] = [
        plot.steps(
            labels,
            [bar.base for bar in shown],
            [bar.size for bar in shown],
            marker={"color": [COLOUR[bar.name] for bar in shown], "pattern": {"shape": _patterns(shown)}},
            text=texts,
            hovertext=[
                f"{embed.label(said[bar.name])}: {text}<br>{numbers.money(bar.size * final)}"
                for bar, text in zip(shown, texts, strict=True)
            ],
        )
    ]
    figure = {
        "data": traces,
        "layout": plot.layout(
            plot.horizontal(labels),
            margin=plot.figures_beside(),
            xaxis=plot.axis(words("waterfall.axis"), nticks=4),
            yaxis=plot.names(autorange="reversed"),
            bargap=0.25,
        ),
    }
    rows = [[said[bar.name], text, numbers.money(bar.size * final)] for bar, text in zip(shown, texts, strict=True)]
    table = Table([words("waterfall.part"), words("waterfall.per_yuan"), words("waterfall.money")], rows)
    return Variant(words.term("scope", ring), figure, table)


def _patterns(bars: list[Bar]) -> list[str]:
    """What is on top of the yuan is hatched."""
    return ["/" if bar.name == "induced" else "" for bar in bars]


def _ledger(source: Source, words: Words, numbers: Numbers) -> Table | None:
    """Where each yuan ends by the books alone."""
    if not source.has("leakage"):
        return None
    means = source.mean("leakage", ["item", "ring"], ["amount_cny", "per_yuan"])
    rows = [
        [
            words.term("leak", str(row["item"])),
            words.term("ring", str(row["ring"])) or words("waterfall.nowhere"),
            numbers.per_yuan(row["per_yuan"]),
            numbers.money(row["amount_cny"]),
        ]
        for row in rows_of(means)
        if row["amount_cny"]
    ]
    header = [words(f"waterfall.{key}") for key in ("ledger", "where", "per_yuan", "money")]
    return Table(header, rows, left=2)
