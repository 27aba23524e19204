"""docs/by-hand.md: a chain of three firms, calculated by hand in plain fractions, to the last fen.

Three tellings of the same six days: the arithmetic below, which uses nothing of chainsim; the tables of the page; and
the simulation of the page's scenario.  All three must agree exactly.
"""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction as F
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from chainsim.economy.books import Books, books
from chainsim.economy.leontief import versions
from chainsim.results.frames import Run, frames
from chainsim.results.frames import deliveries as one_by_one
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.study.trial import Extras, run_trial
from chainsim.testing import assert_every_law, simulate

PAGE = Path(__file__).parents[2] / "docs" / "by-hand.md"
DAYS = range(6)
PRICE = {"car": 1000_00, "seat": 300_00, "foam": 40_00}  # fen


def oil_price(day: int) -> int:
    return 25_00 if day < 3 else 28_00


# ------------------------------------------------------------------------------------ by hand: goods


class Delivery(NamedTuple):
    day: int
    seller: str
    buyer: str
    units: int
    fen: int


@cache
def deliveries() -> tuple[Delivery, ...]:
    """Day by day: what arrives, what is made of it, what is sent."""
    found = []
    seats_due, foam_due, oil_due = defaultdict(list), defaultdict(list), defaultdict(list)
    seats_due[0], oil_due[0] = [2], [(6, oil_price(0))]  # under way as the run opens
    seats, waiting, foam, shelf, oil = 0, 0, 12, 12, 7
    for day in DAYS:
        for units, price in oil_due[day]:
            oil += units
            found.append(Delivery(day, "refinery", "foamer", units, units * price))
        for units in foam_due[day]:
            foam += units
            found.append(Delivery(day, "foamer", "seatmaker", units, units * PRICE["foam"]))
        for units in seats_due[day]:
            seats += units
            found.append(Delivery(day, "seatmaker", "works", units, units * PRICE["seat"]))
        waiting += 1  # a car is ordered, and two seats for it
        if seats >= 2:
            seats, waiting = seats - 2, waiting - 1
            found.append(Delivery(day, "works", "buyers", 1, PRICE["car"]))
        foam -= 6  # the seat maker begins two seats; they are ready tomorrow and there the day after
        seats_due[day + 2].append(2)
        for ordered in [6, 6] if day == 0 else [6]:  # it wants 18 and opens with 12
            assert shelf >= ordered
            foam_due[day + 2].append(ordered)
            oil -= ordered  # the foam maker makes again at once what it sent, and orders as much oil
            oil_due[day + 1].append((ordered, oil_price(day)))
        assert (seats, foam >= 0, oil >= 0) == (0, True, True)
    assert (waiting, foam, oil) == (1, 6, 7)
    return tuple(found)


def units(seller: str, days: range = DAYS) -> int:
    return sum(row.units for row in deliveries() if row.seller == seller and row.day in days)


def revenue(seller: str) -> int:
    return sum(row.fen for row in deliveries() if row.seller == seller)


# ------------------------------------------------------------------------------------ by hand: stocks


class Pool(NamedTuple):
    """Units and fen of one store: at first, in, out, at the end; what goes out leaves at the average of all."""

    opening: tuple[int, int]
    came: tuple[int, int]
    left: tuple[int, int]
    closing: tuple[int, int]


def pool(opening: tuple[int, int], came: tuple[int, int], left: int) -> Pool:
    there, worth = opening[0] + came[0], opening[1] + came[1]
    leaving = round(F(worth * left, there))
    return Pool(opening, came, (left, leaving), (there - left, worth - leaving))


@cache
def pools() -> dict[str, Pool]:
    """Work in process is worth the materials in it, goods on their way are still the seller's."""
    oil = pool((7, 7 * 25_00), (units("refinery"), revenue("refinery")), 42)  # 7 batches of 6: two on the first day
    foam = pool((12, 12 * 25_00), oil.left, units("foamer"))
    store = pool((12, 12 * 40_00), (units("foamer"), revenue("foamer")), 6 * 6)
    process = pool((0, 0), (6 * 2, store.left[1]), 5 * 2)
    seats = pool((2, 2 * 120_00), process.left, units("seatmaker"))
    shelf = pool((0, 0), (units("seatmaker"), revenue("seatmaker")), 2 * units("works"))
    return {
        "foamer: oil": oil,
        "foamer: foam": foam,
        "seatmaker: foam": store,
        "seatmaker: seats in process": process,
        "seatmaker: seats": seats,
        "works: seats": shelf,
    }


