"""Measures one task after another, as standard input names them, and answers each with a line of JSON.

Run by `measure_accelerator.py` as a process of its own: a fault that takes the process down, or the device's
context, costs the task and not the session.
"""
import json
import os
import sys
import time

from accelerator import other_work, statistics
from accelerator.errors import LeftOut, NotHere

STEPS_OF_A_QUERY = 50
# Largest difference between a stage launched in another way and launched plainly, relative, root mean square: sums in
# another order, through hundreds of layers.
MODE_TOLERANCES = {"f32": 1e-3, "fp16": 5e-2, "bf16": 2e-1}
COPIED_BYTES = 64 << 20


class Stage:
  """A stage's modules with their inputs: called, it runs them all, and keeps what they gave."""

  def __init__(self, modules):
    self.modules, self.outputs = modules, []

  def __call__(self):
    self.outputs = [module(*inputs) for module, inputs in self.modules]

  def is_finite(self):
    return all(bool(y.isfinite().all()) for y in self.outputs)


class Worker:
  """Does tasks on one device."""

  def __init__(self, device, dtype_name, items, entries, is_cut=False):
    from accelerator import kernels, network
    self.kernels, self.network = kernels, network
    self.device, self.dtype_name, self.is_cut = device, dtype_name, is_cut
    self.items, self.entries = items, entries
    self.maker = kernels.Maker(device.torch, kernels.DTYPES[dtype_name])
    self.weights = network.Weights(self.maker)

  def perform(self, task, limit_s):
    """The result of a task; raises LeftOut, or whatever went wrong."""
    try:
      return getattr(self, task["kind"])(task, time.monotonic() + limit_s)
    except self.device.out_of_memory as fault:
      raise LeftOut(f"too little memory: {str(fault).splitlines()[0][:120]}") from None
    finally:
      self.device.free_cached()

  # Whole stages

  def stage(self, task):
    """The stage of a task."""
    manifest, index = task["entry"]
    entry = self.entries[manifest][index]
    return Stage(self.network.modules(entry, self.items[manifest], self.weights))

  def steps(self, task, until):
    """A stage executed whole, time after time."""
    stage = self.stage(task)
    return self.timed(stage, stage, task, until)

  def graph(self, task, until):
    """The same stage, its launches recorded once."""
    stage = self.stage(task)
    replay = self.device.captured(stage)
    self.compare(stage, replay, Stage(stage.modules))
    return self.timed(stage, replay, task, until)

  def compiled(self, task, until):
    """The same stage, compiled."""
    plain = self.stage(task)
    start = time.monotonic()
    stage = Stage([(self.device.compiled(module), inputs) for module, inputs in plain.modules])
    stage()
    self.device.synchronize()
    took = time.monotonic() - start
    self.compare(stage, stage, plain)
    return {**self.timed(stage, stage, task, until), "compilation_s": took}

  def timed(self, stage, run, task, until):
    """Successive runs, as many as are wanted and fit."""
    run()
    self.device.synchronize()
    one = self.device.successive(run, 2)[-1]
    if not stage.is_finite():
      raise self.kernels.WrongResult("the stage gives no numbers")
    count = min(task["repetitions"], int((until - time.monotonic()) / one))
    if count < task["least"]:
      raise LeftOut(f"no time: one run takes {one:.3g} s")
    samples = []
    while len(samples) < count:
      samples += self.device.successive(run, min(STEPS_OF_A_QUERY, count - len(samples)))
    return {**statistics.described(samples), "wanted": task["repetitions"],
            "drift": statistics.drift(samples), "samples_s": [float(f"{s:.6g}") for s in samples]}

  def compare(self, stage, run, plain):
    """Raises WrongResult where a launch mode gives something else than the modules launched one by one."""
    plain()
    run()
    self.device.synchronize()
    for found, expected in zip(stage.outputs, plain.outputs):
      found, expected = found.double(), expected.double()
      error = ((found - expected).square().mean() / expected.square().mean()).sqrt().item()
      if not error <= MODE_TOLERANCES[self.dtype_name]:
        raise self.kernels.WrongResult(f"this launch mode gives another result: relative error {error:.3g}")

  # Single kernels

  def kernel_times(self, task, until):
    """The kernels of an entry that are not known yet, in the order of first use."""
    kernels = self.kernels
    manifest, index = task["entry"]
    items, known = self.items[manifest], set(task["known"])
    used = [node[0] for part in self.entries[manifest][index]["passes"] for node in part["nodes"]]
    rows, wrong, missing = [], [], []
    for item in (items[i] for i in dict.fromkeys(used)):
      if item["kernel"] in known:
        continue
      if time.monotonic() > until:
        missing.append(item["kernel"])
        continue
      try:
        rows.append(self.kernel_row(item, task["seconds"]))
      except kernels.WrongResult as fault:
        wrong.append(str(fault))
      except Exception as fault:  # one kernel is no reason to lose the others
        self.device.synchronize()  # raises where the device is lost
        self.device.free_cached()
        wrong.append(f"{item['kernel']}: {type(fault).__name__}: {str(fault).splitlines()[0][:120]}")
    return {"rows": rows, "wrong": wrong, "no_time": missing}

  def kernel_row(self, item, seconds):
    kernels = self.kernels
    kernel = kernels.Kernel(item, self.maker, self.dtype_name)
    samples = self.device.timings(
      kernel.runs(1 << 20 if self.is_cut else kernels.ROTATED_BYTES), seconds)
    return {"kernel": kernel.name, "implementation": "torch", "flops": kernel.flops,
            "bytes": kernel.bytes, "repetitions": len(samples),
            "median_s": statistics.quantile(samples, 0.5), "p10_s": statistics.quantile(samples, 0.1),
            "p90_s": statistics.quantile(samples, 0.9), "spread": statistics.spread(samples)}

  def peak(self, task, until):
    """GFLOP/s of a large matrix product and GB/s of a large copy."""
    import torch
    side = 8192 if self.device.is_gpu else 256 if self.is_cut else 2048
    size = 1 << 20 if self.is_cut else self.kernels.ROTATED_BYTES
    a, b = (self.maker.randn((side, side)) for _ in range(2))
    product = min(self.device.timings([lambda: a @ b], task["seconds"]))
    x = torch.empty(size, dtype=torch.uint8, device=self.device.torch)
    y = torch.empty_like(x)
    copy = min(self.device.timings([lambda: y.copy_(x)], task["seconds"]))
    return {"gflop_per_s": 2 * side ** 3 / product / 1e9, "gbyte_per_s": 2 * size / copy / 1e9}

  # Ways to the host

  def host_time(self, run, seconds):
    """By the host's clock: `run` has ended when it returns."""
    from accelerator import devices
    return devices.Host().timings([run], seconds)

  def host_copy(self, task, until):
    """GB/s between pinned memory of the host and the device, and the time of the smallest copy."""
    import torch

    def copied(size, to_device):
      host = torch.zeros(size, dtype=torch.uint8, pin_memory=self.device.is_gpu)
      on_device = torch.zeros(size, dtype=torch.uint8, device=self.device.torch)
      source, target = (host, on_device) if to_device else (on_device, host)

      def copy():
        target.copy_(source, non_blocking=True)
        self.device.synchronize()

      return statistics.quantile(self.host_time(copy, task["seconds"]), 0.5)

    size = 1 << 20 if self.is_cut else COPIED_BYTES
    return {"to_device_gbyte_per_s": size / copied(size, True) / 1e9,
            "to_host_gbyte_per_s": size / copied(size, False) / 1e9,
            "latency_s": copied(4, False)}

  def look(self, task, until):
    """The entropy of a latent, 256 bins over [-5, 5], up to its value on the host: by where it is computed."""
    import torch
    shape = task["latent"]
    latents = [torch.randn(shape, device=self.device.torch) for _ in range(16)]
    turn = [0]

    def entropy(x):
      counts = torch.histc(x, 256, -5, 5)
      shares = counts[counts > 0] / counts.sum()
      return -(shares * shares.log2()).sum().item()

    def looking(on_host):
      def run():
        x = latents[turn[0] % len(latents)]
        turn[0] += 1
        entropy(x.cpu() if on_host else x)
      samples = self.host_time(run, task["seconds"])
      return {key: value for key, value in statistics.described(samples).items()
              if key in ("median_s", "p10_s", "p90_s", "repetitions")}

    return {"values": latents[0].numel(), "on_device": looking(False), "on_host": looking(True)}

  # Beside other work

  def beside(self, task, until):
    """Steps alone, beside another process, and alone again."""
    run = self.stage(task)
    run()
    self.device.synchronize()
    seconds = min(task["seconds"], (until - time.monotonic()) / 4)
    if seconds <= 0:
      raise LeftOut("no time")
    count = max(3, min(200, int(seconds / self.device.successive(run, 2)[-1])))
    before = self.device.successive(run, count)
    with other_work.OtherWork(task["beside"]):
      middle = self.device.successive(run, count)
    after = self.device.successive(run, count)
    alone = statistics.quantile(before + after, 0.5)
    return {"factor": statistics.quantile(middle, 0.5) / alone, "repetitions": count,
            "alone_s": alone, "alone_again": statistics.quantile(after, 0.5)
            / statistics.quantile(before, 0.5)}


