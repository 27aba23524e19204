"""Laws of money: claims, payments and cash of the firms whose cash is followed."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE
from chainsim.testing.books import Books
from chainsim.testing.replay import replay
from chainsim.testing.run import Row, Run


def a_claim_is_paid_once_when_it_is_due_and_the_money_is_there(run: Run) -> None:
    """Never before it is due, in full, and never out of cash and credit that lack; where the buyer's cash is not
    followed, or there is enough of it, on the day.  What an insolvent firm owes is written off, on that day or when it
    is due."""
    network = run.network
    free: dict[int, int] = {}
    for tick, row, books in replay(run):
        till = books.till
        if row is not None and row.kind in (state.PAID, state.WRITTEN_OFF):
            claim = next(c for c in till.claims if c.order == row.order and c.settled == tick and c.amount >= 0)
            settled = [c for c in till.claims if c.order == row.order and c.settled >= 0]
            claim = settled[-1]
            assert row.quantity == claim.amount, (row, claim)
            assert row.entity == claim.lane, (row, claim)
            assert claim.due <= tick, (row, claim)
            if row.kind == state.WRITTEN_OFF:
                assert claim.buyer in till.insolvent, row
            else:
                assert claim.buyer not in till.insolvent, row
                if claim.buyer >= 0:
                    assert free[claim.buyer] >= row.quantity, (row, free[claim.buyer])
        if row is None:
            for claim in till.claims:
                if claim.settled < 0 and claim.due <= tick and claim.buyer < 0:
                    raise AssertionError(f"{claim}: not paid on tick {tick}")
            for purse in range(len(network.purses)):
                late = till.late(purse, tick)
                if late:
                    assert purse not in till.insolvent, late[0]
                    assert till.free(purse) < late[0].amount, (tick, late[0], till.free(purse))
        free = {purse: till.free(purse) for purse in range(len(network.purses))}


def late_claims_are_paid_in_the_order_in_which_they_were_due(run: Run) -> None:
    """Who waits longest for a buyer's money has it first."""
    for tick, row, books in replay(run):
        if row is not None and row.kind == state.PAID:
            claim = [c for c in books.till.claims if c.order == row.order and c.settled >= 0][-1]
            if claim.buyer >= 0:
                late = books.till.late(claim.buyer, tick)
                assert not late or late[0].due >= claim.due, (row, late[0])


def running_costs_and_interest_are_paid_every_month(run: Run) -> None:
    """Fixed costs and the share of the month's sales, and interest on what is drawn of the credit; fees of claims sold
    on delivery are a discount for the time to run."""
    network = run.network
    expected: dict[tuple[int, int, int], int] = {}
    found: Counter[tuple[int, int, int]] = Counter()
    months: dict[int, int] = dict.fromkeys(range(len(network.purses)), 1)
    sales = [0] * len(network.purses)
    cash = [purse.cash for purse in network.purses]
    insolvent: set[int] = set()

    def close_months(until: int) -> None:
        for number, purse in enumerate(network.purses):
            while months[number] * purse.month <= until:
                tick = months[number] * purse.month
                months[number] += 1
                if number in insolvent:
                    continue
                rate = purse.interest * purse.month // purse.year
                interest = max(0, -cash[number]) * rate // WHOLE_SHARE
                cash[number] -= interest
                spent = purse.fixed + sales[number] * purse.of_sales // WHOLE_SHARE
                cash[number] -= spent
                sales[number] = 0
                expected[tick, state.INTEREST, number] = interest
                expected[tick, state.SPENT, number] = spent

    before = 0
    for tick, row, books in replay(run):
        if row is not None and row.kind in (state.SPENT, state.INTEREST):
            found[tick, row.kind, row.entity] += row.quantity
        if row is not None and row.kind == state.DISCOUNTED:
            claim = books.till.claims[-1]
            purse = network.purses[claim.seller]
            rate = purse.discount * (claim.due - tick) // purse.year
            assert (claim.order, claim.lane) == (row.order, row.entity), row
            assert row.quantity == claim.amount * rate // WHOLE_SHARE, row
        if before < tick:
            close_months(tick - 1)
            # Months end early in a tick: only repayments of this tick may come before, which change no purse yet.
            close_months(tick)
            before = tick
        if row is None:
            cash = list(books.till.cash)
            for claim in books.till.claims:
                if claim.due - run.log.orders[claim.order, 5] == tick and claim.seller >= 0:
                    sales[claim.seller] += claim.amount
            insolvent = set(books.till.insolvent)
    close_months(run.log.horizon - 1)
    assert dict(found) == {key: amount for key, amount in expected.items() if amount}


