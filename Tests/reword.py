#!/usr/bin/env python3
"""Nothing reads what a note says: a program whose notes are worded otherwise behaves the same.

Every letter of every text in the files that make words of notes is replaced by another (rot13). The program with these
texts must give the same codes, verdicts, figures, files and exit codes, and texts of the same shape: the same words
in the same places and order, letter for letter, each of them another.

    Tests/reword.py PROGRAM [FOLDER]    PROGRAM is the one to compare with; FOLDER keeps the other's build
"""
import codecs
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORDS = ["Sources/Results/Notes/NoteText.swift", "Sources/Results/Notes/MetricNoteText.swift"]

SCENARIOS = {
    # Claims on a grid, one load of which is beyond capacity; a setting without effect; seen in few replications.
    "grid.yaml": """
name: grid
query: { steps: 10, guidance: false, slo: { scale: 3 } }
workload: { arrivals: { poisson: { rate: 20 query/s } }, queries: 400 }
cluster:
  nodes: [{ name: n, accelerators: { count: 2, synthetic: { denoise: { exponential: { mean: 20 ms } } } } }]
policies:
  base: { dispatcher: random }
  least: { extends: base, dispatcher: least-work-left }
experiment: { loads: [0.2, 0.5, 1.5], slo_scales: [3], claims: [least] }
run: { seed: 3, replications: 5 }
""",
    # Drops, and with them infinite latencies; classes that no order names.
    "drops.yaml": """
name: drops
query: { steps: 10, slo: { time: 1 s } }
workload: { arrivals: { poisson: { rate: 12 query/s } }, queries: 1500, mix: { classes: { a: 1, b: 1 } } }
cluster:
  queue: central
  nodes: [{ name: n, accelerators: { count: 1, synthetic: { denoise: { exponential: { mean: 10 ms } } } } }]
policies:
  base: {}
  bounded: { extends: base, admission: { queue-limit: { waiting: 3 } } }
run: { seed: 1, replications: 3, precision: 1 %, most_replications: 4 }
""",
    # All at once.
    "burst.yaml": """
name: burst
query: { steps: 10, slo: { time: 1 s } }
workload: { trace: burst.csv }
cluster:
  nodes: [{ name: n, accelerators: { count: 1, synthetic: { denoise: { deterministic: 10 ms } } } }]
policies: { base: {} }
run: { replications: 2 }
""",
}


def reworded(source: str) -> str:
    """A Swift file whose texts have other letters; what is interpolated, escaped or a format stays."""
    out, i = [], 0
    while i < len(source):
        if source[i] == "/" and source[i + 1] == "/":
            end = source.index("\n", i)
            out.append(source[i:end])
            i = end
        elif source[i] == '"':
            i = text(source, i, out)
        else:
            out.append(source[i])
            i += 1
    return "".join(out)


def text(source: str, i: int, out: list) -> int:
    """Takes over the text that begins at i; the place behind it."""
    out.append('"')
    i += 1
    while source[i] != '"':
        if source.startswith("\\(", i):
            depth, start = 0, i
            while True:
                depth += {"(": 1, ")": -1}.get(source[i], 0)
                i += 1
                if depth == 0 and i > start + 2:
                    break
            out.append(source[start:i])
        elif source[i] == "\\":
            out.append(source[i : i + 2])
            i += 2
        elif number := re.match(r"%[\d.]*l?[a-zA-Z%]", source[i:]):
            out.append(number[0])
            i += len(number[0])
        else:
            out.append(codecs.encode(source[i], "rot13"))
            i += 1
    out.append('"')
    return i + 1


