#!/usr/bin/env python3
"""Kills, full disks, two writers, two programs, extreme numbers and a long run: what the program and its database must
survive.

    Tests/torture.py PROGRAM [--kills N] [--numbers N] [--minutes N] [--seed N]

Prints counts; ends with 1 where a result was lost, a database damaged or a number trapped. Needs the right to mount for
the full and the read-only disk, and says so where it has none.
"""
import argparse
import os
import pty
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import yaml

SCENARIO = """
name: torture
query: { steps: 10, slo: { scale: 3 } }
workload: { arrivals: { poisson: { rate: 30 query/s } }, queries: 4000 }
cluster:
  nodes:
    - name: n
      accelerators: { count: 4, synthetic: { denoise: { exponential: { mean: 10 ms } } } }
policies:
  base: { dispatcher: random }
  least: { extends: base, dispatcher: least-work-left }
run: { seed: 3, replications: 4 }
"""

TABLES = [
    "SELECT * FROM run ORDER BY id", "SELECT * FROM query ORDER BY run_id, id",
    "SELECT * FROM run_metric ORDER BY run_id, class, metric",
    "SELECT * FROM summary ORDER BY experiment_id, policy, metric",
    "SELECT * FROM class_summary ORDER BY experiment_id, class, policy, metric",
    "SELECT * FROM latency_cdf ORDER BY experiment_id, policy, probability",
    "SELECT * FROM ablation ORDER BY experiment_id, policy, metric",
    "SELECT * FROM series ORDER BY run_id, start_ns", "SELECT * FROM worker ORDER BY run_id, id",
    "SELECT * FROM cpu_pool ORDER BY run_id, id",
    "SELECT id, notes, replications, is_complete FROM experiment ORDER BY id",
]


SHIPPED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Scenarios")

# Shipped scenarios, cut down to a part of a second.
SHORT = {
    "quickstart.yaml": ["workload.window.length=600s"],
    "heterogeneous.yaml": ["workload.queries=60"],
    "fleet.yaml": ["workload.queries=60"],
    "mixed-sizes.yaml": ["workload.queries=40"],
    "oracles/tandem-3.yaml": ["workload.queries=60"],
    "oracles/mg1-h2-rho0.8.yaml": ["workload.queries=60"],
    "oracles/erlang-a.yaml": ["workload.queries=60"],
    "oracles/mm8k20-8.yaml": ["workload.queries=60"],
}

EXTREMES = [
    "0", "-0", "-1", "1e-300", "1e-12", "1e-6", "1e6", "1e12", "1e18", "9223372036854775807", "1e300", "1e999"]


def numbers(value, path=()):
    """Every number of a scenario: its path and its unit."""
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        number = re.fullmatch(r"-?\d[\d.]*(?:e-?\d+)?\s*(.*)", str(value))
        if number:
            yield ".".join(str(part) for part in path), number[1]
        return
    for key, part in items:
        yield from numbers(part, (*path, key))


class Failed(Exception):
    """What must not happen."""


def content(path):
    database = sqlite3.connect(path)
    rows = [database.execute(table).fetchall() for table in TABLES]
    database.close()
    return rows


def tree(folder):
    """Every file of a folder, by its path there."""
    files = {}
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                files[os.path.relpath(os.path.join(place, name), folder)] = file.read()
    return files


def check(path):
    """The database is whole, and so are its finished runs; returns how many there are."""
    database = sqlite3.connect(path)
    problems = database.execute("PRAGMA integrity_check").fetchall()
    if problems != [("ok",)]:
        raise Failed(f"{path}: integrity_check: {problems}")
    if database.execute("PRAGMA foreign_key_check").fetchall():
        raise Failed(f"{path}: foreign_key_check finds something")
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    runs = 0
    if "run" in tables:
        for run, offered in database.execute("SELECT id, offered FROM run"):
            runs += 1
            stored = database.execute("SELECT count(*) FROM query WHERE run_id = ?", (run,)).fetchone()[0]
            metrics = database.execute("SELECT count(*) FROM run_metric WHERE run_id = ?", (run,)).fetchone()[0]
            if stored not in (0, offered) or metrics == 0:
                raise Failed(f"{path}: run {run} has {stored} of {offered} queries, {metrics} metrics")
        whole = database.execute(
            "SELECT count(*) FROM experiment e WHERE is_complete = 1 AND NOT EXISTS "
            "(SELECT 1 FROM summary s WHERE s.experiment_id = e.id)").fetchone()[0]
        if whole:
            raise Failed(f"{path}: {whole} experiments are marked complete and have no summary")
        for name, replications, policies, stored in database.execute(
                "SELECT name, replications, policies, (SELECT count(*) FROM run WHERE experiment_id = e.id) "
                "FROM experiment e WHERE is_complete = 1"):
            if stored != replications * len(policies.split("\n")):
                raise Failed(f"{path}: {name} is marked complete with {stored} runs")
    database.close()
    return runs


