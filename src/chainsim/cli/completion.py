"""`chainsim completion`: the script by which a shell completes verbs, options, files and the policies of a scenario."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from chainsim.errors import ChainsimError

VARIABLE = "_CHAINSIM_COMPLETE"  # how click calls it


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    chainsim completion bash >> ~/.bashrc
    chainsim completion zsh >> ~/.zshrc
    chainsim completion fish > ~/.config/fish/completions/chainsim.fish
    """
    found = get_completion_class(shell)
    assert found is not None
    root = click.get_current_context().find_root().command
    # The script alone: `source` would ask the shell for its version first.
    completion = found(root, {}, "chainsim", VARIABLE)
    click.echo(found.source_template % completion.source_vars())


def complete_policies(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The policies of the scenario that stands on the command line already; behind a `+`, those to combine with."""
    before, plus, last = begun.rpartition("+")
    taken = before.split("+") if before else []
    names = {name: title for file in _files(context) for name, title in policies_in(file).items()}
    return [
        CompletionItem(f"{before}{plus}{name}", help=title or None)
        for name, title in names.items()
        if name.startswith(last) and name not in taken
    ]


def _files(context: click.Context) -> list[str]:
    """The scenarios on the line; where an option still lacks its value, click leaves all words unread in `args`."""
    given = context.params.get("scenario") or context.params.get("what") or ()
    words = [given] if isinstance(given, str) else [str(file) for file in given]
    return [word for word in [*words, *context.args] if word.endswith((".yaml", ".yml"))]


def policies_in(file: str) -> dict[str, str]:
    """Titles of the policies of a scenario, inherited ones too, by name; nothing is validated, and faults give none."""
    from chainsim.scenario.resolve.inherit import assemble
    from chainsim.scenario.text.inputs import Inputs
    from chainsim.scenario.text.nodes import Mapping, Scalar

    try:
        tree = assemble(Inputs(Path(file), file), lambda _: None)
    except ChainsimError:
        return {}
    policies = tree.entries.get("policies")
    found = {}
    for name, policy in policies.entries.items() if isinstance(policies, Mapping) else ():
        title = policy.entries.get("title") if isinstance(policy, Mapping) else None
        found[name] = title.text if isinstance(title, Scalar) else ""
    return found
