"""The small test tables of pymrio and BoARIO, rebuilt as networks of firms: the same output, multipliers and losses.

Both are optional (`pip install "chainsim[peers]"`; `make nightly` installs them).  pymrio (Stadler 2021) does the
algebra of multi-regional tables; BoARIO (Juhel 2024) simulates ARIO (Hallegatte 2014) on such tables, day by day.
Their common test table has 6 regions of 8 sectors: 48 firms here, and none of the 48 x 48 coefficients is zero.

Statistics play no part: whole quanta are off by at most the bound of test_leontief.py, and losses are compared in sign,
since the two models differ in what they make of scarcity (here orders wait, there they are rationed and lost).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from chainsim.economy.leontief import compile_network
from chainsim.model.network import WHOLE_SHARE, Network
from chainsim.model.state import FINISHED, RELEASED
from chainsim.testing import Sketch, simulate
from chainsim.testing.input_output import Matrix, Reals, bound, economy, leontief, output, waiting

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.filterwarnings("ignore"),  # those of the peers and of what they import
]

SIZE = 48
YEAR = 365  # days; BoARIO's
FINE = 10**10  # largest denominator of a coefficient: the smallest is 5e-11
AMPLE = 10**15
SLACK = 1e-3  # quanta, of denominators and floating-point algebra, where output is up to 1e9


@dataclass(frozen=True)
class Table:
    """pymrio's table: names by row, A, final demand and output a year, and its own L."""

    system: Any
    regions: list[str]
    sectors: list[str]
    coefficients: Reals
    final: Reals
    output: Reals
    inverse: Reals

    @property
    def fractions(self) -> Matrix:
        return [[Fraction(x).limit_denominator(FINE) for x in row] for row in self.coefficients.tolist()]


@pytest.fixture(scope="module")
def table() -> Table:
    pymrio = pytest.importorskip("pymrio")
    system = pymrio.load_test().calc_all()
    return Table(
        system,
        list(system.get_regions()),
        list(system.get_sectors()),
        system.A.to_numpy(),
        system.Y.sum(axis=1).to_numpy(),
        system.x["indout"].to_numpy(),
        system.L.to_numpy(),
    )


def off_by_a_twentieth(a: Matrix, buyer: int) -> Matrix:
    """The largest of a buyer's coefficients is a twentieth larger."""
    wrong = [list(row) for row in a]
    largest = max(range(len(a)), key=lambda j: a[j][buyer])
    wrong[largest][buyer] *= Fraction(21, 20)
    return wrong


def transposed(a: Matrix) -> Matrix:
    return [list(row) for row in zip(*a, strict=True)]


def agrees(made: Reals, expected: Reals, room: Reals) -> bool:
    """Whole quanta stay behind real numbers by no more than the bound."""
    short = expected - made
    return bool((short >= -SLACK).all() and (short <= room + SLACK).all())


def test_the_compiled_inverse_is_pymrio_s(table: Table) -> None:
    network = economy(table.fractions, [1] * SIZE, 1, level=AMPLE)
    model = compile_network(network)
    assert len(model.stocks) == SIZE == len(table.regions) * len(table.sectors)
    compiled = np.linalg.inv(np.eye(SIZE) - model.purchases)
    assert np.abs(compiled - table.inverse).max() < 1e-9
    for buyer in range(SIZE):
        assert np.abs(leontief(off_by_a_twentieth(table.fractions, buyer)) - table.inverse).max() > 1e-6


def test_total_output_is_pymrio_s(table: Table) -> None:
    """The table's final demand in whole quanta, three years' at once a year: x of each of 48 firms."""
    a, years = table.fractions, 3
    f = np.rint(table.final).astype(int)
    network = economy(a, f.tolist(), years, level=AMPLE)
    made = output(network, simulate(network).log, RELEASED)
    room = bound(a)
    assert room.sum() < 1e-6 * table.output.sum()
    assert agrees(made, years * (table.inverse @ f), room)
    rounding = table.inverse @ np.abs(f - table.final)
    assert (np.abs(made / years - table.output) <= room / years + rounding + SLACK).all()
    for wrong in (off_by_a_twentieth(a, 0), off_by_a_twentieth(a, SIZE - 1), transposed(a)):
        assert not agrees(made, years * (leontief(wrong) @ f), room)


