"""Where a formula has a value: checks that all families share.

In: named values.  Out: nothing, or a ValueError that names the value and what it must be.
"""

from __future__ import annotations

from collections.abc import Sequence


def positive(**values: float) -> None:
    """Each value must be above 0."""
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{name} must be > 0, got {value:g}")


def not_negative(**values: float) -> None:
    """Each value must be at least 0."""
    for name, value in values.items():
        if not value >= 0:
            raise ValueError(f"{name} must be >= 0, got {value:g}")


def share(**values: float) -> None:
    """Each value must lie strictly between 0 and 1."""
    for name, value in values.items():
        if not 0 < value < 1:
            raise ValueError(f"{name} must be between 0 and 1, got {value:g}")


def correlation(**values: float) -> None:
    """Each value must lie strictly between -1 and 1."""
    for name, value in values.items():
        if not -1 < value < 1:
            raise ValueError(f"{name} must be between -1 and 1, got {value:g}")


def below(lower_name: str, lower: float, upper_name: str, upper: float) -> None:
    """`lower` must be below `upper`."""
    if not lower < upper:
        raise ValueError(f"{lower_name} must be below {upper_name}, got {lower:g} and {upper:g}")


def stable(load: float) -> None:
    """A queue needs a load below 1 to settle."""
    if not load < 1:
        raise ValueError(f"no steady state: the load is {load:g} and must be below 1")


def same_length(**lists: Sequence[object]) -> None:
    """Lists that go together must be equally long, and not empty."""
    lengths = {len(values) for values in lists.values()}
    if len(lengths) > 1 or 0 in lengths:
        told = ", ".join(f"{name} has {len(values)}" for name, values in lists.items())
        raise ValueError(f"lists must be equally long and not empty: {told}")


def rank(name: str, value: int, count: int) -> None:
    """A position counts from 1 to `count`."""
    if not 1 <= value <= count:
        raise ValueError(f"{name} must be from 1 to {count}, got {value}")


def whole(name: str, values: Sequence[float], least: int = 0) -> list[int]:
    """`values` as whole numbers, each at least `least`."""
    for value in values:
        if value < least or value != int(value):
            raise ValueError(f"{name} must be whole numbers >= {least}, got {value:g}")
    return [int(value) for value in values]
