"""Folders for what can be made again: this user's alone, for what is in them is run."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from chainsim import cache


def test_the_folder_named_by_the_variable_comes_before_all_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "mine"))
    found = cache.own_folder("code-1")
    assert found == tmp_path / "mine" / "code-1"
    assert cache.own_folder("code-1") == found
    if os.name == "posix":
        assert stat.S_IMODE(found.stat().st_mode) == 0o700


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs owners of files")
def test_what_somebody_else_owns_is_never_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    (tmp_path / "code-1").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: (tmp_path / "code-1").stat().st_uid + 1)
    assert cache.own_folder("code-1") is None
