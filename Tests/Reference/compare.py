"""Compares the program with the reference simulator on random scenarios.

usage: compare.py PROGRAM [--count N] [--seed S] [--alter NAME] [--only FEATURE] [--without FEATURE] [--show N]
       compare.py PROGRAM --scenario FOLDER        one kept scenario again (s.yaml and s.csv)
       compare.py --power [--count N]              in how many scenarios each alteration shows; runs no program
--alter NAME (of reference_alterations.py) changes one rule of the reference; --legacy gives it the faults that
the program once had (all, or letters such as --legacy bd).
exit status: 1 where something differs (with --power: where an alteration does not show)
"""

import argparse
import collections
import json
import math
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import yaml

import random_scenarios
import reference
import reference_metrics
from reference_alterations import ALTERATIONS, PROGRAM_FAULTS, SEEDS


def run_program(program, folder):
    """The rows of queries and the metrics by class ('' = all) of a run of s.yaml; an error's text instead of them."""
    database = os.path.join(folder, "r.sqlite")
    if os.path.exists(database):
        os.remove(database)
    done = subprocess.run([program, "run", "s.yaml", "--policy", "p", "--quiet", "--db", "r.sqlite"], cwd=folder, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        return done.stderr.strip() or done.stdout.strip() or f"exit {done.returncode}", None
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    rows = [dict(row) for row in connection.execute("SELECT * FROM query ORDER BY id")]
    metrics = collections.defaultdict(dict)
    for name, metric, value in connection.execute("SELECT class, metric, value FROM run_metric"):
        metrics[name][metric] = value
    connection.close()
    return rows, metrics


COLUMNS = ["start_ns", "end_ns", "deadline_ns", "outcome", "parts", "evaluations", "worker"]


def near(a, b):
    if a is None or b is None or isinstance(a, str) or isinstance(b, str):
        return a == b
    return math.isclose(a, b, rel_tol=1e-11, abs_tol=1e-15)


def differences(rows, metrics, result):
    """Lines of text, the earliest difference first."""
    mine, lines = reference_metrics.rows(result), []
    if len(mine) != len(rows):
        return [f"{len(rows)} queries, and {len(mine)} in the reference"]
    for theirs, ours in zip(rows, mine):
        wrong = [c for c in COLUMNS if not near(theirs[c], ours[c])]
        if wrong:
            first = min((v for r in (theirs, ours) for v in (r["start_ns"], r["end_ns"]) if v is not None))
            lines.append((first, f"query {ours['id']}: " + ", ".join(
                f"{c} {theirs[c]} (reference {ours[c]})" for c in wrong)))
    lines = [text for _, text in sorted(lines)]
    expected = reference_metrics.by_class(result)
    if metrics.keys() != expected.keys():
        lines.append(f"classes: {sorted(metrics)} (reference {sorted(expected)})")
    for name, metric, value in ((n, m, v) for n, values in expected.items() for m, v in values.items()):
        of = f" of {name}" if name else ""
        if metric not in metrics[name]:
            lines.append(f"{metric}{of}: no such metric in the program")
        elif not near(metrics[name][metric], value):
            lines.append(f"{metric}{of}: {metrics[name][metric]} (reference {value})")
    return lines


def compare_one(program, folder, alter):
    with open(os.path.join(folder, "s.yaml")) as file:
        scenario = yaml.safe_load(file)
    with open(os.path.join(folder, "s.csv")) as file:
        trace = file.read()
    rows, metrics = run_program(program, folder)
    if metrics is None:
        return ["program: " + rows]
    profiles = {}
    for name in os.listdir(folder):
        if name.endswith(".json"):
            with open(os.path.join(folder, name)) as file:
                profiles[name] = json.load(file)
    return differences(rows, metrics, reference.simulate(scenario, trace, alter=alter, profiles=profiles))


def seeds(o):
    """COUNT from a seed on; from the first, with those in which rules show that seldom matter."""
    return sorted({*range(o.seed, o.seed + o.count), *(SEEDS if o.seed == 1 else [])})


def power(o):
    """In how many scenarios each alteration gives other rows or metrics than the unaltered reference."""
    shown = collections.Counter()
    for seed in seeds(o):
        s = random_scenarios.make(seed)
        results = {}
        for name in [None, *ALTERATIONS]:
            run = reference.simulate(s.data, s.trace, alter={name} if name else (), profiles=s.profiles)
            results[name] = (reference_metrics.rows(run), reference_metrics.by_class(run))
        for name in ALTERATIONS:
            shown[name] += results[name] != results[None]
    for name, meaning in ALTERATIONS.items():
        print(f"{shown[name]:4} of {len(seeds(o))}: {name}: {meaning}")
    return 1 if any(not shown[name] for name in ALTERATIONS) else 0


def legacy(letters):
    """The names of the program's faults: all, those of some letters, or none."""
    if letters is None:
        return set()
    return {name for name in PROGRAM_FAULTS
            if letters == "all" or len(name) == len("legacy-a") and name[-1] in letters}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?")
    parser.add_argument("--power", action="store_true")
    parser.add_argument("--legacy", nargs="?", const="all")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alter", action="append", default=[])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--show", type=int, default=5)
    parser.add_argument("--scenario")
    o = parser.parse_args()
    if o.power:
        return power(o)
    if not o.program:
        parser.error("the program is missing")
    program, began = os.path.abspath(o.program), time.time()
    alter = {name for text in o.alter for name in text.split(",")}
    unknown = alter - {*ALTERATIONS, *PROGRAM_FAULTS}
    if unknown:
        parser.error(f"no such alteration: {', '.join(sorted(unknown))}; there are {', '.join(ALTERATIONS)}")
    alter |= legacy(o.legacy)
    if o.scenario:
        lines = compare_one(program, o.scenario, alter)
        print("\n".join(lines) or "the same")
        return 1 if lines else 0
    kept = tempfile.mkdtemp(prefix="qosdiff-reference-")
    seen, wrong = collections.Counter(), collections.Counter()
    done = differ = 0
    for seed in seeds(o):
        s = random_scenarios.make(seed)
        has = lambda wanted: any(wanted in f for f in s.features)
        if not all(map(has, o.only)) or any(map(has, o.without)):
            continue
        folder = os.path.join(kept, str(seed))
        os.mkdir(folder)
        random_scenarios.write(s, folder)
        lines = compare_one(program, folder, alter)
        done += 1
        seen.update(set(s.features))
        if not lines:
            shutil.rmtree(folder)
            continue
        differ += 1
        wrong.update(set(s.features))
        if differ <= o.show:
            print(f"{folder}:\n  {', '.join(s.features)}")
            print("\n".join("  " + line for line in lines[:4]))
            if len(lines) > 4:
                print(f"  and {len(lines) - 4} more")
    print("feature: scenarios, of them different")
    for feature in sorted(seen):
        print(f"  {feature}: {seen[feature]}, {wrong[feature]}")
    print(f"{done} scenarios, {differ} different, {done - differ} the same, {time.time() - began:.0f} s; kept in {kept}")
    if not differ:
        os.rmdir(kept)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