# ------------------------------------------------------------------------------------ by hand: accounts

FIRMS = ("works", "seatmaker", "foamer")
SUPPLIER = {"works": "seatmaker", "seatmaker": "foamer", "foamer": "refinery"}
OTHER = {"works": F(2, 100), "seatmaker": F(0), "foamer": F(0)}
SHARES = {
    "works": (F(40, 100), F(5, 100), F(10, 100), F(3, 100)),
    "seatmaker": (F(45, 100), F(4, 100), F(12, 100), F(2, 100)),
    "foamer": (F(35, 100), F(3, 100), F(15, 100), F(5, 100)),
}
SOLD_FROM = {"works": "works: seats", "seatmaker": "seatmaker: seats", "foamer": "foamer: foam"}
PRODUCTION = ("revenue", "purchases", "stock_change", "materials_sold", "other_inputs", "value_added")
INCOME = ("wages", "production_taxes", "depreciation", "interest", "profit", "income_tax", "value_added_tax")


@cache
def production() -> dict[str, dict[str, int]]:
    found = {}
    for firm in FIRMS:
        change = sum(one.closing[1] - one.opening[1] for name, one in pools().items() if name.startswith(firm))
        sold, other = pools()[SOLD_FROM[firm]].left[1], round(OTHER[firm] * revenue(firm))
        bought = revenue(SUPPLIER[firm])
        assert bought == sold + change
        values = (revenue(firm), bought, change, sold, other, revenue(firm) - sold - other)
        found[firm] = dict(zip(PRODUCTION, values, strict=True))
    return found


@cache
def income() -> dict[str, dict[str, int]]:
    found = {}
    for firm, own in production().items():
        paid = [round(share * own["value_added"]) for share in SHARES[firm]]
        profit = own["value_added"] - sum(paid)
        vat = round(F(13, 100) * (own["revenue"] - own["purchases"] - own["other_inputs"]))
        found[firm] = dict(zip(INCOME, (*paid, profit, round(F(1, 4) * profit), vat), strict=True))
    return found


# ------------------------------------------------------------------------------------ by hand: Leontief

A = ((F(0), F(0), F(0)), (F(3, 5), F(0), F(0)), (F(0), F(2, 5), F(0)))  # rows sell, columns buy; in the order of FIRMS
M = {25_00: (F(2, 100), F(0), F(5, 8)), 28_00: (F(2, 100), F(0), F(7, 10))}


def product(a: tuple[tuple[F, ...], ...], b: tuple[tuple[F, ...], ...]) -> tuple[tuple[F, ...], ...]:
    return tuple(
        tuple(sum((x * y for x, y in zip(row, column, strict=True)), F(0)) for column in zip(*b, strict=True))
        for row in a
    )


@cache
def inverse() -> tuple[tuple[F, ...], ...]:
    """I + A + A², for three firms in a row have no fourth round."""
    squared = product(A, A)
    return tuple(tuple((i == j) + A[i][j] + squared[i][j] for j in range(3)) for i in range(3))


def added_per_yuan(oil: int) -> tuple[F, ...]:
    return tuple(1 - sum(A[i][j] for i in range(3)) - M[oil][j] for j in range(3))


RINGS = {"city": ("works", "seatmaker"), "province": FIRMS}
MEASURES = [
    (ring, *kind)
    for ring in RINGS
    for kind in (("gross output", "apart"), ("gross output", "consolidated"), ("value added", "apart"))
]
PARTS = ("direct", "first round", "further rounds", "indirect", "total")


