"""The registry of formulas: a plain function with its name, parameters, meaning and source.

In: functions of keyword parameters that return one number.  Out: `formulas`, by name.  This module must not
know what any formula computes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

Numbers: TypeAlias = Sequence[float]
Table: TypeAlias = Sequence[Sequence[float]]

# How the annotation of a parameter is said to a user.
KINDS = {"float": "number", "int": "whole number", "Numbers": "list", "Table": "table", "Law": "law"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a formula: its name, kind (one of KINDS' values) and default (None when required)."""

    name: str
    kind: str
    required: bool
    default: Any


@dataclass(frozen=True, slots=True)
class Formula:
    """A closed form or an exact algorithm that returns one number.

    source: where it is derived (book and section, or paper).  meaning: one line.  Units: any consistent ones;
    times in days by convention.
    """

    name: str
    function: Callable[..., float]
    parameters: tuple[Parameter, ...]
    source: str
    meaning: str

    def __call__(self, **arguments: Any) -> float:
        """The value for `arguments`, by keyword; ValueError where the formula has none."""
        try:
            return float(self.function(**arguments))
        except ArithmeticError as error:
            raise ValueError(f"{self.name} has no value here: {error}") from error


formulas: dict[str, Formula] = {}

F = TypeVar("F", bound=Callable[..., float])


def formula(*, source: str) -> Callable[[F], F]:
    """Decorator that registers a function under its own name; a second one of that name is a ValueError."""

    def add(function: F) -> F:
        name = function.__name__
        if name in formulas:
            raise ValueError(f"formula {name!r} is registered twice")
        formulas[name] = Formula(name, function, parameters_of(function), source, meaning_of(function))
        return function

    return add


def meaning_of(function: Callable[..., Any]) -> str:
    """First line of the docstring, without its full stop."""
    return (function.__doc__ or "").strip().split("\n")[0].rstrip(".")


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """The parameters of `function`, in the order of its signature."""
    return tuple(
        Parameter(
            parameter.name,
            KINDS[str(parameter.annotation).removesuffix(" | None")],
            parameter.default is inspect.Parameter.empty,
            None if parameter.default is inspect.Parameter.empty else parameter.default,
        )
        for parameter in inspect.signature(function).parameters.values()
    )
