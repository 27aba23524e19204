"""`chainsim compare`: finished runs and files give the same answer; what does not pair is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from chainsim.cli.main import _run
from chainsim.results.store import file_name


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


# ---------------------------------------------------------------------------------------- several scenario files


@pytest.fixture
def files(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The small plant, and one like it that pays after 20 days and has another policy besides."""
    monkeypatch.chdir(tmp_path)
    text = small.read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    text = text.replace("pays_after: 40 days", "pays_after: 20 days").replace("  untouched:", "  unheard_of:")
    (tmp_path / "yours.yaml").write_text(text, encoding="utf-8")
    return "mine.yaml", "yours.yaml"


def test_several_files_compare_on_the_same_luck_as_their_runs_do(
    files: tuple[str, str], runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = table([*files, "-p", "buy_local", "-p", "untouched", "-j", "1", "-q"], capsys)
    assert list(dict.fromkeys(found["policy"])) == [
        "mine:buy_local", "mine:untouched", "yours:none", "yours:buy_local",
    ]  # fmt: skip
    of_runs = table([str(runs / "a"), str(runs / "b")], capsys)
    for label, run in (("mine:buy_local", "a:buy_local"), ("yours:none", "b:none"), ("yours:buy_local", "b:buy_local")):
        columns = ["measure", "mean", "difference", "low", "high"]
        one, other = (part.loc[part["policy"] == name, columns].reset_index(drop=True)
                      for part, name in ((found, label), (of_runs, run)))  # fmt: skip
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    (folder,) = (path.parent for path in tmp_path.glob("results/mine+yours/2*/manifest.json"))
    assert (folder / "inputs" / "yours" / "yours.yaml").read_bytes() == (tmp_path / "yours.yaml").read_bytes()
    resolved = (folder / "resolved" / f"{file_name('yours:none')}.txt").read_text(encoding="utf-8")
    assert "plants.works.pays_after: 20 days  # yours.yaml:" in resolved


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("seed: 7", "seed: 8", "study.seed differs (7 in mine, 8 in yours)"),
        ("end: 2024-03-01", "end: 2024-03-02", "study.end differs (2024-03-01 in mine, 2024-03-02 in yours)"),
        ("start: 2024-01-01", "start: 2024-01-02", "study.start differs"),
        ("seed: 7", "seed: 7\n  warm_up: 5 days", "study.warm_up differs"),
    ],
)
def test_files_on_other_luck_or_of_other_periods_are_refused(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], was: str, becomes: str, told: str
) -> None:
    file = tmp_path / "yours.yaml"
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, becomes), encoding="utf-8")
    assert _run(["compare", *files], debug=True) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_a_policy_that_no_file_has_is_refused(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["compare", *files, "-p", "nobody"], debug=True) == 2
    assert "no policy 'nobody' to compare with" in capsys.readouterr().err
    assert _run(["compare", *files, "--baseline", "buy_local"], debug=True) == 2
    assert "mine:buy_local" in capsys.readouterr().err


def test_two_files_of_one_name_are_told_apart(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "yours.yaml").rename(tmp_path / "else" / "mine.yaml")
    found = table(["mine.yaml", "else/mine.yaml", "-p", "none", "-n", "1", "-j", "1", "-q"], capsys)
    assert set(found["policy"]) == {"mine (2):none"}
