"""A second, deliberately plain implementation of the simulator, of the rules that its documents give.

    simulate(scenario, trace) -> Result        scenario: the dict of its YAML; trace: text of its CSV file;
                                               profiles: those that it names, by file, as dicts of their JSON

Every worker is a process (a generator) that goes through its work in a loop; it yields how long a piece of
work takes, or a function that is given what wakes it. What happens at one instant happens in the order in
which it was decided. `alter` names deliberate mistakes (see reference_alterations.py)."""

import heapq
from dataclasses import dataclass, field

import reference_rules as rules
from reference_cpu import Hands
from reference_predict import Predictions
from reference_scenario import Part, Query, duration, read_cluster, read_policy, read_queries


@dataclass(eq=False)
class Worker:
    number: int
    node: object
    times: dict                                    # of its stages, by shape and images in the batch, in ns
    queue: list = field(default_factory=list)      # with queues per worker
    batch: list = field(default_factory=list)      # parts on the accelerator
    piece: str = ""                                # what it does: encode, denoise, decode, cpu, blocked or nothing
    piece_parts: list = field(default_factory=list)
    piece_end: int = 0
    slots: int = 0                                 # free places of the buffer to the CPU
    slots_ahead: int = 0                           # free places of the buffer from the CPU
    ahead: list = field(default_factory=list)      # batches that are encoded on the CPU, or will be
    ready: list = field(default_factory=list)      # those of them that are encoded
    wake: object = None                            # wakes it where it is idle
    blocked: object = None                         # wakes it where it waits for a slot
    spans: list = field(default_factory=list)      # (from, until) of its own work
    held: list = field(default_factory=list)       # (from, until) of standing still for the CPU or a full buffer


@dataclass(eq=False)
class Result:
    queries: list
    workers: list
    nodes: list
    end: int
    waiting_curve: list                            # (time, how many queries wait from then on)
    warmup: int
    alter: frozenset


