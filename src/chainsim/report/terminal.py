"""What a study looks like in a terminal: the network, the headline figures, the comparison.

In: planned studies and their tables.  Out: text on stdout, plain when it is piped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import click
import pandas as pd
from rich.text import Text

from chainsim.compare.paired import BASELINE, ONE_RUN, touched_nothing
from chainsim.compare.touched import why_nothing
from chainsim.model.network import Network
from chainsim.report.decision import print_decision, standing
from chainsim.report.effects import print_effects
from chainsim.report.figures import amount, figure, scale, step
from chainsim.report.layout import console, print_table, print_tables
from chainsim.report.why import reason_lines
from chainsim.results.store import csv_bytes
from chainsim.scenario.load import Loaded

HEADLINES: Final = (
    "final_sales",
    "city_revenue_consolidated",
    "city_revenue",
    "city_value_added",
    "city_receivables",
    "fill_rate",
    "starved",
)
DECLARED: Final = (
    "cost_total",
    "cost_per_day",
    "city_jobs",
    "city_co2",
    "public_cost",
)  # shown where a scenario states them
STATED: Final = ("cost_per_day", "public_cost")  # compared where a scenario or policy states them
SAFE: Final = re.compile(r"[\w@%+=:,./\\-]+")  # names in Chinese, too, need no quotes
ROOMY: Final = 100  # columns from which on relative differences fit, too


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Rows as dictionaries."""
    return table.to_dict("records")


def preview(loaded: Loaded, networks: Mapping[str, Network], replications: int) -> None:
    """What a dry run says: the size of the network and the trials, nothing simulated."""
    describe(loaded, networks[BASELINE])
    click.echo(
        f"would run {len(networks)} policies ({', '.join(networks)}) x {replications} "
        f"replications = {len(networks) * replications} runs; nothing was run"
    )


def describe(loaded: Loaded, network: Network) -> None:
    """The network in a few lines: period, firms by ring, parts, lanes."""
    study = loaded.scenario.study
    suppliers = [firm for firm in network.firms if firm.kind == "supplier" and firm.tier]
    traders = sum(firm.kind == "supplier" and not firm.tier for firm in network.firms)
    rings = Counter(firm.ring for firm in suppliers)
    generated = sum(firm.generated for firm in suppliers)
    masters = ", ".join(firm.name for firm in network.firms if firm.kind == "chain_master") or "none"
    by_ring = ", ".join(f"{count} {ring}" for ring, count in sorted(rings.items()))
    click.echo(loaded.scenario.title or loaded.name)
    click.echo(f"  {study.start} to {study.end} (not included), seed {study.seed}")
    those = f"suppliers: {len(suppliers)} ({by_ring}; {generated} generated)" if suppliers else "suppliers: 0"
    also = f"; warehouses: {traders}" if traders else ""
    click.echo(f"  chain masters: {masters}; {those}{also}")
    click.echo(f"  {len(network.parts)} parts, {len(network.stocks)} stock points, {len(network.lanes)} lanes")


def summary(
    loaded: Loaded, baseline: Network, tables: Mapping[str, pd.DataFrame], networks: Mapping[str, Network] | None = None
) -> None:
    """What `chainsim run` shows of its tables: years, multipliers, bottlenecks, and the comparison or the measures.

    networks: by policy, to say what a policy set that touched nothing.
    """
    describe(loaded, baseline)
    click.echo()
    _deliveries_by_year(tables["daily"])
    _multipliers(tables["multipliers"])
    print_effects(tables["effects"], float(baseline.region.additionality))
    masters = {firm.name for firm in baseline.firms if firm.kind == "chain_master"}
    if masters:
        _bottlenecks(tables["bottlenecks"], tables["kpis"], masters)
    if "warm_up" in tables:
        _warm_up(tables["warm_up"])
    if "comparison" in tables:
        titles = {name: policy.title for name, policy in loaded.scenario.policies.items()}
        print_decision(tables["decision"], ranks=standing(tables["ranking"]))
        print_comparison(
            tables["comparison"], "table", every=False, titles=titles, networks=networks, why=why_of(loaded)
        )
    else:
        _measures(tables["kpis"])
    _numbers(tables["assumptions"], loaded.path)


def _numbers(table: pd.DataFrame, path: str) -> None:
    """How much of what was put in is known, and how much assumed."""
    kinds = table["confidence"].str.split().str[0]
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.value_counts().items())
    click.echo(f"{len(table)} numbers went in: {counts};")
    click.echo(f"chainsim list assumptions {path} shows each with its source")


