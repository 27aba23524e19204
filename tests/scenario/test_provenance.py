"""Sources: where they are taken from, what they may name, and that they never change a value."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chainsim.scenario.load import Loaded

Load = Callable[..., Loaded]
Refused = Callable[..., list[str]]

FACTS = """\
id,item,value,unit,source,source_date,confidence,note
car_price,price of a car,100000,CNY,annual report,2024-03-25,H,list price
steel_price,price of steel,1000,CNY,derived from the exchange,2024-01-02,M,
"""


def with_sources(small: str) -> str:
    return "facts: facts.csv\n" + small.replace(
        "price: 100_000 CNY", "price: {value: 100_000 CNY, source: car_price}"
    ).replace("steel: {price: 1_000 CNY}", "steel: {source: steel_price, price: 1_000 CNY, lot: 2}").replace(
        "materials: 80%", 'materials: {value: 80%, source: "assumed: a round figure", note: checked}'
    ).replace("rate: 100/day", "rate: {value: 100/day, confidence: derived, date: 2024-02-03}")


def test_sources_never_change_a_value(loaded: Load, small: str) -> None:
    plain = small.replace("steel: {price: 1_000 CNY}", "steel: {price: 1_000 CNY, lot: 2}")
    sourced = loaded(with_sources(small), facts__csv=FACTS).scenario
    assert sourced.model_copy(update={"facts": None}) == loaded(plain).scenario


def test_assumptions_list_every_number_with_what_stands_behind_it(loaded: Load, small: str) -> None:
    rows = {row.path: row[1:] for row in loaded(with_sources(small), facts__csv=FACTS).assumptions()}
    assert rows["parts.car.price"] == ("100_000 CNY", "car_price", "measured H", "2024-03-25", "list price")
    assert rows["parts.steel.price"] == ("1_000 CNY", "steel_price", "derived M", "2024-01-02", "")
    assert rows["parts.steel.lot"] == ("2", "steel_price", "derived M", "2024-01-02", "")
    assert rows["parts.car.materials"] == ("80%", "assumed", "assumed", "", "checked")
    assert rows["markets.buyers.rate"] == ("100/day", "assumed", "derived", "2024-02-03", "")
    assert rows["parts.car.cost_shares.motor"] == ("60", "assumed", "assumed", "", "")
    assert rows["policies.local.public_cost"][0] == "5 million CNY"
    assert rows['policies.local.change."suppliers[tier=1].share.city"'][0] == "+10 points"
    assert not any(path.startswith(("study", "chainsim")) or path.endswith((".makes", ".ring")) for path in rows)


def test_a_source_of_a_section_reaches_down_until_a_nearer_one(loaded: Load, small: str) -> None:
    text = "facts: facts.csv\n" + small.replace("suppliers:\n", "suppliers:\n  source: car_price\n").replace(
        "{makes: steel, tier: 2, ", "{makes: steel, tier: 2, source: steel_price, "
    ).replace("share: 90%", 'share: {value: 90%, source: "assumed: no"}')
    rows = {row.path: row.source for row in loaded(text, facts__csv=FACTS).assumptions()}
    assert rows["suppliers.motor.count.city"] == "car_price"
    assert rows["suppliers.steel.share"] == "steel_price"
    assert rows["suppliers.seats.share"] == "assumed"
    assert rows["outside.elsewhere.lead_time"] == "assumed"


def test_a_nearer_value_does_not_inherit_the_source_of_what_it_replaces(loaded: Load, small: str) -> None:
    child = "extends: base.yaml\nparts: {car: {price: 90_000 CNY}, steel: {lot: 3}}\n"
    rows = {
        row.path: row.source for row in loaded(child, base__yaml=with_sources(small), facts__csv=FACTS).assumptions()
    }
    assert rows["parts.car.price"] == "assumed"
    assert rows["parts.steel.lot"] == "assumed"
    assert rows["parts.steel.price"] == "steel_price"


def test_facts_of_parents_still_count(loaded: Load, small: str) -> None:
    child = "extends: base.yaml\nfacts: mine.csv\nplants: {byd: {review: {value: 1 day, source: mine}}}\n"
    result = loaded(child, base__yaml=with_sources(small), facts__csv=FACTS, mine__csv="id\nmine\n")
    assert set(result.facts) == {"car_price", "steel_price", "mine"}


def test_show_why_names_the_source(loaded: Load, small: str) -> None:
    rows = {row.path: row for row in loaded(with_sources(small), facts__csv=FACTS).resolved(["local"])}
    assert rows["parts.car.price"].source == "car_price"
    assert rows["parts.car.price"].place.endswith("small.yaml:4:24")
    assert rows["suppliers.motor.share.city"][1] == "40%"
    assert rows["suppliers.motor.share.city"].set_by == "policy local"
    assert rows["plants.byd.pays_after"][1:] == ("0 s", "default", "default", "")
    assert rows["suppliers.motor.share.province"].set_by == "file"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("source: car_price", "source: car_prise", "no fact 'car_prise' - did you mean 'car_price'?"),
        ("source: car_price", "sorce: car_price", "unknown key 'sorce' beside `value` - did you mean 'source'?"),
        (
            "confidence: derived",
            "confidence: derivd",
            "confidence must be one of 'measured', 'derived', 'assumed', got 'derivd'",
        ),
        ("note: checked", "note: [a]", "note must be text"),
        ("facts: facts.csv\n", "", "source 'car_price' needs a facts table, and the scenario names none"),
        ("facts: facts.csv", "facts: fact.csv", "fact.csv: no such file"),
    ],
)
def test_sources_that_lead_nowhere_are_refused(refused: Refused, small: str, old: str, new: str, message: str) -> None:
    text = with_sources(small)
    assert old in text
    assert any(message in said for said in refused(text.replace(old, new), facts__csv=FACTS))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("item,value\na,1\n", "facts.csv:1:1: column 'id' is missing"),
        ("id,value\na,1\na,2\n", "facts.csv:3:1: id 'a' already defined on line 2"),
        ("id,id\na,b\n", "facts.csv:1:4: column 'id' appears twice"),
        ("", "facts.csv:1: the table is empty"),
    ],
)
def test_a_broken_facts_table_is_named(refused: Refused, small: str, table: str, message: str) -> None:
    assert any(message in said for said in refused("facts: facts.csv\n" + small, facts__csv=table))
