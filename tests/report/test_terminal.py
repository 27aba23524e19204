"""What a planner reads: figures with as many digits as say something, tables that fit, verdicts beside numbers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.cli.main import _run
from chainsim.cli.problems import width
from chainsim.report.figures import amount, figure, scale, step
from chainsim.report.layout import print_table
from chainsim.report.terminal import _bottlenecks


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (86_898_000_000.0, "CNY", "86.90 bn CNY"),
        (8_923_456_789.0, "CNY", "8.923 bn CNY"),
        (441_400_000.0, "CNY", "441.4 m CNY"),
        (99.5, "CNY", "99.50 CNY"),
        (0.0, "CNY", "0 CNY"),
        (0.80541, "share", "80.54 %"),
        (1.4445, "CNY/CNY", "1.444"),
        (240_000.0, "units", "240,000 units"),
        (12.5, "orders", "12.5 orders"),
        (3.987, "days", "3.987 days"),
    ],
)
def test_amounts(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "divisor", "text"),
    [
        (-3.198e9, "CNY", 1e9, "-3.198"),
        (1.8e6, "CNY", 1e9, "+0.0018"),
        (0.0, "CNY", 1e9, "0"),
        (-0.1946, "share", 0.01, "-19.46"),
        (2e-9, "share", 0.01, "≈0"),
        (7.0, "units", 1.0, "+7"),
        (-0.5, "orders", 1.0, "-0.5"),
    ],
)
def test_differences(value: float, unit: str, divisor: float, text: str) -> None:
    assert step(value, unit, divisor) == text


@given(st.floats(-1e13, 1e13), st.sampled_from(["CNY", "share", "units", "days", "CNY/CNY"]))
def test_a_figure_is_right_to_a_thousandth(value: float, unit: str) -> None:
    divisor, _ = scale(abs(value), unit)
    shown = float(figure(value, unit, divisor).replace(",", "")) * divisor
    assert shown == pytest.approx(value, rel=1e-3, abs=0.06 * divisor)


words = st.text("abc 电机ü_", min_size=1, max_size=24).filter(lambda text: text.strip() == text)


@given(st.lists(st.tuples(words, st.integers(-(10**6), 10**6), words), min_size=1, max_size=6), st.integers(60, 200))
def test_tables_fit_numbers_stand_right_and_nothing_is_lost(rows: list[tuple[str, int, str]], columns: int) -> None:
    import contextlib
    import io

    output = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(output):
        patch.setenv("COLUMNS", str(columns))
        print_table(("name", "number", "what"), rows, "Title [bold]not markup[/bold]")
    lines = output.getvalue().splitlines()
    assert lines[0] == "Title [bold]not markup[/bold]"
    assert all(line == line.rstrip() for line in lines)
    assert max(map(width, lines)) <= columns
    ends = {width(line[: line.index(str(number)) + len(str(number))]) for (_, number, _), line in _rows(rows, lines)}
    assert len(ends) <= 1


def _rows(rows: list[tuple[str, int, str]], lines: list[str]) -> list[tuple[tuple[str, int, str], str]]:
    """Each row with its line, where it has a line of its own and its number stands there once."""
    body = lines[3:-1] if lines[-1] == "" else lines[3:]
    if len(body) != len(rows):
        return []
    return [
        pair for pair in zip(rows, body, strict=True) if pair[1].count(str(pair[0][1])) == 1 and abs(pair[0][1]) > 9
    ]


@pytest.mark.parametrize("columns", [80, 140])
def test_a_run_ends_on_a_summary_that_fits(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.chdir(tmp_path)
    assert _run(["run", str(small), "-j", "1", "-n", "2", "-p", "untouched", "-p", "motor_outage"], debug=False) == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert max(map(width, lines)) <= max(columns, 100)
    assert max(width(line) for line in lines if "─" in line or "difference" in line) <= columns
    for title in ("Baseline by year", "Baseline multipliers", "Bottlenecks"):
        assert title in lines
    assert "小工厂" in lines[0]
    assert any(line.startswith("untouched  Another district") for line in lines)
    assert any("touched nothing" in line for line in lines)
    told = " ".join(captured.out.split())
    assert f"chainsim why {small} none untouched tells more" in told.replace(" /", "/").replace("why/", "why /")
    assert any(line.startswith("starved") and "needs about" in line for line in lines)
    assert ("relative" in captured.out) == (columns == 140)
    assert lines[-2].startswith("tables: results/small/")
    assert lines[-1].startswith("report: results/small/")
    assert "% of 6 runs" in captured.err


def test_one_run_shows_no_verdicts(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _run(["run", str(small), "-j", "1", "-n", "1", "-p", "motor_outage"], debug=False) == 0
    output = capsys.readouterr().out
    assert "one run each, so no intervals and no verdicts" in output
    assert "verdict\n" not in output
    assert "±" not in output


def test_names_are_text_never_markup_or_terminal_commands(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = small.read_text(encoding="utf-8").replace("The plant pays after 10 days", "'[red]=cmd()[/red] <b>'")
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    assert _run(["list", "policies", "x.yaml"], debug=False) == 0
    assert "[red]=cmd()[/red] <b>" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("masters", "who"), [({"north"}, ["rim maker"]), ({"north", "south"}, ["south: mill (seat)", "north: rim maker"])]
)
def test_where_there_are_several_plants_the_summary_says_which_one_waited(
    masters: set[str], who: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    held = pd.DataFrame(
        {
            "policy": "none",
            "firm": ["north", "south", "maker"],
            "component": ["rim maker", "seat", "seat"],
            "root": ["rim maker", "mill", "mill"],
            "cause": "standing still",
            "hours": [72.0, 96.0, 200.0],
            "held_revenue_cny": [1e6, 2e6, 9e6],
        }
    )
    kpis = pd.DataFrame({"policy": ["none"], "replication": [1]})
    _bottlenecks(held, kpis, masters)
    rows = capsys.readouterr().out.splitlines()[3:]
    assert [row for row in rows if row.strip()] == [row for row in rows if any(name in row for name in who)]
    assert [name for row in rows for name in who if name in row] == who
