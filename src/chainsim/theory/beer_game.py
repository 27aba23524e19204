"""The beer game as a recursion over periods: stages in a row, delays of orders and shipments, order-up-to rules.

Each period, in this order: shipments arrive and go to waiting orders first; orders that were placed `order_delay`
periods ago are received (the first stage receives the customers' demand) and served or backordered; every stage
orders up to  level + cover x mean of the orders received in the last `window` periods, never below 0.  With
order_delay 0 an order is received in the same period, after all stages have ordered.  Shipments take `ship_delay`
periods; the last stage makes what it orders in `production_delay` periods, without limit.  Before period 0 all was
steady at `initial_demand`: pipelines full, positions at their targets.

In: demand by period (its last value continues), policies by stage from the customer upwards.  Out: one number of
the path.  Quantities are real numbers.  Source: the game is Sterman (1989), Management Science 35.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from chainsim.theory.domain import not_negative, positive, rank, same_length
from chainsim.theory.registry import Numbers, formula

SOURCE = "Sterman (1989), Modeling managerial behavior, Management Science 35; recursion with order-up-to rules"


@dataclass(slots=True)
class Stage:
    """One stage: stock, waiting orders, what is on order, pipelines, and what it has seen and done."""

    level: float
    cover: float
    on_hand: float
    on_order: float
    received: deque[float]
    orders_under_way: deque[float]
    shipments: deque[float]
    backlog: float = 0.0
    ordered: list[float] = field(default_factory=list)
    backlogs: list[float] = field(default_factory=list)
    stocks: list[float] = field(default_factory=list)

    def arrive(self) -> float:
        """Take in what is due; what goes on to waiting orders."""
        quantity = self.shipments.popleft()
        self.on_order -= quantity
        self.on_hand += quantity
        return self.serve(0.0)

    def serve(self, order: float) -> float:
        """Book an order and ship what stock allows; what is shipped."""
        self.backlog += order
        shipped = min(self.backlog, self.on_hand)
        self.backlog -= shipped
        self.on_hand -= shipped
        return shipped

    def review(self) -> float:
        """Order up to the target."""
        target = self.level + self.cover * sum(self.received) / len(self.received)
        order = max(0.0, target - (self.on_hand + self.on_order - self.backlog))
        self.on_order += order
        self.ordered.append(order)
        return order


def play(
    demand: Numbers,
    initial_demand: float,
    periods: int,
    levels: Numbers,
    covers: Numbers | None,
    window: int,
    order_delay: int,
    ship_delay: int,
    production_delay: int,
) -> list[Stage]:
    """The stages after `periods` periods."""
    covers = covers or [0.0] * len(levels)
    same_length(levels=levels, covers=covers)
    same_length(demand=demand)
    positive(periods=periods, window=window, ship_delay=ship_delay, production_delay=production_delay)
    not_negative(initial_demand=initial_demand, order_delay=order_delay)
    stages = []
    for i, (level, cover) in enumerate(zip(levels, covers, strict=True)):
        last = i == len(levels) - 1
        transit = production_delay if last else ship_delay
        on_order = initial_demand * (transit if last else transit + order_delay)
        # Without order delay the last order came after the stage's own review and is not reordered yet.
        served = initial_demand if i and not order_delay else 0.0
        on_hand = level + cover * initial_demand - on_order - served
        if on_hand < 0:
            raise ValueError(
                f"stage {i + 1} cannot start steadily: its target is below the {on_order + served:g} on order"
            )
        stages.append(
            Stage(
                level,
                cover,
                on_hand,
                on_order,
                deque([initial_demand] * window, maxlen=window),
                deque([] if last else [initial_demand] * order_delay),
                deque([initial_demand] * transit),
            )
        )
    for period in range(periods):
        customer = demand[min(period, len(demand) - 1)]
        shipped = [stage.arrive() for stage in stages]
        for i, stage in enumerate(stages):
            if i == 0 or order_delay:
                order = stages[i - 1].orders_under_way.popleft() if i else customer
                stage.received.append(order)
                shipped[i] += stage.serve(order)
        placed = [stage.review() for stage in stages]
        for i, order in enumerate(placed[:-1]):
            if order_delay:
                stages[i].orders_under_way.append(order)
            else:
                stages[i + 1].received.append(order)
                shipped[i + 1] += stages[i + 1].serve(order)
        for i, stage in enumerate(stages):
            stage.shipments.append(shipped[i + 1] if i + 1 < len(stages) else placed[i])
            stage.stocks.append(stage.on_hand)
            stage.backlogs.append(stage.backlog)
    return stages


@formula(source=SOURCE)
def beer_game_peak_order(
    stage: int,
    demand: Numbers,
    initial_demand: float,
    periods: int,
    levels: Numbers,
    covers: Numbers | None = None,
    window: int = 1,
    order_delay: int = 1,
    ship_delay: int = 2,
    production_delay: int = 2,
) -> float:
    """Largest order that a stage of the beer game places in one period."""
    rank("stage", stage, len(levels))
    stages = play(demand, initial_demand, periods, levels, covers, window, order_delay, ship_delay, production_delay)
    return max(stages[stage - 1].ordered)


@formula(source=SOURCE)
def beer_game_total_orders(
    stage: int,
    demand: Numbers,
    initial_demand: float,
    periods: int,
    levels: Numbers,
    covers: Numbers | None = None,
    window: int = 1,
    order_delay: int = 1,
    ship_delay: int = 2,
    production_delay: int = 2,
) -> float:
    """Units that a stage of the beer game orders in all periods together."""
    rank("stage", stage, len(levels))
    stages = play(demand, initial_demand, periods, levels, covers, window, order_delay, ship_delay, production_delay)
    return sum(stages[stage - 1].ordered)


@formula(source=SOURCE)
def beer_game_peak_backlog(
    stage: int,
    demand: Numbers,
    initial_demand: float,
    periods: int,
    levels: Numbers,
    covers: Numbers | None = None,
    window: int = 1,
    order_delay: int = 1,
    ship_delay: int = 2,
    production_delay: int = 2,
) -> float:
    """Largest number of units that wait at a stage of the beer game at the end of a period."""
    rank("stage", stage, len(levels))
    stages = play(demand, initial_demand, periods, levels, covers, window, order_delay, ship_delay, production_delay)
    return max(stages[stage - 1].backlogs)


@formula(source=SOURCE)
def beer_game_cost(
    holding_cost: float,
    backorder_cost: float,
    demand: Numbers,
    initial_demand: float,
    periods: int,
    levels: Numbers,
    covers: Numbers | None = None,
    window: int = 1,
    order_delay: int = 1,
    ship_delay: int = 2,
    production_delay: int = 2,
) -> float:
    """Cost of stock and of waiting orders at the ends of all periods, all stages of the beer game together."""
    not_negative(holding_cost=holding_cost, backorder_cost=backorder_cost)
    stages = play(demand, initial_demand, periods, levels, covers, window, order_delay, ship_delay, production_delay)
    return sum(holding_cost * sum(stage.stocks) + backorder_cost * sum(stage.backlogs) for stage in stages)
