"""What the sheets of a workbook are, in English and Chinese.

In: nothing.  Out: a line for each table that a workbook may have.  What the report says has its own words.
"""

from __future__ import annotations

from typing import Final

from chainsim.report.html.numbers import Lang

SHEETS: Final[dict[str, tuple[str, str]]] = {
    "decision": ("what each policy brings the city, costs, and buys", "各政策给全市带来什么、花费多少、每元成效"),
    "ramp": ("delivered and demanded by day, mean of the replications", "每日交付与需求，各次运行的平均"),
    "waterfall": ("where a yuan of final sales becomes value added", "每元最终销售在何处成为增加值"),
    "comparison": (
        "every measure of each policy against the baseline, on the same luck",
        "各政策逐项指标与基准之差（随机条件相同）",
    ),
    "ranking": ("the ranks that each policy may have, measure by measure", "各项指标上每个政策可能的名次"),
    "kpis": ("every measure of every run", "每次运行的全部指标"),
    "multipliers": ("simulated multipliers beside Leontief's", "模拟乘数与列昂惕夫乘数"),
    "effects": ("gross output, value added and wages by line", "总产出、增加值与工资，逐项列出"),
    "leakage": ("where each yuan of final sales ends, by the books", "按账目，每元最终销售流向何处"),
    "fiscal": ("what the budget pays for policies, and to whom", "公共财政为政策支付多少、付给谁"),
    "firms": ("accounts of every firm", "每家企业的账目"),
    "bottlenecks": ("whom each line waited for, why, and for how long", "每条产线等待谁、为何等待、等了多久"),
    "lines": ("how busy each line was, and since when it is full", "每条产线的利用率，以及何时起满负荷"),
    "markets": ("delivered, waited and lost by market", "各市场的交付、等待与流失"),
    "daily": ("every day of every run", "每次运行的每一天"),
    "assumptions": ("every number that went in, with what stands behind it", "全部输入数字及其依据"),
}
ABOUT: Final[dict[str, tuple[str, str]]] = {
    "about": ("about", "说明"),
    "sheet": ("sheet", "工作表"),
    "what": ("what it shows", "内容"),
    "scenario": ("scenario", "情景"),
    "period": ("period", "时间"),
    "policies": ("policies", "政策"),
    "replications": ("replications each", "每个方案运行次数"),
    "seed": ("seed", "随机种子"),
    "version": ("made by", "由何程序生成"),
    "more": ("more tables are in the run's folder, as CSV and Parquet", "其余表格在运行文件夹中（CSV 与 Parquet）"),
    "long": (
        "left out: too long for Excel; the run's folder has it as CSV",
        "未列出：行数超出 Excel 上限，见运行文件夹中的 CSV",
    ),
    "date": ("date", "日期"),
    "demanded": ("demanded, baseline", "需求（基准）"),
    "part": ("part of the yuan", "一元的组成"),
    "base": ("begins at", "起点"),
    "size": ("yuan per yuan", "每元"),
    "title": ("in words", "内容"),
    "years": ("years", "年"),
    "region": ("region", "范围"),
    "charts": ("charts stand beside their numbers", "图在其数据旁"),
}


def said(words: tuple[str, str], lang: Lang) -> str:
    """One of both."""
    return words[lang == "zh"]
