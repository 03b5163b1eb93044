"""The smallest scenarios found in which the program once differed from the documents, each with its sentence.

usage: faults.py PROGRAM        exit status: how many still differ from the reference
"""

import os
import sys
import tempfile

import yaml

import compare
import reference
import reference_alterations


def times(stages):
    return {stage.replace("_", "-"): {"deterministic": f"{ns} ns"} for stage, ns in stages.items()}


def node(name="n", count=1, encode=1_000_001, denoise=10_000_003, decode=3_000_007):
    return {"name": name, "accelerators": {
        "count": count, "synthetic": times({"encode": encode, "denoise": denoise, "decode": decode})}}


def bare():
    return {"name": "n", "accelerators": {"synthetic": times({"denoise": 10_000_003})}}


def with_cpu(made, cores, **stages):
    made["cpu"] = {"cores": cores, "synthetic": times(stages)}
    return made


EDF = {"edf": {"preempt": "between-steps"}}
RANKS = {"priority": {"preempt": "between-steps"}}
STEALING = {"per-worker": {"stealing": True}}
AHEAD = {"pipelining": {"cpu-gpu": {"buffer": 2}}, "placement": {"encode": "cpu"}}

# name, what is right, fault, policy, queue, nodes, trace, further keys of the scenario
CASES = [
    ("worst", "of 8, 7 and 6 s the first (8 s) makes way for the fourth, not the second (7 s)", "legacy-worst",
     {"discipline": EDF, "batching": {"continuous": {"images": 3}}}, "central", [node()],
     "arrival_s,slo_s,steps\n0,8,6\n0.002,7,6\n0.013,6,6\n0.024,5,6\n", {}),
    ("way", "query 1 makes way for nobody: query 3 (2 images) does not fit beside query 2", "legacy-way",
     {"discipline": EDF, "batching": {"continuous": {"images": 2}}}, "central", [node()],
     "arrival_s,slo_s,images,steps\n0,1,2,1\n0.001,9,1,4\n0.001,2,1,4\n0.030,5,2,2\n", {}),
    ("ahead", "query 4 is encoded for worker 2, which has nothing to denoise, not for worker 0, which has",
     "legacy-ahead", AHEAD, "central", [with_cpu(node(count=3), 6, encode=5_000_003)],
     "arrival_s,steps\n0,2\n0.006,2\n0.006,2\n0.006,2\n0.006,2\n", {}),
    ("unseen", "query 2 goes to worker 0: query 1, encoded ahead, is work that worker 1 still has to do",
     "legacy-ahead-unseen", {**AHEAD, "dispatcher": "least-work-left"}, "per-worker",
     [with_cpu(node(count=2), 6, encode=5_000_003)], "arrival_s,steps\n0,2\n0.006,2\n0.007,2\n", {}),
    ("made-way", "query 3 goes to worker 1, where query 1 has one step to come, not five", "legacy-made-way",
     {"discipline": EDF, "dispatcher": "least-work-left"}, "per-worker", [node(count=2)],
     "arrival_s,slo_s,steps\n0,9,9\n0,9,5\n0.035,1,1\n0.043,20,1\n", {}),
    ("ties", "after the gold query, query 0 goes on before query 1: within a class, first come, first served",
     "legacy-ready-ties", {**AHEAD, "discipline": RANKS}, "central", [with_cpu(node(), 2, encode=1_000_003)],
     "arrival_s,steps,class\n0,4,\n0.002,2,\n0.003,2,gold\n", {"classes": {"gold": {"priority": -1}}}),
    ("rest", "of what worker 1 has to do the decoding of query 2 is left out while query 1 is handed over",
     "legacy-rest", {"dispatcher": "least-work-left", "batching": {"continuous": {"images": 2}}}, "per-worker",
     [with_cpu(node(count=2), 4, post_process=10_000_003)], "arrival_s,steps\n0,3\n0,1\n0.0001,2\n0.0137,1\n", {}),
    ("short", "query 1 starts at 60 ms, after its wait: the batch is not full once query 0 is dropped", "legacy-short",
     {"admission": "drop-hopeless", "batching": {"static": {"images": 2, "wait": "50 ms"}}}, "central", [node()],
     "arrival_s,slo_s\n0,0.030\n0.010,9\n", {}),
    ("ready", "query 1, encoded at 16 ms and 23 ms from its end, takes the place of query 0, 33 ms from its end, at 25 ms",
     "legacy-ready", {**AHEAD, "discipline": "srpt"}, "central", [with_cpu(node(), 2, encode=15_000_003)],
     "arrival_s,steps\n0,4\n0.001,2\n", {}),
    ("unordered", "query 1 (no class) waits for query 0 (tin), which made way for the gold query, and does not join that",
     "legacy-unordered", {**AHEAD, "discipline": RANKS, "batching": {"continuous": {"images": 2}}}, "central",
     [with_cpu(node(), 2, encode=1_000_003)],
     "arrival_s,steps,class,height,width\n0,4,tin,256,256\n0.0015,2,,512,512\n0.0025,2,gold,512,512\n",
     {"classes": {"gold": {"priority": -1}, "tin": {"priority": 3}}}),
    ("noted", "query 0 starts again at 199 ms: it made way at 171 ms and need not wait for company with query 2",
     "legacy-noted", {"discipline": {"edf": {"preempt": "between-steps", "margin": "30 ms"}},
                      "batching": {"static": {"images": 3, "wait": "50 ms"}}}, "central", [node()],
     "arrival_s,slo_s,images,steps\n0,1.00,1,20\n0.06,0.93,3,1\n0.17,1.83,1,1\n0.17,0.33,3,1\n", {}),
    ("greedy", "at 5 ms one query goes to each worker: the second holds nothing, the first is already encoding one",
     "legacy-greedy", {**AHEAD, "batching": {"static": {"images": 2, "wait": "5 ms"}}}, "central",
     [with_cpu(node(count=2), 2, encode=1_000_003)],
     "arrival_s,steps,height,width\n0,2,256,256\n0,2,512,512\n", {}),
    ("look", "at 48 ms query 0, encoded and back in the queue, goes before query 1, which has just been taken up",
     "legacy-look", {**AHEAD, "discipline": EDF}, "central", [with_cpu(node(), 4, encode=15_000_003)],
     "arrival_s,slo_s,steps\n0,5,8\n0.001,9,2\n0.002,1,1\n0.026,2,2\n", {}),
    ("embedding", "queries 2 and 0 start at 46 ms: query 0 made way, and its embedding is not transferred again",
     "legacy-embedding",
     {**AHEAD, "pipelining": {"cpu-gpu": {"buffer": 1}}, "discipline": RANKS,
      "batching": {"static": {"images": 2, "wait": "0 ms"}}}, "central",
     [{**with_cpu(node(), 2, encode=1_000_003), "link": {"bandwidth": "20 MB/s"}}],
     "arrival_s,images,steps,class\n0,1,4,\n0.0015,2,1,gold\n0.014,1,2,tin\n",
     {"classes": {"gold": {"priority": -1}, "tin": {"priority": 3}}}),
    ("encoding", "queries 1 and 2 go on together at 51 ms, on time: both are encoded", "legacy-encoding",
     {"discipline": EDF, "batching": {"deadline-aware": {"images": 2}}}, "central", [node(encode=5_000_003)],
     "arrival_s,slo_s,steps\n0,0.05,1\n0.001,0.075,3\n0.001,0.075,3\n0.025,0.030,1\n", {}),
    ("timer", "query 1, which made way at 21 ms, goes to worker 0 at 23 ms: query 6, whose wait ends at 22 ms, has gone",
     "legacy-timer",
     {**AHEAD, "discipline": EDF, "batching": {"static": {"images": 2, "wait": "5 ms"}}}, "central",
     [with_cpu(node(count=2, decode=1_500_007), 8, encode=1_000_003)],
     "arrival_s,slo_s,steps\n0,0.5,2\n0,9,6\n0.002,1,4\n0.002,1,4\n0.004,5,4\n0.004,5,4\n"
     "0.017,4,4\n0.018,4,4\n", {}),
    ("room", "query 1 made way at 21 ms; worker 1, which has room, takes it at 23 ms, at the end of a step", None,
     {**AHEAD, "discipline": EDF, "batching": {"static": {"images": 2, "wait": "5 ms"}}}, "central",
     [with_cpu(node(count=2, decode=10_000_007), 8, encode=1_000_003)],
     "arrival_s,slo_s,steps\n0,0.5,2\n0,9,6\n0.002,1,4\n0.002,1,4\n0.004,5,4\n0.004,5,4\n", {}),
    ("turn", "at 15 ms worker 0, whose decoding began first, takes query 4, not worker 1, whose encoding ends then, too",
     None, {"batching": {"continuous": {"images": 2}}}, "central", [node(count=2)],
     "arrival_s,steps\n0,4\n0,1\n0,1\n0.013,2\n0.0145,1\n", {}),
    ("twice", "query 7 goes to worker 1, which holds 3 images: query 3 made way and counts once", None,
     {"discipline": EDF, "dispatcher": "join-shortest-queue", "batching": {"static": {"images": 2, "wait": "5 ms"}},
      "placement": {"decode": "cpu"}}, "per-worker",
     [with_cpu(node(name), 1, post_process=9_000_003, decode=3_000_013) for name in "ab"],
     "arrival_s,slo_s,steps\n0,2,9\n0,9,1\n0,2,9\n0,9,5\n0.005,99,1\n0.005,1,1\n"
     "0.012,99,1\n0.012,99,1\n0.012,99,1\n", {}),
    ("thief", "worker 1, which is fast, steals at 15 ms the image of query 1, of less slack there, not that of query 2",
     "legacy-thief", {"discipline": "least-slack", "batching": {"continuous": {"images": 1}}}, STEALING,
     [node("a"), node("b", denoise=1_000_003)],
     "arrival_s,slo_s,images,steps\n0,9,1,9\n0.001,0.50,2,2\n0.001,0.51,2,4\n", {}),
    ("unnoticed", "query 2 gets the core at 65 ms, not query 3: of the waits that end at 51 ms its own began first",
     "legacy-oldest", {"batching": {"static": {"images": 2, "wait": "50 ms"}}}, "per-worker",
     [with_cpu(node(count=2), 1, post_process=9_000_003)],
     "arrival_s,images,steps\n0,2,2\n0,2,1\n0.001,1,1\n0.001,1,1\n", {}),
    ("most", "query 1, asking for 9 steps, gets 2, and is so predicted to be on time", "legacy-most",
     {"steps": {"slack": {"min": 1, "max": 2, "queue-weight": 0}}, "admission": "drop-hopeless"}, "central", [node()],
     "arrival_s,slo_s,steps\n0,9,1\n0.001,0.045,9\n", {}),
    ("turn-of-none", "two queries that come at once run one after the other: encoding that there is not takes no turn", None,
     {"batching": {"continuous": {"images": 2}}}, "central", [bare()], "arrival_s,steps\n0,2\n0,2\n", {}),
    ("look-of-none", "query 1 goes on to 50 ms: between its queries' stages that there are not, nobody looks", None,
     {"discipline": {"least-slack": {"preempt": "between-steps"}}, "steps": {"slack": {"min": 1, "queue-weight": 2.5}}},
     "central", [bare()], "arrival_s,slo_s,steps\n0,9,3\n0.001,0.100,8\n0.002,0.103,5\n", {}),
    ("place", "query 2 is dropped: query 0, which made way, holds the one slot for what is encoded ahead", None,
     {**AHEAD, "pipelining": {"cpu-gpu": {"buffer": 1}}, "admission": {"queue-limit": {"waiting": 0}}, "discipline": EDF},
     "central", [with_cpu(node(), 4, encode=1_000_003)], "arrival_s,slo_s,steps\n0,9,50\n0.010,8,50\n0.1,1,5\n", {}),
    ("hidden", "query 4 starts at 35 ms, after its wait, at worker 1: query 1, which came first, is back since 31 ms",
     "legacy-oldest", {**AHEAD, "discipline": EDF, "batching": {"static": {"images": 2, "wait": "20 ms"}}}, "central",
     [with_cpu(node(count=2, decode=10_000_007), 8, encode=1_000_003)],
     "arrival_s,slo_s,images,steps\n0,1,1,3\n0,9,1,6\n0.002,9,2,1\n0.004,2,2,2\n0.015,5,1,1\n", {}),
]


