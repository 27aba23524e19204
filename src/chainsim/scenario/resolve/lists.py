"""Lists of named firms: `suppliers.X.list: firms.csv` becomes the `firms` of that group.

In: a tree, and the CSV files or Excel sheets that its groups name.  Out: the tree with named firms as nodes whose
places are in the file, so that a wrong share is shown there; what only single firms have goes to the section `firms`,
and a row's source to its numbers.  Headers may be English or Chinese.
This module must not know the schema of a firm beyond the columns it translates.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from chainsim.errors import Problem, ScenarioError
from chainsim.scenario.language.values import day_first
from chainsim.scenario.resolve.provenance import CONFIDENCES, Origin, Origins
from chainsim.scenario.text.inputs import Inputs
from chainsim.scenario.text.nodes import Mapping, Node, Scalar
from chainsim.scenario.text.sources import problem
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.scenario.text.table import Row, read_table
from chainsim.units import shown

OF_GROUP = ("ring", "district", "share", "capacity", "title", "group")
OF_FIRM = ("lead_time", "pays_after")  # the section `firms` says these
BEHIND = ("source", "confidence", "date", "note")
COLUMNS = ("name", *OF_GROUP, *OF_FIRM, *BEHIND)
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
        "lead_time": "lead_time lead-time 交货期 运输时间",
        "pays_after": "pays_after 账期 付款期",
        "source": "source 来源 出处",
        "confidence": "confidence 可信度 置信度",
        "date": "date 日期",
        "note": "note notes 备注 说明",
    }.items()
    for word in words.split()
} | {"lead time": "lead_time", "pays after": "pays_after"}
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


GRADES = {"实测": "measured", "推算": "derived", "假设": "assumed"}


class Firms(NamedTuple):
    """What a list holds: entries of a group's `firms`, of the section `firms`, and what stands behind numbers."""

    named: Mapping
    own: Mapping
    origins: Origins
    sources: list[Scalar]


def fill_firms(tree: Mapping, inputs: Inputs, origins: Origins, sources: list[Scalar]) -> list[Problem]:
    """Replaces every group's `list` by the firms in it, in place; returns what is wrong with the lists.

    origins, sources: get what the lists say about where their numbers come from.
    """
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
        group.entries["firms"] = firms.named
        origins |= firms.origins
        sources += firms.sources
        if firms.own.entries:
            _add(tree.entries.setdefault("firms", Mapping({}, firms.own.place)), firms.own)
    return problems


def _add(stated: Node, own: Mapping) -> None:
    """Adds entries of single firms; what the scenario says itself wins."""
    for name, entry in own.entries.items():
        assert isinstance(entry, Mapping)
        if not isinstance(stated, Mapping):
            return
        known = stated.entries.setdefault(name, Mapping({}, entry.place))
        stated.key_places.setdefault(name, entry.place)
        if isinstance(known, Mapping):
            known.entries = {**entry.entries, **known.entries}


def firms_of(display: str, data: bytes) -> tuple[Firms, list[Problem]]:
    """The firms of one table by name, and everything that is wrong with it."""
    table, problems = read_table(display, data, HEADERS)
    firms = Firms(Mapping({}, table.place), Mapping({}, table.place), {}, [])
    for column, place in zip(table.header, table.header_places, strict=True):
        if column and column not in COLUMNS:
            message = f"unknown column '{column}'{did_you_mean(column, HEADERS)}"
            hint = f"columns are {listed(COLUMNS)}, or 名称, 范围, 区县, 份额, 产能, 集团, 交货期, 账期, 来源"
            problems.append(problem(place, message, hint))
    if table.header and "name" not in table.header:
        hint = f"there is {listed(table.header)}"
        return firms, [*problems, problem(table.place, "column 'name' (名称) is missing", hint)]
    seen: dict[str, tuple[str, str]] = {}
    for row in table.rows:
        name = row.cells.get("name")
        if name is None:
            problems.append(problem(row.place, "the name is empty", "give the firm a name, or delete the row"))
            continue
        folded = unicodedata.normalize("NFKC", name.text).casefold()
        if folded in seen:
            other, where = seen[folded]
            same = "already stands" if other == name.text else f"differs only by case or width from {shown(other)}"
            hint = "write one row for each firm; give two firms of the same name names of their own"
            problems.append(problem(name.place, f"name {shown(name.text)} {same} on {where}", hint))
            continue
        seen[folded] = name.text, name.place.row
        entries: dict[str, Node] = {
            column: _ring(row.cells[column]) if column == "ring" else row.cells[column]
            for column in OF_GROUP
            if column in row.cells
        }
        firms.named.entries[name.text] = Mapping(entries, row.place)
        firms.named.key_places[name.text] = name.place
        own: dict[str, Node] = {column: row.cells[column] for column in OF_FIRM if column in row.cells}
        if own:
            firms.own.entries[name.text] = Mapping(own, name.place)
        _behind(row, firms, problems)
    shared = [row for row in table.rows if "share" in row.cells]
    for row in table.rows if shared else ():
        if "share" not in row.cells and "name" in row.cells:
            where = shared[0].cells["share"].place.row
            message = f"share of {shown(row.cells['name'].text)} is empty, but {where} has one"
            problems.append(problem(row.cells["name"].place, message, "fill in every share, or none"))
    if not table.rows and not problems:
        hint = "add one row per firm (rows that begin with # are notes), or leave `list` out"
        problems.append(problem(table.place, "the list has no rows", hint))
    return firms, problems


def _behind(row: Row, firms: Firms, problems: list[Problem]) -> None:
    """Gives the numbers of a row the source that the row states."""
    said = {column: row.cells[column].text for column in BEHIND if column in row.cells}
    if not said:
        return
    if "source" in said:
        firms.sources.append(row.cells["source"])
    if "confidence" in said:
        grade = said["confidence"] = GRADES.get(said["confidence"], said["confidence"].lower())
        if grade not in CONFIDENCES:
            message = f"confidence must be one of {listed(CONFIDENCES)}, got {shown(grade)}"
            problems.append(problem(row.cells["confidence"].place, message + did_you_mean(grade, CONFIDENCES)))
    if meant := day_first(said.get("date", "")):
        message = f"date must be a date as YYYY-MM-DD, got {shown(said['date'])}"
        problems.append(problem(row.cells["date"].place, message, meant))
    for column in ("share", "capacity", *OF_FIRM):
        if column in row.cells:
            firms.origins[row.cells[column].place] = Origin(**said)


def _ring(cell: Scalar) -> Scalar:
    meant = RINGS.get(cell.text, cell.text.lower() if cell.text.lower() in RINGS.values() else cell.text)
    return Scalar(meant, cell.place, cell.quoted)
