"""Data and scripts inside HTML: nothing in them can end the element that they stand in, and each script has its hash.

In: plain data, or the bytes of a script or style.  Out: text or bytes to embed; sources of a content security policy.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from typing import Any, Final

from markupsafe import Markup, escape

ENDING: Final = re.compile(rb"</(?i:script)|<!--")
UNSAFE: Final = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


def data(value: Any) -> Markup:
    """JSON for a script element of type application/json; a number that is none becomes null."""
    text = json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(UNSAFE))


def script(code: bytes) -> bytes:
    """Code of ours or of a library, as it is; ValueError if it holds what would end its element or open a comment."""
    if ENDING.search(code):
        raise ValueError("a script that cannot be embedded: it holds </script or <!--")
    return code


def source(code: bytes) -> str:
    """What a policy names an inline script or style by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(code).digest()).decode()}'"


def label(text: str) -> str:
    """A name inside a chart, where the library would read tags and entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def soft(text: str) -> Markup:
    """A name that may be broken after _, and between letters after + and a full stop; escaped."""
    return Markup(re.sub(r"(?<=\w)_(?=\w)|(?<=[^\W\d])[+.](?=[^\W\d])", r"\g<0><wbr>", str(escape(text))))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.item() if hasattr(value, "item") else value
