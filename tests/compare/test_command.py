"""`chainsim compare`: finished runs and files give the same answer; what does not pair is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from chainsim.cli.main import _run


@pytest.fixture(scope="module")
def runs(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for name, options in {"a": [], "b": ["--set", "plants.works.pays_after=20 days"], "seed": ["--seed", "8"],
                          "more": ["-n", "3"]}.items():  # fmt: skip
        arguments = ["run", str(small), "-q", "-j", "1", "-p", "buy_local", "-p", "untouched", *options]
        assert _run([*arguments, "--out", str(folder / name)], debug=False) == 0
    return folder


def table(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> pd.DataFrame:
    capsys.readouterr()
    assert _run(["compare", *arguments, "--format", "csv", "--all"], debug=False) == 0
    return pd.read_csv(io.StringIO(capsys.readouterr().out))


def test_a_run_and_its_file_compare_alike(
    runs: Path, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    from_run = table([str(runs / "a")], capsys)
    from_file = table([str(small), "-p", "buy_local", "-p", "untouched", "-j", "1", "-q"], capsys)
    pd.testing.assert_frame_equal(from_run, from_file, check_exact=True)
    written = pd.read_csv(runs / "a" / "tables" / "comparison.csv")
    pd.testing.assert_frame_equal(from_run, written, check_exact=True)


def test_a_run_compared_with_itself_differs_by_exactly_nothing(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = table([str(runs / "a"), str(runs / "a")], capsys)
    again = found[found["policy"] == "a (2):none"]
    assert len(again) > 10
    assert (again["difference"] == 0).all()
    local = found[found["policy"].str.endswith("buy_local")].pivot(index="measure", columns="policy", values="mean")
    assert (local["a:buy_local"] == local["a (2):buy_local"]).all()


def test_two_runs_on_the_same_luck_compare(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = table([str(runs / "a"), str(runs / "b")], capsys)
    assert set(found["policy"]) == {"a:buy_local", "a:untouched", "b:none", "b:buy_local", "b:untouched"}
    other = found[found["policy"] == "b:none"]
    assert (other["difference"] != 0).any()
    assert other.set_index("measure")["difference"]["final_sales"] == 0


@pytest.mark.parametrize(("other", "what"), [("seed", "seed"), ("more", "replications")])
def test_runs_on_other_luck_are_refused(runs: Path, capsys: pytest.CaptureFixture[str], other: str, what: str) -> None:
    assert _run(["compare", str(runs / "a"), str(runs / other)], debug=False) == 2
    assert f"not paired: their {what} differ" in capsys.readouterr().err


def test_runs_and_files_do_not_mix(runs: Path, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["compare", str(runs / "a"), str(small)], debug=False) == 2
    assert _run(["compare", str(runs / "a"), "-n", "3"], debug=False) == 2
    assert _run(["compare", str(runs / "a"), "--baseline", "nobody"], debug=False) == 2
    assert "there are: none, buy_local, untouched" in capsys.readouterr().err
    assert _run(["compare", str(runs)], debug=False) == 4


def test_a_policy_that_touched_nothing_is_called_out(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert _run(["compare", str(runs / "a")], debug=False) == 0
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("untouched")
    assert lines[at + 1].strip().startswith("touched nothing")
    assert any(line.startswith("buy_local") for line in lines)
    assert max(map(len, lines)) <= 90


def test_markdown_has_a_line_for_every_measure(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["compare", str(runs / "a"), "--format", "md", "--all"], debug=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert len(lines) == 2 + 2 * pd.read_csv(runs / "a" / "tables" / "kpis.csv")["measure"].nunique()


def test_runs_of_other_versions_get_a_warning(runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    shutil.copytree(runs / "a", tmp_path / "old")
    manifest = json.loads((tmp_path / "old" / "manifest.json").read_text(encoding="utf-8"))
    manifest["libraries"]["chainsim"] = "0.0.1"
    (tmp_path / "old" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert _run(["compare", str(runs / "a"), str(tmp_path / "old")], debug=False) == 0
    assert "made by different versions" in capsys.readouterr().err
