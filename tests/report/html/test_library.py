"""The chart library is the one of the package, with its licence, and plotly's Python is never imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

from chainsim.report.html import library


def test_it_is_whole_and_says_its_licence() -> None:
    text = library.script().decode()
    assert "Licensed under the MIT license" in text[:400]
    assert "\r" not in text


def test_places_of_its_style_sheets_are_known() -> None:
    assert library.style_ids()[0] == library.GLOBAL_STYLE
    assert f'"{library.style_ids()[0].removesuffix("global")}"' in library.script().decode()


def test_without_it_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(library.MissingLibraryError, match="pip install plotly"):
        library.script.__wrapped__()


def test_its_python_is_not_imported() -> None:
    code = "import sys, chainsim.report.html.page as p; p.library.script(); sys.exit('plotly' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
