"""The command `chainsim`: finds the verb, imports only what it needs, and turns every error into one exit code.

Exit codes: 0 done, 1 a wanted condition failed, 2 bad usage or scenario, 3 an invariant broke, 4 input, output, folder
or cluster, 5 workers were lost, 70 a bug of ours, 129, 130 and 143 stopped by a closed terminal, Ctrl-C and SIGTERM.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
from typing import Final, NoReturn

import click

from chainsim import garbage
from chainsim.cli import stopping
from chainsim.errors import ChainsimError, ScenarioError

VERBS: Final = {
    "new": "Start a folder with a scenario that runs.",
    "run": "Simulate a scenario and its policies, and compare them.",
    "validate": "Check a scenario; every problem at once, nothing runs.",
    "list": "List the policies, suppliers, parts, assumptions, measures, rules, formulas or runs.",
    "show": "Show a scenario, or each value with the line that set it.",
    "explain": "Where each yuan of the product goes, by tier and ring; nothing runs.",
    "compare": "Put policies, or finished runs, side by side.",
    "report": "Write the report of a run: one HTML file that opens offline, in English or Chinese.",
    "export": "Write the results of a run as an Excel workbook with charts.",
    "diff": "Show what two scenarios, policies or runs set differently.",
    "why": "Explain where two policies part, and how it spreads.",
    "resilience": "Stop suppliers for a while: how long the plant survives and recovers.",
    "sensitivity": "Move numbers down and up: which of them change the best policy.",
    "verify-model": "Compare the model with theory: the textbook gallery, or your own cases.",
    "fuzz": "Run random networks, and hold every law against them.",
    "schema": "Print the JSON Schema of the scenario language, for editors.",
    "completion": "Print the completion script of bash, zsh or fish.",
}


class Verbs(click.Group):
    """Imports a verb's module when it is called; the summaries above serve `--help`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"chainsim.cli.{cmd_name.replace('-', '_')}").command
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
    # Processes run side by side; threads of linear algebra would wait for each other, and cost more to start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for some it reads every installed package
    garbage.look_seldom()
    stopping.install()
    _prepare_streams()
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    code = _run(arguments, debug=len(arguments) < len(sys.argv) - 1)
    lost = _flush()
    stopping.ignore()
    garbage.look_no_more()
    sys.exit(code or lost)


def _run(arguments: list[str], debug: bool) -> int:
    """Run the command and return its exit code."""
    try:
        result = chainsim.main(arguments, prog_name="chainsim", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except stopping.Stopped as stop:
        return int(stop.code or 0)
    except SystemExit:
        return 0  # click's answer to a closed pipe: the reader has what it wants
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return 130
    except click.ClickException as error:
        with contextlib.suppress(OSError):
            error.show()
        return 2
    except ScenarioError as error:
        from chainsim.cli.problems import report

        _say(report(error.problems))
        return error.exit_code
    except ChainsimError as error:
        _say(f"chainsim: {error}")
        return error.exit_code
    except BrokenPipeError:
        return 0  # the reader has what it wants
    except OSError as error:
        if debug:
            import traceback

            traceback.print_exc()
        _say(f"chainsim: cannot read or write {error.filename or 'standard output'}: {error.strerror or error}")
        return 4
    except Exception as error:  # the last line of defence: a bug of ours
        return _crash(error, arguments, debug)


def _say(text: str) -> None:
    """A message on stderr; what the message says does not depend on whether anybody hears it."""
    with contextlib.suppress(OSError):
        click.echo(text, err=True)


def _crash(error: Exception, arguments: list[str], debug: bool) -> int:
    """One line and a crash file instead of a traceback."""
    import traceback

    if debug:
        traceback.print_exception(error)
        return 70
    where = "".join(f" in {note}" for note in getattr(error, "__notes__", ()))
    kept = "run it again with --debug to see more"
    with contextlib.suppress(OSError):
        import tempfile
        from importlib.metadata import version

        with tempfile.NamedTemporaryFile(
            "w", prefix="chainsim-crash-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(f"chainsim {version('chainsim')}, Python {sys.version}\narguments: {arguments}\n")
            traceback.print_exception(error, file=file)
        kept = f"details in {file.name}"
    _say(f"chainsim: internal error ({type(error).__name__}){where}; {kept}")
    return 70


def _prepare_streams() -> None:
    """Closed standard streams become the null device; what is piped is UTF-8 on every system."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            with contextlib.suppress(OSError):
                descriptor = os.open(os.devnull, os.O_RDWR)
                if descriptor != number:
                    os.dup2(descriptor, number)
                setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")


def _flush() -> int:
    """4 if the last of the output was lost; keeps the interpreter from complaining about it on its way out."""
    code = 0
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError as error:
            code = 0 if isinstance(error, BrokenPipeError) else 4
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return code
