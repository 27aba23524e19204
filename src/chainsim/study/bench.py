"""The bench on which a study's trials are done: simulated, found again, or taken from an earlier run.

In: networks by policy and the trials wanted.  Out: one Done a trial, in the order asked for, whatever the number of
processes.  With a folder for shards a worker leaves its tables there, and only their place comes back; a worker on
another machine sends the shard.  Without a folder, tables stay in memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from chainsim.engine.base import Attach
from chainsim.engine.choice import Choice, choose, is_little, named
from chainsim.model.network import Network
from chainsim.results.shards import Shard, Shards, pack
from chainsim.study.executors import Jobs, available_jobs, run_all
from chainsim.study.fingerprint import of_network, of_trial
from chainsim.study.log_files import LogFiles
from chainsim.study.trial import Extras, Outcome, run_trial


class Source(Protocol):
    """Trials of an earlier study."""

    def give(self, key: str, shards: Shards) -> Shard | None:
        """Put the trial of this key among `shards`, if there is one."""


@dataclass(frozen=True, slots=True)
class Done:
    """A trial that is done: its place in the study, where its tables are, and whether this study simulated it."""

    policy: str
    replication: int
    key: str
    kept: Shard | Outcome
    reused: bool = False

    @property
    def names(self) -> list[str]:
        """Names of its tables."""
        return list(self.kept.places if isinstance(self.kept, Shard) else self.kept.tables)

    def table(self, name: str) -> pd.DataFrame:
        """One of its tables."""
        return self.kept.table(name) if isinstance(self.kept, Shard) else self.kept.tables[name]

    def batches(self, name: str) -> Iterator[pd.DataFrame]:
        """One of its tables, piece by piece."""
        return self.kept.batches(name) if isinstance(self.kept, Shard) else iter([self.kept.tables[name]])

    def facts(self) -> dict[str, Any]:
        """What the manifest says of it, so that a later study can take it over."""
        if not isinstance(self.kept, Shard):
            raise TypeError("only a trial on disk has a hash")
        about = {"policy": self.policy, "replication": self.replication + 1, "key": self.key}
        return {**about, "sha256": self.kept.sha256, "orders": self.kept.orders, "seconds": round(self.kept.seconds, 3)}


@dataclass(frozen=True, slots=True)
class Bench:
    """Does trials in so many processes, or on workers that are there.

    done: called once for every trial that has ended or was there.  progress: called within a trial when one process
    does all the work.  shards: where trials are kept, else in memory.  earlier: whose trials may be taken over.
    foreseen: told the keys of the first trials, and may refuse them.  engine: which one runs them; all leave the same
    tables.  attach: a user's own SimPy process joins every run, on the reference engine.
    """

    jobs: Jobs
    done: Callable[[int], None] = lambda _: None
    progress: Callable[[float], None] = lambda _: None
    shards: Shards | None = None
    earlier: Source | None = None
    foreseen: Callable[[set[str]], None] = lambda _: None
    engine: Choice = "auto"
    attach: Attach | None = None
    say: Callable[[str], None] = lambda _: None
    _prints: dict[int, tuple[Network, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def foresee(self, networks: Mapping[str, Network], trials: Sequence[tuple[str, int]], extras: Extras) -> None:
        """Say which trials come, before any is simulated."""
        self.foreseen(set(self._keys(networks, trials, extras).values()))

    def do(
        self, networks: Mapping[str, Network], trials: Sequence[tuple[str, int]], extras: Extras, counted: bool = True
    ) -> list[Done]:
        """Every trial (policy, replication).  Uncounted ones do not show in the progress."""
        done, progress = (self.done, self.progress) if counted else (_silent, _silent)
        keys = self._keys(networks, trials, extras)
        found = {trial: known for trial, known in self._known(keys) if known is not None}
        for index in range(len(found)):
            done(index)
        missing = [trial for trial in trials if trial not in found]
        engine = choose(self.engine, (networks[policy] for policy, _ in missing), self.say, self.attach is not None)
        arguments = [(networks[policy], policy, number, extras, engine, self.attach) for policy, number in missing]
        made = dict(zip(missing, self._run(arguments, [keys[trial] for trial in missing], done, progress), strict=True))
        kept: dict[tuple[str, int], Shard | Outcome] = {**found, **made}
        return [Done(*trial, keys[trial], kept[trial], trial in found) for trial in trials]

    def _run(
        self,
        arguments: Sequence[tuple[Network, str, int, Extras, str, Attach | None]],
        keys: Sequence[str],
        done: Callable[[int], None],
        progress: Callable[[float], None],
    ) -> Sequence[Shard | Outcome]:
        """Simulate trials; keys: what their shards are called."""
        shards = self.shards
        jobs = self.jobs
        if not isinstance(jobs, int) and jobs.optional and is_little(values[0] for values in arguments):
            jobs = 1

        def called(index: int) -> str:
            return f"policy {arguments[index][1]}, replication {arguments[index][2] + 1}"

        def received(index: int, packed: bytes) -> Shard:
            assert shards is not None
            return shards.put(keys[index], packed)

        if shards is None:
            return run_all(_trial, arguments, jobs, done, progress, named=called)
        if isinstance(jobs, int) or not jobs.far:
            kept = [(*values, shards, key) for values, key in zip(arguments, keys, strict=True)]
            return run_all(_kept_trial, kept, jobs, done, progress, named=called)
        packed: Callable[..., Any] = _packed_trial
        return run_all(packed, arguments, jobs, done, progress, received, called)

    def _keys(
        self, networks: Mapping[str, Network], trials: Sequence[tuple[str, int]], extras: Extras
    ) -> dict[tuple[str, int], str]:
        if self.shards is None:
            return dict.fromkeys(trials, "")
        prints = {policy: self._print(networks[policy]) for policy in dict.fromkeys(policy for policy, _ in trials)}
        return {(policy, number): of_trial(prints[policy], policy, number, extras) for policy, number in trials}

    def _print(self, network: Network) -> str:
        """The fingerprint of a network, told once: a study asks for its trials' keys again and again."""
        if id(network) not in self._prints:
            self._prints[id(network)] = (network, of_network(network))  # held, so that no other gets its id
        return self._prints[id(network)][1]

    def _known(self, keys: Mapping[tuple[str, int], str]) -> Iterator[tuple[tuple[str, int], Shard | None]]:
        """Each trial's shard, if it is there or can be taken over."""
        if self.shards is None:
            return
        for trial, key in keys.items():
            shard = self.shards.find(key)
            if shard is None and self.earlier is not None:
                shard = self.earlier.give(key, self.shards)
            yield trial, shard


