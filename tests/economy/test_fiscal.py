"""Every lever on a case small enough for a pencil: what it moves, what the public pays, and that no fen is lost.

Ten cars a day for 70 days, each with one seat of 400 CNY; all is made to order and in no time, unless a test says so.
Two seat makers of the city have 40 %, two of the province 50 %, and the rest is from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.trial import run_trial

CASE = """\
chainsim: 1
study: {start: 2024-01-01, end: 2024-03-11}
parts:
  car: {price: 1_000 CNY, needs: {seat: 1}}
  seat: {price: 400 CNY}
plants:
  works: {makes: car, ring: city, WORKS}
suppliers:
  seat: {count: {city: 2, province: 2}, share: {city: 40%, province: 50%}, SEAT}
outside:
  elsewhere: {}
markets:
  buyers: {buys: car, rate: 10/day}
"""
Tables = dict[str, pd.DataFrame]
Tabled = Callable[..., Tables]


@pytest.fixture
def tabled(tmp_path: Path) -> Tabled:
    """Tables of one run under a policy made of `lines`, with more of the works, the seats, or the file."""

    def tabled(
        lines: str, *, policy: str = "act", works: str = "pays_after: 20 days", seat: str = "", more: str = ""
    ) -> Tables:
        path = tmp_path / "case.yaml"
        text = CASE.replace("WORKS", works).replace(", SEAT", f", {seat}" if seat else "")
        path.write_text(text + more + f"policies:\n  act: {lines}\n", encoding="utf-8")
        tables = run_trial(build(load(path), [policy]), policy, 0).tables
        keeps_money(tables)
        return tables

    return tabled


def keeps_money(tables: Tables) -> None:
    """What the budget pays is what firms, buyers, banks and unnamed recipients get, to the fen; kpis say the same."""
    fiscal, firms = tables["fiscal"], tables["firms"]
    paid = fen(fiscal["cny"])
    beyond = fen(fiscal.loc[fiscal["recipient"].isin(["bank", "recipients not stated"]), "cny"])
    by_firm = fen(firms["transfers_cny"])
    assert paid == beyond + by_firm
    assert measure(tables, "public_cost") == pytest.approx(paid / 100)
    assert (fiscal[["payer", "recipient"]] == "budget").sum(axis=1).eq(1).all()


def fen(column: pd.Series) -> int:
    return sum(round(value * 100) for value in column)


def measure(tables: Tables, name: str) -> float:
    kpis = tables["kpis"]
    return float(kpis.loc[kpis["measure"] == name, "value"].iloc[0])


def of_firm(tables: Tables, firm: str, column: str) -> float:
    firms = tables["firms"]
    return float(firms.loc[firms["firm"] == firm, column].iloc[0])


def paid(tables: Tables, recipient: str) -> float:
    fiscal = tables["fiscal"]
    return float(fiscal.loc[fiscal["recipient"] == recipient, "cny"].sum())


def receivable(tables: Tables) -> float:
    firms = tables["firms"]
    return float(firms.loc[firms["category"] == "seat", "receivable_cny"].sum())


def test_without_a_policy_nothing_is_paid(tabled: Tabled) -> None:
    tables = tabled("{from: 2024-02-01, public_cost: 5 CNY}", policy="none")
    assert len(tables["fiscal"]) == 0
    assert measure(tables, "public_cost") == 0


def test_a_stated_cost_is_paid_once_on_the_first_day_to_nobody_in_particular(tabled: Tabled) -> None:
    tables = tabled("{from: 2024-02-01, public_cost: 5 million CNY}")
    (row,) = tables["fiscal"].to_dict("records")
    assert (row["decided_by"], row["lever"], row["month"]) == ("act", "public_cost", "2024-02")
    assert (row["payer"], row["recipient"], row["cny"]) == ("budget", "recipients not stated", 5_000_000)


def test_what_is_paid_in_the_warm_up_counts(tabled: Tabled) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{__name__}.CASE", CASE.replace("2024-03-11}", "2024-03-11, warm_up: 40 days}"))
        tables = tabled("{from: 2024-01-02, public_cost: 5 CNY}")
    assert measure(tables, "public_cost") == 5


def test_two_policies_are_paid_for_each_in_its_own_name(tabled: Tabled) -> None:
    more = "  also: {from: 2024-02-01, public_cost: 1.01 CNY}\n"
    tables = tabled(f"{{public_cost: 2 CNY}}\n{more}", policy="also+act")
    assert tables["fiscal"].groupby("decided_by")["cny"].sum().to_dict() == {"act": 2, "also": 1.01}
    assert measure(tables, "public_cost") == pytest.approx(3.01)


def test_payment_terms_move_claims_and_cost_the_public_nothing(tabled: Tabled) -> None:
    lever = "{from: 2024-01-31, lever: {payment_terms: {buyers: plants.works, pays_after: 5 days}}}"
    assert receivable(tabled(lever, policy="none")) == 20 * 9 * 400
    assert receivable(tabled(lever)) == 5 * 9 * 400
    assert measure(tabled(lever), "public_cost") == 0


CHAIN_FINANCE = "lever: {chain_finance: {suppliers: suppliers.seat, market_rate: 6%, rate: 2.5%}}"


def test_the_public_pays_the_bank_the_difference_of_rates_on_every_claim(tabled: Tabled) -> None:
    """From the sixtieth day on: ten days of 3,600 CNY, for a fifth of a year, at 3.5 %."""
    tables = tabled(f"{{from: 2024-03-01, {CHAIN_FINANCE}}}", works="pays_after: 73 days")
    assert measure(tables, "public_cost") == pytest.approx(10 * 3_600 * 0.035 / 5)
    assert paid(tables, "bank") == pytest.approx(252)


def test_firms_with_cash_discount_at_the_subsidised_rate(tabled: Tabled) -> None:
    tables = tabled(f"{{{CHAIN_FINANCE}}}", works="pays_after: 73 days", seat="cash: {opening: 0 CNY}")
    seats = tables["firms"][tables["firms"]["category"] == "seat"]
    assert seats["interest_cny"].sum() == pytest.approx(70 * 3_600 * 0.025 / 5)
    assert seats["cash_cny"].sum() == pytest.approx(70 * 3_600 * (1 - 0.025 / 5))
    assert paid(tables, "bank") == pytest.approx(70 * 3_600 * 0.035 / 5)


LOCALISE = "{from: 2024-01-11, lever: {localise: {suppliers: suppliers.seat, points: %s, qualification: 30 days, %s}}}"


def test_localised_points_move_after_the_qualification_and_are_paid_by_the_point(tabled: Tabled) -> None:
    """Forty days of four seats, thirty of five; 10 points of 1,000.01 CNY for two firms."""
    tables = tabled(LOCALISE % (10, "per_point: 1_000.01 CNY"))
    assert of_firm(tables, "seat city 01", "revenue_cny") + of_firm(tables, "seat city 02", "revenue_cny") == 310 * 400
    assert paid(tables, "seat city 01") == paid(tables, "seat city 02") == 5_000.05
    assert set(tables["fiscal"]["month"]) == {"2024-02"}


def test_the_share_moves_as_far_as_local_capacity_goes_on_plan(tabled: Tabled) -> None:
    """Two firms of 2.5 a day can make half of ten: 10 of the 30 points, and only these are paid for."""
    tables = tabled(LOCALISE % (30, "per_point: 1_000 CNY"), seat="capacity: 2.5/day")
    assert measure(tables, "public_cost") == 10_000


def test_capacities_of_plan_allow_what_they_allow(tabled: Tabled) -> None:
    """120 % of a planned share of 40 % is 48 %."""
    tables = tabled(LOCALISE % (30, "per_point: 1_000 CNY"), seat="capacity: 120% of plan")
    assert measure(tables, "public_cost") == 8_000


def test_new_firms_share_what_their_ring_has_and_are_paid_when_they_come(tabled: Tabled) -> None:
    lever = "{attract: {suppliers: suppliers.seat, firms: 2, takes: 10 days, per_firm: 7 CNY}}"
    tables = tabled(f"{{from: 2024-01-31, lever: {lever}}}")
    assert of_firm(tables, "seat city 01", "revenue_cny") == (40 * 2 + 30 * 1) * 400
    assert of_firm(tables, "seat city 04", "revenue_cny") == 30 * 1 * 400
    assert [paid(tables, f"seat city 0{number}") for number in (1, 2, 3, 4)] == [0, 0, 7, 7]


def test_new_firms_may_come_to_a_ring_that_had_none(tabled: Tabled) -> None:
    lever = "{attract: {suppliers: suppliers.seat, firms: 1, ring: nation, points: 10, per_firm: 7 CNY}}"
    tables = tabled(f"{{from: 2024-01-31, lever: {lever}}}")
    assert of_firm(tables, "seat nation 01", "revenue_cny") == 40 * 1 * 400
    assert paid(tables, "seat nation 01") == 7


def test_small_firms_are_supported_for_a_while_and_stay_when_the_policy_ends(tabled: Tabled) -> None:
    """Two from the fortieth day on, 10 CNY a day for fifty days, paid month by month in advance."""
    lever = (
        "{small_firms: {suppliers: suppliers.seat, firms: 2, takes: 10 days, support: 10 CNY/day, supported: 50 days}}"
    )
    tables = tabled(f"{{from: 2024-01-31, until: 2024-02-20, lever: {lever}}}")
    assert of_firm(tables, "seat city 04", "revenue_cny") == 30 * 1 * 400
    both = tables["fiscal"][["cny", "committed_cny"]].sum().tolist()
    assert both == [2 * (29 + 21) * 10, 0]  # months in advance: from 10 February, and from 10 March
    assert paid(tables, "seat city 03") == paid(tables, "seat city 04") == 500


def test_a_second_source_steps_in_and_is_paid_for_being_ready(tabled: Tabled) -> None:
    """Without it ten days of outage leave the ten seats from outside for ten cars; 1,000 CNY a day for forty days."""
    more = "disruptions:\n  strike: {from: 2024-03-01, hits: {suppliers: [seat]}}\n"
    lever = "{second_source: {buyers: plants.works, suppliers: suppliers.spare, retainer: 1_000 CNY/day}}"
    spare = CASE.replace("outside:", "  spare: {makes: seat, standby: true, ring: city}\noutside:")
    assert spare != CASE
    lines = f"{{from: 2024-01-31, lever: {lever}}}"
    both = []
    for policy in ("none", "act"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(f"{__name__}.CASE", spare)
            both.append(tabled(lines, policy=policy, more=more))
    assert [measure(tables, "units_delivered") for tables in both] == [610, 700]
    assert paid(both[1], "spare") == 40_000


FUND = "{from: 2024-01-11, lever: {capacity_fund: {suppliers: plants.works, capacity: 100%, build: 20 days, ALSO}}}"


def test_a_fund_doubles_a_capacity_after_the_build_time(tabled: Tabled) -> None:
    """Thirty days of five, forty of ten."""
    line = "capacity: 5/day, batch: 1"
    tables = tabled(FUND.replace("ALSO", "per_firm: 3 million CNY"), works=line)
    assert measure(tables, "units_delivered") == pytest.approx(30 * 5 + 40 * 10, abs=2)
    assert measure(
        tabled(FUND.replace("ALSO", "per_firm: 0"), works=line, policy="none"), "units_delivered"
    ) == pytest.approx(350, abs=2)
    assert paid(tables, "works") == 3_000_000


def test_the_public_pays_its_share_of_the_prime_rate_month_by_month(tabled: Tabled) -> None:
    """35 % x 3.45 % x 20 million x 3 years = 724,500 CNY in 36 months: two of them in the study, per firm."""
    lever = "{upgrade_loan: {suppliers: suppliers.seat, capacity: 20%, loan: 20 million CNY}}"
    tables = tabled(f"{{from: 2024-01-01, lever: {lever}}}", seat="capacity: 9/day")
    assert paid(tables, "seat city 01") == 2 * 724_500 / 36
    assert measure(tables, "public_cost") == 4 * 2 * 724_500 / 36
    fiscal = tables["fiscal"]
    assert fen(fiscal["cny"]) + fen(fiscal["committed_cny"]) == 4 * 724_500 * 100
    later = tabled(
        f"{{from: 2024-01-01, lever: {lever.replace('CNY}', 'CNY, lpr: 3.1%, years: 1}')}}}", seat="capacity: 9/day"
    )
    assert fen(later["fiscal"]["cny"]) + fen(later["fiscal"]["committed_cny"]) == 4 * 217_000 * 100


def test_buffers_last_through_an_outage_and_are_subsidised_while_they_are_kept(tabled: Tabled) -> None:
    """Three days of ten seats; 100 CNY a day for sixty days, in months that add up to the fen."""
    more = "disruptions:\n  strike: {from: 2024-03-01, hits: {suppliers: [seat]}}\n"
    lever = "{buffers: {firms: plants.works, days: 3 days, subsidy: 100 CNY/day}}"
    both = [
        tabled(f"{{from: 2024-01-11, lever: {lever}}}", works="component_stock: 1 day", policy=policy, more=more)
        for policy in ("none", "act")
    ]
    assert measure(both[1], "units_delivered") - measure(both[0], "units_delivered") == 30
    assert measure(both[1], "public_cost") == 6_000


def test_a_subsidy_ends_with_its_policy_and_what_is_promised_beyond_the_study_is_committed(tabled: Tabled) -> None:
    lever = "lever: {buffers: {firms: plants.works, days: 1 day, subsidy: 100 CNY/day}}"
    ends = tabled(f"{{from: 2024-01-11, until: 2024-01-21, {lever}}}", works="component_stock: 1 day")
    assert measure(ends, "public_cost") == 1_000
    beyond = tabled(f"{{from: 2024-03-01, until: 2024-05-01, {lever}}}", works="component_stock: 1 day")
    assert (beyond["fiscal"]["cny"].sum(), beyond["fiscal"]["committed_cny"].sum()) == (3_100, 3_000)


def test_a_cluster_shortens_transport(tabled: Tabled) -> None:
    """Two days instead of four from the city, four as before from the province."""
    lever = "{cluster: {lanes: suppliers.seat, ring: city, shorter: 50%}}"
    by_ring = "lead_time: {city: 4 days, province: 4 days}"
    lanes = tabled(f"{{lever: {lever}}}", seat=by_ring)["lanes"].set_index("supplier")
    assert lanes.loc["seat city 01", "mean_transit_days"] == 2
    assert lanes.loc["seat province 01", "mean_transit_days"] == 4


TRADE_IN = (
    """{from: 2024-01-11, until: 2024-01-31, lever: {trade_in: {market: buyers, gains: 50%, payback: 20 days, ALSO}}}"""
)


def test_a_trade_in_subsidy_is_paid_for_what_was_really_sold(tabled: Tabled) -> None:
    """Fifteen a day for twenty days, five for twenty: 300 units are subsidised, and no more is sold in all."""
    tables = tabled(TRADE_IN.replace("ALSO", "per_unit: 100 CNY"))
    assert paid(tables, "buyers") == 300 * 100
    assert of_firm(tables, "buyers", "transfers_cny") == 300 * 100
    assert measure(tables, "units_delivered") == 700
    daily = tables["daily"]["delivered_units"]
    assert [daily[day] for day in (9, 10, 29, 30, 49, 50)] == [10, 15, 15, 5, 5, 10]
    short = tabled(TRADE_IN.replace("ALSO", "additional: 40%, per_unit: 100 CNY"), works="capacity: 12/day, batch: 1")
    assert paid(short, "buyers") == pytest.approx(20 * 12 * 100, abs=100)


def test_a_carbon_price_is_revenue_of_the_budget(tabled: Tabled) -> None:
    """Sixty days of four seats from the city, 50 kg each: 12 t at 100 CNY; with the province 27 t."""
    co2 = "footprint: {co2: 50}"
    city = tabled("{from: 2024-01-11, lever: {carbon_price: {per_tonne: 100 CNY}}}", seat=co2)
    assert measure(city, "public_cost") == pytest.approx(-1_200, abs=0.04)
    assert of_firm(city, "seat city 01", "transfers_cny") == pytest.approx(-600, abs=0.02)
    assert set(city["fiscal"]["recipient"]) == {"budget"}
    both = tabled("{from: 2024-01-11, lever: {carbon_price: {per_tonne: 100 CNY, ring: province}}}", seat=co2)
    assert measure(both, "public_cost") == pytest.approx(-2_700, abs=0.1)
    assert measure(both, "units_delivered") == 700


def test_a_new_chain_master_enters_with_its_market(tabled: Tabled) -> None:
    """Twenty vans a day from the fiftieth day on, half way up a ramp of ten days: 5 x 0.5 x 20 x 2 + 10 x 20."""
    case = CASE.replace("seat: 1}}\n", "seat: 1}}\n  van: {price: 2_000 CNY}\n")
    case = case.replace("suppliers:\n", "  base: {makes: van, ring: city, capacity: 0/day, batch: 1}\nsuppliers:\n")
    case += "  firms: {buys: van, rate: 0/day}\n"
    lever = "{attract_master: {plant: base, market: firms, capacity: 30/day, sells: 20/day, build: 20 days, "
    lever += "ramp_up: 10 days, grant: 9 million CNY}}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{__name__}.CASE", case)
        tables = tabled(f"{{from: 2024-01-31, lever: {lever}}}")
    markets = tables["markets"].set_index("market")
    assert markets.loc["firms", "demanded_units"] == pytest.approx(10 * 10 + 10 * 20, abs=1)
    assert markets.loc["firms", "delivered_units"] == pytest.approx(300, rel=0.1)
    assert markets.loc["buyers", "delivered_units"] == 700
    assert paid(tables, "base") == 9_000_000


def test_innovation_saves_scrap_time_and_material(tabled: Tabled) -> None:
    """Thirty-five days at a yield of 50 %, then at 80 %: of nine seats 18 are started a day, then 11.25."""
    lever = "{innovation: {suppliers: suppliers.seat, less_scrap: 30, takes: 30 days, per_firm: 1 million CNY}}"
    tables = tabled(f"{{from: 2024-01-06, lever: {lever}}}", seat="yield: 50%")
    lines = tables["lines"]
    started = float(lines.loc[lines["part"] == "seat", "started_units"].sum())
    assert started == pytest.approx(35 * 18 + 35 * 11.25, rel=0.03)
    assert measure(tables, "public_cost") == 4_000_000
    assert set(tables["fiscal"]["month"]) == {"2024-02"}


ALL_AT_ONCE = """\
  terms: {from: 2024-01-03, lever: {payment_terms: {buyers: plants.works, pays_after: 7 days}}, public_cost: 0.01 CNY}
  bank: {from: 2024-01-04, lever: {chain_finance: {suppliers: suppliers.seat, market_rate: 6.1%, rate: 2.3%}}}
  points: {from: 2024-01-05, lever: {localise: {suppliers: suppliers.seat, points: 7, per_point: 333.33 CNY}}}
  firms: {from: 2024-01-06, lever: {attract: {suppliers: suppliers.seat, firms: 1, per_firm: 7.77 CNY}}}
  loan: {from: 2024-01-07, lever: {upgrade_loan: {suppliers: suppliers.seat, capacity: 9%, loan: 1_234_567.89 CNY}}}
  fund: {from: 2024-01-08, lever: {capacity_fund: {suppliers: plants.works, capacity: 9%, per_firm: 5.55 CNY}}}
  stock: {from: 2024-01-09, lever: {buffers: {firms: plants.works, days: 2 days, subsidy: 0.07 CNY/day}}}
  cars:
    from: 2024-01-10
    until: 2024-02-03
    lever: {trade_in: {market: buyers, gains: 33%, payback: 17 days, per_unit: 3.33 CNY}}
  carbon: {from: 2024-01-11, lever: {carbon_price: {per_tonne: 33.33 CNY, ring: province}}}
"""


def test_all_levers_at_once_lose_no_fen(tabled: Tabled) -> None:
    names = re.findall(r"^  (\w+):", ALL_AT_ONCE, re.MULTILINE)
    tables = tabled(
        "{}\n" + ALL_AT_ONCE,
        policy="+".join(names),
        works="pays_after: 73 days, capacity: 12/day, batch: 1, component_stock: 1 day",
        seat="capacity: 150% of plan, footprint: {co2: 7.7}",
    )
    assert set(tables["fiscal"]["decided_by"]) == set(names)
    assert {"budget", "bank", "buyers", "works", "seat city 03"} <= set(tables["fiscal"]["recipient"])
