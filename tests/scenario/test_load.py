"""The one door: what comes out of it, what it leaves alone, and how little it costs."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainsim.errors import ScenarioError
from chainsim.scenario.load import Loaded, load

from .conftest import SMALL  # isort: skip

Load = Callable[..., Loaded]
Write = Callable[..., Path]


def test_a_scenario_is_named_after_its_file(loaded: Load) -> None:
    assert loaded().name == "small"


def test_loading_twice_gives_the_same(write: Write) -> None:
    path = write()
    one, other = load(path), load(str(path))
    assert one.scenario == other.scenario
    assert one.resolved(["local"]) == other.resolved(["local"])
    assert one.assumptions() == other.assumptions()


def test_a_loaded_scenario_can_be_sent_to_a_worker(loaded: Load) -> None:
    here = loaded()
    there = pickle.loads(pickle.dumps(here))
    assert there.scenario == here.scenario
    assert there.timeline(["local+stock"]) == here.timeline(["local+stock"])


def test_the_file_is_not_touched(write: Write) -> None:
    path = write()
    before = path.read_bytes(), path.stat().st_mtime_ns
    load(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(path.parent.iterdir()) == [path]


def test_resolved_names_every_value_once(loaded: Load) -> None:
    rows = loaded().resolved(["local", "stock"])
    assert len({row.path for row in rows}) == len(rows)
    by_path = {row.path: row for row in rows}
    assert by_path["suppliers.motor.share.city"].value == "40%"
    assert by_path["plants.byd.component_stock"].value == "7 days"
    assert by_path["study.replications"].set_by == "default"


def test_validation_needs_no_heavy_library(write: Write) -> None:
    code = (
        "import sys; from chainsim.scenario.load import load; load(sys.argv[1]);"
        "print([m for m in ('numpy', 'pandas', 'scipy', 'numba', 'simpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(write())], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_many_policies_cost_little(loaded: Load, small: str) -> None:
    policies = "".join(
        f"  p{n}: {{from: 2024-03-{1 + n % 28:02d}, change: {{suppliers.seats.pays_after: {n} days}}}}\n"
        for n in range(100)
    )
    text = small.replace("disruptions:", policies + "disruptions:")
    began = time.process_time()
    loaded(text)
    assert time.process_time() - began < 2


LINES = SMALL.splitlines(keepends=True)
EDIT = st.one_of(
    st.tuples(st.just("cut"), st.integers(0, len(SMALL) - 1), st.integers(1, 12).map(str)),
    st.tuples(
        st.just("put"),
        st.integers(0, len(SMALL)),
        st.sampled_from(["~", "[]", "{}", ":", "-1", "1e3", "'", "motor", "\n", "  "]),
    ),
    st.tuples(st.just("drop"), st.integers(0, len(LINES) - 1), st.just("")),
    st.tuples(st.just("twice"), st.integers(0, len(LINES) - 1), st.just("")),
)


def edited(text: str, edits: list[tuple[str, int, str]]) -> str:
    for kind, at, what in edits:
        lines = text.splitlines(keepends=True)
        if kind == "cut":
            text = text[:at] + text[at + int(what) :]
        elif kind == "put":
            text = text[:at] + what + text[at:]
        elif at < len(lines):
            lines[at : at + 1] = [] if kind == "drop" else [lines[at]] * 2
            text = "".join(lines)
    return text


@given(edits=st.lists(EDIT, min_size=1, max_size=3))
@settings(max_examples=200)
def test_a_damaged_file_is_refused_or_loads_but_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, int, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.yaml"
    path.write_text(edited(SMALL, edits), encoding="utf-8")
    try:
        result = load(path)
    except ScenarioError as error:
        problems = error.problems
    else:
        result.resolved()
        result.assumptions()
        return
    assert problems
    assert all(found.message and found.place is not None for found in problems)


@pytest.mark.parametrize(
    "name",
    [
        "比亚迪 济南",
        "مورد",
        "seats 🚗",
        "=1+1",
        "@SUM(A1)",
        "-2+3",
        "<img src=x>",
        "{{ 7 * 7 }}",
        "**x**",
        "NA",
    ],
)
def test_odd_names_are_kept_as_they_are(loaded: Load, small: str, name: str) -> None:
    result = loaded(small.replace("  seats:", f'  "{name}":'))
    assert name in result.scenario.suppliers
    assert any(row.path.startswith(("suppliers." + name, f'suppliers."{name}"')) for row in result.resolved())
