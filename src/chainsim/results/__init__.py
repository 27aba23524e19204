"""The log turned into tables, and tables into a run folder."""