def multiplier(ring: str, measure: str, group: str) -> dict[str, F]:
    """Parts of the column of L of a car: its own row is direct, the seat maker's the first round, the foam's the rest.

    Of value added the mean of the two prices of oil: three of six planned cars each.
    """
    output = [row[0] for row in inverse()]
    worth = [F(1), F(1), F(1)]
    if measure == "value added":
        before, after = (added_per_yuan(oil) for oil in M)
        worth = [(a + b) / 2 for a, b in zip(before, after, strict=True)]
    if group == "consolidated":
        worth[1] = F(0)  # the seat maker sells to the works, which is of its group
    rows = [x * w if firm in RINGS[ring] else F(0) for firm, x, w in zip(FIRMS, output, worth, strict=True)]
    values = (rows[0], rows[1], rows[2], rows[1] + rows[2], sum(rows))
    return dict(zip(PARTS, values, strict=True))


# ------------------------------------------------------------------------------------ by hand: the reconciliation

TERMS = (
    "demanded",
    "final demand not delivered",
    "opening transient",
    "stock building",
    "in process and under way",
    "losses and scrap",
    "whole units",
    "sourcing",
    "prices and valuation",
    "capacity",
    "disruption",
    "cash",
    "remainder",
    "simulated",
)
BEFORE, AFTER = range(3), range(3, 6)


def reconciliation(ring: str, measure: str, group: str) -> dict[str, tuple[int, F]]:
    """Fen, and yuan per yuan of final sales, by term; those that are not named are 0."""
    own = RINGS[ring]

    def a_car(oil: int) -> F:
        """What a car and all that goes into it are worth to the ring."""
        worth = {"works": F(1000_00), "seatmaker": F(2 * 300_00), "foamer": F(6 * 40_00)}
        if measure == "value added":
            seats = F(2 * (300_00 - 120_00))
            worth = {"works": F(1000_00 - 600_00 - 20_00), "seatmaker": seats, "foamer": 6 * foam(oil)}
        if group == "consolidated":
            worth["seatmaker"] = F(0)
        return sum((worth[firm] for firm in own), F(0))

    def foam(oil: int) -> F:
        return F(40_00 - oil if measure == "value added" else 40_00)

    kept = foam(25_00) if "foamer" in own else F(0)
    terms = dict.fromkeys(TERMS, F(0))
    terms["demanded"] = 3 * a_car(25_00) + 3 * a_car(28_00)
    delivered = units("works", BEFORE) * a_car(25_00) + units("works", AFTER) * a_car(28_00)
    terms["final demand not delivered"] = delivered - terms["demanded"]
    terms["opening transient"] = (18 - 12) * kept  # the seat maker's store opens with 12 units of foam instead of 18
    terms["stock building"] = ((6 - 12) - (18 - 12)) * kept  # and has 6 from the evening of the third day on
    terms["in process and under way"] = 2 * 3 * kept  # two seats are always in process, none was at first
    if measure == "value added" and "foamer" in own:
        planned = units("foamer", BEFORE) * 25_00 + units("foamer", AFTER) * 28_00
        terms["prices and valuation"] = F(planned - production()["foamer"]["materials_sold"])
    column = "revenue" if measure == "gross output" else "value_added"
    counted = [firm for firm in own if not (group == "consolidated" and firm == "seatmaker")]
    terms["simulated"] = F(sum(production()[firm][column] for firm in counted))
    explained = sum(terms.values()) - terms["simulated"]
    assert terms["simulated"] == explained, "nothing remains"
    final = revenue("works")
    per_yuan = {name: value / final for name, value in terms.items()}
    per_yuan["demanded"] = multiplier(ring, measure, group)["total"]
    called_for = terms["demanded"] + terms["final demand not delivered"]
    per_yuan["final demand not delivered"] = called_for / final - per_yuan["demanded"]
    assert all(value.denominator == 1 for value in terms.values())
    return {name: (int(terms[name]), per_yuan[name]) for name in TERMS}


# ------------------------------------------------------------------------------------ the page


