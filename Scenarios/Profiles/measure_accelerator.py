#!/usr/bin/env python3
"""Measures the latencies of a GPU: whole stages, kernels, copies, launch modes; writes latency profiles.

  python3 measure_accelerator.py                 # the manifests beside it, at most 8 minutes
  python3 measure_accelerator.py --device cpu --cut --minutes 1 sd15.json    # a rehearsal on the CPU
  python3 measure_accelerator.py --write         # profiles of what is measured so far, measuring nothing

Needs a Linux machine with a GPU, Python 3.8 or later and PyTorch, nothing else: `make accelerator-kit` puts this script and the
manifests into a folder to carry there. What is measured is kept in OUT/measured.jsonl after each task; the same
command goes on from there. Exit codes: 0 done; 1 something failed; 64 usage; 65 a bad manifest; 66 no PyTorch, no GPU
or no manifest; 73 OUT cannot be written.
"""
import argparse
import math
import pathlib
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from accelerator import clocks, plan, profiles  # noqa: E402
from accelerator.session import Failure, Record, Session, WorkerDied  # noqa: E402

def arguments():
  class Parser(argparse.ArgumentParser):
    def error(self, message):
      self.exit(64, f"error: {message}; see --help\n")

  parser = Parser(description=__doc__.split("\n")[0])
  parser.add_argument("manifests", nargs="*", help="of qosdiff bench --manifest; default: manifests/*.json beside this script")
  parser.add_argument("--out", default="accelerator-profiles", help="folder of what is written")
  parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
  parser.add_argument("--dtype", choices=["fp16", "bf16", "f32"], help="default: fp16, on the CPU f32")
  parser.add_argument("--minutes", type=float, default=8, help="at most so long")
  parser.add_argument("--cut", action="store_true", help="few repetitions: a rehearsal, no measurement")
  parser.add_argument("--parts", default="abcdefg", help="only these")
  parser.add_argument("--write", action="store_true", help="only write the profiles of what is measured")
  options = parser.parse_args()
  if not (math.isfinite(options.minutes) and options.minutes > 0):
    parser.error("--minutes must be above 0")
  if not options.parts or set(options.parts) - set("abcdefg"):
    parser.error("--parts takes letters from a to g")
  return options


def sources(options):
  """Paths of the manifests and what they hold, the first model's first."""
  paths = [pathlib.Path(p) for p in options.manifests] or sorted((HERE / "manifests").glob("*.json"))
  if not paths:
    raise Failure(f"error: no manifest in {HERE / 'manifests'}; write one by qosdiff bench --manifest, "
                  "or use make accelerator-kit", 66)
  found = []
  for path in paths:
    try:
      found.append((path, plan.read_manifest(path)))
    except OSError as fault:
      raise Failure(f"{path}: error: {fault.strerror}; name a file of qosdiff bench --manifest", 66) from None
    except plan.BadManifest as fault:
      raise Failure(str(fault), 65) from None
  return found


def measure(options):
  manifests = sources(options)
  out = pathlib.Path(options.out)
  try:
    out.mkdir(parents=True, exist_ok=True)
    log = open(out / "worker.log", "ab")
  except OSError as fault:
    raise Failure(f"{out}: error: {fault.strerror}; name another folder by --out", 73) from None
  dtype = options.dtype or ("f32" if options.device == "cpu" else "fp16")
  begin = {"device": options.device, "dtype": dtype, "cut": options.cut,
           "manifests": [str(path.resolve()) for path, _ in manifests]}
  record = Record(out / "measured.jsonl")
  data = [manifest for _, manifest in manifests]

  def write(part=None):
    return profiles.write(out, data, record.done, record.settings)

  if options.write:
    if record.settings is None:
      raise Failure(f"{record.path}: error: nothing is measured yet; run without --write", 66)
    return write(), record
  gpu_clocks = clocks.Clocks() if options.device == "cuda" else None
  session = Session(begin, record, options.minutes, log, None, gpu_clocks)

  def say(text):
    spent = session.now() - session.start
    print(f"[{spent:4.0f} s, {max(0, session.left()):3.0f} s left] {text}", file=sys.stderr, flush=True)

  session.say, session.finished = say, write
  try:
    about = session.open_worker()
    record.begin({
      **about, "kind": options.device, "dtype": dtype, "cut": options.cut,
      "driver": gpu_clocks.driver() if gpu_clocks else None,
      "manifests": [profiles.content_hash(path) for path, _ in manifests]})
    if gpu_clocks:
      gpu_clocks.start()
    session.parts = [part for part in plan.parts(data, about, options.cut) if part.letter in options.parts]
    session.run()
    return write(), record
  except WorkerDied as fault:
    raise Failure(f"error: PyTorch did not come up: {fault}; see {out / 'worker.log'}", 1) from None
  finally:
    session.close()
    log.close()


def interrupted(signal_number, frame):
  raise KeyboardInterrupt(signal_number)


def main():
  signal.signal(signal.SIGTERM, interrupted)
  # A parent may have had them blocked.
  signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
  options = arguments()
  try:
    summary, record = measure(options)
  except Failure as fault:
    print(fault, file=sys.stderr)
    sys.exit(fault.code)
  except KeyboardInterrupt as fault:
    print(f"Interrupted: {options.out}/measured.jsonl keeps what was measured; the same command goes on from there.",
          file=sys.stderr)
    sys.exit(143 if fault.args else 130)
  print(summary, end="")
  sys.exit(1 if any("failed" in line for line in record.done.values()) else 0)


if __name__ == "__main__":
  main()
