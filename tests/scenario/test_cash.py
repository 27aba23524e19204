"""Cash that can run short: the rows of the language, and a chain in which who is paid late buys late, to the fen.

A market buys a car every second day.  The works make it of one unit of steel, the mill makes steel of one unit of ore,
which comes from outside; everything is made to order and arrives in no time, so that only money moves slowly.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from chainsim.model import state
from chainsim.model.network import Network, Purse
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.testing import Run, rows_of, simulate

DAY = 86_400
CHAIN = """
chainsim: 1
study: {start: 2024-01-01, end: END, opening: empty}
parts:
  car: {price: 100 CNY, needs: {steel: 1}}
  steel: {price: 40 CNY, needs: {ore: 1}}
  ore: {price: 30 CNY}
plants:
  works: {makes: car, pays_after: 5 days, cash: WORKS}
suppliers:
  mill: {makes: steel, cash: MILL}
outside:
  world: {supplies: [ore]}
markets:
  buyers: {buys: car, rate: 0.5/day, every: 2 days, pays_after: TERM}
"""


def network(
    tmp_path: Path,
    works: str = "{opening: 100 CNY}",
    mill: str = "{opening: 100 CNY, floor: 40 CNY}",
    term: str = "11 days",
    end: str = "2024-01-13",
) -> Network:
    text = CHAIN.replace("WORKS", works).replace("MILL", mill).replace("TERM", term).replace("END", end)
    file = tmp_path / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return build(load(file))


def seller(net: Network, lane: int) -> str:
    return net.firms[net.stocks[net.lanes[lane].supplier].firm].name


def money(run: Run, *kinds: int) -> list[tuple[float, str, float]]:
    """(day, seller, CNY) of the rows of some kinds that a lane has."""
    net = run.network
    return [
        (row.tick / DAY, seller(net, row.entity), row.quantity / 100) for row in rows_of(run.log) if row.kind in kinds
    ]


def own(run: Run, kind: int) -> list[tuple[float, str, float]]:
    """(day, firm, CNY) of the rows of a kind that a purse has."""
    firms = [run.network.firms[purse.firm].name for purse in run.network.purses]
    return [(row.tick / DAY, firms[row.entity], row.quantity / 100) for row in rows_of(run.log) if row.kind == kind]


def cash(run: Run) -> dict[str, float]:
    """CNY at the end, by firm."""
    assert run.end is not None
    return {
        run.network.firms[purse.firm].name: now.cash / 100
        for purse, now in zip(run.network.purses, run.end.purses, strict=True)
    }


# ---------------------------------------------------------------------------------------------- rows


def test_every_key_becomes_a_column_of_the_purse(tmp_path: Path) -> None:
    works = (
        "{opening: 10 million CNY, credit_line: 5 million CNY, floor: 1 CNY, insolvent_after: 60 days, "
        "fixed_costs: 200_000 CNY/month, running_costs: 15%, interest: 5%, discounting: 6%}"
    )
    net = network(tmp_path, works)
    firms = [firm.name for firm in net.firms]
    expected = Purse(
        firms.index("works"), 10**9, 5 * 10**8, 100, 60 * DAY, 2 * 10**7, 150_000, 50_000, 60_000, 30 * DAY, 365 * DAY
    )
    assert net.purses == (Purse(firms.index("mill"), 10_000, 0, 4_000), expected)


def test_costs_by_the_day_are_paid_by_the_month_of_thirty_days(tmp_path: Path) -> None:
    net = network(tmp_path, "{opening: 1 CNY, fixed_costs: 0.5 CNY/day}")
    assert net.purses[1].fixed == 30 * 50


def test_cash_of_one_firm_by_name_replaces_that_of_its_group(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    text = CHAIN.replace("WORKS", "{opening: 1 CNY}").replace("MILL", "{opening: 2 CNY}").replace("TERM", "0 s")
    text = text.replace("makes: steel", "makes: steel, count: 2").replace("END", "2024-02-01")
    file.write_text(text + "firms: {mill 02: {cash: {opening: 3 CNY, floor: 1 CNY}}}\n", encoding="utf-8")
    net = build(load(file))
    found = {net.firms[purse.firm].name: (purse.cash, purse.floor) for purse in net.purses}
    assert found == {"mill 01": (200, 0), "mill 02": (300, 100), "works": (100, 0)}


# ---------------------------------------------------------------------------------------------- runs


def test_who_is_down_to_the_floor_stops_buying_until_paid(tmp_path: Path) -> None:
    """The mill: 100, less 30 on days 0 and 2, is at its floor of 40 on day 4 and buys nothing.  The works pay on day
    5: 80, and it buys what it owes since day 4; it is down to 30 on day 8 and stands still on day 10.  The works' 20
    do not cover the 40 due then; on day 11 the first car is paid, so the works pay both that are due, and the mill
    buys again.
    """
    run = simulate(network(tmp_path))
    assert money(run, state.PAID) == [
        (0, "world", 30),
        (2, "world", 30),
        (5, "mill", 40),
        (5, "world", 30),
        (6, "world", 30),
        (7, "mill", 40),
        (8, "world", 30),
        (11, "works", 100),
        (11, "mill", 40),
        (11, "mill", 40),
        (11, "world", 30),
    ]
    shipped = [(day, of) for day, of, _ in money(run, state.SHIPPED)]
    assert [day for day, of in shipped if of == "works"] == [0, 2, 5, 6, 8, 11]
    assert cash(run) == {"works": 40, "mill": 80}


def test_an_unpaid_claim_makes_its_buyer_insolvent_and_the_chain_stands_still(tmp_path: Path) -> None:
    """The claim of day 5, due on day 10, is unpaid three days later: it and that of day 6 are written off, 80 short; so
    is that of day 8, due on day 13.  The works make and buy nothing more, the mill is left with 30 at a floor of 40.
    """
    run = simulate(network(tmp_path, "{opening: 100 CNY, insolvent_after: 3 days}", term="20 days", end="2024-01-31"))
    assert own(run, state.INSOLVENT) == [(13, "works", 80)]
    assert money(run, state.WRITTEN_OFF) == [(13, "mill", 40), (13, "mill", 40), (13, "mill", 40)]
    assert max(day for day, of, _ in money(run, state.SHIPPED) if of != "works") == 8
    demanded = [row.tick // DAY for row in rows_of(run.log) if row.kind == state.DEMANDED]
    assert demanded == list(range(0, 30, 2))  # its customers go on ordering, and wait
    # What it is owed still comes in: the cars of days 0, 2, 5, 6 and 8.
    paid = [(day, amount) for day, of, amount in money(run, state.PAID) if of == "works"]
    assert paid == [(20, 100), (22, 100), (25, 100), (26, 100), (28, 100)]
    assert cash(run) == {"works": 520, "mill": 30}


def test_a_claim_sold_on_delivery_brings_its_amount_less_the_yearly_rate_for_its_term(tmp_path: Path) -> None:
    """5 % a year for 73 days, a fifth of a year, is 1 %: 99 CNY at once, and the buyer pays the 100 to the bank."""
    works = "{opening: 100 CNY, discounting: 5%}"
    run = simulate(network(tmp_path, works, "{opening: 10_000 CNY}", term="73 days", end="2024-01-03"))
    assert money(run, state.DISCOUNTED) == [(0, "works", 1)]
    assert cash(run) == {"works": 199, "mill": 10_000 - 30}
    run = simulate(network(tmp_path, works, "{opening: 10_000 CNY}", term="73 days", end="2024-03-15"))
    assert [(day, amount) for day, of, amount in money(run, state.PAID) if of == "works"] == [(73, 100)]
    cars = len([row for row in rows_of(run.log) if row.kind == state.DISCOUNTED])
    steel = len([1 for _, of, _ in money(run, state.PAID) if of == "mill"])
    assert cash(run)["works"] == 100 + 99 * cars - 40 * steel


def test_running_costs_and_interest_are_paid_each_month_of_thirty_days(tmp_path: Path) -> None:
    """Fifteen cars a month at 100 CNY, steel at 40 five days later.  Day 30: 1,500 in, 13 x 40 out (cars up to day 24),
    2,000 and a tenth of sales spent: -1,170.  Day 60: 1,500 in, 15 x 40 out: -270; 36.5 % a year on it for 30 days is
    3 %: 8.10; 2,150 spent: -2,428.10.
    """
    works = "{credit_line: 9_000 CNY, fixed_costs: 2_000 CNY/month, running_costs: 10%, interest: 36.5%}"
    run = simulate(network(tmp_path, works, "{opening: 10_000 CNY}", term="0 s", end="2024-03-01"))
    assert own(run, state.SPENT) == [(30, "works", 2_150)]
    run = simulate(network(tmp_path, works, "{opening: 10_000 CNY}", term="0 s", end="2024-03-02"))
    assert own(run, state.SPENT) == [(30, "works", 2_150), (60, "works", 2_150)]
    assert own(run, state.INTEREST) == [(60, "works", 8.10)]
    at_month_end = -270 - 8.10 - 2_150
    assert cash(run)["works"] == pytest.approx(
        at_month_end + 100
    )  # the car of day 60; the steel of day 54 is due at 59


def test_all_that_is_paid_and_written_off_is_what_was_delivered_and_fell_due(tmp_path: Path) -> None:
    for patience in ("", ", insolvent_after: 3 days"):
        net = network(tmp_path, f"{{opening: 100 CNY{patience}}}", term="20 days", end="2024-02-20")
        run = simulate(net)
        for lane, row in enumerate(net.lanes):
            received = [r for r in rows_of(run.log) if r.kind == state.RECEIVED and r.entity == lane]
            due = sum(r.quantity * row.price for r in received if r.tick + row.terms < net.horizon)
            settled = sum(
                r.quantity for r in rows_of(run.log) if r.kind in (state.PAID, state.WRITTEN_OFF) and r.entity == lane
            )
            assert run.end is not None
            late = sum(c.amount for c in run.end.claims if c.amount and not c.paid and c.lane == lane)
            undue = sum(r.quantity * row.price for r in received if r.tick + row.terms >= net.horizon)
            assert settled + late == due + undue


def test_where_nobody_is_short_cash_changes_no_delivery(tmp_path: Path) -> None:
    rich = simulate(network(tmp_path, "{opening: 1 million CNY}", "{opening: 1 million CNY}", end="2024-02-20"))
    kinds = (state.PLACED, state.SHIPPED, state.RECEIVED, state.STARTED, state.FINISHED)
    text = CHAIN.replace(", cash: WORKS", "").replace(", cash: MILL", "").replace("TERM", "11 days")
    file = tmp_path / "without.yaml"
    file.write_text(text.replace("END", "2024-02-20"), encoding="utf-8")
    free = simulate(build(load(file)))
    assert [row for row in rows_of(rich.log) if row.kind in kinds] == [
        row for row in rows_of(free.log) if row.kind in kinds
    ]
