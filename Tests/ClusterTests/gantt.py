"""Reference for the charts of GanttTests.swift: `python3 gantt.py NAME` prints a chart.

Written from the rules below and not from the simulator's source: every worker is a coroutine that goes
through its batches in a loop; nothing here schedules state machines. One central queue, first come first
served; all stages but post-processing on the accelerator (but see 8); a piece of work takes the same time
whatever it holds.

1. A free worker takes the oldest waiting query; of several free workers the first.
2. No batching: a query is a batch. Else queries join in order of arrival while they fit; one with more
   images than the limit is split into parts of the limit and a rest.
3. Static: a batch starts when the images waiting reach the limit, or its oldest part has waited for the
   wait; it stays together, who needs no more steps rests in it, and it is decoded as one.
4. Continuous: between two pieces of work a worker first decodes and hands over who is denoised, then takes
   in and encodes who fits, and again after that encoding, and only then runs a step.
5. Post-processing: a transfer of 512 x 512 x 3 bytes an image (where the link takes time at all), then a
   task an image for the node's cores, first come first served by batch; a query ends with its last image.
6. Without pipelining a worker stands still from the hand-over until the batch's last image is done. With
   it, a batch holds one of `buffer` slots from the hand-over until then; without a free slot the worker
   stands still, and the hand-over happens when one is free.
7. What happens at one instant happens in the order in which it was decided. No query of a chart arrives at
   the very instant at which a worker that could take it becomes free.
8. `on_cpu`: encode and decode are work of the cores. An encoding is one task a part, of whatever images;
   then 2 x 77 x 768 values of two bytes a part go over the link. Decoding takes 512 x 512 / 64 x 4 values
   of two bytes an image over the link and is a task an image, and when all of a batch are done its
   post-processing joins the cores' queue without a transfer. Without pipelining a worker stands still for
   all this. With it, a worker takes queries ahead, one to a batch and of `buffer` slots, held until its
   denoising begins: the first worker that has nothing to denoise and has a free slot, else the first that
   has one.
"""

import heapq
import sys

ENCODE, STEP, DECODE, POST = 1_000_000_001, 2_000_000_003, 1_500_000_007, 700_000_013


class Part:
    def __init__(self, query, images, steps):
        self.query, self.images, self.steps, self.left = query, images, steps, steps


