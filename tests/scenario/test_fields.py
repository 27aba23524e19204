"""Each type of the language: what it takes, what it refuses, and the one message that says so."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chainsim.model.curves import Logistic
from chainsim.model.distributions import Constant, Exponential, Lognormal, Uniform, distributions
from chainsim.model.replenishment import (
    Autoregressive,
    BaseStock,
    Cover,
    ExponentialSmoothing,
    LotForLot,
    MovingAverage,
    ReorderPointOrderUpTo,
    ReorderPointQuantity,
    SafetyStock,
    replenishments,
)
from chainsim.scenario.json_schema import json_schema
from chainsim.scenario.language import fields
from chainsim.scenario.language.entries import PARSERS, as_call
from chainsim.scenario.language.fields import RINGS, OfPlan
from chainsim.scenario.language.schema import Scenario
from chainsim.scenario.resolve.arithmetic import changed
from chainsim.scenario.text.nodes import Leaf
from chainsim.units import UnitError, parse_change

DAY = 86_400
SIMPLE = (
    "Amount Backlog Capacity Count CountFromOne CountByRing Date Duration PositiveDuration Law LawByRing MoneyRate "
    "Name Rate Rule Seed Shape Share PositiveShare ShareByRing Switch Weight PositiveWeight Words"
).split()


def adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(getattr(fields, kind))


def read(kind: str, value: object) -> Any:
    return adapter(kind).validate_python(value)


def errors(kind: str, value: object) -> list[tuple[tuple[Any, ...], str, str]]:
    """Place below the field, message and hint of every error."""
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    return [(line["loc"], line["msg"], line["ctx"]["hint"]) for line in caught.value.errors()]


def quoted(text: str) -> Leaf:
    return Leaf(text, quoted=True)


TAKEN: list[tuple[str, object, object]] = [
    ("Amount", "145_000 CNY", 14_500_000),
    ("Amount", quoted("14.5万元"), 14_500_000),
    ("Backlog", "unlimited", None),
    ("Backlog", None, None),
    ("Backlog", "none", Fraction(0)),
    ("Backlog", "20", Fraction(20)),
    ("Backlog", "0.5", Fraction(1, 2)),
    ("Capacity", "900/day", Fraction(900, DAY)),
    ("Capacity", "125% of plan", OfPlan(Fraction(5, 4))),
    ("Capacity", "unlimited", None),
    ("Capacity", None, None),
    ("Change", "+20%", "+20%"),
    ("Change", "计划（二期）", "计划（二期）"),
    ("Change", {"city": "20%"}, {"city": "20%"}),
    ("Count", "5", 5),
    ("Count", "1_000", 1_000),
    ("Count", 0, 0),
    ("Count", 5.0, 5),
    ("CountByRing", "4", 4),
    ("CountByRing", {"city": "6", "province": "14"}, {"city": 6, "province": 14}),
    ("Date", "2024-02-29", dt.date(2024, 2, 29)),
    ("Date", dt.date(2024, 2, 29), dt.date(2024, 2, 29)),
    ("Duration", "2 days", 2 * DAY),
    ("Duration", "0", 0),
    ("Duration", dt.timedelta(hours=1.5), 5_400),
    ("PositiveDuration", "1 s", 1),
    ("Law", "2 days", Constant(2.0 * DAY)),
    ("Law", "2 ± 0.5 days", Lognormal(2.0 * DAY, 0.5 * DAY)),
    ("Law", "uniform(1 day, 2 days)", Uniform(1.0 * DAY, 2.0 * DAY)),
    ("Law", {"law": "exponential", "mean": "2 days"}, Exponential(2.0 * DAY)),
    ("Law", Exponential(5.0), Exponential(5.0)),
    ("Law", dt.timedelta(days=1), Constant(1.0 * DAY)),
    ("LawByRing", {"city": "12 h"}, {"city": Constant(0.5 * DAY)}),
    ("LawByRing", {"law": "exponential", "mean": "2 days"}, Exponential(2.0 * DAY)),
    ("LawByRing", None, None),
    ("Name", "battery", "battery"),
    ("Name", Leaf("座椅供应商 07"), "座椅供应商 07"),
    ("Name", Leaf("بطارية"), "بطارية"),
    ("Name", Leaf("🚗"), "🚗"),
    ("Name", Leaf("3"), "3"),
    ("Name", Leaf("3-in-1 motor"), "3-in-1 motor"),
    ("Name", quoted("no"), "no"),
    ("Name", quoted("1e3"), "1e3"),
    ("Name", quoted("2024-01-02"), "2024-01-02"),
    ("Name", "x" * 120, "x" * 120),
    ("MoneyRate", "200_000 CNY/month", Fraction(20_000_000, 30 * DAY)),
    ("Rate", "900/day", Fraction(900, DAY)),
    ("Shape", "logistic", Logistic()),
    ("Rule", "3 days", Cover(3.0 * DAY)),
    ("Rule", "to order", BaseStock(0.0)),
    ("Rule", "s_S(20, 100)", ReorderPointOrderUpTo(20.0, 100.0)),
    ("Rule", "s_S(-1, 0)", ReorderPointOrderUpTo(-1.0, 0.0)),
    ("Rule", "r_Q(20, 100)", ReorderPointQuantity(20.0, 100.0)),
    ("Rule", "lot_for_lot()", LotForLot(0.0)),
    ("Rule", "safety_stock(95%, 12, 1 day)", SafetyStock(0.95, 12.0, DAY)),
    ("Rule", "moving_average(3 days, 5)", MovingAverage(3.0 * DAY, 5.0)),
    ("Rule", "exponential_smoothing(0, 20%, 8, 1 week)", ExponentialSmoothing(0.0, 0.2, 8.0, 7.0 * DAY)),
    ("Rule", "autoregressive(100, -0.3)", Autoregressive(100.0, -0.3)),
    ("Rule", {"rule": "s_S", "reorder_point": 20, "order_up_to": "100"}, ReorderPointOrderUpTo(20.0, 100.0)),
    ("Seed", "0", 0),
    ("Seed", "9223372036854775807", 2**63 - 1),
    ("Share", "75%", Fraction(3, 4)),
    ("Share", 0.1, Fraction(1, 10)),
    ("Share", "1", 1),
    ("PositiveShare", "97%", Fraction(97, 100)),
    ("ShareByRing", {"city": "30%"}, {"city": Fraction(3, 10)}),
    ("Switch", "true", True),
    ("Switch", False, False),
    ("Weight", "0.15", Fraction(3, 20)),
    ("Weight", Decimal("0.15"), Fraction(3, 20)),
    ("Weight", "0", 0),
    ("PositiveWeight", "0.001", Fraction(1, 1000)),
    ("Words", "BYD 济南, “phase 1”", "BYD 济南, “phase 1”"),
    ("Words", "folded text\n", "folded text"),
    ("Words", Leaf("2024-01-02"), "2024-01-02"),
]


@pytest.mark.parametrize(("kind", "given", "value"), TAKEN)
def test_taken(kind: str, given: object, value: object) -> None:
    assert read(kind, given) == value
    assert type(read(kind, given)) is type(value) or isinstance(read(kind, given), Fraction)


REFUSED: list[tuple[str, object, str, str]] = [
    ("Amount", 5, "needs a currency, got '5'", 'write an amount such as "5 CNY"'),
    ("Amount", "-2 CNY", "must not be below 0, got '-2 CNY'", "145_000 CNY"),
    ("Amount", "5 USD", "is in USD", "all money is in CNY"),
    ("Amount", [1], "must be an amount of money, got a list", "145_000 CNY"),
    ("Amount", {"a": 1}, "must be an amount of money, got a mapping", "145_000 CNY"),
    ("Amount", None, "got nothing", "145_000 CNY"),
    ("Backlog", "-1", "must not be below 0, got '-1'", ""),
    ("Backlog", "5 cars", "is not a plain number", 'leave out "cars"'),
    ("PositiveShare", "0%", "must be above 0, got '0%'", '"97%"'),
    ("PositiveShare", "110%", "must be a share, 0% to 100%", ""),
    ("Capacity", ".inf", "must be finite", "use 'unlimited'"),
    ("Capacity", "125%", "is a share of something", 'write "125% of plan"'),
    ("Capacity", "1.25 of plan", "is not a share of the plan", 'write "125% of plan"'),
    ("Capacity", "-1/day", "must not be below 0", "900/day"),
    ("Capacity", "900", "needs a time", "900/day"),
    ("Change", "+x", "must start with a number", ""),
    ("Change", "", "has no value", '"+20%"'),
    ("Count", "-1", "must not be below 0, got '-1'", "whole number"),
    ("Count", "1.5", "must be a whole number, got '1.5'", "whole number"),
    ("Count", "3.0", "must be a whole number, got '3.0'", "write 3"),
    ("Count", True, "must be a whole number, got 'True'", "whole number"),
    ("Count", "5 firms", "is not a plain number", 'leave out "firms"'),
    ("Count", 2**60, "is out of range 0..2^53", ""),
    ("Count", float("nan"), "must be finite", ""),
    ("CountFromOne", "0", "must not be below 1, got '0'", ""),
    ("CountByRing", {}, "has no value", "{city: ..."),
    ("Date", "2024-13-45", "is not a day of the calendar", "YYYY-MM-DD"),
    ("Date", "2023-02-29", "is not a day of the calendar", "YYYY-MM-DD"),
    ("Date", "2024/1/2", "must be a date as YYYY-MM-DD", 'write "2024-01-02"'),
    ("Date", "2024年1月2日", "must be a date as YYYY-MM-DD", 'write "2024-01-02"'),
    ("Date", "20240102", "must be a date as YYYY-MM-DD", 'write "2024-01-02"'),
    ("Date", "tomorrow", "must be a date, got 'tomorrow'", '"2023-01-01"'),
    ("Date", dt.datetime(2024, 1, 2), "must be a date, got datetime", '"2023-01-01"'),
    ("Duration", "1e3", "needs a unit, got '1e3'", 'write a duration such as "1000 h"'),
    ("Duration", 2, "needs a unit, got '2'", 'write a duration such as "2 h"'),
    ("Duration", "-2 days", "must not be below 0, got '-2 days'", ""),
    ("Duration", dt.timedelta(days=-1), "must not be below 0", ""),
    ("PositiveDuration", "0 days", "must be above 0, got '0 days'", '"1 day"'),
    ("Law", "lognorml(1 day, 1 day)", "did you mean 'lognormal'?", "'exponential'"),
    ("Law", "lognormal(1 day)", "lognormal takes 2 values, got 1", "write lognormal(mean, sd)"),
    ("Law", "lognormal(0 days, 1 day)", "lognormal: the mean must be above 0", ""),
    ("Law", "lognormal(1 day, -1 day)", "sd of lognormal must not be below 0, got '-1 day'", ""),
    ("Law", "2 ± -0.5 days", "sd of lognormal must not be below 0", ""),
    ("Law", "lognormal(2, 1 day)", "mean of lognormal needs a unit", '"2 h"'),
    ("Law", "uniform(2 days, 1 day)", "uniform: the smallest value must not be above the largest", ""),
    ("Law", "gamma(1 day, 0 days)", "gamma: the mean and the standard deviation must be above 0", ""),
    ("Law", "-2 days", "must not be below 0, got '-2 days'", ""),
    ("Law", "1e3", "needs a unit, got '1e3'", '"1000 h"'),
    ("Law", {"mean": "2 days"}, "must name a law", "{law: lognormal"),
    ("Law", True, "must be a duration, got 'True'", ""),
    ("Name", Leaf("no"), "must be text, got the YAML word 'no'", 'write true/false or quote it: "no"'),
    ("Name", Leaf("ON"), "must be text, got the YAML word 'ON'", 'quote it: "ON"'),
    ("Name", Leaf("~"), "must be text, got '~'", "leave the key out"),
    ("Name", Leaf(".nan"), "numbers must be finite", 'quote it: ".nan"'),
    ("Name", Leaf("1e3"), "must be a name, got '1e3', a number or a date", 'quote it: "1e3"'),
    ("Name", Leaf("012"), "a number or a date", 'quote it: "012"'),
    ("Name", Leaf("12:30"), "a number or a date", 'quote it: "12:30"'),
    ("Name", Leaf("0x1F"), "a number or a date", 'quote it: "0x1F"'),
    ("Name", Leaf("2024-01-02"), "a number or a date", 'quote it: "2024-01-02"'),
    ("Name", "a/b", "must not contain / or \\", ""),
    ("Name", "a\\b", "must not contain / or \\", ""),
    ("Name", ".", "must not consist of dots", "write a name"),
    ("Name", "..", "must not consist of dots", "write a name"),
    ("Name", "CON", "is a reserved name on Windows", "another name"),
    ("Name", "com1.csv", "is a reserved name on Windows", "another name"),
    ("Name", "", "must not be empty", "write a name"),
    ("Name", " a", "must not begin or end with a blank", 'write "a"'),
    ("Name", "Ａ", "full-width", 'write "A"'),
    ("Name", "e\u0301", "look-alike", 'write "é"'),
    ("Name", "a\u200bb", "character U+200B", "invisible"),
    ("Name", "a\u202eb", "character U+202E", "invisible"),
    ("Name", "a\x1b[31m", "character U+001B", "invisible"),
    ("Name", "x" * 121, "longer than 120 characters, got 121", "shorten it"),
    ("Name", 3, "must be a name, got int", ""),
    ("MoneyRate", "900 CNY", "needs a time, got '900 CNY'", '"900 CNY/month"'),
    ("MoneyRate", "-1 CNY/day", "must not be below 0, got '-1 CNY/day'", "CNY/month"),
    ("Rate", "900", "needs a time, got '900'", '"900/day"'),
    ("Shape", "bent", "must be a curve, got 'bent'", "'exponential', 'linear', 'logistic'"),
    ("Rule", "500", "needs a unit or a rule, got '500'", '"base_stock(500)"'),
    ("Rule", "base_stok(3)", "did you mean 'base_stock'?", "'s_S'"),
    ("Rule", "base_stock(-3)", "level of base_stock must not be below 0, got '-3'", ""),
    ("Rule", "s_S(100, 20)", "the reorder point must be below the order-up-to level", ""),
    ("Rule", "r_Q(20, 0)", "the order quantity must be above 0", ""),
    ("Rule", "r_Q(20)", "r_Q takes 2 values, got 1", "write r_Q(reorder_point, quantity)"),
    ("Rule", "moving_average(3 days)", "takes 2 to 4 values, got 1", "write moving_average(cover, window, safety"),
    ("Rule", "moving_average(3 days, 0)", "window of moving_average must not be below 1", ""),
    ("Rule", "safety_stock(95, 12, 1 day)", "service of safety_stock", ""),
    ("Rule", "autoregressive(100, 1)", "the correlation must be above -1 and below 1", ""),
    ("Rule", "-3 days", "must not be below 0", ""),
    ("Rule", {"level": "3"}, "must name a rule", "{rule: s_S"),
    ("Seed", "9223372036854775808", "must be a whole number 0..2^63-1", ""),
    ("Seed", -1, "must be a whole number 0..2^63-1", ""),
    ("Seed", "1.5", "must be a whole number 0..2^63-1", ""),
    ("Seed", 1.5, "must be a whole number 0..2^63-1", ""),
    ("Seed", "010", "has a leading zero", "write 10"),
    ("Share", "150%", "must be a share, 0% to 100%, got '150%'", '"75%"'),
    ("Share", "-5%", "must be a share, 0% to 100%, got '-5%'", '"75%"'),
    ("Share", "75", "must be a share, 0% to 100%, got '75'", 'write "75%"'),
    ("Share", 2, "must be a share, 0% to 100%, got '2'", '"75%"'),
    ("Switch", Leaf("yes"), "must be true or false, got 'yes'", "write true or false"),
    ("Switch", Leaf("True"), "must be true or false, got 'True'", "write true or false"),
    ("Switch", quoted("true"), "must be true or false, got 'true'", "write true or false"),
    ("Weight", "-1", "must not be below 0, got '-1'", ""),
    ("Weight", "5%", "is not a plain number", 'leave out "%"'),
    ("Weight", Leaf("2024-01-02"), "got the date '2024-01-02'", ""),
    ("Weight", 1e300, "is out of range", ""),
    ("PositiveWeight", "0", "must be above 0, got '0'", ""),
    ("Words", "a\nb", "character U+000A", ""),
    ("Words", "x" * 401, "longer than 400 characters", "shorten it"),
    ("Words", Leaf("off"), "must be text, got the YAML word 'off'", 'quote it: "off"'),
]


@pytest.mark.parametrize(("kind", "given", "message", "hint"), REFUSED)
def test_refused_with_one_message(kind: str, given: object, message: str, hint: str) -> None:
    ((place, said, advice),) = errors(kind, given)
    assert place == ()
    assert message in said
    assert hint in advice


@pytest.mark.parametrize("kind", [kind for kind in SIMPLE if kind not in ("Name", "Words", "Switch")])
@pytest.mark.parametrize("text", ["no", "yes", "on", "~", "null", "", "{}", "１２", "abc def"])
def test_whatever_is_no_value_says_what_to_write(kind: str, text: str) -> None:
    ((place, said, advice),) = errors(kind, Leaf(text))
    assert place == ()
    assert said.split()[0] in ("must", "has", "contains")
    assert advice


def test_every_ring_and_every_parameter_is_reported_at_its_own_place() -> None:
    given = {"city": {"law": "lognormal", "mean": "2", "sd": "-1 day"}, "provnce": "1 day", "nation": "1e3"}
    assert [(place, message) for place, message, _ in errors("LawByRing", given)] == [
        (("city", "mean"), "needs a unit, got '2'"),
        (("city", "sd"), "must not be below 0, got '-1 day'"),
        (("provnce", "[key]"), "unknown ring 'provnce' - did you mean 'province'?"),
        (("nation",), "needs a unit, got '1e3'"),
    ]
    assert [(place, message) for place, message, _ in errors("Law", {"law": "lognormal", "men": "1 day"})] == [
        (("men", "[key]"), "unknown key 'men' - did you mean 'mean'?"),
        ((), "lognormal lacks mean, sd"),
    ]
    assert [place for place, _, _ in errors("Law", {"law": "lognorml"})] == [("law",)]


def test_rings_of_the_schema_are_the_rings_of_the_language() -> None:
    assert RINGS == ("city", "province", "nation", "abroad")


@pytest.mark.parametrize("registry", [distributions, replenishments], ids=lambda registry: registry.family)
def test_every_declared_unit_can_be_read(registry: Any) -> None:
    declared = {field.unit for name in registry for field in registry.fields(name)}
    assert declared
    assert declared <= set(PARSERS)


EXAMPLES = ["2 days", "12 h", "lognormal(2 days, 12 h)", "exponential(1.5 days)", "uniform(0 s, 45 s)"]


@pytest.mark.parametrize("text", EXAMPLES)
def test_a_law_written_and_read_again_is_the_same(text: str) -> None:
    assert as_call(read("Law", text), distributions) == text


@given(st.sampled_from(sorted(distributions)), st.integers(1, 10**6), st.integers(1, 10**6))
def test_any_law_survives_being_written(name: str, first: int, second: int) -> None:
    low, high = sorted((first, second))
    values = iter((low, high, 2 * high) if name != "geometric" else (high, low))
    arguments = ", ".join(
        f"{next(values)} s" if field.unit == "duration" else {"share": "30%", "number": "3"}[field.unit]
        for field in distributions.fields(name)
    )
    law = read("Law", f"{name}({arguments})")
    assert read("Law", as_call(law, distributions)) == law


@pytest.mark.parametrize(("kind", "given", "value"), [row for row in TAKEN if row[2] is not None])
def test_what_is_written_out_can_be_read_again(kind: str, given: object, value: object) -> None:
    written = adapter(kind).dump_python(read(kind, given))
    assert read(kind, written) == value


@given(
    st.sampled_from([*SIMPLE, "Change"]),
    st.one_of(st.text(max_size=12), st.integers(), st.floats(), st.none()),
)
def test_any_value_is_taken_or_refused_with_one_printable_message(kind: str, value: object) -> None:
    said: list[Any] = []
    for form in (value, Leaf(value)) if isinstance(value, str) else (value,):
        try:
            read(kind, form)
        except ValidationError as error:
            said = error.errors()
            assert len(said) == 1
    assert all(line["msg"].isprintable() and line["ctx"]["hint"].isprintable() for line in said)


# -------------------------------------------------------------------------------------------- JSON Schema


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("r_Q(20, 100)", "+10%", "r_Q(22, 110)"),
        ("safety_stock(95%, 12, 1 day)", "+50%", "safety_stock(95%, 18, 1 day)"),
        ("moving_average(3 days, 5, 20)", "+50%", "moving_average(4.5 days, 5, 30)"),
        ("moving_average(3 days, 5, 20)", "+2 days", "moving_average(5 days, 5, 20)"),
        ("moving_average(3 days, 5, 20)", "+7", "moving_average(3 days, 5, 27)"),
        ("autoregressive(100, 0.3)", "+10%", "autoregressive(110, 0.3)"),
    ],
)
def test_a_change_of_a_rule_moves_what_scales(before: str, change: str, after: str) -> None:
    assert read("Rule", changed(before, parse_change(change))) == read("Rule", after)


@pytest.mark.parametrize(
    ("before", "change"), [("safety_stock(95%, 12, 1 day)", "+2 days"), ("r_Q(20, 100)", "+2 days")]
)
def test_a_change_that_fits_no_parameter_is_refused(before: str, change: str) -> None:
    with pytest.raises(UnitError, match="cannot change by"):
        changed(before, parse_change(change))


def test_the_json_schema_is_valid_and_writes_defaults_as_people_do() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    study = schema["$defs"]["Study"]["properties"]
    assert study["matters_if"]["default"] == "1%"
    assert study["tick"]["default"] == "1 s"
    assert study["start"]["description"] == "first day simulated"
    assert schema["$defs"]["Supplier"]["properties"]["finished_stock"]["default"] == "base_stock(0)"


def test_the_json_schema_describes_every_key() -> None:
    schema = json_schema()
    sections = {"": schema, **{k: v for k, v in schema["$defs"].items() if k != "Sourced"}}
    assert {"Study", "Part", "Plant", "Supplier", "Market", "Policy"} <= set(sections)
    assert all("properties" in section for section in sections.values())
    silent = [
        f"{name}.{key}"
        for name, section in sections.items()
        for key, value in section["properties"].items()
        if not value.get("description")
    ]
    assert silent == []
    assert schema["$defs"]["FirmChange"]["properties"]["lead_time"]["description"]
    assert (
        schema["properties"]["firms"]["description"]
        != schema["$defs"]["Supplier"]["properties"]["firms"]["description"]
    )


GOOD = """
chainsim: 1
study: {start: '2023-01-01', end: '2024-01-01', matters_if: 2%}
parts:
  source: bom
  seat: {price: {value: 145_000 CNY, source: prices}, needs: {foam: 0.15}, lot: 48}
