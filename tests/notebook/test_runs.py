"""Runs in Python: the numbers of the command line, as attributes, comparisons, HTML and figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import chainsim as cs
from chainsim.errors import MissingLibraryError, ScenarioError
from chainsim.notebook.figures import CHARTS
from chainsim.notebook.runs import Runs
from chainsim.report.html.charts import ramp
from chainsim.report.html.numbers import Numbers
from chainsim.report.html.words import Words

SHORT = {"study.end": "2024-02-15"}


@pytest.fixture(scope="module")
def runs(small: Path) -> Runs:
    return cs.run(cs.load(small, set=SHORT), policies=["buy_local", "pay_sooner"], replications=2, engine="simpy")


def test_tables_are_attributes(runs: Runs) -> None:
    for name in ("kpis", "firms", "daily", "multipliers"):
        assert getattr(runs, name) is runs.tables[name]
    assert runs.policies == ["none", "buy_local", "pay_sooner"]


def test_a_comparison_with_the_baseline_is_the_table_of_the_study(runs: Runs) -> None:
    pd.testing.assert_frame_equal(runs.compare("none"), runs.tables["comparison"])
    pd.testing.assert_frame_equal(runs.decision(), runs.tables["decision"])


def test_a_comparison_with_another_policy_turns_the_difference_around(runs: Runs) -> None:
    forth = runs.compare("none").set_index(["policy", "measure"])["difference"]
    back = runs.compare("buy_local").set_index(["policy", "measure"])["difference"]
    assert back["none", "city_revenue"] == pytest.approx(-forth["buy_local", "city_revenue"])
    assert set(back.index.get_level_values("policy")) == {"none", "pay_sooner"}
    with pytest.raises(ScenarioError, match="no policy 'buy_locl' among the runs - did you mean 'buy_local'"):
        runs.compare("buy_locl")


def test_settings_of_a_run_are_those_of_its_scenario(small: Path) -> None:
    change = {"markets.buyers.rate": "18/day"}
    given = cs.run(cs.load(small, set=SHORT), policies=[], replications=1, set=change, engine="simpy")
    loaded = cs.run(cs.load(small, set=SHORT | change), policies=[], replications=1, engine="simpy")
    plain = cs.run(cs.load(small, set=SHORT), policies=[], replications=1, engine="simpy")
    pd.testing.assert_frame_equal(given.kpis, loaded.kpis)
    assert not given.kpis["value"].equals(plain.kpis["value"])


def test_runs_show_the_baseline_and_the_decision(runs: Runs) -> None:
    html = runs._repr_html_()
    for text in ("A small plant", "buy_local", "city_multiplier", "3 policies × 2 replications", "exactly equal"):
        assert text in html
    assert "<script" not in html
    assert repr(runs) == "<Runs of small: none, buy_local, pay_sooner × 2 replications>"


def test_the_baseline_alone_shows_itself_too(small: Path) -> None:
    alone = cs.run(cs.load(small, set=SHORT), policies=[], replications=1, engine="simpy")
    assert "1 policies × 1 replications" in alone._repr_html_()
    with pytest.raises(ScenarioError, match="the baseline alone"):
        alone.plot("city_revenue")
    assert len(alone.plot("ramp").data) == 3


def test_a_figure_of_a_measure_has_the_differences_and_half_their_intervals(runs: Runs) -> None:
    (dots,) = runs.plot("city_revenue").data
    table = runs.compare("none").query("measure == 'city_revenue'")
    assert list(dots.y) == ["buy_local", "pay_sooner"]
    assert list(dots.x) == pytest.approx(list(table["difference"] / 1e6))
    assert list(dots.error_x.array) == pytest.approx(list((table["high"] - table["low"]) / 2e6))
    assert "m CNY" in runs.plot("city_revenue").layout.xaxis.title.text


@pytest.mark.parametrize("name", ["decision", "ramp", "waterfall", "places", "cash"])
def test_figures_of_charts_are_those_of_the_report(runs: Runs, name: str) -> None:
    figure = runs.plot(name)
    assert len(figure.data) > 0
    section = CHARTS[name](runs.source, Words("en"), Numbers("en"))
    assert len(figure.data) == len(section.charts[0].variants[0].figure["data"])


def test_a_chart_of_one_policy_in_chinese(runs: Runs) -> None:
    figure = runs.plot("ramp", "buy_local", lang="zh")
    variants = ramp.section(runs.source, Words("zh"), Numbers("zh")).charts[0].variants
    wanted = next(each for each in variants if each.name == "buy_local")
    assert [trace.name for trace in figure.data] == [trace["name"] for trace in wanted.figure["data"]]
    assert "buy_local" in figure.layout.title.text


@pytest.mark.parametrize(
    ("what", "policy", "said"),
    [
        ("city_revenu", None, "no figure 'city_revenu' - did you mean 'city_revenue'"),
        ("ramp", "buy_locl", "figure 'ramp' has no 'buy_locl' - did you mean 'buy_local'"),
        ("reconciliation", None, "these runs have no figure 'reconciliation'"),
        ("bottlenecks", None, "these runs have no figure 'bottlenecks'"),  # nobody waits in so short a time
    ],
)
def test_what_cannot_be_drawn(runs: Runs, what: str, policy: str | None, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        runs.plot(what, policy)


def test_without_plotly_the_install_line_is_said(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'chainsim\[notebook\]'"):
        runs.plot("city_revenue")


def test_plotly_is_imported_only_to_draw(small: Path) -> None:
    code = (
        "import sys, chainsim as cs\n"
        f"runs = cs.run(cs.load({str(small)!r}, set={SHORT!r}), policies=[], replications=1, engine='simpy')\n"
        "runs._repr_html_()\n"
        "print({'plotly', 'openpyxl', 'xlsxwriter'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_runs_go_to_excel(runs: Runs, tmp_path: Path) -> None:
    import openpyxl

    runs.to_excel(tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["kpis"]
    assert sheet.max_row == len(runs.kpis) + 1


def test_examples_are_found_by_name() -> None:
    assert cs.load(cs.example("templates/plant")).name == "plant"
    assert cs.example("textbook/queue-mm1").is_file()
    with pytest.raises(ScenarioError, match="no example 'bydd' - did you mean 'byd'"):
        cs.example("bydd")
