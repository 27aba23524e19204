"""One trial: a policy's network run once and turned into tables.

In: a Network, the name of the policy, a replication number.  Out: an Outcome with every table of the run folder.  The
laws of conservation are checked on every run, before anybody sees a number.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from chainsim.economy.books import Books, books
from chainsim.economy.reconciliation.table import reconcile
from chainsim.engine import choice
from chainsim.engine.base import Engine
from chainsim.errors import InvariantError
from chainsim.garbage import many_objects
from chainsim.model.network import Network
from chainsim.results import checks
from chainsim.results.columns import Table, columns_of, rows_where
from chainsim.results.folding import as_evidence
from chainsim.results.frames import Folded, Run, frames
from chainsim.results.long_tables import LongTable
from chainsim.study.folded import run_folded
from chainsim.study.log_files import LogFiles, LogFrames, labelled
from chainsim.study.tabulation import log_tables, tables_of


@dataclass(frozen=True, slots=True)
class Extras:
    """Tables that a trial leaves on request: every order and event; the reconciliation, with its reruns."""

    log: bool = False
    reconciliation: bool = False


NOTHING_MORE = Extras()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one trial leaves: tables by name, each led by policy and replication, and how long the simulation took.

    long: tables that were left on disk.
    """

    policy: str
    replication: int
    tables: dict[str, pd.DataFrame]
    orders: int
    seconds: float
    long: dict[str, LongTable] = field(default_factory=dict)


class BrokenTrialError(InvariantError):
    """A trial broke a law; its tables come along as evidence, never as results."""

    def __init__(self, message: str, policy: str, replication: int, tables: dict[str, pd.DataFrame]) -> None:
        super().__init__(message, policy, replication, tables)
        self.policy = policy
        self.replication = replication
        self.tables = tables

    def __str__(self) -> str:
        return f"{self.args[0]}, policy {self.policy}, replication {self.replication + 1}"


def run_trial(
    network: Network,
    policy: str,
    replication: int,
    progress: Callable[[float], None] | None = None,
    extras: Extras = NOTHING_MORE,
    engine: Engine = choice.run,
    files: LogFiles | None = None,
    spare: bool = True,
) -> Outcome:
    """Simulate and tabulate one replication (counted from 0; tables count from 1).

    engine: all of them leave the same tables.  files: where the log goes if it is asked for, else to memory.  spare: a
    second processor has nothing else to do.

    Raises BrokenTrialError, with its tables as evidence, when a law is broken.
    """
    log = (files or LogFrames()) if extras.log else None
    try:
        run, seconds = run_folded(network, replication, progress, engine, [log.take] if log else [], spare)
        with many_objects():
            found = books(run)
            tables = tables_of(found)
    except InvariantError as error:
        raise _broken(error, network, policy, replication, engine) from error
    if extras.reconciliation:
        reconciled = reconcile(found, lambda freer: _books(freer, replication, engine, spare))
        tables["reconciliation"] = columns_of(reconciled)
    if isinstance(log, LogFrames):
        tables |= {name: columns_of(table) for name, table in log.finish().items()}
    long = log.finish() if isinstance(log, LogFiles) else {}
    return Outcome(policy, replication, _labelled(tables, policy, replication), run.tally.orders, seconds, long)


def _books(network: Network, replication: int, engine: Engine, spare: bool) -> Books:
    """The books of a counterfactual rerun on the same draws."""
    return books(run_folded(network, replication, None, engine, spare=spare)[0])


def _broken(error: InvariantError, network: Network, policy: str, replication: int, engine: Engine) -> BrokenTrialError:
    """What broke, as the whole log tells it: the trial is run again for the evidence."""
    run = frames(network, engine(network, replication))
    message = str(error)
    try:
        checks.check(run)
    except InvariantError as told:
        message = str(told)
    return BrokenTrialError(message, policy, replication, _evidence(run, policy, replication))


def _labelled(tables: Mapping[str, Table], policy: str, replication: int) -> dict[str, pd.DataFrame]:
    """The frame of every table, led by its policy and replication; what leads the longest leads all."""
    rows = {name: len(next(iter(table.values()))) for name, table in tables.items()}
    labels = columns_of(labelled(pd.DataFrame(index=range(max(rows.values()))), policy, replication))
    return {name: pd.DataFrame(rows_where(labels, slice(rows[name])) | table) for name, table in tables.items()}


def _evidence(run: Run, policy: str, replication: int) -> dict[str, pd.DataFrame]:
    """The tables of a broken trial: all of them if they can still be made, the bare log if not."""
    found = log_tables(run)
    with contextlib.suppress(Exception):  # a log that breaks laws may break tables, too
        found = tables_of(books(Folded(run.network, as_evidence(run.network, run.log)), audited=False)) | found
    return _labelled(found, policy, replication)
