"""A run folder: tables as Parquet and CSV, inputs, resolved scenarios, and a manifest written last.

In: tables and bytes.  Out: a folder that is whole or absent: everything is staged beside the target and renamed when
complete.  A run folder is never overwritten.  A failure leaves nothing behind, not even the folders above it; only the
finished trials of an interrupted study stay, in the staged folder, until it is resumed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd

from chainsim.errors import ClusterError, FolderError, WorkerLostError
from chainsim.results import claim
from chainsim.results.interrupted import SHARDS, STUDY, refuse_other, staged_beside
from chainsim.results.shards import Shards, count

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MANIFEST = "manifest.json"
LONGEST_NAME = 100
SHORT = 500  # rows, of which each is sooner looked at than they are sorted by value


class RunFolder:
    """Stages a run beside its target; `finish` puts it in place.

    Anything else leaves no trace, unless trials have ended by then and the study can be resumed: after an interruption,
    a lost worker, a full disk.  The staged folder then keeps them as shards, with what the study is in `study.json`.

    study: what must be the same for a study to be resumed.  resume: go on with what is staged; FolderError when
    nothing is, or another study.
    """

    def __init__(self, target: Path, study: Mapping[str, Any] | None = None, resume: bool = False) -> None:
        self.target = target
        self.staged = staged_beside(target)
        self.shards = Shards(self.staged / SHARDS)
        self.study = study
        self.resume = resume
        self.kept_trials = 0  # after an interruption
        self._hashes: dict[str, str] = {}
        self._made: list[Path] = []

    def __enter__(self) -> RunFolder:
        """Claim the target, so that a folder that cannot be written is known before anything is simulated."""
        with self.writing():
            _refuse_taken(self.target)
            if self.resume:
                refuse_other(self.staged, self.study or {})
                claim.take_over(self.staged, self.target)
                self._clear()
                return self
            self._made = _make_parents(self.target)
            try:
                try:
                    self.staged.mkdir()
                except FileExistsError:
                    claim.refuse_used(self.staged, self.target)
                    shutil.rmtree(self.staged)
                    self.staged.mkdir()
                claim.sign(self.staged)
                if self.study is not None:
                    _write(self.staged / STUDY, _json(self.study))
                (self.staged / "tables").mkdir()
            except BaseException:
                self._forget_parents()
                raise
        return self

    def _clear(self) -> None:
        """Take away what is neither a whole shard nor says whose this is."""
        for path in self.staged.iterdir():
            if path.name in (SHARDS, STUDY, claim.OWNER):
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in self.shards.folder.glob(".*"):
            path.unlink()
        (self.staged / "tables").mkdir()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kept_trials = self._kept(error)
        if self.kept_trials:
            with contextlib.suppress(OSError):
                claim.release(self.staged)
            return
        shutil.rmtree(self.staged, ignore_errors=True)
        self._forget_parents()

    def _kept(self, error: BaseException | None) -> int:
        """How many finished trials are kept after this error; none where running them again would not do better."""
        again = FolderError | ClusterError | WorkerLostError | OSError
        resumable = not isinstance(error, Exception) or isinstance(error, again)
        return count(self.shards.folder) if self.study is not None and error is not None and resumable else 0

    def _forget_parents(self) -> None:
        for folder in self._made:
            with contextlib.suppress(OSError):
                folder.rmdir()  # only if nothing is in it

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """What the system refuses here becomes one line that names the folder."""
        try:
            yield
        except OSError as error:
            raise FolderError(f"cannot write results to {self.target}: {error.strerror or error}") from error

    def add_bytes(self, name: str, data: bytes) -> None:
        """Write one file; `name` is relative to the run folder and uses `/`."""
        with self.writing():
            path = self.staged / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, data)
        self._hashes[name] = hashlib.sha256(data).hexdigest()

    def add_table(self, name: str, table: pd.DataFrame) -> None:
        """Write one table as `tables/NAME.parquet` and `tables/NAME.csv`."""
        with self.writing():
            self.note(write_table(self.staged / "tables", name, table))

    def note(self, hashes: Mapping[str, str]) -> None:
        """Files that have been written into the folder, with their hashes."""
        self._hashes.update(hashes)

    def finish(self, manifest: Mapping[str, Any], latest: bool = True) -> Path:
        """Write the manifest, move the folder to its target, and point `latest` to it."""
        whole = {**manifest, "outputs": dict(sorted(self._hashes.items()))}
        with self.writing():
            _refuse_taken(self.target)
            _write(self.staged / MANIFEST, _json(whole))
            shutil.rmtree(self.shards.folder, ignore_errors=True)
            (self.staged / STUDY).unlink(missing_ok=True)
            (self.staged / claim.OWNER).unlink()
            _sync_folder(self.staged)
            self.staged.rename(self.target)
            _sync_folder(self.target.parent)
        self._made = []
        if latest:
            _point_latest(self.target)
        return self.target


def write_table(folder: Path, name: str, table: pd.DataFrame) -> dict[str, str]:
    """Write one table as NAME.parquet and NAME.csv; returns the hash of each, by its place in the run folder."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for kind, data in (("parquet", parquet_bytes(table)), ("csv", csv_bytes(table))):
        _write(folder / f"{name}.{kind}", data)
        found[f"{folder.name}/{name}.{kind}"] = hashlib.sha256(data).hexdigest()
    return found


