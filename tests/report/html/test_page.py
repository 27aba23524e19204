"""The page as text: nothing from outside, nothing that runs but ours, names as names, the same for the same run."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from chainsim.cache import VARIABLE
from chainsim.report.html import library
from chainsim.report.html.numbers import LANGUAGES, Lang
from chainsim.report.html.page import TEMPLATES, _templates, own_script
from chainsim.report.html.page import render as rendered
from chainsim.report.html.source import Source

from .conftest import source_of

EVIL = "</script><img src=x onerror=alert(1)>\"'`<!--"
SECTIONS = (
    "decision ramp waterfall reconciliation places bottlenecks resilience cash tornado network assumptions run".split()
)


def render(source: Source, lang: Lang) -> str:
    return rendered(source, lang).decode()


def without_library(page: str) -> str:
    return page.replace(library.script().decode(), "")


def policy_of(page: str) -> dict[str, str]:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert found is not None
    rules = html.unescape(found[1]).split("; ")
    return {name: rest for name, _, rest in (rule.partition(" ") for rule in rules)}


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest, small_source: Source) -> str:
    return render(small_source, request.param)


def test_every_section_is_there_and_in_the_contents(page: str) -> None:
    assert re.findall(r'<section id="(\w+)"', page) == SECTIONS
    assert re.findall(r'<li><a href="#(\w+)">', page) == SECTIONS


def test_the_language_is_declared(small_source: Source) -> None:
    assert '<html lang="zh-CN">' in render(small_source, "zh")
    assert '<html lang="en">' in render(small_source, "en")


def test_nothing_is_loaded_from_anywhere(page: str) -> None:
    """No element with an address, no import, no style with a url; only places in the page, and an empty icon."""
    own = without_library(page)
    assert set(re.findall(r'\b(?:src|href)="([^"#]*)', own)) <= {"", "data:,"}
    assert not re.search(r"@import|url\(|https?://(?!www\.w3\.org/)", own)


def test_the_policy_allows_the_two_scripts_and_the_style_by_hash_and_nothing_else(page: str) -> None:
    rules = policy_of(page)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    hashed = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts]
    assert len(scripts) == 2
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == " ".join(hashed)
    assert len(styles) == 1
    assert rules["style-src"] == f"'sha256-{base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()}'"
    assert not re.search("unsafe|nonce|http|\\*", " ".join(rules.values()))
    assert not re.search(r"\s(style|on\w+)=", without_library(page).replace(own_script().decode(), ""))


def test_a_name_that_is_code_stays_a_name(small_source: Source) -> None:
    """In a firm's, a part's, a policy's name, a title and a source: whatever a scenario may bring."""
    tables = {name: small_source.tables[name] for name in small_source.tables}
    for name in (
        "firms",
        "lanes",
        "bottlenecks",
        "lines",
        "leakage",
        "daily",
        "kpis",
        "decision",
        "ranking",
        "comparison",
    ):
        table = tables[name].copy()
        for column in ("firm", "buyer", "supplier", "component", "root", "category", "district", "policy", "item"):
            if column in table:
                table[column] = [value if value == "none" else f"{value}{EVIL}" for value in table[column]]
        tables[name] = table
    tables["assumptions"] = tables["assumptions"].map(lambda value: f"{value}{EVIL}")
    policies = [name if name == "none" else f"{name}{EVIL}" for name in small_source.facts["policies"]]
    evil = Source({**small_source.facts, "scenario": EVIL, "policies": policies, "settings": [EVIL]}, tables)
    page = without_library(render(evil, "en")).replace(own_script().decode(), "")
    assert "<img" not in page
    assert "<!--" not in page
    assert page.count("<script") == page.count("</script>") == 4
    data = re.findall(r'<script type="application/json" id="[\w-]+">(.*?)</script>', page, re.DOTALL)
    assert EVIL in "".join(json.loads(data[1])["name"])
    assert "onerror" in data[0]  # the charts show it,
    assert "<img" not in json.dumps(json.loads(data[0]))  # escaped once more, because the library reads tags


def test_the_same_run_gives_the_same_bytes(small_source: Source, small_run: Path) -> None:
    assert render(small_source, "zh") == render(source_of(small_run), "zh")
    assert (small_run / "report.html").read_text(encoding="utf-8") == render(small_source, "en")


def test_templates_are_compiled_once_and_where_nothing_can_be_kept_each_time(
    small_source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    pages = []
    for place in ("kept", "kept", "file"):
        monkeypatch.setenv(VARIABLE, str(tmp_path / place))
        _templates.cache_clear()
        pages.append(render(small_source, "en"))
    _templates.cache_clear()
    assert len(set(pages)) == 1
    assert len(list(tmp_path.glob("kept/templates-*/*"))) == len(list(TEMPLATES.glob("*.html")))


def test_it_says_nothing_that_differs_between_two_runs_of_the_same_command(page: str, small_source: Source) -> None:
    assert small_source.facts["started"] not in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_run_without_policies_or_scenario_says_what_is_missing(small: Path, tmp_path: Path, lang: Lang) -> None:
    from chainsim.cli.main import _run

    quiet = ["--set", "study.policies=[]", "-n", "1", "-q", "-j", "1"]
    assert _run(["run", str(small), *quiet, "--out", str(tmp_path / "run")], debug=True) == 0
    page = render(replace(source_of(tmp_path / "run"), loaded=None), lang)
    missing = re.findall(r'<p class="missing">(.*?)</p>', page)
    assert [re.findall("chainsim (run|report|sensitivity|resilience)", text)[:1] for text in missing[1:]] == [
        ["run"],
        ["run"],
        *([[]] if len(missing) == 6 else []),  # nobody was waited for
        ["resilience"],
        ["sensitivity"],
    ]


def test_every_number_is_on_the_assumptions_page_with_its_kind_and_source(page: str, small_source: Source) -> None:
    table: pd.DataFrame = small_source.tables["assumptions"]
    rows = re.findall(r'<tr data-kind="(\w+)">\s*<th scope="row"><code>(.*?)</code>', page)
    assert [(kind, html.unescape(name).replace("<wbr>", "")) for kind, name in rows] == [
        (said.split()[0], name) for said, name in zip(table["confidence"], table["number"], strict=True)
    ]
