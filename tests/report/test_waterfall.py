"""The waterfall as it is printed: bars that begin where the last ended, columns that add up, lines that fit."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.cli.main import _run
from chainsim.cli.problems import width
from chainsim.economy.waterfall import waterfall
from chainsim.economy.waterfall_totals import compared
from chainsim.report.waterfall import Column, bar, markdown, print_waterfall
from chainsim.testing.sketch import Sketch
from chainsim.testing.tables import table_network

CHART = """\
Where it goes
                                                        yuan     fen
price                        ████████████████████████  10.00  100.00
value added of firms here                               7.50   75.00
  plant, city                ████████████               5.00   50.00
  tier 1, province                       ██████         2.50   25.00
bought from outside sources                             2.50   25.00
  by tier 1, nation                            ██████   2.50   25.00
found again                                            10.00  100.00
"""


def small_table() -> pd.DataFrame:
    """A car of 10 yuan with an engine of 5 and ore of 2.5."""
    sketch = Sketch(9).firm("works", "chain_master").firm("engines", ring="province", tier=1)
    sketch.part("car", 1000).part("engine", 500).part("ore", 250).make("works", "car", 9).make("engines", "engine", 9)
    sketch.buy("works", "engine", "car", 1, "engines", 9).buy("engines", "ore", "engine", 1, "outside", 9)
    return compared({"none": waterfall(sketch.market("buyers", "car", "works", every=1).network())})


def test_a_chart_as_it_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "68")
    print_waterfall(small_table(), "Where it goes")
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [*CHART.splitlines(), ""]


def test_sales_below_cost_draw_a_bar_that_runs_backwards(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A works that pays 15 yuan for what it sells at 10: it loses half the price, and the scale makes room."""
    monkeypatch.setenv("COLUMNS", "80")
    sketch = Sketch(9).firm("works", "chain_master").part("car", 1000).part("ore", 1500).make("works", "car", 9)
    network = sketch.buy("works", "ore", "car", 1, "outside", 9).market("buyers", "car", "works", every=1).network()
    print_waterfall(compared({"none": waterfall(network)}), "Loss")
    lines = capsys.readouterr().out.splitlines()
    loss, ore = (next(line for line in lines if line.startswith(f"  {name}")) for name in ("plant", "by plant"))
    assert "░" in loss
    assert loss.split()[-2:] == ["-5.00", "-50.00"]
    assert loss.count("░") == pytest.approx(ore.count("█") / 3, abs=1)
    assert loss.index("░") == ore.index("█")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.integers(10, 70))
def test_bars_join_without_gaps_and_fill_the_whole(shares: list[float], columns: int) -> None:
    """Each bar begins within the half column where the last one ended; none is wider than there is room."""
    edges = np.concatenate([[0.0], np.cumsum(shares)])
    edges = edges / edges[-1] if edges[-1] else edges
    halves = []
    for begin, end in pairwise(edges):
        drawn = bar(begin, end, columns)
        assert len(drawn) <= columns
        assert bool(drawn.strip()) == (begin != end)
        full = "".join({"█": "11", "▌": "10", "▐": "01", " ": "00"}[sign] for sign in drawn)
        if begin != end:
            halves.append((full.index("1"), full.rindex("1") + 1))
            assert set(full[halves[-1][0] : halves[-1][1]]) == {"1"}
    assert all(abs(second[0] - first[1]) <= 1 for first, second in pairwise(halves))
    if halves:
        assert halves[0][0] == 0
        assert halves[-1][1] == 2 * columns


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=12), st.integers(0, 4))
def test_what_is_printed_adds_up(amounts: list[float], places: int) -> None:
    """Rounded where rows begin and end, so the parts add up to the printed sum, each less than one unit off."""
    column = Column.of("yuan", pd.Series(amounts), places).adding_up()
    unit = 10.0**-places
    shown = [float(column.cell(at, at + 1).replace(",", "")) for at in range(len(amounts))]
    total = float(column.cell(0, len(amounts)).replace(",", ""))
    assert sum(shown) == pytest.approx(total, abs=unit / 100)
    assert shown == pytest.approx(amounts, abs=unit * 1.001)
    assert total == pytest.approx(sum(amounts), abs=unit * 0.501)


@pytest.mark.parametrize("columns", [80, 100, 200])
def test_an_explanation_fits_and_ends_on_the_next_command(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert _run(["explain", str(small), "-p", "buy_local", "--set", "plants.works.batch=4"], debug=False) == 0
    lines = capsys.readouterr().out.splitlines()
    charts = [line for line in lines if set(line) & set("█▌▐") or line.startswith("found again")]
    assert max(map(width, charts)) == min(columns, 100)
    assert len({width(line) for line in charts}) == 1
    assert max(map(width, lines[:-3])) <= max(columns, 80)
    assert any("小工厂" in line for line in lines)
    assert any(line == "buy_local  City motor makers win twenty points (本地采购)" for line in lines)
    assert lines[-3].startswith("50 of the scenario's 50 numbers are assumed (chainsim list assumptions ")
    assert lines[-2].endswith("nothing was simulated.")
    assert lines[-1] == f"next: chainsim run {small} -p buy_local --set plants.works.batch=4 --reconcile"
    assert "\x1b" not in "".join(lines)


def test_printed_yuan_add_up_to_the_price(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lines of one car's price, added by hand: 100,000; of a policy before, after, and what it changes."""
    monkeypatch.setenv("COLUMNS", "100")
    assert _run(["explain", str(small), "-p", "buy_local"], debug=False) == 0
    lines = capsys.readouterr().out.splitlines()
    first, second = (at for at, line in enumerate(lines) if line.startswith("price"))
    for start, figures, expected in ((first, 2, [100_000]), (second, 4, [100_000, 100_000, 0])):
        end = next(at for at in range(start, len(lines)) if lines[at].startswith("found again"))
        parts = [line.split()[-figures:] for line in lines[start:end] if line.startswith("  ")]
        assert [sum(int(part[at].replace(",", "")) for part in parts) for at in range(len(expected))] == expected


def test_several_products_are_in_fen_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    gallery = Path(__file__).parents[2] / "scenarios" / "textbook" / "leontief.yaml"
    assert _run(["explain", str(gallery)], debug=False) == 0
    output = capsys.readouterr().out
    assert "yuan:" not in output
    assert "Where each yuan of final sales goes" in output
    assert "147.10" in output  # Miller & Blair's multipliers, weighted by 60 and 150


def test_markdown_has_one_cell_a_column_and_no_yuan_for_several_products() -> None:
    priced = markdown(small_table()).splitlines()
    assert {line.count("|") for line in priced} == {14}
    assert "| none | firms | tier 1 | province |  | value added | 5.00 | 2.50 | 2.50 | 50.0000 |" in priced[3]
    mixed = markdown(compared({"none": waterfall(table_network([[0, 0], [0, 0]], (1, 1)))}))  # type: ignore[list-item]
    assert "|  |  |  | 100.0000 |" in mixed
