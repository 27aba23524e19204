"""Laws of every sourcing rule: it ranks all suppliers, and who else there is never turns two of them round."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.sourcing import Offer, Sourcing, sourcings
from chainsim.scenario.network.ranking import planned_shares, ranks

rules = st.sampled_from([sourcings[name]() for name in sourcings])
offers = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.tuples(
        st.sampled_from([0.0, 0.25, 0.5]),
        st.none() | st.integers(1, 3),
        st.integers(0, 3),
        st.sampled_from([0.0, 3600.0, 86_400.0]),
    ),
    min_size=1,
    max_size=6,
).map(lambda rows: {name: Offer(name, *row) for name, row in rows.items()})


@given(rules, offers)
def test_every_supplier_has_a_rank_of_its_own(rule: Sourcing, given_: dict[str, Offer]) -> None:
    assert sorted(ranks(rule, given_).values()) == list(range(len(given_)))


@given(rules, offers, st.data())
def test_an_added_supplier_never_turns_two_others_round(
    rule: Sourcing, given_: dict[str, Offer], data: st.DataObject
) -> None:
    kept = data.draw(st.lists(st.sampled_from(sorted(given_)), unique=True))
    fewer = ranks(rule, {name: given_[name] for name in kept})
    more = ranks(rule, given_)
    assert sorted(fewer, key=fewer.__getitem__) == sorted(kept, key=more.__getitem__)


@given(rules, offers)
def test_the_first_is_never_dearer_farther_or_lower_than_another(rule: Sourcing, given_: dict[str, Offer]) -> None:
    ranked = ranks(rule, given_)
    first = given_[min(ranked, key=ranked.__getitem__)]
    name = sourcings.name_of(rule)
    if name == "cheapest":
        assert first.cost == min(offer.cost for offer in given_.values())
    elif name == "nearest":
        assert first.lead_time == min(offer.lead_time for offer in given_.values())
    elif name == "priority":
        stated = [offer.rank for offer in given_.values() if offer.rank is not None]
        assert first.rank == (min(stated) if stated else None)
    else:
        assert first.share == max(offer.share for offer in given_.values())


@given(rules, offers)
def test_the_plan_is_met_once(rule: Sourcing, given_: dict[str, Offer]) -> None:
    """A ranked rule plans with the first alone; others keep the shares."""
    shares = {name: Fraction(1, len(given_)) for name in given_}
    planned = planned_shares(rule, ranks(rule, given_), shares)
    assert sum(planned.values()) == 1
    assert planned == shares or rule.mode == "ranked"
