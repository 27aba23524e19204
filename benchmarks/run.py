"""The command: cases side by side, in turn, into docs/benchmarks.md.

    python -m benchmarks.run [a b c d e f] [--rounds 5] [--peers PYTHON] [--keep]

a, b, c: the same work by chainsim, by other programs and by hand.  d: a study of byd.yaml.  e: a city.  f: where the
time goes.  Without letters: a, b, c and f.  --peers: the Python that other authors' programs are installed for
(`make bench` makes one).  --keep: print, and leave the page as it is.
"""
# ruff: noqa: T201 - it prints

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from benchmarks import ours, profiles, studies, table
from benchmarks.cases import CASES
from benchmarks.timing import in_turn
from benchmarks.worker import PEERS

FEW = {"supplynetpy": 3, "nagasim": 3, "stockpyl": 1}  # rounds of slow programs
VENV = table.PAGE.parents[1] / ".venv-bench"
PEERS_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def titles(python: str) -> dict[str, str]:
    """What the tables call the programs."""
    code = f"import importlib.metadata as m; print(*(m.version(name) for name in {PEERS!r}), sep='\\n')"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    versions = done.stdout.split() if done.returncode == 0 else [""] * len(PEERS)
    names = {"supplynetpy": "SupplyNetPy", "nagasim": "nagasim", "stockpyl": "stockpyl"}
    peers = {name: f"{names[name]} {number}".strip() for name, number in zip(PEERS, versions, strict=True)}
    return {name: title for name, (title, _) in ours.PROGRAMS.items()} | peers


def compare(letter: str, rounds: int, python: str) -> str:
    """One case, all programs in turn."""
    case = CASES[letter]
    programs = dict.fromkeys(ours.PROGRAMS, sys.executable) | dict.fromkeys(PEERS, python)
    if letter != "c":
        programs.pop("kernel")
    results = in_turn(case, programs, rounds, FEW)
    return table.case_table(results, titles(python))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cases", nargs="*", default=["a", "b", "c", "f"], choices=[*CASES, "d", "e", "f"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", type=Path, default=PEERS_PYTHON)
    parser.add_argument("--keep", action="store_true")
    args = parser.parse_args()
    python = str(args.peers.absolute()) if args.peers.exists() else sys.executable
    for letter in args.cases:
        if letter in CASES:
            text = compare(letter, args.rounds, python)
        else:
            text = {"d": studies.study, "e": studies.city, "f": profiles.profiles}[letter]()
        print(f"({letter})\n\n{text}\n", flush=True)
        if not args.keep:
            table.put(letter, text)


if __name__ == "__main__":
    main()
