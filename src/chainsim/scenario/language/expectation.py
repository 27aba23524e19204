"""What a scenario is expected to give: a measure, its value from theory or a book, and what would be a near miss.

`chainsim verify-model` runs the scenario and judges; nothing else reads this section.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from chainsim.scenario.language.fields import Name, Share, Words
from chainsim.scenario.language.section import Section


class Expectation(Section):
    """One number that the simulation must meet."""

    measure: Annotated[Words, Field(description="a measure such as `fill_rate`, or `table.column`")]
    of: Annotated[dict[Name, Words], Field(description="which rows of the table: column and value")] = {}
    take: Annotated[Literal["only", "sum", "mean", "max"], Field(description="what to make of several rows")] = "only"
    theory: Annotated[Words, Field(description="formula and parameters, as `chainsim list formulas` shows them")] = ""
    expected: Annotated[Words, Field(description="a number, where no formula gives it")] = ""
    reference: Annotated[Words, Field(description="where a stated number is from")] = ""
    within: Annotated[Share, Field(description="relative error that the model is known to have, beside chance")] = (
        Fraction(0)
    )
    unlike: Annotated[
        tuple[Words, ...], Field(description="near misses: numbers or formulas that the run must tell apart from it")
    ] = ()
