"""Networks that once broke a law, by their seed in `chainsim fuzz`; and the fuzzer itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from chainsim.cli.fuzz import command
from chainsim.model import rules
from chainsim.model.arrivals import Listed
from chainsim.testing import MECHANISMS, Seeded, fuzz, random_network

# What each of them found first is a test of its own in tests/model/rules/test_mechanisms.py.
ONCE_BROKEN = (
    2,
    5,
    6,
    9,
    11,
    13,
    15,
    20,
    24,
    30,
    42,
    45,
    52,
    127,
    145,
    171,
    194,
    210,
    548,
    588,
    1223,
    1391,
    1854,
    2494,
    2894,
    3691,
)


@pytest.mark.parametrize("seed", ONCE_BROKEN)
def test_a_seed_that_broke_a_law_once_keeps_them_all(seed: int) -> None:
    assert fuzz.judge(seed).broken == ()


def test_a_seed_alone_decides_on_its_network() -> None:
    assert random_network(Seeded(7)) == random_network(Seeded(7))
    assert random_network(Seeded(7)) != random_network(Seeded(8))


def test_every_mechanism_occurs_in_the_first_hundred_seeds() -> None:
    found: set[str] = set()
    for seed in range(100):
        network = random_network(Seeded(seed))
        points, lanes, lines = network.stocks, network.lanes, network.lines
        found |= {
            name
            for name, used in {
                "minimum": any(point.minimum for point in points),
                "forecast": any(point.forecast for point in points),
                "echelon": any(point.echelon for point in points),
                "shortage": any(point.backlog >= 0 or point.complete for point in points),
                "priority": any(point.allocation != "fifo" for point in points),
                "sourcing": any(point.sourcing != "shares" for point in points),
                "switching": any(point.switches for point in points),
                "warehouse": any(point.role == "bought" and point.line < 0 for point in points),
                "in_order": any(lane.in_order for lane in lanes),
                "freight": any(lane.freight for lane in lanes),
                "arrivals": any(isinstance(market.arrivals, Listed) for market in network.markets),
                "call_off": any(line.calls_off_at_release for line in lines),
                "set_up": any(line.set_up for line in lines),
                "yield": any(line.good < 1 for line in lines),
                "calendar": any(line.calendar >= 0 for line in lines),
                "breakdowns": any(line.up_law >= 0 for line in lines),
                "shocks": network.shocks,
                "growth": network.growths,
                "purses": network.purses,
                "reviews_first": network.reviews_first,
            }.items()
            if used
        }
    assert found == set(MECHANISMS)


def test_fuzz_tells_what_it_did(chainsim: Callable[..., Any]) -> None:
    done = chainsim("fuzz", "--seed", 3, "--count", 4, "-j", 2)
    assert done.returncode == 0
    assert done.stdout.startswith("4 networks, ")
    assert done.stdout.endswith("all of them hold\n")
    assert "% of 4 runs" in done.stderr


def test_fuzz_names_the_law_that_breaks_and_how_to_see_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a rulebook that ships what is not there."""
    true = rules.step

    def step(s: Any, tick: int, phase: int, entity: int, a: int, b: int) -> None:
        true(s, tick, phase, entity, a, b)
        if s.log and s.log[-1][1] == 5:
            s.log.append(s.log[-1])

    monkeypatch.setattr(rules, "step", step)
    done = CliRunner().invoke(command, ["--seed", "3", "--count", "1", "-q"])
    assert done.exit_code != 0
    assert "seed 3: an order goes through its life in order: " in done.output
    assert "  chainsim fuzz --seed 3 --count 1\n" in done.output
    assert getattr(done.exception, "exit_code", 0) == 3


def test_fuzz_needs_no_hypothesis() -> None:
    code = (
        "import sys; sys.modules['hypothesis'] = None; from chainsim.testing import fuzz; print(fuzz.judge(1).broken)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "()"