class Simulation(Hands, Predictions):
    def __init__(self, scenario: dict, trace: str, policy: str, alter, profiles):
        self.alter = frozenset(alter)
        self.policy = read_policy(scenario["policies"][policy])
        self.nodes, machines, self.central, self.stealing = read_cluster(scenario["cluster"], profiles)
        self.queries = read_queries(scenario, trace)
        run = scenario.get("run") or {}
        self.horizon = duration(run["horizon"]) if "horizon" in run else None
        self.warmup = duration(run.get("warmup", "0 s"))
        self.workers = [Worker(i, node, times) for i, (node, times) in enumerate(machines)]
        buffer = self.policy.buffer or 0
        for w in self.workers:
            w.slots = w.slots_ahead = buffer
        self.now, self.sequence, self.events, self.parts_seen = 0, 0, [], 0
        self.begun = None                          # the kind of a batch that starts whether or not it is full
        self.queue, self.turn = [], 0              # the central queue; whose turn it is
        self.waiting, self.curve = 0, [(0, 0)]
        self.timers = {}                           # for a fault of the program
        baseline = read_policy(scenario["policies"][run.get("baseline", next(iter(scenario["policies"])))])
        for q in self.queries:
            slo = q.slo if isinstance(q.slo, int) else self.scaled(q, q.slo[1], baseline)
            q.deadline = q.arrival + slo
            q.asked = q.steps
            if not self.altered("legacy-most"):
                q.steps = min(q.steps, self.policy.most)

    def altered(self, name: str) -> bool:
        return name in self.alter

    # Events.

    def later(self, at: int, happen):
        self.sequence += 1
        heapq.heappush(self.events, (at, self.sequence, happen))

    def go(self, process, value=None):
        """A process yields a duration, or a function that is given what wakes the process."""
        try:
            need = process.send(value)
        except StopIteration:
            return
        if isinstance(need, int):
            self.later(self.now + need, lambda: self.go(process))
        else:
            need(lambda value=None: self.go(process, value))

    def run(self) -> Result:
        for q in self.queries:
            self.later(q.arrival, lambda q=q: self.arrive(q))
        for w in self.workers:
            self.go(self.work(w))
        last = 0
        while self.events:
            at, _, happen = heapq.heappop(self.events)
            if self.horizon is not None and at > self.horizon:
                break
            self.now = at
            happen()
            if not self.unfinished():
                break
        end = self.now if self.horizon is None else self.horizon
        for q in self.queries:
            if q.outcome == "in-flight":
                q.end = end
        return Result(self.queries, self.workers, self.nodes, end, self.curve, self.warmup, self.alter)

    def unfinished(self):
        return any(q.outcome == "in-flight" for q in self.queries)

    # Arrivals.

    def arrive(self, q: Query):
        limit = q.images if self.altered("no-split") else self.policy.limit or q.images
        sizes = [limit] * (q.images // limit) + ([q.images % limit] if q.images % limit else [])
        q.parts = [Part(q, n, size, q.steps) for n, size in enumerate(sizes)]
        reason = rules.refusal(self, q)
        if reason:
            del q.parts[1:]  # it is never split
            return self.drop(q, reason)
        self.count_waiting(+1)
        if self.policy.admission == "abandon":
            self.later(q.deadline, lambda: self.abandon(q))
        w = None
        for p in q.parts:
            if q.outcome != "in-flight":           # dropped before service, when its first part was looked at
                break
            if not self.central and not (self.altered("round-robin-by-query") and w):
                w = rules.dispatch(self, p)
            self.enqueue(p, w)
            if self.policy.wait and not self.altered("static-without-wait") and not self.altered("legacy-oldest"):
                self.later(self.now + self.policy.wait, lambda w=w, p=p: self.wait_ends(w, p))
            self.offer(w)

    def wait_ends(self, w: Worker | None, p: Part):
        waits = p in self.queue_of(w) and p.since + self.policy.wait == self.now   # or it has gone, and made way since
        if waits or self.altered("legacy-timer"):
            self.offer(w)

    def set_timer(self, w: Worker | None, due: int):
        """A fault of the program: one timer a queue, set where a worker looks, and for the oldest of a kind alone."""
        if self.timers.get(w and w.number, due + 1) > due:
            self.timers[w and w.number] = due
            self.later(due, lambda: self.timer_ends(w, due))

    def timer_ends(self, w: Worker | None, due: int):
        if self.timers.get(w and w.number) != due:
            return
        del self.timers[w and w.number]
        ends = [rules.oldest_like(self, p, self.queue_of(w)).since + self.policy.wait for p in self.queue_of(w)]
        if due in ends:
            self.offer(w)
        elif any(end > due for end in ends):
            self.set_timer(w, min(end for end in ends if end > due))

    def enqueue(self, p: Part, w: Worker | None, again=False):
        if not again:
            self.parts_seen += 1
            p.order = p.noted = self.parts_seen
            p.since = self.now
        (self.queue if w is None else w.queue).append(p)

    def drop(self, q: Query, reason: str):
        q.outcome, q.end = "dropped: " + reason, self.now
        for w in self.workers:
            w.queue[:] = [p for p in w.queue if p.query is not q]
        self.queue[:] = [p for p in self.queue if p.query is not q]

    def abandon(self, q: Query):
        if q.start is None and q.outcome == "in-flight":
            self.count_waiting(-1)
            self.drop(q, "abandoned")

    def parts_waiting(self):
        return len(self.queue) + sum(len(w.queue) for w in self.workers)

    def count_waiting(self, change: int):
        self.waiting += change
        self.curve.append((self.now, self.waiting))

    # Who takes what.

    def queue_of(self, w: Worker) -> list:
        return self.queue if self.central else w.queue

    def offer(self, w: Worker | None):
        """Something waits (for that worker, or for all): whoever is idle may take it."""
        if self.policy.encode_on_cpu and self.policy.buffer:
            return self.offer_ahead(w)
        for one in rules.idle_in_order(self, w):
            if not self.queue_of(w):
                break
            batch = self.take(one, [])
            if batch:
                wake, one.wake = one.wake, None
                wake(batch)

    def take(self, w: Worker, held: list) -> list:
        """What a worker that holds these parts takes now, out of its queue or, idle, out of another's."""
        batch = self.take_from(self.queue_of(w), w, held)
        if batch or held or not self.stealing or w.queue or w.batch or w.ahead:
            return batch
        for victim in rules.victims(self, w):
            batch = self.take_from(victim.queue, w, [])
            if batch:
                return batch
        return []

    def take_from(self, queue: list, w: Worker, held: list) -> list:
        batch = rules.could_take(self, w, held, queue)
        while batch and self.policy.admission == "drop-hopeless":
            late = next((p.query for p in batch if rules.hopeless(self, w, p, batch)), None)
            if not late:
                break
            self.count_waiting(-1)
            self.drop(late, "hopeless-before-service")
            self.begun = batch[0].query.shape if self.altered("legacy-short") else None
            batch = rules.could_take(self, w, held, queue)
            self.begun = None
        for number, p in enumerate(batch):
            queue.remove(p)
            if not p.planned:
                p.left = p.planned = rules.planned_steps(self, w, held + batch[:number], p, queue)
        return batch

    def note_start(self, w: Worker, parts: list):
        for p in parts:
            if p.query.start is None:
                p.query.start = self.now
                if self.altered("deadline-from-start"):
                    p.query.deadline += self.now - p.query.arrival
                self.count_waiting(-1)
            p.query.worker = w.number

    # The worker.

    def on(self, w: Worker, stage: str, parts: list) -> int:
        time = self.time(w, stage, parts[0].query, sum(p.images for p in parts))
        w.piece, w.piece_parts, w.piece_end = stage, parts, self.now + time
        w.spans.append((self.now, self.now + time))
        return time

    def work(self, w: Worker):
        policy = self.policy
        continuous = policy.batching == "continuous"
        while True:
            w.piece = ""
            batch = w.batch
            resting = [p for p in batch if not p.left]
            if resting and (continuous or self.altered("leave-at-once") or len(resting) == len(batch)):
                if not policy.decode_on_cpu and "decode" in w.times:
                    yield self.on(w, "decode", resting)
                w.batch = [p for p in batch if p.left]
                yield from self.hand_over(w, resting)
                self.fill_ahead(w)
                continue
            if batch and policy.preempt:
                rules.give_way(self, w)
                if w.batch and not any(p.left for p in w.batch):
                    continue
            if policy.encode_on_cpu and policy.buffer:
                held = len(w.batch)
                yield from self.fetch(w)
                if policy.preempt and not held and not (self.altered("legacy-ready") or self.altered("legacy-look")):
                    continue
            elif not w.batch or continuous:
                joining = self.take(w, w.batch)
                if not w.batch and not joining:
                    joining = yield lambda wake: setattr(w, "wake", wake)
                if joining:
                    self.note_start(w, joining)
                    new = [p for p in joining if not p.encoded]
                    w.batch = w.batch + joining
                    if new:
                        if policy.encode_on_cpu:
                            yield from self.encode_on_cpu(w, new)
                        elif "encode" in w.times:
                            yield self.on(w, "encode", new)
                        for p in new:
                            p.encoded = p.joined = True
                        takes_turn = policy.encode_on_cpu or "encode" in w.times
                        if takes_turn and not self.altered("no-second-look"):
                            continue
            running = [p for p in w.batch if p.left]
            if running:
                yield self.on(w, "denoise", running)
                for p in running:
                    p.left -= 1
                    p.ran = 0 if p.left else p.planned
                self.fill_ahead(w)

    def finish(self, p: Part):
        q = p.query
        q.parts_done += 1
        if q.parts_done == len(q.parts):
            q.end, q.outcome = self.now, "completed"


def simulate(scenario: dict, trace: str, policy: str = "p", alter=frozenset(), profiles=None) -> Result:
    return Simulation(scenario, trace, policy, alter, profiles or {}).run()
