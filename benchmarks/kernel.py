"""The limit of case (c): kernel.c, compiled here and handed the network, its opening and its draws as integers.

In: a chainsim Network that has only what case (c) has.  Out: log and orders, as chainsim's.  Reading the network and
drawing the lead times is no part of a run; a run is simulation alone.
"""

from __future__ import annotations

import ctypes
import subprocess
from ctypes import POINTER, c_int, c_int64, c_void_p
from pathlib import Path
from shutil import which
from tempfile import mkdtemp
from typing import Any

import numpy as np

from chainsim.engine.base import exogenous, open_state
from chainsim.engine.draws import Draws
from chainsim.model.network import Network
from chainsim.records import EVENT_COLUMNS, ORDER_COLUMNS

SOURCE = Path(__file__).with_name("kernel.c")
STOCK = (
    *("role", "on_hand", "on_order", "reorder_point", "order_up_to", "lot", "line", "lanes_begin"),
    *("backorders", "committed", "review_due", "starving", "rotation"),
    *("inbox_head", "inbox_tail", "inbox_quantity", "inbox_orders", "queue_head", "queue_tail"),
)
LANE = ("buyer", "supplier", "lead_time", "law", "price", "terms", "draw")
LINE = (
    *("stock", "servers", "ticks", "per", "carry", "fixed", "batch", "needs_begin", "needs_end"),
    *("busy", "start_due", "committed", "waiting", "queue_head", "queue_tail"),
)
NEED = ("component", "quantity", "per", "carry")


class World(ctypes.Structure):
    """The struct of the same name in kernel.c."""

    _fields_ = (
        *((name, c_void_p) for name in ("stocks", "lanes", "lines", "needs", "draws", "first", "heap")),
        *((name, c_int64) for name in ("events", "room_of_events")),
        ("log", POINTER(c_int64)),
        *((name, c_int64) for name in ("rows", "room_of_rows")),
        ("orders", POINTER(c_int64)),
        ("open", POINTER(c_int64)),
        *((name, c_int64) for name in ("placed", "room_of_orders", "now", "round", "phase", "sequence")),
        ("missing_draws", c_int64),
    )


def compiler() -> str | None:
    """The C compiler of this machine."""
    return which("cc")


def compiled() -> Any:
    """kernel.c as a library, with plain -O2: fast-math would change nothing here and is refused on principle."""
    library = Path(mkdtemp()) / "kernel.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE)], check=True)
    found = ctypes.CDLL(str(library))
    found.run.argtypes = (POINTER(World), c_void_p, c_int64, c_int64)
    found.run.restype = c_int
    found.prepare.argtypes = (POINTER(World), c_int64, c_int64, c_int64)
    found.drop.argtypes = (POINTER(World),)
    return found


class Kernel:
    """One replication of a network, to be run as often as wanted."""

    def __init__(self, network: Network, replication: int) -> None:
        _refuse(network)
        self.library = compiled()
        self.horizon = network.horizon
        state = open_state(network)
        self.exogenous = np.array(exogenous(network, state, replication), dtype=np.int64).reshape(-1, 5)
        self.opening = np.array(state.placed, dtype=np.int64).reshape(
            -1, len(ORDER_COLUMNS)
        )  # nothing of it has arrived
        self.tables = [
            _table(rows, fields)
            for rows, fields in ((state.stocks, STOCK), (state.lanes, LANE), (state.lines, LINE), (state.needs, NEED))
        ]
        self.network, self.replication, self.enough = network, replication, 1024
        self.draw()
        self.world: World | None = None

    def draw(self) -> None:
        """Lead times by law, as many of each."""
        draws = Draws(self.network, self.replication)
        for law in range(len(self.network.draws)):
            draws.extend(law, self.enough - 1)
        values = [np.array(one[: self.enough], dtype=np.int64) for one in draws.values]
        self.draws = np.concatenate(values) if values else np.zeros(0, dtype=np.int64)
        self.first = np.arange(len(values) + 1, dtype=np.int64) * self.enough

    def prepare(self) -> None:
        """A fresh opening; what belongs to a run but not to its time."""
        self.release()
        self.fresh = [table.copy() for table in self.tables]
        world = World(*(table.ctypes.data for table in self.fresh), self.draws.ctypes.data, self.first.ctypes.data)
        self.library.prepare(ctypes.byref(world), 1 << 16, 1 << 22, 1 << 20)
        world.placed = count = len(self.opening)
        if count:
            np.ctypeslib.as_array(world.orders, self.opening.shape)[:] = self.opening
            waiting = np.ctypeslib.as_array(world.open, (count, 2))
            waiting[:] = 0, -1
        self.world = world

    def run(self) -> None:
        """The simulation, and nothing else."""
        rows = self.exogenous
        if self.library.run(ctypes.byref(self.world), rows.ctypes.data, len(rows), self.horizon):
            self.enough *= 4
            self.draw()
            self.prepare()
            self.run()

    def written(self) -> tuple[np.ndarray, np.ndarray]:
        """Log and orders, int64[N, 5] and int64[M, 8]."""
        assert self.world is not None
        log = np.ctypeslib.as_array(self.world.log, (self.world.rows, len(EVENT_COLUMNS))).copy()
        return log, np.ctypeslib.as_array(self.world.orders, (self.world.placed, len(ORDER_COLUMNS))).copy()

    def release(self) -> None:
        """Give the memory of the last run back."""
        if self.world is not None:
            self.library.drop(ctypes.byref(self.world))
        self.world = None


def _table(rows: list[Any], fields: tuple[str, ...]) -> np.ndarray:
    """Rows of chainsim's state as plain structs, int64[rows, fields]."""
    return np.array([[getattr(row, name) for name in fields] for row in rows], dtype=np.int64).reshape(-1, len(fields))


def _refuse(network: Network) -> None:
    """Anything that kernel.c does not know."""
    buying = [lane.buyer for lane in network.lanes]
    unknown = {
        "several suppliers": len(set(buying)) < len(buying),
        "dated changes": bool(network.changes or network.shocks or network.growths or network.purses),
        "reviews": any(point.review for point in network.stocks),
        "outside sources": any(point.role == "outside" for point in network.stocks),
        "shortage rules": any(point.backlog >= 0 or point.complete or point.minimum for point in network.stocks),
        "forecasts": any(point.forecast or point.echelon for point in network.stocks),
        "process times": any(line.law >= 0 or line.set_up or line.calendar >= 0 for line in network.lines),
        "order on a lane": any(lane.in_order or lane.freight for lane in network.lanes),
    }
    found = [what for what, is_there in unknown.items() if is_there]
    if found:
        raise NotImplementedError(f"kernel.c knows nothing of {', '.join(found)}")
