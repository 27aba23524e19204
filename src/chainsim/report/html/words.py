"""What the report says, by language: sentences of `words/en.toml` and `words/zh.toml`, and translated terms.

In: a language.  Out: text.  A term that has no translation, such as the name of a part, stays as the scenario has it.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from chainsim.compare.paired import BASELINE
from chainsim.report.html.numbers import Lang

FOLDER: Final = Path(__file__).parent / "words"


class Words:
    """Sentences by key, with places to fill in; terms by family."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.texts = read(lang)

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of a key such as `ramp.title`; KeyError if there is none."""
        section, _, name = key.partition(".")
        text = str(self.texts[section][name])
        return text.format(**values) if values else text

    def policy(self, name: str) -> str:
        """A policy's own name; the baseline has one of the language."""
        return self("page.baseline") if name == BASELINE else name

    def term(self, family: str, term: str) -> str:
        """A word of the model in this language."""
        return str(self.texts["terms"][family].get(term, term))

    def verdict(self, said: str) -> str:
        """What `compare.paired` concludes, in words."""
        more = re.search(r"(about|over) ([\d,]+) more", said)
        if more:
            one = "_one" if more[2] == "1" else ""
            return self(f"verdict.unclear_{more[1]}{one}", runs=more[2])
        return self.term("verdict", said)

    def confidence(self, said: str) -> str:
        """`measured H` and the like: what kind of number it is, and how good."""
        kind, _, grade = said.partition(" ")
        shown = self.term("confidence", kind)
        return f"{shown} ({self.term('grade', grade)})" if grade else shown


@cache
def read(lang: Lang) -> dict[str, Any]:
    """The texts of one language."""
    return tomllib.loads((FOLDER / f"{lang}.toml").read_text(encoding="utf-8"))
