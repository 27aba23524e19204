"""The tail: published multipliers, Miller & Blair's example, two sectors by hand, and what every yuan must obey."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.economy.input_output import Households, Table, Tail, Vector, beyond, china_2011, closed, induced
from chainsim.theory.leontief import output_multiplier_type_two

PUBLISHED = Path(__file__).parents[2] / "data" / "local_multiplier_by_localisation.csv"
LINES = PUBLISHED.read_text(encoding="utf-8").splitlines()
ROWS = [{key: float(cell) for key, cell in row.items()} for row in csv.DictReader(LINES)]
EXACT = 1e-9
CARS = "Transport equipment"

# Miller & Blair 2022, sec. 2.3 and 2.5: two sectors; households are a third that earns h and spends c.
A = np.array([[0.15, 0.25], [0.20, 0.05]])
LABOUR, CONSUMPTION, AMONG = np.array([0.30, 0.25]), np.array([0.05, 0.40]), 0.05
BOOK = Table(("agriculture", "manufacturing"), A, A, np.array([1000.0, 2000.0]))


def car_maker(table: Table, local: float) -> tuple[float, float, float]:
    """Gross multiplier, value added and first round of a car maker that sells one yuan and buys its column."""
    cars = table.index(CARS)
    tail = closed(table, table.total[:, cars], local)
    return (
        1 + float(tail.output.sum()),
        float(table.value_added[cars] + tail.value_added.sum()),
        1 + float(tail.first_round.sum()),
    )


def published(row: dict[str, float]) -> tuple[float, float, float]:
    return row["typeI"], row["VA_per_yuan_local"], row["first_round_only"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"r={row['r']}")
def test_every_published_multiplier_of_car_making_is_met(row: dict[str, float]) -> None:
    assert car_maker(china_2011(), row["r"]) == pytest.approx(published(row), abs=EXACT)


@pytest.mark.parametrize("row", [row for row in ROWS if 0 < row["r"] < 1], ids=lambda row: f"r={row['r']}")
def test_the_near_misses_are_far_from_it(row: dict[str, float]) -> None:
    """Domestic coefficients; a share a tenth of a point away; no purchases inside the sector; one round.

    Not at r = 1, where value added is 1 in any table.
    """
    table, local, true = china_2011(), row["r"], np.array(published(row))
    domestic = Table(table.sectors, table.domestic, table.domestic, table.output)
    cars = table.index(CARS)
    others = table.total.copy()
    others[cars, cars] = 0
    for other, at in (
        (domestic, local),
        (table, local - 0.001),
        (Table(table.sectors, others, np.zeros_like(others), table.output), local),
    ):
        assert (np.abs(np.array(car_maker(other, at)) - true) > 1e5 * EXACT).all()
    assert true[0] - true[2] > 1e5 * EXACT


def test_a_yuan_of_china_s_cars_is_77_fen_of_value_added_in_china() -> None:
    """Against the type I multiplier and value added of the domestic table of the same release."""
    found = beyond(china_2011(), CARS)
    assert found.output.sum() == pytest.approx(3.026113341346328, abs=EXACT)
    assert found.value_added.sum() == pytest.approx(0.7709259060317556, abs=EXACT)
    assert found.abroad == pytest.approx(1 - 0.7709259060317556, abs=EXACT)
    assert found.identity_error < 1e-12
    everything = closed(china_2011(), china_2011().spread({CARS: 1}), 1)
    assert abs(everything.value_added.sum() - found.value_added.sum()) > 0.2, "with the total table none is left"


def test_miller_and_blair_s_two_sectors() -> None:
    tail = closed(BOOK, np.array([600.0, 1500.0]), 1)
    assert tail.output == pytest.approx([1247.52, 1841.58], abs=0.005)
    assert tail.first_round.tolist() == [600, 1500]
    assert tail.value_added.sum() == pytest.approx(2100)
    assert tail.imports == pytest.approx(0)


def test_miller_and_blair_s_households() -> None:
    """The closed inverse has the industry rows (1.365, 0.425) and (0.527, 1.348), the open one (1.254, 0.330) and
    (0.264, 1.122).  Households that pay each other 5 fen of a yuan spend 45 of the other 95 on the sectors."""
    spend = Households(
        labour=LABOUR / BOOK.value_added,
        resident=1,
        consumption=float(CONSUMPTION.sum()) / (1 - AMONG),
        local=1,
        basket=CONSUMPTION,
    )
    for sector, total in enumerate(([1.365, 0.527], [0.425, 1.348])):
        direct = closed(BOOK, np.eye(2)[sector], 1)
        more = induced(BOOK, float(LABOUR @ direct.output), 1, spend)
        assert direct.output + more.tail.output == pytest.approx(total, abs=5e-4)
        type_two = output_multiplier_type_two(A.tolist(), LABOUR.tolist(), CONSUMPTION.tolist(), sector + 1, AMONG)
        assert (direct.output + more.tail.output).sum() == pytest.approx(type_two, abs=1e-12)


def by_hand(basket: list[float]) -> tuple[Table, Households]:
    """Millers buy half of what they sell from farmers, who buy nothing; half of everything is bought in the region.
    Half of value added is wages; four fifths of them go to residents, who spend half."""
    total = np.array([[0.0, 0.5], [0.0, 0.0]])
    table = Table(("farmers", "millers"), total, total, np.ones(2))
    return table, Households(labour=0.5, resident=0.8, consumption=0.5, local=0.5, basket=np.array(basket))


def test_induced_effect_by_hand() -> None:
    """A yuan spent on flour: 50 fen to millers here, 12.5 to farmers; value added 25 + 12.5, wages 18.75 fen."""
    table, spend = by_hand([0, 2])
    k, wages_per_yuan = 0.4, 0.1875
    consumption = k * 74 / (1 - k * wages_per_yuan)
    assert consumption == pytest.approx(32)
    more = induced(table, 74, 0.5, spend)
    assert more.tail.spending == pytest.approx([0, 32])
    assert more.tail.first_round == pytest.approx([0, 16])
    assert more.tail.output == pytest.approx([4, 16])
    assert more.tail.value_added == pytest.approx([4, 8])
    assert more.wages == pytest.approx(6)
    assert k * (more.income + more.wages) == pytest.approx(32), "what residents spend of all their wages"
    assert more.tail.imports == pytest.approx(16 + 4)
    one_round = closed(table, np.array([0, k * 74]), 0.5)
    assert more.tail.output.sum() - one_round.output.sum() > 1, "wages of the tail itself are spent again"


def test_households_may_buy_less_in_the_region_than_firms_do() -> None:
    """All from farmers, all of firms' purchases here: at a local share of 0.5, C = 0.4 (90 + C / 4)."""
    table, spend = by_hand([1, 0])
    more = induced(table, 90, 1, spend)
    assert (more.tail.spending.sum(), more.wages, more.tail.imports) == pytest.approx((40, 10, 20))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"labour": 1.2}, "labour must be from 0 to 1"),
        ({"resident": -0.1}, "resident must be from 0 to 1, got -0.1"),
        ({"consumption": 1.1}, "consumption must be"),
        ({"local": 2.0}, "first must be|local must be"),
        ({"basket": np.zeros(2)}, "basket must not be empty"),
        ({"basket": np.ones(3)}, "basket has shape"),
        ({"labour": 1.0, "resident": 1.0, "consumption": 1.0, "local": 1.0}, "never end"),
    ],
)
def test_households_that_cannot_be_are_refused(change: dict[str, float | Vector], complaint: str) -> None:
    table, spend = by_hand([1, 1])
    with pytest.raises(ValueError, match=complaint):
        induced(table, 1, 1, Households(**{**vars(spend), **change}))  # type: ignore[arg-type]


