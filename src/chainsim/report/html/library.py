"""The chart library, from the package that ships it; plotly's Python is not imported.

In: nothing.  Out: the bytes of plotly.min.js, and ids of style elements that must be there before it runs.  It is far
larger than all else in a report, so that it stays as it lies on the disk: as text it would take several times as much.
"""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Final

from chainsim.errors import MissingLibraryError

GLOBAL_STYLE: Final = "plotly.js-style-global"
OWN_STYLE: Final = re.compile(rb'getElementById\("([0-9a-f]{64})"\)')


@cache
def script() -> bytes:
    """plotly.js, minified, in UTF-8, with its licence notice; MissingLibraryError if it is not there."""
    package = importlib.util.find_spec("plotly")
    for folder in (package.submodule_search_locations or ()) if package else ():
        path = Path(folder) / "package_data" / "plotly.min.js"
        if path.is_file():
            found = path.read_bytes()
            return found.replace(b"\r\n", b"\n") if b"\r" in found else found
    raise MissingLibraryError("charts need the package plotly: pip install plotly")


@cache
def style_ids() -> tuple[str, ...]:
    """Ids under which the library looks for its style sheets and makes them, against the policy, where they are not.

    An empty element of that id keeps it from doing so; to the first it adds rules one by one, which is allowed.
    """
    return (GLOBAL_STYLE, *(found.decode() for found in dict.fromkeys(OWN_STYLE.findall(script()))))
