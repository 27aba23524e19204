"""The scenarios that come with chainsim: where they are, in an installed package or in a source tree.

In: a name.  Out: a path.  This module must not know what is in them.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from chainsim.errors import Problem, ScenarioError
from chainsim.scenario.text.suggest import did_you_mean


def folder() -> Path:
    """The folder of the shipped scenarios."""
    installed = Path(str(files("chainsim"))) / "scenarios"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "scenarios"


def example(name: str) -> Path:
    """The path of a scenario by name, as in `byd` or `textbook/queue-mm1`; ScenarioError if there is none."""
    known = {path.relative_to(folder()).with_suffix("").as_posix(): path for path in sorted(folder().rglob("*.yaml"))}
    if name not in known:
        shorter = [key for key in known if "/" not in key or key.startswith("templates/")]
        hint = f"there is {', '.join(shorter)}, and all of textbook/ and counterexamples/"
        raise ScenarioError([Problem(f"no example {name!r}{did_you_mean(name, known)}", hint=hint)])
    return known[name]
