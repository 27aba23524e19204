"""The tables of a study: those of its trials one below the other, and those made of them.

In: trials that are done.  Out: tables by name.  Tables of trials on disk are read when they are asked for, one at a
time; those in memory are let go as they are stacked, so that none is held twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import pandas as pd

from chainsim.results.shards import Shard
from chainsim.study.bench import Done
from chainsim.study.trial import Outcome


class Stacked(Mapping[str, pd.DataFrame]):
    """Tables by name; `more` come after those of the trials."""

    def __init__(self, trials: Sequence[Done], more: Mapping[str, pd.DataFrame]) -> None:
        self.trials = trials
        self.names = trials[0].names
        self.more = more

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.more[name] if name in self.more else stack(self.trials, name)

    def batches(self, name: str) -> Iterator[pd.DataFrame]:
        """A table of the trials piece by piece, so that it is never held."""
        return chain.from_iterable(trial.batches(name) for trial in self.trials)

    def __iter__(self) -> Iterator[str]:
        return iter([*self.names, *self.more])

    def __len__(self) -> int:
        return len(self.names) + len(self.more)


def stack(trials: Sequence[Done], name: str) -> pd.DataFrame:
    """One table of all trials, in their order."""
    return pd.concat([trial.table(name) for trial in trials], ignore_index=True)


def stacked(trials: Sequence[Done], more: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    """All tables of a study.  Trials in memory have none left afterwards."""
    if isinstance(trials[0].kept, Shard):
        return Stacked(trials, more)
    outcomes = [trial.kept for trial in trials if isinstance(trial.kept, Outcome)]
    names = list(outcomes[0].tables)
    parts = {name: pd.concat([one.tables.pop(name) for one in outcomes], ignore_index=True) for name in names}
    return {**parts, **more}
