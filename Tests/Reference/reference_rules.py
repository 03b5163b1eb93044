"""The rules by which queries are refused, sent, ordered, put into batches and made to give way."""

from dataclasses import replace

from reference_scenario import LAST, half_away


def order_key(sim, w, p):
    """Who goes first in a queue of worker w: the smallest."""
    kind, q = sim.policy.discipline, p.query
    if kind in ("sjf", "psjf") or sim.altered("legacy-e"):
        w = min(sim.workers, key=lambda x: sim.service_of(x, p))   # the device on which it is served fastest
    if kind == "edf" and not sim.altered("edf-by-arrival"):
        return (q.deadline, p.order)
    if kind == "priority":
        return (0 if q.rank == LAST and sim.altered("no-class-is-rank-0") else q.rank, p.order)
    if kind == "srpt" and not sim.altered("srpt-by-service"):
        return (sim.to_come(w, p), p.order)
    if kind in ("sjf", "psjf", "srpt"):
        return (sim.service_of(w, p), p.order)
    if kind == "least-slack":
        if sim.altered("legacy-e"):
            return (q.deadline - sim.service_of(w, p), p.order)
        return (q.deadline - sim.to_come(w, p), p.order)
    if kind == "relative-slack":
        fastest = min(sim.service_of(x, p) for x in ([w] if sim.altered("relative-to-own") else sim.workers))
        share = ((q.deadline - sim.now - sim.to_come(w, p)) / 1e9) / (fastest / 1e9)
        return (millionths(share), p.order)
    return (p.order,)


def millionths(share):
    """Rounded, a half away from zero: what is as good as equal goes in the order of arrival."""
    return half_away(share * 1e6) if share >= 0 else -half_away(-share * 1e6)


def in_order(sim, w, queue):
    return sorted(queue, key=lambda p: order_key(sim, w, p))


def looks(sim, w, queue):
    """Who ranks what waits: the worker that would take it, a thief, too."""
    if sim.altered("legacy-thief") and sim.policy.discipline != "relative-slack":
        return next((x for x in sim.workers if x.queue is queue), w)
    return w


def could_take(sim, w, held, queue=None):
    kind, limit = sim.policy.batching, sim.policy.limit
    queue = sim.queue_of(w) if queue is None else queue
    waiting = in_order(sim, looks(sim, w, queue), queue)
    unfit_ends = not sim.altered("unfit-is-skipped")
    if kind == "none":
        taken = waiting[:1] if not held else []
    elif kind == "continuous":
        # Whoever is first decides: of another shape than the batch, nobody joins.
        taken, room = [], limit - sum(p.images for p in held)
        if waiting and held and waiting[0].query.shape != held[0].query.shape:
            waiting = []
        for p in waiting:
            if sim.altered("mixed-shapes") or p.query.shape == waiting[0].query.shape:
                if p.images > room:
                    if unfit_ends:
                        break
                    continue
                taken.append(p)
                room -= p.images
    elif held:
        taken = []
    elif kind == "static":
        taken = static_batch(sim, waiting)
    else:
        taken = deadline_aware_batch(sim, w, waiting)
    return taken


def next_ready(sim, w):
    """What was encoded ahead comes in its order, under preemption in that of the discipline."""
    return next(iter(ready_in_order(sim, w)), [])


def ready_in_order(sim, w):
    if not sim.policy.preempt:
        return list(w.ready)
    if sim.altered("legacy-ready-ties"):
        return sorted(w.ready, key=lambda b: urgency(sim, w, b[0]))
    return sorted(w.ready, key=lambda b: order_key(sim, w, b[0]))


def may_join(sim, w, ready):
    """Whether a batch that was encoded ahead joins what the worker holds."""
    if not w.batch:
        return True
    held = sum(p.images for p in w.batch)
    return (sim.policy.batching == "continuous" and w.batch[0].query.shape == ready[0].query.shape
            and held + sum(p.images for p in ready) <= sim.policy.limit)


