"""Tests of Scenarios/Profiles/measure_accelerator.py without a device; run by AcceleratorScriptTests.

MANIFEST names a manifest of three small models; the Python that runs this has PyTorch.
"""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Scenarios" / "Profiles"
SCRIPT = ROOT / "measure_accelerator.py"
sys.path.insert(0, str(ROOT))

import torch  # noqa: E402

from accelerator import clocks, devices, errors, kernels, network, plan  # noqa: E402
from accelerator import profiles, session as sessions, statistics, worker  # noqa: E402

MANIFEST = os.environ["MANIFEST"]


def items_and_entries():
  manifest = json.loads(pathlib.Path(MANIFEST).read_text())
  return manifest["kernels"], manifest["entries"]


class Scratch(unittest.TestCase):
  """Tests with a folder of their own."""

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = pathlib.Path(folder.name)

  def run_script(self, *arguments, environment=None, python=sys.executable):
    return subprocess.run(
      [python, str(SCRIPT), "--out", str(self.folder / "out"), *arguments], capture_output=True, text=True,
      cwd=self.folder, env={**os.environ, **(environment or {})}, timeout=300)

  def rehearsal(self, *more):
    return ["--device", "cpu", "--cut", "--minutes", "4", *more, MANIFEST]

  def lines(self):
    return [json.loads(line) for line in (self.folder / "out" / "measured.jsonl").read_text().splitlines()]


class StatisticsTests(unittest.TestCase):
  def test_quantiles_are_of_type_7(self):
    self.assertEqual(statistics.quantile([4, 1, 3, 2], 0.5), 2.5)
    self.assertAlmostEqual(statistics.quantile([4, 1, 3, 2], 0.1), 1.3)

  def test_lag1_of_known_series(self):
    self.assertEqual(statistics.lag1([5, 5, 5]), 0)
    # 1, 2, 3: products of neighbours' deviations are 0 and 0, beside a sum of squares of 2.
    self.assertEqual(statistics.lag1([1, 2, 3]), 0)
    # 1, 1, 0, 0 about 1/2: (1 - 1 + 1) / 4 over 4 / 4.
    self.assertAlmostEqual(statistics.lag1([1, 1, 0, 0]), 0.25)
    self.assertEqual(statistics.lag1([1, -1] * 500), -0.99)

  def test_drift_compares_last_quarter_with_first(self):
    self.assertAlmostEqual(statistics.drift([1.0] * 10 + [1.2] * 10), 0.2)
    self.assertEqual(statistics.drift([1, 9]), 0)

  def test_residuals_need_twenty_timings(self):
    self.assertNotIn("residual_quantiles", statistics.described([1.0] * 19))
    described = statistics.described([1.0, 3.0] * 10)
    self.assertEqual(described["residual_quantiles"][0], 0.5)
    self.assertEqual(described["residual_quantiles"][20], 1.5)


class KernelTests(unittest.TestCase):
  maker = kernels.Maker(torch.device("cpu"), torch.float32)

  def test_every_kernel_is_right(self):
    items, _ = items_and_entries()
    self.assertGreater(len({kernels.unpack(item)[0] for item in items}), 8)
    for item in items:
      kernels.Kernel(item, self.maker, "f32")

  def test_wrong_result_is_found(self):
    item = next(i for i in items_and_entries()[0] if "linear" in i["operation"])
    double = kernels.double
    with mock.patch.object(kernels, "double", lambda t: 1.001 * double(t)):
      with self.assertRaises(kernels.WrongResult):
        kernels.Kernel(item, self.maker, "f32")

  def test_large_kernels_are_checked_at_both_ends(self):
    item = next(i for i in items_and_entries()[0] if "linear" in i["operation"])
    kernel = kernels.Kernel(item, self.maker, "f32")
    with mock.patch.object(kernels, "CHECKED_ELEMENTS", 1):
      rows = kernel.inputs[0].shape[1]
      self.assertEqual(kernel.slices(), [(slice(None), slice(0, 1)), (slice(None), slice(rows - 1, rows))])
      kernel.check(1e-4)

  def test_attention_without_pytorchs_own(self):
    q, k, v = (torch.randn(2, 5, 6, dtype=torch.float64) for _ in range(3))
    for causal in (False, True):
      found = kernels.attend(q, k, v, 3, causal)
      for image in range(2):
        for head in range(3):
          own = slice(2 * head, 2 * head + 2)
          for row in range(5):
            seen = range(row + 1) if causal else range(5)
            weights = torch.stack([q[image, row, own] @ k[image, j, own] / 2 ** 0.5 for j in seen]).softmax(0)
            expected = sum(w * v[image, j, own] for w, j in zip(weights, seen))
            self.assertTrue(torch.allclose(found[image, row, own], expected))


