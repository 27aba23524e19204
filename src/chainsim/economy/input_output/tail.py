"""The tail: what becomes of spending that no simulated firm carries, by the mathematics of input-output analysis.

In: a `Table`, yuan by sector, and the share of purchases that stays in the region.  Out: output, value added and
purchases outside, so that every yuan that went in is found again (`identity_error`).  Sectors of the region buy as the
country's do, a share `local` of everything from the region: A_R = local x A (Miller & Blair 2022, ch. 3).  This module
must not know networks, scenarios or runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainsim.economy.input_output.table import Matrix, Table, Vector


@dataclass(frozen=True, eq=False)
class Tail:
    """What a spending becomes; all in yuan.

    spending: by sector of the product, float64[n].
    first_round: the part of it that is bought in the region, float64[n].
    output: what the sectors of the region make for it, all rounds, float64[n].
    value_added: theirs, float64[n].
    imports: what is bought outside the region, of the spending and by the sectors.
    """

    spending: Vector
    first_round: Vector
    output: Vector
    value_added: Vector
    imports: float

    @property
    def identity_error(self) -> float:
        """How far value added in the region and imports are from the spending, per yuan of it; 0 without spending."""
        spent = float(self.spending.sum())
        found = float(self.value_added.sum()) + self.imports
        return abs(found - spent) / spent if spent else abs(found)


def closed(table: Table, spending: Vector, local: float, *, first: float | None = None) -> Tail:
    """Type I: x = (I - r A)^-1 r s of a spending s.

    spending: yuan by sector, float64[n], each >= 0.
    local: r, share of purchases that is made in the region, 0 to 1; `first` is that of the spending itself, if it
    differs from that of the sectors.
    Raises ValueError outside these ranges.  Source: Miller & Blair 2022, ch. 2, 3 and 6.
    """
    spent = _amounts(table, spending, "spending")
    bought = _share(local if first is None else first, "first" if first is not None else "local") * spent
    inside = _share(local, "local") * table.total
    output = _solve(inside, bought)
    sectors_buy = (table.total - inside).sum(axis=0) @ output
    return Tail(spent, bought, output, table.value_added * output, float((spent - bought).sum() + sectors_buy))


@dataclass(frozen=True, eq=False)
class Households:
    """How value added becomes spending; labour may differ by sector, all else is one number.

    labour: labour income per yuan of value added, 0 to 1, a number or float64[n].
    resident: share of labour income that residents of the region get.
    consumption: share of their income that they spend.
    local: share of that which they buy in the region.
    basket: what they buy, float64[n], weights of any size >= 0, not all 0.
    """

    labour: float | Vector
    resident: float
    consumption: float
    local: float
    basket: Vector

    def shares(self, table: Table) -> Vector:
        """The basket by sector, summing to 1, float64[n]; ValueError if it is not one of this table."""
        weights = _amounts(table, self.basket, "basket")
        if not weights.sum() > 0:
            raise ValueError("basket must not be empty")
        shares: Vector = weights / weights.sum()
        return shares


@dataclass(frozen=True, eq=False)
class Induced:
    """What households' spending of a labour income adds.

    income: the labour income that it begins with, yuan.
    wages: labour income that the sectors of the region pay on top, yuan, all rounds.
    tail: what all the spending becomes; its output is that of industries alone, without households.
    """

    income: float
    wages: float
    tail: Tail


def induced(table: Table, income: float, local: float, households: Households) -> Induced:
    """Type II minus Type I: the system closed with households, driven by a labour income, industry rows only.

    A yuan of consumption becomes m = w v (I - r A)^-1 r_h b yuan of wages in the region, of which residents spend
    k = resident x consumption.  So they spend C = k (income + m C) in all, and the rest is `closed`.

    income: labour income paid in the region, yuan, >= 0: by simulated firms, and w v x of a tail.
    Raises ValueError where shares are not, or where nothing leaks so that the rounds never end.
    Source: Miyazawa 1976; Miller & Blair 2022, sec. 2.5 and ch. 6.
    """
    if not (np.isfinite(income) and income >= 0):
        raise ValueError(f"income must be >= 0, got {income}")
    labour = np.broadcast_to(np.asarray(households.labour, dtype=np.float64), (len(table.sectors),))
    if not ((labour >= 0) & (labour <= 1)).all():
        raise ValueError("labour must be from 0 to 1")
    spends = _share(households.resident, "resident") * _share(households.consumption, "consumption")
    basket = households.shares(table)
    wages_per_yuan = float(labour @ closed(table, basket, local, first=households.local).value_added)
    if spends * wages_per_yuan >= 1:
        raise ValueError("households earn as much as they spend: the rounds of spending never end")
    consumption = spends * income / (1 - spends * wages_per_yuan)
    tail = closed(table, consumption * basket, local, first=households.local)
    return Induced(income, wages_per_yuan * consumption, tail)


@dataclass(frozen=True, eq=False)
class Beyond:
    """What one yuan bought from a sector of the country becomes.

    output: of the country's sectors, yuan per yuan, float64[n].
    value_added: theirs, float64[n].
    abroad: what they buy abroad, yuan per yuan.
    """

    sector: str
    output: Vector
    value_added: Vector
    abroad: float

    @property
    def identity_error(self) -> float:
        """How far value added in the country and purchases abroad are from one yuan."""
        return abs(float(self.value_added.sum()) + self.abroad - 1)


def beyond(table: Table, sector: str) -> Beyond:
    """v'(I - A_d)^-1 e of a sector, and the imports m'(I - A_d)^-1 e beside it, with m the columns of A - A_d.

    Raises ValueError for an unknown sector.  Source: Miller & Blair 2022, ch. 4.
    """
    output = _solve(table.domestic, table.spread({sector: 1.0}))
    imports = (table.total - table.domestic).sum(axis=0)
    return Beyond(sector, output, table.value_added * output, float(imports @ output))


def _solve(purchases: Matrix, demand: Vector) -> Vector:
    """x = (I - A)^-1 f; a table's matrices are productive, and smaller ones all the more."""
    return np.asarray(np.linalg.solve(np.eye(len(demand)) - purchases, demand), dtype=np.float64)


def _amounts(table: Table, amounts: Vector, name: str) -> Vector:
    """Amounts by sector, checked."""
    checked = np.array(amounts, dtype=np.float64)
    if checked.shape != (len(table.sectors),):
        raise ValueError(f"{name} has shape {checked.shape}, but there are {len(table.sectors)} sectors")
    if not (np.isfinite(checked).all() and (checked >= 0).all()):
        raise ValueError(f"{name} must be finite and >= 0")
    return checked


def _share(value: float, name: str) -> float:
    """A share, checked."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be from 0 to 1, got {value}")
    return value
