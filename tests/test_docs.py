"""The docs agree with the code: keys and defaults, examples, rules, measures, tables, commands, links.

What is checked is parsed from the Markdown: the tables under a heading, the fenced blocks, the links.  A block
```yaml NAME or ```csv NAME is also a file of that name beside the other examples of its page.
"""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any, NamedTuple, get_args

import click
import openpyxl
import pytest
from click.testing import CliRunner

from chainsim.cli.main import VERBS
from chainsim.cli.main import chainsim as program
from chainsim.cli.problems import report
from chainsim.economy.kpis import MEASURES
from chainsim.errors import ScenarioError
from chainsim.model.curves import curves
from chainsim.model.distributions import distributions
from chainsim.model.quantities import quantity_laws
from chainsim.model.replenishment import replenishments
from chainsim.model.sourcing import sourcings
from chainsim.registry import Registry
from chainsim.scenario.language import schema, values
from chainsim.scenario.language.calendars import Hours
from chainsim.scenario.language.expectation import Expectation
from chainsim.scenario.language.levers.sections import SECTIONS, Levers
from chainsim.scenario.language.shape import default_text, fields
from chainsim.scenario.load import Loaded, load
from chainsim.scenario.resolve.lists import COLUMNS, HEADERS
from chainsim.scenario.resolve.provenance import BESIDE
from chainsim.study import study
from chainsim.study.trial import Extras

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
LANGUAGE = DOCS / "scenario-language.md"
MODEL = DOCS / "model.md"
SIDE_BY_SIDE = (
    "comparison",
    "decision",
    "ranking",
    "described",
    "common_luck",
)  # their policy is a column of their own
FENCE = re.compile(r"^```(\w*) *(.*?) *\n(.*?)^``` *$", re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


# ------------------------------------------------------------------------------------ reading Markdown


class Block(NamedTuple):
    """A fenced block: ```language info, and what is inside."""

    language: str
    info: str
    text: str


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in FENCE.findall(page.read_text(encoding="utf-8"))]


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def tables(page: Path, heading: str) -> list[list[list[str]]]:
    """Rows of every table between a heading and the next, without header and rule."""
    sections = re.split(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    under = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert heading in under, f"{name_of(page)} has no heading {heading!r}"
    found = re.findall(r"(?:^\|.*\n)+", under[heading], re.MULTILINE)
    return [[cells(line) for line in table.splitlines()[2:]] for table in found]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)}


# ------------------------------------------------------------------------------------ the language

# Where each section's keys stand: headings of the reference, and which of the tables below each.
OPERATIONS, PLANTS, TIERS = ("operations", 0), ("plants", 0), ("tiers", 0)
KEYS: dict[type[schema.Section], list[tuple[str, int]]] = {
    schema.Scenario: [("The file", 0)],
    schema.Study: [("study", 0)],
    schema.Calendar: [("calendars", 0)],
    Hours: [("calendars", 1)],
    schema.Breakdowns: [("operations", 1)],
    schema.Part: [("parts", 0)],
    schema.Plant: [OPERATIONS, PLANTS],
    schema.Tier: [OPERATIONS, TIERS],
    schema.Supplier: [OPERATIONS, PLANTS, TIERS, ("suppliers", 0)],
    schema.Costs: [("costs", 0)],
    schema.Footprint: [("footprint", 0)],
    schema.Region: [("region", 0)],
    schema.Households: [("region", 1)],
    schema.NamedFirm: [("suppliers", 1)],
    schema.Warehouse: [("warehouses", 0)],
    schema.Switching: [("switching", 0)],
    schema.Transport: [("transport", 0)],
    schema.Outside: [("outside", 0)],
    schema.Market: [("markets", 0)],
    Expectation: [("expect", 0)],
    schema.Ramp: [("markets", 1)],
    schema.PullForward: [("markets", 2)],
    schema.Lane: [("lanes", 0)],
    schema.FirmChange: [("firms", 0)],
    schema.Expansion: [("growth", 0)],
    schema.Shrinking: [("growth", 1)],
    schema.RampUp: [("growth", 2)],
    schema.Enters: [("growth", 3)],
    schema.Leaves: [("growth", 4)],
    schema.Moves: [("growth", 5)],
    schema.Cash: [("cash", 0)],
    schema.Disruption: [("policies and disruptions", 0), ("disruptions that hit", 0)],
    schema.Hits: [("disruptions that hit", 1)],
    schema.HitLane: [("disruptions that hit", 2)],
    schema.Recovery: [("disruptions that hit", 4)],
    schema.Policy: [("policies and disruptions", 0), ("policies and disruptions", 1)],
    Levers: [("levers", 0)],
    **{section: [(name, 0)] for name, section in SECTIONS.items()},
}


