"""The types of the scenario language's values, as `schema` declares them.

Each is an annotated pydantic type: a reader from `values` or `orders`, its JSON Schema, and a serializer that writes
readable text again.  A failing value gives exactly one `PydanticCustomError`: the message is a predicate
that follows the key ("needs a unit, got '1e3'"), and its context has the next step under `hint`.
Values by ring report each ring at its own place.  This module must not know YAML or positions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core.core_schema import (
    CoreSchema,
    no_info_plain_validator_function,
    plain_serializer_function_ser_schema,
)

from chainsim.model.curves import Curve, curves
from chainsim.model.distributions import Distribution, distributions
from chainsim.model.quantities import QuantityLaw, quantity_laws
from chainsim.model.replenishment import Replenishment, replenishments
from chainsim.model.sourcing import Sourcing, sourcings
from chainsim.model.terms import UNLIMITED
from chainsim.scenario.language import orders, values
from chainsim.scenario.language.entries import as_call, custom
from chainsim.scenario.language.orders import Trace
from chainsim.scenario.language.values import NAME_LENGTH, RINGS, WORDS_LENGTH, OfPlan, Ring, by_ring, hinted
from chainsim.units import (
    INT64,
    UnitError,
    format_duration,
    format_money,
    format_money_rate,
    format_number,
    format_rate,
    format_share,
)

JsonSchemaValue: TypeAlias = dict[str, Any]
MOST_KNOWN: Final = 4096  # texts that a type remembers


class Value:
    """How a value is read, written and described; the last of a type's annotations for pydantic.

    read: a `UnitError` becomes the only error of the value.  write: readable text, by ring where the value is by ring;
    None writes the value as it is.  schema: its JSON Schema.  Pydantic's own annotations would do, but they look at the
    type and at the signatures anew for each of several hundred fields, which `chainsim validate` would wait for.
    """

    __slots__ = ("known", "read", "schema", "write")

    def __init__(
        self,
        read: Callable[[Any], Any],
        write: Callable[[Any], str] | None = None,
        schema: JsonSchemaValue | None = None,
    ) -> None:
        self.read = read
        self.write = write
        self.schema = schema or {}
        self.known: dict[str, Any] = {}  # what a text was read as: tiers and versions repeat most of them

    def validate(self, value: Any) -> Any:
        text = value if type(value) is str else ""
        if text in self.known:
            return self.known[text]
        try:
            read = self.read(value)
        except UnitError as error:
            raise custom(error) from None
        if text and len(self.known) < MOST_KNOWN:
            self.known[text] = read
        return read

    def serialize(self, value: Any) -> Any:
        if value is None or self.write is None:
            return value
        if isinstance(value, dict):
            return {ring: self.write(each) for ring, each in value.items()}
        return self.write(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = plain_serializer_function_ser_schema(self.serialize) if self.write else None
        return no_info_plain_validator_function(self.validate, serialization=text)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return dict(self.schema)


def _schema(description: str, *examples: Any, **more: Any) -> JsonSchemaValue:
    return {"description": description, "examples": list(examples), **more}


def _law_text(value: Distribution) -> str:
    return as_call(value, distributions)


def _rule_text(value: Replenishment) -> str:
    return as_call(value, replenishments)


def _size_text(value: QuantityLaw) -> str:
    return as_call(value, quantity_laws)


def _percent_text(value: Fraction) -> str:
    return f"{format_number(value * 100)}%"


def _backlog_text(value: Fraction | None) -> str:
    return "none" if value == 0 else format_number(value) if value is not None else "unlimited"


def _capacity_text(value: Fraction | OfPlan) -> str:
    return str(value) if isinstance(value, OfPlan) else format_rate(value)


NUMERIC = ["number", "string"]
WITH_UNIT = {"type": ["string", "integer"], "minimum": 0, "maximum": 0}  # a bare 0 needs no unit
AMOUNT = WITH_UNIT | {"pattern": r"^[0-9_.]+ ?\S.*$|^0$"}
DURATION = WITH_UNIT | {"pattern": r"^[0-9_.]+ ?([sminhdwoy]|[秒分小个天日周星月年]).*$|^0$"}
RATE = WITH_UNIT | {"pattern": r"^[0-9_.]+ ?\S*( ?/ ?| per )\S+$|^0$"}
MONEY_RATE = WITH_UNIT | {"pattern": r"^[0-9_.]+ ?\S.*(/| per )\s*\S+$|^0$"}
SHARE = {
    "type": NUMERIC,
    "minimum": 0,
    "maximum": 1,
    "pattern": r"^[0-9_.]+ ?(%|percent|ppm)$|^[0-9]+ ?/ ?[0-9]+$",
}
WHOLE = {"type": ["integer", "string"], "pattern": r"^[0-9][0-9_]*$"}
COUNT = WHOLE | {"minimum": 0}
LAW = {"type": ["string", "object"]}
PERCENT = {"type": NUMERIC, "pattern": r"^-?[0-9_.]+ ?(%|percent)$"}


def _rings(schema: Mapping[str, Any], *, nullable: bool = True) -> dict[str, Any]:
    """JSON Schema of one value or one by ring."""
    each = dict(schema)
    maps = {"type": "object", "properties": {ring: each for ring in RINGS}, "additionalProperties": False}
    return {"anyOf": [each, maps, *([{"type": "null"}] if nullable else [])]}


_amount = hinted(values.amount, 'write an amount such as "145_000 CNY"')
_backlog = hinted(values.backlog, 'write "unlimited", "none" or a number of units such as "20"')
_capacity = hinted(values.capacity, 'write "900/day", "125% of plan" or "unlimited"')
_order_size = hinted(orders.order_size, 'write a number such as "20", a law such as "poisson(20)", or {1: 50%, 2: 50%}')
_correlation = hinted(orders.correlation, 'write a plain number such as "0.7"')
_count = hinted(values.count, 'write a whole number such as "5"')
_count_from_one = hinted(partial(values.count, low=1), 'write a whole number such as "5"')
_date = hinted(values.date, 'write a date such as "2023-01-01"')
_duration = hinted(values.duration, 'write a duration such as "2 days"')
_growth = hinted(orders.growth, 'write a percentage such as "5%" or "-2%"')
_moment = hinted(orders.moment, 'write "2024-01-05" or "2024-01-05T08:00"')
_percentage = hinted(orders.percentage, 'write a percentage such as "120%"')
_positive_duration = hinted(partial(values.duration, strictly=True), 'write a duration such as "1 day"')
_lines = hinted(values.lines, 'write a whole number such as "5", or "unlimited"')
_law = hinted(values.law, 'write a duration such as "2 days" or "2 ± 0.5 days"')
_money_rate = hinted(values.money_rate, 'write money per time, such as "200_000 CNY/month"')
_rate = hinted(values.rate, 'write a rate such as "900/day"')
_rule = hinted(values.rule, 'write a rule such as "3 days", "to order" or "s_S(20, 100)"')
_names = hinted(values.names, "write a name, or several: [a, b]")
_seed = hinted(values.seed, 'write a whole number such as "2023"')
_shape = hinted(values.shape, 'write "linear"')
_share = hinted(values.share, 'write a share such as "75%"')
_positive_share = hinted(partial(values.share, strictly=True), 'write a share such as "97%"')
_sourcing = hinted(values.sourcing, f"write one of {', '.join(sourcings)}")
_warm_up = hinted(values.warm_up, 'write a duration such as "90 days", or "mser5"')
_weight = hinted(values.weight, 'write a plain number such as "2" or "0.15"')
_positive_weight = hinted(partial(values.weight, strictly=True), 'write a plain number such as "1"')

Amount: TypeAlias = Annotated[
    int,
    Value(
        _amount,
        partial(format_money, separator="_"),
        _schema("an amount of money", "145_000 CNY", "14.5万元", **AMOUNT),
    ),
]
Backlog: TypeAlias = Annotated[
    Fraction | None,
    Value(
        _backlog,
        _backlog_text,
        _schema(
            "a number of units, unlimited or none",
            "unlimited",
            "none",
            20,
            type=["number", "string", "null"],
            minimum=0,
        ),
    ),
]
Capacity: TypeAlias = Annotated[
    Fraction | OfPlan | None,
    Value(
        _capacity,
        _capacity_text,
        _schema(
            "a rate, a share of the plan, or unlimited",
            "900/day",
            "125% of plan",
            "unlimited",
            type=["string", "integer", "null"],
            minimum=0,
            maximum=0,
        ),
    ),
]
Change: TypeAlias = Annotated[
    Any, Value(values.change, schema=_schema("a new value or a change of it", "60 days", "+20%", "+10 points"))
]
Correlation: TypeAlias = Annotated[
    Fraction,
    Value(
        _correlation,
        format_number,
        _schema("a correlation, above -1 and below 1", 0.7, type=NUMERIC, exclusiveMinimum=-1, exclusiveMaximum=1),
    ),
]
Count: TypeAlias = Annotated[int, Value(_count, schema=_schema("a whole number", 5, **COUNT))]
CountFromOne: TypeAlias = Annotated[
    int, Value(_count_from_one, schema=_schema("a whole number from 1", 5, **WHOLE | {"minimum": 1}))
]
CountByRing: TypeAlias = Annotated[
    int | dict[Ring, int],
    Value(
        partial(by_ring, one=_count),
        schema=_schema(
            "a whole number, or one by ring", 40, {"city": 6, "province": 14}, **_rings(COUNT, nullable=False)
        ),
    ),
]
Date: TypeAlias = Annotated[
    dt.date,
    Value(_date, dt.date.isoformat, _schema("a day", "2023-01-01", type="string", format="date")),
]
Duration: TypeAlias = Annotated[
    Fraction,
    Value(_duration, format_duration, _schema("a duration", "2 days", "30 min", "0.5 天", **DURATION)),
]
PositiveDuration: TypeAlias = Annotated[
    Fraction,
    Value(_positive_duration, format_duration, _schema("a duration above 0", "1 day", **DURATION)),
]
Growth: TypeAlias = Annotated[
    Fraction,
    Value(
        _growth,
        _percent_text,
        _schema("a yearly growth, above -100%", "5%", "-2%", **PERCENT | {"minimum": 0, "maximum": 0}),
    ),
]
Law: TypeAlias = Annotated[
    Distribution,
    Value(
        _law,
        _law_text,
        _schema(
            "a duration, or a distribution of durations",
            "2 days",
            "2 ± 0.5 days",
            "lognormal(2 days, 0.5 days)",
            **LAW,
        ),
    ),
]
LawByRing: TypeAlias = Annotated[
    Distribution | dict[Ring, Distribution] | None,
    Value(
        partial(by_ring, one=_law),
        _law_text,
        _schema("a distribution of durations, or one by ring", "2 ± 0.5 days", {"city": "12 h"}, **_rings(LAW)),
    ),
]
Moment: TypeAlias = Annotated[
    dt.datetime,
    Value(
        _moment,
        dt.datetime.isoformat,
        _schema(
            "a day, or a day and a time",
            "2024-01-05",
            "2024-01-05T08:00",
            type="string",
            pattern=r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?$",
        ),
    ),
]
Month: TypeAlias = Annotated[
    int, Value(orders.month, schema=_schema("a month", "1", type="string", pattern=r"^([1-9]|1[0-2])$"))
]
Lines: TypeAlias = Annotated[
    int,
    Value(
        _lines,
        lambda lines: "unlimited" if lines >= UNLIMITED else str(lines),
        _schema("a whole number from 1, or unlimited", 3, "unlimited", type=["integer", "string"], minimum=1),
    ),
]
Name: TypeAlias = Annotated[
    str,
    Value(
        values.name,
        schema=_schema("a name", "battery", type="string", minLength=1, maxLength=NAME_LENGTH, pattern=r"^[^/\\]+$"),
    ),
]
MoneyRate: TypeAlias = Annotated[
    Fraction,
    Value(_money_rate, format_money_rate, _schema("money per time", "200_000 CNY/month", "0.5 CNY/day", **MONEY_RATE)),
]
OrderSize: TypeAlias = Annotated[
    QuantityLaw,
    Value(
        _order_size,
        _size_text,
        _schema(
            "a number, or a law of order sizes",
            20,
            "poisson(20)",
            {"1": "50%", "2": "50%"},
            type=["number", "string", "object"],
        ),
    ),
]
Percentage: TypeAlias = Annotated[
    Fraction,
    Value(
        _percentage,
        _percent_text,
        _schema("a percentage from 0", "120%", "80%", **PERCENT | {"minimum": 0, "maximum": 1}),
    ),
]
Names: TypeAlias = Annotated[
    str | tuple[str, ...],
    Value(
        _names,
        schema=_schema(
            "a name, or a list of names",
            "battery",
            ["shop 1", "shop 2"],
            anyOf=[{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
        ),
    ),
]
Rate: TypeAlias = Annotated[Fraction, Value(_rate, format_rate, _schema("a rate", "900/day", "30万/年", **RATE))]
Rule: TypeAlias = Annotated[
    Replenishment,
    Value(
        _rule,
        _rule_text,
        _schema(
            "a replenishment rule",
            "3 days",
            "to order",
            "s_S(20, 100)",
            "base_stock(500)",
            type=["string", "object"],
        ),
    ),
]
Seed: TypeAlias = Annotated[
    int,
    Value(_seed, schema=_schema("the root of all draws", 2023, **COUNT | {"maximum": INT64})),
]
Shape: TypeAlias = Annotated[
    Curve,
    Value(_shape, curves.name_of, _schema("a curve", "linear", enum=list(curves))),
]
Share: TypeAlias = Annotated[
    Fraction,
    Value(_share, format_share, _schema("a share, 0% to 100%", "75%", "1/3", **SHARE)),
]
ShareByRing: TypeAlias = Annotated[
    Fraction | dict[Ring, Fraction] | None,
    Value(
        partial(by_ring, one=_share),
        format_share,
        _schema("a share, or one by ring", "30%", {"city": "20%", "province": "25%"}, **_rings(SHARE)),
    ),
]
PositiveShare: TypeAlias = Annotated[
    Fraction,
    Value(_positive_share, format_share, _schema("a share above 0%, to 100%", "97%", **SHARE)),
]
SourcingRule: TypeAlias = Annotated[
    Sourcing,
    Value(_sourcing, sourcings.name_of, _schema("a sourcing rule", "priority", enum=list(sourcings))),
]
Switch: TypeAlias = Annotated[bool, Value(values.switch, schema=_schema("true or false", True, type="boolean"))]
TraceFile: TypeAlias = Annotated[
    Trace,
    Value(
        orders.trace,
        lambda trace: str(trace.file),
        _schema("a CSV or Excel file beside the scenario", "orders.csv", type="string"),
    ),
]
WarmUp: TypeAlias = Annotated[
    Fraction | Literal["mser5"],
    Value(
        _warm_up,
        lambda value: value if isinstance(value, str) else format_duration(value),
        _schema(
            "a duration, or the rule that finds one",
            "90 days",
            "mser5",
            **WITH_UNIT | {"pattern": rf"{DURATION['pattern']}|^mser5$"},
        ),
    ),
]
Weight: TypeAlias = Annotated[
    Fraction,
    Value(_weight, format_number, _schema("a plain number from 0", 2, 0.15, type=NUMERIC, minimum=0)),
]
PositiveWeight: TypeAlias = Annotated[
    Fraction,
    Value(
        _positive_weight, format_number, _schema("a plain number above 0", 1, 0.001, type=NUMERIC, exclusiveMinimum=0)
    ),
]
Words: TypeAlias = Annotated[
    str,
    Value(
        values.words, schema=_schema("text on one line", "BYD Jinan", type=["string", "number"], maxLength=WORDS_LENGTH)
    ),
]

__all__ = [
    "RINGS",
    "Amount",
    "Backlog",
    "Capacity",
    "Change",
    "Correlation",
    "Count",
    "CountByRing",
    "CountFromOne",
    "Date",
    "Duration",
    "Growth",
    "Law",
    "LawByRing",
    "Lines",
    "Moment",
    "MoneyRate",
    "Month",
    "Name",
    "Names",
    "OfPlan",
    "OrderSize",
    "Percentage",
    "PositiveDuration",
    "PositiveShare",
    "PositiveWeight",
    "Rate",
    "Ring",
    "Rule",
    "Seed",
    "Shape",
    "Share",
    "ShareByRing",
    "SourcingRule",
    "Switch",
    "Trace",
    "TraceFile",
    "WarmUp",
    "Weight",
    "Words",
]
