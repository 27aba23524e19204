"""From a planned study to a run folder and a summary; shared by `run` and `compare`."""

from __future__ import annotations

import hashlib
import json
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from chainsim import garbage
from chainsim.cli.identity import RESULTS, earlier_run, identity, inputs, refuse_useless, study_of, to_go_on, to_resume
from chainsim.cli.options import say
from chainsim.cli.progress import Progress
from chainsim.cli.stopping import Stopped
from chainsim.compare.stopping import Precision
from chainsim.engine.choice import Choice
from chainsim.errors import ChainsimError, InvariantError
from chainsim.report.html.numbers import Lang
from chainsim.report.html.source import Source
from chainsim.results.interrupted import clear_superseded
from chainsim.results.store import RunFolder, RunTables, default_target, file_name, free_name
from chainsim.scenario.load import Loaded, Resolved
from chainsim.study import study
from chainsim.study.bench import Bench
from chainsim.study.executors import Executor, Workers
from chainsim.study.study import Plan, Result
from chainsim.study.trial import BrokenTrialError, Extras
from chainsim.study.writing import write_tables


@dataclass(frozen=True, slots=True)
class Going:
    """How to go about a study, beside what it is.

    words: the command that began it, shown with `--resume` when it is interrupted.  resume: go on with what was
    interrupted.  reuse: a finished run whose trials may be taken over.  until: the precision that decides how often
    it runs.  engine: which one runs it.  lang: of its report.
    """

    words: tuple[str, ...] = ()
    resume: bool = False
    reuse: Path | None = None
    until: Precision | None = None
    files: tuple[str, ...] = ()
    engine: Choice = "auto"
    lang: Lang = "en"


ANEW: Final = Going()


def simulate(
    plan: Plan,
    file: str,
    workers: Workers | Executor,
    out: Path | None,
    quiet: bool,
    extras: Extras,
    going: Going = ANEW,
) -> tuple[Result, Path]:
    """Run a study and write its folder; returns the result and the folder.

    workers: to be opened when they are needed, or open already; closed when trials and tables are done.
    When a trial breaks a law, its tables go to `FOLDER.invalid` and nothing to the folder itself.  An interruption
    keeps the trials that have ended, and says how to go on.
    """
    garbage.look_as_usual()
    facts = identity(plan)
    fingerprint = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    whole = study_of(facts, extras, going.until)
    name = str(facts["scenario"])
    target = out or (to_resume(name, whole) if going.resume else default_target(RESULTS, name, fingerprint))
    earlier = earlier_run(going.reuse, name)
    facts["started"] = datetime.now(UTC).isoformat(timespec="seconds")
    if not going.resume and out is None and not quiet and (left := to_go_on(name, whole)):
        click.echo(f"this study was interrupted before; --resume goes on with {left.name}, this begins anew", err=True)
    begin = time.monotonic()
    progress = Progress(len(plan.trials), quiet)
    folder = RunFolder(target, whole if going.words else None, going.resume)

    def foreseen(keys: set[str]) -> None:
        if earlier is not None:
            refuse_useless(earlier, facts, keys)

    def looked(now: int, then: int, policy: str, share: float) -> None:
        more = f"; {then - now} more" if then > now else ""
        progress.say(f"{share:.3%} after {now} replications ({policy}){more}", (then - now) * len(plan.networks))

    try:
        with folder:
            opened = workers.open(say) if isinstance(workers, Workers) else workers
            with opened as executor, progress, folder.writing():
                facts["jobs"] = progress.abreast = executor.size
                bench = Bench(
                    executor,
                    progress.done,
                    progress.within,
                    folder.shards,
                    earlier,
                    foreseen,
                    going.engine,
                    say=lambda line: progress.say(line, 0),
                )
                result = study.run_on(bench, plan, extras, going.until, looked)
                write_tables(folder, result.tables, executor)
            _add_inputs(folder, plan)
            facts["replications"] = sorted({trial.replication + 1 for trial in result.trials})
            timing = {"seconds": round(time.monotonic() - begin, 3), "orders": result.orders}
            _add_report(folder, facts, plan, list(result.tables), going.lang)
            kept = {"trial_tables": result.trials[0].names, "trials": [trial.facts() for trial in result.trials]}
            folder.finish({**facts, **timing, **kept})
    except BrokenTrialError as error:
        _keep_evidence(plan, going.files or (file,), target, facts, error)
    except BaseException as error:
        _say_what_is_kept(error, folder, progress, going.words)
        raise
    clear_superseded(target.parent, whole)
    return replace(result, tables=RunTables(target, list(result.tables))), target


