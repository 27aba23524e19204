"""A supplier stops: how long the plant survives, by stocks and flows and by simulation, and how it recovers."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from chainsim.cli.main import chainsim as program
from chainsim.economy.survival import Survival
from chainsim.engine import simpy_engine
from chainsim.errors import ScenarioError
from chainsim.model.network import Network
from chainsim.results.frames import frames
from chainsim.study.resilience import Stop, resilience, stopped
from chainsim.testing.simulate import simulate
from chainsim.testing.sketch import Sketch

HOUR = 3600
DAY = 24 * HOUR
STOP = 40 * DAY


def chain(seats: int = 5, made: int = 3, foam: int = 4, lead: int = 2, days: int = 120) -> Network:
    """One car a day, made at once; stocks of seats at the plant and at their maker, of foam there; days on the road."""
    sketch = Sketch(days * DAY).firm("plant", "chain_master").part("car", 100_000).part("seat", 1_000)
    sketch.make("plant", "car")
    sketch.make("maker", "seat", made, time=HOUR, servers=1, batch=1)
    sketch.make("foams", "foam", 0, time=HOUR, servers=1, batch=1)
    sketch.buy("plant", "seat", "car", 1, "maker", seats + lead, time=lead * DAY)
    sketch.buy("maker", "foam", "seat", 1, "foams", foam, time=0)
    return sketch.market("people", "car", "plant", every=DAY, quantity=1).network()


def firm(network: Network, name: str) -> int:
    return next(index for index, one in enumerate(network.firms) if one.name == name)


def survives(network: Network, name: str, tick: int = STOP) -> float:
    run = frames(network, simpy_engine.run(network, 0))
    return Survival(run, tick, 10 * DAY).plant({firm(network, name)}) / DAY


def row(network: Network, name: str, days: int = 60, follow: int = 30) -> pd.Series:
    stop = Stop(name, (firm(network, name),))
    return resilience(network, [stop], STOP, days * DAY, follow * DAY).iloc[0]


@pytest.mark.parametrize("seats", [1, 4, 5])
@pytest.mark.parametrize("made", [1, 3])
def test_survival_is_stock_at_the_plant_and_at_the_maker_and_on_the_road(seats: int, made: int) -> None:
    """Stocks of a day each: what simulation finds, to the tick; with one seat less it is one day less."""
    expected = seats + made + 2
    network = chain(seats, made)
    assert survives(network, "maker") == pytest.approx(expected)
    assert row(network, "maker")["first_wait_days"] == pytest.approx(expected, abs=1e-9)
    assert survives(chain(seats - 1, made), "maker") == pytest.approx(expected - 1)
    assert row(chain(seats - 1, made), "maker")["first_wait_days"] == pytest.approx(expected - 1, abs=1e-9)


def test_a_stop_two_tiers_up_is_survived_longer_by_what_stands_between() -> None:
    network = chain()
    assert survives(network, "foams") == pytest.approx(5 + 3 + 2 + 4)
    found = row(network, "foams")
    assert found["survive_days"] == pytest.approx(14)
    assert found["first_wait_days"] == pytest.approx(14, abs=1 / 24 + 1e-9)  # the maker works an hour on a seat


def test_with_a_second_source_half_the_flow_lasts_twice_as_long() -> None:
    sketch = Sketch(200 * DAY).firm("plant", "chain_master")
    sketch.make("plant", "car")
    for name in ("east", "west"):
        sketch.make(name, "seat", 0, time=HOUR, servers=1, batch=1)
    sketch.buy("plant", "seat", "car", 1, {"east": 500_000, "west": 500_000}, 6, time=0)
    network = sketch.market("people", "car", "plant", every=DAY, quantity=1).network()
    both = frames(network, simpy_engine.run(network, 0))
    one, two = firm(network, "east"), firm(network, "west")
    survival = Survival(both, STOP, 10 * DAY)
    assert survival.plant({one, two}) / DAY == pytest.approx(6, abs=0.1)  # on the hour, a seat is still being made
    assert survival.plant({one}) == pytest.approx(2 * survival.plant({one, two}))
    assert survival.plant(()) == math.inf


def test_the_plant_itself_does_not_survive_its_own_stop() -> None:
    assert survives(chain(), "plant") == 0


def test_a_stop_that_stocks_outlast_is_not_noticed_and_one_day_more_is() -> None:
    """Stocks last ten days; the first seat after the restart takes an hour to make and two days on the road."""
    found = row(chain(), "maker", days=7)
    assert (found["held_hours"], found["late_cny"], found["lost_cny"], found["value_added_lost_cny"]) == (0, 0, 0, 0)
    assert pd.isna(found["first_wait_days"])
    assert found["survive_days"] == pytest.approx(10)
    assert row(chain(), "maker", days=8)["held_hours"] == pytest.approx(1)


def test_what_a_longer_stop_costs_and_when_it_is_made_good() -> None:
    """Fifteen days: seats end after ten, so that cars wait from day 10 to day 17, when the first seats are there again.

    Ordered by then: days 10 to 17 without the last, at 1000 yuan a car; then all are delivered within hours.
    """
    found = row(chain(), "maker", days=15)
    assert found["first_wait_days"] == pytest.approx(10)
    assert 7 * 24 <= found["held_hours"] <= 7 * 24 + 24
    assert found["late_cny"] == 7 * 1000
    assert (found["lost_cny"], found["value_added_lost_cny"]) == (0, 0)
    assert found["recover_days"] == 3  # made within a day, two days on the road
    assert pd.isna(row(chain(), "maker", days=15, follow=2)["recover_days"])


def test_the_stop_changes_nothing_before_it_begins() -> None:
    network = chain()
    before, after = (simulate(each).log.events for each in (network, stopped(network, [1, 2, 3], STOP, 5 * DAY)))
    early = [rows[rows[:, 0] < STOP].tolist() for rows in (before, after)]
    assert early[0] == early[1]
    assert before.tolist() != after.tolist()


SMALL = Path(__file__).parents[1] / "data" / "small.yaml"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--outage", "10 days"], ["all steel", "all 电机"]),
        (["--supplier", "steel city 01", "--at", "2024-02-01", "--format", "csv"], ["steel city 01,1,"]),
        (["--category", "steel", "-p", "buy_local"], ["all steel"]),
    ],
)
def test_the_command(arguments: list[str], says: list[str]) -> None:
    done = CliRunner().invoke(program, ["resilience", str(SMALL), "-j", "1", "-q", *arguments], env={"COLUMNS": "200"})
    assert done.exception is None
    assert all(words in done.output for words in says)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--supplier", "nobody"], "no supplier 'nobody'"),
        (["--category", "wheel"], "no category 'wheel'"),
        (["--outage", "soon"], "--outage must start with a number"),
        (["--at", "2030-01-01"], "not within the study"),
    ],
)
def test_what_cannot_be_stopped_is_named(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(program, ["resilience", str(SMALL), "-j", "1", "-q", *arguments], env={"COLUMNS": "200"})
    assert isinstance(done.exception, ScenarioError)
    assert says in str(done.exception.problems)
