"""Random small scenarios by seed, as YAML text and a native trace, for compare.py.

Times are deterministic, distinct odd numbers of nanoseconds, different on every node, so that two things
seldom happen at one instant unless they were made to."""

import json
import random
from dataclasses import dataclass

import yaml

MS = 10**6


@dataclass
class Scenario:
    seed: int
    data: dict
    trace: str
    profiles: dict             # by file name
    features: list

    @property
    def text(self) -> str:
        return yaml.safe_dump(self.data, sort_keys=False)


def make(seed: int) -> Scenario:
    r = random.Random(f"qosdiff {seed}")
    features, used = [], set()

    def note(kind, name):
        features.append(f"{kind}={name}")
        return name

    def odd(low, high):
        while True:
            value = r.randrange(int(low * MS), int(high * MS)) | 1
            if value not in used:
                used.add(value)
                return {"deterministic": f"{value} ns"}

    def chance(p):
        return r.random() < p

    # Drawn of its own, as what came later: all else of the scenarios stays.
    more = random.Random(f"qosdiff more {seed}")

    # The policy.
    policy = {"steps": "fixed"}
    cut = random.Random(f"qosdiff steps {seed}")
    if cut.random() < 0.3:
        policy["steps"] = {note("steps", "slack"): {"min": cut.choice([1, 2]), "queue-weight": cut.choice([0, 0.5, 1, 3])}}
        if cut.random() < 0.3:
            policy["steps"]["slack"]["max"] = note("most steps", cut.choice([2, 3, 5]))
    queue = note("queue", r.choice(["central", "central", "per-worker", "per-worker", "stealing"]))
    if queue != "central":
        policy["dispatcher"] = note("dispatcher", r.choice(
            ["round-robin", "round-robin", "join-shortest-queue", "least-work-left", "earliest-finish"]))
    batching = note("batching", r.choice(["none", "static", "static", "continuous", "continuous", "deadline-aware"]))
    limit = r.choice([2, 3, 4]) if batching != "none" else None
    if limit and more.random() < 0.25:
        limit = more.choice([1, 5, 8] if batching != "static" else [5, 8])
    if batching == "static":
        wait = r.choice([0, 0, 9.000019, 25.000037])
        policy["batching"] = {"static": {"images": limit, "wait": f"{int(wait * MS)} ns"}}
        note("batching", "static with wait" if wait else "static at once")
    else:
        policy["batching"] = {batching: {"images": limit}} if limit else "none"
    discipline = note("discipline", r.choice(
        ["fcfs", "fcfs", "fcfs", "edf", "least-slack", "relative-slack", "sjf", "psjf", "srpt", "priority"]))
    always = discipline in ("psjf", "srpt")
    preempt = always or discipline in ("edf", "least-slack", "priority") and chance(0.35)
    if preempt:
        parameters = {} if always else {"preempt": "between-steps"}
        if discipline != "priority" and chance(0.3):
            parameters["margin"] = f"{r.choice([3, 10, 30])} ms"
        policy["discipline"] = {discipline: parameters} if parameters else discipline
        note("preempt", discipline)
    else:
        policy["discipline"] = discipline
    admission = note("admission", r.choice(["all", "all", "all", "drop-hopeless", "queue-limit", "abandon"]))
    waiting = r.choice([0, 1, 3]) if admission == "queue-limit" else None
    policy["admission"] = (
        {"queue-limit": {"waiting": waiting}} if admission == "queue-limit" else
        {"drop-hopeless": {"margin": f"{r.randrange(0, 20) * MS + 1} ns"}}
        if admission == "drop-hopeless" and chance(0.3) else admission)
    pipelining = note("pipelining", r.choice(["none", "cpu-gpu"]))
    policy["pipelining"] = {"cpu-gpu": {"buffer": r.randint(1, 3)}} if pipelining == "cpu-gpu" else "none"
    placement = {s: "cpu" for s in ("encode", "decode") if chance(0.2)}
    if placement:
        policy["placement"] = placement
        for s in placement:
            note("placement", s + " on cpu")

    # The cluster.
    nodes, workers, cpus = [], 0, False
    kinds = r.choice([1, 1, 2])
    for name in "ab"[:kinds]:
        count = r.choice([1, 1, 2]) if kinds == 2 else r.choice([1, 1, 2, 3, 4])
        workers += count
        accelerators = {"count": count, "synthetic": {
            "encode": odd(0.5, 4), "denoise": odd(4, 14), "decode": odd(1, 8)}}
        if chance(0.2):
            accelerators["slow_factor"] = note("slow_factor", r.choice([1.25, 1.75, 2.25]))
        node = {"name": name, "accelerators": accelerators}
        if placement or chance(0.6):
            cpus = True
            node["cpu"] = {"cores": r.randint(1, 3), "synthetic": {"post-process": odd(0.5, 9)}}
            for s in placement:
                node["cpu"]["synthetic"][s] = odd(1, 9)
            if chance(0.5):
                node["link"] = {"bandwidth": f"{r.choice([50, 200, 1000])} MB/s", "latency": f"{r.randrange(1, 9)}03 us"}
                if chance(0.4):
                    node["link"]["sharing"] = "fifo"
                note("link", node["link"].get("sharing", "shared by none"))
        if more.random() < 0.15:
            node["count"] = note("nodes of a kind", 2)
            workers += count
        if more.random() < 0.1:
            del accelerators["synthetic"][note("without", more.choice(["encode", "decode"]))]
        nodes.append(node)
    note("workers", workers)
    if kinds == 2:
        note("workers", "unequal")
    where = {"central": "central", "per-worker": "per-worker", "stealing": {"per-worker": {"stealing": True}}}[queue]

    # The queries.
    columns, count = ["arrival_s", "steps"], r.randint(5, 40)
    if seed % 25 == 0:                             # enough for what is told of 100 queries, or of 1000
        count = 1100 if seed % 150 == 0 else 120
        note("queries", count)
    several_images = chance(0.5)
    shapes = [("sd15", 512, 512)]
    if chance(0.4):
        shapes += r.sample([("sd15", 256, 256), ("sdxl", 512, 512), ("sdxl", 1024, 512)], r.choice([1, 1, 2]))
        note("shapes", len(shapes))
    classes = {}
    if discipline == "priority" or chance(0.2):
        classes = {"gold": {"priority": -1}, "tin": {"priority": 3, "slo": {"time": f"{r.randrange(50, 400)} ms"}}}
        note("classes", "yes")
    rows_have_slo = chance(0.4)
    most = r.choice([2, 4, 8])
    work = 10 * most * (1.5 if several_images else 1) / (workers * (limit or 1) ** 0.5)
    rate = work / r.choice([0.5, 0.8, 1.2])        # ms between arrivals
    if queue == "stealing" and workers > 2 and count < 100:
        rate /= 3                                  # that there is a choice of whom to steal from
    rows, at = [], 0
    for _ in range(count):
        if not rows or not chance(0.2):
            at += max(1, int(r.expovariate(1 / rate) * MS)) if rows else 0
        elif "arrivals=simultaneous" not in features:
            note("arrivals", "simultaneous")
        images = r.choice([1, 1, 1, 2, 2, 3, 5]) if several_images else 1
        if limit and images > limit and "images=split" not in features:
            note("images", "split")
        model, height, width = r.choice(shapes)
        row = [f"{at // 10**9}.{at % 10**9:09}", r.randint(1, most)]
        if several_images:
            row.append(images)
        if len(shapes) > 1:
            row += [model, height, width]
        if rows_have_slo:
            row.append(f"0.{r.randrange(20 * MS, 500 * MS):09}" if chance(0.8) else "")
        if classes:
            row.append(["gold", "tin"][len(rows)] if len(rows) < 2 else r.choice(["gold", "tin", "none", ""]))
        rows.append(row)
    if several_images:
        note("images", "several")
        columns.append("images")
    if len(shapes) > 1:
        columns += ["model", "height", "width"]
    if rows_have_slo:
        columns.append("slo_s")
        note("slo", "of rows")
    if classes:
        columns.append("class")
    slo = {"scale": r.choice([1.5, 3, 5])} if chance(0.4) else {"time": f"{r.randrange(30, 500)} ms"}
    note("slo", *slo)
    run = {"seed": 1, "replications": 1}
    if chance(0.15):
        run["horizon"] = f"{max(1, at * r.randrange(30, 130) // 100)} ns"
        note("run", "horizon")
    if chance(0.15):
        run["warmup"] = f"{max(1, at * r.randrange(5, 29) // 100)} ns"
        note("run", "warm-up")
    data = {"name": "s", "query": {"slo": slo}, "workload": {"trace": "s.csv"},
            "cluster": {"queue": where, "nodes": nodes}, "policies": {"p": policy}, "run": run}
    if classes:
        data["classes"] = classes
        if more.random() < 0.3:
            classes["gold"]["slo"] = {note("class", "scale"): 2.5}
    if "scale" in slo and count < 100 and more.random() < 0.4:
        note("baseline", "of larger batches")
        data["policies"]["q"] = {"steps": "fixed", "batching": {"static": {"images": 4}}}
        run["baseline"] = "q"
    trace = "\n".join(",".join(map(str, row)) for row in [columns, *rows]) + "\n"
    return Scenario(seed, data, trace, with_curves(seed, data, shapes, note), features)


