"""Tables as HTML for notebooks: plain elements without scripts, every text escaped.

In: texts.  Out: HTML.  This module must not know what the texts mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

LEFT, RIGHT = "text-align:left", "text-align:right"


def heading(text: str) -> str:
    """A title above tables."""
    return f"<h4>{escape(text)}</h4>"


def line(text: str) -> str:
    """A line of prose; breaks stay."""
    return f"<p>{escape(text).replace(chr(10), '<br>')}</p>"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1, caption: str = "") -> str:
    """A table.  left: how many columns from the left are text; numbers stand to the right."""
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = "".join(_cell("th", text, at < left) for at, text in enumerate(header))
    body = "".join(f"<tr>{''.join(_cell('td', text, at < left) for at, text in enumerate(row))}</tr>" for row in rows)
    return f"<table>{said}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(kind: str, text: str, left: bool) -> str:
    shown = escape(str(text)).replace("\n", "<br>")
    return f'<{kind} style="{LEFT if left else RIGHT}">{shown}</{kind}>'