def oldest_like(sim, part, queue):
    like = [p for p in queue if p.query.shape == part.query.shape]
    return min(like, key=lambda p: p.noted if sim.altered("legacy-noted") else p.since)


def static_batch(sim, waiting):
    for head in waiting:
        like = [p for p in waiting if sim.altered("mixed-shapes") or p.query.shape == head.query.shape]
        if like[0] is not head:
            continue
        counted = waiting if sim.altered("full-of-any-shape") else like
        full = sum(p.images for p in counted) >= sim.policy.limit or sim.altered("static-without-wait")
        oldest = oldest_like(sim, head, like)
        if full or head.query.shape == sim.begun or sim.now >= oldest.since + sim.policy.wait:
            taken, room = [], sim.policy.limit
            for p in like:
                if p.images > room and taken:
                    if not sim.altered("unfit-is-skipped"):
                        break
                    continue
                taken.append(p)
                room -= p.images
            return taken
        if sim.altered("legacy-oldest"):
            sim.set_timer(next((x for x in sim.workers if head in x.queue), None), oldest.since + sim.policy.wait)
    return []


def deadline_aware_batch(sim, w, waiting):
    """The queue's first parts, one after the other, while all of them are on time; at least the first."""
    like = [p for p in waiting if p.query.shape == waiting[0].query.shape]
    best, steps = like[:1], []                     # those before the last are planned already
    for n in range(2, len(like) + 1):
        batch, p = like[:n], like[n - 2]
        if sum(p.images for p in batch) > sim.policy.limit:
            break
        steps.append(p.left if p.planned else planned_steps(sim, w, batch[:-2], p,
                                                            [x for x in waiting if x not in batch[:-1]]))
        if any(sim.now + batch_time(sim, w, batch, [*steps, batch[-1].left]) > p.query.deadline for p in batch):
            break
        best = batch
    return best


def batch_time(sim, w, batch, steps):
    """A batch's predicted time on an idle worker, at so many steps each: it ends for all when its longest is done."""
    members = [(p.images, left) for p, left in zip(batch, steps)]
    q = batch[0].query
    if sim.altered("legacy-made-way"):
        return (sim.own_stages(w, q, sim.policy, False, [(p.images, p.query.steps) for p in batch])
                + sim.cpu_stages(w, q, sim.policy, sum(p.images for p in batch)))
    encoded = all(p.encoded for p in batch) and not sim.altered("legacy-encoding")
    return (sim.own_stages(w, q, sim.policy, encoded, members)
            + sim.cpu_stages(w, q, sim.policy, sum(p.images for p in batch)))


def idle_in_order(sim, w):
    """The idle workers, in the order in which they may take what waits."""
    among = sim.workers if w is None else [w]
    if sim.stealing:
        among = [w] + fastest_first(sim, [x for x in sim.workers if x is not w], w.queue)
    idle = [x for x in among if x.wake]
    return fastest_first(sim, idle, sim.queue) if w is None else idle


def one_evaluation(sim):
    return replace(sim.queries[0], steps=1, images=1)


def fastest_first(sim, among, queue):
    """What waits goes to the worker that is fastest for the first of it."""
    if len(among) < 2 or not queue:
        return among
    if sim.altered("legacy-d"):
        return sorted(among, key=lambda x: sim.service(x, one_evaluation(sim)))
    owner = next((x for x in sim.workers if x.queue is queue), sim.workers[0])
    head = queue[0] if sim.altered("head-by-arrival") else min(queue, key=lambda p: order_key(sim, owner, p))
    return sorted(among, key=lambda x: sim.service_of(x, head))


def dispatch(sim, p):
    kind = sim.policy.dispatcher
    workers = sim.workers[::-1] if sim.altered("last-worker") else sim.workers
    if kind == "round-robin":
        w = sim.workers[sim.turn % len(sim.workers)]
        sim.turn += 1
        return w
    if kind == "join-shortest-queue":
        return min(workers, key=lambda w: sim.images_held(w))
    if kind == "least-work-left" or sim.altered("finish-without-service"):
        return min(workers, key=lambda w: sim.work_left(w))
    return min(workers, key=lambda w: sim.finish_on(w, p))


