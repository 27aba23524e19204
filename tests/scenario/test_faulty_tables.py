"""A table that cannot be read is told once: nothing that would have stood in it is missed elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chainsim.errors import ScenarioError
from chainsim.scenario.load import load

Refused = Callable[..., list[str]]

FOLLOWS = """\
  share: {change: {suppliers.seats.share: +5 points}}
  pick: {change: {firms.Seat One.capacity: 0/day}}
  pull: {lever: {localise: {suppliers: "suppliers[makes=seat]", points: 5}}}
  own: {change: {plants.bydx.review: 2 days}}
disruptions:
  fire: {from: 2024-05-01, until: 2024-06-01, change: {firms.Seat One.capacity: 0/day}}
  hit: {from: 2024-05-01, hits: {firms: [Seat One]}, loses: 50%, lasts: 10 days}
firms:
  Seat One: {lead_time: 2 days}
lanes:
  - {buyer: byd, supplier: Seat One, rank: 1}
"""
OWN = "small.yaml:23:18: policy own: there is no 'bydx' in plants - did you mean 'byd'?"


def names_seats(small: str, file: str) -> str:
    """The small scenario whose seat makers stand in a file, with everything that may name one of them."""
    return small.partition("disruptions:")[0].replace("count: 2, share: 90%", f"list: {file}") + FOLLOWS


@pytest.mark.parametrize(
    ("file", "data", "cause"),
    [
        ("nowhere.xlsx", b"", "small.yaml:11:39: nowhere.xlsx: no such file"),
        ("firms.xlsx", b"PK\x03\x04....", "firms.xlsx: cannot be read as an Excel workbook"),
        ("firms.xlsx", b"\xd0\xcf\x11\xe0....", "firms.xlsx: is an old .xls file, or has a password"),
        ("firms.xlsx", b"name,ring\nSeat One\n", "firms.xlsx:2:1: 1 cells where the header has 2"),
    ],
)
@pytest.mark.parametrize("fault", ["", "seeds: 1, "])  # also where the scenario itself is not valid
def test_of_an_unreadable_list_only_the_cause_is_told(
    refused: Refused, small: str, file: str, data: bytes, cause: str, fault: str
) -> None:
    text = names_seats(small, file).replace("study: {", f"study: {{{fault}")
    said = refused(text, firms__xlsx=data)
    assert [one for one in said if one.startswith(cause)]
    assert [one for one in said if not one.startswith(cause) and "unknown key 'seeds'" not in one] == [OWN]


def test_a_setting_for_a_firm_of_an_unreadable_list_is_not_missed(write: Callable[..., Path], small: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(write(small.replace("count: 2, share", "list: no.csv, share")), ["firms.Seat One.capacity=3/day"])
    assert len(caught.value.problems) == 1


def test_with_a_whole_list_an_unknown_firm_is_missed(refused: Refused, small: str) -> None:
    said = refused(names_seats(small, "firms.csv"), firms__csv="name,ring,share\nSeat Two,city,100%\n")
    assert sum("'Seat One'" in one for one in said) >= 3
