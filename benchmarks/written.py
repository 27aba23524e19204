"""Scenarios that a program writes, in chainsim's own language: what would be too long to type.

In: how many suppliers, firms, chains, years.  Out: YAML text.  Every number is made up; only the size is meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

START = "2024-01-01"


def suppliers(count: int = 400, days: int = 365) -> str:
    """Case (b): one plant, `count` suppliers that always have stock, one part each, ordered every day."""
    names = [f"part {number:03}" for number in range(1, count + 1)]
    return f"""\
chainsim: 1
title: One plant and {count} suppliers, one part each
study: {{start: {START}, end: {day(days)}, seed: 7, replications: 1}}
parts:
  product: {{price: {250 * count} CNY, needs: {{{", ".join(f"{name}: 1" for name in names)}}}}}
{_lines(f"  {name}: {{price: 200 CNY}}" for name in names)}
plants:
  works: {{makes: product, component_stock: base_stock(400), finished_stock: base_stock(200), review: 1 day}}
outside:
{_lines(f"  supplier of {name}: {{supplies: [{name}], lead_time: 2 days}}" for name in names)}
markets:
  customers: {{buys: product, every: 1 day, quantity: 100}}
"""


def tiers(count: int = 400, days: int = 365) -> str:
    """Case (c): a plant, `count` suppliers of one part each, three suppliers of each of these; (s, S) everywhere."""
    names = [f"part {number:03}" for number in range(1, count + 1)]
    below = {name: [f"{name} {letter}" for letter in "abc"] for name in names}
    needs = {name: ", ".join(f"{part}: 1" for part in below[name]) for name in names}
    return f"""\
chainsim: 1
title: A plant, {count} suppliers, {3 * count} of theirs
study: {{start: {START}, end: {day(days)}, seed: 11, replications: 1}}
parts:
  product: {{price: {250 * count} CNY, needs: {{{", ".join(f"{name}: 1" for name in names)}}}}}
{_lines(f"  {name}: {{price: 200 CNY, needs: {{{needs[name]}}}}}" for name in names)}
{_lines(f"  {part}: {{price: 40 CNY}}" for name in names for part in below[name])}
plants:
  works: {{makes: product, capacity: 120/day, batch: 100,
          finished_stock: "s_S(300, 400)", component_stock: "s_S(550, 700)"}}
tiers:
  tier 1: {{capacity: 150/day, lead_time: 2 ± 0.5 days,
           finished_stock: "s_S(500, 600)", component_stock: "s_S(700, 800)"}}
  tier 2: {{capacity: 160/day, finished_stock: "s_S(500, 600)", lead_time: 2 ± 0.7 days}}
suppliers:
{_lines(f"  {name}: {{tier: 1}}" for name in names)}
{_lines(f"  {part}: {{tier: 2}}" for name in names for part in below[name])}
markets:
  customers: {{buys: product, rate: 100/day, noise: 10%}}
"""


MODULES, MATERIALS = 10, 5  # kinds of parts of the first and of the second tier in each chain of the city
MAKERS, MILLS = 10, 60  # firms that make one of them


def city(chains: int = 34, years: int = 5) -> str:
    """Case (e): chains of a plant and 400 suppliers; one material of each chain is shared with the next chain."""
    parts, plants, makers, mills, markets = [], [], [], [], []
    for chain in range(1, chains + 1):
        modules = [f"module {chain:02}-{kind:02}" for kind in range(1, MODULES + 1)]
        materials = [f"material {chain:02}-{kind}" for kind in range(1, MATERIALS + 1)]
        neighbour = f"material {chain % chains + 1:02}-{MATERIALS}"
        parts.append(
            f"  vehicle {chain:02}: {{price: 100_000 CNY, needs: {{{', '.join(f'{name}: 1' for name in modules)}}}}}"
        )
        for kind, name in enumerate(modules):
            needs = [materials[kind % MATERIALS], materials[(kind + 2) % MATERIALS], neighbour if kind == 0 else ""]
            wanted = sorted({need for need in needs if need})
            parts.append(
                f"  {name}: {{price: 7_000 CNY, lot: 4, needs: {{{', '.join(f'{need}: 2' for need in wanted)}}}}}"
            )
            rule = "8 days" if kind % 3 else '"s_S(500, 560)"'
            makers.append(
                f"  {name}: {{count: {{city: {MAKERS // 2}, province: {MAKERS // 2}}}, finished_stock: {rule}}}"
            )
        for name in materials:
            parts.append(f"  {name}: {{price: 800 CNY, lot: 10, needs: {{raw material: 1}}}}")
            mills.append(f"  {name}: {{tier: 2, count: {{city: {MILLS // 3}, province: {MILLS - MILLS // 3}}}}}")
        plants.append(
            f"  works {chain:02}: {{makes: vehicle {chain:02}, capacity: 1_400/day, batch: 100, finished_stock: 2 days,"
            " component_stock: 3 days, review: 1 day, pays_after: 90 days}"
        )
        markets.append(
            f"  buyers {chain:02}: {{buys: vehicle {chain:02}, rate: {900 + 10 * (chain % 7)}/day, noise: 10%}}"
        )
    return f"""\
chainsim: 1
title: A city of {chains} chains
study: {{start: {START}, end: {int(START[:4]) + years}-01-01, seed: 34, replications: 1}}
parts:
{_lines(parts)}
  raw material: {{price: 300 CNY, lot: 10}}
plants:
{_lines(plants)}
tiers:
  tier 1: {{capacity: 130% of plan, finished_stock: 8 days, component_stock: 10 days, review: 2 days,
           lead_time: {{city: 6 ± 2 h, province: 1 ± 0.3 days}}, pays_after: 60 days}}
  tier 2: {{capacity: 140% of plan, finished_stock: 10 days, component_stock: 14 days, review: 1 week, sources: 4,
           lead_time: 1 ± 0.3 days, pays_after: 30 days}}
suppliers:
{_lines(makers)}
{_lines(mills)}
outside:
  rest of the country: {{lead_time: 3 ± 0.7 days}}
markets:
{_lines(markets)}
"""


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def day(days: int) -> str:
    """The date after so many days."""
    return (date.fromisoformat(START) + timedelta(days)).isoformat()