class NetworkTests(unittest.TestCase):
  def test_pass_does_what_its_nodes_say(self):
    # An image of 2 x 3 positions: 1 x 1 convolution, linear layer on its rows, a row for each image, sum with the input.
    items = [
      {"operation": {"convolution": dict(batch=2, height=2, width=3, inputs=4, outputs=5, side=1, stride=1)}},
      {"operation": {"linear": dict(rows=12, inputs=5, outputs=4, bias=False)}},
      {"operation": {"addPerImage": dict(batch=2, pixels=6, channels=4)}},
      {"operation": {"add": dict(elements=48)}}]
    described = {"tensors": [[2, 2, 3, 4], [2, 1, 1, 4], [2, 2, 3, 5], [2, 2, 3, 4], [2, 2, 3, 4], [2, 2, 3, 4]],
                 "inputs": [0, 1], "output": 5, "nodes": [[0, 2, 0], [1, 3, 2], [2, 4, 3, 1], [3, 5, 0, 4]]}
    weights = network.Weights(KernelTests.maker)
    entry = {"model": "m", "stage": "denoise", "passes": [described]}
    ((module, inputs),) = network.modules(entry, items, weights)
    (w, b), (m,) = weights.known["m", "denoise", 0][:2]
    x, row = inputs
    hidden = torch.einsum("oc,nchw->nohw", w[:, :, 0, 0], x) + b[None, :, None, None]
    expected = x + torch.einsum("oc,nchw->nohw", m, hidden) + row[:, 0, :, None, None]
    self.assertTrue(torch.allclose(module(*inputs), expected, atol=1e-5))

  def test_every_stage_gives_numbers_of_its_shape(self):
    items, entries = items_and_entries()
    weights = network.Weights(KernelTests.maker)
    for entry in entries:
      for (module, inputs), described in zip(network.modules(entry, items, weights), entry["passes"]):
        y = module(*inputs)
        self.assertTrue(bool(y.isfinite().all()))
        shape = described["tensors"][described["output"]]
        self.assertEqual(y.numel(), shape[0] * shape[1] * shape[2] * shape[3])

  def test_batches_share_weights(self):
    items, entries = items_and_entries()
    steps = [e for e in entries if e["model"] == entries[0]["model"] and e["stage"] == "denoise"]
    weights = network.Weights(KernelTests.maker)
    (one, _), (two, _) = (network.modules(e, items, weights)[0] for e in (steps[0], steps[-1]))
    self.assertNotEqual(steps[0]["batch"], steps[-1]["batch"])
    self.assertEqual([t.data_ptr() for t in one.buffers()], [t.data_ptr() for t in two.buffers()])


class StandIn(devices.Host):
  """A device whose runs take what they are told to, and that launches in other ways."""

  def __init__(self, seconds):
    super().__init__()
    self.seconds, self.captures, self.compilations, self.replays = seconds, 0, 0, 0

  def successive(self, run, count):
    run()
    return [self.seconds] * count

  def captured(self, run):
    self.captures += 1

    def replay():
      self.replays += 1
      run()

    return replay

  def compiled(self, module):
    self.compilations += 1
    return module


