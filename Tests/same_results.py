#!/usr/bin/env python3
"""Two programs give the same results: every value of every table, for the shipped scenarios.

    Tests/same_results.py OLD NEW [SCENARIO...]    OLD and NEW are programs; default: all that need no trace from elsewhere

Every scenario is run by both. Of each table that both databases have, the columns that both have are compared value by
value. Not compared: provenance, the program's version, and texts of notes, which are made from their codes and figures.
"""
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Cut down to minutes in all. Profiles of this machine are replaced: measured again, they would not be the same.
SHORT = {
    "qosdiff-paper": ["--policies", "baseline,qos-diff", "--replications", "2", "--set", "experiment.slo_scales=[3]"],
    "rivals": ["--replications", "2"],
    "here": ["--replications", "2"]
    + ["--set", "cluster.nodes.here.accelerators.profile=Profiles/cpu-socket-64.json"]
    + [x for n in ("t4", "here") for x in ("--set", f"cluster.nodes.{n}.cpu.profile=Profiles/epyc-zen5-core.json")],
}
LEFT_OUT = {"gentd26"}  # Its trace is published elsewhere.
IGNORED_TABLES = {"provenance"}
IGNORED = {("experiment", "version"), ("experiment", "notes"), ("note", "text"), ("summary", "note"),
           ("class_summary", "note")}


def columns(database, table):
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def tables(database):
    return {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def differences(old, new):
    """(table, column, how many, an example) of what differs, and the values that were compared."""
    found, compared = [], 0
    for table in sorted((tables(old) & tables(new)) - IGNORED_TABLES):
        both = [c for c in columns(old, table) if c in columns(new, table) and (table, c) not in IGNORED]
        names = ", ".join(f'"{c}"' for c in both)
        order = ", ".join(str(i + 1) for i in range(len(both)))
        rows = [d.execute(f"SELECT {names} FROM {table} ORDER BY {order}") for d in (old, new)]
        while True:
            a, b = rows[0].fetchone(), rows[1].fetchone()
            if a is None and b is None:
                break
            if a is None or b is None:
                found.append((table, "rows", "one has more", a or b))
                break
            compared += len(both)
            found += [(table, c, x, y) for c, x, y in zip(both, a, b) if x != y]
    return found, compared


def main():
    old, new = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
    shipped = sorted(p.relative_to(ROOT / "Scenarios").with_suffix("") for p in (ROOT / "Scenarios").rglob("*.yaml"))
    names = sys.argv[3:] or [str(p) for p in shipped if str(p) not in LEFT_OUT]
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            databases = []
            for number, program in enumerate((old, new)):
                path = f"{folder}/{number}.sqlite"
                for end in ("", "-wal", "-shm"):
                    pathlib.Path(path + end).unlink(missing_ok=True)
                subprocess.run(
                    [program, "compare", f"Scenarios/{name}.yaml", *SHORT.get(name, ["--replications", "3"]), "--db", path],
                    cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                databases.append(sqlite3.connect(path))
            found, compared = differences(*databases)
            failed |= bool(found)
            print(f"{name}: {compared} values, {len(found)} differ", flush=True)
            for table, column, a, b in found[:5]:
                print(f"  {table}.{column}: {a} -> {b}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
