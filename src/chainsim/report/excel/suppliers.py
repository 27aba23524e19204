"""The form for a list of suppliers: a sheet to fill in, and one that explains it.  A scenario reads it as `list`.

In: a language.  Out: an .xlsx file with headers in Chinese and English, units in the headers, drop-downs, an example in
a row that begins with #, which readers skip.  The columns are those of `scenario.resolve.lists`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

from chainsim.report.excel.book import Book, columns_of, opened
from chainsim.report.html.numbers import Lang

ROWS: Final = 500  # that have drop-downs
RINGS: Final = {"en": ["city", "province", "nation", "abroad"], "zh": ["市", "省", "国内", "国外"]}
GRADES: Final = {"en": ["measured", "derived", "assumed"], "zh": ["实测", "推算", "假设"]}


class Field(NamedTuple):
    """A column of the form: its headers, an example (of a drop-down its number), what it means, its number format."""

    header: str
    example: object
    en: str
    zh: str
    form: str = "@"


FIELDS: Final = (
    Field("名称 name", "# 例 example: 济南电机厂", "The firm's name. Required.", "企业名称，必填。"),
    Field("范围 ring", 0, "Where it is: choose from the list.", "企业在哪里：从列表中选。"),
    Field("区县 district", "历城", "District, if it matters.", "区县，如有需要。"),
    Field(
        "份额 share (0-100%)",
        0.6,
        "Its share of what this category supplies; all rows sum to 100 %. All firms have one, or none for equal parts.",
        "在本类企业中所占的份额，各行合计 100%。只要有一家填写，就要全部填写；全部留空即平均分配。",
        "0.0%",
    ),
    Field(
        "产能 capacity (/day)",
        40,
        "Units a day at most; another unit may stand in the cell: 900/week.",
        "每天最多多少件；也可在单元格中写明单位，如 900/周。",
        "General",
    ),
    Field(
        "交货期 lead_time (days)",
        1.5,
        "Days from dispatch to the buyer; with spread: 2 ± 0.5 days.",
        "从发货到买方的天数；有波动时写 2 ± 0.5 days。",
        "General",
    ),
    Field(
        "账期 pays_after (days)",
        60,
        "Days until it pays its own suppliers.",
        "它在收货后多少天付款给自己的供应商。",
        "General",
    ),
    Field(
        "集团 group",
        "",
        "Corporate group: sales inside it are consolidated away.",
        "所属集团：集团内部销售在合并时剔除。",
    ),
    Field("标题 title", "", "A longer name for reports.", "报告中显示的名称。"),
    Field(
        "来源 source",
        "assumed: a call with the firm",
        'Where the numbers of this row are from: "assumed: why", or the id of a row of the facts table.',
        "本行数字的来源：“assumed: 原因”，或事实表中的编号。",
    ),
    Field("可信度 confidence", 2, "How good the numbers are: choose from the list.", "数字的可信度：从列表中选。"),
    Field("备注 note", "", "One line for readers.", "给读者的一句话。"),
)
HOW: Final = (
    ("What is empty follows the scenario's line of the category.", "空单元格按情景文件中该类供应商的设定。"),
    ("Rows that begin with # are skipped: delete the example or leave it.", "以 # 开头的行不读取：示例可删可留。"),
    (
        "In the scenario, write `list: suppliers.xlsx` in place of `ring: city`; the rest of the line stays.",
        "在情景文件中把 `ring: city` 换成 `list: suppliers.xlsx`，其余不变。",
    ),
    ("Further sheets: `list: suppliers.xlsx!Sheet2`.", "其他工作表写 `list: suppliers.xlsx!工作表名`。"),
    (
        "A capacity here wins over the line's, and over policies that change the line's.",
        "此处的产能优先于情景文件中该行的产能，也优先于只改该行的政策。",
    ),
    (
        "`chainsim validate FILE` names every cell that cannot be read.",
        "`chainsim validate 文件` 会指出每一个读不懂的单元格。",
    ),
)


def write_form(target: Path, lang: Lang = "en") -> None:
    """Write the form; raises MissingLibraryError without xlsxwriter, FolderError where it cannot be written."""
    with opened(target, "suppliers") as book:
        _form(book, lang)
        _explanations(book)


def _form(book: Book, lang: Lang) -> None:
    """The sheet to fill in; the first, which is the one that is read."""
    sheet = book.workbook.add_worksheet("suppliers" if lang == "en" else "供应商")
    for at, field in enumerate(FIELDS):
        form = book.workbook.add_format({"num_format": field.form})
        example = book.workbook.add_format({"num_format": field.form, "italic": True, "font_color": "#6B7280"})
        sheet.set_column(at, at, max(columns_of(field.header), 10) + 4, form)
        sheet.write_string(0, at, field.header, book.header)
        choices = _choices(field, lang)
        shown = choices[field.example] if choices and isinstance(field.example, int) else field.example
        if isinstance(shown, str):
            sheet.write_string(1, at, shown, example)
        else:
            sheet.write(1, at, shown, example)
        sheet.data_validation(1, at, ROWS, at, _validation(field, lang))
    sheet.freeze_panes(1, 1)


def _choices(field: Field, lang: Lang) -> list[str]:
    """What a column's drop-down offers."""
    column = field.header.split()[1]
    return {"ring": RINGS[lang], "confidence": GRADES[lang]}.get(column, [])


def _validation(field: Field, lang: Lang) -> dict[str, Any]:
    """A drop-down, or only the line that is shown when a cell is chosen."""
    said = {"input_title": field.header[:32], "input_message": f"{field.zh}\n{field.en}"[:255]}
    if choices := _choices(field, lang):
        return {"validate": "list", "source": choices, "ignore_blank": True, **said}
    return {"validate": "any", **said}


def _explanations(book: Book) -> None:
    """What each column means, in both languages."""
    sheet = book.workbook.add_worksheet("说明 explanations")
    rows = [("列 column", "含义", "meaning"), *((field.header, field.zh, field.en) for field in FIELDS), ("", "", "")]
    rows += [("", zh, en) for en, zh in HOW]
    wrapped = book.workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    for row, cells in enumerate(rows):
        for at, text in enumerate(cells):
            sheet.write_string(row, at, text, book.header if row == 0 else wrapped)
    for at, width in enumerate((28, 60, 80)):
        sheet.set_column(at, at, width)
    sheet.freeze_panes(1, 0)