def refusal(sim, q):
    policy = sim.policy
    if policy.admission == "queue-limit":
        full = not any(idle_for(x) for x in sim.workers) and sim.parts_waiting() >= policy.waiting
        if full and not (policy.preempt and not sim.altered("legacy-g")
                         and makes_way(sim, q)):
            return "queue-full"
    if policy.admission == "drop-hopeless":
        finish = (lambda w: sim.finish_on(w, q.parts[0])) if sim.altered("admits-by-part") else lambda w: sim.finish_in(w, q)
        if sim.now + min(finish(w) for w in sim.workers) > q.deadline + policy.margin:
            return "hopeless-at-arrival"
    return None


def makes_way(sim, q):
    """Whether a query would take running parts' place: at more workers than parts wait that go before it."""
    yielding = sum(would_preempt(sim, w, q) for w in sim.workers)
    queues = [(w, w.queue) for w in sim.workers]
    if sim.central:                                # told on the worker that is fastest for it
        queues = [(min(sim.workers, key=lambda w: sim.service_of(w, q.parts[0])), sim.queue)]
    before = sum(urgency(sim, w, p) <= urgency(sim, w, q.parts[0]) for w, queue in queues for p in queue)
    return yielding > before


def would_preempt(sim, w, q):
    """Whether a worker's running parts give way to a query, if nobody else waits."""
    running = [p for p in w.batch if p.left]
    first = urgency(sim, w, q.parts[0]) + sim.policy.give_way_margin
    behind = [p for p in running if urgency(sim, w, p) > first]
    joins = sim.policy.batching == "continuous" and running and running[0].query.shape == q.shape
    images = q.parts[0].images
    if sim.policy.wait and not sim.altered("preempts-without-company") and images + sum(p.images for p in sim.queue_of(w) if p.query.shape == q.shape) < sim.policy.limit:
        return False                               # its batch would wait for company
    if sim.policy.encode_on_cpu and sim.policy.buffer and not w.slots_ahead and not sim.altered("preempts-without-slot"):
        return False                               # it would wait for a slot
    if len(behind) == len(running):
        return bool(behind)
    room = sim.policy.limit - sum(p.images for p in running) + sum(p.images for p in behind) if joins else 0
    return bool(behind) and joins and (room >= images or sim.altered("preempts-without-room"))


def hopeless(sim, w, p, batch):
    """Whether a part that is about to be served in this batch would be late; what has begun is not dropped."""
    q, policy = p.query, sim.policy
    if q.start is not None or sim.altered("hopeless-once"):
        return False
    joins = policy.batching == "continuous"  # what it runs beside; of any other batch only the members
    together = [p] if joins else batch
    images = sum(x.images for x in (w.batch + batch if joins else batch) if x.left)
    if joins and not sim.altered("hopeless-over-limit"):
        images = min(policy.limit, images)
    if sim.altered("legacy-a") and policy.limit:
        images = min(policy.limit, images + sum(x.images for x in sim.queue_of(w)))
    members = [(images, p.left)] if joins or sim.altered("legacy-c") else [(x.images, x.left) for x in together]
    time = (sim.own_stages(w, q, policy, all(x.encoded for x in together), members)
            + sim.cpu_stages(w, q, policy, images))
    return sim.now + time > q.deadline + policy.margin