def finished(path):
    """What is finished by now, by run."""
    if not os.path.exists(path):
        return {}
    database = sqlite3.connect(path)
    try:
        rows = database.execute("SELECT run_id, class, metric, value FROM run_metric").fetchall()
    except sqlite3.OperationalError:
        rows = []
    database.close()
    runs = {}
    for run, *rest in rows:
        runs.setdefault(run, []).append(tuple(rest))
    return runs


class Torture:
    def __init__(self, program, kills, seed):
        self.program = os.path.abspath(program)
        self.kills = kills
        self.random = random.Random(seed)
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere"}

    def start(self, folder, *arguments):
        return subprocess.Popen(
            [self.program, *arguments], cwd=folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def run(self, folder, *arguments):
        process = self.start(folder, *arguments)
        error = process.communicate()[1]
        return process.returncode, error

    def commands(self):
        """Each with the database that it writes, or none."""
        compare = ("compare", "s.yaml", "--db", "r.sqlite", "--quiet", "--jobs", "2")
        return {
            "run": (("run", "s.yaml", "--db", "r.sqlite", "--quiet"), "r.sqlite"),
            "compare": (compare, "r.sqlite"),
            "sweep": (
                ("sweep", "s.yaml", "--axis", "workload.load=0.3,0.5,0.7,0.9", "--db", "r.sqlite", "--quiet"),
                "r.sqlite"),
            "report": (("report", "whole.sqlite", "--out", "report", "--format", "csv,html,tex", "--quiet"), "whole.sqlite"),
            "bench": (
                ("bench", "--model", "sd15-mini", "--size", "64x64", "--batch", "1", "--quick", "--threads", "1",
                 "--out", "p.json", "--quiet"), None),
        }

    def prepare(self, folder):
        with open(f"{folder}/s.yaml", "w", encoding="utf-8") as file:
            file.write(SCENARIO)

    def killed(self):
        """Kills each command at random moments and gives it again until it ends by itself."""
        total, lost, continued = 0, 0, 0
        commands = self.commands()
        for number, (name, (arguments, database)) in enumerate(commands.items()):
            share = (self.kills * (number + 1)) // len(commands) - (self.kills * number) // len(commands)
            with tempfile.TemporaryDirectory() as folder:
                self.prepare(folder)
                code, error = self.run(folder, "compare", "s.yaml", "--db", "whole.sqlite", "--quiet")
                if code:
                    raise Failed(f"compare: {error}")
                reference = report = None
                started = time.monotonic()
                code, error = self.run(folder, *arguments)
                if code:
                    raise Failed(f"{name}: {error}")
                length = time.monotonic() - started
                if name in ("run", "compare", "sweep"):
                    reference = content(f"{folder}/{database}")
                    os.remove(f"{folder}/{database}")
                elif name == "report":
                    report = tree(f"{folder}/report")
                    shutil.rmtree(f"{folder}/report")
                else:
                    os.remove(f"{folder}/p.json")
                whole = content(f"{folder}/whole.sqlite")
                left = share
                while left:
                    before = finished(f"{folder}/{database}") if reference else {}
                    process = self.start(folder, *arguments)
                    time.sleep(self.random.uniform(0, length))
                    process.send_signal(signal.SIGKILL)
                    process.communicate()
                    if process.returncode == -signal.SIGKILL:
                        total += 1
                        left -= 1
                    if database and os.path.exists(f"{folder}/{database}"):
                        check(f"{folder}/{database}")
                    if reference:
                        after = finished(f"{folder}/{database}")
                        lost += sum(after.get(run) != metrics for run, metrics in before.items())
                        continued += bool(before)
                    if process.returncode == 0 and reference:
                        # It was done before it was killed: from the beginning again.
                        if content(f"{folder}/{database}") != reference:
                            raise Failed(f"{name}: other results after {total} kills")
                        os.remove(f"{folder}/{database}")
                    elif process.returncode == 0:
                        # Its kills are to meet work.
                        shutil.rmtree(f"{folder}/report", ignore_errors=True)
                        if os.path.exists(f"{folder}/p.json"):
                            os.remove(f"{folder}/p.json")
                    elif name == "report" and os.path.isdir(f"{folder}/report"):
                        for file, data in tree(f"{folder}/report").items():
                            # The manifest says from the start what the files are to be.
                            ours = file != "manifest.json" and not os.path.basename(file).startswith(".")
                            if ours and data != report.get(file):
                                raise Failed(f"report: {file} is not whole after a kill")
                    elif name == "bench" and os.path.exists(f"{folder}/p.json"):
                        code, error = self.run(folder, "profile", "show", "p.json")
                        if code:
                            raise Failed(f"bench left half a profile: {error}")
                code, error = self.run(folder, *arguments)
                if code:
                    raise Failed(f"{name} after its kills: {error}")
                if reference and content(f"{folder}/{database}") != reference:
                    raise Failed(f"{name}: other results after its kills")
                if content(f"{folder}/whole.sqlite") != whole:
                    raise Failed(f"{name}: changed another database")
                if report and tree(f"{folder}/report") != report:
                    raise Failed("report: other files after its kills")
                if name == "bench":
                    code, error = self.run(folder, "profile", "show", "p.json")
                    if code or os.path.exists(f"{folder}/p.json.resume"):
                        raise Failed(f"bench after its kills: {error}")
        print(f"kills survived: {total}, {continued} of them of a command that went on; finished runs lost: {lost}")
        if lost:
            raise Failed("finished runs were lost")

    def two_writers(self):
        """Two commands into one database at a time: different experiments, and the same one."""
        for second in ("workload.queries=3900", None):
            with tempfile.TemporaryDirectory() as folder:
                self.prepare(folder)
                arguments = ["compare", "s.yaml", "--db", "r.sqlite", "--quiet"]
                other = arguments + (["--set", second] if second else [])
                processes = [self.start(folder, *arguments), self.start(folder, *other)]
                errors = [process.communicate()[1] for process in processes]
                if any(process.returncode for process in processes):
                    raise Failed(f"two writers: {errors}")
                runs = check(f"{folder}/r.sqlite")
                if runs != (16 if second else 8):
                    raise Failed(f"two writers left {runs} runs")
        print("two writers: both finish, with two experiments and with one")

    def disks(self):
        """A full disk and one that is read only: one line, and what was there stays."""
        with tempfile.TemporaryDirectory() as folder:
            mount = f"{folder}/disk"
            os.mkdir(mount)
            made = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", mount], capture_output=True, check=False)
            if made.returncode:
                print("full and read-only disk: not tried, mounting is not allowed here")
                return
            try:
                self.prepare(mount)
                code, error = self.run(
                    mount, "compare", "s.yaml", "--db", "r.sqlite", "--no-queries", "--set", "workload.queries=500", "--quiet")
                if code:
                    raise Failed(f"on a small disk: {error}")
                before = finished(f"{mount}/r.sqlite")
                code, error = self.run(mount, "compare", "s.yaml", "--db", "r.sqlite", "--quiet", "--set", "workload.queries=40000")
                self.one_line("full disk", code, error, (74,))
                check(f"{mount}/r.sqlite")
                after = finished(f"{mount}/r.sqlite")
                if any(after.get(run) != metrics for run, metrics in before.items()):
                    raise Failed("full disk: earlier results are gone")
                code, error = self.run(mount, "report", "r.sqlite", "--out", "out", "--quiet")
                full = "written" if code == 0 else "refused"
                if code:
                    self.one_line("full disk, report", code, error, (73, 74))
                # What a long run lays aside stays in memory where there is no room for it.
                self.environment["TMPDIR"] = mount
                code, error = self.run(
                    mount, "compare", "s.yaml", "--db", f"{folder}/r.sqlite", "--no-queries", "--quiet", "--set",
                    "workload.queries=100000")
                del self.environment["TMPDIR"]
                if code:
                    raise Failed(f"full disk for temporary files: {error}")
                subprocess.run(["mount", "-o", "remount,ro", mount], check=True)
                for arguments in (("compare", "s.yaml", "--db", "r.sqlite"), ("run", "s.yaml", "--db", "new.sqlite"),
                                  ("report", "r.sqlite", "--out", "out2"), ("init", "there")):
                    code, error = self.run(mount, *arguments)
                    self.one_line(f"read-only disk, {arguments[0]}", code, error, (73, 74))
            finally:
                subprocess.run(["umount", "-l", mount], check=False)
        print(f"full disk: one line, earlier results intact (the report was {full}); read-only disk: one line each")

    def extreme_numbers(self, count):
        """A number of a shipped scenario made extreme: served or refused in a line, within 20 s and 4 GB, never a trap."""
        places = []
        for name, short in SHORT.items():
            with open(f"{SHIPPED}/{name}", encoding="utf-8") as file:
                places += [(name, short, *number) for number in numbers(yaml.safe_load(file))]
        limit = 4 << 30
        refused = 0
        with tempfile.TemporaryDirectory() as folder:
            for name, short, path, unit in self.random.choices(places, k=count):
                value = f"{self.random.choice(EXTREMES)} {unit}".strip()
                arguments = ["compare", f"{SHIPPED}/{name}", "--replications", "1", "--quiet", "--db", "r.sqlite"]
                for setting in ("run.warmup=0s", *short, f"{path}={value}"):
                    arguments += ["--set", setting]
                process = subprocess.Popen(
                    [self.program, *arguments], cwd=folder, env=self.environment, stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
                try:
                    error = process.communicate(timeout=20)[1]
                except subprocess.TimeoutExpired as late:
                    process.kill()
                    process.wait()
                    raise Failed(f"{name} with {path}={value}: not done in 20 s") from late
                if process.returncode:
                    refused += 1
                    if process.returncode not in (64, 65, 73) or not re.match(r"[^\n]+: error: [^\n]+\n", error):
                        raise Failed(f"{name} with {path}={value}: exit {process.returncode}, said {error[:300]!r}")
                for file in os.listdir(folder):
                    os.remove(f"{folder}/{file}")
        print(f"extreme numbers: {count} tried, {refused} refused in a line, {count - refused} served, 0 trapped")

    def long_run(self, minutes):
        """Memory and progress of a comparison without an end, stopped by SIGTERM."""
        with tempfile.TemporaryDirectory() as folder:
            self.prepare(folder)
            ours, theirs = pty.openpty()
            process = subprocess.Popen(
                [self.program, "compare", "s.yaml", "--replications", "1000000", "--set", "workload.queries=40000",
                 "--no-queries", "--db", "r.sqlite"],
                cwd=folder, env={**self.environment, "TERM": "xterm"}, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=theirs)
            os.close(theirs)
            shown = []

            def read():
                try:
                    while text := os.read(ours, 65536):
                        if done := re.findall(rb"\] (\d+) of ", text):
                            shown.append((time.monotonic(), int(done[-1])))
                except OSError:
                    pass  # The program has ended.

            reader = threading.Thread(target=read)
            reader.start()
            memory = []  # of (runs done, MiB)
            end = time.monotonic() + 60 * minutes
            while time.monotonic() < end and process.poll() is None:
                time.sleep(0.5)
                with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
                    memory += [
                        (shown[-1][1] if shown else 0, int(line.split()[1]) / 1024)
                        for line in file if line.startswith("VmRSS")]
            process.send_signal(signal.SIGTERM)
            if process.wait() != 143:
                raise Failed(f"long run: exit {process.returncode}")
            reader.join()
            os.close(ours)
            runs = check(f"{folder}/r.sqlite")
            # A run leaves its metrics and quantiles, a few KiB; all else must be given back.
            quarter = len(memory) // 4
            early, late = max(mib for _, mib in memory[quarter:2 * quarter]), max(mib for _, mib in memory[-quarter:])
            growth = (late - early) * 1024 / max(1, memory[-1][0] - memory[2 * quarter][0])
            pause = max(b[0] - a[0] for a, b in zip(shown, shown[1:]))
            # Progress of the second half against the first's: what slows down as it goes on is not steady.
            start, middle, last = shown[0], shown[len(shown) // 2], shown[-1]
            speeds = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in ((start, middle), (middle, last))]
            text = (f"long run: {minutes:g} min, {runs} runs kept; memory {early:.0f} MiB in the second quarter, {late:.0f} MiB "
                    f"in the last, {growth:.1f} KiB a run; {speeds[0]:.1f} and {speeds[1]:.1f} runs a second in the halves; longest silence {pause:.1f} s")
            if late > early + 10 and growth > 8 or pause > 10 or runs < shown[-1][1] or speeds[1] < 0.7 * speeds[0]:
                raise Failed(text)
            print(text)

    def two_replace(self):
        """Several commands at a time replace another program's results: what they keep of it is its own, and whole."""
        for _ in range(10):
            with tempfile.TemporaryDirectory() as folder:
                with open(os.path.join(folder, "s.yaml"), "w") as file:
                    file.write(SCENARIO)
                command = [self.program, "compare", "s.yaml", "--db", "r.sqlite", "--no-queries"]
                subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                path = os.path.join(folder, "r.sqlite")
                database = sqlite3.connect(path)
                with database:
                    database.execute("UPDATE provenance SET value = 'other' WHERE key = 'program'")
                    database.execute("UPDATE summary SET mean = 99")
                database.close()
                running = [
                    subprocess.Popen(
                        command + ["--keep-old"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    for _ in range(3)]
                if any(process.wait() for process in running):
                    raise Failed("a command that replaces another program's results failed")
                if check(path) != 8:
                    raise Failed("several commands left a part of what they ran")
                kept = [name for name in os.listdir(folder) if ".old-" in name and name.endswith(".sqlite")]
                if len(kept) != 1 or check(os.path.join(folder, kept[0])) != 8:
                    raise Failed(f"of another program's 8 runs these are kept: {kept}")
                database = sqlite3.connect(os.path.join(folder, kept[0]))
                means = database.execute("SELECT DISTINCT mean FROM summary").fetchall()
                programs = database.execute("SELECT value FROM provenance WHERE key = 'program'").fetchall()
                database.close()
                if means != [(99.0,)] or programs != [("other",)]:
                    raise Failed("what is kept of another program is not its own")
        print("several commands replace: 10 times, what was there is kept whole")

    def two_programs(self):
        """A policy is changed and the program built again: the same command replaces what the old one stored."""
        root = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
        scratch = os.path.join(root, ".build-changed")
        with tempfile.TemporaryDirectory() as folder:
            tree = os.path.join(folder, "tree")
            os.mkdir(tree)
            for name in ("Package.swift", "Sources", "Plugins", "Tests"):
                path = os.path.join(root, name)
                if os.path.isdir(path):
                    shutil.copytree(path, os.path.join(tree, name), ignore=shutil.ignore_patterns(".build*"))
                else:
                    shutil.copy(path, tree)

            def build():
                subprocess.run(
                    ["swift", "build", "-c", "release", "--product", "qosdiff", "--scratch-path", scratch], cwd=tree,
                    check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                program = os.path.join(folder, f"qosdiff-{len(os.listdir(folder))}")
                shutil.copy(os.path.join(scratch, "release", "qosdiff"), program)
                return program

            def compare(program):
                with open(os.path.join(folder, "s.yaml"), "w") as file:
                    file.write(SCENARIO)
                done = subprocess.run(
                    [program, "compare", "s.yaml", "--db", "r.sqlite", "--json"], cwd=folder, text=True, check=True,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                database = sqlite3.connect(os.path.join(folder, "r.sqlite"))
                means = database.execute(
                    "SELECT mean FROM summary WHERE policy = 'least' AND metric = 'latency_mean_s'").fetchall()
                ids = database.execute("SELECT id FROM experiment").fetchall()
                database.close()
                return done.stderr, means, ids

            try:
                same = build()
                own = compare(self.program)
                again = compare(same)
                if "Replaced" in again[0] or again[1:] != own[1:]:
                    raise Failed(f"two builds of one tree are two programs: {again}")
                policy = os.path.join(tree, "Sources", "Policies", "LeastWorkLeft.swift")
                with open(policy) as file:
                    before = file.read()
                # The worker that it preferred it now avoids.
                after = before.replace("{ cluster.workers", "{ -cluster.workers")
                if after == before:
                    raise Failed("LeastWorkLeft.swift is not as this test knows it")
                with open(policy, "w") as file:
                    file.write(after)
                changed = compare(build())
                if "Replaced 8 runs in r.sqlite: another program had made them" not in changed[0]:
                    raise Failed(f"a changed program says nothing of what it replaced: {changed[0]!r}")
                if changed[1] == own[1] or changed[2] != own[2]:
                    raise Failed(f"the database keeps what the old program made: {own[1:]} and {changed[1:]}")
                back = compare(same)
                if back[1:] != own[1:]:
                    raise Failed("the first program's results do not come back")
                print("two programs: 2 builds, each with its own results under the same ids")
            finally:
                shutil.rmtree(scratch, ignore_errors=True)

    @staticmethod
    def one_line(what, code, error, codes):
        lines = [line for line in error.splitlines() if line.strip()]
        lines = [line for line in lines if not line.startswith(("Warning:", "Note:"))]
        if code not in codes or len(lines) != 1 or "error:" not in lines[0]:
            raise Failed(f"{what}: exit {code}, said {error!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--numbers", type=int, default=300, help="extreme numbers tried")
    parser.add_argument("--minutes", type=float, default=1, help="length of the long run")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torture = Torture(options.program, options.kills, options.seed)
    try:
        torture.killed()
        torture.two_writers()
        torture.two_replace()
        torture.two_programs()
        torture.disks()
        torture.extreme_numbers(options.numbers)
        torture.long_run(options.minutes)
    except Failed as failure:
        print(f"FAILED: {failure}")
        sys.exit(1)


main()
