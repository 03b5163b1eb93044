"""Rows and metrics of a run, as the program's database has them."""

import math
from itertools import pairwise

SECOND = 10**9


def rows(result):
    return [dict(id=q.id, start_ns=q.start, end_ns=q.end, deadline_ns=q.deadline, outcome=q.outcome,
                 parts=len(q.parts), evaluations=sum(p.ran for p in q.parts) / max(1, len(q.parts)),
                 worker=q.worker) for q in result.queries if q.parts]


def percentile(values, share):
    """Type 7: linear between the order statistics."""
    values = sorted(values)
    at = share * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    if values[high] == math.inf:
        return values[low] if at == low else math.inf
    return values[low] + (at - low) * (values[high] - values[low])


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def growth(queries):
    """How much longer the last fifth waited than the second, of 100 queries or more."""
    if len(queries) < 100:
        return None
    waits = [((q.end if q.start is None else q.start) - q.arrival) / SECOND for q in queries]
    fifth = len(waits) // 5
    return sum(waits[-fifth:]) / fifth - sum(waits[fifth:2 * fifth]) / fifth


def by_class(result):
    """The metrics of all queries (''), and of each name in the trace, also where none of its queries arrives."""
    names = sorted({q.name for q in result.queries} - {""})
    return {"": metrics(result)} | {name: metrics(result, name) for name in names}


def metrics(result, only=None):
    """Queries that arrive in the warm-up do not count, and no use of anything before its end. `only`: of
    one class; hardware and the longest queue are nobody's own."""
    first, end = result.warmup, result.end
    queries = [q for q in result.queries if q.parts and only in (None, q.name)]
    by_end, all_waits = "warm-up-by-end" in result.alter, "wait-of-completed" not in result.alter
    counted = [q for q in queries if (q.end if by_end else q.arrival) >= first]
    completed = [q for q in counted if q.outcome == "completed"]
    dropped = [q for q in counted if q.outcome.startswith("dropped")]
    late = [q for q in counted if not q.outcome.startswith("dropped") and q.end > q.deadline]
    latencies = [(q.end - q.arrival) / SECOND for q in completed]
    waits = [((q.end if q.start is None else q.start) - q.arrival) / SECOND for q in completed + (dropped if all_waits else [])]
    done = [q for q in queries if q.outcome == "completed" and q.end >= first]
    span = (end - first) / SECOND
    values = {
        "queries_offered": len(counted), "queries_completed": len(completed), "queries_dropped": len(dropped),
        "queries_in_flight": len(counted) - len(completed) - len(dropped),
        "drop_ratio": len(dropped) / len(counted) if counted else None,
        "slo_violation_ratio": (len(dropped) + len(late)) / len(counted) if counted else None,
        "latency_mean_s": mean(latencies), "wait_mean_s": (mean(waits) or 0.0) if counted else None,
        "steps_mean": mean(sum(p.ran for p in q.parts) / len(q.parts) for q in completed),
        "throughput_query_per_s": len(done) / span,
        "throughput_image_per_s": sum(q.images for q in done) / span,
        "goodput_image_per_s": sum(q.images for q in done if q.end <= q.deadline) / span,
        "warmup_s": first / SECOND,
    }
    values["slo_attainment"] = None if not counted else 1 - values["slo_violation_ratio"]
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95)):
        values[f"latency_{name}_s"] = percentile(latencies, share) if latencies else None
    values["latency_p99_s"] = percentile(latencies, 0.99) if len(latencies) >= 1000 else None
    with_drops = latencies + [math.inf] * len(dropped)
    values["latency_p99_offered_s"] = percentile(with_drops, 0.99) if len(with_drops) >= 1000 else None
    values["wait_growth_s"] = growth(counted)
    values["throughput_sustained_query_per_s"] = sustained(result, queries)
    if only is not None:
        waits = clipped([(q.arrival, q.end if q.start is None else q.start) for q in queries], first, end)
        values["queue_length_mean"] = waits / (end - first)
        return values
    values.update(queue_length(result, first, end))
    values.update(utilisation(result, first, end))
    return values


def sustained(result, queries):
    """Completions per second from 20 % of the span of all arrivals to its end, whatever the warm-up."""
    arrivals = [q.arrival for q in result.queries if q.parts]
    last = max(arrivals, default=0)
    if not last:
        return None                                   # there is no span
    ends = [q.end for q in queries if q.outcome == "completed"]
    return sum(0.2 * last <= at <= last for at in ends) / (0.8 * last / SECOND)


def queue_length(result, first, end):
    area, most = 0, 0
    for (at, waiting), (until, _) in pairwise(result.waiting_curve + [(end, 0)]):
        lasting = min(until, end) - max(at, first)
        if lasting > 0:
            area += waiting * lasting
            most = max(most, waiting)
    return {"queue_length_mean": area / (end - first), "queue_length_max": most}


def clipped(spans, first, end):
    return sum(max(0, min(end if until is None else until, end) - max(at, first)) for at, until in spans)


def utilisation(result, first, end):
    shares = [clipped(w.spans, first, end) / (end - first) for w in result.workers]
    cores = sum(n.cores for n in result.nodes)
    cpus = [clipped(n.spans, first, end) / (end - first) for n in result.nodes]
    held = [clipped(w.spans + w.held, first, end) / (end - first) for w in result.workers]
    busy = [c / n.cores for c, n in zip(cpus, result.nodes)]
    return {"accelerator_utilisation_installed": sum(shares) / len(shares), "cpu_utilisation": sum(cpus) / cores,
            "busiest_utilisation": max(held + busy)}
