"""The runs of a study, which show themselves in a notebook: tables, comparisons, figures.

In: a plan and its result.  Out: DataFrames, HTML, Plotly figures.  What is compared is compared as on the command line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from chainsim.compare.decision import decision_table
from chainsim.compare.paired import BASELINE, comparison
from chainsim.errors import Problem, ScenarioError
from chainsim.notebook import markup
from chainsim.report.html.charts import decision
from chainsim.report.html.numbers import Lang, Numbers
from chainsim.report.html.parts import Table
from chainsim.report.html.source import Source
from chainsim.report.html.words import Words
from chainsim.scenario.text.suggest import did_you_mean
from chainsim.study.study import Plan, Result

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True, repr=False)
class Runs(Result):
    """Every table of a study, by name and as an attribute; `compare` and `plot` say what follows from them.

    plan: what was run.
    """

    plan: Plan = field(kw_only=True)

    @property
    def policies(self) -> list[str]:
        """Baseline first."""
        return list(self.plan.networks)

    @property
    def kpis(self) -> pd.DataFrame:
        """One measure of one run a row."""
        return self.tables["kpis"]

    @property
    def firms(self) -> pd.DataFrame:
        """Accounts of every firm in every run."""
        return self.tables["firms"]

    @property
    def daily(self) -> pd.DataFrame:
        """Every day of every run."""
        return self.tables["daily"]

    @property
    def multipliers(self) -> pd.DataFrame:
        """Simulated multipliers beside Leontief's."""
        return self.tables["multipliers"]

    def compare(self, baseline: str = BASELINE) -> pd.DataFrame:
        """Every measure of each policy against `baseline`, on the same luck, with intervals and verdicts.

        Raises ScenarioError if there is no such policy among the runs.
        """
        self._require(baseline)
        return comparison(self.kpis, baseline, self.plan.matters_if)

    def decision(self, baseline: str = BASELINE) -> pd.DataFrame:
        """What each policy brings the city, costs, and buys per public yuan; raises ScenarioError like `compare`."""
        self._require(baseline)
        return decision_table(self.kpis, baseline, self.plan.matters_if, self.plan.years)

    def plot(self, what: str, policy: str | None = None, lang: Lang = "en") -> Figure:
        """A Plotly figure.

        what: a measure such as `city_revenue` (differences to the baseline, with intervals), or a chart of the report:
        decision, ramp, waterfall, reconciliation, places, bottlenecks, cash.
        policy: of a chart that has one a policy or a region, which one; its first if not given.
        Raises ScenarioError for a name that is neither, MissingLibraryError without plotly.
        """
        from chainsim.notebook.figures import figure

        return figure(self.source, what, policy, lang)

    def to_excel(self, path: str | Path, lang: Lang = "en") -> None:
        """Write the workbook of `chainsim export`; raises MissingLibraryError without xlsxwriter, FolderError."""
        from chainsim.report.excel.results import write

        write(self.source, lang, Path(path))

    @property
    def source(self) -> Source:
        """The runs as what reports and workbooks are made from."""
        from importlib.metadata import version

        facts = {
            "scenario": self.plan.loaded.name,
            "policies": self.policies,
            "replications": sorted({trial.replication + 1 for trial in self.trials}),
            "seed": self.plan.loaded.scenario.study.seed,
            "matters_if": self.plan.matters_if,
            "libraries": {"chainsim": version("chainsim")},
        }
        return Source(facts, self.tables, self.plan.loaded)

    def _require(self, policy: str) -> None:
        if policy not in self.policies:
            message = f"no policy {policy!r} among the runs{did_you_mean(policy, self.policies)}"
            raise ScenarioError([Problem(message, hint=f"there is: {', '.join(self.policies)}")])

    def __repr__(self) -> str:
        count = len({trial.replication for trial in self.trials})
        return f"<Runs of {self.plan.loaded.name}: {', '.join(self.policies)} × {count} replications>"

    def _repr_html_(self) -> str:
        source, words, numbers = self.source, Words("en"), Numbers("en")
        count = len(source.facts["replications"])
        said = f"{len(self.policies)} policies × {count} replications, {self.orders:,} orders; tables: "
        found = [markup.heading(source.title), markup.table(("baseline", ""), _levels(source, numbers), left=1)]
        section = decision.section(source, words, numbers)
        if section.table:
            found += [_html(section.table, f"{section.title}: {section.lead}"), *map(markup.line, section.notes)]
        return "".join([*found, markup.line(said + ", ".join(self.tables))])


def _levels(source: Source, numbers: Numbers) -> list[tuple[str, str]]:
    """The baseline in a few numbers."""
    money = ("final_sales", "city_revenue", "city_value_added")
    levels: list[tuple[str, Any]] = [(name, numbers.money(source.level(name))) for name in money]
    multiplier = f"{source.level('city_multiplier'):.4f}"
    return [*levels, ("city_multiplier", multiplier), ("fill_rate", numbers.share(source.level("fill_rate")))]


def _html(table: Table, caption: str) -> str:
    """A table of the report for a notebook."""
    return markup.table(table.header, table.rows, table.left, caption)


def shown(result: Result, plan: Plan) -> Runs:
    """A Result that shows itself."""
    return Runs(**{each.name: getattr(result, each.name) for each in fields(Result)}, plan=plan)
