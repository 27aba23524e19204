"""Orders from a CSV, a schedule, laws of order sizes: the same however they are written, every fault at its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

import pytest

from chainsim.model.quantities import Discrete, Fixed, Gamma, Poisson, QuantityLaw
from chainsim.scenario.build import build
from chainsim.scenario.json_schema import json_schema
from chainsim.scenario.load import Loaded

Load = Callable[..., Loaded]
Refused = Callable[..., list[str]]
RATE = "rate: 100/day"
TABLE = "date,quantity\n2024-01-05,20\n2024-02-01T08:00,35\n2024-01-05,3\n"


def with_market(small: str, market: str) -> str:
    assert RATE in small
    return small.replace(RATE, market)


def test_a_trace_and_a_schedule_mean_the_same(loaded: Load, small: str) -> None:
    traced = loaded(with_market(small, "trace: orders.csv"), orders__csv=TABLE)
    listed = loaded(with_market(small, "schedule: {2024-01-05: 23, 2024-02-01 08:00: 35}"))
    assert traced.warnings == listed.warnings == ()
    (one,), (other,) = (case.scenario.markets.values() for case in (traced, listed))
    first = dt.datetime(2024, 1, 5)
    assert one.listed == [(first, 20), (first, 3), (dt.datetime(2024, 2, 1, 8), 35)]
    assert other.listed == [(first, 23), (dt.datetime(2024, 2, 1, 8), 35)]
    assert build(traced).markets[0].plan == build(listed).markets[0].plan


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_chinese_headers_and_the_dialects_of_spreadsheets(
    loaded: Load, small: str, encoding: str, delimiter: str
) -> None:
    table = TABLE.replace("date,quantity", "日期,数量").replace(",", delimiter)
    case = loaded(with_market(small, "trace: orders.csv"), orders__csv=table.encode(encoding))
    assert [units for _, units in case.scenario.markets["buyers"].listed] == [20, 3, 35]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("quantity\n5\n", "orders.csv:1:1: column 'date' (日期) is missing"),
        ("date\n2024-01-05\n", "orders.csv:1:1: column 'quantity' (数量) is missing"),
        ("date,quantty\n2024-01-05,5\n", "orders.csv:1:6: unknown column 'quantty' - did you mean 'quantity'?"),
        ("date,quantity\n2024-01-05,\n", "orders.csv:2:1: the quantity is empty"),
        ("date,quantity\n,5\n", "orders.csv:2:1: the time is empty"),
        ("date,quantity\n2024-02-30,5\n", "orders.csv:2:1: time is not a day of the calendar"),
        ("date,quantity\n2024-01-05,1\n05.01.2024,5\n", "orders.csv:3:1: "),
        ("date,quantity\n2024-01-05 8 Uhr,5\n", "must be a time as HH:MM, got '8 Uhr'"),
        ("date,quantity\n2024-01-05,-5\n", "orders.csv:2:12: quantity must not be below 0, got '-5'"),
        ('date,quantity\n2024-01-05,"1,000"\n', "orders.csv:2:12: quantity is not a plain number, got '1,000'"),
        ("date,quantity\n2024-01-05,5 cars\n", "orders.csv:2:12: quantity is not a plain number"),
        ("date,quantity\n2024-01-05,0.5\n", "orders.csv:2:12: quantity of 0.5 is no possible quantity"),
        ("date,quantity\n", "orders.csv:1:1: the trace has no rows"),
        ("", "orders.csv:1: the table is empty"),
    ],
)
def test_faults_of_a_trace_are_named_by_row_and_column(refused: Refused, small: str, table: str, said: str) -> None:
    found = refused(with_market(small, "trace: orders.csv"), orders__csv=table)
    assert any(said in one for one in found), found
    assert len(found) == 1


def test_the_command_line_names_another_trace(loaded: Load, small: str) -> None:
    text = with_market(small, "trace: orders.csv")
    other = "time,quantity\n2024-03-01T12:00,7\n"
    case = loaded(text, "markets.buyers.trace=other.csv", orders__csv=TABLE, other__csv=other)
    assert case.scenario.markets["buyers"].listed == [(dt.datetime(2024, 3, 1, 12), 7)]
    assert "other.csv" in case.inputs


def test_a_trace_is_no_heap_of_assumptions_and_a_schedule_states_numbers(loaded: Load, small: str) -> None:
    traced = loaded(with_market(small, "trace: orders.csv"), orders__csv=TABLE)
    assert not [row for row in traced.assumptions() if "trace" in row.path]
    listed = loaded(with_market(small, 'schedule: {2024-01-05: {value: 23, source: "assumed: a fleet"}}'))
    assert [(row.path, row.note) for row in listed.assumptions() if "schedule" in row.path] == [
        ("markets.buyers.schedule.2024-01-05", "a fleet")
    ]


def test_a_trace_outside_the_study_is_worth_a_warning(loaded: Load, small: str) -> None:
    case = loaded(with_market(small, "trace: orders.csv"), orders__csv=TABLE.replace("2024", "2034"))
    assert ["trace of buyers has no order in the study" in str(one) for one in case.warnings] == [True]


SIXTHS = Discrete(((Fraction(1), Fraction(1, 6)), (Fraction(2), Fraction(1, 3)), (Fraction(4), Fraction(1, 2))))


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("20", Fixed(20.0)),
        ('"fixed(20)"', Fixed(20.0)),
        ('"poisson(20)"', Poisson(20.0)),
        ("{law: gamma, mean: 20, sd: 8}", Gamma(20.0, 8.0)),
        ("{1: 1/6, 2: 1/3, 4: 50%}", SIXTHS),
        ('{"1": 1/6, 4: 0.5, 2: 1/3}', SIXTHS),
    ],
)
def test_order_sizes_are_numbers_laws_or_chances(loaded: Load, small: str, text: str, law: QuantityLaw) -> None:
    case = loaded(with_market(small, f"{RATE}, arrivals: poisson, quantity: {text}"))
    assert case.scenario.markets["buyers"].quantity == law


@pytest.mark.parametrize(
    ("law", "change", "after"),
    [
        ("20", "+50%", Fixed(30.0)),
        ("20", "+5", Fixed(25.0)),
        ('"poisson(20)"', "+50%", Poisson(30.0)),
        ('"gamma(20, 8)"', "+50%", Gamma(30.0, 12.0)),
        ('"gamma(20, 8)"', "+5", Gamma(25.0, 8.0)),
        ("{law: gamma, mean: 20, sd: 8}", "-50%", Gamma(10.0, 4.0)),
        ("{law: poisson, mean: 20}", "-50%", Poisson(10.0)),
        ("20", "{1: 1, 3: 1}", Discrete(((Fraction(1), Fraction(1)), (Fraction(3), Fraction(1))))),
    ],
)
def test_order_sizes_change_like_other_quantities(
    loaded: Load, small: str, law: str, change: str, after: QuantityLaw
) -> None:
    text = with_market(small, f"{RATE}, arrivals: poisson, quantity: {law}")
    assert loaded(text, f"markets.buyers.quantity={change}").scenario.markets["buyers"].quantity == after


def test_shapes_of_times_stay_when_they_change(loaded: Load, small: str) -> None:
    text = with_market(small, f'{RATE}, arrivals: renewal, between: "erlang(4 h, 3)"')
    between = loaded(text, "markets.buyers.between=+50%").scenario.markets["buyers"].between
    assert between is not None
    assert str(between) == "Erlang(mean=21600.0, stages=3.0)"


def test_a_policy_may_bring_sales_forward_but_not_change_how_orders_arrive(loaded: Load, small: str) -> None:
    policy = "  subsidy: {change: {markets.buyers.pull_forward: "
    policy += "{from: 2024-03-01, until: 2024-04-01, gains: 50%, payback: 62 days}}}\n"
    gone = "  gamma: {from: 2024-03-01, change: {markets.buyers.noise_law: gamma}}\n"
    case = loaded(with_market(small, f"{RATE}, noise: 10%").replace("policies:\n", f"policies:\n{policy}{gone}"))
    plan, before = (build(case, policies).markets[0].plan for policies in (["subsidy"], []))
    assert plan[91][1] - plan[60][1] == pytest.approx(31 * 150)
    assert plan[-1][1] == pytest.approx(before[-1][1])
    with pytest.raises(Exception, match="noise_law of buyers would change on 2024-03-01"):
        build(case, ["gamma"])


def test_the_plan_of_a_law_is_its_mean(loaded: Load, small: str) -> None:
    """Regular: mean size over `every`; renewal: mean size over mean gap."""
    for market, daily in (
        ('quantity: "normal(20, 5)", every: 6 h', 80.0),
        ('arrivals: renewal, between: "gamma(4 h, 2 h)", quantity: {1: 50%, 2: 50%}', 9.0),
        ('rate: 12/day, arrivals: renewal, between: "gamma(4 h, 2 h)"', 12.0),
    ):
        plan = build(loaded(with_market(small, market))).markets[0].plan
        assert plan[100][1] == pytest.approx(100 * daily, rel=1e-4)


def test_the_json_schema_has_the_keys_of_demand() -> None:
    """Keys that are numbers or dates are patterns, so that an editor checks them."""
    import jsonschema

    schema = json_schema()
    assert {"between", "season", "growth", "ramp", "pull_forward", "schedule", "trace"} <= set(
        schema["$defs"]["Market"]["properties"]
    )
    market = {"$defs": schema["$defs"], "$ref": "#/$defs/Market"}
    good = {
        "buys": "car",
        "quantity": {"1": "50%", "2": "50%"},
        "season": {"1": "120%", "12": "60%"},
        "growth": "-2%",
        "schedule": {"2024-01-05": 20, "2024-01-05T08:00": 3},
        "pull_forward": {"until": "2024-03-01", "gains": "130%", "payback": "6 months"},
    }
    jsonschema.validate(good, market)
    for wrong in ({"season": {"13": "50%"}}, {"schedule": {"tomorrow": 5}}, {"arrivals": "daily"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(good | wrong, market)
