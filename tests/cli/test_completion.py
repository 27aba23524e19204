"""Completion in a shell: verbs, options, and the policies of the scenario that is already typed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from chainsim.cli.completion import VARIABLE, policies_in
from chainsim.cli.main import VERBS
from chainsim.cli.main import chainsim as program


def offered(*words: str) -> list[str]:
    """What is offered for the last word."""
    *before, begun = words
    completion = ShellComplete(program, {}, "chainsim", VARIABLE)
    return [item.value for item in completion.get_completions(list(before), begun)]


def test_verbs_and_options() -> None:
    assert offered("") == list(VERBS)
    assert offered("com") == ["compare", "completion"]
    assert "--policy" in offered("run", "--po")
    assert offered("new", "--template", "p") == ["plant"]


def test_policies_of_the_scenario_on_the_line(small: Path) -> None:
    assert offered("run", str(small), "-p", "") == ["buy_local", "motor_outage", "pay_sooner", "untouched"]
    assert offered("compare", str(small), "-p", "pay") == ["pay_sooner"]
    assert offered("run", str(small), "-p", "pay_sooner+b") == ["pay_sooner+buy_local"]
    assert "pay_sooner+pay_sooner" not in offered("run", str(small), "-p", "pay_sooner+")
    assert offered("run", "-p", "") == []


def test_inherited_policies_too_and_none_of_a_file_that_cannot_be_read(small: Path, tmp_path: Path) -> None:
    shutil.copy(small, tmp_path / "small.yaml")
    (tmp_path / "more.yaml").write_text("chainsim: 1\nextends: small.yaml\npolicies: {mine: {title: Mine}}\n")
    assert policies_in(str(tmp_path / "more.yaml"))["mine"] == "Mine"
    assert "buy_local" in policies_in(str(tmp_path / "more.yaml"))
    (tmp_path / "bad.yaml").write_text("policies: [")
    assert policies_in(str(tmp_path / "bad.yaml")) == {}
    assert policies_in(str(tmp_path / "none.yaml")) == {}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_understands(shell: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(program, ["completion", shell])
    assert done.exit_code == 0
    assert VARIABLE in done.output
    assert "chainsim" in done.output
    if shutil.which(shell):
        (tmp_path / "script").write_text(done.output)
        assert subprocess.run([shell, "-n", str(tmp_path / "script")], check=False).returncode == 0


def test_the_script_calls_the_program_as_it_expects(chainsim: object, small: Path) -> None:
    assert callable(chainsim)
    env = {VARIABLE: "bash_complete", "COMP_WORDS": f"chainsim run {small} -p buy", "COMP_CWORD": "4"}
    done = chainsim(env=env)
    assert (done.returncode, done.stdout) == (0, "plain,buy_local\n")