class FakeCuda:
  """Stands in for torch.cuda: work takes what `run` says, on a clock that only it moves."""

  class OutOfMemoryError(RuntimeError):
    pass

  def __init__(self):
    self.clock_ms, self.log, self.is_capturing = 0.0, [], False
    outer = self

    class Event:
      def __init__(self, enable_timing):
        assert enable_timing

      def record(self):
        self.at = outer.clock_ms

      def elapsed_time(self, later):
        return later.at - self.at

    class Graph:
      def replay(self):
        for milliseconds in self.captured:
          outer.clock_ms += milliseconds

    class Stream(contextlib.nullcontext):
      def wait_stream(self, other):
        outer.log.append("wait")

    self.Event, self.CUDAGraph, self.Stream = Event, Graph, Stream
    self.current_stream = Stream
    self.stream = lambda stream: stream

  def is_available(self):
    return True

  def get_device_name(self, device):
    return "NVIDIA H200"

  def synchronize(self):
    assert not self.is_capturing, "nothing may wait inside a capture"
    self.log.append("synchronize")

  def empty_cache(self):
    self.log.append("empty")

  @contextlib.contextmanager
  def graph(self, graph):
    self.is_capturing, graph.captured = True, []
    self.capture = graph.captured
    yield
    self.is_capturing = False

  def run(self, milliseconds):
    """Launches work: it runs at once, or is captured and does not."""
    if self.is_capturing:
      self.capture.append(milliseconds)
    else:
      self.clock_ms += milliseconds


class CudaTests(unittest.TestCase):
  def setUp(self):
    self.cuda = FakeCuda()
    patch = mock.patch.object(torch, "cuda", self.cuda)
    patch.start()
    self.addCleanup(patch.stop)
    self.device = devices.Cuda()

  def test_steps_are_timed_between_events_and_waited_for_at_the_end(self):
    times = iter([3.0, 4.0, 5.0])
    self.assertEqual(self.device.successive(lambda: self.cuda.run(next(times)), 3), [0.003, 0.004, 0.005])
    self.assertEqual(self.cuda.log, ["synchronize"] * 2)

  def test_capture_replays_what_ran_in_it(self):
    runs = []

    def run():
      runs.append(self.cuda.is_capturing)
      self.cuda.run(2.0)

    replay = self.device.captured(run)
    self.assertEqual(runs, [False, False, True], "two runs to warm up, one to capture")
    before = self.cuda.clock_ms
    replay()
    self.assertEqual((self.cuda.clock_ms - before, len(runs)), (2.0, 3))

  def test_kernels_are_timed_in_one_graph(self):
    samples = self.device.timings([lambda: self.cuda.run(2.0), lambda: self.cuda.run(4.0)], 1.0)
    # Six milliseconds a replay, three of four count: as many as fill a second.
    self.assertEqual(len(samples), 168)
    for sample in samples:
      self.assertAlmostEqual(sample, 0.003)

  def test_memory_and_names(self):
    self.assertIn(FakeCuda.OutOfMemoryError, self.device.out_of_memory)
    self.assertEqual(self.device.name(), "NVIDIA H200")
    with mock.patch.object(FakeCuda, "is_available", lambda self: False):
      with self.assertRaisesRegex(errors.NotHere, "finds no GPU"):
        devices.Cuda()


