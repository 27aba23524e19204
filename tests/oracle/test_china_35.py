"""China's 35 sectors, simulated order by order, against published multipliers of car-making by local share.

The integer bound, as in test_leontief.py, with shares.  Let S_j be what firm j of the city has sold, in fen.  Stocks
pass demand on one for one and carry fractions, so buyer i has ordered floor(A_ji S_i) of j; of these lots of a fen the
city's firm gets its share r to within one lot.  Hence S = r a f + r A S + e, where a is the column of the car maker, f
its sales, and -(1 + r) n_j < e_j < n_j with n_j the number of bills that contain j, so that with L = (I - r A)^-1
    |S - L r a f| <= (1 + r) L n.
A unit costs a yuan and the smallest quantity is a fen's worth, so invoices are not rounded.  Besides the bound there is
only that the file has nine decimals of each coefficient, and that value added is rounded to whole fen, once a firm.
"""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from click.testing import CliRunner

from chainsim.cli.validate import command as validate
from chainsim.economy.input_output import china_2011, closed
from chainsim.engine import simpy_engine
from chainsim.results.frames import frames
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.tabulation import tabulate
from chainsim.study.verification import expectations

ROOT = Path(__file__).parents[2]
FILE = ROOT / "scenarios" / "china-35-sectors.yaml"
LINES = (ROOT / "tests" / "data" / "local_multiplier_by_localisation.csv").read_text(encoding="utf-8").splitlines()
PUBLISHED = {float(row["r"]): (float(row["typeI"]), float(row["VA_per_yuan_local"])) for row in csv.DictReader(LINES)}
FINAL = 30_000  # yuan of cars: 3,000 a day for ten days
FEN = 100
DECIMALS = 1e-7  # more than 5e-10 in each coefficient can do
WHOLE_FEN = 35 * 0.5 / (FINAL * FEN)

TABLE = china_2011()
CARS = TABLE.index("Transport equipment")


def closed_form(local: float) -> np.ndarray:
    """Gross multiplier and value added of a yuan of cars."""
    tail = closed(TABLE, TABLE.total[:, CARS], local)
    return np.array([1 + tail.output.sum(), TABLE.value_added[CARS] + tail.value_added.sum()])


def bound(local: float) -> np.ndarray:
    """(1 + r) L n by sector, per yuan of cars."""
    bills = (TABLE.total > 0).sum(axis=1) + (TABLE.total[:, CARS] > 0)
    inverse = np.linalg.inv(np.eye(len(bills)) - local * TABLE.total)
    return np.asarray((1 + local) * inverse @ bills / (FINAL * FEN))


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tool", ROOT / "tools" / "input_output_scenario.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_scenario_is_what_the_tool_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == tool().scenario(TABLE)


def test_nothing_in_it_is_a_problem_or_worth_a_warning() -> None:
    done = CliRunner().invoke(validate, ["--strict", str(FILE)])
    assert (done.exit_code, "warning" in done.output) == (0, False), done.output


def test_it_expects_what_is_published() -> None:
    assert [right.value for right, _ in expectations(load(FILE)).values()] == pytest.approx(PUBLISHED[0.4], abs=1e-9)


NIGHTLY = [pytest.param(local, marks=pytest.mark.nightly) for local in (0.3, 0.5)]


@pytest.mark.parametrize("local", [0.2, 0.4, 0.6, *NIGHTLY])
def test_the_simulated_city_meets_the_published_multipliers(local: float) -> None:
    network = build(load(FILE, [f"suppliers.*.share.city={local:.0%}"]))
    tables = tabulate(frames(network, simpy_engine.run(network, 0)))
    found = tables["multipliers"].set_index(["ring", "measure", "group"])["simulated"]
    simulated = np.array([found["city", "gross output", "apart"], found["city", "value added", "apart"]])
    firms = tables["firms"].set_index("firm")["revenue_cny"]
    assert firms["car maker"] == FINAL

    by_sector = bound(local)
    room = np.array([by_sector.sum(), TABLE.value_added @ by_sector + WHOLE_FEN]) + DECIMALS
    published = np.array(PUBLISHED[local])
    assert (room / published < 0.001).all()
    assert (np.abs(simulated - published) <= room).all()

    # Sector by sector, too.
    output = closed(TABLE, TABLE.total[:, CARS], local).output
    for index, sector in enumerate(TABLE.sectors[:-1]):
        assert firms[sector] / FINAL == pytest.approx(output[index], abs=by_sector[index] + DECIMALS), sector

    # Near misses: a share one point off, one round only, no purchases of cars' own sector.
    first = 1 + local * TABLE.total[:, CARS].sum()
    others = TABLE.total.copy()
    others[CARS, CARS] = 0
    alone = np.linalg.inv(np.eye(len(others)) - local * others)[:, CARS].sum()
    for missed in (closed_form(local - 0.01), closed_form(local + 0.01)):
        assert (np.abs(simulated - missed) > 10 * room).all()
    for gross in (first, alone):
        assert abs(simulated[0] - gross) > 10 * room[0]
