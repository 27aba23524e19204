"""nagasim (Naga): (a) and (b), an entity an order, levels as stocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nagasim import build as nb

NAME, PACKAGE = "nagasim", "nagasim"
ENDS = {"c": "not written: some ten blocks for each of 1,601 firms"}


def serial(days: int, **_: Any) -> Callable[[], dict[str, float]]:
    """A demand becomes an order to each stage, as base stock has it; orders wait until all of it is there."""
    model = nb.Model(time_limit=days, warmup=0, replications=1, time_unit="days", record_logs=False)
    for name, level in (("shop", 6.49), ("wholesaler", 5.53), ("importer", 10.69)):
        model.add_level(name=name, initial=level, min=0)
    model.add_variable(name="demanded", initial=0.0)
    customer = model.create(distribution="Constant", dist_params={"value": 1.0})
    drawn = model.assign(
        assignments=[
            {"target": "entity.size", "expr": "max(0.01, NORM(5, 1))"},
            {"target": "demanded", "expr": "entity.size"},
        ]
    )
    customer >> drawn >> model.transfer(level="shop", amount="entity.size", wait=True) >> model.dispose()
    for seller, buyer, time in (("wholesaler", "shop", 1.0), ("importer", "wholesaler", 1.0), ("", "importer", 2.0)):
        order = model.create(distribution="Constant", dist_params={"value": 1.0})
        at = order >> model.assign(assignments=[{"target": "entity.size", "expr": "demanded"}])
        if seller:
            at = at >> model.transfer(level=seller, amount="entity.size", wait=True)
        at = at >> model.delay(dist_params={"value": time})
        at >> model.transfer(level=buyer, amount="entity.size", mode="add") >> model.dispose()
    return _run(model, 4 * days)


def suppliers(days: int, suppliers: int, **_: Any) -> Callable[[], dict[str, float]]:
    """Each day an order of each part; each day the works takes 100 of each and makes 100."""
    model = nb.Model(time_limit=days, warmup=0, replications=1, time_unit="days", record_logs=False)
    model.add_level(name="product", initial=200, min=0)
    works = model.create(distribution="Constant", dist_params={"value": 1.0})
    at: Any = works
    for number in range(suppliers):
        part = f"part {number}"
        model.add_level(name=part, initial=400, min=0)
        order = model.create(distribution="Constant", dist_params={"value": 1.0})
        (
            order
            >> model.delay(dist_params={"value": 2.0})
            >> model.transfer(level=part, amount="100", mode="add")
            >> model.dispose()
        )
        taken = model.transfer(level=part, amount="100", wait=True)
        at >> taken
        at = taken
    at >> model.transfer(level="product", amount="100", mode="add") >> model.dispose()
    customer = model.create(distribution="Constant", dist_params={"value": 1.0})
    customer >> model.transfer(level="product", amount="100", wait=True) >> model.dispose()
    return _run(model, (suppliers + 1) * days)


def _run(model: Any, orders: int) -> Callable[[], dict[str, float]]:
    def run() -> dict[str, float]:
        model.run()
        return {"orders": orders}

    return run


CASES = {"a": serial, "b": suppliers}
