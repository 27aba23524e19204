"""Every number that went in, with what stands behind it; and what it takes to run it again.

In: a Source.  Out: sections whose data the templates `assumptions.html` and `run.html` show.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from chainsim.report.html.numbers import Numbers
from chainsim.report.html.parts import Section
from chainsim.report.html.source import Row, Source, rows_of
from chainsim.report.html.words import Words

ORDER: Final = ("measured", "derived", "assumed")
IDENTITY: Final = ("scenario", "policies", "replications", "seed", "settings", "matters_if", "engine", "python")
VERSIONS: Final = ("platform", "libraries", "code", "inputs")


def kinds(source: Source) -> Counter[str]:
    """How many numbers are measured, derived, assumed and so on."""
    return Counter(str(said).partition(" ")[0] for said in source.tables["assumptions"]["confidence"])


def section(source: Source, words: Words, numbers: Numbers) -> Section:
    """The page of assumptions: numbers, and the rows of the facts table that they cite."""
    rows = rows_of(source.tables["assumptions"].fillna(""))
    facts = source.loaded.facts if source.loaded else {}
    counts = kinds(source)
    ordered = [kind for kind in ORDER if kind in counts] + [kind for kind in counts if kind not in ORDER]
    said = words("page.comma").join(f"{words.term('confidence', kind)} {counts[kind]}" for kind in ordered)
    data = {
        "rows": [_row(row, words, facts) for row in rows],
        "kinds": [(kind, words.term("confidence", kind)) for kind in ordered],
        "facts": [facts[name] for name in dict.fromkeys(str(row["source"]) for row in rows) if name in facts],
    }
    lead = words("assumptions.lead", counts=said)
    return Section("assumptions", words("assumptions.title"), lead, extra="assumptions", data=data)


def _row(row: Row, words: Words, facts: object) -> dict[str, str]:
    """One number; its source is a word of the language, or the name of a fact."""
    name = str(row["source"])
    return {
        "number": str(row["number"]),
        "value": str(row["value"]),
        "kind": str(row["confidence"]).partition(" ")[0],
        "confidence": words.confidence(str(row["confidence"])),
        "source": words.term("confidence", name),
        "fact": name if name in facts else "",  # type: ignore[operator]
        "date": str(row["date"]),
        "note": str(row["note"]),
    }


def run_section(source: Source, words: Words, numbers: Numbers) -> Section:
    """The manifest, without what differs between two runs of the same command."""
    rows = []
    for key in (*IDENTITY, *VERSIONS):
        if key in source.facts:
            rows.append((words(f"run.{key}"), _said(source.facts[key], words)))
    notes = (words("run.library"),)
    return Section("run", words("run.title"), words("run.lead"), extra="run", data={"rows": rows}, notes=notes)


def _said(value: object, words: Words) -> list[str]:
    """A fact as lines."""
    if isinstance(value, dict):
        return [f"{name} {each}" for name, each in value.items()]
    if isinstance(value, list | tuple):
        return [", ".join(str(each) for each in value)] if value else [words("run.none")]
    if isinstance(value, float):
        return [f"{value:.2%}"]
    return [str(value)]
