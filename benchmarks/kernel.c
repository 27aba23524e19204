/* The limit: case (c) by hand in C, simulation only.

   In: the network and its opening as plain structs, the exogenous events, the lead times of each law as integers.
   Out: the same log and the same orders as chainsim's, row by row, in memory.  It knows what case (c) has and nothing
   else: (s, S) under continuous review, one supplier for each stock point that buys, finite lines of one product,
   orders that wait in line, lead times that never change.  Compiled with `cc -O2`, never with fast-math. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int64_t i64;

enum { FINISH = 10, ARRIVE = 11, SERVE = 12, FINAL = 13, DEMAND = 14, REVIEW = 16, START = 17 };
enum { PLACED, RELEASED, STARTED, CONSUMED, FINISHED, SHIPPED, RECEIVED, DEMANDED, STARVED };
enum { MADE, BOUGHT, OUTSIDE, SOLD };

typedef struct {
    i64 role, on_hand, on_order, reorder_point, order_up_to, lot, line, lane; /* lane: the one that it buys over */
    i64 backorders, committed, review_due, starving, rotation;
    i64 inbox_head, inbox_tail, inbox_quantity, inbox_orders, queue_head, queue_tail;
} Stock;

typedef struct {
    i64 buyer, supplier, lead_time, law, price, terms, draw;
} Lane;

typedef struct {
    i64 stock, servers, ticks, per, carry, fixed, batch, needs_begin, needs_end;
    i64 busy, start_due, committed, waiting, queue_head, queue_tail;
} Line;

typedef struct {
    i64 component, quantity, per, carry;
} Need;

typedef struct {
    i64 lane, stock, quantity, placed, price, terms, draw, freight; /* as chainsim's table of orders */
} Row;

typedef struct {
    i64 open, next;
} Open;

typedef struct {
    i64 tick, rank, sequence, a, b; /* rank: round, phase, entity */
} Event;

typedef struct {
    Stock *stocks;
    Lane *lanes;
    Line *lines;
    Need *needs;
    const i64 *draws, *first; /* draws of law k: first[k] to first[k + 1] */
    Event *heap;
    i64 events, room_of_events;
    i64 *log;
    i64 rows, room_of_rows;
    Row *orders;
    Open *open;
    i64 placed, room_of_orders;
    i64 now, round, phase, sequence, missing_draws;
} World;

#define ROUND 40
#define PHASE 32
#define ENTITY ((1LL << PHASE) - 1)

static inline int before(const Event *x, const Event *y) {
    if (x->tick != y->tick) return x->tick < y->tick;
    if (x->rank != y->rank) return x->rank < y->rank;
    return x->sequence < y->sequence;
}

