"""What a lever is: a frozen declaration that says which values of the scenario it moves, and what the public pays.

In: a declaration, and what it may ask of the scenario (`Ground`) and of the firms that result (`Case`).  Out: changes
as any policy could write them, and dated payments.  The engine knows no levers.
This module must not know nodes, networks or runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Final, Literal, Protocol

from chainsim.registry import Registry

BANK: Final = "bank"  # who gets an interest subsidy
UNSTATED: Final = ""  # recipients that nobody names
Basis = Literal["unit", "claim", "tonne"]


class LeverError(Exception):
    """A lever that means nothing here; carries the field at fault, the message and the hint for the user."""

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.field, self.message, self.hint = field, message, hint


@dataclass(frozen=True, slots=True)
class Pull:
    """One change that a lever makes: a path, its new value or relative change, and the field that it stands in.

    wait: time after the policy's `from` until it acts, in whole days.  lasts: it stays when the policy has ended.
    adapts: the value rests on what else is in force, so it is found anew for every combination.
    """

    path: str
    value: str | Mapping[str, str]
    field: str
    wait: Fraction = Fraction(0)
    lasts: bool = False
    adapts: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """A payment of the budget on a day, fen; to a firm by name, to `BANK`, or to `UNSTATED`."""

    day: date
    to: str
    fen: int


@dataclass(frozen=True, slots=True)
class Metered:
    """A payment that only the run can tell, below 0 to the budget.

    rate: fen per unit delivered to the market `of`, share of claim and year on claims of the firm `of`, or fen per
    tonne of CO2 of the firm `of`.  to: who gets it.
    """

    basis: Basis
    of: str
    to: str
    rate: Fraction


class Ground(Protocol):
    """The scenario as a lever sees it before it acts; groups are paths such as `suppliers.motor`."""

    @property
    def begin(self) -> date: ...

    @property
    def until(self) -> date | None: ...

    def groups(self, field: str, selector: str) -> Sequence[str]:
        """The groups that a selector names, at least one; LeverError else."""
        ...

    def says(self, path: str) -> str | None:
        """The value at a path as text, its default where the file is silent, None where there is neither."""
        ...

    def by_ring(self, path: str) -> Mapping[str, str]:
        """What stands at a path ring by ring; empty where it is one value or none."""
        ...

    def rings(self, group: str) -> Mapping[str, Fraction]:
        """The part of what a group supplies that its firms in each ring do, as long as one share is for all.

        As the shares of named firms divide it, which need not sum to 1 where the group states none; else by number.
        """
        ...

    def most(self, group: str, ring: str) -> Fraction | None:
        """The largest share of its part that the group's firms in a ring can make on plan; None is no limit."""
        ...

    def warn(self, field: str, message: str) -> None:
        """Something the user should know."""
        ...


class Case(Protocol):
    """A lever in force: its dates, and the firms that there are."""

    @property
    def begin(self) -> date: ...

    @property
    def until(self) -> date: ...  # the end of the study where the policy has none

    def firms(self, selector: str, ring: str = "") -> Sequence[str]:
        """The firms that a selector stands for when the policy begins."""
        ...

    def new_firms(self, selector: str, ring: str) -> Sequence[str]:
        """Those of them that the baseline does not have."""
        ...

    def gained(self, selector: str, ring: str) -> Sequence[tuple[date, str, Fraction]]:
        """Day, group and points by which the share of a group in a ring rose above all it was before."""
        ...


class Lever(Protocol):
    """One way in which a city acts on a chain."""

    SOURCE: ClassVar[str]

    def check(self) -> str:
        """What is wrong with the parameters together, empty if nothing."""
        ...

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        """What changes; raises LeverError."""
        ...

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        """What the public pays."""
        ...


levers: Registry[Lever] = Registry("lever")


def after(day: date, wait: Fraction) -> date:
    """The day on which a duration (seconds) has passed, in whole days."""
    return day + timedelta(days=-(-wait // 86_400))


def months_from(day: date, number: int) -> date:
    """The same day `number` months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def split(total: Fraction, parts: int) -> list[int]:
    """A sum of money in so many whole parts, each within a fen of the others, that add up to the rounded sum."""
    ends = [round(total) * number // parts for number in range(parts + 1)]
    return [end - begin for begin, end in pairwise(ends)]


def monthly(rate: Fraction, begin: date, until: date) -> Iterator[tuple[date, int]]:
    """Day and fen of a running payment, month by month in advance; rate: fen per second; exact in sum."""
    paid, number, day = 0, 0, begin
    while day < until:
        number += 1
        following = min(months_from(begin, number), until)
        due = round(rate * 86_400 * (following - begin).days)
        yield day, due - paid
        paid, day = due, following
