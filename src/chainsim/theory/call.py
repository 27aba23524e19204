"""A formula written as a call: `erlang_c_wait(arrival_rate=1.5, service_rate=1, servers=2)`.

In: text.  Out: the value and the formula.  Only literals, + - * / and the laws of `laws` are read; nothing
is ever executed as code.
"""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Callable, Iterable
from typing import Any

from chainsim.theory.laws import Law, laws
from chainsim.theory.registry import Formula, Parameter, formulas, parameters_of

OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


def evaluate(text: str) -> tuple[float, Formula]:
    """The value of the formula that `text` calls, and the formula; of several joined by + - * /, the first.

    Arguments are named: numbers (`3`, `1/6`), lists (`[1/6, 1/3]`, also of lists) or laws of demand, whose own
    arguments may go without names (`poisson(4)`).  Raises ValueError, which names what is unknown, missing or
    out of bounds.
    """
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"not a formula: {text!r}; write name(parameter=number, ...)") from error
    value, formula = _evaluated(node, text)
    if formula is None:
        raise ValueError(f"not a formula: {text!r}; write name(parameter=number, ...)")
    if not math.isfinite(value):
        raise ValueError(f"{text!r} has no finite value")
    return value, formula


def _evaluated(node: ast.expr, text: str) -> tuple[float, Formula | None]:
    """The value of a call, a number, or an operation on such, and the first formula in it."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        left, first = _evaluated(node.left, text)
        right, second = _evaluated(node.right, text)
        try:
            return OPERATIONS[type(node.op)](left, right), first or second
        except ZeroDivisionError:
            raise ValueError(f"{text!r} divides by 0") from None
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return float(node.value), None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _called(node, node.func.id)
    raise ValueError(f"not a formula: {text!r}; write name(parameter=number, ...)")


def _called(node: ast.Call, name: str) -> tuple[float, Formula]:
    """The value of one formula with its arguments."""
    if name not in formulas:
        raise ValueError(f"unknown formula {name!r}{_suggestion(name, formulas)}")
    formula = formulas[name]
    if node.args:
        example = formula.parameters[0].name
        raise ValueError(f"{name} takes its arguments by name; write {example}={ast.unparse(node.args[0])}")
    try:
        arguments = _arguments(name, formula.parameters, node)
    except RecursionError:
        raise ValueError(f"{name}: the arguments are nested too deeply") from None
    try:
        value = formula(**arguments)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    if not math.isfinite(value):
        raise ValueError(f"{name} has no finite value for these arguments")
    return value, formula


def _arguments(name: str, parameters: tuple[Parameter, ...], node: ast.Call) -> dict[str, Any]:
    """The arguments of a call, by parameter, each of its parameter's kind."""
    by_name = {parameter.name: parameter for parameter in parameters}
    if len(node.args) > len(parameters):
        raise ValueError(f"{name} takes {len(parameters)} arguments, got {len(node.args)}")
    given = {parameter.name: value for parameter, value in zip(parameters, node.args, strict=False)}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise ValueError(f"{name}: ** is not read; write each parameter")
        if keyword.arg not in by_name:
            raise ValueError(f"{name} has no parameter {keyword.arg!r}{_suggestion(keyword.arg, by_name)}")
        if keyword.arg in given:
            raise ValueError(f"{name}: {keyword.arg} is given twice")
        given[keyword.arg] = keyword.value
    missing = [parameter.name for parameter in parameters if parameter.required and parameter.name not in given]
    if missing:
        raise ValueError(f"{name} also needs {', '.join(missing)}")
    return {key: _as_kind(f"{name}: {key}", by_name[key].kind, value) for key, value in given.items()}


def _as_kind(place: str, kind: str, node: ast.expr) -> Any:
    """The value of `node`, if it is of `kind`."""
    value = _value(place, node)
    match kind:
        case "number" if isinstance(value, float):
            return value
        case "whole number" if isinstance(value, float):
            if value != int(value):
                raise ValueError(f"{place} must be a whole number, got {value:g}")
            return int(value)
        case "list" if isinstance(value, tuple) and all(isinstance(item, float) for item in value):
            return value
        case "table" if isinstance(value, tuple) and all(
            isinstance(row, tuple) and all(isinstance(item, float) for item in row) for row in value
        ):
            return value
        case "law" if isinstance(value, Law):
            return value
    shown = {"list": "a list of numbers", "table": "a list of rows", "law": f"a law ({', '.join(laws)})"}
    raise ValueError(f"{place} must be {shown.get(kind, f'a {kind}')}, got {ast.unparse(node)}")


def _value(place: str, node: ast.expr) -> Any:
    """A float, a tuple of values, or a law."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            if abs(number) > 1e300:
                raise ValueError(f"{place} is too large")
            return float(number)
        case ast.UnaryOp(op=ast.UAdd() | ast.USub() as sign, operand=operand):
            number = _number(place, operand)
            return -number if isinstance(sign, ast.USub) else number
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            try:
                result = OPERATIONS[type(op)](_number(place, left), _number(place, right))
            except ZeroDivisionError:
                raise ValueError(f"{place} divides by zero: {ast.unparse(node)}") from None
            if not math.isfinite(result):
                raise ValueError(f"{place} is too large")
            return result
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return tuple(_value(place, item) for item in items)
        case ast.Call(func=ast.Name(id=law)):
            if law not in laws:
                raise ValueError(f"{place}: unknown law {law!r}{_suggestion(law, laws)}")
            arguments = _arguments(f"{place}: {law}", parameters_of(laws[law]), node)
            try:
                return laws[law](**arguments)
            except ValueError as error:
                raise ValueError(f"{place}: {law}: {error}") from error
    raise ValueError(f"{place} must be a number, a list or a law, got {ast.unparse(node)}")


def _number(place: str, node: ast.expr) -> float:
    value = _value(place, node)
    if not isinstance(value, float):
        raise ValueError(f"{place} cannot calculate with {ast.unparse(node)}")
    return value


def _suggestion(typed: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(typed.casefold(), list(known), n=1, cutoff=0.6)
    return f" - did you mean {near[0]!r}?" if near else ""