static void push(World *w, Event event) {
    if (w->events == w->room_of_events) {
        w->room_of_events *= 2;
        w->heap = realloc(w->heap, w->room_of_events * sizeof(Event));
    }
    i64 at = w->events++;
    while (at > 0 && before(&event, &w->heap[(at - 1) / 2])) {
        w->heap[at] = w->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    w->heap[at] = event;
}

static Event pop(World *w) {
    Event first = w->heap[0], last = w->heap[--w->events];
    i64 at = 0, child;
    while ((child = 2 * at + 1) < w->events) {
        if (child + 1 < w->events && before(&w->heap[child + 1], &w->heap[child])) child++;
        if (!before(&w->heap[child], &last)) break;
        w->heap[at] = w->heap[child];
        at = child;
    }
    w->heap[at] = last;
    return first;
}

static void later(World *w, i64 delay, i64 phase, i64 entity, i64 a, i64 b) {
    i64 round = delay > 0 ? 0 : phase > w->phase ? w->round : w->round + 1;
    Event event = {w->now + delay, round << ROUND | phase << PHASE | entity, ++w->sequence, a, b};
    push(w, event);
}

static void note(World *w, i64 kind, i64 order, i64 entity, i64 quantity) {
    if (w->rows == w->room_of_rows) {
        w->room_of_rows *= 2;
        w->log = realloc(w->log, w->room_of_rows * 5 * sizeof(i64));
    }
    i64 *row = w->log + 5 * w->rows++;
    row[0] = w->now, row[1] = kind, row[2] = order, row[3] = entity, row[4] = quantity;
}

static i64 new_order(World *w, i64 lane, i64 stock, i64 quantity, i64 price, i64 terms, i64 draw) {
    if (w->placed == w->room_of_orders) {
        w->room_of_orders *= 2;
        w->orders = realloc(w->orders, w->room_of_orders * sizeof(Row));
        w->open = realloc(w->open, w->room_of_orders * sizeof(Open));
    }
    Row row = {lane, stock, quantity, w->now, price, terms, draw, 0};
    w->orders[w->placed] = row;
    w->open[w->placed].open = quantity;
    w->open[w->placed].next = -1;
    return w->placed++;
}

static void ask_review(World *w, i64 p) {
    Stock *s = w->stocks + p;
    if (!s->review_due && s->on_hand + s->on_order - s->backorders - s->committed <= s->reorder_point) {
        s->review_due = 1;
        later(w, 0, REVIEW, p, 0, 0);
    }
}

static void ask_start(World *w, i64 index) {
    if (!w->lines[index].start_due) {
        w->lines[index].start_due = 1;
        later(w, 0, START, index, 0, 0);
    }
}

static void place(World *w, i64 index, i64 quantity) {
    Lane *lane = w->lanes + index;
    i64 o = new_order(w, index, lane->buyer, quantity, lane->price, lane->terms, lane->draw++);
    w->stocks[lane->buyer].on_order += quantity;
    note(w, PLACED, o, index, quantity);
    Stock *supplier = w->stocks + lane->supplier;
    if (supplier->inbox_head < 0) {
        supplier->inbox_head = o;
        later(w, 0, DEMAND, lane->supplier, 0, 0);
    } else {
        w->open[supplier->inbox_tail].next = o;
    }
    supplier->inbox_tail = o;
    supplier->inbox_quantity += quantity;
    supplier->inbox_orders++;
}

static void release(World *w, i64 p, i64 quantity) {
    Stock *s = w->stocks + p;
    Line *line = w->lines + s->line;
    i64 o = new_order(w, -1, p, quantity, 0, 0, 0);
    s->on_order += quantity;
    note(w, RELEASED, o, p, quantity);
    if (line->queue_head < 0) line->queue_head = o;
    else w->open[line->queue_tail].next = o;
    line->queue_tail = o;
    line->waiting += quantity;
    ask_start(w, s->line);
}

static void review(World *w, i64 p) {
    Stock *s = w->stocks + p;
    s->review_due = 0;
    i64 position = s->on_hand + s->on_order - s->backorders - s->committed;
    i64 quantity = s->order_up_to - position;
    if (position > s->reorder_point || quantity <= 0) return;
    quantity = (quantity + s->lot - 1) / s->lot * s->lot;
    if (s->role == BOUGHT) place(w, s->lane, quantity);
    else release(w, p, quantity);
}

static void ship(World *w, i64 o, i64 quantity) {
    i64 index = w->orders[o].lane;
    Lane *lane = w->lanes + index;
    i64 time = lane->lead_time;
    w->open[o].open -= quantity;
    note(w, SHIPPED, o, index, quantity);
    if (lane->law >= 0) {
        i64 at = w->first[lane->law] + w->orders[o].draw;
        if (at >= w->first[lane->law + 1]) w->missing_draws = 1;
        else time += w->draws[at];
    }
    later(w, time, ARRIVE, index, o, quantity);
}

static void serve(World *w, i64 p) {
    Stock *s = w->stocks + p;
    while (s->queue_head >= 0 && s->on_hand > 0) {
        i64 o = s->queue_head, open = w->open[o].open;
        i64 quantity = open < s->on_hand ? open : s->on_hand;
        s->on_hand -= quantity;
        s->backorders -= quantity;
        ship(w, o, quantity);
        if (w->open[o].open > 0) break;
        s->queue_head = w->open[o].next;
        if (s->queue_head < 0) s->queue_tail = -1;
        w->open[o].next = -1;
    }
    ask_review(w, p);
}

static void demand(World *w, i64 p) {
    Stock *s = w->stocks + p;
    i64 head = s->inbox_head, tail = s->inbox_tail, quantity = s->inbox_quantity, contenders = s->inbox_orders;
    s->inbox_head = s->inbox_tail = -1;
    s->inbox_quantity = s->inbox_orders = 0;
    if (contenders > 1 && s->backorders + quantity > s->on_hand) {
        for (i64 turns = s->rotation++ % contenders; turns > 0; turns--) {
            i64 following = w->open[head].next;
            w->open[head].next = -1;
            w->open[tail].next = head;
            tail = head;
            head = following;
        }
    }
    if (s->queue_head < 0) s->queue_head = head;
    else w->open[s->queue_tail].next = head;
    s->queue_tail = tail;
    s->backorders += quantity;
    serve(w, p);
}

static void arrive(World *w, i64 index, i64 o, i64 quantity) {
    i64 p = w->lanes[index].buyer;
    Stock *s = w->stocks + p;
    s->on_hand += quantity;
    s->on_order -= quantity;
    note(w, RECEIVED, o, index, quantity);
    if (s->starving) {
        s->starving = 0;
        ask_start(w, s->line);
    }
    if (s->backorders > 0) later(w, 0, SERVE, p, 0, 0);
}

static i64 startable(World *w, Line *line) {
    i64 free = line->servers - line->busy, total = 0;
    for (i64 o = line->queue_head; o >= 0 && free > 0; o = w->open[o].next) {
        i64 open = w->open[o].open, batches = (open + line->batch - 1) / line->batch;
        if (batches > free) batches = free;
        total += open < batches * line->batch ? open : batches * line->batch;
        free -= batches;
    }
    return total;
}

static int is_short(World *w, Line *line, i64 o, i64 quantity) {
    int found = 0;
    for (i64 n = line->needs_begin; n < line->needs_end; n++) {
        Need *need = w->needs + n;
        Stock *s = w->stocks + need->component;
        i64 missing = (quantity * need->quantity + need->carry) / need->per - s->on_hand;
        if (missing > 0) {
            if (!s->starving) {
                s->starving = 1;
                note(w, STARVED, o, need->component, missing);
            }
            found = 1;
        } else {
            s->starving = 0;
        }
    }
    return found;
}

static void start(World *w, i64 index) {
    Line *line = w->lines + index;
    i64 started = 0, lacking = 0;
    line->start_due = 0;
    while (line->busy < line->servers && line->queue_head >= 0) {
        i64 o = line->queue_head, open = w->open[o].open;
        i64 quantity = open < line->batch ? open : line->batch;
        if (is_short(w, line, o, quantity)) {
            lacking = startable(w, line);
            break;
        }
        note(w, STARTED, o, line->stock, quantity);
        for (i64 n = line->needs_begin; n < line->needs_end; n++) {
            Need *need = w->needs + n;
            i64 work = quantity * need->quantity + need->carry, used = work / need->per;
            need->carry = work % need->per;
            if (used > 0) {
                w->stocks[need->component].on_hand -= used;
                note(w, CONSUMED, o, need->component, used);
            }
        }
        started++;
        w->open[o].open -= quantity;
        line->waiting -= quantity;
        if (w->open[o].open == 0) {
            line->queue_head = w->open[o].next;
            w->open[o].next = -1;
            if (line->queue_head < 0) line->queue_tail = -1;
        }
        line->busy++;
        i64 work = quantity * line->ticks + line->carry;
        line->carry = work % line->per;
        later(w, line->fixed + work / line->per, FINISH, index, o, quantity);
    }
    if (started > 0 || lacking != line->committed) {
        line->committed = lacking;
        for (i64 n = line->needs_begin; n < line->needs_end; n++) {
            Need *need = w->needs + n;
            w->stocks[need->component].committed = (lacking * need->quantity + need->carry) / need->per;
            ask_review(w, need->component);
        }
    }
}

static void finish(World *w, i64 index, i64 o, i64 quantity) {
    Line *line = w->lines + index;
    Stock *s = w->stocks + line->stock;
    line->busy--;
    s->on_hand += quantity;
    s->on_order -= quantity;
    note(w, FINISHED, o, line->stock, quantity);
    if (s->backorders > 0) later(w, 0, SERVE, line->stock, 0, 0);
    if (line->queue_head >= 0) ask_start(w, index);
}

/* Runs to the horizon.  exogenous: rows (tick, phase, entity, a, b), sorted by tick.  The world has its tables, `placed`
   opening orders and room for some events, rows and orders.  Returns 0, or 1 where a law has too few draws. */
int run(World *w, const i64 *exogenous, i64 number, i64 horizon) {
    for (i64 i = 0; i < number; i++) {
        const i64 *e = exogenous + 5 * i;
        Event event = {e[0], e[1] << PHASE | e[2], i - number, e[3], e[4]};
        push(w, event);
    }
    while (w->events > 0 && w->heap[0].tick < horizon && !w->missing_draws) {
        Event e = pop(w);
        i64 entity = e.rank & ENTITY & 0xffffffff;
        w->now = e.tick;
        w->round = e.rank >> ROUND;
        w->phase = e.rank >> PHASE & 0xff;
        switch (w->phase) {
        case FINISH: finish(w, entity, e.a, e.b); break;
        case ARRIVE: arrive(w, entity, e.a, e.b); break;
        case SERVE: serve(w, entity); break;
        case FINAL:
            note(w, DEMANDED, -1, entity, e.a);
            place(w, w->stocks[entity].lane, e.a);
            break;
        case DEMAND: demand(w, entity); break;
        case REVIEW: review(w, entity); break;
        case START: start(w, entity); break;
        }
    }
    return (int)w->missing_draws;
}

/* Room for a run, and away with it. */
void prepare(World *w, i64 events, i64 rows, i64 orders) {
    w->heap = malloc((w->room_of_events = events) * sizeof(Event));
    w->log = malloc((w->room_of_rows = rows) * 5 * sizeof(i64));
    w->orders = malloc((w->room_of_orders = orders) * sizeof(Row));
    w->open = malloc(w->room_of_orders * sizeof(Open));
    w->events = w->rows = w->placed = 0;
    w->now = w->round = w->phase = w->sequence = w->missing_draws = 0;
}

void drop(World *w) {
    free(w->heap);
    free(w->log);
    free(w->orders);
    free(w->open);
}
