"""Tables that may be longer than memory: written to disk batch by batch, and read back likewise.

In: frames, one after another.  Out: a file with an Arrow stream, the very bytes that one long frame would give.  This
module must not know what the rows are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import pandas as pd

BATCH: Final = 1 << 20  # rows; but for the last, every batch has as many
CHUNK: Final = 1 << 22  # bytes


@dataclass(frozen=True, slots=True)
class LongTable:
    """A table in a file of its own, as an Arrow stream."""

    path: Path

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def chunks(self) -> Iterator[bytes]:
        """Its bytes."""
        with self.path.open("rb") as file:
            yield from chunks_of(file, self.size)

    def table(self) -> pd.DataFrame:
        """All of it."""
        with self.path.open("rb") as file:
            return pd.concat(list(batches(file)), ignore_index=True)


class LongWriter:
    """Writes a long table; `finish` gives it."""

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, path.open("wb")
        self._stream: Any = None
        self._waiting: list[pd.DataFrame] = []
        self._rows = 0

    def add(self, rows: pd.DataFrame) -> None:
        """The next rows."""
        self._waiting.append(rows)
        self._rows += len(rows)
        if self._rows >= BATCH:
            every = pd.concat(self._waiting, ignore_index=True)
            whole = self._rows // BATCH * BATCH
            self._write(every.iloc[:whole])
            self._waiting, self._rows = [every.iloc[whole:]], self._rows - whole

    def finish(self) -> LongTable:
        """The table, once everything is in it; at least one frame was added, with rows or without."""
        if self._rows or self._stream is None:
            self._write(pd.concat(self._waiting, ignore_index=True))
        self._stream.close()
        self._file.close()
        return LongTable(self._path)

    def _write(self, rows: pd.DataFrame) -> None:
        self._stream = write_into(self._file, rows, self._stream)


def write_into(sink: Any, rows: pd.DataFrame, stream: Any = None) -> Any:
    """Write rows to an Arrow stream in batches, compressed; how the frame came about must not show.

    stream: what an earlier call on this sink returned; the first one opens it, and who wrote the last rows closes it.
    """
    import pyarrow as pa

    for first in range(0, max(len(rows), 1), BATCH):
        batch = rows.iloc[first : first + BATCH]
        arrow = pa.Table.from_pandas(batch, preserve_index=False, nthreads=1).combine_chunks()
        if stream is None:
            stream = pa.ipc.new_stream(sink, arrow.schema, options=pa.ipc.IpcWriteOptions(compression="zstd"))
        stream.write_table(arrow.take(pa.array(np.arange(len(batch)))) if len(batch) else arrow)
    return stream


def batches(file: BinaryIO) -> Iterator[pd.DataFrame]:
    """The frames of an Arrow stream that begins where a file stands."""
    import pyarrow as pa

    with pa.ipc.open_stream(file) as stream:
        found = False
        for batch in stream:
            found = True
            yield batch.to_pandas()
        if not found:
            yield stream.schema.empty_table().to_pandas()


def chunks_of(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The next `size` bytes, or as many as there are."""
    while size > 0 and (chunk := file.read(min(size, CHUNK))):
        size -= len(chunk)
        yield chunk
