"""Draws docs/images/*.svg of the concept pages from small runs of the template plant.

In: `cs.run`.  Out: SVG text with numbers of these runs; the same versions give the same bytes.  Plain SVG, because two
figures of dots and lines are not worth a browser or a font (docs/decisions/0039-documentation-site.md).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

import pandas as pd

import chainsim as cs

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
BLUE, RED, GREY = "#2364aa", "#c8553d", "#767676"
SHORT = {"study.end": "2024-03-01"}


def text(x: float, y: float, words: str, anchor: str = "start", color: str = "#222", size: int = 13) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{color}" font-size="{size}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, color: str, width: float = 1.5) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{color}" stroke-width="{width}"/>'


def dot(x: float, y: float, color: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{color}"/>'


def drawing(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'font-family="system-ui, sans-serif">'
    )
    return "\n".join(
        [
            head,
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *parts,
            "</svg>",
        ]
    )


def common_luck() -> str:
    """Value added under two policies, joined within a replication and across two of them."""
    plant = cs.load(cs.example("templates/plant"), set=SHORT)
    kpis = cs.run(plant, policies=["buy_local"], replications=12, set={"policies.buy_local.from": "2024-01-10"}).kpis
    values = (
        kpis.query("measure == 'city_value_added'").pivot(index="replication", columns="policy", values="value") / 1e6
    )
    none, local = values["none"].to_numpy()[:6], values["buy_local"].to_numpy()
    low, high = values.to_numpy().min(), values.to_numpy().max()

    def y(value: float) -> float:
        return 250 - 190 * (value - low) / (high - low)

    parts = [text(20, 24, "City value added of six replications, million yuan", size=14)]
    for left, said, other in ((90, "on the same luck", local[:6]), (390, "on different luck", local[6:])):
        differences = [b - a for a, b in zip(none, other, strict=True)]
        parts += [text(left, 285, "baseline", "middle"), text(left + 160, 285, "buy_local", "middle")]
        spread = f"difference {min(differences):+.2f} to {max(differences):+.2f}"
        parts += [text(left + 80, 308, said, "middle", BLUE), text(left + 80, 326, spread, "middle", GREY)]
        for a, b in zip(none, other, strict=True):
            parts += [line(left, y(a), left + 160, y(b), BLUE if b > a else RED), dot(left, y(a), BLUE)]
            parts.append(dot(left + 160, y(b), BLUE))
    return drawing(640, 340, "The same luck leaves the difference that the policy makes", parts)


def verdicts() -> str:
    """Differences of the plant's policies with their intervals, the band of what does not matter, and the words."""
    plant = cs.load(cs.example("templates/plant"), set=SHORT)
    dates = {f"policies.{name}.from": "2024-01-10" for name in ("buy_local", "more_stock")}
    runs = cs.run(plant, policies=["buy_local", "more_stock"], replications=5, set=dates)
    table: pd.DataFrame = runs.compare("none").set_index(["policy", "measure"])
    shown = [
        ("buy_local", "city_value_added"),
        ("more_stock", "city_value_added"),
        ("buy_local", "final_sales"),
    ]
    relative = [table.loc[key, ["low", "difference", "high"]] / table.loc[key, "baseline"] for key in shown]
    reach = 1.15 * max(0.02, *(abs(float(number)) for each in relative for number in each))

    def x(share: float) -> float:
        return 390 + 170 * share / reach

    parts = [
        text(20, 24, "Differences to the baseline with 95 % intervals", size=14),
        f'<rect x="{x(-0.01):.1f}" y="40" width="{x(0.01) - x(-0.01):.1f}" height="140" fill="#e4e4e4"/>',
        line(x(0), 40, x(0), 180, GREY, 1),
        text(x(0), 200, "grey: does not matter (1 %)", "middle", GREY, 12),
    ]
    for number, (key, (low, middle, high)) in enumerate(zip(shown, relative, strict=True)):
        y = 64 + 44 * number
        parts += [text(20, y + 4, f"{key[0]}: {key[1].replace('_', ' ')}"), line(x(low), y, x(high), y, BLUE, 3)]
        parts += [dot(x(middle), y, BLUE), text(580, y + 4, str(table.loc[key, "verdict"]))]
    return drawing(760, 215, "What an interval is called", parts)


FIGURES = {"common-luck.svg": common_luck, "verdicts.svg": verdicts}


def main() -> int:
    for name, draw in FIGURES.items():
        (IMAGES / name).write_text(draw() + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
