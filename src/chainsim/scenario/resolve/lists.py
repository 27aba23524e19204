"""Lists of named firms: `suppliers.X.list: firms.csv` becomes the `firms` of that group.

In: a tree, and the CSV files its groups name.  Out: the tree with named firms as nodes whose places are in
the CSV, so that a wrong share is shown there.  Headers may be English or Chinese.
This module must not know the schema of a firm beyond the columns it translates.
"""

from __future__ import annotations

import unicodedata

from chainsim.errors import Place, Problem, ScenarioError
from chainsim.scenario.text.inputs import Inputs
from chainsim.scenario.text.nodes import Mapping, Node, Scalar
from chainsim.scenario.text.sources import problem
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.scenario.text.table import read_table
from chainsim.units import shown

COLUMNS = ("name", "ring", "district", "share", "capacity", "title", "group")
HEADERS = {
    word: column
    for column, words in {
        "name": "name firm supplier 名称 企业名称 企业 供应商 供应商名称",
        "ring": "ring 范围 圈层 区域",
        "district": "district 区县 区 县区",
        "share": "share 份额 占比",
        "capacity": "capacity 产能",
        "title": "title 标题 显示名称 简称",
        "group": "group 集团 所属集团",
    }.items()
    for word in words.split()
}
RINGS = {
    word: ring
    for ring, words in {
        "city": "市 市内 本市 全市",
        "province": "省 省内 本省 全省",
        "nation": "国内 全国 省外 外省",
        "abroad": "国外 境外 海外",
    }.items()
    for word in words.split()
}


def fill_firms(tree: Mapping, inputs: Inputs) -> list[Problem]:
    """Replaces every group's `list` by the firms in it, in place; returns what is wrong with the lists."""
    problems: list[Problem] = []
    groups = tree.entries.get("suppliers")
    for name, group in groups.entries.items() if isinstance(groups, Mapping) else ():
        if not isinstance(group, Mapping) or not isinstance(named := group.entries.get("list"), Scalar):
            continue
        if "firms" in group.entries:
            place = group.key_places.get("firms", group.place)
            problems.append(problem(place, f"suppliers.{name} has both `list` and `firms`", "leave one of them out"))
            continue
        try:
            display, data = inputs.read(named)
        except ScenarioError as error:
            problems += error.problems
            continue
        firms, found = firms_of(display, data)
        problems += found
        group.entries["firms"] = firms
    return problems


def firms_of(display: str, data: bytes) -> tuple[Mapping, list[Problem]]:
    """The firms of one CSV by name, and everything that is wrong with it."""
    table, problems = read_table(display, data, HEADERS)
    firms = Mapping({}, Place(display, 1, 1))
    for column, place in zip(table.header, table.header_places, strict=True):
        if column and column not in COLUMNS:
            message = f"unknown column '{column}'{did_you_mean(column, HEADERS)}"
            problems.append(
                problem(place, message, f"columns are {listed(COLUMNS)}, or 名称, 范围, 区县, 份额, 产能, 集团")
            )
    if table.header and "name" not in table.header:
        hint = f"there is {listed(table.header)}"
        return firms, [*problems, problem(Place(display, 1, 1), "column 'name' (名称) is missing", hint)]
    seen: dict[str, tuple[str, int]] = {}
    for row in table.rows:
        name = row.cells.get("name")
        if name is None:
            problems.append(problem(row.place, "the name is empty", "give the firm a name, or delete the row"))
            continue
        folded = unicodedata.normalize("NFKC", name.text).casefold()
        if folded in seen:
            other, line = seen[folded]
            same = "already defined" if other == name.text else f"differs only by case or width from {shown(other)}"
            problems.append(problem(name.place, f"id {shown(name.text)} {same} on line {line}"))
            continue
        seen[folded] = name.text, name.place.line
        entries: dict[str, Node] = {
            column: _ring(cell) if column == "ring" else cell
            for column, cell in row.cells.items()
            if column != "name" and column in COLUMNS
        }
        firms.entries[name.text] = Mapping(entries, row.place)
        firms.key_places[name.text] = name.place
    if table.rows and not firms.entries:
        return firms, problems
    if not table.rows and not problems:
        problems.append(
            problem(Place(display, 1, 1), "the list has no rows", "add one row per firm, or leave `list` out")
        )
    return firms, problems


def _ring(cell: Scalar) -> Scalar:
    meant = RINGS.get(cell.text, cell.text.lower() if cell.text.lower() in RINGS.values() else cell.text)
    return Scalar(meant, cell.place, cell.quoted)
