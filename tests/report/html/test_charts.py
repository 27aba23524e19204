"""What charts show is what the tables of the run say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from chainsim.economy.reconciliation.flows import DEMANDED
from chainsim.economy.reconciliation.table import SIMULATED
from chainsim.report.html.charts import (
    bottlenecks,
    cash,
    decision,
    places,
    plot,
    ramp,
    reconciliation,
    resilience,
    tornado,
    waterfall,
)
from chainsim.report.html.numbers import Numbers
from chainsim.report.html.parts import Section, Variant
from chainsim.report.html.source import Source
from chainsim.report.html.words import Words

WORDS, NUMBERS = Words("en"), Numbers("en", "car")


def made(module: Any, source: Source) -> Section:
    section: Section = module.section(source, WORDS, NUMBERS)
    return section


def variant(section: Section, name: str, chart: int = 0) -> Variant:
    return next(one for one in section.charts[chart].variants if one.name == name)


def test_deliveries_of_the_ramp_sum_to_those_of_the_run(small_source: Source) -> None:
    shown = variant(made(ramp, small_source), "baseline").figure["data"]
    daily = small_source.mean("daily", ["date"], ["delivered_units", "demanded_units"])
    by_name = {trace["name"]: trace for trace in shown}
    assert sum(by_name["delivered"]["y"]) == pytest.approx(daily["delivered_units"].sum())
    assert sum(by_name["ordered"]["y"]) == pytest.approx(daily["demanded_units"].sum())
    assert sum(by_name["planned"]["y"]) == pytest.approx(20 * 60)  # 20 cars a day, 60 days


def test_a_line_that_is_bound_is_marked_from_that_month_on(small_source: Source) -> None:
    lines = small_source.tables["lines"].copy()
    own = (lines["policy"] == "none") & (lines["firm"] == "works")
    lines["bound_since"] = lines["bound_since"].where(~own, "2024-02")
    tables = {name: small_source.tables[name] for name in small_source.tables} | {"lines": lines}
    section = made(ramp, replace(small_source, tables=tables))
    marks = [one for one in variant(section, "baseline").figure["data"] if one["line"].get("dash") == "dot"]
    assert ["2024-02-01", "2024-02-01"] in [mark["x"] for mark in marks]
    assert any("works: at its limit since 2024-02" in mark["name"] for mark in marks)
    assert section.table is not None
    assert list(section.table.rows[0][:4]) == ["baseline", "works", "car", "2024-02"]


@pytest.mark.parametrize("ring", ["city", "province"])
def test_the_parts_of_the_yuan_sum_to_it_and_what_is_induced_stands_on_top(small_source: Source, ring: str) -> None:
    bars = {bar.name: bar for bar in waterfall.bars_of(small_source, ring)}
    parts = [bar for name, bar in bars.items() if name in ("direct", "indirect", "tail", "province", "outside")]
    assert sum(bar.size for bar in parts) == pytest.approx(1)
    at = 0.0
    for bar in parts:
        assert bar.base == pytest.approx(at)
        at += bar.size
    assert bars["induced"].base == bars["stays"].size
    assert bars["direct"].size + bars["indirect"].size == pytest.approx(
        small_source.level(f"{ring}_value_added") / small_source.level("final_sales")
    )


def test_the_steps_of_the_reconciliation_lead_from_leontief_to_the_simulated(small_source: Source) -> None:
    for one in made(reconciliation, small_source).charts[0].variants:
        trace = one.figure["data"][0]
        assert sum(trace["x"][:-1]) == pytest.approx(trace["x"][-1], abs=1e-6)
        assert trace["base"][1:-1] == pytest.approx([sum(trace["x"][: at + 1]) for at in range(len(trace["x"]) - 2)])
    means = small_source.mean("reconciliation", ["ring", "measure", "group", "term"], ["per_yuan"])
    first = means[(means["ring"] == "city") & (means["group"] == "apart") & (means["measure"] == "gross output")]
    ends = first.set_index("term")["per_yuan"]
    trace = made(reconciliation, small_source).charts[0].variants[0].figure["data"][0]
    assert trace["x"][-1] == pytest.approx(ends[SIMULATED] - ends[DEMANDED])


def test_places_count_every_firm_once(small_source: Source) -> None:
    section = made(places, small_source)
    for one in section.charts[0].variants:
        assert sum(one.figure["data"][0]["x"]) == 8
    table = small_source.tables["firms"]
    own = table[(table["policy"] == "none") & table["kind"].isin(["supplier", "chain_master"])]
    scale = NUMBERS.money_scale(max(own.groupby("ring")["revenue_cny"].sum()) / 2)
    revenue = variant(section, "ring").figure["data"][1]["x"]
    assert sum(revenue) * scale.divisor == pytest.approx(own["revenue_cny"].sum() / 2)


def test_bottlenecks_are_the_plants_the_longest_first(small_source: Source) -> None:
    found = variant(made(bottlenecks, small_source), "motor_outage")
    table = small_source.tables["bottlenecks"]
    own = table[(table["policy"] == "motor_outage") & (table["firm"] == "works")]
    hours = [float(row[4].replace(",", "").replace("≈", "")) for row in found.table.rows]
    assert hours == sorted(hours, reverse=True)
    longest = (own.groupby(list(bottlenecks.KEYS))["hours"].sum() / 2).nlargest(bottlenecks.MOST)
    assert sum(sum(trace["x"]) for trace in found.figure["data"]) == pytest.approx(longest.sum())


def test_the_resilience_curve_rises_by_what_is_owed_and_says_when_it_is_caught_up(small_source: Source) -> None:
    dates = [f"2024-01-{day:02}" for day in range(1, 31)]
    normal = [10.0] * 30
    late = [*normal[:10], 4.0, 6.0, 15.0, 15.0, *normal[14:]]  # six behind, ten, five, none
    rows = [("none", *row) for row in zip(dates, normal, strict=True)]
    rows += [("outage", *row) for row in zip(dates, late, strict=True)]
    daily = pd.DataFrame(rows, columns=["policy", "date", "delivered_units"]).assign(replication=1)
    source = Source({"policies": ["none", "outage"], "replications": [1]}, {"daily": daily})
    (found,) = made(resilience, source).charts[0].variants
    assert max(found.figure["data"][0]["y"]) == 10
    assert [row[1] for row in found.table.rows] == ["2024-01-11", "10 cars, 2024-01-12", "2024-01-14", "3"]


def test_suppliers_cash_is_by_policy(small_source: Source) -> None:
    found = variant(made(cash, small_source), "all")
    receivables = next(trace for trace in found.figure["data"] if trace["name"] == "receivables")
    table = small_source.tables["firms"]
    sums = table[table["kind"] == "supplier"].groupby("policy", sort=False)["receivable_cny"].sum() / 2
    scale = max(receivables["x"]) / sums.max()
    assert receivables["x"] == pytest.approx([sums[policy] * scale for policy in small_source.policies])
    at = small_source.policies.index("pay_sooner")
    assert receivables["x"][at] < receivables["x"][0]  # the plant pays its suppliers sooner


def test_a_verdict_is_marked_and_said(small_source: Source) -> None:
    section = made(decision, small_source)
    assert section.table is not None
    verdicts = dict(zip(small_source.policies[1:], section.table.marks, strict=True))
    assert verdicts["pay_sooner"] == "same"
    assert section.table.rows[0][0] == "buy_local\nCity motor makers win twenty points (本地采购)"


def test_the_tornado_is_widest_first_and_starts_at_what_was_stated(small_source: Source) -> None:
    rows = [("as stated", "", 1, "a", 100.0, False)]
    rows += [("x", "-20%", 1, "a", 90.0, False), ("x", "+20%", 1, "a", 105.0, False)]
    rows += [("y", "-20%", 1, "a", 150.0, True), ("y", "+20%", 1, "a", 60.0, False)]
    table = pd.DataFrame(rows, columns=["number", "swing", "rank", "policy", "difference", "top_changes"])
    section = made(tornado, replace(small_source, sensitivity=table))
    (found,) = section.charts[0].variants
    down, up = found.figure["data"]
    assert down["y"] == ["y", "x"]
    assert down["x"] == pytest.approx([50, -10])
    assert up["x"] == pytest.approx([-40, 5])
    assert set(down["base"]) == {100.0}
    assert section.notes[0] == "Another policy comes out best when this moves: y."


def test_what_was_not_asked_for_is_named_with_the_command_that_makes_it(small_source: Source) -> None:
    assert "chainsim sensitivity" in made(tornado, small_source).missing


@pytest.mark.parametrize("name", ["a" * 100, "<b>&", "一二三四五六七八九十" * 5, "suppliers[tier=1].capacity", ""])
def test_labels_are_escaped_and_at_most_three_lines_that_fit(name: str) -> None:
    lines = plot.wrapped(name).split("<br>")
    assert len(lines) <= 3
    assert all(plot.columns(line) <= plot.LINE + 1 for line in lines if "&" not in line)
    assert "<b>" not in plot.wrapped(name)


def test_a_legend_has_names_of_ours(small_source: Source) -> None:
    """Plotly shows a legend from the second trace on, and calls what has no name `trace 0`."""
    for module in (decision, ramp, waterfall, reconciliation, places, bottlenecks, resilience, cash):
        for chart in made(module, small_source).charts:
            for one in chart.variants:
                traces = one.figure["data"]
                assert len(traces) == 1 or all("name" in each or each["showlegend"] is False for each in traces), (
                    chart.id
                )


def test_labels_that_look_alike_stay_apart() -> None:
    assert len(set(plot.wrapped_apart(["a" * 99, "a" * 98, "a" * 97]))) == 3
