"""The results of a run as a workbook: one sheet a table, charts beside the three that planners look at first.

In: a Source (the report's), a language.  Out: an .xlsx file.  Amounts on the sheet `decision` are in the unit that its
headers name; those of all other sheets are in yuan, as in the tables of the run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from chainsim.compare.paired import BASELINE
from chainsim.report.decision import standing
from chainsim.report.excel import charts
from chainsim.report.excel.book import MOST_ROWS, Book, Column, opened
from chainsim.report.excel.tables import columns
from chainsim.report.excel.words import ABOUT, SHEETS, said
from chainsim.report.html.charts.waterfall import bars_of
from chainsim.report.html.numbers import Lang, Numbers
from chainsim.report.html.source import Source, rows_of
from chainsim.report.html.words import Words

TABLES: Final = tuple(name for name in SHEETS if name not in ("decision", "ramp", "waterfall"))
SCALED: Final = ("revenue", "value_added", "half", "tax", "cost")
RINGS: Final = ("city", "province")


def write(source: Source, lang: Lang, target: Path, more: Sequence[str] = ()) -> None:
    """Write the workbook; raises MissingLibraryError, FolderError.  more: names of further tables for it."""
    numbers, words = Numbers(lang), Words(lang)
    wanted = [*TABLES, *(name for name in more if name not in SHEETS)]
    found = [(name, source.tables[name]) for name in wanted if name in source.tables]
    long = [name for name, table in found if len(table) > MOST_ROWS]
    shown = [(name, table) for name, table in found if name not in long and len(table)]
    first = [name for name in ("decision", "ramp", "waterfall") if _has(source, name)]
    with opened(target, source.title) as book:
        _about(book, source, lang, [*first, *(name for name, _ in shown)], long)
        if "decision" in first:
            _decision(book, source, numbers, words, lang)
        if "ramp" in first:
            _ramp(book, source, numbers, words, lang)
        if "waterfall" in first:
            _waterfall(book, source, words, lang)
        for name, table in shown:
            book.sheet(name, columns(table))


def _has(source: Source, name: str) -> bool:
    """Whether a run has what one of the first three sheets takes."""
    if name == "waterfall":
        return source.has("effects") and source.level("final_sales") > 0
    return source.has({"ramp": "daily"}.get(name, name))


def _about(book: Book, source: Source, lang: Lang, names: Sequence[str], long: Sequence[str]) -> None:
    """What was run, and what the sheets are."""
    facts = source.facts
    label = {key: said(words, lang) for key, words in ABOUT.items()}
    days = source.tables["daily"]["date"] if source.has("daily") else None
    rows = [
        (label["scenario"], source.title),
        (label["period"], "" if days is None else f"{days.min()} – {days.max()}"),
        (label["policies"], ", ".join(source.policies)),
        (label["replications"], len(facts["replications"])),
        (label["seed"], facts.get("seed", "")),
        (label["version"], f"chainsim {facts['libraries']['chainsim']}"),
        ("", label["charts"]),
        ("", label["more"]),
        ("", ""),
        *((name, said(SHEETS[name], lang) if name in SHEETS else "") for name in names),
        *((name, label["long"]) for name in long),
    ]
    left, right = zip(*rows, strict=True)
    shown = [Column(label["sheet"], left, "text"), Column(label["what"], right)]
    book.sheet(label["about"], shown, filtered=False)


def _decision(book: Book, source: Source, numbers: Numbers, words: Words, lang: Lang) -> None:
    """The decision table as the report has it, in numbers; a chart of city value added with its intervals."""
    table = source.tables["decision"]
    amounts = table[["revenue", "value_added", "tax", "public_cost"]].abs().to_numpy()
    divisor, unit = numbers.money_scale(float(amounts.max(initial=0.0)))
    ranks, titles = standing(source.tables["ranking"]), source.titles()
    rows = rows_of(table)
    half = [(row["value_added_high"] - row["value_added_low"]) / 2 for row in rows]
    values: dict[str, list[object]] = {
        "policy": [str(row["policy"]) for row in rows],
        "rank": [ranks.get(str(row["policy"]), "") for row in rows],
        "revenue": [row["revenue"] / divisor for row in rows],
        "value_added": [row["value_added"] / divisor for row in rows],
        "half": [one / divisor for one in half],
        "jobs": [row["jobs"] for row in rows],
        "tax": [row["tax"] / divisor for row in rows],
        "cost": [row["public_cost"] / divisor for row in rows],
        "per_yuan": [row["per_fiscal_yuan"] for row in rows],
        "payback": [row["payback_years"] if row["public_cost"] > 0 else None for row in rows],
        "verdict": [words.verdict(str(row["verdict"])) for row in rows],
    }
    forms = dict.fromkeys(SCALED, "fine") | {"jobs": "whole", "per_yuan": "cents", "payback": "decimal"}
    units = dict.fromkeys(SCALED, unit) | {"payback": said(ABOUT["years"], lang)}
    headers = {key: f"{words(f'decision.{key}')}{f' ({units[key]})' if key in units else ''}" for key in values}
    found = [Column(headers[key], cells, forms.get(key, "text")) for key, cells in values.items()]
    if any(titles.values()):
        found.append(Column(said(ABOUT["title"], lang), [titles.get(str(row["policy"]), "") for row in rows], "text"))
    sheet = book.sheet("decision", found, filtered=False)
    charts.intervals(book, sheet, (len(rows) + 3, 0), len(rows), (0, 3, 4), f"{words('decision.intervals')} ({unit})")


def _ramp(book: Book, source: Source, numbers: Numbers, words: Words, lang: Lang) -> None:
    """Delivered by day and policy, and what was asked for; their lines."""
    means = source.mean("daily", ["date"], ["demanded_units", "delivered_units"], policy=None)
    delivered = means.pivot(index="date", columns="policy", values="delivered_units")
    asked = means.loc[means["policy"] == BASELINE, "demanded_units"].tolist()
    days = [dt.date.fromisoformat(str(day)) for day in delivered.index]
    titles = [said(ABOUT["date"], lang), *(words.policy(name) for name in source.policies)]
    titles.append(said(ABOUT["demanded"], lang))
    values = [*(delivered[name].tolist() for name in source.policies), asked]
    found = [Column(titles[0], days, "date")]
    found += [Column(title, column, "decimal") for title, column in zip(titles[1:], values, strict=True)]
    sheet = book.sheet("ramp", found)
    unit = numbers.noun
    charts.lines(book, sheet, (1, len(found) + 1), len(days), titles, unit, said(SHEETS["ramp"], lang))


def _waterfall(book: Book, source: Source, words: Words, lang: Lang) -> None:
    """Where a yuan of final sales becomes value added in the city and in the province; a chart each."""
    bars = {ring: bars_of(source, ring) for ring in RINGS}
    rows = [
        (
            words.term("scope", ring),
            words(f"waterfall.{bar.name}", region=words.term("ring_in", ring)),
            bar.base,
            bar.size,
        )
        for ring in RINGS
        for bar in bars[ring]
    ]
    titles = [said(ABOUT[key], lang) for key in ("region", "part", "base", "size")]
    forms = ("text", "text", "per_yuan", "per_yuan")
    made = zip(titles, zip(*rows, strict=True), forms, strict=True)
    sheet = book.sheet("waterfall", [Column(title, values, form) for title, values, form in made])
    first = 1
    for number, ring in enumerate(RINGS):
        title = f"{words('waterfall.chart')}: {words.term('scope', ring)}"
        charts.floating(book, sheet, (1 + 18 * number, 5), first, len(bars[ring]), title)
        first += len(bars[ring])
