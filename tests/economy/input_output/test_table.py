"""Tables: China's is whole, a bad one is refused with what is wrong, and a misspelt sector is told its neighbours."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from chainsim.economy.input_output import Table, china_2011


def two(total: list[list[float]], domestic: list[list[float]] | None = None) -> Table:
    return Table(("food", "steel"), np.array(total), np.array(total if domestic is None else domestic), np.ones(2))


def test_china_s_table_is_that_of_wiod() -> None:
    table = china_2011()
    assert len(table.sectors) == 35
    assert (table.sectors[0], table.sectors[14], table.sectors[34]) == (
        "Agriculture",
        "Transport equipment",
        "Households",
    )
    cars, metals = table.index("Transport equipment"), table.index("Basic and fabricated metals")
    assert table.total[metals, cars] == pytest.approx(0.1179125233176356, abs=1e-12)
    assert table.domestic[metals, cars] == pytest.approx(0.11032555516458516, abs=1e-12)
    assert table.total[:, cars].sum() == pytest.approx(0.8005962566458272, abs=1e-11)
    assert table.value_added[cars] == pytest.approx(0.19940374335417266, abs=1e-11)
    assert table.output[cars] == 829844
    assert {table.sectors[i] for i in np.flatnonzero(table.output == 0)} == {"Motor trade", "Households"}
    assert china_2011() is table


def test_its_files_name_the_same_sectors_along_rows_and_columns_and_their_source() -> None:
    data = files("chainsim.economy.input_output") / "data"
    for name in ("total", "domestic"):
        header = (data / f"china_2011_{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert tuple(header.split(",")[1:]) == china_2011().sectors
    assert "Timmer" in (data / "README.txt").read_text(encoding="utf-8")


def test_a_table_is_a_copy_that_nobody_can_change() -> None:
    total = np.array([[0.1, 0.2], [0.3, 0.4]])
    table = Table(("food", "steel"), total, total, np.ones(2))
    total[0, 0] = 0.9
    assert table.total[0, 0] == 0.1
    with pytest.raises(ValueError, match="read-only"):
        china_2011().total[0, 0] = 0.5


@pytest.mark.parametrize(
    ("total", "domestic", "complaint"),
    [
        ([[0.1, 0.2]], None, "total has shape"),
        ([[0.1, -0.2], [0, 0]], None, "total must be finite and >= 0"),
        ([[0.1, float("nan")], [0, 0]], None, "total must be finite"),
        ([[0.1, 0.2], [0, 0]], [[0.1, 0.3], [0, 0]], "domestic coefficients must not exceed"),
        ([[0.1, 0.7], [0, 0.4]], None, "sector 'steel' spends more"),
        ([[0, 1], [1, 0]], None, "spectral radius 1 must"),
    ],
)
def test_bad_tables_are_refused(total: list[list[float]], domestic: list[list[float]] | None, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        two(total, domestic)


def test_sectors_are_named_once() -> None:
    with pytest.raises(ValueError, match="each named once"):
        Table(("food", "food"), np.zeros((2, 2)), np.zeros((2, 2)), np.ones(2))


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("transport equipments", "'Transport equipment'"),
        ("metals", "'Basic and fabricated metals'"),
        ("Paper/print", "'Paper and print'"),
        ("xyz", "sectors: 'Agriculture', 'Mining'"),
    ],
)
def test_an_unknown_sector_is_told_its_neighbours(typed: str, suggested: str) -> None:
    with pytest.raises(ValueError, match=f"no sector '{typed}'") as error:
        china_2011().index(typed)
    assert suggested in str(error.value)
    assert ("near names" in str(error.value)) == (typed != "xyz")


def test_amounts_by_name_become_a_vector() -> None:
    table = two([[0, 0], [0, 0]])
    assert table.spread({"steel": 3}).tolist() == [0, 3]
    with pytest.raises(ValueError, match="near names: 'steel'"):
        table.spread({"steal": 3})