def _silent(_: float) -> None:
    """Nobody is told."""


def _trial(
    network: Network,
    policy: str,
    replication: int,
    extras: Extras,
    engine: str,
    attach: Attach | None,
    progress: Callable[[float], None] | None = None,
    files: LogFiles | None = None,
) -> Outcome:
    """A trial whose tables come back.  progress: given where one process does all the work."""
    spare = progress is not None and available_jobs() > 1
    try:
        return run_trial(network, policy, replication, progress, extras, named(engine, attach), files, spare)
    except Exception as error:
        error.add_note(f"policy {policy}, replication {replication + 1}, seed {network.seed}")
        raise


def _kept_trial(
    network: Network,
    policy: str,
    replication: int,
    extras: Extras,
    engine: str,
    attach: Attach | None,
    shards: Shards,
    key: str,
    progress: Callable[[float], None] | None = None,
) -> Shard:
    """A trial whose tables are left in a folder."""
    files = LogFiles(shards.folder, f"{key}-{os.getpid()}", policy, replication) if extras.log else None
    outcome = _trial(network, policy, replication, extras, engine, attach, progress, files)
    return shards.add(key, outcome.tables, outcome.orders, outcome.seconds, outcome.long)


def _packed_trial(
    network: Network, policy: str, replication: int, extras: Extras, engine: str, attach: Attach | None
) -> bytes:
    """A trial whose tables come back as a shard."""
    outcome = _trial(network, policy, replication, extras, engine, attach)
    return pack(outcome.tables, outcome.orders, outcome.seconds)
