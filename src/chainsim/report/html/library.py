"""The chart library, from the package that ships it; plotly's Python is not imported.

In: nothing.  Out: the text of plotly.min.js, and ids of style elements that must be there before it runs.
"""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Final

from chainsim.errors import MissingLibraryError

GLOBAL_STYLE: Final = "plotly.js-style-global"
OWN_STYLE: Final = re.compile(r'getElementById\("([0-9a-f]{64})"\)')


@cache
def script() -> str:
    """plotly.js, minified, with its licence notice; MissingLibraryError if it is not there."""
    found = importlib.util.find_spec("plotly")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "package_data" / "plotly.min.js"
        if path.is_file():
            return path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    raise MissingLibraryError("charts need the package plotly: pip install plotly")


@cache
def style_ids() -> tuple[str, ...]:
    """Ids under which the library looks for its style sheets and makes them, against the policy, where they are not.

    An empty element of that id keeps it from doing so; to the first it adds rules one by one, which is allowed.
    """
    return (GLOBAL_STYLE, *dict.fromkeys(OWN_STYLE.findall(script())))
