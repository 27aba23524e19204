"""The layers, the absence of cycles, and one door per library, as CONTRIBUTING.md states them.

import-linter checks the contracts of pyproject.toml. What it cannot see is checked here from the syntax
trees: libraries that are loaded by name (`importlib.import_module("yaml")`) and imports from the public
face. Both are run on planted violations too, so that a contract that cannot fail is noticed.
"""

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
PYPROJECT = ROOT / "pyproject.toml"

RESULTS_AND_UP = tuple(
    f"chainsim.{name}" for name in ("results", "economy", "compare", "study", "report", "notebook", "cli", "testing")
)
EXECUTORS = ("chainsim.study.executors",)
DOORS: dict[str, tuple[str, ...]] = {
    "yaml": ("chainsim.scenario.text.reader",),
    "simpy": ("chainsim.engine.simpy_engine",),
    "numba": ("chainsim.engine.compiled_engine", "chainsim.engine.choice"),  # the latter asks whether it is there
    "llvmlite": ("chainsim.engine.compiled_engine",),
    "pandas": RESULTS_AND_UP,
    "concurrent": EXECUTORS,
    "multiprocessing": EXECUTORS,
    "distributed": EXECUTORS,
    "dask": EXECUTORS,
    "joblib": EXECUTORS,
    "openpyxl": ("chainsim.scenario.text.sheet_records",),
    "xlsxwriter": ("chainsim.report.excel.book",),
    "jinja2": ("chainsim.report.html.page",),
    "markupsafe": ("chainsim.report.html.page", "chainsim.report.html.embed"),
    # the script that its package ships, and its Python where a notebook draws
    "plotly": ("chainsim.report.html.library", "chainsim.notebook.figures", "chainsim.notebook.runs"),
}
LOADERS = {"import_module", "__import__", "find_spec"}


