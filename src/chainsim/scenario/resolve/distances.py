"""Tables of pairs of districts: `transport_table: distances.csv` adds its rows to the section `transport`.

In: a tree, and the table that it names.  Out: the tree with one more entry a row, whose places are in the file; what
`transport` itself says about a pair wins.  Headers may be English or Chinese.
This module must not know what the values mean.
"""

from __future__ import annotations

from chainsim.errors import Problem, ScenarioError
from chainsim.scenario.text.inputs import Inputs
from chainsim.scenario.text.nodes import Mapping, Node, Scalar, Sequence
from chainsim.scenario.text.sources import problem
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.scenario.text.table import Row, read_table

COLUMNS = ("from", "to", "lead_time", "freight", "one_way")
HEADERS = {
    word: column
    for column, words in {
        "from": "from 起点 出发 发货区县",
        "to": "to 终点 到达 收货区县",
        "lead_time": "lead_time 时间 运输时间",
        "freight": "freight 运费",
        "one_way": "one_way 单程",
    }.items()
    for word in words.split()
}


def fill_transport(tree: Mapping, inputs: Inputs) -> list[Problem]:
    """Adds the rows of the table that the tree names to its `transport`, in place; returns what is wrong with it."""
    named = tree.entries.get("transport_table")
    if not isinstance(named, Scalar):
        return []
    try:
        display, data = inputs.read(named)
    except ScenarioError as error:
        return list(error.problems)
    table, problems = read_table(display, data, HEADERS)
    for column, place in zip(table.header, table.header_places, strict=True):
        if column and column not in COLUMNS:
            message = f"unknown column '{column}'{did_you_mean(column, HEADERS)}"
            problems.append(problem(place, message, f"columns are {listed(COLUMNS)}"))
    missing = [column for column in COLUMNS[:2] if column not in table.header]
    if table.header and missing:
        hint = f"there is {listed(table.header)}"
        return [*problems, problem(table.place, f"column '{missing[0]}' is missing", hint)]
    stated = tree.entries.get("transport")
    own = list(stated.items) if isinstance(stated, Sequence) else []
    known = {pair for entry in own if isinstance(entry, Mapping) for pair in _pairs(entry)}
    rows: list[Node] = []
    for row in table.rows:
        entry = _entry(row)
        lacking = [column for column in COLUMNS[:2] if column not in row.cells]
        if lacking:
            problems.append(problem(row.place, f"the cell '{lacking[0]}' is empty", "name the district"))
        elif not known.intersection(_pairs(entry)):
            rows.append(entry)
    if isinstance(stated, Sequence) or stated is None:
        place = stated.place if stated is not None else named.place
        tree.entries["transport"] = Sequence([*own, *rows], place)
    return problems


def _entry(row: Row) -> Mapping:
    """A row as `transport` would say it."""
    cells: dict[str, Node] = {column: cell for column, cell in row.cells.items() if column in COLUMNS}
    if "one_way" in cells:  # a cell counts as quoted, a switch is not
        cells["one_way"] = Scalar(row.cells["one_way"].text, row.cells["one_way"].place)
    return Mapping(cells, row.place)


def _pairs(entry: Mapping) -> list[tuple[str, str]]:
    """The directions that an entry speaks of, as written."""
    texts = [
        node.text if isinstance(node, Scalar) else "" for node in map(entry.entries.get, ("from", "to", "one_way"))
    ]
    one, other, single = texts
    return [(one, other)] if single == "true" else [(one, other), (other, one)]
