"""Both languages say the same things, and terms of the model have a word in each."""

from __future__ import annotations

import string
from typing import Any

import pytest

from chainsim.compare.paired import EQUAL, ONE_RUN, UNDEFINED
from chainsim.economy.causes import CAUSES
from chainsim.economy.reconciliation.table import ORDER
from chainsim.report.html.words import Words, read


def flat(texts: dict[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in texts.items():
        found |= flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value}
    return found


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


EN, ZH = flat(read("en")), flat(read("zh"))
SENTENCES = [key for key in EN if not key.startswith("terms.")]


def test_both_have_the_same_sentences() -> None:
    assert [key for key in ZH if not key.startswith("terms.")] == SENTENCES


def test_both_fill_in_the_same_values() -> None:
    assert {key for key in SENTENCES if places(EN[key]) != places(ZH[key])} == set()


def test_no_chinese_sentence_was_forgotten() -> None:
    same = {key for key in SENTENCES if EN[key] == ZH[key]}
    assert same == {"page.no_value", "network.unknown", "run.python", "decision.half"}


@pytest.mark.parametrize(
    ("family", "terms"),
    [
        ("cause", CAUSES),
        ("term", ORDER),
        ("ring", ("city", "province", "nation", "abroad")),
        ("verdict", (EQUAL, ONE_RUN, UNDEFINED, "better", "worse", "no practical difference")),
        ("confidence", ("measured", "derived", "assumed", "plan", "target")),
    ],
)
def test_terms_of_the_model_are_translated(family: str, terms: tuple[str, ...]) -> None:
    zh = Words("zh")
    assert [term for term in terms if zh.term(family, term).isascii()] == []


def test_what_has_no_translation_stays_as_it_is() -> None:
    assert Words("zh").term("cause", "a new cause") == "a new cause"


def test_verdicts_with_a_number_keep_it() -> None:
    assert Words("zh").verdict("unclear: needs about 12 more runs") == "不明确：约需再运行 12 次"
    assert Words("en").verdict("unclear: needs over 1,000 more runs") == "unclear: over 1,000 more runs"
    assert Words("en").verdict("unclear: needs about 1 more run") == "unclear: about one more run"
    assert Words("zh").verdict("worse") == "更差"


def test_kinds_of_numbers_say_how_good_they_are() -> None:
    assert Words("zh").confidence("measured L") == "实测 (可信度低)"
    assert Words("en").confidence("assumed") == "assumed"
