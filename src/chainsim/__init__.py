"""chainsim: what a chain master's orders bring to a city, simulated order by order.

    import chainsim as cs
    byd = cs.load("scenarios/byd.yaml")
    runs = cs.run(byd, policies=["buy_local"], replications=3)
    runs.compare("none")

Everything here is imported when it is used, so that `chainsim --help` stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from chainsim.engine.base import Attach
    from chainsim.engine.choice import Choice
    from chainsim.notebook.runs import Runs
    from chainsim.notebook.scenario import Scenario
    from chainsim.scenario.load import Loaded

__all__ = ["__version__", "example", "load", "run"]


def __getattr__(name: str) -> Any:
    """`chainsim.__version__`, looked up when asked for: finding it takes longer than reading a scenario."""
    if name != "__version__":
        raise AttributeError(f"module 'chainsim' has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("chainsim")
    except PackageNotFoundError:  # a source tree that is not installed
        return "0+unknown"


def example(name: str) -> Path:
    """The path of a shipped scenario, such as "byd" or "templates/plant"; ScenarioError if there is none."""
    from chainsim.notebook.shipped import example as find

    return find(name)


def load(path: str | Path, set: Mapping[str, str] | None = None) -> Scenario:
    """Read and validate a scenario; raises chainsim.errors.ScenarioError with every problem found.

    set: changes by path, as `--set` makes them.  In a notebook the scenario shows what it covers.
    """
    from chainsim.notebook.scenario import load as load_scenario

    return load_scenario(path, [f"{key}={value}" for key, value in (set or {}).items()])


def run(
    scenario: Loaded,
    policies: Sequence[str] | None = None,
    replications: int | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    engine: Choice = "auto",
    attach: Attach | None = None,
    set: Mapping[str, str] | None = None,
) -> Runs:
    """Simulate policies times replications; the runs hold every table as a pandas frame, compare and plot.

    set: further changes by path, as `--set` makes them: {"plants.byd.component_stock": "5 days"}.
    jobs: processes of this machine, 1 if not given; a script that asks for more runs its own code below
    `if __name__ == "__main__":`.  cluster: instead, the address of a Dask scheduler (`"tcp://10.0.0.5:8786"`), or
    `"local:4"` for one started here with 4 workers.  The tables are the same everywhere.
    engine: "simpy" is the reference, "compiled" the fast one; both leave the same tables.  attach: called with the
    simpy.Environment and the state before each run, so that a SimPy process of your own can join it.
    Raises chainsim.errors: ClusterError, WorkerLostError, InvariantError, ScenarioError.
    """
    from chainsim.notebook.runs import shown
    from chainsim.study import study
    from chainsim.study.bench import Bench
    from chainsim.study.executors import Workers

    workers = Workers(1 if jobs is None and cluster is None else jobs, cluster)
    if set:
        scenario = scenario.changed(f"{key}={value}" for key, value in set.items())
    planned = study.plan(scenario, policies, None if replications is None else range(replications))
    with workers.open() as executor:
        return shown(study.run_on(Bench(executor, engine=engine, attach=attach), planned), planned)
