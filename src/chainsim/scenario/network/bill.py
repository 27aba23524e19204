"""The bill of materials in money and units: prices of all parts, and units of each component per unit made.

In: a Scenario in which every part that is named exists.  Out: prices in fen and coefficients as exact
fractions.  A part without a price that exactly one part lists in its `cost_shares` costs what that part
spends on it, one unit per unit made; a part with a price is used in as many units as that amount buys.
This module must not know places, firms or time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from chainsim.errors import Problem, ScenarioError
from chainsim.scenario.language.schema import Part, Scenario
from chainsim.scenario.text.nodes import Path
from chainsim.scenario.text.suggest import listed
from chainsim.units import format_money


@dataclass(frozen=True, slots=True)
class Bill:
    """prices: fen per unit, int, rounded half to even.  coefficients: units of (made, component) per unit made."""

    prices: Mapping[str, int] = field(default_factory=dict)
    coefficients: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)

    @property
    def needs(self) -> dict[str, dict[str, Fraction]]:
        """The coefficients by part made, components that are used in no quantity left out."""
        result: dict[str, dict[str, Fraction]] = {part: {} for part in self.prices}
        for (made, component), units in self.coefficients.items():
            if units:
                result.setdefault(made, {})[component] = units
        return result


@dataclass(frozen=True, slots=True)
class Issue:
    """What keeps a price or coefficient from being derived, and the path it is about."""

    path: Path
    message: str
    hint: str = ""
    warning: bool = False


def bill(scenario: Scenario) -> Bill:
    """Prices and coefficients of all parts; `ScenarioError` when one cannot be derived."""
    result, issues = derive(scenario.parts)
    wrong = [Problem(issue.message, hint=issue.hint) for issue in issues if not issue.warning]
    if wrong:
        raise ScenarioError(wrong)
    return result


def derive(parts: Mapping[str, Part]) -> tuple[Bill, list[Issue]]:
    """What can be derived of the bill, and what is wrong or odd."""
    work = _Derivation(parts)
    for name in parts:
        work.price(name)
    coefficients: dict[tuple[str, str], Fraction] = {}
    for name, part in parts.items():
        work.stated(name, part)
        coefficients.update({(name, component): units for component, units in part.needs.items()})
        for component in part.cost_shares:
            units = work.units(name, component)
            if units is not None:
                coefficients[name, component] = units
    result = Bill({name: price for name, price in work.prices.items() if price is not None}, coefficients)
    work.losses(result)
    return result, work.issues


class _Derivation:
    def __init__(self, parts: Mapping[str, Part]) -> None:
        self.parts = parts
        self.issues: list[Issue] = []
        self.prices: dict[str, int | None] = {}
        self.users: dict[str, list[str]] = {}
        for name, part in parts.items():
            for component in part.cost_shares:
                self.users.setdefault(component, []).append(name)

    def price(self, name: str) -> int | None:
        """Fen per unit; None when it cannot be known, for which there is an issue."""
        chain: list[str] = []
        at = name
        while at not in self.prices and self.parts[at].price is None and len(self.users.get(at, ())) == 1:
            if at in chain:
                ring = " -> ".join([*chain[chain.index(at) :], at])
                self._wrong(("parts", at), f"part {at} needs a price: its price follows from itself ({ring})")
                self.prices.update(dict.fromkeys(chain))
                break
            chain.append(at)
            at = self.users[at][0]
        if at not in self.prices:
            self.prices[at] = self._given(at)
        for part in reversed(chain):
            if part not in self.prices:
                amount = self.amount(self.users[part][0], part)
                self.prices[part] = None if amount is None else round(amount)
                if amount is not None and not self.prices[part]:
                    self._wrong(("parts", part), f"part {part} needs a price: its cost share comes to less than 1 fen")
        return self.prices[name]

    def _given(self, name: str) -> int | None:
        part = self.parts[name]
        if part.price is not None:
            return part.price
        users = self.users.get(name, [])
        why = (
            f"{len(users)} parts list it in their cost shares: {listed(users)}"
            if users
            else "no part's cost shares imply one"
        )
        self._wrong(("parts", name), f"part {name} needs a price: {why}")
        return None

    def amount(self, made: str, component: str) -> Fraction | None:
        """Fen that one unit of `made` spends on `component` by its cost shares."""
        part = self.parts[made]
        price, total = self.prices.get(made), sum(part.cost_shares.values(), Fraction(0))
        if price is None or part.materials is None or not total:
            return None
        return price * part.materials * part.cost_shares[component] / total

    def units(self, made: str, component: str) -> Fraction | None:
        if component not in self.parts:
            return None
        if self.parts[component].price is None:
            return Fraction(int(bool(self.parts[made].cost_shares[component])))
        amount, price = self.amount(made, component), self.prices[component]
        if amount is None:
            return None
        if not price:
            path = ("parts", component, "price")
            self._wrong(path, f"part {component} has a price of 0, so a cost share of it buys no definite quantity")
            return None
        return amount / price

    def stated(self, name: str, part: Part) -> None:
        """Whether materials and cost shares go together."""
        both = [component for component in part.cost_shares if component in part.needs]
        for component in both:
            message = f"part {name} uses {component} both in `needs` and in `cost_shares`"
            self._wrong(("parts", name, "cost_shares", component), message, "leave one of them out")
        if part.cost_shares and part.materials is None:
            message = f"part {name} has cost_shares but no materials share"
            self._wrong(
                ("parts", name, "cost_shares"), message, "write `materials: 80%`, the share of price spent on them"
            )
        if part.materials and not part.cost_shares:
            message = f"part {name} has a materials share but no cost_shares to spend it on"
            self._wrong(("parts", name, "materials"), message, "write `cost_shares: {component: 100}`, or leave it out")
        if part.cost_shares and not sum(part.cost_shares.values(), Fraction(0)):
            self._wrong(
                ("parts", name, "cost_shares"), f"the cost_shares of {name} are all 0", "write the largest as 100"
            )

    def losses(self, result: Bill) -> None:
        """Parts whose components cost more than the part sells for."""
        needs = result.needs
        for name, part in self.parts.items():
            price = result.prices.get(name)
            costs = [
                units * result.prices[component]
                for component, units in needs.get(name, {}).items()
                if component in result.prices
            ]
            total = round(sum(costs, Fraction(0)))
            if part.needs and price is not None and price < total:
                message = (
                    f"the components of {name} cost {format_money(total)}, more than its price of {format_money(price)}"
                )
                self.issues.append(Issue(("parts", name), message, "check `needs` and the prices", True))

    def _wrong(self, path: Path, message: str, hint: str = "state a price: `price: 1_000 CNY`") -> None:
        self.issues.append(Issue(path, message, hint))
