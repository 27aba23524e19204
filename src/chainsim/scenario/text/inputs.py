"""The files of one scenario: each read once, none from outside the scenario's folder.

In: the path of a scenario, and the file names that stand in it.  Out: bytes, and the name by which messages
call the file.  What is hashed, parsed and shown is the same bytes.
This module must not know what the files mean.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping as Map
from dataclasses import replace
from pathlib import Path

from chainsim.errors import Problem, ScenarioError
from chainsim.scenario.text.files import read_bytes
from chainsim.scenario.text.nodes import Scalar
from chainsim.scenario.text.record import split_sheet
from chainsim.scenario.text.sources import problem

URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class Inputs:
    """Bytes of every file read, by path relative to the folder of the scenario, with `/` on every system."""

    def __init__(self, path: Path, display: str, content: Map[str, bytes] | None = None) -> None:
        """content: bytes of files read before, which are not read again."""
        self.folder = Path(os.path.abspath(path.parent))
        self.start = path.name
        self._display_folder = os.path.dirname(display)
        self._relative = {display: path.name}
        self.display = display
        self.content: dict[str, bytes] = dict(content) if content else {path.name: read_bytes(path, display)}

    def relative(self, display: str) -> str:
        """Path relative to the folder of a file that messages call `display`."""
        return self._relative.get(display, self.start)

    def read(self, named: Scalar) -> tuple[str, bytes]:
        """Display name and bytes of the file that `named` names, relative to the file in which it stands.

        `firms.xlsx!Seats` is the sheet Seats of a workbook; the name of the sheet stays with the display name.
        `ScenarioError` at the place of the name when the path leaves the folder or cannot be read.
        """
        name, sheet = split_sheet(named.text)
        relative = self._inside(replace(named, text=name))
        display = os.path.join(self._display_folder, *relative.split("/"))
        self._relative[display] = relative
        if relative not in self.content:
            try:
                self.content[relative] = read_bytes(self.folder / relative, display)
            except ScenarioError as error:
                raise ScenarioError(
                    problem(named.place, f"{relative}: {found.message}", found.hint) for found in error.problems
                ) from None
        return f"{display}!{sheet}" if sheet else display, self.content[relative]

    def _inside(self, named: Scalar) -> str:
        text = named.text.strip()
        if not text:
            raise ScenarioError([problem(named.place, "has no value", "write the name of a file beside the scenario")])
        if URL.match(text) or text.startswith(("/", "\\", "~")) or "\\" in text or "\0" in text:
            raise self._leaves(named)
        above = os.path.dirname(self._relative.get(named.place.file, self.start))
        relative = os.path.normpath(os.path.join(above, text)).replace(os.sep, "/")
        if relative == ".." or relative.startswith("../"):
            raise self._leaves(named)
        real, home = os.path.realpath(self.folder / relative), os.path.realpath(self.folder)
        if os.path.commonpath([real, home]) != home:
            raise self._leaves(named)
        return relative

    @staticmethod
    def _leaves(named: Scalar) -> ScenarioError:
        found: Problem = problem(
            named.place,
            "path leaves the scenario folder",
            "copy the file into the scenario's folder and write its name, such as base.yaml",
        )
        return ScenarioError([found])
