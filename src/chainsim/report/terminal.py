"""What a study looks like in a terminal: the network, the headline figures, the comparison.

In: planned studies and their tables.  Out: text on stdout, plain when it is piped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import click
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chainsim.model.network import Network
from chainsim.scenario.load import Loaded
from chainsim.study.study import BASELINE, Plan, Result

HEADLINES: Final = ("final_sales", "city_revenue", "city_value_added", "city_receivables", "fill_rate", "starved")
WIDE: Final = 160


def _console() -> Console:
    """As wide as the terminal; pipes and files get room for whole lines."""
    console = Console(highlight=False, soft_wrap=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDE)


def print_table(
    header: Sequence[str], rows: Iterable[Sequence[object]], title: str = "", right: Sequence[int] = ()
) -> None:
    """A table on stdout; names are printed as text, never as markup."""
    heading = Text(title, style="bold") if title else None
    table = Table(box=SIMPLE_HEAD, title=heading, title_justify="left", pad_edge=False)
    for index, name in enumerate(header):
        table.add_column(name, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    _console().print(table)


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Rows as dictionaries."""
    return table.to_dict("records")


def amount(value: float, unit: str) -> str:
    """A figure as a planner writes it: yuan in millions or billions, shares in per cent."""
    if unit == "CNY":
        if abs(value) >= 1e9:
            return f"{value / 1e9:,.3f} bn CNY"
        return f"{value / 1e6:,.1f} m CNY"
    if unit == "share":
        return f"{value:.2%}"
    if unit in ("units", "orders"):
        return f"{value:,.0f} {unit}"
    return f"{value:,.3f}" + ("" if unit == "CNY/CNY" else f" {unit}")


def preview(study: Plan) -> None:
    """What a dry run says: the size of the network and the trials, nothing simulated."""
    first = study.networks[BASELINE]
    describe(study.loaded, first)
    click.echo(
        f"would run {len(study.networks)} policies ({', '.join(study.networks)}) x {len(study.replications)} "
        f"replications = {len(study.trials)} runs; nothing was run"
    )


def describe(loaded: Loaded, network: Network) -> None:
    """The network in a few lines: period, firms by ring, parts, lanes."""
    study = loaded.scenario.study
    suppliers = [firm for firm in network.firms if firm.kind == "supplier"]
    rings = Counter(firm.ring for firm in suppliers)
    generated = sum(firm.generated for firm in suppliers)
    masters = ", ".join(firm.name for firm in network.firms if firm.kind == "chain_master") or "none"
    by_ring = ", ".join(f"{count} {ring}" for ring, count in sorted(rings.items()))
    click.echo(loaded.scenario.title or loaded.name)
    click.echo(f"  {study.start} to {study.end} (not included), seed {study.seed}")
    click.echo(f"  chain masters: {masters}; suppliers: {len(suppliers)} ({by_ring}; {generated} generated)")
    click.echo(f"  {len(network.parts)} parts, {len(network.stocks)} stock points, {len(network.lanes)} lanes")


def summary(study: Plan, result: Result, target: Path, seconds: float) -> None:
    """What `chainsim run` ends on."""
    describe(study.loaded, study.networks[BASELINE])
    click.echo()
    _deliveries_by_year(result.tables["daily"])
    _multipliers(result.tables["multipliers"])
    masters = {firm.name for firm in study.networks[BASELINE].firms if firm.kind == "chain_master"}
    _bottlenecks(result.tables["stocks"], masters)
    if "comparison" in result.tables:
        print_comparison(result.tables["comparison"], "table", every=False)
    rate = result.orders / result.seconds if result.seconds else 0.0
    click.echo(
        f"{len(study.trials)} runs, {result.orders:,} orders in {result.seconds:.1f} s of simulation "
        f"({rate:,.0f} orders/s), {seconds:.1f} s in all"
    )
    click.echo(f"tables: {target.as_posix()}/tables  (also as {(target.parent / 'latest').as_posix()})")


def _deliveries_by_year(daily: pd.DataFrame) -> None:
    """Units delivered and revenue by ring for each calendar year of the baseline, mean over replications."""
    base = daily[daily["policy"] == BASELINE]
    base = base.assign(year=base["date"].str[:4])
    columns = ["delivered_units", "revenue_city_cny", "revenue_province_cny"]
    years = base.groupby(["year", "replication"])[columns].sum().groupby("year").mean()
    rows = [
        (
            row["year"],
            f"{row['delivered_units']:,.0f}",
            amount(row["revenue_city_cny"], "CNY"),
            amount(row["revenue_province_cny"], "CNY"),
        )
        for row in _records(years.reset_index())
    ]
    print_table(
        ("year", "delivered", "revenue in the city", "in the rest of the province"), rows, "Baseline by year", (1, 2, 3)
    )


def _multipliers(table: pd.DataFrame) -> None:
    """Per yuan of final sales: simulated beside Leontief, mean over replications of the baseline."""
    base = table[table["policy"] == BASELINE]
    means = base.groupby(["ring", "measure", "group"], sort=False)[["simulated", "leontief"]].mean()
    names = {"consolidated": ", group consolidated", "apart": ", firm by firm"}
    rows = []
    for row in _records(means.reset_index()):
        name = row["measure"] + (names[row["group"]] if row["measure"] == "gross output" else "")
        simulated, leontief = row["simulated"], row["leontief"]
        rows.append((row["ring"], name, f"{simulated:.4f}", f"{leontief:.4f}", f"{simulated - leontief:+.4f}"))
    header = ("ring", "per yuan of final sales", "simulated", "Leontief", "difference")
    print_table(header, rows, "Baseline multipliers", (2, 3, 4))


def _bottlenecks(stocks: pd.DataFrame, masters: set[str]) -> None:
    """For every policy, the two components that chain masters' lines waited for longest, in days of a run."""
    waits = stocks.groupby(["policy", "firm", "part"], sort=False)["starved_days"].mean().reset_index()
    waits = waits[waits["firm"].isin(masters)]
    rows: list[tuple[str, ...]] = []
    for policy, group in waits.groupby("policy", sort=False):
        worst = _records(group.sort_values("starved_days", ascending=False, kind="stable").head(2))
        longest = [f"{row['part']} {row['starved_days']:.2f} days" for row in worst if row["starved_days"] > 0]
        rows.append((str(policy), ", ".join(longest) or "nothing"))
    print_table(("policy", "the plant's lines waited for"), rows, "Bottlenecks")


def print_comparison(table: pd.DataFrame, form: str, every: bool) -> None:
    """The paired comparison: as a table for people, or as CSV or Markdown."""
    shown = table if every else table[table["measure"].isin(HEADLINES)]
    if form == "csv":
        click.echo(shown.to_csv(index=False, lineterminator="\n"), nl=False)
        return
    header = ("policy", "measure", "baseline", "difference", "95 % interval", "verdict")
    rows: list[tuple[str, ...]] = []
    previous = ""
    for row in _records(shown):
        unit = row["unit"]
        interval = "" if pd.isna(row["low"]) else f"{amount(row['low'], unit)} .. {amount(row['high'], unit)}"
        rows.append(
            (
                row["policy"] if row["policy"] != previous or form == "md" else "",
                row["measure"],
                amount(row["baseline"], unit),
                f"{'+' if row['difference'] > 0 else ''}{amount(row['difference'], unit)}",
                interval,
                row["verdict"],
            )
        )
        previous = row["policy"]
    if form == "md":
        lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
        lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
        click.echo("\n".join(lines))
        return
    print_table(header, rows, "Policies against the baseline, on the same luck", (2, 3, 4))
