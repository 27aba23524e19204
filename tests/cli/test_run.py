"""What `chainsim run` says of what it did not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from chainsim.cli.main import chainsim as group
from chainsim.cli.run import left_out
from chainsim.scenario.load import load
from chainsim.study.study import plan


def test_policies_that_no_run_had_are_those_of_the_file_that_are_in_no_combination(small: Path) -> None:
    loaded = load(small)
    every = list(loaded.scenario.policies)
    assert left_out(loaded, plan(loaded, [])) == every
    assert left_out(loaded, plan(loaded, ["+".join(every[:2])])) == every[2:]


@pytest.mark.parametrize(("words", "said"), [((), True), (("-p", "untouched"), False)])
def test_they_are_named_unless_policies_were_chosen(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    line = [
        "run",
        str(small),
        "-n",
        "1",
        "-j",
        "1",
        "--set",
        "study.end=2024-02-01",
        "--set",
        "study.policies=[untouched]",
    ]
    output = CliRunner().invoke(group, [*line, *words]).output
    assert ("not run: " in output) == said, output
    assert not said or "; name them in study.policies, or with -p" in output
