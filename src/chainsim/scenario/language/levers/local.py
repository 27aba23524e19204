"""Levers on who supplies: local shares, new firms, a second source.

In: declarations.  Out: shares, counts and switching, and what the public pays for them.  Must not know runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from chainsim.registry import declared
from chainsim.scenario.language.levers.base import (
    Case,
    Ground,
    LeverError,
    Metered,
    Owed,
    Pull,
    after,
    levers,
    monthly,
    split,
)
from chainsim.units import format_number, format_share, parse_share

HUNDRED = 100
MOST_TOLD = 3  # groups named in a warning

ZERO = Fraction(0)


@levers.register("localise")
@dataclass(frozen=True, slots=True)
class Localise:
    """Firms of a ring win points of what buyers order of their part, as far as their capacity allows on plan."""

    SOURCE: ClassVar[str] = "the share moves as a qualified supplier's would; the limit is capacity / planned peak"

    suppliers: str = declared("selector", "groups that state their share")
    points: Fraction = declared("points", "percentage points of each part's orders", low=0, high=100)
    ring: str = declared("ring", "where the firms are that win them", default="city")
    qualification: Fraction = declared("duration", "time until the share moves", low=0, default=ZERO)
    instead_of: str = declared(
        "ring", "ring that loses them, of the same groups; outside sources if absent", default=""
    )
    per_point: int = declared("money", "paid to those firms for each point won, when it is won", low=0, default=0)

    def check(self) -> str:
        return ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        groups = ground.groups("suppliers", self.suppliers)
        shares = {group: share_of(ground, group, self.ring) for group in groups}
        able = {group: share for group, share in shares.items() if share is not None and share < 1}
        if not able:
            message = f"none of '{self.suppliers}' states a share of firms in the ring {self.ring} that could rise"
            stated = next((by_ring for group in groups if self.ring in (by_ring := apart(ground, group))), {})
            remedy = written(stated) if stated else "name groups with firms there that state their share by ring"
            raise LeverError("suppliers", message, f"{remedy}, or attract firms there")
        self._losing(ground, able)
        limited = []
        for group, now in able.items():
            path = f"{group}.share.{self.ring}" if ground.by_ring(f"{group}.share") else f"{group}.share"
            points = self.points
            most = ground.most(group, self.ring)
            if most is not None and most - now < points / HUNDRED:
                points = max(ZERO, Fraction(int((most - now) * 10_000), 100))
                limited.append(f"{format_number(points)} points of {group}")
            yield Pull(path, f"+{format_number(points)} points", "points", self.qualification, adapts=True)
            if self.instead_of:
                other = f"{group}.share.{self.instead_of}"
                yield Pull(other, f"-{format_number(points)} points", "instead_of", self.qualification, adapts=True)
        if limited:
            most_told = ", ".join(limited[:MOST_TOLD]) + (", ..." if len(limited) > MOST_TOLD else "")
            message = f"capacity of firms in the ring {self.ring} limits what they win on plan: {most_told}, "
            ground.warn("points", f"{message}not {format_number(self.points)}")

    def _losing(self, ground: Ground, groups: Iterable[str]) -> None:
        """LeverError unless the ring that is to lose is another one, and all groups state its share."""
        if not self.instead_of:
            return
        out = "leave `instead_of` out: then outside sources lose"
        if self.instead_of == self.ring:
            message = f"instead_of must be another ring than {self.ring}, which wins"
            raise LeverError("instead_of", message, f"name a ring where the group has firms, or {out}")
        for group in groups:
            if self.instead_of not in ground.by_ring(f"{group}.share"):
                message = f"{group} states no share of firms in the ring {self.instead_of}, so they cannot lose any"
                stated = apart(ground, group)
                remedy = f"{written(stated)}, or " if self.instead_of in stated else ""
                raise LeverError("instead_of", message, f"{remedy}{out}")

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        if not self.per_point:
            return
        for day, group, points in case.gained(self.suppliers, self.ring):
            firms = case.firms(group, self.ring)
            shares = split(self.per_point * points, len(firms)) if firms else []
            for firm, fen in zip(firms, shares, strict=True):
                yield Owed(day, firm, fen)


def share_of(ground: Ground, group: str, ring: str) -> Fraction | None:
    """Share that a group states of its firms in a ring; LeverError where one number is for firms in several."""
    shares = ground.by_ring(f"{group}.share")
    if shares:
        return number(shares[ring]) if ring in shares else None
    text = ground.says(f"{group}.share")
    present = ground.rings(group)
    if text is None or ring not in present:
        return None
    if len(present) > 1:
        message = f"{group} has firms in {' and '.join(present)} under one share: those outside {ring} would win, too"
        raise LeverError("suppliers", message, written(apart(ground, group)))
    return number(text)


def apart(ground: Ground, group: str) -> dict[str, str]:
    """The share that a group, or its list, states for all rings together, taken apart as its firms divide it."""
    text = ground.says(f"{group}.share")
    present = ground.rings(group)
    total = number(text) if text is not None else Fraction(1)
    if ground.by_ring(f"{group}.share") or (text is None and sum(present.values()) > 1):
        return {}
    return {ring: f"{format_number(round(total * part * HUNDRED, 1))}%" for ring, part in present.items()}


def written(by_ring: Mapping[str, str]) -> str:
    """What to write, with the numbers that are known."""
    shares = by_ring or {"city": "...", "province": "..."}
    return f"write share: {{{', '.join(f'{ring}: {share}' for ring, share in shares.items())}}}"


def number(text: str) -> Fraction:
    """A share as text."""
    return parse_share(text)


@levers.register("attract")
@dataclass(frozen=True, slots=True)
class Attract:
    """New firms of a group settle in a ring; with a share of orders besides, or sharing what the ring has."""

    SOURCE: ClassVar[str] = "none: how many come is the planner's assumption"

    suppliers: str = declared("selector", "groups that state their `count` by ring")
    firms: int = declared("count", "how many come, to each group", low=1)
    ring: str = declared("ring", "where they settle", default="city")
    takes: Fraction = declared("duration", "time until they deliver", low=0, default=ZERO)
    points: Fraction = declared("points", "percentage points of orders that come along", low=0, high=100, default=ZERO)
    per_firm: int = declared("money", "paid to each new firm when it is there", low=0, default=0)

    def check(self) -> str:
        return ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        for group in ground.groups("suppliers", self.suppliers):
            counts = dict(ground.by_ring(f"{group}.count"))
            if not counts:
                hint = "write its `count` by ring, {city: 2, province: 3}"
                raise LeverError("suppliers", f"{group} has no count by ring, so nobody can join it", hint)
            count = str(int(counts.get(self.ring, "0")) + self.firms)
            if self.ring in counts:
                yield Pull(f"{group}.count.{self.ring}", count, "firms", self.takes, lasts=True)
            else:
                yield Pull(f"{group}.count", counts | {self.ring: count}, "firms", self.takes, lasts=True)
            yield from self._share(ground, group)

    def _share(self, ground: Ground, group: str) -> Iterator[Pull]:
        shares = dict(ground.by_ring(f"{group}.share"))
        if self.ring in shares:
            if self.points:
                more = f"+{format_number(self.points)} points"
                yield Pull(f"{group}.share.{self.ring}", more, "points", self.takes, lasts=True)
        elif shares:
            own = shares | {self.ring: format_share(self.points / HUNDRED)}
            yield Pull(f"{group}.share", own, "points", self.takes, lasts=True)
        elif self.points:
            raise LeverError("points", f"{group} has no share by ring", "write it by ring, {city: 20%, province: 30%}")

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        if self.per_firm:
            for firm in case.new_firms(self.suppliers, self.ring):
                yield Owed(after(case.begin, self.takes), firm, self.per_firm)


@levers.register("small_firms")
@dataclass(frozen=True, slots=True)
class SmallFirms:
    """New small firms of a group start up in a ring and share what it has; the public supports each for a while."""

    SOURCE: ClassVar[str] = "none: how many come is the planner's assumption"

    suppliers: str = declared("selector", "groups that state their `count` by ring")
    firms: int = declared("count", "how many start up, in each group", low=1)
    ring: str = declared("ring", "where they start up", default="city")
    takes: Fraction = declared("duration", "time until they deliver", low=0, default=ZERO)
    support: Fraction = declared("money rate", "paid to each of them, from then on", low=0, default=ZERO)
    supported: Fraction = declared("duration", "for how long", low=0, default=Fraction(365 * 86_400))

    def check(self) -> str:
        return ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        yield from Attract(self.suppliers, self.firms, self.ring, self.takes).pulls(ground)

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        begin = after(case.begin, self.takes)
        for firm in case.new_firms(self.suppliers, self.ring) if self.support else ():
            for day, fen in monthly(self.support, begin, after(begin, self.supported)):
                yield Owed(day, firm, fen)


@levers.register("second_source")
@dataclass(frozen=True, slots=True)
class SecondSource:
    """Buyers turn to suppliers that are held ready while one of theirs delivers nothing."""

    SOURCE: ClassVar[str] = "none: `switching` and `standby` of the scenario"

    buyers: str = declared("selector", "plants, supplier groups or warehouses that may switch")
    suppliers: str = declared("selector", "groups with `standby: true` that are held ready")
    qualification: Fraction = declared("duration", "time until they may be turned to", low=0, default=ZERO)
    retainer: Fraction = declared("money rate", "paid to each of their firms for being ready", low=0, default=ZERO)

    def check(self) -> str:
        return ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        for group in ground.groups("suppliers", self.suppliers):
            if ground.says(f"{group}.standby") != "true":
                raise LeverError("suppliers", f"{group} is no second source", "give it `standby: true` and no share")
        for group in ground.groups("buyers", self.buyers):
            yield Pull(f"{group}.switching", {}, "buyers", self.qualification)

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        for firm in case.firms(self.suppliers) if self.retainer else ():
            for day, fen in monthly(self.retainer, case.begin, case.until):
                yield Owed(day, firm, fen)