def test_spending_that_cannot_be_is_refused() -> None:
    for spending, local, complaint in (
        ([1, -1], 0.5, "spending must be finite and >= 0"),
        ([1, 1, 1], 0.5, "spending has shape"),
        ([1, 1], 1.01, "local must be from 0 to 1, got 1.01"),
        ([1, 1], float("nan"), "local must be"),
    ):
        with pytest.raises(ValueError, match=complaint):
            closed(BOOK, np.array(spending, dtype=float), local)
    with pytest.raises(ValueError, match="income must be >= 0"):
        induced(BOOK, -1, 0.5, by_hand([1, 1])[1])
    with pytest.raises(ValueError, match="no sector 'Farming'"):
        beyond(BOOK, "Farming")


def test_a_yuan_that_is_lost_shows_in_the_identity() -> None:
    tail = closed(BOOK, np.array([600.0, 1500.0]), 0.5)
    assert replace(tail, imports=tail.imports - 21).identity_error == pytest.approx(0.01)
    found = beyond(BOOK, "manufacturing")
    assert replace(found, abroad=found.abroad + 0.01).identity_error == pytest.approx(0.01)


def test_nothing_comes_of_nothing() -> None:
    tail = closed(BOOK, np.zeros(2), 0.5)
    assert (tail.output.sum(), tail.imports, tail.identity_error) == (0, 0, 0)


