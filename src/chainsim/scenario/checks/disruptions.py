"""Disruptions that hit something: that they say when, for how long, and hit what there is.

In: a View of a scenario whose names all exist.  Out: problems and warnings.  What a dated change says is checked with
the policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chainsim.errors import Problem
from chainsim.model.distributions import Constant
from chainsim.scenario.checks.supply import groups
from chainsim.scenario.checks.view import View
from chainsim.scenario.language.disruptions import Disruption, Hits
from chainsim.scenario.language.schema import Scenario, Supplier
from chainsim.scenario.network.blueprint import spell_out
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.network.presence import HOME
from chainsim.scenario.text.nodes import Path
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.units import format_duration, shown

OF_A_MECHANISM = ("loses", "every", "lasts", "recovery", "stock", "stock_lost")
WITH_STOCK = ("firms", "suppliers", "plants", "districts", "rings", "parts")


def check_disruptions(view: View) -> Iterator[Problem]:
    """A mechanism is whole, and its dates and times make sense."""
    for name, disruption in view.scenario.disruptions.items():
        path: Path = ("disruptions", name)
        if disruption.hits is None:
            for key in OF_A_MECHANISM:
                if key in disruption.model_fields_set:
                    message = f"{key} of {name} is for a disruption that hits something"
                    yield view.problem((*path, key), message, "write `hits: {firms: [...]}`, or leave it out", key=True)
            continue
        if disruption.change:
            message = f"disruption {name} states both hits and change"
            yield view.problem((*path, "change"), message, "make two disruptions of it", key=True)
        if not any(getattr(disruption.hits, key) for key in Hits.model_fields):
            yield view.problem((*path, "hits"), f"disruption {name} hits nothing", "write `hits: {firms: [...]}`")
        yield from _losses(view, path, name, disruption)
        yield from _times(view, path, name, disruption)


def _losses(view: View, path: Path, name: str, disruption: Disruption) -> Iterator[Problem]:
    if disruption.loses == 0:
        message = f"loses of {name} is 0: it takes nothing from what it hits"
        yield view.problem((*path, "loses"), message, "write the share that is lost, such as 50%")
    if disruption.stock_lost is not None and "stock" in disruption.model_fields_set:
        message = f"{name} states both stock and stock_lost"
        yield view.problem((*path, "stock_lost"), message, "leave one of them out", key=True)
    elif disruption.destroyed and not any(getattr(disruption.hits, key) for key in WITH_STOCK):
        key = "stock" if disruption.stock_lost is None else "stock_lost"
        message = f"{key} of {name} is for the stock of firms, and it hits none"
        yield view.problem((*path, key), message, "name firms, suppliers, plants, districts, rings or parts")


def _times(view: View, path: Path, name: str, disruption: Disruption) -> Iterator[Problem]:
    study = view.scenario.study
    if disruption.until is not None:
        message = f"until of {name} is for dated changes; one that hits something lasts"
        yield view.problem((*path, "until"), message, "write `lasts: 14 days` instead", key=True)
    if disruption.begin is None and disruption.every is None:
        message = f"disruption {name} does not say when it sets in"
        yield view.problem(path, message, "write `from: 2024-09-01`, or `every: exponential(180 days)`", key=True)
    elif disruption.begin is not None and disruption.every is not None:
        message = f"disruption {name} states both from and every"
        yield view.problem((*path, "every"), message, "write the date of the one, or how often it comes", key=True)
    elif disruption.begin is not None and not study.start <= disruption.begin < study.end:
        message = f"{name} never sets in: the study runs from {study.start} to {study.end}"
        yield view.problem((*path, "from"), message, "move its date into the study", warning=True)
    if disruption.every is not None and disruption.every.moments[0] < study.tick:
        message = f"every of {name} must be at least a tick, {format_duration(study.tick)}"
        yield view.problem((*path, "every"), message, "write the time between two of them, such as 180 days")
    if disruption.lasts is None:
        for key in ("every", "recovery"):
            if getattr(disruption, key) is not None:
                message = f"{name} states {key} but not how long it lasts"
                yield view.problem((*path, key), message, "write `lasts: 14 days`", key=True)
    elif isinstance(disruption.lasts, Constant) and disruption.lasts.always == 0 and disruption.recovery is None:
        message = f"lasts of {name} is 0: what it hits is back at once"
        yield view.problem((*path, "lasts"), message, warning=True)


def check_hit_places(view: View) -> Iterator[Problem]:
    """Districts and rings that are hit have firms."""
    scenario = view.scenario
    rings = {ring or HOME for path, group in groups(scenario) for _, ring in firm_names(str(path[1]), group)}
    rings |= {group.moves.to for group in scenario.suppliers.values() if group.moves is not None}
    districts = _districts(scenario)
    for name, disruption in scenario.disruptions.items():
        if disruption.hits is None:
            continue
        path: Path = ("disruptions", name, "hits")
        for index, district in enumerate(disruption.hits.districts):
            if district not in districts:
                message = f"no firm is in district {shown(district)}{did_you_mean(district, districts)}"
                hint = f"there is {listed(districts)}" if districts else "state the `district` of firms"
                yield view.problem((*path, "districts", index), message, hint)
        for index, ring in enumerate(disruption.hits.rings):
            if ring not in rings:
                message = f"no firm is in ring {ring}: {name} hits nobody there"
                yield view.problem((*path, "rings", index), message, f"there is {listed(sorted(rings))}", warning=True)


def _districts(scenario: Scenario) -> list[str]:
    """The districts of all firms, in alphabetical order."""
    found: Iterable[str | None] = (
        *(group.district for _, group in groups(scenario)),
        *(
            firm.district
            for _, group in groups(scenario)
            if isinstance(group, Supplier)
            for firm in group.firms.values()
        ),
        *(firm.district for firm in scenario.firms.values()),
    )
    return sorted({district for district in found if district})


def check_hit_lanes(view: View) -> Iterator[Problem]:
    """Lanes that are hit run between their two ends."""
    named = [
        (("disruptions", name, "hits", "lanes", index), lane)
        for name, disruption in view.scenario.disruptions.items()
        if disruption.hits is not None
        for index, lane in enumerate(disruption.hits.lanes)
    ]
    if not named:
        return
    there = {(buyer[0], supplier[0], buyer[1]) for buyer, supplier in spell_out(view.scenario).lanes}
    for path, lane in named:
        found = [part for buyer, supplier, part in there if (buyer, supplier) == (lane.buyer, lane.supplier)]
        if not found:
            sellers = sorted({supplier for buyer, supplier, _ in there if buyer == lane.buyer})
            message = f"no lane runs from {lane.supplier} to {lane.buyer}"
            hint = f"{lane.buyer} buys from {listed(sellers)}" if sellers else f"{lane.buyer} buys nothing"
            yield view.problem(path, message, hint)
        elif lane.part is not None and lane.part not in found:
            message = f"{lane.supplier} does not send {lane.part} to {lane.buyer}"
            yield view.problem((*path, "part"), message, f"it sends {listed(sorted(found))}")
