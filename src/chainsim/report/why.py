"""Where two policies part, for a terminal, a page or a program.

In: a divergence, what it amounts to, and what was set.  Out: tables and sentences, Markdown, or plain data.
This module must not know how the runs were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import click
import pandas as pd

from chainsim.compare.causes import POLICY
from chainsim.compare.divergence import Divergence, Step, what_is_set
from chainsim.compare.places import Point, Way
from chainsim.compare.touched import SAME, Reason
from chainsim.report.events import both, event, moment
from chainsim.report.figures import amount, scale, step
from chainsim.report.layout import print_table

FIRMS: Final = 10  # that are shown with what they gain and lose
Table = tuple[str, Sequence[str], list[list[str]]]


@dataclass(frozen=True)
class Story:
    """All there is to tell.

    names: the two policies.  set_before: what was set by the time they part, in sentences.  reasons: where nothing
    differs, why.  firms, measures: differences of firms and measures.  most: rows of firms at most.
    """

    names: tuple[str, str]
    replication: int
    divergence: Divergence
    set_before: list[str]
    reasons: list[Reason]
    firms: pd.DataFrame
    measures: pd.DataFrame
    most: int


def print_why(story: Story, form: str) -> None:
    """The story on stdout, as tables or as Markdown."""
    for line in sentences(story):
        click.echo(line)
    for title, header, rows in tables(story):
        click.echo()
        if form == "md":
            click.echo(f"## {title}\n")
            click.echo("| " + " | ".join(header) + " |\n|" + " --- |" * len(header))
            for row in rows:
                click.echo("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
        else:
            print_table(header, rows, title)


def sentences(story: Story) -> list[str]:
    """What was set, and the first event that differs, or why none does."""
    found = story.divergence
    one, other = story.names
    head = [f"{one} and {other}, on the same luck (replication {story.replication})", ""]
    if story.set_before:
        head += ["Set by then:" if not found.same else "Set:", *(f"  {line}" for line in story.set_before), ""]
    if not found.same:
        return [*head, "The first event that differs:", *(f"  {_said(story, one_)}" for one_ in found.first)]
    if found.terms is not None:
        return [*head, *_terms(story), *_reasons(story)]
    return [*head, f"{one} and {other} are exactly the same: no event and no order differs.", *_reasons(story)]


def tables(story: Story) -> list[Table]:
    """The chain to the market, the firms in the order in which they come to differ, money and measures."""
    result: list[Table] = []
    found = story.divergence
    if found.path:
        goal = "first final delivery that differs" if found.market else "plant; no final delivery differs"
        result.append((f"How it comes to the {goal}", ("when", "what", "instead"), _path(story)))
    if found.firms:
        title = f"Firm by firm: {len(found.firms)} of {found.total} come to differ"
        rows = _firms(story)
        more = len(rows) - story.most
        title += f" (the first {story.most} groups of {len(rows)}; --most shows more)" if more > 0 else ""
        result.append((title, ("when", "what differs first", "because"), rows[: story.most]))
    if len(story.firms):
        result.append(_money(story))
    if len(story.measures):
        result.append(_measures(story))
    return result


def as_data(story: Story) -> dict[str, Any]:
    """The same for a program."""
    found = story.divergence
    return {
        "before": story.names[0],
        "after": story.names[1],
        "replication": story.replication,
        "same": found.same,
        "set": story.set_before,
        "first": [_data(story, one) for one in found.first],
        "path": [_data(story, one) for one in found.path],
        "reaches_market": found.market,
        "firms": [_data(story, one) for one in found.firms[: story.most]],
        "firms_that_differ": len(found.firms),
        "orders_with_other_terms": found.terms.orders if found.terms else 0,
        "reasons": [reason._asdict() for reason in story.reasons],
        "money": story.firms.head(FIRMS).to_dict("records"),
        "measures": story.measures.to_dict("records"),
    }


def _data(story: Story, one: Step) -> dict[str, Any]:
    places = story.divergence.places
    values = {
        name: None if pair is None else {"when": moment(places, pair[0]), "quantity": pair[1]}
        for name, pair in (("before", one.before), ("after", one.after))
    }
    return {
        "when": moment(places, one.tick),
        "firm": one.firm,
        "event": event(places, one, None),
        **values,
        "because": _because(story, one),
    }


def _said(story: Story, one: Step) -> str:
    what, instead = both(story.divergence.places, one, *story.names)
    return f"{moment(story.divergence.places, one.tick)}: {what} - {instead}"


def _path(story: Story) -> list[list[str]]:
    places = story.divergence.places
    root = story.divergence.path[0]
    set_here = what_is_set(story.divergence, root) if root.cause == POLICY else []
    since = min((row.tick for row in set_here), default=root.tick)
    begin = [[moment(places, max(0, since)), _because(story, root, dated=False), ""]]
    return begin + [[moment(places, one.tick), *both(places, one, *story.names)] for one in story.divergence.path]


def _firms(story: Story) -> list[list[str]]:
    """One row for firms that come to differ at the same time in the same way."""
    groups: dict[tuple[object, ...], list[Step]] = {}
    for one in story.divergence.firms:
        groups.setdefault((one.tick, one.kind, _part(one)), []).append(one)
    rows = []
    for steps in groups.values():
        what, instead = both(story.divergence.places, steps[0], *story.names)
        also = f"; {len(steps) - 1} more firms alike" if len(steps) > 1 else ""
        when = moment(story.divergence.places, steps[0].tick)
        rows.append([when, f"{what}, {instead}{also}", _because(story, steps[0])])
    return rows


def _part(one: Step) -> str:
    if isinstance(one.where, Way):
        return one.where.buyer.part
    return one.where.part if isinstance(one.where, Point) else ""


def _because(story: Story, one: Step, *, dated: bool = True) -> str:
    """The event, or the setting of the place, that made a step differ; with its date where that is another."""
    places = story.divergence.places
    if isinstance(one.cause, Step):
        said, tick = event(places, one.cause, None), one.cause.tick
    elif one.cause == POLICY:
        here = what_is_set(story.divergence, one)
        kinds = " and ".join(dict.fromkeys(row.what for row in here))
        said = f"other {kinds} there under {story.names[1]}" if here else f"set otherwise under {story.names[1]}"
        tick = max(0, min((row.tick for row in here), default=one.tick))
    else:
        return "cannot be told"
    return f"{said}, {moment(places, tick)}" if dated and tick != one.tick else said


def _terms(story: Story) -> list[str]:
    """Orders that are paid otherwise."""
    found, (one, other) = story.divergence, story.names
    terms = found.terms
    assert terms is not None
    day = 86_400 / float(found.places.before.tick_seconds)
    says = []
    for name, old, new in (
        ("price", f"{terms.before[0] / 100:,.2f} CNY", f"{terms.after[0] / 100:,.2f} CNY"),
        ("paid after", f"{terms.before[1] / day:g} days", f"{terms.after[1] / day:g} days"),
        ("freight", f"{terms.before[2] / 100:,.2f} CNY", f"{terms.after[2] / 100:,.2f} CNY"),
    ):
        if old != new:
            says.append(f"{name} {old} ({one}), {new} ({other})")
    way = terms.where
    return [
        "Every event is the same: who orders, makes and delivers what, and when.",
        f"{terms.orders:,} orders are paid otherwise, the first of them at {moment(found.places, terms.tick)}:",
        f"  {way.buyer.firm} orders {way.buyer.part} from {way.supplier.firm}: {'; '.join(says)}",
    ]


def _reasons(story: Story) -> list[str]:
    places = story.divergence.places
    return ["Why:", *(f"  {line}" for line in reason_lines(story.reasons, lambda tick: moment(places, tick)[:10]))]


def reason_lines(reasons: Iterable[Reason], date: Any) -> list[str]:
    """Why a policy touched nothing, a line for each kind of setting."""
    lines = []
    for reason in reasons:
        where = "1 place" if reason.places == 1 else f"{reason.places:,} places"
        lines.append(f"{reason.what} at {where} from {date(reason.tick)}" + (f": {reason.why}" if reason.why else ""))
    return lines or [SAME]


def _money(story: Story) -> Table:
    rows = []
    for row in story.firms.head(FIRMS).to_dict("records"):
        cells = [str(row["firm"]), str(row["ring"])]
        for name in ("revenue_cny", "value_added_cny"):
            divisor, unit = scale(abs(float(row[name])), "CNY")
            cells.append(f"{step(float(row[name]), 'CNY', divisor)} {unit}")
        rows.append(cells)
    title = f"What it amounts to over the run: {len(story.firms)} firms, the {len(rows)} with most revenue moved"
    return title, ("firm", "ring", "revenue", "value added"), rows


def _measures(story: Story) -> Table:
    rows = []
    for row in story.measures.to_dict("records"):
        before, after, unit = float(row["before"]), float(row["after"]), str(row["unit"])
        divisor, shown = scale(max(abs(before), abs(after)), unit)
        change = f"{step(after - before, unit, divisor)} {shown}"
        rows.append([str(row["measure"]).replace("_", " "), amount(before, unit), amount(after, unit), change])
    return "Measures that moved", ("measure", *story.names, "difference"), rows
