"""Predictions: what a query takes on a worker, what a worker still has to do."""

from reference_cpu import EMBEDDING, latent_bytes, picture_bytes
from reference_scenario import half_away


class Predictions:
    def scaled(self, q, factor, baseline):
        return half_away(factor * (min(self.standalone(w, q, baseline) for w in self.workers) / 1e9) * 1e9)

    def standalone(self, w, q, policy):
        """A query alone on a worker: all its images together, no queue, no pipelining."""
        return self.own_stages(w, q, policy) + self.cpu_stages(w, q, policy)

    def time(self, w, stage, q, images):
        """What a stage takes of a batch of so many images; one evaluation, where it is denoising."""
        if stage not in w.times:
            return 0                                          # a stage that it does not have takes no turn
        shapes = w.times[stage]
        key = (q.model, 0, 0) if stage == "encode" else (q.model, q.height, q.width)
        return shapes.get(key, shapes.get(None))[0 if self.altered("step-of-one") else images - 1]

    def denoising(self, w, q, members):
        """Until none of those denoised together, (images, evaluations) each, has any left: each step is of those that do."""
        time = done = 0
        while any(left > done for _, left in members):
            running = [(images, left) for images, left in members if left > done]
            until = min(left for _, left in running)
            time += (until - done) * self.time(w, "denoise", q, sum(images for images, _ in running))
            done = until
        return time

    def own_stages(self, w, q, policy, encoded=False, members=None, images=None):
        """The accelerator's part of a batch of (images, evaluations), of the query alone by itself; encoding wherever it is."""
        members = [(q.images, q.steps)] if members is None else members
        images = images or sum(images for images, _ in members)
        time = self.denoising(w, q, members)
        if not encoded:
            time += (w.node.cpu["encode"] + w.node.transfer_time(EMBEDDING)
                     if policy.encode_on_cpu else self.time(w, "encode", q, images))
        return time + (0 if policy.decode_on_cpu else self.time(w, "decode", q, images))

    def cpu_stages(self, w, q, policy, images=None):
        """Hand-over, decoding where it is on the CPU, and post-processing, on idle cores."""
        node, images = w.node, images or q.images
        size = latent_bytes(q, images) if policy.decode_on_cpu else picture_bytes(q, images)
        work = node.cpu["post-process"] * -(-images // node.cores) + node.transfer_time(size)
        if policy.decode_on_cpu:
            # Every core that is free takes the next task: first all decoding, then all post-processing.
            work += node.cpu["decode"] * -(-images // node.cores)
        return work

    def images_held(self, w):
        """Waiting and in service; with pipelining a batch is no longer held once it is handed over."""
        parts = w.queue + w.batch + [p for batch in w.ahead for p in batch]
        if w.piece in ("cpu", "blocked") and not self.altered("busy-without-cpu"):
            parts += [p for p in w.piece_parts if p not in w.batch]
        return len(parts) if self.altered("shortest-by-queries") else sum(p.images for p in parts)

    def service(self, w, q):
        """What a query takes on an idle worker, hand-overs and CPU included."""
        return self.standalone(w, q, self.policy)

    def to_come(self, w, p):
        """What is still to come of a part on that worker: less what is encoded and what has run."""
        encoded = p.joined if self.altered("legacy-ready") else p.encoded
        return (self.own_stages(w, p.query, self.policy, encoded, [(p.images, p.left)])
                + self.cpu_stages(w, p.query, self.policy, p.images))

    def service_of(self, w, p):
        """What a part takes on an idle worker."""
        return (self.own_stages(w, p.query, self.policy, members=[(p.images, p.query.steps)])
                + self.cpu_stages(w, p.query, self.policy, p.images))

    def fastest(self, p):
        """The worker on which a part that waits would take least, standing alone."""
        return min(self.workers, key=lambda w: self.own_stages(w, p.query, self.policy, members=[(p.images, p.left)])
                   + self.cpu_stages(w, p.query, self.policy, p.images))

    def share(self, w, p):
        """A waiting part's share in the time of a full batch."""
        policy, q = self.policy, p.query
        full = policy.limit or p.images
        if self.altered("legacy-made-way"):
            time = self.own_stages(w, q, policy, members=[(full, q.steps)])
        else:
            time = self.own_stages(w, q, policy, p.encoded, [(full, p.left)])
        if policy.encode_on_cpu and policy.buffer and not p.encoded:
            time -= w.node.cpu["encode"] + w.node.transfer_time(EMBEDDING)
        if policy.buffer is None:
            time += self.cpu_stages(w, q, policy, full)
        return half_away(time * p.images / full)

    def still_to_do(self, w):
        """Until a worker is done with what it works on; with pipelining, without the CPU's part."""
        policy, time = self.policy, 0
        decode = lambda parts: 0 if policy.decode_on_cpu else self.time(
            w, "decode", parts[0].query, sum(p.images for p in parts))
        steps = [(p.images, p.left - (w.piece == "denoise")) for p in w.batch if p.left]
        ends = w.batch                                        # who is decoded at the end
        if w.piece:
            time += w.piece_end + self.encoding_again(w) - self.now
            time = time if self.altered("legacy-overdue") else max(0, time)
            if w.piece == "decode":
                ends = [p for p in w.batch if p.left]
                if policy.buffer is None:
                    time += self.cpu_of(w, w.piece_parts)
        if self.altered("legacy-rest"):
            ends = [p for p in w.batch if p.left] if w.piece != "decode" else []
            if w.piece in ("decode", "cpu"):
                decode = lambda parts: 0
            if w.piece == "decode" and policy.buffer is None:
                time += self.cpu_of(w, w.batch) - self.cpu_of(w, w.piece_parts)
            if w.piece == "cpu" and ends:
                time += self.cpu_of(w, w.piece_parts + ends) - self.cpu_of(w, w.piece_parts)
                ends = []
        time += self.denoising(w, w.batch[0].query, steps) if steps else 0
        if ends:
            time += decode(ends) + (self.cpu_of(w, ends) if policy.buffer is None else 0)
        time = max(0, time)
        if not self.altered("legacy-ahead-unseen"):
            for b in w.ahead:
                time += self.denoising(w, b[0].query, [(p.images, p.left) for p in b]) + decode(b)
        return time

    def encoding_again(self, w):
        """A fault of the program: what is encoded is predicted to be encoded once more."""
        if not self.altered("legacy-b") or w.piece not in ("denoise", "decode", "cpu"):
            return 0
        if self.policy.encode_on_cpu:
            return 0 if self.policy.buffer else w.node.cpu["encode"] + w.node.transfer_time(EMBEDDING)
        return self.time(w, "encode", w.piece_parts[0].query, sum(p.images for p in w.piece_parts))

    def cpu_of(self, w, parts):
        return self.cpu_stages(w, parts[0].query, self.policy, sum(p.images for p in parts))

    def work_left(self, w):
        waiting = sum(self.share(self.of_central(p) if self.central else w, p) for p in self.queue_of(w))
        return self.still_to_do(w) + (waiting // len(self.workers) if self.central else waiting)

    def of_central(self, p):
        return self.workers[0] if self.altered("shares-of-first") else self.fastest(p)

    def finish_in(self, w, q):
        """When a query that comes now is predicted to be done, if it goes to that worker."""
        return self.work_left(w) + self.service(w, q)

    def finish_on(self, w, p):
        return (self.work_left(w) + self.own_stages(w, p.query, self.policy, members=[(p.images, p.query.steps)])
                + self.cpu_stages(w, p.query, self.policy, p.images))
