"""One replication-year of byd.yaml: chainsim's SimPy engine against the hand-written program, in turn.

    python -m benchmarks.byd_year [--pairs 7] [--days 365] [--replication 0]

Both write the same log, orders, journal and balances, to the byte; that is checked before anything is measured.
Times are processor seconds of this process.  On a busy machine trust the ratios, pair by pair, and not the seconds.
"""
# ruff: noqa: T201 - it prints

from __future__ import annotations

import argparse
import gc
import platform
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np

import chainsim
from benchmarks import handwritten
from chainsim.economy import accounts
from chainsim.economy.claims import claims
from chainsim.engine import simpy_engine
from chainsim.model.network import Network
from chainsim.results.columns import columns_of
from chainsim.results.frames import deliveries, frames
from chainsim.scenario.build import build

SCENARIO = Path(__file__).parent.parent / "scenarios" / "byd.yaml"
DAY = 86_400
LIMIT = 1.5

Written = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # log, orders, journal, balances
Program = Callable[[Network, int], Written]


def network(days: int) -> Network:
    """The first days of the scenario, under no policy."""
    whole = build(chainsim.load(SCENARIO))
    return replace(whole, horizon=int(days * DAY / whole.tick_seconds))


def engine(network: Network, replication: int) -> Written:
    """chainsim: the engine, and the ledger from its log."""
    log = simpy_engine.run(network, replication)
    run, firms = frames(network, log), len(network.firms)
    journal = accounts.journal(claims(run, columns_of(deliveries(run))), accounts.flows(run), firms)
    balances = accounts.balances(journal, firms)[:firms, : accounts.FREIGHT]
    columns = [column for name, column in journal.items() if name != "kind"]
    return log.events, log.orders, np.column_stack(columns), balances


def differences(one: Written, other: Written) -> list[str]:
    """What two programs wrote differently."""
    names = ("log", "orders", "journal", "balances")
    return [name for name, a, b in zip(names, one, other, strict=True) if not np.array_equal(a, b)]


def seconds(program: Program, network: Network, replication: int) -> float:
    """Processor time of one run that begins without anybody's garbage."""
    gc.collect()
    begin = time.process_time()
    program(network, replication)
    return time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--replication", type=int, default=0)
    args = parser.parse_args()
    net = network(args.days)
    written = engine(net, args.replication)
    different = differences(written, handwritten.simulate(net, args.replication))
    if different:
        raise SystemExit(f"not the same network: the two programs differ in {', '.join(different)}")
    orders = len(written[1])
    print(f"{SCENARIO.name}, {args.days} days, replication {args.replication}: {len(net.firms)} firms,")
    print(f"{orders:,} orders, {len(written[0]):,} rows of log, {len(written[2]):,} postings, the same in both")
    del written
    print(f"Python {platform.python_version()}, {platform.machine()}; processor seconds, log and ledger written")
    print()
    print("pair   chainsim   hand-written   ratio")
    pairs = []
    for number in range(1, args.pairs + 1):
        a = seconds(engine, net, args.replication)
        b = seconds(handwritten.simulate, net, args.replication)
        pairs.append((a, b))
        print(f"{number:4}   {a:8.3f}   {b:12.3f}   {a / b:5.2f}", flush=True)
    own, yardstick = median(a for a, _ in pairs), median(b for _, b in pairs)
    ratio = median(a / b for a, b in pairs)
    print(f"median {own:8.3f}   {yardstick:12.3f}   {ratio:5.2f}")
    print(f"orders/s {orders / own:6,.0f}   {orders / yardstick:12,.0f}")
    print()
    print(f"ratio {ratio:.2f}, limit {LIMIT}: {'met' if ratio <= LIMIT else 'NOT met'}")
    if ratio > LIMIT:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
