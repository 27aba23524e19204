"""Levers on payment: sooner, or through a bank.

In: declarations.  Out: payment terms, discounting, and the interest that the public pays.  Must not know runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from chainsim.registry import declared
from chainsim.scenario.language.levers.base import BANK, Case, Ground, LeverError, Metered, Owed, Pull, levers
from chainsim.units import format_duration, format_share


@levers.register("payment_terms")
@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """Buyers pay for what they get after so long; open invoices keep their term."""

    SOURCE: ClassVar[str] = "State Council of China, Regulation 802 of 2025: 60 days to small and medium suppliers"

    buyers: str = declared("selector", "plants, supplier groups, warehouses or markets that pay")
    pays_after: Fraction = declared("duration", "their new payment term, from delivery", low=0)

    def check(self) -> str:
        return ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        for group in ground.groups("buyers", self.buyers):
            yield Pull(f"{group}.pays_after", format_duration(self.pays_after), "pays_after")

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        yield from ()


@levers.register("chain_finance")
@dataclass(frozen=True, slots=True)
class ChainFinance:
    """Suppliers sell their claims to a bank on delivery, at a rate that the public subsidises.

    Where a firm's cash is simulated it discounts at `rate`; that cannot begin during a run.  The rest of the market
    rate is paid to the bank on every claim that is sold, of firms without simulated cash on every claim.
    """

    SOURCE: ClassVar[str] = "simple discount, amount x rate x term / 365 days"

    suppliers: str = declared("selector", "groups whose claims the bank takes")
    market_rate: Fraction = declared("share", "what the bank asks, a year", low=0, high=1)
    rate: Fraction = declared("share", "what the suppliers pay of it, a year", low=0, high=1)

    def check(self) -> str:
        return "rate must not be above market_rate" if self.rate > self.market_rate else ""

    def pulls(self, ground: Ground) -> Iterator[Pull]:
        for group in ground.groups("suppliers", self.suppliers):
            if group.partition(".")[0] not in ("plants", "suppliers", "warehouses", "firms"):
                raise LeverError("suppliers", f"{group} sells on no credit", "name groups of suppliers")
            if ground.says(f"{group}.cash.opening") is not None:
                yield Pull(f"{group}.cash.discounting", format_share(self.rate), "rate")

    def owed(self, case: Case) -> Iterator[Owed | Metered]:
        for firm in case.firms(self.suppliers):
            yield Metered("claim", firm, BANK, self.market_rate - self.rate)
