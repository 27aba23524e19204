"""A hook of MkDocs: links that leave docs/ lead to copies below files/, so that the site is whole by itself.

In: pages as Markdown, as on a code host.  Out: the same with `](../scenarios/byd.yaml)` led to a copy; a link to
nothing stays as it is, and the strict build fails on it.  A block ```yaml plant.yaml gets its name as a title.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```(\w+) +([^\n{=`]+?) *$", re.MULTILINE)
LINK = re.compile(r"\]\((\.\./[^)#\s]+)(#[^)\s]*)?\)")


def outside(page: str, target: str) -> Path | None:
    """The file of the repository outside docs/ that a link of `page` means, or None."""
    path = Path(os.path.normpath(DOCS / PurePosixPath(page).parent / target))
    inside = path.is_relative_to(DOCS) or not path.is_relative_to(ROOT)
    return None if inside or not path.is_file() else path


def copy_of(path: Path) -> str:
    """Where its copy stands; Markdown as plain text, which MkDocs does not make a page of."""
    name = "files/" + path.relative_to(ROOT).as_posix()
    return name + ".txt" if path.suffix in (".md", ".yaml") else name


def on_files(files: Files, *, config: Any) -> Files:
    """Adds the copies."""
    for page in list(files.documentation_pages()):
        for target, _ in LINK.findall(page.content_string):
            path = outside(page.src_uri, target)
            if path is not None and files.get_file_from_path(copy_of(path)) is None:
                files.append(File.generated(config, copy_of(path), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:
    """Leads the links to the copies, and makes the file name behind the language of a block its title."""

    def led(found: re.Match[str]) -> str:
        path = outside(page.file.src_uri, found[1])
        if path is None:
            return found[0]
        return f"]({os.path.relpath(copy_of(path), PurePosixPath(page.file.src_uri).parent.as_posix())})"

    return FENCE.sub(r'```\1 title="\2"', LINK.sub(led, markdown))
