"""Policies side by side: paired differences, intervals, verdicts."""