def sections_below(kind: Any) -> set[type[schema.Section]]:
    """The sections that a type mentions, at any depth."""
    if isinstance(kind, type) and issubclass(kind, schema.Section):
        inside = (sections_below(info.annotation) for info in fields(kind).values())
        return {kind}.union(*inside)
    return set().union(*(sections_below(part) for part in get_args(kind)))


def test_every_section_of_the_schema_is_in_the_reference() -> None:
    assert sections_below(schema.Scenario) == set(KEYS)


@pytest.mark.parametrize("section", KEYS, ids=lambda section: section.__name__)
def test_every_key_is_in_the_reference_with_its_default(section: type[schema.Section]) -> None:
    rows = [row for heading, number in KEYS[section] for row in tables(LANGUAGE, heading)[number]]
    documented = {code(key)[0]: default for key, _, default, _ in rows}
    expected = {}
    for key, info in fields(section).items():
        text = default_text(info)
        expected[key] = "required" if info.is_required() else "–" if text is None else f"`{text}`"
    assert documented == expected
    assert all(meaning for *_, meaning in rows)


@pytest.mark.parametrize(
    ("heading", "registry"),
    [
        ("Durations with spread", distributions),
        ("Order sizes", quantity_laws),
        ("Replenishment rules", replenishments),
    ],
    ids=["distributions", "order sizes", "rules"],
)
def test_every_rule_is_in_the_reference_as_it_is_written(heading: str, registry: Registry[Any]) -> None:
    documented = [code(row[0])[0] for row in tables(LANGUAGE, heading)[0]]
    calls = [f"{name}({', '.join(field.name for field in registry.fields(name))})" for name in registry]
    assert sorted(documented) == sorted(calls)


def test_every_sourcing_rule_is_in_the_reference() -> None:
    assert sorted(code(row[0])[0] for row in tables(LANGUAGE, "sourcing")[0]) == list(sourcings)


def test_every_curve_is_in_the_reference() -> None:
    assert sorted(code(row[0])[0] for row in tables(LANGUAGE, "curves")[0]) == list(curves)


def test_what_may_stand_beside_a_value_is_in_the_reference() -> None:
    assert {code(row[0])[0] for row in tables(LANGUAGE, "Sources")[0]} == set(BESIDE)


READERS = {
    "duration": values.duration,
    "money": values.amount,
    "money per time": values.money_rate,
    "rate": values.rate,
    "share": values.share,
    "capacity": values.capacity,
    "number": values.weight,
    "date": values.date,
    "switch": values.switch,
}


def test_every_quantity_of_the_reference_can_be_read() -> None:
    rows = tables(LANGUAGE, "Quantities")[0]
    assert {row[0] for row in rows} == set(READERS)
    for kind, examples, _ in rows:
        assert code(examples)
        for example in code(examples):
            READERS[kind](example)


# ------------------------------------------------------------------------------------ examples


def write_examples(page: Path, folder: Path) -> list[Path]:
    """Writes a page's files into a folder and returns those that are scenarios; every YAML block must be one."""
    found = []
    for number, block in enumerate(blocks(page), start=1):
        if block.language not in ("yaml", "csv"):
            continue
        path = folder / (block.info or f"block-{number}.{block.language}")
        assert not path.exists(), f"{name_of(page)} has two blocks called {path.name}"
        path.write_text(block.text, encoding="utf-8")
        if block.language == "yaml":
            assert block.text.startswith("chainsim: 1\n"), f"{name_of(page)}: no whole scenario:\n{block.text}"
            found.append(path)
    return found


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_example_is_a_scenario_without_problems(page: Path, tmp_path: Path) -> None:
    for path in write_examples(page, tmp_path):
        assert load(path).warnings == (), path.name


def test_the_reference_has_examples(tmp_path: Path) -> None:
    assert len(write_examples(LANGUAGE, tmp_path)) >= 6


