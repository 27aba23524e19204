"""The sectors of the input-output table that closes what no simulated firm sells: the 35 of WIOD 2013.

Kept apart from the table itself, so that a scenario can be checked without reading it.
"""

from __future__ import annotations

from typing import Final

SECTORS: Final = (
    "Agriculture",
    "Mining",
    "Food",
    "Textiles",
    "Leather",
    "Wood",
    "Paper and print",
    "Petroleum",
    "Chemicals",
    "Rubber and plastics",
    "Non-metallic mineral",
    "Basic and fabricated metals",
    "Machinery",
    "Electrical and optical",
    "Transport equipment",
    "Mfg nec",
    "Utilities",
    "Construction",
    "Motor trade",
    "Wholesale",
    "Retail",
    "Hotels",
    "Inland transport",
    "Water transport",
    "Air transport",
    "Transport aux",
    "Post and telecom",
    "Finance",
    "Real estate",
    "Business services",
    "Public admin",
    "Education",
    "Health",
    "Other services",
    "Households",
)
