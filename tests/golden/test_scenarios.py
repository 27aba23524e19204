"""A fingerprint of every shipped scenario: of its log, its ledger and its tables.

They change only with a reason in CHANGELOG ("Numbers"); `make reference` takes them anew.  Logs and ledgers are whole
numbers, the same on every machine; floats of tables count to nine digits.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from chainsim.economy.books import books
from chainsim.engine import choice
from chainsim.results.columns import Table
from chainsim.results.frames import frames
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.tabulation import tables_of

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
FILE = Path(__file__).with_name("scenarios.json")
FILES = sorted(path for path in SCENARIOS.rglob("*.yaml") if "counterexamples" not in path.parts)
LONG = {"china-35-sectors", "line-throughput", "jinan", "sinotruk"}  # seconds each
NAMES = [pytest.param(path, id=path.stem, marks=[pytest.mark.nightly] if path.stem in LONG else []) for path in FILES]


@pytest.mark.parametrize("path", NAMES)
def test_nothing_moved(path: Path, refresh: bool) -> None:
    found = fingerprints(path)
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
    if refresh:
        known[path.stem] = found
        FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
        return
    assert known.get(path.stem) == found, "make reference"


def test_every_shipped_scenario_has_fingerprints() -> None:
    assert set(json.loads(FILE.read_text(encoding="utf-8"))) == {path.stem for path in FILES}


def fingerprints(path: Path) -> dict[str, str]:
    """Of one replication of the baseline."""
    network = build(load(path))
    run = frames(network, choice.run(network, 0))
    found = books(run)
    tables = tables_of(found)
    return {
        "log": digest(run.log.events.tobytes(), run.log.orders.tobytes()),
        "ledger": digest(np.ascontiguousarray(found.balances).tobytes()),
        "tables": digest(*(f"{name}\n{plain(table)}".encode() for name, table in sorted(tables.items()))),
    }


def plain(table: Table) -> str:
    """A table as text, floats to nine digits."""
    return pd.DataFrame(table).to_csv(index=False, float_format=nine_digits, lineterminator="\n")


def nine_digits(value: Any) -> str:
    return f"{value + 0.0:.8e}"


def digest(*parts: bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()[:16]
