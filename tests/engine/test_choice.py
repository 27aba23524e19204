"""Which engine runs: what is asked for; else the compiled one where it saves more time than it costs."""

from __future__ import annotations

from pathlib import Path

import pytest

import chainsim as cs
from chainsim.engine import choice, simpy_engine, stored
from chainsim.engine.choice import Choice, choose, named
from chainsim.errors import EngineError
from chainsim.model.network import Network
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.testing import serial

ROOT = Path(__file__).resolve().parents[2]
SMALL = serial(30, (3,), (2,), rate=2.0, seed=1)
LARGE = serial(3_000_000, (3, 7), (2, 3), rate=2.0, seed=1)


@pytest.fixture
def compiles(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """As if Numba were there and nothing compiled yet; what is compiled is only noted."""
    found: list[str] = []
    monkeypatch.setattr(choice, "find_spec", lambda _: object())
    monkeypatch.setattr(stored, "is_there", lambda: bool(found))
    monkeypatch.setattr(choice, "_compile", lambda _: found.append("compiled"))
    return found


@pytest.mark.parametrize(
    ("asked", "network", "runs", "kept", "expected"),
    [
        ("simpy", LARGE, 100, True, "simpy"),
        ("compiled", SMALL, 1, False, "compiled"),
        ("auto", SMALL, 1, True, "simpy"),  # a small run is over before Numba is imported
        ("auto", LARGE, 1, True, "compiled"),
        ("auto", LARGE, 1, False, "compiled"),  # a minute and more is worth half a minute of compiling
        ("auto", SMALL, 20_000, True, "compiled"),  # many small ones are a large one
        ("auto", SMALL, 20_000, False, "simpy"),  # but not that large
    ],
)
def test_the_engine_by_the_work_ahead(
    compiles: list[str], asked: Choice, network: Network, runs: int, kept: bool, expected: str
) -> None:
    compiles += ["before"] * kept
    assert choose(asked, [network] * runs) == expected
    assert ("compiled" in compiles) == (expected == "compiled")


def test_without_numba_the_reference_runs_and_large_work_says_what_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda _: None)
    said: list[str] = []
    assert choose("auto", [SMALL], said.append) == "simpy"
    assert said == []
    assert choose("auto", [LARGE], said.append) == "simpy"
    assert said == ["the compiled engine would be many times faster: pip install 'chainsim[fast]'"]
    assert named("compiled") is simpy_engine.run
    with pytest.raises(EngineError, match=r"pip install 'chainsim\[fast\]'"):
        choose("compiled", [SMALL])


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(EngineError, match="'fortran'; choose from auto, simpy, compiled"):
        choose("fortran", [SMALL])  # type: ignore[arg-type]


def test_a_process_of_one_s_own_runs_on_the_reference_with_a_notice(compiles: list[str]) -> None:
    said: list[str] = []
    assert choose("compiled", [LARGE], said.append, attached=True) == "simpy"
    assert said == ["your own SimPy process joins the run, so the reference engine runs it"]
    assert compiles == []


def test_a_process_of_one_s_own_joins_every_run_of_a_study() -> None:
    seen: list[float] = []

    def watch(environment: object, state: object) -> None:
        seen.append(environment.now)  # type: ignore[attr-defined]

    loaded = cs.load(ROOT / "scenarios" / "textbook" / "s-S.yaml")
    cs.run(loaded, replications=2, attach=watch)
    assert seen == [0, 0]


def test_a_line_that_makes_one_at_a_time_is_much_work_though_orders_are_few(compiles: list[str]) -> None:
    """Two years of 730 orders: 700,000 batches, in 20 runs more than a minute."""
    loaded = load(ROOT / "scenarios" / "textbook" / "line-throughput.yaml")
    network = build(loaded)
    assert not choice.is_little([network])
    assert choose("auto", [network] * loaded.scenario.study.replications) == "compiled"
    assert compiles == ["compiled"]
