"""Tables for compiled code: what a rule sees as `s.stocks[p].on_hand` is a load from an address, as in C.

A tuple of arrays is passed by value, two hundred words a call; a view is one word.  In: numpy arrays, kept alive by
whoever made the view.  Out: Numba types whose values compiled functions take, and `block`, which lays the addresses of
the arrays out in one.  Nothing is counted, checked or freed here.

A view is the address of a block of int64: for each field the address of its first row, its number of rows, and the
address of the number of rows in use (of `Rows`; 0 for others).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, overload_attribute, overload_method, register_model

from chainsim.engine.compiled_engine.layout import LINE_WORDS, OFTEN, OUTBOX_WIDTH, WORD, Calendar, Rows, dtype_of
from chainsim.model.state import TABLES, State
from chainsim.records import EVENT_COLUMNS, ORDER_COLUMNS, Columns

WORDS: Final = 3  # of a field in a block
WIDTHS: Final = {"log": len(EVENT_COLUMNS), "placed": len(ORDER_COLUMNS), "outbox": OUTBOX_WIDTH}


class Table(types.Type):
    """Records of one table of the state."""

    def __init__(self, of: type[Any], record: Any) -> None:
        self.record = record
        self.width = record.size // WORD
        self.often = OFTEN.get(of.__name__, self.width)
        super().__init__(name=f"Table({record})")


class Grid(types.Type):
    """Rows of `width` int64; `grid[i, j]`, or `grid[i]` where the width is 1."""

    def __init__(self, width: int) -> None:
        self.width = self.often = width
        super().__init__(name=f"Grid({width})")


class List(types.Type):
    """Rows that are added to: `.append(row)`, `.rows`, `.used`."""

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"List({width})")


class View(types.Type):
    """One word: the address of a block."""

    def __init__(self, of: type[Any], fields: dict[str, types.Type]) -> None:
        self.fields = fields
        super().__init__(name=f"View({of.__name__})")


class StateView(View):
    """A `State`."""


class CalendarView(View):
    """A `Calendar`."""


def _record(table: type[Any]) -> Any:
    from numba.np.numpy_support import from_dtype

    return from_dtype(dtype_of(table))


STATE: Final = StateView(
    State,
    {
        name: List(WIDTHS[name]) if name in WIDTHS else Table(TABLES[name], _record(TABLES[name]))
        for name in State._fields
    },
)
CALENDAR: Final = CalendarView(Calendar, {name: Grid(width) for name, width in Calendar.widths().items()})


@register_model(Table)
@register_model(Grid)
@register_model(List)
class _FieldModel(models.StructModel):
    def __init__(self, manager: Any, of: Any) -> None:
        super().__init__(manager, of, [("data", types.uintp), ("count", types.intp), ("used", types.uintp)])


@register_model(StateView)
@register_model(CalendarView)
class _ViewModel(models.PrimitiveModel):
    def __init__(self, manager: Any, of: Any) -> None:
        from llvmlite import ir

        super().__init__(manager, of, ir.IntType(64))


def block(of: tuple[Any, ...]) -> Columns:
    """Of a State or a Calendar: the addresses of the arrays of a state or calendar; they must outlive it."""
    words: list[int] = []
    for field in of:
        if isinstance(field, Rows):
            words += [field.rows.ctypes.data, len(field.rows), field.used.ctypes.data]
        else:
            table = np.asarray(field)
            assert table.flags.c_contiguous
            words += [table.ctypes.data, len(table), 0]
    return np.array(words, dtype=np.int64)


def view_at(of: View) -> Callable[[int], Any]:
    """A compiled function from the address of a block to a view of it."""

    @intrinsic
    def view(_: Any, address: Any) -> Any:
        def generate(__: Any, ___: Any, ____: Any, values: Sequence[Any]) -> Any:
            return values[0]

        return of(types.intp), generate

    found: Callable[[int], Any] = view
    return found


def _attributes(views: type[View], of: View) -> None:
    """Let compiled code read the fields of a view."""

    def declare(name: str, kind: Any, position: int) -> None:
        @intrinsic
        def load(_: Any, view: Any) -> Any:
            def generate(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
                words = builder.inttoptr(values[0], cgutils.intp_t.as_pointer())
                field = cgutils.create_struct_proxy(kind)(context, builder)
                for at, member in enumerate(("data", "count", "used")):
                    word = cgutils.gep(builder, words, WORDS * position + at)
                    setattr(field, member, builder.load(word))
                return field._getvalue()

            return kind(view), generate

        @overload_attribute(views, name)
        def get(view: Any) -> Callable[[Any], Any]:
            def field(view: Any) -> Any:
                return load(view)

            return field

    for position, (name, kind) in enumerate(of.fields.items()):
        declare(name, kind, position)


_attributes(StateView, STATE)
_attributes(CalendarView, CALENDAR)


def _address(context: Any, builder: Any, kind: Any, value: Any, width: int, row: Any, column: Any = None) -> Any:
    """Address of an int64 of a table `width` words wide."""
    from llvmlite import ir

    field = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    at = builder.mul(row, ir.Constant(row.type, width))
    if column is not None:
        at = builder.add(at, column)
    return cgutils.gep(builder, builder.inttoptr(field.data, cgutils.intp_t.as_pointer()), at)


@intrinsic
def _record_of(_: Any, table: Any, row: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
        address = _address(context, builder, table, values[0], table.width, values[1])
        return builder.bitcast(address, context.get_value_type(table.record))

    return table.record(table, types.intp), generate


@intrinsic
def touch(_: Any, table: Any, row: Any) -> Any:
    """`foresight.touch`: a row may be out of bounds, for nothing is read that could be."""

    def generate(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
        from llvmlite import ir

        line, number = cgutils.voidptr_t, ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [line, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [line], kind)
        for word in range(0, table.often, LINE_WORDS):
            column = ir.Constant(values[1].type, word)
            address = _address(context, builder, table, values[0], table.width, values[1], column)
            builder.call(prefetch, [builder.bitcast(address, line), number(0), number(3), number(1)])

    return types.void(table, types.intp), generate


@intrinsic
def _number_of(_: Any, grid: Any, row: Any, column: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
        return builder.load(_address(context, builder, grid, values[0], grid.width, values[1], values[2]))

    return types.int64(grid, types.intp, types.intp), generate


@intrinsic
def _put(_: Any, grid: Any, row: Any, column: Any, number: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
        builder.store(values[3], _address(context, builder, grid, values[0], grid.width, values[1], values[2]))

    return types.void(grid, types.intp, types.intp, types.int64), generate


@intrinsic
def _count(_: Any, field: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
        return cgutils.create_struct_proxy(field)(context, builder, value=values[0]).count

    return types.intp(field), generate


@intrinsic
def _rows_of(_: Any, rows: Any) -> Any:
    kind = Grid(rows.width)

    def generate(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
        return values[0]

    return kind(rows), generate


@intrinsic
def _used_of(_: Any, rows: Any) -> Any:
    kind = Grid(1)

    def generate(context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> Any:
        field = cgutils.create_struct_proxy(rows)(context, builder, value=values[0])
        found = cgutils.create_struct_proxy(kind)(context, builder)
        found.data, found.count, found.used = field.used, field.used.type(1), field.used.type(0)
        return found._getvalue()

    return kind(rows), generate


@overload(operator.getitem)
def _getitem(of: Any, at: Any) -> Callable[[Any, Any], Any] | None:
    def record(of: Any, at: Any) -> Any:
        return _record_of(of, at)

    def number(of: Any, at: Any) -> Any:
        return _number_of(of, at, 0)

    def cell(of: Any, at: Any) -> Any:
        return _number_of(of, at[0], at[1])

    if isinstance(of, Table):
        return record
    if isinstance(of, Grid):
        return cell if isinstance(at, types.BaseTuple) else number
    return None


@overload(operator.setitem)
def _setitem(of: Any, at: Any, number: Any) -> Callable[[Any, Any, Any], None] | None:
    def put_number(of: Any, at: Any, number: Any) -> None:
        _put(of, at, 0, number)

    def put_cell(of: Any, at: Any, number: Any) -> None:
        _put(of, at[0], at[1], number)

    if isinstance(of, Grid):
        return put_cell if isinstance(at, types.BaseTuple) else put_number
    return None


@overload(len)
def _len(of: Any) -> Callable[[Any], int] | None:
    def count(of: Any) -> int:
        found: int = _count(of)
        return found

    return count if isinstance(of, (Table, Grid)) else None


@overload_attribute(List, "rows")
def _rows(rows: Any) -> Callable[[Any], Any]:
    def field(rows: Any) -> Any:
        return _rows_of(rows)

    return field


@overload_attribute(List, "used")
def _used(rows: Any) -> Callable[[Any], Any]:
    def field(rows: Any) -> Any:
        return _used_of(rows)

    return field


@overload_method(List, "append")
def _append(rows: Any, row: Any) -> Callable[[Any, Any], None]:
    def append(rows: Any, row: Any) -> None:
        at = rows.used[0]
        table = rows.rows
        if at < len(table):
            for column in range(len(row)):
                table[at, column] = row[column]
        rows.used[0] = at + 1

    return append
