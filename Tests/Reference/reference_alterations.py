"""Deliberate changes of one rule each, by name.

ALTERATIONS are mistakes: with each of them some of 300 random scenarios must differ, or the comparison could
not see such a mistake. PROGRAM_FAULTS repeat what the program once did where the documents say otherwise (`f-...` are faults that this
comparison found): `compare.py --legacy` uses them, for builds of that time."""

ALTERATIONS = {
    "last-worker": "of equal workers a dispatcher takes the last",
    "round-robin-by-query": "round-robin goes on once a query, not once a part",
    "shortest-by-queries": "join-shortest-queue counts parts, not images",
    "static-without-wait": "a static batch never waits",
    "full-of-any-shape": "images of other shapes count towards a full static batch",
    "unfit-is-skipped": "a query that does not fit is skipped, and does not end the batch",
    "no-split": "a query over the batch limit stays whole",
    "mixed-shapes": "a batch may hold queries of several sizes and models",
    "leave-at-once": "who is done leaves a static batch at once",
    "no-second-look": "after encoding nobody joins before the next step",
    "slot-until-hand-over": "a hand-off slot is free again as soon as the hand-over has begun",
    "encode-by-image": "encoding on a CPU is a task for each image, not for each part",
    "post-before-decode": "post-processing goes before decoding in the queue for cores",
    "latency-holds-link": "a shared link is held for the latency, too",
    "edf-by-arrival": "edf is first come, first served",
    "no-class-is-rank-0": "a query of no class, or of one that is not listed, has rank 0, not the last",
    "deadline-from-start": "deadlines count from the start of service",
    "made-way-is-last": "who made way goes behind all others of equal urgency",
    "no-margin": "preemption ignores its margin",
    "hopeless-once": "drop-hopeless does not look again before service",
    "cut-alone": "steps are cut as if nobody joined a query's batch",
    "steals-least": "an idle worker steals from the worker with the fewest images waiting",
    "busy-without-cpu": "a worker that waits for the CPU holds no images for join-shortest-queue",
    "warm-up-by-end": "the warm-up deletes by the end of a query, not by its arrival",
    "wait-of-completed": "the mean wait leaves dropped queries out",
}

PROGRAM_FAULTS = {
    "legacy-a": "a: images that cannot join count in a batch's prediction",
    "legacy-b": "b: what is encoded is predicted to be encoded again",
    "legacy-c": "c: before service the steps of partners do not count",
    "legacy-d": "d: the fastest worker of a central queue is judged by one evaluation of the first shape",
    "legacy-e": "e: slack is told on the fastest device, and without what has run",
    "legacy-g": "g: queue-limit of 0 drops what would preempt",
    "legacy-ahead": "f-ahead: of the workers without denoising to do, only the first is asked to encode more ahead",
    "legacy-ahead-unseen": "f-unseen: what is encoded ahead does not count in what a worker still has to do",
    "legacy-rest": "f-rest: what a batch has to decode and hand over after a part of it is not all counted",
    "legacy-overdue": "f-overdue: time by which the CPU is late is taken off what comes after it",
    "legacy-way": "f-way: a query makes way for one that does not fit even then",
    "legacy-worst": "f-worst: not the last of a continuous batch makes way",
    "legacy-made-way": "f-made-way: who made way is predicted to be encoded and run from the start",
    "legacy-short": "f-short: when a query of a full static batch is dropped, the rest starts without its wait",
    "legacy-ready-ties": "f-ties: of equal rank, what was encoded first goes first, not what came first",
    "legacy-ready": "f-ready: what has been encoded ahead is ranked as if it were still to be encoded, until it joins",
    "legacy-unordered": "f-unordered: what made way goes behind all that is encoded ahead, until the next look",
    "legacy-noted": "f-noted: who made way counts as younger than what came while it ran, where an older one waits",
    "legacy-greedy": "f-greedy: the first worker that holds nothing takes as many batches ahead as it may",
    "legacy-encoding": "f-encoding: a deadline-aware batch of who made way is predicted to be encoded again",
    "legacy-timer": "f-timer: a wait that is over for who has gone is another look at who has come back",
    "legacy-look": "f-look: a worker that held nothing begins what it took up, though what came in behind it goes first",
    "legacy-embedding": "f-embedding: who is encoded is transferred again with partners that are not",
}