def write_batches(folder: Path, name: str, batches: Iterable[pd.DataFrame]) -> dict[str, str]:
    """The same of a table that comes in pieces: a row group each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    parquet, csv = (folder / f"{name}.{kind}" for kind in ("parquet", "csv"))
    with parquet.open("xb") as whole, csv.open("xb") as text:
        writer = None
        for batch in batches:
            rows = pa.Table.from_pandas(batch, preserve_index=False)
            text.write(csv_bytes(batch) if writer is None else csv_bytes(batch, header=False))
            writer = writer or pq.ParquetWriter(whole, rows.schema, compression="zstd")
            writer.write_table(rows)
        if writer is not None:
            writer.close()
        for file in (whole, text):
            file.flush()
            os.fsync(file.fileno())
    found = {}
    for path in (parquet, csv):
        with path.open("rb") as written:
            found[f"{folder.name}/{path.name}"] = hashlib.file_digest(written, "sha256").hexdigest()
    return found


def _write(path: Path, data: bytes) -> None:
    """Write a file down to the disk; a failed fsync is final and never tried again."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refuse_taken(target: Path) -> None:
    """Raise FolderError when something stands where the run is to go."""
    if not os.path.lexists(target):
        return
    if (target / MANIFEST).is_file():
        raise FolderError(f"{target} exists; run folders are never overwritten, name another one with --out")
    raise FolderError(f"{target} exists and is not a chainsim run folder; name another one with --out")


def _make_parents(target: Path) -> list[Path]:
    """Make the folders above `target`; returns those that were not there, the deepest first."""
    missing = [parent for parent in target.parents if not parent.exists()]
    if missing:
        target.parent.mkdir(parents=True, exist_ok=True)
    return missing


