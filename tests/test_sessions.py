"""The sessions and the Python of the pages run: in an empty folder, from the first line to the last.

Studies are made shorter, and where a page runs scenarios/byd.yaml, `tests/data/city.yaml` stands in for it: its names,
few firms.  That these are names of byd.yaml is tested, too.  A block ```text policy is written to the end of the
scenario at the place where the page says so; one with the name of a file is that file.  Commands that are not run here
stand in UNFIT, pages in AT_NIGHT and ELSEWHERE, with who runs them or why nobody does.
"""

import doctest
import importlib
import re
import shlex
import shutil
from collections.abc import Iterator
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from chainsim.cli.main import chainsim as program
from chainsim.scenario.load import Loaded, load

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```(\w+) *(.*?) *\n(.*?)^``` *$", re.MULTILINE | re.DOTALL)
BYD = "scenarios/byd.yaml"


class Session(NamedTuple):
    """How a page is run.  more: words added to `chainsim run FILE` and the like.  city: byd.yaml is a small one."""

    more: tuple[str, ...] = ("-n", "1", "-j", "1")
    city: bool = True


PLANT = Session(("--set", "study.end=2024-02-15", "-n", "2", "-j", "1"), city=False)  # the template's plant
DRY = Session(("--dry-run",), city=False)  # years of simulation: read, checked and built, not simulated
HERE = {
    "tutorial.md": PLANT,
    "zh/tutorial.md": PLANT,
    "howto/extend.md": Session(),
    "../README.md": Session(),
    "../README.zh.md": Session(),
    "editor.md": Session(),
    "report.md": Session(),
    "textbook.md": Session(city=False),
    "howto/compare.md": Session(),
    "howto/resume.md": Session(),
    "concepts/multipliers.md": Session(),
    "concepts/reconciliation.md": Session(),
    "scenario-language.md": DRY,
    "not-true.md": DRY,  # what it says of the results: tests/test_not_true.py
}
AT_NIGHT = {page: ["-n", "1", "-j", "1"] for page in ("howto/own-plant.md", "concepts/multipliers.md")}  # two years
ELSEWHERE = {
    "excel.md": "tests/test_docs.py::test_the_session_of_the_excel_page_runs",
    "scale.md": "tests/study/executors/test_scale_page.py, by night: it wants a scheduler and workers",
}
UNFIT = {  # commands that are not run here, by what they have in them
    "--resume": "wants an interruption; tests/cli/test_failures.py and tests/study interrupt",
    "--cluster tcp": "wants other machines; tests/study/executors/test_scale_page.py starts a scheduler",
    "verify-model": "all of the gallery takes minutes; tests/study/test_verification.py runs cases, `make nightly` all",
}
WORKING = ("run", "compare", "sensitivity")  # verbs that run as many replications as they are told to
LESS = {"fuzz": ["--count", "3"], "why": ["-j", "1"], "resilience": ["-j", "1"], "verify-model": ["-n", "2", "-j", "1"]}
UNSURE = ("verify-model", "--until-precision")  # with so few runs they may end with 1: not shown, not reached


def blocks(page: str) -> Iterator[tuple[str, str, str]]:
    for found in FENCE.finditer((DOCS / page).read_text(encoding="utf-8")):
        yield found[1], found[2], found[3]


def commands(page: str) -> list[str]:
    """Every `$ chainsim ...` of a page, without comments."""
    lines = (line for kind, _, text in blocks(page) if kind == "console" for line in text.splitlines())
    return [re.sub(r"\s+#\s.*", "", line)[2:] for line in lines if line.startswith("$ chainsim ")]


def pages_with(kind: str) -> set[str]:
    """Pages that have a session, or Python; what is decided once and what is made from code has none of its own."""
    pages = [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "README.zh.md"]
    names = {"../" + path.name if path.parent == ROOT else path.relative_to(DOCS).as_posix() for path in pages}
    return {
        page
        for page in names
        if not page.startswith("decisions/")
        and (commands(page) if kind == "console" else any(one[0] == kind for one in blocks(page)))
    }


def why_unfit(command: str) -> str:
    """Why a command is not run here, empty if it is."""
    _, verb, *words = shlex.split(command)
    named = verb == "verify-model" and any(not word.startswith("-") for word in words)
    return next((why for part, why in UNFIT.items() if part in command and not named), "")


