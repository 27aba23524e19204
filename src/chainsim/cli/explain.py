"""`chainsim explain`: where each yuan of the product goes, from the scenario alone; nothing is simulated."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from chainsim.cli.options import POLICIES, SCENARIO, SETTINGS, warn
from chainsim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from chainsim.model.network import Network
    from chainsim.scenario.load import Loaded


@click.command("explain")
@SCENARIO
@POLICIES
@SETTINGS
@click.option("--part", default="", metavar="NAME", help="Follow sales of this part, not all final sales.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "md"]), default="table", help="How to print.")
def command(scenario: str, policies: tuple[str, ...], settings: tuple[str, ...], part: str, form: str) -> None:
    """Where each yuan of FILE's final sales goes, by tier and ring.

    From the price to the city, the province, the nation and abroad, gross and
    value added. Computed from the scenario by Leontief; nothing is simulated.

    \b
    chainsim explain scenarios/byd.yaml
    chainsim explain scenarios/byd.yaml -p buy_local --part battery
    """
    from chainsim.scenario.build import build
    from chainsim.scenario.load import load
    from chainsim.scenario.versions import BASELINE, combination

    loaded = load(scenario, settings)
    warn(loaded.warnings)
    names = dict.fromkeys((BASELINE, *policies))
    networks = {name: build(loaded, combination(name), levels=False) for name in names}

    from chainsim.economy.waterfall import waterfall
    from chainsim.economy.waterfall_totals import compared

    _require(part, networks)
    try:
        table = compared({name: waterfall(network, part) for name, network in networks.items()})
    except ValueError as error:
        raise ScenarioError([Problem(f"nothing to explain: {error}")]) from None
    if form == "csv":
        from chainsim.results.store import csv_bytes

        click.echo(csv_bytes(table).decode("utf-8-sig"), nl=False)
        return

    from chainsim.report.waterfall import explain, markdown

    if form == "md":
        click.echo(markdown(table))
        return
    titles = {name: policy.title for name, policy in loaded.scenario.policies.items()}
    explain(loaded.scenario.title or loaded.name, table, part or _only_product(networks[BASELINE]), titles)
    click.echo(_assumed(loaded, scenario))
    options = [word for name in policies for word in ("-p", name)]
    options += [word for setting in settings for word in ("--set", setting)]
    click.echo(f"next: {shlex.join(['chainsim', 'run', scenario, *options, '--reconcile'])}")


def _require(part: str, networks: dict[str, Network]) -> None:
    """Raise ScenarioError unless a firm of every network sells the part."""
    from chainsim.economy.leontief import products
    from chainsim.scenario.text.suggest import did_you_mean, listed

    for network in networks.values() if part else ():
        known = products(network)
        if part not in known:
            message = f"no firm here sells {part!r}{did_you_mean(part, known)}"
            raise ScenarioError([Problem(message, hint=f"there is {listed(known)}")])


def _only_product(network: Network) -> str:
    """What markets buy, if that is one part."""
    parts = {network.parts[network.stocks[market.stock].part].name for market in network.markets}
    return parts.pop() if len(parts) == 1 else ""


def _assumed(loaded: Loaded, path: str) -> str:
    """How many of the numbers behind it are assumed, and where they are listed."""
    rows = loaded.assumptions()
    assumed = sum(row.source == "assumed" for row in rows)
    listing = shlex.join(["chainsim", "list", "assumptions", path])
    return (
        f"{assumed} of the scenario's {len(rows)} numbers are assumed ({listing}).\n"
        "Computed from the scenario by Leontief; nothing was simulated."
    )