def table(heading: str, number: int = 0) -> list[list[str]]:
    """Rows of a table under a heading, without header and rule."""
    text = re.sub(r"^```.*?^```", "", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    sections = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    found = re.findall(r"(?:^\|.*\n)+", dict(zip(sections[1::2], sections[2::2], strict=True))[heading], re.MULTILINE)
    return [[cell.strip() for cell in line.strip("| \n").split("|")] for line in found[number].splitlines()[2:]]


def fen(cell: str) -> int:
    value = F(cell) * 100
    assert value.denominator == 1
    return int(value)


def names(cell: str) -> tuple[str, ...]:
    """`city, gross output, apart` as a tuple."""
    return tuple(cell.split(", "))


def test_the_page_lists_every_delivery() -> None:
    rows = []
    for day, seller, buyer, number, price, cny in table("Deliveries"):
        assert int(number) * fen(price) == fen(cny)
        rows.append(Delivery(int(day), seller, buyer, int(number), fen(cny)))
    assert rows == list(deliveries())


def test_the_page_values_every_stock() -> None:
    rows = {
        name: Pool(*((int(cells[i]), fen(cells[i + 1])) for i in range(0, 8, 2))) for name, *cells in table("Stocks")
    }
    assert rows == pools()


@pytest.mark.parametrize(("heading", "expected"), [("Production", production), ("Income", income)])
def test_the_page_has_every_account(heading: str, expected: object) -> None:
    accounts = expected()  # type: ignore[operator]
    rows = {firm: [fen(cell) for cell in cells] for firm, *cells in table(heading)}
    assert rows == {firm: list(own.values()) for firm, own in accounts.items()}


def test_the_page_has_the_leontief_table() -> None:
    rows = {name: [F(cell) for cell in cells] for name, *cells in table("Leontief")}
    expected = {firm: list(row) for firm, row in zip(FIRMS, A, strict=True)}
    for oil, row in M.items():
        expected[f"outside, oil at {oil // 100}"] = list(row)
        expected[f"value added, oil at {oil // 100}"] = list(added_per_yuan(oil))
    assert rows == expected
    rows = {name: [F(cell) for cell in cells] for name, *cells in table("Leontief", 1)}
    assert rows == {firm: list(row) for firm, row in zip(FIRMS, inverse(), strict=True)}


def test_the_page_has_the_multipliers() -> None:
    rows = {names(name): [F(cell) for cell in cells] for name, *cells in table("Multipliers")}
    assert rows == {key: list(multiplier(*key).values()) for key in MEASURES}


@pytest.mark.parametrize("number", [0, 1], ids=["yuan", "per yuan"])
def test_the_page_has_the_reconciliation(number: int) -> None:
    """Terms down, measures across, in the order of `MEASURES`; per yuan all digits that there are."""
    rows = {term: [F(cell) for cell in cells] for term, *cells in table("The reconciliation", number)}
    expected: dict[str, list[F]] = {term: [] for term in TERMS}
    for key in MEASURES:
        for term, (value, per_yuan) in reconciliation(*key).items():
            expected[term].append(per_yuan if number else F(value, 100))
    assert rows == expected


# ------------------------------------------------------------------------------------ the simulation


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = re.search(r"^```yaml by-hand.yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    path = tmp_path_factory.mktemp("page") / "by-hand.yaml"
    path.write_text(found[1], encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def found(scenario: Path) -> Books:
    run = simulate(build(load(scenario)))
    assert_every_law(run)
    return books(frames(run.network, run.log))


@pytest.fixture(scope="module")
def tables(scenario: Path) -> dict[str, pd.DataFrame]:
    return run_trial(build(load(scenario)), "none", 0, extras=Extras(reconciliation=True)).tables


def test_the_simulation_delivers_what_the_hand_does(found: Books) -> None:
    firms = [firm.name for firm in found.run.network.firms]
    assert isinstance(found.run, Run)
    every = one_by_one(found.run)
    rows = zip(*(every[name] for name in ("tick", "seller", "buyer", "quantity", "amount")), strict=True)
    simulated = [Delivery(day, firms[seller], firms[buyer], n, amount) for day, seller, buyer, n, amount in rows]
    assert sorted(simulated) == sorted(deliveries())


def test_the_simulation_values_stocks_as_the_hand_does(found: Books) -> None:
    network = found.run.network
    at = {network.stock_name(stock): stock for stock in range(len(network.stocks))}
    where = {
        "foamer: oil": ("bought", "foamer / oil (bought)"),
        "foamer: foam": ("made", "foamer / foam (made)"),
        "seatmaker: foam": ("bought", "seatmaker / foam (bought)"),
        "seatmaker: seats in process": ("process", "seatmaker / seat (made)"),
        "seatmaker: seats": ("made", "seatmaker / seat (made)"),
        "works: seats": ("bought", "works / seat (bought)"),
    }
    for name, one in pools().items():
        kind, stock = where[name]
        own, row = found.pools[kind], at[stock]
        values = (own.opening[row], own.bought[row].sum(), own.used[row].sum(), own.closing[row, -1])
        assert values == (one.opening[1], one.came[1], one.left[1], one.closing[1]), name


def test_the_simulation_keeps_the_accounts_of_the_hand(found: Books, tables: dict[str, pd.DataFrame]) -> None:
    firms = tables["firms"].set_index("firm")
    for accounts in (production(), income()):
        for firm, own in accounts.items():
            for name, value in own.items():
                assert round(firms.loc[firm, f"{name}_cny"] * 100) == value, (firm, name)
    for firm in FIRMS:
        index = list(firms.index).index(firm)
        everything = pd.DataFrame(found.production | found.income).iloc[index].to_dict()
        known = production()[firm] | income()[firm]
        assert {name: everything[name] for name in known} == known
        rest = set(everything) - set(known) - {"revenue_outside_group"}
        assert not any(everything[name] for name in rest)


def test_the_compiled_table_is_the_one_of_the_hand(found: Books) -> None:
    """v'L + m'L = 1 for each firm, in fractions; chainsim's floats meet them to 1e-15."""
    network = found.run.network
    models = versions(network)
    assert [weight for _, weight in models] == [0.5, 0.5]
    for (model, _), oil in zip(models, M, strict=True):
        order = [network.firms[network.stocks[stock].firm].name for stock in model.stocks]
        place = [order.index(firm) for firm in FIRMS]
        assert model.purchases[place][:, place] == pytest.approx(np.array(A, dtype=float), abs=1e-15)
        assert model.outside[place] == pytest.approx([float(x) for x in M[oil]], abs=1e-15)
        assert model.output[place] == pytest.approx([float(row[0]) for row in inverse()], abs=1e-15)
        spent = [v + m for v, m in zip(added_per_yuan(oil), M[oil], strict=True)]
        assert product((tuple(spent),), inverse()) == ((1, 1, 1),)


def test_the_multipliers_are_those_of_the_hand(tables: dict[str, pd.DataFrame]) -> None:
    nominal = tables["type_one"].set_index(["ring", "measure", "part"])["nominal"]
    beside = tables["multipliers"].set_index(["ring", "measure", "group"])
    for ring, measure, group in MEASURES:
        parts = multiplier(ring, measure, group)
        name = f"{measure} consolidated" if group == "consolidated" else measure
        for part, value in parts.items():
            assert nominal[ring, name, part] == pytest.approx(float(value), abs=1e-15)
        simulated = reconciliation(ring, measure, group)["simulated"][1]
        assert beside.loc[(ring, measure, group), "simulated"] == float(simulated)
        assert beside.loc[(ring, measure, group), "leontief"] == pytest.approx(float(parts["total"]), abs=1e-15)


def test_the_reconciliation_is_that_of_the_hand_term_by_term(tables: dict[str, pd.DataFrame]) -> None:
    found = tables["reconciliation"].set_index(["ring", "measure", "group", "term"])
    assert len(found) == len(MEASURES) * len(TERMS)
    for key in MEASURES:
        for term, (value, per_yuan) in reconciliation(*key).items():
            row = found.loc[(*key, term)]
            assert round(row["cny"] * 100) == value, (key, term)
            assert row["cny"] * 100 == pytest.approx(value, abs=1e-6)
            assert row["per_yuan"] == pytest.approx(float(per_yuan), abs=1e-12)