def test_every_page_with_a_session_is_run_or_says_who_runs_it() -> None:
    assert pages_with("console") - {*HERE, *AT_NIGHT, *ELSEWHERE} == set()
    assert {*HERE, *AT_NIGHT, *ELSEWHERE} <= pages_with("console")
    every = [command for page in HERE for command in commands(page)]
    assert all(any(part in command for command in every) for part in UNFIT), "a reason for what no page has"
    assert sum(map(bool, map(why_unfit, every))) <= 4


def play(page: str, more: tuple[str, ...] | list[str], folder: Path, city: bool = False) -> list[str]:
    """Runs a page's commands in order and returns what they print."""
    if "scenarios/" in (DOCS / page).read_text(encoding="utf-8"):
        shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    if city:
        (folder / "scenarios").mkdir(exist_ok=True)
        for name in (BYD, "my.yaml"):
            shutil.copy(ROOT / "tests" / "data" / "city.yaml", folder / name)
    if "my-cases" in (DOCS / page).read_text(encoding="utf-8"):
        (folder / "my-cases").mkdir()
        shutil.copy(ROOT / "scenarios" / "textbook" / "queue-mm1.yaml", folder / "my-cases")
    printed = []
    for kind, info, text in blocks(page):
        if (kind, info) == ("text", "policy"):
            with (folder / "my-plant" / "plant.yaml").open("a", encoding="utf-8") as scenario:
                scenario.write(text)
        if info.endswith((".yaml", ".csv")):
            (folder / info).write_text(text, encoding="utf-8")
        for line in text.splitlines() if kind == "console" else ():
            if line.startswith("$ chainsim ") and not why_unfit(command := re.sub(r"\s+#\s.*", "", line)[2:]):
                printed.append(run(command, more, folder))
    return printed


def run(command: str, more: tuple[str, ...] | list[str], folder: Path) -> str:
    """Runs one command, with fewer replications where it takes a file, and returns what it prints or writes."""
    whole = shlex.split(command)[1:]
    words = list(takewhile(lambda word: word not in (">", ">>"), whole))
    of_file = any(word.endswith(".yaml") for word in words)
    few = [word for word in more if word != "--dry-run" or words[0] == "run"] if words[0] in WORKING and of_file else []
    few = few + (["--at-most", "2"] if "--until-precision" in words else [])
    done = CliRunner().invoke(program, [*words, *few, *LESS.get(words[0], [])])
    fine = (0, 1) if any(word in UNSURE for word in words) and done.exception.__class__ is SystemExit else (0,)
    assert done.exit_code in fine, (command, done.output, done.exception)
    if len(whole) > len(words):
        target = folder / whole[-1].removeprefix("~/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(done.stdout, encoding="utf-8")
        assert target.stat().st_size
    return done.output


@pytest.mark.parametrize("page", HERE)
def test_a_session_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = HERE[page]
    fit = [command for command in commands(page) if not why_unfit(command)]
    assert len(play(page, session.more, tmp_path, session.city)) == len(fit) > 0


@pytest.fixture(scope="module")
def byd() -> Loaded:
    return load(ROOT / BYD)


def test_what_the_sessions_name_is_in_the_shipped_case(byd: Loaded) -> None:
    """Policies and values that the small city has, byd.yaml has, too."""
    names, settings = set(), set()
    for page in pages_with("console"):
        for command in commands(page):
            words = shlex.split(command)[1:]
            if "byd" not in command or "my-city" in command:
                continue
            taken = dict(pairwise(words))
            names |= {taken[option] for option in ("-p", "--baseline") if option in words}
            names |= set(words[2:4]) if words[0] in ("why", "diff") else set()
            settings |= {taken["--set"]} if "--set" in words else set()
    assert {"buy_local", "battery_outage"} <= names
    for name in names:
        byd.timeline([name])  # ScenarioError for what is not there
    for setting in settings:
        byd.changed([setting])


@pytest.mark.parametrize("page", ["../README.md"])
def test_the_python_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    shutil.copy(ROOT / "tests" / "data" / "city.yaml", tmp_path / BYD)
    names: dict[str, Any] = {}
    for kind, _, text in blocks(page):
        if kind == "python":
            exec(compile(text, page, "exec"), names)
    assert set(names["runs"].kpis["policy"]) == {"none", "buy_local"}


def test_all_python_is_run_by_somebody() -> None:
    """notebooks.md in test_docs.py, scale.md with its workers by night."""
    assert pages_with("python") == {"../README.md", "howto/own-process.md", "notebooks.md", "scale.md"}


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