def with_curves(seed, data, shapes, note):
    """Gives the accelerators of some scenarios profiles in which larger batches take longer, and every size and model
    its own time; returns those."""
    r = random.Random(f"qosdiff curves {seed}")
    given = [node["accelerators"]["synthetic"] for node in data["cluster"]["nodes"]]
    if r.random() > 0.35 or any(len(times) < 3 for times in given):
        return {}
    note("steps by batch", "yes")
    data["query"]["guidance"] = True
    profiles = {}
    for node in data["cluster"]["nodes"]:
        entries, done = [], set()
        for stage, time in node["accelerators"].pop("synthetic").items():
            for model, height, width in shapes:
                size = (0, 0) if stage == "encode" else (height, width)
                if (stage, model, size) in done:
                    continue
                done.add((stage, model, size))
                first = int(int(time["deterministic"].split()[0]) * r.uniform(0.5, 2)) | 1
                slope = r.randrange(first // 10, first) & ~1 if stage == "denoise" or r.random() < 0.5 else 0  # no half ns
                for batch in range(1, 9):
                    entries.append({
                        "model": model, "stage": stage, "height": size[0], "width": size[1], "batch": batch,
                        "median_s": (first + (batch - 1) * slope) / 10**9, "provenance": "measured"}
                        | ({} if stage == "decode" else {"guidance": True}))
        file = node["name"] + ".json"
        node["accelerators"]["profile"] = file
        profiles[file] = {"schema": 1, "name": node["name"], "provenance": "measured", "device": "t", "source": "t",
                          "mode": "t", "entries": entries}
    return profiles


def write(s, folder):
    """The scenario's files."""
    for name, text in [("s.yaml", s.text), ("s.csv", s.trace), *((n, json.dumps(p)) for n, p in s.profiles.items())]:
        with open(f"{folder}/{name}", "w") as file:
            file.write(text)


if __name__ == "__main__":
    import sys
    s = make(int(sys.argv[1]))
    print(s.text, s.trace, *s.features, sep="\n")