def _say_what_is_kept(error: BaseException, folder: RunFolder, progress: Progress, words: Sequence[str]) -> None:
    """After an interruption: how far it came, and the command that goes on from there."""
    kept = folder.kept_trials
    if kept:
        click.echo(f"stopped after {progress.ended} of {progress.total} runs; {kept} are kept, to go on:", err=True)
        click.echo(f"  {shlex.join([*words, '--resume'])}", err=True)
    elif isinstance(error, Stopped):
        click.echo(f"stopped after {progress.ended} of {progress.total} runs; nothing was written", err=True)


def _add_inputs(folder: RunFolder, plan: Plan) -> None:
    """The files that were read, and every policy's scenario spelt out."""
    for name, data in inputs(plan).items():
        folder.add_bytes(f"inputs/{name}", data)
    for policy in plan.networks:
        loaded, names = plan.origin(policy)
        rows = [_line(loaded, row) for row in loaded.resolved(names)]
        folder.add_bytes(f"resolved/{file_name(policy)}.txt", ("\n".join(rows) + "\n").encode())


def _add_report(folder: RunFolder, facts: dict[str, Any], plan: Plan, names: Sequence[str], lang: Lang) -> None:
    """The tables as a page to read.  They are the run: where it cannot be made, that is said, and nothing is lost."""
    try:
        from chainsim.report.html.page import render

        loaded = None if plan.others else plan.loaded
        page = render(Source(facts, RunTables(folder.staged, names), loaded), lang)
    except Exception as error:  # a bug of ours, or a library that is not there, must not cost a finished study
        click.echo(f"no report.html: {str(error) or type(error).__name__}; `chainsim report RUN` tries again", err=True)
        return
    folder.add_bytes("report.html", page)


def _line(loaded: Loaded, row: Resolved) -> str:
    """One value with its origin; files are named from the scenario's folder, no path of this machine is kept."""
    file, colon, rest = row.place.partition(":")
    known = [name for name in loaded.inputs if file == name or file.replace("\\", "/").endswith(f"/{name}")]
    place = f"{max(known, key=len)}{colon}{rest}" if known else row.place
    return f"{row.path}: {row.value}  # {place} ({row.set_by})"


def _keep_evidence(
    plan: Plan, files: Sequence[str], target: Path, facts: dict[str, Any], error: BrokenTrialError
) -> NoReturn:
    """Write the broken trial's tables beside the target, under a name that says what they are; then report it."""
    loaded, policies = plan.origin(error.policy)
    scenarios = [plan.loaded, *(one for _, one in plan.others)]
    words = ["chainsim", "run", next(file for file, one in zip(files, scenarios, strict=True) if one is loaded)]
    words += ["-p", "+".join(policies)] if policies else []
    for setting in loaded.settings:
        words += [] if setting.startswith("study.seed=") else ["--set", setting]
    words += ["--replication", str(error.replication + 1), "--seed", str(loaded.scenario.study.seed), "--log"]
    text = f"{error}\nreproduce: {shlex.join(words)}"
    kept = free_name(target.with_name(f"{target.name}.invalid"))
    try:
        with RunFolder(kept) as folder:
            _add_inputs(folder, plan)
            for name, table in error.tables.items():
                folder.add_table(name, table)
            folder.finish({**facts, "invalid": str(error)}, latest=False)
    except ChainsimError as second:
        raise InvariantError(f"{text}\n{second}") from error
    raise InvariantError(f"{text}\ntables of this run, for the search only: {kept}") from error


def as_data(result: Result, target: Path) -> str:
    """What a program wants to know of a run, as JSON: its folder, the mean of every measure, and the comparison."""
    kpis = result.tables["kpis"]
    means = kpis.groupby(["policy", "measure", "unit"], sort=False)["value"].mean().reset_index()
    found = {"folder": target.as_posix(), "measures": records(means)}
    if "comparison" in result.tables:
        found["comparison"] = records(result.tables["comparison"])
    return json.dumps(found, ensure_ascii=False, indent=2)


def records(table: Any) -> list[dict[str, Any]]:
    """Rows as plain data; what is missing is null."""
    rows: Sequence[dict[Any, Any]] = table.to_dict("records")
    return [{str(key): None if value != value else value for key, value in row.items()} for row in rows]
