"""A draw is addressed, not consumed: it depends on its address alone, here and on every other machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.streams import Stream, key, weight

ROOT = Path(__file__).resolve().parents[1]
names = st.text(max_size=12)
seeds = st.integers(-(2**70), 2**70)


def test_keys_and_uniforms_are_these_for_ever() -> None:
    """A change here changes every result that was ever published."""
    assert key(0, 0, "lead time", "a>b>seat") == 0xA2B8AF89682A432B66D996EBBE12F67F
    first = Stream(0, 0, "lead time", "a>b>seat").take(3)
    assert first.tolist() == [0.776009943350529, 0.13492867323829932, 0.06926173109162054]


@given(seeds, st.integers(0, 10**6), names, names, st.integers(0, 60), st.integers(0, 60))
def test_taking_in_parts_is_taking_at_once(
    seed: int, replication: int, purpose: str, owner: str, a: int, b: int
) -> None:
    stream = Stream(seed, replication, purpose, owner)
    parts = np.concatenate([stream.take(a), stream.take(b)])
    assert (parts == Stream(seed, replication, purpose, owner).take(a + b)).all()


@given(st.lists(st.tuples(seeds, st.integers(0, 10**6), names, names), min_size=2, max_size=2, unique=True))
def test_different_addresses_have_different_keys(addresses: list[tuple[int, int, str, str]]) -> None:
    one, other = addresses
    assert key(*one) != key(*other)
    assert (Stream(*one).take(4) != Stream(*other).take(4)).any()


def test_neighbouring_addresses_are_unrelated() -> None:
    """Seeds, replications and names that differ by one give uncorrelated uniforms."""
    n = 20_000
    base = Stream(1, 0, "demand", "x").take(n)
    for other in ((2, 0, "demand", "x"), (1, 1, "demand", "x"), (1, 0, "demand", "y"), (1, 0, "lead time", "x")):
        assert abs(np.corrcoef(base, Stream(*other).take(n))[0, 1]) < 4.5 / np.sqrt(n)


def test_uniforms_are_uniform_and_strictly_inside_0_and_1() -> None:
    values = Stream(3, 1, "demand", "market").take(200_000)
    assert 0.0 < values.min() < values.max() < 1.0
    counts = np.histogram(values, bins=100, range=(0.0, 1.0))[0]
    statistic = float(((counts - 2000.0) ** 2 / 2000.0).sum())
    assert abs(statistic - 99) < 4.5 * np.sqrt(2 * 99)


@given(seeds, names, names)
def test_a_weight_belongs_to_a_name_and_lies_strictly_inside_0_and_1(seed: int, purpose: str, owner: str) -> None:
    assert 0.0 < weight(seed, purpose, owner) < 1.0
    assert weight(seed, purpose, owner) == weight(seed, purpose, owner)


def test_weights_are_spread_evenly() -> None:
    values = [weight(0, "size", f"supplier {n:03}") for n in range(4000)]
    assert abs(np.mean(values) - 0.5) < 4.5 / np.sqrt(12 * 4000)


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_another_process_draws_the_same(hash_seed: str) -> None:
    code = "from chainsim.streams import Stream; print(Stream(5, 2, 'demand', '济南').take(3).tolist())"
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert result.stdout.strip() == str(Stream(5, 2, "demand", "济南").take(3).tolist())
