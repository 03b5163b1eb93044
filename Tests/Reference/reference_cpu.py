"""The CPU side of the reference simulator: cores, links, hand-overs, encoding ahead."""

import reference_rules as rules

EMBEDDING = 2 * 77 * 768 * 2   # bytes of a prompt's embedding, with guidance


def latent_bytes(q, images) -> int:
    return images * q.height * q.width // 64 * 4 * 2


def picture_bytes(q, images) -> int:
    return images * q.height * q.width * 3


class Hands:
    def hand_over(self, w, parts):
        """From the end of a worker's own work on these parts until it may go on."""
        if not (w.node.cpu["post-process"] or self.policy.decode_on_cpu and w.node.cpu["decode"]):
            for p in parts:                        # a stage that takes no time is none
                self.finish(p)
            return
        if self.policy.buffer is None:
            w.piece, w.piece_parts = "cpu", parts
            w.piece_end = self.now + self.cpu_of(w, parts)
            w.held.append([self.now, None])
            yield lambda wake: self.go(self.post(w, parts, wake))
            w.held[-1][1] = self.now
            return
        if not w.slots:
            w.piece, w.piece_parts, w.piece_end = "blocked", parts, self.now
            w.held.append([self.now, None])
            yield lambda wake: setattr(w, "blocked", wake)
            w.held[-1][1] = self.now
        if self.altered("slot-until-hand-over"):
            self.go(self.post(w, parts, lambda: None))
            return
        w.slots -= 1
        self.go(self.post(w, parts, lambda: self.free_slot(w)))

    def free_slot(self, w):
        w.slots += 1
        wake, w.blocked = w.blocked, None
        if wake:
            wake()

    def post(self, w, parts, done):
        """Decoding, where it is on the CPU, and post-processing; `done` is called after the last image."""
        each = [(p, p.images) for p in parts]
        if self.policy.decode_on_cpu:
            yield from self.transfer(w, sum(latent_bytes(p.query, p.images) for p in parts))
            yield lambda wake: self.compute(w, "decode", each, wake)
        else:
            yield from self.transfer(w, sum(picture_bytes(p.query, p.images) for p in parts))
        if not w.node.cpu["post-process"]:         # it takes no turn
            for p in parts:
                self.finish(p)
            return done()
        for p in parts:
            p.undone = p.images
        self.compute(w, "post-process", each, done)

    def encode_on_cpu(self, w, parts):
        w.piece, w.piece_parts = "cpu encode", parts
        w.piece_end = self.now + w.node.cpu["encode"] + w.node.transfer_time(EMBEDDING)  # predicted as one prompt
        w.held.append([self.now, None])
        yield lambda wake: self.compute(w, "encode", [(p, 1) for p in parts], wake)
        yield from self.transfer(w, EMBEDDING * len(parts))
        w.held[-1][1] = self.now

    # Ahead of the accelerator.

    def offer_ahead(self, w):
        """To its own worker, then to idle thieves; of a central queue to who holds nothing, has nothing to
        denoise, or has a free slot, in this order."""
        if w is None:
            among = rules.fastest_first(self, self.workers, self.queue)
            idle = [x for x in among if x.wake]
            order = [x for x in idle if not x.ahead] + idle[:1 if self.altered("legacy-ahead") else None] + among
        else:
            others = rules.fastest_first(self, [x for x in self.workers if x is not w], w.queue)
            order = [w] + [x for x in others if self.stealing and x.wake and not x.ahead]
        while self.queue_of(w) and any(self.take_ahead(one) for one in order):
            if w is None and not self.altered("legacy-greedy"):
                return self.offer_ahead(None)

    def take_ahead(self, w):
        batch = self.take(w, []) if w.slots_ahead else []
        if batch:
            w.slots_ahead -= 1
            self.note_start(w, batch)
            w.ahead.append(batch)
            self.go(self.encode_ahead(w, batch))
        return batch

    def encode_ahead(self, w, batch):
        new = [p for p in batch if not p.encoded]
        if new:
            yield lambda wake: self.compute(w, "encode", [(p, 1) for p in new], wake)
            yield from self.transfer(w, EMBEDDING * len(batch if self.altered("legacy-embedding") else new))
            for p in new:
                p.encoded = True
        w.ready.append(batch)
        wake, w.wake = w.wake, None
        if wake:
            wake()

    def fetch(self, w):
        """What has been encoded joins the batch, as far as it fits; each frees its place ahead."""
        if not w.ready and not w.batch:
            while self.take_ahead(w):              # out of another's queue, if it steals
                pass
        if not w.ready and not w.batch:
            yield lambda wake: setattr(w, "wake", wake)
        first = rules.ready_in_order(self, w)
        while w.ready and rules.may_join(self, w, self.next_of(w, first)):
            self.begin_ahead(w, self.next_of(w, first))

    def next_of(self, w, first):
        """What comes on top of the first, because they have left room ahead, is put in order, too."""
        if self.altered("legacy-unordered"):
            return next((b for b in first if b in w.ready), w.ready[0])
        return rules.next_ready(self, w)

    def begin_ahead(self, w, batch):
        w.ready.remove(batch)
        w.ahead.remove(batch)
        for p in batch:
            p.joined = True
        w.batch = w.batch + batch
        w.slots_ahead += 1
        self.fill_ahead(w)

    def fill_ahead(self, w):
        """Between two pieces of work, too: who made way elsewhere may wait, where room is left."""
        if self.policy.encode_on_cpu and self.policy.buffer:
            while self.take_ahead(w):
                pass

    # The link and the cores of a node.

    def transfer(self, w, size):
        node = w.node
        if not node.link:
            return
        time = node.transfer_time(size)
        held = 0 if self.altered("latency-holds-link") else node.link[1]  # the latency does not hold it
        if node.link[2]:
            node.link_free = max(node.link_free, self.now) + time - held
            yield node.link_free + held - self.now
        else:
            yield time

    def compute(self, w, stage, tasks, done):
        """So many tasks for each of some parts, on the node's cores; `done` is called after the last."""
        if stage == "encode" and self.altered("encode-by-image"):
            tasks = [(p, p.images) for p, _ in tasks]
        state = {"undone": sum(count for _, count in tasks)}
        for p, count in tasks:
            w.node.tasks += [(stage, p, state, done)] * count
        if self.altered("post-before-decode"):
            w.node.tasks.sort(key=lambda task: task[0] != "post-process")
        self.staff(w.node)

    def staff(self, node):
        while node.free and node.tasks:
            task = node.tasks.pop(0)
            node.free -= 1
            time = node.cpu[task[0]]
            node.spans.append((self.now, self.now + time))
            self.later(self.now + time, lambda task=task: self.task_done(node, task))

    def task_done(self, node, task):
        stage, part, state, done = task
        node.free += 1
        if stage == "post-process":
            part.undone -= 1
            if not part.undone:
                self.finish(part)
        self.staff(node)
        state["undone"] -= 1
        if not state["undone"]:
            done()
