"""How a firm makes and stocks, from YAML through the engine: small plants calculated by hand, tick by tick.

A market orders at each midnight; ticks are hours.  Each scenario says one thing more than the plant that just delivers.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from chainsim.model.state import (
    CONSUMED,
    FINISHED,
    LINE_LEVEL,
    LOST,
    PLACED,
    RELEASED,
    SCRAPPED,
    SHIPPED,
    STARTED,
)
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.testing import rows_of, simulate

BASE = """
chainsim: 1
study: {{start: 2024-01-01, end: 2024-01-{end:02d}, tick: 1 h{study}}}
parts:
  car: {{price: 1_000 CNY, needs: {{seat: 2}}}}
  seat: {{price: 100 CNY{seat}}}
plants:
  works: {{makes: car{works}}}
outside:
  world: {{}}
markets:
  buyers: {{buys: car, rate: {rate}/day{buyers}}}
"""


class Story:
    """What happened in a run, by kind: (hour, quantity), summed over what happens at once."""

    def __init__(self, tmp_path: Path, days: int, rate: int, works: str = "", more: str = "", **said: str) -> None:
        said = {key: f", {said.get(key, '')}" if said.get(key) else "" for key in ("study", "seat", "buyers")}
        works = f", {works}" if works else ""
        file = tmp_path / "scenario.yaml"
        file.write_text(BASE.format(end=days + 1, rate=rate, works=works, **said) + more, encoding="utf-8")
        self.network = build(load(file))
        self.rows = rows_of(simulate(self.network).log)

    def name(self, kind: int, entity: int) -> str:
        """The firm that buys over a lane, else the part of a stock point."""
        net = self.network
        if kind in (PLACED, SHIPPED, LOST):
            return net.firms[net.stocks[net.lanes[entity].buyer].firm].name
        return net.parts[net.stocks[entity].part].name

    def __call__(self, kind: int, name: str = "") -> list[tuple[int, int]]:
        found: Counter[int] = Counter()
        for row in self.rows:
            if row.kind == kind and name in ("", self.name(kind, row.entity)):
                found[row.tick] += row.quantity
        return sorted(found.items())


def days(**by_day: int) -> list[tuple[int, int]]:
    """`day0=3, day2=5` as (hour, quantity)."""
    return [(24 * int(day.removeprefix("day")), quantity) for day, quantity in by_day.items()]


# 3 cars in stock, 4 ordered a day; whatever is missing is made at once, in 2 days.
SHORT = "finished_stock: base_stock(3), process_time: 2 days"


def test_demand_that_nobody_waits_for_is_lost(tmp_path: Path) -> None:
    """Stock comes on days 2 and 4, before the demand of the day; what it does not meet is lost."""
    story = Story(tmp_path, 5, 4, f"{SHORT}, backlog: none")
    assert story(SHIPPED, "buyers") == days(day0=3, day2=3, day4=3)
    assert story(LOST) == days(day0=1, day1=4, day2=1, day3=4, day4=1)
    assert story(RELEASED) == days(day0=3, day2=3, day4=3)


def test_demand_waits_up_to_the_limit(tmp_path: Path) -> None:
    """At most 2 wait.  Day 0: 3 leave, 1 waits.  Day 1: 1 may wait, 3 are lost.  Day 2: 4 are finished, 2 for those who
    waited, 2 for the 4 new ones, of whom the others may wait.  Day 3: nobody may."""
    story = Story(tmp_path, 4, 4, f"{SHORT}, backlog: 2")
    assert story(SHIPPED, "buyers") == days(day0=3, day2=4)
    assert story(LOST) == days(day1=3, day3=4)


def test_without_a_limit_nothing_is_lost(tmp_path: Path) -> None:
    story = Story(tmp_path, 5, 4, SHORT)
    assert story(LOST) == []


def test_complete_orders_wait_until_all_is_there(tmp_path: Path) -> None:
    """3 in stock are too few for 4.  Day 2: 4 are finished, 7 are there: one order leaves, 3 are left."""
    story = Story(tmp_path, 3, 4, f"{SHORT}, deliveries: complete")
    assert story(SHIPPED, "buyers") == days(day2=4)


def test_what_is_no_whole_order_is_lost_as_a_whole(tmp_path: Path) -> None:
    story = Story(tmp_path, 2, 4, f"{SHORT}, deliveries: complete, backlog: none")
    assert story(LOST) == days(day0=4, day1=4)


OTHERS = "  others: {buys: car, rate: 2/day}\n"


@pytest.mark.parametrize(
    ("allocation", "buyers", "others"),
    [("proportional", 3, 1), ("priority, priority: 1", 2, 2)],
)
def test_who_is_served_when_stock_is_short(tmp_path: Path, allocation: str, buyers: int, others: int) -> None:
    """4 cars for orders of 6 and 2: in proportion 3 and 1; the others first, 2 and 2."""
    works = f"finished_stock: base_stock(4), process_time: 2 days, allocation: {allocation}"
    market = OTHERS + "lanes: [{buyer: buyers, supplier: works, priority: 2}]\n"
    story = Story(tmp_path, 1, 6, works, market)
    assert story(SHIPPED, "buyers") == days(day0=buyers)
    assert story(SHIPPED, "others") == days(day0=others)


def test_scrap_is_made_again(tmp_path: Path) -> None:
    """To order, 4 of 5 are good.  Of 10, 8 are; of the 2 that lack, 1.6, so 1 and 0.6 carried; of the last one 0.8 and
    0.6, so 1.  13 are started for 10, and 26 seats are used."""
    story = Story(tmp_path, 1, 10, "yield: 80%, component_stock: base_stock(100)")
    assert story(SHIPPED, "buyers") == days(day0=10)
    assert story(STARTED) == days(day0=13)
    assert story(SCRAPPED) == days(day0=3)
    assert story(CONSUMED) == days(day0=26)
    assert story(PLACED, "works") == days(day0=26)


def test_a_set_up_comes_before_the_first_batch_of_an_order(tmp_path: Path) -> None:
    """20 cars in batches of 5 at 10 a day: set up for 6 hours, then 12 hours a batch, 54 in all; then the next 20."""
    story = Story(tmp_path, 4, 10, "set_up: 6 h, batch: 5, capacity: 10/day", buyers="every: 2 days")
    assert story(FINISHED) == [(18, 5), (30, 5), (42, 5), (54, 5), (72, 5), (84, 5)]


def test_a_set_up_alone_takes_the_line(tmp_path: Path) -> None:
    story = Story(tmp_path, 2, 10, "set_up: 6 h, batch: 5")
    assert story(FINISHED) == [(6, 10), (30, 10)]


def test_a_line_stands_still_at_the_weekend_and_catches_up_no_sooner_than_it_can(tmp_path: Path) -> None:
    """One car a day takes a day.  Friday's is ready as the weekend begins, Saturday's after Monday's work."""
    weekdays = "calendars: {weekdays: {closed: [saturday, sunday]}}\n"
    story = Story(tmp_path, 12, 1, "process_time: 1 day, calendar: weekdays", weekdays)
    assert story(FINISHED) == [(24 * day, 1) for day in (1, 2, 3, 4, 5, 8, 9, 10, 11)]