class Chart:
    def __init__(self, queries, workers=1, cores=1, link=None, buffer=None, limit=None, wait=None,
                 continuous=False, on_cpu=False):
        self.queries, self.link, self.buffer, self.limit = queries, link, buffer, limit
        self.wait, self.continuous, self.on_cpu = wait, continuous, on_cpu
        self.now, self.order, self.events = 0, 0, []
        self.queue, self.idle, self.cores, self.tasks = [], {}, cores, []
        self.slots, self.batch = [buffer] * workers, [0] * workers
        self.slots_ahead, self.ready = [buffer or 0] * workers, [[] for _ in range(workers)]
        self.starved = {}
        self.spans, self.start, self.end, self.worker = [], {}, {}, {}
        self.parts_left = {}
        for index, (at, _, _) in enumerate(queries):
            self.later(at, lambda index=index: self.arrive(index))
        for w in range(workers):
            self.go(self.work(w))
        while self.events:
            self.now, _, happen = heapq.heappop(self.events)
            happen()

    def later(self, at, happen):
        self.order += 1
        heapq.heappush(self.events, (at, self.order, happen))

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

    def arrive(self, index):
        at, steps, images = self.queries[index]
        limit = self.limit or images
        sizes = [limit] * (images // limit) + ([images % limit] if images % limit else [])
        self.parts_left[index] = len(sizes)
        for size in sizes:
            self.queue.append(Part(index, size, steps))
            if self.wait:
                self.later(at + self.wait, self.offer)
            self.offer()

    def offer(self):
        if self.on_cpu and self.buffer:
            for w in sorted(self.starved) + list(range(len(self.slots))):
                self.take_ahead(w)
            return
        for w in sorted(self.idle):
            batch = self.take(0)
            if not batch:
                return
            self.idle.pop(w)(batch)

    def take(self, held):
        """What a worker that holds so many images takes now."""
        if not self.queue:
            return []
        waiting = sum(p.images for p in self.queue)
        oldest = self.queries[self.queue[0].query][0]
        if self.wait and waiting < self.limit and self.now < oldest + self.wait:
            return []
        batch = []
        while self.queue and (not held or self.limit and held + self.queue[0].images <= self.limit):
            batch.append(self.queue.pop(0))
            held += batch[-1].images
        return batch

    def span(self, w, resource, stage, duration, parts, images, batch):
        self.spans.append((self.now, w, resource, stage, self.now + duration, images,
                           [p.query for p in parts], batch))
        return duration

    def on(self, w, stage, duration, parts):
        images = sum(p.images for p in parts)
        return self.span(w, "accelerator", stage, duration, parts, images, self.batch[w])

    def take_ahead(self, w):
        while self.slots_ahead[w] and self.queue:
            batch = self.take(0)
            self.slots_ahead[w] -= 1
            self.note_start(w, batch)
            self.go(self.encode_ahead(w, batch))

    def encode_ahead(self, w, batch):
        # What it will be the how-manieth of is not known yet.
        yield from self.encode_on_cpu(w, batch, "-")
        self.ready[w].append(batch)
        wake = self.starved.pop(w, None)
        if wake:
            wake()

    def encode_on_cpu(self, w, parts, batch):
        yield lambda wake: self.compute(w, "encode", ENCODE, [(p, 1) for p in parts], batch, wake)
        yield from self.transfer(w, "denoise", 2 * 77 * 768 * 2 * len(parts), parts, batch)

    def note_start(self, w, parts):
        for p in parts:
            self.start.setdefault(p.query, self.now)
            self.worker[p.query] = w

    def work(self, w):
        batch = []
        while True:
            resting = [p for p in batch if not p.left]
            if resting and (self.continuous or len(resting) == len(batch)):
                batch = [p for p in batch if p.left]
                if not self.on_cpu:
                    yield self.on(w, "decode", DECODE, resting)
                if self.buffer:
                    if not self.slots[w]:
                        yield lambda wake: setattr(self, f"blocked{w}", wake)
                    self.slots[w] -= 1
                    self.go(self.post(w, resting, self.batch[w], lambda: self.free(w)))
                else:
                    yield lambda wake: self.go(self.post(w, resting, self.batch[w], wake))
                continue
            if not batch and self.on_cpu and self.buffer:
                if not self.ready[w]:
                    yield lambda wake: self.starved.update({w: wake})
                batch = self.ready[w].pop(0)
                self.batch[w] += 1
                self.slots_ahead[w] += 1
                self.take_ahead(w)
            elif not batch or self.continuous:
                held = sum(p.images for p in batch)
                joining = self.take(held)
                if not batch and not joining:
                    joining = yield lambda wake: self.idle.update({w: wake})
                if joining:
                    self.batch[w] += not batch
                    self.note_start(w, joining)
                    if self.on_cpu:
                        yield from self.encode_on_cpu(w, joining, self.batch[w])
                    else:
                        yield self.on(w, "encode", ENCODE, joining)
                    batch += joining
                    continue
            running = [p for p in batch if p.left]
            yield self.on(w, "denoise", STEP, running)
            for p in running:
                p.left -= 1

    def free(self, w):
        self.slots[w] += 1
        wake = getattr(self, f"blocked{w}", None)
        if wake:
            setattr(self, f"blocked{w}", None)
            wake()

    def post(self, w, parts, batch, done):
        images = sum(p.images for p in parts)
        each = [(p, p.images) for p in parts]
        if self.on_cpu:
            yield from self.transfer(w, "decode", images * 512 * 512 // 64 * 4 * 2, parts, batch)
            yield lambda wake: self.compute(w, "decode", DECODE, each, batch, wake)
        else:
            yield from self.transfer(w, "post-process", images * 512 * 512 * 3, parts, batch)
        for p in parts:
            p.undone = p.images
        self.compute(w, "post-process", POST, each, batch, done)

    def transfer(self, w, stage, size, parts, batch):
        if self.link:
            bandwidth, latency = self.link
            duration = round(size * 10**9 / bandwidth) + latency
            images = sum(p.images for p in parts)
            yield self.span(w, "link", stage, duration, parts, images, batch)

    def compute(self, w, stage, duration, tasks, batch, done):
        """So many tasks for each of some parts, on the cores; `done` is called after the last."""
        state = {"undone": sum(count for _, count in tasks)}
        for p, count in tasks:
            self.tasks += [(w, stage, duration, p, batch, state, done)] * count
        self.staff()

    def staff(self):
        while self.cores and self.tasks:
            task = self.tasks.pop(0)
            w, stage, duration, part, batch, _, _ = task
            self.cores -= 1
            self.span(w, "cpu", stage, duration, [part], 1, batch)
            self.later(self.now + duration, lambda task=task: self.finish(task))

    def finish(self, task):
        _, stage, _, part, _, state, done = task
        self.cores += 1
        if stage == "post-process":
            part.undone -= 1
            if not part.undone:
                self.parts_left[part.query] -= 1
                if not self.parts_left[part.query]:
                    self.end[part.query] = self.now
        self.staff()
        state["undone"] -= 1
        if not state["undone"]:
            done()

    def text(self):
        def time(t):
            return f"{t // 10**9}.{t % 10**9:09}"

        rows = []
        for start, w, resource, stage, end, images, queries, batch in sorted(
                self.spans, key=lambda s: (s[0], s[1], s[2], s[6])):
            names = ",".join(str(q) for q in queries)
            rows.append(f"{w} {resource:<11} {stage:<12} {time(start):>13} {time(end):>13} "
                        f"{images} {batch:>2} {names}")
        for index in range(len(self.queries)):
            rows.append(f"query {index:>2} worker {self.worker[index]} "
                        f"{time(self.start[index]):>13} {time(self.end[index]):>13}")
        return "\n".join(rows)


S = 10**9
LINK = (1_000_000, 17)
CHARTS = {
    # (arrival, steps, images)
    "plain": dict(
        workers=2, cores=2,
        queries=[(0, 2, 1), (0, 1, 3), (0, 3, 1), (1 * S + 1, 1, 2), (6 * S, 2, 1), (9 * S + 7, 1, 1),
                 (30 * S, 1, 5), (30 * S, 2, 1), (31 * S, 1, 1), (33 * S + 3, 3, 2), (60 * S, 1, 1),
                 (60 * S, 1, 1)]),
    "plain-pipelined": dict(
        workers=2, cores=1, buffer=1, link=LINK,
        queries=[(0, 1, 4), (0, 2, 1), (1 * S + 1, 1, 1), (2 * S, 1, 2), (2 * S, 3, 1), (5 * S + 5, 1, 6),
                 (12 * S, 1, 1), (13 * S + 3, 1, 1), (14 * S, 2, 1), (40 * S, 1, 1), (40 * S, 2, 3),
                 (41 * S + 9, 1, 1)]),
    "static": dict(
        workers=1, cores=2, limit=4, wait=5 * S + 19,
        queries=[(0, 2, 1), (0, 1, 2), (1 * S + 1, 3, 1), (8 * S, 1, 1), (20 * S, 2, 1), (40 * S + 3, 1, 6),
                 (42 * S, 2, 1), (60 * S, 3, 3), (60 * S, 1, 2), (61 * S + 7, 1, 1), (100 * S, 1, 1),
                 (103 * S + 1, 2, 1)]),
    "static-pipelined": dict(
        workers=2, cores=2, buffer=2, link=LINK, limit=4, wait=3 * S + 23,
        queries=[(0, 1, 4), (0, 2, 1), (1 * S + 1, 1, 2), (2 * S, 3, 2), (4 * S, 1, 1), (7 * S + 3, 2, 4),
                 (7 * S + 3, 1, 4), (8 * S, 1, 1), (9 * S + 9, 2, 3), (30 * S, 1, 9), (31 * S, 2, 1),
                 (50 * S + 1, 1, 1)]),
    "continuous": dict(
        workers=2, cores=1, limit=4, continuous=True,
        queries=[(0, 3, 1), (0, 2, 2), (1 * S, 1, 1), (1 * S + 500, 2, 2), (4 * S, 1, 1), (4 * S, 4, 3),
                 (9 * S + 3, 1, 6), (15 * S, 2, 1), (16 * S, 1, 1), (40 * S + 1, 2, 1), (43 * S, 1, 4),
                 (44 * S, 1, 1)]),
    "continuous-pipelined": dict(
        workers=1, cores=2, buffer=2, link=LINK, limit=4, continuous=True,
        queries=[(0, 2, 1), (0, 1, 1), (500_000_000, 3, 1), (2 * S, 1, 1), (3 * S + 1, 2, 2), (6 * S, 1, 4),
                 (6 * S, 1, 1), (10 * S + 7, 2, 1), (20 * S, 1, 5), (40 * S, 1, 1), (41 * S + 3, 3, 2),
                 (45 * S, 1, 2)]),
    "on-cpu": dict(
        workers=1, cores=2, on_cpu=True, limit=2, wait=S, link=LINK,
        queries=[(0, 2, 1), (3 * S // 10, 1, 1), (2 * S + 1, 1, 3), (2 * S + 1, 3, 1), (30 * S, 1, 1),
                 (32 * S, 1, 1), (33 * S + 3, 2, 2), (50 * S, 1, 1), (50 * S, 1, 1), (51 * S, 2, 1),
                 (70 * S, 1, 4), (71 * S, 1, 1)]),
    "on-cpu-pipelined": dict(
        workers=2, cores=2, on_cpu=True, buffer=1, link=LINK,
        queries=[(0, 2, 1), (0, 1, 2), (0, 1, 1), (1 * S // 2, 3, 1), (3 * S + 1, 1, 3), (4 * S, 1, 1),
                 (20 * S, 1, 1), (20 * S, 2, 4), (20 * S, 1, 1), (21 * S + 7, 1, 1), (40 * S, 1, 5),
                 (41 * S, 2, 1)]),
}

if __name__ == "__main__":
    print(Chart(**CHARTS[sys.argv[1]]).text())
