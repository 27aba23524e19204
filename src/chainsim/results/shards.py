"""Shards: every table of one finished trial in one file with its hash, so that an interrupted study loses nothing.

In: tables, and a key that says what made them.  Out: files `KEY.shard` in a folder; a table is read back when it is
asked for.  A file that is cut short or does not match its hash is as good as absent.  This module must not know what a
key is made of.

A shard is a line of JSON (hash, number of orders, seconds, tables and their sizes) and the tables one after another as
Arrow streams, compressed with zstd: reading one runs no code, and gives back the very same frame.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from chainsim.results.long_tables import LongTable, batches, chunks_of, write_into

ENDING = ".shard"


@dataclass(frozen=True, slots=True)
class Shard:
    """One finished trial: the number of orders, seconds of processor time, and where in the file each table stands.

    sha256: of the tables and the number of orders; the seconds are not part of it.
    """

    path: Path
    sha256: str
    orders: int
    seconds: float
    places: Mapping[str, tuple[int, int]]

    def table(self, name: str) -> pd.DataFrame:
        """One table; OSError if the file is gone."""
        begin, size = self.places[name]
        with self.path.open("rb") as file:
            file.seek(begin)
            return _frame(file.read(size))

    def batches(self, name: str) -> Iterator[pd.DataFrame]:
        """The same, piece by piece."""
        with self.path.open("rb") as file:
            file.seek(self.places[name][0])
            yield from batches(file)


class Shards:
    """The shards of one folder; several processes may write into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Where the shard of this key stands, or would."""
        return self.folder / f"{key}{ENDING}"

    def find(self, key: str) -> Shard | None:
        """The shard of this key, if it is there and whole."""
        try:
            return _read(self.path(key))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def add(
        self,
        key: str,
        tables: Mapping[str, pd.DataFrame],
        orders: int,
        seconds: float,
        long: Mapping[str, LongTable] | None = None,
    ) -> Shard:
        """Write a shard: it appears whole or not at all.

        long: tables on disk, which come after the others and are taken away when they are in.  It is not forced down to
        the disk, which would cost more than many a trial: after a power cut, its hash tells.
        """
        shard = self._write(key, packing(tables, orders, seconds, long or {}))
        for table in (long or {}).values():
            table.path.unlink(missing_ok=True)
        return shard

    def put(self, key: str, packed: bytes) -> Shard:
        """Write a shard that was packed elsewhere."""
        return self._write(key, [packed[: packed.index(b"\n") + 1], packed[packed.index(b"\n") + 1 :]])

    def _write(self, key: str, chunks: Iterable[bytes]) -> Shard:
        """Write a shard; the first chunk is its header."""
        first, rest = peeked(chunks)
        self.folder.mkdir(exist_ok=True)
        temporary = self.folder / f".{key}-{os.getpid()}"
        try:
            with temporary.open("wb") as file:
                file.writelines(chain([first], rest))
            os.replace(temporary, self.path(key))
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        return _shard(self.path(key), first)


def pack(
    tables: Mapping[str, pd.DataFrame], orders: int, seconds: float, long: Mapping[str, LongTable] | None = None
) -> bytes:
    """A shard as it will stand in its file."""
    return b"".join(packing(tables, orders, seconds, long or {}))


def packing(
    tables: Mapping[str, pd.DataFrame], orders: int, seconds: float, long: Mapping[str, LongTable]
) -> Iterator[bytes]:
    """The same in chunks, the header first; long tables are read twice and never held."""
    parts = {name: _bytes(table) for name, table in tables.items()}
    sizes = {name: len(part) for name, part in parts.items()} | {name: table.size for name, table in long.items()}

    def content() -> Iterator[bytes]:
        return chain(parts.values(), *(table.chunks() for table in long.values()))

    facts = {"sha256": _digest(sizes, orders, content()), "orders": orders, "seconds": seconds, "tables": sizes}
    yield json.dumps(facts).encode() + b"\n"
    yield from content()


def peeked(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first chunk, and the others."""
    rest = iter(chunks)
    return next(rest), rest


def count(folder: Path) -> int:
    """How many shards stand in a folder, whole or not."""
    return sum(1 for _ in folder.glob(f"*{ENDING}"))


def _read(path: Path) -> Shard:
    """A shard whose hash holds; ValueError if it does not."""
    with path.open("rb") as file:
        header = file.readline()
        facts: dict[str, Any] = json.loads(header)
        sizes: dict[str, int] = facts["tables"]
        digest = _digest(sizes, facts["orders"], chunks_of(file, sum(sizes.values())))
        if digest != facts["sha256"] or file.read(1):
            raise ValueError(f"{path} does not match its hash")
    return _shard(path, header)


def _shard(path: Path, header: bytes) -> Shard:
    facts: dict[str, Any] = json.loads(header)
    places = _places(facts["tables"], len(header))
    return Shard(path, facts["sha256"], int(facts["orders"]), float(facts["seconds"]), places)


def _places(sizes: Mapping[str, int], begin: int) -> dict[str, tuple[int, int]]:
    places = {}
    for name, size in sizes.items():
        places[name] = begin, size
        begin += size
    return places


def _digest(sizes: Mapping[str, int], orders: int, parts: Iterable[bytes]) -> str:
    found = hashlib.sha256(json.dumps([list(sizes.items()), orders]).encode())
    for part in parts:
        found.update(part)
    return found.hexdigest()


def _bytes(table: pd.DataFrame) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    write_into(sink, table).close()
    found: bytes = sink.getvalue().to_pybytes()
    return found


def _frame(data: bytes) -> pd.DataFrame:
    import pyarrow as pa

    frame: pd.DataFrame = pa.ipc.open_stream(data).read_all().to_pandas()
    return frame
