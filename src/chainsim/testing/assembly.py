"""A finished sketch as a Network: names become indices, times become laws or constants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from chainsim.model import state
from chainsim.model.distributions import Constant, Distribution
from chainsim.model.network import (
    Change,
    Closure,
    Draw,
    Hit,
    Line,
    Need,
    Network,
    Shock,
    Stage,
    StockPoint,
    Transit,
)
from chainsim.testing.drawing import Drawing
from chainsim.testing.keys import Key, Target


class Laws:
    """The streams of random times in the order in which they are named."""

    def __init__(self, tick_seconds: Fraction) -> None:
        self.tick_seconds = tick_seconds
        self.rows: dict[Draw, int] = {}

    def number(self, purpose: str, owner: str, law: Distribution) -> int:
        return self.rows.setdefault(Draw(purpose, owner, law), len(self.rows))

    def split(self, purpose: str, owner: str, time: Any) -> tuple[int, int]:
        """(law, constant ticks) of a time; constants need no stream."""
        constant = 0
        if isinstance(time, tuple):
            constant, time = time
        if isinstance(time, int):
            return -1, constant + time
        if isinstance(time, Constant):
            return -1, constant + round(Fraction(time.moments[0]) / self.tick_seconds)
        return self.number(purpose, owner, time), constant


def assemble(sketch: Drawing) -> Network:
    """The frozen network of a sketch; every table sorted by name."""
    firms = sorted(sketch.firms)
    lane_keys = sorted(sketch.lanes)
    need_keys = sorted(sketch.needs)
    at = {key: index for index, key in enumerate(sorted(sketch.stocks))}
    lane_at = {key: index for index, key in enumerate(lane_keys)}
    line_at = {key: index for index, key in enumerate(sorted(sketch.lines))}
    laws = Laws(sketch.tick_seconds)
    lanes = []
    for key in lane_keys:
        lane, time = sketch.lanes[key]
        law, constant = laws.split("lead time", f"{key[1][0]}>{key[0][0]}>{key[0][1]}", time)
        price = sketch.parts[key[0][1]].price if lane.price < 0 else lane.price
        lanes.append(replace(lane, buyer=at[key[0]], supplier=at[key[1]], law=law, lead_time=constant, price=price))
    calendars: dict[tuple[Closure, ...], int] = {}
    lines = [_line(sketch, key, at[key], laws, calendars) for key in line_at]

    def target(aim: Target) -> tuple[str, int]:
        match aim:
            case (firm, part):
                return "line", line_at[firm, part, "made"]
            case (firm, part, "stock"):
                key: Key = (firm, part, "made")
                return "stock", at[key if key in at else (firm, part, "bought")]
            case (name, part, "market"):
                return "market", at[name, part, "sold"]
        return "lane", lane_at[sketch.lane_key(*aim)]

    shocks = []
    for name, stages, aims, options in sorted(sketch.shocks, key=lambda shock: shock[0]):
        rows = []
        for number, (level, wait) in enumerate(stages):
            law, constant = laws.split("stage", f"{name}>{number}", wait)
            rows.append(Stage(level, constant, law))
        law, constant = laws.split("shock", name, options["wait"])
        hits = tuple(Hit(*target(aim), loses) for aim, loses in aims)  # type: ignore[arg-type]
        shocks.append(Shock(name, tuple(rows), hits, constant, law, options["again"], options["between"]))
    tables: dict[int, Mapping[Any, int]] = {
        kind: at
        for kind in (
            state.SET_LEVELS,
            state.SET_REVIEW,
            state.SET_SHORTAGE,
            state.SET_SOURCING,
            state.SET_FORECAST,
        )
    }
    tables |= dict.fromkeys(
        (state.SET_LANE_SHARE, state.SET_LANE_TIME, state.SET_LANE_TERMS, state.SET_LANE_RANK), lane_at
    )
    tables |= dict.fromkeys((state.SET_LINE_SPEED, state.SET_LINE_TIME, state.SET_YIELD), line_at)
    tables[state.SET_NEED] = {key: index for index, key in enumerate(need_keys)}
    return Network(
        firms=tuple(sketch.firms[name] for name in firms),
        parts=tuple(sketch.parts[name] for name in sorted(sketch.parts)),
        stocks=_stocks(sketch, line_at),
        lanes=tuple(lanes),
        lines=tuple(lines),
        needs=tuple(Need(at[made], at[component], sketch.needs[made, component]) for made, component in need_keys),
        markets=tuple(replace(sketch.markets[key], stock=at[key]) for key in sorted(sketch.markets)),
        draws=tuple(laws.rows),
        transits=tuple(Transit(lane_at[key], tick, quantity) for key, tick, quantity in sketch.transits),
        changes=tuple(
            Change(tick, kind, tables[kind][key], values)
            for tick, kind, key, values in sorted(sketch.changes, key=lambda change: change[0])
        ),
        horizon=sketch.horizon,
        start=date(2024, 1, 1),
        tick_seconds=sketch.tick_seconds,
        seed=sketch.seed,
        calendars=tuple(calendars),
        shocks=tuple(shocks),
        growths=tuple(replace(growth, line=line_at[key]) for key, growth in sketch.growths),
        purses=tuple(replace(sketch.purses[name], firm=firms.index(name)) for name in sorted(sketch.purses)),
        reviews_first=sketch.early_reviews,
    )


def _line(sketch: Drawing, key: Key, stock: int, laws: Laws, calendars: dict[tuple[Closure, ...], int]) -> Line:
    line, time, making = sketch.lines[key]
    owner = f"{key[0]}>{key[1]}"
    law, constant = laws.split("process time", owner, time)
    line = replace(line, stock=stock, law=law, fixed=constant)
    if making.get("closed"):
        calendar = tuple(Closure(begin, end) for begin, end in making["closed"])
        line = replace(line, calendar=calendars.setdefault(calendar, len(calendars)))
    if "up" in making:
        up, repair = laws.number("up time", owner, making["up"]), laws.number("repair time", owner, making["repair"])
        line = replace(line, up_law=up, repair_law=repair)
    return line


def _stocks(sketch: Drawing, line_at: Mapping[Key, int]) -> tuple[StockPoint, ...]:
    firms, parts = sorted(sketch.firms), sorted(sketch.parts)
    user = {component: made for made, component in sketch.needs}
    under_way = dict.fromkeys(sketch.stocks, 0)
    for lane_key, _, quantity in sketch.transits:
        under_way[lane_key[0]] += quantity
    stocks = []
    for key in sorted(sketch.stocks):
        point = sketch.stocks[key]
        line = line_at.get(key, line_at.get(user[key], -1) if key in user else -1)
        on_hand = sketch.opening.get(key, max(0, point.order_up_to - under_way[key]))
        firm, part = firms.index(key[0]), parts.index(key[1])
        stocks.append(replace(point, firm=firm, part=part, line=line, on_hand=on_hand))
    return tuple(stocks)
