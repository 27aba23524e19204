"""The same twice is the same: a policy beside itself, and a policy under two names."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from chainsim.scenario.load import load
from chainsim.study.study import Result, plan, run

CHANGE = "from: 2024-02-01, change: {plants.works.component_stock: +3 days}, public_cost: 1 million CNY"


@pytest.fixture(scope="module")
def result(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The baseline, one policy under two names, and one that never binds."""
    lines = "\n".join(f"  {name}: {{{CHANGE}}}" for name in ("one", "other"))
    never = "  never: {from: 2024-02-01, change: {plants.works.backlog: 1_000_000}}"
    text = small.read_text(encoding="utf-8").replace(
        "policies:\n  buy_local", f"policies:\n{lines}\n{never}\n  buy_local"
    )
    file = tmp_path_factory.mktemp("same") / "small.yaml"
    file.write_text(text, encoding="utf-8")
    return run(plan(load(file), ["one", "other", "never"], range(3)), jobs=1)


def of(result: Result, table: str, policy: str) -> pd.DataFrame:
    found = result.tables[table]
    return found[found["policy"] == policy].drop(columns="policy").reset_index(drop=True)


def test_a_policy_under_two_names_has_the_same_tables(result: Result) -> None:
    assert (of(result, "comparison", "one")["difference"] != 0).any(), "it does something"
    for name in result.tables:
        if "policy" in result.tables[name]:
            one, other = of(result, name, "one"), of(result, name, "other")
            if name == "fiscal":  # where money is booked under the name of who decided it
                one, other = (table.drop(columns="decided_by") for table in (one, other))
            pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_against_itself_a_policy_differs_by_exactly_nothing(small: Path, result: Result) -> None:
    from chainsim.compare.paired import EQUAL, comparison

    kpis = result.tables["kpis"]
    one = kpis[kpis["policy"] == "one"]
    table = comparison(pd.concat([one, one.assign(policy="itself")]), "one", 0.01)
    assert (table["difference"] == 0).all()
    assert (table[["low", "high"]] == 0).all(axis=None)
    assert set(table["verdict"]) == {EQUAL}


def test_a_policy_that_never_binds_is_exactly_equal_and_stands_where_the_baseline_does(result: Result) -> None:
    assert set(of(result, "comparison", "never")["verdict"]) == {"exactly equal"}
    ranking = result.tables["ranking"]
    places = ranking[ranking["policy"].isin(("none", "never"))].groupby("measure")[["rank", "last"]].nunique()
    assert (places == 1).all(axis=None)
