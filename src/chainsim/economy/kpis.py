"""The measures that policies are compared on, and their values for one replication.

In: a run's deliveries, balances and tables.  Out: one value per measure.  A measure is declared once: its unit, which
direction is better, and its meaning; the comparison, `chainsim list measures` and the tables read it from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np

from chainsim.economy.accounts import PAYABLE, RECEIVABLE
from chainsim.economy.books import Books
from chainsim.economy.income import local_tax
from chainsim.economy.multipliers import SCOPES, final_sales
from chainsim.economy.regions import rings_of
from chainsim.model import state
from chainsim.model.network import Network
from chainsim.results.columns import Table, as_kept, with_role
from chainsim.results.dates import days
from chainsim.results.frames import Tallied, quanta_per_unit, simulated_firms
from chainsim.results.market_table import within_a_day
from chainsim.results.remember import once_per_network
from chainsim.results.stock_points import PHYSICAL, by_buyer
from chainsim.results.tables import FEN


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its name, unit, which direction is better, and what it says."""

    name: str
    unit: str
    better: Literal["higher", "lower", "neutral"]
    meaning: str


EVERY: Final = slice(None)
MEASURES: Final = (
    Measure("final_sales", "CNY", "higher", "value of what was delivered to the markets"),
    Measure("units_delivered", "units", "higher", "units delivered to the markets"),
    Measure("city_revenue", "CNY", "higher", "revenue of all plants and suppliers in the city"),
    Measure("city_revenue_consolidated", "CNY", "higher", "the same without sales inside one corporate group"),
    Measure("province_revenue", "CNY", "higher", "revenue in the province, city included"),
    Measure("province_revenue_consolidated", "CNY", "higher", "the same without sales inside one corporate group"),
    Measure("city_value_added", "CNY", "higher", "revenue minus materials sold, of firms in the city"),
    Measure("province_value_added", "CNY", "higher", "the same in the province, city included"),
    Measure("city_wages", "CNY", "higher", "wages of firms in the city"),
    Measure("city_profit", "CNY", "higher", "profit of firms in the city before tax on it"),
    Measure("city_tax", "CNY", "higher", "what the region keeps of taxes of firms in the city"),
    Measure("city_multiplier", "CNY/CNY", "higher", "city revenue per yuan of final sales"),
    Measure("fill_rate", "share", "higher", "share of final demand that left within a day"),
    Measure("mean_delay", "days", "lower", "mean time from final demand to delivery"),
    Measure("starved", "days", "lower", "time during which chain masters' lines waited for a component"),
    Measure("city_receivables", "CNY", "lower", "what firms in the city are still owed at the end"),
    Measure("city_payables", "CNY", "neutral", "what firms in the city still owe at the end"),
    Measure("orders", "orders", "neutral", "orders placed with suppliers and lines"),
    Measure("lost_units", "units", "lower", "units of final demand that were lost"),
    Measure("scrap_units", "units", "lower", "units that lines made and that were no good"),
    Measure("cost_total", "CNY", "lower", "costs of stock, orders and shortages"),
    Measure("cost_per_day", "CNY", "lower", "the same per day"),
    Measure("city_jobs", "jobs", "higher", "jobs at firms in the city"),
    Measure("city_co2", "t", "lower", "CO2 of firms in the city"),
    Measure("public_cost", "CNY", "lower", "public money paid within the study, less what the budget got"),
)


def kpis(of: Books, tables: Mapping[str, Table]) -> Table:
    """Tidy rows measure, unit, value, in the order of `MEASURES`.  tables: of the run, by name."""
    run, deliveries, sums, book = of.run, of.counted, of.production, of.balances
    network = run.network
    own = simulated_firms(network)
    rings = rings_of(network)
    final = final_sales(network, deliveries)
    values: dict[str, float] = {"final_sales": final / FEN}
    for scope, inside in SCOPES.items():
        here = own & np.isin(rings, inside)
        for measure, column in (
            ("revenue", "revenue"),
            ("revenue_consolidated", "revenue_outside_group"),
            ("value_added", "value_added"),
        ):
            values[f"{scope}_{measure}"] = int(sums[column][here].sum()) / FEN
    city = own & (rings == "city")
    values["city_multiplier"] = values["city_revenue"] * FEN / final if final else 0.0
    values["city_receivables"] = int(book[: len(city)][city, RECEIVABLE].sum()) / FEN
    values["city_payables"] = int(-book[: len(city)][city, PAYABLE].sum()) / FEN
    values["city_wages"] = int(of.income["wages"][city].sum()) / FEN
    values["city_profit"] = int(of.income["profit"][city].sum()) / FEN
    values["city_tax"] = float(local_tax(network.region, of.income)[city].sum()) / FEN
    values |= _service(run)
    for measure, table, column, chosen in (
        ("starved", "stocks", "starved_days", _of_masters(network)),
        ("lost_units", "markets", "lost_units", EVERY),
        ("scrap_units", "lines", "scrapped_units", EVERY),
        ("cost_total", "costs", "total_cny", EVERY),
        ("cost_per_day", "costs", "per_day_cny", EVERY),
        ("city_jobs", "firms", "jobs", city),
        ("city_co2", "firms", "co2_t", city),
        ("public_cost", "fiscal", "cny", EVERY),
    ):
        values[measure] = float(tables[table][column][chosen].sum()) if table in tables else 0.0
    values["orders"] = float(sum(int(run.tally.rows[kind].sum()) for kind in (state.PLACED, state.RELEASED)))
    return _words() | {"value": np.array([values[measure.name] for measure in MEASURES])}


@cache
def _words() -> Table:
    """Columns measure, unit, as pandas keeps them."""
    return as_kept(measure=[row.name for row in MEASURES], unit=[row.unit for row in MEASURES])


@once_per_network
def _of_masters(network: Network) -> np.ndarray:
    """Which rows of the table of stocks are of chain masters, bool[rows]."""
    master = np.array([network.firms[point.firm].kind == "chain_master" for point in network.stocks], dtype=bool)
    of_masters: np.ndarray = master[with_role(network, *PHYSICAL)]
    return of_masters


def _service(run: Tallied) -> dict[str, float]:
    """Units delivered, fill rate within the day, and mean delay of final demand."""
    per_unit = quanta_per_unit(run.network)
    delivered, waited = (by_buyer(run, run.tally.trade[name]) for name in ("delivered", "delayed"))
    markets = run.tally.days.stocks
    total = float((delivered / per_unit)[markets].sum())
    delay = float(days(run.network, (waited / per_unit)[markets]).sum())
    return {
        "units_delivered": total,
        "fill_rate": _fill_rate(run),
        "mean_delay": delay / total if total else 0.0,
    }


def _fill_rate(run: Tallied) -> float:
    """Units of final demand that left within a day of their order, per unit ordered; transport does not count."""
    per_unit = quanta_per_unit(run.network)
    asked = float((run.tally.counted(state.DEMANDED) / per_unit).sum())
    return float((within_a_day(run) / per_unit).sum()) / asked if asked else 1.0
