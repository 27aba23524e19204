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
FONTS: Final = (
    '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", '
    '"WenQuanYi Micro Hei", "Segoe UI", system-ui, sans-serif'
)
LINE: Final = 17  # columns of a label's line; a Chinese sign takes two
ROW: Final = 30  # pixels of a horizontal bar


def layout(height: int, **more: Any) -> dict[str, Any]:
    """The layout of every figure; `more` adds to it or replaces."""
    common: dict[str, Any] = {
        "height": height,
        "font": {"family": FONTS, "size": 13, "color": INK},
        "colorway": list(COLOURS),
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"font": {"family": FONTS}},
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
        "bargap": 0.3,
    }
    return common | more


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis of numbers."""
    common: dict[str, Any] = {
        "title": {"text": label(title), "standoff": 8},
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


def horizontal(count: int, legend: bool = False) -> int:
    """Height of a chart with so many horizontal bars."""
    return max(150, ROW * count + 70 + (30 if legend else 0))


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
    """Where a name may be broken: after a space, +, _, - or :, and between Chinese signs; long words anywhere."""
    found, word = [], ""
    for sign in text:
        word += sign
        if sign in " +_-:/" or ord(sign) > 0x2E7F or columns(word) >= LINE:
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


def mark(x: str, text: str, colour: str = RED) -> tuple[dict[str, Any], dict[str, Any]]:
    """A line across the plot at x, and its text at the top."""
    line = {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1}
    line["line"] = {"color": colour, "width": 1.5, "dash": "dot"}  # type: ignore[assignment]
    note = {"x": x, "yref": "paper", "y": 0.02, "yanchor": "bottom", "xanchor": "right", "text": text, "showarrow": False}
    note |= {"font": {"color": colour, "size": 12}, "textangle": -90, "bgcolor": "rgba(255,255,255,0.8)"}
    return line, note