def _warm_up(table: pd.DataFrame) -> None:
    """Where the measures begin, and what difference that makes to the baseline's headlines."""
    first = table.iloc[0]
    series = str(first["series"]).replace("_", " ")
    what = f"{first['cut_days']} days" if first["verdict"] == "cut" else first["verdict"]
    shown = table[table["measure"].isin(HEADLINES)]
    rows = [
        (row["measure"].replace("_", " "), amount(row["without"], row["unit"]), amount(row["with"], row["unit"]))
        for row in _records(shown)
    ]
    print_table(
        ("measure of the baseline", "without the cut", "with it"), rows, f"Warm-up by MSER-5 on {series} by day: {what}"
    )


def speed(runs: int, orders: int, simulated: float, elapsed: float) -> None:
    """The last line but one: how much was simulated, how fast."""
    rate = orders / simulated if simulated else 0.0
    click.echo(
        f"{runs} runs, {orders:,} orders in {simulated:.1f} s of simulation ({rate:,.0f} orders/s), "
        f"{elapsed:.1f} s in all"
    )


def _measures(kpis: pd.DataFrame) -> None:
    """Every measure of the baseline, mean over replications."""
    means = kpis.groupby(["measure", "unit"], sort=False)["value"].mean().reset_index()
    means = means[~means["measure"].isin(DECLARED) | (means["value"] != 0)]
    rows = [(row["measure"], amount(row["value"], row["unit"])) for row in _records(means)]
    print_table(("measure", "mean over replications"), rows, "Measures of the baseline")


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
    header = ("year", "delivered", "revenue in the city", "in the rest of the province")
    print_table(header, rows, "Baseline by year")


def _multipliers(table: pd.DataFrame) -> None:
    """Per yuan of final sales: simulated beside Leontief, mean over replications of the baseline."""
    base = table[table["policy"] == BASELINE]
    means = base.groupby(["ring", "measure", "group"], sort=False)[["simulated", "leontief"]].mean()
    names = {"consolidated": ", groups consolidated", "apart": ", firm by firm"}
    rows = []
    for row in _records(means.reset_index()):
        name = row["measure"] + (names[row["group"]] if row["measure"] == "gross output" else "")
        simulated, leontief = row["simulated"], row["leontief"]
        rows.append((row["ring"], name, f"{simulated:.4f}", f"{leontief:.4f}", f"{simulated - leontief:+.4f}"))
    header = ("ring", "per yuan of final sales", "simulated", "Leontief", "difference")
    print_table(header, rows, "Baseline multipliers")


def _bottlenecks(table: pd.DataFrame, kpis: pd.DataFrame, masters: set[str]) -> None:
    """For every policy, the two firms that held chain masters' lines longest: hours and output held, mean of runs."""
    own = table[table["firm"].isin(masters)]
    keys = ["policy", "firm", "component", "root", "cause"]
    sums = own.groupby(keys, sort=False)[["hours", "held_revenue_cny"]].sum().reset_index()
    rows: list[tuple[str, ...]] = []
    for policy, runs in kpis.groupby("policy", sort=False)["replication"].nunique().items():
        worst = _records(sums[sums["policy"] == policy].sort_values("hours", ascending=False, kind="stable").head(2))
        for row in worst:
            what = row["root"] if row["root"] == row["component"] else f"{row['root']} ({row['component']})"
            what = f"{row['firm']}: {what}" if len(masters) > 1 else what
            held = amount(row["held_revenue_cny"] / runs, "CNY")
            rows.append((str(policy), what, row["cause"], f"{row['hours'] / runs:,.1f}", held))
        if not worst:
            rows.append((str(policy), "nobody", "", "", ""))
    print_table(("policy", "the plant waited for", "which was", "hours", "output held"), rows, "Bottlenecks")


