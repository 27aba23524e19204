"""What the schema allows below a path: which keys a section knows, and what stands below each.

In: the types of `schema`.  Out: answers for path resolution and for "did you mean".  A *kind* is a type as
the schema writes it: a section, a mapping by name or ring, a list, or a value.
This module must not know nodes or places.
"""

from __future__ import annotations

import types
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args
from typing import get_origin as _get_origin

from pydantic.fields import FieldInfo

from chainsim.model.distributions import Distribution
from chainsim.model.quantities import QuantityLaw
from chainsim.model.replenishment import Replenishment
from chainsim.scenario.language.fields import OfPlan, Value
from chainsim.scenario.language.schema import Scenario, Section

Kind = Any
ROOT: Kind = Scenario


def origin(kind: Kind) -> Any:
    """`dict` of `dict[str, int]`, None for a plain type."""
    return _get_origin(kind)


@cache
def fields(section: type[Section]) -> dict[str, FieldInfo]:
    """The keys that a section knows, as a file writes them."""
    return {info.alias or name: info for name, info in section.model_fields.items()}


@cache
def alternatives(kind: Kind) -> tuple[Kind, ...]:
    """The members of a union without `None`, else the kind itself; annotations are dropped."""
    of = origin(kind)
    if of is Annotated:
        return alternatives(get_args(kind)[0])
    if of in (Union, types.UnionType):
        return tuple(k for member in get_args(kind) if member is not type(None) for k in alternatives(member))
    return (kind,)


def is_section(kind: Kind) -> bool:
    """Whether a kind is a mapping whose keys the schema names."""
    return isinstance(kind, type) and issubclass(kind, Section)


@cache
def below(kind: Kind, key: str | int) -> Kind | None:
    """The kind of what stands under `key`, None where nothing may stand."""
    for member in alternatives(kind):
        if is_section(member):
            if isinstance(key, str) and key in fields(member):
                return fields(member)[key].annotation
        elif origin(member) is dict:
            names, value = get_args(member)
            if isinstance(key, str) and (origin(names) is not Literal or key in get_args(names)):
                return value
        elif origin(member) is tuple and isinstance(key, int):
            return get_args(member)[0]
    return None


@cache
def known_keys(kind: Kind) -> tuple[str, ...]:
    """The keys that the schema itself names: those of a section, or the rings of a mapping by ring."""
    keys: list[str] = []
    for member in alternatives(kind):
        if is_section(member):
            keys += fields(member)
        elif origin(member) is dict and origin(get_args(member)[0]) is Literal:
            keys += get_args(get_args(member)[0])
    return tuple(keys)


@cache
def choices(kind: Kind) -> tuple[str, ...]:
    """The words that may stand here, where the schema lists them."""
    return tuple(word for k in alternatives(kind) if origin(k) is Literal for word in get_args(k))


@cache
def takes_values(kind: Kind) -> bool:
    """Whether a plain value may stand here (not only a section, a mapping or a list)."""
    return any(not is_section(k) and origin(k) not in (dict, tuple) for k in alternatives(kind))


def default_text(info: FieldInfo) -> str | None:
    """The default of a field as a file would write it; None where it has none or means "nothing"."""
    value = info.get_default(call_default_factory=True)
    if info.is_required() or value is None or value in ("", (), {}):
        return None
    for step in info.metadata:
        if isinstance(step, Value) and step.write is not None:
            return str(step.serialize(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


@cache
def is_number(kind: Kind) -> bool:
    """Whether values of this kind are quantities, with or without unit (not names, texts, dates or choices)."""
    return any(
        member in (int, Fraction, OfPlan, Distribution, QuantityLaw, Replenishment) for member in alternatives(kind)
    )


@cache
def is_list(kind: Kind) -> bool:
    """Whether a list, and no plain value, stands here."""
    return any(origin(k) is tuple for k in alternatives(kind)) and not takes_values(kind)
