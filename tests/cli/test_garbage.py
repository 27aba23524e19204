"""The collector looks seldom while a command imports, and as usual once trials run."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from chainsim.cli import garbage


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_work_is_looked_through_as_usual_and_what_came_before_it_no_more() -> None:
    garbage.look_seldom()
    assert gc.get_threshold()[0] == garbage.SELDOM > 100 * garbage.USUAL[0]
    garbage.look_as_usual()
    assert gc.get_threshold() == garbage.USUAL
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
