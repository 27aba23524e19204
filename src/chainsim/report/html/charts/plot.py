"""What all figures have in common: colours, layout, labels that fit.

In: names and numbers.  Out: dictionaries as Plotly has them; its Python is not needed.  Colours are Okabe and Ito's,
which people with any colour vision tell apart, darkened where text stands on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from chainsim.report.html.embed import label

BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY = "#0072b2 #d98200 #007f5f #c04a00 #a8588a #56b4e9 #7a7f87".split()
COLOURS: Final = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED, GREY)
RINGS: Final = {"city": BLUE, "province": GREEN, "nation": ORANGE, "abroad": PURPLE}
INK, FAINT = "#1b2330", "#d9dde3"
LINE: Final = 20  # columns of a label's line; a Chinese sign takes two
ROW, TEXT = 30, 17  # pixels: least height of a horizontal bar, height of a line of its label
BESIDE: Final = 88  # pixels on the right for figures that stand at the ends of bars


def layout(height: int, **more: Any) -> dict[str, Any]:
    """The layout of every figure; `more` adds to it or replaces."""
    common: dict[str, Any] = {
        "height": height,
        "font": {"size": 13, "color": INK},  # charts.js adds the page's font
        "colorway": list(COLOURS),
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "dragmode": False,
        "hovermode": "closest",
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
        "bargap": 0.3,
    }
    return common | more


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis of numbers."""
    common: dict[str, Any] = {
        "title": {"text": wrapped(title, 26), "standoff": 8},
        "tickangle": 0,
        "gridcolor": FAINT,
        "zerolinecolor": GREY,
        "automargin": True,
        "fixedrange": True,
        "separatethousands": True,
    }
    return common | more


def names(**more: Any) -> dict[str, Any]:
    """An axis of names; text that looks like a number or a date is a name, too."""
    return axis(type="category", showgrid=False, ticks="") | more


def dates(form: str) -> dict[str, Any]:
    """An axis of days, written in this form."""
    return axis(type="date", ticks="outside", tickformat=form, hoverformat="%Y-%m-%d", nticks=6)


def horizontal(labels: Sequence[str], legend: bool = False, rows: float = 1) -> int:
    """Height of a chart with horizontal bars of these labels.  rows: bars beside each other at one label."""
    lines = max((text.count("<br>") + 1 for text in labels), default=1)
    row = max(ROW, TEXT * lines + 6, round(0.6 * ROW * rows))
    return max(150, row * len(labels) + 70 + (30 if legend else 0))


def figures_beside() -> dict[str, int]:
    """Margins where figures stand at the ends of bars."""
    return {"l": 8, "r": BESIDE, "t": 12, "b": 8}


def wrapped(text: str, width: int = LINE) -> str:
    """A name for a label: escaped, on lines of so many columns, at most three of them."""
    lines, line = [], ""
    for word in _words(text):
        if line and columns(line) + columns(word) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    lines.append(line.rstrip())
    if len(lines) > 3:
        lines = [*lines[:2], f"{lines[2]}…"]
    return "<br>".join(label(each) for each in lines)


def wrapped_apart(texts: Sequence[str]) -> list[str]:
    """Labels that stay different: two names that look alike when they are cut get a number."""
    found: list[str] = []
    for text in texts:
        shown, number = wrapped(text), 1
        while shown in found:
            number += 1
            shown = f"{wrapped(text)} ({number})"
        found.append(shown)
    return found


def columns(text: str) -> int:
    """Width in columns."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def _words(text: str) -> list[str]:
    """Where a name may be broken: after a space or a sign such as +, between Chinese signs; long words anywhere."""
    found, word = [], ""
    for sign in text:
        word += sign
        if sign in " +_-:/.[" or ord(sign) > 0x2E7F or columns(word) >= LINE:
            found.append(word)
            word = ""
    return [*found, word]


def bars(x: Sequence[Any], y: Sequence[Any], **more: Any) -> dict[str, Any]:
    """Bars, upright unless `orientation` says otherwise."""
    shown = {"constraintext": "none", "cliponaxis": False, "textposition": "outside"} if "text" in more else {}
    return {"type": "bar", "x": list(x), "y": list(y), "hoverinfo": "text", **shown, **more}


def steps(labels: Sequence[str], bases: Sequence[float], sizes: Sequence[float], **more: Any) -> dict[str, Any]:
    """Bars that float, one below the other: each from its base by its size."""
    return bars(sizes, labels, base=list(bases), orientation="h", **more)


def beside(
    labels: Sequence[str], bases: Sequence[float], sizes: Sequence[float], texts: Sequence[str]
) -> dict[str, Any]:
    """Figures to the right of bars that float, whichever way they go: on the left they would stand on the names."""
    ends = [max(base, base + size) for base, size in zip(bases, sizes, strict=True)]
    more = {"textposition": "middle right", "cliponaxis": False, "hoverinfo": "skip", "showlegend": False}
    return {"type": "scatter", "mode": "text", "x": ends, "y": list(labels), "text": list(texts), **more}


def upright(x: str, top: float, name: str, colour: str) -> dict[str, Any]:
    """A dotted line across the plot at x, up to a value, that the legend names."""
    line = {"color": colour, "width": 2, "dash": "dot"}
    more = {"hoverinfo": "skip", "line": line, "name": name}
    return {"type": "scatter", "mode": "lines", "x": [x, x], "y": [0, top], **more}
