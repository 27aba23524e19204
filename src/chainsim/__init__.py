"""chainsim: what a chain master's orders bring to a city, simulated order by order.

    import chainsim as cs
    byd = cs.load("scenarios/byd.yaml")
    runs = cs.run(byd, policies=["buy_local"], replications=3)
    runs.tables["comparison"]

Everything here is imported when it is used, so that `chainsim --help` stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from chainsim.engine.base import Attach
    from chainsim.engine.choice import Choice
    from chainsim.scenario.load import Loaded
    from chainsim.study.study import Result

__all__ = ["__version__", "load", "run"]


def __getattr__(name: str) -> Any:
    """`chainsim.__version__`, looked up when asked for: finding it takes longer than reading a scenario."""
    if name != "__version__":
        raise AttributeError(f"module 'chainsim' has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("chainsim")
    except PackageNotFoundError:  # a source tree that is not installed
        return "0+unknown"


def load(path: str | Path, set: Mapping[str, str] | None = None) -> Loaded:
    """Read and validate a scenario; raises chainsim.errors.ScenarioError with every problem found."""
    from chainsim.scenario.load import load as load_scenario

    return load_scenario(path, [f"{key}={value}" for key, value in (set or {}).items()])


def run(
    scenario: Loaded,
    policies: Sequence[str] | None = None,
    replications: int | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    engine: Choice = "auto",
    attach: Attach | None = None,
) -> Result:
    """Simulate policies times replications; the result holds every table as a pandas frame.

    jobs: processes of this machine, 1 if not given; a script that asks for more runs its own code below
    `if __name__ == "__main__":`.  cluster: instead, the address of a Dask scheduler (`"tcp://10.0.0.5:8786"`), or
    `"local:4"` for one started here with 4 workers.  The tables are the same everywhere.
    engine: "simpy" is the reference, "compiled" the fast one; both leave the same tables.  attach: called with the
    simpy.Environment and the state before each run, so that a SimPy process of your own can join it.
    Raises chainsim.errors: ClusterError, WorkerLostError, InvariantError, ScenarioError.
    """
    from chainsim.study import study
    from chainsim.study.bench import Bench
    from chainsim.study.executors import Workers

    workers = Workers(1 if jobs is None and cluster is None else jobs, cluster)
    planned = study.plan(scenario, policies, None if replications is None else range(replications))
    with workers.open() as executor:
        return study.run_on(Bench(executor, engine=engine, attach=attach), planned)
