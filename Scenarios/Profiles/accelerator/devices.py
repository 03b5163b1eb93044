"""What differs between a GPU and the CPU: how work is timed, and how it is launched."""
import os
import time

import torch

from accelerator.errors import NotHere


class Host:
  """The CPU: work has ended when its call returns."""

  is_gpu = False
  out_of_memory = (MemoryError,)

  def __init__(self):
    self.torch = torch.device("cpu")

  def name(self):
    return f"CPU, {torch.get_num_threads()} threads"

  def synchronize(self):
    pass

  def free_cached(self):
    pass

  def successive(self, run, count):
    """Seconds of `count` runs, one after the other."""
    samples = []
    for _ in range(count):
      start = time.perf_counter()
      run()
      samples.append(time.perf_counter() - start)
    return samples

  def timings(self, runs, seconds, least=7, most=1000):
    """Seconds of one run each; `runs` are called in turn."""
    for run in runs[:2]:
      run()
    samples, spent = [], 0.0
    while len(samples) < most and (len(samples) < least or spent < seconds):
      samples += self.successive(runs[len(samples) % len(runs)], 1)
      spent += samples[-1]
    return samples

  def captured(self, run):
    raise NotHere("CUDA graphs need a CUDA device")

  def compiled(self, module):
    if not hasattr(torch, "compile"):
      raise NotHere(f"torch.compile is not in PyTorch {torch.__version__}")
    torch._dynamo.reset()
    return torch.compile(module, fullgraph=True, dynamic=False)


class Cuda(Host):
  """A GPU that PyTorch drives as `cuda`: work is queued, and events tell when it ran."""

  is_gpu = True

  def __init__(self):
    if not torch.cuda.is_available():
      raise NotHere(f"PyTorch {torch.__version__} finds no GPU")
    self.torch = torch.device("cuda")
    self.out_of_memory = (MemoryError, getattr(torch.cuda, "OutOfMemoryError", MemoryError))

  def name(self):
    return torch.cuda.get_device_name(self.torch)

  def synchronize(self):
    torch.cuda.synchronize()

  def free_cached(self):
    torch.cuda.empty_cache()

  def successive(self, run, count):
    """As a server runs a query's steps: queued one behind the other, waited for at the end."""
    marks = [torch.cuda.Event(enable_timing=True) for _ in range(count + 1)]
    torch.cuda.synchronize()
    marks[0].record()
    for mark in marks[1:]:
      run()
      mark.record()
    torch.cuda.synchronize()
    return [a.elapsed_time(b) / 1e3 for a, b in zip(marks, marks[1:])]

  def timings(self, runs, seconds, least=7, most=1000):
    """Replays one graph of all runs, several times in a row: the first waits for its launch and does not count."""
    def all_runs():
      for run in runs:
        run()

    replay = self.captured(all_runs)
    samples, spent = [], 0.0
    while len(samples) < most and (len(samples) < least or spent < seconds):
      took = self.successive(replay, 4)[1:]
      samples += [t / len(runs) for t in took]
      spent += sum(took)
    return samples

  def captured(self, run):
    """`run` as a CUDA graph, which is replayed by a single launch."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
      for _ in range(2):
        run()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
      run()
    graph.replay()
    torch.cuda.synchronize()
    return graph.replay


def libraries(device):
  """Names and versions of what ran the kernels."""
  found = {"torch": torch.__version__}
  if device.is_gpu:
    found["cuda"] = str(torch.version.cuda)
    found["cudnn"] = str(torch.backends.cudnn.version())
  return found


def cores(device):
  """Those that the CPU as a device uses; of a GPU's host, all of this process."""
  return len(os.sched_getaffinity(0)) if device.is_gpu else torch.get_num_threads()
