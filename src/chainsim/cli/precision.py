"""`--until-precision`: what is asked for, from the options of a command."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from chainsim.compare.stopping import Precision


def asked_precision(share: str | None, measure: str | None, at_most: int | None) -> Precision | None:
    """The precision asked for; None if none is.  Raises click.UsageError."""
    if share is None:
        if measure is not None or at_most is not None:
            raise click.UsageError("--precision-of and --at-most go with --until-precision")
        return None
    from chainsim.units import UnitError, parse_share

    try:
        wanted = float(parse_share(share))
    except UnitError as error:
        raise click.UsageError(f"--until-precision: {error}") from error
    if not 0 < wanted <= 1:
        raise click.UsageError(f"--until-precision takes a share above 0 % and up to 100 %, got {share!r}")
    from chainsim.compare.stopping import Precision
    from chainsim.economy.kpis import MEASURES
    from chainsim.report.terminal import HEADLINES

    names = [one.name for one in MEASURES]
    chosen = measure or HEADLINES[0]
    if chosen not in names:
        near = get_close_matches(chosen, names, 1)
        hint = f"did you mean {near[0]!r}?" if near else "see `chainsim list measures`"
        raise click.UsageError(f"--precision-of: there is no measure {chosen!r}; {hint}")
    return Precision(wanted, chosen) if at_most is None else Precision(wanted, chosen, at_most)
