"""Disruptions and breakdowns as they were drawn: levels of every target by tick, from the network and its luck
alone."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

from chainsim.model.network import WHOLE_SHARE, Shock, Target
from chainsim.testing.run import Luck, Run


class Hazards:
    """Levels at the end of the first round of each tick; stages are taken to last at least a tick."""

    def __init__(self, run: Run) -> None:
        self.horizon = run.log.horizon
        self.luck = Luck(run)
        self.destroyed: list[tuple[int, int, int, int]] = []  # tick, number of the hit, stock point, share
        self._steps: dict[tuple[Target, int], list[list[tuple[int, int]]]] = defaultdict(list)
        number = 0
        for shock in run.network.shocks:
            begins = self._stages(shock)
            for hit in shock.hits:
                self._steps[hit.target, hit.entity].append([(tick, level) for tick, _, level in begins])
                onsets = [tick for tick, stage, _ in begins if stage == 0]
                self.destroyed += [(tick, number, hit.entity, hit.loses) for tick in onsets if hit.loses]
                number += 1
        self.destroyed.sort()
        self._broken = [self._breakdowns(line.up_law, line.repair_law) for line in run.network.lines]

    def _stages(self, shock: Shock) -> list[tuple[int, int, int]]:
        """(tick, stage, level) of everything that happens before the horizon."""
        begins: list[tuple[int, int, int]] = []
        tick, count = shock.wait + self.luck(shock.law, 0), 0
        while True:
            for number, stage in enumerate(shock.stages):
                if tick >= self.horizon:
                    return begins
                begins.append((tick, number, stage.level))
                if number + 1 < len(shock.stages):
                    tick += stage.wait + self.luck(stage.law, count)
            if not shock.again:
                return begins
            count += 1
            tick += shock.between + self.luck(shock.law, count)

    def _breakdowns(self, up: int, repair: int) -> list[tuple[int, int]]:
        """[begin, end) of every breakdown of a line before the horizon."""
        spans: list[tuple[int, int]] = []
        tick = 0
        while up >= 0:
            begin = tick + self.luck(up, len(spans))
            if begin >= self.horizon:
                break
            tick = begin + self.luck(repair, len(spans))
            spans.append((begin, tick))
        return spans

    def level(self, target: Target, entity: int, tick: int) -> int:
        """What shocks leave of a target: the worst of them counts."""
        levels = [WHOLE_SHARE]
        for steps in self._steps.get((target, entity), ()):
            at = bisect_right(steps, tick, key=lambda step: step[0])
            levels += [steps[at - 1][1]] if at else []
        return min(levels)

    def broken(self, line: int, tick: int) -> bool:
        return any(begin <= tick < end for begin, end in self._broken[line])

    def turning_points(self, target: Target, entity: int) -> set[int]:
        """Ticks on which something may change for a target."""
        ticks = {tick for steps in self._steps.get((target, entity), ()) for tick, _ in steps}
        if target == "line":
            ticks |= {tick for span in self._broken[entity] for tick in span}
        return {tick for tick in ticks if tick < self.horizon}

    def targets(self, target: Target) -> list[int]:
        """Entities of a kind that a shock hits."""
        return sorted(entity for kind, entity in self._steps if kind == target)