def test_gross_multipliers_are_the_column_sums_of_pymrio_s_inverse(table: Table) -> None:
    """A hundred million quanta a day for five days, of one sector at a time; all 48."""
    a, demand, days = table.fractions, 10**8, 5
    room = bound(a).sum() / (demand * days)
    assert room < 1e-5
    across = leontief(transposed(a)).sum(axis=0)
    for sector in range(SIZE):
        network = economy(a, [demand * (i == sector) for i in range(SIZE)], days, level=AMPLE)
        measured = output(network, simulate(network).log, RELEASED).sum() / (demand * days)
        assert -1e-8 <= table.inverse.sum(axis=0)[sector] - measured <= room, sector
        for near_miss in (leontief(off_by_a_twentieth(a, sector)).sum(axis=0), across):
            assert abs(near_miss[sector] - measured) > room, sector


# ------------------------------------------------------------------------------------------ losses

HIT = ("reg1", "manufactoring")  # the table's own spelling
TICKS = 100  # a day
DAYS, BEGIN, OUTAGE = 120, 10, 20


@dataclass(frozen=True)
class Resilience:
    """What contains losses: days of components in stock, spare capacity, whether others deliver instead."""

    inventories: int = 6
    spare: Fraction = Fraction(1, 20)
    substitution: bool = False


@dataclass(frozen=True)
class Losses:
    """What is missing over the run: shares of production, and days of final demand (not delivered, or late)."""

    production: float
    final: float


def ppm(weights: Reals) -> list[int]:
    """Shares that sum to a million, by largest remainder."""
    exact = weights / weights.sum() * WHOLE_SHARE
    shares = np.floor(exact).astype(int)
    shares[np.argsort(shares - exact)[: WHOLE_SHARE - shares.sum()]] += 1
    return shares.tolist()


def firms(table: Table, resilience: Resilience, struck: bool, days: int = DAYS) -> tuple[Network, Reals, Reals]:
    """The table as 48 firms that keep 8 components each, bought in 6 regions by shares; f and x, quanta a day.

    The sector that is hit has lines of its output and what is to spare, in all regions; the others make any amount.
    What is scarce goes to firms first, then to markets: where those who make a part need it themselves, first come,
    first served can leave them without, for ever.
    """
    f = np.rint(table.final * (20_000 / table.output.sum())).astype(int)
    x = table.inverse @ f
    count = len(table.sectors)
    names = [f"{region} {sector}" for region in table.regions for sector in table.sectors]
    hit = table.sectors.index(HIT[1])
    sketch = Sketch(days * TICKS)
    for i, name in enumerate(names):
        product = table.sectors[i % count]
        line: dict[str, Any] = {}
        if i % count == hit:
            pace = TICKS / ((1 + resilience.spare) * Fraction(x[i]).limit_denominator(1000))
            line = {"servers": 1, "batch": max(1, int(x[i] / 20)), "per_quantum": pace}
        sketch.make(name, product, int(np.ceil(1.5 * x[i])) + 20, allocation="priority", **line)
        for k, component in enumerate(table.sectors):
            sources = table.coefficients[k::count, i]
            sketch.buy(
                name,
                component,
                product,
                Fraction(float(sources.sum())).limit_denominator(10**6),
                dict(zip(names[k::count], ppm(sources), strict=True)),
                int(np.ceil(resilience.inventories * sources.sum() * x[i])) + 5,
                switches=resilience.substitution,
            )
        if f[i]:
            sketch.market(f"market of {name}", product, name, every=TICKS, quantity=int(f[i]))
            sketch.lane(f"market of {name}", name, product, priority=1)
    if struck:
        sketch.shock("outage", [(" ".join(HIT), HIT[1])], [(0, OUTAGE * TICKS)], wait=BEGIN * TICKS)
    return sketch.network(), f, x


def ours(table: Table, resilience: Resilience) -> Losses:
    network, f, x = firms(table, resilience, struck=True)
    log = simulate(network).log
    made = log.events[log.events[:, 1] == FINISHED][:, 4].sum()
    return Losses(1 - made / (x.sum() * DAYS), waiting(network, log) / (TICKS * f.sum()))