def scenario(policy, queue, nodes, more):
    parts = {"steps": "fixed", "discipline": "fcfs", "admission": "all", "batching": "none", "pipelining": "none",
             **policy}
    return {"name": "s", "query": {"steps": 2, "slo": {"time": "100 s"}}, "workload": {"trace": "s.csv"},
            "cluster": {"queue": queue, "nodes": nodes}, "policies": {"p": parts},
            "run": {"seed": 1, "replications": 1}, **more}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    differ = 0
    for name, right, fault, policy, queue, nodes, trace, more in CASES:
        data = scenario(policy, queue, nodes, more)
        with tempfile.TemporaryDirectory() as folder:
            for file, text in (("s.yaml", yaml.safe_dump(data, sort_keys=False)), ("s.csv", trace)):
                with open(os.path.join(folder, file), "w") as f:
                    f.write(text)
            lines = compare.compare_one(os.path.abspath(sys.argv[1]), folder, set())
            same = fault and not compare.compare_one(os.path.abspath(sys.argv[1]), folder, {fault})
        differ += bool(lines)
        print(f"{'differs' if lines else 'the same'}  {name}: {right}")
        for line in lines[:3]:
            print("    " + line)
        if lines and fault:
            print(f"    {'the same' if same else 'NOT the same'} as the reference with {fault}: "
                  f"{reference_alterations.PROGRAM_FAULTS[fault]}")
    return differ


if __name__ == "__main__":
    sys.exit(main())