def commands(page: Path) -> Iterator[list[str]]:
    """The words of every `$ chainsim ...` in a page's console blocks, up to where its output goes."""
    for block in blocks(page):
        for line in block.text.splitlines() if block.language == "console" else ():
            if line.startswith("$ chainsim "):
                words = shlex.split(line, comments=True)[2:]
                yield list(takewhile(lambda word: word not in (">", ">>", "|"), words))


@pytest.mark.parametrize("page", [*PAGES, *sorted(ROOT.glob("*.md")), ROOT / "results" / "README.md"], ids=name_of)
def test_every_command_is_one(page: Path) -> None:
    context = click.Context(program)
    for verb, *arguments in commands(page):
        assert verb in VERBS
        command = program.get_command(context, verb)
        assert command is not None
        command.make_context(verb, list(arguments))


@pytest.mark.parametrize("page", [DOCS / "notebooks.md"], ids=name_of)
def test_the_python_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    code = [block.text for block in blocks(page) if block.language == "python"]
    assert len(code) >= 3
    for text in code:
        exec(compile(text, name_of(page), "exec"), names)


def test_the_session_of_the_excel_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a new plant to the workbooks of its results; for a fortnight, so that it takes no longer than it must."""
    monkeypatch.chdir(tmp_path)
    shorter = {
        "run": ["-q", "-j", "1", "--set", "study.end=2024-02-15", "--set", "study.policies=[more_stock, buy_local]"]
    }
    seen = []
    for verb, *arguments in commands(DOCS / "excel.md"):
        done = CliRunner().invoke(program, [verb, *arguments, *shorter.get(verb, [])])
        assert done.exit_code == 0, (verb, done.output)
        seen.append(verb)
    assert seen == ["new", "run", "export", "export", "compare"]
    assert {path.name for path in tmp_path.rglob("*.xlsx")} >= {"plant.xlsx", "results.xlsx", "comparison.xlsx"}


def test_the_fault_that_the_excel_page_shows_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(program, ["new", "my-plant", "--template", "plant"]).exit_code == 0
    book = openpyxl.load_workbook("my-plant/suppliers.xlsx")
    for column, value in enumerate(["章丘电机", "city", "章丘", 60, 70, 1.5], start=1):
        book.worksheets[0].cell(3, column).value = value
    book.save("my-plant/suppliers.xlsx")
    scenario = Path("my-plant/plant.yaml")
    listed = scenario.read_text(encoding="utf-8").replace(
        "{ring: city, share: 60%,", "{list: suppliers.xlsx, share: 60%,"
    )
    scenario.write_text(listed, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load("my-plant/plant.yaml")
    shown = next(block.text for block in blocks(DOCS / "excel.md") if block.language == "text")
    assert report(caught.value.problems) == shown.rstrip()


def test_every_column_of_a_list_is_in_the_reference_with_its_chinese_words() -> None:
    documented = {name: row[1] for row in tables(LANGUAGE, "Lists of firms")[0] for name in code(row[0])}
    assert set(documented) == set(COLUMNS)
    words = [word for row in documented.values() for word in re.split(r"[ ,]+", row)]
    assert [word for word in words if word not in HEADERS] == []


def test_every_setting_of_the_reference_fits_its_scenario(tmp_path: Path) -> None:
    write_examples(LANGUAGE, tmp_path)
    seen = 0
    for _, file, *options in commands(LANGUAGE):
        settings = [value for option, value in pairwise(options) if option == "--set"]
        load(tmp_path / file, settings)
        seen += len(settings)
    assert seen >= 6


# ------------------------------------------------------------------------------------ the model


def test_every_measure_is_documented_in_the_words_of_its_declaration() -> None:
    """The meaning may go on behind a semicolon."""
    documented = [
        (code(name)[0], unit, better, meaning.partition(";")[0])
        for name, unit, better, meaning in tables(MODEL, "Measures")[0]
    ]
    assert documented == [(m.name, m.unit, m.better, m.meaning) for m in MEASURES]


@pytest.mark.parametrize(
    ("heading", "begin", "end"),
    [
        ("Events and their order", "# Phases", "# Kinds of log rows"),
        ("The log", "# Kinds of log rows", "# Kinds of dated changes"),
    ],
    ids=["phases", "log"],
)
def test_every_phase_and_every_kind_of_row_is_documented_with_its_number(heading: str, begin: str, end: str) -> None:
    source = (ROOT / "src" / "chainsim" / "model" / "state.py").read_text(encoding="utf-8")
    block = source.partition(begin)[2].partition(end)[0]
    codes = re.findall(r"^([A-Z_]+): Final = (\d+)", block, re.MULTILINE)
    named = [f"{number} {name.lower().replace('_', ' ')}" for name, number in codes if name != "LOG_KINDS"]
    assert [row[0] for row in tables(MODEL, heading)[0]] == named
    assert len(named) > 20


def test_every_case_of_the_gallery_is_on_its_page() -> None:
    cases = [path.stem for path in (ROOT / "scenarios" / "textbook").glob("*.yaml")]
    named = [name for row in tables(DOCS / "textbook.md", "The cases")[0] for name in code(row[0])]
    families = [name.removesuffix("…") for name in named if name.endswith("…")]
    missing = [case for case in cases if case not in named and not case.startswith(tuple(families))]
    assert missing == []
    assert [name for name in named if not any(case.startswith(name.removesuffix("…")) for case in cases)] == []
    assert f"{len(cases)} cases" in prose(DOCS / "textbook.md")


@pytest.fixture
def example(tmp_path: Path) -> Loaded:
    """The reference's own example, for a fortnight."""
    write_examples(LANGUAGE, tmp_path)
    return load(
        tmp_path / "small.yaml", ["study.end=2024-01-15", "study.warm_up=mser5", "policies.buy_local.from=2024-01-08"]
    )


