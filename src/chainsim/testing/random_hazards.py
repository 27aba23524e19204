"""What happens to a random network: shocks, growth, shortage of cash, dated changes of every kind."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from chainsim.model.network import WHOLE_SHARE, Role
from chainsim.testing.random_values import Plan, Purchase, random_law, random_quantity, random_shares


def add_shocks(plan: Plan) -> None:
    """One to three disruptions of anything, some of them random, partial, recurring or of several targets."""
    choose = plan.choose
    for number in range(choose.integer(1, 3)):
        hits = [_target(plan) for _ in range(choose.integer(1, 2))]
        stages: list[tuple[int, Any]] = []
        for _ in range(choose.integer(1, 2)):
            level = choose.pick([0, 0, WHOLE_SHARE // 2, 300_000, 123_457]) if plan.partial else 0
            wait: Any = choose.integer(1, 12)
            if plan.luck and choose.chance(30):
                wait = (1, random_law(choose, 8))
            stages.append((level, wait))
        wait = choose.integer(0, 25)
        if plan.luck and choose.chance(40):
            wait = (choose.integer(0, 5), random_law(choose, 12))
        again = choose.chance(30)
        plan.sketch.shock(f"shock{number}", hits, stages, wait=wait, again=again, between=choose.integer(1, 10))


def _target(plan: Plan) -> Any:
    choose = plan.choose
    match choose.integer(0, 3):
        case 0:
            return choose.pick(plan.made)
        case 1:
            purchase = choose.pick(plan.purchases)
            return (purchase.firm, choose.pick(purchase.suppliers), purchase.part)
        case 2:
            firm, part = choose.pick([*plan.made, *plan.warehouses])
            return ((firm, part, "stock"), choose.pick([0, 300_000, WHOLE_SHARE]))
    markets = [purchase for purchase in plan.purchases if purchase.role == "sold"]
    market = choose.pick(markets)
    return (market.firm, market.part, "market")


def add_growth(plan: Plan) -> None:
    """Lines that expand when busy or shrink when idle."""
    choose = plan.choose
    for _ in range(choose.integer(1, 2)):
        firm, part = choose.pick(plan.made)
        by = choose.pick([500_000, WHOLE_SHARE, 250_000, -300_000])
        plan.sketch.growth(
            firm,
            part,
            choose.integer(3, 15),
            choose.integer(1, 9) * 100_000,
            by,
            build=choose.integer(0, 10),
            cost=choose.pick([0, 20, 100]),
            most=choose.integer(1, 3),
        )


def add_purses(plan: Plan) -> None:
    """Firms with little cash."""
    choose = plan.choose
    firms = sorted({firm for firm, _ in plan.made} | {firm for firm, _ in plan.warehouses})
    for firm in firms:
        if choose.chance(60):
            plan.sketch.purse(
                firm,
                choose.integer(-20, 200),
                credit=choose.pick([0, 50]),
                floor=choose.pick([0, 0, 20, -30]),
                patience=choose.pick([-1, 0, 5, 12]),
                fixed=choose.pick([0, 5, 30]),
                of_sales=choose.pick([0, 200_000]),
                interest=choose.pick([0, 120_000]),
                discount=choose.pick([-1, -1, 100_000]),
                month=choose.integer(5, 12),
                year=120,
            )


def add_changes(plan: Plan) -> None:
    """Up to three dated changes, more where more can change."""
    choose = plan.choose
    for _ in range(choose.integer(0, 3 if len(plan.mechanisms) < 4 else 5)):
        _change(plan, choose.integer(0, 40), *choose.pick(plan.made), choose.pick(plan.purchases))


def _change(plan: Plan, tick: int, firm: str, part: str, purchase: Purchase) -> None:
    """One change of a line, and of a stock point that buys, whichever the kind is about."""

    choose, sketch = plan.choose, plan.sketch
    buyer, component, role, into, suppliers = purchase
    firms = role != "sold"
    match choose.integer(0, 14):
        case 0 | 1 | 2:
            sketch.speed_at(tick, firm, part, 0)
            sketch.speed_at(tick + choose.integer(1, 15), firm, part, choose.integer(1, 3))
        case 3 if firms:
            level = choose.integer(0, 30)
            sketch.levels_at(tick, buyer, component, role, level - choose.integer(1, 5), level)
        case 4:
            shares = random_shares(choose, len(suppliers))
            sketch.share_at(tick, buyer, component, dict(zip(suppliers, shares, strict=True)))
        case 5:
            freight = choose.integer(1, 5) if plan.uses("freight") else 0
            terms, price = choose.integer(0, 60), choose.integer(1, 9)
            sketch.terms_at(tick, buyer, suppliers[0], component, terms, price, freight)
            sketch.lead_time_at(tick, buyer, suppliers[0], component, choose.integer(0, 9))
        case 6 if into:
            sketch.need_at(tick, buyer, into, component, random_quantity(choose) / 4)
        case 7:
            sketch.batch_at(tick, firm, part, choose.integer(0, 4), choose.integer(2, 6))
        case 8 if firms:
            minimum = choose.integer(0, 6) if plan.uses("minimum") else 0
            review = choose.pick([0, 2, 5])
            sketch.review_at(tick, buyer, component, role, review, choose.pick([1, 1, 3]), minimum)
        case 9 if "yield" in plan.mechanisms or "set_up" in plan.mechanisms:
            good = Fraction(choose.integer(5, 10), 10) if "yield" in plan.mechanisms else 1
            sketch.yield_at(tick, firm, part, good, choose.integer(0, 4) if "set_up" in plan.mechanisms else 0)
        case 10 if "shortage" in plan.mechanisms or "priority" in plan.mechanisms:
            _change_of_shortage(plan, tick, choose.pick([(firm, part, "made"), *_depots(plan)]))
        case 11 if len(suppliers) > 1 and "sourcing" in plan.mechanisms:
            sourcing = choose.pick(["shares", "ranked", "whole_orders"])
            sketch.sourcing_at(tick, buyer, component, role, sourcing, plan.uses("switching", 60))  # type: ignore[arg-type]
        case 12 if "sourcing" in plan.mechanisms or "priority" in plan.mechanisms:
            ranks = list(range(len(suppliers)))
            if choose.chance(50):
                ranks.reverse()
            priority = choose.integer(0, 2) if "priority" in plan.mechanisms else 0
            sketch.rank_at(tick, buyer, component, dict(zip(suppliers, ranks, strict=True)), priority)
        case 13 if plan.forecasting:
            key = choose.pick(sorted(plan.forecasting))
            moving = plan.forecasting[key].kind == "moving_average"
            window = plan.forecasting[key].window if moving else choose.integer(1, 9) * 100_000
            sketch.forecast_at(tick, *key, window, choose.integer(0, 9))
        case 14 if plan.forecasting:
            key = choose.pick(sorted(plan.forecasting))
            sketch.levels_at(tick, *key, 0, choose.integer(0, 20))


def _depots(plan: Plan) -> list[tuple[str, str, Role]]:
    return [(firm, part, "bought") for firm, part in plan.warehouses]


def _change_of_shortage(plan: Plan, tick: int, key: tuple[str, str, Role]) -> None:
    choose = plan.choose
    backlog, complete = -1, False
    if "shortage" in plan.mechanisms:
        backlog, complete = choose.integer(-1, 5), choose.chance(40)
    allocation = "fifo"
    if "priority" in plan.mechanisms:
        allocation = choose.pick(["fifo", "priority", "priority" if complete else "proportional"])
    plan.sketch.shortage_at(tick, *key, backlog, complete, allocation)  # type: ignore[arg-type]
