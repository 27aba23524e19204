"""Plotly figures of a study: the report's own charts, and the differences of any measure.

In: a Source.  Out: figures.  This is the one door to plotly's Python; figures are drawn as the report draws them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from chainsim.compare.paired import BASELINE, comparison
from chainsim.economy.kpis import MEASURES
from chainsim.errors import MissingLibraryError, Problem, ScenarioError
from chainsim.report.figures import scale
from chainsim.report.html import embed
from chainsim.report.html.charts import bottlenecks, cash, decision, places, plot, ramp, reconciliation, waterfall
from chainsim.report.html.numbers import Lang, Numbers
from chainsim.report.html.parts import Section
from chainsim.report.html.source import Source
from chainsim.report.html.words import Words
from chainsim.scenario.text.suggest import did_you_mean, listed

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

INSTALL: Final = "figures need plotly: pip install 'chainsim[notebook]'"
CHARTS: Final[dict[str, Callable[[Source, Words, Numbers], Section]]] = {
    "decision": decision.section,
    "ramp": ramp.section,
    "waterfall": waterfall.section,
    "reconciliation": reconciliation.section,
    "places": places.section,
    "bottlenecks": bottlenecks.section,
    "cash": cash.section,
}
KNOWN: Final = {measure.name: measure for measure in MEASURES}


def figure(source: Source, what: str, variant: str | None, lang: Lang) -> Figure:
    """The figure of a measure, or of a chart; ScenarioError if there is no such thing, MissingLibraryError."""
    if what not in CHARTS and what not in KNOWN:
        names = [*CHARTS, *KNOWN]
        raise ScenarioError(
            [Problem(f"no figure {what!r}{did_you_mean(what, names)}", hint=f"there is {listed(names)}")]
        )
    drawn, title = _measure(source, what) if what in KNOWN else _chart(source, what, variant, lang)
    try:
        import plotly.graph_objects as plotly
    except ImportError:
        raise MissingLibraryError(INSTALL) from None
    found = plotly.Figure(drawn)
    found.update_layout(title={"text": embed.label(title)}, margin={"t": 64}, template="none")
    return found


def _chart(source: Source, what: str, variant: str | None, lang: Lang) -> tuple[dict[str, Any], str]:
    """A chart of the report, and its title."""
    words = Words(lang)
    section = CHARTS[what](source, words, Numbers(lang))
    if not section.charts:
        raise ScenarioError([Problem(f"these runs have no figure {what!r}", hint=section.missing)])
    chart = section.charts[0]
    names = [each.name for each in chart.variants]
    wanted = names[0] if variant is None else words.policy(variant) if variant == BASELINE else variant
    if wanted not in names:
        message = f"figure {what!r} has no {variant!r}{did_you_mean(wanted, names)}"
        raise ScenarioError([Problem(message, hint=f"there is {listed(names)}")])
    name = f" – {wanted}" if wanted else ""
    return dict(chart.variants[names.index(wanted)].figure), f"{chart.title}{name}"


def _measure(source: Source, name: str) -> tuple[dict[str, Any], str]:
    """Differences of a measure to the baseline, a dot a policy with its 95 % interval."""
    if len(source.policies) < 2:
        raise ScenarioError([Problem("these runs have the baseline alone", hint="run policies beside it to compare")])
    table = comparison(source.tables["kpis"], BASELINE, float(source.facts["matters_if"]))
    rows = table[table["measure"] == name]
    if rows.empty:
        raise ScenarioError([Problem(f"these runs have no measure {name!r}")])
    measure = KNOWN[name]
    ends = rows[["difference", "low", "high"]].abs().to_numpy()
    divisor, unit = scale(float(pd.Series(ends.ravel()).max()), measure.unit)
    labels = plot.wrapped_apart([str(policy) for policy in rows["policy"]])
    half = ((rows["high"] - rows["low"]) / 2 / divisor).fillna(0.0).tolist()
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": (rows["difference"] / divisor).tolist(),
        "y": labels,
        "error_x": {"type": "data", "array": half, "color": plot.BLUE},
        "marker": {"size": 11, "color": plot.BLUE},
        "hovertext": [f"{embed.label(str(row.policy))}: {row.verdict}" for row in rows.itertuples()],
        "hoverinfo": "x+text",
        "showlegend": False,
    }
    layout = plot.layout(
        plot.horizontal(labels) + 64,
        xaxis=plot.axis(f"{name}, difference to the baseline ({unit})", zeroline=True),
        yaxis=plot.names(autorange="reversed"),
    )
    level = float(rows["baseline"].iloc[0])
    divided, of = scale(abs(level), measure.unit)
    return {"data": [dots], "layout": layout}, f"{name}: {measure.meaning} (baseline {level / divided:,.4g} {of})"
