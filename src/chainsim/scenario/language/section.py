"""What every mapping of the scenario language has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Base of every mapping in a scenario: unknown keys are refused, values never change once read.

    A section is built when it is first asked for: most only ever as a part of the whole scenario.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)
