"""Programs of other authors, each doing what it can of the cases; they run in a virtual environment of their own.

Nothing here may import chainsim.  Each module has `CASES`: by letter, a function that takes what is to be simulated
(`days`, `suppliers`) and returns a run: a function without arguments that returns facts (orders, cost a day).
"""
