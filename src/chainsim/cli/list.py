"""`chainsim list`: what there is to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from chainsim.registry import Registry

Rows = tuple[Sequence[str], list[tuple[object, ...]]]


@click.command("list")
@click.argument(
    "what",
    type=click.Choice(
        ["policies", "suppliers", "parts", "assumptions", "facts", "measures", "rules", "levers", "formulas", "runs"]
    ),
)
@click.argument("scenario", metavar="FILE", required=False, type=click.Path(path_type=str))
def command(what: str, scenario: str | None) -> None:
    """List what a scenario, or chainsim itself, has to offer.

    \b
    chainsim list policies scenarios/byd.yaml
    chainsim list rules
    """
    from chainsim.report.layout import print_table

    of_scenario: dict[str, Callable[[str], Rows]] = {
        "policies": _policies,
        "suppliers": _suppliers,
        "parts": _parts,
        "assumptions": _assumptions,
        "facts": _facts,
    }
    if what in of_scenario:
        if scenario is None:
            raise click.UsageError(
                f"chainsim list {what} needs a scenario, as in: chainsim list {what} scenarios/byd.yaml"
            )
        header, rows = of_scenario[what](scenario)
    else:
        header, rows = _ITSELF[what]()
    print_table(header, rows, whole=("run",))


def _policies(path: str) -> Rows:
    from chainsim.scenario.language.levers.sections import pulled
    from chainsim.scenario.load import load
    from chainsim.units import format_money

    loaded = load(path)
    study = loaded.scenario.study
    rows: list[tuple[object, ...]] = [("none", "the baseline", study.start, "", "", "", "yes")]
    for name, policy in loaded.scenario.policies.items():
        cost = format_money(policy.public_cost) if policy.public_cost else ""
        levers = ", ".join(pulled(policy.lever))
        in_study = "yes" if any(name in entry.split("+") for entry in study.policies) else ""
        rows.append((name, policy.title, policy.begin or study.start, policy.until or "", levers, cost, in_study))
    return ("policy", "what it does", "from", "until", "levers", "public cost", "in study"), rows


def _suppliers(path: str) -> Rows:
    from chainsim.scenario.load import load
    from chainsim.scenario.network.naming import firm_names

    rows: list[tuple[object, ...]] = []
    for name, group in load(path).scenario.suppliers.items():
        names = firm_names(name, group)
        rings = [ring or "city" for _, ring in names]
        counts = ", ".join(f"{rings.count(ring)} {ring}" for ring in dict.fromkeys(rings))
        rows.append((name, group.makes, group.tier, len(names), counts, names[0][0] if names else ""))
    return ("group", "makes", "tier", "firms", "by ring", "first firm"), rows


def _parts(path: str) -> Rows:
    from chainsim.scenario.load import load
    from chainsim.scenario.network.bill import bill
    from chainsim.units import format_money

    scenario = load(path).scenario
    found = bill(scenario)
    rows: list[tuple[object, ...]] = []
    for name, part in scenario.parts.items():
        needs = ", ".join(
            f"{float(units):.4g} {component}" for (made, component), units in found.coefficients.items() if made == name
        )
        rows.append((name, part.unit, format_money(found.prices[name]), needs))
    return ("part", "unit", "price", "needs per unit"), rows


def _assumptions(path: str) -> Rows:
    from chainsim.scenario.load import load

    rows: list[tuple[object, ...]] = [
        (row.path, row.value, row.source, row.confidence) for row in load(path).assumptions()
    ]
    return ("number", "value", "source", "confidence"), rows


def _facts(path: str) -> Rows:
    from chainsim.scenario.load import load

    facts = sorted(load(path).facts.values(), key=lambda fact: (not fact.series, fact.series))
    rows: list[tuple[object, ...]] = [
        (fact.series, fact.kind, fact.id, fact.item, fact.period, fact.value, fact.unit, fact.source, fact.confidence)
        for fact in facts
    ]
    return ("series", "kind", "id", "item", "period", "value", "unit", "source", "confidence"), rows


def _measures() -> Rows:
    from chainsim.economy.kpis import MEASURES

    return ("measure", "unit", "better", "meaning"), [(m.name, m.unit, m.better, m.meaning) for m in MEASURES]


def _rules() -> Rows:
    from chainsim.model.curves import curves
    from chainsim.model.distributions import distributions
    from chainsim.model.quantities import quantity_laws
    from chainsim.model.replenishment import replenishments
    from chainsim.model.sourcing import sourcings

    rows: list[tuple[object, ...]] = []
    registries: tuple[Registry[Any], ...] = (replenishments, sourcings, distributions, quantity_laws)
    for registry in registries:
        for name in registry:
            fields = registry.fields(name)
            call = f"{name}({', '.join(field.name for field in fields)})" if fields else name
            rows.append((registry.family, call, registry.meaning(name)))
    rows += [(curves.family, name, curves.meaning(name)) for name in curves]
    return ("family", "written as", "meaning"), rows


def _levers() -> Rows:
    from chainsim.scenario.language.levers.base import levers
    from chainsim.scenario.language.levers.sections import SECTIONS

    rows: list[tuple[object, ...]] = []
    for name in SECTIONS:
        fields = ", ".join(field.name if field.required else f"[{field.name}]" for field in levers.fields(name))
        rows.append((name, levers.meaning(name), fields, levers[name].SOURCE))
    return ("lever", "what it does", "fields", "source"), rows


def _formulas() -> Rows:
    from chainsim.theory import formulas

    rows: list[tuple[object, ...]] = []
    for name, formula in formulas.items():
        parameters = ", ".join(
            p.name if p.required else f"{p.name}={p.default if p.default is not None else '...'}"
            for p in formula.parameters
        )
        rows.append((f"{name}({parameters})", formula.meaning, formula.source))
    return ("written as", "meaning", "source"), rows


def _runs() -> Rows:
    from chainsim.report.figures import size
    from chainsim.results.inventory import runs_in

    rows: list[tuple[object, ...]] = [
        (
            run.folder.as_posix(),
            ", ".join(run.policies),
            run.replications,
            run.seed,
            f"{run.started:%Y-%m-%d %H:%M}" if run.started else "",
            size(run.size),
            run.state,
        )
        for run in runs_in(Path("results"))
    ]
    return ("run", "policies", "runs", "seed", "started (UTC)", "size", "state"), rows


_ITSELF: dict[str, Callable[[], Rows]] = {
    "measures": _measures,
    "rules": _rules,
    "levers": _levers,
    "formulas": _formulas,
    "runs": _runs,
}
