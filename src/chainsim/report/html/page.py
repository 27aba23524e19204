"""The page: sections, data and scripts in one HTML file, under a policy that lets nothing else run or load.

In: a Source and a language.  Out: HTML in UTF-8; the same for the same source.  The policy names each script and the
style sheet by its hash, and allows no connection, so that a name that got past the escaping would still do nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chainsim.cache import own_folder
from chainsim.compare.paired import BASELINE
from chainsim.report.html import assumptions, embed, library, network
from chainsim.report.html.charts import (
    bottlenecks,
    cash,
    decision,
    places,
    ramp,
    reconciliation,
    resilience,
    tornado,
    waterfall,
)
from chainsim.report.html.numbers import Lang, Numbers
from chainsim.report.html.parts import Section
from chainsim.report.html.source import Once, Source
from chainsim.report.html.words import Words

TEMPLATES: Final = Path(__file__).parent / "templates"
SCRIPTS: Final = ("charts.js", "network.js", "filter.js")
PLACE: Final = b"<script></script>"  # in the template, where all scripts will be: they are too large to go through it
MADE: Final[tuple[Callable[[Source, Words, Numbers], Section], ...]] = (
    decision.section,
    ramp.section,
    waterfall.section,
    reconciliation.section,
    places.section,
    bottlenecks.section,
    resilience.section,
    cash.section,
    tornado.section,
)


def render(source: Source, lang: Lang) -> bytes:
    """The whole report; MissingLibraryError if the chart library is not installed."""
    source = replace(source, tables=Once(source.tables))
    words, numbers = Words(lang), Numbers(lang, _product(source))
    sections = [make(source, words, numbers) for make in MADE]
    sections.append(Section("network", words("network.title"), words("network.lead"), extra="network"))
    sections += [assumptions.section(source, words, numbers), assumptions.run_section(source, words, numbers)]
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    scripts = [library.script(), own_script()]
    global_style, *placeholders = library.style_ids()
    page = (
        _templates()
        .get_template("page.html")
        .render(
            lang={"zh": "zh-CN"}.get(lang, lang),
            words=words,
            title=source.title,
            subtitle=_subtitle(source, words),
            tiles=_tiles(source, words, numbers),
            sections=sections,
            figures=embed.data(_figures(sections)),
            network=embed.data(network.drawing(source) | {"words": _of_network(words), "money": _money(lang)}),
            policy=policy(style.encode(), scripts),
            style=Markup(style),
            global_style=global_style,
            placeholders=placeholders,
            version=source.facts["libraries"]["chainsim"],
        )
    )
    before, _, after = page.encode().rpartition(PLACE)  # nothing but the end of the page comes after it
    elements = [piece for code in scripts for piece in (b"<script>", embed.script(code), b"</script>", b"\n")]
    return b"".join([before, *elements[:-1], after])


def policy(style: bytes, scripts: list[bytes]) -> str:
    """The content security policy of a page with this style sheet and these scripts."""
    allowed = " ".join(embed.source(code) for code in scripts)
    rest = "img-src data:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src {allowed}; style-src {embed.source(style)}; {rest}"


def own_script() -> bytes:
    """Our scripts, one after the other."""
    return "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in SCRIPTS).encode()


@cache
def _templates() -> Environment:
    own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:20]  # the settings below go into what is compiled
    place = own_folder(f"templates-{version('jinja2')}-{own}")
    found = Environment(
        bytecode_cache=FileSystemBytecodeCache(str(place)) if place else None,
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["soft"] = embed.soft
    return found


def _product(source: Source) -> str:
    """What is sold, if it is one thing."""
    parts = list(dict.fromkeys(source.tables["markets"]["part"])) if "markets" in source.tables else []
    return str(parts[0]) if len(parts) == 1 else ""


def _figures(sections: list[Section]) -> dict[str, list[Any]]:
    """By chart, the figure of each variant."""
    return {chart.id: [each.figure for each in chart.variants] for section in sections for chart in section.charts}


def _subtitle(source: Source, words: Words) -> list[str]:
    """Period, firms, runs."""
    dates = source.tables["daily"]["date"]
    firms = source.tables["firms"]
    kinds = firms[firms["policy"] == BASELINE].drop_duplicates("firm")["kind"].value_counts()
    runs = len(source.facts["replications"])
    return [
        words("page.period", start=dates.min(), end=dates.max()),
        words("page.firms", masters=kinds.get("chain_master", 0), suppliers=kinds.get("supplier", 0)),
        words("page.replications", policies=len(source.policies), runs=runs, seed=source.facts["seed"]),
    ]


def _tiles(source: Source, words: Words, numbers: Numbers) -> list[tuple[str, str]]:
    """The baseline in a few figures, each with what it means."""
    daily = source.mean("daily", ["date"], ["delivered_units"])
    years = daily.groupby(daily["date"].str[:4])["delivered_units"].sum()
    tiles = [(numbers.counted(float(units)), words("tile.delivered", year=year)) for year, units in years.items()][-3:]
    tiles.append((numbers.money(source.level("city_value_added")), words("tile.value_added")))
    found = source.mean("multipliers", ["ring", "measure", "group"], ["simulated", "leontief"])
    found = found[(found["ring"] == "city") & (found["measure"] == "gross output")].set_index("group")
    if "apart" in found.index:
        apart = found.loc["apart"]
        said = words("tile.multiplier", leontief=f"{apart['leontief']:.3f}")
        tiles.append((f"{apart['simulated']:.3f}", said))
    if "consolidated" in found.index:
        tiles.append((f"{found.loc['consolidated']['simulated']:.3f}", words("tile.consolidated")))
    jobs = source.level("city_jobs")
    if jobs:
        tiles.append((numbers.whole(jobs), words("tile.jobs")))
    counts = assumptions.kinds(source)
    tiles.append((str(counts["assumed"]), words("tile.assumed", count=counts.total())))
    return tiles


def _of_network(words: Words) -> dict[str, Any]:
    """What `network.js` says, with the rings in this language."""
    rings = {ring: words.term("ring", ring) for ring in network.RINGS}
    return {**words.texts["network"], "rings": rings, "baseline": words("page.baseline")}


def _money(lang: Lang) -> list[list[Any]]:
    """From which amount on (yuan) which unit; `{}` is the number."""
    if lang == "zh":
        return [[1e7, 1e8, "{} 亿元"], [1e4, 1e4, "{} 万元"], [0, 1, "{} 元"]]
    return [[1e9, 1e9, "CNY {} bn"], [1e5, 1e6, "CNY {} m"], [0, 1, "CNY {}"]]