def print_comparison(
    table: pd.DataFrame,
    form: str,
    every: bool,
    baseline: str = BASELINE,
    titles: Mapping[str, str] | None = None,
    networks: Mapping[str, Network] | None = None,
    why: str = "",
) -> None:
    """The paired comparison: as a table for people, or as CSV or Markdown.

    networks: by policy, to say what a policy set that touched nothing.  why: the command that tells more, to which two
    policies are added; empty where there is none.
    """
    stated = table["measure"].isin(STATED) & ((table["baseline"] != 0) | (table["mean"] != 0))
    shown = table if every else table[table["measure"].isin(HEADLINES) | stated]
    if form == "csv":
        click.echo(csv_bytes(shown).decode("utf-8-sig"), nl=False)
        return
    if form == "md":
        _print_markdown(shown)
        return
    still = touched_nothing(table)
    one_run = bool((table["verdict"] == ONE_RUN).any())
    roomy = console().width >= ROOMY
    header = ["measure", "baseline", "difference", *(["relative"] if roomy else [])]
    header += ["unit"] if one_run else ["±", "unit", "verdict"]
    sections: list[tuple[list[Text], list[list[str]]]] = []
    for policy, rows in shown.groupby("policy", sort=False):
        title = _title(str(policy), titles or {})
        if policy in still:
            title.append("\n  touched nothing: all its measures are exactly those of the baseline, in every run")
            title.append("".join(f"\n  {line}" for line in _untouched(networks or {}, baseline, str(policy))))
            more = f"  {why} {typed(baseline)} {typed(str(policy))} tells more"
            sections.append(([title, Text(more, no_wrap=True)] if why else [title], []))
            continue
        sections.append(([title], [_cells(row, roomy, one_run) for row in _records(rows)]))
    against = "the baseline" if baseline == BASELINE else baseline
    note = "one run each, so no intervals and no verdicts; -n 5 makes five" if one_run else "± is half a 95 % interval"
    click.echo(f"Policies against {against}, on the same luck ({note})\n")
    if sections:
        print_tables(header, sections)


def _untouched(networks: Mapping[str, Network], baseline: str, policy: str) -> list[str]:
    """What a policy set that touched nothing, and what can be said of it without a run."""
    if baseline not in networks or policy not in networks:
        return []
    start = networks[baseline].start
    seconds = float(networks[baseline].tick_seconds)
    reasons = why_nothing(networks[baseline], networks[policy])
    return reason_lines(reasons, lambda tick: f"{start + timedelta(seconds=tick * seconds)}")


def why_of(loaded: Loaded) -> str:
    """The command that tells more of two policies of a scenario, as it was loaded."""
    return " ".join(["chainsim why", typed(loaded.path), *(f"--set {typed(setting)}" for setting in loaded.settings)])


def typed(word: str) -> str:
    """A word as it is typed in a shell, those of Windows, too."""
    return word if SAFE.fullmatch(word) else f'"{word}"'


def _title(policy: str, titles: Mapping[str, str]) -> Text:
    """A policy's name, and its title if it has one of its own."""
    text = Text(policy, style="bold")
    if titles.get(policy):
        text.append(f"  {titles[policy]}", style="not bold")
    return text


def _cells(row: Mapping[Any, Any], roomy: bool, one_run: bool) -> list[str]:
    """One measure of one policy."""
    unit = row["unit"]
    divisor, shown = scale(max(abs(row["baseline"]), abs(row["mean"])), unit)
    cells = [
        str(row["measure"]).replace("_", " "),
        figure(row["baseline"], unit, divisor),
        step(row["difference"], unit, divisor),
    ]
    if roomy:
        cells.append("" if pd.isna(row["relative"]) else f"{row['relative']:+.2%}" if row["relative"] else "0")
    if not one_run:
        half = (row["high"] - row["low"]) / 2
        cells += ["" if pd.isna(half) else step(half, unit, divisor, signed=False)]
    cells.append("" if unit == "CNY/CNY" else shown)
    return cells if one_run else [*cells, row["verdict"]]


def _print_markdown(table: pd.DataFrame) -> None:
    header = ("policy", "measure", "baseline", "difference", "95 % interval", "unit", "verdict")
    lines = ["| " + " | ".join(header) + " |", "| --- | --- | ---: | ---: | ---: | --- | --- |"]
    for row in _records(table):
        unit = row["unit"]
        divisor, shown = scale(max(abs(row["baseline"]), abs(row["mean"])), unit)
        low, high = (step(row[end], unit, divisor) for end in ("low", "high"))
        interval = "" if pd.isna(row["low"]) else f"{low} .. {high}"
        numbers = (figure(row["baseline"], unit, divisor), step(row["difference"], unit, divisor))
        cells_of_row = (row["policy"], row["measure"], *numbers, interval, shown, row["verdict"])
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells_of_row) + " |")
    click.echo("\n".join(lines))
