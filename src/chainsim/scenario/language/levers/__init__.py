"""Levers: ways in which a city acts on its chains, each a registered declaration."""
