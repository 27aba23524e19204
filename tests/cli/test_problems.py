"""Problems as text: the caret stands below its character, nothing raw reaches the terminal, long lines are cut."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.cli.problems import WIDEST, as_data, excerpt, printable, render, report, width
from chainsim.errors import Place, Problem


def at(line: str, column: int, wide: int = 1, number: int = 42) -> Problem:
    return Problem("is odd", Place("byd.yaml", number, column, wide), excerpt=line)


def test_a_problem_has_place_line_caret_and_hint() -> None:
    found = Problem(
        "lead_time needs a unit, got '1e3'",
        Place("scenarios/byd.yaml", 42, 18, 3),
        'write a duration such as "1000 h"',
        "      lead_time: 1e3",
    )
    assert render(found).splitlines() == [
        "scenarios/byd.yaml:42:18: lead_time needs a unit, got '1e3'",
        "  42 |       lead_time: 1e3",
        "     |                  ^^^",
        '  hint: write a duration such as "1000 h"',
    ]


@pytest.mark.parametrize(
    ("line", "column", "wide", "caret"),
    [
        ("座椅: {capcity: 1}", 6, 7, "       ^^^^^^^"),
        ("座椅: 1", 1, 2, "^^^^"),
        ("e\u0301a: 1", 3, 1, " ^"),
        ("🚗: x", 4, 1, "    ^"),
        ("a: 1", 5, 1, "    ^"),
        ("\ta", 2, 1, " ^"),
    ],
)
def test_the_caret_stands_below_its_character(line: str, column: int, wide: int, caret: str) -> None:
    assert excerpt(at(line, column, wide))[1] == "     | " + caret


@pytest.mark.parametrize(
    "found",
    [
        Problem("is odd"),
        Problem("is odd", Place("f.yaml")),
        Problem("is odd", Place("f.yaml", 3, 1)),
        Problem("is odd", Place("f.yaml", 3, 1), excerpt="   "),
    ],
)
def test_without_a_line_there_is_no_excerpt(found: Problem) -> None:
    assert render(found) == str(found)


def test_a_line_without_a_column_has_no_caret() -> None:
    assert excerpt(Problem("is empty", Place("f.yaml", 1), excerpt="# x")) == ["  1 | # x"]


def test_control_characters_are_not_echoed() -> None:
    found = Problem("a\x1b[31m", Place("f\x07.yaml", 1, 4), "b\u202ec", "b: \x1b[31m")
    assert all(line.isprintable() for line in render(found).splitlines())
    assert excerpt(found)[1] == "    |    ^"
    assert printable("a\tb\u00a0c\u3000d\x1be") == "a b c d\ufffde"


def test_warnings_come_after_errors_and_say_so() -> None:
    text = report([Problem("may be slow", warning=True), Problem("is wrong"), Problem("is wrong")])
    assert text.splitlines() == ["is wrong", "warning: may be slow", "1 problem, 1 warning; nothing was run."]
    assert report([Problem("may be slow", warning=True)]).splitlines()[-1] == "1 warning."
    assert report([]) == ""


def test_at_most_twenty_are_shown_and_all_are_counted() -> None:
    lines = report(Problem(f"is wrong {n}") for n in range(50)).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "50 problems (the first 20 are shown); nothing was run."


def test_data_for_programs_has_the_place_in_parts() -> None:
    assert as_data(at("a: 1", 4)) == {
        "file": "byd.yaml",
        "sheet": None,
        "line": 42,
        "column": 4,
        "message": "is odd",
        "hint": None,
        "severity": "error",
    }
    bare = as_data(Problem("is odd", warning=True))
    assert json.loads(json.dumps(bare)) == bare
    assert (bare["file"], bare["line"], bare["severity"]) == (None, None, "warning")


characters = st.sampled_from("ab: {}汽车🚗é\u0301：\t")


@given(st.text(characters, min_size=1, max_size=400), st.data())
def test_the_caret_is_as_far_right_as_the_text_before_it(line: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(1, len(line)))
    shown = excerpt(at(line, column))
    if line.strip():
        text, caret = (each.partition("| ")[2] for each in shown)
        before = width(caret) - 1 if caret.endswith("^") and not caret.endswith("^^") else width(caret) - 2
        assert width(text) <= WIDEST + 6
        assert before <= WIDEST
        if width(line) <= WIDEST:
            assert before == width(printable(line[: column - 1]))


def test_the_character_at_fault_stays_in_sight_on_a_long_line() -> None:
    for line in ("x" * 300 + "!" + "y" * 300, "汽" * 300 + "!" + "y" * 300, "!" + "y" * 600, "x" * 600 + "!"):
        text, caret = (each.partition("| ")[2] for each in excerpt(at(line, line.index("!") + 1)))
        assert width(text[: text.index("!")]) == caret.index("^")
        assert width(text) <= WIDEST + 6
        assert text.endswith("...") != line.endswith("!")
        assert text.startswith("...") != line.startswith("!")


@given(st.text(), st.text(), st.text(), st.integers(0, 9), st.integers(0, 30), st.integers(1, 9))
def test_any_problem_is_printed_as_at_most_four_printable_lines(
    message: str, hint: str, line: str, number: int, column: int, wide: int
) -> None:
    text = render(Problem(message, Place("f.yaml", number, column, wide), hint, line))
    assert 1 <= len(text.split("\n")) <= 4
    assert all(each.isprintable() for each in text.split("\n"))


def test_rendering_imports_nothing_heavy() -> None:
    code = "import sys, chainsim.cli.problems; print({'rich', 'click', 'yaml', 'pydantic', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
