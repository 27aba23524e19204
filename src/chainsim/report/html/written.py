"""A report as a file.

In: a Source, a language, a path.  Out: the file, whole or not at all.
"""

from __future__ import annotations

import os
from pathlib import Path

from chainsim.errors import FolderError
from chainsim.report.html.numbers import Lang
from chainsim.report.html.source import Source


def write(source: Source, lang: Lang, target: Path) -> None:
    """Write the report beside its place and move it there; FolderError if it cannot be written."""
    from chainsim.report.html.page import render

    data = render(source, lang)
    staged = target.with_name(f".{target.name}-{os.getpid()}")
    try:
        staged.write_bytes(data)
        staged.replace(target)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise FolderError(f"cannot write {target}: {error.strerror or error}") from error