shares = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
yuan = st.integers(0, 10**8).map(lambda fen: fen / 100)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A productive table: each sector keeps at least a tenth of its output; part of its purchases is domestic."""
    n = draw(st.integers(1, 5))
    cells = st.lists(shares, min_size=n, max_size=n)
    weights = np.array([draw(cells) for _ in range(n)])
    total = weights * (0.9 * np.array(draw(cells)) / np.maximum(weights.sum(axis=0), 1))
    domestic = total * np.array([draw(cells) for _ in range(n)])
    return Table(tuple(f"sector {i}" for i in range(n)), total, domestic, np.ones(n))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Table, Vector, Households]:
    """A table, a spending and households that leave at least a tenth of their income unspent."""
    table = draw(tables())
    n = len(table.sectors)
    spending = np.array(draw(st.lists(yuan, min_size=n, max_size=n)))
    basket = np.array(draw(st.lists(st.integers(1, 9), min_size=n, max_size=n)), dtype=float)
    labour = np.array(draw(st.lists(shares, min_size=n, max_size=n)))
    return table, spending, Households(labour, draw(shares), 0.9 * draw(shares), draw(shares), basket)


def assert_every_yuan_is_found(table: Table, tail: Tail) -> None:
    assert tail.identity_error < 1e-9
    assert (tail.output >= -1e-9).all()
    assert tail.imports >= (tail.spending - tail.first_round).sum() * (1 - 1e-12)
    assert tail.value_added == pytest.approx(table.value_added * tail.output)


@given(cases(), shares, shares)
def test_every_yuan_ends_as_value_added_in_the_region_or_is_spent_outside(
    case: tuple[Table, Vector, Households], local: float, first: float
) -> None:
    table, spending, households = case
    assert_every_yuan_is_found(table, closed(table, spending, local))
    assert_every_yuan_is_found(table, closed(table, spending, local, first=first))
    assert_every_yuan_is_found(table, induced(table, float(spending.sum()), local, households).tail)


@given(tables())
def test_every_yuan_spent_beyond_is_value_added_in_the_country_or_abroad(table: Table) -> None:
    for sector in table.sectors:
        found = beyond(table, sector)
        assert found.identity_error < 1e-9
        assert found.abroad >= 0


@given(cases(), shares)
def test_the_tail_is_the_sum_over_its_rounds(case: tuple[Table, Vector, Households], local: float) -> None:
    table, spending, _ = case
    round_, gathered = local * spending, np.zeros(len(spending))
    for _ in range(400):
        gathered += round_
        round_ = local * table.total @ round_
    assert closed(table, spending, local).output == pytest.approx(gathered, rel=1e-9, abs=1e-9)


@given(cases(), shares, shares)
def test_more_is_made_and_earned_where_more_is_bought_in_the_region(
    case: tuple[Table, Vector, Households], one: float, other: float
) -> None:
    table, spending, households = case
    less, more = (closed(table, spending, local) for local in sorted((one, other)))
    slack = 1e-9 * (1 + spending.sum())
    assert (more.output >= less.output - slack).all()
    assert more.value_added.sum() >= less.value_added.sum() - slack
    assert more.imports <= less.imports + slack
    lower, higher = (induced(table, 1000, local, households) for local in sorted((one, other)))
    assert higher.wages >= lower.wages - 1e-6


def test_china_s_multipliers_rise_strictly_with_the_local_share() -> None:
    found = np.array([car_maker(china_2011(), local) for local in np.linspace(0, 1, 21)])
    assert (np.diff(found, axis=0) > 0).all()


@given(cases(), shares)
def test_the_induced_effect_is_type_two_less_type_one(case: tuple[Table, Vector, Households], local: float) -> None:
    """The system closed with households as one more sector, solved as a whole."""
    table, spending, households = case
    n = len(spending)
    whole = np.zeros((n + 1, n + 1))
    whole[:n, :n] = local * table.total
    whole[n, :n] = households.labour * table.value_added
    whole[:n, n] = households.resident * households.consumption * households.local * households.shares(table)
    both = np.linalg.solve(np.eye(n + 1) - whole, np.append(local * spending, 0))
    alone = closed(table, spending, local)
    more = induced(table, float((households.labour * alone.value_added).sum()), local, households)
    scale = 1 + spending.sum()
    assert alone.output + more.tail.output == pytest.approx(both[:n], abs=1e-9 * scale)
    assert more.income + more.wages == pytest.approx(both[n], abs=1e-9 * scale)