class WorkerTests(unittest.TestCase):
  def worker(self, device, is_cut=False):
    items, entries = items_and_entries()
    return worker.Worker(device, "f32", [items], [entries], is_cut)

  def task(self, kind="steps", **more):
    _, entries = items_and_entries()
    index = next(i for i, e in enumerate(entries) if e["stage"] == "denoise")
    return {"kind": kind, "entry": [0, index], "repetitions": 100, "least": 20, **more}

  def test_steps_by_the_time_there_is(self):
    done = self.worker(StandIn(0.1))
    self.assertEqual(done.perform(self.task(), 1000)["repetitions"], 100)
    fewer = done.perform(self.task(), 5)["repetitions"]
    self.assertTrue(40 <= fewer <= 50, fewer)
    with self.assertRaisesRegex(errors.LeftOut, "^no time"):
      done.perform(self.task(), 1.9)

  def test_launch_modes(self):
    device = StandIn(0.1)
    graph = self.worker(device).perform(self.task("graph"), 100)
    self.assertEqual((graph["repetitions"], device.captures, device.compilations), (100, 1, 0))
    self.assertGreater(device.replays, 3)
    compiled = self.worker(device).perform(self.task("compiled"), 100)
    self.assertEqual((compiled["repetitions"], device.captures, device.compilations), (100, 1, 1))
    self.assertIn("compilation_s", compiled)

  def test_launch_mode_that_computes_something_else(self):
    class Wrong(StandIn):
      def compiled(self, module):
        return lambda *inputs: 1.1 * module(*inputs)

    with self.assertRaisesRegex(kernels.WrongResult, "this launch mode gives another result: relative error 0.1"):
      self.worker(Wrong(0.1)).perform(self.task("compiled"), 100)

  def test_launch_modes_that_are_not_here(self):
    with self.assertRaisesRegex(errors.NotHere, "CUDA graphs need a CUDA device"):
      self.worker(devices.Host()).perform(self.task("graph"), 100)
    if not hasattr(torch, "compile"):
      with self.assertRaisesRegex(errors.NotHere, "torch.compile is not in PyTorch"):
        self.worker(devices.Host()).perform(self.task("compiled"), 100)

  def test_too_little_memory(self):
    class Full(StandIn):
      def successive(self, run, count):
        raise MemoryError("tried to allocate 40 GiB")

    with self.assertRaisesRegex(errors.LeftOut, "^too little memory: tried to allocate 40 GiB"):
      self.worker(Full(1)).perform(self.task(), 100)

  def test_stage_that_gives_no_numbers(self):
    done = self.worker(StandIn(0.1))
    randn = done.maker.randn
    done.maker.randn = lambda *arguments: randn(*arguments) * float("nan")
    with self.assertRaises(kernels.WrongResult):
      done.perform(self.task(), 100)

  def test_faulty_kernel_costs_no_other(self):
    done = self.worker(devices.Host(), is_cut=True)
    task = {**self.task("kernel_times"), "known": [], "seconds": 0.0001}
    names = [row["kernel"] for row in done.perform(task, 100)["rows"]]
    row_of = done.kernel_row

    def faulty(item, seconds):
      if item["kernel"] == names[3]:
        raise RuntimeError("not implemented for this type")
      return row_of(item, seconds)

    done.kernel_row = faulty
    result = done.perform({**task, "known": names[:1]}, 100)
    self.assertEqual([row["kernel"] for row in result["rows"]], names[1:3] + names[4:])
    self.assertEqual(result["wrong"], [f"{names[3]}: RuntimeError: not implemented for this type"])
    self.assertEqual(len(done.perform({**task, "known": []}, 0)["no_time"]), len(names))


FAKE_WORKER = """
import json, os, sys, time
plan = json.loads(os.environ["ANSWERS"])
sys.stdin.readline()
print(json.dumps({"device": "stand-in", "libraries": {"torch": "0"}, "cores": 1}), flush=True)
for line in sys.stdin:
  task = json.loads(line)
  with open(os.environ["ASKED"], "a") as file:
    file.write(task["key"] + "\\n")
  answer = plan.get(task["key"], {"result": {"of": task["key"]}})
  if answer == "dies": os._exit(7)
  if answer == "hangs": time.sleep(1000)
  if answer == "babbles": print("?", flush=True)
  else: print(json.dumps(answer), flush=True)
"""


