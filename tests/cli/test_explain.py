"""`chainsim explain` as people run it: its example, its data, and every way to ask for what is not there."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from chainsim.cli.main import _run
from chainsim.cli.main import chainsim as group

Command = Callable[..., Any]
ROOT = Path(__file__).parents[2]


def test_the_examples_of_its_help_work(chainsim: Command) -> None:
    """Every yuan of a vehicle of 144,600, without a run folder."""
    text = CliRunner().invoke(group, ["explain", "--help"]).output
    examples = re.findall(r"^  chainsim (explain .+)$", text, re.MULTILINE)
    assert len(examples) == 2
    before = set((ROOT / "results").glob("*/*"))
    for example in examples:
        done = chainsim(*example.split(), cwd=ROOT)
        assert (done.returncode, done.stderr) == (0, "")
        assert "found again" in done.stdout
    assert set((ROOT / "results").glob("*/*")) == before
    assert "144,600  100.00" in chainsim(*examples[0].split(), cwd=ROOT).stdout


def test_csv_is_a_table_that_adds_up(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["explain", str(small), "-p", "buy_local", "-p", "none", "--format", "csv"], debug=False) == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out), keep_default_na=False)
    sums = table.groupby("policy", sort=False)[["stays", "stays_cny", "difference"]].sum()
    assert sums.index.tolist() == ["none", "buy_local"]
    assert sums["stays"].tolist() == pytest.approx([1, 1], abs=1e-9)
    assert sums["stays_cny"].tolist() == pytest.approx([100_000, 100_000])
    assert sums["difference"].tolist() == pytest.approx([0, 0], abs=1e-12)


def test_one_part_and_markdown(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["explain", str(small), "--part", "motor", "--format", "md"], debug=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| policy | what | tier |")
    assert not any("plant" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["-p", "buy_locl"], "did you mean 'buy_local'", "'motor_outage', 'pay_sooner', 'untouched'"),
        (["--part", "moter"], "no firm here sells 'moter' - did you mean 'motor'?", "there is 'car', 'motor', 'steel'"),
        (["--part", "ore"], "no firm here sells 'ore'", "'car', 'motor', 'steel'"),
        (["--set", "plants.works.bach=3"], "did you mean 'batch'", ""),
        (["--set", "markets.buyers.rate=0/day"], "no firm sells to a market", ""),
        (["--format", "pdf"], "'pdf' is not one of", ""),
    ],
)
def test_what_is_not_there_is_2_and_says_what_there_is(
    small: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str, hint: str
) -> None:
    assert _run(["explain", str(small), *arguments], debug=False) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert hint in captured.err
    assert captured.out == ""


def test_a_yuan_that_is_not_found_again_is_3(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from chainsim.economy import waterfall

    monkeypatch.setattr(waterfall, "_sources", lambda *_: iter(()))
    assert _run(["explain", str(small)], debug=False) == 3
    captured = capsys.readouterr()
    assert "of a yuan of final sales is not found again" in captured.err
    assert captured.out == ""
