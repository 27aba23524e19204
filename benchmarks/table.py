"""Results as tables in docs/benchmarks.md, each between its own markers; names the kind of machine and no more."""

from __future__ import annotations

import os
import platform
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from benchmarks.timing import Measured

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def machine() -> str:
    """Cores, architecture, Python; no name and no path."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def packages(*names: str) -> str:
    """Names and versions of what is installed here."""
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def case_table(results: list[Measured], titles: dict[str, str]) -> str:
    """One row a program: orders, seconds, microseconds an order, and how that compares."""
    by_name = {one.program: one for one in results}
    done = {name: one for name, one in by_name.items() if one.seconds}
    lines = [
        "| program | orders | seconds | µs an order | × compiled | × SimPy engine | note |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for name, one in by_name.items():
        if not one.seconds:
            lines.append(f"| {titles[name]} | | | | | | {one.ends} |")
            continue
        ratios = [
            f"{one.an_order / done[other].an_order:,.2f}" if other in done else "" for other in ("compiled", "simpy")
        ]
        note = [f"cost a day {one.facts['cost']:.2f}"] if "cost" in one.facts else []
        note += [f"then {one.ends}"] if one.ends else []
        lines.append(
            f"| {titles[name]} | {one.facts['orders']:,} | {median(one.seconds):.3f} | {one.an_order:.2f} "
            f"| {ratios[0]} | {ratios[1]} | {'; '.join(note)} |"
        )
    loops = [loop for one in results for loop in one.loops]
    rounds = max((one.rounds for one in results), default=0)
    lines += [
        "",
        f"Medians of {rounds} rounds in turn, of several runs where these are quick; processor seconds. "
        f"The fixed loop took {median(loops):.3f} s "
        f"({min(loops):.3f} to {max(loops):.3f}). {machine()}; {date.today():%d %B %Y}.",
    ]
    return "\n".join(lines)


def put(name: str, text: str, page: Path = PAGE) -> None:
    """Write a table between its markers."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    whole = page.read_text(encoding="utf-8")
    if begin not in whole or end not in whole:
        raise SystemExit(f"{page.name} has no place for {name}")
    before, rest = whole.split(begin, 1)
    after = rest.split(end, 1)[1]
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
