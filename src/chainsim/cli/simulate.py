"""From a planned study to a run folder and a summary; shared by `run` and `compare`."""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import click

from chainsim.cli.progress import Progress
from chainsim.cli.stopping import Stopped
from chainsim.compare.paired import BASELINE
from chainsim.errors import ChainsimError, InvariantError
from chainsim.results.store import RunFolder, default_target, file_name, free_name
from chainsim.scenario.load import Loaded, Resolved
from chainsim.scenario.versions import combination
from chainsim.study import study
from chainsim.study.study import Plan, Result
from chainsim.study.trial import BrokenTrialError, Extras

RESULTS = Path("results")
LIBRARIES = ("chainsim", "simpy", "numpy", "scipy", "pandas", "pyarrow")


def simulate(plan: Plan, file: str, jobs: int, out: Path | None, quiet: bool, extras: Extras) -> tuple[Result, Path]:
    """Run a study and write its folder; returns the result and the folder.

    When a trial breaks a law, its tables go to `FOLDER.invalid` and nothing to the folder itself.
    """
    facts = identity(plan)
    fingerprint = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    target = out or default_target(RESULTS, plan.loaded.name, fingerprint)
    facts |= {"started": datetime.now(UTC).isoformat(timespec="seconds"), "jobs": jobs}
    begin = time.monotonic()
    progress = Progress(len(plan.trials), quiet)
    try:
        with RunFolder(target) as folder:
            with progress:
                result = study.run(plan, jobs, progress.done, progress.within, extras)
            _add_inputs(folder, plan)
            for name, table in result.tables.items():
                folder.add_table(name, table)
            timing = {"seconds": round(time.monotonic() - begin, 3), "orders": result.orders}
            folder.finish({**facts, **timing})
    except BrokenTrialError as error:
        _keep_evidence(plan, file, target, facts, error)
    except Stopped:
        click.echo(f"stopped after {progress.ended} of {progress.total} runs; nothing was written", err=True)
        raise
    return result, target


def _add_inputs(folder: RunFolder, plan: Plan) -> None:
    """The files that were read, and every policy's scenario spelt out."""
    for name, data in sorted(plan.loaded.inputs.items()):
        folder.add_bytes(f"inputs/{name}", data)
    for policy in plan.networks:
        names = () if policy == BASELINE else combination(policy)
        rows = [_line(plan.loaded, row) for row in plan.loaded.resolved(names)]
        folder.add_bytes(f"resolved/{file_name(policy)}.txt", ("\n".join(rows) + "\n").encode())


def _line(loaded: Loaded, row: Resolved) -> str:
    """One value with its origin; files are named from the scenario's folder, no path of this machine is kept."""
    file, colon, rest = row.place.partition(":")
    known = [name for name in loaded.inputs if file == name or file.replace("\\", "/").endswith(f"/{name}")]
    place = f"{max(known, key=len)}{colon}{rest}" if known else row.place
    return f"{row.path}: {row.value}  # {place} ({row.set_by})"


def _keep_evidence(plan: Plan, file: str, target: Path, facts: dict[str, Any], error: BrokenTrialError) -> NoReturn:
    """Write the broken trial's tables beside the target, under a name that says what they are; then report it."""
    words = ["chainsim", "run", file]
    words += [] if error.policy == BASELINE else ["-p", error.policy]
    for setting in plan.loaded.settings:
        words += [] if setting.startswith("study.seed=") else ["--set", setting]
    words += ["--replication", str(error.replication + 1), "--seed", str(plan.loaded.scenario.study.seed), "--log"]
    text = f"{error}\nreproduce: {shlex.join(words)}"
    kept = free_name(target.with_name(f"{target.name}.invalid"))
    try:
        with RunFolder(kept) as folder:
            _add_inputs(folder, plan)
            for name, table in error.tables.items():
                folder.add_table(name, table)
            folder.finish({**facts, "invalid": str(error)}, latest=False)
    except ChainsimError as second:
        raise InvariantError(f"{text}\n{second}") from error
    raise InvariantError(f"{text}\ntables of this run, for the search only: {kept}") from error


def as_data(result: Result, target: Path) -> str:
    """What a program wants to know of a run, as JSON: its folder, the mean of every measure, and the comparison."""
    kpis = result.tables["kpis"]
    means = kpis.groupby(["policy", "measure", "unit"], sort=False)["value"].mean().reset_index()
    found = {"folder": target.as_posix(), "measures": records(means)}
    if "comparison" in result.tables:
        found["comparison"] = records(result.tables["comparison"])
    return json.dumps(found, ensure_ascii=False, indent=2)


def records(table: Any) -> list[dict[str, Any]]:
    """Rows as plain data; what is missing is null."""
    rows: Sequence[dict[Any, Any]] = table.to_dict("records")
    return [{str(key): None if value != value else value for key, value in row.items()} for row in rows]


def identity(plan: Plan) -> dict[str, Any]:
    """What makes a run what it is: versions, inputs, policies, replications, seed; no user, host or path."""
    return {
        "scenario": plan.loaded.name,
        "policies": list(plan.networks),
        "replications": [number + 1 for number in plan.replications],
        "seed": plan.loaded.scenario.study.seed,
        "settings": list(plan.loaded.settings),
        "matters_if": float(plan.loaded.scenario.study.matters_if),
        "engine": "simpy",
        "python": platform.python_version(),
        "platform": sys.platform,
        "libraries": {name: version(name) for name in LIBRARIES},
        "inputs": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(plan.loaded.inputs.items())},
    }
