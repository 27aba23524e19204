"""From Leontief's multiplier to the simulated one, term by term."""

from __future__ import annotations

from typing import Any

from chainsim.economy.reconciliation.flows import DEMANDED
from chainsim.economy.reconciliation.table import SIMULATED
from chainsim.report.html.charts import plot
from chainsim.report.html.numbers import Numbers
from chainsim.report.html.parts import Chart, Section, Table, Variant
from chainsim.report.html.source import Row, Source, rows_of
from chainsim.report.html.words import Words

SMALLEST = 5e-8  # yuan per yuan; what eight decimals do not show is left out of the drawing


def section(source: Source, words: Words, numbers: Numbers) -> Section:
    """One variant a ring and measure, of the baseline."""
    title = words("reconciliation.title")
    if not source.has("reconciliation"):
        return Section("reconciliation", title, missing=words("reconciliation.missing"))
    means = source.mean("reconciliation", ["ring", "measure", "group", "term"], ["cny", "per_yuan"])
    variants = []
    for (ring, measure, group), found in means.groupby(["ring", "measure", "group"], sort=False):
        name = words.term("scope", str(ring)) + words("page.comma") + words.term("measure", f"{measure} {group}")
        variants.append(_variant(name, rows_of(found), words, numbers))
    chart = Chart(
        "reconciliation-chart",
        words("reconciliation.chart"),
        words("reconciliation.summary"),
        variants,
        words("reconciliation.choice"),
    )
    return Section("reconciliation", title, words("reconciliation.lead"), [chart], notes=[words("reconciliation.note")])


def _variant(name: str, rows: list[Row], words: Words, numbers: Numbers) -> Variant:
    """The steps alone are drawn, from the analytic level on: they are too small to be seen beside the levels."""
    terms = [words.term("term", str(row["term"])) for row in rows]
    steps = [row for row in rows if row["term"] not in (DEMANDED, SIMULATED) and abs(row["per_yuan"]) >= SMALLEST]
    ends = {row["term"]: row["per_yuan"] for row in rows}
    labels, bases, sizes, at = [], [], [], 0.0
    for row in steps:
        labels.append(plot.wrapped(words.term("term", str(row["term"]))))
        bases.append(at)
        sizes.append(row["per_yuan"])
        at += row["per_yuan"]
    labels.append(plot.wrapped(words("reconciliation.sum")))
    bases.append(0.0)
    sizes.append(ends[SIMULATED] - ends[DEMANDED])
    texts = [_small(size) for size in sizes]
    colours = [*(plot.BLUE if size > 0 else plot.RED for size in sizes[:-1]), plot.INK]
    trace: dict[str, Any] = plot.steps(
        labels,
        bases,
        sizes,
        marker={"color": colours},
        showlegend=False,
        hovertext=[f"{text}: {value}" for text, value in zip(labels, texts, strict=True)],
    )
    figure = {
        "data": [trace, plot.beside(labels, bases, sizes, texts)],
        "layout": plot.layout(
            plot.horizontal(labels),
            margin=plot.figures_beside(),
            xaxis=plot.axis(words("reconciliation.axis"), nticks=4, exponentformat="none"),
            yaxis=plot.names(autorange="reversed"),
        ),
    }
    cells = [
        [term, _exact(row["per_yuan"], row["term"] in (DEMANDED, SIMULATED)), numbers.money(row["cny"])]
        for term, row in zip(terms, rows, strict=True)
    ]
    header = [words(f"reconciliation.{key}") for key in ("term", "per_yuan", "money")]
    return Variant(name, figure, Table(header, cells))


def _small(value: float) -> str:
    """A step, six decimals."""
    return "0" if value == 0 else "≈0" if abs(value) < 5e-7 else f"{value:+.6f}".replace("-", "−")


def _exact(value: float, level: bool) -> str:
    return f"{value:.6f}" if level else _small(value)