class SessionTests(Scratch):
  """What the session makes of a process that fails in every way."""

  def session(self, keys, answers, minutes=1.0, shares=None, smaller=None):
    program = self.folder / "fake.py"
    program.write_text(FAKE_WORKER)
    self.asked = self.folder / "asked"
    environment = {"ANSWERS": json.dumps(answers), "ASKED": str(self.asked)}
    for patch in (mock.patch.dict(os.environ, environment),
                  mock.patch.object(sessions.WorkerProcess, "command", [sys.executable, str(program)])):
      patch.start()
      self.addCleanup(patch.stop)
    tasks = [{"key": key, "kind": "fake", "smaller": (smaller or {}).get(key, [])} for key in keys]
    parts = [plan.Part(t["key"], "", (shares or {}).get(t["key"], 1 / len(tasks)), [t]) for t in tasks]
    record = sessions.Record(self.folder / "measured.jsonl")
    record.begin({"x": 1})
    session = sessions.Session({}, record, minutes, subprocess.DEVNULL, lambda text: None, None)
    session.parts = parts
    self.addCleanup(session.close)
    self.addCleanup(record.file.close)
    return session

  def kinds(self, session):
    return {key: next(k for k in ("result", "left_out", "failed") if k in line)
            for key, line in session.record.done.items()}

  def test_death_costs_one_task(self):
    session = self.session("pqr", {"q": "dies"})
    session.run()
    self.assertEqual(self.kinds(session), {"p": "result", "q": "failed", "r": "result"})
    self.assertIn("exit code 7", session.record.done["q"]["failed"])

  def test_lost_device_costs_one_task(self):
    session = self.session("pqr", {"q": {"failed": "AcceleratorError: illegal access", "is_lost": True}})
    session.run()
    self.assertEqual(self.kinds(session), {"p": "result", "q": "failed", "r": "result"})
    self.assertEqual(self.asked.read_text().split(), ["p", "q", "r"])

  def test_nonsense_costs_one_task(self):
    session = self.session("pqr", {"q": "babbles"})
    session.run()
    self.assertEqual(self.kinds(session), {"p": "result", "q": "failed", "r": "result"})

  def test_hanging_ends_with_its_time(self):
    with mock.patch.object(sessions, "GRACE_S", 0.2):
      session = self.session("pqr", {"q": "hangs"}, minutes=0.1, shares={"p": 0.1, "q": 0.1, "r": 0.1})
      start = time.monotonic()
      session.run()
    self.assertEqual(self.kinds(session), {"p": "result", "q": "failed", "r": "result"})
    self.assertIn("no answer", session.record.done["q"]["failed"])
    self.assertLess(time.monotonic() - start, 14)

  def test_late_tasks_get_what_is_left(self):
    session = self.session("pq", {"p": {"left_out": "no time: one run takes 9 s"}})
    session.run()
    self.assertEqual(self.asked.read_text().split(), ["p", "q", "p"])

  def test_kernels_without_time_are_timed_later(self):
    first = {"result": {"rows": [{"kernel": "k"}], "wrong": [], "no_time": ["l"]}}
    session = self.session("pq", {"p": first})
    session.run()
    self.assertEqual(self.asked.read_text().split(), ["p", "q", "p"])
    again = self.session("pq", {"p": {"result": {"rows": [{"kernel": "l"}], "wrong": [], "no_time": []}}})
    again.run()
    self.assertEqual(profiles.known_kernels(again.record.done), ["k", "l"])
    self.asked.unlink()
    last = self.session("pq", {})
    last.run()
    self.assertFalse(self.asked.exists(), "nothing is left to do")

  def test_larger_batch_is_not_tried_without_memory(self):
    session = self.session("pqr", {"p": {"left_out": "too little memory: 40 GiB"}}, smaller={"q": ["p"]})
    session.run()
    self.assertEqual(self.asked.read_text().split(), ["p", "r"])
    self.assertIn("p did not fit", session.record.done["q"]["left_out"])

  def test_record_goes_on_after_half_a_line(self):
    session = self.session("pq", {"q": {"failed": "once"}})
    session.run()
    path = self.folder / "measured.jsonl"
    path.write_text(path.read_text() + '{"key": "half')
    again = self.session("pq", {})
    again.run()
    self.assertEqual(self.asked.read_text().split(), ["p", "q", "q"])
    self.assertEqual(self.kinds(again), {"p": "result", "q": "result"})
    self.assertEqual(len(path.read_text().splitlines()), 4)
    with self.assertRaisesRegex(sessions.Failure, "another device, or under other settings .x.") as fault:
      sessions.Record(path).begin({"x": 2})
    self.assertEqual(fault.exception.code, 65)
    path.write_text(path.read_text() + "junk\n")
    with self.assertRaisesRegex(sessions.Failure, "measured.jsonl:5:1: error: no line of measurements"):
      sessions.Record(path)


