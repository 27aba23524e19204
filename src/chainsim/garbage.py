"""When the collector of cyclic garbage looks: seldom while modules are imported, as usual in long work, not at the end.

It looks through what is alive, again and again as more comes, and modules never go: in a small run that is a tenth of
the time, and on the way out, when all goes to the system anyway, a sixth.  A city's network is a million objects, and
to look through them while as many more are made of them takes a second each time.  In: nothing.  Out: the collector,
set.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import Final

USUAL: Final = gc.get_threshold()
SELDOM: Final = 200_000  # new objects before it looks; all imports of a run make fewer


def look_seldom() -> None:
    """At the start of a command."""
    gc.set_threshold(SELDOM)


def look_as_usual() -> None:
    """Before work that may go on for hours; what is alive by now is not looked through again."""
    gc.freeze()
    gc.set_threshold(*USUAL)


def look_no_more() -> None:
    """At the end of a command: what is alive is left to the system."""
    gc.freeze()


@contextlib.contextmanager
def many_objects() -> Iterator[None]:
    """Where very many objects come to stay: nobody looks meanwhile which of them are garbage."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()
