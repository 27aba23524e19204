"""The sessions and the Python of the pages run: in an empty folder, from the first line to the last.

Studies are made shorter, nothing else is changed.  A block ```text policy is written to the end of the scenario at the
place where the page says so.  Pages that are not run here stand in ELSEWHERE, with who runs them or why nobody does.
"""

import doctest
import importlib
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chainsim.cli.main import chainsim as program

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```(\w+) *(.*?) *\n(.*?)^``` *$", re.MULTILINE | re.DOTALL)

SMALL = ["--set", "study.end=2024-02-15", "-n", "2", "-j", "1"]  # the template's plant
CITY = ["-n", "1", "-j", "1"]  # byd.yaml, two years

HERE = {"tutorial.md": SMALL, "zh/tutorial.md": SMALL, "howto/extend.md": []}
AT_NIGHT = {"howto/own-plant.md": CITY, "concepts/multipliers.md": CITY}
ELSEWHERE = {
    "excel.md": "tests/test_docs.py",
    "textbook.md": "tests/study/test_verification.py runs cases; `make nightly` the gallery",
    "not-true.md": "tests/test_not_true.py runs the scenarios and asserts the numbers",
    "by-hand.md": "tests/oracle",
    "scale.md": "wants other machines; tests/study runs clusters of one",
    "editor.md": "writes into the shell's own files; tests/cli",
    "report.md": "tests/cli and tests/report; sensitivity and resilience of byd.yaml take minutes",
    "scenario-language.md": "tests/test_docs.py loads every example with its settings",
    "model.md": "tests/cli; why and resilience of byd.yaml",
    "howto/resume.md": "--resume wants an interruption; tests/cli and tests/study interrupt",
    "howto/compare.md": "tests/cli; ten replications and a sensitivity of byd.yaml take minutes",
    "concepts/reconciliation.md": "tests/economy/reconciliation; reruns each run of byd.yaml",
    "notebooks.md": "tests/test_docs.py",
}


def blocks(page: str) -> Iterator[tuple[str, str, str]]:
    for found in FENCE.finditer((DOCS / page).read_text(encoding="utf-8")):
        yield found[1], found[2], found[3]


def has_session(page: str) -> bool:
    return any(kind == "console" and "$ chainsim " in text for kind, _, text in blocks(page))


def test_every_page_with_a_session_is_run_or_says_who_runs_it() -> None:
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    sessions = {page for page in pages if has_session(page) and not page.startswith("decisions/")}
    assert sessions - {*HERE, *AT_NIGHT, *ELSEWHERE} == set()
    assert {*HERE, *AT_NIGHT, *ELSEWHERE} <= pages


def play(page: str, shorter: list[str], folder: Path) -> list[str]:
    """Runs a page's commands in order and returns what they print."""
    if "scenarios/" in (DOCS / page).read_text(encoding="utf-8"):
        shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    printed = []
    for kind, info, text in blocks(page):
        if (kind, info) == ("text", "policy"):
            with (folder / "my-plant" / "plant.yaml").open("a", encoding="utf-8") as scenario:
                scenario.write(text)
        for line in text.splitlines() if kind == "console" else ():
            if not line.startswith("$ chainsim "):
                continue
            words = shlex.split(line, comments=True)[2:]
            words += shorter if words[0] == "run" else []
            done = CliRunner().invoke(program, words)
            assert done.exit_code == 0, (line, done.output, done.exception)
            printed.append(done.output)
    return printed


@pytest.mark.parametrize("page", HERE)
def test_a_session_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(play(page, HERE[page], tmp_path)) >= 3


@pytest.mark.nightly
@pytest.mark.parametrize("page", AT_NIGHT)
def test_a_long_session_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert play(page, AT_NIGHT[page], tmp_path)


@pytest.mark.nightly
@pytest.mark.parametrize("page", ["tutorial.md", "zh/tutorial.md"])
def test_the_tutorial_shows_the_decision_table_that_is_printed(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lang = "zh" if page.startswith("zh/") else "en"
    invoke = CliRunner().invoke
    assert invoke(program, ["new", "my-plant", "--template", "plant", "--lang", lang]).exit_code == 0
    done = invoke(program, ["compare", "my-plant/plant.yaml", "--decision", "-j", "1"])
    printed = [line.split() for line in done.output.splitlines()]
    shown = next(text for kind, _, text in blocks(page) if kind == "text" and text.startswith("rank"))
    assert [line for line in shown.splitlines() if line.split() not in printed] == []


def test_the_python_of_the_process_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    code = [text for kind, _, text in blocks("howto/own-process.md") if kind == "python"]
    assert len(code) == 1
    exec(compile(code[0], "own-process.md", "exec"), names)
    assert names["runs"].kpis is not None


@pytest.mark.nightly
def test_the_readme_shows_what_make_run_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line but those with a time, a folder, or [...] where policies are left out."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(program, ["run", "scenarios/byd.yaml"])
    assert done.exit_code == 0, done.output
    printed = {" ".join(line.split()) for line in done.output.splitlines()}
    session = FENCE.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert session is not None
    shown = [" ".join(line.split()) for line in session[3].splitlines() if "[..." not in line and line[:1] != "$"]
    assert len(shown) > 30
    assert [line for line in shown if line not in printed] == []


def test_examples_in_docstrings_give_what_they_show() -> None:
    """Those written as sessions, with >>>; there need be none."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        if ">>> " in path.read_text(encoding="utf-8"):
            name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
            assert doctest.testmod(importlib.import_module(name)).failed == 0, name