def build(folder: pathlib.Path) -> pathlib.Path:
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    names = [n for n in names if n.startswith(("Package", "Plugins", "Sources", "Tests"))]
    # A file that has been moved since the last build would be compiled twice.
    for old in [*folder.glob("Sources/**/*.swift"), *folder.glob("Tests/**/*.swift")]:
        if str(old.relative_to(folder)) not in names:
            old.unlink()
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        source = (ROOT / name).read_bytes()
        if name in WORDS:
            source = reworded(source.decode()).encode()
        if not (folder / name).exists() or (folder / name).read_bytes() != source:
            (folder / name).write_bytes(source)
    made = subprocess.run(["swift", "build", "--product", "qosdiff"], cwd=folder, capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f"reword: the reworded program does not build:\n{made.stdout[-3000:]}{made.stderr[-3000:]}")
    return folder / ".build/debug/qosdiff"


def shape(said: str) -> str:
    return re.sub("[A-Za-z]", "x", said)


def without_words(value):
    """JSON without the texts of notes, of which only the number counts, and without who made it."""
    if isinstance(value, dict):
        return {
            k: len(v) if k == "notes" else shape(v) if k in ("note", "text") and isinstance(v, str) else without_words(v)
            for k, v in value.items()
            if k not in ("version", "program")
        }
    return [without_words(v) for v in value] if isinstance(value, list) else value


def run(program: pathlib.Path, folder: pathlib.Path) -> dict:
    """All that a program says and writes of the scenarios, by name."""
    found = {}

    def call(name, *arguments):
        result = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True)
        # Times and identities are no matter of words.
        error = re.sub(r"in [\d.]+ s.*", "", result.stderr)
        found[f"{name}: exit code"] = result.returncode
        found[f"{name}: errors"] = shape(error)
        return result.stdout

    (folder / "burst.csv").write_text("arrival_s\n" + "0\n" * 300)
    for name, scenario in SCENARIOS.items():
        (folder / name).write_text(scenario)
        found[f"{name}: said"] = call(name, "compare", name, "--db", f"{name}.sqlite")
        found[f"{name}: json"] = json.loads(call(f"{name} json", "compare", name, "--db", f"{name}.sqlite", "--json"))
        call(f"{name} report", "report", f"{name}.sqlite", "--out", f"{name}.out", "--format", "csv,tex,html")
        query = "SELECT position, severity, code, policy, arguments FROM v_note ORDER BY experiment_id, position"
        found[f"{name}: codes"] = subprocess.run(
            ["sqlite3", f"{name}.sqlite", query], cwd=folder, capture_output=True, text=True, check=True
        ).stdout
        for file in sorted((folder / f"{name}.out").rglob("*")):
            if file.is_file() and file.name != "manifest.json":
                found[f"{name}: {file.relative_to(folder)}"] = file.read_text()
    return found


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        other = build(pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else f"{scratch}/build").resolve())
        results = []
        for name, one in [("given", program), ("reworded", other)]:
            folder = pathlib.Path(scratch) / name
            folder.mkdir()
            results.append(run(one, folder))
    before, after = results
    failures = [f"{name}: only one program has it" for name in before.keys() ^ after.keys()]
    changed = 0
    for name in before.keys() & after.keys():
        a, b = before[name], after[name]
        changed += a != b
        if name.endswith(": json"):
            a, b = without_words(a), without_words(b)
        elif isinstance(a, str) and not name.endswith(": codes"):
            a, b = shape(a), shape(b)
        if a != b:
            failures.append(f"{name}: {first_difference(a, b)}")
    if changed < 10:
        failures.append(f"only {changed} outputs have other words: the texts are not where they are looked for")
    for failure in failures:
        print(f"reword: {failure}", file=sys.stderr)
    print(f"reword: {len(before)} outputs, {changed} of them in other words, {len(failures)} that differ otherwise")
    sys.exit(1 if failures else 0)


def first_difference(a, b) -> str:
    lines = zip(json.dumps(a, indent=1).split("\n"), json.dumps(b, indent=1).split("\n")) if not isinstance(a, str) else zip(
        a.split("\n"), b.split("\n")
    )
    return next((f"{x[:200]!r} became {y[:200]!r}" for x, y in lines if x != y), "of another length")


main()
