"""For tests of chainsim and of what is built on it: small networks, Hypothesis strategies, and the laws of every run.

Needs hypothesis (`pip install "chainsim[dev]"`).
"""

from __future__ import annotations
