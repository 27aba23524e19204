"""Does the model give what theory says?  Scenarios with an `expect` section are run and judged.

In: loaded scenarios.  Out: one verdict per expectation: expected, simulated, standard error over replications, and
whether the run was long enough to tell the listed near misses apart.  This module must not know terminals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chainsim.compare.verdict import Expected, Verdict, judge
from chainsim.errors import Problem, ScenarioError
from chainsim.model.network import Network
from chainsim.scenario.build import build
from chainsim.scenario.language.expectation import Expectation
from chainsim.scenario.load import Loaded
from chainsim.study.executors import Jobs, run_all
from chainsim.study.trial import run_trial
from chainsim.theory import evaluate


def verify(
    scenarios: Sequence[Loaded],
    jobs: Jobs,
    replications: int | None = None,
    done: Callable[[int], None] = lambda _: None,
    progress: Callable[[float], None] = lambda _: None,
) -> list[Verdict]:
    """Run every scenario's baseline and judge its expectations, in the order given.

    replications: of each scenario, instead of its own number.  Raises ScenarioError where an expectation cannot be
    read: an unknown formula, no such table, column or row.
    """
    spoken = [(loaded, expectations(loaded)) for loaded in scenarios]
    arguments = []
    owners = []
    for number, (loaded, _) in enumerate(spoken):
        network = build(loaded)
        wanted = tuple(loaded.scenario.expect.values())
        for replication in range(replications or loaded.scenario.study.replications):
            arguments.append((network, replication, wanted))
            owners.append(number)
    measured = run_all(_measure, arguments, jobs, done, progress)
    verdicts = []
    for number, (loaded, expected) in enumerate(spoken):
        runs = [values for owner, values in zip(owners, measured, strict=True) if owner == number]
        for column, (name, one) in enumerate(loaded.scenario.expect.items()):
            values = [run[column] for run in runs]
            right, near = expected[name]
            verdicts.append(judge(_title(loaded), name, right, near, values, float(one.within)))
    return verdicts


def runs_wanted(scenarios: Sequence[Loaded], replications: int | None = None) -> int:
    """How many runs `verify` takes."""
    return sum(replications or loaded.scenario.study.replications for loaded in scenarios)


def _title(loaded: Loaded) -> str:
    return loaded.scenario.title or loaded.name


def expectations(loaded: Loaded) -> dict[str, tuple[Expected, list[float]]]:
    """The expected value and the near misses of each expectation; raises ScenarioError."""
    problems = []
    found = {}
    for name, one in loaded.scenario.expect.items():
        try:
            if bool(one.theory) == bool(one.expected):
                raise ValueError("state either `theory` or `expected`")
            right = _value(one.theory or one.expected)
            if one.reference:
                right = Expected(right.value, right.meaning, one.reference)
            found[name] = right, [_value(text).value for text in one.unlike]
        except ValueError as error:
            problems.append(Problem(f"expect.{name} of {loaded.name}: {error}", hint="see `chainsim list formulas`"))
    if problems:
        raise ScenarioError(problems)
    return found


def _value(text: str) -> Expected:
    """A number, or a formula evaluated."""
    try:
        return Expected(float(text), "stated", "")
    except ValueError:
        value, formula = evaluate(text)
        return Expected(value, formula.meaning, formula.source)


def _measure(
    network: Network, replication: int, wanted: Sequence[Expectation], progress: Callable[[float], None] | None = None
) -> list[float]:
    """One run's value of each expectation."""
    tables = run_trial(network, "none", replication, progress).tables
    return [_pick(tables, one) for one in wanted]


def _pick(tables: Mapping[str, Any], one: Expectation) -> float:
    table_name, _, column = one.measure.rpartition(".")
    conditions = dict(one.of)
    if not table_name:
        table_name, column, conditions = "kpis", "value", {"measure": one.measure} | conditions
    table = tables.get(table_name)
    if table is None or column not in table.columns:
        known = sorted(tables) if table is None else [str(name) for name in table.columns]
        raise _wrong(one, f"there is no {one.measure!r}", f"there is {', '.join(known)}")
    for key, value in conditions.items():
        if key not in table.columns:
            raise _wrong(one, f"table {table_name} has no column {key!r}", f"it has {', '.join(table.columns)}")
        table = table[table[key].astype(str) == value]
    values = table[column].astype(float)
    if len(values) == 0:
        raise _wrong(one, f"no row of {table_name} is {conditions}", "check `of`")
    if len(values) > 1 and one.take == "only":
        raise _wrong(one, f"{len(values)} rows of {table_name} are {conditions}", "say more in `of`, or `take: sum`")
    return float({"only": values.sum, "sum": values.sum, "mean": values.mean, "max": values.max}[one.take]())


def _wrong(one: Expectation, message: str, hint: str) -> ScenarioError:
    return ScenarioError([Problem(f"expectation {one.measure}: {message}", hint=hint)])
