"""The collector looks seldom while a command imports, as usual once trials run, and not on the way out.

It does not look at all where very many objects come to stay.
"""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from chainsim import garbage
from chainsim.garbage import many_objects


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


def test_what_is_alive_at_the_end_is_left_to_the_system() -> None:
    """A cycle that only the collector could take apart is still whole when the process has gone."""
    code = """
import sys
from chainsim.cli.main import main
class Told:
    def __del__(self):
        print("taken apart")
one = Told()
one.itself = one
sys.argv = ["chainsim", "--version"]
try:
    main()
finally:
    del one, Told
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "version" in done.stdout
    assert "taken apart" not in done.stdout


def test_garbage_is_looked_for_again_after_many_objects_whatever_happens() -> None:
    with many_objects():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="seven"), many_objects():
        int("seven")
    assert gc.isenabled()
    gc.disable()
    try:
        with many_objects():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
