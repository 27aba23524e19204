"""The report of a run: one HTML file that opens offline, in English or Chinese.

`page` puts it together; `source` is what it is made from; `charts/` has a module for each figure and its table;
`network` the suppliers as a drawing; `numbers` and `words` say things as a planner of either language would.
"""
