"""Bad input, cases 1 to 32: every trap of YAML, keyboards and files, through the real command line.

Most inputs are files in `bad/`: their `# expect LINE:COLUMN: message` lines are all the problems that they must
give, no more and no less, and a `# hint` belongs to the line above it.  Inputs that no editor would keep (bytes,
empty files, sizes, pipes) are made here.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import re
import signal
import sqlite3
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainsim.cli.main import main
from chainsim.errors import ScenarioError
from chainsim.scenario.load import load

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("yaml_*.yaml"))
EXPECT = re.compile(r"# expect (?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.*)(?:\n# hint (?P<hint>.*))?")
FIRST, LAST = 1, 32

GOOD = """\
study: {start: 2023-01-01, end: 2023-02-01, seed: 1, replications: 1}
parts:
  widget: {price: 10 CNY}
plants:
  works:
    makes: widget
    ring: city
    capacity: 1_000/day
    batch: 10
    pays_after: 30 days
markets:
  buyers: {buys: widget, rate: 100/day}
"""


@dataclass(frozen=True)
class Wanted:
    """One problem that an input must give; line and column None for problems of the whole file."""

    message: str
    line: int | None = None
    column: int | None = None
    hint: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the command line did: its exit code, the first problem at each place, and its two streams."""

    code: int
    problems: list[dict[str, Any]]
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def chainsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Command]:
    """The command line, called in an empty folder; no call may leave anything there."""
    kept = signal.getsignal(signal.SIGTERM)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def call(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["chainsim", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        code = stopped.value.code
        problems = json.loads(out) if "json" in arguments and out.startswith("[") else []
        places = [(found["file"], found["line"], found["column"]) for found in problems]
        problems = [found for at, found in enumerate(problems) if places.index(places[at]) == at]
        return Outcome(code if isinstance(code, int) else 0, problems, out, err)

    yield call
    assert list(here.iterdir()) == []
    signal.signal(signal.SIGTERM, kept)


def case(number: int, slug: str, *values: Any) -> Any:
    """A row of a table, called like `case-07-unknown-key`."""
    return pytest.param(*values, id=f"case-{number:02}-{slug}")


def refused(chainsim: Command, path: Path | str, *wanted: Wanted) -> None:
    """`validate` and `run` refuse the file with exactly these problems, and say so as text."""
    done = chainsim("validate", "--format", "json", str(path))
    assert done.code == 2
    assert len(done.problems) == len(wanted), done.out
    for found, want in zip(done.problems, wanted, strict=True):
        assert want.message in found["message"]
        assert (found["line"], found["column"]) == (want.line, want.column)
        assert want.hint in (found["hint"] or "")
        assert (found["file"], found["severity"]) == (str(path), "error")
    text = chainsim("run", str(path))
    assert text.code == 2
    assert text.out == ""
    assert wanted[0].message.split(", got")[0] in text.err
    assert text.err.endswith("; nothing was run.\n")
    assert all(line.isprintable() for line in text.err.splitlines())


# ------------------------------------------------------------------------------------------ files in `bad/`


def expectations(path: Path) -> list[Wanted]:
    found = [match.groupdict() for match in EXPECT.finditer(path.read_text(encoding="utf-8"))]
    return [
        Wanted(one["message"], int(one["line"]), int(one["column"]) if one["column"] else None, one["hint"] or "")
        for one in found
    ]


@pytest.mark.parametrize(
    "path",
    [case(int(path.stem[5:7]), path.stem[8:].replace("_", "-"), path) for path in FILES],
)
def test_a_bad_file_gives_the_problems_that_it_lists(chainsim: Command, path: Path) -> None:
    wanted = expectations(path)
    assert wanted
    before = path.read_bytes()
    refused(chainsim, path, *wanted[:20])
    assert path.read_bytes() == before


def test_the_text_shows_the_line_a_caret_and_the_next_step(chainsim: Command) -> None:
    path = BAD / "yaml_10_scientific.yaml"
    done = chainsim("validate", str(path))
    assert done.err.splitlines()[-5:] == [
        f"{path}:19:17: pays_after needs a unit, got '1e3'",
        "  19 |     pays_after: 1e3",
        "     |                 ^^^",
        '  hint: write a duration such as "1000 h"',
        "4 problems; nothing was run.",
    ]


# ---------------------------------------------------------------------------------- bytes, written here

EMPTY = Wanted("scenario is empty", 1, None, "chainsim new")


def not_yaml(what: str) -> Wanted:
    return Wanted(f"not a YAML text file: it looks like {what}", hint="name the scenario's .yaml file")


def not_utf8(what: str, line: int = 1) -> Wanted:
    return Wanted(f"not UTF-8 text: it looks like {what}" if what else "not UTF-8 text", line, None, "save it as UTF-8")


def bad_character(code: str, line: int, column: int) -> Wanted:
    return Wanted(f"character U+{code} not allowed", line, column, "delete it")


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.yaml", GOOD)
    return file.getvalue()


def database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (a)")
    data = connection.serialize()
    connection.close()
    return data


CHINESE = GOOD.replace("widget", "座椅")
BYTES = [
    case(1, "empty", b"", EMPTY),
    case(1, "comment-only", b"# nothing\n\n", EMPTY),
    case(1, "null", b"null\n", EMPTY),
    case(1, "tilde", b"~\n", EMPTY),
    case(1, "markers-only", b"---\n...\n", EMPTY),
    case(
        19,
        "alias-bomb-of-a-billion",
        b"a: &a [x]\n" + b"b: [" + b"*a, " * 99_000 + b"]\n",
        *[
            Wanted("anchors are not supported, got '&a'", 1, 4),
            *[Wanted("aliases are not supported", 2, 5 + 4 * n) for n in range(19)],
        ],
    ),
    case(23, "a-million-brackets", b"a: " + b"[" * 1_000_000, Wanted("nested deeper than 40", 1, 43)),
    case(23, "a-million-dashes", b"- " * 1_000_000, Wanted("nested deeper than 40", 1, 81)),
    case(26, "utf-16", GOOD.encode("utf-16"), not_utf8("UTF-16")),
    case(26, "utf-16-without-mark", GOOD.encode("utf-16-le"), not_utf8("UTF-16")),
    case(26, "utf-32", GOOD.encode("utf-32"), not_utf8("UTF-32")),
    case(26, "utf-32-without-mark", GOOD.encode("utf-32-be"), not_utf8("UTF-32")),
    case(26, "latin-1", GOOD.replace("works", "Köln").encode("latin-1"), not_utf8("", 5)),
    case(26, "gbk", CHINESE.encode("gbk"), not_utf8("GBK (GB18030)", 3)),
    case(26, "overlong", b"a: 1\nb: \xc0\xaf\n", not_utf8("", 2)),
    case(26, "encoded-surrogate", b"a: 1\nb: \xed\xa0\x80\n", not_utf8("", 2)),
    case(26, "nul", b"a: 1\nb: x\x00y\n", bad_character("0000", 2, 5)),
    case(26, "escape", b"a: 1\r\nb: \x1b[31m\r\nc: \x07\r\n", bad_character("001B", 2, 4), bad_character("0007", 3, 4)),
    case(26, "c1-control", "a: 汽车\x85\n".encode(), bad_character("0085", 1, 6)),
    case(26, "delete", b"a: \x7f\n", bad_character("007F", 1, 4)),
    case(26, "bidi", "a: \u202eb\n".encode(), bad_character("202E", 1, 4)),
    case(26, "mark-inside", "a: \ufeffb\n".encode(), bad_character("FEFF", 1, 4)),
    case(26, "line-separator", "a: b\u2028c: d\n".encode(), bad_character("2028", 1, 5)),
    case(27, "gzip", gzip.compress(GOOD.encode()), not_yaml("gzip data")),
    case(27, "png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", not_yaml("a PNG picture")),
    case(27, "zip", zipped(), not_yaml("a ZIP or Excel file")),
    case(27, "sqlite", database(), not_yaml("an SQLite database")),
    case(27, "pickle", pickle.dumps({"a": [1, 2]}), not_yaml("a Python pickle")),
    case(27, "pickle-protocol-2", pickle.dumps({"a": [1, 2]}, protocol=2), not_yaml("a Python pickle")),
    case(27, "html", b"\n<!DOCTYPE html>\n<html></html>\n", not_yaml("HTML or XML")),
    case(27, "csv", b"name,ring,share\nfoam 1,city,20%\nfoam 2,city,30%\n", not_yaml("CSV")),
    case(27, "shell-script", b"#!/bin/sh\necho hacked > here\n", not_yaml("a script")),
    case(
        28,
        "200,000-keys",
        b"".join(b"k%d: 1\n" % n for n in range(200_000)),
        Wanted("more than 100,000 keys and values", 50_000, 9, "CSV"),
    ),
    case(
        28, "line-of-five-megabytes", b"a: " + b"x" * 5_000_000, Wanted("5,000,003 bytes, limit 5,000,000", hint="CSV")
    ),
    case(28, "line-below-the-limit", b"a: [" + b"x" * 4_900_000, Wanted("expected ',' or ']'", 1, 4_900_005)),
    case(28, "comment-of-300-megabytes", None, Wanted("300,000,001 bytes, limit 5,000,000")),
    case(28, "sparse-gigabyte", None, Wanted("1,000,000,000 bytes, limit 5,000,000")),
]


@pytest.mark.parametrize(("data", "wanted"), [pytest.param(row.values[0], row.values[1:], id=row.id) for row in BYTES])
def test_bytes_that_are_no_scenario_are_refused_quickly(
    chainsim: Command, tmp_path: Path, data: bytes | None, wanted: tuple[Wanted, ...], request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "f.yaml"
    if data is None:
        with path.open("wb") as file:
            file.write(b"#" if "comment" in request.node.callspec.id else b"")
            file.truncate(300_000_001 if "comment" in request.node.callspec.id else 1_000_000_000)
    else:
        path.write_bytes(data)
    start = time.process_time()
    refused(chainsim, path, *wanted)
    assert time.process_time() - start < 2 * 3  # two commands, each well below a second on any machine
    assert data is None or path.read_bytes() == data


# ------------------------------------------------------------------------------ case 29: what is no file


def link_to_nothing(at: Path) -> Path:
    at.symlink_to(at.parent / "nothing")
    return at


def link_to_itself(at: Path) -> Path:
    at.symlink_to(at)
    return at


def pipe(at: Path) -> Path:
    os.mkfifo(at)
    return at


def folder(at: Path) -> Path:
    at.mkdir()
    return at


POSIX = pytest.mark.skipif(os.name != "posix", reason="links, pipes and devices as POSIX has them")
NO_FILE: list[tuple[str, Callable[[Path], Path], str]] = [
    ("missing", lambda at: at, "no such file"),
    ("folder", folder, "is a folder, not a file"),
    ("fifo", pipe, "is not a regular file (a pipe, socket or device)"),
    ("device", lambda at: Path("/dev/zero"), "is not a regular file (a pipe, socket or device)"),
    ("dangling-link", link_to_nothing, "no such file"),
    ("looping-link", link_to_itself, "cannot be read: too many levels of symbolic links"),
    ("overlong-path", lambda at: at.parent / ("x" * 5000), "cannot be read: file name too long"),
    ("below-a-file", lambda at: Path(__file__) / "f.yaml", "cannot be read: not a directory"),
]


@POSIX
@pytest.mark.parametrize(("make", "message"), [case(29, slug, make, message) for slug, make, message in NO_FILE])
def test_what_is_no_file_is_named_and_never_blocks(
    chainsim: Command, tmp_path: Path, make: Callable[[Path], Path], message: str
) -> None:
    refused(chainsim, make(tmp_path / "f.yaml"), Wanted(message))


def test_a_name_like_an_option_is_bad_usage_or_a_file(chainsim: Command) -> None:
    assert chainsim("validate", "-rf").code == 2
    refused(chainsim, "./-rf", Wanted("no such file"))


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="nothing is forbidden to root")
def test_an_unreadable_file_is_named(chainsim: Command, tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(GOOD, encoding="utf-8")
    path.chmod(0)
    refused(chainsim, path, Wanted("permission denied"))


# --------------------------------------------------------------- case 25 and 32: what must be accepted


def as_json(text: str, **options: Any) -> str:
    import yaml

    return json.dumps(yaml.load(text, Loader=yaml.BaseLoader), **options)


def reordered(text: str) -> str:
    import yaml

    def turned(tree: Any) -> Any:
        return {k: turned(tree[k]) for k in reversed(tree)} if isinstance(tree, dict) else tree

    return yaml.dump(turned(yaml.load(text, Loader=yaml.BaseLoader)), sort_keys=False)


DRESSES = [
    case(25, "bom", GOOD.encode("utf-8-sig")),
    case(25, "crlf", GOOD.replace("\n", "\r\n").encode()),
    case(25, "no-final-newline", GOOD.rstrip().encode()),
    case(25, "document-markers", f"---\n{GOOD}...\n".encode()),
    case(25, "yaml-directive", f"%YAML 1.2\n---\n{GOOD}".encode()),
    case(25, "json", as_json(GOOD).encode()),
    case(25, "json-with-tabs", as_json(GOOD, indent="\t").encode()),
    case(25, "reordered-keys", reordered(GOOD).encode()),
    case(25, "comments", GOOD.replace("\n", "  # 注释\n").encode()),
]


@pytest.mark.parametrize("data", DRESSES)
def test_another_dress_is_the_same_scenario(chainsim: Command, tmp_path: Path, data: bytes) -> None:
    plain, other = tmp_path / "plain.yaml", tmp_path / "other.yaml"
    plain.write_text(GOOD, encoding="utf-8")
    other.write_bytes(data)
    assert data != plain.read_bytes()
    assert chainsim("validate", str(other)).code == 0
    assert load(other).scenario == load(plain).scenario


@pytest.mark.parametrize(
    "name",
    [
        case(32, "chinese", "座椅供应商 07"),
        case(32, "arabic", "مورد المقاعد"),
        case(32, "emoji", "🚗 parts"),
        case(32, "accents", "Žluťoučký kůň"),
    ],
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_names_of_every_script_are_kept_to_the_byte(
    chainsim: Command, tmp_path: Path, name: str, ascii_only: bool
) -> None:
    text = GOOD.replace("works", name).replace("widget", name + " 1")
    path = tmp_path / f"{name}.yaml"
    path.write_text(as_json(text, ensure_ascii=True) if ascii_only else text, encoding="utf-8")
    assert chainsim("validate", str(path)).code == 0
    scenario = load(path).scenario
    assert list(scenario.plants) == [name]
    assert list(scenario.parts) == [name + " 1"] == [scenario.markets["buyers"].buys]


# ------------------------------------------------------------------------------- case 31: damaged files


def judged(path: Path, data: bytes) -> bool:
    """Whether damaged text still is a scenario; anything but a ScenarioError with problems fails the test."""
    path.write_bytes(data)
    problems = found_in(path)
    assert problems is None or problems
    return problems is None


def found_in(path: Path) -> list[str] | None:
    """The problems of a file, None when it is a scenario."""
    try:
        load(path)
    except ScenarioError as error:
        return [found.message for found in error.problems if found.message]
    return None


def test_case_31_a_file_cut_off_at_any_byte_is_refused_or_a_scenario(tmp_path: Path) -> None:
    data = GOOD.replace("widget", "座椅").encode()
    whole = [end for end in range(len(data) + 1) if judged(tmp_path / "f.yaml", data[:end])]
    assert whole[-1] == len(data)
    assert 0 not in whole


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(1, 255)), min_size=1, max_size=3))
@settings(max_examples=60)
def test_case_31_flipped_bits_are_refused_or_a_scenario(
    tmp_path_factory: pytest.TempPathFactory, flips: list[tuple[int, int]]
) -> None:
    data = bytearray(GOOD.encode())
    for at, mask in flips:
        data[at] ^= mask
    judged(tmp_path_factory.getbasetemp() / "flipped.yaml", bytes(data))


LINES = GOOD.splitlines()


@given(st.data())
@settings(max_examples=60)
def test_case_31_lines_lost_doubled_or_indented_anew_are_refused_or_a_scenario(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, max(0, len(lines) - 1)))
        what = data.draw(st.sampled_from(["lost", "doubled", "in", "out"]))
        if not lines:
            break
        line = lines[at]
        lines[at : at + 1] = {"lost": [], "doubled": [line, line], "in": ["  " + line], "out": [line[2:]]}[what]
    judged(tmp_path_factory.getbasetemp() / "lines.yaml", "\n".join(lines).encode())


# ---------------------------------------------------------------------------------------- completeness


def test_every_case_of_the_yaml_layer_has_an_input() -> None:
    tables = [row.id for row in [*BYTES, *DRESSES]] + ["case-29-", "case-31-", "case-32-"]
    covered = {int(path.stem[5:7]) for path in FILES} | {int(name[5:7]) for name in tables}
    assert covered == set(range(FIRST, LAST + 1))
