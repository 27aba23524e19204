"""Near misses and short inventories for messages.

In: what was typed and what exists.  Out: " - did you mean 'x'?" or nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from chainsim.units import shown


def nearest(typed: str, known: Iterable[str]) -> str:
    """The nearest known name, empty when none is near."""
    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(typed.casefold(), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else ""


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    """The nearest known name as the end of a message, empty when none is near."""
    near = nearest(typed, known)
    return f" - did you mean {shown(near)}?" if near else ""


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names as a short list, cut where it gets long."""
    every = [shown(name) for name in names]
    rest = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + rest
