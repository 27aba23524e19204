"""Sections of a scenario turned into rows of a Network, one module a family; `build` puts them together."""
