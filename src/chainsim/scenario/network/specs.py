"""One version of a scenario by name: what a blueprint holds of firms, stock points, lanes, lines, needs and markets.

In: nothing.  Out: frozen specifications, keyed by names so that two versions can be laid side by side.  This module
must not know how they come about, nor indices or ticks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, TypeAlias

from chainsim.model import terms
from chainsim.model.distributions import Distribution
from chainsim.model.replenishment import Flow, Learning, Replenishment, learning_of
from chainsim.model.sourcing import Sourcing
from chainsim.model.terms import Firm, Part, Role
from chainsim.scenario.language import schema
from chainsim.scenario.language.fields import OfPlan

StockKey: TypeAlias = tuple[str, str, Role]  # firm, part, role
LaneKey: TypeAlias = tuple[StockKey, StockKey]  # buyer, supplier
NO_FLOW: Final = Flow(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class StockSpec:
    """How a stock point is refilled and serves; review and qualification in seconds, quantities in quanta.

    qualification: of its standbys, None where they are qualified.  switching_cost: fen.  backlog: most final demand
    that may wait, -1 is any.
    """

    rule: Replenishment | None
    review: Fraction = Fraction(0)
    lot: int = 1
    minimum: int = 0
    sourcing: terms.Sourcing = "shares"
    switches: bool = False
    qualification: Fraction | None = None
    switching_cost: int = 0
    backlog: int = -1
    complete: bool = False
    allocation: terms.Allocation = "fifo"
    opening: int | None = None  # quanta on hand at the start, where the scenario states them

    @property
    def learning(self) -> Learning | None:
        """How it forecasts, None where it does not."""
        return learning_of(self.rule, float(self.review)) if self.rule is not None else None

    @property
    def kind_of_rule(self) -> str:
        """What the rule decides on, which cannot change during a run."""
        if self.rule is None:
            return ""
        learning = self.learning
        if learning is not None:
            window = "" if learning.kind == "autoregressive" else f" over {learning.window}"
            return f"{learning.kind}{window} every {learning.period} s"
        return "echelon" if self.rule.levels(NO_FLOW).echelon else "installation"


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """Share of the buyer's orders, lead time (seconds), terms (seconds), price and freight (fen per unit).

    rank: order in which a buyer asks, from 0.  stated: rank that the scenario states, from 1.  priority: order in which
    the supplier serves, from 0.
    """

    share: Fraction
    lead_time: Distribution | None
    terms: Fraction
    price: int
    freight: int = 0
    in_order: bool = False
    rank: int = 0
    stated: int | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class LineSpec:
    """Capacity of one made stock point; `capacity` in units/second or relative to the plan, batch in quanta.

    set_up in seconds; good: share of what is started that is no scrap; calendar: its name, empty for round the clock.
    """

    capacity: Fraction | OfPlan | None
    lines: int | None
    process_time: Distribution | None
    batch: int | None
    set_up: Fraction = Fraction(0)
    good: Fraction = Fraction(1)
    calendar: str = ""
    breakdowns: schema.Breakdowns | None = None
    call_off: str = "at_start"
    ramp_up: schema.RampUp | None = None
    expansion: schema.Expansion | None = None
    shrinks: schema.Shrinking | None = None


@dataclass(frozen=True, slots=True)
class PurseSpec:
    """Whether a firm's cash is simulated, and how."""

    cash: schema.Cash | None


@dataclass(frozen=True, slots=True)
class Account:
    """What is counted of a firm after a run."""

    costs: schema.Costs | None = None
    footprint: schema.Footprint | None = None


@dataclass(slots=True)
class Blueprint:
    """Everything by name."""

    firms: dict[str, Firm] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    stocks: dict[StockKey, StockSpec] = field(default_factory=dict)
    lanes: dict[LaneKey, LaneSpec] = field(default_factory=dict)
    lines: dict[StockKey, LineSpec] = field(default_factory=dict)
    needs: dict[LaneKey, Fraction] = field(default_factory=dict)  # (made, component): quanta per quantum
    markets: dict[StockKey, schema.Market] = field(default_factory=dict)
    rules: dict[StockKey, Sourcing] = field(default_factory=dict)  # of those that buy
    purses: dict[str, PurseSpec] = field(default_factory=dict)  # of every plant and supplier
    account: dict[str, Account] = field(default_factory=dict)  # by firm
