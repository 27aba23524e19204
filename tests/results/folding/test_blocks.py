"""Tables do not depend on how a log is cut into blocks: every sum is of whole numbers, or made at the end.

Law: of any network, any size of block and either form of the kernels, every table is the same to the last bit, index,
types and all.
"""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from chainsim.economy.books import books
from chainsim.economy.reconciliation.explanation import explanations
from chainsim.kernels import Kernels, arrays, loops
from chainsim.model.network import Network
from chainsim.records import Log
from chainsim.results.folding import fold
from chainsim.results.frames import Folded
from chainsim.results.frames import Run as Whole
from chainsim.study.tabulation import tabulate
from chainsim.testing.replay import Run
from chainsim.testing.strategies import runs


def tables(network: Network, log: Log, rows: int, kernels: Kernels = arrays) -> dict[str, pd.DataFrame]:
    return tabulate(Folded(network, fold(network, log, rows, False, kernels)))


def same(found: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame]) -> None:
    assert list(found) == list(expected)
    for name, table in expected.items():
        assert_frame_equal(found[name], table, check_exact=True, obj=name)


@given(runs(), st.sampled_from([1, 2, 7, 50]))
def test_blocks_of_any_size_give_the_same_tables_to_the_last_bit(run: Run, rows: int) -> None:
    whole = tables(run.network, run.log, len(run.log.events) + 1)
    same(tables(run.network, run.log, rows), whole)


@given(runs(), st.sampled_from([2, 50]))
def test_both_forms_of_the_kernels_give_the_same_tables_to_the_last_bit(run: Run, rows: int) -> None:
    same(tables(run.network, run.log, rows, loops), tables(run.network, run.log, rows))


@given(runs())
def test_a_log_that_is_kept_gives_the_tables_of_one_that_is_not(run: Run) -> None:
    same(tables(run.network, run.log, 7), tabulate(Whole(run.network, run.log)))


@given(runs(), st.sampled_from([1, 7]))
def test_blocks_of_any_size_give_the_same_reconciliation(run: Run, rows: int) -> None:
    def found(size: int) -> list[object]:
        return list(explanations(books(Folded(run.network, fold(run.network, run.log, size)))))

    assert found(rows) == found(len(run.log.events) + 1)
