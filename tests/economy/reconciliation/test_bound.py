"""Everything that is booked is explained, but for invoices in whole fen: on random networks with every mechanism."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.books import Books, books
from chainsim.economy.reconciliation.explanation import explanations
from chainsim.model.network import Footprint, Network
from chainsim.results.frames import frames
from chainsim.testing.strategies import networks, simulate

shares = st.fractions(0, Fraction(1, 4), max_denominator=60)


@st.composite
def in_money(draw: st.DrawFn, network: Network) -> Network:
    """The network with footprints and groups for its firms, rings, units of several quanta and a warm-up."""
    rows = tuple(
        Footprint(wages=draw(shares), other_inputs=(("Mining", draw(shares)), ("Utilities", draw(shares))))
        for _ in network.firms
    )
    firms = tuple(
        replace(
            firm,
            ring=draw(st.sampled_from(["city", "province", "nation"])) if firm.kind == "supplier" else firm.ring,
            group=draw(st.sampled_from(["", "A", "B"])),
        )
        for firm in network.firms
    )
    parts = tuple(replace(part, per_unit=draw(st.sampled_from([1, 1, 3, 10]))) for part in network.parts)
    warm_up = draw(st.just(0) | st.integers(0, network.horizon - 1))
    return replace(network, footprints=rows, firms=firms, parts=parts, warm_up=warm_up)


def bound(found: Books) -> int:
    """Fen: one for each invoice that is rounded, one for each firm's other inputs, one for sums of floats."""
    return len(found.counted["tick"]) + len(found.run.network.firms) + 1


@given(st.data(), networks())
def test_what_is_booked_is_explained_to_the_fen_that_invoices_are_rounded_by(
    data: st.DataObject, network: Network
) -> None:
    network = data.draw(in_money(network))
    found = books(frames(network, simulate(network).log))
    for one in explanations(found):
        assert abs(one.booked - one.explained) <= bound(found), one
