"""Calendars that drive the rulebook."""
