"""Long tables: what is written batch by batch is, to the byte, what one long frame would be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from chainsim.results import long_tables, shards
from chainsim.results.long_tables import LongTable, LongWriter
from chainsim.results.shards import Shards
from chainsim.results.store import RunFolder, csv_bytes, write_batches


@pytest.fixture(autouse=True)
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of 4 rows."""
    monkeypatch.setattr(long_tables, "BATCH", 4)


def frame(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"policy": ["none"] * rows, "tick": np.arange(rows) ** 2, "share": np.arange(rows) / 7})


def written(path: Path, rows: int, piece: int) -> LongTable:
    writer, whole = LongWriter(path), frame(rows)
    writer.add(whole.iloc[:0])
    for first in range(0, rows, piece):
        writer.add(whole.iloc[first : first + piece])
    return writer.finish()


@pytest.mark.parametrize("rows", [0, 1, 3, 4, 5, 8, 17])
@pytest.mark.parametrize("piece", [1, 3, 4, 9])
def test_the_size_of_pieces_leaves_no_trace(tmp_path: Path, rows: int, piece: int) -> None:
    table = written(tmp_path / "table", rows, piece)
    assert b"".join(table.chunks()) == shards._bytes(frame(rows))
    assert_frame_equal(table.table(), frame(rows))


def test_a_shard_with_a_long_table_is_that_of_the_whole_one(tmp_path: Path) -> None:
    """So a later study that finds the table in a run folder knows the trial again."""
    small = {"kpis": frame(2)}
    whole = Shards(tmp_path / "whole").add("key", small | {"events": frame(11)}, 5, 1.0)
    long = written(tmp_path / "events", 11, 3)
    found = Shards(tmp_path / "long").add("key", small, 5, 1.0, {"events": long})
    assert found.path.read_bytes() == whole.path.read_bytes()
    assert found.sha256 == whole.sha256
    assert not long.path.exists()
    assert Shards(tmp_path / "long").find("key") == found
    assert [len(batch) for batch in found.batches("events")] == [4, 4, 3]
    assert_frame_equal(pd.concat(found.batches("events"), ignore_index=True), frame(11))
    assert_frame_equal(found.table("events"), frame(11))


def test_a_run_folder_takes_a_table_in_pieces(tmp_path: Path) -> None:
    pieces = [frame(9).iloc[:4], frame(9).iloc[4:]]
    with RunFolder(tmp_path / "run") as folder:
        folder.note(write_batches(folder.staged / "tables", "events", pieces))
        folder.finish({})
    tables = tmp_path / "run" / "tables"
    assert (tables / "events.csv").read_bytes() == csv_bytes(frame(9))
    assert_frame_equal(pd.read_parquet(tables / "events.parquet"), frame(9))
