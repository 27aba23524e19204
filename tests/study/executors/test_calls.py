"""A network travels once, and no worker of another version looks into what it is sent."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from chainsim.errors import ClusterError
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.executors import calls
from chainsim.study.executors.calls import Sealing, Versions, attend, networks_of, pack, unpack, versions


def seed_of(network: object, more: int) -> int:
    return network.seed + more  # type: ignore[attr-defined]


def test_a_network_that_calls_share_is_sealed_and_opened_once(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = build(load(small))
    other = dataclasses.replace(network, seed=100)
    sealing = Sealing()
    packages = [sealing.apart(values) for values in ((network, 1), (network, 2), (other, 3))]
    networks = [apart[0] for _, apart in packages]
    assert networks[0] is networks[1]
    assert networks[0] != networks[2]
    assert len(networks[0].data) < len(pickle.dumps(network)) / 2
    assert all(len(pack(seed_of, bare)) < 500 for bare, _ in packages)
    opened: list[int] = []
    true = pickle.loads
    monkeypatch.setattr(calls.pickle, "loads", lambda data: opened.append(len(data)) or true(data))
    again = [pickle.loads(pickle.dumps(one)) for one in networks]  # as they come out of a pipe
    opened.clear()
    calls._open.cache_clear()
    found = [
        unpack(attend(versions(), pack(seed_of, bare), one)) for (bare, _), one in zip(packages, again, strict=True)
    ]
    assert found == [8, 9, 103]
    assert len(opened) == 3 + 2


def test_a_network_is_not_sealed_before_a_call_needs_it(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = build(load(small))
    sealing = Sealing()
    monkeypatch.setattr(calls.pickle, "dumps", lambda *_: pytest.fail("nothing is sent yet"))
    assert sealing.apart((1, "two")) == ((1, "two"), [])
    assert networks_of((network, 1)) == networks_of(("none", network))
    assert networks_of((network, 1)) != networks_of((dataclasses.replace(network), 1))
    assert networks_of((1, 2)) == ()


def test_a_worker_of_another_version_refuses_before_it_unpickles() -> None:
    sender = dataclasses.replace(versions(), code="0" * 64)
    with pytest.raises(ClusterError, match="a worker runs on other sources of chainsim; numbers of different versions"):
        unpack(attend(sender, b"no pickle at all"))
    sender = Versions("0" * 64, {**versions().runs_on, "numpy": "1.0", "zlib": "3"})
    with pytest.raises(ClusterError, match=r"a worker runs on numpy \d\S+ \(here 1\.0\); numbers"):
        unpack(attend(sender, b"no pickle at all"))


def test_a_bug_in_a_call_travels_with_its_notes() -> None:
    found = attend(versions(), pack(int, ("seven",)))
    with pytest.raises(ValueError, match="invalid literal"):
        unpack(pickle.loads(pickle.dumps(found)))
    assert "Traceback" in found.trace


def test_a_scheduler_imports_nothing_heavy() -> None:
    """It unpickles the names of our functions; and `--cluster` apart, nobody imports Dask."""
    code = "import sys, chainsim.study.executors.cluster; print({'distributed', 'dask', 'pandas'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
