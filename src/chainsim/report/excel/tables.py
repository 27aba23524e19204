"""What the columns of a run's tables look like in Excel: dates as dates, yuan without fen, shares in per cent.

In: a table of a run.  Out: columns for a sheet.  The names of columns decide, and the units that stand beside values.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

import pandas as pd

from chainsim.report.excel.book import Column

DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
BY_UNIT: Final = {
    "CNY": "money",
    "CNY/CNY": "per_yuan",
    "share": "share",
    "units": "decimal",
    "orders": "whole",
    "jobs": "decimal",
    "days": "fine",
    "t": "decimal",
}
OF_THE_UNIT: Final = ("value", "baseline", "mean", "difference", "low", "high", "low_family", "high_family")
BY_END: Final = (
    ("_cny", "money"),
    ("_units", "decimal"),
    ("_days", "decimal"),
    ("_kwh", "decimal"),
    ("_t", "decimal"),
    ("_share", "share"),
    ("_rate", "share"),
)
BY_NAME: Final = {
    "cny": "money",
    "per_yuan": "per_yuan",
    "utilisation": "share",
    "availability": "share",
    "relative": "share",
    "hours": "decimal",
    "jobs": "decimal",
    "simulated": "per_yuan",
    "leontief": "per_yuan",
}


def columns(table: pd.DataFrame) -> list[Column]:
    """The columns of a table under their own names."""
    units = [str(unit) for unit in table["unit"]] if "unit" in table else []
    found = []
    for name in table.columns:
        values = [_value(value) for value in table[name].tolist()]
        form: str | list[str] = _form(str(name), values)
        if units and name in OF_THE_UNIT:
            form = [BY_UNIT.get(unit, "plain") for unit in units]
        found.append(Column(str(name), values, form))
    return found


def _value(value: Any) -> Any:
    """A cell; a day in text becomes a date."""
    if isinstance(value, str) and DAY.fullmatch(value):
        return dt.date.fromisoformat(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return value


def _form(name: str, values: list[Any]) -> str:
    """What a column looks like, by its name, then by what is in it."""
    if any(isinstance(value, dt.date) for value in values):
        return "date"
    if name in BY_NAME:
        return BY_NAME[name]
    for end, form in BY_END:
        if name.endswith(end):
            return form
    if any(isinstance(value, str) for value in values):
        return "text"
    return "plain"