def test_every_table_is_documented_with_its_columns(example: Loaded) -> None:
    result = study.run(study.plan(example, ["buy_local"], [0]), jobs=1, extras=Extras(log=True, reconciliation=True))
    documented = {code(name)[0]: code(columns) for name, _, columns in tables(MODEL, "Tables")[0]}
    written = {
        name: [column for column in table.columns if name in SIDE_BY_SIDE or column not in ("policy", "replication")]
        for name, table in result.tables.items()
    }
    assert documented == written


# ------------------------------------------------------------------------------------ the house


def test_every_folder_and_module_is_in_the_tree() -> None:
    tree = next(block.text for block in blocks(DOCS / "architecture.md") if "src/chainsim/" in block.text)
    package = ROOT / "src" / "chainsim"
    folders = [path for path in package.iterdir() if (path / "__init__.py").exists()]
    modules = [*package.glob("*.py")]
    for part in ("model", "engine", "scenario"):
        modules += [path for path in (package / part).glob("*.py") if path.name != "__init__.py"]
    words = set(tree.split())
    missing = [f"{path.name}/" for path in folders if f"{path.name}/" not in words]
    missing += [path.name for path in modules if path.name not in words]
    gone = [word for word in words if word.endswith(".py") and not list(package.rglob(word))]
    assert (missing, gone) == ([], [])


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_every_decision_follows_the_template(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    head = r"# (\d{4}) \S.*\n\nStatus: (accepted|replaced by \d{4})\nDate: \d{4}-\d\d-\d\d\n"
    found = re.match(head, text)
    assert found
    assert found[1] == page.stem[:4]
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Rejected", "Guard"]
    assert len(text.splitlines()) <= 60, "a decision is one page"


def test_every_test_that_a_page_names_exists_unless_it_is_planned() -> None:
    missing = []
    for page in PAGES:
        file = ""
        for found in re.finditer(r"(planned[^.`]*)?`(tests/[\w/]+\.py)?(?:::(test_\w+))?`", prose(page)):
            planned, named, test = found.groups()
            file = named or file
            path = ROOT / file
            if planned or (not named and not test):
                continue
            if not path.is_file() or (test and f"def {test}(" not in path.read_text(encoding="utf-8")):
                missing.append(f"{name_of(page)}: {file}::{test}")
    assert missing == []


# ------------------------------------------------------------------------------------ links


@pytest.mark.parametrize("page", [*PAGES, *sorted(ROOT.glob("*.md"))], ids=name_of)
def test_every_link_inside_the_project_resolves(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(page))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (page.parent / file).resolve() if file else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(target)
    assert broken == []
