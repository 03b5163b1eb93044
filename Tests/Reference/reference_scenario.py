"""Reads a scenario (the dict of its YAML) and its trace into plain values, for the reference simulator.

Written from the documents alone. Only what the reference simulator covers is read: deterministic synthetic
times, a native trace, one policy. All times are integer nanoseconds."""

import csv
import math
import re
from dataclasses import dataclass, field

UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "min": 60 * 10**9, "h": 3600 * 10**9}
BYTES = {"B/s": 1, "kB/s": 10**3, "MB/s": 10**6, "GB/s": 10**9}
LAST = 2**62  # the rank of a class that is not listed, and of no class


def half_away(value: float) -> int:
    """Rounds to the nearest integer, a half upwards (all values here are positive)."""
    return math.floor(value + 0.5)


def duration(text: str) -> int:
    number, unit = re.fullmatch(r"\s*([0-9.eE+-]+)\s*([a-z]+)\s*", str(text)).groups()
    return half_away(float(number) * UNITS[unit])


def seconds(text: str) -> int:
    """A time of a trace, in seconds, exactly."""
    whole, _, fraction = str(text).partition(".")
    return int(whole or 0) * 10**9 + int((fraction + "0" * 9)[:9])


@dataclass(eq=False)
class Part:
    """So many images of a query that travel together: all of them, where the batch limit allows."""
    query: "Query"
    number: int
    images: int
    left: int                  # evaluations still to run
    order: int = 0             # which part came to a queue first
    encoded: bool = False
    joined: bool = False       # has been on an accelerator
    since: int = 0             # from when on it waits for a full static batch
    noted: int = 0             # for a fault of the program
    planned: int = 0           # evaluations that its plan gives it; 0 = none is made yet
    ran: int = 0               # evaluations, known once its denoising has ended


@dataclass(eq=False)
class Query:
    id: int
    arrival: int
    steps: int                 # that it counts with before it is planned
    images: int
    model: str
    height: int
    width: int
    rank: int = LAST
    asked: int = 0             # steps that it asks for
    name: str = ""             # of its class
    slo: object = None         # ns, or ("scale", factor)
    deadline: int = 0
    start: int | None = None
    end: int | None = None
    outcome: str = "in-flight"
    parts: list = field(default_factory=list)
    parts_done: int = 0
    worker: int | None = None

    @property
    def shape(self):
        return (self.model, self.height, self.width)


@dataclass(eq=False)
class Node:
    name: str
    cores: int
    cpu: dict                  # stage -> ns of an image; 0 = takes no time
    link: tuple | None         # bytes a second, latency, whether transfers queue
    free: int = 0              # cores
    tasks: list = field(default_factory=list)
    spans: list = field(default_factory=list)  # (from, until) of a core's work
    link_free: int = 0         # when the last transfer that was let in ends

    def transfer_time(self, size: int) -> int:
        if not self.link:
            return 0
        return half_away(size * 10**9 / self.link[0]) + self.link[1]


@dataclass(eq=False)
class Policy:
    dispatcher: str
    discipline: str
    preempt: bool
    give_way_margin: int
    admission: str
    margin: int
    waiting: int
    batching: str
    limit: int | None
    wait: int
    buffer: int | None         # None = no pipelining
    encode_on_cpu: bool
    decode_on_cpu: bool
    least: int | None          # steps `slack` cuts to; None = steps are fixed
    most: int                  # steps `slack` gives at most
    queue_weight: float


def named(value, default=None):
    """A part of a policy: its name and its parameters."""
    if value is None:
        return default, {}
    if isinstance(value, str):
        return value, {}
    (name, parameters), = value.items()
    return name, parameters or {}


