"""From a planned study to a run folder and a summary; shared by `run` and `compare`."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from chainsim.cli.progress import Progress
from chainsim.report import terminal
from chainsim.results.store import RunFolder, default_target
from chainsim.scenario.load import combination
from chainsim.study import study
from chainsim.study.study import Plan, Result

RESULTS = Path("results")
LIBRARIES = ("chainsim", "simpy", "numpy", "scipy", "pandas", "pyarrow")


def simulate(
    plan: Plan, jobs: int, out: Path | None, quiet: bool, as_json: bool, keep_log: bool, summarise: bool = True
) -> Result:
    """Run a study, write its folder, and print its summary if asked to."""
    facts = identity(plan)
    fingerprint = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    target = out or default_target(RESULTS, plan.loaded.name, fingerprint)
    begin = time.monotonic()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    with RunFolder(target) as folder, Progress(len(plan.trials), quiet) as progress:
        result = study.run(plan, jobs, progress.done, progress.within, keep_log)
        for name, data in sorted(plan.loaded.inputs.items()):
            folder.add_bytes(f"inputs/{name}", data)
        for policy in plan.networks:
            names = () if policy == study.BASELINE else combination(policy)
            rows = [f"{row.path}: {row.value}  # {row.place} ({row.set_by})" for row in plan.loaded.resolved(names)]
            folder.add_bytes(f"inputs/resolved/{policy}.txt", ("\n".join(rows) + "\n").encode())
        for name, table in result.tables.items():
            folder.add_table(name, table)
        timing = {"seconds": round(time.monotonic() - begin, 3), "orders": result.orders}
        folder.finish({**facts, "started": started, "jobs": jobs, **timing})
    if as_json:
        table = result.tables.get("comparison", result.tables["kpis"])
        click.echo(table.to_json(orient="records", force_ascii=False, indent=2))
    elif summarise and not quiet:
        terminal.summary(plan, result, target, time.monotonic() - begin)
    return result


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
