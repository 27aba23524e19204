"""Trials on disk and in memory give the same study, and a fingerprint moves with all that makes a trial."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from chainsim.results.shards import Shards, count
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study import fingerprint
from chainsim.study.bench import Bench
from chainsim.study.study import plan, run_on
from chainsim.study.trial import NOTHING_MORE, Extras, Outcome
from chainsim.testing.cases import busy_case


def test_on_disk_and_in_memory_are_the_same_study(small: Path, tmp_path: Path) -> None:
    study = plan(load(small), ["buy_local"])
    shards = Shards(tmp_path / "shards")
    done: list[int] = []
    on_disk = run_on(Bench(1, done.append, shards=shards), study)
    in_memory = run_on(Bench(1), study)
    assert list(on_disk.tables) == list(in_memory.tables)
    for name, table in in_memory.tables.items():
        pd.testing.assert_frame_equal(on_disk.tables[name], table, check_exact=True)
    assert on_disk.orders == in_memory.orders
    assert count(shards.folder) == len(done) == 4
    kept = [trial.kept for trial in in_memory.trials]
    assert all(isinstance(one, Outcome) and not one.tables for one in kept)  # let go as they were stacked
    again = run_on(Bench(1, done.append, shards=shards), study)
    assert (again.reused, len(done)) == (4, 8)


def test_warm_up_by_mser5_finds_its_pilot_again(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = plan(load(small, ["study.warm_up=mser5"]), ["buy_local"], range(1))
    shards = Shards(tmp_path / "shards")
    first = run_on(Bench(1, shards=shards), study)
    monkeypatch.setattr("chainsim.study.bench.run_trial", lambda *_: pytest.fail("it was simulated"))
    second = run_on(Bench(1, shards=shards), study)
    for name in first.tables:
        pd.testing.assert_frame_equal(first.tables[name], second.tables[name], check_exact=True)


def test_a_fingerprint_is_of_all_that_makes_a_trial(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load(small)
    network = build(loaded)
    of = fingerprint.of_network
    base = fingerprint.of_trial(of(network), "none", 0, NOTHING_MORE)
    assert base == fingerprint.of_trial(of(build(load(small))), "none", 0, NOTHING_MORE)
    assert " at 0x" not in repr(network)
    networks = [
        dataclasses.replace(network, seed=8),
        dataclasses.replace(network, warm_up=1),
        build(loaded, ("pay_sooner",)),
    ]
    others = [fingerprint.of_trial(of(other), "none", 0, NOTHING_MORE) for other in networks]
    others += [
        fingerprint.of_trial(of(network), "other", 0, NOTHING_MORE),
        fingerprint.of_trial(of(network), "none", 1, NOTHING_MORE),
        fingerprint.of_trial(of(network), "none", 0, Extras(log=True)),
        fingerprint.of_trial(of(network), "none", 0, Extras(reconciliation=True)),
    ]
    monkeypatch.setattr(fingerprint, "code", lambda: "another version")
    others.append(fingerprint.of_trial(of(network), "none", 0, NOTHING_MORE))
    assert len({base, *others}) == 1 + len(others)


def test_the_code_is_that_of_every_package_that_a_trial_runs_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "chainsim"
    for name in ("study", "model", "cli"):
        (package / name).mkdir(parents=True)
        (package / name / "a.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(fingerprint.here, "__path__", [str(package / "study")])

    def code() -> str:
        return fingerprint.code.__wrapped__()

    base = code()
    (package / "cli" / "a.py").write_text("x = 2\n", encoding="utf-8")
    assert code() == base
    (package / "model" / "a.py").write_text("x = 2\n", encoding="utf-8")
    assert code() != base


@pytest.mark.parametrize(("jobs", "processors", "expected"), [(1, 2, True), (1, 1, False)])
def test_one_process_uses_a_second_processor_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, jobs: int, processors: int, expected: bool
) -> None:
    given = []

    def note(*values: Any) -> Outcome:
        given.append(values[-1])
        return Outcome("none", 0, {}, 0, 0.0)

    monkeypatch.setattr("chainsim.study.bench.available_jobs", lambda: processors)
    monkeypatch.setattr("chainsim.study.bench.run_trial", note)
    Bench(jobs).do({"none": busy_case().network}, [("none", 0)], Extras())
    assert given == [expected]
