"""Write scenarios/china-35-sectors.yaml: China's input-output table of 2011 as a network of firms.

Each sector becomes a supplier that makes its product from those of the others, and a car maker buys what the sector
Transport equipment buys.  The table is the one that `chainsim.economy.input_output` ships, and so are the values that
the scenario expects.

    .venv/bin/python tools/input_output_scenario.py
"""

from __future__ import annotations

from pathlib import Path

from chainsim.economy.input_output import Table, china_2011, closed

FILE = Path(__file__).parents[1] / "scenarios" / "china-35-sectors.yaml"
SECTOR = "Transport equipment"
LOCAL = 0.4  # share of all purchases that is made in the city
POINT = 0.01  # how far off the near misses are
DECIMALS = 9  # of coefficients: products with quantities stay within 64 bits
WIDTH = 120

HEAD = """\
# China's 35 sectors as firms of one city: what a yuan of car-making brings to it, by the share of purchases made there.
#
# Source: World Input-Output Database, release of 2013, China 2011, total technical coefficients (Timmer, M. P.,
# Dietzenbacher, E., Los, B., Stehrer, R. and de Vries, G. J. 2015, "An Illustrated User Guide to the World Input-Output
# Database: the Case of Global Automotive Production", Review of International Economics 23, 575-605).
# Written by tools/input_output_scenario.py from the table in chainsim.economy.input_output; change it there.
#
# A unit of a sector's product is a yuan's worth, and the smallest quantity a fen.  The car maker stands for one firm of
# Transport equipment with the sector's own purchases, among them of other firms of that sector.  Everybody buys 40 % of
# everything in the city and the rest outside.  Stocks are ample and pass every order on, so that the multipliers are
# those of (I - 0.4 A)^-1 to within whole fen.  For another share:
#
#     chainsim run scenarios/china-35-sectors.yaml --set "suppliers.*.share.city=20%"
#
# `expect` is for 40 %.  Households, which sell nothing to other sectors in China's table, are left out.
chainsim: 1
title: China's 35 sectors
allow_cycles: true
study: {start: 2011-01-01, end: 2011-01-11, replications: 1}
"""

MIDDLE = """\
plants:
  car maker: {makes: cars, ring: city, finished_stock: base_stock(1_000_000), component_stock: base_stock(1_000_000)}
tiers:
  tier 1: {finished_stock: base_stock(1_000_000), component_stock: base_stock(1_000_000)}
suppliers:
"""

TAIL = """\
outside:
  rest of the world: {ring: nation}
markets:
  drivers: {buys: cars, every: 1 day, quantity: 3_000}
"""


def scenario(table: Table) -> str:
    """The text of the scenario."""
    bought = [name for name, row in zip(table.sectors, table.total, strict=True) if row.any()]
    lines = ["parts:", *part(table, "cars", SECTOR)]
    for name in bought:
        lines += part(table, name, name)
    suppliers = [f"  {name}: {{share: {{city: {LOCAL:.0%}}}}}" for name in bought]
    return HEAD + "\n".join(lines) + "\n" + MIDDLE + "\n".join(suppliers) + "\n" + TAIL + expectations(table)


def part(table: Table, name: str, sector: str) -> list[str]:
    """A part that needs what `sector` buys; lines are broken between components, as a name must not be."""
    column = table.total[:, table.index(sector)]
    needs = [
        f"{bought}: {need:.{DECIMALS}f}"
        for bought, need in zip(table.sectors, column, strict=True)
        if round(need, DECIMALS) > 0
    ]
    lines = [f"  {name}: {{price: 1 CNY, resolution: 0.01, lot: 0.01, needs: {{"]
    for number, need in enumerate(needs):
        end = "}}" if number == len(needs) - 1 else ","
        glue = "" if lines[-1].endswith("{") else " "
        if len(lines[-1] + glue + need + end) > WIDTH:
            lines.append("    " + need + end)
        else:
            lines[-1] += glue + need + end
    if not needs:
        lines[0] = lines[0].replace(", needs: {", "}")
    return lines


def expectations(table: Table) -> str:
    """What the multipliers must be, and what they would be at a share one point lower or higher."""
    measures = {
        "gross multiplier": ["measure: city_multiplier"],
        "value added of a yuan": [
            "measure: multipliers.simulated",
            "of: {ring: city, measure: value added, group: apart}",
        ],
    }
    shares = (LOCAL, LOCAL - POINT, LOCAL + POINT)
    lines = ["expect:"]
    for name, value, *unlike in zip(measures, *(multipliers(table, local) for local in shares), strict=True):
        keys = [
            *measures[name],
            f"expected: {value:.9f}",
            f"reference: column of {SECTOR} of (I - {LOCAL:g} A)^-1, by chainsim.economy.input_output",
            "within: 0.1%",
            f"unlike: [{', '.join(f'{other:.9f}' for other in unlike)}]",
        ]
        lines += [f"  {name}:", *(f"    {key}" for key in keys)]
    return "\n".join(lines) + "\n"


def multipliers(table: Table, local: float) -> tuple[float, float]:
    """Revenue and value added in the region per yuan that the car maker sells."""
    maker = table.index(SECTOR)
    tail = closed(table, table.total[:, maker], local)
    return 1 + float(tail.output.sum()), float(table.value_added[maker] + tail.value_added.sum())


if __name__ == "__main__":
    FILE.write_text(scenario(china_2011()), encoding="utf-8")
    print(f"wrote {FILE.name}")