def every_claim_is_sold_on_delivery_or_kept(run: Run) -> None:
    """A seller that discounts sells each claim that leaves time to run, and no other does."""
    for _, row, books in replay(run):
        if row is None:
            for claim in books.till.claims:
                purse = run.network.purses[claim.seller] if claim.seller >= 0 else None
                sells = purse is not None and purse.discount >= 0 and run.log.orders[claim.order, 5] > 0
                assert claim.sold == sells, claim


def patience_ends_in_insolvency(run: Run) -> None:
    """A firm is insolvent when a claim on it has been late for as long as patience lasts, or when it was beyond its
    credit at the end of two months running; and not before.

    The exact moment of a month's end within its tick is not in the log.
    """
    network = run.network
    night = [purse.cash + purse.credit for purse in network.purses]
    lows = [(-1, night)]
    for tick, row, books in replay(run):
        till = books.till
        free = [till.free(number) for number in range(len(network.purses))]
        if lows[-1][0] < tick:
            lows.append((tick, night))  # what the last night left, then the least of the tick
        night = free
        lows[-1] = (tick, [min(pair) for pair in zip(lows[-1][1], free, strict=True)])
        if row is not None and row.kind == state.INSOLVENT:
            purse = network.purses[row.entity]
            assert purse.patience >= 0, row
            late = [c for c in till.claims if c.buyer == row.entity and c.settled < 0]
            waited = any(c.due + purse.patience <= tick for c in late)
            of_month = tick % purse.month == 0 and tick > purse.month
            at = bisect_right(lows, tick - purse.month, key=lambda low: low[0]) - 1
            months = of_month and till.free(row.entity) < 0 and lows[at][1][row.entity] < 0
            assert waited or months, row
            missing = max(0, -till.free(row.entity)) + sum(c.amount for c in late if c.due <= tick)
            if not any(c.due == tick for c in late):
                assert row.quantity == missing, (row, missing)
        if row is None:
            for number, purse in enumerate(network.purses):
                if purse.patience >= 0 and number not in till.insolvent:
                    for claim in till.late(number, tick):
                        assert claim.due + purse.patience > tick, (tick, claim)


def an_insolvent_firm_does_nothing(run: Run) -> None:
    """It orders, releases, starts, ships, pays and invests nothing from then on."""
    network = run.network

    def doer(row: Row, books: Books) -> int:
        if row.kind in (state.RELEASED, state.STARTED, state.INVESTED):
            return row.entity
        if row.kind in (state.PLACED, state.PAID, state.SWITCHED):
            return network.lanes[row.entity].buyer
        return network.lanes[row.entity].supplier if row.kind == state.SHIPPED else -1

    for _, row, books in replay(run):
        if row is not None:
            p = doer(row, books)
            assert p < 0 or not books.insolvent[p], row
            if row.kind in (state.SPENT, state.INTEREST):
                assert row.entity not in books.till.insolvent, row


def nobody_buys_beyond_its_floor(run: Run) -> None:
    """A firm places orders only while its cash and credit are above the floor at which it stops."""
    network = run.network
    free: list[int] = [purse.cash + purse.credit for purse in network.purses]
    for _, row, books in replay(run):
        if row is not None and row.kind == state.PLACED:
            purse = books.till.purse_of[network.lanes[row.entity].buyer]
            if purse >= 0 and row.tick >= 0:
                assert free[purse] > network.purses[purse].floor, (row, free[purse])
        if row is None or row.kind != state.SWITCHED:
            free = [books.till.free(purse) for purse in range(len(network.purses))]