def lint_imports(src: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of pyproject.toml on the package `chainsim` in `src`."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as main; main()",
            "--no-cache",
            f"--config={PYPROJECT}",
        ],
        cwd=src,
        env=os.environ | {"PYTHONPATH": str(src), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def modules(src: Path) -> Iterator[tuple[str, bool, ast.Module]]:
    """Every module below `src`: dotted name, whether it is a package, syntax tree."""
    for path in sorted(src.rglob("*.py")):
        parts = path.relative_to(src).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        yield name, is_package, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(name: str, is_package: bool, tree: ast.Module) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Line, module and imported names of each import of a module, written or by a literal name."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from ((node.lineno, alias.name, ()) for alias in aliases)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                base = name.split(".")
                base = base[: len(base) - level + is_package] if level else []
                target = ".".join([*base, *([module] if module else [])])
                yield node.lineno, target, tuple(alias.name for alias in aliases)
            case ast.Call(func=ast.Name(id=f) | ast.Attribute(attr=f), args=[ast.Constant(str(target)), *_]):
                if f in LOADERS:
                    yield node.lineno, target, ()


def through_the_wall(src: Path) -> list[str]:
    """Imports of a library that has a door, by a module that is not the door."""
    found = []
    for name, is_package, tree in modules(src):
        for line, target, _ in imports(name, is_package, tree):
            doors = DOORS.get(target.partition(".")[0])
            if doors is not None and not any(name == d or name.startswith(d + ".") for d in doors):
                found.append(f"{name}:{line} imports {target}, allowed only in {doors}")
    return found


def from_the_face(src: Path) -> list[str]:
    """Imports of the package `chainsim` itself, not of one of its modules, from inside of it."""
    trees = list(modules(src))
    names = {name for name, _, _ in trees} | {
        ".".join(path.relative_to(src).parts) for path in src.rglob("*") if path.is_dir()
    }
    return [
        f"{name}:{line} imports from chainsim itself"
        for name, is_package, tree in trees
        for line, target, imported in imports(name, is_package, tree)
        if name not in ("chainsim", "chainsim.__main__", "chainsim.testing")
        and target == "chainsim"
        and not (imported and all(f"chainsim.{i}" in names for i in imported))
    ]


def every_part_is_a_package(src: Path) -> list[str]:
    """Folders with modules but without __init__.py, which import-linter would pass over in silence."""
    return sorted(
        str(folder.relative_to(src))
        for folder in {path.parent for path in (src / "chainsim").rglob("*.py")}
        if not (folder / "__init__.py").exists()
    )


def test_the_contracts_hold() -> None:
    result = lint_imports(SRC)
    assert result.returncode == 0, result.stdout + result.stderr


def test_each_library_has_one_door() -> None:
    assert through_the_wall(SRC) == []


def test_nothing_inside_imports_from_the_public_face() -> None:
    assert from_the_face(SRC) == []


def test_every_folder_with_modules_is_a_package() -> None:
    assert every_part_is_a_package(SRC) == []


def test_the_doors_here_are_those_of_the_contracts() -> None:
    contracts = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    walled = [library for c in contracts if c["type"] == "forbidden" for library in c["forbidden_modules"]]
    assert sorted(walled) == sorted(DOORS)


def plant(src: Path, files: dict[str, str]) -> None:
    """A small package `chainsim` that keeps every contract, with `files` on top."""
    kept = {
        "errors.py": "",
        "cache.py": "",
        "garbage.py": "",
        "units.py": "from chainsim import errors\n",
        "streams.py": "from chainsim.errors import *\n",
        "theory/__init__.py": "",
        "registry.py": "",
        "model/__init__.py": "import chainsim.registry\n",
        "model/rules/__init__.py": "",
        "model/rules/lines.py": "",
        "records.py": "",
        "kernels/__init__.py": "import chainsim.records\n",
        "model/network.py": "from chainsim import units\n",
        "scenario/__init__.py": "",
        "scenario/language/__init__.py": "",
        "scenario/text/__init__.py": "",
        "scenario/text/reader.py": "import yaml\nfrom chainsim.model import network\n",
        "engine/__init__.py": "",
        "engine/simpy_engine.py": "import simpy\nfrom ..model import network\n",
        "results/__init__.py": "import pandas\n",
        "results/store.py": "from pandas import DataFrame\n",
        "study/__init__.py": "",
        "study/executors.py": "import concurrent.futures, multiprocessing\nfrom chainsim import engine\n",
        "cli/__init__.py": "",
        "cli/main.py": "from chainsim.study import executors\nfrom chainsim.scenario.text import reader\n",
        "testing.py": "import chainsim.model\n",
        "__main__.py": "from chainsim.cli import main\n",
        "__init__.py": "from chainsim.cli import main\n",
    }
    for name, text in (kept | files).items():
        path = src / "chainsim" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_a_package_that_keeps_the_contracts_passes(tmp_path: Path) -> None:
    plant(tmp_path, {})
    result = lint_imports(tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert through_the_wall(tmp_path) + from_the_face(tmp_path) + every_part_is_a_package(tmp_path) == []


TYPE_ONLY = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import chainsim.engine\n"


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("errors.py", "from chainsim import units\n", "chainsim.errors is not allowed"),
        ("units.py", "import chainsim.streams\n", "chainsim.units is not allowed"),
        ("model/network.py", TYPE_ONLY, "chainsim.model is not allowed to import chainsim.engine"),
        ("model/state.py", "def f():\n    import chainsim.cli.main\n", "chainsim.model is not allowed"),
        ("scenario/text/reader.py", "from ..engine import simpy_engine\n", "chainsim.scenario is not allowed"),
        ("testing.py", "import chainsim.__main__\nimport simpy\n", "chainsim.testing -> simpy"),
        ("helpers.py", "", "chainsim.helpers"),
        ("scenario/language/schema.py", "from yaml.nodes import Node\n", "chainsim.scenario.language.schema -> yaml"),
        ("engine/base.py", "import simpy\n", "chainsim.engine.base -> simpy"),
        ("model/rules/lines.py", "from numba import njit\n", "chainsim.model.rules.lines -> numba"),
        ("kernels/loops.py", "import numba\n", "chainsim.kernels.loops -> numba"),
        ("kernels/loops.py", "from chainsim import engine\n", "chainsim.kernels is not allowed"),
        ("model/rules/waking.py", "from chainsim.model.rules import lines\n", "rules.waking is not allowed"),
        ("model/state.py", "import pandas as pd\n", "chainsim.model.state -> pandas"),
        ("study/trial.py", "from concurrent.futures import Executor\n", "chainsim.study.trial -> concurrent"),
        ("study/trial.py", "import multiprocessing.pool\n", "chainsim.study.trial -> multiprocessing"),
    ],
)
def test_import_linter_sees(tmp_path: Path, file: str, text: str, complaint: str) -> None:
    plant(tmp_path, {file: text})
    result = lint_imports(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert complaint in result.stdout


def test_import_linter_sees_a_cycle_inside_a_package(tmp_path: Path) -> None:
    ring = {"model/network.py": "from . import state\n", "model/state.py": "from . import network\n"}
    plant(tmp_path, ring)
    result = lint_imports(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "No import cycles, at any depth BROKEN" in result.stdout


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("scenario/language/schema.py", "import importlib\nyaml = importlib.import_module('yaml')\n"),
        ("engine/base.py", "simpy = __import__('simpy')\n"),
        ("records.py", "def f():\n    from pandas import DataFrame\n"),
        ("study/trial.py", "from concurrent import futures\n"),
        ("scenario/text/reader_two.py", "import yaml\n"),
    ],
)
def test_the_syntax_trees_show_a_library_by_another_door(tmp_path: Path, file: str, text: str) -> None:
    plant(tmp_path, {file: text})
    assert len(through_the_wall(tmp_path)) == 1


@pytest.mark.parametrize("text", ["import chainsim\n", "from chainsim import run\n", "from .. import load\n"])
def test_the_syntax_trees_show_an_import_from_the_public_face(tmp_path: Path, text: str) -> None:
    plant(tmp_path, {"model/state.py": text})
    assert len(from_the_face(tmp_path)) == 1


def test_a_folder_that_is_no_package_is_noticed(tmp_path: Path) -> None:
    plant(tmp_path, {"economy/accounts.py": ""})
    assert every_part_is_a_package(tmp_path) == [os.path.join("chainsim", "economy")]