suppliers:
  foam: {makes: foam, count: {city: 6, province: 14}, share: {city: 20%}, capacity: 125% of plan,
         lead_time: {city: 0.5 ± 0.1 days, province: {value: 1 day, source: 'assumed: map'}}, pays_after: 0}
calendars: {usual: {closed: [sunday], holidays: {'2023-10-01': 7 days, source: law}, hours: {from: 8 h}}}
plants: {works: {makes: seat, calendar: usual, yield: 98%, backlog: none,
                 finished_stock: {rule: s_S, reorder_point: 20, order_up_to: 100}}}
markets: {buyers: {buys: seat, yearly: {'2023': {value: 240_000, source: x}, '2024': 360_000}}}
policies: {more: {from: '2023-02-01', change: {plants.works.capacity: +20%}, public_cost: 3 million CNY}}
"""


def complaints(text: str) -> list[str]:
    found = jsonschema.Draft202012Validator(json_schema()).iter_errors(yaml.safe_load(text))
    return [error.json_path for error in found]


def test_the_json_schema_takes_a_good_scenario() -> None:
    assert complaints(GOOD) == []
    assert complaints("extends: base.yaml\nsuppliers: {foam: {capacity: null}}\n") == []


@pytest.mark.parametrize(
    ("good", "bad", "at"),
    [
        ("count: {city: 6", "count: {citi: 6", "$.suppliers"),
        ("capacity: 125% of plan", "capcity: 125% of plan", "$.suppliers"),
        ("end: '2024-01-01'", "end: {}", "$.study"),
        ("makes: seat", "makes: [seat]", "$.plants"),
        ("chainsim: 1", "chainsim: 0", "$.chainsim"),
        ("[sunday]", "[sundy]", "$.calendars"),
        ("markets:", "market:", "$"),
    ],
)
def test_the_json_schema_sees(good: str, bad: str, at: str) -> None:
    assert good in GOOD
    assert at in complaints(GOOD.replace(good, bad))


def test_the_scenario_of_the_schema_test_is_a_scenario() -> None:
    tree = yaml.load(GOOD, Loader=yaml.BaseLoader)
    for sourced in (tree["parts"], tree["calendars"]["usual"]["holidays"]):
        del sourced["source"]
    tree["parts"]["seat"]["price"] = "145_000 CNY"
    tree["suppliers"]["foam"]["lead_time"]["province"] = "1 day"
    tree["markets"]["buyers"]["yearly"]["2023"] = "240_000"
    scenario = Scenario.model_validate(tree)
    assert Scenario.model_validate_json(json.dumps(scenario.model_dump(mode="json", by_alias=True))) == scenario
