"""What makes a study what it is, and what of an earlier one may go on in it.

In: a planned study and how it is to be run.  Out: facts for its manifest, without user, host or path; the folder to
resume or to take trials from, or an error that says what differs.
"""

from __future__ import annotations

import dataclasses
import hashlib
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from chainsim.compare.stopping import Precision
from chainsim.errors import FolderError
from chainsim.results.earlier import Earlier
from chainsim.results.interrupted import differences, interrupted
from chainsim.results.store import file_name
from chainsim.study.fingerprint import LIBRARIES, code
from chainsim.study.study import Plan
from chainsim.study.trial import Extras

RESULTS: Final = Path("results")
SHARED: Final = ("scenario", "seed", "settings", "engine", "python", "platform", "libraries", "code", "inputs")


def identity(plan: Plan) -> dict[str, Any]:
    """What makes a run what it is: versions, inputs, policies, replications, seed; no user, host or path."""
    return {
        "scenario": file_name("+".join([plan.loaded.name, *(label for label, _ in plan.others)])),
        "policies": list(plan.networks),
        "replications": [number + 1 for number in plan.replications],
        "seed": plan.loaded.scenario.study.seed,
        "settings": list(plan.loaded.settings),
        "matters_if": plan.matters_if,
        "engine": "simpy",
        "python": platform.python_version(),
        "platform": sys.platform,
        "libraries": {name: version(name) for name in LIBRARIES},
        "code": code()[:16],
        "inputs": {name: hashlib.sha256(data).hexdigest() for name, data in inputs(plan).items()},
    }


def inputs(plan: Plan) -> dict[str, bytes]:
    """Every file that was read, by name; those of further scenarios below their label."""
    found = dict(sorted(plan.loaded.inputs.items()))
    for label, loaded in plan.others:
        found |= {f"{file_name(label)}/{name}": data for name, data in sorted(loaded.inputs.items())}
    return found


def study_of(facts: dict[str, Any], extras: Extras, until: Precision | None) -> dict[str, Any]:
    """What must be the same for an interrupted study to be resumed."""
    asked = dataclasses.asdict(until) if until is not None else None
    return {**facts, "extras": dataclasses.asdict(extras), "until_precision": asked}


def to_go_on(scenario: str, whole: dict[str, Any]) -> Path | None:
    """Where the newest interrupted study of just this kind was to stand."""
    there = interrupted(RESULTS / scenario)
    return next((target for target, begun in there if not differences(begun, whole)), None)


def to_resume(scenario: str, whole: dict[str, Any]) -> Path:
    """The same; FolderError says why there is none."""
    same = to_go_on(scenario, whole)
    if same is not None:
        return same
    there = interrupted(RESULTS / scenario)
    place = (RESULTS / scenario).as_posix()
    if not there:
        raise FolderError(f"nothing to resume: no interrupted study in {place}; leave out --resume")
    target, begun = there[0]
    raise FolderError(
        f"nothing to resume: the study interrupted in {place} ({target.name}) had "
        f"{differences(begun, whole)}; the same command resumes it, another starts anew without --resume"
    )


def earlier_run(folder: Path | None, scenario: str) -> Earlier | None:
    """The finished run to take trials from; `latest` is the newest of the scenario."""
    if folder is None:
        return None
    if folder == Path("latest"):
        folder = RESULTS / scenario / "latest"
        listed = folder.with_name("latest.txt")
        if not folder.is_dir() and listed.is_file():
            folder = folder.with_name(listed.read_text(encoding="utf-8").strip())
    return Earlier(folder)


def refuse_useless(earlier: Earlier, facts: dict[str, Any], keys: set[str]) -> None:
    """Raise FolderError if none of these trials can be taken over, and say why."""
    if keys & earlier.trials.keys():
        return
    told = differences({key: earlier.manifest.get(key) for key in SHARED}, {key: facts[key] for key in SHARED})
    why = f"it had {told}" if told else "it kept other tables, or ran other policies and replications"
    raise FolderError(f"no trial of {earlier.folder.as_posix()} can be reused: {why}; leave out --reuse to start anew")
