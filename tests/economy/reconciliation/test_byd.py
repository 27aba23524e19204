"""The reconciliation of the shipped scenario: every term is there, and next to nothing remains."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from chainsim.economy.reconciliation.table import ORDER
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.trial import Extras, run_trial

BYD = Path(__file__).parents[3] / "scenarios" / "byd.yaml"
SHORT = ("study.end=2023-04-01", "policies.battery_outage.from=2023-02-01", "policies.battery_outage.until=2023-02-08")
MEASURES = [
    (ring, measure, group)
    for ring in ("city", "province")
    for measure, group in (("gross output", "apart"), ("gross output", "consolidated"), ("value added", "apart"))
]


def reconciled(policy: str, settings: tuple[str, ...]) -> pd.DataFrame:
    """Column per_yuan by measure and term."""
    network = build(load(BYD, list(settings)), () if policy == "none" else (policy,))
    table = run_trial(network, policy, 0, extras=Extras(reconciliation=True)).tables["reconciliation"]
    wide = table.pivot(index=["ring", "measure", "group"], columns="term", values="per_yuan")
    assert set(wide.index) == set(MEASURES)
    assert set(wide.columns) == set(ORDER)
    return wide


def check(policy: str, settings: tuple[str, ...]) -> pd.DataFrame:
    found = reconciled(policy, settings)
    assert (found["remainder"].abs() < 0.005 * found["simulated"]).all()  # what was asked for
    assert (found["remainder"].abs() < 1e-5).all()  # what invoices in whole fen leave
    assert found.drop(columns="simulated").sum(axis=1).to_numpy() == pytest.approx(found["simulated"].to_numpy())
    assert (found["stock building"].abs() > 1e-5).all()
    assert (found["in process and under way"].abs() > 1e-7).all()
    assert (found["cash"] == 0).all()  # nobody's cash is followed there
    return found


def test_a_quarter_of_byd() -> None:
    assert (check("none", SHORT)["disruption"] == 0).all()


def test_a_quarter_of_byd_with_an_outage() -> None:
    """The battery plant stands still for a week: what that does is told apart from what capacity does."""
    found = check("battery_outage", SHORT)
    assert found["disruption"].abs().max() > 1e-5


@pytest.mark.nightly
@pytest.mark.parametrize("policy", ["none", "buy_local", "pay_in_60_days", "battery_outage"])
def test_both_years_of_byd(policy: str) -> None:
    check(policy, ())
