"""Shards give back the very same frames, and whatever is not as it was written is as good as absent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.results.shards import Shard, Shards, count

TABLES = {
    "firms": pd.DataFrame({"policy": ["无", "b"], "n": [1, 2], "x": [0.1, np.nan], "is": [True, False]}),
    "empty": pd.DataFrame({"policy": pd.Series([], dtype="object"), "cny": pd.Series([], dtype="float64")}),
    "counts": pd.DataFrame({"n": np.arange(1000)}),
}


@pytest.fixture
def shards(tmp_path: Path) -> Shards:
    return Shards(tmp_path / "shards")


def test_every_table_comes_back_as_it_was(shards: Shards) -> None:
    written = shards.add("k", TABLES, 7, 0.25)
    found = shards.find("k")
    assert found == written
    assert found is not None
    assert list(found.places) == list(TABLES)
    assert (found.orders, found.seconds) == (7, 0.25)
    for name, table in TABLES.items():
        pd.testing.assert_frame_equal(found.table(name), table, check_exact=True)
    assert count(shards.folder) == 1


def test_the_hash_is_of_tables_and_orders_not_of_the_time_it_took(shards: Shards) -> None:
    def digest(tables: dict[str, pd.DataFrame], orders: int, seconds: float) -> str:
        return shards.add("k", tables, orders, seconds).sha256

    base = digest(TABLES, 7, 0.25)
    assert digest(dict(TABLES), 7, 9.0) == base
    assert digest(TABLES, 8, 0.25) != base
    assert digest({**TABLES, "counts": TABLES["counts"] + 1}, 7, 0.25) != base
    halves = pd.concat([TABLES["counts"][:300], TABLES["counts"][300:]], ignore_index=True)
    names = pd.concat([TABLES["firms"][:1], TABLES["firms"][1:]], ignore_index=True)
    assert digest({**TABLES, "counts": halves, "firms": names}, 7, 0.25) == base
    assert digest({"others": TABLES["firms"], **TABLES}, 7, 0.25) != base


def test_a_shard_cut_short_anywhere_is_absent(shards: Shards) -> None:
    path = shards.add("k", TABLES, 7, 0.25).path
    data = path.read_bytes()
    for size in [*range(0, len(data), 41), len(data) - 1]:
        path.write_bytes(data[:size])
        assert shards.find("k") is None, size
    path.write_bytes(data + b"x")
    assert shards.find("k") is None
    path.write_bytes(data)
    assert isinstance(shards.find("k"), Shard)


@given(share=st.floats(0, 1, exclude_max=True), by=st.integers(1, 255))
def test_a_shard_with_one_other_byte_is_absent_or_says_the_same(
    tmp_path_factory: pytest.TempPathFactory, share: float, by: int
) -> None:
    shards = Shards(tmp_path_factory.mktemp("flipped"))
    shard = shards.add("k", TABLES, 7, 0.25)
    data = bytearray(shard.path.read_bytes())
    at = int(share * len(data))
    data[at] = (data[at] + by) % 256
    shard.path.write_bytes(bytes(data))
    found = shards.find("k")
    if found is not None:  # the seconds, which are not hashed, or white space
        assert at < data.index(b"\n")
        assert (found.sha256, found.orders) == (shard.sha256, shard.orders)
        for name, table in TABLES.items():
            pd.testing.assert_frame_equal(found.table(name), table, check_exact=True)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}\n", b"[]\n", b"null\n", b'{"sha256": "", "tables": {"a": "b"}}\n']
)
def test_what_is_no_shard_is_absent(shards: Shards, content: bytes) -> None:
    shards.folder.mkdir()
    shards.path("k").write_bytes(content)
    assert shards.find("k") is None
    assert shards.find("nowhere") is None


def test_a_failed_write_leaves_nothing(shards: Shards, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        shards.add("k", TABLES, 7, 0.25)
    assert list(shards.folder.iterdir()) == []
