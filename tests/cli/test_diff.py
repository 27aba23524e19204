"""`chainsim diff`: every value that differs, with its place, before anything runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chainsim.cli.main import chainsim as group

BYD = Path(__file__).parents[2] / "scenarios" / "byd.yaml"


def diff(*arguments: object) -> Result:
    return CliRunner().invoke(group, ["diff", *map(str, arguments)], env={"COLUMNS": "200"})


def rows(*arguments: object) -> list[dict[str, str]]:
    done = diff(*arguments, "--format", "csv")
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(io.StringIO(done.output)))


def test_two_policies_of_a_file() -> None:
    found = rows(BYD, "none", "buy_local")
    assert {row["path"] for row in found} == {
        f"suppliers.{part}.share.city" for part in ("motor", "controls", "electronics", "interior", "chassis", "body")
    }
    line = 1 + next(
        number for number, text in enumerate(BYD.read_text(encoding="utf-8").splitlines()) if "+10 points}" in text
    )
    for row in found:
        assert (row["section"], row["old"], row["new"], row["set_by"]) == (
            "suppliers",
            "15%",
            "25%",
            "policy buy_local",
        )
        assert row["place"].startswith(f"{BYD}:{line}:")


def test_turned_round_it_is_the_file_that_sets_the_old_value() -> None:
    found = rows(BYD, "buy_local", "none")
    assert [(row["old"], row["new"], row["set_by"]) for row in found] == [("25%", "15%", "file")] * 6


def test_the_table_is_grouped_by_section_and_counted() -> None:
    text = diff(BYD, "none", "battery_outage+more_stock").output
    assert text.startswith("From none to battery_outage+more_stock: 2 values differ\n")
    assert "suppliers: 1 value differs" in text
    assert "plants: 1 value differs" in text


def test_two_files(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        small.read_text(encoding="utf-8")
        .replace("batch: 5\n", "batch: 6\n")
        .replace("    finished_stock: 1 day\n", "", 1),
        encoding="utf-8",
    )
    found = {row["path"]: (row["old"], row["new"], row["set_by"]) for row in rows(small, other)}
    assert found.pop("plants.works.batch") == ("5", "6", "file")
    old, new, set_by = found.pop("plants.works.finished_stock")
    assert (old, set_by) == ("1 day", "default")
    assert new != old
    assert found == {}


def test_settings_count_for_both(small: Path) -> None:
    assert diff(small, small, "--set", "plants.works.batch=6").output.endswith("set exactly the same\n")


def test_two_runs(small: Path, tmp_path: Path) -> None:
    for name, batch in (("one", 5), ("two", 6)):
        run = ["run", str(small), "-n", "1", "-j", "1", "-q", "-p", "none", "--out", str(tmp_path / name)]
        assert CliRunner().invoke(group, [*run, "--set", f"plants.works.batch={batch}"]).exit_code == 0
    (row,) = rows(tmp_path / "one", tmp_path / "two")
    assert (row["path"], row["old"], row["new"], row["set_by"]) == (
        "plants.works.batch",
        "5",
        "6",
        "'--set",
    )  # quoted, as a spreadsheet wants it


def test_a_page_of_it(small: Path) -> None:
    text = diff(small, "none", "pay_sooner", "--format", "md").output
    assert "## plants: 1 value differs" in text
    assert "| plants.works.pays_after | 40 days | 10 days | " in text


def test_an_unknown_policy_is_bad_usage(small: Path) -> None:
    done = diff(small, "none", "pay_soner")
    assert getattr(done.exception, "exit_code", None) == 2
    assert "did you mean 'pay_sooner'" in str(done.exception)


@pytest.mark.parametrize("arguments", [("pay_sooner",), (), ("none", "pay_sooner", "buy_local")])
def test_one_policy_or_four_words_are_bad_usage(small: Path, arguments: tuple[str, ...]) -> None:
    done = diff(small, *arguments)
    assert done.exit_code == 2
    assert "Error: " in done.output
