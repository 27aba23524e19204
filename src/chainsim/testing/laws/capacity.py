"""Laws of capacity: what lines do, how long it takes, and when they must not."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict, deque
from dataclasses import dataclass

from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE
from chainsim.testing.hazards import Hazards
from chainsim.testing.replay import replay
from chainsim.testing.run import Luck, Run, rows_of
from chainsim.testing.shifts import Shifts

NEVER = 2**62


@dataclass(slots=True)
class Batch:
    """A batch that was started; `due` is when it must finish at the speeds that were in force, NEVER if it stands
    still.

    left: ticks of work at full speed as of `since`; progress is counted in whole ticks at each change of speed.
    """

    line: int
    order: int
    quantity: int
    begin: int
    left: int
    since: int
    due: int

    def go_on(self, speed: int, shifts: Shifts) -> None:
        self.due = shifts.after(self.since, -(-self.left * WHOLE_SHARE // speed)) if speed > 0 else NEVER


def _batches(run: Run) -> list[Batch]:
    """Every batch with the tick on which it is due: fixed + drawn + set-up of a new order + q x ticks a quantum, whose
    fractions are carried."""
    network = run.network
    luck = Luck(run)
    carry: Counter[int] = Counter()
    drawn: Counter[int] = Counter()
    speed = [WHOLE_SHARE] * len(network.lines)
    running: dict[int, list[Batch]] = defaultdict(list)
    begun: set[int] = set()
    result = []
    resets = deque(c for c in network.changes if c.kind == state.SET_LINE_SPEED)
    for tick, row, books in replay(run):
        while resets and resets[0].tick <= tick:
            carry[resets.popleft().entity] = 0
        if row is None:
            continue
        if row.kind == state.STARTED:
            line = network.stocks[row.entity].line
            ticks, per = books.speed[line]
            fixed, law = books.time[line]
            work, carry[line] = divmod(row.quantity * ticks + carry[line], per)
            work += fixed + luck(law, drawn[line]) + (0 if row.order in begun else books.set_up[line])
            begun.add(row.order)
            drawn[line] += 1
            batch = Batch(line, row.order, row.quantity, tick, work, tick, NEVER)
            batch.go_on(speed[line], books.shifts[line])
            running[line].append(batch)
            result.append(batch)
        elif row.kind == state.LINE_LEVEL:
            line = network.stocks[row.entity].line
            running[line] = [batch for batch in running[line] if batch.due >= tick]
            for batch in running[line]:
                left = batch.left - books.shifts[line].between(batch.since, tick) * speed[line] // WHOLE_SHARE
                batch.left, batch.since = max(0, left), tick
                if left > 0:
                    batch.go_on(row.quantity, books.shifts[line])
            speed[line] = row.quantity
    return result


def every_batch_finishes_once_after_its_processing_time(run: Run) -> None:
    """A batch finishes, its scrap included, exactly when its work is done at the speeds that disruptions, breakdowns
    and growth left, in working time."""
    due = [(b.due, b.order, run.network.lines[b.line].stock, b.quantity) for b in _batches(run)]
    finished = []
    scrap = 0
    for row in rows_of(run.log):
        if row.kind == state.SCRAPPED:
            scrap = row.quantity
        elif row.kind == state.FINISHED:
            finished.append((row.tick, row.order, row.entity, row.quantity + scrap))
            scrap = 0
    assert sorted(finished) == sorted(d for d in due if d[0] < run.log.horizon)


def busy_time_is_service_received(run: Run) -> None:
    """Utilisation on the path: the integral of busy servers is the time that batches took, cut at the horizon."""
    network, log = run.network, run.log
    lines = len(network.lines)
    integral, service = [0] * lines, [0] * lines
    before, current = 0, [0] * lines
    for tick, row, books in replay(run):
        if row is None:
            integral = [total + n * (tick - before) for total, n in zip(integral, current, strict=True)]
            before, current = tick, list(books.busy)
    integral = [total + n * (log.horizon - before) for total, n in zip(integral, current, strict=True)]
    for batch in _batches(run):
        service[batch.line] += min(batch.due, log.horizon) - batch.begin
    assert integral == service


def a_line_never_runs_more_batches_than_it_has_servers(run: Run) -> None:
    """At every start, so none during an outage; batches already running are finished.  Batches keep to their size."""
    network = run.network
    for _, row, books in replay(run):
        assert min(books.busy, default=0) >= 0
        if row is not None and row.kind == state.STARTED:
            line = network.stocks[row.entity].line
            assert books.busy[line] <= books.servers[line], row
            assert row.quantity <= books.batch[line], row


def a_line_that_stands_still_starts_nothing(run: Run) -> None:
    """Whether it is broken, hit, closed by its calendar, or its firm insolvent."""
    for tick, row, books in replay(run):
        if row is not None and row.kind == state.STARTED:
            line = run.network.stocks[row.entity].line
            assert books.runs(line, tick), row
            assert not books.insolvent[row.entity], row


def a_line_works_whenever_it_can(run: Run) -> None:
    """At the end of no tick do a free server, waiting work and all its components stand side by side, while the line
    runs."""
    network = run.network
    for tick, row, books in replay(run):
        if row is None:
            for line, model in enumerate(network.lines):
                if books.busy[line] < books.servers[line] and books.queue[line] and books.runs(line, tick):
                    assert books.lacks(line), (tick, network.stock_name(model.stock))


def a_line_starves_only_for_what_it_lacks_and_says_so(run: Run) -> None:
    """A row says that the first batch in the queue waits for a component exactly when, and by how much, it is short; a
    new one follows each delivery that was not enough and each start.

    What a disruption destroys is missed when the line looks for work again.
    """
    network = run.network
    told: set[int] = set()
    spoilt: set[int] = set()
    for tick, row, books in replay(run):
        if row is None:
            for line in range(len(network.lines)):
                if books.busy[line] < books.servers[line] and books.queue[line] and books.runs(line, tick):
                    lacks = set(books.lacks(line))
                    name = (tick, network.stock_name(network.lines[line].stock))
                    assert told >= lacks - spoilt, name
                    assert told & lacks or not lacks, name
        elif row.kind == state.RECEIVED:
            told.discard(network.lanes[row.entity].buyer)
        elif row.kind == state.DESTROYED:
            spoilt.add(row.entity)
        elif row.kind == state.STARTED:
            components = {books.needs[number].component for number in books.needs_of[network.stocks[row.entity].line]}
            told -= components
            spoilt -= components
        elif row.kind == state.STARVED:
            line = network.stocks[row.entity].line
            assert books.busy[line] < books.servers[line], row
            assert books.queue[line][0][0] == row.order, row
            needs = [books.needs[number] for number in books.needs_of[line]]
            need = next(need for need in needs if need.component == row.entity)
            assert row.quantity == need.of(books.head_batch(line)) - books.on_hand[row.entity] > 0, row
            told.add(row.entity)
            spoilt.discard(row.entity)


def a_line_grows_when_it_was_busy_and_shrinks_when_it_was_idle(run: Run) -> None:
    """At the end of each window, by the utilisation in it, while its cash lasts and one step after the other; the step
    is paid at once and takes effect when it is built."""
    network = run.network
    if not network.growths:
        return
    ends: list[int] = [-1]
    busy: list[list[int]] = [[0] * len(network.lines)]
    servers: list[list[int]] = [[line.servers for line in network.lines]]
    cash: dict[int, list[list[int]]] = defaultdict(list)
    dead_from: dict[int, int] = {}
    invested: Counter[tuple[int, int, int]] = Counter()
    grown: list[tuple[int, int, int]] = []
    now = [purse.cash for purse in network.purses]
    nights = [now]
    shifts = [Shifts(network, line) for line in range(len(network.lines))]
    for tick, row, books in replay(run):
        cash[tick].append(now)
        now = list(books.till.cash)
        cash[tick].append(now)
        if row is None:
            ends.append(tick)
            busy.append(list(books.busy))
            servers.append(list(books.servers))
            nights.append(now)
        elif row.kind == state.INVESTED:
            invested[tick, row.entity, row.quantity] += 1
        elif row.kind == state.GROWN:
            grown.append((tick, row.entity, row.quantity))
        elif row.kind == state.INSOLVENT and network.purses[row.entity].patience >= 0:
            dead_from.setdefault(network.purses[row.entity].firm, tick)
    last = len(ends) - 1

    def busy_ticks(line: int, since: int, until: int) -> int:
        total = 0
        for at in range(max(0, bisect_right(ends, since) - 1), len(ends)):
            begin, end = max(ends[at], since), min(ends[at + 1] if at < last else NEVER, until)
            if begin >= until:
                break
            total += busy[at][line] * max(0, end - begin)
        return total

    of_firm = {purse.firm: number for number, purse in enumerate(network.purses)}
    paid: Counter[tuple[int, int, int]] = Counter()
    steps: list[tuple[int, bool, int, int]] = []  # tick, whether decided on it, growth, line
    done: Counter[int] = Counter()
    ready = dict.fromkeys(range(len(network.growths)), 0)
    watches = sorted(
        (tick, number)
        for number, growth in enumerate(network.growths)
        for tick in range(growth.window, run.log.horizon, growth.window)
    )
    for tick, number in watches:
        growth = network.growths[number]
        line, stock = growth.line, network.lines[growth.line].stock
        at = bisect_right(ends, tick) - 1
        offered = shifts[line].between(tick - growth.window, tick) * servers[at][line]
        if offered == 0 or done[number] == growth.most or ready[number] > tick:
            continue
        usage = min(WHOLE_SHARE, busy_ticks(line, tick - growth.window, tick) * WHOLE_SHARE // offered)
        if not (usage >= growth.threshold if growth.by > 0 else usage <= growth.threshold):
            continue
        firm = network.stocks[stock].firm
        key = (tick, stock, growth.cost)
        follow = invested[key] > paid[key] if growth.cost else None
        if firm in dead_from and dead_from[firm] <= tick:
            if dead_from[firm] < tick or not follow:
                continue
        elif growth.cost and firm in of_firm:
            # Where rows share the tick, how much there was at that very moment is not in the log.
            moments = cash.get(tick) or [nights[at]]
            seen = [moment[of_firm[firm]] for moment in moments]
            if max(seen) < growth.cost or (min(seen) < growth.cost and not follow):
                continue
        if growth.cost:
            paid[key] += 1
        done[number] += 1
        ready[number] = tick + growth.build
        steps.append((tick + growth.build, growth.build == 0, number, line))
    assert paid == invested
    level = [WHOLE_SHARE] * len(network.lines)
    expected = []
    for tick, _, number, line in sorted(steps):
        if tick < run.log.horizon:
            level[line] = level[line] * (WHOLE_SHARE + network.growths[number].by) // WHOLE_SHARE
            expected.append((tick, network.lines[line].stock, level[line]))
    assert sorted(grown) == sorted(expected)


def a_line_runs_at_the_speed_that_hazards_and_growth_leave(run: Run) -> None:
    """At the end of every tick: nothing while it is broken or its firm insolvent, else what growth made of it times
    the worst of the disruptions; breakdowns come and go as they were drawn."""
    network, hazards = run.network, Hazards(run)
    level: dict[int, list[tuple[int, int, int, bool]]] = defaultdict(lambda: [(-1, WHOLE_SHARE, WHOLE_SHARE, False)])
    for tick, row, books in replay(run):
        if row is None:
            for line, model in enumerate(network.lines):
                level[line].append((tick, books.line_level[line], books.growth[line], books.insolvent[model.stock]))
    for line in range(len(network.lines)):
        for tick in hazards.turning_points("line", line) | {tick for tick, *_ in level[line] if tick >= 0}:
            at = bisect_right(level[line], tick, key=lambda step: step[0]) - 1
            _, speed, growth, insolvent = level[line][at]
            expected = hazards.level("line", line, tick) * growth // WHOLE_SHARE
            if insolvent or hazards.broken(line, tick):
                expected = 0
            assert speed == expected, (tick, network.stock_name(network.lines[line].stock), speed, expected)