def test_a_batch_goes_on_with_the_next_shift(tmp_path: Path) -> None:
    """A car takes 12 hours of shifts from 20 h to 4 h: 8 in the first night, 4 in the second."""
    nights = "calendars: {nights: {hours: {from: 20 h, until: 4 h}}}\n"
    story = Story(tmp_path, 4, 1, "process_time: 12 h, calendar: nights", nights)
    # The night before has 4 hours left on day 0; day 0's car takes them and 8 more.
    assert story(FINISHED) == [(28, 1), (72, 1)]


def test_a_breakdown_stops_what_is_in_process_and_a_repair_lets_it_go_on(tmp_path: Path) -> None:
    """A car takes a day; the line stops for 12 hours, 36 after it began to run.

    The second car has had 12 hours at hour 36 and gets 12 more from 48 on.  The third is ready at 84, just as the
    line stops again; the fourth begins at 96.
    """
    story = Story(tmp_path, 6, 1, "process_time: 1 day, breakdowns: {every: 36 h, repair: 12 h}")
    assert story(FINISHED) == [(24, 1), (60, 1), (84, 1), (120, 1)]
    assert story(LINE_LEVEL, "car") == [(36, 0), (48, 10**6), (84, 0), (96, 10**6), (132, 0)]


def test_production_comes_in_whole_lots(tmp_path: Path) -> None:
    """10 are made when 4 are ordered; 6 are left, then 2, which are 2 too few, so 10 more."""
    story = Story(tmp_path, 4, 4, "production_lot: 10")
    assert story(RELEASED) == days(day0=10, day2=10)
    assert story(SHIPPED, "buyers") == days(day0=4, day1=4, day2=4, day3=4)


