"""A scenario small enough to read at a glance, and ways to write and load variations of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chainsim.errors import ScenarioError
from chainsim.scenario.load import Loaded, load

SMALL = """\
study: {start: 2024-01-01, end: 2025-01-01, policies: [local, local+stock]}
parts:
  car: {price: 100_000 CNY, materials: 80%, cost_shares: {motor: 60, seat: 40}}
  motor: {materials: 50%, cost_shares: {steel: 100}}
  seat: {}
  steel: {price: 1_000 CNY}
plants:
  byd: {makes: car, ring: city, component_stock: 3 days}
suppliers:
  motor: {makes: motor, count: {city: 2, province: 3}, share: {city: 30%, province: 40%}, lead_time: 2 ± 0.5 days}
  seats: {makes: seat, tier: 1, count: 2, share: 90%, capacity: 125% of plan, pays_after: 30 days}
  steel: {makes: steel, tier: 2, share: 50%}
outside:
  elsewhere: {supplies: all, lead_time: 3 days}
markets:
  buyers: {buys: car, rate: 100/day}
policies:
  local: {from: 2024-03-01, change: {"suppliers[tier=1].share.city": +10 points}, public_cost: 5 million CNY}
  stock: {from: 2024-02-01, until: 2024-04-01, change: {plants.byd.component_stock: +4 days}}
disruptions:
  fire: {from: 2024-05-01, until: 2024-06-01, change: {firms.motor city 01.capacity: 0/day}}
"""


@pytest.fixture
def small() -> str:
    return SMALL


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes the text of a scenario, and files beside it, and returns the scenario's path."""

    def write(text: str = SMALL, /, **files: str | bytes) -> Path:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            (tmp_path / name.replace("__", ".")).write_bytes(data)
        path = tmp_path / "small.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def loaded(write: Callable[..., Path]) -> Callable[..., Loaded]:
    """Writes a scenario and loads it with settings."""

    def loaded(text: str = SMALL, *settings: str, **files: str | bytes) -> Loaded:
        return load(write(text, **files), settings)

    return loaded


@pytest.fixture
def refused(write: Callable[..., Path]) -> Callable[..., list[str]]:
    """Writes a scenario that must be refused; returns `line:column: message` of each problem."""

    def refused(text: str = SMALL, *settings: str, **files: str | bytes) -> list[str]:
        path = write(text, **files)
        with pytest.raises(ScenarioError) as caught:
            load(path, settings)
        return [str(p).replace(str(path.parent) + "/", "") for p in caught.value.problems]

    return refused