def planned_steps(sim, w, before, p, queue):
    """What `slack` gives a part: as many as are in time in the batch that is expected, less for what waits behind it."""
    q, policy = p.query, sim.policy
    if policy.least is None:
        return q.steps
    most = min(q.asked, policy.most)
    limit = policy.limit or p.images
    images = p.images + sum(x.images for x in before)
    joining = 0
    if policy.batching in ("static", "continuous"):
        for x in in_order(sim, w, queue):
            if x.query.shape == q.shape:
                if images + joining + x.images > limit:
                    break
                joining += x.images
    if sim.altered("cut-alone"):
        joining = 0
    images += joining
    if policy.batching == "continuous" and policy.encode_on_cpu and policy.buffer and not sim.altered("cut-without-running"):
        images = min(limit, images + sum(x.images for x in w.batch if x.left))    # it joins those that run
    others = sim.own_stages(w, q, policy, p.encoded, [], images) + sim.cpu_stages(w, q, policy, images)
    in_time = (q.deadline - sim.now - others) // sim.time(w, "denoise", q, images)
    behind = (sum(x.images for x in queue) - joining) / (limit * (len(sim.workers) if sim.central else 1))
    unhurried = most - min(half_away(policy.queue_weight * behind), most)
    return max(min(most, in_time, unhurried), min(policy.least, most))


def idle_for(w):
    """Busy is also who encodes ahead, or has a queue of its own that is waiting to be a batch."""
    return w.wake and not w.ahead and not w.queue


def victims(sim, w):
    """Whom an idle worker steals from: the one with the most images waiting first."""
    others = [v for v in sim.workers if v is not w and v.queue]
    return sorted(others, key=lambda v: sum(p.images for p in v.queue) * (1 if sim.altered("steals-least") else -1))


def urgency(sim, w, p):
    """What preemption compares: the discipline's key without the order of arrival."""
    return order_key(sim, w, p)[0]


def give_way(sim, w):
    """Between two steps: who is behind the first that waits gives its place up, if that one then starts here.

    A static batch stays together: it gives way as a whole, if all are behind. Of a continuous one the last
    give way, as many as the first that waits needs. With encoding ahead, what is encoded is what waits."""
    ahead = sim.policy.encode_on_cpu and sim.policy.buffer
    if ahead:
        coming = next_ready(sim, w)
    else:
        coming = could_take(sim, w, [])[:1]
    running = [p for p in w.batch if p.left]
    if not coming or not running:
        return
    needed = sum(p.images for p in coming)
    first = urgency(sim, w, coming[0]) + (0 if sim.altered("no-margin") else sim.policy.give_way_margin)
    behind = [p for p in running if urgency(sim, w, p) > first]
    behind.sort(key=lambda p: order_key(sim, w, p), reverse=True)
    if sim.policy.batching != "continuous" or coming[0].query.shape != running[0].query.shape:
        leaving = behind if len(behind) == len(running) else []
    else:
        room, leaving = sim.policy.limit - sum(p.images for p in running), []
        if sim.altered("legacy-worst"):
            behind = last_but_one_look(sim, w, running, first)
        for p in behind:
            if room < needed:
                leaving.append(p)
                room += p.images
        if room < needed and not sim.altered("legacy-way"):
            leaving = []
    for p in leaving:
        w.batch.remove(p)
        p.since = sim.now - sim.policy.wait    # it has waited for company already
        p.noted = noted(p, sim.queue_of(w))
        sim.queue_of(w).append(p)
        if sim.altered("made-way-is-last"):
            p.order += 10**6
    if leaving and (sim.central or sim.stealing) and not sim.altered("legacy-beside"):
        sim.later(sim.now, lambda: sim.offer(None if sim.central else w))
    if leaving and ahead and all(p.left for p in w.batch) and not sim.altered("legacy-unordered"):
        sim.begin_ahead(w, coming)


def last_but_one_look(sim, w, running, first):
    """A fault of the program: from the end of the batch the first that is behind its end."""
    rest, order = list(running), []
    while rest:
        end = rest[-1]
        p = next((x for x in reversed(rest) if order_key(sim, w, x) > order_key(sim, w, end)), end)
        if urgency(sim, w, p) <= first:
            break
        order.append(p)
        rest.remove(p)
    return order


def noted(p, queue):
    """A fault of the program: it goes before all or behind all of its kind, by a look at the first alone."""
    like = sorted((x for x in queue if x.query.shape == p.query.shape), key=lambda x: x.noted)
    if not like:
        return p.noted
    return like[0].noted - 1 if p.since < like[0].since else like[-1].noted + 1
