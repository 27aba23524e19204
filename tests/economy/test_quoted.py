"""Quoted multipliers: each with a source, and nothing is computed from them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import chainsim
from chainsim.economy.quoted import QUOTES, quoted_multipliers

SRC = Path(chainsim.__file__).parent
DISPLAY = ("report", "cli")


def importers(folder: Path) -> set[str]:
    """Modules that import `chainsim.economy.quoted`, by any form of import, as paths under the folder."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in getattr(node, "names", [])] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            if "chainsim.economy.quoted" in names:
                found.add(path.relative_to(folder).as_posix())
    return found


def test_only_what_displays_imports_them() -> None:
    assert all(path.split("/")[0] in DISPLAY for path in importers(SRC)), importers(SRC)


@pytest.mark.parametrize(
    "line",
    [
        "import chainsim.economy.quoted",
        "from chainsim.economy import quoted",
        "from chainsim.economy.quoted import QUOTES",
        "def f():\n    from chainsim.economy import kpis, quoted as q",
    ],
)
def test_an_import_elsewhere_would_be_noticed(tmp_path: Path, line: str) -> None:
    (tmp_path / "economy").mkdir()
    (tmp_path / "economy" / "planted.py").write_text(line, encoding="utf-8")
    assert importers(tmp_path) == {"economy/planted.py"}


def test_every_quote_has_its_source_and_a_plausible_size() -> None:
    rows = quoted_multipliers()
    assert list(rows.columns) == ["area", "cause", "local", "jobs", "source"]
    assert len(rows) == len(QUOTES) > 0
    assert rows["source"].str.contains(r"\((?:19|20)\d\d\)").all()
    assert rows["jobs"].between(0, 5).all()
    assert not rows.duplicated(["area", "cause", "source"]).any()


def test_moretti_said_1_6() -> None:
    rows = quoted_multipliers()
    moretti = rows[rows["source"].str.startswith("Moretti (2010)")].set_index("cause")["jobs"]
    assert moretti.to_dict() == {"manufacturing": 1.6, "tradables, skilled": 2.5, "tradables, unskilled": 1.0}
