"""Working time by the calendar of a line, counted closure by closure."""

from __future__ import annotations

from chainsim.model.network import Network


class Shifts:
    """When a line works; without a calendar, always."""

    def __init__(self, network: Network, line: int) -> None:
        calendar = network.lines[line].calendar
        self.closures = [(c.begin, c.end) for c in network.calendars[calendar]] if calendar >= 0 else []

    def closed(self, tick: int) -> bool:
        return any(begin <= tick < end for begin, end in self.closures)

    def between(self, since: int, until: int) -> int:
        """Working ticks in [since, until)."""
        return until - since - sum(max(0, min(end, until) - max(begin, since)) for begin, end in self.closures)

    def after(self, tick: int, work: int) -> int:
        """The first tick by which `work` working ticks have passed since `tick`."""
        for begin, end in self.closures:
            if work == 0 or (tick < begin and begin - tick >= work):
                break
            if end > tick:
                work -= max(0, begin - tick)
                tick = end
        return tick + work
