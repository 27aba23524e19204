"""Who looks again: stock points whose position has fallen, lines that may have work.

The lowest room of the rulebook; everything that changes a stock or a line ends with one of these.
"""

from __future__ import annotations

from chainsim.model.state import BOUGHT, REVIEW, START, State


def inventory_position(on_hand: int, on_order: int, backorders: int, committed: int) -> int:
    """Stock that a replenishment rule decides on, in quanta; negative when demand exceeds supply.

    committed: what a starving line could start at once if it were there, so that it is ordered before it can start.
    Source: Snyder & Shen 2019, sec. 3.1.
    """
    return on_hand + on_order - backorders - committed


def position_of(s: State, p: int) -> int:
    """The inventory position that a stock point decides on: its own, or that of its echelon."""
    stock = s.stocks[p]
    if stock.echelon_end > 0:
        return echelon_position(s, p)
    return inventory_position(stock.on_hand, stock.on_order, stock.backorders, stock.committed)


def echelon_position(s: State, p: int) -> int:
    """Stock at a stock point, on order and downstream of it, minus what final demand waits for, in its own quanta.

    The sum of installation positions; what one owes the next cancels.  Source: Clark & Scarf 1960.
    """
    stock = s.stocks[p]
    total = installation_position(s, p)
    for row in range(stock.echelon_begin, stock.echelon_end):
        echelon = s.echelons[row]
        total += installation_position(s, echelon.stock) * echelon.quantity // echelon.per
    return total


def installation_position(s: State, p: int) -> int:
    """On hand + on order - backorders, where a component owes its line what waits there."""
    stock = s.stocks[p]
    owed = 0
    if stock.role == BOUGHT and stock.need >= 0:
        need = s.needs[stock.need]
        owed = s.lines[stock.line].waiting * need.quantity // need.per
    return stock.on_hand + stock.on_order - stock.backorders - owed


def ask_review(s: State, p: int) -> None:
    """A continuously reviewed stock point is reviewed later in this tick if its position has fallen far enough."""
    stock = s.stocks[p]
    if stock.review == 0 and stock.review_due == 0:
        position = stock.on_hand + stock.on_order - stock.backorders - stock.committed
        if stock.echelon_end > 0:
            position = echelon_position(s, p)
        if position <= stock.reorder_point:
            stock.review_due = 1
            s.outbox.append((0, REVIEW, p, stock.review_version, 0, -1, 0, 0))


def ask_upstream(s: State, p: int) -> None:
    """Those who decide on an echelon position that has just moved here are reviewed."""
    stock = s.stocks[p]
    for row in range(stock.watchers_begin, stock.watchers_end):
        ask_review(s, s.watchers[row].stock)


def ask_start(s: State, index: int) -> None:
    """The line looks for work later in this tick."""
    line = s.lines[index]
    if line.start_due == 0:
        line.start_due = 1
        s.outbox.append((0, START, index, 0, 0, -1, 0, 0))