class PlanTests(Scratch):
  """The whole plan on a clock of its own, with times as a large GPU might have them (Assumed)."""

  # 10^12 operations of a step's pass and of decoding, for an image.
  WORK = {"sd15": (0.8, 2.5), "sdxl": (6.0, 10.0), "sd21": (2.0, 5.6), "sd-turbo": (0.8, 2.5)}

  def manifests(self):
    found = []
    for models, batches in ((["sd15"], (1, 2, 4, 8, 16)), (["sdxl"], (1, 2, 4, 8)),
                            (["sd21", "sd-turbo"], (1, 2, 4, 8))):
      entries = []
      for model in models:
        for batch in batches:
          for stage, guidances in (("encode", (False, True)), ("denoise", (False, True)), ("decode", (None,))):
            for guidance in guidances:
              network_batch = batch * (2 if guidance else 1)
              entries.append({"model": model, "stage": stage, "height": 512, "width": 512, "guidance": guidance,
                              "batch": batch, "passes": [network_batch]})
      found.append({"entries": entries, "kernels": []})
    return found

  def seconds(self, manifests, place):
    """Of one run, at 250 and 150 TFLOP/s, at least what launches take."""
    entry = manifests[place[0]]["entries"][place[1]]
    step, decode = self.WORK[entry["model"]]
    return {"denoise": max(0.012, entry["passes"][0] * step / 250),
            "decode": max(0.004, entry["batch"] * decode / 150), "encode": 0.006}[entry["stage"]]

  def run_plan(self):
    manifests = self.manifests()
    time_s = [0.0]
    record = sessions.Record(self.folder / "measured.jsonl")
    record.begin({})
    self.addCleanup(record.file.close)
    session = sessions.Session({}, record, 8, None, lambda text: None, None, now=lambda: time_s[0])
    session.parts = plan.parts(manifests, {"cores": 16, "is_gpu": True}, False)
    time_s[0] = 20.0  # PyTorch comes up

    def answer(task, limit_s):
      if task["kind"] == "kernel_times":
        wanted = 80 * (task["seconds"] + 0.06)
        time_s[0] += min(wanted, limit_s)
        return {"result": {"rows": [], "wrong": [], "no_time": [] if wanted <= limit_s else ["k"]}}
      if "entry" not in task or task["kind"] == "beside":
        time_s[0] += min(limit_s, 3 if task["kind"] != "beside" else 12)
        return {"result": {}}
      begun = 1.5 + (60 if task["kind"] == "compiled" else 0)
      count = min(task["repetitions"], int((limit_s - begun) / self.seconds(manifests, task["entry"])))
      time_s[0] += min(begun, limit_s)
      if count < task["least"]:
        return {"left_out": "no time: one run takes long"}
      time_s[0] += count * self.seconds(manifests, task["entry"])
      return {"result": {"repetitions": count, "wanted": task["repetitions"]}}

    session.answer = answer
    session.run()
    return session, time_s[0]

  def test_every_stage_is_measured_in_eight_minutes(self):
    session, end = self.run_plan()
    self.assertLessEqual(end, 480)
    for part in session.parts:
      for task in part.tasks:
        line = session.record.done[task["key"]]
        if task["kind"] in ("steps", "graph"):
          self.assertEqual(line.get("result", {}).get("repetitions"), task["repetitions"], task["key"])
        elif task["kind"] not in ("compiled", "kernel_times"):
          self.assertIn("result", line, task["key"])
    compiled = [line for line in session.record.done.values() if line.get("kind") == "compiled"]
    self.assertGreaterEqual(len([line for line in compiled if "result" in line]), 1)
    kernels = [line for line in session.record.done.values() if line.get("kind") == "kernel_times"]
    self.assertGreaterEqual(len([line for line in kernels if not line["result"]["no_time"]]), 3)

  def test_the_same_passes_are_measured_once(self):
    session, _ = self.run_plan()
    steps = [task["key"] for task in session.parts[0].tasks]
    self.assertEqual(steps[1:], [
      f"whole: sd15 denoise 512x512, {mode}, batch {batch}" for mode, batch in
      (("guided", 1), ("unguided", 1), ("guided", 2), ("guided", 4), ("guided", 8), ("guided", 16))])
    manifests = self.manifests()
    measured = profiles.Measured(manifests, {
      "s": {"kind": "steps", "entry": [0, next(
        i for i, e in enumerate(manifests[0]["entries"]) if e["stage"] == "denoise" and e["passes"] == [2])],
        "result": {"median_s": 1}}})
    self.assertEqual(sorted((e.guidance, e.batch) for e, _ in measured.of_kind("steps")), [(False, 2), (True, 1)])