def _json(facts: Mapping[str, Any]) -> bytes:
    return (json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode()


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """The table as Parquet, compressed with zstd."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), sink, compression="zstd")
    found: bytes = sink.getvalue().to_pybytes()
    return found


def csv_bytes(table: pd.DataFrame, header: bool = True) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets expect; text that one would run as a formula is quoted.

    header: the mark and the names of columns come first.
    """
    safe = table.copy(deep=False)
    for name in table.columns:
        column = table[name]
        if not pd.api.types.is_numeric_dtype(column) and (quoted := _as_text(column)) is not column:
            safe[name] = quoted
    text = safe.to_csv(index=False, lineterminator="\n", header=header)
    return text.encode("utf-8-sig" if header else "utf-8")


def _as_text(column: pd.Series) -> pd.Series:
    """Texts of which none is run as a formula; most columns have a few values, many times each."""
    if len(column) <= SHORT and not any(map(_is_formula, column.tolist())):
        return column
    codes, values = pd.factorize(column, use_na_sentinel=True)
    risky = [n for n, value in enumerate(values) if _is_formula(value)]
    if not risky:
        return column
    quoted = column.astype(object)
    for n in risky:
        quoted[codes == n] = f"'{values[n]}"
    return quoted


def _is_formula(value: Any) -> bool:
    """Whether a spreadsheet would run this cell."""
    return isinstance(value, str) and value.startswith(FORMULA_STARTS)


def file_name(text: str) -> str:
    """`text` as a file name that every system takes; a digest keeps apart what would look alike or be too long."""
    safe = re.sub(r"[^\w .+-]", "_", text)
    if safe == text and len(text.encode()) <= LONGEST_NAME:
        return text
    while len(safe.encode()) > LONGEST_NAME:
        safe = safe[:-1]
    return f"{safe}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def default_target(root: Path, scenario: str, fingerprint: str, now: datetime | None = None) -> Path:
    """`root/scenario/20261122T1604-3f9a1c`, with a number behind it if that is taken or being written."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M")
    base = root / scenario / f"{stamp}-{fingerprint[:6]}"
    target, number = base, 1
    while os.path.lexists(target) or staged_beside(target).exists():
        number += 1
        target = base.with_name(f"{base.name}-{number}")
    return target


def free_name(target: Path) -> Path:
    """`target`, with a number behind it if that is taken."""
    free, number = target, 1
    while os.path.lexists(free):
        number += 1
        free = target.with_name(f"{target.name}-{number}")
    return free


def _point_latest(target: Path) -> None:
    """Make `latest` beside the run point to it; where links are not allowed, a text file of that name holds the name.

    The run is whole by now: if neither can be written, that is no failure.
    """
    latest = target.parent / "latest"
    temporary = target.parent / f".latest-{os.getpid()}"
    with contextlib.suppress(OSError):
        if latest.is_dir() and not latest.is_symlink():
            return
        try:
            temporary.symlink_to(target.name, target_is_directory=True)
            temporary.replace(latest)
        except OSError:
            temporary.unlink(missing_ok=True)
            (target.parent / "latest.txt").write_text(target.name + "\n", encoding="utf-8")


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """One table of a run folder; raises FolderError if it is not there or cannot be read."""
    path = folder / "tables" / f"{name}.parquet"
    if not path.is_file():
        raise FolderError(f"{folder} has no table {name}; is it a chainsim run folder?")
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:  # `pandas.read_parquet` takes all that reads sets of files, for one
            table: pd.DataFrame = file.read().to_pandas()
            return table
    except (OSError, ValueError) as error:  # pyarrow's own errors are both
        raise FolderError(f"cannot read {path}: {error}") from error


def read_csv(path: Path) -> pd.DataFrame:
    """A table that `csv_bytes` wrote; text that was quoted against spreadsheets is itself again.

    Raises FolderError if it is not there or no CSV.
    """
    try:
        table = pd.read_csv(path, encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # pandas' own errors are both
        raise FolderError(f"cannot read {path}: {error}") from error
    for name in table.columns:
        if not pd.api.types.is_numeric_dtype(table[name]):
            cells = table[name].tolist()
            quoted = [isinstance(v, str) and v[:1] == "'" and v[1:].startswith(FORMULA_STARTS) for v in cells]
            table[name] = [v[1:] if q else v for v, q in zip(cells, quoted, strict=True)]
    return table


class RunTables(Mapping[str, pd.DataFrame]):
    """The tables of a run folder by name, each read when it is asked for."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self.names = names

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self.names:
            raise KeyError(name)
        return read_table(self.folder, name)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run folder; raises FolderError if it is missing or broken."""
    if not (folder / MANIFEST).is_file():
        raise FolderError(f"{folder} is not a chainsim run folder: it has no {MANIFEST}")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FolderError(f"{folder} is not a chainsim run folder: {error}") from error
    if not isinstance(manifest, dict) or "outputs" not in manifest:
        raise FolderError(f"{folder} is not a chainsim run folder: its manifest is not one of ours")
    return manifest
