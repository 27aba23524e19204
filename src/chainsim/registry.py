"""The one plug-in idiom: an entry is a frozen dataclass whose fields declare unit, bounds, meaning and source.

Validation, JSON Schema, `chainsim list rules` and the completeness tests are all made from the same
declaration.  An entry is written in a scenario as a call, `lognormal(2 days, 0.5 days)`, or as a mapping.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one field of an entry means: its name, unit (`duration`, `quantity`, ...), bounds and meaning."""

    name: str
    unit: str
    meaning: str
    low: float | None
    high: float | None
    required: bool
    scales: bool = True  # moves when a policy changes the entry by "+20%" or "+4 days"


def declared(
    unit: str,
    meaning: str,
    *,
    low: float | None = None,
    high: float | None = None,
    default: Any = dataclasses.MISSING,
    scales: bool = True,
) -> Any:
    """A dataclass field with its declaration; `low` and `high` are inclusive bounds in the given unit."""
    metadata = {"unit": unit, "meaning": meaning, "low": low, "high": high, "scales": scales}
    return field(default=default, metadata=metadata)


class Registry(Generic[T]):
    """Named entries of one family, such as the distributions or the replenishment rules."""

    def __init__(self, family: str) -> None:
        self.family = family
        self._entries: dict[str, type[T]] = {}

    def register(self, name: str) -> Callable[[type[T]], type[T]]:
        """Decorator that adds a frozen dataclass under `name`; a second entry of that name is a ValueError."""

        def add(entry: type[T]) -> type[T]:
            if name in self._entries:
                raise ValueError(f"{self.family} {name!r} is registered twice")
            self._entries[name] = entry
            return entry

        return add

    def __getitem__(self, name: str) -> type[T]:
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._entries))

    def name_of(self, entry: T) -> str:
        """The name under which the class of `entry` is registered."""
        return next(name for name, kind in self._entries.items() if kind is type(entry))

    def fields(self, name: str) -> tuple[Declaration, ...]:
        """The declared fields of the entry `name`, in the order in which a call gives them."""
        return tuple(
            Declaration(
                f.name,
                cast(str, f.metadata["unit"]),
                cast(str, f.metadata["meaning"]),
                f.metadata["low"],
                f.metadata["high"],
                f.default is dataclasses.MISSING,
                f.metadata["scales"],
            )
            for f in dataclasses.fields(cast(Any, self._entries[name]))
        )

    def meaning(self, name: str) -> str:
        """First line of the entry's docstring."""
        return (self._entries[name].__doc__ or "").strip().splitlines()[0]