class ClockTests(Scratch):
  def clocks(self, *lines):
    program = self.folder / "nvidia-smi"
    program.write_text("#!/bin/sh\ncase $1 in *driver*) echo 580.1; exit;; esac\n"
                       + "".join(f"echo '{line}'\n" for line in lines) + "exec sleep 100\n")
    program.chmod(0o755)
    made = clocks.Clocks(str(program))
    self.addCleanup(made.stop)
    made.start()
    deadline = time.monotonic() + 20
    while len(made.samples) < len([line for line in lines if line[0].isdigit()]) and time.monotonic() < deadline:
      time.sleep(0.01)
    return made

  def test_busy_samples_count(self):
    made = self.clocks("345, 3201, 0, 30, 80", "1980, 3201, 99, 60, 600", "no line", "1500, 3201, 98, 85, [N/A]")
    self.assertEqual(made.driver(), "580.1")
    seen = made.between(0, time.monotonic())
    self.assertEqual(seen, {"sm_mhz": [1500, 1980], "memory_mhz": 3201, "temperature_c": 85, "power_w": 600})
    self.assertIsNone(made.between(0, 0))

  def test_throttling_is_told(self):
    done = {"k": {"key": "k", "clocks": {"sm_mhz": [1500, 1980], "temperature_c": 85, "power_w": 600}}}
    (told,) = profiles.warnings(profiles.Measured([], done), {})
    self.assertIn("the SM clock fell to 1500 of 1980 MHz", told)
    done["k"]["clocks"]["sm_mhz"] = [1900, 1980]
    self.assertEqual(profiles.warnings(profiles.Measured([], done), {}), [])

  def test_without_nvidia_smi(self):
    made = clocks.Clocks("no-such-program")
    made.start()
    self.assertIsNone(made.driver())
    self.assertIsNone(made.between(0, 1))
    made.stop()


class SummaryTests(unittest.TestCase):
  """Doubtful figures are told."""

  SETTINGS = {"kind": "cuda", "cut": False}

  def measured(self, kind="steps", **result):
    manifest = json.loads(pathlib.Path(MANIFEST).read_text())
    entry = next(e for e in plan.entries([manifest]) if e.stage == "denoise" and e.guidance)
    figures = {**statistics.described([1.0] * 100), "drift": 0.0, "wanted": 100, **result}
    done = {"s": {"key": "s", "kind": kind, "entry": [0, entry.index], "result": figures}}
    return profiles.Measured([manifest], done), entry

  def warnings(self, **result):
    return profiles.warnings(self.measured(**result)[0], self.SETTINGS)

  def test_spread_drift_and_few_runs(self):
    self.assertEqual(self.warnings(), [])
    self.assertEqual(self.warnings(p90_s=1.09), [])
    self.assertIn("p10 to p90 is 12 %", self.warnings(p90_s=1.12)[0])
    self.assertIn("+20 %", self.warnings(drift=0.2)[0])
    self.assertIn("43 runs of 100 wanted", self.warnings(repetitions=43)[0])

  def test_the_sum_of_kernels_stands_beside_a_whole_without_launches(self):
    for kind, device, has_gap in (("graph", "cuda", True), ("steps", "cuda", False), ("steps", "cpu", True)):
      measured, entry = self.measured(kind)
      names = {item["kernel"] for item in measured.used(entry)}
      measured.kernels = {name: {"median_s": 0.8 / len(measured.used(entry))} for name in names}
      settings = {"kind": device, "cut": False}
      made = profiles.entry_of(measured, entry, measured.of_kind(kind)[0][1], kind, settings)
      self.assertEqual("whole_gap" in made, has_gap)
      told = [line for line in profiles.warnings(measured, settings) if "-20 % off the whole" in line]
      self.assertEqual(len(told), has_gap)

  def test_a_rehearsal_is_no_measurement(self):
    measured, entry = self.measured()
    settings = {"kind": "cuda", "cut": True, "device": "NVIDIA H200", "dtype": "fp16", "libraries": {"torch": "2"},
                "driver": None, "date": "2026-01-01"}
    profile = profiles.profile_of(measured, "steps", settings)
    self.assertEqual((profile["name"], profile["provenance"]), ("h200-rehearsed-eager", "derived"))
    self.assertEqual({e["provenance"] for e in profile["entries"]}, {"derived"})
    profile = profiles.profile_of(measured, "steps", {**settings, "cut": False})
    self.assertEqual((profile["name"], profile["provenance"]), ("h200-measured-eager", "measured"))
    self.assertEqual(len(profile["entries"]), 2, "an unguided batch of twice as many is the same")

  def test_names(self):
    self.assertEqual(profiles.slug("NVIDIA H200"), "h200")
    self.assertEqual(profiles.slug("NVIDIA A100-SXM4-80GB"), "a100-sxm4-80gb")