def test_finished_goods_may_be_reviewed_now_and_then(tmp_path: Path) -> None:
    """Reviews at midnight see the final demand of that midnight: one day's on the first, two days' later."""
    story = Story(tmp_path, 5, 4, "finished_stock: base_stock(20), finished_review: 2 days")
    assert story(RELEASED) == days(day0=4, day2=8, day4=8)


def test_an_order_is_at_least_the_minimum(tmp_path: Path) -> None:
    """8 seats are used a day: 0 are left and 20 come, 12 are left, 4 are left and 20 come, 16 and 8 are left."""
    story = Story(tmp_path, 5, 4, "component_stock: base_stock(8)", seat="minimum: 20")
    assert story(PLACED, "works") == days(day0=20, day2=20)


def test_a_fixed_quantity_is_ordered_at_the_reorder_point(tmp_path: Path) -> None:
    """r = 10, Q = 16, so 26 seats at first; 8 are used a day: 18, then 10 and 16 come, 18, 10 and 16 come."""
    story = Story(tmp_path, 6, 4, 'component_stock: "r_Q(10, 16)"')
    assert story(PLACED, "works") == days(day1=16, day3=16, day5=16)


def test_a_moving_average_amplifies_a_step_of_demand(tmp_path: Path) -> None:
    """Chen et al.: an order is the demand and P/n of its difference to that of n periods ago.

    Demand doubles from 4 to 8 on day 4; n = 2, P = 2 (a day of review, a day of cover): 8 + (8 - 4) twice, then 8.
    Reviews at midnight see the demand of that midnight.
    """
    step = "policies: {more: {from: 2024-01-05, change: {markets.buyers.rate: 8/day}}}\n"
    works = 'finished_stock: "moving_average(1 day, 2)", finished_review: 1 day'
    story = Story(tmp_path, 9, 4, works, step.replace("policies", "disruptions"))
    assert story(RELEASED) == days(day0=4, day1=4, day2=4, day3=4, day4=12, day5=12, day6=8, day7=8, day8=8)


def test_an_echelon_position_orders_what_has_left_the_echelon(tmp_path: Path) -> None:
    """The works holds cars and seats; its seats' echelon falls by 2 for each car that is sold, made or not."""
    works = "finished_stock: base_stock(10), component_stock: echelon_base_stock(50), review: 2 days"
    story = Story(tmp_path, 5, 4, works)
    assert story(PLACED, "works") == days(day0=8, day2=16, day4=16)
    seats = next(p for p in story.network.stocks if p.role == "bought")
    assert seats.on_hand == 50 - 2 * 10


def test_reviews_come_before_or_after_the_receipts_of_their_tick(tmp_path: Path) -> None:
    """Two days' production is reviewed at the midnight on which it would be finished, too early to see its scrap."""
    works = "finished_stock: base_stock(0), finished_review: 1 day, process_time: 1 day, yield: 50%"
    after = Story(tmp_path, 4, 4, works, buyers="every: 4 days")
    before = Story(tmp_path, 4, 4, works, buyers="every: 4 days", study="sequence: reviews_first")
    # 16 cars at day 0, seen on that day or the next; half of them are scrap a day later, and made again at once or the
    # day after.
    assert after(RELEASED) == days(day0=16, day1=8, day2=4, day3=2)
    assert before(RELEASED) == days(day1=16, day3=8)