def busy(worker, task, say):
  """Runs a stage until the process is killed."""
  run = worker.stage(task)
  run()
  worker.device.synchronize()
  say({"busy": True})
  while True:
    run()
    worker.device.synchronize()


def made(begin):
  """A worker as the first line of the input asks for."""
  from accelerator import devices
  import torch
  torch.manual_seed(1)
  device = devices.Cuda() if begin["device"] == "cuda" else devices.Host()
  items, entries = [], []
  for path in begin["manifests"]:
    with open(path, encoding="utf-8") as file:
      manifest = json.load(file)
    items.append(manifest["kernels"])
    entries.append(manifest["entries"])
  worker = Worker(device, begin["dtype"], items, entries, begin["cut"])
  return worker, {"device": device.name(), "is_gpu": device.is_gpu, "libraries": devices.libraries(device),
                  "cores": devices.cores(device)}


def main():
  # What libraries print goes to standard error: standard output is for answers.
  answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
  os.dup2(2, 1)

  def say(value):
    print(json.dumps(value), file=answers, flush=True)

  begin = json.loads(sys.stdin.readline())
  try:
    import torch
  except ImportError:
    return say({"cannot": "PyTorch is not installed for this Python",
                "hint": f"install it for {sys.executable}, or run the script with a Python that has it"})
  try:
    worker, about = made(begin)
  except NotHere as fault:
    return say({"cannot": str(fault), "hint": "--device cpu --cut rehearses on the CPU"})
  say(about)
  with torch.no_grad():  # not inference mode, whose tensors compilation may refuse
    for line in sys.stdin:
      task = json.loads(line)
      if task["kind"] == "busy":
        busy(worker, task, say)
      try:
        say({"result": worker.perform(task, task["limit_s"])})
      except LeftOut as fault:
        say({"left_out": str(fault)})
      except Exception as fault:  # the next task may well go
        text = str(fault).strip().splitlines()
        answer = {"failed": f"{type(fault).__name__}: {text[0][:200] if text else ''}"}
        try:
          worker.device.synchronize()
        except Exception:
          return say({**answer, "is_lost": True})  # the device is lost to this process
        say(answer)


if __name__ == "__main__":
  main()
