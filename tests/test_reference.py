"""What docs/reference says is what the code declares; `make docs` writes it anew."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


def tool(name: str) -> ModuleType:
    """A module of tools/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reference = tool("reference")


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_page_is_current(name: str) -> None:
    committed = (reference.FOLDER / name).read_text(encoding="utf-8")
    assert committed == reference.pages()[name], f"docs/reference/{name} is stale: make docs"


def test_there_is_no_other_page() -> None:
    assert {path.name for path in reference.FOLDER.glob("*")} == set(reference.PAGES)


def test_the_help_of_every_option_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it does not depend on how wide the terminal is."""
    monkeypatch.setenv("COLUMNS", "40")
    text = reference.cli()
    assert "--until-precision SHARE" in text
    assert text == reference.cli()
    assert max(map(len, text.splitlines())) <= 130


def test_every_key_has_a_meaning() -> None:
    rows = [line for line in reference.scenario().splitlines() if line.startswith("| `")]
    assert len(rows) > 200
    assert [row for row in rows if row.endswith("| – |")] == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["common-luck.svg", "verdicts.svg"])
def test_a_figure_is_current(name: str) -> None:
    figures = tool("figures")
    committed = (figures.IMAGES / name).read_text(encoding="utf-8")
    assert committed == figures.FIGURES[name]() + "\n", f"docs/images/{name} is stale: make docs"
