"""A module for each section with charts: `section(source, words, numbers)` gives the figures and their numbers."""