def theirs(table: Table, resilience: Resilience, struck: bool = True) -> tuple[Losses, Reals]:
    """BoARIO with the same resilience, and its production, float64[days, 48], in the rows' order of the table."""
    pandas = pytest.importorskip("pandas")
    models, simulation, event = (
        pytest.importorskip(f"boario.{name}") for name in ("extended_models", "simulation", "event")
    )
    model = models.ARIOPsiModel(
        table.system,
        order_type="alt" if resilience.substitution else "noalt",  # orders go to who has capacity
        alpha_max=1 + float(resilience.spare),
        alpha_tau=30,
        main_inv_dur=resilience.inventories,
        psi_param=0.8,
        inventory_restoration_tau=30,
    )
    run = simulation.Simulation(model, n_temporal_units_to_sim=DAYS)
    if struck:
        impact = pandas.Series(1.0, index=pandas.MultiIndex.from_tuples([HIT], names=["region", "sector"]))
        outage = event.from_series(
            impact,
            event_type="arbitrary",
            occurrence=BEGIN,
            duration=OUTAGE,
            recovery_tau=1,
            recovery_function="linear",
        )
        run.add_event(outage)
    run.loop()
    made = run.production_realised[list(table.system.x.index)].to_numpy()
    a_day = table.final.sum() / YEAR
    unmet = float(run.final_demand_unmet.to_numpy().sum())
    return Losses(1 - made.sum() / (table.output.sum() / YEAR * DAYS), unmet / a_day), made


def test_without_a_shock_both_stay_where_they_are(table: Table) -> None:
    """BoARIO's production is x / 365 every day; here it is so within the bound, each day, with the table's f / 365."""
    losses, made = theirs(table, Resilience(), struck=False)
    assert np.abs(made / (table.output / YEAR) - 1).max() < 1e-9
    assert abs(losses.production) < 1e-9
    assert abs(losses.final) < 1e-9
    a = table.fractions
    f = np.rint(table.final / YEAR).astype(int)
    network = economy(a, f.tolist(), 30, level=AMPLE)
    log = simulate(network).log
    room = bound(a) + table.inverse @ np.abs(f - table.final / YEAR) + SLACK
    before = np.zeros(SIZE)
    for day in range(1, 31):
        total = output(network, log, RELEASED, day)
        assert (np.abs(total - before - made[day - 1]) <= room).all(), day
        before = total
    limited, *_ = firms(table, Resilience(), struck=False)
    assert waiting(limited, simulate(limited).log) == 0


SPARE = (Fraction(1, 20), Fraction(1, 4), Fraction(1))
WHOLE_QUANTA = 1.6e-4  # of production: a quantum for each of 48 x 8 components, of 120 days' 20,000

BETTER = {
    "inventories": Resilience(inventories=12),
    "spare capacity": Resilience(spare=Fraction(1, 4)),
    "substitution": Resilience(substitution=True),
}


@pytest.mark.parametrize("changed", BETTER)
def test_both_say_that_each_of_them_contains_losses(table: Table, changed: str) -> None:
    """Of one change at a time, final demand loses less in both; production no more."""
    for before, after, room in (
        (ours(table, Resilience()), ours(table, BETTER[changed]), WHOLE_QUANTA),
        (theirs(table, Resilience())[0], theirs(table, BETTER[changed])[0], 0.0),
    ):
        assert after.final < before.final
        assert after.production <= before.production + room


def grid(losses: Callable[[Resilience], Losses], substitution: Sequence[bool]) -> tuple[Reals, Reals]:
    """Losses of production and final demand by inventories, spare capacity and substitution, each rising."""
    found = [
        [[losses(Resilience(days, spare, switching)) for switching in substitution] for spare in SPARE]
        for days in (2, 4, 8)
    ]
    production, final = (
        np.array([[[getattr(one, name) for one in row] for row in plane] for plane in found])
        for name in ("production", "final")
    )
    return production, final


def test_more_of_any_never_costs_more_here(table: Table) -> None:
    production, final = grid(lambda resilience: ours(table, resilience), (False, True))
    for axis in range(3):
        assert np.diff(final, axis=axis).max() <= 0
        assert np.diff(production, axis=axis).max() <= WHOLE_QUANTA
    assert final.min() > 0


def test_more_of_any_never_costs_more_there(table: Table) -> None:
    """Of BoARIO: inventories and spare capacity without substitution, and substitution at each of these.

    With it, and inventories of two days, its losses rise with spare capacity (from 71.8 to 72.6 % of production
    in an outage of ten days, twice the capacity): orders crowd at who has capacity.  So that is left out.
    """
    production, final = grid(lambda resilience: theirs(table, resilience)[0], (False, True))
    for losses in (production, final):
        without = losses[..., 0]
        assert max(np.diff(without, axis=axis).max() for axis in range(2)) <= 1e-9
        assert np.diff(losses, axis=2).max() <= 0