def read_policy(p: dict) -> Policy:
    dispatcher, _ = named(p.get("dispatcher"), "round-robin")
    discipline, order = named(p.get("discipline"), "fcfs")
    admission, drop = named(p.get("admission"), "all")
    batching, batch = named(p.get("batching"), "none")
    pipelining, pipe = named(p.get("pipelining"), "none")
    steps, cut = named(p.get("steps"), "fixed")
    placement = p.get("placement") or {}
    limit = None if batching == "none" else batch.get("images", 16 if batching == "deadline-aware" else 4)
    return Policy(
        dispatcher, discipline,
        order.get("preempt", "never") == "between-steps" or discipline in ("psjf", "srpt"),
        duration(order.get("margin", "0 s")), admission, duration(drop.get("margin", "0 s")),
        drop.get("waiting", 100), batching, limit, duration(batch.get("wait", "0 s")),
        None if pipelining == "none" else pipe.get("buffer", 2),
        placement.get("encode") == "cpu", placement.get("decode") == "cpu",
        cut.get("min", 20) if steps == "slack" else None, cut.get("max", 1000), cut.get("queue-weight", 5))


def synthetic(times: dict | None, stages, factor: float = 1) -> dict:
    read = {s: duration((times or {}).get(s, {"deterministic": "0 s"})["deterministic"]) for s in stages}
    return {s: half_away(t * factor) if factor != 1 else t for s, t in read.items()}


def measured(profile: dict, factor: float) -> dict:
    """The times of a profile that has them for every batch: by stage and shape (a prompt has no size) a list."""
    times = {}
    for e in sorted(profile["entries"], key=lambda e: e["batch"]):
        shape = (e["model"], e["height"], e["width"])
        times.setdefault(e["stage"], {}).setdefault(shape, []).append(half_away(e["median_s"] * 1e9 * factor))
    return times


def given(times: dict, factor: float) -> dict:
    """The same of times that a scenario gives for any shape and batch; a stage without any is none."""
    there = synthetic(times, [s for s in ("encode", "denoise", "decode") if s in times], factor)
    return {stage: {None: [time] * 64} for stage, time in there.items()}


def read_cluster(cluster: dict, profiles: dict):
    """The nodes, and for each worker its node and the times of its stages."""
    nodes, workers = [], []
    for n in cluster["nodes"]:
        for _ in range(n.get("count", 1)):
            cpu, link, acc = n.get("cpu") or {}, n.get("link"), n["accelerators"]
            if link:
                number, unit = link["bandwidth"].split()
                link = (float(number) * BYTES[unit], duration(link.get("latency", "0 s")),
                        link.get("sharing", "none") == "fifo")
            node = Node(n["name"], cpu.get("cores", 1),
                        synthetic(cpu.get("synthetic"), ("encode", "decode", "post-process")), link)
            node.free = node.cores
            nodes.append(node)
            factor = acc.get("slow_factor", 1)
            times = measured(profiles[acc["profile"]], factor) if "profile" in acc else given(acc["synthetic"], factor)
            workers += [(node, times)] * acc.get("count", 1)
    queue = cluster.get("queue", "per-worker")
    stealing = isinstance(queue, dict) and bool(queue["per-worker"].get("stealing"))
    return nodes, workers, queue == "central", stealing


def objective(slo: dict):
    return ("scale", slo["scale"]) if "scale" in slo else duration(slo["time"])


def read_queries(scenario: dict, trace: str) -> list:
    """The queries of a native trace in order of arrival; the first arrives at 0."""
    asked, classes = scenario.get("query") or {}, scenario.get("classes") or {}
    common = objective(asked.get("slo", {"scale": 3}))
    height, width = map(int, str(asked.get("size", "512x512")).split("x"))
    queries = []
    for row in csv.DictReader(trace.splitlines()):
        q = Query(0, seconds(row["arrival_s"]), int(row.get("steps") or asked.get("steps", 50)),
                  int(row.get("images") or asked.get("images", 1)),
                  row.get("model") or scenario.get("model", "sd15"),
                  int(row.get("height") or height), int(row.get("width") or width))
        q.name, q.slo = row.get("class") or "", common
        if q.name in classes:
            q.rank = classes[q.name].get("priority", 0)
            if "slo" in classes[q.name]:
                q.slo = objective(classes[q.name]["slo"])
        if row.get("slo_s"):
            q.slo = seconds(row["slo_s"])
        queries.append(q)
    queries.sort(key=lambda q: q.arrival)
    for number, q in enumerate(queries):
        q.id = number
        q.arrival -= queries[0].arrival if number else 0
    if queries:
        queries[0].arrival = 0
    return queries
