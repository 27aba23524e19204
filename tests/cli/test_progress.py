"""The time left is told from the pace of trials, not from what comes before the first ones."""

from __future__ import annotations

import pytest

from chainsim.cli import progress
from chainsim.cli.progress import Progress


class Clock:
    """Stands still until it is set."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def test_what_the_first_trials_wait_for_is_not_the_pace_of_the_others(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress(20, quiet=False) as shown:
        shown.abreast = 2
        for clock.now in (33.0, 34.0):  # a start of 30 s, then both processes' first trials, of 3 and 4 s
            shown.done(0)
        assert capsys.readouterr().err == " 10 % of 20 runs, about 306 s left\n"
        for clock.now in (36.0, 38.0):
            shown.done(0)
        assert capsys.readouterr().err == " 20 % of 20 runs, about 32 s left\n"
        for clock.now in range(40, 72, 2):
            shown.done(0)
    assert capsys.readouterr().err.splitlines()[-1] == "100 % of 20 runs, 70.0 s"


def test_one_process_tells_from_its_second_trial_on(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(5, quiet=False) as shown:
        clock.now = 4.0
        shown.within(0.5)
        assert capsys.readouterr().err == " 10 % of 5 runs, about 36 s left\n"
        clock.now = 8.0
        shown.done(0)
        assert capsys.readouterr().err == " 20 % of 5 runs, about 32 s left\n"
        clock.now = 9.0
        shown.within(0.5)
        assert capsys.readouterr().err == " 30 % of 5 runs, about 7 s left\n"
