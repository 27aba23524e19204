"""What Python users hold in their hands: a scenario and the runs of a study, which show themselves in a notebook.

`scenario` and `runs` are the two; `figures` draws, `markup` turns tables into HTML, `shipped` finds the examples.
Nothing here is computed that the command line does not have.
"""
