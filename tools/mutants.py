"""How many random mutants of the rulebook and the engines do the quick tests notice?  (`make mutants`)

Cosmic Ray makes the mutants.  A sample of them, drawn with a seed, is tried in clones of the last commit, each with the
tests that tests/quick.txt names, in its order; what survives is printed with its difference.  docs/testing.md
justifies the known survivors.

    .venv/bin/python tools/mutants.py --count 200 --seed 1 --jobs 2
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cosmic_ray.work_db import WorkDB, use_db

HOME = Path(__file__).parents[1]
MODULES = ("src/chainsim/model", "src/chainsim/engine")
FIRST = "tests/golden/test_fingerprints.py"  # most mutants are seen here, and less is imported
QUICK = "@tests/quick.txt"
# Annotations are never evaluated: `int | None` may as well read `int + None`.
EXCLUDED = ("core/ReplaceBinaryOperator_BitOr_.*",)
LIMITS = "ulimit -t 60; ulimit -v 6000000"  # seconds, kilobytes: an endless loop or list is a killed mutant, too
SECONDS = 600.0  # in case that it waits for something


def config(python: str) -> str:
    """What Cosmic Ray is told; paths are those of a clone."""
    pytest = f"{python} -m pytest -x -q --no-header -p no:cacheprovider -p no:xdist"
    command = f"sh -c '{LIMITS}; {pytest} {FIRST} && {pytest} {QUICK}'"
    return "\n".join(
        (
            "[cosmic-ray]",
            f"module-path = {list(MODULES)}",
            f"timeout = {SECONDS}",
            "excluded-modules = []",
            f'test-command = "{command}"',
            "[cosmic-ray.distributor]",
            'name = "local"',
            "[cosmic-ray.filters.operators-filter]",
            f"exclude-operators = {list(EXCLUDED)}",
        )
    )


def run(clone: Path, *words: str) -> None:
    """A command of Cosmic Ray in a clone."""
    source = {**os.environ, "PYTHONPATH": str(clone / "src"), "HYPOTHESIS_PROFILE": "quick"}
    source["PYTHONDONTWRITEBYTECODE"] = "1"  # a mutant of the same second and size would be taken for the last one
    subprocess.run([sys.executable, "-m", *words], cwd=clone, env=source, check=True, stdout=subprocess.DEVNULL)


def prepare(clone: Path) -> None:
    """A clone of the last commit with a session of all its mutants."""
    subprocess.run(["git", "clone", "-q", str(HOME), str(clone)], check=True)
    (clone / "mutants.toml").write_text(config(sys.executable))
    run(clone, "cosmic_ray.cli", "init", "mutants.toml", "session.sqlite")
    run(clone, "cosmic_ray.tools.filters.operators_filter", "session.sqlite", "mutants.toml")


def keep(clone: Path, count: int, seed: int, part: int, parts: int) -> int:
    """Leave this clone's part of the sample in its session; returns the number of all mutants."""
    with use_db(str(clone / "session.sqlite"), WorkDB.Mode.open) as db:
        done = {identity for identity, _ in db.results}
        items = sorted((item for item in db.work_items if item.job_id not in done), key=_place)
        chosen = random.Random(seed).sample(items, min(count, len(items)))
        db.clear()
        db.add_work_items(chosen[part::parts])
    return len(items)


def _place(item: Any) -> tuple[Any, ...]:
    mutation = item.mutations[0]
    return str(mutation.module_path), mutation.start_pos, mutation.operator_name, mutation.occurrence


def main() -> int:
    parser = argparse.ArgumentParser(description="Try a random sample of mutants of model/ and engine/.")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args()
    killed = survived = 0
    with tempfile.TemporaryDirectory() as folder:
        clones = [Path(folder) / f"clone{number}" for number in range(chosen.jobs)]
        prepare(clones[0])
        for clone in clones[1:]:
            shutil.copytree(clones[0], clone)
        totals = [keep(clone, chosen.count, chosen.seed, n, chosen.jobs) for n, clone in enumerate(clones)]
        run(clones[0], "cosmic_ray.cli", "baseline", "mutants.toml")  # the tests pass on the code as it is
        with ThreadPoolExecutor(chosen.jobs) as pool:
            list(pool.map(lambda clone: run(clone, "cosmic_ray.cli", "exec", "mutants.toml", "session.sqlite"), clones))
        for clone in clones:
            with use_db(str(clone / "session.sqlite"), WorkDB.Mode.open) as db:
                for item, result in db.completed_work_items:
                    if result.is_killed:
                        killed += 1
                        continue
                    survived += 1
                    mutation = item.mutations[0]
                    print(f"\nsurvived: {mutation.module_path}:{mutation.start_pos[0]} {mutation.operator_name}")
                    print(result.diff)
    tried = killed + survived
    share = killed / tried if tried else 0.0
    print(f"\n{tried} of {totals[0]} mutants tried (seed {chosen.seed}):")
    print(f"{killed} killed, {survived} survived, {share:.1%}")
    return 0 if share >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
