"""The cases in small: chainsim, the program by hand and the kernel in C do the same work; the page is kept."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from chainsim.engine import simpy_engine

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def benchmarks():
    """The package, which is no part of what is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT)
        import benchmarks.kernel
        import benchmarks.ours
        import benchmarks.table
        import benchmarks.timing
        import benchmarks.written

        yield benchmarks


@pytest.fixture(scope="module")
def networks(benchmarks):
    return {letter: benchmarks.ours.network(case) for letter, case in benchmarks.cases.SMALL.items()}


@pytest.mark.parametrize("letter", ["a", "b", "c"])
def test_the_program_by_hand_writes_the_same_log(benchmarks, networks, letter):
    log = simpy_engine.run(networks[letter], 0)
    events, orders = benchmarks.handwritten.run(networks[letter], 0)
    np.testing.assert_array_equal(events, log.events)
    np.testing.assert_array_equal(orders, log.orders)
    assert len(orders) > 400


def test_the_kernel_writes_the_same_log(benchmarks, networks):
    if benchmarks.kernel.compiler() is None:
        pytest.skip("needs a C compiler, `cc`")
    net = networks["c"]
    log = simpy_engine.run(net, 0)
    kernel = benchmarks.kernel.Kernel(net, 0)
    for _ in range(2):  # a second run begins where the first one began
        kernel.prepare()
        kernel.run()
    events, orders = kernel.written()
    kernel.release()
    np.testing.assert_array_equal(events, log.events)
    np.testing.assert_array_equal(orders, log.orders)
    assert benchmarks.ours.facts(net, events, orders) == benchmarks.ours.facts(net, log.events, log.orders)


def test_other_luck_is_seen(benchmarks, networks):
    log = simpy_engine.run(networks["c"], 0)
    other, _ = benchmarks.handwritten.run(networks["c"], 1)
    assert not np.array_equal(other, log.events)


def test_the_kernel_refuses_what_it_does_not_know(benchmarks, networks):
    with pytest.raises(NotImplementedError, match="outside sources"):
        benchmarks.kernel.Kernel(networks["b"], 0)


def test_the_series_costs_what_theory_says(benchmarks):
    """47.65 a day (Snyder & Shen 2019, example 6.1); two levels swapped would cost twelve more."""
    case = benchmarks.cases.Case("a", "", 4000)
    facts = benchmarks.ours.whole_trial(case, simpy_engine)()
    assert facts["cost"] == pytest.approx(47.65, abs=1.2)


def test_a_city_has_chains_that_share_a_material(benchmarks):
    net = benchmarks.ours.of_text(benchmarks.written.city(2, 1))
    masters = [firm for firm in net.firms if firm.kind == "chain_master"]
    suppliers = [firm for firm in net.firms if firm.kind == "supplier"]
    assert (len(masters), len(suppliers)) == (2, 800)
    buyers = {net.firms[net.stocks[lane.buyer].firm].name for lane in net.lanes
              if net.firms[net.stocks[lane.supplier].firm].category == "material 02-5"}  # fmt: skip
    assert {name[:9] for name in buyers} == {"module 01", "module 02"}


def test_workers_take_turns_and_say_where_they_end(benchmarks):
    programs = dict.fromkeys(("floor", "no such program"), sys.executable)
    floor, none = benchmarks.timing.in_turn(benchmarks.cases.SMALL["a"], programs, 2, {}, "small", 0.0)
    assert (len(floor.seconds), len(floor.loops), none.seconds) == (2, 2, [])
    assert floor.facts["orders"] > 0
    assert "no such program" in none.ends
    text = benchmarks.table.case_table([floor, none], dict.fromkeys(programs, "a title"))
    assert text.count("a title") == 2
    assert str(ROOT) not in text


def test_a_table_replaces_what_is_between_its_markers(benchmarks, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- begin a -->\nold\n<!-- end a -->\nafter\n", encoding="utf-8")
    benchmarks.table.put("a", "new", page)
    benchmarks.table.put("a", "newer", page)
    assert page.read_text(encoding="utf-8") == "before\n<!-- begin a -->\n\nnewer\n\n<!-- end a -->\nafter\n"
    with pytest.raises(SystemExit):
        benchmarks.table.put("b", "new", page)


def test_the_page_has_a_place_for_every_step(benchmarks):
    text = benchmarks.table.PAGE.read_text(encoding="utf-8")
    assert all(f"<!-- begin {letter} -->" in text for letter in "abcdef")
