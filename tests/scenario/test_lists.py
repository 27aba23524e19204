"""Lists of firms in CSV files: the same as firms written inline, and every fault at its row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.errors import ScenarioError
from chainsim.scenario.load import Loaded, load
from chainsim.scenario.network.naming import firm_names
from chainsim.scenario.resolve.lists import firms_of
from chainsim.scenario.text.nodes import Mapping, Scalar

Load = Callable[..., Loaded]
Refused = Callable[..., list[str]]

LIST = """\
name,ring,district,share,capacity,title,group
Seat One,city,Licheng,50%,40/day,,BYD
NA,province,,40%,,No Answer Ltd,
"""
INLINE = """firms: {
    Seat One: {ring: city, district: Licheng, share: 50%, capacity: 40/day, group: BYD},
    NA: {ring: province, share: 40%, title: No Answer Ltd}}"""


def with_list(small: str, what: str = "list: firms.csv") -> str:
    assert "count: 2, share: 90%" in small
    return small.replace("count: 2, share: 90%", f"{what}, share: 90%")


def test_a_list_means_the_same_as_firms_written_inline(loaded: Load, small: str) -> None:
    from_list = loaded(with_list(small), firms__csv=LIST).scenario.suppliers["seats"]
    inline = loaded(with_list(small, INLINE)).scenario.suppliers["seats"]
    assert from_list.model_copy(update={"list": None}) == inline
    assert firm_names("seats", inline) == [("Seat One", "city"), ("NA", "province")]


CHINESE = "企业名称,范围,区县,份额,产能,集团\n济南座椅,市内,历城区,50%,40/day,比亚迪\n青岛座椅,省内,,40%,,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_chinese_headers_and_the_dialects_of_spreadsheets(
    loaded: Load, small: str, encoding: str, delimiter: str, end: str
) -> None:
    data = CHINESE.replace(",", delimiter).replace("\n", end).encode(encoding)
    seats = loaded(with_list(small), firms__csv=data).scenario.suppliers["seats"]
    assert firm_names("seats", seats) == [("济南座椅", "city"), ("青岛座椅", "province")]
    assert seats.firms["济南座椅"].district == "历城区"
    assert seats.firms["济南座椅"].group == "比亚迪"


NAMES = st.sampled_from(["NA", "NaN", "null", "None", "no", "1e3", "007", "a;b", 'the "best"', "a,b", "座椅厂"])


@given(st.lists(NAMES, min_size=1, max_size=5, unique=True))
def test_names_are_text_whatever_they_look_like(names: list[str]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["name", "ring"])
    writer.writerows([name, "city"] for name in names)
    firms, problems = firms_of("f.csv", buffer.getvalue().encode())
    assert problems == []
    assert list(firms.named.entries) == names


def test_cells_know_their_place() -> None:
    firms, _ = firms_of("f.csv", b'name,share,ring\n"a, b", 5% ,city\n')
    firm = firms.named.entries["a, b"]
    assert isinstance(firm, Mapping)
    share, ring = firm.entries["share"], firm.entries["ring"]
    assert isinstance(share, Scalar)
    assert isinstance(ring, Scalar)
    assert [(s.text, s.place.line, s.place.column) for s in (share, ring)] == [("5%", 2, 8), ("city", 2, 13)]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("ring,share\ncity,50%\n", "firms.csv:1:1: column 'name' (名称) is missing"),
        ("name,shar\na,50%\n", "firms.csv:1:6: unknown column 'shar' - did you mean 'share'?"),
        ("name,ring\na,city,b\n", "firms.csv:2:8: 3 cells where the header has 2"),
        ("name,ring\na\n", "firms.csv:2:1: 1 cells where the header has 2"),
        ("name,share,share\na,1%,2%\n", "firms.csv:1:12: column 'share' appears twice"),
        ("name,名称\na,b\n", "firms.csv:1:6: column '名称' appears twice"),
        ("name,\na,b\n", "firms.csv:1:6: a column has no name"),
        ("name;share\na;12,5\n", "firms.csv:2:3: share is not a plain number, got '12,5'"),
        ("name,share\na,12,5\n", "firms.csv:2:6: 3 cells where the header has 2"),
        ("name,share\na,150%\n", "firms.csv:2:3: share must be a share, 0% to 100%, got '150%'"),
        ("name,capacity\na,5\n", "firms.csv:2:3: capacity needs a time, got '5'"),
        ("name,ring\na,cty\n", "firms.csv:2:3: ring must be 'city' or 'province' or 'nation' or 'abroad', got 'cty'"),
        ('name,ring\n"a\nb",city\n', "firms.csv:2:1: column 'name' holds a line break"),
        ('name,ring\n"a,city\n', "firms.csv:2:1: a quote is never closed"),
        ("name,ring\na,city\na,city\n", "firms.csv:3:1: name 'a' already stands on line 2"),
        ("name,ring\nAb,city\naB,city\n", "firms.csv:3:1: name 'aB' differs only by case or width from 'Ab' on line 2"),
        ("name,ring\n,city\n", "firms.csv:2:1: the name is empty"),
        ("name,ring\na/b,city\n", "firms.csv:2:1: name 'a/b' must not contain / or \\"),
        ("name,ring\na\u202eb,city\n", "firms.csv:2:2: character U+202E not allowed"),
        ("name,ring\na\x1b[31mb,city\n", "firms.csv:2:2: character U+001B not allowed"),
        ("name,ring\n", "firms.csv:1:1: the list has no rows"),
        ("", "firms.csv:1: the table is empty"),
    ],
)
def test_faults_of_a_list_are_named_by_row_and_column(refused: Refused, small: str, table: str, said: str) -> None:
    found = refused(with_list(small), firms__csv=table)
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04....", "firms.csv: cannot be read as an Excel workbook (BadZipFile"),
        (b"\xd0\xcf\x11\xe0....", "firms.csv: is an old .xls file, or has a password"),
        ("name\na\n".encode("utf-16"), "firms.csv: is UTF-16 text"),
        (b"name\n\xff\xff\xff\n", "firms.csv: is neither UTF-8 nor GB18030 text"),
    ],
)
def test_what_is_no_csv_is_named(refused: Refused, small: str, data: bytes, said: str) -> None:
    assert any(said in one for one in refused(with_list(small), firms__csv=data))


def test_a_long_list_is_refused_at_its_row() -> None:
    _, problems = firms_of("f.csv", b"name\n" + b"".join(b"f%d\n" % n for n in range(20_001)))
    assert [str(p) for p in problems] == ["f.csv:20002:1: more than 20,000 rows"]


def test_a_list_and_firms_inline_are_one_too_many(refused: Refused, small: str) -> None:
    said = refused(with_list(small, "list: firms.csv, firms: {a: {}}"), firms__csv=LIST)
    assert any("suppliers.seats has both `list` and `firms`" in one for one in said)


def test_a_count_must_agree_with_the_list(refused: Refused, small: str) -> None:
    said = refused(with_list(small, "list: firms.csv, count: 3"), firms__csv=LIST)
    assert said == ["small.yaml:11:57: count of seats is 3, but 2 firms are named"]


def test_shares_of_named_firms_add_up_to_their_group(refused: Refused, small: str) -> None:
    text = (
        with_list(small)
        .replace(", share: 90%", "")
        .replace("elsewhere: {supplies: all", "elsewhere: {supplies: [motor, steel]")
    )
    said = refused(text, firms__csv=LIST)
    assert len(said) == 1
    assert "part seat: shares sum to 90%; suppliers seats 90%" in said[0]


def test_a_listed_firm_can_be_changed_by_name(loaded: Load, small: str) -> None:
    result = loaded(
        with_list(small), "suppliers.seats.firms.Seat One.share=60%", "firms.NA.capacity=5/day", firms__csv=LIST
    )
    assert float(result.scenario.suppliers["seats"].firms["Seat One"].share or 0) == 0.6
    assert "NA" in result.scenario.firms


SLIPS = [  # what people type in cells; the header gives (/day) and (days)
    ("capacity (/day)", "1,5", "capacity is not a plain number, got '1,5'", "write 1.5"),
    ("capacity", "900,5/week", "capacity is not a plain number, got '900,5'", "write 900.5/week"),
    ("capacity (/day)", "1.000,5", "capacity is not a plain number, got '1.000,5'", "write 1000.5"),
    ("capacity", "1,5", "capacity needs a time, got '1,5'", 'write a rate such as "1.5/day"'),
    (
        "capacity (/day)",
        "70-90",
        "capacity is a range, got '70-90'",
        "write one number: what you expect on average",
    ),
    ("lead_time (days)", "2-3", "lead_time is a range, got '2-3 days'", 'write "uniform(2 days, 3 days)"'),
    ("lead_time", "2-3", "lead_time is a range, got '2-3'", 'write "uniform(2 days, 3 days)"'),
    ("lead_time", "1 to 2 weeks", "lead_time is a range, got '1 to 2 weeks'", 'write "uniform(1 weeks, 2 weeks)"'),
    ("lead_time", "12 h – 1,5 days", "lead_time is a range, got '12 h – 1,5 days'", 'write "uniform(12 h, 1.5 days)"'),
    ("交货期", "1~2天", "lead_time is a range, got '1~2天'", 'write "uniform(1 天, 2 天)"'),
    ("交货期", "1至2天", "lead_time is a range, got '1至2天'", 'write "uniform(1 天, 2 天)"'),
    ("pays_after", "30-60 days", "pays_after is a range, got '30-60 days'", "write one number"),
    ("lead_time (days)", "01.02.2024", "lead_time must be a number, got '01.02.2024', which looks like a date", ""),
    ("ring", "county", "ring must be 'city' or 'province' or 'nation' or 'abroad', got 'county'", "write city (市), "),
    ("ring", "县", "ring must be 'city' or 'province' or 'nation' or 'abroad', got '县'", "go into `district`"),
    ("share", "120%", "share must be a share, 0% to 100%, got '120%'", "write a share from 0 to 100 %"),
    ("date", "01.02.2024", "date must be a date as YYYY-MM-DD, got '01.02.2024'", 'write "2024-02-01"'),
    ("date", "01/02/2024", "date must be a date as YYYY-MM-DD, got", 'write "2024-02-01" or "2024-01-02"'),
    ("date", "31/12/2024", "date must be a date as YYYY-MM-DD, got", 'write "2024-12-31"'),
]


@pytest.mark.parametrize(("header", "cell", "message", "hint"), SLIPS)
def test_what_people_type_in_cells_is_named_with_what_to_write(
    write: Callable[..., Path], small: str, header: str, cell: str, message: str, hint: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(write(with_list(small), firms__csv=f"name;{header}\na;{cell}\n"))
    (problem,) = caught.value.problems
    assert problem.message.endswith(message) if cell == "county" else message in problem.message
    assert hint in problem.hint
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (2, 3)


def test_what_is_written_as_told_is_read(loaded: Load, small: str) -> None:
    data = 'name,lead_time (days),pays_after (days)\na,"uniform(2 days, 3 days)",45\nb,2,1_0\n'
    result = loaded(with_list(small), firms__csv=data).scenario
    assert result.firms["a"].lead_time.moments[0] == 2.5 * 86_400
    assert result.firms["b"].pays_after == 10 * 86_400


def test_a_name_that_stands_twice_says_what_to_do(write: Callable[..., Path], small: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(write(with_list(small), firms__csv="name,ring\na,city\na,city\n"))
    assert caught.value.problems[0].hint.startswith("write one row for each firm")
