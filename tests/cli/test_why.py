"""`chainsim why` as people use it: what it says of policies that part, that only pay otherwise, that touch nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chainsim.cli.main import chainsim as group

BYD = Path(__file__).parents[2] / "scenarios" / "byd.yaml"


def why(*arguments: object) -> Result:
    return CliRunner().invoke(group, ["why", *map(str, arguments), "-j", "1"], env={"COLUMNS": "100"})


def test_where_two_policies_part_how_it_spreads_and_what_it_amounts_to(small: Path) -> None:
    done = why(small, "none", "motor_outage")
    assert done.exit_code == 0, done.output
    text = done.output
    assert text.startswith("none and motor_outage, on the same luck (replication 1)\n")
    assert "2024-02-01 until 2024-02-08: motor_outage sets suppliers.电机.capacity: 130% of plan -> 0/day" in text
    assert "The first event that differs:\n  2024-02-01 00:00: " in text
    assert "How it comes to the first final delivery that differs" in text
    assert "works's line stands and waits for" in text
    assert "What it amounts to over the run" in text
    assert "fill rate" in text.partition("Measures that moved")[2]
    assert max(map(len, text.splitlines())) <= 120


def test_the_story_as_data(small: Path) -> None:
    found = json.loads(why(small, "none", "motor_outage", "--format", "json", "--most", 2).output)
    assert (found["before"], found["after"], found["same"], found["reaches_market"]) == (
        "none",
        "motor_outage",
        False,
        True,
    )
    assert len(found["firms"]) == 2
    assert found["firms_that_differ"] > 2
    assert found["path"][-1]["firm"] == "buyers"
    assert all(one["when"] >= "2024-02-01" for one in found["path"])
    assert found["reasons"] == []


def test_a_page_of_it(small: Path) -> None:
    text = why(small, "none", "buy_local", "--format", "md").output
    assert "## Measures that moved\n\n| measure | none | buy_local | difference |\n| --- | --- | --- | --- |\n" in text


def test_who_only_pays_otherwise_has_the_same_events(small: Path) -> None:
    text = why(small, "none", "pay_sooner").output
    assert "Every event is the same" in text
    assert "paid after 40 days (none), 10 days (pay_sooner)" in text
    assert "no firm here can run short of cash, so only tables of money look at it" in text
    assert "city receivables" in text
    assert "fill rate" not in text


def test_a_policy_that_touches_nothing_says_what_it_set(small: Path) -> None:
    text = why(small, "none", "untouched").output
    assert "untouched sets plants.works.district: nothing -> North" in text
    assert "are exactly the same: no event and no order differs" in text
    assert "attributes, costs and incomes at 1 place from 2024-01-01: only tables read it; no event" in text
    assert "Measures that moved" not in text


def test_a_public_cost_without_a_change_is_said_to_be_one(small: Path, tmp_path: Path) -> None:
    text = (
        small.read_text(encoding="utf-8") + "  gift:\n    public_cost: {value: 2 million CNY, source: 'assumed: x'}\n"
    )
    (tmp_path / "gift.yaml").write_text(text, encoding="utf-8")
    done = why(tmp_path / "gift.yaml", "none", "gift")
    assert "2024-01-01: gift sets nothing; it only costs 2" in done.output
    assert "it sets nothing that a run or its tables look at" in done.output


def test_a_policy_and_itself(small: Path) -> None:
    text = why(small, "buy_local", "buy_local").output
    assert "buy_local and buy_local are exactly the same" in text


def test_what_both_policies_set_is_said_once_and_is_no_difference(small: Path) -> None:
    text = why(small, "buy_local", "buy_local+motor_outage").output
    (line,) = (line for line in text.splitlines() if "buy_local sets" in line)
    assert line.endswith("(under both)")
    assert "(under both)" not in next(line for line in text.splitlines() if "motor_outage sets" in line)


def test_a_cause_names_the_policy_that_sets_otherwise_and_from_when(small: Path) -> None:
    """The outage begins on 1 February, whenever its first consequence on the way to the market is."""
    text = why(small, "none", "motor_outage", "--format", "md").output
    begin = text.partition("How it comes to")[2].splitlines()[4]
    assert begin.startswith("| 2024-02-01 00:00 | other capacity there under motor_outage |")
    assert "the policy" not in text


def test_a_policy_that_writes_what_holds_already_says_so(small: Path, tmp_path: Path) -> None:
    text = small.read_text(encoding="utf-8")
    (tmp_path / "idle.yaml").write_text(text + "  idle: {change: {plants.works.ring: city}}\n", encoding="utf-8")
    assert "idle sets nothing but what holds without it" in why(tmp_path / "idle.yaml", "none", "idle").output


def test_another_replication_is_other_luck(small: Path) -> None:
    one, two = (why(small, "none", "motor_outage", "--replication", number).output for number in (1, 2))
    assert "(replication 2)" in two
    assert one.replace("replication 1", "") != two.replace("replication 2", "")


@pytest.mark.parametrize("unknown", ["buy_lokal", "none+buy_lokal"])
def test_an_unknown_policy_is_bad_usage_and_the_known_ones_are_listed(small: Path, unknown: str) -> None:
    done = CliRunner().invoke(group, ["why", str(small), "none", unknown], standalone_mode=False)
    assert done.exception is not None
    assert "did you mean 'buy_local'" in str(done.exception)
    assert getattr(done.exception, "exit_code", None) == 2
    hints = [problem.hint for problem in done.exception.problems]  # type: ignore[attr-defined]
    assert any("motor_outage" in hint and "pay_sooner" in hint for hint in hints)


def test_a_finished_run_is_simulated_again_from_what_it_kept(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = ["--set", "study.end=2024-02-20", "--seed", "11"]
    run = ["run", str(small), "-p", "motor_outage", "-n", "1", "-j", "1", "-q", "--out", "kept", *settings]
    assert CliRunner().invoke(group, run).exit_code == 0
    assert why("kept", "none", "motor_outage").output == why(small, "none", "motor_outage", *settings).output


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(group, ["why", str(tmp_path), "none", "none"])
    assert getattr(done.exception, "exit_code", None) == 4


def test_the_shipped_case_for_two_months() -> None:
    """Payment terms move nothing but money; nobody's order changes."""
    setting = ["--set", "study.start=2023-12-01", "--set", "study.end=2024-02-01"]
    done = why(BYD, "none", "pay_in_60_days", *setting)
    assert done.exit_code == 0, done.output
    assert "payment terms at 189 places from 2024-01-01" in done.output
    assert "paid after 127 days (none), 60 days (pay_in_60_days)" in done.output
