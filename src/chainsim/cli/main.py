"""The command `chainsim`: finds the verb, imports only what it needs, and turns every error into one exit code.

Exit codes: 0 done, 1 a wanted condition failed, 2 bad usage or scenario, 3 an invariant broke, 4 input, output or
folder, 5 a worker was lost, 70 a bug of ours, 130 interrupted, 143 terminated.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import tempfile
import traceback
from importlib.metadata import version
from types import FrameType
from typing import Final, NoReturn

import click

from chainsim.errors import ChainsimError, ScenarioError

VERBS: Final = {
    "run": "Simulate a scenario and its policies, and compare them.",
    "validate": "Check a scenario; every problem at once, nothing runs.",
    "list": "List the policies, suppliers, parts, assumptions, measures, rules or runs.",
    "show": "Show a scenario, or each value with the line that set it.",
    "compare": "Put policies, or finished runs, side by side.",
    "schema": "Print the JSON Schema of the scenario language, for editors.",
}


class Verbs(click.Group):
    """Imports a verb's module when it is called; the summaries above serve `--help`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"chainsim.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chainsim", prog_name="chainsim")
@click.option("--debug", is_flag=True, help="Show the traceback of a bug.")
def chainsim(debug: bool) -> None:
    """Simulate a plant's orders, and what they bring to a city.

    Example: chainsim run scenarios/byd.yaml
    """


def main() -> NoReturn:
    """Entry point of the command line; never returns and never shows a traceback unless asked."""
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, _terminated)
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    try:
        result = chainsim.main(arguments, prog_name="chainsim", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing was written", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except ScenarioError as error:
        from chainsim.cli.problems import report

        click.echo(report(error.problems), err=True)
        return error.exit_code
    except ChainsimError as error:
        click.echo(f"chainsim: {error}", err=True)
        return error.exit_code
    except BrokenPipeError:
        # The reader has what it wants; keep the interpreter from flushing into a closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last line of defence: a bug of ours
        return _crash(error, arguments)


def _crash(error: Exception, arguments: list[str]) -> int:
    """One line and a crash file instead of a traceback."""
    if "--debug" in arguments:
        traceback.print_exc()
        return 70
    with tempfile.NamedTemporaryFile(
        "w", prefix="chainsim-crash-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(f"chainsim {version('chainsim')}\narguments: {arguments}\n")
        traceback.print_exception(error, file=file)
    click.echo(f"chainsim: internal error ({type(error).__name__}); details in {file.name}", err=True)
    return 70


def _terminated(_: int, __: FrameType | None) -> NoReturn:
    raise SystemExit(143)
