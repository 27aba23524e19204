"""What describes a network cannot be changed by a run, and a misspelt field is no new one."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from chainsim.model import arrivals, curves, distributions, network, quantities, replenishment, sourcing, state
from chainsim.model.replenishment import base
from chainsim.registry import Registry

REGISTRIES: tuple[Registry[Any], ...] = (
    distributions.distributions,
    quantities.quantity_laws,
    replenishment.replenishments,
    sourcing.sourcings,
    curves.curves,
)
REGISTERED = [registry[name] for registry in REGISTRIES for name in registry]
DESCRIBED = [
    kind
    for module in (network, arrivals, base, sourcing)
    for kind in vars(module).values()
    if isinstance(kind, type) and dataclasses.is_dataclass(kind)
]


ALL = list(dict.fromkeys([*REGISTERED, *DESCRIBED]))
each = pytest.mark.parametrize("kind", ALL, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")


@each
def test_a_description_is_frozen(kind: type[Any]) -> None:
    for field in dataclasses.fields(kind):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(object.__new__(kind), field.name, 1)


@each
def test_a_description_has_its_fields_and_no_others(kind: type[Any]) -> None:
    assert not hasattr(object.__new__(kind), "__dict__")


@pytest.mark.parametrize("kind", state.TABLES.values(), ids=lambda kind: kind.__name__)
def test_a_row_of_state_has_its_columns_and_no_others(kind: type[Any]) -> None:
    with pytest.raises(AttributeError):
        kind().any = 1
