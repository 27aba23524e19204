"""Events in words: "interior city 03 orders 480 plastics from plastics province 11".

In: steps of a divergence.  Out: text.  This module must not know where it is printed.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from chainsim.compare.divergence import Step
from chainsim.compare.places import Places, Point, Way
from chainsim.model import state

FEN: Final = 100
SAYS: Final = {
    state.PLACED: "{buyer} orders {quantity}{part} from {supplier}",
    state.RELEASED: "{firm} puts {quantity}{part} into production",
    state.STARTED: "{firm} starts on {quantity}{part}",
    state.CONSUMED: "{firm} uses {quantity}{part}",
    state.FINISHED: "{firm} finishes {quantity}{part}",
    state.SHIPPED: "{supplier} sends {quantity}{part} to {buyer}",
    state.RECEIVED: "{quantity}{part} from {supplier} reach {buyer}",
    state.DEMANDED: "{firm} want {quantity}{part}",
    state.STARVED: "{firm}'s line stands and waits for {quantity}{part}",
    state.LOST: "{buyer} give up on {quantity}{part} from {supplier}",
    state.SCRAPPED: "{firm} scraps {quantity}{part}",
    state.DESTROYED: "{firm} loses {quantity}{part} in a disruption",
    state.LINE_LEVEL: "{firm}'s line for {part} runs at {level}",
    state.LANE_LEVEL: "{supplier}'s deliveries of {part} to {buyer} run at {level}",
    state.STOCK_LEVEL: "{firm}'s deliveries of {part} run at {level}",
    state.DEMAND_LEVEL: "demand of {firm} for {part} is at {level}",
    state.SWITCHED: "{buyer} turns to {supplier} for {part}",
    state.GROWN: "{firm}'s line for {part} grows to {level}",
    state.INVESTED: "{firm} invests {money} in its line for {part}",
    state.PAID: "{buyer} pays {supplier} {money} for {part}",
    state.DISCOUNTED: "{supplier} sells its claim on {buyer} for a fee of {money}",
    state.WRITTEN_OFF: "{supplier} writes off {money} that {buyer} owes",
    state.SPENT: "{firm} spends {money}",
    state.INTEREST: "{firm} pays {money} of interest",
    state.INSOLVENT: "{firm} is insolvent, short of {money}",
}


def moment(places: Places, tick: int) -> str:
    """A tick as date and time."""
    network = places.before
    return f"{datetime.combine(network.start, time()) + timedelta(seconds=float(tick * network.tick_seconds)):%F %H:%M}"


def event(places: Places, step: Step, quantity: int | None) -> str:
    """What happens at a step, in one run; without its quantity where that is None."""
    names = {"firm": step.firm, "buyer": "", "supplier": "", "part": ""}
    if isinstance(step.where, Way):
        names |= {"buyer": step.where.buyer.firm, "supplier": step.where.supplier.firm, "part": step.where.buyer.part}
    elif isinstance(step.where, Point):
        names["part"] = step.where.part
    size = quantity or 0
    names["quantity"] = "" if quantity is None else f"{amount(places, names['part'], size)} "
    names["level"] = "another speed" if quantity is None else f"{size / 1_000_000:.0%}"
    names["money"] = "another sum" if quantity is None else f"{size / FEN:,.2f} CNY"
    return SAYS[step.kind].format(**names)


def both(places: Places, step: Step, one: str, other: str) -> tuple[str, str]:
    """What happens at a step in the run where it comes first, and what the other run has instead."""
    before, after = step.before, step.after
    if before is None or (after is not None and after[0] < before[0]):
        before, after, one, other = after, before, other, one
    assert before is not None
    said = f"{event(places, step, before[1])} ({one})"
    if after is None:
        return said, f"under {other}: not from then on"
    part = "" if isinstance(step.where, str) else (step.where.buyer if isinstance(step.where, Way) else step.where).part
    money = step.kind in (state.PAID, state.SPENT, state.INTEREST, state.INVESTED, state.INSOLVENT)
    size = f"{after[1] / FEN:,.2f} CNY" if money else amount(places, part, after[1])
    if after[0] == before[0]:
        return said, f"under {other}: {size}"
    same = "" if after[1] == before[1] else f", {size}"
    return said, f"under {other}: not before {moment(places, after[0])}{same}"


def amount(places: Places, part: str, quanta: int) -> str:
    """Quanta as units of a part."""
    return (
        f"{quanta / places.per_unit.get(part, 1):,.6g}"
        if quanta % places.per_unit.get(part, 1)
        else (f"{quanta // places.per_unit.get(part, 1):,}")
    )