class BadInputTests(Scratch):
  def check(self, result, code, *words):
    self.assertEqual(result.returncode, code, result.stderr)
    self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
    for word in words:
      self.assertIn(word, result.stderr)

  def test_no_pytorch(self):
    (self.folder / "torch.py").write_text("raise ImportError('no torch')\n")
    result = self.run_script(*self.rehearsal(), environment={"PYTHONPATH": str(self.folder)})
    self.check(result, 66, "error: PyTorch is not installed for this Python; install it for")

  @unittest.skipIf(torch.cuda.is_available(), "there is a GPU")
  def test_no_gpu(self):
    self.check(self.run_script(MANIFEST), 66, "finds no GPU; --device cpu --cut rehearses on the CPU")
    self.check(self.run_script("--write", MANIFEST), 66, "nothing is measured yet")

  def test_manifests(self):
    path = self.folder / "m.json"
    path.write_text('{"schema": 1, "entries": []}')
    self.check(self.run_script(str(path)), 65, "m.json: error: a manifest of version 1; this script reads version 2")
    path.write_text('{"schema": 2, "harness": "h", "entries": [], "kernels": []}')
    self.check(self.run_script(str(path)), 65, "m.json: error: a manifest without 'entries'")
    path.write_text("{")
    self.check(self.run_script(str(path)), 65, "m.json: error: no manifest")
    self.check(self.run_script("absent.json"), 66, "absent.json: error: No such file")
    self.check(self.run_script(), 66, "error: no manifest in")

  def test_usage(self):
    self.check(self.run_script("--dtype", "fp8"), 64, "fp8")
    for minutes in ("nan", "0", "-1"):
      self.check(self.run_script("--minutes=" + minutes), 64, "--minutes must be above 0")
    self.check(self.run_script("--parts", "xyz"), 64, "letters from a to g")

  def test_folder_that_cannot_be_written(self):
    (self.folder / "out").write_text("a file")
    self.check(self.run_script(*self.rehearsal()), 73, "out: error: File exists")


class InterruptionTests(Scratch):
  def test_every_part_interrupted_once(self):
    letters = "abcdefg"
    for number, letter in enumerate(letters):
      process = subprocess.Popen(
        [sys.executable, str(SCRIPT), "--out", str(self.folder / "out"), *self.rehearsal()], stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL, text=True)
      how = signal.SIGTERM if number % 2 else signal.SIGKILL
      said = ""
      with process.stderr:
        for line in process.stderr:
          if f"] {letter}: " in line and f"] {letter}: " not in said:
            process.send_signal(how)
          said += line
      self.assertIn(f"] {letter}: ", said)
      self.assertEqual(process.wait(), 143 if how == signal.SIGTERM else -how, said)
      if how == signal.SIGTERM:
        self.assertIn("the same command goes on from there", said)
    before = {line["key"]: line for line in self.whole_lines() if "result" in line}
    self.assertGreater(len(before), 10)
    result = self.run_script(*self.rehearsal())
    self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
    written = {path.name: path.read_text() for path in (self.folder / "out").glob("*.json")}
    self.assertTrue(written)
    for name in written:
      (self.folder / "out" / name).unlink()
    again = self.run_script("--write", MANIFEST)
    self.assertEqual({path.name: path.read_text() for path in (self.folder / "out").glob("*.json")}, written)
    self.assertEqual(again.stdout, result.stdout)
    lines = [line for line in self.lines()[1:] if "result" in line]
    self.assertEqual(len(lines), len({line["key"] for line in lines}), "nothing was measured twice")
    after = {line["key"]: line for line in lines}
    self.assertEqual({key: after[key] for key in before}, before)
    # Part e has what this PyTorch can do.
    self.assertLessEqual(set("abcdfg"), {line["part"] for line in lines})
    self.assertIn("CUDA graphs need a CUDA device", result.stdout)

  def whole_lines(self):
    text = (self.folder / "out" / "measured.jsonl").read_text()
    return [json.loads(line) for line in text[:text.rfind("\n")].splitlines()][1:]


if __name__ == "__main__":
  unittest.main(verbosity=0)
