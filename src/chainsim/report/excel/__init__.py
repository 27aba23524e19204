"""Excel workbooks: `results` of a run with native charts, and `suppliers`, a form that a scenario reads.

`book` is the one door to the library that writes them; `tables` says what columns look like; `words` what sheets are.
"""
